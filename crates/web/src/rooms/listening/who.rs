//! Who listens to a call, in the words of each page that shows it: nobody listens unseen.

use alongside_desk::call::Call;
use alongside_desk::listening::{Ceased, Hearing, Known, Purpose};
use alongside_desk::message::StaffRole;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Subject;

use crate::rooms::case::banner::Whom;
use crate::rooms::desk::Teller;
use crate::views::moment;

/// A purpose, after a colon.
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Safety => "her safety in this call",
        Purpose::Feedback => "feedback to the call handler",
    }
}

/// Why somebody listens no longer, told to them.
pub fn ceased(why: Ceased) -> &'static str {
    match why {
        Ceased::Stopped => "You have stopped listening.",
        Ceased::CallEnded => "The call has ended.",
        Ceased::Lost => "The connection was lost, and you no longer listen.",
        Ceased::Again => "You listen in another tab or to another call, and no longer here.",
        Ceased::NoRight => "You may not listen to this call any more.",
        Ceased::Withdrawn => "The force has taken its sign-off back: nobody listens.",
        Ceased::ServerStopped => "The live audio of this server stopped.",
    }
}

/// `Specialists`
pub fn role(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Supervisor => "Supervisors",
        _ => "Specialists",
    }
}

impl Teller<'_> {
    /// `You, since 20:41` or `Sam Whitlock, since 20:41`.
    pub fn listener(&self, hearing: &Hearing) -> String {
        let since = moment::minutes(hearing.since);
        if hearing.who == self.who {
            format!("You listen, since {since}")
        } else {
            format!("{} listens, since {since}", self.staff.name(&hearing.who))
        }
    }

    /// Who listens to a call, and who did while it went on, for its handler.
    pub fn told_to_handler(&self, call: &Call) -> Vec<(String, bool)> {
        let hearings = &self.state().hearings;
        let name = |hearing: &Hearing| self.staff.name(&hearing.who);
        let now = self.state().listening_to(call).into_iter().map(|hearing| {
            let since = moment::minutes(hearing.since);
            (format!("{} listens since {since}: {}.", name(hearing), purpose(hearing.purpose)), true)
        });
        let ended = self.state().names_of(call).into_iter().flat_map(|heard| hearings.ended(&heard).to_vec());
        let before = ended.filter_map(|hearing| {
            let (at, _) = hearing.ended?;
            let (since, until) = (moment::minutes(hearing.since), moment::minutes(at));
            Some((format!("{} listened from {since} to {until}.", name(&hearing)), false))
        });
        let mut told: Vec<(String, bool)> = now.chain(before).collect();
        if told.is_empty() && hearings.sign_off().is_some() {
            told.push(("Nobody listens to this call.".to_owned(), false));
        }
        told
    }

    /// Whether this person may know of a call: of its logs, and of everybody who is known by its number or place (law 12).
    pub fn may_know_call(&self, call: &Call) -> bool {
        let known = Known::of(self.state(), call).into_iter().all(|known| {
            let whom = Whom::of(self.state(), known.record);
            let records = whom.records.iter().map(|record| Subject::Person(*record));
            records.chain(whom.incidents.iter().map(|id| Subject::Incident(*id))).all(|subject| self.may_see(subject))
        });
        known && call.logs().all(|log| self.may_see(Subject::Incident(log)))
    }

    /// Everybody who listens now: since when, who, and to what and what for.
    pub fn all_listening(&self) -> Vec<(Timestamp, String, String)> {
        let one = |hearing: &Hearing| {
            let heard = self.heard(self.state().call_heard(&hearing.heard));
            (hearing.since, self.staff.name(&hearing.who), format!("{heard}: {}", purpose(hearing.purpose)))
        };
        self.state().hearings.open().map(one).collect()
    }

    /// The logs of the calls that somebody listens to, as far as this person may know of them.
    pub fn logs_listened_to(&self) -> Vec<Subject> {
        let heard = self.state().hearings.open().filter_map(|hearing| self.state().call_heard(&hearing.heard));
        let calls = heard.filter_map(|id| self.state().calls.get(&id)).filter(|call| self.may_know_call(call));
        calls.filter_map(|call| call.incident).map(|log| Subject::Incident(self.state().going_on(log))).collect()
    }

    /// Who took a call, by name where they have an account.
    pub fn handler(&self, call: &Call) -> String {
        let Some(number) = call.handler.as_deref() else { return "No handler named".to_owned() };
        let account = self.staff.all().find(|account| account.staff.as_deref() == Some(number));
        account.map_or_else(|| format!("Handler {number}"), |account| account.shown.clone())
    }
}
