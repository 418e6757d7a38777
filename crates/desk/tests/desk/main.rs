//! The desk from outside: stories in, flags out.

mod rules;
mod story;
