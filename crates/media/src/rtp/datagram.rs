//! One RTP datagram, read where it lies.

/// The header of an RTP packet, and its payload without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// 0 to 127: what the payload is.
    pub payload_type: u8,
    /// Counts packets, and wraps.
    pub sequence: u16,
    /// Counts samples, and wraps.
    pub timestamp: u32,
    /// The first packet of a talk spurt.
    pub marker: bool,
    /// Who sends: another number after a transfer.
    pub ssrc: u32,
    /// The audio.
    pub payload: &'a [u8],
}

/// Bytes of a header that has neither mixed sources nor an extension.
pub(crate) const FIXED_HEADER: usize = 12;

impl<'a> Datagram<'a> {
    /// Reads a datagram. Nothing for what is no RTP of version 2, and for RTCP (payload types 64 to 95, RFC 5761).
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (ssrc, sequence) = Self::read_head(bytes)?;
        let (head, mut rest) = (&bytes[..FIXED_HEADER], bytes.get(payload_at(bytes)?..)?);
        let (flags, kind) = (head[0], head[1]);
        if flags & 0x20 != 0 {
            let padding = usize::from(*rest.last()?);
            if padding == 0 {
                return None;
            }
            rest = rest.get(..rest.len().checked_sub(padding)?)?;
        }
        Some(Self {
            payload_type: kind & 0x7F,
            sequence,
            timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            marker: kind & 0x80 != 0,
            ssrc,
            payload: rest,
        })
    }

    /// The packet, with room for so many bytes more.
    pub(crate) fn write(&self, more: usize) -> Vec<u8> {
        let mut packet = Vec::with_capacity(FIXED_HEADER + self.payload.len() + more);
        packet.extend([0x80, (self.payload_type & 0x7F) | (u8::from(self.marker) << 7)]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(self.payload);
        packet
    }

    /// The sender and the number, which are never encrypted. Nothing for what is no RTP of version 2, and for RTCP.
    pub(crate) fn read_head(bytes: &[u8]) -> Option<(u32, u16)> {
        let head = bytes.get(..FIXED_HEADER)?;
        let is_rtp = head[0] >> 6 == 2 && !(192..=223).contains(&head[1]);
        let ssrc = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
        is_rtp.then(|| (ssrc, u16::from_be_bytes([head[2], head[3]])))
    }
}

/// Where the payload begins: behind the header, the sources that were mixed, and the extension.
pub(crate) fn payload_at(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.first()?;
    let at = FIXED_HEADER + usize::from(flags & 0x0F) * 4;
    if flags & 0x10 == 0 {
        return (at <= bytes.len()).then_some(at);
    }
    let words = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
    let at = at + 4 + usize::from(words) * 4;
    (at <= bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::Datagram;
    use proptest::prelude::*;

    const PLAIN: [u8; 14] = [0x80, 0x88, 0, 7, 0, 0, 0, 160, 0, 0, 0, 9, 0xD5, 0x55];

    #[test]
    fn a_header_is_read_with_its_extension_and_without_its_padding() {
        let plain = Datagram::read(&PLAIN).expect("RTP");
        assert_eq!((plain.payload_type, plain.sequence, plain.timestamp), (8, 7, 160));
        assert_eq!((plain.marker, plain.ssrc, plain.payload), (true, 9, &[0xD5, 0x55][..]));
        assert_eq!(plain.write(16), PLAIN);

        let mut long = PLAIN.to_vec();
        long[0] = 0x80 | 0x20 | 0x10 | 1;
        long.splice(12..12, [1, 1, 1, 1, 0xBE, 0xDE, 0, 1, 2, 2, 2, 2]);
        long.extend([0, 0, 3]);
        assert_eq!(Datagram::read(&long).expect("RTP").payload, [0xD5, 0x55]);
    }

    #[test]
    fn what_is_no_rtp_is_refused() {
        let mut report = PLAIN;
        report[1] = 200;
        assert_eq!(Datagram::read(&report), None);
        let mut padded = PLAIN;
        padded[0] |= 0x20;
        for (padding, fits) in [(0, false), (1, true), (2, true), (3, false), (255, false)] {
            padded[13] = padding;
            assert_eq!(Datagram::read(&padded).is_some(), fits, "{padding}");
        }
        assert_eq!(Datagram::read(&[]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(read) = Datagram::read(&bytes) {
                prop_assert!(read.payload.len() + 12 <= bytes.len());
            }
        }
    }
}
