//! What is walked comes to what the `cel` crate says.

use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Program};
use proptest::prelude::*;

use super::*;
use crate::replay::Replay;
use crate::state::State;
use crate::watch::evaluate::{Asking, Evaluator};
use crate::watch::item::{Item, Kind, items};
use crate::watch::policy::{Expression, Policy, Rule};
use crate::watch::{Subject, lexicon};

/// Names of every kind, with plain, extreme and empty values.
fn names() -> Vec<(&'static str, Constant)> {
    let words = |list: &[&str]| Constant::Texts(list.iter().map(|w| Arc::from(*w)).collect());
    vec![
        ("yes", Constant::Bool(true)),
        ("no", Constant::Bool(false)),
        ("nought", Constant::Number(0)),
        ("three", Constant::Number(3)),
        ("noon", Constant::Number(1_773_144_000_000)),
        ("most", Constant::Number(i64::MAX)),
        ("least", Constant::Number(i64::MIN)),
        ("grade", Constant::Text("immediate".into())),
        ("empty", Constant::Text("".into())),
        ("year", Constant::Text("P12M".into())),
        ("grades", words(&["immediate", "priority"])),
        ("nowhere", words(&[])),
        ("times", Constant::Numbers(vec![1, 2, 3, 1_773_140_000_000])),
        ("never", Constant::Numbers(Vec::new())),
    ]
}

struct Names(Vec<(&'static str, Constant)>);

impl VariableResolver for Names {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let list = |list: Vec<cel::Value>| Some(CowVal::Owned(cel::Value::List(list.into()).try_into().ok()?));
        match &self.0.iter().find(|n| n.0 == name)?.1 {
            Constant::Bool(yes) => Some(CowVal::owned(CelBool::from(*yes))),
            Constant::Number(n) => Some(CowVal::owned(CelInt::from(*n))),
            Constant::Text(text) => Some(CowVal::owned(CelString::from(&**text))),
            Constant::Texts(all) => list(all.iter().map(|t| cel::Value::String(t.to_string().into())).collect()),
            Constant::Numbers(all) => list(all.iter().map(|n| cel::Value::Int(*n)).collect()),
        }
    }
}

/// Whether an answer is what the crate's value says.
fn says_the_same(walked: &Answer, run: Option<&cel::Value>) -> bool {
    match (walked, run) {
        (Answer::Bool(a), Some(cel::Value::Bool(b))) => a == b,
        (Answer::Number(a), Some(cel::Value::Int(b))) => a == b,
        (Answer::Text(a), Some(cel::Value::String(b))) => **a == ***b,
        (Answer::Numbers(a), Some(cel::Value::List(b))) => {
            let numbers: Vec<cel::Value> = a.iter().map(|n| cel::Value::Int(*n)).collect();
            cel::Value::List(numbers.into()) == cel::Value::List(b.clone())
        }
        (Answer::Texts(a), Some(cel::Value::List(b))) => {
            let words: Vec<cel::Value> = a.iter().map(|t| cel::Value::String(t.to_string().into())).collect();
            cel::Value::List(words.into()) == cel::Value::List(b.clone())
        }
        _ => false,
    }
}

/// Where expressions are asked that ask for no fact.
struct Nowhere {
    state: State,
    evaluator: Evaluator,
    functions: Functions,
}

impl Nowhere {
    fn new() -> Self {
        let policy = Policy::shipped();
        let functions = Functions::of(&policy);
        Self { evaluator: Evaluator::new(&policy), state: State::new(Arc::new(policy)), functions }
    }

    /// Walks a text and runs it, and says whether both come to the same; `None` where it is not walked.
    fn both(&self, text: &str) -> Option<bool> {
        let names = Names(names());
        let program = Program::compile(text).expect("an expression that the crate reads");
        let known = |name: &str| names.0.iter().find(|n| n.0 == name).map(|n| Name::Constant(n.1.clone()));
        let condition = Condition::read(program.expression(), &known)?;
        let item = Item {
            episode: "e".into(),
            at: Timestamp::default(),
            known: Timestamp::default(),
            incident: None,
            incident_id: None,
            victim: None,
            hers: Vec::new(),
            leans_on: Vec::new(),
            evidence: Vec::new(),
            kind: Kind::Whole,
        };
        let view = View { state: &self.state, item: &item };
        let walked = condition.ask(&Ground { view: &view, due_at: 0, functions: &self.functions })?;
        let root: &Context = self.evaluator.root();
        let mut scope = root.new_inner_scope();
        scope.set_variable_resolver(&names);
        Some(says_the_same(&walked, program.execute(&scope).ok().as_ref()))
    }
}

fn number() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["nought", "three", "noon", "most", "least", "7", "grade", "yes", "t"]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 2, |inner| {
        let op = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
        let list = prop::sample::select(vec!["times", "never", "grades", "grade", "times.filter(t, t > three)"]);
        prop_oneof![
            4 => (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => inner.clone().prop_map(|a| format!("(-{a})")),
            1 => inner.clone().prop_map(|a| format!("before({a}, year)")),
            1 => inner.clone().prop_map(|a| format!("before({a}, 60000)")),
            1 => inner.clone().prop_map(|a| format!("working_days_after({a}, 2)")),
            1 => inner.prop_map(|a| format!("end_of_shift({a})")),
            1 => prop::sample::select(vec!["grade", "empty", "three"]).prop_map(|a| format!("target({a})")),
            2 => list.prop_map(|a| format!("{a}.size()")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let compare = (number(), prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]), number());
    let is_in = prop::sample::select(vec![
        "grade in grades",
        "empty in grades",
        "grade in nowhere",
        "three in times",
        "three in ['a']",
        "grade in ['a', 'immediate']",
        "three in [1, 3]",
        "grade == 'immediate'",
        "grade == three",
        "grades == grades",
        "yes",
        "no",
        "three",
        "missing",
    ]);
    let leaf =
        prop_oneof![compare.prop_map(|(a, op, b)| format!("({a} {op} {b})")), is_in.prop_map(|t| format!("({t})"))];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let list = prop::sample::select(vec!["times", "never", "grades", "times.filter(t, t != three)"]);
        let each = prop::sample::select(vec!["exists", "all"]);
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            inner.clone().prop_map(|a| format!("(!{a})")),
            (list.clone(), each, inner.clone()).prop_map(|(l, e, a)| format!("{l}.{e}(t, {a})")),
            (list, inner).prop_map(|(l, a)| format!("({l}.filter(t, {a}).size() > 1)")),
        ]
    })
}

