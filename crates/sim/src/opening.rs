//! The call and the opening entry: what is typed first, who is named, what is looked up.

use crate::incident::Story;
use crate::mistake::Mistake;
use crate::record::{self, Habit};
use crate::sheet::on_file;

/// Meanings whose words are typed where they do not hold.
const TRAPS: [&str; 8] =
    ["weapon", "strangulation", "injury", "pregnancy", "threat_to_kill", "fear", "suicidality", "offence"];

impl Story<'_> {
    fn opening_words(&mut self) -> String {
        let mut parts = Vec::new();
        if self.is(Mistake::T03NotRungBack) {
            parts.push(self.phrase("struggle"));
        }
        if self.plan.offence.is_none() {
            parts.push(self.phrase("opening_verbal"));
        }
        for sign in self.signs.clone() {
            let (words, graver) = self.phrase_with_graver(sign);
            parts.push(words);
            self.graver(graver);
        }
        if self.draw.percent(22) {
            let meaning = *self.draw.pick(&TRAPS);
            // Nothing is denied that is alleged in the same breath.
            let alleged = self.signs.contains(&meaning) || (meaning == "offence" && self.plan.offence.is_some());
            if !alleged {
                parts.push(self.trap(meaning));
            }
        }
        let known = self.plan.contacts >= 2 || self.plan.second_contact;
        if known && !self.is(Mistake::H01HistoryUnsaid) {
            parts.push(self.phrase("history_mentioned"));
        }
        let between = if self.draw.percent(25) { " // " } else { ". " };
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() {
                text.push_str(if text.ends_with('.') && between == ". " { " " } else { between });
            }
            text.push_str(&part);
        }
        text
    }

    pub(crate) fn open(&mut self) {
        let called_s = self.plan.called_s;
        if self.is(Mistake::H08JustLetOut) {
            self.let_out_before();
        }
        if self.is(Mistake::H04MaracRepeat) {
            self.heard_before();
        }
        let by_phone = self.plan.live || self.draw.percent(58);
        let emergency = self.plan.mistake.is_some() || self.plan.second_contact || self.draw.percent(74);
        let call = format!("C{}{:05}", called_s / 60, self.plan.seed.number() % 100_000);
        let crew = self.crew.clone();
        if by_phone {
            let from = self.victim.phone(called_s).map_or_else(|| "withheld".to_owned(), |p| p.e164());
            self.sheet.apart(called_s, "call.started", &crew.handler, |o, _| {
                o.text("call", &call).text("line", if emergency { "999" } else { "101" }).text("from", &from);
                o.text("handler", &crew.handler);
            });
        }
        self.opened_s = self.after(called_s, 22, 70);
        self.words = self.opening_words();
        let channel = match (by_phone, emergency) {
            (true, true) => "999",
            (true, false) => "101",
            _ => self.draw.pick(&["online", "front_counter", "officer", "partner"]),
        };
        let code = *self.draw.pick(if self.plan.offence.is_some() {
            &["DOMESTIC VIOLENCE", "DA ASSAULT", "ASSAULT"]
        } else {
            &["DOMESTIC DISPUTE", "DA NON CRIME", "DOMESTIC INCIDENT"]
        });
        let (code, qualifiers): (_, &[&str]) =
            if self.is(Mistake::D09NotCoded) { ("DISTURBANCE", &[]) } else { (code, &["DA"]) };
        let home = self.force.home(self.victim.household(called_s)).location();
        let (grade, words) = (self.grade, self.words.clone());
        self.opened = self.sheet.say(self.opened_s, "incident.opened", &crew.handler, |o, _| {
            o.text("channel", channel).text("grade", grade).text("code", code).texts("qualifiers", qualifiers);
            o.text("text", &words).json("location", &home);
            if by_phone {
                o.text("call", &call);
            }
        });
        let opened_s = self.opened_s;
        let rung_back_s = opened_s + self.draw.between(480, 700);
        let cut_off = self.is(Mistake::T03NotRungBack);
        let named_s = if cut_off { rung_back_s + 20 } else { opened_s };
        let at = self.after(named_s, 8, 20);
        self.victim_named = (self.sheet.involve(at, &crew.handler, "victim", (&self.victim, &self.her), None), at);
        let at = self.after(at, 5, 20);
        let relationship = Some(self.plan.pair.relationship);
        self.suspect_named =
            (self.sheet.involve(at, &crew.handler, "suspect", (&self.suspect, &self.him), relationship), at);
        if by_phone && cut_off {
            let ended_s = self.after(opened_s, 4, 20);
            let ended = self.sheet.apart(ended_s, "call.ended", &crew.handler, |o, _| {
                o.text("call", &call).text("how", "abandoned");
            });
            self.sheet.apart(rung_back_s, "call.back", &crew.handler, |o, _| {
                o.text("call", &call).text("answered_by", "caller");
            });
            self.sheet.miss("T03", ended_s + 120, &[ended, self.opened]);
        } else if by_phone {
            let ended_s = self.after(opened_s, 150, 600);
            self.sheet.apart(ended_s, "call.ended", &crew.handler, |o, _| {
                o.text("call", &call).text("how", "completed");
            });
            if self.is(Mistake::V01SuspectAnswers) {
                let back_s = self.after(ended_s, 120, 400);
                let back = self.sheet.apart(back_s, "call.back", &crew.handler, |o, _| {
                    o.text("call", &call).text("answered_by", "suspect");
                });
                self.sheet.miss("V01", back_s, &[back]);
            }
        }
        self.who_else(named_s);
        self.look_up(named_s);
        if self.plan.is_by_the_book() {
            self.first_steps(named_s);
        }
        // Whoever was reported before this night may hold a marker already, and the log mentions the history.
        let unmarked = self.plan.second_contact && self.plan.contacts == 1;
        if self.is(Mistake::H01HistoryUnsaid) || unmarked {
            let (said, at) = self.victim_named;
            self.sheet.miss("H01", at, &[self.opened, said]);
        }
        if self.plan.second_contact {
            let (said, at) = self.victim_named;
            self.sheet.miss("H02", at, &[self.opened, said]);
        }
        if self.is(Mistake::H08JustLetOut) {
            // Knowable from her name already: when she was told of the release, the two were named together.
            let (said, at) = self.victim_named;
            self.sheet.miss("H08", at, &[self.opened, said]);
        }
    }

    /// A child, or a caller who is somebody else.
    fn who_else(&mut self, named_s: i64) {
        let handler = self.crew.handler.clone();
        if self.signs.contains(&"children") && self.draw.percent(60) {
            let year = self.force.year - self.draw.between(1, 14) as i16;
            let name = self.draw.pick(&["Alfie", "Maya", "Noah", "Zoya", "Olek", "Poppy", "Theo"]);
            let at = self.after(named_s, 45, 60);
            self.sheet.say(at, "incident.person", &handler, |o, _| {
                o.text("role", "child").json("person", &format!("{{\"given\":\"{name}\",\"born\":\"{year}\"}}"));
                o.text("relationship", "child");
            });
        }
        // Somebody is sent within the hour where somebody else rings.
        let rings = self.draw.percent(12) && (!self.plan.is_by_the_book() || self.grade != "scheduled");
        if rings || self.is(Mistake::I11NeighbourWaits) {
            let other = self.force.person(self.draw.below(u64::from(crate::person::PEOPLE)) as u32);
            let written = record::write(self.force, &other, named_s, Habit::CALLER, &mut self.draw);
            let what = *self.draw.pick(&["neighbour", "friend", "family"]);
            let at = self.after(named_s, 60, 75);
            self.sheet.involve(at, &handler, "caller", (&other, &written), Some(what));
        }
    }

    /// What the handler looks up, and the first view of the risk.
    fn look_up(&mut self, named_s: i64) {
        let handler = self.crew.handler.clone();
        let (victim, suspect) = (self.victim.clone(), self.suspect.clone());
        let checked = !self.is(Mistake::D04NotChecked);
        if (self.plan.live && checked) || (!self.plan.live && self.draw.percent(12)) {
            for (system, who) in [("records", &victim), ("orders", &suspect)] {
                let about = on_file(self.force, who, named_s, &mut self.draw);
                let at = self.after(named_s, 40, 110);
                let said = self.sheet.say(at, "check.made", &handler, |o, _| {
                    o.text("system", system).json("about", &format!("{{\"person\":{}}}", about.json));
                });
                self.sheet.mention(said, "/about/person", who);
            }
        }
        if self.plan.live || self.draw.percent(35) {
            let level = self.level;
            let at = self.after(named_s, 90, 130);
            self.first_assessed_s = at;
            let assessed = self.sheet.say(at, "incident.assessed", &handler, |o, _| {
                o.text("tool", "thrive").text("level", level);
                o.text("reason", "THRIVE recorded at first contact");
            });
            if self.is(Mistake::I08RiskNotRaised) {
                self.sheet.miss("I08", at, &[assessed, self.opened]);
            }
        }
    }
}
