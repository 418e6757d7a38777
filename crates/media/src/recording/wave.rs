//! A-law in a WAV file, which every player and browser reads.

use crate::rtp::SAMPLES_PER_S;

use super::SIDES;

/// `WAVE_FORMAT_ALAW` (RFC 2361, section 2).
const A_LAW: u16 = 6;

/// Both voices as a WAV file: a header of 58 bytes, then the audio as it is. Whoever listens hears the caller left.
///
/// Audio beyond 4 GB, which is three days, is not in the header's count.
pub fn wav(audio: &[u8]) -> Vec<u8> {
    let sides = SIDES as u16;
    let bytes = u32::try_from(audio.len()).unwrap_or(u32::MAX - 50);
    let mut file = Vec::with_capacity(58 + audio.len());
    file.extend(b"RIFF");
    file.extend((50 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(18_u32.to_le_bytes());
    file.extend(A_LAW.to_le_bytes());
    file.extend(sides.to_le_bytes());
    file.extend(SAMPLES_PER_S.to_le_bytes());
    file.extend((SAMPLES_PER_S * u32::from(sides)).to_le_bytes());
    file.extend(sides.to_le_bytes());
    file.extend(8_u16.to_le_bytes());
    file.extend(0_u16.to_le_bytes());
    file.extend(b"fact");
    file.extend(4_u32.to_le_bytes());
    file.extend((bytes / u32::from(sides)).to_le_bytes());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(audio);
    file
}

#[cfg(test)]
mod tests {
    use super::wav;

    #[test]
    fn a_second_of_both_voices_is_a_wav_file_of_its_length() {
        let audio = [1_u8, 2].repeat(8_000);
        let file = wav(&audio);
        assert_eq!(
            (file.len(), &file[..4], &file[8..16], &file[58..]),
            (16_058, &b"RIFF"[..], &b"WAVEfmt "[..], &audio[..])
        );
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
        let half = |at: usize| u16::from_le_bytes(file[at..at + 2].try_into().expect("two bytes"));
        assert_eq!((word(4), word(16), half(20), half(22)), (16_050, 18, 6, 2));
        assert_eq!((word(24), word(28), half(32), half(34)), (8_000, 16_000, 2, 8));
        assert_eq!((word(46), word(54)), (8_000, 16_000));
    }
}
