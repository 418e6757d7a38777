//! Requests of a switch.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant, SystemTime};

use super::dialog::{Answered, Dialog, Repeat, contact};
use super::{Flow, Hearing, Key, MOST_PENDING, PROBE, Recorder, Transport, identity};
use crate::siprec::sip::{Message, Reply, host_of, parameter};
use crate::siprec::{Metadata, Offer, Update, find, parts};

/// A session timer of less than the standard's least (RFC 4028, section 5) is none, and one of more than a day is none.
const TIMER_S: RangeInclusive<u64> = 90..=86_400;

type Refusal = (u16, &'static str);

const NOT_ACCEPTABLE: Refusal = (488, "Not Acceptable Here");
const UNAVAILABLE: Refusal = (503, "Service Unavailable");
const NO_SESSION: Refusal = (481, "Call/Transaction Does Not Exist");
const LOOP: Refusal = (482, "Loop Detected");

impl<H: Hearing> Recorder<H> {
    pub(super) fn request(&mut self, flow: Flow, message: &Message, now: Instant, at: SystemTime) {
        let Some(method) = message.method() else { return };
        if method == "ACK" {
            return self.acknowledged(message);
        }
        let is_whole = ["via", "from", "to", "call-id", "cseq"].iter().all(|name| message.header(name).is_some());
        if !is_whole || message.tag("from").is_none() || message.cseq().is_none_or(|(_, named)| named != method) {
            return self.refuse(flow, message, (400, "Bad Request"));
        }
        match (method, message.tag("to")) {
            // Whatever it would cancel has its final answer (RFC 3261, section 9.2).
            ("CANCEL", _) => match self.find(message, "from") {
                Some(_) => self.refuse(flow, message, (200, "OK")),
                None => self.refuse(flow, message, NO_SESSION),
            },
            (_, Some(tag)) => self.within(flow, message, tag, now),
            ("INVITE", None) => self.invite(flow, message, now, at),
            ("OPTIONS", None) => self.refuse(flow, message, (200, "OK")),
            _ => self.refuse(flow, message, (405, "Method Not Allowed")),
        }
    }

    /// A new session.
    fn invite(&mut self, flow: Flow, message: &Message, now: Instant, at: SystemTime) {
        if let Some(known) = self.find(message, "from").and_then(|key| self.dialogs.get(&key)) {
            return match known.answered.as_ref().filter(|answered| Some(answered.branch.as_str()) == message.branch()) {
                Some(answered) => self.out.push((reply_to(flow, message), answered.bytes.clone())),
                None => self.refuse(flow, message, LOOP),
            };
        }
        if self.pending >= MOST_PENDING || self.sessions() >= self.policy.most_sessions {
            return self.refuse(flow, message, UNAVAILABLE);
        }
        let known_as = identity::known_as(message);
        let half = identity::half(message);
        let replaced = self.replaced(message);
        let pair = half.as_ref().map(|(shared, ..)| (flow.peer.ip(), shared.clone()));
        let joined = replaced
            .and_then(|key| self.dialogs.get(&key).map(|dialog| dialog.call))
            .or_else(|| pair.as_ref().and_then(|pair| self.pairs.get(pair).copied()));
        let call = match joined {
            Some(call) => {
                self.calls.change(call, |live| known_as.into_iter().for_each(|known| live.learn(known)));
                call
            }
            None => self.calls.begin(at, known_as, Vec::new()),
        };
        if let Some(pair) = pair {
            self.pairs.insert(pair, call);
        }
        self.carry(call);
        let key = self.next;
        self.next += 1;
        let (tag, session) = (format!("{:016x}", self.word()), self.word() >> 12);
        let mut dialog = dialog(message, call, flow, tag, session);
        dialog.half = half.map(|(_, place, number)| (place, number));
        dialog.named = identity::named(message);
        self.by_name.insert(dialog.name.clone(), key);
        self.dialogs.insert(key, dialog);
        match self.describe(key, message, true) {
            Ok(description) => {
                self.accept(key, flow, message, description, now);
                if let Some(dialog) = self.dialogs.get_mut(&key) {
                    dialog.probe_at = Some(now + PROBE);
                }
                if let Some(replaced) = replaced {
                    self.hang_up(replaced, now);
                }
                self.tell(key);
                self.arm(key);
            }
            Err(refusal) => {
                self.end(key, now);
                self.forget(key);
                self.refuse(flow, message, refusal);
            }
        }
    }

    /// The session that a new one takes the place of (RFC 3891).
    fn replaced(&self, message: &Message) -> Option<Key> {
        let value = message.header("replaces")?;
        let (ours, theirs) = (parameter(value, "to-tag")?, parameter(value, "from-tag")?);
        let name = (value.split(';').next()?.trim().to_owned(), theirs.to_owned());
        let key = self.by_name.get(&name).copied()?;
        self.dialogs.get(&key).filter(|dialog| dialog.tag == ours && !dialog.has_ended).map(|_| key)
    }

    /// A request within a session.
    fn within(&mut self, flow: Flow, message: &Message, tag: &str, now: Instant) {
        let (Some(method), Some((cseq, _))) = (message.method(), message.cseq()) else { return };
        let known = self.find(message, "from").and_then(|key| Some((key, self.dialogs.get_mut(&key)?)));
        let Some((key, dialog)) = known.filter(|(_, dialog)| dialog.tag == tag) else {
            return self.refuse(flow, message, NO_SESSION);
        };
        let is_same =
            |a: &Answered| a.cseq == cseq && a.method == method && Some(a.branch.as_str()) == message.branch();
        if let Some(answered) = dialog.answered.as_ref().filter(|answered| is_same(answered)) {
            return self.out.push((reply_to(flow, message), answered.bytes.clone()));
        }
        if dialog.has_ended {
            let answer = if method == "BYE" { (200, "OK") } else { NO_SESSION };
            return self.refuse(flow, message, answer);
        }
        if cseq < dialog.remote_cseq {
            return self.refuse(flow, message, (500, "Server Internal Error"));
        }
        dialog.remote_cseq = cseq;
        dialog.follow(flow, message);
        // Whoever goes on has had our answer, whatever became of the acknowledgement.
        if dialog.unacknowledged.take().is_some() {
            self.pending -= 1;
        }
        dialog.probe_at = Some(now + PROBE);
        let known = identity::known_as(message);
        self.calls.change(dialog.call, |live| known.into_iter().for_each(|known| live.learn(known)));
        match method {
            "INVITE" | "UPDATE" | "INFO" | "OPTIONS" => {
                let described = self.describe(key, message, false);
                self.accept(key, flow, message, described.unwrap_or_default(), now);
                self.tell(key);
                self.arm(key);
            }
            "BYE" => {
                self.accept(key, flow, message, None, now);
                self.end(key, now);
            }
            _ => self.refuse(flow, message, (405, "Method Not Allowed")),
        }
    }

    /// Takes what a message says of the call, and gives the description to answer with.
    fn describe(&mut self, key: Key, message: &Message, is_first: bool) -> Result<Option<String>, Refusal> {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return Ok(None) };
        let (found, _problems) = parts(message.header("content-type").unwrap_or_default(), &message.body);
        // With or without `+xml`.
        if let Some(part) = find(&found, "application/rs-metadata") {
            dialog.metadata.take(Update::read(part.body));
        }
        let media = self.policy.media;
        if let Some(part) = find(&found, "application/sdp") {
            let offer = Offer::read(part.body);
            let is_deaf = !offer.lines.is_empty() && offer.lines.iter().all(|line| line.law().is_none());
            if is_first && is_deaf && offer.lines.iter().any(|line| line.port > 0) {
                return Err(NOT_ACCEPTABLE);
            }
            if !self.listen(key, offer) && is_first {
                return Err(UNAVAILABLE);
            }
            return Ok(self.dialogs.get_mut(&key).map(|dialog| Self::answer(dialog, media)));
        }
        if message.method() != Some("INVITE") {
            return Ok(None);
        }
        if !self.listen_unasked(key) {
            return Err(UNAVAILABLE);
        }
        Ok(self.dialogs.get_mut(&key).map(|dialog| {
            dialog.offered = true;
            Self::offer(dialog, media)
        }))
    }

    /// Answers 200.
    fn accept(&mut self, key: Key, flow: Flow, message: &Message, description: Option<String>, now: Instant) {
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        let (Some(method), Some((cseq, _))) = (message.method(), message.cseq()) else { return };
        let mut headers = Vec::new();
        if matches!(method, "INVITE" | "UPDATE") {
            headers.push(format!("Contact: {}", contact(flow)));
            headers.extend(set_timer(dialog, message, now));
        }
        let body = description.map(|text| ("application/sdp", text));
        let tag = dialog.tag.clone();
        let reply = Reply { request: message, code: 200, reason: "OK", tag: &tag, source: flow.peer, headers, body };
        let bytes = reply.bytes();
        let branch = message.branch().unwrap_or_default().to_owned();
        dialog.answered = Some(Answered { cseq, method: method.to_owned(), branch, bytes: bytes.clone() });
        if method == "INVITE" {
            dialog.unacknowledged = Some(Repeat::new(bytes.clone(), true, now));
            self.pending += 1;
        }
        self.out.push((reply_to(flow, message), bytes));
    }

    /// The switch has had an answer.
    fn acknowledged(&mut self, message: &Message) {
        let Some(key) = self.find(message, "from") else { return };
        let Some(dialog) = self.dialogs.get_mut(&key) else { return };
        let is_for = |answered: &Answered| {
            answered.method == "INVITE" && message.cseq().is_some_and(|(number, _)| number == answered.cseq)
        };
        if message.tag("to") != Some(dialog.tag.as_str()) || !dialog.answered.as_ref().is_some_and(is_for) {
            return;
        }
        if dialog.unacknowledged.take().is_some() {
            self.pending -= 1;
        }
        let (found, _problems) = parts(message.header("content-type").unwrap_or_default(), &message.body);
        if let Some(part) = find(&found, "application/rs-metadata") {
            dialog.metadata.take(Update::read(part.body));
        }
        if let Some(part) = find(&found, "application/sdp").filter(|_| std::mem::take(&mut dialog.offered)) {
            let answer = Offer::read(part.body);
            for (at, line) in dialog.lines.iter_mut().enumerate() {
                let said = answer.lines.get(at);
                if let (Some(said), Some(known)) = (said, dialog.offer.lines.get_mut(at)) {
                    known.is_held = said.is_held;
                    known.label = known.label.take().or_else(|| said.label.clone());
                }
                // A line that the answer gives up, or leaves out.
                if said.is_none_or(|said| said.port == 0)
                    && let Some(stream) = line.stream.take()
                {
                    self.hearing.close_stream(stream);
                }
            }
        }
        self.tell(key);
        self.arm(key);
    }

    /// Answers without remembering that it did.
    fn refuse(&mut self, flow: Flow, message: &Message, (code, reason): Refusal) {
        let tag = format!("{:016x}", self.word());
        let headers = match code {
            200 => vec!["Accept: application/sdp, application/rs-metadata+xml, multipart/mixed".to_owned()],
            503 => vec!["Retry-After: 5".to_owned()],
            _ => Vec::new(),
        };
        let reply = Reply { request: message, code, reason, tag: &tag, source: flow.peer, headers, body: None };
        self.out.push((reply_to(flow, message), reply.bytes()));
    }
}

