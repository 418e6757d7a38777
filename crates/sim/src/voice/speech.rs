//! A dialogue as two voices in A-law, 8,000 samples a second: spoken, or where nothing here speaks, as tones.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::process::{Command, Stdio};
use std::sync::Arc;

use alongside_media::g711;

use super::dialogue::{Dialogue, Who};

/// Samples a second.
pub const RATE: u32 = 8_000;
/// The caller's tone, in hertz.
const CALLER_HZ: f64 = 440.0;
/// The handler's.
const HANDLER_HZ: f64 = 1_000.0;
/// A tone lasts so many samples for each letter that would be said: about what saying it takes.
const SAMPLES_A_LETTER: usize = 520;

/// Both voices of a dialogue, equally long.
#[derive(Debug, PartialEq, Eq)]
pub struct Voices {
    /// In A-law.
    pub caller: Vec<u8>,
    /// In A-law.
    pub handler: Vec<u8>,
}

/// Whatever speaks, and what it has spoken already.
#[derive(Default)]
pub struct Speech {
    program: Option<&'static str>,
    spoken: HashMap<&'static str, Arc<Voices>>,
}

impl Speech {
    /// `espeak-ng` where it is installed, else tones.
    pub fn found() -> Self {
        let works = Command::new("espeak-ng").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        Self { program: works.is_ok_and(|status| status.success()).then_some("espeak-ng"), ..Self::default() }
    }

    /// Tones, whatever is installed.
    pub fn tones() -> Self {
        Self::default()
    }

    /// Whether words can be heard.
    pub fn is_spoken(&self) -> bool {
        self.program.is_some()
    }

    /// A dialogue's two voices.
    pub fn voices(&mut self, dialogue: &'static Dialogue) -> Arc<Voices> {
        if let Some(known) = self.spoken.get(&*dialogue.name) {
            return Arc::clone(known);
        }
        let voices = Arc::new(self.speak(dialogue));
        self.spoken.insert(&dialogue.name, Arc::clone(&voices));
        voices
    }

    fn speak(&self, dialogue: &Dialogue) -> Voices {
        let mut voices = Voices { caller: Vec::new(), handler: Vec::new() };
        for line in &dialogue.line {
            let silence = (f64::from(line.after) * f64::from(RATE)) as usize;
            let said = self.say(line.who, &line.says);
            let length = voices.caller.len() + silence;
            let (speaker, other) = match line.who {
                Who::Caller => (&mut voices.caller, &mut voices.handler),
                Who::Handler => (&mut voices.handler, &mut voices.caller),
            };
            speaker.resize(length, g711::SILENCE);
            speaker.extend(said);
            other.resize(speaker.len(), g711::SILENCE);
        }
        voices
    }

    fn say(&self, who: Who, says: &str) -> Vec<u8> {
        let words = self.program.and_then(|program| spoken(program, who, says));
        words.unwrap_or_else(|| tone(who, says.len() * SAMPLES_A_LETTER))
    }
}

/// A tone of half the greatest loudness, so many samples long.
fn tone(who: Who, samples: usize) -> Vec<u8> {
    let hertz = if who == Who::Caller { CALLER_HZ } else { HANDLER_HZ };
    let sample = |n: usize| (16_000.0 * (TAU * hertz * n as f64 / f64::from(RATE)).sin()) as i16;
    (0..samples).map(|n| g711::encode_a(sample(n))).collect()
}

/// What the program says, or nothing when it fails.
fn spoken(program: &str, who: Who, says: &str) -> Option<Vec<u8>> {
    let (voice, pitch, speed) = match who {
        Who::Caller => ("en-gb+f3", "55", "160"),
        Who::Handler => ("en-gb+m3", "45", "170"),
    };
    let output = Command::new(program)
        .args(["--stdout", "-v", voice, "-p", pitch, "-s", speed, "--", says])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let (rate, samples) = wave(&output.stdout)?;
    Some(at_our_rate(&samples, rate).into_iter().map(g711::encode_a).collect())
}

/// A wave file of one channel in 16 bits: its rate, and its samples. A length that is not true takes what is there.
fn wave(bytes: &[u8]) -> Option<(u32, Vec<i16>)> {
    let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    (bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WAVE").then_some(())?;
    let (mut at, mut rate) = (12, None);
    loop {
        let (name, length) = (bytes.get(at..at + 4)?, four(at + 4)? as usize);
        let body = bytes.get(at + 8..)?;
        if name == b"fmt " {
            rate = Some(four(at + 12)?);
        }
        if name == b"data" {
            let body = &body[..length.min(body.len())];
            let samples = body.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
            return Some((rate?, samples));
        }
        at += 8 + length + length % 2;
    }
}

/// The same at 8,000 samples a second: each is the middle of what falls on it, so that what is too high for a telephone is gone.
fn at_our_rate(samples: &[i16], rate: u32) -> Vec<i16> {
    let (rate, ours) = (u64::from(rate.max(1)), u64::from(RATE));
    let length = samples.len() as u64 * ours / rate;
    let middle = |n: u64| {
        let from = (n * rate / ours) as usize;
        let to = (((n + 1) * rate).div_ceil(ours) as usize).clamp(from + 1, samples.len().max(from + 1));
        let stretch = samples.get(from..to.min(samples.len())).unwrap_or_default();
        let sum: i64 = stretch.iter().map(|sample| i64::from(*sample)).sum();
        (sum / stretch.len().max(1) as i64) as i16
    };
    (0..length).map(middle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rate: u32, samples: &[i16]) -> Vec<u8> {
        let mut bytes = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend(rate.to_le_bytes());
        bytes.extend((rate * 2).to_le_bytes());
        bytes.extend([2, 0, 16, 0]);
        bytes.extend(b"data\xff\xff\xff\x7f");
        samples.iter().for_each(|sample| bytes.extend(sample.to_le_bytes()));
        bytes
    }

    #[test]
    fn a_wave_file_is_read_though_its_length_is_not_true_and_broken_ones_are_not() {
        let whole = file(22_050, &[1, -2, 300]);
        assert_eq!(wave(&whole), Some((22_050, vec![1, -2, 300])));
        for cut in 0..whole.len() - 6 {
            assert!(wave(&whole[..cut]).is_none_or(|(_, samples)| samples.len() < 3), "{cut}");
        }
    }

    #[test]
    fn a_tone_stays_the_tone_it_was_at_another_rate() {
        let at = |n: u32| ((TAU * 440.0 * f64::from(n) / 22_050.0).sin() * 10_000.0) as i16;
        let samples: Vec<i16> = (0..22_050).map(at).collect();
        let ours = at_our_rate(&samples, 22_050);
        assert_eq!(ours.len(), RATE as usize);
        let rises = ours.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((438..=442).contains(&rises), "{rises}");
    }
}
