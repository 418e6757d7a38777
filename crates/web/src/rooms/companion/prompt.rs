//! The prompt on the handler's companion: shown to the handler of the call, told to be seen once it is, and answered.

use alongside_desk::call::Call;
use alongside_desk::listening::ListeningAsk;
use alongside_desk::listening::prompt::{Outcome, Prompt, PromptAsk};
use alongside_desk::review::Ask;
use axum::extract::{Form, Path};
use axum::response::Response;

use crate::door::{Action, Asked, Decision, Session, Subject as Whose, authorise};
use crate::rooms::act::Sent;
use crate::rooms::case::timeline::Scene;
pub use crate::rooms::listening::prompt::subjects;
use crate::rooms::listening::prompt::{outcome, words};
use crate::rooms::{Room, nowhere};
use crate::views::part::Act;
use crate::views::prompt::{Open, Told};

/// What a handler can say of a prompt: in the address, on the button, and its key.
const ANSWERS: [(&str, &str, &str, Outcome); 3] = [
    ("used", "Used it", "1", Outcome::Used),
    ("cannot", "Can’t", "2", Outcome::Cannot),
    ("late", "Too late", "3", Outcome::TooLate),
];

/// The page itself says that it has drawn a prompt where it can be seen.
pub async fn seen(room: Room, asked: Asked, Path(prompt): Path<u64>, Form(sent): Form<Sent>) -> Response {
    let ask = |handler| PromptAsk::Seen { prompt, handler };
    room.of_handler(&asked, prompt, sent.form_id, ask).await
}

pub async fn answer(
    room: Room,
    asked: Asked,
    Path((prompt, how)): Path<(u64, String)>,
    Form(sent): Form<Sent>,
) -> Response {
    let Some((.., outcome)) = ANSWERS.into_iter().find(|(word, ..)| *word == how) else { return nowhere(&asked) };
    let ask = |handler| PromptAsk::Answer { prompt, handler, outcome };
    room.of_handler(&asked, prompt, sent.form_id, ask).await
}

impl Room {
    /// Does something with a prompt as the handler of its call; for anybody else there is none.
    async fn of_handler(
        &self,
        asked: &Asked,
        prompt: u64,
        form_id: String,
        ask: impl FnOnce(std::sync::Arc<str>) -> PromptAsk,
    ) -> Response {
        let handler = self.node.read(|desk| {
            let call = desk.state().calls.get(&desk.state().prompts.get(prompt)?.call)?;
            call.handler.clone().filter(|_| asked.session.as_ref().is_some_and(|session| may(session, call)))
        });
        match handler {
            Some(handler) => {
                let ask = Ask::Listening(ListeningAsk::Prompt(ask(handler)));
                self.act(asked, form_id, ask, "/companion").await
            }
            None => nowhere(asked),
        }
    }
}

fn may(session: &Session, call: &Call) -> bool {
    authorise(session, Action::AnswerPrompt, Whose::CallOf(call.handler.as_deref())) == Decision::Allow
}

impl Scene<'_> {
    /// The prompts of a call, for its handler.
    pub fn prompts(&self, call: &Call) -> Told {
        let none = Told { open: None, before: Vec::new() };
        // Whoever is in the record is shown nothing about it (law 12).
        if !may(self.teller.session, call) || !self.teller.may_know_call(call) {
            return none;
        }
        let all: Vec<&Prompt> = self.teller.state().prompts.of(call.id).collect();
        let open = all.iter().find(|prompt| prompt.closed.is_none()).map(|prompt| self.open(prompt));
        let before =
            all.iter().rev().filter_map(|prompt| Some((words(self.texts, prompt.id), outcome(prompt.outcome()?))));
        Told { open, before: before.collect() }
    }

    fn open(&self, prompt: &Prompt) -> Open {
        let id = prompt.id;
        // One answer of each kind, however often its form is sent.
        let form = |verb: &str| format!("{verb}.{id}.{id}");
        let act = |(word, says, key, _): (&'static str, &str, &'static str, Outcome)| {
            Act::post(word, says, key, format!("/prompts/{id}/answer/{word}"), form(word))
        };
        Open {
            from: self.teller.staff.name(&prompt.by),
            since: prompt.sent,
            words: words(self.texts, id),
            seen: prompt.seen.is_none().then(|| (format!("/prompts/{id}/seen"), form("seen"))),
            acts: ANSWERS.into_iter().map(act).collect(),
        }
    }
}
