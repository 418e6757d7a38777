//! One invented night, 02:21:07 on 14 November, in the values of every screen. All names, numbers and words are made up.

use alongside_desk::time::{Period, Timestamp};

use super::actions::{Action, Actions};
use super::board::{Board, Item as BoardItem};
use super::case::{Answer, Assessment, Banner, Bar, Case, CaseTab, Flag, FlagClock, FlagGroup, History, Known, Link};
use super::desk::{Colleague, Desk, Empty, Group, GroupKind, Holder, LiveCall, NextHandOver, Row, Shift, Work};
use super::frame::{Clock, Frame, LiveLine, Preferences, Tab, Viewer};
use super::hand_over::{HandOver, Item, Side};
use super::incident::{Incident, Unit};
use super::list::List;
use super::part::{
    Act, Countdown, FeedAge, Left, Notice, Piece, Step, StepState, Tag, TimelineDay, TimelineEntry, Undo, Words,
};
use super::review::{Field, FieldKind, Review};
use super::sign_in::SignIn;
use super::state::{NOT_RECORDED, State};
use super::why::{Sum, Why};

/// A moment of that night: `02:21:07` today, `-22:48:10` the evening before.
pub fn at(time: &str) -> Timestamp {
    let (day, time) = time.strip_prefix('-').map_or(("14", time), |evening| ("13", evening));
    Timestamp::parse(&format!("2026-11-{day}T{time}Z")).unwrap()
}

fn on(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T10:00:00Z")).unwrap()
}

pub fn frame(title: &'static str, screen: &'static str) -> Frame {
    let tab = |says, href, count| Tab { says, href, count, current: says == title };
    let feed = |name: &str, newest: &str| FeedAge {
        name: name.into(),
        newest: Some(at(newest)),
        late: false,
        means: String::new(),
    };
    Frame {
        title,
        screen,
        room: "Harrowdale control room".into(),
        viewer: Some(Viewer { shown: "Sam Whitlock".into(), seat: "desk 1".into() }),
        tabs: vec![
            tab("Desk", "/desk", 0),
            tab("Board", "/board", 0),
            tab("Actions", "/actions", 2),
            tab("Cases", "/cases", 0),
            tab("Hand-over", "/hand-over", 0),
        ],
        clock: Clock { now: at("02:21:07"), speed: 12 },
        feeds: vec![
            feed("Command and control", "02:21:06"),
            feed("Telephony", "02:21:05"),
            feed("Custody", "02:17:00"),
            FeedAge {
                late: true,
                means: "Orders and crimes since 02:05 may be missing. 2 rows rest on them.".into(),
                ..feed("Records and orders", "02:05:00")
            },
        ],
        csrf: "csrf-token".into(),
        nonce: "nonce".into(),
        preferences: Preferences::default(),
        live: Some(LiveLine { href: "/live/desk".into(), seq: 4711 }),
    }
}

fn until(time: &str, from: &str, to: &str) -> Left {
    Left::Clock(countdown(time, from, to))
}

fn countdown(time: &str, from: &str, to: &str) -> Countdown {
    Countdown { at: at(time), from: Some(at(from)), to: to.into(), up: false }
}

fn since(time: &str, what: &str) -> Countdown {
    Countdown { at: at(time), from: None, to: what.into(), up: true }
}

struct Brief(
    &'static str,
    Left,
    Tag,
    &'static str,
    &'static str,
    &'static [&'static str],
    (&'static str, &'static str),
);

fn row(Brief(log, left, tag, why, who, about, (grade, grade_note)): Brief, holder: Holder) -> Row {
    let href = |verb: &str| format!("/incidents/{log}/{verb}");
    let post = |act, says: &str, key| Act::post(act, says, key, href(act), format!("{log}-{act}"));
    let free = matches!(holder, Holder::Nobody);
    Row {
        id: format!("r-{log}"),
        left,
        tag,
        why: why.into(),
        why_act: Act::open("why", "Why here", "W", href("why")),
        who: who.into(),
        about: about.iter().map(|text| (*text).into()).collect(),
        grade: grade.into(),
        grade_note: grade_note.into(),
        log: format!("Log {log} · 29 min"),
        holder,
        open: Act::open("open", "Open", "", href("")),
        step: free.then(|| post("take", "Take", "1")),
        acts: vec![
            Act::open("why", "Why here", "W", href("why")),
            Act::open("link", "Link to known person", "2", href("link")),
            Act::open("not-da", "Not DA, with reason", "3", href("not-da")),
            Act::open("hold", "Hold until", "H", href("hold")),
        ],
    }
}

