//! Calls that are recorded as they go on: real sockets, real files, and what a crash would leave of them.

use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use alongside_media::call::{CallId, StreamId};
use alongside_media::forward::{Listening, Settings, tap};
use alongside_media::g711;
use alongside_media::recording::{
    Fault, Keeper, KeeperSettings, Kept, Opener, RecordingId, SiteKey, length, path, recordings_in, sum,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const CALL: CallId = CallId(7);
const SITE: [u8; 32] = [9; 32];
/// The caller's byte, and the handler's.
const SAYS: [u8; 2] = [0x2A, 0x7E];

struct Room {
    listening: Listening,
    kept: Receiver<Kept>,
    wanted: Arc<AtomicBool>,
    switch: UdpSocket,
    ports: [SocketAddr; 2],
    sent: u16,
    began: Instant,
    // After what it hears by.
    _keeper: Keeper,
}

impl Room {
    fn new(folder: &Path, first_port: u16, wanted: bool) -> Self {
        let rtp_ports = first_port..=first_port + 19;
        let settings = Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports };
        let (notices, _) = channel();
        let listening = Listening::start(&settings, notices).expect("ports");
        let (tap, tapping) = tap();
        listening.keep(Some(tap)).expect("running");
        let wanted = Arc::new(AtomicBool::new(wanted));
        let asked = Arc::clone(&wanted);
        let is_wanted = Box::new(move || asked.load(Ordering::Relaxed));
        let (told, kept) = channel();
        let settings = KeeperSettings { folder: folder.to_owned(), site: SiteKey::new(SITE), is_wanted };
        let keeper = Keeper::start(settings, tapping, told).expect("a thread");
        let ports =
            [0, 1].map(|line| listening.open_stream(CALL, StreamId(line), line as usize, None).expect("a port"));
        let switch = UdpSocket::bind((HERE, 0)).expect("a port");
        Self { listening, kept, wanted, switch, ports, sent: 0, began: Instant::now(), _keeper: keeper }
    }

    /// Both speak for so many packets of 20 ms, at their pace.
    fn speak(&mut self, packets: u16) {
        for _ in 0..packets {
            for (port, byte) in self.ports.into_iter().zip(SAYS) {
                let mut packet = vec![0x80, 8];
                packet.extend(self.sent.to_be_bytes());
                packet.extend((u32::from(self.sent) * 160).to_be_bytes());
                packet.extend(u32::from(byte).to_be_bytes());
                packet.resize(172, byte);
                self.switch.send_to(&packet, port).expect("sent");
            }
            self.sent += 1;
            let next = self.began + Duration::from_millis(20) * u32::from(self.sent);
            self.wait(next);
        }
    }

    /// Waits for whatever would come back to the switch, which is nothing.
    fn wait(&self, until: Instant) {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left < Duration::from_millis(1) {
                return;
            }
            self.switch.set_read_timeout(Some(left)).expect("a socket");
            // A port that has closed refuses, which the kernel reports here.
            assert!(self.switch.recv(&mut [0; 64]).is_err(), "something came back to the switch");
        }
    }

    fn told(&self) -> Kept {
        self.kept.recv_timeout(Duration::from_secs(20)).expect("the keeper says something")
    }

    /// Which recording has begun, and how long after the call's first audio.
    fn began(&self) -> (RecordingId, Duration) {
        match self.told() {
            Kept::Began { call: CALL, recording, after } => (recording, after),
            other => panic!("{other:?}"),
        }
    }
}

/// What can be heard of a file: samples of each side that are what was said, and what is wrong.
fn heard(file: &Path) -> ([usize; 2], Vec<Fault>) {
    let mut opener = Opener::open(File::open(file).expect("a file"), &SiteKey::new(SITE)).expect("a recording");
    let (audio, faults) = opener.contents().expect("read");
    let side = |side: usize| audio.iter().skip(side).step_by(2).filter(|byte| **byte == SAYS[side]).count();
    let silence = audio.iter().filter(|byte| **byte == g711::SILENCE).count();
    assert_eq!(side(0) + side(1) + silence, audio.len(), "each voice on its own side, and nothing else");
    ([side(0), side(1)], faults)
}