#[test]
fn what_is_walked_comes_to_what_the_crate_says() {
    let nowhere = Nowhere::new();
    let config = ProptestConfig {
        cases: 3000,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_251_125),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let walked = std::cell::Cell::new(0_u32);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&prop_oneof![condition(), number()], |text| {
            // `t` outside a macro is a name that nothing knows.
            if let Some(same) = nowhere.both(&text) {
                walked.set(walked.get() + 1);
                prop_assert!(same, "{text}");
            }
            Ok(())
        })
        .expect("both say the same");
    assert!(walked.get() > 600, "only {} were walked", walked.get());
}

#[test]
fn a_macro_inside_a_macro_keeps_its_variables_apart() {
    let nowhere = Nowhere::new();
    for text in [
        "times.filter(t, times.exists(u, u > t && u > three)).size() == 4",
        "times.exists(t, times.all(u, u <= t + nought))",
        "times.filter(t, times.filter(u, u < t).size() >= three - 1).size()",
        "times.filter(t, t > before(noon, year) || t == three)",
        "times.all(t, times.exists(t, t == three))",
        "grades.exists(g, g in ['priority'])",
        "grades.filter(g, g != grade).size() == 1",
        "nowhere.filter(g, g == grade).size() == nought",
        "grades.all(g, g != empty && target(g) > nought)",
    ] {
        assert_eq!(nowhere.both(text), Some(true), "{text}");
    }
}

#[test]
fn what_goes_deeper_than_the_stack_allows_is_left_to_the_crate() {
    let nowhere = Nowhere::new();
    assert_eq!(nowhere.both(&format!("{}1 < 0", "1 - ".repeat(40))), Some(true));
    assert_eq!(nowhere.both(&format!("{}1 < 0", "1 - ".repeat(400))), None);
}

fn expressions(rule: &Rule) -> Vec<&Expression> {
    let mut all = vec![&rule.when, &rule.from, &rule.answered];
    all.extend(&rule.unless);
    all.extend(rule.answers.iter().map(|(when, _)| when));
    all.extend(rule.steps.iter().flat_map(|s| s.when.iter().chain(&s.due)));
    all
}

