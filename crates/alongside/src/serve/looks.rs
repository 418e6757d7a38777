//! The node as where looks are written down.

use alongside_journal::{Moment, Seq};
use alongside_node::{Node, Topic, View as NodeView};
use alongside_web::view_log::{View, ViewKind, ViewLog, ViewRefused};
use futures_util::future::BoxFuture;

/// The log of views of a node.
pub struct Looks {
    node: Node,
}

impl Looks {
    /// Of this node.
    pub fn new(node: Node) -> Self {
        Self { node }
    }
}

impl ViewLog for Looks {
    fn record(&self, view: View) -> BoxFuture<'_, Result<(), ViewRefused>> {
        Box::pin(async move {
            let now = Seq(view.seq);
            let (moment, since) = match view.kind {
                ViewKind::Page => (Moment::Page, now),
                ViewKind::LiveOpened => (Moment::Opened, now),
                ViewKind::LiveGoesOn { since } => (Moment::Continued, Seq(since)),
                ViewKind::LiveClosed { since } => (Moment::Closed, Seq(since)),
                ViewKind::CameOnScreen => (Moment::Continued, now),
            };
            let subjects = view.subjects.iter().map(|s| self.node.stream(&topic(s))).collect();
            let view = NodeView {
                actor: view.actor.into(),
                screen: view.screen,
                moment,
                subjects,
                rights: view.right.to_owned(),
                shown: (since, now),
                why: String::new(),
            };
            self.node.record_view(view).await.map(|_| ()).map_err(|_| ViewRefused)
        })
    }
}

/// A page names what it shows as `incident:<reference>`, `record:<number>`, `call:<reference>`, `reject:<number>` or `role:<name>`.
fn topic(subject: &str) -> Topic {
    match subject.split_once(':') {
        Some(("incident", reference)) => Topic::Incident(reference.to_owned()),
        Some(("record", number)) => number.parse().map_or(Topic::Desk, Topic::Record),
        Some(("call", reference)) => Topic::Call(reference.to_owned()),
        Some(("reject", number)) => number.parse().map_or(Topic::Desk, Topic::Reject),
        _ => Topic::Desk,
    }
}
