//! The mistakes that handlers, dispatchers and officers make, one a rule of the first sixteen.

use crate::draw::Draw;

/// What goes wrong in an incident. Each is named after the rule that it is meant to raise; some raise others with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Mistake {
    T01Late,
    T02PulledOff,
    T03NotRungBack,
    T04Stale,
    T05NoAssessment,
    T08SuspectUntouched,
    H01HistoryUnsaid,
    H02SecondContact,
    H08JustLetOut,
    D01Downgraded,
    D02PutOff,
    D03Gone,
    D03Redirected,
    D06RiskLowered,
    D08NotSeen,
    L01OrderUntold,
    L03ReleaseUntold,
}

/// What a mistake needs in order to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Offence,
    History,
    Order,
}

const ALL: [(Mistake, Needs); 17] = [
    (Mistake::T01Late, Needs::Nothing),
    (Mistake::T02PulledOff, Needs::Nothing),
    (Mistake::T03NotRungBack, Needs::Offence),
    (Mistake::T04Stale, Needs::Nothing),
    (Mistake::T05NoAssessment, Needs::Nothing),
    (Mistake::T08SuspectUntouched, Needs::Offence),
    (Mistake::H01HistoryUnsaid, Needs::History),
    (Mistake::H02SecondContact, Needs::Nothing),
    (Mistake::H08JustLetOut, Needs::Nothing),
    (Mistake::D01Downgraded, Needs::Offence),
    (Mistake::D02PutOff, Needs::Nothing),
    (Mistake::D03Gone, Needs::Nothing),
    (Mistake::D03Redirected, Needs::Nothing),
    (Mistake::D06RiskLowered, Needs::Offence),
    (Mistake::D08NotSeen, Needs::Nothing),
    (Mistake::L01OrderUntold, Needs::Order),
    (Mistake::L03ReleaseUntold, Needs::Offence),
];

impl Mistake {
    /// One that can happen here. What needs a history or an order is preferred where there is one, since that is rare.
    pub fn choose(offence: bool, history: bool, order: bool, draw: &mut Draw) -> Self {
        if order && draw.percent(60) {
            return Self::L01OrderUntold;
        }
        if history && draw.percent(40) {
            return Self::H01HistoryUnsaid;
        }
        let can = |needs: Needs| match needs {
            Needs::Nothing => true,
            Needs::Offence => offence,
            Needs::History => history,
            Needs::Order => order,
        };
        let possible: Vec<Self> = ALL.iter().filter(|(_, needs)| can(*needs)).map(|(mistake, _)| *mistake).collect();
        *draw.pick(&possible)
    }
}
