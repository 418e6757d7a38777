//! The same over the real sockets of this machine.

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::ear::{Ear, HERE, rtp};
use super::world::{CALL, CALLER, HANDLER};
use crate::forward::{ListenerId, Listening, Notice, Settings};

#[test]
fn two_people_are_heard_over_the_wire_and_nothing_goes_back_to_them() {
    let settings =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 27_400..=27_499 };
    let (notices, noticed) = channel();
    let listening = Listening::start(&settings, notices).expect("ports");
    let caller = listening.open_stream(CALL, CALLER, 0, Some(HERE)).expect("a port");
    let handler = listening.open_stream(CALL, HANDLER, 1, None).expect("a port");
    let switch = UdpSocket::bind((HERE, 0)).expect("a port");
    switch.set_nonblocking(true).expect("a socket");

    let mut ear = Ear::open(&listening, CALL);
    ear.hears_both(|number| {
        switch.send_to(&rtp(440, number), caller).expect("sent");
        switch.send_to(&rtp(1_000, number), handler).expect("sent");
    });
    assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Joined(CALL, ListenerId(1))));
    assert_eq!(listening.listeners(CALL), Ok(vec![ListenerId(1)]));
    // The listener speaks, by the same keys, and then the call ends.
    listening.close_call(CALL).expect("running");
    assert_eq!(noticed.recv_timeout(Duration::from_secs(10)), Ok(Notice::Left(CALL, ListenerId(1))));
    drop(listening);
    let error = switch.recv(&mut [0; 64]).expect_err("not one packet came back to the switch");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}
