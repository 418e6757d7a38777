//! Two records held against each other: a weight per field, what they add up to, and what that means.

use super::address;
use super::blocks::names;
use super::evidence::{Agreement, Class, Field, FieldEvidence, Match};
use super::features::{Features, Sex};
use super::index::RecordKey;
use super::log2;
use super::marks::{Kind, Mark, of, one_slip};
use super::name::{Part, Rarity, Token, alike, compare_part};
use super::settings::{NameWeights, Settings};

/// A record that is looked up, with what the index knows of its words and values.
pub struct Sought<'a> {
    pub features: &'a Features,
    /// One for each of the record's words.
    pub rarity: Vec<Rarity>,
    /// How many people have each value; `None` once that is too many.
    pub shared: Vec<(Mark, Option<u32>)>,
    /// How many people live at the postcode and numbers.
    pub house: Option<u32>,
    /// What its first and family name weigh together at most, from how many bear both.
    pub pair: Option<i32>,
}

/// What is known of words, from those who bear them.
pub trait Known {
    /// How rare a word is.
    fn rarity(&self, word: Token) -> Rarity;

    /// By how much a word is more common as a first name than as a family name, in hundredths of a bit.
    fn given_by(&self, word: Token) -> i32;
}

/// What comparing two records gave.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    fields: [(Agreement, i32); Field::ALL.len()],
    /// Prior and evidence together, in hundredths of a bit.
    pub weight: i32,
}

type Found = (Agreement, i32);

const MISSING: Found = (Agreement::Missing, 0);

impl Comparison {
    /// Compares. `known` says how common the words of the other record are.
    pub fn new(sought: &Sought<'_>, other: &Features, settings: &Settings, known: &impl Known) -> Self {
        let (a, b) = (sought.features, other);
        let shared = &settings.shared;
        let mut fields = [MISSING; Field::ALL.len()];
        [fields[Field::Given as usize], fields[Field::Family as usize]] =
            compare_names(sought, &b.names, settings, known);
        let (given, family) = (fields[Field::Given as usize].1, fields[Field::Family as usize].1);
        if let Some(most) = sought.pair.filter(|most| given > 0 && family > 0 && given + family > *most) {
            // First and family names come in communities: two that are rare apart may be common together.
            fields[Field::Family as usize].1 = (most - given).max(0);
        }
        fields[Field::Born as usize] = a.born.compare(b.born, &settings.born);
        fields[Field::Sex as usize] = match (a.sex, b.sex) {
            (Sex::Unknown, _) | (_, Sex::Unknown) => MISSING,
            // A first name that agrees says it already.
            (a, b) if a == b && given > 0 => (Agreement::Exact, 0),
            (a, b) if a == b => (Agreement::Exact, settings.sex.same),
            _ => (Agreement::Disagree, settings.sex.differs),
        };
        let value = |kind, same, differs| compare_values(sought, &b.marks, kind, same, differs);
        fields[Field::Phone as usize] = value(Kind::Phone, shared.phone, shared.phone_differs);
        fields[Field::Email as usize] = value(Kind::Email, shared.email, shared.email_differs);
        fields[Field::Vehicle as usize] = value(Kind::Vehicle, shared.vehicle, shared.vehicle_differs);
        fields[Field::Address as usize] = compare_addresses(sought, &b.marks, settings);
        let reference = |f: &Features| of(&f.marks, Kind::Reference).first().copied();
        if let (Some(one), Some(other)) = (reference(a), reference(b)) {
            // Equal references never come here: they are identity.
            fields[Field::Reference as usize] = if one_slip(one, other) {
                (Agreement::Close, settings.reference.close)
            } else {
                (Agreement::Disagree, settings.reference.differs)
            };
        }
        let mut comparison = Self { fields, weight: 0 };
        comparison.allow_for_namesakes(settings);
        comparison.allow_for_households(settings);
        comparison.allow_for_twins(settings);
        comparison.weight = comparison.sum(settings);
        comparison
    }

    fn on(&self, field: Field) -> Found {
        self.fields[field as usize]
    }

    fn sum(&self, settings: &Settings) -> i32 {
        settings.prior + self.fields.iter().map(|(_, w)| w).sum::<i32>()
    }

