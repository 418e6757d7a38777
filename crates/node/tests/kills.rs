//! Killed at seeded points between deciding, appending, committing and answering: no acknowledged message is lost, none is there
//! twice, and the state is that of a fold from zero.
//!
//! The test runs itself as a child that opens a node, takes what it reads on standard input and acknowledges on standard output; the
//! parent keeps its own list of what was acknowledged. 20 seeds, or as many as `ALONGSIDE_KILLS` says, from `ALONGSIDE_KILLS_FROM` on.

mod night;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use alongside_desk::message::read_line;
use alongside_desk::time::{Period, Timestamp};
use alongside_journal::{Read as _, Seq, SqliteReader};
use alongside_node::{CrashPlan, ManualClock, Options, Pending, Receipt};
use night::{EVENING, at, offers, open_with, options};

const FOLDER: &str = "ALONGSIDE_KILLS_FOLDER";
const CRASH: &str = "ALONGSIDE_KILLS_CRASH";

/// Messages of one run, and how many lives a node has to take them in: the last is not cut short.
const MESSAGES: usize = 420;
const LIVES: u64 = 4;

/// Requests of this many messages each, in turn: single ones, small and larger batches.
const SIZES: [usize; 5] = [1, 7, 3, 20, 11];

#[test]
fn no_acknowledged_message_is_lost_and_none_is_there_twice() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        child(Path::new(&folder));
        return;
    }
    let number = |name: &str, otherwise: u64| std::env::var(name).map_or(otherwise, |n| n.parse().expect("a number"));
    let (seeds, from) = (number("ALONGSIDE_KILLS", 20), number("ALONGSIDE_KILLS_FROM", 0));
    let mut killed = BTreeMap::new();
    let mut between = 0;
    for seed in from..from + seeds {
        if seed > from && (seed - from).is_multiple_of(10) {
            println!("{} of {seeds} runs", seed - from);
        }
        let (deaths, unsure) = run(seed);
        between += unsure;
        for moment in deaths {
            *killed.entry(moment).or_insert(0) += 1;
        }
    }
    println!("killed at {killed:?}; {between} messages were durable and not yet acknowledged");
    assert!(killed.values().sum::<u64>() >= seeds, "hardly anybody was killed: {killed:?}");
    assert!(killed.len() >= 4, "too few kinds of moments: {killed:?}");
    assert!(between > 0, "nobody died between commit and reply");
}

/// One seed: several lives of one folder. Gives the moments of the deaths, and how many messages were found durable without a reply.
fn run(seed: u64) -> (Vec<String>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let night = night::night(EVENING, MESSAGES);
    let mut acknowledged = BTreeSet::new();
    let mut deaths = Vec::new();
    let mut unsure = 0;
    let mut digest = None;
    for life in 0..LIVES {
        let plan = (life + 1 < LIVES).then(|| seed * LIVES + life);
        // What was acknowledged is sent again now and then, as a source that lost our answer would.
        let resent = night
            .iter()
            .enumerate()
            .filter(|(n, raw)| !acknowledged.contains(&id(raw)) || (n + life as usize).is_multiple_of(9));
        let resent: Vec<&String> = resent.map(|(_, raw)| raw).collect();
        let mut process = start(folder.path(), plan);
        let said = talk(&mut process, &resent, seed + life);
        let died = !process.wait().expect("it ended").success();
        for line in said {
            match line.split_once(' ') {
                Some(("ack", ids)) => acknowledged.extend(ids.split(',').map(str::to_owned)),
                Some(("digest", told)) => digest = Some(told.to_owned()),
                _ => {}
            }
        }
        assert_eq!(died, digest.is_none(), "seed {seed}, life {life}: an end that nobody planned");
        let kept = ids_in(folder.path());
        for acknowledged in &acknowledged {
            assert_eq!(kept.get(acknowledged), Some(&1), "seed {seed}, life {life}: {acknowledged} was acknowledged");
        }
        assert!(kept.values().all(|times| *times == 1), "seed {seed}, life {life}: something is there twice");
        unsure += kept.keys().filter(|id| !acknowledged.contains(*id)).count();
        if died {
            let plan = plan.map(|seed| CrashPlan::seeded(seed, MOST).moment());
            deaths.push(format!("{:?}", plan.expect("only a planned end")));
        } else {
            break;
        }
    }
    let all: BTreeSet<String> = night.iter().map(|raw| id(raw)).collect();
    if acknowledged.len() < all.len() {
        // A life that ended well before its planned death has taken everything; else the last one has.
        panic!("seed {seed}: {} of {} acknowledged at the end", acknowledged.len(), all.len());
    }
    assert_eq!(ids_in(folder.path()).len(), all.len());
    let node = open_with(folder.path(), options(&Arc::new(ManualClock::at(EVENING))));
    let zero = node.digest_from_zero().expect("folded");
    assert_eq!(digest, Some(format!("{zero:02x?}")), "seed {seed}: the state that ran is the fold from zero");
    let (_, restarted) = node.digest().expect("a digest");
    assert_eq!(restarted, zero, "seed {seed}: snapshot and tail too");
    (deaths, unsure)
}

