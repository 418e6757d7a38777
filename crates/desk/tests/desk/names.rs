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

/// How much the part of two names that says least says for one person, in hundredths of a bit, by the linker.
fn weight(pair: &Pair) -> f64 {
    let features = |[given, family]: &[String; 2]| {
        let part = |part| (!String::is_empty(part)).then_some(part.as_str());
        Features::new(&FeaturesInput { given: part(given), family: part(family), ..FeaturesInput::default() })
    };
    let mut index = Index::new(Settings::default());
    index.insert(RecordKey(1), &features(&pair.left));
    let found = index.compare(&features(&pair.right), RecordKey(1)).expect("a record");
    let said = [Field::Given, Field::Family].into_iter().filter_map(|field| found.on(field));
    said.map(|part| f64::from(part.weight)).reduce(f64::min).unwrap_or(f64::NEG_INFINITY)
}

/// How alike the letters are (Jaro and Winkler), in whichever order they are more so.
fn likeness(pair: &Pair) -> f64 {
    let one = |[given, family]: &[String; 2]| format!("{given} {family}").to_lowercase();
    let other = |[given, family]: &[String; 2]| format!("{family} {given}").to_lowercase();
    let alike = |a: &str, b: &str| jaro_winkler::similarity(a.chars(), b.chars());
    alike(&one(&pair.left), &one(&pair.right)).max(alike(&one(&pair.left), &other(&pair.right)))
}

/// Which pairs are called one, against which are.
#[derive(Clone, Copy, Default)]
struct Score {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Score {
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

/// The score at the limit that is best on these very pairs, and which pairs it gets right: every way of telling is given that.
fn best(pairs: &[Pair], says: impl Fn(&Pair) -> f64) -> (Score, Vec<bool>) {
    let said: Vec<f64> = pairs.iter().map(says).collect();
    let at = |limit: f64| {
        let mut score = Score::default();
        let right = pairs.iter().zip(&said).map(|(pair, said)| {
            let is_called_one = *said >= limit;
            score.right += u32::from(pair.is_one && is_called_one);
            score.wrong += u32::from(!pair.is_one && is_called_one);
            score.missed += u32::from(pair.is_one && !is_called_one);
            is_called_one == pair.is_one
        });
        let right = right.collect();
        (score, right)
    };
    said.iter().map(|limit| at(*limit)).max_by(|(a, _), (b, _)| a.f1().total_cmp(&b.f1())).expect("pairs")
}

#[test]
fn names_are_known_again_and_told_apart_better_than_by_their_letters() {
    let pairs = pairs();
    assert!(pairs.len() > 400, "the pairs are there");
    let ((ours, by_us), (letters, by_letters)) = (best(&pairs, weight), best(&pairs, likeness));
    for (name, score) in [("the linker", ours), ("likeness of letters", letters)] {
        let (precision, recall, f1) = (score.precision(), score.recall(), score.f1());
        println!("{name}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
    }
    let mut kinds: BTreeMap<(bool, &str), [usize; 3]> = BTreeMap::new();
    for ((pair, us), letters) in pairs.iter().zip(by_us).zip(by_letters) {
        let kind = kinds.entry((!pair.is_one, pair.kind.as_str())).or_default();
        for (count, counts) in kind.iter_mut().zip([true, us, letters]) {
            *count += usize::from(counts);
        }
    }
    for ((is_two, kind), [all, us, letters]) in kinds {
        println!("{}, {kind}: {us} and {letters} of {all}", if is_two { "two names" } else { "one name" });
    }
    // What is measured stands in docs/linking.md.
    assert!(ours.f1() > letters.f1() + 0.1, "{} against {} by the letters", ours.f1(), letters.f1());
    assert!(ours.f1() > 0.8, "{}", ours.f1());
}
