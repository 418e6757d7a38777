//! The key by which a listener is sent audio.
//!
//! The WebRTC library agrees on it with the listener's browser (DTLS, RFC 5764) and keeps it. Its own way of agreeing is taken by
//! the hand here: everything is done by it, and what came of it is looked at on its way.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion, SrtpProfile,
};
use str0m::crypto::{CryptoError, CryptoProvider, from_feature_flags};

use crate::srtp::{Key, Suite};

/// The key of one connection, as soon as it is agreed.
#[derive(Clone, Debug, Default)]
pub(super) struct Agreed(Arc<OnceLock<Option<Key>>>);

impl Agreed {
    /// The key by which this side sends. Nothing before it is agreed, and where it is of a kind that is not known here.
    pub fn key(&self) -> Option<&Key> {
        self.0.get()?.as_ref()
    }
}

thread_local! {
    /// What the newest connection of this thread will have agreed on.
    static NEWEST: RefCell<Agreed> = RefCell::default();
}

/// Makes a connection, by [`provider`], and gives with it what it will have agreed on.
pub(super) fn watched<T>(make: impl FnOnce() -> T) -> (T, Agreed) {
    let made = make();
    (made, NEWEST.take())
}

/// The library's own cryptography, its agreeing watched.
pub(super) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    let watched = || CryptoProvider { dtls_provider: &Watched, ..from_feature_flags() };
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(watched())))
}

#[derive(Debug)]
struct Watched;

impl DtlsProvider for Watched {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        dtls_version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let library = from_feature_flags().dtls_provider.new_dtls(cert, now, dtls_version, mtu)?;
        let agreed = Agreed::default();
        NEWEST.set(agreed.clone());
        Ok(Box::new(Agreeing { library, agreed }))
    }
}

/// One connection's agreeing.
#[derive(Debug)]
struct Agreeing {
    library: Box<dyn DtlsInstance>,
    agreed: Agreed,
}

impl DtlsInstance for Agreeing {
    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let said = self.library.poll_output(buf);
        if let DtlsOutput::KeyingMaterial(material, profile) = &said {
            let _is_the_first = self.agreed.0.set(own(material.as_ref(), *profile, self.library.is_active()));
        }
        said
    }

    fn set_active(&mut self, active: bool) {
        self.library.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.library.handle_packet(packet)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.library.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.library.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.library.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.library.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.library.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.library.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.library.close()
    }
}

/// The half of what was agreed by which this side sends: the client's keys come first, then the server's, then their salts
/// (RFC 5764, section 4.2). Nothing for a profile that is not known here.
fn own(material: &[u8], profile: SrtpProfile, is_client: bool) -> Option<Key> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::Aes128Tag80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::Aes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::Aes256Gcm,
        _ => return None,
    };
    let (key, salt) = (suite.key_length(), suite.salt_length());
    let which = usize::from(!is_client);
    let part = |from: usize, length: usize| material.get(from..from + length);
    let bytes = [part(which * key, key)?, part(2 * key + which * salt, salt)?].concat();
    Key::new(suite, &bytes, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_takes_its_own_half() {
        let material: Vec<u8> = (0..60).collect();
        let bytes =
            |is_client| own(&material, SrtpProfile::AES128_CM_SHA1_80, is_client).expect("a key").bytes().to_vec();
        assert_eq!(bytes(true), (0..16).chain(32..46).collect::<Vec<u8>>());
        assert_eq!(bytes(false), (16..32).chain(46..60).collect::<Vec<u8>>());
        assert_eq!(own(&material[..59], SrtpProfile::AES128_CM_SHA1_80, false), None);
    }
}
