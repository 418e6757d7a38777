//! Signing in and out, the demonstration's links, and what a person chooses for their screen.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Form, Path, Query};
use axum::http::{Method, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::account::{Account, SignInRefused};
use super::guard::{Asked, Door, Gate};
use super::token::Token;
use crate::views::frame::{Preferences, Theme};
use crate::views::{moment, sign_in, state};
use crate::{assets, page};

/// Mounts what everybody needs before the first screen.
#[must_use]
pub fn mount(door: Door) -> Door {
    door.route(Method::GET, "/assets/{name}", assets::serve)
        .route(Method::GET, "/sign-in", show)
        .route(Method::POST, "/sign-in", sign_in)
        .route(Method::GET, "/demo/{token}", demo)
        .route(Method::GET, "/", home)
        .route(Method::GET, "/keys", keys)
        .route(Method::POST, "/preferences", prefer)
        .route(Method::POST, "/sign-out", sign_out)
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

#[derive(Deserialize)]
struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    seat: String,
    #[serde(default)]
    next: String,
}

async fn show(Extension(gate): Extension<Arc<Gate>>, asked: Asked, Query(query): Query<Next>) -> Response {
    let next = ours(query.next.as_deref().unwrap_or_default());
    if asked.session.is_some() {
        return Redirect::to(next).into_response();
    }
    form(&gate, &asked, StatusCode::OK, Filled { name: "", seat: "", next, error: String::new() })
}

struct Filled<'a> {
    name: &'a str,
    seat: &'a str,
    next: &'a str,
    error: String,
}

/// The sign-in page. Its form has a word of its own, made from a secret that is no session's.
fn form(gate: &Gate, asked: &Asked, status: StatusCode, filled: Filled<'_>) -> Response {
    let token = match &asked.token {
        Some(token) => token.clone(),
        None => match Token::new() {
            Ok(token) => token,
            Err(_) => return page::state(StatusCode::SERVICE_UNAVAILABLE, &state::BROKEN, None),
        },
    };
    let mut frame = page::frame(gate, None, &asked.nonce, "Sign in", "everywhere");
    frame.csrf = token.form_word();
    let first_seat = gate.settings.seats.first().map_or("", String::as_str);
    let view = sign_in::SignIn {
        frame,
        name: filled.name.to_owned(),
        seats: gate.settings.seats.clone(),
        seat: if filled.seat.is_empty() { first_seat } else { filled.seat }.to_owned(),
        error: filled.error,
        next: filled.next.to_owned(),
        demo: gate.demo.is_some(),
    };
    let cookie = AppendHeaders([(header::SET_COOKIE, gate.set_cookie(Some(&token)))]);
    (cookie, page::plain(status, &view)).into_response()
}

async fn sign_in(Extension(gate): Extension<Arc<Gate>>, asked: Asked, Form(sent): Form<SignInForm>) -> Response {
    let Ok(_turn) = gate.hashing.acquire().await else {
        return page::state(StatusCode::SERVICE_UNAVAILABLE, &state::BROKEN, None);
    };
    let now = gate.now();
    let (checker, name, password) = (gate.clone(), sent.name.clone(), sent.password);
    let checked = tokio::task::spawn_blocking(move || checker.accounts.check(&name, &password, now)).await;
    let again = |error: String| {
        let seat = known_seat(&gate, &sent.seat);
        form(
            &gate,
            &asked,
            StatusCode::UNPROCESSABLE_ENTITY,
            Filled { name: &sent.name, seat, next: ours(&sent.next), error },
        )
    };
    match checked {
        Ok(Ok(account)) => {
            let home = home_of(&account);
            let next = if sent.next.is_empty() || sent.next == "/" { home } else { ours(&sent.next) };
            enter(&gate, &asked, &account, known_seat(&gate, &sent.seat), next)
        }
        Ok(Err(SignInRefused::Wrong)) => again("The name or the password is wrong.".to_owned()),
        Ok(Err(SignInRefused::Wait(until))) => {
            again(format!("Too many attempts. Try again at {}.", moment::seconds(until)))
        }
        Ok(Err(SignInRefused::Accounts(_))) | Err(_) => {
            tracing::error!("the accounts file cannot be used");
            page::state(StatusCode::SERVICE_UNAVAILABLE, &state::BROKEN, None)
        }
    }
}