/// Where an answer goes: back by its connection; by UDP to the port that its `Via` says, or that it came from (RFC 3581).
fn reply_to(flow: Flow, message: &Message) -> Flow {
    let via = message.via().unwrap_or_default();
    if flow.transport != Transport::Udp || parameter(via, "rport").is_some() {
        return flow;
    }
    let port = host_of(via).1.filter(|port| *port > 0).unwrap_or(5_060);
    Flow { peer: SocketAddr::new(flow.peer.ip(), port), ..flow }
}

fn dialog(message: &Message, call: crate::call::CallId, flow: Flow, tag: String, session: u64) -> Dialog {
    let text = |name: &str| message.header(name).unwrap_or_default().to_owned();
    Dialog {
        call,
        name: (text("call-id"), message.tag("from").unwrap_or_default().to_owned()),
        own: format!("{};tag={tag}", text("to")),
        theirs: text("from"),
        tag,
        flow,
        target: message.uri("contact").unwrap_or("sip:src.invalid").to_owned(),
        route: message.headers("record-route").map(str::to_owned).collect(),
        remote_cseq: message.cseq().map_or(0, |(number, _)| number),
        local_cseq: 0,
        answered: None,
        session,
        version: 0,
        offer: Offer::default(),
        lines: Vec::new(),
        metadata: Metadata::default(),
        named: Vec::new(),
        half: None,
        unacknowledged: None,
        offered: false,
        asked: None,
        timer_s: 0,
        expires_at: None,
        refresh_at: None,
        probe_at: None,
        forget_at: None,
        has_ended: false,
        alarm: None,
    }
}

/// Takes the session timer that a switch proposes as it proposes it (RFC 4028), and says so.
fn set_timer(dialog: &mut Dialog, message: &Message, now: Instant) -> Vec<String> {
    let value = message.header("session-expires");
    let seconds = value.and_then(|value| value.split(';').next()?.trim().parse::<u64>().ok());
    (dialog.expires_at, dialog.refresh_at) = (None, None);
    let Some(seconds) = seconds.filter(|seconds| TIMER_S.contains(seconds)) else { return Vec::new() };
    let ours = value.and_then(|value| parameter(value, "refresher")) == Some("uas");
    dialog.timer_s = seconds;
    dialog.expires_at = Some(now + Duration::from_secs(seconds));
    dialog.refresh_at = ours.then(|| now + Duration::from_secs(seconds / 2));
    let refresher = if ours { "uas" } else { "uac" };
    vec![format!("Session-Expires: {seconds};refresher={refresher}"), "Require: timer".to_owned()]
}
