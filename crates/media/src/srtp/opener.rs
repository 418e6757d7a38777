//! Protected packets opened, before anything else looks at them.

use super::session::Session;
use super::{Key, Window};
use crate::rtp::Datagram;

/// Senders whose numbering is remembered; a call has one, and one more after each transfer.
const MOST_SENDERS: usize = 16;
/// Opens the packets of one stream.
pub struct Opener {
    master: Key,
    session: Session,
    senders: Vec<Sender>,
    refused: u64,
    /// Room for a packet while it is opened.
    aside: Vec<u8>,
}

/// The numbering of one sender.
struct Sender {
    ssrc: u32,
    window: Window,
    /// Something has come from it under this key.
    is_proven: bool,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").field("master", &self.master).field("refused", &self.refused).finish_non_exhaustive()
    }
}

impl Opener {
    /// Opens what is protected with a key. Nothing when the cryptographic library refuses it, which it has no reason to.
    #[must_use]
    pub fn new(key: Key) -> Option<Self> {
        Some(Self { session: Session::new(&key)?, master: key, senders: Vec::new(), refused: 0, aside: Vec::new() })
    }

    /// Goes on with another key. Its senders go on counting, or begin again: either is understood.
    pub fn change(&mut self, key: Key) {
        if key == self.master {
            return;
        }
        if let Some(session) = Session::new(&key) {
            (self.session, self.master) = (session, key);
            self.senders.iter_mut().for_each(|sender| sender.is_proven = false);
        }
    }

    /// Opens a packet where it lies, and gives what it was before it was protected. Nothing for one that is not authentic or
    /// came before, which is counted, and for what is no RTP.
    pub fn open<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        let head = Datagram::read_head(packet)?;
        let length = self.verify(packet, head);
        self.refused += u64::from(length.is_none());
        Some(&packet[..length?])
    }

    /// How many packets were not authentic, or came before.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn verify(&mut self, packet: &mut [u8], (ssrc, sequence): (u32, u16)) -> Option<usize> {
        let at = self.senders.iter().position(|sender| sender.ssrc == ssrc);
        let known = at.map(|at| &self.senders[at]);
        let counted = known.map(|sender| sender.window.index(sequence));
        let is_proven = known.is_some_and(|sender| sender.is_proven);
        if known.zip(counted).is_some_and(|(sender, index)| is_proven && !sender.window.is_new(index)) {
            return None;
        }
        // Whoever is heard for the first time, or for the first time under this key, may begin to count at nought.
        let anew = (!is_proven).then_some(u64::from(sequence));
        let Self { session, aside, .. } = self;
        let mut open = |index| session.open(packet, index, aside).map(|length| (length, index));
        let (length, index) = counted.into_iter().chain(anew).find_map(&mut open)?;
        match at {
            Some(at) if counted == Some(index) => {
                self.senders[at].is_proven = true;
                self.senders[at].window.take(index);
            }
            _ => {
                self.senders.retain(|sender| sender.ssrc != ssrc);
                if self.senders.len() == MOST_SENDERS {
                    self.senders.remove(0);
                }
                self.senders.push(Sender { ssrc, window: Window::new(index), is_proven: true });
            }
        }
        Some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srtp::{Sealer, Suite};
    use proptest::prelude::*;

    fn key(byte: u8) -> Key {
        Key::new(Suite::Aes128Tag80, &[byte; 30], 0).expect("a key")
    }

    fn opener(byte: u8) -> Opener {
        Opener::new(key(byte)).expect("keys")
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&key(byte)).expect("keys")
    }

    fn datagram(index: u64, ssrc: u32) -> Datagram<'static> {
        let (sequence, timestamp) = (index as u16, (index as u32).wrapping_mul(160));
        Datagram { payload_type: 8, sequence, timestamp, marker: false, ssrc, payload: &[0xD5; 160] }
    }

    fn heard(ours: &mut Opener, theirs: &Sealer, index: u64, ssrc: u32) -> bool {
        let plain = datagram(index, ssrc);
        let mut sealed = theirs.seal(&plain, index).expect("sealed");
        ours.open(&mut sealed).is_some_and(|opened| Datagram::read(opened) == Some(plain))
    }

    #[test]
    fn numbers_wrap_and_a_late_packet_is_opened_once() {
        for suite in Suite::ALL {
            let key = Key::new(suite, &vec![9; suite.key_length() + suite.salt_length()], 4).expect("a key");
            let (theirs, mut ours) = (Sealer::new(&key).expect("keys"), Opener::new(key).expect("keys"));
            for index in (65_500..65_600).filter(|index| *index != 65_530).chain([65_530]) {
                assert!(heard(&mut ours, &theirs, index, 7), "{suite:?} {index}");
                assert!(!heard(&mut ours, &theirs, index, 7), "{suite:?} {index} again");
            }
            assert!(!heard(&mut ours, &theirs, 65_400, 7), "too late");
            assert!(heard(&mut ours, &theirs, 3, 8), "another sender counts for itself");
            assert_eq!(ours.refused(), 101);
        }
    }

    #[test]
    fn another_key_is_taken_whether_the_sender_goes_on_counting_or_not() {
        let keys = [1, 2, 3].map(key);
        let theirs = [1, 2, 3].map(sealer);
        let mut ours = opener(1);
        assert!(heard(&mut ours, &theirs[0], 65_535, 7) && heard(&mut ours, &theirs[0], 65_536, 7));
        ours.change(keys[0].clone());
        assert!(!heard(&mut ours, &theirs[0], 65_536, 7), "the same key is no other");
        ours.change(keys[1].clone());
        assert!(!heard(&mut ours, &theirs[0], 65_537, 7), "the key before");
        assert!(heard(&mut ours, &theirs[1], 65_538, 7), "it goes on");
        ours.change(keys[2].clone());
        assert!(heard(&mut ours, &theirs[2], 3, 7), "it begins again");
        assert!(heard(&mut ours, &theirs[2], 4, 7) && !heard(&mut ours, &theirs[2], 3, 7));
    }

    #[test]
    fn who_only_claims_to_send_is_not_remembered() {
        let (mut ours, theirs) = (opener(1), sealer(2));
        assert!((0..1_000).all(|ssrc| !heard(&mut ours, &theirs, 1, ssrc)));
        assert_eq!((ours.refused(), ours.senders.len()), (1_000, 0));
    }

    #[test]
    fn a_key_is_in_no_output() {
        let key = Key::new(Suite::Aes128Tag80, &[0xC7; 30], 0).expect("a key");
        assert_eq!(format!("{key:?}"), "Key(AES_CM_128_HMAC_SHA1_80)");
        assert_eq!(format!("{:?}", Sealer::new(&key)), "Some(Sealer { .. })");
        let shown = format!("{:?}", Opener::new(key));
        assert_eq!(shown, "Some(Opener { master: Key(AES_CM_128_HMAC_SHA1_80), refused: 0, .. })");
    }

    proptest! {
        #[test]
        fn no_packet_is_too_odd_and_none_that_was_changed_is_opened(
            odd in prop::collection::vec(any::<u8>(), 0..80), at in 0_usize..182, bit in 0_u8..8,
        ) {
            let mut ours = opener(1);
            let (mut odd, mut changed) = (odd, sealer(1).seal(&datagram(9, 7), 9).expect("sealed"));
            prop_assert_eq!(ours.open(&mut odd), None);
            changed[at] ^= 1 << bit;
            prop_assert_eq!(ours.open(&mut changed), None);
        }
    }
}
