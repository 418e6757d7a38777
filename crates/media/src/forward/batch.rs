//! Many datagrams with one call of the kernel.

use std::io::IoSlice;
use std::net::UdpSocket;

use rustix::io::Errno;
use rustix::net::addr::SocketAddrArg;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};

use super::Datagrams;

/// So many datagrams are handed over at once. The kernel takes up to 1,024.
const BATCH: usize = 64;

/// Sends everything. What the kernel does not take (no room, no route) is lost, as on any wire: live audio does not wait.
pub(super) fn send(socket: &UdpSocket, out: &Datagrams) {
    if let [(to, bytes)] = &out.waiting[..] {
        let _lost = socket.send_to(bytes, to);
        return;
    }
    for batch in out.waiting.chunks(BATCH) {
        let addresses: Vec<_> = batch.iter().map(|(to, _)| to.as_any()).collect();
        let slices: Vec<_> = batch.iter().map(|(_, bytes)| [IoSlice::new(bytes)]).collect();
        let mut controls: Vec<_> = batch.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let parts = addresses.iter().zip(&slices).zip(&mut controls);
        let mut messages: Vec<_> =
            parts.map(|((address, slice), control)| MMsgHdr::new_with_addr(address, slice, control)).collect();
        let mut rest = &mut messages[..];
        while !rest.is_empty() {
            let taken = match sendmmsg(socket, rest, SendFlags::empty()) {
                Ok(taken) => taken.max(1),
                Err(Errno::AGAIN) => return,
                // It is about the first of the rest: that one is passed over.
                Err(_) => 1,
            };
            rest = rest.get_mut(taken..).unwrap_or_default();
        }
    }
}
