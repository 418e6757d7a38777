//! A room to test in: a real node on a folder of its own, a clock that is moved by hand, one person a role.

use std::sync::{Arc, Mutex};

use alongside_desk::message::read_line;
use alongside_desk::time::{Period, Timestamp};
use alongside_desk::watch::POLICY;
use alongside_desk::watch::lexicon::LEXICON;
use alongside_node::Moment;
use alongside_node::{Clock, ManualClock, Node, Offer, Options, Reading, Receipt, Topic, View as NodeView};
use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::door::{Accounts, Door, Gate, GateSettings, Limits, NewAccount, Role};
use crate::live::browser;
use crate::rooms::listening::Ears;
use crate::view_log::{View, ViewKind, ViewLog, ViewRefused};

/// Thursday 16 April 2026, 20:00 in London.
pub const EVENING: Timestamp = Timestamp::from_ms(1_776_366_000_000);

pub struct TestRoom {
    pub node: Node,
    pub clock: Arc<ManualClock>,
    pub gate: Arc<Gate>,
    /// Lines of the table without a handler, and handlers without a line.
    pub gaps: Vec<String>,
    router: Router,
    looks: Arc<Mutex<Vec<NodeView>>>,
    _folder: TempDir,
}

/// Somebody who is signed in.
pub struct Person {
    pub id: String,
    cookie: String,
    word: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// The part that a live line swaps.
    pub fn block(&self) -> &str {
        let from = self.body.find("<div id=\"moment\"").expect("a live page");
        let to = self.body.find("<dialog id=\"keys\"").expect("a page");
        let block = self.body[from..to].trim_end();
        block.strip_suffix("</div>").expect("the page's own end").trim_end()
    }

    /// The value of the form's id on the control that goes to `href`.
    pub fn form_id(&self, href: &str) -> String {
        let at = self.body.find(&format!("action=\"{href}\"")).unwrap_or_else(|| panic!("no form to {href}"));
        let rest = &self.body[at..];
        let (_, field) = rest.split_once("name=\"form_id\"").expect("a form's id");
        let (_, value) = field.split_once("value=\"").expect("its value");
        value.split('"').next().expect("its end").to_owned()
    }
}

/// The node's log of views.
struct Book(Node, Arc<Mutex<Vec<NodeView>>>);

impl ViewLog for Book {
    fn record(&self, view: View) -> BoxFuture<'_, Result<(), ViewRefused>> {
        let seq = alongside_node::Seq(view.seq);
        let moment = match view.kind {
            ViewKind::Page => Moment::Page,
            ViewKind::LiveOpened => Moment::Opened,
            ViewKind::LiveGoesOn { .. } => Moment::Continued,
            ViewKind::LiveClosed { .. } => Moment::Closed,
            ViewKind::CameOnScreen => Moment::Continued,
        };
        let topic = |subject: &String| match subject.split_once(':') {
            Some(("incident", reference)) => Topic::Incident(reference.to_owned()),
            Some(("record", number)) => Topic::Record(number.parse().expect("a number")),
            Some(("call", reference)) => Topic::Call(reference.to_owned()),
            Some(("reject", number)) => Topic::Reject(number.parse().expect("a number")),
            Some(("role", role)) => Topic::Staff(role.to_owned()),
            _ => panic!("{subject} is no subject"),
        };
        let view = NodeView {
            actor: view.actor.into(),
            screen: view.screen,
            moment,
            subjects: view.subjects.iter().map(|subject| self.0.stream(&topic(subject))).collect(),
            rights: view.right.to_owned(),
            shown: (seq, seq),
            why: String::new(),
        };
        let (pending, looks) = (self.0.record_view(view.clone()), self.1.clone());
        Box::pin(async move {
            pending.await.map_err(|_| ViewRefused)?;
            looks.lock().expect("not poisoned").push(view);
            Ok(())
        })
    }
}

impl TestRoom {
    pub fn new() -> Self {
        Self::with_ears(Ears::none())
    }

