//! G.711 (ITU-T), the audio of telephones: A-law and µ-law against sixteen bits.

/// Silence in A-law: the smallest positive level, with every second bit turned.
pub const SILENCE: u8 = 0xD5;

/// A µ-law byte as a sample.
pub const fn decode_mu(byte: u8) -> i16 {
    let byte = !byte;
    let level = ((((byte & 0x0F) as i16) << 3) + 0x84) << ((byte >> 4) & 7);
    if byte & 0x80 == 0 { level - 0x84 } else { 0x84 - level }
}

/// An A-law byte as a sample (table 1a).
pub const fn decode_a(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (exponent, mantissa) = ((byte >> 4) & 7, (byte & 0x0F) as i16);
    let level = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
    if byte & 0x80 == 0 { -level } else { level }
}

/// A sample as the A-law byte nearest to it.
pub const fn encode_a(sample: i16) -> u8 {
    let sign = if sample >= 0 { 0x80 } else { 0 };
    let magnitude = if sample >= 0 { sample as i32 } else { -(sample as i32) - 1 };
    // Twelve bits: the first sixteen levels are even steps, each further segment doubles the step.
    let level = magnitude >> 4;
    let (exponent, mantissa) = if level < 16 {
        (0, level)
    } else {
        let exponent = segment(level);
        (exponent, level >> (exponent - 1))
    };
    (sign | ((exponent as u8) << 4) | (mantissa as u8 & 0x0F)) ^ 0x55
}

const fn segment(level: i32) -> i32 {
    let mut exponent = 1;
    while exponent < 7 && level >= 32 << (exponent - 1) {
        exponent += 1;
    }
    exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_a_law_level_comes_back_and_every_sample_keeps_its_loudness() {
        for byte in 0..=255 {
            assert_eq!(encode_a(decode_a(byte)), byte);
        }
        for sample in i16::MIN..=i16::MAX {
            let (meant, is) = (i32::from(sample), i32::from(decode_a(encode_a(sample))));
            assert!((meant - is).abs() <= 8 + meant.abs() / 16, "{meant} became {is}");
        }
        assert_eq!(encode_a(0), SILENCE);
    }
}
