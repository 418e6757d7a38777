//! Who may do what: one table of rights, one table of routes, one function that reads them.

use axum::http::Method;

use super::role::Role::{self, Admin, Dispatcher, Handler, Officer, Specialist, Supervisor};
use super::session::Session;

/// Something that a person can want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Anything about their own session: home, sign out, preferences, the sheet of keys.
    Own,
    /// See the ranked queue, and why a row stands where it stands.
    SeeDesk,
    /// See one victim's case.
    SeeCase,
    /// See one incident.
    SeeIncident,
    /// See the supervisor's board.
    SeeBoard,
    /// See what the rules ask, and each rule's own record.
    SeeRules,
    /// Switch a rule off, try it silently, or make it live.
    SwitchRules,
    /// Try another policy on the past.
    TryPolicy,
    /// See what a role has been asked to do.
    SeeActions,
    /// See what is known about the call that one has taken oneself.
    SeeCompanion,
    /// See the live calls, who listens to which, and under what sign-off.
    SeeListening,
    /// Listen to a live call, where the force's sign-off allows it.
    Listen,
    /// Send a prompt to the companion of a call's handler, or take it back.
    Prompt,
    /// Say what became of a prompt on a call that one has taken oneself.
    AnswerPrompt,
    /// Tick a point of the checklist on a call that one has taken oneself.
    Tick,
    /// See what feedback there is for one to write, to read or to settle.
    SeeFeedback,
    /// Mark moments of a call that one hears, write feedback to its handler, and evaluate it.
    GiveFeedback,
    /// Open and answer feedback that was sent to one.
    AnswerFeedback,
    /// Settle disputed feedback, and see what is marked over the whole room.
    SettleFeedback,
    /// See evaluations of a call side by side.
    SeeSideBySide,
    /// Enter the force's legal sign-off for listening, or take it back.
    SignOffListening,
    /// See and write the hand-over.
    HandOver,
    /// Take a review, let it go, hold it until a time.
    Take,
    /// End a review with a disposition; confirm or set aside a flag.
    Judge,
    /// Acknowledge the history, or give a reason that a flag waits for.
    Answer,
    /// Say who is on call.
    NameOnCall,
    /// Join or split records.
    Link,
    /// Acknowledge, finish or refuse what a role was asked to do.
    Acknowledge,
    /// Take back an act that has not left yet.
    Undo,
    /// See and change accounts.
    Accounts,
    /// See what the feeds sent and was not taken, and what it says.
    SeeRejects,
    /// Resubmit what was not taken, or put it aside.
    MendRejects,
}

/// Who may do what. What is not here is nobody's.
pub const RIGHTS: &[(Action, &[Role])] = &[
    (Action::Own, &Role::ALL),
    (Action::SeeDesk, &[Specialist, Supervisor]),
    (Action::SeeCase, &[Specialist, Supervisor]),
    (Action::SeeIncident, &[Specialist, Supervisor]),
    (Action::SeeBoard, &[Specialist, Supervisor]),
    (Action::SeeRules, &[Specialist, Supervisor]),
    (Action::SwitchRules, &[Supervisor]),
    (Action::TryPolicy, &[Supervisor]),
    (Action::SeeActions, &[Specialist, Supervisor, Dispatcher, Handler, Officer]),
    (Action::SeeCompanion, &[Handler]),
    (Action::SeeListening, &[Specialist, Supervisor]),
    (Action::Listen, &[Specialist, Supervisor]),
    (Action::Prompt, &[Specialist, Supervisor]),
    (Action::AnswerPrompt, &[Handler]),
    (Action::Tick, &[Handler]),
    (Action::SeeFeedback, &[Specialist, Supervisor, Handler]),
    (Action::GiveFeedback, &[Specialist]),
    (Action::AnswerFeedback, &[Handler]),
    (Action::SettleFeedback, &[Supervisor]),
    (Action::SeeSideBySide, &[Specialist, Supervisor]),
    (Action::SignOffListening, &[Supervisor]),
    (Action::HandOver, &[Specialist, Supervisor]),
    (Action::Take, &[Specialist]),
    (Action::Judge, &[Specialist]),
    (Action::Answer, &[Specialist, Supervisor]),
    (Action::NameOnCall, &[Supervisor]),
    (Action::Link, &[Specialist]),
    (Action::Acknowledge, &[Supervisor, Dispatcher, Handler, Officer]),
    (Action::Undo, &[Specialist, Supervisor, Dispatcher, Handler, Officer]),
    (Action::Accounts, &[Admin]),
    (Action::SeeRejects, &[Supervisor, Admin]),
    (Action::MendRejects, &[Admin]),
];

