//! What a member of staff can ask, and what is written down of it.
//!
//! The words people write (reasons, notes) stand in the event alone; the state keeps only the entry that they stand in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ActionId, Disposition, ReviewId};
use crate::event::Actor;
use crate::feedback::{FeedbackAsk, FeedbackEvent};
use crate::listening::{ListeningAsk, ListeningEvent};
use crate::message::StaffRole;
use crate::stamp::{CallId, FlagId, IncidentId, RecordId};
use crate::time::Timestamp;
use crate::watch::{Mode, Subject};

/// Something a member of staff asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffCommand {
    /// The id that the form or request carries; whoever writes the journal holds it unique (law 5).
    pub request: Arc<str>,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked. Staff are named by pseudonym only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To come on shift.
    StartShift {
        /// As what.
        role: StaffRole,
        /// The planned end; 12 h from now where nothing is said (RULES.md "Working days").
        until: Option<Timestamp>,
        /// Random, made by whoever sends this: the shift's sample of unflagged incidents is drawn by it.
        seed: u64,
    },
    /// To go off shift, with each thing that is open handed to somebody or left with a note.
    EndShift {
        /// What becomes of each.
        handed: Vec<HandedOn>,
    },
    /// To name who is on call, or that nobody is.
    NameOnCall {
        /// Who.
        staff: Option<Actor>,
    },
    /// To switch a rule off, try it silently, or make it live.
    SwitchRule {
        /// Which, by its id.
        rule: Arc<str>,
        /// How it is to run.
        to: Mode,
        /// Why.
        reason: Arc<str>,
    },
    /// To open a review, with or without a flag. Whoever opens it has it.
    Open {
        /// Of what.
        subject: Subject,
    },
    /// To take a row of the queue.
    Take {
        /// Which.
        subject: Subject,
    },
    /// To let go of what one has.
    Release {
        /// Which.
        subject: Subject,
    },
    /// To set it aside until a time.
    Hold {
        /// Which.
        subject: Subject,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: Arc<str>,
    },
    /// To give it to somebody else. A supervisor may give on what another has.
    HandOver {
        /// Which.
        subject: Subject,
        /// To whom.
        to: Actor,
        /// What they need to know.
        note: Arc<str>,
    },
    /// To confirm a flag: a missed opportunity.
    Confirm {
        /// Which.
        flag: FlagId,
        /// Why; may be empty.
        reason: Arc<str>,
    },
    /// To set a flag aside.
    SetAside {
        /// Which.
        flag: FlagId,
        /// Why.
        reason: Arc<str>,
    },
    /// To end a review.
    Dispose {
        /// Of what.
        subject: Subject,
        /// The flags that were on the page. One that came since stays in the queue.
        flags: Vec<FlagId>,
        /// How.
        disposition: Disposition,
        /// Why.
        reason: Arc<str>,
    },
    /// To say that this is not domestic abuse: a note, and the flags set aside. It changes no fact.
    NotAbuse {
        /// What.
        subject: Subject,
        /// The flags that were on the page.
        flags: Vec<FlagId>,
        /// Why.
        reason: Arc<str>,
    },
    /// To acknowledge an action that one's role was asked for.
    AcknowledgeAction {
        /// Which.
        action: ActionId,
    },
    /// To say that it is done.
    FinishAction {
        /// Which.
        action: ActionId,
        /// What was done; may be empty.
        note: Arc<str>,
    },
    /// To say that it cannot be done: it goes back to whoever asked.
    DeclineAction {
        /// Which.
        action: ActionId,
        /// Why.
        reason: Arc<str>,
    },
    /// To write what the next shift needs to know of something open.
    NoteForHandOver {
        /// Of what.
        work: Work,
        /// What.
        note: Arc<str>,
    },
    /// To write a note.
    Note {
        /// On what.
        subject: Subject,
        /// What.
        note: Arc<str>,
    },
    /// To say that two records are the same person: joins them, or answers a match that is asked.
    Join {
        /// One.
        a: RecordId,
        /// The other.
        b: RecordId,
        /// Why.
        reason: Arc<str>,
    },
    /// To say that two records are not the same person: takes a join back, or answers a match that is asked.
    Split {
        /// One.
        a: RecordId,
        /// The other.
        b: RecordId,
        /// Why.
        reason: Arc<str>,
    },
    /// To say that the history has been taken in.
    AcknowledgeHistory {
        /// On what.
        incident: IncidentId,
        /// The fact that this makes true: one of [`super::ANSWERABLE`].
        answers: Arc<str>,
    },
    /// To give a reason on the record.
    Reason {
        /// On what.
        incident: IncidentId,
        /// The fact that this makes true: one of [`super::ANSWERABLE`].
        answers: Arc<str>,
        /// The reason.
        reason: Arc<str>,
    },
    /// Something about listening to live calls.
    Listening(ListeningAsk),
    /// Something about feedback to call handlers.
    Feedback(FeedbackAsk),
    /// To take one's own last act back, within [`super::UNDO_WITHIN`].
    Undo {
        /// The journal entry of the act.
        act: u64,
    },
}

