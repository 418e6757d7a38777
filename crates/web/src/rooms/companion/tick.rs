//! The handler's own ticks on the checklist, beside what the log says and never in its place.

use alongside_desk::call::Call;
use alongside_desk::incident::Incident;
use alongside_desk::listening::{ListeningAsk, Point, TickAsk};
use alongside_desk::review::Ask;
use alongside_desk::stamp::CallId;
use axum::extract::{Form, Path};
use axum::response::Response;

use crate::door::{Action, Asked, Decision, Session, Subject as Whose, authorise};
use crate::rooms::act::{Sent, form_id};
use crate::rooms::case::timeline::Scene;
use crate::rooms::{Room, nowhere};
use crate::views::companion::PointLine;
use crate::views::part::Act;

pub async fn tick(
    room: Room,
    asked: Asked,
    Path((call, point, how)): Path<(u32, String, String)>,
    Form(sent): Form<Sent>,
) -> Response {
    let on = match &*how {
        "tick" => true,
        "untick" => false,
        _ => return nowhere(&asked),
    };
    let call = CallId(call);
    let handler = room.node.read(|desk| {
        let call = desk.state().calls.get(&call)?;
        call.handler.clone().filter(|_| asked.session.as_ref().is_some_and(|session| may(session, call)))
    });
    let Some(handler) = handler else { return nowhere(&asked) };
    let ask = ListeningAsk::Tick(TickAsk { call, point: point.into(), handler, on });
    room.act(&asked, sent.form_id, Ask::Listening(ask), "/companion").await
}

fn may(session: &Session, call: &Call) -> bool {
    authorise(session, Action::Tick, Whose::CallOf(call.handler.as_deref())) == Decision::Allow
}

impl Scene<'_> {
    /// A point of the checklist on a call: what its log says, and what its handler ticked.
    pub fn point(&self, call: &Call, log: Option<&Incident>, point: &Point) -> PointLine {
        let ticked = self.teller.state().ticks.of(call.id, &point.key);
        // Whoever is in the record ticks nothing on it, and the desk would refuse (law 12).
        let may = may(self.teller.session, call) && self.teller.may_know_call(call);
        let tick = may.then(|| {
            let (how, says) = if ticked.at.is_some() { ("untick", "Take my tick back") } else { ("tick", "Tick") };
            // Each tick is a form of its own, told apart by the entry before it.
            let form = form_id(how, &format!("{}-{}", call.id.0, point.key), ticked.entry, None);
            Act::post("tick", says, "", format!("/companion/{}/points/{}/{how}", call.id.0, point.key), form)
        });
        PointLine {
            says: point.says.to_string(),
            at: log.and_then(|log| point.covered(log)).map(|stamp| stamp.at),
            can_be_read: point.can_be_read(),
            id: format!("point-{}", point.key),
            ticked: ticked.at,
            tick,
        }
    }
}