/// What the action is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A screen, not yet anyone's record.
    Screen,
    /// A record in which these people of the force appear (their staff numbers).
    Record {
        /// Staff numbers, as the force writes them.
        staff: &'a [String],
    },
    /// The list of one role.
    ListOf(Role),
    /// A call, by the staff number of whoever took it.
    CallOf(Option<&'a str>),
    /// Feedback to a call handler.
    Feedback {
        /// The account of whoever wrote it.
        by: &'a str,
        /// The staff number of the handler to whom it was sent; nothing while it is a draft.
        to: Option<&'a str>,
        /// Whether its handler has ever disputed it.
        was_disputed: bool,
    },
    /// The audio of a live call.
    LiveAudio {
        /// The roles that the force's sign-off allows to listen; none while there is no sign-off.
        signed_for: &'a [Role],
    },
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Their role does not do this. They may know that it exists.
    Refuse,
    /// As if it did not exist: a person in the record never learns that there is one (law 12).
    NotFound,
}

/// The one authorisation function: called by the guard of every route for the screen, and again by whoever opens a
/// record or a list.
pub fn authorise(session: &Session, action: Action, subject: Subject<'_>) -> Decision {
    let roles = &session.account.roles;
    let may = |role: &Role| RIGHTS.iter().any(|(granted, to)| *granted == action && to.contains(role));
    if !roles.iter().any(may) {
        return Decision::Refuse;
    }
    match subject {
        Subject::Screen => Decision::Allow,
        Subject::Record { staff } => {
            let own = session.account.staff.as_ref().is_some_and(|number| staff.contains(number));
            if own { Decision::NotFound } else { Decision::Allow }
        }
        // A specialist asked, and a supervisor answers for the room: both see every list; the others their own.
        Subject::ListOf(role) => {
            let sees = |mine: &Role| *mine == role || matches!(mine, Specialist | Supervisor);
            if roles.iter().any(sees) { Decision::Allow } else { Decision::Refuse }
        }
        // The table says who could; the force's own paper says who may.
        Subject::LiveAudio { signed_for } => {
            if roles.iter().any(|role| may(role) && signed_for.contains(role)) {
                Decision::Allow
            } else {
                Decision::Refuse
            }
        }
        // It is between the two whom it concerns, until one of them asks for a supervisor.
        Subject::Feedback { by, to, was_disputed } => {
            let concerns = |role: &Role| match role {
                Specialist => session.account.id == by,
                Handler => to.is_some() && session.account.staff.as_deref() == to,
                Supervisor => was_disputed,
                _ => false,
            };
            if roles.iter().any(|role| may(role) && concerns(role)) { Decision::Allow } else { Decision::NotFound }
        }
        // A handler sees the calls that they took, and does not learn of any other.
        Subject::CallOf(handler) => {
            let own = session.account.staff.as_deref().is_some_and(|number| handler == Some(number));
            if own { Decision::Allow } else { Decision::NotFound }
        }
    }
}

/// The role under which somebody may do this: what the log of views gives as the right.
pub fn right(session: &Session, action: Action) -> Option<Role> {
    let (_, to) = RIGHTS.iter().find(|(granted, _)| *granted == action)?;
    session.account.roles.iter().copied().find(|role| to.contains(role))
}

/// Who may ask for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody. Each of these stands in a checked-in list, so that a new one shows in the review.
    Open,
    /// Whoever is signed in and may do this.
    For(Action),
}

