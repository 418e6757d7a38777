//! Weights learned from a force's own records: offline, and never by the desk itself.
//!
//! How often two people agree by chance (u) is counted over random pairs. How often one person's records agree (m) is found by
//! expectation and maximisation over the candidates, without labels; with confirmed links it is counted over them. What comes
//! out is a file of settings like `policy/linker.toml`, to be looked at by people and then used.
//!
//! Invariants: floating point stays in here, the settings are whole numbers; the same records give the same settings; a weight
//! that too few pairs speak about stays as it was; the prior and the limits are never touched, since a weight must not change
//! its meaning with the extract that it was learned from.

use std::collections::BTreeMap;

use alongside_desk::person::linker::{Agreement, Features, Field, FieldEvidence, Index, RecordKey, Settings};

/// Random pairs from which u is counted (D).
const RANDOM_PAIRS: u64 = 200_000;
/// Candidates of one record that are looked at (D).
const CANDIDATES: usize = 20;
/// Rounds of expectation and maximisation; they stop earlier when nothing moves (D).
const ROUNDS: usize = 25;
/// A weight moves only where at least so many pairs on either side speak about it (D).
const ENOUGH: f64 = 20.0;
/// No weight is learned beyond this, in hundredths of a bit (D).
const MOST: f64 = 2_000.0;

/// A setting that can be learned.
struct Level {
    fields: &'static [Field],
    agreement: Agreement,
    kind: Kind,
    of: fn(&mut Settings) -> Vec<&mut i32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The setting is the weight.
    Weight,
    /// The setting is taken off a name's rarity.
    Offset,
}

const NAMES: &[Field] = &[Field::Given, Field::Family];

const LEVELS: &[Level] = &[
    Level { fields: NAMES, agreement: Agreement::Variant, kind: Kind::Offset, of: |s| vec![&mut s.name.variant] },
    Level { fields: NAMES, agreement: Agreement::Close, kind: Kind::Offset, of: |s| vec![&mut s.name.close] },
    weight(&[Field::Given], Agreement::Disagree, |s| vec![&mut s.name.given_differs]),
    weight(&[Field::Family], Agreement::Disagree, |s| {
        vec![&mut s.name.family_differs, &mut s.name.family_differs_elsewhere]
    }),
    weight(&[Field::Born], Agreement::Exact, |s| vec![&mut s.born.exact]),
    weight(&[Field::Born], Agreement::Swapped, |s| vec![&mut s.born.swapped]),
    weight(&[Field::Born], Agreement::Close, |s| {
        vec![&mut s.born.day_wrong, &mut s.born.month_wrong, &mut s.born.year_wrong, &mut s.born.year_slip]
    }),
    weight(&[Field::Born], Agreement::Disagree, |s| {
        vec![&mut s.born.same_year_differs, &mut s.born.differs, &mut s.born.generation_differs]
    }),
    weight(&[Field::Sex], Agreement::Exact, |s| vec![&mut s.sex.same]),
    weight(&[Field::Sex], Agreement::Disagree, |s| vec![&mut s.sex.differs]),
    weight(&[Field::Phone], Agreement::Disagree, |s| vec![&mut s.shared.phone_differs]),
    weight(&[Field::Email], Agreement::Disagree, |s| vec![&mut s.shared.email_differs]),
    weight(&[Field::Vehicle], Agreement::Disagree, |s| vec![&mut s.shared.vehicle_differs]),
    weight(&[Field::Address], Agreement::Close, |s| vec![&mut s.address.close]),
    weight(&[Field::Address], Agreement::Disagree, |s| vec![&mut s.address.differs, &mut s.address.differs_elsewhere]),
    weight(&[Field::Reference], Agreement::Disagree, |s| vec![&mut s.reference.differs]),
];

const fn weight(fields: &'static [Field], agreement: Agreement, of: fn(&mut Settings) -> Vec<&mut i32>) -> Level {
    Level { fields, agreement, kind: Kind::Weight, of }
}

/// A pair that may be one person.
pub struct Pair {
    evidence: Vec<FieldEvidence>,
    weight: i32,
    /// What people said, where they did.
    same: Option<bool>,
}

