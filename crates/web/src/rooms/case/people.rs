//! Who else is in it: records that count as hers, matches that are asked, suspects, others at risk, related logs.

use std::collections::BTreeSet;

use alongside_desk::message::Role;
use alongside_desk::person::{Answer, Certainty, Match};
use alongside_desk::stamp::{IncidentId, RecordId};
use alongside_desk::watch::Subject;

use super::banner::{Whom, name, people, relationship};
use super::entry::word;
use super::tie;
use super::timeline::Scene;
use crate::door::Action;
use crate::rooms::words::plain;
use crate::views::case::Link;
use crate::views::moment;
use crate::views::part::{Act, Piece, Words};

/// The roles in the order in which a page lists them, with how each is said.
const ROLES: &[(Role, &str)] = &[
    (Role::Suspect, "suspect"),
    (Role::Child, "child, at risk too"),
    (Role::Caller, "caller"),
    (Role::Witness, "witness"),
    (Role::Other, "other"),
];

impl Scene<'_> {
    /// Everybody, and everything linked.
    pub fn people(&self, whom: &Whom) -> Vec<Link> {
        let mut links: Vec<Link> = self.matches(whom).into_iter().map(|found| self.asked(whom, found)).collect();
        links.extend(self.joined(whom));
        for (role, says) in ROLES {
            links.extend(self.in_role(whom, *role, says));
        }
        links.extend(self.related(whom));
        links
    }

    /// Everybody whose data that shows.
    pub fn shown(&self, whom: &Whom) -> BTreeSet<RecordId> {
        let state = self.teller.state();
        let mut shown: BTreeSet<RecordId> = whom.records.iter().copied().collect();
        shown.extend(whom.incidents.iter().flat_map(|id| people(state, *id)).map(|person| person.record));
        shown.extend(self.matches(whom).into_iter().flat_map(|found| [found.of, found.with]));
        shown.extend(self.in_force(whom).into_iter().map(|order| order.subject));
        shown
    }

    /// Matches of any of her records, each once, the surest first.
    fn matches(&self, whom: &Whom) -> Vec<&Match> {
        let people = &self.teller.state().people;
        let mut found: Vec<&Match> = Vec::new();
        for record in &whom.records {
            for one in people.matches_of(*record) {
                let is_there = found.iter().any(|other| (other.of, other.with) == (one.of, one.with));
                if one.answer != Answer::Same && !is_there {
                    found.push(one);
                }
            }
        }
        found.sort_by_key(|found| (found.answer != Answer::Asked, std::cmp::Reverse((found.certainty, found.weight))));
        found
    }

    /// A match between two records: how sure, and on what.
    fn asked(&self, whom: &Whom, found: &Match) -> Link {
        let state = self.teller.state();
        let own = state.people.identity(whom.records[0]);
        let (of, with) = if own.contains(&found.of) { (found.of, found.with) } else { (found.with, found.of) };
        let sure = match (found.answer, found.certainty) {
            (Answer::NotSame, _) => "not the same person, somebody has said",
            (_, Certainty::Sure) => "surely her; counted as her until somebody says otherwise",
            (_, Certainty::Likely) => "likely her; counts in nothing until somebody says so",
        };
        let bits = format!("{}.{:02}", found.weight / 100, (found.weight % 100).abs());
        let percent = match found.probability_ppm {
            // Nothing is ever certain: what would round to a hundred is said as what it is above.
            999_950.. => "over 99.99 %".to_owned(),
            ppm => format!("{}.{:02} %", ppm / 10_000, ppm % 10_000 / 100),
        };
        let reasons = plain(&found.reasons.join(", "));
        let mut what = Words::default()
            .and(Piece::Name(name(state, with)))
            .and(Piece::Plain(format!(" · {sure}. ")))
            .and(Piece::More("How sure".to_owned(), format!("Weight {bits}, probability {percent}: {reasons}.")));
        what.pieces.extend(self.logs_of(with));
        let is_asked = found.answer == Answer::Asked;
        let acts = if is_asked { self.tie_acts(of, with, true) } else { Vec::new() };
        Link { what, acts, is_asked }
    }

    /// Records that a person's word made one with hers.
    fn joined(&self, whom: &Whom) -> Vec<Link> {
        let state = self.teller.state();
        let own = state.people.identity(whom.records[0]);
        let others = own.iter().skip(1);
        others
            .filter_map(|other| {
                let (first, tie) = own.iter().find_map(|one| {
                    let tie = state.reviews.ties(*one, *other).last().filter(|tie| tie.same)?;
                    Some((*one, tie))
                })?;
                let says = format!(
                    " · the same person, says {}, {}.",
                    self.teller.staff.name(&tie.by),
                    moment::fact(tie.at, self.teller.now)
                );
                let mut what = Words::default().and(Piece::Name(name(state, *other))).and(Piece::Plain(says));
                what.pieces.extend(self.logs_of(*other));
                Some(Link { what, acts: self.tie_acts(first, *other, false), is_asked: false })
            })
            .collect()
    }

    fn in_role(&self, whom: &Whom, role: Role, says: &str) -> Vec<Link> {
        let state = self.teller.state();
        let link = |record: RecordId| {
            let person = &state.people.record(record).person;
            let mut rest = vec![says.to_owned()];
            rest.extend(relationship(state, whom, record));
            rest.extend(person.born.map(|born| format!("{} years old", born.age_at(self.teller.now))));
            rest.extend(
                state.people.record(record).force_ref.as_deref().map(|of| format!("force record {}", plain(of))),
            );
            let mut what = Words::default()
                .and(Piece::Name(name(state, record)))
                .and(Piece::Plain(format!(" · {}", rest.join(", "))));
            what.pieces.extend(self.pair(whom, record, role));
            Link { what, acts: Vec::new(), is_asked: false }
        };
        whom.others(state, role).into_iter().map(link).collect()
    }

    /// How often she and a suspect were reported together.
    fn pair(&self, whom: &Whom, record: RecordId, role: Role) -> Vec<Piece> {
        if role != Role::Suspect {
            return Vec::new();
        }
        let state = self.teller.state();
        let theirs = state.incidents_of(&state.people.counted(record).0, Role::Suspect);
        let (with_her, with_others): (Vec<IncidentId>, Vec<IncidentId>) =
            theirs.into_iter().partition(|id| whom.incidents.contains(id));
        let others = match with_others.len() {
            0 => String::new(),
            n => format!(", {n} with somebody else"),
        };
        let noun = if with_her.len() == 1 { "report" } else { "reports" };
        vec![Piece::Plain(format!(". {} {noun} with her{others}", with_her.len()))]
    }

    fn related(&self, whom: &Whom) -> Vec<Link> {
        let state = self.teller.state();
        let mut seen = BTreeSet::new();
        let links = whom.incidents.iter().filter_map(|id| state.incident(*id)).flat_map(|incident| &incident.links);
        let others = links.map(|link| state.going_on(link.to)).filter(|to| !whom.incidents.contains(to));
        others
            .filter(|to| seen.insert(*to) && self.teller.may_see(Subject::Incident(*to)))
            .filter_map(|to| {
                let reference = plain(state.reference(to)?);
                let link = Piece::Link(format!("/incidents/{}", to.0), format!("Log {reference}"));
                let opened = state.opened_at(to).map(|at| format!(", {}", moment::fact(at, self.teller.now)));
                let says = format!(" · linked to hers by the force{}", opened.unwrap_or_default());
                Some(Link {
                    what: Words::default().and(link).and(Piece::Plain(says)),
                    acts: Vec::new(),
                    is_asked: false,
                })
            })
            .collect()
    }

    /// The logs that a record is on.
    fn logs_of(&self, record: RecordId) -> Vec<Piece> {
        let state = self.teller.state();
        let mut pieces = Vec::new();
        for (id, role) in state.people.record(record).involvements.iter().take(3) {
            let Some(reference) = state.reference(*id) else { continue };
            pieces.push(Piece::Plain(format!(" {} on ", word(role.word()))));
            pieces.push(Piece::Link(format!("/incidents/{}", id.0), format!("Log {}", plain(reference))));
        }
        pieces
    }

    fn tie_acts(&self, of: RecordId, with: RecordId, is_asked: bool) -> Vec<Act> {
        if !self.teller.may(Action::Link) {
            return Vec::new();
        }
        let not_same = Act::open("not-same", "Not the same", "", tie::path(of, with, false));
        match is_asked {
            true => vec![Act::open("same", "Same", "", tie::path(of, with, true)), not_same],
            false => vec![not_same],
        }
    }
}
