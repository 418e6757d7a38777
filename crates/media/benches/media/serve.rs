//! The product's forwarding thread in a process of its own.
//!
//! It says the port of each stream, a line each. Then, for each line `offer STREAM LENGTH` and so many bytes of an offer, it
//! says `answer LENGTH` and the answer. It ends with its input.

use std::io::{BufRead, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::channel;

use alongside_media::call::{CallId, StreamId};
use alongside_media::forward::{ListenerId, Listening, Offer, Settings};

use crate::Result;

/// Serves so many calls of one stream each, until its input ends.
pub fn run(address: IpAddr, streams: u64) -> Result<()> {
    let listeners = SocketAddr::new(address, 0);
    let settings = Settings { listeners, advertised: None, rtp: address, rtp_ports: 16_384..=28_671 };
    let (notices, _noticed) = channel();
    let listening = Listening::start(&settings, notices)?;
    let mut out = std::io::stdout().lock();
    for stream in 0..streams {
        let opened = listening.open_stream(CallId(stream), StreamId(stream), 0, Some(address))?;
        writeln!(out, "port {}", opened.port())?;
    }
    out.flush()?;
    let mut input = std::io::stdin().lock();
    loop {
        let mut order = String::new();
        if input.read_line(&mut order)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = order.split_whitespace().collect();
        let ["offer", stream, length] = words[..] else { return Err("an order that is none".into()) };
        let mut offer = vec![0; length.parse()?];
        input.read_exact(&mut offer)?;
        let (stream, offer) = (stream.parse()?, Offer::read(&String::from_utf8(offer)?)?);
        let answer = listening.offer(CallId(stream), ListenerId(stream), offer)??;
        write!(out, "answer {}\n{}", answer.sdp.len(), answer.sdp)?;
        out.flush()?;
    }
}
