//! The description that asks for audio where the switch leaves the offer to us.

use std::fmt;
use std::net::IpAddr;

/// An offer of ours, as text through its `Display`: to hear G.711, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Our address.
    pub address: IpAddr,
    /// Names the call among all of ours.
    pub session: u64,
    /// Counts the descriptions of one call, from 1.
    pub version: u64,
    /// The port and label of each line.
    pub lines: &'a [(u16, Option<&'a str>)],
}

impl fmt::Display for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = if self.address.is_ipv4() { "IP4" } else { "IP6" };
        let Self { address, session, version, .. } = self;
        write!(
            f,
            "v=0\r\no=- {session} {version} IN {family} {address}\r\ns=-\r\nc=IN {family} {address}\r\nt=0 0\r\n"
        )?;
        for (port, label) in self.lines {
            write!(f, "m=audio {port} RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=recvonly\r\n")?;
            if let Some(label) = label.filter(|label| !label.contains(['\r', '\n'])) {
                write!(f, "a=label:{label}\r\n")?;
            }
        }
        Ok(())
    }
}
