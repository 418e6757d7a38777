//! Mutated input as a pure function of a seed and a number, so that a finding is its seed and its number.

use super::{Target, reshape};

/// The longest input that is made, unless a good one is near it already. A body of a megabyte is no other kind of input, only a slower one.
const LONGEST: usize = 1 << 16;

/// Pieces that mean something to one of the parsers, or have broken parsers before.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\r\n",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"\xcc\x81",
    b"\xf0\x9f\x9a\x94",
    b"null",
    b"-1",
    b"0",
    b"1e999",
    b"9223372036854775807",
    b"18446744073709551616",
    b"0.1",
    b"[",
    b"{",
    b"]",
    b"}",
    b"[[",
    b"<",
    b"&#x110000;",
    b"<![CDATA[",
    b"]]>",
    b"9999-12-31T23:59:59.999999999+23:59",
    b"0000-01-01T00:00:00Z",
    b"1970-01-01T00:00:00Z",
    b"P9223372036854775807D",
    b"PT0.0000000001S",
    b"P19998Y",
    b"%",
    b"(",
    b")",
    b"|",
    b"?",
    b"..12",
    b"true",
    b"1 / 0",
    b",",
    b";",
];

/// SplitMix64: any two seeds give unrelated draws, and a draw costs nothing beside a parser.
pub struct Draw(u64);

impl Draw {
    /// The draws of the `number`th input that follows from `seed`.
    #[must_use]
    pub const fn of(seed: u64, number: u64) -> Self {
        Self(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 up to but not including `end`; 0 when `end` is.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }
}

/// The `number`th input for `target` that follows from `seed`. Every sixteenth is noise, every fourth a JSON seed with values
/// of the wrong kind, the others a seed with a few of its bytes changed.
#[must_use]
pub fn mutated(target: &Target, seed: u64, number: u64) -> Vec<u8> {
    let mut draw = Draw::of(seed, number);
    let good = target.seeds[draw.below(target.seeds.len())];
    let mut data = match draw.below(16) {
        0 => (0..draw.below(300)).map(|_| draw.next().to_le_bytes()[0]).collect(),
        1..=4 => {
            let choices: Vec<u8> = (0..2 + draw.below(14)).map(|_| draw.next().to_le_bytes()[0]).collect();
            reshape(good, &choices).unwrap_or_else(|| good.to_vec())
        }
        _ => good.to_vec(),
    };
    let longest = LONGEST.max(good.len() + LONGEST / 8);
    for _ in 0..=draw.below(8) {
        change(&mut data, target, longest, &mut draw);
    }
    data
}

fn change(data: &mut Vec<u8>, target: &Target, longest: usize, draw: &mut Draw) {
    let insert = |data: &mut Vec<u8>, place: usize, piece: &[u8]| {
        if data.len() + piece.len() <= longest {
            data.splice(place..place, piece.iter().copied());
        }
    };
    let place = draw.below(data.len() + 1);
    let end = (place + 1 + draw.below(24)).min(data.len());
    let piece = PIECES[draw.below(PIECES.len())];
    match draw.below(10) {
        0 => insert(data, place, &[draw.next().to_le_bytes()[0]]),
        1 => drop(data.drain(place..end)),
        2 => {
            let again = data[place..end].to_vec();
            insert(data, place, &again);
        }
        3 if draw.below(4) == 0 => data.truncate(place),
        // Deep nesting, long runs: what a recursive parser or a quadratic one is broken by.
        4 if draw.below(8) == 0 => insert(data, place, &piece.repeat(1 + draw.below(LONGEST / piece.len().max(4)))),
        5 => {
            let other = target.seeds[draw.below(target.seeds.len())];
            let from = draw.below(other.len());
            insert(data, place, &other[from..(from + 1 + draw.below(80)).min(other.len())]);
        }
        6 if end > place => data[place] ^= 1 << draw.below(8),
        7 => {
            data.drain(place..end);
            insert(data, place, piece);
        }
        _ => insert(data, place, piece),
    }
}
