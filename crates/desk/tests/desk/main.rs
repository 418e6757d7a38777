//! The desk from outside: stories in, flags out.

mod assessments;
mod chronology;
mod feedback;
mod hearing;
mod lab;
mod laws;
mod listening;
mod names;
mod prompt;
mod recorded;
mod recordings;
mod refold;
mod replay;
mod rules;
mod signs;
mod story;
mod switches;