#[test]
fn a_call_is_recorded_whole_and_a_crash_at_any_moment_loses_less_than_a_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut room = Room::new(folder.path(), 29_000, true);
    room.speak(75);
    let (recording, after) = room.began();
    assert_eq!(after, Duration::ZERO);
    let file = path(folder.path(), recording);
    // What is on the disk now is what a power cut would leave: a second and a half was said.
    for _ in 0..3 {
        let copy = folder.path().join("copy");
        std::fs::copy(&file, &copy).expect("a copy");
        let said = usize::from(room.sent) * 160;
        let ([caller, handler], faults) = heard(&copy);
        assert!(matches!(faults[..], [Fault::Cut { .. }]), "{faults:?}");
        for kept in [caller, handler] {
            assert!(kept + 8_000 >= said && kept <= said, "{kept} of {said} samples");
        }
        room.speak(26);
    }
    room.listening.close_call(CALL).expect("running");
    let Kept::Ended { recording: ended, file: said } = room.told() else { panic!("it has ended") };
    assert_eq!((ended, said), (recording, sum(&file).expect("read")), "the digest is the file's");
    assert_eq!(said.bytes, std::fs::metadata(&file).expect("a file").len());
    let ([caller, handler], faults) = heard(&file);
    assert_eq!((caller, handler, faults), (153 * 160, 153 * 160, vec![]));
    let ms = u64::from(room.sent) * 20;
    assert!((ms..ms + 1_000).contains(&(length(said.bytes).as_millis() as u64)), "as long as was said");
    let known = recordings_in(folder.path()).expect("a folder");
    assert_eq!(known, [recording], "a copy under another name is none");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o077, 0, "its owner's alone");
    }
    std::fs::write(&file, b"changed").expect("written");
    assert_ne!(sum(&file).expect("read"), said);
}

#[test]
fn nothing_is_written_unless_it_is_wanted_and_nothing_more_when_it_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut room = Room::new(folder.path(), 29_020, false);
    room.speak(30);
    assert_eq!(recordings_in(folder.path()).expect("a folder"), []);
    // The force begins to record: within a second this call is recorded too, from then on.
    room.wanted.store(true, Ordering::Relaxed);
    room.speak(75);
    let (recording, after) = room.began();
    assert!(after > Duration::from_millis(500), "{after:?}");
    room.wanted.store(false, Ordering::Relaxed);
    room.speak(75);
    let Kept::Ended { recording: ended, .. } = room.told() else { panic!("it has ended") };
    assert_eq!(ended, recording);
    room.listening.close_call(CALL).expect("running");
    drop(room.listening);
    assert_eq!(room.kept.try_recv().ok(), None);
    let ([caller, _], faults) = heard(&path(folder.path(), recording));
    assert!(faults.is_empty() && caller > 0 && caller < 120 * 160, "{caller} {faults:?}");
}

#[test]
fn a_folder_that_is_gone_is_said_once_and_a_server_that_stops_ends_its_recordings() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut room = Room::new(&folder.path().join("none"), 29_040, true);
    room.speak(60);
    assert_eq!(room.told(), Kept::Failed { call: CALL, recording: None });
    assert_eq!(room.kept.try_recv().ok(), None, "not again and again");

    let mut room = Room::new(folder.path(), 29_060, true);
    room.speak(20);
    let (recording, _) = room.began();
    // A server that stops tells its keeper first: whoever else holds the audio does not hold it up.
    room.listening.keep(None).expect("running");
    let Kept::Ended { recording: ended, .. } = room.kept.recv_timeout(Duration::from_secs(20)).expect("told") else {
        panic!("it has ended")
    };
    assert_eq!(ended, recording);
    assert!(heard(&path(folder.path(), recording)).1.is_empty());
}
