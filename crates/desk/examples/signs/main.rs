//! Scores the lexicon on labelled log lines: `cargo run -p alongside-desk --example signs -- [--wrong] [LINES]`.
//!
//! `LINES` is the set to score, `tests/signs/tune.jsonl` when none is given, or `-` for standard input. With `--wrong` it
//! also prints each line that was read wrongly, which is for the tuned set alone and is refused for any other.
//! `--lexicon FILE` reads another lexicon than the force's own.

mod score;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use alongside_desk::watch::lexicon::Lexicon;

/// What was asked for on the command line.
struct Asked {
    lexicon: PathBuf,
    lines: PathBuf,
    shows_wrong: bool,
}

fn main() -> ExitCode {
    match asked().and_then(|asked| run(&asked)) {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("signs: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> Result<Asked, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut asked = Asked {
        lexicon: root.join("policy/lexicon.toml"),
        lines: root.join("tests/signs/tune.jsonl"),
        shows_wrong: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--wrong" => asked.shows_wrong = true,
            "--lexicon" => asked.lexicon = words.next().ok_or("--lexicon names no file")?.into(),
            _ => asked.lines = word.into(),
        }
    }
    if asked.shows_wrong && asked.lines.file_name().is_none_or(|name| name != "tune.jsonl") {
        return Err("only the lines to tune on may be looked at; the held ones are for the figure alone".to_owned());
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<String, String> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let lexicon = Lexicon::parse(&read(&asked.lexicon)?)
        .map_err(|problems| problems.iter().map(|problem| format!("\n{problem}")).collect::<String>())?;
    let names = score::Names::parse(&read(&asked.lexicon.with_file_name("../tests/signs/indicators.toml"))?)?;
    let lines = if asked.lines.as_os_str() == "-" {
        let mut lines = String::new();
        std::io::stdin().read_to_string(&mut lines).map_err(|error| error.to_string())?;
        lines
    } else {
        read(&asked.lines)?
    };
    let score = score::Score::of(&lexicon, &names, &score::lines(&lines)?)?;
    let mut report = score.table();
    if asked.shows_wrong {
        score.wrong.iter().for_each(|wrong| report.push_str(&format!("{wrong}\n")));
    }
    Ok(report)
}