/// How often fields are known and agree so.
#[derive(Default)]
struct Shares {
    known: BTreeMap<Field, f64>,
    agree: BTreeMap<(Field, Agreement), f64>,
}

impl Shares {
    fn add(&mut self, evidence: &[FieldEvidence], share: f64) {
        for e in evidence {
            *self.known.entry(e.field).or_default() += share;
            *self.agree.entry((e.field, e.agreement)).or_default() += share;
        }
    }

    fn count(&self, fields: &[Field], agreement: Agreement) -> f64 {
        fields.iter().filter_map(|f| self.agree.get(&(*f, agreement))).sum()
    }

    fn known(&self, fields: &[Field]) -> f64 {
        fields.iter().filter_map(|f| self.known.get(f)).sum()
    }

    fn rate(&self, fields: &[Field], agreement: Agreement) -> f64 {
        self.count(fields, agreement) / self.known(fields).max(1.0)
    }
}

/// Settings for gathering pairs: as they are, but that weak pairs are gathered too. The bounds on what a household shares stay, or
/// its members would be taken for one person.
pub fn gathering(settings: &Settings) -> Settings {
    Settings { floor: settings.floor.min(-3_000), ..settings.clone() }
}

/// The candidates of a record as pairs. `same` says whether a record found is the same person, where people have said.
pub fn pairs(
    index: &Index,
    features: &Features,
    own: Option<RecordKey>,
    same: impl Fn(RecordKey) -> Option<bool>,
) -> Vec<Pair> {
    let found = match own {
        Some(key) => index.candidates_of(key, CANDIDATES),
        None => index.candidates(features, CANDIDATES),
    };
    found.into_iter().map(|m| Pair { same: same(m.key), evidence: m.evidence, weight: m.weight }).collect()
}

/// Learns. `queries` and the index hold the records, `pairs` the candidates among them.
pub fn learn(settings: &Settings, index: &Index, queries: &[Features], pairs: &[Pair]) -> Settings {
    let by_chance = by_chance(index, queries);
    let mut learned = settings.clone();
    // What each level adds to the weight that was found under the old settings.
    let mut shift = vec![0.0; LEVELS.len()];
    for _ in 0..ROUNDS {
        let mut one_person = Shares::default();
        let mut old_weights = vec![(0.0, 0.0); LEVELS.len()];
        for pair in pairs {
            let moved: f64 = pair.evidence.iter().filter_map(|e| level(*e)).map(|at| shift[at]).sum();
            let found = || 1.0 / (1.0 + (-(f64::from(pair.weight) + moved) / 100.0).exp2());
            let share = pair.same.map_or_else(found, |same| f64::from(u8::from(same)));
            one_person.add(&pair.evidence, share);
            for e in &pair.evidence {
                if let Some(at) = level(*e) {
                    old_weights[at].0 += share * f64::from(e.weight);
                    old_weights[at].1 += share;
                }
            }
        }
        let before = shift.clone();
        for ((level, shift), (sum, count)) in LEVELS.iter().zip(&mut shift).zip(old_weights) {
            let (m, u) =
                (one_person.rate(level.fields, level.agreement), by_chance.rate(level.fields, level.agreement));
            if count < ENOUGH || by_chance.count(level.fields, level.agreement) < ENOUGH {
                continue;
            }
            let exact = by_chance.rate(level.fields, Agreement::Exact);
            let variant = by_chance.rate(level.fields, Agreement::Variant);
            let now = f64::from(*(level.of)(&mut settings.clone())[0]);
            *shift = match level.kind {
                // What speaks for a match may have been bounded; what speaks against it never is, and may be several settings.
                Kind::Weight => (100.0 * (m / u).log2()).clamp(-MOST, MOST) - if now > 0.0 { now } else { sum / count },
                // Of the pairs whose names are one name, those that write it so.
                Kind::Offset => {
                    let same_name = if level.agreement == Agreement::Variant { exact + variant } else { exact };
                    let offset = -100.0 * (m * same_name / u).log2();
                    now - offset.clamp(0.0, MOST)
                }
            };
        }
        if before.iter().zip(&shift).all(|(a, b)| (a - b).abs() < 1.0) {
            break;
        }
    }
    for (level, shift) in LEVELS.iter().zip(shift) {
        // Bounded above, so it fits.
        let whole = shift.round() as i32;
        for setting in (level.of)(&mut learned) {
            *setting += if level.kind == Kind::Weight { whole } else { -whole };
        }
    }
    learned
}

