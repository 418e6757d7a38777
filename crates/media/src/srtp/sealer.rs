//! Packets protected.

use super::Key;
use super::session::Session;
use crate::rtp::Datagram;

/// Seals packets with one key.
pub struct Sealer {
    session: Session,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}

impl Sealer {
    /// Seals with a key. Nothing when the cryptographic library refuses it, which it has no reason to.
    #[must_use]
    pub fn new(key: &Key) -> Option<Self> {
        Some(Self { session: Session::new(key)? })
    }

    /// Makes the packet of what is sent as the `index`th of its sender's: 48 bits that count on where the packet's own 16 wrap.
    /// **No two packets of one sender may have one number under one key**: whoever numbers them sees to that. Nothing when the
    /// cryptographic library refuses it, which it has no reason to.
    pub fn seal(&self, datagram: &Datagram<'_>, index: u64) -> Option<Vec<u8>> {
        let mut packet = datagram.write(self.session.growth());
        self.session.seal(&mut packet, index)?;
        Some(packet)
    }
}
