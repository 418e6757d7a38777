//! One stream of audio out of what was sent to a port.
//!
//! A transfer brings another SSRC with another numbering; a restart brings the same SSRC with another numbering; keys and
//! comfort noise share the numbering with the audio. Whoever listens hears one stream without seams, so all of that is
//! settled here, once for a stream and not once for a listener. What the network lost stays a gap: it is one.

use std::sync::Arc;
use std::time::Instant;

use super::{Datagram, SAMPLES_PER_S};

/// How the samples are written (RFC 3551, sections 4.5.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law, payload type 8: Europe.
    A,
    /// µ-law, payload type 0: North America.
    Mu,
}

impl Law {
    /// The law of a static payload type; nothing for whatever is no G.711: keys pressed, comfort noise, another codec.
    pub fn of(payload_type: u8) -> Option<Self> {
        match payload_type {
            8 => Some(Self::A),
            0 => Some(Self::Mu),
            _ => None,
        }
    }
}

/// A packet of audio in its stream's own numbering.
#[derive(Clone, Debug)]
pub struct Packet {
    /// Counts from 2^16 and never wraps; a gap is a loss.
    pub sequence: u64,
    /// In samples, and never wraps. It goes on across a change of sender.
    pub time: u64,
    /// The first packet after a pause or of a new sender.
    pub marker: bool,
    /// How the payload is written.
    pub law: Law,
    /// When it was received.
    pub at: Instant,
    /// The samples, one byte each.
    pub payload: Arc<[u8]>,
}

/// A jump of the numbering by more than this is a new start, not a loss (RFC 3550, appendix A.1).
const MAX_DROPOUT: i32 = 3_000;
/// A packet that is later than this is a new start too; a late one within it is late.
const MAX_MISORDER: i32 = 64;
/// A start on both counters leaves room below itself for what arrives late.
const START: u64 = 1 << 16;

/// What one port has received so far.
#[derive(Debug, Default)]
pub struct Source {
    now: Option<Numbering>,
    /// Datagrams that were no audio, or came twice, or too late.
    dropped: u64,
}

#[derive(Debug)]
struct Numbering {
    ssrc: u32,
    /// The newest number and time as the sender counts.
    sequence: u16,
    timestamp: u32,
    /// The same as the stream counts.
    out_sequence: u64,
    out_time: u64,
    /// When the newest came.
    at: Instant,
    /// Which of the newest and the 63 before it have come, newest at bit 0.
    seen: u64,
    /// What is numbered below this came before a seam: too late.
    floor: u64,
}

impl Source {
    /// Takes a datagram. Nothing for what is no audio, a second copy, or too late.
    pub fn take(&mut self, datagram: &Datagram<'_>, at: Instant) -> Option<Packet> {
        let taken = self.settle(datagram, at);
        self.dropped += u64::from(taken.is_none());
        taken
    }

    /// When the newest audio came.
    pub fn last_at(&self) -> Option<Instant> {
        self.now.as_ref().map(|now| now.at)
    }

    /// How many datagrams were no audio, second copies, or too late.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn settle(&mut self, datagram: &Datagram<'_>, at: Instant) -> Option<Packet> {
        let law = Law::of(datagram.payload_type);
        let is_audio = law.is_some() && !datagram.payload.is_empty();
        let follows = self.now.as_ref().map(|now| (now.ssrc == datagram.ssrc, now.step(datagram.sequence)));
        let is_start = !matches!(follows, Some((true, step)) if (-MAX_MISORDER..=MAX_DROPOUT).contains(&step));
        if is_start && !is_audio {
            return None;
        }
        let (sequence, time) = match &mut self.now {
            Some(now) if !is_start => now.go_on(datagram, at, is_audio)?,
            now => {
                let next = Numbering::start(now.as_ref(), datagram, at);
                let place = (next.out_sequence, next.out_time);
                *now = Some(next);
                place
            }
        };
        let marker = datagram.marker || is_start;
        Some(Packet { sequence, time, marker, law: law?, at, payload: Arc::from(datagram.payload) })
    }
}

impl Numbering {
    fn step(&self, sequence: u16) -> i32 {
        i32::from(sequence.wrapping_sub(self.sequence).cast_signed())
    }

    /// A new sender: numbered on from the one before, and as much later as it came later.
    fn start(before: Option<&Self>, datagram: &Datagram<'_>, at: Instant) -> Self {
        let (out_sequence, out_time) = match before {
            None => (START, START),
            Some(before) => (before.out_sequence + 1, before.out_time + samples_between(before.at, at).max(1)),
        };
        Self {
            ssrc: datagram.ssrc,
            sequence: datagram.sequence,
            timestamp: datagram.timestamp,
            out_sequence,
            out_time,
            at,
            seen: 1,
            floor: out_sequence,
        }
    }