fn queue() -> Vec<Group> {
    let group = |kind, note: &str, rows| Group { kind, note: note.into(), rows };
    let other = |name: &str, time: &str| Holder::Other(name.into(), at(time));
    vec![
        group(
            GroupKind::Overdue,
            "what can still be saved comes first",
            vec![
                row(
                    Brief(
                        "0187",
                        until("02:07:15", "02:02:15", "to send a unit"),
                        Tag::S1,
                        "No unit for 19 min, graded down because he “left”, and she is on 999 again now",
                        "Zalewa and Pike",
                        &["Tiller Yard, Marrowby", "4 contacts tonight, not seen", "6 more flags"],
                        ("Priority", "was Immediate"),
                    ),
                    Holder::Nobody,
                ),
                row(
                    Brief(
                        "0183",
                        until("02:16:36", "02:01:36", "to arrive"),
                        Tag::S1,
                        "Target passed; HD17 assigned 02:09, still not there",
                        "J. and C. Tilby",
                        &["Corn Street, Stanby", "he has a violent marker"],
                        ("Immediate", "15 min"),
                    ),
                    other("Priya", "02:17:00"),
                ),
            ],
        ),
        group(
            GroupKind::FiveMinutes,
            "",
            vec![row(
                Brief(
                    "0196",
                    until("02:21:59", "02:19:59", "to regrade"),
                    Tag::S1,
                    "Silent call from a number with DA history; not regraded yet",
                    "07700 900733, last used by M. Kowale",
                    &["call ended 02:19:59, rung back once, no answer"],
                    ("Scheduled", ""),
                ),
                Holder::Nobody,
            )],
        ),
        group(
            GroupKind::Hour,
            "",
            vec![
                row(
                    Brief(
                        "0166",
                        until("02:42:47", "02:12:47", "to see him"),
                        Tag::S1,
                        "Unit left without seeing him; she answered the door and spoke for both",
                        "O. Marsh and B. Lyle",
                        &["Foundry Close, Thornley Cross", "2nd contact in 7 days"],
                        ("Priority", "60 min"),
                    ),
                    Holder::You(at("02:12:47")),
                ),
                row(
                    Brief(
                        "0171",
                        until("02:44:00", "01:44:00", "to write in it"),
                        Tag::Due,
                        "No entry by a person since 01:44",
                        "D. and S. Okafore",
                        &["Mill Bank, Stanby", "no unit assigned"],
                        ("Priority", "60 min"),
                    ),
                    Holder::Nobody,
                ),
            ],
        ),
        group(
            GroupKind::Shift,
            "by 06:00",
            vec![
                row(
                    Brief(
                        "0212",
                        until("05:10:00", "-05:10:00", "to assess"),
                        Tag::S2,
                        "HD09 attended at 05:10 yesterday; still no DASH or DARA",
                        "T. Brandte",
                        &["Quarry Lane, Marrowby"],
                        ("Closed", ""),
                    ),
                    Holder::Nobody,
                ),
                row(
                    Brief(
                        "0061",
                        Left::Words("this shift".into(), "to read".into()),
                        Tag::Sample,
                        "Drawn at random: nothing flagged, please read",
                        "1 of 4 tonight",
                        &["tells us what the rules miss"],
                        ("Closed", ""),
                    ),
                    Holder::Nobody,
                ),
            ],
        ),
        group(
            GroupKind::Unwatched,
            "Friday 14:00 to 22:00",
            vec![row(
                Brief(
                    "0702",
                    Left::Clock(since("-15:15:07", "put off")),
                    Tag::S1,
                    "Put off to an appointment; nobody sent, she has not been seen",
                    "C. Amarie",
                    &["Weir Road, Stanby", "appointment is Monday"],
                    ("Appointment", ""),
                ),
                Holder::Nobody,
            )],
        ),
        group(GroupKind::Answered, "", vec![]),
    ]
}

