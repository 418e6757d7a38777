//! `alongside serve`: the server on a data folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use alongside_desk::watch::lexicon::LEXICON;
use alongside_node::{Clock, Node, Options as NodeOptions, SystemClock};
use alongside_web::door::{Accounts, Gate, GateSettings, Limits};
use anyhow::{Context, Result};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::{policy, progress};
use crate::serve::recordings::Recordings;
use crate::serve::{Server, audio};

/// What `serve` takes.
#[derive(clap::Args)]
pub struct Options {
    /// The data folder; made when it is not there.
    #[arg(long, env = "ALONGSIDE_DATA")]
    data: PathBuf,
    /// Where to listen. Port 0 takes any that is free; the address is printed.
    #[arg(long, default_value = "127.0.0.1:8999")]
    listen: SocketAddr,
    /// The policy file to put in force, instead of the shipped one.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// The room's name, on the sign-in page.
    #[arg(long, default_value = "Control room")]
    room: String,
    /// The pages are reached by https (through a proxy): cookies say so.
    #[arg(long)]
    secure: bool,
    #[command(flatten)]
    audio: audio::Options,
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// When the folder or the address cannot be used.
pub fn run(options: &Options) -> Result<ExitCode> {
    logging();
    std::fs::create_dir_all(&options.data).with_context(|| format!("cannot make {}", options.data.display()))?;
    let text = policy::policy(options.policy.as_deref())?.text.to_string();
    let node = open_node(&options.data, &text, Arc::new(SystemClock))?;
    let settings = GateSettings {
        room: options.room.clone(),
        seats: Vec::new(),
        secure: options.secure,
        synthetic: super::demo::is_synthetic(&options.data),
        limits: Limits::default(),
    };
    let gate = Gate::new(Accounts::open(&options.data.join("accounts.db"))?, settings, None);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let audio = audio::start(&options.audio)?;
    let recordings = audio.as_ref().map(|audio| Recordings::start(&node, &audio.ears, &options.data)).transpose()?;
    runtime.block_on(async {
        let mut server = Server::bind(node.clone(), gate, options.listen).await?;
        if let Some(audio) = &audio {
            server.ears = audio.ears.clone();
            for way in audio.ways() {
                println!("calls are recorded to {way}");
            }
        }
        println!("listening on http://{}", server.address()?);
        server.run(&options.data, stop_on_signal()).await
    })?;
    // That every recording ends is written down while the node is there.
    drop(recordings);
    drop(audio);
    node.shutdown();
    Ok(ExitCode::SUCCESS)
}

/// Opens the node of a folder, with a progress bar while it reads.
///
/// # Errors
/// When another process has the folder, or it cannot be read.
pub fn open_node(data: &std::path::Path, policy: &str, clock: Arc<dyn Clock>) -> Result<Node> {
    let bar = progress::bar("Reading the journal", 0);
    let options = NodeOptions { clock, ..NodeOptions::new(policy, LEXICON) };
    let node = Node::open(data, options, &mut |p| {
        bar.set_length(p.of.0);
        bar.set_position(p.done.0);
    })?;
    bar.finish_and_clear();
    for problem in node.status().policy_problems {
        eprintln!("the policy file: {problem}; the last good policy stays in force");
    }
    Ok(node)
}

/// Turns true when the process is asked to end.
pub fn stop_on_signal() -> watch::Receiver<bool> {
    let (stop, told) = watch::channel(false);
    tokio::spawn(async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminated = std::future::pending::<()>();
        tokio::select! { _ = interrupted => {}, () = terminated => {} }
        let _ = stop.send(true);
    });
    told
}

/// Log lines go to standard error, once, and hold no one's data.
pub fn logging() {
    let filter = without_words(EnvFilter::try_from_env("ALONGSIDE_LOG").unwrap_or_else(|_| "warn".into()));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// The HTTP client tells, to whoever asks for everything, every byte that it reads: the words of calls, where a machine writes them.
fn without_words(filter: EnvFilter) -> EnvFilter {
    match "ureq_proto::util=off".parse() {
        Ok(never) => filter.add_directive(never),
        Err(_) => EnvFilter::new("warn"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whatever_is_asked_of_the_log_no_words_of_a_call_are_in_it() {
        for asked in ["trace", "ureq_proto=trace", "ureq_proto::util=trace"] {
            let lines = Lines::default();
            let writer = lines.clone();
            let filter = without_words(EnvFilter::new(asked));
            let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone()).finish();
            tracing::subscriber::with_default(log, || {
                tracing::trace!(target: "ureq_proto::util", "he is outside");
                tracing::trace!(target: "ureq_proto::client", "an answer");
            });
            let lines = String::from_utf8(lines.0.lock().expect("not poisoned").clone()).expect("text");
            assert!(!lines.contains("he is outside"), "{asked}: {lines}");
            assert_eq!(lines.contains("an answer"), asked != "ureq_proto::util=trace", "the rest is as it was asked");
        }
    }
}
