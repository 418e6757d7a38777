//! Pairs of records and what the linker makes of them. Everyone here is invented.

mod doubtful;

use proptest::prelude::*;

use super::evidence::Agreement::{Close, Disagree, Exact, Missing, Partial, Swapped, Variant};
use super::{Agreement, Class, Features, FeaturesInput, Field, Index, Match, Other, RecordKey, Settings, add_pairs};
use crate::message::Born;

/// Reads `Name / 1988-02-14 / f / 07700 900123 / at 12 Elm Row, ZZ1 2AB / aka Other Name / #REF / a@example.test`.
fn record(line: &str) -> Features {
    let mut input = FeaturesInput::default();
    let (mut phones, mut emails, mut aliases) = (Vec::new(), Vec::new(), Vec::new());
    for part in line.split(" / ") {
        if let Some(address) = part.strip_prefix("at ") {
            input.address = Some(address);
        } else if let Some(uprn) = part.strip_prefix("uprn ") {
            input.uprn = Some(uprn);
        } else if let Some(alias) = part.strip_prefix("aka ") {
            aliases.push(alias.to_owned());
        } else if let Some(reference) = part.strip_prefix('#') {
            input.reference = Some(reference);
        } else if part.contains('@') {
            emails.push(part.to_owned());
        } else if matches!(part, "f" | "m") {
            input.sex = Some(part);
        } else if Born::parse(part).is_some() {
            input.born = Born::parse(part);
        } else if part.starts_with(['0', '+', '7']) {
            phones.push(part.to_owned());
        } else {
            input.name = Some(part);
        }
    }
    Features::new(&FeaturesInput { phones: &phones, emails: &emails, aliases: &aliases, ..input })
}

fn index(lines: &[&str]) -> Index {
    let mut index = Index::new(Settings::default());
    for (line, key) in lines.iter().zip(0..) {
        index.insert(RecordKey(key), &record(line));
    }
    index
}

fn compare(a: &str, b: &str) -> Match {
    let one_way = |a, b| index(&[b]).compare(&record(a), RecordKey(0)).expect("is there");
    let (there, back) = (one_way(a, b), one_way(b, a));
    let agreements = |m: &Match| Field::ALL.map(|f| agreement(m, f));
    assert_eq!(agreements(&there), agreements(&back), "the same both ways: {a} and {b}");
    // Not quite the same weight: each index has counted the other's names.
    assert!(there.weight.abs_diff(back.weight) < 50, "the same both ways: {a} and {b}");
    there
}

fn agreement(found: &Match, field: Field) -> Agreement {
    found.on(field).map_or(Missing, |e| e.agreement)
}

/// Each pair: how first and family name stand to each other.
fn check_names(pairs: &[(&str, &str, Agreement, Agreement)]) {
    for (a, b, given, family) in pairs {
        let found = compare(a, b);
        let got = (agreement(&found, Field::Given), agreement(&found, Field::Family));
        assert_eq!(got, (*given, *family), "{a} and {b}: {}", found.sentence());
    }
}

/// Each pair: what it is taken for, and that it is found at all where it is not `No`.
fn check(pairs: &[(&str, &str, Class)]) {
    for (a, b, class) in pairs {
        let found = compare(a, b);
        assert_eq!(found.class, *class, "{a} and {b}: {} {}", found.weight, found.sentence());
        if *class != Class::No {
            let candidates = index(&[b]).candidates(&record(a), 5);
            assert_eq!(candidates, [found], "{a} finds {b}");
        }
    }
}

#[test]
fn polish_names() {
    check_names(&[
        ("Łukasz Wiśniewski", "Lukasz Wisniewski", Exact, Exact),
        ("Małgorzata Wójcik", "Malgorzata Wojcik", Exact, Exact),
        ("Agnieszka Kowalska", "Agnieszka Kowalski", Exact, Variant),
        ("Ewa Zielińska", "Eva Zielinski", Variant, Variant),
        ("Kasia Nowak", "Katarzyna Nowak", Variant, Exact),
        ("Krzysztof Szymański", "Kristof Shimanski", Variant, Variant),
        ("Wojciech Lewandowski", "Vojtech Levandovski", Variant, Variant),
        ("Tomasz Kamiński", "Tomek Kaminsky", Variant, Variant),
        ("Paweł Nowak", "Piotr Nowak", Disagree, Exact),
    ]);
}

