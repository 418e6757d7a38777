//! What people do: each form becomes one command of the node, once, and what is refused is said in plain words.

use alongside_desk::message::ActKind;
use alongside_desk::review::{ActionId, Ask, StaffCommand, StaffEvent};
use alongside_desk::stamp::FlagId;
use alongside_desk::time::Timestamp;
use alongside_desk::watch::Subject;
use alongside_desk::{Actor, Refusal};
use alongside_node::{Act as NodeAct, DealtHow, Refused};
use alongside_node::{Body, Read as _, Seq};
use axum::extract::{Form, Path};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::naming::{self, Staff};
use super::rule::says;
use super::{Room, key, nowhere};
use crate::door::{Action, Asked, Decision, Door, Session, Subject as Whose, authorise};
use crate::page;
use crate::views::part::{Act, Notice, Undo};
use crate::views::{moment, state};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::POST, "/rows/{key}/take", take)
        .route(Method::POST, "/rows/{key}/release", release)
        .route(Method::POST, "/actions/{key}/acknowledge", acknowledge)
        .route(Method::POST, "/flags/{key}/take-in", take_in)
        .route(Method::POST, "/undo/{id}", undo)
}

/// The id of a form: what it does, to what, and the state of the desk that it was shown in; with `version`, the decision
/// stands only on that version of what it is about.
pub fn form_id(verb: &str, key: &str, seq: u64, version: Option<u64>) -> String {
    match version {
        Some(version) => format!("{verb}.{key}.{seq}.{version}"),
        None => format!("{verb}.{key}.{seq}"),
    }
}

/// The state of the desk that a form was shown in, and the version that it stands on.
pub fn shown_in(form_id: &str) -> (Option<u64>, Option<u64>) {
    let mut parts = form_id.split('.').skip(2).map(|part| part.parse().ok());
    (parts.next().flatten(), parts.next().flatten())
}

/// The least that a form carries.
#[derive(Deserialize)]
pub struct Sent {
    /// Makes a second sending do nothing.
    #[serde(default)]
    pub form_id: String,
}

async fn take(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Sent>) -> Response {
    room.act_on(&asked, &key, sent.form_id, |subject| Ask::Take { subject }).await
}

async fn release(room: Room, asked: Asked, Path(key): Path<String>, Form(sent): Form<Sent>) -> Response {
    room.act_on(&asked, &key, sent.form_id, |subject| Ask::Release { subject }).await
}

async fn undo(room: Room, asked: Asked, Path(act): Path<u64>, Form(sent): Form<Sent>) -> Response {
    // Whoever takes a switch back goes on on the rule's page.
    let then = match room.said(act) {
        Some(StaffEvent::RuleSwitched { rule, .. }) if room.knows_rule(&rule) => format!("/rules/{rule}"),
        _ => "/".to_owned(),
    };
    room.act(&asked, sent.form_id, Ask::Undo { act }, &then).await
}

/// The history was taken in: what a flag that waits for that is answered by.
async fn take_in(room: Room, asked: Asked, Path(id): Path<u32>, Form(sent): Form<Sent>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let found = room.node.read(|desk| {
        let state = desk.state();
        let flag = state.flags.get(FlagId(id))?;
        let staff = naming::staff_in(state, state.home_of(flag), &session.account);
        let may = authorise(session, Action::Answer, Whose::Record { staff: &staff }) == Decision::Allow;
        let answers = state.answerable(flag.id).find(|answers| answers.kind == ActKind::Acknowledged);
        Some((flag.now.incident?, answers.map(|answers| answers.fact))).filter(|_| may)
    });
    match found {
        Some((incident, Some(fact))) => {
            let ask = Ask::AcknowledgeHistory { incident, answers: fact.into() };
            room.act(&asked, sent.form_id, ask, &format!("/incidents/{}", incident.0)).await
        }
        // Somebody was quicker, or the record was: what was asked is so.
        Some((incident, None)) => Redirect::to(&format!("/incidents/{}", incident.0)).into_response(),
        None => nowhere(&asked),
    }
}

