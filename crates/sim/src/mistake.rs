//! The mistakes that handlers, dispatchers and officers make, one a rule, as RULES.md words it.

use crate::draw::Draw;
use crate::pair::{COMMON_ASSAULT, Offence};

/// What goes wrong in an incident. Each is named after the rule that it is meant to raise; some raise others with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Mistake {
    T01Late,
    T02PulledOff,
    T03NotRungBack,
    T04Stale,
    T05NoAssessment,
    T06NoCrime,
    T07NoReferral,
    T08SuspectUntouched,
    T09NoMarac,
    H01HistoryUnsaid,
    H02SecondContact,
    H03HarmRising,
    H04MaracRepeat,
    H05NotAsked,
    H06Undecided,
    H07NoPndCheck,
    H08JustLetOut,
    I01NoMedicalCheck,
    I02ThreatUntold,
    I03LeavingUnassessed,
    I04StalkingUnasked,
    I05PregnancyUnsaid,
    I06WeaponUntold,
    I07ControlAgain,
    I08RiskNotRaised,
    I09ChildrenUnreferred,
    I10NoService,
    I11NeighbourWaits,
    L01OrderUntold,
    L02NothingConsidered,
    L03ReleaseUntold,
    L04NobodyOwns,
    D01Downgraded,
    D02PutOff,
    D03Gone,
    D03Redirected,
    D04NotChecked,
    D05LowLevel,
    D06RiskLowered,
    D07SignLost,
    D08NotSeen,
    D09NotCoded,
    V01SuspectAnswers,
    V02Swapped,
    V03FamilyInterprets,
    V04VideoBesideSuspect,
}

use Mistake::*;

/// What a mistake needs in order to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    /// Nothing: it comes with its own signs where it needs any.
    Nothing,
    /// A crime.
    Offence,
    /// Three reports in a year.
    History,
    /// A court order in force.
    Order,
    /// Nothing that was reported before.
    Fresh,
}

const ALL: [(Mistake, Needs); 46] = [
    (T01Late, Needs::Nothing),
    (T02PulledOff, Needs::Nothing),
    (T03NotRungBack, Needs::Offence),
    (T04Stale, Needs::Nothing),
    (T05NoAssessment, Needs::Nothing),
    (T06NoCrime, Needs::Nothing),
    (T07NoReferral, Needs::Nothing),
    (T08SuspectUntouched, Needs::Offence),
    (T09NoMarac, Needs::Nothing),
    (H01HistoryUnsaid, Needs::History),
    (H02SecondContact, Needs::Nothing),
    (H03HarmRising, Needs::Fresh),
    (H04MaracRepeat, Needs::Nothing),
    (H05NotAsked, Needs::Fresh),
    (H06Undecided, Needs::Nothing),
    (H07NoPndCheck, Needs::Nothing),
    (H08JustLetOut, Needs::Nothing),
    (I01NoMedicalCheck, Needs::Nothing),
    (I02ThreatUntold, Needs::Nothing),
    (I03LeavingUnassessed, Needs::Nothing),
    (I04StalkingUnasked, Needs::Nothing),
    (I05PregnancyUnsaid, Needs::Nothing),
    (I06WeaponUntold, Needs::Nothing),
    (I07ControlAgain, Needs::Fresh),
    (I08RiskNotRaised, Needs::Nothing),
    (I09ChildrenUnreferred, Needs::Nothing),
    (I10NoService, Needs::Nothing),
    (I11NeighbourWaits, Needs::Nothing),
    (L01OrderUntold, Needs::Order),
    (L02NothingConsidered, Needs::Nothing),
    (L03ReleaseUntold, Needs::Offence),
    (L04NobodyOwns, Needs::Nothing),
    (D01Downgraded, Needs::Offence),
    (D02PutOff, Needs::Nothing),
    (D03Gone, Needs::Nothing),
    (D03Redirected, Needs::Nothing),
    (D04NotChecked, Needs::Nothing),
    (D05LowLevel, Needs::Nothing),
    (D06RiskLowered, Needs::Offence),
    (D07SignLost, Needs::Nothing),
    (D08NotSeen, Needs::Nothing),
    (D09NotCoded, Needs::Nothing),
    (V01SuspectAnswers, Needs::Nothing),
    (V02Swapped, Needs::Fresh),
    (V03FamilyInterprets, Needs::Nothing),
    (V04VideoBesideSuspect, Needs::Nothing),
];

