//! Two voices, each cut at its pauses.
//!
//! Speech is what is loud: nothing is learnt of the line, so that the same audio is always cut in the same way. A pause ends an
//! utterance; one that is too long is cut where it is quietest, so that a word is rarely cut in two. A gap in the packets is
//! silence while it is shorter than a pause.

use std::time::{Duration, Instant};

use super::Side;
use crate::g711::{decode_a, decode_mu};
use crate::rtp::{Law, Packet, Placing, SAMPLES_PER_S};

/// An utterance is at most so long (D): a listener reads along, and a server is asked about seconds.
pub const LONGEST: Duration = Duration::from_secs(8);

/// So much silence ends an utterance (D).
pub const PAUSE: Duration = Duration::from_millis(600);

/// Loudness is judged over so many samples: 20 ms.
const FRAME: usize = 160;
const LONGEST_SAMPLES: usize = 8 * SAMPLES_PER_S as usize;
const PAUSE_SAMPLES: usize = 4_800;
/// Kept before and after what is loud, since words begin and end softly: 200 ms.
const MARGIN: usize = 1_600;
/// Shorter than this in all is a click and no word: 100 ms.
const LEAST_FRAMES: usize = 5;
/// An utterance that is too long is cut somewhere in its last two seconds.
const CUT_WITHIN: usize = 16_000;
/// Louder than 45 dB below full scale is speech, as on the listening page: the sum of a frame's squares.
const LOUD: i64 = 184 * 184 * FRAME as i64;
/// After a pause without packets the network is given so long.
const LATENESS: Duration = Duration::from_millis(200);

/// Something that one party said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Who.
    pub side: Side,
    /// When it began, after the call's first audio.
    pub from: Duration,
    /// 8,000 samples a second, at most [`LONGEST`].
    pub samples: Vec<i16>,
}

/// What was said on a call and is not cut yet.
#[derive(Debug)]
pub struct Segmenter {
    began: Instant,
    voices: [Voice; 2],
}

#[derive(Debug, Default)]
struct Voice {
    placing: Placing,
    /// The place of the first sample.
    from: u64,
    samples: Vec<i16>,
    /// So many were judged, in whole frames.
    judged: usize,
    /// Frames that were loud, and where the last of them ends.
    loud: usize,
    loud_until: usize,
    heard_at: Option<Instant>,
}

impl Segmenter {
    /// Of a call whose first audio came at an instant.
    pub fn new(began: Instant) -> Self {
        Self { began, voices: Default::default() }
    }

    /// Takes a packet, and gives what it ends.
    pub fn take(&mut self, side: Side, packet: &Packet) -> Vec<Utterance> {
        let mut cut = Vec::new();
        self.voices[side as usize].take(packet, self.began, |from, samples| cut.push(utterance(side, from, samples)));
        cut
    }

    /// When an utterance ends for want of packets, if none come.
    pub fn due(&self) -> Option<Instant> {
        self.voices.iter().filter_map(Voice::due).min()
    }

    /// What has ended at `now` for want of packets.
    pub fn wake(&mut self, now: Instant) -> Vec<Utterance> {
        self.rest(|voice| voice.due().is_some_and(|due| due <= now))
    }

    /// What is left when the call has ended.
    pub fn end(mut self) -> Vec<Utterance> {
        self.rest(|_| true)
    }

    fn rest(&mut self, is_over: impl Fn(&Voice) -> bool) -> Vec<Utterance> {
        let mut cut = Vec::new();
        for (side, voice) in [Side::Caller, Side::Handler].into_iter().zip(&mut self.voices) {
            if is_over(voice) {
                voice.stop(&mut |from, samples| cut.push(utterance(side, from, samples)));
            }
        }
        cut.sort_by_key(|utterance| utterance.from);
        cut
    }
}

fn utterance(side: Side, from: u64, samples: Vec<i16>) -> Utterance {
    Utterance { side, from: Duration::from_micros(from * 1_000_000 / u64::from(SAMPLES_PER_S)), samples }
}

impl Voice {
    fn take(&mut self, packet: &Packet, began: Instant, mut cut: impl FnMut(u64, Vec<i16>)) {
        let place = self.placing.place(packet, began);
        self.heard_at = Some(packet.at);
        let end = self.from + self.samples.len() as u64;
        if self.samples.is_empty() || place > end + PAUSE_SAMPLES as u64 {
            self.stop(&mut cut);
            self.from = place;
        }
        // What belongs before anything that is held comes too late.
        let Some(at) = place.checked_sub(self.from).and_then(|at| usize::try_from(at).ok()) else { return };
        let until = at + packet.payload.len();
        if self.samples.len() < until {
            self.samples.resize(until, 0);
        }
        let decode = match packet.law {
            Law::A => decode_a,
            Law::Mu => decode_mu,
        };
        for (to, from) in self.samples[at..until].iter_mut().zip(packet.payload.iter()) {
            *to = decode(*from);
        }
        self.judge();
        while self.settle(&mut cut) {}
    }

