//! Protected packets opened (RFC 3711), before anything else looks at them.

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::Datagram;
use super::datagram::payload_at;
use super::key::{Key, SALT, Suite};

/// Senders whose numbering is remembered; a call has one, and one more after each transfer.
const MOST_SENDERS: usize = 16;
/// A packet that is further behind the newest is too late to be told from a second copy.
const WINDOW: u64 = 128;

/// What is done with a key, from its master's (RFC 3711, section 4.3).
#[derive(Clone, Copy)]
enum Use {
    Encrypting = 0,
    Authenticating = 1,
    Salting = 2,
}

/// Opens the packets of one stream.
pub struct Cipher {
    master: Key,
    session: Session,
    senders: Vec<Sender>,
    refused: u64,
}

/// The keys that a master key gives.
struct Session {
    encrypting: EncryptingKey,
    authenticating: hmac::Key,
    salt: [u8; SALT],
    tag: usize,
    mki: usize,
}

/// The numbering of one sender: packets are numbered by 48 bits, of which each carries 16.
struct Sender {
    ssrc: u32,
    newest: u64,
    /// Which of the newest and those before it have come, newest at bit 0.
    seen: u128,
    /// Something has come from it under this key.
    is_proven: bool,
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cipher").field("master", &self.master).field("refused", &self.refused).finish_non_exhaustive()
    }
}

impl Cipher {
    /// Opens what is protected with a key. Nothing when the cryptographic library refuses it, which it has no reason to.
    #[must_use]
    pub fn new(key: Key) -> Option<Self> {
        Some(Self { session: Session::new(&key)?, master: key, senders: Vec::new(), refused: 0 })
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

    /// What a sender with the same key makes of a packet that is its `index`th.
    #[cfg(test)]
    pub(crate) fn seal(&self, mut packet: Vec<u8>, index: u64) -> Vec<u8> {
        let (ssrc, _) = Datagram::read_head(&packet).expect("RTP");
        self.session.decrypt(&mut packet, ssrc, index).expect("a packet");
        let tag = self.session.tag(&packet, index);
        packet.extend(vec![0xAA; self.session.mki]);
        packet.extend(&tag.as_ref()[..self.session.tag]);
        packet
    }

    fn verify(&mut self, packet: &mut [u8], (ssrc, sequence): (u32, u16)) -> Option<usize> {
        let at = self.senders.iter().position(|sender| sender.ssrc == ssrc);
        let known = at.map(|at| &self.senders[at]);
        let counted = known.map(|sender| sender.index(sequence));
        let is_proven = known.is_some_and(|sender| sender.is_proven);
        if known.zip(counted).is_some_and(|(sender, index)| is_proven && !sender.is_new(index)) {
            return None;
        }
        // Whoever is heard for the first time, or for the first time under this key, may begin to count at nought.
        let anew = (!is_proven).then_some(u64::from(sequence));
        let (length, index) = counted
            .into_iter()
            .chain(anew)
            .find_map(|index| self.session.authentic(packet, index).map(|length| (length, index)))?;
        self.session.decrypt(&mut packet[..length], ssrc, index)?;
        match at {
            Some(at) if counted == Some(index) => self.senders[at].take(index),
            _ => {
                self.senders.retain(|sender| sender.ssrc != ssrc);
                if self.senders.len() == MOST_SENDERS {
                    self.senders.remove(0);
                }
                self.senders.push(Sender { ssrc, newest: index, seen: 1, is_proven: true });
            }
        }
        Some(length)
    }
}

impl Sender {
    /// A packet's number in full, from the newest that is known (RFC 3711, section 3.3.1).
    fn index(&self, sequence: u16) -> u64 {
        let step = i64::from(sequence.wrapping_sub(self.newest as u16).cast_signed());
        self.newest.checked_add_signed(step).unwrap_or_else(|| u64::from(sequence))
    }

    fn is_new(&self, index: u64) -> bool {
        match self.newest.checked_sub(index) {
            Some(back) => back < WINDOW && self.seen & (1 << back) == 0,
            None => true,
        }
    }