fn calls() -> Vec<LiveCall> {
    let call = |line: &str, since: &str, handler: &str, why: &str, urgent, log: &str| LiveCall {
        line: line.into(),
        since: at(since),
        handler: handler.into(),
        why: why.into(),
        urgent,
        incident: Some(Act::open("call", "Log", "", format!("/incidents/{log}"))),
    };
    vec![
        call("999", "02:19:58", "K. Doyle, position 4", "Zalewa: 4th contact tonight, order in force", true, "0187"),
        call("999", "02:14:27", "T. Achebe, position 2", "Haddade: Arabic asked for", false, "0190"),
        call(
            "101",
            "02:17:45",
            "S. Iqbal, position 9",
            "Mother ringing about her daughter, first contact",
            false,
            "0198",
        ),
    ]
}

fn on_desk() -> Vec<Colleague> {
    vec![
        Colleague { name: "Priya Nandra".into(), doing: "has Log 0183 open".into(), present: true },
        Colleague { name: "You".into(), doing: "no case open".into(), present: false },
    ]
}

pub fn desk() -> Desk {
    Desk {
        frame: frame("Desk", "desk"),
        notices: vec![Notice::Undo(Undo {
            says: "Log 0166 held until 02:40".into(),
            until: at("02:21:14"),
            act: Act::post("undo", "Take it back", "Z", "/undo/7", "undo-7"),
        })],
        calls: calls(),
        groups: queue(),
        filter: String::new(),
        empty: Empty { last: "02:14, Log 0183".into(), unread: 9 },
        mine: vec![
            Work {
                says: "Advice to HD34, Log 0174".into(),
                href: "/incidents/0174".into(),
                state: "Not acknowledged, 8:40".into(),
                late: true,
                then: "rings you after 10 min".into(),
            },
            Work {
                says: "Needed from the dispatcher, Log 0169".into(),
                href: "/incidents/0169".into(),
                state: "Acknowledged 02:11".into(),
                late: false,
                then: String::new(),
            },
        ],
        hand_over: Some(NextHandOver { to: "Jo Reyes at 06:00".into(), noted: 4, open: 7 }),
        on_desk: on_desk(),
        shift: Some(Shift { since: at("-22:00:00"), incidents: 24, looked_at: 15, in_time: 9, of: 11 }),
    }
}

pub fn desk_empty(feeds_late: bool) -> Desk {
    let mut desk = desk();
    desk.groups.iter_mut().for_each(|group| group.rows.clear());
    desk.notices.clear();
    desk.calls.clear();
    desk.mine.clear();
    if !feeds_late {
        desk.frame.feeds.retain(|feed| !feed.late);
    }
    desk
}

fn entry(id: &str, happened: &str, what: Words) -> TimelineEntry {
    TimelineEntry {
        id: id.into(),
        happened: Some(at(happened)),
        learned_later: None,
        what,
        live: false,
        redacted: false,
    }
}

/// The record's words with one stretch underlined.
fn said(text: &str, marked: &str) -> Words {
    let start = text.find(marked).unwrap();
    let span = start..start + marked.len();
    Words::log(text, std::slice::from_ref(&span))
}

fn order_entry() -> TimelineEntry {
    TimelineEntry {
        id: "e-9".into(),
        happened: Some(on("2026-09-02")),
        learned_later: Some(at("02:19:02")),
        what: Words::default()
            .and(Piece::Strong("Non-molestation order".into()))
            .and(Piece::Plain(" to 2 Mar 2027; unit not told ".into()))
            .and(Piece::Link("#e-9".into(), "order".into())),
        live: false,
        redacted: false,
    }
}

