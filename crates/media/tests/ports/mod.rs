//! Ports that nothing else has.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::ops::RangeInclusive;

/// A range with so many free even ports, somewhere below those that the kernel gives away by itself. Ask for twice as many as are needed:
/// what is taken meanwhile is passed over.
pub fn free(count: u16) -> RangeInclusive<u16> {
    let mut seed = [0; 2];
    getrandom::fill(&mut seed).expect("random numbers");
    let start = 10_000 + u16::from_ne_bytes(seed) % 20_000 / 2 * 2;
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let is_free = |port: u16| UdpSocket::bind((here, port)).is_ok();
    let last = |first: u16| first + 2 * count - 1;
    let first = (start..32_000).step_by(2).find(|first| (*first..last(*first)).step_by(2).all(is_free));
    let first = first.expect("free ports");
    first..=last(first)
}
