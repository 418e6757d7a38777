//! Every screen, rendered from the invented night, and what must hold on each of them.

use askama::Template;

use super::fixture;

/// Every page: its name and its whole text.
fn pages() -> Vec<(&'static str, String)> {
    let mut desk_dark = fixture::desk();
    desk_dark.frame.preferences =
        super::frame::Preferences { theme: super::frame::Theme::Dark, keys: false, sound: false };
    let page = |name, rendered: askama::Result<String>| (name, rendered.unwrap());
    vec![
        page("desk", fixture::desk().render()),
        page("desk_dark_no_keys", desk_dark.render()),
        page("desk_empty", fixture::desk_empty(false).render()),
        page("desk_empty_feeds_late", fixture::desk_empty(true).render()),
        page("why", fixture::why().render()),
        page("case", fixture::case().render()),
        page("incident", fixture::incident().render()),
        page("board", fixture::board().render()),
        page("actions", fixture::actions().render()),
        page("hand_over", fixture::hand_over().render()),
        page("review", fixture::review().render()),
        page("rejects", fixture::rejects().render()),
        page("reject", fixture::reject(true).render()),
        page("reject_to_read", fixture::reject(false).render()),
        page("list", fixture::list().render()),
        page("sign_in", fixture::sign_in("").render()),
        page("sign_in_refused", fixture::sign_in("The name or the password is wrong.").render()),
        page("state", fixture::state().render()),
    ]
}

#[test]
fn every_page_looks_as_it_did() {
    for (name, html) in pages() {
        insta::assert_snapshot!(name, settled(&html));
    }
}

/// Without the lines that are there or not, or named differently, with each build of the style sheet.
fn settled(html: &str) -> String {
    let of_build = |line: &str| {
        line.starts_with("<link rel=\"stylesheet\"")
            || line.starts_with("<script type=\"module\"")
            || line.contains("The style sheets are not built")
    };
    let lines = html.lines().filter(|line| !line.trim().is_empty() && !of_build(line));
    lines.map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_page_has_script_or_style_in_it() {
    for (name, html) in pages() {
        for forbidden in [" style=", " onclick=", " onload=", "hx-on", "js:", "javascript:", "<style"] {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
        for script in html.match_indices("<script").map(|(at, _)| &html[at..]) {
            assert!(script.starts_with("<script type=\"module\" nonce=\"nonce\" src=\"/assets/"), "{name}");
            assert!(script.contains("\"></script>"), "{name}");
        }
    }
}

#[test]
fn no_title_and_no_address_names_a_person() {
    let names = ["Zalewa", "ZALEWA", "Pike", "PIKE", "Amarie", "Kowale", "Tilby", "07700"];
    for (page, html) in pages() {
        let title = &html[html.find("<title>").unwrap()..html.find("</title>").unwrap()];
        let addresses = html.split("href=\"").skip(1).chain(html.split("action=\"").skip(1));
        let addresses: Vec<&str> = addresses.map(|rest| rest.split('"').next().unwrap()).collect();
        for name in names {
            assert!(!title.contains(name), "the title of {page}");
            assert!(addresses.iter().all(|address| !address.contains(name)), "an address on {page}");
        }
    }
}

#[test]
fn the_board_names_nobody_in_the_record() {
    let board = fixture::board().render().unwrap();
    assert!(board.contains("No unit, and she is on 999 again now"));
    assert!(board.contains("K. Doyle, position 4") && !board.contains("Zalewa") && !board.contains("Haddade"));
}

#[test]
fn every_form_that_changes_something_carries_its_token() {
    for (page, html) in pages() {
        for form in html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
            if form.contains("method=\"post\"") {
                assert!(form.contains("name=\"csrf\" value=\"csrf-token\""), "{page}: {form}");
            }
        }
    }
}

/// An act may be a form, and a browser ends a paragraph where a form begins: what follows would stand outside, unstyled.
#[test]
fn no_paragraph_holds_an_act() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut read = 0;
    for file in [&folder, &folder.join("part")].into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        read += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let opened = text.split("<p ").skip(1).chain(text.split("<p>").skip(1));
        for paragraph in opened.filter_map(|rest| rest.split("</p>").next()) {
            let has_form = [".link(", ".step(", ".button(", "<form"].iter().any(|act| paragraph.contains(act));
            assert!(!has_form, "{}: {paragraph}", path.display());
        }
    }
    assert!(read > 20, "the templates were not found");
}

#[test]
fn nothing_and_not_known_never_share_words() {
    let (quiet, late) = (fixture::desk_empty(false).render().unwrap(), fixture::desk_empty(true).render().unwrap());
    assert!(quiet.contains("Nothing is waiting.") && !quiet.contains("that we know of"));
    assert!(late.contains("Nothing is waiting that we know of.") && !late.contains("quiet means quiet"));
    let mut case = fixture::case();
    let unknown = case.render().unwrap();
    case.orders = super::case::Known::Yes(vec![]);
    let none = case.render().unwrap();
    assert!(unknown.contains("Orders not known.") && !unknown.contains("No orders found."));
    assert!(none.contains("No orders found.") && !none.contains("Orders not known."));
}

#[test]
fn the_live_part_is_the_page_itself() {
    let desk = fixture::desk();
    let live = desk.as_page().render().unwrap();
    assert!(live.contains("data-seq=\"4711\"") && live.contains("id=\"queue\""));
    assert!(desk.render().unwrap().contains(live.trim()), "a live message must equal what a fresh page holds");
}

#[test]
fn every_key_that_a_control_shows_is_in_the_table() {
    let table = super::frame::keys();
    for (page, html) in pages() {
        for control in html.split("data-act=\"").skip(1) {
            let act = control.split('"').next().unwrap();
            let shown = control.split("</button>").next().unwrap().split("</a>").next().unwrap();
            let Some(key) = shown.split("<kbd aria-hidden=\"true\">").nth(1) else { continue };
            let key = key.split('<').next().unwrap();
            let is_known = table.iter().any(|line| line.act() == act && line.pressed() == [key]);
            assert!(is_known, "{page}: {act} shows {key}, which no line of keys.json gives it");
        }
    }
}
