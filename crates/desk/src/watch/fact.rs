//! The facts that conditions may ask for. Each names something in the world; none names a rule, holds a limit or compares
//! times for one.

use std::sync::Arc;

use super::item::{Item, Kind, On};
use crate::aspect::Aspects;
use crate::incident::Incident;
use crate::message::{ActKind, Level, Marker, OutcomeKind, Role, Tool};
use crate::stamp::Stamp;
use crate::state::State;

/// What a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A count.
    Count(i64),
    /// An instant; 0 when there is none.
    Instant(i64),
    /// Several instants, oldest first.
    Instants(Vec<i64>),
    /// A word of the contract; empty when there is none.
    Word(&'static str),
    /// Several words, in no order that means anything.
    Words(Vec<Arc<str>>),
    /// A text of the policy's or the desk's own.
    Text(Arc<str>),
}

/// A fact's entry in the catalogue.
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// The items it is there for; all when empty.
    pub on: &'static [On],
    /// What can change it.
    pub reads: Aspects,
    /// What it says, in plain words.
    pub says: &'static str,
    get: for<'a> fn(&View<'a>) -> Value,
}

/// Where a fact is looked up.
pub struct View<'a> {
    /// The state.
    pub state: &'a State,
    /// The item.
    pub item: &'a Item<'a>,
}

const ANY: &[On] = &[];
const TOLD_OF: &[On] = &[On::Indication, On::Pattern];

macro_rules! facts {
    ($($name:ident, $on:expr, $reads:expr, $says:literal, $get:expr;)+) => {
        /// Every fact, in the order of the documentation.
        pub static FACTS: &[Fact] = &[$(Fact { name: stringify!($name), on: $on, reads: $reads, says: $says, get: $get }),+];
    };
}

/// A fact by name.
pub fn find(name: &str) -> Option<&'static Fact> {
    static BY_NAME: std::sync::LazyLock<std::collections::BTreeMap<&'static str, &'static Fact>> =
        std::sync::LazyLock::new(|| FACTS.iter().map(|f| (f.name, f)).collect());
    BY_NAME.get(name).copied()
}

impl Fact {
    /// What it is there for, in the policy's words.
    pub fn there_for(&self) -> String {
        if self.on.is_empty() {
            return "all".to_owned();
        }
        self.on.iter().map(|on| format!("`{}`", on.word())).collect::<Vec<_>>().join(" ")
    }

    /// The fact's value for an item.
    pub fn of(&self, view: &View) -> Value {
        (self.get)(view)
    }
}

use Aspects as A;
use Value::{Bool, Count, Instant, Instants, Word, Words};

