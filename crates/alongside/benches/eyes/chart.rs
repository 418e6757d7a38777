//! The picture: of what needed eyes, how many of a hundred had them within so many minutes.

use std::fmt::Write as _;

use crate::list::Order;
use crate::tally::Tally;

const WIDTH: f64 = 784.0;
const LEFT: f64 = 262.0;
const BAR: f64 = 16.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 64.0;
const STEPS: [(f64, &str); 3] = [(5.0, "a"), (15.0, "b"), (60.0, "c")];

/// As SVG, readable in light and in dark.
pub fn svg(tallies: &[(usize, Order, Tally)]) -> String {
    let mut staffs: Vec<usize> = tallies.iter().map(|(staff, _, _)| *staff).collect();
    staffs.dedup();
    let height = HEAD + staffs.len() as f64 * 34.0 + tallies.len() as f64 * ROW + 34.0;
    let needed = tallies.first().map_or(0, |(_, _, tally)| tally.count());
    let mut out = String::new();
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t">
<title id="t">Of {needed} missed opportunities, how many of a hundred a specialist saw within 5, 15 and 60 minutes, by the order of the list</title>
<style>
text {{ font: 13px system-ui, sans-serif; fill: #1b1b1f }} .quiet {{ fill: #5b5b66 }} .head {{ font-weight: 600 }}
.a {{ fill: #0b5cad }} .b {{ fill: #5a9bdc }} .c {{ fill: #c3ddf5 }} .ground {{ fill: #fff }} .line {{ stroke: #d7d7de }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #ececf1 }} .quiet {{ fill: #a9a9b5 }} .ground {{ fill: #17171b }} .line {{ stroke: #3a3a44 }}
.a {{ fill: #8cc4ff }} .b {{ fill: #3f7fbf }} .c {{ fill: #22405c }} }}
</style>
<rect class="ground" width="{WIDTH}" height="{height}"/>
<text x="16" y="26" class="head">Seen by a specialist, of {needed} that needed it</text>"#
    );
    let mut x = LEFT;
    for (minutes, class) in STEPS {
        let _ = writeln!(
            out,
            r#"<rect class="{class}" x="{x}" y="38" width="12" height="12"/><text class="quiet" x="{}" y="49">within {minutes} min</text>"#,
            x + 18.0
        );
        x += 120.0;
    }
    let scale = (WIDTH - LEFT - 136.0) / 100.0;
    let mut y = HEAD;
    for staff in staffs {
        y += 30.0;
        let who = if staff == 1 { "One specialist on".to_owned() } else { format!("{staff} specialists on") };
        let _ = writeln!(out, r#"<text x="16" y="{}" class="head">{who}</text>"#, y - 8.0);
        for (_, order, tally) in tallies.iter().filter(|(on, _, _)| *on == staff) {
            let title = order.title();
            let _ = writeln!(out, r#"<text x="16" y="{}">{title}</text>"#, y + 13.0);
            for (minutes, class) in STEPS.into_iter().rev() {
                let width = tally.share(minutes) * scale;
                let _ =
                    writeln!(out, r#"<rect class="{class}" x="{LEFT}" y="{y}" width="{width:.1}" height="{BAR}"/>"#);
            }
            let (end, soon) = (LEFT + tally.share(60.0) * scale + 8.0, tally.share(15.0));
            let _ = writeln!(out, r#"<text class="quiet" x="{end:.1}" y="{}">{soon:.0} % in 15 min</text>"#, y + 13.0);
            y += ROW;
        }
        y += 4.0;
    }
    let _ = writeln!(out, r#"<line class="line" x1="{LEFT}" x2="{LEFT}" y1="{HEAD}" y2="{y}"/>"#);
    out.push_str("</svg>\n");
    out
}