    fn take(&mut self, index: u64) {
        self.is_proven = true;
        if index > self.newest {
            let step = u32::try_from(index - self.newest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(step).unwrap_or(0) | 1;
            self.newest = index;
        } else {
            self.seen |= 1 << (self.newest - index);
        }
    }
}

impl Session {
    fn new(key: &Key) -> Option<Self> {
        let (master, salt) = key.halves();
        let derive = |purpose: Use, length: usize| {
            let mut counter = [0; 16];
            counter[..SALT].copy_from_slice(salt);
            counter[7] ^= purpose as u8;
            let mut made = vec![0; length];
            stream(&encrypting(key.suite(), master)?, counter, &mut made)?;
            Some(made)
        };
        Some(Self {
            encrypting: encrypting(key.suite(), &derive(Use::Encrypting, key.suite().key_length())?)?,
            authenticating: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &derive(Use::Authenticating, 20)?),
            salt: derive(Use::Salting, SALT)?.try_into().ok()?,
            tag: key.suite().tag_length(),
            mki: key.mki(),
        })
    }

    /// How long a packet is without its tag, when the tag is right (RFC 3711, section 4.2).
    fn authentic(&self, packet: &[u8], index: u64) -> Option<usize> {
        let (rest, tag) = packet.split_at_checked(packet.len().checked_sub(self.tag)?)?;
        let length = rest.len().checked_sub(self.mki)?;
        let right = self.tag(&rest[..length], index);
        verify_slices_are_equal(&right.as_ref()[..self.tag], tag).ok().map(|()| length)
    }

    fn tag(&self, packet: &[u8], index: u64) -> hmac::Tag {
        let mut signing = hmac::Context::with_key(&self.authenticating);
        signing.update(packet);
        signing.update(&((index >> 16) as u32).to_be_bytes());
        signing.sign()
    }

    /// Section 4.1.1.
    fn decrypt(&self, packet: &mut [u8], ssrc: u32, index: u64) -> Option<()> {
        let at = payload_at(packet)?;
        let mut counter = [0; 16];
        counter[..SALT].copy_from_slice(&self.salt);
        for (byte, with) in counter[4..8].iter_mut().zip(ssrc.to_be_bytes()) {
            *byte ^= with;
        }
        for (byte, with) in counter[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *byte ^= with;
        }
        stream(&self.encrypting, counter, &mut packet[at..])
    }
}

fn encrypting(suite: Suite, key: &[u8]) -> Option<EncryptingKey> {
    let algorithm = if suite.key_length() == 16 { &AES_128 } else { &AES_256 };
    EncryptingKey::ctr(UnboundCipherKey::new(algorithm, key).ok()?).ok()
}

/// Adds the key's stream from a counter on, which also takes it away.
fn stream(key: &EncryptingKey, counter: [u8; 16], bytes: &mut [u8]) -> Option<()> {
    key.less_safe_encrypt(bytes, EncryptionContext::Iv128(FixedLength::from(counter))).ok().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
    }

    /// RFC 3711, appendix B.3, and RFC 6188, section 7: master key and salt, and the keys that they give.
    const DERIVED: [(Suite, &str, &str, &str, &str); 2] = [
        (
            Suite::Aes128Tag80,
            "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
            "c61e7a93744f39ee10734afe3ff7a087",
            "30cbbc08863d8c85d49db34a9ae1",
            "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
        ),
        (
            Suite::Aes256Tag80,
            "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2",
            "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
            "fa31791685ca444a9e07c6c64e93",
            "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05",
        ),
    ];

