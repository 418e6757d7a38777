//! `cargo xtask bench`: the figures, measured on the release build with what the synthetic force says, never asserted.
//!
//! - [`figure`]: what one figure is, medians, the table and the JSON file.
//! - [`process`]: a program run to its end, with its processor time and its memory.
//! - [`product`]: replay, import, verify and start, by the product's own commands.
//! - [`inside`]: what no command gives by itself, by `crates/alongside/benches/figures.rs`.
//! - [`browser`]: from the feed's POST to the changed row, and from a prompt's Enter to the handler's screen.
//! - [`media`]: what forwarding live audio costs, by `crates/media/benches/media`.
//! - [`link`]: who one new person may be, among a million and ten million, by `crates/alongside/benches/linking.rs`.
//! - [`lab`]: a changed policy tried on years of history.
//! - [`eyes`]: how long a case waits for a specialist's eyes, by `crates/alongside/benches/eyes`.
//!
//! A peer, where there is one, does the same work in the same run, block by block in turn, and is given as a ratio: a ratio
//! survives a busy machine, a time does not. Another peer is another entry in `peer` of a figure.

mod browser;
mod chart;
mod eyes;
mod figure;
mod inside;
mod lab;
mod link;
mod media;
mod process;
mod product;

pub use inside::program;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use clap::builder::PossibleValuesParser;

use self::figure::{Figure, Table};
use crate::run::{cargo, run, target};
use crate::{assets, tool};

/// What `bench` may be told.
#[derive(Args)]
pub struct Bench {
    /// Stages, in the order in which they run; all when none is named
    #[arg(value_parser = PossibleValuesParser::new(STAGES.iter().map(|stage| stage.name)))]
    stages: Vec<String>,
    /// How many times each figure is measured; the median is shown
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// How many messages of history and of the live feed, at most; for `lab` 9000000 are about what a force keeps of ten years
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
}

/// What every stage works with.
#[derive(Clone)]
pub struct Ground {
    /// The repository.
    root: PathBuf,
    /// Where this run's files are.
    folder: PathBuf,
    /// The product.
    alongside: PathBuf,
    /// The measuring program.
    figures: PathBuf,
    /// The measuring program of live audio.
    media: PathBuf,
    /// The linker's measuring program.
    linking: PathBuf,
    /// The simulated rooms.
    rooms: PathBuf,
    /// Messages of three years of history, one a line.
    history: PathBuf,
    /// As many messages of the live feed as of history.
    live: PathBuf,
    /// How many times each figure is measured.
    runs: usize,
    /// How many messages were asked for.
    messages: usize,
}

struct Stage {
    name: &'static str,
    run: fn(&Ground, &mut Table) -> Result<()>,
}

const STAGES: &[Stage] = &[
    Stage { name: "inside", run: inside::measure },
    Stage { name: "replay", run: product::replay },
    Stage { name: "instructions", run: inside::instructions },
    Stage { name: "start", run: product::start },
    Stage { name: "row", run: browser::row },
    Stage { name: "prompt", run: browser::prompt },
    Stage { name: "join", run: browser::join },
    Stage { name: "link", run: link::measure },
    Stage { name: "eyes", run: eyes::measure },
    Stage { name: "lab", run: lab::measure },
    Stage { name: "media", run: media::measure },
];

impl Bench {
    /// Builds, measures, and prints the table; the figures are kept as JSON too.
    ///
    /// # Errors
    /// When something does not build or run. A figure is never a reason to fail.
    pub fn run(&self, root: &Path) -> Result<ExitCode> {
        tool::require(&[tool::C_COMPILER, tool::NODE, tool::NPM])?;
        assets::build(root)?;
        println!("Building for release (some minutes the first time)");
        run(cargo(
            root,
            &[
                "build",
                "--release",
                "--package",
                "alongside",
                "--bin",
                "alongside",
                "--bench",
                "figures",
                "--bench",
                "eyes",
                "--bench",
                "linking",
                "--package",
                "alongside-media",
                "--bench",
                "media",
            ],
        ))?;
        let folder = target(root).join("bench");
        std::fs::create_dir_all(&folder).context("target/bench cannot be made")?;
        let release = target(root).join("release");
        let ground = Ground {
            root: root.to_owned(),
            alongside: release.join("alongside"),
            figures: inside::program(&release.join("deps"), "figures")?,
            media: inside::program(&release.join("deps"), "media")?,
            linking: inside::program(&release.join("deps"), "linking")?,
            rooms: inside::program(&release.join("deps"), "eyes")?,
            history: folder.join(format!("history-{}.jsonl", self.messages)),
            live: folder.join(format!("live-{}.jsonl", self.messages)),
            folder,
            runs: self.runs.max(1),
            messages: self.messages.max(1),
        };
        // Live audio and the linker need no messages, and the lab has its own.
        if self.stages.is_empty() || self.stages.iter().any(|name| !matches!(name.as_str(), "media" | "link" | "lab")) {
            product::make_messages(&ground, self.messages)?;
        }
        let mut table = Table::default();
        for stage in STAGES {
            if self.stages.is_empty() || self.stages.iter().any(|name| name == stage.name) {
                println!("\n== {}", stage.name);
                (stage.run)(&ground, &mut table)?;
            }
        }
        table.print();
        let path = ground.folder.join("figures.json");
        table.write(&path)?;
        println!("\nKept in {}", path.strip_prefix(root).unwrap_or(&path).display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Ground {
    /// Measures something as often as was asked for, with a line for each time.
    fn several(&self, name: &'static str, mut once: impl FnMut() -> Result<figure::Run>) -> Result<Figure> {
        let mut figure = Figure::new(name);
        for number in 1..=self.runs {
            let measured = once().with_context(|| name.to_owned())?;
            println!(
                "{name}, {number} of {}: {:.2} s, {:.2} s of processor time",
                self.runs, measured.wall_s, measured.cpu_s
            );
            figure.runs.push(measured);
        }
        Ok(figure)
    }
}