fn log() -> Vec<TimelineEntry> {
    vec![
        TimelineEntry {
            live: true,
            ..entry(
                "e-11",
                "02:19:58",
                Words::default()
                    .and(Piece::Strong("999 call, live.".into()))
                    .and(Piece::Plain(" K. Doyle, from 07700 900412".into())),
            )
        },
        order_entry(),
        entry(
            "e-8",
            "02:07:05",
            Words::default()
                .and(Piece::Strong("Immediate to Priority".into()))
                .and(Piece::Plain(" by 5512, ".into()))
                .and(said("SUSP LEFT", "SUSP LEFT").pieces.remove(0)),
        ),
        entry(
            "e-7",
            "02:06:40",
            said("INFT STS MALE HAS NOW LEFT IN GREY VAN, DOES NOT FEEL AT RISK AT THIS TIME", "LEFT IN GREY VAN"),
        ),
        entry("e-6", "02:02:15", Words::plain("HD34 left before arriving, to disorder, Log 0191")),
        TimelineEntry {
            redacted: true,
            ..entry(
                "e-5",
                "01:58:10",
                Words::default().and(Piece::Redacted(
                    "Taken out 20 Nov by the governance lead: third-party address, Data Protection Act 2018 s.47. The entry and its proof remain.".into(),
                )),
            )
        },
        entry(
            "e-1",
            "01:52:04",
            said(
                "INFT WHISPERING. EX BANGING ON DOOR. STS EARLIER HE HAD HER BY THE NECK, COULDN’T BREATHE. 2 X KIDS UPSTAIRS",
                "NECK, COULDN’T BREATHE",
            ),
        ),
    ]
}

fn timeline() -> Vec<TimelineDay> {
    vec![
        TimelineDay { heading: None, entries: log() },
        TimelineDay {
            heading: Some("Friday 13 November".into()),
            entries: vec![
                entry("e-0b", "-22:49:40", Words::plain("Rung back: nobody answered")),
                entry("e-0a", "-22:48:10", said("SILENT 22 SEC. POSS POCKET DIAL", "POSS POCKET DIAL")),
            ],
        },
    ]
}

fn flags() -> Vec<FlagGroup> {
    let flag = |rule: &str, name: &str, clock, sentence: &str, rests: &[(&str, &str)]| Flag {
        id: format!("f-{rule}"),
        rule: rule.into(),
        name: name.into(),
        clock,
        sentence: Words::plain(sentence),
        rests_on: rests.iter().map(|(href, words)| ((*href).into(), (*words).into())).collect(),
        acts: vec![
            Act::open("confirm", "Confirm", "", format!("/flags/{rule}/confirm")),
            Act::open("set-aside", "Set aside", "", format!("/flags/{rule}/set-aside")),
        ],
        judged: None,
    };
    vec![
        FlagGroup {
            tag: Tag::S1,
            flags: vec![
                flag(
                    "T02",
                    "Unit pulled off, none replaced",
                    FlagClock::Deadline(countdown("02:07:15", "02:02:15", "to send a unit")),
                    "HD34 left at 02:02 before arriving. Nobody assigned since.",
                    &[("#e-6", "02:02:15")],
                ),
                flag(
                    "D03",
                    "“He has gone”",
                    FlagClock::OpenSince(at("02:07:05")),
                    "Graded down because he left. An order forbids him to be there.",
                    &[("#e-7", "02:06:40"), ("#e-8", "02:07:05")],
                ),
                flag(
                    "H02",
                    "Fourth contact tonight",
                    FlagClock::OpenSince(at("01:52:04")),
                    "By or about her since 22:48. No unit has seen her.",
                    &[("#e-0a", "22:48:10"), ("#e-1", "01:52:04"), ("#e-11", "02:19:58")],
                ),
            ],
        },
        FlagGroup {
            tag: Tag::S2,
            flags: vec![Flag {
                judged: Some("Confirmed by Sam Whitlock, 02:20:10: rung back once, then left".into()),
                acts: vec![],
                ..flag(
                    "T03",
                    "Silent call not pursued",
                    FlagClock::Answered(at("-22:49:40"), Period::from_ms(90_000)),
                    "One call-back; nobody answered.",
                    &[("#e-0a", "22:48:10")],
                )
            }],
        },
    ]
}

