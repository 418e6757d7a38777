//! Risk assessments side by side: each answer beside what her log and her other logs say of the same thing.
//!
//! Invariants: everything is read from the state and nothing is kept; nothing here raises, lowers or closes anything, and
//! nothing here makes a number of its own (ticks and call-outs are counted, and held against the guide's). Evidence that rests
//! on a match which nobody has confirmed says so. What words only mention (denied, asked, of another time) contradicts nothing.

mod compare;
mod evidence;
mod questionnaire;

pub use compare::{Agreement, Answered, CallOuts, Change, Comparison, Guide, Row, Ticks, compare};
pub use evidence::{Evidence, HerLog, How, When, her_logs};
pub use questionnaire::{Fact, Meaning, QUESTIONNAIRES, Question, Questionnaire, Questionnaires, Scaled, Sourced};