/// A route.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Its address, as axum writes it.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// It is asked by the page itself and is no sign that somebody sits there.
    pub unattended: bool,
    /// The longest form that it takes, in bytes.
    pub form_max: usize,
}

/// A form is never longer, in bytes: the longest reason fits twenty times.
pub const FORM_MAX: usize = 64 * 1024;
/// A form that carries a whole message, in bytes: three for each of the longest that a page lets people write.
pub const MESSAGE_FORM_MAX: usize = 1024 * 1024;

const fn get(path: &'static str, access: Access) -> Route {
    Route { method: Method::GET, path, access, unattended: false, form_max: FORM_MAX }
}

const fn post(path: &'static str, access: Access) -> Route {
    Route { method: Method::POST, path, access, unattended: false, form_max: FORM_MAX }
}

/// A live line: a page listens to it, and nobody needs to sit there.
const fn line(path: &'static str, action: Action) -> Route {
    Route { method: Method::GET, path, access: Access::For(action), unattended: true, form_max: FORM_MAX }
}

/// What a page tells by itself: nobody needs to sit there.
const fn tell(path: &'static str, action: Action) -> Route {
    Route { method: Method::POST, path, access: Access::For(action), unattended: true, form_max: FORM_MAX }
}

/// A form that carries a whole message.
const fn post_message(path: &'static str, access: Access) -> Route {
    Route { method: Method::POST, path, access, unattended: false, form_max: MESSAGE_FORM_MAX }
}

