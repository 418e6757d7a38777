//! Tones in A-law, and which tone is heard.

use std::f64::consts::TAU;

/// The sample at `n` of a tone at half of the greatest loudness, in A-law.
pub fn sample(hertz: f64, n: u64) -> u8 {
    let sine = (TAU * hertz * n as f64 / 8_000.0).sin();
    encode((sine * 16_000.0) as i16)
}

/// A packet of 20 ms.
pub fn packet(hertz: f64, number: u64) -> Vec<u8> {
    (0..160).map(|n| sample(hertz, number * 160 + n)).collect()
}

/// How strongly each of some tones is in what was heard, as a share of all (Goertzel).
pub fn shares(heard: &[u8], tones: &[f64]) -> Vec<f64> {
    let samples: Vec<f64> = heard.iter().map(|byte| f64::from(decode(*byte))).collect();
    let all: f64 = samples.iter().map(|sample| sample * sample).sum();
    let share = |hertz: &f64| {
        let turn = 2.0 * (TAU * hertz / 8_000.0).cos();
        let (one, two) = samples.iter().fold((0.0, 0.0), |(one, two), sample| (sample + turn * one - two, one));
        (one * one + two * two - turn * one * two) * 2.0 / (all * samples.len() as f64)
    };
    tones.iter().map(share).collect()
}

/// ITU-T G.711, table 1a, from 16 bits.
fn encode(sample: i16) -> u8 {
    let sign = if sample >= 0 { 0x80 } else { 0 };
    let level = (i32::from(sample).abs() >> 3).min(4_095);
    let exponent = (0..8).find(|exponent| level < 32 << exponent).unwrap_or(7);
    let mantissa = if exponent == 0 { level >> 1 } else { level >> exponent };
    let code = (exponent << 4) | (mantissa & 0x0F);
    (sign | u8::try_from(code).expect("seven bits")) ^ 0x55
}

fn decode(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (exponent, mantissa) = ((byte >> 4) & 7, i16::from(byte & 0x0F));
    let level = match exponent {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    if byte & 0x80 == 0 { -level } else { level }
}

#[test]
fn a_tone_is_told_from_another() {
    let heard: Vec<u8> = (0..50).flat_map(|number| packet(440.0, number)).collect();
    let shares = shares(&heard, &[440.0, 1_000.0]);
    assert!(shares[0] > 0.95 && shares[1] < 0.01, "{shares:?}");
    for sample in [0, 1_000, -1_000, 16_000, -16_000, 32_000] {
        let back = decode(encode(sample));
        assert!((i32::from(back) - i32::from(sample)).abs() <= 16 + i32::from(sample).abs() / 16, "{sample} {back}");
    }
}
