//! The door, asked as a browser asks it: through the router, without a socket.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt;

use super::rights::{Access, ROUTES};
use super::*;

const PASSWORD: &str = "three words together";

struct House {
    router: Router,
    gate: Arc<Gate>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    fn form_word(&self) -> String {
        let at = self.body.find("name=\"csrf\" value=\"").unwrap() + 19;
        self.body[at..at + 64].to_owned()
    }

    fn goes_to(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }
}

fn house(demo: bool) -> House {
    let accounts = Accounts::in_memory();
    for role in Role::ALL {
        let new = NewAccount {
            name: role.name().into(),
            shown: format!("A {}", role.name()),
            staff: None,
            roles: [role].into(),
            password: Some(PASSWORD.into()),
        };
        accounts.add(&new, alongside_desk::time::Timestamp::from_ms(0)).unwrap();
    }
    let settings = GateSettings {
        room: "Harrowdale control room".into(),
        seats: vec!["desk 1".into(), "desk 2".into()],
        secure: false,
        synthetic: false,
        limits: Limits::default(),
    };
    let gate = Arc::new(Gate::new(accounts, settings, demo.then(DemoLinks::default)));
    let door = sign_in::mount(Door::new(gate.clone()));
    House { router: door.open(), gate }
}

impl House {
    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.ask(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, body: String, site: Option<&str>) -> Answer {
        let mut request = Request::post(path).header(header::COOKIE, cookie).header(header::HOST, "desk.example");
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Signs in and gives the cookie and the form word.
    async fn enter(&self, role: Role) -> (String, String) {
        let page = self.get("/sign-in", "").await;
        let body = format!(
            "csrf={}&name={}&password={}&seat=desk+2&next=",
            page.form_word(),
            role.name(),
            PASSWORD.replace(' ', "+")
        );
        let entered = self.post("/sign-in", &page.cookie(), body, Some("same-origin")).await;
        assert_eq!((entered.status, entered.goes_to()), (StatusCode::SEE_OTHER, role.home()));
        assert_ne!(entered.cookie(), page.cookie(), "a new secret at sign-in");
        let cookie = entered.cookie();
        let word = self.get("/keys", &cookie).await.form_word();
        (cookie, word)
    }
}

#[tokio::test]
async fn everybody_signs_in_to_their_own_page_and_out_again() {
    let house = house(false);
    for role in Role::ALL {
        let (cookie, word) = house.enter(role).await;
        let keys = house.get("/keys", &cookie).await;
        assert_eq!(keys.status, StatusCode::OK);
        assert!(keys.body.contains(&format!("A {}, desk 2", role.name())));
        assert_eq!(house.get("/", &cookie).await.goes_to(), role.home());
        let out = house.post("/sign-out", &cookie, format!("csrf={word}"), Some("same-origin")).await;
        assert_eq!((out.status, out.goes_to()), (StatusCode::SEE_OTHER, "/sign-in"));
        assert_eq!(house.get("/keys", &cookie).await.goes_to(), "/sign-in?next=/keys");
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_read_the_same() {
    let house = house(false);
    let mut answers = Vec::new();
    for name in ["specialist", "no.such.name"] {
        let page = house.get("/sign-in", "").await;
        let body = format!("csrf={}&name={name}&password=wrong-wrong-wrong", page.form_word());
        let answer = house.post("/sign-in", &page.cookie(), body, Some("same-origin")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let at = answer.body.find("There is a problem").unwrap();
        answers.push(answer.body[at..at + 90].to_owned());
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("The name or the password is wrong."));
}

#[tokio::test]
async fn every_route_refuses_who_is_not_signed_in_but_the_open_ones() {
    let house = house(false);
    for route in ROUTES {
        let path = route.path.replace("{name}", "icon.svg").replace("{token}", &"0".repeat(64));
        let request =
            Request::builder().method(route.method.clone()).uri(&path).header("sec-fetch-site", "same-origin");
        let answer = house.ask(request.body(Body::empty()).unwrap()).await;
        if route.access != Access::Open {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} {path}", route.method);
            assert!(answer.goes_to().starts_with("/sign-in"), "{} {path}", route.method);
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{} {path}", route.method);
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        if !path.starts_with("/assets/") {
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn a_route_without_a_line_in_the_table_is_shut_and_named() {
    let gate = house(false).gate;
    async fn secret() -> &'static str {
        "secret"
    }
    let door = Door::new(gate.clone()).route(Method::GET, "/forgotten", secret);
    assert!(door.gaps().contains(&"GET /forgotten has no line in the table".to_owned()));
    let open = House { router: door.open(), gate };
    let answer = open.get("/forgotten", "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.body.contains("secret"));
}

#[tokio::test]
async fn a_form_needs_its_own_word_and_a_page_of_ours() {
    let house = house(false);
    let (cookie, word) = house.enter(Role::Specialist).await;
    let (_, other) = house.enter(Role::Supervisor).await;
    let theme = |word: &str| format!("csrf={word}&theme=dark&keys=on");
    for (what, body, site) in [
        ("no word", "theme=dark".to_owned(), Some("same-origin")),
        ("another session's word", theme(&other), Some("same-origin")),
        ("another site", theme(&word), Some("cross-site")),
        ("a neighbour's site", theme(&word), Some("same-site")),
        ("no word of where from", theme(&word), None),
        ("too long", format!("{}&x={}", theme(&word), "y".repeat(70_000)), Some("same-origin")),
    ] {
        let answer = house.post("/preferences", &cookie, body, site).await;
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
        assert!(answer.body.contains("This was not done"), "{what}");
    }
    assert!(!house.get("/keys", &cookie).await.body.contains("data-theme=\"dark\""));
    let done = house.post("/preferences", &cookie, theme(&word), Some("same-origin")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = house.get("/keys", &cookie).await;
    assert!(page.body.contains("data-theme=\"dark\"") && page.body.contains("data-sound=\"off\""));

    let by_origin = Request::post("/sign-out")
        .header(header::COOKIE, &cookie)
        .header(header::HOST, "desk.example")
        .header(header::ORIGIN, "https://desk.example")
        .body(Body::from(format!("csrf={word}")))
        .unwrap();
    assert_eq!(house.ask(by_origin).await.status, StatusCode::SEE_OTHER, "an older browser sends its origin");
}

#[tokio::test]
async fn demonstration_links_work_again_and_again_and_only_in_a_demonstration() {
    let demo = house(true);
    let account = demo.gate.accounts.named("supervisor").unwrap().unwrap();
    let path = demo.gate.demo.as_ref().unwrap().make(&account).unwrap();
    let mut cookies = Vec::new();
    for _ in 0..2 {
        let answer = demo.get(&path, "").await;
        assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/board"));
        cookies.push(answer.cookie());
    }
    assert_ne!(cookies[0], cookies[1]);
    let wrong = format!("/demo/{}", Token::new().unwrap().hex());
    assert_eq!(demo.get(&wrong, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house(false).get(&path, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn after_sign_in_nobody_is_sent_to_another_site() {
    let house = house(false);
    for (next, to) in [
        ("/desk?find=1", "/desk?find=1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/sign-in", "/"),
    ] {
        let page = house.get("/sign-in", "").await;
        let body = format!(
            "csrf={}&name=specialist&password={}&next={}",
            page.form_word(),
            PASSWORD.replace(' ', "+"),
            next.replace('?', "%3F").replace('=', "%3D")
        );
        let answer = house.post("/sign-in", &page.cookie(), body, Some("same-origin")).await;
        assert_eq!(answer.goes_to(), to, "{next}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so_only_to_who_is_signed_in() {
    let house = house(false);
    assert_eq!(house.get("/cases/secret", "").await.goes_to(), "/sign-in");
    let (cookie, _) = house.enter(Role::Handler).await;
    let answer = house.get("/cases/secret", &cookie).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("There is nothing at this address"));
}
