//! The demonstration's calls as they sound: a switch has them recorded to the server, and whoever listens hears two people.
//!
//! While somebody listens the night goes by at the pace of the world, since a voice cannot be heard twelve times as fast. The
//! force's legal sign-off is entered by the demonstration itself and says so; a supervisor can take it back like any other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use alongside_desk::listening::ListeningAsk;
use alongside_desk::message::{Body, StaffRole, read_line};
use alongside_desk::review::{Ask, StaffCommand};
use alongside_node::{Act, Clock, Node, ScaledClock};
use alongside_sim::voice::{Ringing, Speech, Switch};
use alongside_web::rooms::listening::Ears;
use anyhow::{Context, Result};

use crate::serve::audio::{self, Audio};

/// The running voices. Dropping them ends every call.
pub struct Voices {
    // The switch first: it says goodbye to a server that is still there.
    switch: Switch,
    audio: Audio,
    is_spoken: bool,
}

impl Voices {
    /// Starts the recording server and the switch on this machine. `listen` is where the pages are.
    ///
    /// # Errors
    /// When a port cannot be had.
    pub fn start(listen: SocketAddr) -> Result<Self> {
        let here = if listen.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { listen.ip() };
        let audio = audio::start(&audio::Options::on_this_machine(here))?.context("live audio was not asked for")?;
        let speech = Speech::found();
        let is_spoken = speech.is_spoken();
        let sip = audio.sip().context("the synthetic switch has nowhere to record to")?;
        let switch = Switch::start(here, sip, speech).context("the synthetic switch cannot be started")?;
        Ok(Self { switch, audio, is_spoken })
    }

    /// What the pages hear by.
    pub fn ears(&self) -> Ears {
        self.audio.ears.clone()
    }

    /// What a newcomer is told.
    pub fn says(&self) -> &'static str {
        match self.is_spoken {
            true => {
                "Listening, a call, Listen: two invented people speak. Meanwhile the night goes by at the world's pace."
            }
            false => {
                "Listening, a call, Listen: two tones, for want of espeak-ng (sudo apt-get install espeak-ng), which speaks."
            }
        }
    }

    /// A message of the night has gone in: a call that begins is recorded, one that ends is no more.
    pub fn follow(&self, json: &str) {
        match read_line(json).ok().map(|read| read.message.body) {
            Some(Body::CallStarted { call, from, handler, .. }) => {
                let from = from.filter(|from| from != "withheld");
                self.switch.record(Ringing { call, from, handler: handler.unwrap_or_else(|| "nobody".to_owned()) });
            }
            Some(Body::CallEnded { call, .. }) => self.switch.end(&call),
            _ => {}
        }
    }
}

/// Enters the legal sign-off, unless somebody has entered one before: whoever took that back is not overruled.
///
/// # Errors
/// When the node does not take it.
pub async fn sign_off(node: &Node, by: &str) -> Result<()> {
    if !node.read(|desk| desk.state().hearings.sign_offs().is_empty()) {
        return Ok(());
    }
    let ask = Ask::Listening(ListeningAsk::SignOff {
        version: "demonstration".into(),
        notice: "Synthetic data: nobody on these calls is real, so there is nobody to ask. A force enters its own notice here.".into(),
        signed_by: "Nobody: the demonstration entered this by itself".into(),
        roles: vec![StaffRole::Specialist, StaffRole::Supervisor],
    });
    let command = StaffCommand { request: "demonstration-sign-off".into(), ask };
    node.act(Act { by: by.into(), command, expected: None }).await.map(|_| ()).context("the sign-off was not taken")
}

/// Slows the clock down while somebody listens, until the node stops.
pub async fn keep_pace(node: Node, clock: Arc<ScaledClock>, speed: u32) {
    let mut changes = node.subscribe();
    loop {
        let is_heard = node.read(|desk| desk.state().hearings.open().next().is_some());
        clock.run_at(if is_heard { 1 } else { speed });
        // What people do is counted in the world's time: the desk has to know how much of it there is in the night's.
        if node.read(|desk| desk.state().pace) != clock.speed() && node.note_pace().await.is_err() {
            tracing::error!("the pace of the night was not written down");
        }
        // One that was missed is one more reason to look.
        if let Err(tokio::sync::broadcast::error::RecvError::Closed) = changes.recv().await {
            return;
        }
    }
}
