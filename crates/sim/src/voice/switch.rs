//! The synthetic force's switch: it has each call recorded by a server while the call goes on, by UDP.
//!
//! One thread carries every call: every 20 ms a packet of each voice, between them what the server says. A dialogue that has
//! been said is said again after a while, so that a call that lasts is never silent for good.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use alongside_media::g711;

use super::dialog::{Dialog, Recorded, Said, read};
use super::dialogue::Dialogue;
use super::speech::{Speech, Voices};

/// How long a packet's audio is.
const PACKET: Duration = Duration::from_millis(20);
/// The same in samples, which are bytes.
const SAMPLES: usize = 160;
/// Packets of silence before a dialogue is said again: four seconds.
const PAUSE: usize = 200;
/// A request that is not answered is sent again after so long, by UDP (RFC 3261, T1).
const AGAIN: Duration = Duration::from_millis(500);
/// It is given up after so many times.
const TRIES: u32 = 8;

/// A call that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    /// The telephony system's reference.
    pub call: String,
    /// The caller's number; none where it is withheld.
    pub from: Option<String>,
    /// The call handler's staff number.
    pub handler: String,
}

enum Order {
    Record(Ringing),
    End(String),
}

/// The running switch. Dropping it ends every recording session.
pub struct Switch {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Switch {
    /// Starts it, on a port of the address from which it speaks to the server.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(here: IpAddr, server: SocketAddr, speech: Speech) -> io::Result<Self> {
        let socket = UdpSocket::bind((here, 0))?;
        socket.set_nonblocking(true)?;
        let (orders, taken) = channel();
        let carrier = Carrier { here: socket.local_addr()?, socket, server, speech, calls: HashMap::new(), made: 0 };
        let thread = std::thread::Builder::new().name("switch".to_owned()).spawn(move || carrier.run(&taken))?;
        Ok(Self { orders: Some(orders), thread: Some(thread) })
    }

    /// A call begins, and is recorded from now on.
    pub fn record(&self, ringing: Ringing) {
        self.tell(Order::Record(ringing));
    }

    /// The call of this reference has ended.
    pub fn end(&self, call: &str) {
        self.tell(Order::End(call.to_owned()));
    }

    fn tell(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // A thread that has ended has no calls either.
            let _ended = orders.send(order);
        }
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// A call that is recorded, or is to be.
struct Call {
    ringing: Ringing,
    dialog: Dialog,
    /// The caller's line and the handler's.
    lines: [UdpSocket; 2],
    voices: Arc<Voices>,
    /// Where its audio is wanted, once the server has said so.
    to: Option<[u16; 2]>,
    packets: usize,
    asked: (Instant, u32),
}

struct Carrier {
    socket: UdpSocket,
    here: SocketAddr,
    server: SocketAddr,
    speech: Speech,
    /// By Call-ID.
    calls: HashMap<String, Call>,
    made: u64,
}

impl Carrier {
    fn run(mut self, orders: &Receiver<Order>) {
        let mut due = Instant::now();
        loop {
            loop {
                match orders.try_recv() {
                    Ok(Order::Record(ringing)) => self.record(ringing),
                    Ok(Order::End(call)) => self.end(|one| one.ringing.call == call),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return self.end(|_| true),
                }
            }
            self.hear();
            let now = Instant::now();
            self.speak(now);
            // A machine that slept does not say at once what it has not said meanwhile.
            due = (due + PACKET).max(now);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }

    fn record(&mut self, ringing: Ringing) {
        let line = || UdpSocket::bind((self.here.ip(), 0));
        // A machine without a free port has one call less to hear.
        let (Ok(caller), Ok(handler)) = (line(), line()) else { return };
        let voices = self.speech.voices(Dialogue::of(&ringing.call));
        self.made += 1;
        let id = format!("{}-{}", self.here.port(), self.made);
        let dialog = Dialog { id: id.clone(), here: self.here, server: self.server, to: None };
        let asked = (Instant::now(), 0);
        let mut call = Call { ringing, dialog, lines: [caller, handler], voices, to: None, packets: 0, asked };
        call.ask(&self.socket);
        self.calls.insert(id, call);
    }

    fn end(&mut self, which: impl Fn(&Call) -> bool) {
        let (socket, server) = (&self.socket, self.server);
        self.calls.retain(|_, call| {
            let is_over = which(call);
            if is_over {
                let _lost = socket.send_to(call.dialog.bye().as_bytes(), server);
            }
            !is_over
        });
    }

    fn hear(&mut self) {
        let mut buffer = [0; 65_535];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let Some(text) = std::str::from_utf8(&buffer[..length]).ok().filter(|_| from == self.server) else {
                continue;
            };
            match read(text) {
                Said::Recorded { id, to, ports } => {
                    if let Some(call) = self.calls.get_mut(&id) {
                        call.dialog.to = Some(to);
                        call.to = Some(ports);
                        let _lost = self.socket.send_to(call.dialog.ack().as_bytes(), self.server);
                    }
                }
                Said::Refused(id, _) => drop(self.calls.remove(&id)),
                Said::Asks(answer) => {
                    let _lost = self.socket.send_to(answer.as_bytes(), self.server);
                }
                Said::Other => {}
            }
        }
    }

    fn speak(&mut self, now: Instant) {
        let (socket, server) = (&self.socket, self.server);
        self.calls.retain(|_, call| match call.to {
            Some(ports) => {
                call.say(server.ip(), ports);
                true
            }
            None if now.duration_since(call.asked.0) < AGAIN => true,
            None if call.asked.1 < TRIES => {
                call.ask(socket);
                true
            }
            None => false,
        });
    }
}

impl Call {
    fn ask(&mut self, socket: &UdpSocket) {
        let port = |line: &UdpSocket| line.local_addr().map_or(0, |here| here.port());
        let recorded = Recorded {
            call: &self.ringing.call,
            from: self.ringing.from.as_deref(),
            handler: &self.ringing.handler,
            ports: [port(&self.lines[0]), port(&self.lines[1])],
        };
        let _lost = socket.send_to(self.dialog.invite(&recorded).as_bytes(), self.dialog.server);
        self.asked = (Instant::now(), self.asked.1 + 1);
    }

    /// The next packet of both voices.
    fn say(&mut self, host: IpAddr, ports: [u16; 2]) {
        let length = self.voices.caller.len().div_ceil(SAMPLES) + PAUSE;
        let from = (self.packets % length) * SAMPLES;
        for (place, voice) in [&self.voices.caller, &self.voices.handler].into_iter().enumerate() {
            let mut packet = Vec::with_capacity(12 + SAMPLES);
            packet.extend([0x80, if self.packets == 0 { 0x88 } else { 8 }]);
            packet.extend((self.packets as u16).to_be_bytes());
            packet.extend((self.packets as u32).wrapping_mul(SAMPLES as u32).to_be_bytes());
            packet.extend((place as u32 + 1).to_be_bytes());
            packet.extend(voice.iter().skip(from).take(SAMPLES));
            packet.resize(12 + SAMPLES, g711::SILENCE);
            let _lost = self.lines[place].send_to(&packet, (host, ports[place]));
        }
        self.packets += 1;
    }
}
