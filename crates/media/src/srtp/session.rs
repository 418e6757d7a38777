//! One key's work on one packet.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::key::{Key, Suite};
use crate::rtp::{FIXED_HEADER, payload_at};

/// Bytes of a salt where AES counts (RFC 3711, section 8.2).
const COUNTER_SALT: usize = 14;
/// Bytes of a key that authenticates.
const AUTHENTICATION_KEY: usize = 20;

/// What is done with a key, from its master's (RFC 3711, section 4.3).
#[derive(Clone, Copy)]
enum Use {
    Encrypting = 0,
    Authenticating = 1,
    Salting = 2,
}

/// The keys that a master key gives.
pub(super) struct Session {
    way: Way,
    tag: usize,
    mki: usize,
}

enum Way {
    /// RFC 3711 and RFC 6188.
    Counter(Box<Counter>),
    /// RFC 7714.
    Gcm { key: Box<LessSafeKey>, salt: [u8; NONCE_LEN] },
}

struct Counter {
    encrypting: EncryptingKey,
    authenticating: hmac::Key,
    salt: [u8; COUNTER_SALT],
}

impl Session {
    /// The keys that a master key gives. Nothing when the cryptographic library refuses it, which it has no reason to.
    pub fn new(key: &Key) -> Option<Self> {
        let (suite, (master, salt)) = (key.suite(), key.halves());
        let derive = |purpose: Use, length: usize| {
            let mut counter = [0; 16];
            counter[..salt.len()].copy_from_slice(salt);
            counter[7] ^= purpose as u8;
            let mut made = vec![0; length];
            stream(&counting(suite, master)?, counter, &mut made)?;
            Some(made)
        };
        let encrypting = derive(Use::Encrypting, suite.key_length())?;
        let salt = derive(Use::Salting, suite.salt_length())?;
        let way = if suite.is_gcm() {
            let algorithm = if suite.key_length() == 16 { &AES_128_GCM } else { &AES_256_GCM };
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &encrypting).ok()?);
            Way::Gcm { key: Box::new(key), salt: salt.try_into().ok()? }
        } else {
            let authenticating = derive(Use::Authenticating, AUTHENTICATION_KEY)?;
            Way::Counter(Box::new(Counter {
                encrypting: counting(suite, &encrypting)?,
                authenticating: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &authenticating),
                salt: salt.try_into().ok()?,
            }))
        };
        Some(Self { way, tag: suite.tag_length(), mki: key.mki() })
    }

    /// How many bytes a packet grows by when it is sealed.
    pub fn growth(&self) -> usize {
        self.tag + self.mki
    }

    /// Opens a packet that is the `index`th of its sender's where it lies, and says how long it was. Nothing for one that is not
    /// authentic: it lies as it lay. `aside` is room that is used meanwhile.
    pub fn open(&self, packet: &mut [u8], index: u64, aside: &mut Vec<u8>) -> Option<usize> {
        let at = payload_at(packet)?;
        let length = packet.len().checked_sub(self.growth()).filter(|length| *length >= at)?;
        match &self.way {
            Way::Counter(keys) => {
                let Counter { encrypting, authenticating, salt } = &**keys;
                let right = mac(authenticating, &packet[..length], index);
                verify_slices_are_equal(&right.as_ref()[..self.tag], &packet[length + self.mki..]).ok()?;
                stream(encrypting, counter(*salt, packet, index)?, &mut packet[at..length])?;
            }
            Way::Gcm { key, salt } => {
                aside.resize(length - at, 0);
                let (nonce, header) = (nonce(*salt, packet, index)?, Aad::from(&packet[..at]));
                let tag = &packet[length..length + self.tag];
                key.open_separate_gather(nonce, header, &packet[at..length], tag, aside).ok()?;
                packet[at..length].copy_from_slice(aside);
            }
        }
        Some(length)
    }

    /// Seals a packet that is the `index`th of its sender's. **No two packets of one sender may have one number under one key.**
    /// Nothing for what is no RTP, or when the cryptographic library refuses it, which it has no reason to.
    pub fn seal(&self, packet: &mut Vec<u8>, index: u64) -> Option<()> {
        let at = payload_at(packet)?;
        match &self.way {
            Way::Counter(keys) => {
                let Counter { encrypting, authenticating, salt } = &**keys;
                stream(encrypting, counter(*salt, packet, index)?, &mut packet[at..])?;
                let tag = mac(authenticating, packet, index);
                packet.resize(packet.len() + self.mki, 0);
                packet.extend(&tag.as_ref()[..self.tag]);
            }
            Way::Gcm { key, salt } => {
                let nonce = nonce(*salt, packet, index)?;
                let (header, payload) = packet.split_at_mut(at);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(&*header), payload).ok()?;
                packet.extend(tag.as_ref());
                packet.resize(packet.len() + self.mki, 0);
            }
        }
        Some(())
    }
}

/// RFC 3711, section 4.2.
fn mac(key: &hmac::Key, packet: &[u8], index: u64) -> hmac::Tag {
    let mut signing = hmac::Context::with_key(key);
    signing.update(packet);
    signing.update(&((index >> 16) as u32).to_be_bytes());
    signing.sign()
}

