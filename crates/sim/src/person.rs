//! One million people, none of them stored: each is a function of the seed and a number.

use alongside_desk::time::Timestamp;

use crate::draw::Seed;
use crate::name::{Name, communities, feminine};
use crate::place::Home;
use crate::script;

/// People in the force's area. Numbers from here on are those of the scripted case.
pub const PEOPLE: u32 = 1_000_000;
/// People in a block of [`HOUSEHOLDS_A_BLOCK`] households.
const BLOCK: u32 = 20;
const HOUSEHOLDS_A_BLOCK: u32 = 8;
/// How many live in each household of a block; turned round from block to block.
const SIZES: [u32; 8] = [2, 4, 1, 3, 2, 3, 1, 4];
/// Households altogether.
pub const HOUSEHOLDS: u32 = PEOPLE / BLOCK * HOUSEHOLDS_A_BLOCK;
/// Of a hundred people, how many have a number: there are only 2,900 drama numbers for a million people.
const WITH_PHONE: u32 = 4;
const DAY_S: i64 = 86_400;

/// The people, and the years over which they have a history.
#[derive(Clone, Copy, Debug)]
pub struct Force {
    /// The root of everything.
    pub seed: Seed,
    /// When the history begins, in seconds since 1970.
    pub from_s: i64,
    /// When it ends and the live feed begins.
    pub live_s: i64,
    /// The year in which ages are reckoned.
    pub year: i16,
}

/// Somebody, as they are; what is written down about them is another matter ([`crate::record`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which of the million (or of the scripted case).
    pub index: u32,
    /// Female or male.
    pub female: bool,
    /// Given name.
    pub given: &'static Name,
    /// Family name.
    pub family: &'static Name,
    /// Family name at birth, where marriage changed it.
    pub maiden: Option<&'static Name>,
    /// Whether the family name takes the feminine ending.
    pub ends_feminine: bool,
    /// The 18+1 code.
    pub ethnicity: &'static str,
    /// A language other than English in which they would rather speak (BCP 47).
    pub language: Option<&'static str>,
    /// Year, month, day.
    pub born: (i16, u8, u8),
    /// Household until [`Person::moved_s`], and from then on.
    pub households: (u32, u32),
    /// When they moved; the end of time when never.
    pub moved_s: i64,
    /// Number until [`Person::changed_s`], and from then on.
    pub phones: (Option<Phone>, Option<Phone>),
    /// When the number changed; the end of time when never.
    pub changed_s: i64,
}

/// A number of the ranges that are kept for drama.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(pub u16);

impl Phone {
    /// 07700 900000-900899; 07700 900900-900999 are kept for the scripted case.
    const MOBILES: u16 = 900;
    /// With the 2,000 landlines of 0191 498 and 0121 496.
    const ALL: u16 = Self::MOBILES + 2_000;

    /// E.164.
    pub fn e164(self) -> String {
        match self.0 {
            n if n < Self::MOBILES => format!("+447700900{n:03}"),
            n if n < Self::MOBILES + 1000 => format!("+441914980{:03}", n - Self::MOBILES),
            n if n < Self::ALL => format!("+441214960{:03}", n - Self::MOBILES - 1000),
            n => format!("+4477009009{:02}", (n - Self::ALL) % 100),
        }
    }

    /// A number of the scripted case, 0 to 99.
    pub const fn scripted(n: u16) -> Self {
        Self(Self::ALL + n)
    }
}

impl Person {
    /// The family name in the spelling of place `i`, in the form that this person bears.
    pub fn family(&self, i: usize) -> String {
        let name = self.family.spellings().get(i).map_or(self.family.own(), String::as_str);
        if self.ends_feminine { feminine(name) } else { name.to_owned() }
    }

    /// The household they live in at that time.
    pub const fn household(&self, at_s: i64) -> u32 {
        if at_s < self.moved_s { self.households.0 } else { self.households.1 }
    }

    /// The number they have at that time.
    pub const fn phone(&self, at_s: i64) -> Option<Phone> {
        if at_s < self.changed_s { self.phones.0 } else { self.phones.1 }
    }

    /// The force's nominal reference; `second` is the one that a careless entry made beside it.
    pub fn reference(&self, second: bool) -> String {
        const PRIME: u64 = 9_999_991;
        let number = u64::from(self.index) + if second { 2_000_000 } else { 0 };
        format!("N{:07}", (number * 7_654_321 + 1_234_567) % PRIME)
    }

    /// Whether they are of the Polish community.
    pub fn is_polish(&self) -> bool {
        communities().iter().any(|c| c.name == "polish" && c.family.iter().any(|f| std::ptr::eq(f, self.family)))
    }

