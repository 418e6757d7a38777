//! Reviews: what specialists and other staff do in the desk.

use serde::{Deserialize, Serialize};

use crate::event::{Actor, Changes, Entry, Refusal};
use crate::state::State;
use crate::time::Timestamp;
use crate::watch::Agenda;

/// Something a member of staff asks.
#[derive(Clone, Debug)]
pub enum StaffCommand {}

/// Something a member of staff did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StaffEvent {}

/// Every review, action, hold and shift.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reviews {}

impl State {
    pub(crate) fn decide_staff(&self, command: &StaffCommand, _: &Actor, _: Timestamp) -> Result<Vec<StaffEvent>, Refusal> {
        match *command {}
    }

    pub(crate) fn apply_staff(&mut self, event: &StaffEvent, _: &Entry, _: &mut Agenda, _: &mut Changes) {
        match *event {}
    }
}