/// A moment comes at most this often before the planned death.
const MOST: u32 = 10;

fn id(raw: &str) -> String {
    read_line(raw).expect("a message").message.id
}

fn ids_in(folder: &Path) -> BTreeMap<String, u32> {
    let mut ids = BTreeMap::new();
    let Ok(journal) = SqliteReader::open(folder) else { return ids };
    let count = &mut |entry: alongside_journal::Entry| {
        if entry.kind == "taken" {
            let body: serde_json::Value =
                serde_json::from_slice(entry.body.open().expect("not redacted")).expect("JSON");
            *ids.entry(body["raw"]["id"].as_str().expect("an id").to_owned()).or_insert(0) += 1;
        }
    };
    journal.for_each(Seq::FIRST, count).expect("readable");
    ids
}

fn start(folder: &Path, plan: Option<u64>) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "no_acknowledged_message_is_lost_and_none_is_there_twice", "--nocapture", "--quiet"]);
    command.env(FOLDER, folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(seed) = plan {
        command.env(CRASH, seed.to_string());
    }
    command.spawn().expect("a child")
}

/// Sends everything without waiting for answers, and gives every whole line that came back before the end.
fn talk(process: &mut Child, messages: &[&String], turn: u64) -> Vec<String> {
    let mut to = process.stdin.take().expect("piped");
    let from = process.stdout.take().expect("piped");
    let hear = std::thread::spawn(move || {
        let mut lines = Vec::new();
        for line in BufReader::new(from).split(b'\n') {
            // What a killed child left unfinished was said to nobody.
            lines.push(String::from_utf8_lossy(&line.expect("readable")).into_owned());
        }
        lines
    });
    let mut rest = messages;
    for size in SIZES.iter().cycle().skip(usize::try_from(turn % 5).expect("small")) {
        let (now, later) = rest.split_at((*size).min(rest.len()));
        rest = later;
        let together: Vec<&str> = now.iter().map(|raw| raw.as_str()).collect();
        // A child that is dead hears nothing more.
        if now.is_empty() || writeln!(to, "{}", together.join("\t")).is_err() {
            break;
        }
    }
    drop(to);
    hear.join().expect("heard")
}

/// Takes requests without waiting, and acknowledges each when its answer is there.
fn child(folder: &Path) {
    let clock = Arc::new(ManualClock::at(EVENING));
    let seed = std::env::var(CRASH).ok().map(|seed| seed.parse().expect("a seed"));
    let crash = seed.map(|seed| CrashPlan::seeded(seed, MOST));
    let node = open_with(folder, Options { crash, snapshot_every: 150, ..options(&clock) });
    // A few requests are under way at a time, as from a source with a few connections: many commits, some of them shared.
    let (asked, answers) = sync_channel::<(Vec<String>, Pending<Vec<Receipt>>)>(3);
    let told = std::thread::spawn(move || {
        for (ids, pending) in answers {
            let receipts = pending.wait().expect("kept");
            assert!(receipts.iter().all(|r| matches!(r, Receipt::Taken | Receipt::Duplicate)));
            say(&format!("ack {}", ids.join(",")));
        }
    });
    let mut now = EVENING;
    for line in std::io::stdin().lines() {
        let raws: Vec<String> = line.expect("readable").split('\t').map(str::to_owned).collect();
        let messages: Vec<_> = raws.iter().map(|raw| read_line(raw).expect("a message").message).collect();
        let latest: Timestamp = messages.iter().map(|m| m.at).fold(now, Timestamp::max);
        now = latest;
        clock.set(now);
        let ids = messages.into_iter().map(|m| m.id).collect();
        asked.send((ids, node.take("cad", now, offers(&raws)))).expect("the other thread listens");
    }
    drop(asked);
    told.join().expect("everything was answered");
    clock.set(at(0).plus(Period::hours(6)));
    node.shutdown();
    let (_, digest) = node.digest().expect("a digest");
    say(&format!("digest {digest:02x?}"));
}

/// A whole line at once, on its way before anything else happens.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).expect("somebody listens");
}
