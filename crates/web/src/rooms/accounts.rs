//! Who may sign in, as what. Accounts are made and changed from the command line of the machine that has the folder.

use std::collections::BTreeSet;

use axum::http::Method;
use axum::response::Response;

use super::{Drawing, Head, Room, Sight};
use crate::door::{Action, Asked, Door, Session};
use crate::views::accounts::{Accounts as View, Line};

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/accounts", page)
}

async fn page(room: Room, asked: Asked) -> Response {
    room.page(&asked, &Accounts).await
}

struct Accounts;

impl Sight for Accounts {
    type View = View;

    fn head(&self) -> Head {
        Head { title: "Accounts", screen: "accounts", action: Action::Accounts, line: None }
    }

    fn draw(&self, room: &Room, session: &Session, nonce: &str) -> Option<Drawing<View>> {
        let line = |account: crate::door::Account| Line {
            shown: account.shown,
            name: account.name,
            staff: account.staff.unwrap_or_else(|| "not said".to_owned()),
            roles: account.roles.iter().map(|role| role.says()).collect::<Vec<_>>().join(", "),
            locked: account.locked,
        };
        let lines = room.gate.accounts.list().ok()?.into_iter().map(line).collect();
        let rejects = room.node.status().rejects;
        room.node.read(|desk| {
            let frame = room.frame(desk, session, nonce, &self.head());
            let view = View { frame, lines, rejects };
            Some(Drawing { view, seq: desk.state().seq, subjects: BTreeSet::new() })
        })
    }
}
