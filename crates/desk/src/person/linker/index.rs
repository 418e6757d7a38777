//! The index: every record that can be found, and by what.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::blocks::{self, Block};
use super::compare::{Comparison, Known, Sought};
use super::evidence::Match;
use super::features::Features;
use super::log2;
use super::marks::{Kind, of};
use super::name::{Part, Rarity, Token};
use super::settings::Settings;

/// A record in the index. The caller's number; any number will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordKey(pub u32);

/// How many of one person's records a value is followed through before it counts as shared by too many.
const RECORDS_A_PERSON: usize = 8;

/// Namesakes are counted up to this; more weigh no less.
const NAMESAKES: usize = 256;

/// Records, the keys that find them, and how often each name occurs. Everything is ordered, so the same records give
/// the same index however they came in; serialised are only the records, the rest is made again from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    settings: Settings,
    records: BTreeMap<RecordKey, Features>,
    /// The person a record was joined to, where that is not itself.
    people: BTreeMap<RecordKey, RecordKey>,
    /// Key in the upper half, record in the lower.
    blocks: BTreeSet<u64>,
    names: Names,
}

/// How many records have a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    records: u32,
    /// By part and spelling.
    spellings: BTreeMap<u64, u32>,
    /// By part and class.
    classes: BTreeMap<u64, u32>,
}

impl Index {
    /// An empty index.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The settings it judges by.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Judges by other settings from now on.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What is held of a record.
    pub fn get(&self, key: RecordKey) -> Option<&Features> {
        self.records.get(&key)
    }

    /// Puts a record in, in the place of what was held under the same key.
    pub fn insert(&mut self, key: RecordKey, features: &Features) {
        // Most of what is newly said of a person says nothing that people are compared by.
        if self.records.get(&key) == Some(features) {
            return;
        }
        self.take_out(key);
        self.blocks.extend(blocks::of_features(features).into_iter().map(|block| entry(block, key)));
        self.names.count(features);
        self.records.insert(key, features.clone());
    }

    /// Takes a record out: the index is what it was before the record came in. Returns what was held.
    pub fn remove(&mut self, key: RecordKey) -> Option<Features> {
        self.people.remove(&key);
        self.take_out(key)
    }

    fn take_out(&mut self, key: RecordKey) -> Option<Features> {
        let features = self.records.remove(&key)?;
        for block in blocks::of_features(&features) {
            self.blocks.remove(&entry(block, key));
        }
        self.names.discount(&features);
        Some(features)
    }

    /// Says whose record it is: the records of one person count once where people who share a value are counted. The
    /// person is any key that stands for them, usually their first record. A record that was never assigned is its own
    /// person; assigning it to itself takes an assignment back.
    pub fn assign(&mut self, key: RecordKey, person: RecordKey) {
        if key == person {
            self.people.remove(&key);
        } else {
            self.people.insert(key, person);
        }
    }

    /// The records with the same force reference, in order of their keys. That is identity: the caller joins them.
    pub fn identical<'a>(&'a self, features: &'a Features) -> impl Iterator<Item = RecordKey> + 'a {
        let references = of(&features.marks, Kind::Reference);
        references
            .iter()
            .flat_map(|mark| self.in_block(blocks::of_mark(*mark)))
            .filter(move |key| self.records.get(key).is_some_and(|r| of(&r.marks, Kind::Reference) == references))
    }

    /// The records that may be the same person, heaviest first, at most `limit`; of equal weight, the lower key first.
    /// Ask before inserting, or use [`Self::candidates_of`]. Records with an equal force reference are not among them,
    /// nor are those below the settings' floor.
    pub fn candidates(&self, features: &Features, limit: usize) -> Vec<Match> {
        self.find(features, None, limit)
    }

    /// The same for a record that is in the index; nothing where it is not.
    pub fn candidates_of(&self, key: RecordKey, limit: usize) -> Vec<Match> {
        self.records.get(&key).map(|features| self.find(features, Some(key), limit)).unwrap_or_default()
    }

    /// Compares a record with one in the index, whatever the weight. Nothing where it is not there, or where the force
    /// references are equal.
    pub fn compare(&self, features: &Features, with: RecordKey) -> Option<Match> {
        let other = self.records.get(&with).filter(|other| !is_identical(features, other))?;
        let sought = self.sought(features, None, &mut Vec::new());
        Some(self.weigh(&sought, other).into_match(with, &self.settings))
    }