fn banner() -> Banner {
    Banner {
        name: "ZALEWA, Irena".into(),
        about: "34 · Polish, speaks English · also written Zaleva".into(),
        log: Words::plain("Log 0187 · ")
            .and(Piece::Strong("Priority".into()))
            .and(Piece::Plain(", was Immediate until 02:07".into())),
        live: Some("On 999 now, 1:09, K. Doyle".into()),
        unsafe_contact: "Do not ring back.".into(),
        safe_contact:
            "He may be with her. Safe: text her sister, 07700 900431, 09:00 to 15:00. Code word on the record.".into(),
        orders: Words::default()
            .and(Piece::Strong("Non-molestation order".into()))
            .and(Piece::Plain(" to 2 Mar 2027: not to go to the flat, not to contact her".into())),
        orders_alarm: "Unit not told".into(),
        markers: Words::default()
            .and(Piece::Strong("Repeat victim · MARAC Mar 2026".into()))
            .and(Piece::Plain(". Two children, 6 and 3: in the flat at 01:52, not seen".into())),
        suspect: Words::default()
            .and(Piece::Strong("PIKE, Dale, 37".into()))
            .and(Piece::Plain(", ex-partner since Aug. Violent marker · not located since 02:06".into())),
    }
}

fn assessment() -> Assessment {
    let answer = |question: &str, answer: &str, record: Words| Answer {
        question: question.into(),
        answer: answer.into(),
        record,
    };
    Assessment {
        title: "DASH, 9 Aug".into(),
        level: "medium, 9 Aug".into(),
        note: "Not reassessed tonight. 2 answers no longer hold.".into(),
        answers: vec![
            answer(
                "Choked or strangled?",
                "No",
                Words::default()
                    .and(Piece::Strong("Yes".into()))
                    .and(Piece::Plain(", ".into()))
                    .and(Piece::Link("#e-1".into(), "01:52 tonight".into())),
            ),
            answer("Separated, past year?", "Not asked", Words::plain("Yes, log 0444, 9 Aug")),
            answer("Threats to kill?", "No", Words::plain("Nothing either way")),
            answer("Children in conflict?", "Yes", Words::plain("Agrees")),
        ],
    }
}

fn case_acts() -> Vec<Act> {
    vec![
        Act::open("dispose", "Disposition", "X", "/reviews/0187/dispose"),
        Act::open("hold", "Hold until", "H", "/incidents/0187/hold"),
        Act::open("hand-over", "Hand over", "O", "/reviews/0187/hand-over"),
    ]
}

pub fn case() -> Case {
    let bar = |at, height, tonight| Bar { at, height, tonight };
    Case {
        frame: frame("Case", "case"),
        notices: vec![],
        banner: banner(),
        tabs: ["Now", "History (9)", "People and links (4)", "Assessments (2)", "Who has looked"]
            .into_iter()
            .map(|says| CaseTab { says: says.into(), href: "/cases/c-1".into(), current: says == "Now" })
            .collect(),
        timeline: timeline(),
        older: Some(Act::open("older", "5 older, back to 28 Sep 2025", "", "/cases/c-1/history")),
        flags: flags(),
        answered: "1 answered: rung back, 22:49".into(),
        history: Some(History {
            title: "96 quiet days, then 4 contacts tonight".into(),
            span: "9 in 14 months".into(),
            description: "Five contacts from September 2025 to August 2026, none for 96 days, then four tonight."
                .into(),
            bars: vec![
                bar(10, 25, false),
                bar(340, 65, false),
                bar(550, 30, false),
                bar(640, 35, false),
                bar(665, 70, false),
                bar(880, 30, true),
                bar(910, 100, true),
                bar(940, 45, true),
                bar(970, 100, true),
            ],
            labels: vec![
                (0, "Sep 2025".into()),
                (340, "MARAC, Mar".into()),
                (650, "Aug".into()),
                (950, "tonight".into()),
            ],
            orders: vec![720],
        }),
        people: vec![
            Link {
                what: Words::default()
                    .and(Piece::Strong("PIKE, Dale".into()))
                    .and(Piece::Plain(" · suspect, certain (force record 118204)".into())),
                acts: vec![],
            },
            Link {
                what: Words::default().and(Piece::Strong("ZALEVA, I.".into())).and(Piece::Plain(
                    " · likely her, 11.4: phone +9.1, name +4.0, birth year +2.2, address −3.9".into(),
                )),
                acts: vec![
                    Act::open("same", "Same", "", "/links/1/same"),
                    Act::open("not-same", "Not the same", "", "/links/1/not-same"),
                ],
            },
            Link { what: Words::plain("Neighbour at 4 · witness, rang 02:11 and 3 Aug"), acts: vec![] },
        ],
        orders: Known::No("Records not reached since 02:05.".into()),
        assessments: Known::Yes(vec![assessment()]),
        acts: case_acts(),
        holder: "Yours since 02:21:07 · opening was recorded".into(),
    }
}

