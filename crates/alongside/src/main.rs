//! The binary: commands, configuration, wiring.
//!
//! Invariants: nothing of the domain is decided here, and nothing is printed that a person's name, number or words stand in,
//! but for `replay`, `sim` and `link`, whose business that is.

mod command;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// A message is folded and judged in many small pieces: making and giving them back was an eighth of a replay's time with glibc's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The live desk of the domestic-abuse specialists in a police control room.
#[derive(Parser)]
#[command(name = "alongside", version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server on a data folder.
    Serve(Box<command::serve::Options>),
    /// Play a live night of the synthetic force, with one sign-in link per role.
    Demo(command::demo::Options),
    /// Load recorded messages (.jsonl, also .gz or .zst), or CSV extracts by a map.
    Import(command::import::Options),
    /// Run the desk over recorded messages with the clock that they carry, and print every flag as it is raised and cleared.
    Replay(command::replay::Options),
    /// Try a policy on a data folder's own past: what it would have raised and missed, and the work that it would make.
    Lab(command::lab::Options),
    /// Look people up among records, with the reasons for each candidate and, with labels, how often that was right.
    Link(command::link::Options),
    /// Read every entry of a data folder again and check every digest.
    Verify(command::verify::Options),
    /// Write the synthetic force's history, nights and truth.
    Sim(command::sim::Options),
    /// Accounts and feed tokens of a data folder.
    Admin(command::admin::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(options) => command::serve::run(&options),
        Command::Demo(options) => command::demo::run(&options),
        Command::Import(options) => command::import::run(&options),
        Command::Replay(options) => command::replay::run(&options),
        Command::Lab(options) => command::lab::run(&options),
        Command::Link(options) => command::link::run(&options),
        Command::Verify(options) => command::verify::run(&options),
        Command::Sim(options) => command::sim::run(&options),
        Command::Admin(options) => command::admin::run(&options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("alongside: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_read() {
        super::Cli::command().debug_assert();
    }
}
