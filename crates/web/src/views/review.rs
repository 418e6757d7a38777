//! A form that ends in a judgement: disposition, hold, not domestic abuse, hand over, disagree. Works without script.

use askama::Template;

use super::frame::{Frame, Theme};
use super::part::Notice;

/// The form's page.
#[derive(Debug, Clone, Template)]
#[template(path = "review.html", blocks = ["page", "sheet"])]
pub struct Review {
    /// The layout.
    pub frame: Frame,
    /// Above the form.
    pub notices: Vec<Notice>,
    /// `How does this review end?`
    pub title: String,
    /// `Log 0187 · Wrona and Pell`
    pub about: String,
    /// What is said before the questions: what follows from it. May be empty.
    pub lead: String,
    /// Where it is sent.
    pub action: String,
    /// Where "back" goes.
    pub back: String,
    /// Makes a second sending do nothing.
    pub form_id: String,
    /// In order.
    pub fields: Vec<Field>,
    /// `Save the disposition`
    pub submit: String,
}

/// A question.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in the form, and its id.
    pub name: &'static str,
    /// The question.
    pub label: String,
    /// Under it; may be empty.
    pub hint: String,
    /// What is wrong with the answer; empty for nothing.
    pub error: String,
    /// The answer so far.
    pub value: String,
    /// How it is answered.
    pub kind: FieldKind,
}

/// How a question is answered.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// One line.
    Line,
    /// A few lines.
    Text,
    /// A time today or tomorrow, `HH:MM`.
    Time,
    /// One of these: value, words, hint.
    Radios(Vec<(String, String, String)>),
    /// One of these from a list: value, words.
    Select(Vec<(String, String)>),
}

impl Review {
    /// The questions with something wrong.
    pub fn errors(&self) -> Vec<&Field> {
        self.fields.iter().filter(|field| !field.error.is_empty()).collect()
    }
}
