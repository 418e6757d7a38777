//! What makes a retry recognisable: the source ids of messages, forms and of the desk's own decisions (laws 5 and 13).

use alongside_desk::stamp::FlagId;
use alongside_desk::watch::Subject;
use alongside_desk::{Event, State};
use alongside_journal::{SourceId, SourceKey};

/// Of a feed's message. Feed names hold no colon, so nothing else can be mistaken for one.
pub(crate) fn of_message(key: &SourceKey, feed: &str, id: &str) -> SourceId {
    key.source_id(&format!("feed:{feed}"), id)
}

/// Of a document that came by a feed.
pub(crate) fn of_document(key: &SourceKey, feed: &str, content: &[u8; 32]) -> SourceId {
    key.source_id(&format!("document:{feed}"), &hex(content))
}

/// Of a form that a member of staff sent.
pub(crate) fn of_request(key: &SourceKey, by: &str, request: &str) -> SourceId {
    key.source_id(&format!("request:{by}"), request)
}

/// Of something the desk decided by itself: two nodes that decide the same thing are a retry. Where the same decision can rightly come
/// again (a flag withdrawn and raised anew), how often it came before is part of it.
pub(crate) fn of_judgement(key: &SourceKey, state: &State, event: &Event) -> Option<SourceId> {
    let (what, id) = match event {
        Event::FlagRaised(r) => {
            let before =
                state.flags.on(r.subject).filter(|f| f.now.rule == r.rule && f.episodes.contains(&r.episode)).count();
            ("raised", format!("{}\n{}\n{before}\n{}", r.rule, subject(state, r.subject), r.episode))
        }
        Event::FlagGrew { flag, now } => {
            let evidence: Vec<&str> = now.evidence.iter().map(|e| &*e.id).collect();
            let owner = format!("{:?} {:?}", now.incident, now.victim);
            ("grew", format!("{}\n{owner}\n{}\n{}", named(state, *flag)?, now.episode, evidence.join("\n")))
        }
        Event::FlagRose { flag, severity, .. } => ("rose", format!("{}\n{}", named(state, *flag)?, severity.name())),
        Event::FlagAnswered { flag, .. } => ("answered", named(state, *flag)?),
        Event::FlagWithdrawn { flag, .. } => ("withdrawn", named(state, *flag)?),
        Event::Matched { found, linker } => {
            ("matched", format!("{linker}\n{}\n{}\n{}", found.of.0, found.with.0, found.evidence.id))
        }
        Event::FlagShadowed(r) => {
            ("shadowed", format!("{}\n{}\n{}\n{}", r.rule, subject(state, r.subject), r.episode, r.severity.name()))
        }
        Event::FeedSilent { feed, since } => ("silent", format!("{feed}\n{}", since.ms())),
        Event::Taken(_)
        | Event::FeedBack { .. }
        | Event::PolicySet { .. }
        | Event::PaceSet { .. }
        | Event::Staff(_) => return None,
    };
    Some(key.source_id(&format!("desk:{what}"), &id))
}

/// A flag by what it is: its rule, its subject, its first episode and its number.
fn named(state: &State, id: FlagId) -> Option<String> {
    let flag = state.flags.get(id)?;
    let episode = flag.episodes.first()?;
    Some(format!("{}\n{}\n{}\n{episode}", flag.now.rule, subject(state, flag.now.subject), id.0))
}

fn subject(state: &State, subject: Subject) -> String {
    match subject {
        Subject::Incident(id) => format!("incident {}", state.reference(id).map_or("", |r| r)),
        Subject::Call(id) => format!("call {}", id.0),
        Subject::Person(id) => format!("person {}", id.0),
    }
}

pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