#[test]
fn arabic_and_south_asian_muslim_names() {
    check_names(&[
        ("Mohammed Qureshi", "Muhammad Kureshi", Variant, Variant),
        ("Mohamed Al-Masri", "Mohammad El Masri", Variant, Exact),
        ("Khaled Al-Haddad", "Khalid Alhaddad", Variant, Variant),
        ("Ayesha Chowdhury", "Aisha Choudhary", Variant, Variant),
        ("Fatima Begum", "Fatema Begom", Variant, Variant),
        ("Khadija Sheikh", "Hadija Shaikh", Variant, Variant),
        ("Yousef Hussain", "Yusuf Hossain", Variant, Variant),
        ("Abdul Rahman Siddiqui", "Abdurrahman Siddiqi", Variant, Variant),
        ("Mohammed Imran Malik", "Imran Malik", Exact, Exact),
        ("محمد Qureshi", "Mohammed Qureshi", Variant, Exact),
        ("Hassan Malik", "Hussain Malik", Disagree, Exact),
        ("Mohammed Imran Malik", "Mohammed Bilal Malik", Disagree, Exact),
    ]);
}

#[test]
fn punjabi_names() {
    check_names(&[
        ("Harpreet Kaur", "Harprit Kaur", Variant, Exact),
        ("Harpreet Kaur Dhillon", "Harpreet Kaur", Exact, Exact),
        ("Harpreet Kaur Dhillon", "Harpreet Dhillon", Exact, Exact),
        ("Harpreet Kaur Dhillon", "Harpreet Kaur Gill", Exact, Disagree),
        ("Gurpreet Singh", "Gurpreet Kaur", Exact, Disagree),
        ("Harpreet Kaur", "Gurpreet Kaur", Disagree, Exact),
    ]);
    // A family name that a whole community bears says little.
    let mut crowd = Index::new(Settings::default());
    for key in 0..2000 {
        let family = if key % 2 == 0 { "Kaur" } else { "Nobodyelse" };
        crowd.insert(RecordKey(key), &record(&format!("Gagan{} {family}", letters(key))));
    }
    crowd.insert(RecordKey(2000), &record("Harpreet Kaur / f"));
    crowd.insert(RecordKey(2001), &record("Harpreet Randhawa / f"));
    let weight =
        |line, key| crowd.compare(&record(line), RecordKey(key)).expect("there").on(Field::Family).map(|e| e.weight);
    assert!(weight("Harpreet Kaur", 2000) < weight("Harpreet Randhawa", 2001));
    assert!(weight("Harpreet Kaur", 2000) < Some(350));
}