#[test]
fn shipped_conditions_are_walked_and_come_to_what_the_crate_says() {
    let policy = Arc::new(Policy::shipped());
    let lexicon = Arc::new(lexicon::Lexicon::parse(lexicon::LEXICON).expect("the shipped lexicon"));
    let mut replay = Replay::new(crate::Desk::new(policy.clone(), lexicon), None);
    for (number, line) in NIGHT.lines().enumerate() {
        replay.line(number as u64, line);
    }
    replay.finish(Period::hours(30));
    assert!(replay.faults().is_empty(), "{:?}", replay.faults());
    let state = replay.desk().state();
    let evaluator = Evaluator::new(&policy);
    let subjects = state.incidents.keys().map(|i| Subject::Incident(*i));
    let subjects = subjects.chain(state.calls.keys().map(|c| Subject::Call(*c)));
    let subjects: Vec<Subject> = subjects.chain(state.people.records().iter().map(|r| Subject::Person(r.id))).collect();
    let mut asked = std::collections::BTreeSet::new();
    let all: Vec<&Expression> = policy.rules.iter().flat_map(expressions).collect();
    let walked = all.iter().filter(|e| e.walked.is_some()).count();
    // One that is not walked is right all the same, and takes ten times as long.
    assert!(walked * 10 >= all.len() * 9, "only {walked} of {} are walked", all.len());
    for rule in &policy.rules {
        for subject in subjects.iter().filter(|s| rule.on.fits(**s)) {
            for item in &items(state, rule.on, &rule.about, *subject) {
                let asking = Asking::new(View { state, item }, rule);
                asked.insert(rule.id.clone());
                for (n, expression) in expressions(rule).into_iter().enumerate() {
                    let run = evaluator.run(expression, &asking);
                    if let Some(walked) = evaluator.walk(expression, &asking) {
                        assert!(says_the_same(&walked, run.as_ref()), "{} {n}: {walked:?}, {run:?}", rule.id);
                    }
                }
            }
        }
    }
    assert!(asked.len() >= 16, "the night asks only {asked:?}");
}

/// Something for every kind of item.
const NIGHT: &str = r#"{"id":"c1","at":"2026-03-10T17:58:00Z","type":"call.started","call":"C1","line":"999","from":"07700900001"}
{"id":"c2","at":"2026-03-10T17:59:00Z","type":"call.ended","call":"C1","how":"abandoned"}
{"id":"m1","at":"2026-03-10T18:00:00Z","type":"incident.opened","incident":"A","by":"op1","grade":"immediate","code":"DA","text":"He punched her","call":"C1"}
{"id":"m2","at":"2026-03-10T18:01:00Z","type":"incident.person","incident":"A","role":"victim","person":{"ref":"N1","name":"Ada Vale","phones":["07700900001"]}}
{"id":"m3","at":"2026-03-10T18:02:00Z","type":"incident.person","incident":"A","role":"suspect","person":{"ref":"N2","name":"Ned Roe"},"relationship":"ex_partner"}
{"id":"o1","at":"2026-03-10T18:03:00Z","type":"order.made","order":"O1","kind":"non_molestation","subject":{"ref":"N2"},"protects":[{"ref":"N1"}]}
{"id":"m4","at":"2026-03-10T18:04:00Z","type":"unit.assigned","incident":"A","unit":"V1"}
{"id":"m5","at":"2026-03-10T18:05:00Z","type":"unit.told","incident":"A","unit":"V1","text":"Domestic"}
{"id":"m6","at":"2026-03-10T18:06:00Z","type":"unit.left","incident":"A","unit":"V1"}
{"id":"m7","at":"2026-03-10T18:07:00Z","type":"incident.logged","incident":"A","by":"op1","text":"SUSP HAS MADE OFF"}
{"id":"m8","at":"2026-03-10T18:08:00Z","type":"incident.graded","incident":"A","by":"op1","grade":"scheduled","reason":"No units"}
{"id":"m9","at":"2026-03-10T18:20:00Z","type":"unit.assigned","incident":"A","unit":"V2"}
{"id":"m10","at":"2026-03-10T18:30:00Z","type":"unit.arrived","incident":"A","unit":"V2"}
{"id":"m11","at":"2026-03-10T18:40:00Z","type":"incident.assessed","incident":"A","tool":"dash","level":"high"}
{"id":"m12","at":"2026-03-10T18:41:00Z","type":"incident.assessed","incident":"A","tool":"dash","level":"medium"}
{"id":"m13","at":"2026-03-10T18:42:00Z","type":"incident.outcome","incident":"A","kind":"arrest","person":{"ref":"N2"}}
{"id":"m14","at":"2026-03-10T18:43:00Z","type":"unit.left","incident":"A","unit":"V2"}
{"id":"m15","at":"2026-03-10T19:00:00Z","type":"incident.closed","incident":"A","by":"op1","reason":"Done"}
{"id":"r1","at":"2026-03-10T20:00:00Z","type":"person.released","incident":"A","person":{"ref":"N2"},"how":"police_bail","conditions":["no contact"],"protects":[{"ref":"N1"}]}
{"id":"b1","at":"2026-03-10T21:00:00Z","type":"incident.opened","incident":"B","by":"op2","grade":"priority","code":"DA"}
{"id":"b2","at":"2026-03-10T21:01:00Z","type":"incident.person","incident":"B","role":"victim","person":{"ref":"N1","name":"Ada Vale"}}"#;
