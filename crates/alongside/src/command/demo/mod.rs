//! `alongside demo`: a live night of the synthetic force, in a folder marked as synthetic.
//!
//! The night goes in through the HTTP feed and its token, like a force's own. The clock of the node and of every page is one,
//! scaled; it stands still while the demo is stopped, and goes on from there at the next start.

mod voices;

use std::io::{BufRead, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alongside_desk::message::read_line;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::POLICY;
use alongside_node::{Clock, Line, ScaledClock};
use alongside_sim::{Options as Force, history, night};
use alongside_web::door::{Account, Accounts, DemoLinks, Gate, GateSettings, Limits, NewAccount, Role};
use anyhow::{Context, Result, bail};
use tokio::sync::watch;

use self::voices::Voices;
use super::serve::{logging, open_node, stop_on_signal};
use super::{instant, progress, sim::LIVE_FROM};
use crate::serve::recordings::Recordings;
use crate::serve::{Server, feeds};

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Options {
    /// The data folder; a new one is marked as synthetic, and no other will do.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// Where to listen. Port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:8999")]
    listen: SocketAddr,
    /// How many times as fast as the world the night goes by.
    #[arg(long, default_value_t = 12)]
    speed: u32,
    /// The seed that the force follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many years of history the force has.
    #[arg(long, default_value_t = 3)]
    years: u32,
    /// When the force goes live.
    #[arg(long, value_parser = instant, default_value = LIVE_FROM, hide = true)]
    live_from: Timestamp,
}

/// What a folder's marker says: which force it holds, and where its clock stood.
#[derive(serde::Serialize, serde::Deserialize)]
struct Marker {
    synthetic: bool,
    seed: u64,
    years: u32,
    live_from: Timestamp,
    /// History is loaded whole.
    loaded: bool,
    clock: Timestamp,
}

const MARKER: &str = "SYNTHETIC.json";
const FEED: &str = "synthetic-cad";

/// The handler who takes the second call of the scripted night: the companion of whoever has that number opens on it.
const SECOND_CALL_HANDLER: &str = "CH4345";

/// One invented person per role.
const PEOPLE: &[(&str, &str, Role)] = &[
    ("priya", "Priya Nandra", Role::Specialist),
    ("sam", "Sam Whitlock", Role::Specialist),
    ("quill", "Inspector Quill", Role::Supervisor),
    ("dee", "Dee Marlow", Role::Dispatcher),
    ("kit", "Kit Doyle", Role::Handler),
    ("rowe", "PC Rowe", Role::Officer),
    ("ada", "Ada Penrose", Role::Admin),
];

/// A message with a fault, as every force's systems send some: the administrator of a demonstration finds it in *Not taken*.
const FAULTY: &str = r#"{"id":"faulty-1","at":"2026-01-01T09:14:05Z","type":"incident.graded","incident":"test-1","by":"op3","grade":"urgent","reason":"grade word of the old system"}"#;

/// Whether a folder says of itself that nobody in it is real.
pub fn is_synthetic(folder: &Path) -> bool {
    folder.join(MARKER).exists()
}

impl Marker {
    fn read(folder: &Path) -> Result<Option<Self>> {
        match std::fs::read(folder.join(MARKER)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text).context("the folder's marker cannot be read")?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("the folder's marker cannot be read"),
        }
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let next = folder.join(format!("{MARKER}.new"));
        std::fs::write(&next, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(next, folder.join(MARKER)).context("the folder's marker cannot be written")
    }

    fn force(&self) -> Force {
        Force { years: self.years, ..Force::new(self.seed, self.live_from) }
    }
}

/// Runs the demo until it is told to stop.
///
/// # Errors
/// When the folder is not synthetic, or the folder or address cannot be used.
pub fn run(options: &Options) -> Result<ExitCode> {
    logging();
    let folder = &options.data;
    let mut marker = mark(options)?;
    let force = marker.force();
    let script = force.force().script_times();
    let policy = policy(marker.live_from);
    if !marker.loaded {
        marker.clock = script.start;
        load(folder, &policy, &marker)?;
        marker.loaded = true;
        marker.write(folder)?;
    }
    let clock = Arc::new(ScaledClock::new(marker.clock, options.speed));
    let node = open_node(folder, &policy, clock.clone())?;
    // A demo that was killed left the marker where it began: the night goes on from where the journal is.
    clock.skip(node.read(|desk| desk.state().clock).since(clock.now()));
    let accounts = Accounts::open(&folder.join("accounts.db"))?;
    let people = people(&accounts, clock.now())?;
    let links = DemoLinks::default();
    let mut lines = Vec::new();
    for account in &people {
        lines.push((account.clone(), links.make(account)?));
    }
    feeds::forget(folder)?;
    let token = feeds::grant(folder, FEED, "synthetic", false)?;
    let settings = GateSettings {
        room: "Synthetic force".to_owned(),
        seats: Vec::new(),
        secure: false,
        synthetic: true,
        limits: Limits::default(),
    };
    let gate = Gate::new(accounts, settings, Some(links));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let voices = Voices::start(options.listen).map(Arc::new);
    let recordings = voices.as_ref().ok().map(|voices| Recordings::start(&node, &voices.ears(), folder)).transpose()?;
    let stopping = Arc::new(AtomicBool::new(false));
    let started = marker.clock;
    runtime.block_on(async {
        let mut server = Server::bind(node.clone(), gate, options.listen).await?;
        let address = server.address()?;
        let sounds = match &voices {
            Ok(voices) => {
                server.ears = voices.ears();
                let supervisor = people.iter().find(|account| account.roles.contains(&Role::Supervisor));
                voices::sign_off(&node, supervisor.map_or("", |account| &*account.id)).await?;
                voices.says().to_owned()
            }
            Err(why) => format!("No call can be heard: {why:#}. The night goes by without."),
        };
        tokio::spawn(voices::keep_pace(node.clone(), clock.clone(), options.speed));
        say(options.speed, address, &lines, script.calls[1], clock.now());
        println!("{sounds}\n");
        let stop = stop_on_signal();
        keys(clock.clone(), stop.clone());
        let url = format!("http://{address}/api/v1/feeds/{FEED}/messages");
        let player =
            Player { force, clock: clock.clone(), url, token, voices: voices.ok(), stopping: stopping.clone() };
        let player = std::thread::spawn(move || player.play(started));
        let served = server.run(folder, stop).await;
        stopping.store(true, Ordering::Relaxed);
        clock.skip(Period::ZERO);
        let _ = tokio::task::spawn_blocking(move || player.join()).await;
        served
    })?;
    // The clock stands still until the next start.
    marker.clock = clock.now().max(marker.clock);
    marker.write(folder)?;
    // What ends now is written down before the journal closes.
    drop(recordings);
    node.shutdown();
    println!(
        "\nStopped at {}. The next start goes on from there.",
        marker.clock.local().strftime("%a %-d %b %H:%M:%S")
    );
    Ok(ExitCode::SUCCESS)
}

/// The shipped policy, with what a demonstration has otherwise.
fn policy(live_from: Timestamp) -> String {
    let live_from = format!("live_from = \"{live_from}\"");
    // Nobody on these calls is real: they are recorded, so that feedback can be heard.
    [
        ("on = { is = false, from = \"D\" }", "on = { is = true, from = \"the demonstration\" }"),
        ("# live_from = \"2026-01-01T00:00:00Z\"", &*live_from),
    ]
    .into_iter()
    .fold(POLICY.to_owned(), |policy, (shipped, here)| policy.replacen(shipped, here, 1))
}

/// The folder's marker; a new folder gets one, a folder without one is refused.
fn mark(options: &Options) -> Result<Marker> {
    let folder = &options.data;
    if let Some(marker) = Marker::read(folder)? {
        if marker.seed != options.seed || marker.years != options.years {
            bail!(
                "{} holds the force of seed {} with {} years: ask for that one, or for another --data",
                folder.display(),
                marker.seed,
                marker.years
            );
        }
        return Ok(marker);
    }
    if std::fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some()) {
        bail!("{} is not marked as synthetic: a demo never runs on a force's own data", folder.display());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let marker = Marker {
        synthetic: true,
        seed: options.seed,
        years: options.years,
        live_from: options.live_from,
        loaded: false,
        clock: options.live_from,
    };
    marker.write(folder)?;
    Ok(marker)
}

/// Makes the force's history, and the evening up to the start, and loads both.
fn load(folder: &Path, policy: &str, marker: &Marker) -> Result<()> {
    println!("Making a synthetic force of {} years, once. Nobody in it is real.", marker.years);
    let force = marker.force();
    let node = open_node(folder, policy, Arc::new(ScaledClock::new(marker.live_from, 1)))?;
    let bar = progress::bar("History", u64::from(marker.years) * 470_000);
    let lines = history(&force).map(|line| line.json);
    let report = node.import("synthetic-records", numbered(lines), &mut |p| bar.set_position(p.lines))?;
    bar.finish_and_clear();
    println!("{} messages of history.", report.taken);
    if let Some(fault) = report.faults.first() {
        bail!("line {} of the synthetic history: {} {}", fault.line, fault.fault.pointer, fault.fault.what);
    }
    let bar = progress::counter("The evening so far");
    let evening = night(&force, marker.live_from, marker.clock).map(|due| due.json);
    node.import(FEED, numbered(evening), &mut |p| bar.set_position(p.lines))?;
    bar.finish_and_clear();
    node.shutdown();
    Ok(())
}

fn numbered(lines: impl Iterator<Item = String>) -> impl Iterator<Item = Line> {
    lines.zip(1..).filter_map(|(json, number)| {
        let message = read_line(&json).ok()?.message;
        Some(Line { number, raw: json.into(), message })
    })
}

fn people(accounts: &Accounts, now: Timestamp) -> Result<Vec<Account>> {
    let mut found = Vec::new();
    for (name, shown, role) in PEOPLE {
        let account = match accounts.named(name)? {
            Some(account) => account,
            None => {
                let new = NewAccount {
                    name: (*name).to_owned(),
                    shown: (*shown).to_owned(),
                    staff: (*role == Role::Handler).then(|| SECOND_CALL_HANDLER.to_owned()),
                    roles: [*role].into(),
                    password: None,
                };
                accounts.add(&new, now)?
            }
        };
        found.push(account);
    }
    Ok(found)
}

fn say(speed: u32, address: SocketAddr, links: &[(Account, String)], second: Timestamp, now: Timestamp) {
    println!("\nA night at {speed} times the pace of the world. Synthetic data: nobody in it is real.\n");
    for (account, path) in links {
        let role = account.roles.iter().next().map_or("", |r| r.says());
        println!("  {role:14} {:18} http://{address}{path}", account.shown);
    }
    let minutes = second.since(now).ms() / 60_000;
    if minutes > 0 {
        println!(
            "\nIt is {}. In {minutes} minutes of the night somebody rings for the second time.",
            now.local().strftime("%a %-d %b %H:%M")
        );
    }
    println!("Enter: skip 5 minutes ahead. Ctrl-C: stop; the next start goes on from there.\n");
    let _ = std::io::stdout().flush();
}

/// The key to skip ahead, where somebody sits at the terminal.
fn keys(clock: Arc<ScaledClock>, stop: watch::Receiver<bool>) {
    if !std::io::stdin().is_terminal() {
        return;
    }
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || *stop.borrow() {
                break;
            }
            clock.skip(Period::minutes(5));
            println!("It is {}.", clock.now().local().strftime("%H:%M"));
        }
    });
}

