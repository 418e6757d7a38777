//! Evaluating a rule's compiled conditions over the facts of an item.

use std::sync::Arc;

use cel::Context;
use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::CowVal;
use cel::context::VariableResolver;

use super::condition::{self, Answer, Functions, Ground};
use super::fact::{self, Value, View};
use super::policy::{Expression, Part, Policy, Rule, Setting, Template};
use crate::time::Timestamp;

/// A rule's conditions, ready to be asked about one item.
pub struct Asking<'a> {
    view: View<'a>,
    rule: &'a Rule,
    due_at: Timestamp,
}

impl VariableResolver for Asking<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        if let Some(setting) = self.rule.settings.get(name) {
            return Some(match setting {
                Setting::Number(n) => CowVal::owned(CelInt::from(*n)),
                Setting::Text(text) => CowVal::owned(CelString::from(&**text)),
                Setting::Texts(list) => {
                    let list: Vec<cel::Value> = list.iter().map(|t| cel::Value::String(t.to_string().into())).collect();
                    CowVal::Owned(cel::Value::List(list.into()).try_into().ok()?)
                }
            });
        }
        if name == "due_at" {
            return Some(CowVal::owned(CelInt::from(self.due_at.ms())));
        }
        Some(match fact::find(name)?.of(&self.view) {
            Value::Bool(yes) => CowVal::owned(CelBool::from(yes)),
            Value::Count(n) | Value::Instant(n) => CowVal::owned(CelInt::from(n)),
            Value::Word(word) => CowVal::owned(CelString::from(word)),
            Value::Text(text) => CowVal::owned(CelString::from(text.to_string())),
            Value::Words(list) => {
                let list: Vec<cel::Value> = list.iter().map(|w| cel::Value::String(w.to_string().into())).collect();
                CowVal::Owned(cel::Value::List(list.into()).try_into().ok()?)
            }
            Value::Instants(list) => {
                let list: Vec<cel::Value> = list.into_iter().map(cel::Value::Int).collect();
                CowVal::Owned(cel::Value::List(list.into()).try_into().ok()?)
            }
        })
    }
}

/// Asks a policy's conditions. Names that the policy's functions need besides their arguments are bound when it is made.
pub struct Evaluator {
    root: Context<'static, 'static>,
    functions: Arc<Functions>,
}

impl std::fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evaluator")
    }
}

impl Evaluator {
    /// For one policy.
    pub fn new(policy: &Policy) -> Self {
        let mut root = Context::default();
        let functions = Arc::new(Functions::of(policy));
        let (targets, days, shifts) = (functions.clone(), functions.clone(), functions.clone());
        let target = move |grade: Arc<String>| -> i64 { targets.target(&grade) };
        let before = |at: i64, span: cel::Value| -> i64 {
            match span {
                cel::Value::Int(ms) => Timestamp::from_ms(at).minus(crate::time::Period::from_ms(ms)).ms(),
                cel::Value::String(text) => condition::before(at, &text),
                _ => at,
            }
        };
        let working = move |at: i64, n: i64| -> i64 { days.working_days_after(at, n) };
        let shift = move |at: i64| -> i64 { shifts.end_of_shift(at) };
        // The names are our own and fresh, so that none of them can clash.
        let _ = root.add_function("target", target);
        let _ = root.add_function("before", before);
        let _ = root.add_function("working_days_after", working);
        let _ = root.add_function("end_of_shift", shift);
        Self { root, functions }
    }

    #[cfg(test)]
    pub(super) fn root(&self) -> &Context<'static, 'static> {
        &self.root
    }

    /// What the `cel` crate says that an expression comes to.
    pub(super) fn run(&self, expression: &Expression, asking: &Asking) -> Option<cel::Value> {
        let root: &Context = &self.root;
        let mut scope = root.new_inner_scope();
        scope.set_variable_resolver(asking);
        expression.program.execute(&scope).ok()
    }

    /// What walking an expression comes to; `None` where only the crate can say.
    pub(super) fn walk<'e>(&self, expression: &'e Expression, asking: &Asking) -> Option<Answer<'e>> {
        let ground = Ground { view: &asking.view, due_at: asking.due_at.ms(), functions: &self.functions };
        expression.walked.as_ref()?.ask(&ground)
    }

    /// Whether a condition holds. One that cannot be evaluated does not hold; a test holds that no shipped one is such.
    pub fn holds(&self, expression: &Expression, asking: &Asking) -> bool {
        match self.walk(expression, asking) {
            Some(answer) => answer == Answer::Bool(true),
            None => matches!(self.run(expression, asking), Some(cel::Value::Bool(true))),
        }
    }

    /// An instant; `None` when it is 0.
    pub fn instant(&self, expression: &Expression, asking: &Asking) -> Option<Timestamp> {
        let ms = match self.walk(expression, asking) {
            Some(Answer::Number(ms)) => ms,
            Some(_) => return None,
            None => match self.run(expression, asking)? {
                cel::Value::Int(ms) => ms,
                _ => return None,
            },
        };
        (ms != 0).then_some(Timestamp::from_ms(ms))
    }
}

impl<'a> Asking<'a> {
    /// About one item of a rule.
    pub fn new(view: View<'a>, rule: &'a Rule) -> Self {
        Self { view, rule, due_at: Timestamp::default() }
    }

    /// The same, where `due_at` is that instant.
    pub fn due(&mut self, at: Timestamp) {
        self.due_at = at;
    }

    /// A sentence with its facts put in, as read at an instant: times of that day without the day.
    pub fn sentence(&self, template: &Template, now: Timestamp) -> String {
        let mut text = String::new();
        for part in &template.0 {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Fact(name) if &**name == "due_at" => text.push_str(&clock(self.due_at, now)),
                Part::Fact(name) => match fact::find(name).map(|f| f.of(&self.view)) {
                    // What nobody has said yet is not known; a gap after `risk:` could be read as none.
                    Some(Value::Word("") | Value::Instant(0)) => text.push_str("not known"),
                    Some(Value::Bool(yes)) => text.push_str(if yes { "yes" } else { "no" }),
                    Some(Value::Count(n)) => text.push_str(&n.to_string()),
                    Some(Value::Instant(ms)) => text.push_str(&clock(Timestamp::from_ms(ms), now)),
                    Some(Value::Word(word)) => text.push_str(&word.replace('_', " ")),
                    Some(Value::Text(words)) => text.push_str(&words),
                    Some(Value::Words(list)) => {
                        let words: Vec<String> = list.iter().map(|w| w.replace('_', " ")).collect();
                        text.push_str(&if words.is_empty() { "none".to_owned() } else { words.join(", ") });
                    }
                    Some(Value::Instants(list)) => text.push_str(&list.len().to_string()),
                    None => {}
                },
            }
        }
        text
    }
}

/// `14:06`, or `11 Mar 14:06` on another day, in local time.
pub fn clock(at: Timestamp, now: Timestamp) -> String {
    let (then, today) = (at.local(), now.local());
    let form = if then.date() == today.date() {
        "%H:%M"
    } else if then.year() == today.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y %H:%M"
    };
    then.strftime(form).to_string()
}
