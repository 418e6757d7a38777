//! How a server's work grows with the streams that it forwards, as a picture.

use std::fmt::Write;

/// One server's line: its name, and for so many streams what share of a processor it took, in percent.
pub struct Line {
    /// `this server`, say.
    pub name: &'static str,
    /// Streams, each heard by one listener, and percent of a processor.
    pub points: Vec<(u32, f64)>,
}

const WIDTH: f64 = 784.0;
const HEIGHT: f64 = 340.0;
/// Where the plot is: left, top, right, bottom.
const PLOT: (f64, f64, f64, f64) = (64.0, 64.0, 640.0, 290.0);

/// Draws it as SVG, fit for a light page and a dark one.
pub fn draw(lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let streams = all().map(|(streams, _)| *streams).max().unwrap_or(1);
    let most = all().map(|(_, share)| *share).fold(10.0, f64::max);
    let step = [10.0, 20.0, 25.0, 50.0].into_iter().find(|step| most / step <= 5.0).unwrap_or(100.0);
    let top = (most / step).ceil() * step;
    let x = |at: u32| PLOT.0 + (PLOT.2 - PLOT.0) * f64::from(at) / f64::from(streams);
    let y = |share: f64| PLOT.3 - (PLOT.3 - PLOT.1) * share / top;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"t\">\n\
         <title id=\"t\">What share of one processor forwarding takes, by how many streams are each heard by one listener</title>\n\
         <style>\ntext {{ font: 13px system-ui, sans-serif; fill: #1b1b1f }} .quiet {{ fill: #5b5b66 }} .head {{ font-weight: 600 }}\n\
         path {{ fill: none; stroke-width: 2.5 }} .ground {{ fill: #fff }} .grid {{ stroke: #d7d7de }}\n\
         .a {{ stroke: #0b5cad }} .b {{ stroke: #8a5a00; stroke-dasharray: 6 4 }} circle.a {{ fill: #0b5cad }} circle.b {{ fill: #8a5a00 }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ececf1 }} .quiet {{ fill: #a9a9b5 }} .ground {{ fill: #17171b }} .grid {{ stroke: #3a3a44 }}\n\
         .a {{ stroke: #8cc4ff }} .b {{ stroke: #e0b060 }} circle.a {{ fill: #8cc4ff }} circle.b {{ fill: #e0b060 }} }}\n</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
         <text x=\"16\" y=\"26\" class=\"head\">Share of one processor</text>\n\
         <text x=\"16\" y=\"46\" class=\"quiet\">by streams, each heard by one listener</text>\n"
    );
    for mark in 0..=(top / step) as u32 {
        let share = f64::from(mark) * step;
        let at = y(share);
        let _ =
            writeln!(svg, "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>", PLOT.0, PLOT.2);
        let _ = writeln!(
            svg,
            "<text class=\"quiet\" x=\"56\" y=\"{:.1}\" text-anchor=\"end\">{share:.0} %</text>",
            at + 4.0
        );
    }
    let mut shown: Vec<u32> = all().map(|(streams, _)| *streams).collect();
    shown.sort_unstable();
    shown.dedup();
    for streams in shown {
        let at = x(streams);
        let _ = writeln!(svg, "<text class=\"quiet\" x=\"{at:.1}\" y=\"312\" text-anchor=\"middle\">{streams}</text>");
    }
    for (line, class) in lines.iter().zip(["a", "b"]) {
        let mut path = String::new();
        for (n, (streams, share)) in line.points.iter().enumerate() {
            let _ = write!(path, "{}{:.1} {:.1}", if n == 0 { "M" } else { " L" }, x(*streams), y(*share));
        }
        let _ = writeln!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
        for (streams, share) in &line.points {
            let _ = writeln!(
                svg,
                "<circle class=\"{class}\" r=\"3.5\" cx=\"{:.1}\" cy=\"{:.1}\"/>",
                x(*streams),
                y(*share)
            );
        }
        if let Some((streams, share)) = line.points.last() {
            let says = format!("{}: {share:.0} %", line.name);
            let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{says}</text>", x(*streams) + 10.0, y(*share) + 4.0);
        }
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_its_line_and_each_measurement_its_point() {
        let svg = draw(&[
            Line { name: "this server", points: vec![(100, 5.0), (800, 38.0)] },
            Line { name: "Janus", points: vec![(100, 12.0), (400, 70.0)] },
        ]);
        assert_eq!((svg.matches("<path").count(), svg.matches("<circle").count()), (2, 4));
        for says in ["this server: 38 %", "Janus: 70 %", ">800<", "80 %", "M136.0 275.9 L640.0 182.7"] {
            assert!(svg.contains(says), "{says} is not in {svg}");
        }
    }
}