    /// Where the address differs, and no telephone, e-mail or vehicle is the same, name and birth date are all that can agree. Each
    /// that is doubtful then weighs less: a namesake elsewhere is as good a reason as two things that have changed.
    fn allow_for_namesakes(&mut self, settings: &Settings) {
        let reached = [Field::Phone, Field::Email, Field::Vehicle].iter().any(|f| self.on(*f).1 > 0);
        if self.on(Field::Address).0 != Agreement::Disagree || reached {
            return;
        }
        self.fields[Field::Address as usize].1 = settings.address.differs_elsewhere;
        if self.on(Field::Family).0 == Agreement::Disagree {
            self.fields[Field::Family as usize].1 = settings.name.family_differs_elsewhere;
        }
        for name in [Field::Given, Field::Family] {
            let (agreement, weight) = self.on(name);
            if agreement == Agreement::Close {
                self.fields[name as usize].1 = less(weight, settings.name.close_elsewhere);
            }
        }
        let (agreement, weight) = self.on(Field::Born);
        if matches!(agreement, Agreement::Swapped | Agreement::Close | Agreement::Partial) {
            self.fields[Field::Born as usize].1 = less(weight, settings.born.part_elsewhere);
        }
    }

    /// What one household has in common is not independent evidence, and twins share a birth date.
    fn allow_for_households(&mut self, settings: &Settings) {
        // Given up in this order: the phone is the one that people speak about.
        let household = [Field::Address, Field::Vehicle, Field::Family, Field::Phone];
        let sum: i32 = household.iter().map(|f| self.on(*f).1.max(0)).sum();
        let mut excess = (sum - settings.household_at_most).max(0);
        for field in household {
            let weight = &mut self.fields[field as usize].1;
            let given_up = excess.min((*weight).max(0));
            *weight -= given_up;
            excess -= given_up;
        }
        let (given, born) = (self.on(Field::Given), self.on(Field::Born));
        let siblings = given.0 == Agreement::Partial && self.on(Field::Sex).0 == Agreement::Disagree;
        if siblings {
            // An initial, or a likeness in part, says nothing of brother and sister.
            self.fields[Field::Given as usize].1 = given.1.min(0);
        }
        // A likeness that speaks for next to nothing is another name too.
        let another = given.0 == Agreement::Disagree || given.1 < settings.another_name_below || siblings;
        if given.0 == Agreement::Missing || !another {
            return;
        }
        let most = match born.0 {
            Agreement::Exact => settings.born_with_another_name,
            Agreement::Partial => settings.year_with_another_name,
            // A date that is almost the same, under another name, is a sister's as soon as her own.
            Agreement::Swapped | Agreement::Close => 0,
            _ => return,
        };
        self.fields[Field::Born as usize].1 = born.1.min(most);
    }

    /// Twins share birth date, family name and home. Where the first name does not part them, because one record has none or an
    /// initial alone, only what each has of their own does: that, and no more than `twin_at_most` besides.
    fn allow_for_twins(&mut self, settings: &Settings) {
        let (given, born) = (self.on(Field::Given), self.on(Field::Born));
        let same_born = matches!(born.0, Agreement::Exact | Agreement::Swapped | Agreement::Close);
        let one_family = self.on(Field::Family).1 > 0 || self.on(Field::Address).1 > 0;
        if !matches!(given.0, Agreement::Missing | Agreement::Partial) || !same_born || !one_family {
            return;
        }
        let own = [Field::Given, Field::Phone, Field::Email, Field::Reference].map(|field| self.on(field).1);
        let excess = self.sum(settings) - settings.twin_at_most - own.iter().sum::<i32>();
        self.fields[Field::Born as usize].1 -= excess.clamp(0, born.1.max(0));
    }

    /// The match with its evidence, heaviest first.
    pub fn into_match(self, key: RecordKey, settings: &Settings) -> Match {
        let known =
            Field::ALL.into_iter().zip(self.fields).filter(|(_, (agreement, _))| *agreement != Agreement::Missing);
        let mut evidence: Vec<FieldEvidence> =
            known.map(|(field, (agreement, weight))| FieldEvidence { field, agreement, weight }).collect();
        evidence.sort_by_key(|e| (std::cmp::Reverse(e.weight.abs()), e.field));
        Match {
            key,
            weight: self.weight,
            probability_ppm: log2::probability_ppm(self.weight),
            class: class_of(self.weight, settings, |field| self.on(field)),
            evidence,
        }
    }
}

