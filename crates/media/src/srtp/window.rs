//! Which of a sender's numbers were there already.

/// A packet that is further behind the newest is too late to be told from a second copy.
const WINDOW: u64 = 128;

/// The numbering of one sender: packets are numbered by 48 bits, of which each carries 16.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    newest: u64,
    /// Which of the newest and those before it have come, newest at bit 0.
    seen: u128,
}

impl Window {
    /// A numbering of which one is known.
    pub fn new(first: u64) -> Self {
        Self { newest: first, seen: 1 }
    }

    /// A packet's number in full, from the newest that is known (RFC 3711, section 3.3.1).
    pub fn index(&self, sequence: u16) -> u64 {
        let step = i64::from(sequence.wrapping_sub(self.newest as u16).cast_signed());
        self.newest.checked_add_signed(step).unwrap_or_else(|| u64::from(sequence))
    }

    /// Whether a number was not there yet, as far as that can be told.
    pub fn is_new(&self, index: u64) -> bool {
        match self.newest.checked_sub(index) {
            Some(back) => back < WINDOW && self.seen & (1 << back) == 0,
            None => true,
        }
    }

    /// Takes a number. False for one that was there already, or is too far back to tell.
    pub fn take(&mut self, index: u64) -> bool {
        if !self.is_new(index) {
            return false;
        }
        if index > self.newest {
            let step = u32::try_from(index - self.newest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(step).unwrap_or(0) | 1;
            self.newest = index;
        } else {
            self.seen |= 1 << (self.newest - index);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_number_is_taken_twice(numbers in prop::collection::vec(0_u64..400, 1..200)) {
            let mut window = Window::new(200);
            let mut taken = vec![200];
            for number in numbers {
                if window.take(number) {
                    prop_assert!(!taken.contains(&number), "{} twice", number);
                    taken.push(number);
                } else {
                    let newest = taken.iter().max().copied().unwrap_or(0);
                    prop_assert!(taken.contains(&number) || newest - number >= WINDOW, "{} refused", number);
                }
            }
        }
    }
}