    fn find(&self, features: &Features, without: Option<RecordKey>, limit: usize) -> Vec<Match> {
        let mut found = Vec::new();
        let sought = self.sought(features, without, &mut found);
        found.sort_unstable();
        // Most keys in common first, so that a bound on the comparisons drops the least likely.
        let mut counted: Vec<(Reverse<usize>, RecordKey)> =
            found.chunk_by(|a, b| a == b).map(|same| (Reverse(same.len()), same[0])).collect();
        counted.sort_unstable();
        counted.truncate(self.settings.compared_at_most as usize);
        let mut weighed: Vec<(Reverse<i32>, RecordKey, Comparison)> = counted
            .into_iter()
            .filter_map(|(_, key)| {
                let other = self.records.get(&key).filter(|other| !is_identical(features, other))?;
                let comparison = self.weigh(&sought, other);
                (comparison.weight >= self.settings.floor).then_some((Reverse(comparison.weight), key, comparison))
            })
            .collect();
        weighed.sort_unstable_by_key(|(weight, key, _)| (*weight, *key));
        weighed.truncate(limit);
        weighed.into_iter().map(|(_, key, comparison)| comparison.into_match(key, &self.settings)).collect()
    }

    fn weigh(&self, sought: &Sought<'_>, other: &Features) -> Comparison {
        Comparison::new(sought, other, &self.settings, self)
    }

    /// What the index knows of a record that is looked up. Adds to `found` every record that shares one of its keys.
    fn sought<'a>(&self, features: &'a Features, without: Option<RecordKey>, found: &mut Vec<RecordKey>) -> Sought<'a> {
        let mut people = Vec::new();
        let mut sharers = |block: Block, found: &mut Vec<RecordKey>| {
            let before = found.len();
            let sharers = self.follow(block, without, found, &mut people);
            if sharers.is_none() {
                found.truncate(before);
            }
            sharers
        };
        let marks = &features.marks;
        let mut shared = Vec::new();
        let mut known = Vec::new();
        for kind in [Kind::Phone, Kind::Email, Kind::Vehicle, Kind::Uprn] {
            for mark in of(marks, kind) {
                let block = blocks::of_mark(*mark);
                known.push(block);
                shared.push((*mark, sharers(block, found)));
            }
        }
        let house = blocks::of_house(marks).map(|block| {
            known.push(block);
            sharers(block, found)
        });
        for block in blocks::of_features(features) {
            if !known.contains(&block) {
                sharers(block, found);
            }
        }
        let rarity = features.names.iter().map(|token| self.rarity(*token)).collect();
        let pair = blocks::names(&features.names)
            .next()
            .and_then(blocks::of_name_pair)
            .and_then(|block| self.pair_rarity(block, without));
        Sought { features, rarity, shared, house: house.unwrap_or(Some(1)), pair }
    }

    /// Adds the records of one key to `found`. Returns how many people they are, at least one; `None` where that is
    /// too many for the key to count.
    fn follow(
        &self,
        block: Block,
        without: Option<RecordKey>,
        found: &mut Vec<RecordKey>,
        people: &mut Vec<RecordKey>,
    ) -> Option<u32> {
        let most = self.settings.shared_by_at_most as usize;
        people.clear();
        for (record, number) in self.in_block(block).zip(1..) {
            if number > most * RECORDS_A_PERSON {
                return None;
            }
            if Some(record) == without {
                continue;
            }
            let person = self.people.get(&record).copied().unwrap_or(record);
            if !people.contains(&person) {
                people.push(person);
                if people.len() > most {
                    return None;
                }
            }
            found.push(record);
        }
        u32::try_from(people.len().max(1)).ok()
    }

    fn in_block(&self, block: Block) -> impl Iterator<Item = RecordKey> + '_ {
        let range = entry(block, RecordKey(0))..=entry(block, RecordKey(u32::MAX));
        // The lower half is the record.
        self.blocks.range(range).map(|entry| RecordKey((entry & u64::from(u32::MAX)) as u32))
    }

    /// What first and family name weigh together at most, from how many here bear both. Nothing while these are too few to
    /// say: one of them may be the very person.
    fn pair_rarity(&self, block: Block, without: Option<RecordKey>) -> Option<i32> {
        let bearers = self.in_block(block).filter(|key| Some(*key) != without).take(NAMESAKES).count();
        let others = u64::try_from(bearers).ok()?.checked_sub(1).filter(|n| *n >= 2)?;
        Some(log2::hundredths(u64::from(self.names.records)) - log2::hundredths(others))
    }
}

