//! µ-law into A-law, a byte for a byte (ITU-T G.711).

use crate::g711::{decode_mu, encode_a};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::{SILENCE, decode_a};

    #[test]
    fn a_law_is_left_alone_and_mu_law_keeps_its_loudness() {
        for byte in 0..=255 {
            assert_eq!(a_law(Law::A, byte), byte);
            let (meant, is) = (i32::from(decode_mu(byte)), i32::from(decode_a(a_law(Law::Mu, byte))));
            assert!((meant - is).abs() <= 8 + meant.abs() / 16, "{byte:#x}: {meant} became {is}");
        }
        assert_eq!(a_law(Law::Mu, 0xFF), SILENCE);
    }
}