fn level(e: FieldEvidence) -> Option<usize> {
    LEVELS.iter().position(|level| level.agreement == e.agreement && level.fields.contains(&e.field))
}

/// What random pairs agree on. The pairs are drawn by a fixed sequence, so that learning twice gives the same.
fn by_chance(index: &Index, queries: &[Features]) -> Shares {
    let mut shares = Shares::default();
    let records = index.len() as u64;
    if queries.is_empty() || records == 0 {
        return shares;
    }
    let mut state = 0x5e1f_5eed_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(state) * u128::from(below)) >> 64) as usize
    };
    for _ in 0..RANDOM_PAIRS {
        let (query, key) = (&queries[draw(queries.len() as u64)], RecordKey(draw(records) as u32));
        if index.get(key).is_some_and(|other| other != query)
            && let Some(found) = index.compare(query, key)
        {
            shares.add(&found.evidence, 1.0);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use alongside_desk::message::Born;
    use alongside_desk::person::linker::FeaturesInput;

    /// Letters from a number: invented names of which no two sound alike.
    fn name(number: u32) -> String {
        let syllable = |n: u32| ["ba", "ko", "ri", "mu", "te", "fa", "lo", "ni"][n as usize % 8];
        [syllable(number), syllable(number / 8), syllable(number / 64), "dor"].concat()
    }

    /// A person, as the records hold them, or as somebody who rings from another number under, now and then, another family
    /// name.
    fn features(number: u32, rings: bool) -> Features {
        let family = if rings && number.is_multiple_of(2) { name(number * 31 + 500) } else { name(number * 7 + 3) };
        let phones = [format!("+4477009{:05}", number + if rings { 50_000 } else { 0 })];
        let uprn = format!("99{number:010}");
        Features::new(&FeaturesInput {
            given: Some(&name(number * 13 + 1)),
            family: Some(&family),
            born: Some(Born::On(1940 + (number % 60) as i16, 1 + (number % 12) as u8, 1 + (number % 28) as u8)),
            phones: &phones,
            uprn: Some(&uprn),
            ..FeaturesInput::default()
        })
    }

    fn learned(labels: bool) -> Settings {
        let settings = Settings::default();
        let mut index = Index::new(gathering(&settings));
        for number in 0..400 {
            index.insert(RecordKey(number), &features(number, false));
        }
        let queries: Vec<Features> = (0..400).map(|n| features(n, true)).collect();
        let found: Vec<Pair> = queries
            .iter()
            .zip(0..)
            .flat_map(|(f, n)| pairs(&index, f, None, move |key| labels.then_some(key == RecordKey(n))))
            .collect();
        learn(&settings, &index, &queries, &found)
    }

    #[test]
    fn what_changes_often_speaks_less_against_with_labels_or_without() {
        let built_in = Settings::default();
        for labels in [false, true] {
            let learned = learned(labels);
            // Half of them changed their name, all their number: neither says much against any more.
            assert!(learned.name.family_differs > built_in.name.family_differs, "{labels} {:?}", learned.name);
            assert!(learned.shared.phone_differs.abs() < 20, "{labels} {:?}", learned.shared);
            // Nobody spoke about these.
            assert_eq!(learned.sex, built_in.sex);
            assert_eq!((learned.prior, learned.sure_ppm), (built_in.prior, built_in.sure_ppm));
        }
    }

    #[test]
    fn learning_twice_gives_the_same_settings_and_they_can_be_written_down() {
        let settings = learned(false);
        assert_eq!(settings, learned(false));
        let text = toml::to_string(&settings).expect("writes");
        assert_eq!(Settings::from_toml(&text).expect("reads"), settings);
    }
}
