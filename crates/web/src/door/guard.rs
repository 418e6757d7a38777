//! The guard: stands before every route, and nothing is mounted but through it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use alongside_desk::time::Timestamp;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use tokio::sync::Semaphore;

use super::account::Accounts;
use super::demo::DemoLinks;
use super::header::harden;
use super::rights::{Access, Action, Decision, FORM_MAX, ROUTES, Route, Subject, authorise, route};
use super::session::{Limits, Session};
use super::token::Token;
use crate::page;
use crate::views::state;

/// So many passwords are hashed at once; the rest wait, so that guessing cannot take the machine.
const HASHED_AT_ONCE: usize = 2;

/// What a force chooses about signing in.
#[derive(Debug, Clone)]
pub struct GateSettings {
    /// The room's own name, on the sign-in page.
    pub room: String,
    /// Where people may say that they sit.
    pub seats: Vec<String>,
    /// The pages are reached by https: cookies say so, and browsers are told to insist on it.
    pub secure: bool,
    /// The folder is marked as synthetic: every page says so.
    pub synthetic: bool,
    /// How long sessions last.
    pub limits: Limits,
}

/// Everything that the door needs to know.
#[derive(Debug)]
pub struct Gate {
    /// Who may sign in.
    pub accounts: Accounts,
    /// What the force chose.
    pub settings: GateSettings,
    /// In a demonstration, its links.
    pub demo: Option<DemoLinks>,
    pub(super) hashing: Semaphore,
    clock: fn() -> Timestamp,
}

impl Gate {
    /// A gate on the world's clock: sessions are never scaled, whatever the demonstration does.
    pub fn new(accounts: Accounts, settings: GateSettings, demo: Option<DemoLinks>) -> Self {
        Self { accounts, settings, demo, hashing: Semaphore::new(HASHED_AT_ONCE), clock: world_clock }
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The name of the cookie that holds a session's secret.
    pub(super) fn cookie(&self) -> &'static str {
        // The prefix makes browsers insist on https, this host and the whole path; they refuse it over plain http.
        if self.settings.secure { "__Host-alongside" } else { "alongside" }
    }

    /// The header that gives a browser its secret; an empty one takes it away.
    pub(super) fn set_cookie(&self, token: Option<&Token>) -> String {
        let secure = if self.settings.secure { "; Secure" } else { "" };
        let (value, age) = token.map_or_else(
            || (String::new(), "; Max-Age=0".to_owned()),
            |token| (token.hex(), format!("; Max-Age={}", self.settings.limits.whole.ms() / 1000)),
        );
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.cookie())
    }
}

fn world_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What a handler knows of who asks. Only the guard makes one.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who; `None` on an open route.
    pub session: Option<Session>,
    /// The secret that came with it.
    pub(super) token: Option<Token>,
    /// The nonce of this response.
    pub nonce: String,
    /// The page's script asks for a part of a page, not for a whole one.
    pub sheet: bool,
}