    pub fn with_ears(ears: Ears) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::at(EVENING));
        let options = Options { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..Options::new(POLICY, LEXICON) };
        let node = Node::open(folder.path(), options, &mut |_| ()).expect("a node");
        let accounts = Accounts::in_memory();
        let settings = GateSettings {
            room: "Harrowdale control room".into(),
            seats: vec!["desk 1".into()],
            secure: false,
            synthetic: false,
            limits: Limits::default(),
        };
        let gate = Arc::new(Gate::new(accounts, settings, None));
        let looks = Arc::new(Mutex::default());
        let book = Arc::new(Book(node.clone(), Arc::clone(&looks)));
        let door = super::super::mount(Door::new(gate.clone()), node.clone(), book, ears);
        let gaps = door.gaps();
        Self { node, clock, gate, gaps, router: door.open(), looks, _folder: folder }
    }

    /// Every look that was written down, in order.
    pub fn looks(&self) -> Vec<NodeView> {
        self.looks.lock().expect("not poisoned").clone()
    }

    /// Signs somebody in.
    pub fn person(&self, name: &str, role: Role) -> Person {
        self.person_of(name, role, None)
    }

    pub fn person_of(&self, name: &str, role: Role, staff: Option<&str>) -> Person {
        let new = NewAccount {
            name: name.into(),
            shown: name.into(),
            staff: staff.map(Into::into),
            roles: [role].into(),
            password: None,
        };
        let account = self.gate.accounts.add(&new, self.gate.now()).expect("a new name");
        let token = self.gate.accounts.open_session(&account, "desk 1", None, self.gate.now()).expect("a session");
        Person { id: account.id, cookie: format!("alongside={}", token.hex()), word: token.form_word() }
    }

    /// Moves the clock.
    pub fn at(&self, seconds: i64) -> Timestamp {
        let at = EVENING.plus(Period::seconds(seconds));
        self.clock.set(at);
        at
    }

    /// Takes a message of the feed, happened and known now, and waits until what falls due at this very instant is judged: the
    /// node does that after its answer.
    pub async fn take(&self, raw: &str) {
        let now = self.clock.now();
        let raw = raw.replace("NOW", &now.to_string());
        let message = read_line(&raw).unwrap_or_else(|faults| panic!("{faults:?}")).message;
        let reading = Reading::Message { raw: raw.as_str().into(), message: Box::new(message) };
        let offer = Offer { size: raw.len(), content: Sha256::digest(&raw).into(), reading };
        self.node.take("cad", now, vec![offer]).await.expect("kept");
        let judged = async {
            while self.node.read(|desk| desk.due().is_some_and(|due| due <= now)) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), judged).await.expect("what is due is judged");
    }

    /// Sends what a feed delivers, faults and all, as the door reads it.
    pub async fn send(&self, feed: &str, raw: impl Into<Vec<u8>>) -> Receipt {
        let now = self.clock.now();
        let offer = alongside_feeds::node::read_live(raw.into().into(), now);
        self.node.take(feed, now, vec![offer]).await.expect("kept").remove(0)
    }

    /// A woman reports her partner, nobody is sent, and the target runs out.
    pub async fn night(&self) {
        self.at(0);
        self.take(r#"{"id":"m1","at":"NOW","type":"incident.opened","incident":"L0187","by":"op1","channel":"999","grade":"immediate","code":"ASSAULT","qualifiers":["DA"],"text":"Caller says he is at the door again"}"#).await;
        self.take(r#"{"id":"m2","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"victim","relationship":"partner","person":{"ref":"P1","given":"Orla","family":"Pennick"}}"#).await;
        self.take(r#"{"id":"m3","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"suspect","relationship":"partner","person":{"ref":"P2","given":"Piers","family":"Quarmby"}}"#).await;
        self.later(40 * 60).await;
    }

    /// Moves the clock and waits until the node has judged what fell due.
    pub async fn later(&self, seconds: i64) {
        let at = self.at(seconds);
        let id = format!("alive-{seconds}");
        self.take(&format!(r#"{{"id":"{id}","at":"NOW","type":"feed.alive"}}"#)).await;
        assert!(self.node.read(|desk| desk.state().clock >= at));
    }

    /// Waits until the desk is so, at most ten seconds.
    pub async fn until(&self, told: &str, is_so: impl Fn(&alongside_desk::State) -> bool) {
        let mut commits = self.node.subscribe();
        let wait = async {
            while !self.node.read(|desk| is_so(desk.state())) {
                let _or_lagged = commits.recv().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.expect(told);
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        self.ask(Request::get(path).header(header::COOKIE, &who.cookie).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, who: &Person, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, &who.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("csrf={}&{form}", who.word);
        self.ask(request.body(Body::from(body)).expect("a request")).await
    }

    /// Presses a button that a page shows.
    pub async fn press(&self, who: &Person, page: &Answer, href: &str) -> Answer {
        self.post(who, href, &format!("form_id={}", page.form_id(href))).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        // Sound is no text: what of it is text can still be read.
        let body = String::from_utf8_lossy(&to_bytes(body, 1 << 22).await.expect("whole")).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The first page that a live line sends.
    pub async fn first_live(&self, who: &Person, path: &str) -> String {
        self.line(who, path).await.page().await
    }

    /// Opens a live line.
    pub async fn line(&self, who: &Person, path: &str) -> Line {
        let request = Request::get(path).header(header::COOKIE, &who.cookie).body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Line { stream: response.into_body().into_data_stream(), text: String::new(), shown: String::new() }
    }
}

/// A live line, as a browser reads it.
pub struct Line {
    stream: BodyDataStream,
    text: String,
    shown: String,
}

impl Line {
    /// The next page that it makes of what is sent.
    pub async fn page(&mut self) -> String {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if event.contains("event: page") {
                    let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
                    let data: Vec<&str> = data.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
                    self.shown = browser::shows(&self.shown, data.join("\n").trim());
                    return self.shown.clone();
                }
                continue;
            }
            let part = self.stream.next().await.expect("it goes on").expect("readable");
            self.text += std::str::from_utf8(&part).expect("text");
        }
    }

    /// Reads on until the browser shows `fresh`, but for what ticks; at most eight messages.
    pub async fn becomes(&mut self, fresh: &str, told: &str) {
        let wanted = browser::standing(fresh);
        for _ in 0..8 {
            if browser::standing(&self.shown) == wanted {
                return;
            }
            self.page().await;
        }
        assert_eq!(browser::standing(&self.shown), wanted, "{told}");
    }
}
