//! Whether calls are recorded here, and for how long their files are kept.

use serde::Deserialize;
use toml::Spanned;

use super::file::{Problems, Sourced};
use crate::time::Period;

/// What the policy says of recordings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Live calls are recorded.
    pub on: bool,
    /// A file is deleted so long after its call; nothing: it is kept.
    pub keep: Option<Period>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingFile {
    on: Option<Sourced<bool>>,
    keep: Option<Spanned<Sourced<String>>>,
}

pub fn read(file: &RecordingFile, problems: &mut Problems<'_>) -> Recorded {
    let keep = file.keep.as_ref().and_then(|keep| {
        let period = Period::parse(&keep.get_ref().is).filter(|period| period.ms() > 0);
        if period.is_none() {
            problems.within(&keep.span(), "is no ISO 8601 duration such as P31D");
        }
        period
    });
    let on = file.on.as_ref().is_some_and(|on| on.is);
    if on && file.keep.is_none() {
        problems.at(0, "calls are recorded, and nothing says for how long: recording.keep");
    }
    Recorded { on, keep }
}
