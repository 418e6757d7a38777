//! A control room in which one call has begun, for the browser tests: the product's pages, journal, recording server and audio
//! thread on real sockets. The test is the switch.
//!
//! It prints `page NAME URL` for each person, `sip ADDRESS` for where the switch records to, then `ready`. A line `end` on its
//! standard input is the feed's word that the call has ended; the end of the input ends the program.

use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::channel;

use alongside_desk::message::read_line;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::POLICY;
use alongside_desk::watch::lexicon::LEXICON;
use alongside_journal::{Moment, Seq};
use alongside_media::calls::Calls;
use alongside_media::forward::{Listening, Settings};
use alongside_media::siprec::{Policy, Server, ServerSettings};
use alongside_node::{Clock, Node, Offer, Options, Reading, SystemClock, Topic, View as NodeView};
use alongside_web::door::{Accounts, DemoLinks, Door, Gate, GateSettings, Limits, NewAccount, Role};
use alongside_web::rooms::listening::{Ears, NamedBy};
use alongside_web::view_log::{View, ViewLog, ViewRefused};
use anyhow::{Result, anyhow};
use futures_util::future::BoxFuture;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Who is there. The handler has taken the call.
const PEOPLE: [(&str, &str, Role); 3] = [
    ("priya", "Priya Nandra", Role::Specialist),
    ("quill", "Inspector Quill", Role::Supervisor),
    ("kit", "Kit Doyle", Role::Handler),
];

/// She rang at some time before, and rings again.
const MESSAGES: [&str; 4] = [
    r#"{"id":"m1","at":"NOW","type":"incident.opened","incident":"L0187","by":"op1","channel":"999","grade":"priority","code":"ASSAULT","qualifiers":["DA"],"text":"INFT STS HE STRANGLED HER"}"#,
    r#"{"id":"m2","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"victim","person":{"ref":"P1","given":"Orla","family":"Pennick","phones":["07700 900631"]}}"#,
    r#"{"id":"m3","at":"NOW","type":"incident.person","incident":"L0187","by":"op1","role":"suspect","relationship":"partner","person":{"ref":"P2","given":"Piers","family":"Quarmby"}}"#,
    r#"{"id":"m4","at":"NOW","type":"call.started","call":"c1","line":"999","from":"+447700900631","handler":"op7","sip":"7f3a"}"#,
];

const ENDED: &str = r#"{"id":"m5","at":"NOW","type":"call.ended","call":"c1","how":"completed"}"#;

struct Looks(Node);

impl ViewLog for Looks {
    fn record(&self, view: View) -> BoxFuture<'_, Result<(), ViewRefused>> {
        let topic = |subject: &String| match subject.split_once(':') {
            Some(("incident", reference)) => Topic::Incident(reference.to_owned()),
            Some(("record", number)) => number.parse().map_or(Topic::Desk, Topic::Record),
            _ => Topic::Desk,
        };
        let look = NodeView {
            actor: view.actor.into(),
            screen: view.screen,
            moment: Moment::Page,
            subjects: view.subjects.iter().map(|subject| self.0.stream(&topic(subject))).collect(),
            rights: view.right.to_owned(),
            shown: (Seq(view.seq), Seq(view.seq)),
            why: String::new(),
        };
        let pending = self.0.record_view(look);
        Box::pin(async move { pending.await.map(|_| ()).map_err(|_| ViewRefused) })
    }
}

async fn take(node: &Node, raw: &str) -> Result<()> {
    let now: Timestamp = node.clock().now();
    let raw = raw.replace("NOW", &now.to_string());
    let message = read_line(&raw).map_err(|_| anyhow!("the contract's messages"))?.message;
    let reading = Reading::Message { raw: raw.as_str().into(), message: Box::new(message) };
    node.take("cad", now, vec![Offer { size: raw.len(), content: [0; 32], reading }]).await?;
    Ok(())
}

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let node = Node::open(folder.path(), Options { clock, ..Options::new(POLICY, LEXICON) }, &mut |_| ())?;
    let accounts = Accounts::open(&folder.path().join("accounts.db"))?;
    let links = DemoLinks::default();
    let mut pages = Vec::new();
    for (name, shown, role) in PEOPLE {
        let staff = (role == Role::Handler).then(|| "op7".to_owned());
        let new =
            NewAccount { name: name.to_owned(), shown: shown.to_owned(), staff, roles: [role].into(), password: None };
        pages.push((shown, links.make(&accounts.add(&new, node.clock().now())?)?));
    }
    let settings = GateSettings {
        room: "Synthetic force".to_owned(),
        seats: Vec::new(),
        secure: false,
        synthetic: true,
        limits: Limits::default(),
    };
    let gate = Arc::new(Gate::new(accounts, settings, Some(links)));

    let (tell, noticed) = channel();
    let media =
        Settings { listeners: SocketAddr::new(HERE, 0), advertised: None, rtp: HERE, rtp_ports: 26_000..=26_199 };
    let listening = Arc::new(Listening::start(&media, tell)?);
    let calls = Calls::new()?;
    let policy = Policy { allowed: vec![HERE], media: HERE, any_source: false, most_sessions: 8 };
    let settings = ServerSettings { address: SocketAddr::new(HERE, 0), policy };
    let switch = Server::start(&settings, calls.clone(), Arc::clone(&listening))?;
    let ears = Ears::new(Arc::clone(&listening), noticed, calls.clone(), NamedBy::default());

    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        for message in MESSAGES {
            take(&node, message).await?;
        }
        let door = Door::new(Arc::clone(&gate));
        let router = alongside_web::rooms::mount(door, node.clone(), Arc::new(Looks(node.clone())), ears).open();
        let listener = tokio::net::TcpListener::bind((HERE, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        for (shown, path) in pages {
            println!("page {shown} http://{address}{path}");
        }
        println!("sip {}", switch.address());
        println!("ready");
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            std::io::stdin().lock().lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        while let Some(line) = heard.recv().await {
            if line == "end" {
                take(&node, ENDED).await?;
            }
        }
        anyhow::Ok(())
    })?;
    node.shutdown();
    Ok(())
}