/// So much less, but nothing that speaks for a match comes to speak against it.
fn less(weight: i32, off: i32) -> i32 {
    weight.min((weight - off).max(0))
}

/// What a weight means, from what was found on each field. Sure needs more than weight: no field against, and something of
/// the person's own (a name or a birth date together with a birth date, phone or e-mail address), because a household shares
/// the rest.
pub fn class_of(weight: i32, settings: &Settings, on: impl Fn(Field) -> Found) -> Class {
    let probability = log2::probability_ppm(weight);
    if probability < settings.likely_ppm {
        return Class::No;
    }
    let against = settings.against.iter().any(|f| on(*f).0 == Agreement::Disagree);
    let adds = |field| on(field).1 > 0;
    let (given, born) = (on(Field::Given), on(Field::Born));
    let same_given =
        given.1 > 0 && matches!(given.0, Agreement::Exact | Agreement::Variant | Agreement::Swapped | Agreement::Close);
    let same_born = matches!(born.0, Agreement::Exact | Agreement::Swapped);
    let reached = adds(Field::Phone) || adds(Field::Email);
    let own = if same_given {
        same_born || born.0 == Agreement::Close || reached
    } else {
        given.0 == Agreement::Missing && same_born && reached
    };
    if probability >= settings.sure_ppm && !against && own { Class::Sure } else { Class::Likely }
}

/// First and family names: the best of all pairs of names and aliases, each straight and the other way round.
fn compare_names(sought: &Sought<'_>, others: &[Token], settings: &Settings, known: &impl Known) -> [Found; 2] {
    let weights = &settings.name;
    let rarity = &|token| known.rarity(token);
    let mut best: Option<[Found; 2]> = None;
    let mut start = 0;
    for name in names(&sought.features.names) {
        let rare = &sought.rarity[start..start + name.len()];
        start += name.len();
        let at = split(name);
        let ((given, family), (rare_given, rare_family)) = (name.split_at(at), rare.split_at(at));
        for other in names(others) {
            let (other_given, other_family) = other.split_at(split(other));
            let straight = [
                compare_part(given, rare_given, other_given, rarity, weights.given_differs, weights),
                compare_part(family, rare_family, other_family, rarity, weights.family_differs, weights),
            ];
            let all_agree = straight.iter().all(|(a, _)| matches!(a, Agreement::Exact | Agreement::Variant));
            let mut found = straight;
            if !all_agree {
                let across = compare_part(given, rare_given, other_family, rarity, weights.given_differs, weights);
                let back = compare_part(family, rare_family, other_given, rarity, weights.family_differs, weights);
                let alone = if across.1 > back.1 {
                    Alone::new(given, family, other_family, known, weights)
                } else {
                    Alone::new(other_given, other_family, family, known, weights)
                };
                let turned = other_way_round(across, back, given.is_empty() || other_given.is_empty(), alone, weights);
                if sum(turned) > sum(straight).max(0) {
                    found = turned;
                }
            }
            if best.is_none_or(|so_far| sum(found) > sum(so_far)) {
                best = Some(found);
            }
        }
    }
    best.unwrap_or([MISSING; 2])
}

/// First name against family name, and back. Where one of the records has one word only, that word is what it agrees
/// with in the other: a first name if `one_is_family`, so that it was written as a family name, else a family name.
/// `alone` says what to make of two names of which one only stands in the other.
fn other_way_round(across: Found, back: Found, one_is_family: bool, alone: Alone, weights: &NameWeights) -> [Found; 2] {
    let off = weights.swapped;
    let turned = |(agreement, weight): Found| match agreement {
        Agreement::Missing | Agreement::Disagree => (agreement, weight),
        _ => (Agreement::Swapped, weight - off),
    };
    match (across.0, back.0) {
        (Agreement::Missing, _) if one_is_family => [turned(back), MISSING],
        (Agreement::Missing, _) => [MISSING, turned(back)],
        (_, Agreement::Missing) if one_is_family => [turned(across), MISSING],
        (_, Agreement::Missing) => [MISSING, turned(across)],
        _ => {
            if across.1 > 0 && back.1 > 0 {
                [turned(across), back_of(turned(back), off)]
            } else {
                let shared = turned(if across.1 > back.1 { across } else { back });
                match alone {
                    _ if shared.1 <= 0 => [(Agreement::Disagree, weights.given_differs), shared],
                    Alone::Given => [shared, (Agreement::Disagree, weights.family_differs)],
                    Alone::FamilyTwice => [MISSING, shared],
                    Alone::Brother => [(Agreement::Disagree, weights.given_differs), shared],
                    Alone::Initial => {
                        [(Agreement::Disagree, weights.given_differs), (Agreement::Disagree, weights.family_differs)]
                    }
                }
            }
        }
    }
}

