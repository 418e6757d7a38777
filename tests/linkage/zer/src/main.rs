//! One new person at a time against many records: the crate `zer` and this linker, in one run on the same files.
//!
//!     cargo run --release -- ALONGSIDE FOLDER [QUERIES]
//!
//! `FOLDER` holds what `alongside sim persons --out FOLDER` wrote, `ALONGSIDE` is the binary. `zer` looks one record up by
//! its parts: the blocker and the inverted index that its factory makes for a register of persons, the comparator, and the
//! Fellegi-Sunter scorer with weights that its own EM learnt, without labels, from the callers behind those who are asked for
//! (at most so many pairs), each beside its candidates: among the records themselves there is hardly a pair to learn from.
//! One thread; the first five look-ups are not counted. The person on top is the likeliest of the candidates, whatever their
//! probability, and that at 0.5 and at 0.95 only where it is as probable as that by either's own word. The weights learnt so are
//! poor: hold the times against each other, not the hits (docs/linking.md).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use zer::prelude::*;

/// Look-ups that warm the caches.
const UNCOUNTED: usize = 5;

/// Pairs that the weights are learnt from, at most.
const MOST_PAIRS: usize = 2_000_000;

/// Buckets with more records than this tell nobody apart and are left out of the learning, as `zer`'s own pipeline does.
const FULLEST: usize = 1_000;

/// A person as the synthetic force writes them.
#[derive(Deserialize)]
struct Person {
    id: String,
    name: Option<String>,
    given: Option<String>,
    family: Option<String>,
    born: Option<String>,
    #[serde(default)]
    phones: Vec<String>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    address: Option<String>,
    postcode: Option<String>,
}

/// What somebody was found to be: the record on top and its probability.
type Found = BTreeMap<String, (String, f64)>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(alongside), Some(folder)) = (arguments.next(), arguments.next()) else {
        bail!("say ALONGSIDE FOLDER [QUERIES]");
    };
    let folder = Path::new(&folder);
    let most: usize = arguments.next().map_or(Ok(2_000), |n| n.parse()).context("QUERIES is no number")?;
    let persons = read(&folder.join("persons.jsonl"))?;
    let mut queries = read(&folder.join("queries.jsonl"))?;
    let others = queries.split_off(most.min(queries.len()));
    let truth = labels(&folder.join("labels.csv"))?;
    let asked: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    println!("{} records, {} callers", persons.len(), asked.len());
    let (found, us) = by_alongside(&alongside, folder, &asked)?;
    tell("Alongside", &found, us, &asked, &truth);
    let (found, us) = by_zer(&persons, &queries, &others)?;
    tell("zer 1.1.2", &found, us, &asked, &truth);
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Person>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let lines = BufReader::new(file).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

/// The record of each caller; none for a stranger.
fn labels(path: &Path) -> Result<BTreeMap<String, Option<String>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().context("the labels have no head")?;
    let column = |name: &str| head.iter().position(|at| at == name).with_context(|| format!("no column {name}"));
    let (query, person) = (column("query")?, column("person")?);
    Ok(lines.map(|cells| (cells[query].clone(), Some(cells[person].clone()).filter(|id| !id.is_empty()))).collect())
}

fn by_alongside(binary: &str, folder: &Path, asked: &[&str]) -> Result<(Found, Vec<f64>)> {
    let mut command = Command::new(binary);
    command.arg("link").arg(folder.join("persons.jsonl")).arg(folder.join("queries.jsonl"));
    let output = command.args(["--format", "jsonl"]).stderr(Stdio::inherit()).output().context("cannot start it")?;
    let (mut found, mut us) = (Found::new(), Vec::new());
    for line in output.stdout.split(|byte| *byte == b'\n').take(asked.len()) {
        let answer: serde_json::Value = serde_json::from_slice(line)?;
        us.push(answer["took_us"].as_f64().context("no time")?);
        if let (Some(query), Some(best)) = (answer["query"].as_str(), answer["candidates"].get(0)) {
            let probability = best["probability"].as_f64().unwrap_or_default();
            found.insert(query.to_owned(), (best["person"].as_str().unwrap_or_default().to_owned(), probability));
        }
    }
    Ok((found, us))
}

