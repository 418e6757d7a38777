//! What a machine wrote of what was said: beside the live audio, and beside a recording.

/// The captions of a call.
#[derive(Debug, Clone, Default)]
pub struct Captions {
    /// The lines, the oldest first.
    pub lines: Vec<Line>,
    /// Said where there are none.
    pub none: String,
    /// That words are missing, or that the server does not answer; may be empty.
    pub warning: String,
}

/// A line of them.
#[derive(Debug, Clone)]
pub struct Line {
    /// Stays the line's own while others come: fit for an HTML id.
    pub id: String,
    /// When it was said: `0:42`.
    pub at: String,
    /// `Caller`, `Call handler`
    pub who: &'static str,
    /// The machine's words.
    pub words: String,
}