impl Mistake {
    /// One that can happen here. What needs a history or an order is preferred where there is one, since that is rare.
    pub fn choose(offence: bool, history: bool, fresh: bool, order: bool, draw: &mut Draw) -> Self {
        if order && draw.percent(60) {
            return L01OrderUntold;
        }
        if history && draw.percent(40) {
            return H01HistoryUnsaid;
        }
        let can = |needs: Needs| match needs {
            Needs::Nothing => true,
            Needs::Offence => offence,
            Needs::History => history,
            Needs::Order => order,
            Needs::Fresh => fresh,
        };
        let possible: Vec<Self> = ALL.iter().filter(|(_, needs)| can(*needs)).map(|(mistake, _)| *mistake).collect();
        *draw.pick(&possible)
    }

    /// The signs that the incident has, no others, where the mistake is about them; an offence's own words come with them.
    pub const fn signs(self) -> Option<&'static [&'static str]> {
        Some(match self {
            I01NoMedicalCheck => &["strangulation"],
            I02ThreatUntold => &["threat_to_kill"],
            I03LeavingUnassessed => &["separation", "control"],
            I04StalkingUnasked | D07SignLost => &["stalking"],
            I05PregnancyUnsaid => &["pregnancy"],
            I06WeaponUntold | D05LowLevel | T09NoMarac => &["weapon"],
            I07ControlAgain => &["control"],
            I08RiskNotRaised => &["suicidality"],
            I09ChildrenUnreferred => &["children"],
            I10NoService => &["honour_based"],
            H07NoPndCheck => &["other_force"],
            T06NoCrime
            | T07NoReferral
            | H03HarmRising
            | H04MaracRepeat
            | H05NotAsked
            | H06Undecided
            | I11NeighbourWaits
            | L02NothingConsidered
            | L04NobodyOwns
            | D04NotChecked
            | D09NotCoded
            | V01SuspectAnswers
            | V02Swapped
            | V03FamilyInterprets
            | V04VideoBesideSuspect => &[],
            _ => return None,
        })
    }

    /// The offence, where the mistake settles it; else what the report was of.
    pub const fn offence(self, usual: Option<Offence>) -> Option<Offence> {
        match self {
            T06NoCrime | T09NoMarac | H03HarmRising | H04MaracRepeat | I01NoMedicalCheck | I02ThreatUntold
            | I03LeavingUnassessed | I05PregnancyUnsaid | I06WeaponUntold | L02NothingConsidered | D05LowLevel
            | D07SignLost => Some(COMMON_ASSAULT),
            _ if self.signs().is_some() => None,
            _ => usual,
        }
    }

    /// Whether it shows only in a second incident of the pair, days later.
    pub const fn needs_sequel(self) -> bool {
        matches!(self, H03HarmRising | H05NotAsked | I07ControlAgain | V02Swapped)
    }

    /// Whether it needs something that came before the call, which the feed must have been live for.
    pub const fn looks_back(self) -> bool {
        matches!(self, H08JustLetOut | H04MaracRepeat)
    }

    /// What has to be read from words for a rule to be raised on this mistake, as meanings of the phrase bank.
    pub const fn words(self, rule: &str, severity: &str) -> &'static [&'static str] {
        // Rules and severities are compared by their bytes, since text cannot be in a constant function.
        match (self, rule.as_bytes(), severity.as_bytes()) {
            (I01NoMedicalCheck, b"I01", _) => &["strangulation"],
            (I02ThreatUntold, b"I02" | b"D07", _) => &["threat_to_kill"],
            (I03LeavingUnassessed, b"I03", b"S2") => &["separation"],
            (I03LeavingUnassessed, b"I03", _) => &["separation", "control", "offence"],
            (I04StalkingUnasked, b"I04", _) | (D07SignLost, b"D07", _) => &["stalking"],
            (I05PregnancyUnsaid, b"I05", _) => &["pregnancy"],
            (I06WeaponUntold, b"I06" | b"D07", _) => &["weapon"],
            (I07ControlAgain, b"I07", _) => &["control"],
            (I08RiskNotRaised, b"I08", _) => &["suicidality"],
            (I09ChildrenUnreferred, b"I09", _) => &["children"],
            (I10NoService, b"I10", _) => &["honour_based"],
            (H07NoPndCheck, b"H07", _) => &["other_force"],
            (D02PutOff, b"D02", _) => &["put_off"],
            (D03Gone, b"D03", _) => &["has_gone"],
            (D03Redirected, b"D03", _) => &["has_gone", "redirected"],
            (D04NotChecked, b"D04", _) => &["checks_claimed"],
            (D08NotSeen, b"D08", _) => &["suspect_alone_spoke"],
            _ => &[],
        }
    }

    /// Whether the unit is sent without being told any sign.
    pub const fn untold(self) -> bool {
        matches!(self, I02ThreatUntold | I06WeaponUntold | D07SignLost)
    }
}