fn by_zer(persons: &[Person], queries: &[Person], others: &[Person]) -> Result<(Found, Vec<f64>)> {
    let schema = SchemaBuilder::new()
        .field("given", FieldKind::Name)
        .field("family", FieldKind::Name)
        .field("born", FieldKind::Date)
        .field("phone", FieldKind::Phone)
        .field("address", FieldKind::Address)
        .field("postcode", FieldKind::Categorical)
        .build()?;
    let blocker = BlockerFactory::from_schema_category(&schema, SchemaCategory::PersonRegistry);
    let records: Vec<Record> = (0..).zip(persons).map(|(id, person)| record(id, person)).collect();
    let started = Instant::now();
    let mut index = InvertedIndex::new();
    records.iter().for_each(|record| blocker.index_record(record, &schema, &mut index));
    println!("zer: indexed in {:.1} s", started.elapsed().as_secs_f64());

    let backend = Backend::cpu();
    let (comparator, scorer) = (Comparator::new(&schema, &backend), Scorer::new(&backend));
    let started = Instant::now();
    let mut taught = records.clone();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for other in others {
        let own = taught.len();
        taught.push(record(own as RecordId, other));
        let keys = blocker.blocking_keys(&taught[own], &schema);
        let candidates = index.lookup_union_capped(&keys, own as RecordId, FULLEST);
        pairs.extend(candidates.iter().map(|candidate| (*candidate as usize, own)));
        if pairs.len() >= MOST_PAIRS {
            break;
        }
    }
    let batch = comparator.compare_batch_indexed(&taught, &pairs, &schema);
    let learnt = scorer.estimate_params(&batch, None, 50)?;
    println!("zer: learnt from {} pairs in {:.1} s", pairs.len(), started.elapsed().as_secs_f64());

    let (mut found, mut us, mut compared) = (Found::new(), Vec::new(), 0);
    for query in queries {
        let started = Instant::now();
        let one = record(u64::MAX, query);
        let mut best: Option<(f32, f32, RecordId)> = None;
        for id in blocker.candidates(&one, &schema, &index) {
            compared += 1;
            let pair = scorer.score(&comparator.compare(&one, &records[id as usize], &schema), &learnt);
            let this = (pair.match_weight, pair.match_probability, id);
            if best.is_none_or(|best| (this.0, best.2) > (best.0, this.2)) {
                best = Some(this);
            }
        }
        us.push(started.elapsed().as_nanos() as f64 / 1000.0);
        if let Some((_, probability, id)) = best {
            found.insert(query.id.clone(), (persons[id as usize].id.clone(), f64::from(probability)));
        }
    }
    println!("zer: {} candidates a caller in the mean", compared / queries.len().max(1));
    Ok((found, us))
}

/// A person as `zer` takes one: names in two fields, a whole birth date or none, a national number, lower case.
fn record(id: RecordId, person: &Person) -> Record {
    let name = person.name.as_deref().map(|name| name.rsplit_once(' ').unwrap_or(("", name)));
    let given = person.given.as_deref().or(name.map(|name| name.0));
    let family = person.family.as_deref().or(name.map(|name| name.1));
    let phone = person.phones.first().map(|phone| phone.replacen("+44", "0", 1));
    let place = person.location.as_ref();
    let fields = [
        ("given", given),
        ("family", family),
        ("born", person.born.as_deref().filter(|born| born.len() == 10)),
        ("phone", phone.as_deref()),
        ("address", place.and_then(|place| place.address.as_deref())),
        ("postcode", place.and_then(|place| place.postcode.as_deref())),
    ];
    let said = fields.into_iter().filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)));
    said.fold(Record::new(id), |record, (name, text)| record.insert(name, FieldValue::Text(text.to_lowercase())))
}

fn tell(who: &str, found: &Found, us: Vec<f64>, asked: &[&str], truth: &BTreeMap<String, Option<String>>) {
    let mut us: Vec<f64> = us.into_iter().skip(UNCOUNTED).collect();
    us.sort_by(f64::total_cmp);
    let at = |per_cent: usize| us.get(us.len().saturating_sub(1) * per_cent / 100).map_or(f64::NAN, |us| us / 1000.0);
    println!("{who}: {} look-ups, half {:.3} ms, 99 of 100 {:.3} ms", us.len(), at(50), at(99));
    let known = asked.iter().filter(|query| truth.get(**query).is_some_and(Option::is_some)).count();
    let strangers = asked.len() - known;
    for least in [0.0, 0.5, 0.95] {
        let (mut right, mut taken) = (0, 0);
        for query in asked {
            let Some((person, _)) = found.get(*query).filter(|(_, probability)| *probability >= least) else {
                continue;
            };
            match truth.get(*query).and_then(Option::as_ref) {
                Some(who) => right += usize::from(who == person),
                None => taken += 1,
            }
        }
        let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
        println!(
            "  at {least}: right person on top {:.1} % of {known}; strangers matched {:.2} % of {strangers}",
            share(right, known),
            share(taken, strangers)
        );
    }
}
