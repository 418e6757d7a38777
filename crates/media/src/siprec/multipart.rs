//! The bodies inside a body (RFC 2046, section 5.1).

use super::Problem;

/// Parts that are read of one body; a SIPREC message has two or three.
const MOST_PARTS: usize = 16;

/// One body inside a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its type as it was written, with parameters; empty when it names none.
    pub kind: &'a str,
    /// Without the line break before the boundary that ends it.
    pub body: &'a str,
}

/// The parts of `body`, whose own type is `kind`; the body itself when that is not `multipart`. Lines end in CRLF or LF.
pub fn parts<'a>(kind: &'a str, body: &'a str) -> (Vec<Part<'a>>, Vec<Problem>) {
    if !has_type(kind, "multipart/") {
        return (vec![Part { kind, body }], Vec::new());
    }
    let Some(boundary) = boundary(kind) else {
        return (vec![Part { kind: "", body }], vec![Problem::NoBoundary]);
    };
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    // Where the part that is being read begins.
    let mut from: Option<usize> = None;
    let (mut at, mut is_closed) = (0, false);
    for line in body.split_inclusive('\n') {
        let (start, after) = (at, at + line.len());
        at = after;
        // What comes after the boundary may be padding (Oracle writes a space).
        let Some(rest) = line.strip_prefix("--").and_then(|line| line.strip_prefix(boundary)) else { continue };
        is_closed = rest.trim_end() == "--";
        if !is_closed && !rest.trim_end().is_empty() {
            continue;
        }
        if let Some(from) = from.replace(after) {
            parts.push(part(&body[from..start]));
        }
        if is_closed {
            from = None;
            break;
        }
        if parts.len() == MOST_PARTS {
            problems.push(Problem::TooMany);
            return (parts, problems);
        }
    }
    if let Some(from) = from {
        parts.push(part(&body[from..]));
    }
    if !is_closed {
        problems.push(Problem::NotClosed);
    }
    (parts, problems)
}

/// The first part whose type begins with `prefix`, in whatever order they come.
pub fn find<'a>(parts: &[Part<'a>], prefix: &str) -> Option<Part<'a>> {
    parts.iter().copied().find(|part| has_type(part.kind, prefix))
}

fn has_type(kind: &str, prefix: &str) -> bool {
    kind.trim_start().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn boundary(kind: &str) -> Option<&str> {
    let value = kind.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    (!value.is_empty()).then_some(value)
}

/// Headers, an empty line, and what follows.
fn part(text: &str) -> Part<'_> {
    let mut kind = "";
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let named = line.split_once(':').filter(|(name, _)| {
            let name = name.trim();
            // `c` is the short form (RFC 3261, section 7.3.3).
            name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("c")
        });
        if let Some((_, value)) = named {
            kind = value.trim();
        }
    }
    let body = rest.strip_suffix('\n').unwrap_or(rest);
    Part { kind, body: body.strip_suffix('\r').unwrap_or(body) }
}