pub fn incident() -> Incident {
    let mut decisions = log();
    decisions.reverse();
    decisions.retain(|entry| matches!(entry.id.as_str(), "e-6" | "e-8"));
    Incident {
        frame: frame("Incident", "case"),
        notices: vec![Notice::Note("Records and orders are 16 min behind: an order may be missing.".into(), None)],
        banner: None,
        title: "Log 0187".into(),
        about: Words::plain("Domestic dispute, opened 01:52:04 by K. Doyle, Tiller Yard, Marrowby"),
        grade: Words::default().and(Piece::Strong("Priority".into())).and(Piece::Plain(", was Immediate".into())),
        target: Some(countdown("03:07:05", "02:07:05", "to arrive")),
        log: vec![TimelineDay { heading: None, entries: log() }],
        decisions,
        units: Known::Yes(vec![Unit {
            call_sign: "HD34".into(),
            state: "left before arriving, 02:02:15".into(),
            there: false,
            told: said("DOM, EX AT DOOR, KIDS PRESENT", "EX AT DOOR"),
        }]),
        assessments: Known::Yes(vec![]),
        flags: vec![],
        acts: vec![Act::post("take", "Take", "1", "/incidents/0187/take", "0187-take")],
        holder: "Nobody has read this".into(),
    }
}

pub fn why() -> Why {
    let sum = |question: &str, answer: &str, result: &str, over| Sum {
        question: question.into(),
        answer: answer.into(),
        result: result.into(),
        over,
    };
    Why {
        frame: frame("Why", "why"),
        about: "Log 0187 · Zalewa and Pike".into(),
        sentence: "A unit was pulled off at 02:02 and none has replaced it. The grade was lowered because he “left”. She is on 999 again now, so he may be back.".into(),
        rests_on: log().into_iter().filter(|entry| !entry.redacted).rev().collect(),
        sums: vec![
            sum("Can it be saved?", "Yes: she has not been seen, and nobody is going", "top band", false),
            sum("Time", "5 min to replace a unit (force policy, D), ended 02:07:15", "13:52 over", true),
            sum("Severity", "6 flags at S1: T02 D03 I01 L01 H02 D07; T02 has a clock", "S1", false),
            sum("History", "9 contacts in 14 months: 96 quiet days, then 4 tonight", "raises", false),
            sum("Looked at", "Nobody has opened it; on the queue since 02:07:05", "raises", false),
        ],
        place: "1st of 18.".into(),
        above: "Above Log 0183, because a unit is already on its way there.".into(),
        clears: vec!["A unit assigned (T02)".into(), "Regraded up (D03)".into()],
        unknown: vec!["Where he is since 02:06".into(), "Records since 02:05 (feed late)".into()],
        records: vec!["D03 in 12 months: raised 212, confirmed 141 (67 %, 60 to 73), set aside 48.".into()],
        step: Some(Act::post("take", "Take", "1", "/incidents/0187/take", "0187-take")),
        disagree: Some(Act::open("disagree", "I disagree, with reason", "D", "/incidents/0187/disagree")),
        recorded: at("02:21:07"),
    }
}

