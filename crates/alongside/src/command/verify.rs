//! `alongside verify`: every digest of a data folder, read again.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::progress;

/// What `verify` takes.
#[derive(clap::Args)]
pub struct Options {
    /// The data folder. It may be in use.
    #[arg(long, env = "ALONGSIDE_DATA")]
    data: PathBuf,
}

/// Runs the command: 0 when everything holds, 1 with every fault named.
///
/// # Errors
/// When the folder cannot be read at all.
pub fn run(options: &Options) -> Result<ExitCode> {
    let bar = progress::bar("Entries and views", 0);
    let report = alongside_journal::verify(&options.data, &mut |p| {
        bar.set_length(p.of);
        bar.set_position(p.done);
    })?;
    bar.finish_and_clear();
    println!("entries    {} in {} streams, {} redacted", report.entries, report.streams, report.redacted);
    println!("views      {}", report.views);
    println!("snapshots  {}", report.snapshots);
    println!("root       {}", hex(&report.root));
    println!("views root {}", hex(&report.views_root));
    for fault in &report.faults {
        println!("FAULT      {fault}");
    }
    if report.more_faults > 0 {
        println!("FAULT      and {} more", report.more_faults);
    }
    println!("{}", if report.is_sound() { "every digest holds" } else { "the journal has been changed or damaged" });
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
