//! Who may be a twin, a sister or a namesake. Everyone here is invented.

use super::super::Agreement::Close;
use super::super::{Class, Field, Index, Match, RecordKey, Settings};
use super::{compare, record};

#[test]
fn twins_are_told_apart_by_what_is_their_own() {
    let home = "at 12 Elm Row, Testford, ZZ1 2AB";
    let twins = |a: &str, b: &str| {
        compare(&format!("{a} Fairbrook / 1999-03-03 / {home}"), &format!("{b} Fairbrook / 1999-03-03 / {home}"))
    };
    let settings = Settings::default();
    // Without a first name, her twin is as likely; an initial and a telephone add what they say, and a whole name leaves no doubt.
    let none = twins("Mrs", "Katherine");
    assert_eq!((none.weight, none.class), (settings.twin_at_most, Class::Likely), "{}", none.sentence());
    let initial = twins("K", "Katherine");
    assert_eq!(initial.weight, settings.twin_at_most + settings.name.initial, "{}", initial.sentence());
    assert_eq!(twins("Kate", "Katherine").class, Class::Sure);
    // An initial says nothing of brother and sister.
    let siblings = |sex| {
        let (a, b) = (format!("K Fairbrook / 1999-03-03 / f / {home}"), "Katherine Fairbrook / 1999-03-03");
        compare(&a, &format!("{b} / {sex} / {home}"))
    };
    assert_eq!((siblings("f").class, siblings("m").class), (Class::Likely, Class::No), "{}", siblings("m").sentence());
}

#[test]
fn a_likeness_that_speaks_for_next_to_nothing_is_another_name() {
    let home = "at 12 Elm Row, Testford, ZZ1 2AB";
    let (a, b) = ("Jaden Fairbrook / 1999-03-03", format!("Kaden Fairbrook / 1999-03-03 / {home}"));
    let with = |another_name_below| {
        let mut index = Index::new(Settings { another_name_below, ..Settings::default() });
        index.insert(RecordKey(0), &record(&b));
        index.compare(&record(&format!("{a} / {home}")), RecordKey(0)).expect("is there")
    };
    let likeness = with(0).on(Field::Given).expect("is alike").weight;
    assert!(likeness > 0);
    let born = |found: Match| found.on(Field::Born).map(|e| e.weight);
    assert_eq!(born(with(likeness + 1)), Some(Settings::default().born_with_another_name));
    assert!(born(with(likeness)) > born(with(likeness + 1)));
}

#[test]
fn what_is_doubtful_weighs_less_where_a_namesake_elsewhere_would_do() {
    let settings = Settings::default();
    let weights = |a: &str, b: &str| {
        let found = compare(&format!("{a} / at 12 Elm Row, ZZ1 2AB"), &format!("{b} / at 3 Oak Hill, ZZ7 1XY"));
        [Field::Family, Field::Born, Field::Address].map(|field| found.on(field).map_or(0, |e| e.weight))
    };
    let (name, born) = (settings.name, settings.born);
    let [elsewhere, reached] = [settings.address.differs_elsewhere, settings.address.differs];
    let (a, b) = ("Zebedee Fairbrook / 1988-02-14", "Zebedee Winterslow / 1988-03-14");
    let month = born.month_wrong;
    assert_eq!(weights(a, b), [name.family_differs_elsewhere, month - born.part_elsewhere, elsewhere]);
    // A telephone that is the same says that nobody else is meant.
    let phone = |record| format!("{record} / 07700 900123");
    assert_eq!(weights(&phone(a), &phone(b)), [name.family_differs, month, reached]);
}

#[test]
fn a_slip_weighs_less_where_a_namesake_elsewhere_would_do() {
    let settings = Settings::default();
    let family = |a: &str, b: &str| {
        let found = compare(&format!("{a} / at 12 Elm Row, ZZ1 2AB"), &format!("{b} / at 3 Oak Hill, ZZ7 1XY"));
        found.on(Field::Family).map(|e| (e.agreement, e.weight))
    };
    let (a, b) = ("Zebedee Winterslow / 1988-02-14", "Zebedee Wintreslow / 1988-02-14");
    let phone = |record| format!("{record} / 07700 900123");
    let (agreement, reached) = family(&phone(a), &phone(b)).expect("a family name");
    assert_eq!(agreement, Close);
    assert_eq!(family(a, b), Some((Close, reached - settings.name.close_elsewhere)));
}
