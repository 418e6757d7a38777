//! What a moment of a call is marked with: themes as data, each with its source.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

/// The themes that come with the program.
pub const THEMES: &str = include_str!("../../../../policy/themes.toml");

static SHIPPED: LazyLock<Themes> =
    LazyLock::new(|| Themes::read(THEMES).expect("the shipped themes, which a test reads"));

/// Whether something went well, or is to be tried otherwise. What went well comes first wherever both stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Went {
    /// It went well.
    Well,
    /// There is something to try.
    Try,
}

/// Themes in the order of their keys on a keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes(Vec<Theme>);

/// A theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Names it in the record for good.
    pub key: Arc<str>,
    /// In a word or two.
    pub says: Arc<str>,
    /// Whether a moment of it went well.
    pub went: Went,
    /// What to try, for whoever took the call; of what is to be tried, and of nothing else.
    pub instead: Option<Arc<str>>,
    /// Where it comes from; `D` for a decision of this project.
    pub source: Arc<str>,
}

/// Themes that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeFault {
    /// They are not TOML of this form.
    #[error("the themes cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// There is none, or there are more than a digit chooses.
    #[error("there are {0} themes: a digit chooses one of up to 9")]
    Count(usize),
    /// None of them went well, and feedback begins with what did.
    #[error("no theme went well, and feedback begins with what did")]
    NothingWell,
    /// A theme lacks something, has the key of another, or says what to try of what went well.
    #[error("the theme `{0}` lacks something, has the key of another, or says what to try where all went well")]
    Theme(Arc<str>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    key: Arc<str>,
    says: Arc<str>,
    went: Went,
    instead: Option<Arc<str>>,
    source: Arc<str>,
}

impl Themes {
    /// Those that come with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads themes.
    ///
    /// # Errors
    /// [`ThemeFault`] with what is wrong and where.
    pub fn read(text: &str) -> Result<Self, ThemeFault> {
        let File { theme } = toml::from_str(text)?;
        if theme.is_empty() || theme.len() > 9 {
            return Err(ThemeFault::Count(theme.len()));
        }
        let mut themes = Self(Vec::new());
        for Line { key, says, went, instead, source } in theme {
            let has_all = [&key, &says, &source].iter().all(|words| !words.trim().is_empty());
            if !has_all || instead.is_some() != (went == Went::Try) || themes.get(&key).is_some() {
                return Err(ThemeFault::Theme(key));
            }
            themes.0.push(Theme { key, says, went, instead, source });
        }
        if themes.all().iter().all(|theme| theme.went == Went::Try) {
            return Err(ThemeFault::NothingWell);
        }
        Ok(themes)
    }

    /// All of them: the first is chosen by the digit 1.
    pub fn all(&self) -> &[Theme] {
        &self.0
    }

    /// A theme by its key.
    pub fn get(&self, key: &str) -> Option<&Theme> {
        self.0.iter().find(|theme| &*theme.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_themes_that_come_with_the_program_can_be_read() {
        let themes = Themes::shipped();
        let says: Vec<&str> = themes.all().iter().map(|theme| &*theme.says).collect();
        assert_eq!(says[..3], ["Believed her", "Safety first", "Asked about strangulation"]);
        assert_eq!(themes.all().iter().filter(|theme| theme.went == Went::Try).count(), 3);
    }

    #[test]
    fn a_slip_in_them_is_told_and_ends_nothing() {
        let theme =
            |key: &str, rest: &str| format!("[[theme]]\nkey = \"{key}\"\nsays = \"x\"\nsource = \"D\"\n{rest}\n");
        let well = |key: &str| theme(key, "went = \"well\"");
        let wrong = [
            (well("a") + &well("a"), "has the key of another"),
            (theme("a", "went = \"try\""), "lacks something"),
            (theme("a", "went = \"well\"\ninstead = \"y\""), "says what to try where all went well"),
            (theme("a", "went = \"try\"\ninstead = \"y\""), "no theme went well"),
            (theme("a", "went = \"badly\""), "cannot be read"),
            ((0..10).map(|n| well(&n.to_string())).collect(), "there are 10 themes"),
        ];
        assert_eq!(Themes::read(&well("a")).map(|themes| themes.all().len()).ok(), Some(1));
        for (text, why) in wrong {
            let said = Themes::read(&text).expect_err(why).to_string();
            assert!(said.contains(why), "{said}");
        }
    }
}
