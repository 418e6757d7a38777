//! What one role is asked to do, what one person has open, and what happened while nobody was on.

use super::place::Group;
use super::{Queue, Row};
use crate::desk::Desk;
use crate::event::Actor;
use crate::message::StaffRole;
use crate::review::{Action, Note, Progress, Work};
use crate::stamp::FlagId;
use crate::state::State;
use crate::time::Timestamp;

/// An action, as its role and whoever asked for it see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionItem {
    /// The action. Its id is the entry that holds the words.
    pub action: Action,
    /// How far it has come.
    pub progress: Progress,
    /// Whether its time has passed and it is not done.
    pub is_late: bool,
    /// The flags that the review judged: why it is asked.
    pub flags: Vec<FlagId>,
}

/// Something that a person has open, and what they have written for the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// What.
    pub work: Work,
    /// Of a review: its row.
    pub row: Option<Row>,
    /// Of an action: how it stands.
    pub action: Option<ActionItem>,
    /// What this person wrote for the next.
    pub note: Option<Note>,
}

/// An action at an instant.
pub(super) fn item(state: &State, action: &Action, now: Timestamp) -> ActionItem {
    let review = state.reviews.review(action.review).and_then(|r| r.disposed.as_ref());
    ActionItem {
        progress: action.progress(now),
        is_late: action.is_open() && action.by <= now,
        flags: review.map(|d| d.flags.clone()).unwrap_or_default(),
        action: action.clone(),
    }
}

/// What a role is asked to do and has not done, soonest first. What can still be taken back is not shown.
pub fn actions_for(desk: &Desk, role: StaffRole, now: Timestamp) -> Vec<ActionItem> {
    let state = desk.state();
    let asked = state.reviews.actions().filter(|a| a.role == role && a.is_open());
    let mut items: Vec<ActionItem> = asked.map(|a| item(state, a, now)).collect();
    items.retain(|i| matches!(i.progress, Progress::Sent | Progress::Acknowledged));
    items.sort_by_key(|i| (i.action.by, i.action.id));
    items
}

/// What a person has open: reviews that they have in the order of the queue, then actions that they follow, soonest first.
pub fn my_work(queue: &Queue, desk: &Desk, who: &Actor) -> Vec<OpenItem> {
    let state = desk.state();
    let (mut reviews, mut actions) = (Vec::new(), Vec::new());
    for work in state.open_work(who) {
        let note = |note: Option<&Note>| note.filter(|n| n.by == *who).cloned();
        match work {
            Work::Review(id) => {
                let Some(review) = state.reviews.review(id) else { continue };
                let found = queue.find(state.home(review.subject));
                let row = found.map(|(_, row)| row.clone());
                let place = found.map_or(usize::MAX, |(n, _)| n);
                reviews.push((place, OpenItem { work, row, action: None, note: note(review.handed.as_ref()) }));
            }
            Work::Action(id) => {
                let Some(action) = state.reviews.action(id) else { continue };
                let note = note(action.handed.as_ref());
                let action = item(state, action, queue.at);
                actions.push((action.action.by, OpenItem { work, row: None, action: Some(action), note }));
            }
        }
    }
    reviews.sort_by_key(|(place, item)| (*place, item.work));
    actions.sort_by_key(|(by, item)| (*by, item.work));
    reviews.into_iter().map(|(_, i)| i).chain(actions.into_iter().map(|(_, i)| i)).collect()
}

/// What a shift cannot end without: the same as [`my_work`]. An item with a note, or handed to somebody, is ready.
pub fn handover(queue: &Queue, desk: &Desk, who: &Actor) -> Vec<OpenItem> {
    my_work(queue, desk, who)
}

/// What happened while nobody was on: every row with a flag raised then that nobody has disposed of, wherever it stands now.
pub fn unattended<'a>(queue: &'a Queue, desk: &Desk) -> Vec<&'a Row> {
    let raised_then = |row: &&Row| {
        row.group == Group::Unwatched || row.flags.iter().any(|flag| desk.state().reviews.was_unattended(*flag))
    };
    queue.rows.iter().filter(raised_then).collect()
}