async fn acknowledge(room: Room, asked: Asked, Path(id): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let Some(session) = &asked.session else { return nowhere(&asked) };
    let action = ActionId(id);
    let found = room.node.read(|desk| {
        let asked = desk.state().reviews.action(action)?;
        let list = super::actions::list_of(asked.role)?;
        let staff = naming::staff_in(desk.state(), asked.subject, &session.account);
        let may = authorise(session, Action::Acknowledge, Whose::Record { staff: &staff }) == Decision::Allow;
        (may && session.account.roles.contains(&list)).then_some(())
    });
    match found {
        Some(()) => room.act(&asked, sent.form_id, Ask::AcknowledgeAction { action }, "/actions").await,
        None => nowhere(&asked),
    }
}

impl Room {
    /// What this person may act on under an address; nothing where it is not there, or is a record that they are in.
    pub fn reach(&self, session: &Session, action: Action, key: &str) -> Option<Subject> {
        self.node.read(|desk| {
            let subject = key::read(desk.state(), key)?;
            let staff = naming::staff_in(desk.state(), subject, &session.account);
            (authorise(session, action, Whose::Record { staff: &staff }) == Decision::Allow).then_some(subject)
        })
    }

    /// Does something with a row.
    pub async fn act_on(
        &self,
        asked: &Asked,
        key: &str,
        form_id: String,
        ask: impl FnOnce(Subject) -> Ask,
    ) -> Response {
        let reach = |session| self.reach(session, Action::Take, key);
        match asked.session.as_ref().and_then(reach) {
            Some(subject) => self.act(asked, form_id, ask(subject), "/desk").await,
            None => nowhere(asked),
        }
    }

    /// Does what a form asks, and answers when it is durable: to the page's script with nothing, to a browser with the way on.
    pub async fn act(&self, asked: &Asked, form_id: String, ask: Ask, then: &str) -> Response {
        match self.ask(asked, &form_id, ask).await {
            Ok(()) if asked.sheet => StatusCode::NO_CONTENT.into_response(),
            Ok(()) => Redirect::to(then).into_response(),
            Err(refused) => self.refused(asked, &refused),
        }
    }

