//! Pages that say that something is not there, or did not happen: what, what it means, what to do now.

use askama::Template;

use super::frame::{Frame, Theme};

/// A page of a few sentences.
#[derive(Debug, Clone, Template)]
#[template(path = "state.html")]
pub struct State {
    /// The layout.
    pub frame: Frame,
    /// What happened.
    pub happened: String,
    /// What it means.
    pub means: String,
    /// What to do now.
    pub now: String,
    /// A link: address and words.
    pub link: Option<(String, String)>,
    /// Something did not happen, rather than is not there.
    pub alarm: bool,
}

/// The words of a state, before they have a page around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// What happened.
    pub happened: &'static str,
    /// What it means.
    pub means: &'static str,
    /// What to do now.
    pub now: &'static str,
    /// A link: address and words.
    pub link: Option<(&'static str, &'static str)>,
    /// Something did not happen, rather than is not there.
    pub alarm: bool,
}

/// Not found, or not for this person: the same words on purpose.
pub const NOT_FOUND: Plain = Plain {
    happened: "There is nothing at this address",
    means: "It may have been joined to another, or the number may be mistyped.",
    now: "Check the number, or find it in the list. If you were sent here, ask the desk.",
    link: Some(("/cases", "Find it")),
    alarm: false,
};

/// The look could not be written down, so it is not shown.
pub const NOT_RECORDED: Plain = Plain {
    happened: "This page is not shown",
    means: "Each look at a person’s record must be written down first, and that failed.",
    now: "Try again. If it goes on, use the force’s own system and ring the on-call engineer.",
    link: None,
    alarm: true,
};

/// An act that this person's role may not do.
pub const NOT_YOURS: Plain = Plain {
    happened: "Your role cannot do this",
    means: "Nothing has been changed.",
    now: "Ask the specialist or the supervisor on the desk.",
    link: Some(("/", "Go to your page")),
    alarm: false,
};

/// A form that was not sent from one of our pages, or from one that is too old.
pub const NOT_SENT_FROM_HERE: Plain = Plain {
    happened: "This was not done",
    means: "The page it was sent from has ended or is not one of ours. Nothing has been changed.",
    now: "Go back, load the page again and send it once more.",
    link: Some(("/", "Go to your page")),
    alarm: true,
};

/// One trial of a policy at a time.
pub const TRIAL_RUNNING: Plain = Plain {
    happened: "Another policy is being tried",
    means: "Trials run one at a time, so that the desk is not slowed. Yours was not begun.",
    now: "Wait until it is through, or end it.",
    link: Some(("/lab", "Look at the trial")),
    alarm: true,
};

/// The journal did not answer.
pub const NOT_SAVED: Plain = Plain {
    happened: "This was not saved",
    means: "The journal did not answer. Nothing has been changed, and nobody has been told.",
    now: "Go back and try again. If it goes on, tell the supervisor.",
    link: None,
    alarm: true,
};

/// Something of ours broke.
pub const BROKEN: Plain = Plain {
    happened: "Something went wrong here",
    means: "This page could not be made. What was saved before is safe.",
    now: "Load it again. If it goes on, tell the supervisor.",
    link: Some(("/", "Go to your page")),
    alarm: true,
};

impl Plain {
    /// With a page around it.
    pub fn page(&self, frame: Frame) -> State {
        State {
            frame,
            happened: self.happened.to_owned(),
            means: self.means.to_owned(),
            now: self.now.to_owned(),
            link: self.link.map(|(href, says)| (href.to_owned(), says.to_owned())),
            alarm: self.alarm,
        }
    }
}