/// Every route that there is.
pub const ROUTES: &[Route] = &[
    get("/assets/{name}", Access::Open),
    get("/sign-in", Access::Open),
    post("/sign-in", Access::Open),
    get("/demo/{token}", Access::Open),
    get("/", Access::For(Action::Own)),
    get("/keys", Access::For(Action::Own)),
    post("/preferences", Access::For(Action::Own)),
    post("/sign-out", Access::For(Action::Own)),
    get("/desk", Access::For(Action::SeeDesk)),
    line("/live/desk", Action::SeeDesk),
    post("/rows/{key}/take", Access::For(Action::Take)),
    post("/rows/{key}/release", Access::For(Action::Take)),
    get("/board", Access::For(Action::SeeBoard)),
    line("/live/board", Action::SeeBoard),
    get("/rules", Access::For(Action::SeeRules)),
    get("/rules/{id}", Access::For(Action::SeeRules)),
    line("/live/rules", Action::SeeRules),
    line("/live/rules/{id}", Action::SeeRules),
    get("/rules/{id}/switch", Access::For(Action::SwitchRules)),
    post("/rules/{id}/switch", Access::For(Action::SwitchRules)),
    get("/lab", Access::For(Action::SeeRules)),
    line("/live/lab", Action::SeeRules),
    get("/lab/try", Access::For(Action::TryPolicy)),
    post("/lab/try", Access::For(Action::TryPolicy)),
    post("/lab/stop", Access::For(Action::TryPolicy)),
    get("/actions", Access::For(Action::SeeActions)),
    get("/actions/{key}", Access::For(Action::SeeActions)),
    line("/live/actions/{key}", Action::SeeActions),
    post("/actions/{key}/acknowledge", Access::For(Action::Acknowledge)),
    get("/companion", Access::For(Action::SeeCompanion)),
    line("/live/companion", Action::SeeCompanion),
    get("/listening", Access::For(Action::SeeListening)),
    line("/live/listening", Action::SeeListening),
    get("/listening/sign-off", Access::For(Action::SignOffListening)),
    post("/listening/sign-off", Access::For(Action::SignOffListening)),
    get("/listening/withdraw", Access::For(Action::SignOffListening)),
    post("/listening/withdraw", Access::For(Action::SignOffListening)),
    get("/listening/{key}", Access::For(Action::Listen)),
    line("/live/listening/{key}", Action::Listen),
    post("/listening/{key}/start", Access::For(Action::Listen)),
    post("/hearings/{id}/offer", Access::For(Action::Listen)),
    post("/hearings/{id}/rewind", Access::For(Action::Listen)),
    post("/hearings/{id}/catch-up", Access::For(Action::Listen)),
    post("/hearings/{id}/stop", Access::For(Action::Listen)),
    get("/recordings/{id}", Access::For(Action::Listen)),
    line("/live/recordings/{id}", Action::Listen),
    post("/recordings/{id}/play", Access::For(Action::Listen)),
    get("/recordings/{id}/audio", Access::For(Action::Listen)),
    post("/listening/{key}/prompt", Access::For(Action::Prompt)),
    post("/prompts/{id}/withdraw", Access::For(Action::Prompt)),
    tell("/prompts/{id}/seen", Action::AnswerPrompt),
    post("/prompts/{id}/answer/{how}", Access::For(Action::AnswerPrompt)),
    post("/companion/{call}/points/{point}/{how}", Access::For(Action::Tick)),
    post("/listening/{key}/moments", Access::For(Action::GiveFeedback)),
    get("/moments/{id}/audio", Access::For(Action::SeeFeedback)),
    get("/moments/{id}/note", Access::For(Action::GiveFeedback)),
    post("/moments/{id}/note", Access::For(Action::GiveFeedback)),
    post("/moments/{id}/take-back", Access::For(Action::GiveFeedback)),
    get("/feedback", Access::For(Action::SeeFeedback)),
    line("/live/feedback", Action::SeeFeedback),
    get("/feedback/calls/{key}", Access::For(Action::GiveFeedback)),
    post("/feedback/calls/{key}", Access::For(Action::GiveFeedback)),
    get("/feedback/calls/{key}/evaluation", Access::For(Action::GiveFeedback)),
    post("/feedback/calls/{key}/evaluation", Access::For(Action::GiveFeedback)),
    post("/feedback/calls/{key}/evaluation/take-back", Access::For(Action::GiveFeedback)),
    get("/feedback/calls/{key}/side-by-side", Access::For(Action::SeeSideBySide)),
    line("/live/feedback/calls/{key}/side-by-side", Action::SeeSideBySide),
    get("/feedback/{id}", Access::For(Action::SeeFeedback)),
    line("/live/feedback/{id}", Action::SeeFeedback),
    tell("/feedback/{id}/seen", Action::AnswerFeedback),
    post("/feedback/{id}/answer", Access::For(Action::AnswerFeedback)),
    post("/feedback/{id}/answer/take-back", Access::For(Action::AnswerFeedback)),
    post("/feedback/{id}/settle", Access::For(Action::SettleFeedback)),
    post("/feedback/{id}/settle/take-back", Access::For(Action::SettleFeedback)),
    post("/feedback/{id}/take-back", Access::For(Action::GiveFeedback)),
    get("/hand-over", Access::For(Action::HandOver)),
    line("/live/hand-over", Action::HandOver),
    post("/shift/start", Access::For(Action::HandOver)),
    post("/shift/end", Access::For(Action::HandOver)),
    post("/work/{key}/note", Access::For(Action::HandOver)),
    get("/unwatched", Access::For(Action::SeeDesk)),
    line("/live/unwatched", Action::SeeDesk),
    get("/answered", Access::For(Action::SeeDesk)),
    line("/live/answered", Action::SeeDesk),
    get("/cases", Access::For(Action::SeeCase)),
    post("/cases", Access::For(Action::SeeCase)),
    get("/incidents", Access::For(Action::SeeIncident)),
    post("/incidents", Access::For(Action::SeeIncident)),
    line("/live/incidents", Action::SeeIncident),
    get("/rows/{key}/why", Access::For(Action::SeeDesk)),
    get("/rows/{key}/hold", Access::For(Action::Take)),
    post("/rows/{key}/hold", Access::For(Action::Take)),
    get("/rows/{key}/hand-over", Access::For(Action::Take)),
    post("/rows/{key}/hand-over", Access::For(Action::Take)),
    get("/rows/{key}/not-da", Access::For(Action::Judge)),
    post("/rows/{key}/not-da", Access::For(Action::Judge)),
    get("/rows/{key}/dispose", Access::For(Action::Judge)),
    post("/rows/{key}/dispose", Access::For(Action::Judge)),
    get("/rows/{key}/disagree", Access::For(Action::Judge)),
    post("/rows/{key}/disagree", Access::For(Action::Judge)),
    get("/flags/{key}/confirm", Access::For(Action::Judge)),
    post("/flags/{key}/confirm", Access::For(Action::Judge)),
    get("/flags/{key}/set-aside", Access::For(Action::Judge)),
    post("/flags/{key}/set-aside", Access::For(Action::Judge)),
    get("/rows/{key}/note", Access::For(Action::Take)),
    post("/rows/{key}/note", Access::For(Action::Take)),
    post("/flags/{key}/take-in", Access::For(Action::Answer)),
    get("/flags/{key}/reason", Access::For(Action::Answer)),
    post("/flags/{key}/reason", Access::For(Action::Answer)),
    get("/on-call", Access::For(Action::NameOnCall)),
    post("/on-call", Access::For(Action::NameOnCall)),
    get("/accounts", Access::For(Action::Accounts)),
    get("/rejects", Access::For(Action::SeeRejects)),
    line("/live/rejects", Action::SeeRejects),
    get("/rejects/{id}", Access::For(Action::SeeRejects)),
    post_message("/rejects/{id}/resubmit", Access::For(Action::MendRejects)),
    get("/rejects/{id}/put-aside", Access::For(Action::MendRejects)),
    post("/rejects/{id}/put-aside", Access::For(Action::MendRejects)),
    get("/actions/{key}/done", Access::For(Action::Acknowledge)),
    post("/actions/{key}/done", Access::For(Action::Acknowledge)),
    get("/actions/{key}/cannot", Access::For(Action::Acknowledge)),
    post("/actions/{key}/cannot", Access::For(Action::Acknowledge)),
    post("/desk", Access::For(Action::SeeDesk)),
    post("/undo/{id}", Access::For(Action::Undo)),
    get("/cases/{id}", Access::For(Action::SeeCase)),
    line("/live/cases/{id}", Action::SeeCase),
    get("/incidents/{id}", Access::For(Action::SeeIncident)),
    line("/live/incidents/{id}", Action::SeeIncident),
    get("/records/{pair}/same", Access::For(Action::Link)),
    post("/records/{pair}/same", Access::For(Action::Link)),
    get("/records/{pair}/not-same", Access::For(Action::Link)),
    post("/records/{pair}/not-same", Access::For(Action::Link)),
];

