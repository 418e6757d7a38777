//! Notes come as HTML. What goes on is plain text: no tag, no script, nothing that a page could run.

/// Longest name of an entity that is looked up, in characters.
const LONGEST_ENTITY: usize = 10;

/// The text of an HTML fragment, with line breaks where its blocks end.
///
/// Reads any input in one pass; what looks like a tag and is none (`a < b`) stays.
pub fn text_of(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Looked up once: behind the last `>` nothing is a tag, and a note full of `<` costs no more than its length.
    let tags_end = html.rfind('>').map_or(0, |last| last + 1);
    while let Some(place) = rest.find(['<', '&']) {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let may_close = html.len() - rest.len() < tags_end;
        rest = if rest.starts_with('&') { entity(rest, &mut out) } else { tag(rest, may_close, &mut out) };
    }
    out.push_str(rest);
    tidy(&out)
}

/// Passes over what starts with `<`; `may_close` says whether a `>` follows at all.
fn tag<'a>(html: &'a str, may_close: bool, out: &mut String) -> &'a str {
    let after = &html[1..];
    if let Some(comment) = after.strip_prefix("!--") {
        return comment.find("-->").map_or("", |end| &comment[end + 3..]);
    }
    let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let Some(end) = (is_tag && may_close).then(|| after.find('>')).flatten() else {
        // No tag: the sign itself. Within words of a log, "<" is often "less than".
        out.push('<');
        return after;
    };
    let name: String = after[..end].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
    let name = name.to_ascii_lowercase();
    let beyond = &after[end + 1..];
    match name.trim_matches('/') {
        silent @ ("script" | "style" | "template" | "head" | "title" | "iframe" | "object" | "svg")
            if !name.starts_with('/') =>
        {
            let closing = format!("</{silent}");
            let close =
                beyond.as_bytes().windows(closing.len()).position(|w| w.eq_ignore_ascii_case(closing.as_bytes()));
            close.map_or("", |close| &beyond[close..])
        }
        "br" | "p" | "div" | "li" | "tr" | "ul" | "ol" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr"
        | "blockquote" => {
            out.push('\n');
            beyond
        }
        "td" | "th" => {
            out.push(' ');
            beyond
        }
        _ => beyond,
    }
}

/// Reads what starts with `&`.
fn entity<'a>(html: &'a str, out: &mut String) -> &'a str {
    let end = html.char_indices().take(LONGEST_ENTITY + 2).find(|(_, c)| *c == ';').map(|(end, _)| end);
    let meant = end.and_then(|end| meaning(&html[1..end]));
    match (end, meant) {
        (Some(end), Some(meant)) => {
            out.push(meant);
            &html[end + 1..]
        }
        _ => {
            out.push('&');
            &html[1..]
        }
    }
}

fn meaning(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16).ok());
        return char::from_u32(hexadecimal.unwrap_or_else(|| number.parse().ok())?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "lsquo" | "rsquo" => '\'',
        "ldquo" | "rdquo" => '"',
        "nbsp" => ' ',
        "ndash" | "mdash" => '-',
        "pound" => '£',
        "euro" => '€',
        "hellip" => '…',
        _ => return None,
    })
}

/// Lines without blanks at their ends, and no empty ones.
fn tidy(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split([' ', '\t', '\u{a0}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::text_of;

    fn check(html: &str, expect: &str) {
        assert_eq!(text_of(html), expect, "{html}");
    }

    #[test]
    fn notes_become_plain_text() {
        check(
            "<p>He <b>put his hands</b> round her neck.</p><p>Gone now</p>",
            "He put his hands round her neck.\nGone now",
        );
        check("age &lt; 18 &amp; pregnant &#163;20 &#x27;ok&#x27;", "age < 18 & pregnant £20 'ok'");
        check("plain, and 3 < 4 > 2 &c.", "plain, and 3 < 4 > 2 &c.");
        check("a<br/>b<BR>c", "a\nb\nc");
        check("<!-- hidden -->seen<!-- never closed", "seen");
        check("unclosed <b", "unclosed <b");
        check("&&&#xFFFFFFFF;&#0", "&&&#xFFFFFFFF;&#0");
    }

    #[test]
    fn scripts_and_styles_leave_nothing() {
        check("<script>alert('x')</script>after", "after");
        check("<STYLE>p{}</style ><p>x</p>", "x");
        check("before<script>never closed", "before");
        check("<img src=x onerror=alert(1)>words", "words");
    }
}
