//! The closed word lists of FEED.md, each word exactly as the feed writes it.

use serde::{Deserialize, Serialize};

/// Makes an enum whose variants are the words of the contract.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub enum $name { $(#[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in the order of the contract.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word of the contract.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads a word of the contract.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How a report reached the control room.
    Channel { Emergency = "999", NonEmergency = "101", Online = "online", FrontCounter = "front_counter", Officer = "officer", Partner = "partner", Other = "other" }
}
words! {
    /// The line of a call.
    Line { Emergency = "999", NonEmergency = "101" }
}
words! {
    /// How fast somebody is to be there, most urgent first. A force maps its own names to these.
    Grade { Immediate = "immediate", Priority = "priority", Scheduled = "scheduled", Telephone = "telephone", None = "none" }
}
words! {
    /// What a person is to an incident.
    Role { Victim = "victim", Suspect = "suspect", Caller = "caller", Witness = "witness", Child = "child", Other = "other" }
}
words! {
    /// What a person is to the victim.
    Relationship { Partner = "partner", ExPartner = "ex_partner", Family = "family", Parent = "parent", Child = "child", Friend = "friend", Neighbour = "neighbour", Professional = "professional", Stranger = "stranger", Other = "other" }
}
words! {
    /// A risk assessment tool.
    Tool { Thrive = "thrive", Dash = "dash", Dara = "dara" }
}
words! {
    /// A risk level, lowest first.
    Level { Standard = "standard", Medium = "medium", High = "high" }
}
words! {
    /// What came of an incident.
    OutcomeKind { Arrest = "arrest", VoluntaryInterview = "voluntary_interview", CrimeRecorded = "crime_recorded", NoCrime = "no_crime", WordsOfAdvice = "words_of_advice", OrderApplied = "order_applied", Safeguarding = "safeguarding", MedicalCheck = "medical_check", VictimSeen = "victim_seen", VictimNotSeen = "victim_not_seen", ChildrenSeen = "children_seen", ChildrenReferred = "children_referred", NothingFurther = "nothing_further" }
}
words! {
    /// How a call ended.
    CallEnd { Completed = "completed", Abandoned = "abandoned", Silent = "silent", Silent55 = "silent_55", Transferred = "transferred" }
}
words! {
    /// Who answered when a caller was rung back.
    AnsweredBy { Caller = "caller", Suspect = "suspect", Child = "child", Other = "other", Nobody = "nobody" }
}
words! {
    /// The kind of an order or condition.
    OrderKind { Dapo = "dapo", Dapn = "dapn", Dvpo = "dvpo", Dvpn = "dvpn", NonMolestation = "non_molestation", Occupation = "occupation", Restraining = "restraining", StalkingProtection = "stalking_protection", BailCondition = "bail_condition", LicenceCondition = "licence_condition", Fmpo = "fmpo" }
}
words! {
    /// What was decided when an order was thought of.
    Consideration { Apply = "apply", Not = "not" }
}
words! {
    /// A marker on a person in the force's records.
    Marker { FirearmsCertificate = "firearms_certificate", Weapons = "weapons", Violent = "violent", Suicidal = "suicidal", Escaper = "escaper", MentalHealth = "mental_health", RepeatVictim = "repeat_victim", Marac = "marac", Stalker = "stalker", PoliceStaff = "police_staff" }
}
words! {
    /// How a person left custody.
    Release { ChargedBail = "charged_bail", ChargedRemand = "charged_remand", PoliceBail = "police_bail", UnderInvestigation = "under_investigation", NoAction = "no_action", PrisonRelease = "prison_release" }
}
words! {
    /// The system that was really queried.
    CheckSystem { Pnc = "pnc", Pnd = "pnd", Records = "records", Firearms = "firearms", Orders = "orders", Other = "other" }
}
words! {
    /// What a victim was told.
    ToldWhat { Release = "release", Outcome = "outcome", Update = "update", OnTheWay = "on_the_way" }
}
words! {
    /// A disclosure scheme (the Domestic Violence Disclosure Scheme's two routes).
    Scheme { RightToAsk = "right_to_ask", RightToKnow = "right_to_know" }
}
words! {
    /// The kind of a support service.
    ServiceKind { DomesticAbuse = "domestic_abuse", Stalking = "stalking", HonourBased = "honour_based", SexualViolence = "sexual_violence", MentalHealth = "mental_health", Children = "children", Housing = "housing", Other = "other" }
}
words! {
    /// Who interprets.
    Interpreter { Professional = "professional", Officer = "officer", Family = "family", Child = "child" }
}
words! {
    /// The role of a member of staff.
    StaffRole { Handler = "handler", Dispatcher = "dispatcher", Supervisor = "supervisor", Officer = "officer", Specialist = "specialist", Other = "other" }
}
words! {
    /// What a person did in the desk (FEED.md "What people do in the desk").
    ActKind { Acknowledged = "desk.acknowledged", Linked = "desk.linked", Split = "desk.split", Reasoned = "desk.reasoned", Noted = "desk.noted", Referred = "desk.referred", Advised = "desk.advised", Disposed = "desk.disposed" }
}

impl ActKind {
    /// The `type` of FEED.md.
    pub const fn type_name(self) -> &'static str {
        self.word()
    }
}