    fn due(&self) -> Option<Instant> {
        self.heard_at.filter(|_| self.loud > 0).map(|at| at + PAUSE + LATENESS)
    }

    fn judge(&mut self) {
        while self.judged + FRAME <= self.samples.len() {
            let until = self.judged + FRAME;
            if power(&self.samples[self.judged..until]) > LOUD {
                (self.loud, self.loud_until) = (self.loud + 1, until);
            }
            self.judged = until;
        }
    }

    /// Cuts once, where there is something to cut; whether there was.
    fn settle(&mut self, cut: &mut impl FnMut(u64, Vec<i16>)) -> bool {
        if self.loud == 0 {
            let old = self.judged.saturating_sub(MARGIN);
            self.samples.drain(..old);
            (self.from, self.judged) = (self.from + old as u64, self.judged - old);
            return false;
        }
        if self.judged - self.loud_until >= PAUSE_SAMPLES {
            self.cut(self.loud_until + MARGIN, cut);
            return true;
        }
        if self.judged < LONGEST_SAMPLES {
            return false;
        }
        let frames = (LONGEST_SAMPLES - CUT_WITHIN..LONGEST_SAMPLES).step_by(FRAME);
        let quietest = frames.min_by_key(|at| power(&self.samples[*at..*at + FRAME])).unwrap_or(LONGEST_SAMPLES);
        self.cut(quietest, cut);
        true
    }

    /// Everything before a place in what is held is an utterance, unless it is a click; what is behind it is judged anew.
    fn cut(&mut self, at: usize, cut: &mut impl FnMut(u64, Vec<i16>)) {
        let rest = self.samples.split_off(at.min(self.samples.len()));
        let said = std::mem::replace(&mut self.samples, rest);
        let (from, length) = (self.from, said.len() as u64);
        if self.loud >= LEAST_FRAMES {
            cut(from, said);
        }
        self.from = from + length;
        (self.judged, self.loud, self.loud_until) = (0, 0, 0);
        self.judge();
    }

    /// Nothing more belongs to what is held.
    fn stop(&mut self, cut: &mut impl FnMut(u64, Vec<i16>)) {
        if self.loud > 0 {
            self.cut(self.loud_until + MARGIN, cut);
        }
        self.samples.clear();
        (self.judged, self.loud, self.loud_until) = (0, 0, 0);
    }
}