/// The line of a route.
pub fn route(method: &Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == *method && route.path == path)
}

#[cfg(test)]
mod tests {
    use super::super::account::Account;
    use super::*;
    use alongside_desk::time::Timestamp;

    fn session(roles: &[Role], staff: Option<&str>) -> Session {
        Session {
            account: Account {
                id: "a".into(),
                name: "n".into(),
                shown: "N".into(),
                staff: staff.map(Into::into),
                roles: roles.iter().copied().collect(),
                locked: false,
                preferences: Default::default(),
            },
            seat: String::new(),
            made_at: Timestamp::from_ms(0),
            form_word: String::new(),
        }
    }

    #[test]
    fn a_person_in_the_record_never_reaches_their_own_record() {
        let record = ["5512".to_owned(), "0031".to_owned()];
        let subject = Subject::Record { staff: &record };
        let decide = |staff| authorise(&session(&[Specialist, Supervisor], staff), Action::SeeCase, subject);
        assert_eq!(decide(Some("0031")), Decision::NotFound);
        assert_eq!(decide(Some("7000")), Decision::Allow);
        assert_eq!(decide(None), Decision::Allow);
    }

    #[test]
    fn a_role_sees_its_own_list_and_those_who_ask_see_all() {
        let decide = |role, list| authorise(&session(&[role], None), Action::SeeActions, Subject::ListOf(list));
        assert_eq!(decide(Dispatcher, Dispatcher), Decision::Allow);
        assert_eq!(decide(Dispatcher, Handler), Decision::Refuse);
        assert_eq!(decide(Supervisor, Handler), Decision::Allow);
        assert_eq!(decide(Admin, Handler), Decision::Refuse);
    }