/// Something open that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A review that they have.
    Review(ReviewId),
    /// An action that they asked for, or acknowledged, and that is not done.
    Action(ActionId),
}

/// What becomes of something open at the end of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOn {
    /// What.
    pub work: Work,
    /// To whom; nobody puts it back in the queue with the note.
    pub to: Option<Actor>,
    /// What the next person needs to know; may be left out where it is handed to somebody, or was noted before.
    pub note: Option<Arc<str>>,
}

/// Something a member of staff did, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffEvent {
    /// Came on shift.
    ShiftStarted {
        /// As what.
        role: StaffRole,
        /// The planned end.
        until: Timestamp,
        /// What the sample was drawn by.
        seed: u64,
        /// Unflagged incidents drawn to be read.
        sample: Vec<IncidentId>,
    },
    /// Went off shift.
    ShiftEnded {
        /// What became of each thing that was open.
        handed: Vec<HandedOn>,
    },
    /// Who is on call.
    OnCallNamed {
        /// Who.
        staff: Option<Actor>,
    },
    /// A rule was switched off, put on trial, or made live.
    RuleSwitched {
        /// Which.
        rule: Arc<str>,
        /// How it runs from now on.
        to: Mode,
        /// Why.
        reason: Arc<str>,
    },
    /// A review was opened without taking it from the queue.
    ReviewOpened {
        /// Of what.
        subject: Subject,
    },
    /// A row was taken.
    Taken {
        /// Which.
        subject: Subject,
    },
    /// It was let go.
    Released {
        /// Which.
        subject: Subject,
    },
    /// It was set aside until a time.
    Held {
        /// Which.
        subject: Subject,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: Arc<str>,
    },
    /// It was given to somebody else.
    HandedOver {
        /// Which.
        subject: Subject,
        /// To whom.
        to: Actor,
        /// What they need to know.
        note: Arc<str>,
    },
    /// A flag was confirmed as a missed opportunity.
    Confirmed {
        /// Which.
        flag: FlagId,
        /// Why.
        reason: Arc<str>,
    },
    /// A flag was set aside.
    SetAside {
        /// Which.
        flag: FlagId,
        /// Why.
        reason: Arc<str>,
    },
    /// A review was ended.
    Disposed {
        /// Of what.
        subject: Subject,
        /// The flags it covers.
        flags: Vec<FlagId>,
        /// How.
        disposition: Disposition,
        /// Why.
        reason: Arc<str>,
    },
    /// An action was acknowledged.
    ActionAcknowledged {
        /// Which.
        action: ActionId,
    },
    /// An action was done.
    ActionDone {
        /// Which.
        action: ActionId,
        /// What was done.
        note: Arc<str>,
    },
    /// An action cannot be done.
    ActionDeclined {
        /// Which.
        action: ActionId,
        /// Why.
        reason: Arc<str>,
    },
    /// A note for the next shift.
    NotedForHandOver {
        /// Of what.
        work: Work,
        /// What.
        note: Arc<str>,
    },
    /// A note.
    Noted {
        /// On what.
        subject: Subject,
        /// What.
        note: Arc<str>,
    },
    /// Two records were said to be the same person.
    Joined {
        /// One.
        a: RecordId,
        /// The other.
        b: RecordId,
        /// Why.
        reason: Arc<str>,
    },
    /// Two records were said not to be the same person.
    Split {
        /// One.
        a: RecordId,
        /// The other.
        b: RecordId,
        /// Why.
        reason: Arc<str>,
    },
    /// The history was taken in.
    HistoryAcknowledged {
        /// On what.
        incident: IncidentId,
        /// The fact that this makes true.
        answers: Arc<str>,
    },
    /// A reason was given on the record.
    Reasoned {
        /// On what.
        incident: IncidentId,
        /// The fact that this makes true.
        answers: Arc<str>,
        /// The reason.
        reason: Arc<str>,
    },
    /// Something about listening to live calls.
    Listening(ListeningEvent),
    /// Something about feedback to call handlers.
    Feedback(FeedbackEvent),
    /// An act was taken back.
    Undone {
        /// The journal entry of the act.
        act: u64,
    },
}

/// What a command is about: decisions on the same thing name the version of it that they saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The actor themselves: shifts and undoing.
    Staff,
    /// Who is on call.
    OnCall,
    /// How the rules run.
    Rules,
    /// Who may listen to live calls, and who does.
    Listening,
    /// The prompts of a call.
    Prompts(CallId),
    /// What the handler of a call ticked.
    Ticks(CallId),
    /// The moments, the feedback and the evaluations of a call.
    Feedback(CallId),
    /// A row of the queue, under the incident that goes on.
    Subject(Subject),
    /// An action.
    Action(ActionId),
    /// A person's record: the lower of the two.
    Record(RecordId),
}
