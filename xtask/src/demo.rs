//! `cargo xtask demo`: from a fresh clone to a live synthetic night in one command.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::{assets, run, tool};

/// What the demo may be told.
#[derive(Args)]
pub struct Demo {
    /// How many times faster than life the night runs
    #[arg(long)]
    speed: Option<String>,
    /// The seed that the synthetic force is made from
    #[arg(long)]
    seed: Option<String>,
    /// The data folder [default: demo-data in the repository]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Anything else for `alongside demo`, after `--`
    #[arg(last = true)]
    rest: Vec<String>,
}

impl Demo {
    /// Builds what the demo needs and becomes `alongside demo`, so that Ctrl-C reaches it and nothing stands between.
    ///
    /// # Errors
    /// Names what is missing on the machine and how to get it, or what does not build.
    pub fn run(self, root: &Path) -> Result<ExitCode> {
        tool::require(&[tool::C_COMPILER, tool::NODE, tool::NPM])?;
        println!("Building the pages' assets");
        assets::build(root)?;
        println!("Building Alongside (a few minutes the first time)");
        let binary = run::build_alongside(root)?;

        let mut demo = std::process::Command::new(&binary);
        demo.arg("demo").arg("--data").arg(self.data.unwrap_or_else(|| root.join("demo-data")));
        for (flag, value) in [("--speed", self.speed), ("--seed", self.seed)] {
            demo.args(value.map(|value| [flag.to_owned(), value]).into_iter().flatten());
        }
        Err(demo.args(self.rest).exec()).with_context(|| format!("cannot start {}", binary.display()))
    }
}
