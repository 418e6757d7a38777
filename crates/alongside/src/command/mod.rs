//! The commands, a file each.

pub mod input;
pub mod policy;
pub mod replay;
