//! The stretch of a recording in which a moment of a call is heard.

use super::Moment;
use crate::listening::recording::Recording;
use crate::state::State;
use crate::time::Period;

/// A moment is marked after what it is about was said: so much is heard before it (D).
pub const BEFORE: Period = Period::seconds(10);

/// And so much after it (D).
pub const AFTER: Period = Period::seconds(5);

/// Where a moment is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clip<'a> {
    /// In which recording.
    pub recording: &'a Recording,
    /// From where in it.
    pub from: Period,
    /// To before where in it.
    pub to: Period,
}

impl State {
    /// Where a moment can be heard; nothing where its call was not recorded then, goes on still, or is kept no longer.
    pub fn clip(&self, moment: &Moment) -> Option<Clip<'_>> {
        let (call, place) = (self.calls.get(&moment.call)?, moment.place?);
        // Newest first: a recording that was begun anew goes on where one before it stopped.
        self.recordings_of_call(call).filter(|recording| recording.is_there() && recording.id < moment.id).find_map(
            |recording| {
                let (_, file, _) = recording.ended.as_ref()?;
                let length = Period::from_ms(i64::try_from(file.ms).unwrap_or(i64::MAX));
                let at = Period::from_ms(place.ms() - recording.after.ms());
                let is_in_it = (0..length.ms()).contains(&at.ms());
                let from = Period::from_ms((at.ms() - BEFORE.ms()).max(0));
                let to = Period::from_ms((at.ms() + AFTER.ms()).min(length.ms()));
                is_in_it.then_some(Clip { recording, from, to })
            },
        )
    }
}