    /// Does what a form asks.
    ///
    /// # Errors
    /// [`Refused`], with nothing done.
    pub async fn ask(&self, asked: &Asked, form_id: &str, ask: Ask) -> Result<(), Refused> {
        let Some(session) = &asked.session else { return Err(Refused::NoSuch("session")) };
        if form_id.is_empty() || form_id.len() > 64 || !form_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refused::NoSuch("form"));
        }
        let command = StaffCommand { request: form_id.into(), ask };
        let by = session.account.id.as_str().into();
        self.node.act(NodeAct { by, command, expected: shown_in(form_id).1 }).await.map(|_| ())
    }

    /// Says why something was not done: what happened, what it means, what to do now.
    pub fn refused(&self, asked: &Asked, refused: &Refused) -> Response {
        let staff = Staff::of(&self.gate);
        let (status, happened, means, now) = match refused {
            Refused::Desk(Refusal::Overtaken(who)) => (
                StatusCode::CONFLICT,
                format!("{}.", staff.told(who)),
                "Somebody was quicker. What you asked for was not done.".to_owned(),
                "Look at it again and decide again.",
            ),
            Refused::Overtaken { .. } => (
                StatusCode::CONFLICT,
                "Somebody else acted on this while you were looking.".to_owned(),
                "What you asked for was not done.".to_owned(),
                "Look at it again and decide again.",
            ),
            Refused::Desk(Refusal::Unfit(why)) => (
                StatusCode::CONFLICT,
                staff.told(why),
                "Nothing has been changed.".to_owned(),
                "Go back and look again.",
            ),
            Refused::DealtWith(dealt) => {
                let how = match dealt.how {
                    DealtHow::Resubmitted => "resubmitted",
                    DealtHow::PutAside => "put aside",
                };
                let by = staff.name(&Actor(dealt.by.clone()));
                (
                    StatusCode::CONFLICT,
                    format!("It was {how} by {by} at {}.", moment::seconds(dealt.at)),
                    "Somebody was quicker. Nothing was applied twice.".to_owned(),
                    "Look at it again.",
                )
            }
            Refused::Desk(Refusal::NoSuch(_)) | Refused::NoSuch(_) => return nowhere(asked),
            _ => return page::state(StatusCode::SERVICE_UNAVAILABLE, &state::NOT_SAVED, asked.session.clone()),
        };
        let frame = page::frame(&self.gate, asked.session.as_ref(), &asked.nonce, "Alongside", "everywhere");
        let link = Some(("/".to_owned(), "Go to your page".to_owned()));
        page::plain(status, &state::State { frame, happened, means, now: now.to_owned(), link, alarm: true })
    }

    /// The bar that takes this person's last act back, while it can be.
    pub fn undo(&self, session: &Session, now: Timestamp) -> Option<Notice> {
        let who = naming::actor(session);
        let undoable = self.node.read(|desk| desk.state().undoable(&who, now))?;
        let event = self.said(undoable.act);
        let says = event.as_ref().map_or_else(|| "Done".to_owned(), |event| self.did(event));
        let counts_already = matches!(event, Some(StaffEvent::RuleSwitched { .. }));
        let waits = if counts_already { "It can be taken back for" } else { "It leaves in" };
        let act = Act::post(
            "undo",
            "Take it back",
            "Z",
            format!("/undo/{}", undoable.act),
            form_id("undo", &undoable.act.to_string(), undoable.act, None),
        );
        Some(Notice::Undo(Undo { says, waits, until: undoable.until, act }))
    }

    /// Whether the policy in force has a rule of this id, so that the id may go into an address.
    pub fn knows_rule(&self, id: &str) -> bool {
        self.node.read(|desk| desk.state().policy.rule(id).is_some())
    }

    /// What somebody did under an entry, with their words; nothing when it was redacted or is none of ours.
    pub fn said(&self, seq: u64) -> Option<StaffEvent> {
        let entries = self.node.journal().read_many(&[Seq(seq)]).ok()?;
        let entry = entries.first()?;
        let Body::Open(body) = &entry.body else { return None };
        match alongside_desk::Event::decode(&entry.kind, entry.version, body).ok()? {
            alongside_desk::Event::Staff(event) => Some(event),
            _ => None,
        }
    }

    /// `Log 0187 taken`
    fn did(&self, event: &StaffEvent) -> String {
        let log = |subject: Subject| {
            self.node
                .read(|desk| match desk.state().home(subject) {
                    Subject::Incident(id) => desk.state().reference(id).map(|reference| format!("Log {reference}")),
                    Subject::Call(id) => desk.state().calls.get(&id).map(|call| format!("Call {}", call.reference)),
                    Subject::Person(_) => None,
                })
                .unwrap_or_else(|| "This".to_owned())
        };
        match event {
            StaffEvent::ReviewOpened { subject } | StaffEvent::Taken { subject } => format!("{} taken", log(*subject)),
            StaffEvent::Released { subject } => format!("{} let go", log(*subject)),
            StaffEvent::Held { subject, until, .. } => {
                format!("{} held until {}", log(*subject), moment::minutes(*until))
            }
            StaffEvent::HandedOver { subject, .. } => format!("{} handed over", log(*subject)),
            StaffEvent::Disposed { subject, .. } => format!("{} disposed of", log(*subject)),
            StaffEvent::Confirmed { .. } => "Flag confirmed".to_owned(),
            StaffEvent::SetAside { .. } => "Flag set aside".to_owned(),
            StaffEvent::ActionAcknowledged { .. } => "Acknowledged".to_owned(),
            StaffEvent::ActionDone { .. } => "Said to be done".to_owned(),
            StaffEvent::ActionDeclined { .. } => "Said that it cannot be done".to_owned(),
            StaffEvent::RuleSwitched { rule, to, .. } => format!("{rule} is {} now", says(*to).to_lowercase()),
            StaffEvent::Noted { .. } | StaffEvent::NotedForHandOver { .. } => "Note kept".to_owned(),
            _ => "Done".to_owned(),
        }
    }
}
