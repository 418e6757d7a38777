//! What surrounds every screen: the top bar, the state of the live line, the sheet of keys.

use std::borrow::Borrow;

use alongside_desk::time::{Period, Timestamp};
use serde::Deserialize;

use super::moment;
use super::part::FeedAge;

/// The values that every page's layout needs.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title of the window: one fixed word a screen, never a name or a place.
    pub title: &'static str,
    /// Which keys count here; a `screen` of `keys.json`.
    pub screen: &'static str,
    /// The force's own name for the room: `Harrowdale control room`.
    pub room: String,
    /// Nobody in this folder is real, and every page says so.
    pub synthetic: bool,
    /// Who is signed in; `None` before sign-in.
    pub viewer: Option<Viewer>,
    /// The tabs that this person may open, in order.
    pub tabs: Vec<Tab>,
    /// The time, and how fast it runs.
    pub clock: Clock,
    /// Every feed. The top bar shows those that are late.
    pub feeds: Vec<FeedAge>,
    /// Goes into each form; empty before sign-in.
    pub csrf: String,
    /// The nonce of this response's content security policy.
    pub nonce: String,
    /// What this person has chosen.
    pub preferences: Preferences,
    /// The page's live line; `None` for a page that does not change.
    pub live: Option<LiveLine>,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The name that colleagues see.
    pub shown: String,
    /// Where they sit: `desk 1`. Empty when not said.
    pub seat: String,
}

/// A tab of the top bar.
#[derive(Debug, Clone)]
pub struct Tab {
    /// The word on it.
    pub says: &'static str,
    /// Where it goes.
    pub href: &'static str,
    /// How many things there need this person; none is not shown.
    pub count: usize,
    /// It is the one that is open.
    pub current: bool,
}

/// The node's clock. In a synthetic folder it may run faster than the world's.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// Seconds of this clock for one of the world's; 1 outside a demonstration.
    pub speed: u32,
}

/// A page's stream of changes.
#[derive(Debug, Clone)]
pub struct LiveLine {
    /// Where it is read.
    pub href: String,
    /// The journal sequence that this page shows.
    pub seq: u64,
}

/// What a person has chosen for their own screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// Light, dark, or as the computer is set.
    pub theme: Theme,
    /// Single keys act.
    pub keys: bool,
    /// A new S1 sounds.
    pub sound: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, keys: true, sound: true }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the computer is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark grey, never black.
    Dark,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in forms, in the accounts file and in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the choice is called.
    pub fn says(self) -> &'static str {
        match self {
            Self::System => "As this computer",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// By its name; anything else is [`Theme::System`].
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }
}

impl Frame {
    /// The feeds that are silent beyond their time.
    pub fn late(&self) -> impl Iterator<Item = &FeedAge> {
        self.feeds.iter().filter(|feed| feed.late)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now
    }

    /// How long ago `at` was.
    pub fn ago(&self, at: impl Borrow<Timestamp>) -> Period {
        self.clock.now.since(*at.borrow())
    }

    /// `Sat 14 Nov`
    pub fn day(&self) -> String {
        moment::day(self.clock.now)
    }

    /// `02:21:07`
    pub fn time(&self) -> String {
        moment::seconds(self.clock.now)
    }

    /// The keys of this page: everywhere's and the screen's own, by screen.
    pub fn keys(&self) -> Vec<(&'static str, Vec<&'static Key>)> {
        let of = |screen: &str| keys().iter().filter(|key| key.screen == screen).collect::<Vec<_>>();
        let mut sheets = vec![("Everywhere", of("everywhere"))];
        if self.screen != "everywhere" {
            sheets.push(("On this screen", of(self.screen)));
        }
        sheets.retain(|(_, keys)| !keys.is_empty());
        sheets
    }

    /// The style sheet's and the script's addresses, when they have been built.
    pub fn assets(&self) -> Option<&'static crate::assets::Names> {
        crate::assets::names()
    }
}

/// A line of the one table of keys, which the script reads too.
#[derive(Debug, Deserialize)]
pub struct Key {
    screen: String,
    key: String,
    act: String,
    says: String,
}

impl Key {
    /// What is pressed, as a person says it: `G then D`, `Esc`.
    pub fn pressed(&self) -> Vec<String> {
        let word = |part: &str| match part {
            "Escape" => "Esc".to_owned(),
            one if one.chars().count() == 1 => one.to_uppercase(),
            other => other.to_owned(),
        };
        self.key.split(' ').map(word).collect()
    }

    /// What it does.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// The control that it presses.
    pub fn act(&self) -> &str {
        &self.act
    }
}

/// The one table of keys.
pub fn keys() -> &'static [Key] {
    static KEYS: std::sync::LazyLock<Vec<Key>> = std::sync::LazyLock::new(|| {
        serde_json::from_str(include_str!("../../assets/src/keys.json")).expect("a test reads this file")
    });
    &KEYS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_has_two_meanings_on_one_screen() {
        let screens: BTreeSet<&str> = keys().iter().map(|key| key.screen.as_str()).collect();
        assert!(screens.len() > 4);
        for screen in screens {
            let here = keys().iter().filter(|key| key.screen == screen || key.screen == "everywhere");
            let mut seen = BTreeSet::new();
            for key in here {
                assert!(seen.insert(&key.key), "{} means two things on {screen}", key.key);
            }
        }
    }
}