#[test]
fn names_in_other_scripts_meet_by_table_or_by_their_consonants() {
    check_names(&[
        ("محمد قریشی", "Mohammed Qureshi", Variant, Close),
        ("خالد", "Khalid", Variant, Missing),
        ("فاروق Malik", "Farooq Malik", Close, Exact),
        ("ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "Harpreet Singh", Close, Exact),
        ("Олена Ковальчук", "Olena Kovalchuk", Exact, Exact),
        ("فاروق Malik", "Tariq Malik", Disagree, Exact),
        // The article is written together with the name, and stands apart from it in Latin letters.
        ("محمد الخطيب", "Mohammed Al-Khatib", Variant, Close),
        ("خالد الصباغ", "Khalid Sabbagh", Variant, Close),
        ("عبد الله قاسم", "Abdullah Qasim", Close, Close),
        ("الياس خوري", "Ilyas Khoury", Close, Close),
    ]);
    // They find each other too, without a telephone or an address.
    check(&[("فاروق Malik / 1979-11-03", "Farooq Malik / 1979-11-03", Class::Sure)]);
}

#[test]
fn one_name_in_the_other_place_is_read_by_where_most_people_have_it() {
    let mut town = Index::new(Settings::default());
    for key in 0..300 {
        let other = letters(key);
        let line = ["Gemma Of", "Of Turner", "Of Rogers"][key as usize % 3].replace("Of", &format!("Of{other}"));
        town.insert(RecordKey(key), &record(&line));
    }
    for (a, b, given, family) in [
        // Her first name behind another family name than the one on record.
        ("Winterslow Gemma", "Gemma Fairbrook", Swapped, Disagree),
        ("Gemma Fairbrook", "Winterslow Gemma", Swapped, Disagree),
        // Two family names: her first name is not written there.
        ("Turner Rogers", "Carys Turner", Missing, Swapped),
        ("Carys Turner", "Turner Rogers", Missing, Swapped),
    ] {
        town.insert(RecordKey(900), &record(b));
        let found = town.compare(&record(a), RecordKey(900)).expect("is there");
        let got = (agreement(&found, Field::Given), agreement(&found, Field::Family));
        assert_eq!(got, (given, family), "{a} and {b}: {}", found.sentence());
    }
}

#[test]
fn two_common_names_that_sound_alike_are_two_sisters() {
    let home = "at 44 Elm Row, Testford, ZZ1 2AB";
    let mut town = Index::new(Settings::default());
    for key in 0..3000 {
        let given = ["Emma", "Amy"].get(key as usize % 50).map_or_else(|| letters(key), |name| (*name).to_owned());
        town.insert(RecordKey(key), &record(&format!("{given} Of{}", letters(key))));
    }
    town.insert(RecordKey(9000), &record(&format!("Amy Fairbrook / 1988-05-20 / f / {home}")));
    let asked = record(&format!("Emma Fairbrook / 1988-12-20 / f / {home}"));
    let found = town.compare(&asked, RecordKey(9000)).expect("is there");
    assert_eq!((agreement(&found, Field::Given), found.class), (Partial, Class::No), "{}", found.sentence());
    assert!(found.on(Field::Given).is_some_and(|e| e.weight <= 0), "{}", found.sentence());
}

#[test]
fn the_same_pair_again_speaks_for_both_and_no_more_than_its_doubt_allows() {
    let index = index(&[
        "Katherine Fairbrook",
        "Rupert Winterslow / 1986-09-02",
        "Katherine Winterslow / 1990-06-21",
        "Josephine Marlow",
    ]);
    let settings = index.settings();
    let known = [(RecordKey(0), RecordKey(1))];
    let is_pair = |a, b| known.contains(&(a, b)) || known.contains(&(b, a));
    let (hers, his) = (record("Kate Fairbrook"), record("Rupert Winterslow / 1986"));
    let alone = |features: &Features| index.candidates(features, 9);
    let with = |features: &Features, others: &[Other]| {
        let mut found = alone(features);
        add_pairs(&mut found, others, settings, is_pair);
        found
    };
    let on = |found: &[Match], key| found.iter().find(|m| m.key == RecordKey(key)).cloned().expect("found");
    let his_candidates: Vec<Other> = alone(&his).iter().map(Other::from).collect();
    let her_candidates: Vec<Other> = alone(&hers).iter().map(Other::from).collect();
    // Each is likelier for the other, and it is said.
    let (she, he) = (on(&with(&hers, &his_candidates), 0), on(&with(&his, &her_candidates), 1));
    for (found, before) in [(&she, on(&alone(&hers), 0)), (&he, on(&alone(&his), 1))] {
        let pair = found.on(Field::Beside).expect("the pair is a reason");
        assert!(pair.weight > 0 && pair.weight <= settings.shared.beside, "{}", found.sentence());
        assert_eq!(found.weight, before.weight + pair.weight);
        assert_eq!(found.evidence.iter().map(|e| e.weight).sum::<i32>() + settings.prior, found.weight);
        assert_eq!(found.class, Class::Likely, "asked, and never sure by company alone: {}", found.sentence());
    }
    // Where he is known to be the other of the pair, it counts whole; where that is doubtful, less; else not at all.
    let weight = |others: &[Other]| on(&with(&hers, others), 0).on(Field::Beside).map(|e| e.weight);
    let him = |weight| Other { key: RecordKey(1), weight };
    assert_eq!(weight(&[him(None)]), Some(settings.shared.beside));
    assert_eq!(weight(&[him(Some(500)), him(Some(-200))]), Some(settings.shared.beside));
    assert_eq!(weight(&[him(Some(-200))]), Some(settings.shared.beside - 200));
    assert_eq!(weight(&[him(Some(-settings.shared.beside))]), None);
    assert_eq!(weight(&[Other { key: RecordKey(3), weight: None }]), None);
    assert_eq!(with(&hers, &[]), alone(&hers));
    // Whoever was no pair with him gains nothing, and the heaviest stays first.
    let found = with(&hers, &[him(None)]);
    assert!(found.iter().filter(|m| m.key != RecordKey(0)).all(|m| m.on(Field::Beside).is_none()));
    assert!(found.windows(2).all(|pair| pair[0].weight >= pair[1].weight));
}

#[test]
fn a_slip_in_a_reference_speaks_for_a_match() {
    let reference = |a: &str, b: &str| agreement(&compare(a, b), Field::Reference);
    for (a, b, expected) in [
        ("Kate / #N1234567", "Kate / #N1234576", Close),
        ("Kate / #N1234567", "Kate / #N123467", Close),
        ("Kate / #N1234567", "Kate / #N7654321", Disagree),
        ("Kate / #N1234567", "Kate", Missing),
    ] {
        assert_eq!(reference(a, b), expected, "{a} and {b}");
    }
    // However it is punctuated, it is the same reference.
    let index = index(&["Kate / #N/123 4567"]);
    assert_eq!(index.identical(&record("Kate / #n-1234567")).count(), 1);
}

#[test]
fn english_irish_and_short_names() {
    check_names(&[
        ("Kate Fairbrook", "Katherine Fairbrook", Variant, Exact),
        ("Kate Fairbrook", "Kathy Fairbrook", Variant, Exact),
        ("Bill Fairbrook", "William Fairbrook", Variant, Exact),
        ("Siobhan O'Neill", "Shivaun ONeil", Variant, Variant),
        ("Alex Fairbrook", "Alexandra Fairbrook", Variant, Exact),
        ("Alex Fairbrook", "Alexander Fairbrook", Variant, Exact),
        ("K Fairbrook", "Katherine Fairbrook", Partial, Exact),
        ("J Fairbrook", "Katherine Fairbrook", Disagree, Exact),
        ("Fairbrook Katherine", "Katherine Fairbrook", Swapped, Swapped),
        ("FAIRBROOK, Katherine", "Katherine Fairbrook", Exact, Exact),
        ("Fairbrook Nathan", "Christopher Fairbrook", Disagree, Swapped),
        ("Mrs Fairbrook", "Katherine Fairbrook", Missing, Swapped),
        ("Jodron Fairbrook", "Jordan Fairbrook", Partial, Exact),
        ("Katherine", "Katherine Fairbrook", Exact, Missing),
        ("Katherine Farebrook", "Katherine Fairbrook", Exact, Close),
        ("Katherine Fairbrook-Lowe", "Katherine Fairbrook", Exact, Exact),
        ("Amira Fairbrook", "Amina Fairbrook", Disagree, Exact),
        ("Jaden Fairbrook", "Kaden Fairbrook", Partial, Exact),
        // A slip in a short form or in another spelling.
        ("Bbo Fairbrook", "Robert Fairbrook", Partial, Exact),
        ("Shviaun Fairbrook", "Siobhan Fairbrook", Partial, Exact),
        // Her family name twice over, and an initial that fits another part of a name.
        ("Fairbrook Fairbrooke", "Katherine Fairbrook", Missing, Swapped),
        ("S Atwal", "Rezaul Sarkar", Disagree, Disagree),
    ]);
}

#[test]
fn names_with_a_birth_date_are_sure_and_doubts_are_asked() {
    check(&[
        ("Katherine Fairbrook / 1988-02-14", "Katherine Fairbrook / 1988-02-14", Class::Sure),
        ("Kate Fairbrook / 1988-02-14", "Katherine Fairbrook / 1988-02-14", Class::Sure),
        ("Mohammed Qureshi / 1979-11-03", "Muhammad Kureshi / 1979-11-03", Class::Sure),
        ("Agnieszka Kowalska / 1990-06-21", "Agnieszka Kowalski / 1990-06-21", Class::Sure),
        ("Dhillon Harpreet / 1985-05-09", "Harpreet Dhillon / 1985-05-09", Class::Sure),
        // Day and month the other way round, alone and with a phone; one digit wrong; year only.
        ("Katherine Fairbrook / 1988-02-04", "Katherine Fairbrook / 1988-04-02", Class::Likely),
        (
            "Katherine Fairbrook / 1988-02-04 / 07700 900123",
            "Katherine Fairbrook / 1988-04-02 / 07700 900123",
            Class::Sure,
        ),
        ("Katherine Fairbrook / 1988-02-14", "Katherine Fairbrook / 1988-02-15", Class::Likely),
        ("Katherine Fairbrook / 1988-02-14", "Katherine Fairbrook / 1988", Class::Likely),
        // A married name is against, so a person is asked.
        (
            "Katherine Fairbrook / 1988-02-14 / 07700 900123",
            "Katherine Winterslow / 1988-02-14 / 07700 900123",
            Class::Likely,
        ),
        // With the old name as an alias nothing is against.
        (
            "Katherine Winterslow / aka Katherine Fairbrook / 1988-02-14",
            "Katherine Fairbrook / 1988-02-14",
            Class::Sure,
        ),
        // A name alone, however rare, is not enough; a common one says next to nothing.
        ("Zebedee Fairbrook", "Zebedee Fairbrook", Class::Likely),
        ("John Smith", "John Smith", Class::No),
        ("John Smith / 1988-02-14", "John Smith / 1961-07-30", Class::No),
    ]);
}

#[test]
fn a_shared_phone_alone_is_never_sure() {
    check(&[
        ("07700 900123", "+44 7700 900123", Class::No),
        ("Katherine Fairbrook / 07700 900123", "07700 900123", Class::No),
        ("Katherine Fairbrook / 07700 900123", "Rupert Winterslow / 07700 900123", Class::No),
        ("Katherine / 07700 900123", "Kate Fairbrook / 07700 900123", Class::Likely),
        ("Katherine Fairbrook / 07700 900123", "Kate Fairbrook / 07700 900123", Class::Sure),
        ("1988-02-14 / 07700 900123", "1988-02-14 / +447700900123", Class::Sure),
        ("K Fairbrook / 07700 900123", "Katherine Fairbrook / 07700 900123", Class::Likely),
    ]);
}

#[test]
fn twins_and_households_are_never_sure() {
    let home = "at 12 Elm Row, Testford, ZZ1 2AB";
    for (a, b) in [
        // Twins.
        ("Hassan Malik / 1999-03-03 / m", "Hussain Malik / 1999-03-03 / m"),
        ("Jaden Fairbrook / 1999-03-03 / m", "Kaden Fairbrook / 1999-03-03 / m"),
        ("Amira Fairbrook / 1999-03-03 / f", "Amina Fairbrook / 1999-03-03 / f"),
        ("Gurpreet Singh / 1999-03-03 / m", "Harpreet Singh / 1999-03-03 / m"),
        ("Keira Fairbrook / 1999-03-03 / f", "Kiera Fairbrook / 2003-08-19 / f"),
        // Father and son, mother and daughter.
        ("Robert Fairbrook / 1958-01-20 / m", "Robert Fairbrook / 1986-09-02 / m"),
        ("Robert Fairbrook / 1958 / m", "Robert Fairbrook / 1986-09-02 / m"),
        ("R Fairbrook / m", "Robert Fairbrook / 1986-09-02 / m"),
        // Husband and wife, brother and sister.
        ("Gurpreet Singh / 1980-01-09 / m", "Gurpreet Kaur / 1982-12-30 / f"),
        // Sisters whose birth dates look alike, one of them behind an initial.
        ("Amira Fairbrook / 1999-03-03 / f", "Josephine Fairbrook / 1998-03-03 / f"),
        ("J Fairbrook / 1999-03-03 / f", "Josephine Fairbrook / 1998-03-03 / f"),
        ("Rupert Fairbrook / m", "Katherine Fairbrook / f"),
    ] {
        for phone in ["0191 498 0123", "+447700900123"] {
            let found = compare(&format!("{a} / {home} / {phone}"), &format!("{b} / {home} / {phone}"));
            assert!(found.class < Class::Sure, "{a} and {b}: {}", found.sentence());
        }
    }
    // Of one household, nothing of their own in common: not even asked.
    check(&[
        (
            "Rupert Fairbrook / m / 0191 498 0123 / at 12 Elm Row, ZZ1 2AB",
            "Katherine Fairbrook / f / 0191 498 0123 / at 12 Elm Row, ZZ1 2AB",
            Class::No,
        ),
        // Name and home agree, but a son may have his father's name: asked, until the phone agrees too.
        (
            "Robert Fairbrook / 1958-01-20 / at 12 Elm Row, ZZ1 2AB",
            "Robert Fairbrook / at 12 Elm Row, ZZ1 2AB",
            Class::Likely,
        ),
        (
            "Robert Fairbrook / 1958-01-20 / 07700 900123 / at 12 Elm Row, ZZ1 2AB",
            "Robert Fairbrook / 07700 900123 / at 12 Elm Row, ZZ1 2AB",
            Class::Sure,
        ),
    ]);
}

#[test]
fn addresses_agree_as_far_as_they_go() {
    for (a, b, expected) in [
        ("at 12 Elm Row, Testford, ZZ1 2AB", "at 12 ELM ROW ZZ12AB", Exact),
        ("uprn 10001234567", "uprn 010001234567", Exact),
        ("at Flat 3, 12 Elm Row, ZZ1 2AB", "at 12 Elm Row, ZZ1 2AB", Close),
        ("at 12 Elm Row, ZZ1 2AB", "at 12 Elm Row, Testford", Close),
        ("at 12 Elm Row, ZZ1 2AB", "at 12 Elm Row, ZZ1 2AC", Close),
        ("at 12 Elm Row, ZZ1 2AB", "at ZZ1 2AB", Partial),
        ("at 12 Elm Row, ZZ1 2AB", "at 14 Elm Row, ZZ1 2AB", Partial),
        ("at 12 Elm Row, Testford", "at 12 Oak Row, Testford", Disagree),
        ("at 31 Quayside Dr", "at 31 Quayside Drive, Testford, ZZ1 2AB", Close),
        ("at 31 Quayside Drive, Marlow", "at 31 Quayside Terrace, Testford, ZZ1 2AB", Disagree),
        ("at 12 Elm Row, ZZ1 2AB", "at 3 Oak Hill, ZZ7 1XY", Disagree),
        ("at 12 Elm Row, ZZ1 2AB", "07700 900123", Missing),
    ] {
        assert_eq!(agreement(&compare(a, b), Field::Address), expected, "{a} and {b}");
    }
}

#[test]
fn a_phone_is_the_same_however_it_is_written() {
    let written = ["07700 900123", "+447700900123", "+44 (0)7700 900123", "00447700900123", "7700900123"];
    for one in written {
        assert_eq!(agreement(&compare(one, written[0]), Field::Phone), Exact, "{one}");
    }
    assert!(record("0").is_empty());
    assert_eq!(record("+withheld"), Features::default());
}

#[test]
fn a_value_on_too_many_people_stops_counting() {
    let most = Settings::default().shared_by_at_most;
    let mut hostel = Index::new(Settings::default());
    let resident = |n: u32| record(&format!("Resident{} Of{} / 0121 496 0123", letters(n), letters(n)));
    let asked = record("Zebedee Fairbrook / 0121 496 0123");
    let found = |index: &Index| index.compare(&asked, RecordKey(0)).and_then(|m| m.on(Field::Phone)).map(|e| e.weight);
    hostel.insert(RecordKey(0), &resident(0));
    let alone = found(&hostel);
    for n in 1..most {
        hostel.insert(RecordKey(n), &resident(n));
    }
    assert!(found(&hostel) < alone && found(&hostel) > Some(0), "the more people, the less it says");
    hostel.insert(RecordKey(most), &resident(most));
    assert_eq!(found(&hostel), Some(0));
    assert!(hostel.candidates(&asked, 5).is_empty());
    // The records of one person count once.
    for n in 1..=most {
        hostel.assign(RecordKey(n), RecordKey(0));
    }
    assert_eq!(found(&hostel), alone);
}

#[test]
fn an_equal_reference_is_identity_and_no_match() {
    let index =
        index(&["Katherine Fairbrook / 1988-02-14 / #N1", "Kate Fairbrook / 1988-02-14 / #N2", "Other Name / #N1"]);
    let asked = record("Katherine Fairbrook / 1988-02-14 / #n1");
    assert_eq!(index.identical(&asked).collect::<Vec<_>>(), [RecordKey(0), RecordKey(2)]);
    let keys: Vec<_> = index.candidates(&asked, 5).iter().map(|m| (m.key, m.class)).collect();
    assert_eq!(keys, [(RecordKey(1), Class::Sure)], "another reference may be a duplicate of the force's own");
}

#[test]
fn evidence_and_prior_add_up_and_read_as_a_sentence() {
    let found = compare(
        "Katherine Fairbrook / 1988-02-14 / f / 07700 900123 / at 12 Elm Row, ZZ1 2AB",
        "Kate Fairbrook / 1988-02-14 / f / 07700 900123 / at 3 Oak Hill, ZZ7 1XY",
    );
    let sum: i32 = found.evidence.iter().map(|e| e.weight).sum();
    assert_eq!(found.weight, Settings::default().prior + sum);
    assert_eq!(
        found.sentence(),
        "birth date +14.0, phone +14.0, family name +6.5, first name +6.2, address -2.3, sex +0.0"
    );
    assert_eq!(found.evidence[3].words(), "first name another spelling +6.2");
    assert_eq!((found.class, found.probability_ppm), (Class::Sure, 999_997));
}

#[test]
fn the_heaviest_comes_first_and_the_limit_holds() {
    let index = index(&[
        "Katherine Fairbrook / 1988",
        "Katherine Fairbrook / 1988-02-14",
        "Kate Fairbrook / 1988-02-14",
        "Katherine Fairbrook / 1988-02-14",
    ]);
    let asked = record("Katherine Fairbrook / 1988-02-14");
    let keys = |limit| index.candidates(&asked, limit).iter().map(|m| m.key.0).collect::<Vec<_>>();
    assert_eq!(keys(9), [1, 3, 2, 0]);
    assert_eq!(keys(2), [1, 3]);
    let others: Vec<_> = index.candidates_of(RecordKey(1), 9).iter().map(|m| m.key.0).collect();
    assert_eq!(others, [3, 2, 0], "a record is not its own match");
}

/// A number in letters.
fn letters(number: u32) -> String {
    number.to_string().bytes().map(|b| char::from(b - b'0' + b'a')).collect()
}

prop_compose! {
    fn any_record()(
        given in prop::sample::select(vec![
            "Katherine", "Kate", "Mohammed", "Muhammad", "Harpreet", "Łukasz", "Ann-Marie", "K", "",
        ]),
        family in prop::sample::select(vec!["Fairbrook", "Qureshi", "Kureshi", "Kaur", "Kowalska", "Al-Masri", ""]),
        (day, year, full) in (1_u8..4, 1980_i16..1983, any::<bool>()),
        (phone, house, reference) in (0_u32..6, 1_u32..4, 0_u32..9),
    ) -> Features {
        let born = if full { Born::On(year, 1 + day % 2, day) } else { Born::In(year) };
        let phones = [format!("+4477009001{phone:02}")];
        let address = format!("{house} Elm Row, ZZ1 2AB");
        let reference = format!("N{reference}");
        Features::new(&FeaturesInput {
            reference: (reference != "N0").then_some(reference.as_str()),
            given: Some(given),
            family: Some(family),
            born: Some(born),
            phones: if phone == 0 { &[] } else { &phones },
            address: Some(&address),
            ..FeaturesInput::default()
        })
    }
}

/// Any text, words, what is almost a postcode, what is almost a number.
const ANYTHING: &str =
    "\\PC{0,30}|[a-zA-Z]{1,14}( [a-zA-Z]{1,14})?|[A-Z]{1,2}[0-9]{1,2} ?[0-9A-Z]{0,3}|[+0-9 ()-]{0,20}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn taking_records_out_restores_the_index(
        kept in prop::collection::vec(any_record(), 0..20),
        passing in prop::collection::vec(any_record(), 1..20),
    ) {
        let mut index = Index::default();
        for (features, key) in kept.iter().zip(0..) {
            index.insert(RecordKey(key), features);
        }
        let before = index.clone();
        for (features, key) in passing.iter().zip(100..) {
            index.insert(RecordKey(key), features);
            index.assign(RecordKey(key), RecordKey(0));
        }
        // One of the kept is said anew, and said as it was.
        if let Some(first) = kept.first() {
            index.insert(RecordKey(0), &passing[0]);
            index.insert(RecordKey(0), first);
        }
        for (features, key) in passing.iter().zip(100..).collect::<Vec<_>>().into_iter().rev() {
            prop_assert_eq!(index.remove(RecordKey(key)), Some(features.clone()));
        }
        prop_assert_eq!(&index, &before);
    }

    #[test]
    fn the_same_records_in_any_order_give_the_same_answers(
        records in prop::collection::vec(any_record(), 1..30),
        asked in any_record(),
    ) {
        let (mut forward, mut backward) = (Index::default(), Index::default());
        for (features, key) in records.iter().zip(0..) {
            forward.insert(RecordKey(key), features);
        }
        for (features, key) in records.iter().zip(0..).collect::<Vec<_>>().into_iter().rev() {
            backward.insert(RecordKey(key), features);
        }
        prop_assert_eq!(&forward, &backward);
        let written = postcard::to_allocvec(&forward).expect("writes");
        let read: Index = postcard::from_bytes(&written).expect("reads");
        prop_assert_eq!(&read, &forward);
        let found = forward.candidates(&asked, 10);
        prop_assert_eq!(&found, &read.candidates(&asked, 10));
        for m in &found {
            prop_assert_eq!(forward.compare(&asked, m.key), Some(m.clone()));
            prop_assert!(m.class == Class::No || m.probability_ppm >= forward.settings().likely_ppm);
        }
    }

    #[test]
    fn whatever_a_source_writes_is_read(
        texts in prop::collection::vec(ANYTHING, 9),
        born in prop::option::of((1850_i16..2100, 1_u8..13, 1_u8..32)),
    ) {
        let [reference, given, family, alias, phone, email, vehicle, address, postcode] = &texts[..] else {
            unreachable!("nine texts");
        };
        let lists = [[alias.clone()], [phone.clone()], [email.clone()], [vehicle.clone()]];
        let features = Features::new(&FeaturesInput {
            reference: Some(reference),
            name: None,
            given: Some(given),
            family: Some(family),
            aliases: &lists[0],
            born: born.map(|(y, m, d)| Born::On(y, m, d)),
            sex: Some(alias),
            phones: &lists[1],
            emails: &lists[2],
            vehicles: &lists[3],
            address: Some(address),
            postcode: Some(postcode),
            uprn: Some(phone),
        });
        let mut index = Index::default();
        index.insert(RecordKey(7), &features);
        prop_assert!(index.candidates(&features, 3).is_empty() || reference.trim().is_empty(), "identity is no match");
        index.remove(RecordKey(7));
        prop_assert_eq!(index, Index::default());
    }
}