impl Asked {
    /// The secret that came with it, for a live line that asks again whether its session goes on.
    pub(crate) fn token(&self) -> Option<Token> {
        self.token.clone()
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Mounts routes, each behind the guard.
pub struct Door {
    gate: Arc<Gate>,
    router: Router,
    mounted: Vec<(Method, &'static str)>,
}

impl Door {
    /// An empty house.
    pub fn new(gate: Arc<Gate>) -> Self {
        Self { gate, router: Router::new(), mounted: Vec::new() }
    }

    /// The gate, for handlers that need it.
    pub fn gate(&self) -> Arc<Gate> {
        self.gate.clone()
    }

    /// Mounts a handler. A route without a line in [`ROUTES`] is mounted shut: it answers nobody.
    #[must_use]
    pub fn route<H, T>(mut self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, ()>,
        T: 'static,
    {
        let Ok(filter) = MethodFilter::try_from(method.clone()) else { return self };
        let line = route(&method, path);
        let guarded = on(filter, handler).layer(middleware::from_fn_with_state((self.gate.clone(), line), guard));
        self.router = self.router.route(path, guarded);
        self.mounted.push((method, path));
        self
    }

    /// Hands a value to every handler that has been mounted so far; they take it as an extension.
    #[must_use]
    pub fn give<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.router = self.router.layer(Extension(value));
        self
    }

    /// What has been mounted.
    pub fn mounted(&self) -> &[(Method, &'static str)] {
        &self.mounted
    }

    /// Lines of the table that nothing was mounted for, and mounted routes that have no line: both are mistakes.
    pub fn gaps(&self) -> Vec<String> {
        let mounted =
            |route: &Route| self.mounted.iter().any(|(method, path)| *method == route.method && *path == route.path);
        let unmounted = ROUTES.iter().filter(|line| !mounted(line));
        let unmounted = unmounted.map(|line| format!("{} {} has no handler", line.method, line.path));
        let unlisted = self.mounted.iter().filter(|(method, path)| route(method, path).is_none());
        unmounted.chain(unlisted.map(|(method, path)| format!("{method} {path} has no line in the table"))).collect()
    }

    /// The router, which answers what it does not know as it answers what nobody may see.
    pub fn open(self) -> Router {
        let gate = self.gate.clone();
        let missing = (gate, Some(&NOWHERE));
        let fallback = || async { page::state(StatusCode::NOT_FOUND, &state::NOT_FOUND, None) };
        let fallback = axum::routing::any(fallback).layer(middleware::from_fn_with_state(missing, guard));
        self.router.fallback_service(fallback).layer(Extension(self.gate))
    }
}

/// An address that is not there. Only whoever is signed in is told so; others are asked to sign in.
static NOWHERE: Route =
    Route { method: Method::GET, path: "", access: Access::For(Action::Own), unattended: true, form_max: FORM_MAX };

type Post = (Arc<Gate>, Option<&'static Route>);

/// Knows who asks, refuses what may not be asked, and hardens whatever is answered.
async fn guard(State((gate, line)): State<Post>, request: Request, next: Next) -> Result<Response, Infallible> {
    let nonce = match Token::new() {
        Ok(token) => token.hex()[..32].to_owned(),
        Err(_) => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    };
    let mut response = match admit(&gate, line, request, &nonce).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => *refusal,
    };
    if let Some(plain) = response.extensions_mut().remove::<page::Pending>() {
        response = plain.finish(response.status(), &gate, &nonce);
    }
    harden(response.headers_mut(), &nonce, gate.settings.secure);
    Ok(response)
}

/// The request with [`Asked`] in it, or the refusal.
async fn admit(gate: &Gate, line: Option<&Route>, request: Request, nonce: &str) -> Result<Request, Box<Response>> {
    let refuse =
        |status, plain: &state::Plain, session: Option<Session>| Err(Box::new(page::state(status, plain, session)));
    let Some(line) = line else { return refuse(StatusCode::NOT_FOUND, &state::NOT_FOUND, None) };
    let token = cookie(request.headers(), gate.cookie()).and_then(Token::from_hex);
    let session = match &token {
        Some(token) => gate.accounts.session(token, gate.settings.limits, !line.unattended, gate.now()),
        None => Ok(None),
    };
    let Ok(session) = session else {
        tracing::error!("the accounts file cannot be used");
        return refuse(StatusCode::SERVICE_UNAVAILABLE, &state::BROKEN, None);
    };
    let sheet = request.headers().contains_key("x-sheet");

    if let Access::For(action) = line.access {
        let Some(session) = &session else {
            let next = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let wants_page = request.method() == Method::GET && !sheet && !line.unattended;
            let to = if wants_page { format!("/sign-in?next={}", encoded(next)) } else { "/sign-in".to_owned() };
            return Err(Box::new(Redirect::to(&to).into_response()));
        };
        match authorise(session, action, Subject::Screen) {
            Decision::Allow => {}
            Decision::Refuse => return refuse(StatusCode::FORBIDDEN, &state::NOT_YOURS, Some(session.clone())),
            Decision::NotFound => return refuse(StatusCode::NOT_FOUND, &state::NOT_FOUND, Some(session.clone())),
        }
    }

    let mut request = request;
    if !request.method().is_safe() {
        if !from_our_page(request.headers()) {
            return refuse(StatusCode::FORBIDDEN, &state::NOT_SENT_FROM_HERE, session);
        }
        let (parts, body) = request.into_parts();
        let Ok(bytes) = to_bytes(body, line.form_max).await else {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, &state::NOT_SENT_FROM_HERE, session);
        };
        let known =
            token.as_ref().is_some_and(|token| form_word(&bytes).is_some_and(|word| token.knows_form_word(&word)));
        if !known {
            return refuse(StatusCode::FORBIDDEN, &state::NOT_SENT_FROM_HERE, session);
        }
        request = Request::from_parts(parts, Body::from(bytes));
    }
    request.extensions_mut().insert(Asked { session, token, nonce: nonce.to_owned(), sheet });
    Ok(request)
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether a form comes from a page of ours: the browser says so itself, or its origin is this host.
fn from_our_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = text("origin").and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
            origin.is_some() && origin == text("host")
        }
    }
}

/// The word in a form's `csrf` field.
fn form_word(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let field = text.split('&').find_map(|field| field.strip_prefix("csrf="))?;
    Some(field.to_owned())
}

/// A path as the value of a query.
fn encoded(path: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
