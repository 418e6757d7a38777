//! Tones in A-law, and which tone is heard.

use std::f64::consts::TAU;

use crate::g711::{decode_a, encode_a};

/// The sample at `n` of a tone at half of the greatest loudness, in A-law.
pub fn sample(hertz: f64, n: u64) -> u8 {
    let sine = (TAU * hertz * n as f64 / 8_000.0).sin();
    encode_a((sine * 16_000.0) as i16)
}

/// A packet of 20 ms.
pub fn packet(hertz: f64, number: u64) -> Vec<u8> {
    (0..160).map(|n| sample(hertz, number * 160 + n)).collect()
}

/// How strongly each of some tones is in what was heard, as a share of all (Goertzel).
pub fn shares(heard: &[u8], tones: &[f64]) -> Vec<f64> {
    let samples: Vec<f64> = heard.iter().map(|byte| f64::from(decode_a(*byte))).collect();
    let all: f64 = samples.iter().map(|sample| sample * sample).sum();
    let share = |hertz: &f64| {
        let turn = 2.0 * (TAU * hertz / 8_000.0).cos();
        let (one, two) = samples.iter().fold((0.0, 0.0), |(one, two), sample| (sample + turn * one - two, one));
        (one * one + two * two - turn * one * two) * 2.0 / (all * samples.len() as f64)
    };
    tones.iter().map(share).collect()
}

#[test]
fn a_tone_is_told_from_another() {
    let heard: Vec<u8> = (0..50).flat_map(|number| packet(440.0, number)).collect();
    let shares = shares(&heard, &[440.0, 1_000.0]);
    assert!(shares[0] > 0.95 && shares[1] < 0.01, "{shares:?}");
}