/// In a demonstration a link signs in without a password. Outside one there is no such address.
async fn demo(Extension(gate): Extension<Arc<Gate>>, asked: Asked, Path(token): Path<String>) -> Response {
    let name = gate.demo.as_ref().zip(Token::from_hex(&token)).and_then(|(links, token)| links.name_of(&token));
    let account = name.and_then(|name| gate.accounts.named(&name).ok().flatten()).filter(|account| !account.locked);
    match account {
        Some(account) => {
            let seat = gate.settings.seats.first().cloned().unwrap_or_default();
            let home = home_of(&account);
            enter(&gate, &asked, &account, &seat, home)
        }
        None => page::state(StatusCode::NOT_FOUND, &state::NOT_FOUND, None),
    }
}

/// Opens a session under a new secret, and ends the one that the browser had.
fn enter(gate: &Gate, asked: &Asked, account: &Account, seat: &str, to: &str) -> Response {
    match gate.accounts.open_session(account, seat, asked.token.as_ref(), gate.now()) {
        Ok(token) => {
            let cookie = AppendHeaders([(header::SET_COOKIE, gate.set_cookie(Some(&token)))]);
            (cookie, Redirect::to(to)).into_response()
        }
        Err(_) => {
            tracing::error!("a session could not be opened");
            page::state(StatusCode::SERVICE_UNAVAILABLE, &state::BROKEN, None)
        }
    }
}

async fn home(asked: Asked) -> Redirect {
    Redirect::to(asked.session.as_ref().map_or("/sign-in", |session| home_of(&session.account)))
}

async fn keys(Extension(gate): Extension<Arc<Gate>>, asked: Asked) -> Response {
    let frame = page::frame(&gate, asked.session.as_ref(), &asked.nonce, "Keys", "everywhere");
    page::plain(StatusCode::OK, &crate::views::keys::Keys { frame })
}

#[derive(Deserialize)]
struct Choice {
    theme: String,
    #[serde(default)]
    keys: String,
    #[serde(default)]
    sound: String,
}

async fn prefer(Extension(gate): Extension<Arc<Gate>>, asked: Asked, Form(choice): Form<Choice>) -> Response {
    let Some(session) = &asked.session else { return Redirect::to("/sign-in").into_response() };
    let chosen =
        Preferences { theme: Theme::named(&choice.theme), keys: choice.keys == "on", sound: choice.sound == "on" };
    match gate.accounts.set_preferences(&session.account.id, chosen) {
        Ok(()) => Redirect::to(home_of(&session.account)).into_response(),
        Err(_) => page::state(StatusCode::SERVICE_UNAVAILABLE, &state::NOT_SAVED, asked.session),
    }
}

async fn sign_out(Extension(gate): Extension<Arc<Gate>>, asked: Asked) -> Response {
    let ended = asked.token.as_ref().map(|token| gate.accounts.end_session(token));
    if let Some(Err(_)) = ended {
        return page::state(StatusCode::SERVICE_UNAVAILABLE, &state::NOT_SAVED, asked.session);
    }
    let cookie = AppendHeaders([(header::SET_COOKIE, gate.set_cookie(None))]);
    (cookie, Redirect::to("/sign-in")).into_response()
}

fn home_of(account: &Account) -> &'static str {
    account.roles.first().map_or("/keys", |role| role.home())
}

/// A seat that there is, or none.
fn known_seat<'a>(gate: &'a Gate, seat: &str) -> &'a str {
    gate.settings.seats.iter().find(|known| *known == seat).map_or("", String::as_str)
}

/// A path of ours, or the start: never another site, and never the sign-in page again.
fn ours(next: &str) -> &str {
    let path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if path && !next.starts_with("/sign-in") { next } else { "/" }
}
