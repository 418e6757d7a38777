//! `alongside verify`: every digest of a data folder, read again, and the recordings that lie in it held against the journal.

mod recordings;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use self::recordings::{Told, lying_in};
use super::progress;
use crate::serve::recordings::FOLDER;

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
    let folder = options.data.join(FOLDER);
    let (files, mut told) = (lying_in(&folder)?, Told::default());
    let step = &mut |p: alongside_journal::VerifyProgress| {
        bar.set_length(p.of);
        bar.set_position(p.done);
    };
    let report = alongside_journal::verify_reading(&options.data, step, &mut |kind, version, body| {
        told.entry(kind, version, body);
    })?;
    bar.finish_and_clear();
    let recordings = told.hold_against(&folder, &files);
    println!("entries    {} in {} streams, {} redacted", report.entries, report.streams, report.redacted);
    println!("views      {}", report.views);
    println!("snapshots  {}", report.snapshots);
    println!("recordings {}, {} of them still being made", recordings.read, recordings.open);
    println!("root       {}", hex(&report.root));
    println!("views root {}", hex(&report.views_root));
    for fault in &report.faults {
        println!("FAULT      {fault}");
    }
    if report.more_faults > 0 {
        println!("FAULT      and {} more", report.more_faults);
    }
    for fault in &recordings.faults {
        println!("FAULT      {fault}");
    }
    let is_sound = report.is_sound() && recordings.faults.is_empty();
    println!("{}", if is_sound { "every digest holds" } else { "the folder has been changed or damaged" });
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