pub fn board() -> Board {
    let item = |id: &str, clock, tag, says: &str, about: &str, then: &str, alarm| BoardItem {
        id: id.into(),
        clock,
        tag,
        says: says.into(),
        about: about.into(),
        then: then.into(),
        alarm,
        href: Some("/incidents/0187".into()),
    };
    Board {
        frame: frame("Board", "board"),
        notices: vec![Notice::Note(
            "Records and orders have been silent for 16 min: rules that read them stand as unknown.".into(),
            None,
        )],
        overdue: vec![
            item(
                "b-1",
                countdown("02:07:15", "02:02:15", ""),
                Some(Tag::S1),
                "No unit, and she is on 999 again now",
                "Log 0187 · Marrowby · Sam has it",
                "grade challenge is with you",
                true,
            ),
            item(
                "b-2",
                countdown("02:16:36", "02:01:36", ""),
                Some(Tag::S1),
                "Target passed, unit not there",
                "Log 0183 · Stanby · HD17 due 02:27 · Priya has it",
                "",
                false,
            ),
        ],
        next: vec![
            item(
                "b-3",
                countdown("02:21:59", "02:19:59", ""),
                Some(Tag::S1),
                "Silent call, number with history",
                "Log 0196 · rung back once · nobody has it",
                "",
                false,
            ),
            item(
                "b-4",
                countdown("02:42:47", "02:12:47", ""),
                Some(Tag::S1),
                "Unit left, he was not seen",
                "Log 0166 · Thornley Cross",
                "",
                false,
            ),
        ],
        untaken: vec![item(
            "b-5",
            since("02:18:00", "on the queue"),
            Some(Tag::S1),
            "Silent call, number with history",
            "Log 0196",
            "comes to you after 5 min",
            true,
        )],
        unacknowledged: vec![item(
            "b-6",
            since("02:12:27", "asked"),
            None,
            "Dispatcher: send a unit before 02:20",
            "Log 0174 · asked by Sam",
            "rings the inspector after 10 min",
            true,
        )],
        calls: calls(),
        cover: vec![
            Colleague { name: "Sam Whitlock".into(), doing: "to 06:00".into(), present: true },
            Colleague { name: "Jo Reyes".into(), doing: "from 06:00".into(), present: false },
        ],
        gap: "Nobody 14:00 to 22:00".into(),
        then: "Then flags come to the duty inspector, and after 10 min to the on-call lead.".into(),
        counts: vec![
            ("DA incidents".into(), "24".into()),
            ("Looked at".into(), "15".into()),
            ("Acted on in time".into(), "9 of 11".into()),
        ],
        since: "22:00".into(),
    }
}

pub fn actions() -> Actions {
    let step = |says: &str, state| Step { says: says.into(), state };
    Actions {
        frame: frame("Actions", "actions"),
        notices: vec![],
        role: "Dispatcher".into(),
        roles: vec![
            ("Dispatcher".into(), "/actions/dispatcher".into(), 2),
            ("Supervisor".into(), "/actions/supervisor".into(), 0),
        ],
        items: vec![Action {
            id: "a-1".into(),
            by: countdown("02:26:00", "02:21:00", "to answer"),
            tag: Tag::S1,
            asked: "Assign a unit to Log 0187 and tell it of the order and the neck".into(),
            about: "Log 0187 · Tiller Yard, Marrowby".into(),
            why: said("EARLIER HE HAD HER BY THE NECK", "NECK"),
            asked_by: "Sam Whitlock".into(),
            asked_at: at("02:21:00"),
            steps: vec![
                step("sent 02:21:00", StepState::Done),
                step("seen 02:21:04", StepState::Done),
                step("not acknowledged", StepState::Waiting),
            ],
            acts: vec![
                Act::post("acknowledge", "Acknowledge", "1", "/actions/a-1/acknowledge", "a-1-acknowledge"),
                Act::open("cannot", "Cannot, with reason", "", "/actions/a-1/cannot"),
            ],
        }],
    }
}

