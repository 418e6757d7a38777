//! The facts that an act in the desk makes true, so that what a rule waits for can be given where its flag is read.
//!
//! Which rule waits for which of them stands in the policy; nothing here names a rule.

use crate::message::{ActKind, StaffRole};
use crate::stamp::FlagId;
use crate::state::State;
use crate::watch::Standing;

/// A fact that an act makes true.
#[derive(Debug, PartialEq, Eq)]
pub struct Answerable {
    /// The fact's name.
    pub fact: &'static str,
    /// The act.
    pub kind: ActKind,
    /// Whoever must do it, where not anybody may.
    pub only: Option<StaffRole>,
}

/// Every fact that an act makes true.
pub const ANSWERABLE: &[Answerable] = &[
    Answerable { fact: "handler_acknowledged", kind: ActKind::Acknowledged, only: None },
    Answerable { fact: "supervisor_reasoned", kind: ActKind::Reasoned, only: Some(StaffRole::Supervisor) },
    Answerable { fact: "reason_given_after", kind: ActKind::Reasoned, only: None },
    Answerable { fact: "second_reason", kind: ActKind::Reasoned, only: None },
];

impl Answerable {
    /// By the fact's name.
    pub fn named(fact: &str) -> Option<&'static Self> {
        ANSWERABLE.iter().find(|answerable| answerable.fact == fact)
    }
}

impl State {
    /// What an act could give that an open flag waits for.
    pub fn answerable(&self, flag: FlagId) -> impl Iterator<Item = &'static Answerable> {
        let open = self.flags.get(flag).filter(|flag| flag.standing == Standing::Open);
        let rule = open.and_then(|flag| self.policy.rule(&flag.now.rule));
        ANSWERABLE.iter().filter(move |answerable| rule.is_some_and(|rule| rule.waits_for(answerable.fact)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Policy;

    #[test]
    fn what_an_act_makes_true_is_a_fact_that_some_rule_waits_for() {
        let policy = Policy::shipped();
        for answerable in ANSWERABLE {
            assert!(policy.rules.iter().any(|rule| rule.waits_for(answerable.fact)), "{}", answerable.fact);
        }
    }
}
