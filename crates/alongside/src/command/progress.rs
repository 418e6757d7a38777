//! Progress bars, for anything that takes longer than a second.

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};

/// A bar over a known number of things.
pub fn bar(what: &str, whole: u64) -> ProgressBar {
    styled(ProgressBar::new(whole), what, "{msg:28} {bar:30} {human_pos:>11} of {human_len} {rate:>11} {eta} left")
}

/// A counter, where nobody knows how many there will be.
pub fn counter(what: &str) -> ProgressBar {
    styled(ProgressBar::new_spinner(), what, "{msg:28} {spinner} {human_pos:>11} {rate:>11} {elapsed}")
}

fn styled(bar: ProgressBar, what: &str, template: &str) -> ProgressBar {
    let bar = bar.with_message(what.to_owned());
    // The library's own rate has eleven decimal places.
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.with_key("rate", rate)),
        Err(_) => bar,
    }
}
