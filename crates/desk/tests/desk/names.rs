//! Whether two names are one: the linker on labelled pairs (`tests/linkage/names.csv`), and the plain likeness of letters beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alongside_desk::person::linker::{Features, FeaturesInput, Field, Index, RecordKey, Settings};
use rapidfuzz::distance::jaro_winkler;

struct Pair {
    left: [String; 2],
    right: [String; 2],
    is_one: bool,
    kind: String,
}

fn pairs() -> Vec<Pair> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/linkage/names.csv");
    let text = std::fs::read_to_string(&path).expect("tests/linkage/names.csv");
    let pair = |line: &str| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let [_, a, b, c, d, same, kind, _]: [String; 8] = cells.try_into().expect("eight cells without commas in them");
        Pair { left: [a, b], right: [c, d], is_one: same == "yes", kind }
    };
    text.lines().skip(1).filter(|line| !line.is_empty()).map(pair).collect()
}

/// Whether both parts of two names speak for one person, by the linker.
fn is_one_name(pair: &Pair) -> bool {
    let features = |[given, family]: &[String; 2]| {
        let part = |part| (!String::is_empty(part)).then_some(part.as_str());
        Features::new(&FeaturesInput { given: part(given), family: part(family), ..FeaturesInput::default() })
    };
    let mut index = Index::new(Settings::default());
    index.insert(RecordKey(1), &features(&pair.left));
    let found = index.compare(&features(&pair.right), RecordKey(1)).expect("a record");
    let said: Vec<_> = [Field::Given, Field::Family].into_iter().filter_map(|field| found.on(field)).collect();
    if std::env::var_os("SHOW").is_some() && pair.is_one != said.iter().all(|part| part.weight > 0) {
        println!("{:?} {:?} {} {} {:?}", pair.left, pair.right, pair.is_one, pair.kind, said);
    }
    !said.is_empty() && said.iter().all(|part| part.weight > 0)
}

/// How alike the letters are (Jaro and Winkler), in whichever order they are more so.
fn likeness(pair: &Pair) -> f64 {
    let one = |[given, family]: &[String; 2]| format!("{given} {family}").to_lowercase();
    let other = |[given, family]: &[String; 2]| format!("{family} {given}").to_lowercase();
    let alike = |a: &str, b: &str| jaro_winkler::similarity(a.chars(), b.chars());
    alike(&one(&pair.left), &one(&pair.right)).max(alike(&one(&pair.left), &other(&pair.right)))
}

/// Precision, recall and F1, of which pairs are called one.
#[derive(Clone, Copy, Default)]
struct Score {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Score {
    fn of(pairs: &[Pair], is_called_one: impl Fn(&Pair) -> bool) -> Self {
        pairs.iter().fold(Self::default(), |mut score, pair| {
            match (pair.is_one, is_called_one(pair)) {
                (true, true) => score.right += 1,
                (false, true) => score.wrong += 1,
                (true, false) => score.missed += 1,
                (false, false) => {}
            }
            score
        })
    }

    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }

    fn f1(self) -> f64 {
        2.0 * f64::from(self.right) / f64::from((2 * self.right + self.wrong + self.missed).max(1))
    }
}

#[test]
fn the_linker_tells_names_apart_that_letters_do_not_and_knows_those_again_that_letters_do_not() {
    let pairs = pairs();
    assert!(pairs.len() > 300, "the pairs are there");
    let ours = Score::of(&pairs, is_one_name);
    // The peer is given the threshold that is best on these very pairs.
    let at = |threshold: u32| Score::of(&pairs, |pair| likeness(pair) > f64::from(threshold) / 200.0);
    let (threshold, letters) =
        (100..200).map(|t| (t, at(t))).max_by(|a, b| a.1.f1().total_cmp(&b.1.f1())).expect("thresholds");
    for (name, score) in
        [("the linker".to_owned(), ours), (format!("letters above {}", f64::from(threshold) / 200.0), letters)]
    {
        let (precision, recall, f1) = (score.precision(), score.recall(), score.f1());
        println!("{name}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
    }
    let mut kinds: BTreeMap<(bool, &str), (u32, u32, u32)> = BTreeMap::new();
    for pair in &pairs {
        let kind = kinds.entry((pair.is_one, pair.kind.as_str())).or_default();
        kind.0 += 1;
        kind.1 += u32::from(is_one_name(pair) == pair.is_one);
        kind.2 += u32::from((likeness(pair) > f64::from(threshold) / 200.0) == pair.is_one);
    }
    for ((is_one, kind), (all, ours, letters)) in kinds {
        let label = if is_one { "one" } else { "two" };
        println!("{label}, {kind}: {all} pairs, right by the linker {ours}, by letters {letters}");
    }
    assert!(ours.f1() > letters.f1(), "letters are as good");
}
