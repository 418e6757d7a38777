//! µ-law into A-law, a byte for a byte (ITU-T G.711).

use crate::rtp::Law;

/// The A-law byte that sounds like a byte of either law.
pub(super) fn a_law(law: Law, byte: u8) -> u8 {
    match law {
        Law::A => byte,
        Law::Mu => A_OF_MU[usize::from(byte)],
    }
}

const A_OF_MU: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = encode_a(decode_mu(byte as u8));
        byte += 1;
    }
    table
}

/// In 16 bits.
const fn decode_mu(byte: u8) -> i32 {
    let byte = !byte;
    let level = ((((byte & 0x0F) as i32) << 3) + 0x84) << ((byte >> 4) & 7);
    if byte & 0x80 == 0 { level - 0x84 } else { 0x84 - level }
}

/// From 16 bits.
const fn encode_a(sample: i32) -> u8 {
    let sign = if sample >= 0 { 0x80 } else { 0 };
    let magnitude = if sample >= 0 { sample } else { -sample - 1 };
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

    /// ITU-T G.711, table 1a, into 16 bits.
    fn decode_a(byte: u8) -> i32 {
        let byte = byte ^ 0x55;
        let (exponent, mantissa) = ((byte >> 4) & 7, i32::from(byte & 0x0F));
        let level = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
        if byte & 0x80 == 0 { -level } else { level }
    }

    #[test]
    fn a_law_is_left_alone_and_comes_back_from_its_own_levels() {
        for byte in 0..=255 {
            assert_eq!(a_law(Law::A, byte), byte);
            assert_eq!(encode_a(decode_a(byte)), byte);
        }
    }

    #[test]
    fn mu_law_keeps_its_loudness() {
        for byte in 0..=255 {
            let (meant, is) = (decode_mu(byte), decode_a(a_law(Law::Mu, byte)));
            assert!((meant - is).abs() <= 8 + meant.abs() / 16, "{byte:#x}: {meant} became {is}");
        }
        assert_eq!(a_law(Law::Mu, 0xFF), super::super::SILENCE);
    }
}
