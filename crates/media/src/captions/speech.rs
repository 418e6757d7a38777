//! Speech in a WAV file as recognisers read it: one voice, 16,000 samples a second, sixteen bits.

/// Samples a second.
const RATE: u32 = 16_000;
const HEADER: usize = 44;

/// Twice the samples of telephone speech, as a WAV file: a header of 44 bytes, then the samples.
///
/// Between two samples stands what a curve through the four around it gives: a telephone's line carries nothing above 4 kHz, and
/// nothing is made up there.
pub fn speech(samples: &[i16]) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 4).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(HEADER + samples.len() * 4);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    let at = |place: usize| i32::from(samples.get(place).or(samples.last()).copied().unwrap_or(0));
    for (place, sample) in samples.iter().enumerate() {
        let outer = at(place.saturating_sub(1)) + at(place + 2);
        let between = (9 * (i32::from(*sample) + at(place + 1)) - outer) / 16;
        // What is cut off here is louder than a line can be.
        let between = between.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        file.extend(sample.to_le_bytes());
        file.extend(between.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_speech_is_a_second_at_twice_the_rate() {
        let samples: Vec<i16> = (0..8_000).map(|n| ((f64::from(n) * 0.3).sin() * 9_000.0) as i16).collect();
        let file = speech(&samples);
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
        let half = |at: usize| i16::from_le_bytes(file[at..at + 2].try_into().expect("two bytes"));
        assert_eq!((file.len(), &file[..4], &file[8..16]), (HEADER + 32_000, &b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!((word(4), word(16), half(20), half(22)), (32_036, 16, 1, 1));
        assert_eq!((word(24), word(28), half(32), half(34), word(40)), (16_000, 32_000, 2, 16, 32_000));
        for (n, sample) in samples.iter().enumerate().take(7_990).skip(1) {
            let (is, meant) = (f64::from(half(HEADER + n * 4 + 2)), ((n as f64 + 0.5) * 0.3).sin() * 9_000.0);
            assert_eq!(half(HEADER + n * 4), *sample);
            assert!((is - meant).abs() < 40.0, "{is} for {meant}");
        }
        assert_eq!(speech(&[]).len(), HEADER);
    }
}
