//! The binary: commands, configuration, wiring.
//!
//! Invariants: nothing of the domain is decided here, and nothing is printed that a person's name, number or words stand in,
//! but for `replay` and `export`, whose business that is.

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The live desk of the domestic-abuse specialists in a police control room.
#[derive(Parser)]
#[command(name = "alongside", version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the desk over recorded messages with the clock that they carry, and print every flag as it is raised and cleared.
    Replay(command::replay::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Replay(options) => command::replay::run(&options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("alongside: {error:#}");
            ExitCode::FAILURE
        }
    }
}
