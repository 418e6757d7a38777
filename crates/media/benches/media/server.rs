//! A server that is measured, whoever made it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::IpAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use str0m::Rtc;
use str0m::change::SdpAnswer;

use crate::Result;
use crate::listener::lines_to_hear;

/// The processor that a server runs on, alone; what measures it has the others.
pub const PROCESSOR: &str = "0";

/// What is asked of a server.
pub trait Server {
    /// At which port it takes each stream.
    fn ports(&self) -> &[u16];
    /// Has a client hear a stream.
    fn join(&mut self, rtc: &mut Rtc, stream: usize) -> Result<()>;
    /// Its process.
    fn process(&self) -> u32;
}

/// Starts `program` on the server's processor alone.
pub fn pinned(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", PROCESSOR, program]);
    command
}

/// What all threads of a process have run on a processor, in seconds.
pub fn processor_s(process: u32) -> Result<f64> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread that has just ended is none that is measured.
        let Ok(said) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanoseconds += said.split(' ').next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}

/// The most memory that a process has held, in MiB.
pub fn peak_mib(process: u32) -> Result<f64> {
    let said = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no memory is told of")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
}

/// Ours.
pub struct Ours {
    child: Child,
    orders: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
    ports: Vec<u16>,
}

impl Ours {
    /// Starts it, with so many calls of one stream.
    pub fn start(address: IpAddr, streams: usize) -> Result<Self> {
        let own = std::env::current_exe()?;
        let mut child = pinned(&own.to_string_lossy())
            .args(["serve", &address.to_string(), &streams.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take();
        let mut says = BufReader::new(child.stdout.take().ok_or("it says nothing")?);
        let mut ports = Vec::new();
        for _ in 0..streams {
            let mut line = String::new();
            says.read_line(&mut line)?;
            ports.push(line.trim().strip_prefix("port ").ok_or("not a port")?.parse()?);
        }
        Ok(Self { child, orders, says, ports })
    }
}

impl Server for Ours {
    fn ports(&self) -> &[u16] {
        &self.ports
    }

    fn join(&mut self, rtc: &mut Rtc, stream: usize) -> Result<()> {
        let (offer, pending) = lines_to_hear(rtc)?;
        let offer = offer.to_sdp_string();
        let orders = self.orders.as_mut().ok_or("it takes no orders")?;
        write!(orders, "offer {stream} {}\n{offer}", offer.len())?;
        orders.flush()?;
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        let length = line.trim().strip_prefix("answer ").ok_or("not an answer")?.parse()?;
        let mut answer = vec![0; length];
        self.says.read_exact(&mut answer)?;
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&String::from_utf8(answer)?)?)?;
        Ok(())
    }

    fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ended = self.child.wait();
    }
}
