//! The desk from outside: stories in, flags out.

mod chronology;
mod laws;
mod recorded;
mod replay;
mod rules;
mod signs;
mod story;
mod switches;