facts! {
    da, ANY, A::CODE.and(A::PEOPLE), "the incident is domestic abuse, by code, qualifier, a known pair or the desk's own recognition", |v| Bool(v.incident().is_some_and(Incident::is_da));
    incident_open, ANY, A::ENDING, "the log is open", |v| Bool(v.incident().is_some_and(Incident::is_open));
    opened_at, ANY, A::ENDING, "when the incident was opened", |v| Instant(v.incident().map_or(0, |i| i.opened_at().ms()));
    grade, ANY, A::GRADE, "the grade in force", |v| Word(v.incident().and_then(Incident::grade).map_or("", crate::message::Grade::word));
    level, ANY, A::ASSESSED, "the risk level last assessed on the incident, or for a release on the pair's latest", |v| Word(v.level().map_or("", Level::word));
    unit_there, ANY, A::UNITS, "a unit is there", |v| Bool(v.incident().is_some_and(Incident::unit_there));
    unit_sent, ANY, A::UNITS, "a unit was ever assigned or there", |v| Bool(v.incident().is_some_and(|i| !i.stints.is_empty()));
    unit_gone, ANY, A::UNITS, "a unit was there and none is now", |v| Bool(v.incident().is_some_and(|i| i.first_arrival().is_some() && !i.unit_there()));
    attended, ANY, A::UNITS, "a unit arrived", |v| Bool(v.incident().is_some_and(|i| i.first_arrival().is_some()));
    first_arrived_at, ANY, A::UNITS, "when the first unit arrived", |v| at(v.incident().and_then(Incident::first_arrival));
    seen, ANY, A::SEEN, "a unit has seen her since the incident was opened", |v| Bool(v.seen().next().is_some());
    seen_before, ANY, A::SEEN, "a unit had seen her by then", |v| Bool(v.seen().any(|s| s.at <= v.item.at));
    seen_after, ANY, A::SEEN, "a unit has seen her since", |v| Bool(v.seen().any(|s| s.at > v.item.at));
    seen_by_then, &[On::Leaving], A::SEEN, "a unit has seen her since the incident was opened", |v| Bool(v.seen().next().is_some());
    dash_or_dara, ANY, A::ASSESSED, "a DASH or DARA was recorded", |v| Bool(v.incident().is_some_and(|i| i.assessments.iter().any(|a| a.tool != Tool::Thrive)));
    history_mentioned, ANY, A::WORDS, "the log mentions earlier reports", |v| Bool(v.says("history_mentioned"));
    put_off_said, ANY, A::WORDS, "the log says that nobody will go now", |v| Bool(v.says("put_off"));
    offence_alleged, ANY, A::WORDS.and(A::CRIME).and(A::CODE), "words, a code or a recorded crime describe an offence", |v| Bool(v.offence_alleged());
    no_crime, ANY, A::OUTCOME, "it was recorded that there was no crime, with a reason", |v| Bool(v.incident().is_some_and(|i| i.outcomes.iter().any(|o| o.kind == OutcomeKind::NoCrime && o.detailed)));
    risk_signs, ANY, A::WORDS, "indicators in words on the log by then", |v| Count(v.risk_signs());
    has_history, ANY, A::HISTORY.and(A::MARKER), "a victim has earlier domestic abuse incidents, or a marker", |v| Bool(v.has_history());
    order_in_force, ANY, A::ORDER.and(A::HISTORY), "an order known by then protected a victim", |v| Bool(v.order_in_force());
    incident_count, ANY, A::HISTORY.and(A::CODE), "her domestic abuse incidents so far, this one included", |v| Count(count(v.da_incidents().len()));
    da_incidents, &[On::Victim, On::Contact], A::HISTORY.and(A::CODE), "when her domestic abuse incidents were opened, up to this one", |v| Instants(v.da_incidents());
    marked_repeat, ANY, A::MARKER.and(A::HISTORY), "she holds a repeat victim marker then", |v| Bool(v.marked(Marker::RepeatVictim));
    marked_marac, ANY, A::MARKER.and(A::HISTORY), "she holds a MARAC marker then", |v| Bool(v.marked(Marker::Marac));
    handler_acknowledged, ANY, A::ACTS, "somebody acknowledged the history in the desk", |v| Bool(v.acted(ActKind::Acknowledged, "handler_acknowledged"));

    graded, &[On::Grading], A::GRADE, "the grade given", |v| Word(v.grading().map_or("", |(g, _)| g.grade.word()));
    graded_at, &[On::Grading], A::GRADE, "when it was given", |v| Instant(v.item.at.ms());
    graded_before, &[On::Grading], A::GRADE, "the grade before", |v| Word(v.grading().and_then(|(_, b)| b).map_or("", |b| b.grade.word()));
    grade_lowered, &[On::Grading], A::GRADE, "the grade before was more urgent", |v| Bool(v.grade_lowered());
    grading_reasoned, &[On::Grading], A::GRADE, "a reason was written with it", |v| Bool(v.grading().is_some_and(|(g, _)| g.reasoned));
    same_grader, &[On::Grading], A::GRADE, "the person who set the grade before gave it", |v| Bool(v.grading().is_some_and(|(g, b)| g.stamp.by.is_some() && b.is_some_and(|b| b.stamp.by == g.stamp.by)));
    grading_in_force, &[On::Grading], A::GRADE.and(A::ENDING), "no later lowering or reopening has started a new clock", |v| Bool(v.grading_in_force());
    unit_reached_at, &[On::Grading], A::UNITS.and(A::GRADE), "when a unit arrived that this grade was waiting for", |v| Instant(v.unit_reached_at());
    supervisor_reasoned, &[On::Grading], A::GRADE.and(A::ACTS).and(A::WORDS), "a supervisor gave a reason, with the grade or since", |v| Bool(v.supervisor_reasoned());

    left_at, &[On::Departure], A::UNITS, "when the unit left", |v| Instant(v.item.at.ms());
    left_before_arriving, &[On::Departure], A::UNITS, "it had not arrived", |v| Bool(v.stint().is_some_and(|s| s.arrived.is_none()));
    units_left, &[On::Departure], A::UNITS, "other units assigned or there when it left", |v| Count(v.units_left());
    sent_after, &[On::Departure], A::UNITS, "a unit was assigned since", |v| Bool(v.sent_after());

    call_end, &[On::Call], A::CALL, "how the call ended", |v| Word(v.call().and_then(|c| c.ended.as_ref()).map_or("", |e| e.1.word()));
    call_ended_at, &[On::Call], A::CALL, "when the call ended", |v| Instant(v.item.at.ms());
    number_history, &[On::Call], A::CALL.and(A::HISTORY), "its number called about domestic abuse before, or is that of somebody on such an incident", |v| Bool(v.number_history());
    place_history, &[On::Call], A::CALL.and(A::HISTORY), "domestic abuse was reported at its address before", |v| Bool(v.place_history());
    caller_marked, &[On::Call], A::MARKER.and(A::PEOPLE).and(A::CALL), "somebody with its number, or a victim on its incident, holds a marker", |v| Bool(v.caller_marked());
    struggle_heard, &[On::Call], A::WORDS, "words on its incident's log tell of a struggle", |v| Bool(v.says("struggle"));
    graded_top, &[On::Call], A::GRADE.and(A::CALL), "its incident is at the top grade", |v| Bool(v.incident().is_some_and(|i| i.grade() == Some(v.state.policy.top_grade)));
    rung_back, &[On::Call], A::CALL, "tries to ring back", |v| Count(v.call().map_or(0, |c| count(c.backs.len())));
    rung_back_at, &[On::Call], A::CALL, "when the last try was", |v| at(v.call().and_then(|c| c.backs.last()).map(|b| &b.0));
    rung_back_answered, &[On::Call], A::CALL, "somebody answered one", |v| Bool(v.call().is_some_and(|c| c.backs.iter().any(|b| b.1 != crate::message::AnsweredBy::Nobody)));

    quiet_since, &[On::LastEntry], A::ENTRY.and(A::UNITS), "when a person last wrote on the log, or a unit that was there left", |v| Instant(v.quiet_since());

    suspect_named_at, &[On::Suspect], A::PEOPLE, "when the suspect was named", |v| Instant(v.item.at.ms());
    suspect_arrested, &[On::Suspect], ARRESTED, "the suspect was arrested on the incident, or since it was opened on another of hers or on none", |v| Bool(v.suspect_arrested());
    suspect_interviewed, &[On::Suspect], A::CUSTODY, "the suspect was interviewed", |v| Bool(v.suspect_interviewed());

    contact_at, &[On::Contact], A::CALL, "when the contact was", |v| Instant(v.item.at.ms());
    contacts_unseen, &[On::Contact], A::CALL.and(A::HISTORY).and(A::SEEN), "contacts by or about her since she was last seen, up to this one", |v| Instants(v.contacts_unseen().iter().map(|s| s.at.ms()).collect());
    contacts_unseen_count, &[On::Contact], A::CALL.and(A::HISTORY), "how many those are", |v| Count(count(v.contacts_unseen().len()));
    contacts_unseen_from, &[On::Contact], A::CALL.and(A::HISTORY), "when the first of those was", |v| Instant(v.contacts_unseen().first().map_or(0, |s| s.at.ms()));
    seen_after_contact, &[On::Contact], A::SEEN, "a unit has seen her since the contact", |v| Bool(v.seen().any(|s| s.at >= v.item.at));
    released_before, &[On::Contact], A::CUSTODY, "when a suspect of hers was released, before the contact", |v| Instants(v.releases_before().iter().map(|s| s.at.ms()).collect());
    released_last, &[On::Contact], A::CUSTODY, "the last of those", |v| Instant(v.releases_before().last().map_or(0, |s| s.at.ms()));

    turning, &[On::Turning], A::WORDS.and(A::GRADE).and(A::ENDING), "what was done, in words", |v| v.act();
    standing_down, &[On::StandingDown], A::WORDS.and(A::GRADE), "what was done, in words", |v| v.act();
    leaving, &[On::Leaving], A::UNITS.and(A::ENDING).and(A::WORDS), "what was done, in words", |v| v.act();
    turned_at, &[On::Turning, On::StandingDown, On::Leaving], A::WORDS.and(A::GRADE).and(A::ENDING), "when it was done", |v| Instant(v.item.at.ms());
    reopened_after, &[On::Turning], A::ENDING, "the log was reopened since", |v| Bool(v.incident().is_some_and(|i| i.endings.iter().any(|e| !e.closed && e.stamp.at >= v.item.at)));
    gone_said_at, &[On::StandingDown], A::WORDS, "when the log last said, by then, that the suspect had left", |v| at(v.gone_said());
    raised_after, &[On::StandingDown], A::GRADE, "the grade was raised since", |v| Bool(v.raised_after());

    assessed_at, &[On::Assessment], A::ASSESSED, "when it was assessed", |v| Instant(v.item.at.ms());
    level_now, &[On::Assessment], A::ASSESSED, "the level assessed", |v| Word(v.assessment().and_then(|a| a.level).map_or("", Level::word));
    level_before, &[On::Assessment], A::ASSESSED, "the level assessed before", |v| Word(v.level_before().map_or("", |(l, _)| l.word()));
    level_lowered, &[On::Assessment], A::ASSESSED, "the level before was higher", |v| Bool(v.level_before().zip(v.assessment().and_then(|a| a.level)).is_some_and(|((before, _), now)| now < before));
    assessment_reasoned, &[On::Assessment], A::ASSESSED, "a reason was written with it", |v| Bool(v.assessment().is_some_and(|a| a.reasoned));
    newer_facts, &[On::Assessment], A::ASSESSED.and(A::OUTCOME).and(A::UNITS).and(A::ORDER).and(A::CUSTODY).and(A::ENTRY), "facts newer than the higher assessment that the lower one can be tied to", |v| Count(v.newer_facts());
    reason_given_after, &[On::Assessment], A::ASSESSED.and(A::ACTS), "a reason was given since", |v| Bool(v.reason_given_after());

    order_kind, &[On::Protection], A::ORDER, "the order's kind", |v| v.order_kind();
    order_binds_suspect, &[On::Protection], A::ORDER.and(A::PEOPLE), "it binds a suspect of the incident, or no suspect is named", |v| Bool(v.order_binds_suspect());
    suspect_named, &[On::Protection], A::PEOPLE, "a suspect is named", |v| Bool(v.incident().is_some_and(|i| i.in_role(Role::Suspect).any(|p| p.named)));
    order_known_at, &[On::Protection], A::ORDER.and(A::PEOPLE).and(A::CALL), "when the order, the contact and whom it concerns were all known", |v| Instant(v.order_known_at().ms());
    order_told, &[On::Protection], A::TOLD.and(A::WORDS), "a unit or another force was told of an order", |v| Bool(v.order_told());
    told_without_order, &[On::Protection], A::TOLD.and(A::WORDS).and(A::ORDER), "a unit or another force was told without it, when it was known", |v| Bool(v.told_without_order());
    order_acted, &[On::Protection], A::CRIME.and(ARRESTED), "an arrest was made, on this or another incident of hers or on none, or a crime recorded", |v| Bool(v.order_acted());

    indicated_at, TOLD_OF, A::WORDS, "when it was first known that the log, an assessment, a person or a marker tells of it", |v| Instant(v.item.known.ms());
    unit_knows, TOLD_OF, A::TOLD.and(A::UNITS), "a unit or another force was told of it, or a unit reported it", |v| Bool(v.unit_knows());
    told_without_it, TOLD_OF, A::TOLD.and(A::UNITS), "a unit or another force was told without it, when it was known, and none was told of it", |v| Bool(!v.tellings_without().is_empty());
    level_since, TOLD_OF, A::ASSESSED, "the risk level last assessed since, or in the same message", |v| Word(v.level_since().map_or("", Level::word));
    level_till_then, TOLD_OF, A::ASSESSED, "the risk level assessed before it was told of", |v| Word(v.level_till_then().map_or("", Level::word));
    level_risen_since, TOLD_OF, A::ASSESSED, "the risk level was raised since", |v| Bool(v.level_risen_since());
    put_off_since, TOLD_OF, A::WORDS, "the log says since that nobody will go now", |v| Bool(v.put_off_since());
    unit_left_since, TOLD_OF, A::UNITS, "the last unit there left since, and none is there now", |v| Bool(v.unit_left_since());
    answered_yes, TOLD_OF, A::ASSESSED, "an assessment of the incident answers a question about it with yes", |v| Bool(v.answered_yes());
    assessed_without_it, TOLD_OF, A::ASSESSED, "an assessment made since asks about it and does not say so", |v| Bool(!v.assessed_without().is_empty());
    told_of, TOLD_OF, A::WORDS.and(A::ASSESSED), "every indicator that the log or an assessment tells of", |v| Words(v.told_of());
    referred_in_desk, TOLD_OF, A::ACTS, "somebody noted a referral in the desk since", |v| Bool(v.referred_in_desk());
    contacts_telling, &[On::Pattern], A::HISTORY.and(A::ELSEWHERE).and(A::CALL), "contacts of hers that told of it, up to this incident's", |v| Count(v.contacts_telling());
    medically_checked, ANY, A::OUTCOME, "a medical check was recorded", |v| Bool(v.had_outcome(OutcomeKind::MedicalCheck));
    safeguarded, ANY, A::OUTCOME, "safeguarding was recorded", |v| Bool(v.had_outcome(OutcomeKind::Safeguarding));
    children_seen, ANY, A::OUTCOME, "the children were seen", |v| Bool(v.had_outcome(OutcomeKind::ChildrenSeen));
    offences_recorded, ANY, A::CRIME.and(A::OUTCOME), "offences among the crimes recorded, by the policy's names", |v| Words(v.offences_recorded());
    questions_asked, ANY, A::ASSESSED, "questions of assessments that were asked", |v| Words(v.questions_asked());
    certificate_held, ANY, A::MARKER.and(A::WORDS).and(A::PEOPLE).and(A::CALL), "the suspect or the victim holds a certificate for firearms, by a marker or by words", |v| Bool(v.certificate_held());
    certificate_reviewed, ANY, A::MARKER.and(A::PEOPLE), "a certificate of theirs was reviewed since the incident was opened", |v| Bool(v.certificate_reviewed());
    children_referred, ANY, A::OUTCOME.and(A::SUPPORT), "the children were referred", |v| Bool(v.had_outcome(OutcomeKind::ChildrenReferred) || v.services_engaged().iter().any(|s| &**s == "children"));
    services_engaged, ANY, A::SUPPORT.and(A::PEOPLE), "kinds of services that one of them was referred to, or that were in contact, since the incident was opened", |v| Words(v.services_engaged());
    relatives_used, ANY, A::LANGUAGE.and(A::WORDS), "a relative interprets, or is spoken to about her", |v| Bool(!v.relatives().is_empty());
    reports_by_others, &[On::ThirdParty], A::HISTORY.and(A::ELSEWHERE), "when each person other than the pair last reported about it, up to this incident", |v| Instants(v.reporters().iter().map(|r| r.0.ms()).collect());
    reporters, &[On::ThirdParty], A::PEOPLE, "what those who report here are to her", |v| Words(v.reporter_words());

    released_at, &[On::Release], A::CUSTODY, "when the suspect was released", |v| Instant(v.item.at.ms());
    release_how, &[On::Release], A::CUSTODY, "how the suspect was released", |v| Word(if let Kind::Release(r, _) = v.item.kind { r.how.word() } else { "" });
    release_da, &[On::Release], A::CUSTODY, "it was for domestic abuse, or its conditions protect somebody", |v| Bool(v.release_da());
    said, ANY, A::WORDS, "every indicator that words on the log say", |v| Words(v.said());
    opening_heard, ANY, A::ENDING, "the incident's opening has come in", |v| Bool(v.incident().is_some_and(|i| i.opening.is_some()));
    da_coded, ANY, A::CODE, "a code or qualifier says domestic abuse", |v| Bool(v.incident().is_some_and(|i| i.codings.iter().any(|c| c.da)));
    relationships, ANY, A::PEOPLE, "what its suspects are to the victim", |v| Words(v.relationships());
    offence_said_at, ANY, A::WORDS.and(A::CODE).and(A::ASSESSED), "when words, a code or an answer first described an offence", |v| at(v.offence_first_said());
    crime_recorded, ANY, A::CRIME, "a crime was recorded", |v| Bool(v.crime_recorded());
    referred_to, ANY, A::SUPPORT.and(A::PEOPLE), "kinds of service that she was referred to, or that reached her, since the incident was opened", |v| Words(v.referred_to());
    support_declined, ANY, A::SUPPORT.and(A::PEOPLE), "she declined support since the incident was opened", |v| Bool(v.support_declined());
    referral_noted, ANY, A::ACTS, "somebody noted a referral to support in the desk", |v| Bool(v.acted(ActKind::Referred, "referral_noted"));
    marac_referred, ANY, A::MARAC.and(A::PEOPLE), "she was referred to a MARAC, or heard there, since the incident was opened", |v| Bool(v.marac_referred());
    marac_referral_noted, ANY, A::ACTS, "somebody noted a referral to a MARAC in the desk", |v| Bool(v.marac_referral_noted());

    assessed_with, &[On::Assessment], A::ASSESSED, "the tool", |v| Word(v.assessment().map_or("", |a| a.tool.word()));
    questions_yes, &[On::Assessment], A::ASSESSED, "its questions that were answered with yes", |v| Words(v.questions_yes());
    reassessed, &[On::Assessment], A::ASSESSED, "assessed again since: at a higher level, or the questions were asked again", |v| Bool(v.reassessed());
    second_reason, &[On::Assessment], A::ASSESSED.and(A::ACTS), "somebody else gave a reason since", |v| Bool(v.second_reason());

    claimed_at, &[On::Claim], A::WORDS, "when the log said that checks were made", |v| Instant(v.item.at.ms());
    own_check_at, &[On::Claim], CHECKED, "when whoever wrote it had last made a check on the incident's people, numbers or places", |v| Instant(v.own_check_at());
    any_check_at, &[On::Claim], CHECKED, "when anybody had last made one before", |v| Instant(v.any_check_at());
    checked_since, &[On::Claim], CHECKED, "anybody made one since", |v| Bool(v.checked_since());
    told_since, &[On::Claim], A::TOLD, "a unit or another force was told something since", |v| Bool(v.told_since());
    put_off_since_claim, &[On::Claim], A::WORDS, "the log says since that nobody will go now", |v| Bool(v.put_off_from(v.item.at));

    sign, &[On::Sign], A::WORDS, "the indicator, by the lexicon's name", |v| v.sign().map_or(Word(""), |s| Value::Text(s.indicator.clone()));
    sign_at, &[On::Sign], A::WORDS, "when the first words that tell of it were known", |v| Instant(v.item.known.ms());
    tellings, &[On::Sign], RELAYED, "how often a unit that goes on, or another force, was told anything", |v| Count(v.tellings_count());
    sign_lost, &[On::Sign], RELAYED, "nothing that units were told holds it, or nothing that another force was told", |v| Bool(!v.tellings_lacking().is_empty());
    told_without_sign, &[On::Sign], RELAYED, "one of those tellings came after the words", |v| Bool(v.told_lacking_since());
    somebody_to_tell, &[On::Sign], RELAYED, "a unit is on its way or there, or another force has the log, without it", |v| Bool(v.somebody_to_tell());

    harm, &[On::Pair], A::CRIME, "the harm of the incident's crimes in days; 0 where the force scores none", |v| Count(v.harm());
    earlier_harms, &[On::Pair], A::CRIME.and(A::HISTORY).and(A::CODE), "the harm of each of the pair's earlier incidents that has any", |v| Instants(v.earlier_harms());
    gaps, &[On::Pair], A::HISTORY.and(A::CODE), "the times between the pair's incidents, in milliseconds, the newest first", |v| Instants(v.gaps());
    marac_before_at, &[On::Pair], A::MARAC.and(A::PEOPLE), "when the pair was last referred to a MARAC or heard there, before the incident", |v| Instant(v.marac_before_at());
    marac_referred_since, &[On::Pair], A::MARAC.and(A::PEOPLE), "the pair was referred to a MARAC since the incident was opened", |v| Bool(v.marac_referred_since());

    match_has_history, &[On::Match], A::HISTORY.and(A::CODE), "the other record is a victim or suspect of domestic abuse elsewhere", |v| Bool(v.match_has_history());
    match_answered, &[On::Match], A::MATCH, "a person said whether they are the same, or they were joined", |v| Bool(v.match_answered());
    match_reasons, &[On::Match], A::MATCH, "what speaks for it, field by field", |v| Value::Text(v.brought_up().map_or_else(|| "".into(), |m| m.reasons.join(", ").into()));

    victims_linked, &[On::Disclosing], A::HISTORY.and(A::CODE).and(A::PEOPLE).and(A::MATCH), "how many victims the suspect is linked to; records that may be one count once", |v| Count(v.victims_linked());
    right_to_know_decided, &[On::Disclosing], A::DISCLOSURE.and(A::PEOPLE), "it was decided if she has the right to know about the suspect", |v| Bool(v.right_to_know_decided());
    applied_at, &[On::Disclosing], A::DISCLOSURE, "of an application: when it was made", |v| Instant(v.applied_at());
    application_decided, &[On::Disclosing], A::DISCLOSURE, "of an application: it was decided", |v| Bool(v.application_decided());

    other_force_at, ANY, A::WORDS.and(A::PASSED), "when words, a passed log, an address or a number first pointed to another force", |v| at(v.other_force().first().copied());
    systems_checked, ANY, CHECKED, "systems queried about the incident's people, numbers or places since it was opened", |v| Words(v.systems_checked());

    passed_at, &[On::Passing], A::PASSED, "when it was passed to another force", |v| Instant(v.item.at.ms());
    returned_at, &[On::Passing], A::PASSED, "when it came back", |v| at(v.returned());
    owned, &[On::Passing], A::PASSED.and(A::UNITS), "the other force took it, or a unit of ours is on it", |v| Bool(v.owned());

    unsafe_at, &[On::UnsafeContact], A::WORDS, "when it was", |v| Instant(v.item.at.ms());
    caller_reached_since, &[On::UnsafeContact], A::CALL, "she answered a later call-back", |v| Bool(v.caller_reached_since());
    victim_seen_since, &[On::UnsafeContact], A::SEEN.and(A::OUTCOME), "she was seen since", |v| Bool(v.victim_seen_since());

    victims_as_suspects, ANY, A::HISTORY.and(A::PEOPLE).and(A::CODE), "suspects of the incident who are its victims too, or were victims before", |v| Count(v.victims_as_suspects());
    aggressor_noted, ANY, A::ACTS, "somebody noted in the desk who the primary aggressor is", |v| Bool(v.aggressor_noted());
    interpreters_needed, ANY, A::LANGUAGE.and(A::PEOPLE), "people on it, other than suspects, who need an interpreter", |v| Count(v.interpreters_needed());
    interpreters, ANY, A::LANGUAGE, "who interprets", |v| Words(v.interpreters());

    video_at, &[On::Video], A::VIDEO, "when video was offered or held", |v| Instant(v.item.at.ms());
    suspect_present, &[On::Video], A::VIDEO, "the suspect was there", |v| Bool(v.video().is_some_and(|x| x.suspect_present == Some(true)));
    room_unsafe, &[On::Video], A::VIDEO, "she had no safe room", |v| Bool(v.video().is_some_and(|x| x.safe_room == Some(false)));
    grade_then, &[On::Video], A::GRADE, "the grade in force then", |v| Word(v.grade_then());
    order_against_suspect, &[On::Video], A::ORDER.and(A::PEOPLE).and(A::HISTORY), "an order protected her then from a suspect, or from whoever it may be", |v| Bool(v.order_against_suspect());

    release_conditions, &[On::Release], A::CUSTODY, "the release has conditions", |v| Bool(v.release_conditions());
    considered, &[On::Release], A::ORDER, "kinds of order that were thought of or made against the suspect since the incident was opened; `unspecified` where none is named", |v| Words(v.considered());
    told_of_release_at, &[On::Release], A::CUSTODY, "when she was last told of a release", |v| Instant(v.told_of_release_at());
}

const ARRESTED: A = A::CUSTODY.and(A::PEOPLE).and(A::HISTORY);
const CHECKED: A = A::CHECK.and(A::PEOPLE).and(A::CALL).and(A::HISTORY);
const RELAYED: A = A::TOLD.and(A::UNITS).and(A::WORDS).and(A::PASSED);

fn at(stamp: Option<&Stamp>) -> Value {
    Instant(stamp.map_or(0, |s| s.at.ms()))
}

pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