    /// Age in a year, in years.
    pub const fn age(&self, year: i16) -> i16 {
        year - self.born.0
    }
}

impl Force {
    /// The force of a seed, with a history of so many years before `live_from`.
    pub fn new(seed: u64, live_from: Timestamp, years: u32) -> Self {
        let live_s = live_from.ms().div_euclid(1000);
        Self {
            seed: Seed::new(seed),
            from_s: live_s - i64::from(years) * 1461 * DAY_S / 4,
            live_s,
            year: live_from.local().year(),
        }
    }

    /// Where a person lives, at a household.
    pub fn home(&self, household: u32) -> Home {
        Home::of(self.seed, household)
    }

    /// The people of a household: the first, and how many.
    pub fn members(&self, household: u32) -> (u32, u32) {
        let (block, place) = (household / HOUSEHOLDS_A_BLOCK, household % HOUSEHOLDS_A_BLOCK);
        let turn = self.turn(block);
        let size = |i: u32| SIZES[((i + turn) % HOUSEHOLDS_A_BLOCK) as usize];
        (block * BLOCK + (0..place).map(size).sum::<u32>(), size(place))
    }

    fn turn(&self, block: u32) -> u32 {
        (self.seed.branch("block", u64::from(block)).number() % u64::from(HOUSEHOLDS_A_BLOCK)) as u32
    }

    /// The household that a person was born into our data in, and their place in it.
    fn origin(&self, index: u32) -> (u32, u32) {
        let block = index / BLOCK;
        for household in block * HOUSEHOLDS_A_BLOCK..(block + 1) * HOUSEHOLDS_A_BLOCK {
            let (first, size) = self.members(household);
            if index < first + size {
                return (household, index - first);
            }
        }
        (block * HOUSEHOLDS_A_BLOCK, 0)
    }

    /// The person of that number.
    pub fn person(&self, index: u32) -> Person {
        if index >= PEOPLE {
            return script::person(self, index);
        }
        let (household, place) = self.origin(index);
        let mut shared = self.seed.branch("household", u64::from(household)).draw();
        let list = communities();
        let common = shared.weighted(list.iter().map(|c| c.share));
        let family = shared.place(list[common].family.len());
        let first_female = shared.percent(50);
        let first_age = shared.between(22, 74);
        let married = shared.percent(55);

        let mut own = self.seed.branch("person", u64::from(index)).draw();
        // One adult in ten partners across communities.
        let community = if place == 1 && own.percent(10) { own.weighted(list.iter().map(|c| c.share)) } else { common };
        let community_names = &list[community];
        let female = match place {
            0 => first_female,
            1 => first_female ^ own.percent(92),
            _ => own.percent(50),
        };
        let age = match place {
            0 => first_age,
            1 => (first_age + own.between(-6, 6)).max(21),
            // A parent was 18 at least, and 34 at most, when a child was born.
            _ => first_age - own.between(18, first_age.min(34)),
        };
        let given = own.pick(if female { &community_names.female } else { &community_names.male });
        let birth_family = own.pick(&community_names.family);
        let shares_name = place != 1 || (married && community == common);
        let family = if shares_name { &list[common].family[family] } else { birth_family };
        let born = (self.year - age as i16, own.between(1, 12) as u8, own.between(1, 28) as u8);
        let moved = own.percent(22);
        let elsewhere = own.below(u64::from(HOUSEHOLDS)) as u32;
        let span = (self.live_s - self.from_s).max(1);
        let moved_at = self.from_s + own.between(0, span);
        let first = own.percent(WITH_PHONE).then(|| Phone(own.below(u64::from(Phone::ALL)) as u16));
        let changed = own.percent(20);
        let second = first.map(|_| Phone(own.below(u64::from(Phone::ALL)) as u16));
        let changed_at = self.from_s + own.between(0, span);
        let language = match community_names.name.as_str() {
            "urdu" => Some("ur"),
            "punjabi" => Some("pa"),
            "bengali" => Some("bn"),
            "arabic" => Some("ar"),
            "polish" => Some("pl"),
            "romanian" => Some("ro"),
            _ => None,
        };
        Person {
            index,
            female,
            given,
            family,
            maiden: (place == 1 && married && female && shares_name).then_some(birth_family),
            ends_feminine: female && community_names.name == "polish",
            ethnicity: &community_names.ethnicity,
            language: language.filter(|_| own.percent(30)),
            born,
            households: (household, if moved { elsewhere } else { household }),
            moved_s: if moved { moved_at } else { i64::MAX },
            phones: (first, if changed { second } else { first }),
            changed_s: if changed { changed_at } else { i64::MAX },
        }
    }
}
