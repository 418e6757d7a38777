//! Streams to a server, listeners from it, and what it did meanwhile.

use std::net::{IpAddr, UdpSocket};
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::Result;
use crate::janus::Janus;
use crate::latency::Latency;
use crate::listener::{Listener, Sent};
use crate::server::{Ours, Server, peak_mib, processor_s};

/// How much is asked of it.
pub struct Shape {
    pub streams: usize,
    /// The first so many streams have a listener each.
    pub listeners: usize,
    /// How long it is measured, after two seconds that are not.
    pub seconds: u64,
}

/// A packet of each stream in this time, each stream at a moment of its own, as calls begin when they begin.
const PACKET: Duration = Duration::from_millis(20);
const WARM_UP: Duration = Duration::from_secs(2);
/// What was sent last has come by then, or is lost.
const LATE: Duration = Duration::from_millis(300);
/// The library's own clock.
const TICK: Duration = Duration::from_millis(50);

struct Load {
    sockets: UdpSocket,
    to: Vec<(IpAddr, u16)>,
    sent: Vec<Sent>,
    listeners: Vec<Listener>,
    latency: Latency,
    epoll: std::os::fd::OwnedFd,
    ticked: Instant,
}

/// Measures once and says what it found.
pub fn run(server: &str, address: IpAddr, shape: &Shape) -> Result<()> {
    let mut server: Box<dyn Server> = match server {
        "ours" => Box::new(Ours::start(address, shape.streams)?),
        "janus" => Box::new(Janus::start(address, shape.streams)?),
        _ => return Err("ours or janus".into()),
    };
    let mut load = Load::new(address, server.as_mut(), shape)?;
    let begun = Instant::now();
    load.until(None, |load| load.listeners.iter().all(|listener| listener.is_connected))?;
    let joined_s = begun.elapsed().as_secs_f64();
    load.send_for(WARM_UP)?;
    load.latency = Latency::new();
    let (before_s, sent_before, heard_before) = (processor_s(server.process())?, load.sent_to_heard(), load.heard());
    let began = Instant::now();
    load.send_for(Duration::from_secs(shape.seconds))?;
    let (wall_s, cpu_s) = (began.elapsed().as_secs_f64(), processor_s(server.process())? - before_s);
    let until = Instant::now() + LATE;
    load.until(Some(until), |_| false)?;
    let (sent, heard) = (load.sent_to_heard() - sent_before, load.heard() - heard_before);
    let all: u64 = sent + (shape.streams - shape.listeners) as u64 * shape.seconds * 50;
    let behind_ms = load.behind(wall_s, all);
    println!(
        "{{\"streams\":{},\"listeners\":{},\"sent\":{sent},\"heard\":{heard},\"opened\":{},\"cpu_s\":{cpu_s:.4},\
         \"wall_s\":{wall_s:.3},\"share\":{:.4},\"us_a_packet\":{:.3},\"p50_us\":{},\"p99_us\":{},\"peak_mib\":{:.0},\
         \"joined_s\":{joined_s:.2},\"kept_pace\":{behind_ms}}}",
        shape.streams,
        shape.listeners,
        load.listeners.iter().map(|listener| listener.opened).sum::<u64>(),
        cpu_s / wall_s,
        cpu_s * 1e6 / all as f64,
        load.latency.share(0.5),
        load.latency.share(0.99),
        peak_mib(server.process())?,
    );
    Ok(())
}

impl Load {
    fn new(address: IpAddr, server: &mut dyn Server, shape: &Shape) -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let to = server.ports().iter().map(|port| (address, *port)).collect();
        let mut listeners = Vec::new();
        for stream in 0..shape.listeners {
            let mut listener = Listener::new(address, stream)?;
            server.join(&mut listener.rtc, stream)?;
            epoll::add(&epoll, &listener.socket, epoll::EventData::new_u64(stream as u64), epoll::EventFlags::IN)?;
            listeners.push(listener);
        }
        let sent = (0..shape.streams).map(|_| Sent::new()).collect();
        let sockets = UdpSocket::bind((address, 0))?;
        Ok(Self { sockets, to, sent, listeners, latency: Latency::new(), epoll, ticked: Instant::now() })
    }

    /// Hears what comes until `end`, or until something is so, which must be within a minute.
    fn until(&mut self, end: Option<Instant>, done: impl Fn(&Self) -> bool) -> Result<()> {
        let latest = Instant::now() + Duration::from_secs(60);
        while !done(self) {
            let now = Instant::now();
            if end.is_some_and(|end| now >= end) {
                return Ok(());
            }
            if now >= latest {
                return Err("not everybody is connected within a minute".into());
            }
            self.hear(Duration::from_millis(1))?;
        }
        Ok(())
    }

    /// Sends every stream for so long, and hears what comes of it.
    fn send_for(&mut self, time: Duration) -> Result<()> {
        let (began, count) = (Instant::now(), self.sent.len());
        let gap = PACKET.div_f64(count as f64);
        let (mut number, mut packet) = (0_u32, [0xD5; 172]);
        loop {
            let due = began + gap.mul_f64(f64::from(number));
            if due >= began + time {
                return Ok(());
            }
            let now = Instant::now();
            if due <= now {
                let stream = number as usize % count;
                self.sent[stream].packet(stream, &mut packet);
                self.sockets.send_to(&packet, self.to[stream])?;
                number += 1;
            }
            // It looks after the listeners once for a few packets when it is behind, and all the time when it is not.
            if due > now || number.is_multiple_of(8) {
                self.hear(Duration::ZERO)?;
            }
        }
    }

    fn hear(&mut self, wait: Duration) -> Result<()> {
        let mut events = Vec::with_capacity(256);
        epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&Timespec::try_from(wait)?))?;
        for event in events {
            self.listeners[event.data.u64() as usize].hear(&self.sent, &mut self.latency)?;
        }
        let now = Instant::now();
        if now.duration_since(self.ticked) >= TICK {
            self.ticked = now;
            self.listeners.iter_mut().try_for_each(|listener| listener.wake(now))?;
        }
        Ok(())
    }

    /// Packets of the streams that somebody hears.
    fn sent_to_heard(&self) -> u64 {
        self.sent[..self.listeners.len()].iter().map(|sent| sent.count).sum()
    }

    fn heard(&self) -> u64 {
        self.listeners.iter().map(|listener| listener.heard).sum()
    }

    /// Whether the load was what it was meant to be: a generator that falls behind measures itself.
    fn behind(&self, wall_s: f64, sent: u64) -> bool {
        let meant = self.sent.len() as f64 * wall_s * 50.0;
        (sent as f64 - meant).abs() < meant * 0.01
    }
}