/// RFC 3711, section 4.1.1: the salt, the sender and the packet's number.
fn counter(salt: [u8; COUNTER_SALT], packet: &[u8], index: u64) -> Option<[u8; 16]> {
    let mut counter = [0; 16];
    counter[..COUNTER_SALT].copy_from_slice(&salt);
    mix(&mut counter[4..8], packet.get(8..FIXED_HEADER)?);
    mix(&mut counter[8..14], &index.to_be_bytes()[2..]);
    Some(counter)
}

/// RFC 7714, section 8.1: the same in twelve bytes.
fn nonce(salt: [u8; NONCE_LEN], packet: &[u8], index: u64) -> Option<Nonce> {
    let mut nonce = salt;
    mix(&mut nonce[2..6], packet.get(8..FIXED_HEADER)?);
    mix(&mut nonce[6..12], &index.to_be_bytes()[2..]);
    Some(Nonce::assume_unique_for_key(nonce))
}

fn mix(bytes: &mut [u8], with: &[u8]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

fn counting(suite: Suite, key: &[u8]) -> Option<EncryptingKey> {
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

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
    }

    fn session(suite: Suite, master: &str) -> Session {
        Session::new(&Key::new(suite, &bytes(master), 0).expect("a key")).expect("keys")
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
        for (suite, master, encrypts, salted, authenticates) in DERIVED {
            let Way::Counter(keys) = session(suite, master).way else { panic!("{suite:?}") };
            let Counter { encrypting, authenticating, salt } = *keys;
            assert_eq!(salt, bytes(salted)[..]);
            // Keys are not to be had back from the library: the same key does the same.
            let (mut one, mut other) = (vec![0; 40], vec![0; 40]);
            stream(&encrypting, [7; 16], &mut one).expect("a stream");
            stream(&counting(suite, &bytes(encrypts)).expect("a key"), [7; 16], &mut other).expect("a stream");
            assert_eq!(one, other, "{suite:?}");
            let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes(authenticates));
            let tag = |key: &hmac::Key| hmac::sign(key, b"x").as_ref().to_vec();
            assert_eq!(tag(&authenticating), tag(&key), "{suite:?}");
        }
    }

    /// What other implementations hold themselves against: the packet of cisco's libsrtp, by either length of key.
    #[test]
    fn a_packet_of_another_implementation_is_opened_and_made() {
        let plain = bytes("800f1234decafbadcafebabeabababababababababababababababab");
        for (derived, sealed) in DERIVED.iter().zip([
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
            "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b",
        ]) {
            let session = session(derived.0, derived.1);
            let mut packet = bytes(sealed);
            assert_eq!(session.open(&mut packet, 0x1234, &mut Vec::new()), Some(plain.len()));
            assert_eq!(packet[..plain.len()], plain);
            let mut packet = plain.clone();
            session.seal(&mut packet, 0x1234).expect("sealed");
            assert_eq!(packet, bytes(sealed));
        }
    }

    /// RFC 7714, sections 16.1.1 and 16.2.1: the packet under the keys that are used on packets themselves.
    #[test]
    fn a_packet_is_sealed_and_opened_as_the_standard_has_it_in_its_examples() {
        let plain = bytes(
            "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 7320\
             74726573",
        );
        for (algorithm, key, sealed) in [
            (
                &AES_128_GCM,
                "000102030405060708090a0b0c0d0e0f",
                "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b\
                 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
            ),
            (
                &AES_256_GCM,
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f\
                 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
            ),
        ] {
            let key = LessSafeKey::new(UnboundKey::new(algorithm, &bytes(key)).expect("a key"));
            let salt = bytes("517569642070726f2071756f").try_into().expect("twelve bytes");
            let session = Session { way: Way::Gcm { key: Box::new(key), salt }, tag: 16, mki: 0 };
            let mut packet = plain.clone();
            session.seal(&mut packet, 0xF17B).expect("sealed");
            assert_eq!(packet, bytes(sealed));
            assert_eq!(session.open(&mut packet, 0xF17B, &mut Vec::new()), Some(plain.len()));
            assert_eq!(packet[..plain.len()], plain);
        }
    }

    #[test]
    fn what_is_not_authentic_lies_as_it_lay() {
        for suite in Suite::ALL {
            let key = Key::random(suite).expect("random numbers");
            let session = Session::new(&key).expect("keys");
            let mut packet = bytes("800f1234decafbadcafebabeabababababababababababababababab");
            session.seal(&mut packet, 9).expect("sealed");
            for at in 0..packet.len() {
                let mut changed = packet.clone();
                changed[at] ^= 1;
                let before = changed.clone();
                assert_eq!(session.open(&mut changed, 9, &mut Vec::new()), None, "{suite:?}, byte {at}");
                assert_eq!(changed, before, "{suite:?}, byte {at}");
            }
            assert_eq!(
                session.open(&mut packet.clone(), 9 + (1 << 16), &mut Vec::new()),
                None,
                "{suite:?}: another round"
            );
            assert!(session.open(&mut packet, 9, &mut Vec::new()).is_some());
        }
    }
}
