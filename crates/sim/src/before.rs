//! What came before the call: a release, a conference.

use crate::incident::Story;
use crate::sheet::on_file;
use crate::staff::INVESTIGATORS;

const HOUR_S: i64 = 3_600;

impl Story<'_> {
    /// The suspect came out of custody or prison not long ago, and she was told.
    pub(crate) fn let_out_before(&mut self) {
        let released_s = self.plan.called_s - self.draw.between(3_600, 6 * 3_600);
        let him = on_file(self.force, &self.suspect, released_s, &mut self.draw);
        let her = on_file(self.force, &self.victim, released_s, &mut self.draw);
        let how = *self.draw.pick(&["prison_release", "no_action"]);
        let said = self.sheet.apart(released_s, "order.considered", crate::staff::INVESTIGATORS, |o, _| {
            o.texts("kinds", &["dapn"])
                .json("subject", &him.json)
                .text("decision", "not")
                .text("reason", "Not applicable");
        });
        self.sheet.mention(said, "/subject", &self.suspect);
        let said = self.sheet.apart(released_s, "person.released", crate::staff::CUSTODY, |o, _| {
            o.json("person", &him.json).text("how", how);
        });
        self.sheet.mention(said, "/person", &self.suspect);
        let told_s = self.after(released_s, 300, 2_400);
        let said = self.sheet.apart(told_s, "victim.told", crate::staff::INVESTIGATORS, |o, _| {
            o.text("what", "release").json("person", &her.json).json("about", &him.json);
        });
        self.sheet.mention(said, "/person", &self.victim);
        self.sheet.mention(said, "/about", &self.suspect);
    }

    /// A conference heard of her some hours before the call.
    pub(crate) fn heard_before(&mut self) {
        let heard_s = self.plan.called_s - self.draw.between(HOUR_S, 5 * HOUR_S);
        let her = on_file(self.force, &self.victim, heard_s, &mut self.draw);
        let him = on_file(self.force, &self.suspect, heard_s, &mut self.draw);
        let said = self.sheet.apart(heard_s, "marac.heard", INVESTIGATORS, |o, _| {
            o.json("person", &her.json).json("suspect", &him.json);
        });
        self.sheet.mention(said, "/person", &self.victim);
        self.sheet.mention(said, "/suspect", &self.suspect);
    }
}