fn power(samples: &[i16]) -> i64 {
    samples.iter().map(|sample| i64::from(*sample) * i64::from(*sample)).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::g711::{SILENCE, encode_a};

    const QUIET: u8 = SILENCE;

    /// Loud in A-law.
    fn loud() -> u8 {
        encode_a(6_000)
    }

    struct Call {
        began: Instant,
        segmenter: Segmenter,
        cut: Vec<Utterance>,
    }

    impl Call {
        fn new() -> Self {
            let began = Instant::now();
            Self { began, segmenter: Segmenter::new(began), cut: Vec::new() }
        }

        /// A packet of 20 ms of one byte, that was said and came at so many milliseconds.
        fn packet(&mut self, side: Side, ms: u64, byte: u8) {
            let (at, payload) = (self.began + Duration::from_millis(ms), Arc::from([byte; 160]));
            let packet = Packet { sequence: 0, time: 70_000 + ms * 8, marker: false, law: Law::A, at, payload };
            self.cut.extend(self.segmenter.take(side, &packet));
        }

        fn says(&mut self, side: Side, from_ms: u64, to_ms: u64, byte: u8) {
            for ms in (from_ms..to_ms).step_by(20) {
                self.packet(side, ms, byte);
            }
        }

        /// Who said something, from when, and for how long, in milliseconds; whatever is open is ended first.
        fn heard(mut self) -> Vec<(Side, u128, usize)> {
            self.cut.extend(self.segmenter.end());
            self.cut.iter().map(|said| (said.side, said.from.as_millis(), said.samples.len() / 8)).collect()
        }
    }

    #[test]
    fn silence_is_nothing_and_a_click_is_no_word() {
        let mut call = Call::new();
        call.says(Side::Caller, 0, 60_000, QUIET);
        assert_eq!(call.segmenter.voices[0].samples.len(), MARGIN, "silence takes no memory");
        call.says(Side::Caller, 60_000, 60_080, loud());
        call.says(Side::Caller, 60_080, 62_000, QUIET);
        assert_eq!(call.segmenter.due(), None);
        assert_eq!(call.heard(), []);
    }

    #[test]
    fn speech_is_cut_at_its_pauses_with_a_little_before_and_after() {
        let mut call = Call::new();
        call.says(Side::Caller, 0, 1_000, QUIET);
        call.says(Side::Caller, 1_000, 2_000, loud());
        // Shorter than a pause: the same utterance.
        call.says(Side::Caller, 2_000, 2_500, QUIET);
        call.says(Side::Caller, 2_500, 3_000, loud());
        call.says(Side::Caller, 3_000, 4_000, QUIET);
        assert_eq!(call.cut.len(), 1, "it has ended before anybody says anything else");
        call.says(Side::Caller, 4_000, 5_000, loud());
        let heard = call.heard();
        assert_eq!(heard, [(Side::Caller, 800, 2_400), (Side::Caller, 3_800, 1_200)]);
    }

    #[test]
    fn two_voices_at_once_are_two_utterances_each_in_its_own_place() {
        let mut call = Call::new();
        for ms in (0..4_000).step_by(20) {
            let says = |from: u64, to: u64| if (from..to).contains(&ms) { loud() } else { QUIET };
            call.packet(Side::Caller, ms, says(500, 2_000));
            call.packet(Side::Handler, ms, says(1_500, 3_000));
        }
        assert_eq!(call.heard(), [(Side::Caller, 300, 1_900), (Side::Handler, 1_300, 1_900)]);
    }

    #[test]
    fn long_speech_is_cut_where_it_is_quietest_and_nothing_of_it_is_lost() {
        let mut call = Call::new();
        call.says(Side::Handler, 0, 7_000, loud());
        // A breath, far too short for a pause.
        call.says(Side::Handler, 7_000, 7_100, QUIET);
        call.says(Side::Handler, 7_100, 30_000, loud());
        let heard = call.heard();
        assert_eq!(heard[0], (Side::Handler, 0, 7_000));
        assert!(heard.iter().all(|(_, _, ms)| *ms <= 8_000), "{heard:?}");
        let whole: usize = heard.iter().map(|(_, _, ms)| ms).sum();
        assert_eq!(whole, 30_000);
        assert!(heard.windows(2).all(|two| two[0].1 + two[0].2 as u128 == two[1].1), "{heard:?}");
    }

    #[test]
    fn a_lost_packet_is_a_little_silence_and_a_late_one_takes_its_place() {
        let mut call = Call::new();
        for ms in (0..1_000).step_by(20).filter(|ms| ![400, 600, 620].contains(ms)) {
            call.packet(Side::Caller, ms, loud());
            if ms == 640 {
                call.packet(Side::Caller, 600, loud());
            }
        }
        call.cut.extend(call.segmenter.wake(call.began + Duration::from_millis(980)));
        assert_eq!(call.cut, [], "more may come");
        let due = call.segmenter.due().expect("an end");
        assert_eq!(due, call.began + Duration::from_millis(1_780));
        let said = call.segmenter.wake(due).remove(0);
        assert_eq!((said.from, said.samples.len()), (Duration::ZERO, 8_000));
        let at = |ms: usize| said.samples[ms * 8];
        assert_eq!((at(380) > 0, at(400), at(600) > 0, at(620), at(640) > 0), (true, 0, true, 0, true));
        assert_eq!(call.segmenter.due(), None);
    }

    #[test]
    fn a_hold_ends_an_utterance_and_what_follows_stands_in_its_own_place() {
        let mut call = Call::new();
        call.says(Side::Caller, 0, 1_000, loud());
        call.says(Side::Caller, 90_000, 91_000, loud());
        assert_eq!(call.heard(), [(Side::Caller, 0, 1_000), (Side::Caller, 90_000, 1_000)]);
    }

    #[test]
    fn mu_law_is_heard_as_well() {
        let mut call = Call::new();
        for ms in (0..1_000).step_by(20) {
            let at = call.began + Duration::from_millis(ms);
            let payload = Arc::from([0x00; 160]);
            let packet = Packet { sequence: 0, time: ms * 8, marker: false, law: Law::Mu, at, payload };
            call.cut.extend(call.segmenter.take(Side::Handler, &packet));
        }
        assert_eq!(call.heard(), [(Side::Handler, 0, 1_000)]);
    }
}