    /// The place of a datagram of the same sender.
    fn go_on(&mut self, datagram: &Datagram<'_>, at: Instant, is_audio: bool) -> Option<(u64, u64)> {
        let step = self.step(datagram.sequence);
        let elapsed = i64::from(datagram.timestamp.wrapping_sub(self.timestamp).cast_signed());
        let time = self.out_time.saturating_add_signed(elapsed);
        if step > 0 {
            let step = step.unsigned_abs();
            self.sequence = datagram.sequence;
            if !is_audio {
                // Its number is given to nothing, so that a key is no loss; what came before it is late from now on.
                self.out_sequence += u64::from(step) - 1;
                self.seen = self.seen.checked_shl(step - 1).unwrap_or(0);
                self.floor = self.out_sequence + 1;
                return None;
            }
            self.out_sequence += u64::from(step);
            self.seen = self.seen.checked_shl(step).unwrap_or(0) | 1;
            (self.timestamp, self.out_time, self.at) = (datagram.timestamp, time, at);
            return Some((self.out_sequence, time));
        }
        let back = step.unsigned_abs();
        let sequence = self.out_sequence.checked_sub(u64::from(back))?;
        let bit = 1_u64.checked_shl(back)?;
        if !is_audio || sequence < self.floor || self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some((sequence, time))
    }
}

/// What passed, in samples.
fn samples_between(from: Instant, to: Instant) -> u64 {
    let passed = to.saturating_duration_since(from).as_micros() * u128::from(SAMPLES_PER_S) / 1_000_000;
    u64::try_from(passed).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sends `(ssrc, sequence, timestamp, payload type)`, 20 ms apart, and gives numbers and times counted from the first.
    fn check(sent: &[(u32, u16, u32, u8)], heard: &[(u64, u64)]) {
        let (mut source, start) = (Source::default(), Instant::now());
        let packets = sent.iter().zip(0..).filter_map(|(&(ssrc, sequence, timestamp, payload_type), n)| {
            let payload = &[0xD5; 160][..];
            let datagram = Datagram { payload_type, sequence, timestamp, marker: false, ssrc, payload };
            source.take(&datagram, start + Duration::from_millis(20) * n)
        });
        let places: Vec<_> = packets.map(|packet| (packet.sequence - START, packet.time - START)).collect();
        assert_eq!(places, heard);
    }

    #[test]
    fn both_counters_wrap_unheard() {
        let sent = [(1, 65_535, u32::MAX - 159, 8), (1, 0, 0, 8), (1, 1, 160, 8)];
        check(&sent, &[(0, 0), (1, 160), (2, 320)]);
    }

    #[test]
    fn a_transfer_goes_on_where_the_last_sender_was() {
        let sent = [(1, 10, 1_600, 8), (1, 11, 1_760, 8), (2, 40_000, 9, 8), (2, 40_001, 169, 8)];
        check(&sent, &[(0, 0), (1, 160), (2, 320), (3, 480)]);
    }

    #[test]
    fn a_restart_of_the_same_sender_is_a_transfer() {
        let sent = [(1, 10, 1_600, 8), (1, 30_000, 7, 8), (1, 30_001, 167, 8)];
        check(&sent, &[(0, 0), (1, 160), (2, 320)]);
    }

    #[test]
    fn keys_and_comfort_noise_leave_no_gap_and_a_loss_stays_one() {
        let sent = [(1, 10, 0, 8), (1, 11, 160, 101), (1, 12, 160, 13), (1, 13, 480, 8), (1, 15, 800, 8)];
        check(&sent, &[(0, 0), (1, 480), (3, 800)]);
    }

    #[test]
    fn a_late_packet_takes_its_place_once() {
        let sent = [(1, 10, 0, 8), (1, 12, 320, 8), (1, 11, 160, 8), (1, 11, 160, 8), (1, 12, 320, 8), (1, 13, 480, 8)];
        check(&sent, &[(0, 0), (2, 320), (1, 160), (3, 480)]);
    }

    #[test]
    fn what_is_later_than_a_seam_is_not_heard_in_another_place() {
        // 11 comes after the key that was numbered 12.
        check(&[(1, 10, 0, 8), (1, 12, 320, 101), (1, 11, 160, 8), (1, 13, 480, 8)], &[(0, 0), (2, 480)]);
        // 499 was sent before the packet with which its sender was first heard.
        check(&[(1, 10, 0, 8), (2, 500, 0, 8), (2, 499, 0, 8)], &[(0, 0), (1, 160)]);
    }

    #[test]
    fn a_call_that_begins_with_a_key_begins_with_its_first_audio() {
        check(&[(1, 10, 0, 101), (1, 11, 160, 0), (1, 12, 320, 0)], &[(0, 0), (1, 160)]);
    }
}