    #[test]
    fn keys_are_derived_as_the_standard_says() {
        for (suite, master, encrypts, salt, authenticates) in DERIVED {
            let session = Session::new(&Key::new(suite, &bytes(master), 0).expect("a key")).expect("keys");
            assert_eq!(session.salt, bytes(salt)[..]);
            // Keys are not to be had back from the library: the same key does the same.
            let (mut one, mut other) = (vec![0; 40], vec![0; 40]);
            stream(&session.encrypting, [7; 16], &mut one).expect("a stream");
            stream(&encrypting(suite, &bytes(encrypts)).expect("a key"), [7; 16], &mut other).expect("a stream");
            assert_eq!(one, other, "{suite:?}");
            let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes(authenticates));
            let tag = |key: &hmac::Key| hmac::sign(key, b"x").as_ref().to_vec();
            assert_eq!(tag(&session.authenticating), tag(&key), "{suite:?}");
        }
    }

    /// What other implementations hold themselves against: the packet of cisco's libsrtp, by either length of key.
    #[test]
    fn a_packet_of_another_implementation_is_opened() {
        let plain = bytes("800f1234decafbadcafebabeabababababababababababababababab");
        for (derived, sealed) in DERIVED.iter().zip([
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
            "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b",
        ]) {
            let mut cipher = cipher(derived.0, &bytes(derived.1));
            assert_eq!(cipher.open(&mut bytes(sealed)), Some(&plain[..]));
            assert_eq!((cipher.open(&mut bytes(sealed)), cipher.refused()), (None, 1), "it came before");
        }
    }

    fn cipher(suite: Suite, master: &[u8]) -> Cipher {
        Cipher::new(Key::new(suite, master, 0).expect("a key")).expect("keys")
    }

    fn packet(index: u64, ssrc: u32) -> Vec<u8> {
        let mut packet = vec![0x80, 8];
        packet.extend((index as u16).to_be_bytes());
        packet.extend((index as u32).wrapping_mul(160).to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.extend([0xD5; 160]);
        packet
    }

    fn heard(cipher: &mut Cipher, sender: &Cipher, index: u64, ssrc: u32) -> bool {
        let plain = packet(index, ssrc);
        let mut sealed = sender.seal(plain.clone(), index);
        cipher.open(&mut sealed).is_some_and(|opened| opened == plain)
    }

    #[test]
    fn numbers_wrap_and_a_late_packet_is_opened_once() {
        for suite in [Suite::Aes128Tag80, Suite::Aes128Tag32, Suite::Aes256Tag80, Suite::Aes256Tag32] {
            let key = Key::new(suite, &vec![9; suite.key_length() + SALT], 4).expect("a key");
            let (mut ours, theirs) = (Cipher::new(key.clone()).expect("keys"), Cipher::new(key).expect("keys"));
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
        let keys = [1, 2, 3].map(|byte| Key::new(Suite::Aes128Tag80, &[byte; 30], 0).expect("a key"));
        let theirs = keys.clone().map(|key| Cipher::new(key).expect("keys"));
        let mut ours = Cipher::new(keys[0].clone()).expect("keys");
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
        let mut ours = cipher(Suite::Aes128Tag80, &[1; 30]);
        let theirs = cipher(Suite::Aes128Tag80, &[2; 30]);
        assert!((0..1_000).all(|ssrc| !heard(&mut ours, &theirs, 1, ssrc)));
        assert_eq!((ours.refused(), ours.senders.len()), (1_000, 0));
    }

    #[test]
    fn a_key_is_in_no_output() {
        let key = Key::new(Suite::Aes128Tag80, &[0xC7; 30], 0).expect("a key");
        assert_eq!(format!("{key:?}"), "Key(AES_CM_128_HMAC_SHA1_80)");
        let shown = format!("{:?}", Cipher::new(key));
        assert_eq!(shown, "Some(Cipher { master: Key(AES_CM_128_HMAC_SHA1_80), refused: 0, .. })");
    }

    proptest! {
        #[test]
        fn no_packet_is_too_odd_and_none_that_was_changed_is_opened(
            odd in prop::collection::vec(any::<u8>(), 0..80), at in 0_usize..182, bit in 0_u8..8,
        ) {
            let mut ours = cipher(Suite::Aes128Tag80, &[1; 30]);
            let (mut odd, mut changed) = (odd, ours.seal(packet(9, 7), 9));
            prop_assert_eq!(ours.open(&mut odd), None);
            changed[at] ^= 1 << bit;
            prop_assert_eq!(ours.open(&mut changed), None);
        }
    }
}
