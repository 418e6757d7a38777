//! Live calls, who listens to which, and the force's leave to listen at all.

use alongside_desk::time::Timestamp;
use askama::Template;

use super::captions::Captions;
use super::feedback::Marking;
use super::frame::{Frame, Theme};
use super::moment;
use super::part::{Act, Notice, Tag};
use super::prompt::{self, Prompting};
use super::recording::Line as Recording;

/// The page of live calls.
#[derive(Debug, Clone, Template)]
#[template(path = "listening.html", blocks = ["page"])]
pub struct Listening {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// Why nobody can listen, and what that means; nothing while live audio is on.
    pub off: Option<(String, String)>,
    /// The calls, in the order of the queue.
    pub calls: Vec<Call>,
    /// Said when there are none.
    pub none: String,
    /// How many calls are not shown, and why; may be empty.
    pub others: String,
    /// How prompts did lately; may be empty.
    pub prompts: String,
    /// The newest recordings.
    pub recordings: Vec<Recording>,
    /// Whether calls are recorded here, in a sentence.
    pub recorded: String,
    /// The sign-offs, the newest first.
    pub sign_offs: Vec<SignOff>,
    /// To enter one, or take the one in force back, for whoever may.
    pub acts: Vec<Act>,
}

/// A live call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Stays the same while the call goes on: fit for an HTML id.
    pub id: String,
    /// When it began, as far as a feed has told.
    pub since: Option<Timestamp>,
    /// `999`
    pub line: String,
    /// Its severity, where it is about a row of the queue.
    pub tag: Option<Tag>,
    /// Why it stands here, in a sentence.
    pub why: String,
    /// Who it may be about, and by what; may be empty.
    pub who: String,
    /// `Log 0187`, or that there is none yet.
    pub log: String,
    /// Who took it.
    pub handler: String,
    /// Who listens: `You, since 20:41`.
    pub listeners: Vec<String>,
    /// Opens the case, the log, or why the row stands where it stands.
    pub open: Option<Act>,
    /// To listen; else why that cannot be.
    pub listen: Result<Act, String>,
}

/// A legal sign-off.
#[derive(Debug, Clone)]
pub struct SignOff {
    /// The force's own name for this version of it.
    pub version: String,
    /// Who may listen.
    pub roles: String,
    /// Who signed for the force.
    pub signed_by: String,
    /// The notice, whole.
    pub notice: String,
    /// Who entered it, and when.
    pub entered: String,
    /// Who took it back, when and why; empty while it is in force.
    pub withdrawn: String,
}

/// The page on which one call is heard.
#[derive(Debug, Clone, Template)]
#[template(path = "listen.html", blocks = ["page"])]
pub struct Listen {
    /// The layout.
    pub frame: Frame,
    /// Above everything.
    pub notices: Vec<Notice>,
    /// This person's listening to this call, by the entry by which it began; 0 for none.
    pub hearing: u64,
    /// Why their last one ended; empty while there was none.
    pub ended: String,
    /// Who listens.
    pub listeners: Vec<String>,
    /// `Log 0187`
    pub log: String,
    /// `999`
    pub line: String,
    /// When it began.
    pub since: Option<Timestamp>,
    /// Who took it.
    pub handler: String,
    /// Its severity, where it is about a row of the queue.
    pub tag: Option<Tag>,
    /// Why it stands where it stands.
    pub why: String,
    /// Who it may be about; may be empty.
    pub who: String,
    /// Where its log or case is.
    pub open: Option<String>,
    /// Where listening is asked for; else why that cannot be, and what that means.
    pub can: Result<String, (String, String)>,
    /// What a machine writes of the call; nothing where no captions are set up, or it cannot be heard.
    pub captions: Option<Captions>,
    /// The prompts of this call, for whoever may send them.
    pub prompting: Option<Prompting>,
    /// The moments of this call, for whoever may mark them.
    pub marking: Option<Marking>,
    /// What one may listen for: value and words.
    pub purposes: Vec<(&'static str, &'static str)>,
}

impl Listen {
    /// Where listening is asked for.
    pub fn start(&self) -> Option<&str> {
        self.can.as_deref().ok()
    }

    /// The two lines, whose voice each is, and in which ear.
    pub fn channels(&self) -> [(usize, &'static str, &'static str); 2] {
        [(0, "Caller", "left ear"), (1, "Call handler", "right ear")]
    }
}
