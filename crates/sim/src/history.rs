//! Three years of domestic abuse reports as messages, in the order in which they were known.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use crate::calendar::{Calendar, Options, Report};
use crate::incident::{Plan, tell};
use crate::line::{Line, instant};
use crate::person::Force;
use crate::sheet::{Sheet, on_file};
use crate::staff;
use crate::truth::Mention;

/// A line that waits for its turn: first by when it is known, then by when it was made.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    known_s: i64,
    made: u64,
    json: String,
}

/// The history, a message at a time. Memory grows with what lies open at one time (six weeks), not with the years.
pub struct History {
    force: Force,
    reports: std::vec::IntoIter<Report>,
    scripted: std::vec::IntoIter<Plan>,
    next_report: Option<Report>,
    next_scripted: Option<Plan>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    sheet: Sheet,
    made: u64,
    tail: bool,
    mentions: Option<Vec<Mention>>,
}

/// The messages of the history, those known before it goes live.
pub fn history(options: &Options) -> History {
    History::new(options, &Calendar::new(options), i64::MIN, false)
}

impl History {
    /// The history from the first report at or after `since_s`; with `tail`, also what becomes known after it goes live.
    pub(crate) fn new(options: &Options, calendar: &Calendar, since_s: i64, tail: bool) -> Self {
        let force = options.force();
        let reports: Vec<Report> = calendar.reports.iter().filter(|r| r.called_s >= since_s).copied().collect();
        let scripted = if options.scripted { force.scripted_reports() } else { Vec::new() };
        let scripted: Vec<Plan> = scripted.into_iter().filter(|plan| plan.called_s >= since_s).collect();
        let mut waiting = BinaryHeap::new();
        let mut made = 0;
        for line in staff::listed(force.seed, force.from_s) {
            if !tail {
                made += 1;
                waiting.push(Reverse(Waiting { known_s: line.known_s, made, json: line.json }));
            }
        }
        let (mut reports, mut scripted) = (reports.into_iter(), scripted.into_iter());
        let (next_report, next_scripted) = (reports.next(), scripted.next());
        let sheet = Sheet::default();
        Self { force, reports, scripted, next_report, next_scripted, waiting, sheet, made, tail, mentions: None }
    }

    /// Keeps who is who, for [`History::mentions`].
    pub(crate) fn with_mentions(mut self) -> Self {
        self.mentions = Some(Vec::new());
        self
    }

    /// Who is who, in what was made since the last time this was asked.
    pub(crate) fn mentions(&mut self) -> Vec<Mention> {
        self.mentions.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn next_called_s(&self) -> Option<i64> {
        let report = self.next_report.map(|r| r.called_s);
        let scripted = self.next_scripted.as_ref().map(|p| p.called_s);
        report.into_iter().chain(scripted).min()
    }

    fn tell_next(&mut self) {
        let force = self.force;
        let report_s = self.next_report.map_or(i64::MAX, |r| r.called_s);
        if self.next_scripted.as_ref().is_some_and(|plan| plan.called_s <= report_s) {
            if let Some(plan) = std::mem::replace(&mut self.next_scripted, self.scripted.next()) {
                let reference = force.reference(crate::person::PEOPLE / 2 - 1, plan.called_s);
                self.sheet.begin(format!("e{}", plan.called_s), reference);
                tell(&force, &plan, &mut self.sheet);
            }
        } else if let Some(report) = std::mem::replace(&mut self.next_report, self.reports.next()) {
            let times = force.report_times(report.pair);
            let plan = force.plan_past(&report, &times);
            self.sheet
                .begin(format!("h{}-{}", report.called_s, report.pair), force.reference(report.pair, report.called_s));
            tell(&force, &plan, &mut self.sheet);
            if report.nth == 0
                && let Some(order) = plan.order
            {
                order_made(&force, &plan, order, &mut self.sheet);
            }
        }
        for Line { known_s, json } in self.sheet.lines.drain(..) {
            self.made += 1;
            self.waiting.push(Reverse(Waiting { known_s, made: self.made, json }));
        }
        self.sheet.missed.clear();
        match &mut self.mentions {
            Some(list) => list.append(&mut self.sheet.mentions),
            None => self.sheet.mentions.clear(),
        }
    }
}

/// A court protects her.
fn order_made(force: &Force, plan: &Plan, (from_s, until_s): (i64, i64), sheet: &mut Sheet) {
    let mut draw = plan.seed.branch("order", 0).draw();
    let (victim, suspect) = force.people(&plan.pair);
    let (her, him) = (on_file(force, &victim, from_s, &mut draw), on_file(force, &suspect, from_s, &mut draw));
    let kind = *draw.pick(&["non_molestation", "non_molestation", "restraining", "occupation"]);
    let order = format!("O-{}", sheet.incident());
    let street = force.home(victim.household(from_s)).street();
    let away = format!("Not to go within 100 metres of {street}");
    let said = sheet.apart(from_s, "order.made", staff::RECORDS, |o, clock| {
        o.text("order", &order)
            .text("kind", kind)
            .json("subject", &him.json)
            .json("protects", &format!("[{}]", her.json));
        o.texts("conditions", &["Not to use or threaten violence", &away]);
        o.time("from", from_s, clock).time("until", until_s, clock);
    });
    sheet.mention(said, "/subject", &suspect);
    sheet.mention(said, "/protects/0", &victim);
}

impl Iterator for History {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            // A report may put messages up to six hours before its call (a release that came before it).
            let called_s = self.next_called_s();
            let ready =
                self.waiting.peek().is_some_and(|Reverse(w)| called_s.is_none_or(|c| w.known_s < c - 6 * 3_600));
            if ready {
                let Reverse(first) = self.waiting.pop()?;
                if !self.tail && first.known_s >= self.force.live_s {
                    return None;
                }
                return Some(Line { known_s: first.known_s, json: first.json });
            }
            called_s?;
            self.tell_next();
        }
    }
}

/// Writes the history, one message a line; `progress` is told how many there are so far, every few thousand and at the end.
///
/// # Errors
/// What the writer says.
pub fn write_history(out: &mut impl Write, options: &Options, progress: &mut dyn FnMut(u64)) -> io::Result<u64> {
    let mut count = 0_u64;
    for line in history(options) {
        out.write_all(line.json.as_bytes())?;
        out.write_all(b"\n")?;
        count += 1;
        if count.is_multiple_of(8_192) {
            progress(count);
        }
    }
    progress(count);
    Ok(count)
}

/// Writes who is who in the history, one `person` of a message a line.
///
/// # Errors
/// What the writer says.
pub fn write_history_truth(out: &mut impl Write, options: &Options) -> io::Result<u64> {
    let mut history = History::new(options, &Calendar::new(options), i64::MIN, false).with_mentions();
    let mut count = 0;
    let mut more = true;
    while more {
        more = history.next().is_some_and(|line| instant(line.known_s) < options.live_from);
        for mention in history.mentions() {
            writeln!(out, "{}", mention.json())?;
            count += 1;
        }
    }
    Ok(count)
}