pub fn hand_over() -> HandOver {
    let item = |id: &str, left, says: &str, about: &str, note: &str, taken: Option<&str>| Item {
        id: id.into(),
        left,
        says: says.into(),
        href: "/cases/c-1".into(),
        about: about.into(),
        tag: Some(Tag::S1),
        note: note.into(),
        note_form: None,
        taken: taken.map(at),
        acts: vec![
            Act::post("take", "Take", "1", format!("/hand-over/{id}/take"), format!("{id}-take")),
            Act::open("ask", "Ask", "Q", format!("/hand-over/{id}/ask")),
        ],
    };
    HandOver {
        frame: frame("Hand-over", "hand-over"),
        notices: vec![],
        title: "You take over from Jo Reyes at 06:00".into(),
        side: Side::Taking,
        items: vec![
            item(
                "h-1",
                until("06:29:00", "02:00:00", ""),
                "Zalewa: tell her he is in custody",
                "Log 0187 · safe through her sister from 09:00",
                "Regraded 02:22, HD21 there 02:29, arrested 02:31 for breach. Interview not before 10:00.",
                None,
            ),
            item(
                "h-2",
                Left::Words("this shift".into(), String::new()),
                "M. Kowale: 15 yes, assessed medium",
                "Log 0877",
                "Inspector asked for a new DASH from days. Answer due 09:00.",
                Some("02:20:00"),
            ),
            Item {
                note_form: Some(("/hand-over/h-3/note".into(), "h-3-note".into())),
                ..item(
                    "h-3",
                    until("02:00:00", "01:00:00", ""),
                    "C. Amarie: appointment instead of a visit",
                    "Log 0702",
                    "",
                    None,
                )
            },
        ],
        finish: None,
        finish_says: "Start my shift".into(),
        not_yet: "2 are not taken. Jo stays on until each one has a name on it.".into(),
        lines: vec!["31 DA incidents, 27 looked at, 4 still unread".into(), "11 of 14 acted on in time".into()],
        cover: vec![("You, 06:00 to 14:00, alone".into(), false), ("Nobody 14:00 to 22:00".into(), true)],
    }
}

pub fn review() -> Review {
    let field = |name, label: &str, hint: &str, error: &str, kind| Field {
        name,
        label: label.into(),
        hint: hint.into(),
        error: error.into(),
        value: String::new(),
        kind,
    };
    let option = |value: &str, words: &str, hint: &str| (value.into(), words.into(), hint.into());
    Review {
        frame: frame("Review", "everywhere"),
        notices: vec![],
        title: "How does this review end?".into(),
        about: "Log 0187 · Zalewa and Pike".into(),
        lead: "What you write is kept with your name and is shown to whoever opens this case.".into(),
        action: "/reviews/0187/dispose".into(),
        back: "/incidents/0187".into(),
        form_id: "0187-dispose".into(),
        fields: vec![
            field(
                "disposition",
                "What is it?",
                "",
                "Choose how it ends",
                FieldKind::Radios(vec![
                    option("missed", "Confirmed missed opportunity", "someone could have kept her safer"),
                    option("handled", "Already handled", ""),
                    option("none", "Not an opportunity", ""),
                    option("action", "Needs action by a role", "leaves in 10 s, and can be taken back until then"),
                ]),
            ),
            field(
                "role",
                "By whom?",
                "",
                "",
                FieldKind::Select(vec![
                    ("dispatcher".into(), "Dispatcher".into()),
                    ("supervisor".into(), "Supervisor".into()),
                ]),
            ),
            field("by", "By when?", "A time in the next 24 hours", "", FieldKind::Time),
            field("reason", "Why?", "", "Say why in a few words", FieldKind::Text),
        ],
        submit: "Save the disposition".into(),
    }
}

pub fn list() -> List {
    List {
        frame: frame("Unwatched", "desk"),
        notices: vec![],
        title: "While nobody was on".into(),
        about: "Friday 14:00 to 22:00. Nothing leaves this list by itself.".into(),
        find: None,
        found_by: String::new(),
        rows: queue().into_iter().flat_map(|group| group.rows).take(3).collect(),
        none: "Nothing happened while nobody was on.".into(),
        more: None,
    }
}

pub fn sign_in(error: &str) -> SignIn {
    let mut frame = frame("Sign in", "everywhere");
    frame.viewer = None;
    frame.tabs.clear();
    frame.live = None;
    SignIn {
        frame,
        name: "jo.reyes".into(),
        seats: vec!["Desk 1".into(), "Desk 2".into(), "Training room".into()],
        seat: "Desk 1".into(),
        error: error.into(),
        next: "/desk".into(),
        demo: true,
    }
}

pub fn state() -> State {
    NOT_RECORDED.page(frame("Not shown", "everywhere"))
}
