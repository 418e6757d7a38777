//! The form by which a call is evaluated: parts as data, each on one scale of words.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

/// The form that comes with the program.
pub const FORM: &str = include_str!("../../../../policy/evaluation.toml");

static SHIPPED: LazyLock<Form> = LazyLock::new(|| Form::read(FORM).expect("the shipped form, which a test reads"));

/// A scale has from two steps to so many: more than that nobody tells apart by ear (D).
const MOST_STEPS: usize = 7;

/// How a call is evaluated. Nothing of it is added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What it is called.
    pub name: Arc<str>,
    /// Kept with every evaluation.
    pub version: Arc<str>,
    /// The steps, from the least to the most, in words.
    pub scale: Vec<Arc<str>>,
    /// What is said where the call gave no occasion.
    pub cannot: Arc<str>,
    /// The parts, in the order in which they are gone through.
    pub parts: Vec<Part>,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Names it in the record for good.
    pub key: Arc<str>,
    /// In a word or two.
    pub says: Arc<str>,
    /// What it asks.
    pub asks: Arc<str>,
    /// What was heard, for each step of the scale.
    pub steps: Vec<Arc<str>>,
    /// Where it comes from; `D` for a decision of this project.
    pub source: Arc<str>,
}

/// A form that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FormFault {
    /// It is not TOML of this form.
    #[error("the form cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// It has no part, no version, or no scale that can be used.
    #[error("the form lacks a name, a version, a part, or a scale of 2 to {MOST_STEPS} steps in words")]
    Lacks,
    /// A part lacks something, has the key of another, or has not one sentence for each step.
    #[error("the part `{0}` lacks something, has the key of another, or has not one sentence for each step")]
    Part(Arc<str>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Arc<str>,
    version: Arc<str>,
    scale: Vec<Arc<str>>,
    cannot: Arc<str>,
    part: Vec<Part>,
}

impl Form {
    /// The one that comes with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a form.
    ///
    /// # Errors
    /// [`FormFault`] with what is wrong and where.
    pub fn read(text: &str) -> Result<Self, FormFault> {
        let File { name, version, scale, cannot, part: parts } = toml::from_str(text)?;
        let written = |words: &Arc<str>| words.chars().any(char::is_alphabetic);
        let has_all = written(&name) && written(&cannot) && !version.is_empty() && !parts.is_empty();
        if !has_all || !(2..=MOST_STEPS).contains(&scale.len()) || !scale.iter().all(written) {
            return Err(FormFault::Lacks);
        }
        for (n, part) in parts.iter().enumerate() {
            let whole = [&part.key, &part.says, &part.asks, &part.source].into_iter().all(written);
            let steps = part.steps.len() == scale.len() && part.steps.iter().all(written);
            if !whole || !steps || parts[..n].iter().any(|other| other.key == part.key) {
                return Err(FormFault::Part(part.key.clone()));
            }
        }
        Ok(Self { name, version, scale, cannot, parts })
    }

    /// A part by its key.
    pub fn part(&self, key: &str) -> Option<&Part> {
        self.parts.iter().find(|part| &*part.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_comes_with_the_program_can_be_read() {
        let form = Form::shipped();
        let keys: Vec<&str> = form.parts.iter().map(|part| &*part.key).collect();
        assert_eq!(keys, ["rapport", "safety", "questions", "listening", "next-step"]);
        assert!(form.scale.iter().all(|step| step.parse::<u32>().is_err()), "words, not numbers alone");
    }

    #[test]
    fn a_slip_in_it_is_told_and_ends_nothing() {
        let part = |key: &str, steps: &str| {
            format!("[[part]]\nkey = \"{key}\"\nsays = \"x\"\nasks = \"y\"\nsteps = [{steps}]\nsource = \"D\"\n")
        };
        let form = |scale: &str, parts: &str| {
            Form::read(&format!("name = \"n\"\nversion = \"1\"\nscale = [{scale}]\ncannot = \"c\"\n{parts}"))
        };
        let (scale, good) = ("\"no\", \"yes\"", part("a", "\"no\", \"yes\""));
        assert!(form(scale, &good).is_ok());
        for (scale, parts, why) in [
            ("\"1\", \"2\"", good.clone(), "a scale of 2 to 7 steps in words"),
            ("\"no\"", part("a", "\"no\""), "a scale of 2 to 7 steps in words"),
            (scale, part("a", "\"no\""), "one sentence for each step"),
            (scale, good.clone() + &good, "has the key of another"),
            (scale, "part = []".to_owned(), "lacks"),
            (scale, String::new(), "cannot be read"),
        ] {
            let said = form(scale, &parts).expect_err(why).to_string();
            assert!(said.contains(why), "{said}");
        }
    }
}