impl Known for Index {
    /// What a word weighs, from how many people have it here and in the table.
    fn rarity(&self, token: Token) -> Rarity {
        let weights = &self.settings.name;
        let table = super::names::table();
        let (common, unknown, most) = match token.part() {
            Part::Given => (table.common_given(token.class()), weights.unknown_given, weights.most_given),
            Part::Family => (table.common_family(token.class()), weights.unknown_family, weights.most_family),
        };
        let base = u64::from(weights.table_counts_as);
        let weight = |seen: u32, per_100_000: u32| {
            let have = u64::from(seen) * 100_000 + base * u64::from(per_100_000);
            let all = (u64::from(self.names.records) + base) * 100_000;
            (log2::hundredths(all) - log2::hundredths(have)).clamp(weights.least, most)
        };
        let seen = |counts: &BTreeMap<u64, u32>, key| counts.get(&key).copied().unwrap_or(0);
        let usual = common.unwrap_or(unknown);
        Rarity {
            spelling: weight(seen(&self.names.spellings, spelling_key(token)), usual),
            class: weight(seen(&self.names.classes, class_key(token)), usual),
        }
    }

    fn given_by(&self, token: Token) -> i32 {
        let table = super::names::table();
        let base = u64::from(self.settings.name.table_counts_as);
        let borne = |part| {
            let usual = match part {
                Part::Given => table.common_given(token.class()),
                Part::Family => table.common_family(token.class()),
            };
            let seen = self.names.classes.get(&class_key(token.standing_as(part))).copied().unwrap_or(0);
            // Half a person more, so that one who was seen does not settle it.
            log2::hundredths(u64::from(seen) * 100_000 + base * u64::from(usual.unwrap_or(0)) + 50_000)
        };
        borne(Part::Given) - borne(Part::Family)
    }
}

impl Names {
    fn count(&mut self, features: &Features) {
        self.records += u32::from(!features.names.is_empty());
        for key in distinct(features, spelling_key) {
            *self.spellings.entry(key).or_default() += 1;
        }
        for key in distinct(features, class_key) {
            *self.classes.entry(key).or_default() += 1;
        }
    }

    fn discount(&mut self, features: &Features) {
        self.records -= u32::from(!features.names.is_empty());
        for key in distinct(features, spelling_key) {
            take_one(&mut self.spellings, key);
        }
        for key in distinct(features, class_key) {
            take_one(&mut self.classes, key);
        }
    }
}

fn take_one(counts: &mut BTreeMap<u64, u32>, key: u64) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

/// Each key of a record's words once: a name that an alias repeats counts once.
fn distinct(features: &Features, key: impl Fn(Token) -> u64) -> Vec<u64> {
    let mut keys: Vec<u64> = features.names.iter().map(|t| key(*t)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

const fn spelling_key(token: Token) -> u64 {
    (token.part() as u64) << 60 | token.text()
}

const fn class_key(token: Token) -> u64 {
    (token.part() as u64) << 32 | token.class() as u64
}

const fn entry(block: Block, key: RecordKey) -> u64 {
    (block as u64) << 32 | key.0 as u64
}

fn is_identical(a: &Features, b: &Features) -> bool {
    let reference = of(&a.marks, Kind::Reference);
    !reference.is_empty() && reference == of(&b.marks, Kind::Reference)
}

/// What is written of an index.
#[derive(Serialize)]
struct Written<'a> {
    settings: &'a Settings,
    records: &'a BTreeMap<RecordKey, Features>,
    people: &'a BTreeMap<RecordKey, RecordKey>,
}

/// What is read back.
#[derive(Deserialize)]
struct Read {
    settings: Settings,
    records: BTreeMap<RecordKey, Features>,
    people: BTreeMap<RecordKey, RecordKey>,
}

impl Serialize for Index {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { settings: &self.settings, records: &self.records, people: &self.people }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { settings, records, people } = Read::deserialize(deserializer)?;
        let mut names = Names::default();
        let mut entries = Vec::with_capacity(records.len() * 12);
        for (key, features) in &records {
            names.count(features);
            entries.extend(blocks::of_features(features).into_iter().map(|block| entry(block, *key)));
        }
        // Sorted first: a set is built from a sorted list many times faster than by single insertions.
        entries.sort_unstable();
        Ok(Self { settings, records, people, blocks: entries.into_iter().collect(), names })
    }
}