/// What it means when one has as a first name what the other has as a family name, and nothing else agrees.
#[derive(Clone, Copy)]
enum Alone {
    /// A first name in the place of another family name than the one that the record has.
    Given,
    /// A family name in the place of the first name, and another one or the same again behind it: her first name is not written
    /// there.
    FamilyTwice,
    /// A family name in the other place, and a first name that differs: a brother, written down family name first.
    Brother,
    /// An initial fits a name in the other place, as one in thirteen does: nothing.
    Initial,
}

impl Alone {
    /// `first`, in the first name's place of one record, and `last`, in the family name's of the other, share a word; `beside` is the
    /// family name that stands with `first`.
    fn new(first: &[Token], beside: &[Token], last: &[Token], known: &impl Known, weights: &NameWeights) -> Self {
        if [first, last].iter().any(|words| words.iter().all(|word| word.is_initial())) {
            return Self::Initial;
        }
        let as_given = |words: &[Token]| words.first().map_or(0, |word| known.given_by(*word));
        // Of two spellings the one that was seen more says it.
        let (one, other) = (as_given(first), as_given(last));
        let shared = if one.abs() >= other.abs() { one } else { other };
        let twice = first.iter().zip(beside).any(|(a, b)| {
            matches!(alike(*a, b.standing_as(Part::Given)), Agreement::Exact | Agreement::Variant | Agreement::Close)
        });
        let two = shared <= -weights.clearly_one && as_given(beside) <= -weights.clearly_one;
        if shared >= weights.clearly_one {
            Self::Given
        } else if two || twice {
            Self::FamilyTwice
        } else {
            Self::Brother
        }
    }
}

/// The exchange is taken off once, not for each of the two names.
const fn back_of((agreement, weight): Found, off: i32) -> Found {
    (agreement, weight + off)
}

/// Where the family name begins.
fn split(name: &[Token]) -> usize {
    name.partition_point(|t| t.part() == Part::Given)
}

const fn sum(found: [Found; 2]) -> i32 {
    found[0].1 + found[1].1
}

/// Values that few people share: the heaviest that both have.
fn compare_values(sought: &Sought<'_>, others: &[Mark], kind: Kind, same: i32, differs: i32) -> Found {
    let (own, others) = (of(&sought.features.marks, kind), of(others, kind));
    if own.is_empty() || others.is_empty() {
        return MISSING;
    }
    let common = own.iter().filter(|m| others.binary_search(m).is_ok());
    match common.map(|m| less_shared(same, sought.sharers(*m))).max() {
        Some(weight) => (Agreement::Exact, weight),
        None => (Agreement::Disagree, differs),
    }
}

fn compare_addresses(sought: &Sought<'_>, others: &[Mark], settings: &Settings) -> Found {
    let own = &sought.features.marks;
    let (agreement, weight) = address::compare(own, others, &settings.address);
    if agreement != Agreement::Exact {
        return (agreement, weight);
    }
    let uprn = of(own, Kind::Uprn).iter().find(|u| of(others, Kind::Uprn).contains(u));
    let sharers = match uprn {
        Some(uprn) => sought.sharers(*uprn),
        None => sought.house,
    };
    (agreement, less_shared(weight, sharers))
}

/// A weight less what sharing takes off; nothing where too many share.
fn less_shared(weight: i32, sharers: Option<u32>) -> i32 {
    sharers.map_or(0, |n| (weight - log2::hundredths(u64::from(n))).max(0))
}

impl Sought<'_> {
    /// How many people have a value; `None` where too many.
    fn sharers(&self, mark: Mark) -> Option<u32> {
        self.shared.iter().find(|(m, _)| *m == mark).map_or(Some(1), |(_, n)| *n)
    }
}