/// Sends the night through the feed's door, each message at its time, and again until it has been acknowledged.
struct Player {
    force: Force,
    clock: Arc<ScaledClock>,
    url: String,
    token: String,
    voices: Option<Arc<Voices>>,
    stopping: Arc<AtomicBool>,
}

impl Player {
    fn play(&self, from: Timestamp) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build()
            .into();
        self.send(&agent, FAULTY);
        // Half a minute back: what was under way when the demo was stopped is sent again, and changes nothing.
        let mut from = from.minus(Period::seconds(30));
        while !self.is_stopping() {
            let to = from.plus(Period::hours(6));
            let mut batch: Vec<String> = Vec::new();
            let mut messages = night(&self.force, from, to).peekable();
            while let Some(due) = messages.next() {
                while self.clock.now() < due.at && !self.is_stopping() {
                    std::thread::sleep(Duration::from_millis(10));
                }
                if self.is_stopping() {
                    return;
                }
                batch.push(due.json);
                let more_due = messages.peek().is_some_and(|next| next.at <= self.clock.now());
                if !more_due || batch.len() >= 500 {
                    self.send(&agent, &batch.join("\n"));
                    if let Some(voices) = &self.voices {
                        batch.iter().for_each(|json| voices.follow(json));
                    }
                    batch.clear();
                }
            }
            from = to;
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    fn send(&self, agent: &ureq::Agent, lines: &str) {
        while !self.is_stopping() {
            let answer = agent
                .post(&self.url)
                .header("authorization", &format!("Bearer {}", self.token))
                .header("content-type", "application/x-ndjson")
                .send(lines);
            match answer {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) if matches!(answer.status().as_u16(), 429 | 503) => {}
                Ok(answer) => {
                    tracing::error!(status = answer.status().as_u16(), "the feed's door refused a batch of the night");
                    return;
                }
                Err(_) => {}
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[cfg(test)]
mod tests {
    use alongside_desk::watch::Policy;

    use super::*;

    #[test]
    fn the_shipped_policy_takes_what_a_demonstration_has_otherwise() {
        let live_from = Timestamp::from_ms(1_780_000_000_000);
        let text = policy(live_from);
        assert!(text.contains(&format!("\nlive_from = \"{live_from}\"")));
        assert!(Policy::parse(&text).expect("a policy").recording.on && !Policy::shipped().recording.on);
    }
}
