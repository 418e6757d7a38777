//! Captions against a small server on a real socket.

mod contract;
mod fake;
mod writing;
