//! What the forwarding of live audio costs, for `cargo xtask bench media`. One JSON object a measurement, on standard output.
//!
//! - `load`: starts a server in a process of its own, ours or Janus, sends it streams, hears every one of them by a real
//!   WebRTC client, and says what its server ran on a processor, how long packets took and how many were lost.
//! - `serve`: the server that it starts: the product's forwarding thread, and orders by standard input.
//! - `forward`: packets through the forwarder without a socket, for valgrind to count.

mod arrival;
mod forward;
mod janus;
mod latency;
mod listener;
mod load;
mod serve;
mod server;

use std::error::Error;

use mimalloc::MiMalloc;

/// The product's own, so that the server which is measured is the product's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Whatever goes wrong ends the measurement: a figure is right, or there is none.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", address, streams] => serve::run(address.parse()?, streams.parse()?),
        ["forward", packets] => forward::run(packets.parse()?),
        ["load", server, address, streams, listeners, seconds] => {
            let shape =
                load::Shape { streams: streams.parse()?, listeners: listeners.parse()?, seconds: seconds.parse()? };
            load::run(server, address.parse()?, &shape)
        }
        // `cargo test --benches` and `cargo bench` start it without words.
        [] => Ok(()),
        _ => Err("serve ADDRESS STREAMS, forward PACKETS, or load OURS|JANUS ADDRESS STREAMS LISTENERS SECONDS".into()),
    }
}
