//! The desk from outside: stories in, flags out.

mod laws;
mod rules;
mod story;
