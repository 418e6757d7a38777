//! The one table of message types and their fields. Reading and the JSON Schema both go by it.

use std::collections::BTreeMap;

use super::words::*;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Free text, of any length the message limit allows.
    Text,
    /// An id or reference: 1 to 200 characters, none of them a control character.
    Ref,
    /// RFC 3339 with an offset.
    Time,
    /// `true` or `false`.
    Bool,
    /// A whole number, 0 or more.
    Count,
    /// A number (degrees).
    Degrees,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A birth date or year.
    Born,
    /// A `person`.
    Person,
    /// A list of `person`.
    People,
    /// A `location`.
    Location,
    /// Answers by question id: text, number or boolean.
    Answers,
    /// An object with exactly one of `person`, `phone`, `location`.
    About,
    /// Any object.
    Object,
}

/// One field: its name, what it holds, whether it must be there.
pub struct Field(pub &'static str, pub Kind, pub bool);

/// One message type: its name, whether its envelope must name an incident, its fields.
pub struct Type(pub &'static str, pub bool, pub &'static [Field]);

const MUST: bool = true;
const MAY: bool = false;

/// The envelope's fields; `incident` is required by type.
pub const ENVELOPE: &[Field] = &[
    Field("id", Kind::Ref, MUST),
    Field("at", Kind::Time, MUST),
    Field("known", Kind::Time, MAY),
    Field("type", Kind::Ref, MUST),
    Field("incident", Kind::Ref, MAY),
    Field("by", Kind::Ref, MAY),
];

/// The fields of `location`.
pub const LOCATION: &[Field] = &[
    Field("address", Kind::Text, MAY),
    Field("postcode", Kind::Text, MAY),
    Field("uprn", Kind::Ref, MAY),
    Field("lat", Kind::Degrees, MAY),
    Field("lon", Kind::Degrees, MAY),
    Field("accuracy_m", Kind::Count, MAY),
    Field("from", Kind::Word(&["caller", "eisec", "aml", "gazetteer"]), MAY),
];

/// The fields of `person`.
pub const PERSON: &[Field] = &[
    Field("ref", Kind::Ref, MAY),
    Field("name", Kind::Text, MAY),
    Field("given", Kind::Text, MAY),
    Field("family", Kind::Text, MAY),
    Field("aliases", Kind::Texts, MAY),
    Field("born", Kind::Born, MAY),
    Field("sex", Kind::Text, MAY),
    Field("phones", Kind::Texts, MAY),
    Field("emails", Kind::Texts, MAY),
    Field("vehicles", Kind::Texts, MAY),
    Field("location", Kind::Location, MAY),
    Field("language", Kind::Text, MAY),
    Field("interpreter", Kind::Bool, MAY),
    Field("ethnicity", Kind::Text, MAY),
    Field("disability", Kind::Text, MAY),
    Field("pregnant", Kind::Bool, MAY),
];

const LINK: &[Field] = &[Field("to", Kind::Ref, MUST), Field("why", Kind::Text, MAY)];
const CLOSING: &[Field] = &[Field("code", Kind::Text, MAY), Field("reason", Kind::Text, MAY)];
const PASSING: &[Field] =
    &[Field("to", Kind::Text, MAY), Field("by_force", Kind::Text, MAY), Field("text", Kind::Text, MAY)];
const UNIT: &[Field] = &[Field("unit", Kind::Ref, MUST)];
const CRIME: &[Field] = &[
    Field("crime", Kind::Ref, MUST),
    Field("offence", Kind::Text, MAY),
    Field("harm", Kind::Count, MAY),
    Field("reason", Kind::Text, MAY),
    Field("suspect_spoken", Kind::Bool, MAY),
];
const MARAC: &[Field] =
    &[Field("person", Kind::Person, MUST), Field("suspect", Kind::Person, MAY), Field("repeat", Kind::Bool, MAY)];
const DISCLOSURE: &[Field] = &[
    Field("scheme", Kind::Word(Scheme::WORDS), MUST),
    Field("person", Kind::Person, MUST),
    Field("for", Kind::Person, MAY),
    Field("decision", Kind::Text, MAY),
];
const SUPPORT: &[Field] = &[
    Field("person", Kind::Person, MUST),
    Field("service", Kind::Text, MAY),
    Field("kind", Kind::Word(ServiceKind::WORDS), MUST),
    Field("consent", Kind::Bool, MAY),
];
const VIDEO: &[Field] = &[
    Field("person", Kind::Person, MAY),
    Field("with", Kind::Text, MAY),
    Field("suspect_present", Kind::Bool, MAY),
    Field("safe_room", Kind::Bool, MAY),
];
const ACT: &[Field] = &[
    Field("flag", Kind::Ref, MAY),
    Field("answers", Kind::Ref, MAY),
    Field("record", Kind::Ref, MAY),
    Field("to", Kind::Ref, MAY),
    Field("text", Kind::Text, MAY),
];

/// Every type of FEED.md, in its order.
pub const TYPES: &[Type] = &[
    Type(
        "incident.opened",
        MUST,
        &[
            Field("channel", Kind::Word(Channel::WORDS), MAY),
            Field("grade", Kind::Word(Grade::WORDS), MAY),
            Field("code", Kind::Text, MAY),
            Field("qualifiers", Kind::Texts, MAY),
            Field("text", Kind::Text, MAY),
            Field("location", Kind::Location, MAY),
            Field("call", Kind::Ref, MAY),
        ],
    ),
    Type("incident.logged", MUST, &[Field("text", Kind::Text, MUST)]),
    Type("incident.graded", MUST, &[Field("grade", Kind::Word(Grade::WORDS), MUST), Field("reason", Kind::Text, MAY)]),
    Type("incident.coded", MUST, &[Field("code", Kind::Text, MAY), Field("qualifiers", Kind::Texts, MAY)]),
    Type("incident.located", MUST, &[Field("location", Kind::Location, MUST)]),
    Type(
        "incident.person",
        MUST,
        &[
            Field("role", Kind::Word(Role::WORDS), MUST),
            Field("person", Kind::Person, MUST),
            Field("relationship", Kind::Word(Relationship::WORDS), MAY),
        ],
    ),
    Type("incident.linked", MUST, LINK),
    Type("incident.unlinked", MUST, LINK),
    Type("incident.merged", MUST, &[Field("into", Kind::Ref, MUST)]),
    Type("incident.closed", MUST, CLOSING),
    Type("incident.reopened", MUST, CLOSING),
    Type("incident.passed", MUST, PASSING),
    Type("incident.accepted", MUST, PASSING),
    Type("incident.returned", MUST, PASSING),
    Type(
        "incident.assessed",
        MUST,
        &[
            Field("tool", Kind::Word(Tool::WORDS), MUST),
            Field("answers", Kind::Answers, MAY),
            Field("level", Kind::Word(Level::WORDS), MAY),
            Field("reason", Kind::Text, MAY),
        ],
    ),
    Type(
        "incident.outcome",
        MUST,
        &[
            Field("kind", Kind::Word(OutcomeKind::WORDS), MUST),
            Field("person", Kind::Person, MAY),
            Field("detail", Kind::Text, MAY),
        ],
    ),
    Type(
        "incident.corrected",
        MAY,
        &[Field("corrects", Kind::Ref, MUST), Field("fields", Kind::Object, MAY), Field("withdrawn", Kind::Bool, MAY)],
    ),
    Type("unit.assigned", MUST, UNIT),
    Type("unit.arrived", MUST, UNIT),
    Type("unit.left", MUST, UNIT),
    Type("unit.told", MUST, &[Field("unit", Kind::Ref, MAY), Field("text", Kind::Text, MUST)]),
    Type(
        "call.started",
        MAY,
        &[
            Field("call", Kind::Ref, MUST),
            Field("line", Kind::Word(Line::WORDS), MAY),
            Field("from", Kind::Ref, MAY),
            Field("handler", Kind::Ref, MAY),
            Field("location", Kind::Location, MAY),
            Field("sip", Kind::Ref, MAY),
        ],
    ),
    Type("call.ended", MAY, &[Field("call", Kind::Ref, MUST), Field("how", Kind::Word(CallEnd::WORDS), MUST)]),
    Type(
        "call.back",
        MAY,
        &[Field("call", Kind::Ref, MUST), Field("answered_by", Kind::Word(AnsweredBy::WORDS), MUST)],
    ),
    Type("call.attached", MUST, &[Field("call", Kind::Ref, MUST)]),
    Type(
        "order.made",
        MAY,
        &[
            Field("order", Kind::Ref, MUST),
            Field("kind", Kind::Word(OrderKind::WORDS), MUST),
            Field("subject", Kind::Person, MUST),
            Field("protects", Kind::People, MAY),
            Field("conditions", Kind::Texts, MAY),
            Field("from", Kind::Time, MAY),
            Field("until", Kind::Time, MAY),
        ],
    ),
    Type("order.ended", MAY, &[Field("order", Kind::Ref, MUST), Field("why", Kind::Text, MAY)]),
    Type(
        "order.considered",
        MAY,
        &[
            Field("kinds", Kind::Texts, MAY),
            Field("subject", Kind::Person, MAY),
            Field("decision", Kind::Word(Consideration::WORDS), MUST),
            Field("reason", Kind::Text, MAY),
        ],
    ),
    Type(
        "person.marked",
        MAY,
        &[
            Field("person", Kind::Person, MUST),
            Field("marker", Kind::Word(Marker::WORDS), MUST),
            Field("until", Kind::Time, MAY),
        ],
    ),
    Type("person.merged", MAY, &[Field("from", Kind::Ref, MUST), Field("to", Kind::Ref, MUST)]),
    Type("person.arrested", MAY, &[Field("person", Kind::Person, MUST), Field("for", Kind::Text, MAY)]),
    Type(
        "person.released",
        MAY,
        &[
            Field("person", Kind::Person, MUST),
            Field("how", Kind::Word(Release::WORDS), MUST),
            Field("conditions", Kind::Texts, MAY),
            Field("protects", Kind::People, MAY),
        ],
    ),
    Type("crime.recorded", MUST, CRIME),
    Type("crime.allocated", MUST, CRIME),
    Type("crime.closed", MUST, CRIME),
    Type(
        "check.made",
        MAY,
        &[Field("system", Kind::Word(CheckSystem::WORDS), MUST), Field("about", Kind::About, MUST)],
    ),
    Type(
        "victim.told",
        MAY,
        &[
            Field("what", Kind::Word(ToldWhat::WORDS), MUST),
            Field("person", Kind::Person, MUST),
            Field("about", Kind::Person, MAY),
        ],
    ),
    Type("marac.referred", MAY, MARAC),
    Type("marac.heard", MAY, MARAC),
    Type("disclosure.applied", MAY, DISCLOSURE),
    Type("disclosure.decided", MAY, DISCLOSURE),
    Type("support.referred", MAY, SUPPORT),
    Type("support.contacted", MAY, SUPPORT),
    Type("support.declined", MAY, SUPPORT),
    Type("firearms.reviewed", MAY, &[Field("person", Kind::Person, MUST), Field("decision", Kind::Text, MAY)]),
    Type(
        "interpreter.booked",
        MAY,
        &[Field("language", Kind::Text, MAY), Field("who", Kind::Word(Interpreter::WORDS), MUST)],
    ),
    Type("video.offered", MAY, VIDEO),
    Type("video.held", MAY, VIDEO),
    Type(
        "staff.listed",
        MAY,
        &[
            Field("staff", Kind::Ref, MUST),
            Field("role", Kind::Word(StaffRole::WORDS), MUST),
            Field("team", Kind::Text, MAY),
            Field("from", Kind::Time, MAY),
            Field("person", Kind::Person, MAY),
        ],
    ),
    Type("feed.alive", MAY, &[Field("sent", Kind::Count, MAY)]),
    Type("desk.acknowledged", MAY, ACT),
    Type("desk.linked", MAY, ACT),
    Type("desk.split", MAY, ACT),
    Type("desk.reasoned", MAY, ACT),
    Type("desk.noted", MAY, ACT),
    Type("desk.referred", MAY, ACT),
    Type("desk.advised", MAY, ACT),
    Type("desk.disposed", MAY, ACT),
];

/// The type of that name.
pub fn find(name: &str) -> Option<&'static Type> {
    place(name).and_then(|at| TYPES.get(at))
}

/// The place of the type of that name in [`TYPES`].
pub fn place(name: &str) -> Option<usize> {
    static PLACES: std::sync::LazyLock<BTreeMap<&str, usize>> =
        std::sync::LazyLock::new(|| TYPES.iter().enumerate().map(|(at, t)| (t.0, at)).collect());
    PLACES.get(name).copied()
}
