//! How long a case waits for a specialist's eyes, by the order in which a room looks at what it has: `cargo xtask bench eyes`
//! runs this.
//!
//! - [`list`]: the orders that are compared.
//! - [`room`]: the feed, the desk, and specialists who look at one case after another by the feed's own clock.
//! - [`tally`]: what was missed, by the simulator's truth, against who looked when.
//! - [`chart`]: the picture for the documentation.
//!
//! The simulated room does not act on what it finds: a look ends, the next begins. So nothing here says that anybody was made
//! safer; it says who was seen, and when.

mod chart;
mod list;
mod room;
mod tally;

use std::path::PathBuf;
use std::sync::Arc;

use alongside_desk::Desk;
use alongside_desk::replay::Replay;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::Policy;
use alongside_desk::watch::lexicon::{LEXICON, Lexicon};
use alongside_sim::{Options, Seed, night, truth, write_history};
use anyhow::{Context, Result, anyhow};
use clap::Parser;
use serde_json::json;

use self::list::Order;
use self::room::Room;
use self::tally::Tally;

#[derive(Parser)]
struct Asked {
    /// Seeds: each is another force and other days
    #[arg(long, value_delimiter = ',', default_value = "11,12,13,14,15,16")]
    seeds: Vec<u64>,
    /// Live days for each seed, after one that is not counted
    #[arg(long, default_value_t = 4)]
    days: i64,
    /// Years of history that the force comes with
    #[arg(long, default_value_t = 1)]
    years: u32,
    /// Minutes of a look, in the middle (assumed: no force has published it); each is between half and twice of it
    #[arg(long, default_value_t = 15)]
    look: i64,
    /// Where the chart goes, as SVG
    #[arg(long)]
    chart: Option<PathBuf>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// Specialists at once.
const STAFFING: [usize; 2] = [2, 1];

fn main() -> Result<()> {
    let asked = Asked::parse();
    let mut tallies: Vec<(usize, Order, Tally)> = STAFFING
        .into_iter()
        .flat_map(|staff| Order::ALL.into_iter().map(move |order| (staff, order, Tally::default())))
        .collect();
    let mut reports = 0;
    for seed in &asked.seeds {
        let live = Timestamp::parse("2026-09-07T00:00:00+01:00").context("the day that goes live")?;
        let options = Options { years: asked.years, scripted: false, ..Options::new(*seed, live) };
        let (from, to) = (live.plus(Period::hours(24)), live.plus(Period::hours(24 * (1 + asked.days))));
        let mut before = Replay::new(desk()?, None);
        feed_history(&options, &mut before)?;
        for due in night(&options, live, from) {
            before.line(0, &due.json);
            drop(before.drain());
        }
        let feed: Vec<_> = night(&options, from, to).collect();
        let missed: Vec<_> = truth(&options, from, to).missed;
        reports += asked.days * i64::from(options.reports_a_day);
        for (staff, order, tally) in &mut tallies {
            let looks = Seed::new(*seed).branch("looks", 0);
            let room = Room::new(before.clone(), from, *staff, *order, asked.look, looks)?;
            let watched = room.run(&feed, to)?;
            tally.take(&missed, &watched, asked.days, to);
            eprintln!("seed {seed}, {staff} on, {}: {}", order.title(), tally.in_words());
        }
    }
    let said = tallies.iter().map(|(staff, order, tally)| tally.json(*staff, order.title())).collect::<Vec<_>>();
    println!("{}", json!({ "reports": reports, "look_minutes": asked.look, "seeds": asked.seeds, "found": said }));
    if let Some(path) = asked.chart {
        std::fs::write(&path, chart::svg(&tallies)).context("the chart cannot be written")?;
    }
    Ok(())
}

fn desk() -> Result<Desk> {
    let lexicon = Lexicon::parse(LEXICON).map_err(|problems| anyhow!("the lexicon has {} mistakes", problems.len()))?;
    Ok(Desk::new(Arc::new(Policy::shipped()), Arc::new(lexicon)))
}

fn feed_history(options: &Options, replay: &mut Replay) -> Result<()> {
    let mut text = Vec::new();
    write_history(&mut text, options, &mut |_| {}).context("the history cannot be made")?;
    for line in std::str::from_utf8(&text).context("the history is text")?.lines() {
        replay.line(0, line);
        drop(replay.drain());
    }
    Ok(())
}
