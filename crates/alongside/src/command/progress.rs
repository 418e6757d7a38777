//! Progress bars, for anything that takes longer than a second.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over a known number of things.
pub fn bar(what: &str, whole: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg:28} {bar:30} {human_pos:>11} of {human_len} {per_sec:>14} {eta} left");
    let bar = ProgressBar::new(whole).with_message(what.to_owned());
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}

/// A counter, where nobody knows how many there will be.
pub fn counter(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:28} {spinner} {human_pos:>11} {per_sec:>14} {elapsed}");
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}
