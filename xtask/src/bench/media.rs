//! What forwarding a live call's audio costs, beside Janus, by the measuring program of the media crate.
//!
//! The server has processor 0 and what measures it processor 1, so that the server's time is its own and the time that packets
//! take is not the measurer's.

use std::net::UdpSocket;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Ground;
use super::chart::{self, Line};
use super::figure::{Table, median};
use crate::tool;
use crate::valgrind::a_packet;

/// How long each is measured, in seconds.
const SECONDS: &str = "10";

/// Streams, of which so many are heard, and whether Janus does the same in turn.
struct Shape {
    streams: u32,
    listeners: u32,
    is_beside_janus: bool,
}

const SHAPES: &[Shape] = &[
    Shape { streams: 25, listeners: 25, is_beside_janus: true },
    Shape { streams: 100, listeners: 100, is_beside_janus: true },
    Shape { streams: 200, listeners: 200, is_beside_janus: true },
    Shape { streams: 400, listeners: 400, is_beside_janus: true },
    Shape { streams: 800, listeners: 800, is_beside_janus: false },
    Shape { streams: 2_000, listeners: 100, is_beside_janus: false },
];

/// Measures every shape, ours and Janus in turn.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    instructions(ground, table)?;
    let is_ready = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
    if !is_ready || !tool::is_there("taskset", &["--version"]) {
        println!("skipped: two processors and `taskset` are needed");
        return Ok(());
    }
    let (address, has_janus) = (address(), tool::is_there("janus", &["--help"]));
    if !has_janus {
        println!("without its peer: not installed. To get it: sudo apt-get install janus");
    }
    let mut lines = [Line { name: "this server", points: Vec::new() }, Line { name: "Janus", points: Vec::new() }];
    for shape in SHAPES {
        let mut found = [Vec::new(), Vec::new()];
        for number in 1..=ground.runs {
            for (server, into) in ["ours", "janus"].into_iter().zip(&mut found) {
                if server == "ours" || (shape.is_beside_janus && has_janus) {
                    let said = load(ground, server, &address, shape)?;
                    println!("{server}, {} streams, {number} of {}: {said}", shape.streams, ground.runs);
                    into.push(said);
                }
            }
        }
        say(table, shape, &found);
        // What most of nobody hears is another kind of work.
        for (line, runs) in lines.iter_mut().zip(&found).filter(|(_, runs)| !runs.is_empty() && shape.is_heard()) {
            line.points.push((shape.streams, of(runs, "share") * 100.0));
        }
    }
    std::fs::write(ground.folder.join("media.svg"), chart::draw(&lines)).context("the chart cannot be written")?;
    println!("The chart is target/bench/media.svg");
    Ok(())
}

impl Shape {
    /// Whether each stream has somebody who hears it.
    fn is_heard(&self) -> bool {
        self.streams == self.listeners
    }
}

/// The middle one of what the runs say.
fn of(runs: &[Value], name: &str) -> f64 {
    median(runs.iter().filter_map(|run| run[name].as_f64()).collect())
}

fn say(table: &mut Table, shape: &Shape, found: &[Vec<Value>; 2]) {
    let sum = |runs: &[Value], name: &str| runs.iter().filter_map(|run| run[name].as_u64()).sum::<u64>();
    for (who, runs) in ["forwarding", "Janus"].into_iter().zip(found).filter(|(_, runs)| !runs.is_empty()) {
        let lost = sum(runs, "sent").saturating_sub(sum(runs, "heard"));
        let mut says = format!(
            "{:.1} us of processor time a packet, {:.0} % of a processor; {:.0} us p50, {:.0} us p99; {lost} lost",
            of(runs, "us_a_packet"),
            of(runs, "share") * 100.0,
            of(runs, "p50_us"),
            of(runs, "p99_us")
        );
        let [ours, theirs] = found;
        if who == "forwarding" && !theirs.is_empty() {
            says += &format!("; {:.2} times the processor time of Janus", of(ours, "cpu_s") / of(theirs, "cpu_s"));
        }
        let mut note = format!("{} listeners, {:.0} MiB at most", shape.listeners, of(runs, "peak_mib"));
        if runs.iter().any(|run| run["kept_pace"] == false) {
            note += "; the load fell behind, which makes the times void";
        }
        let name = format!("{who}, {} streams", shape.streams);
        table.say(&name, says, note, runs.as_slice().into());
    }
}

fn load(ground: &Ground, server: &str, address: &str, shape: &Shape) -> Result<Value> {
    let output = Command::new("taskset")
        .args(["--cpu-list", "1"])
        .arg(&ground.media)
        .args(["load", server, address, &shape.streams.to_string(), &shape.listeners.to_string(), SECONDS])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the measuring program")?;
    if !output.status.success() {
        bail!("the measuring program ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("the measuring program said nothing that can be read")
}

/// Instructions for one packet, without the kernel's and without the handshake's.
fn instructions(ground: &Ground, table: &mut Table) -> Result<()> {
    if !tool::is_there("valgrind", &["--version"]) {
        println!("skipped: not installed. To get it: sudo apt-get install valgrind");
        return Ok(());
    }
    let each = a_packet(&ground.media)?;
    println!("forwarding: {each} instructions a packet");
    let note = "of a stream that one hears; the kernel's are not in it".to_owned();
    table.say("forwarding, instructions", format!("{each} a packet"), note, each.into());
    Ok(())
}

/// An address of this machine that is not the loopback, which Janus does not offer; the loopback where there is no other.
fn address() -> String {
    let own = || {
        let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
        // Nothing is sent: the kernel is asked which way it would go.
        socket.connect("198.51.100.1:9").ok()?;
        socket.local_addr().ok()
    };
    own().map_or_else(|| "127.0.0.1".to_owned(), |own| own.ip().to_string())
}