    #[test]
    fn a_handler_sees_the_calls_they_took_and_learns_of_no_other() {
        let decide =
            |role, staff, call| authorise(&session(&[role], staff), Action::SeeCompanion, Subject::CallOf(call));
        assert_eq!(decide(Handler, Some("5512"), Some("5512")), Decision::Allow);
        assert_eq!(decide(Handler, Some("5512"), Some("5513")), Decision::NotFound);
        assert_eq!(decide(Handler, Some("5512"), None), Decision::NotFound);
        assert_eq!(decide(Handler, None, None), Decision::NotFound, "no number is nobody's number");
        assert_eq!(decide(Specialist, Some("5512"), Some("5512")), Decision::Refuse);
    }

    #[test]
    fn feedback_is_between_the_two_whom_it_concerns_until_it_is_disputed() {
        let decide = |role, staff, by: &str, to, was_disputed| {
            let subject = Subject::Feedback { by, to, was_disputed };
            authorise(&session(&[role], staff), Action::SeeFeedback, subject)
        };
        assert_eq!(decide(Specialist, None, "a", None, false), Decision::Allow, "one's own draft");
        assert_eq!(decide(Specialist, None, "b", Some("op7"), true), Decision::NotFound, "a colleague's");
        assert_eq!(decide(Handler, Some("op7"), "b", Some("op7"), false), Decision::Allow);
        assert_eq!(decide(Handler, Some("op8"), "b", Some("op7"), true), Decision::NotFound);
        assert_eq!(decide(Handler, None, "b", None, true), Decision::NotFound, "no number is nobody's number");
        assert_eq!(
            decide(Handler, Some("op7"), "a", Some("op8"), false),
            Decision::NotFound,
            "whoever wrote it is no handler"
        );
        assert_eq!(decide(Supervisor, None, "b", Some("op7"), false), Decision::NotFound);
        assert_eq!(decide(Supervisor, None, "b", Some("op7"), true), Decision::Allow);
        assert_eq!(decide(Dispatcher, Some("op7"), "a", Some("op7"), true), Decision::Refuse);
    }

    #[test]
    fn live_audio_is_for_the_roles_that_the_forces_sign_off_names_and_for_nobody_without_one() {
        let decide = |role, signed_for: &[Role]| {
            authorise(&session(&[role], None), Action::Listen, Subject::LiveAudio { signed_for })
        };
        assert_eq!(decide(Specialist, &[]), Decision::Refuse);
        assert_eq!(decide(Specialist, &[Specialist]), Decision::Allow);
        assert_eq!(decide(Supervisor, &[Specialist]), Decision::Refuse);
        assert_eq!(decide(Supervisor, &[Specialist, Supervisor]), Decision::Allow);
        assert_eq!(decide(Handler, &Role::ALL), Decision::Refuse, "no paper gives a right that the table does not");
    }

    #[test]
    fn who_may_do_what_is_as_reviewed() {
        let mut table = String::new();
        for (action, _) in RIGHTS {
            let may = |role: &Role| authorise(&session(&[*role], None), *action, Subject::Screen) == Decision::Allow;
            let roles: Vec<&str> = Role::ALL.iter().filter(|role| may(role)).map(|role| role.name()).collect();
            table += &format!("{action:?}: {}\n", roles.join(" "));
        }
        insta::assert_snapshot!("rights", table);
        assert_eq!(authorise(&session(&[], None), Action::Own, Subject::Screen), Decision::Refuse, "no role, no right");
    }

    #[test]
    fn routes_that_are_open_to_anybody_stand_in_the_checked_in_list() {
        let open = ROUTES.iter().filter(|route| route.access == Access::Open);
        let open: String = open.map(|route| format!("{} {}\n", route.method, route.path)).collect();
        assert_eq!(
            open,
            include_str!("../../tests/open_routes.txt"),
            "a route open to anybody is reviewed by its line"
        );
    }
}
