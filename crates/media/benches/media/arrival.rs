//! Datagrams with the time at which the kernel took them, which does not depend on when somebody reads them.

use std::io::IoSliceMut;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
use nix::sys::time::TimeSpec;

use crate::Result;

/// Has the kernel stamp what comes to a socket.
pub fn stamp(socket: &UdpSocket) -> Result<()> {
    socket.set_nonblocking(true)?;
    Ok(setsockopt(socket, ReceiveTimestampns, &true)?)
}

/// The next datagram: its length, whose it is, and when it came, since 1970. Nothing when none waits.
pub fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Result<Option<(usize, SocketAddr, Duration)>> {
    let mut control = nix::cmsg_space!(TimeSpec);
    let mut slices = [IoSliceMut::new(buffer)];
    let got = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut slices, Some(&mut control), MsgFlags::empty());
    let message = match got {
        Ok(message) => message,
        Err(Errno::EAGAIN) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let stamped = message.cmsgs()?.find_map(|said| match said {
        ControlMessageOwned::ScmTimestampns(at) => Some(Duration::new(at.tv_sec() as u64, at.tv_nsec() as u32)),
        _ => None,
    });
    let from = message.address.as_ref().and_then(SockaddrStorage::as_sockaddr_in).ok_or("nobody sent it")?;
    Ok(Some((message.bytes, SocketAddrV4::from(*from).into(), stamped.ok_or("the kernel stamps nothing")?)))
}
