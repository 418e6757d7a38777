//! The style sheet and the script, embedded in the binary under names that change with their content.
//!
//! A clone builds without them (no Node needed); the pages then say plainly that they are not built.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/dist"]
#[allow_missing = true]
struct Dist;

/// Three strokes that lean: says nothing of what this is.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 17 18"><path d="M1 17 6 1h4L5 17zM8 17l5-16h3l-5 16z" fill="#5d666d"/></svg>"##;

/// The addresses of what a page loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Of the style sheet.
    pub style: String,
    /// Of the script.
    pub script: String,
}

/// Where the style sheet and the script are; `None` when they have not been built.
pub fn names() -> Option<&'static Names> {
    static NAMES: LazyLock<Option<Names>> = LazyLock::new(|| {
        let ending = |ending: &str| {
            let found = Dist::iter().find(|name| name.starts_with("alongside-") && name.ends_with(ending));
            found.map(|name| format!("/assets/{name}"))
        };
        Some(Names { style: ending(".css")?, script: ending(".js")? })
    });
    NAMES.as_ref()
}

/// Serves one file. What carries a hash in its name may be kept for good.
pub async fn serve(Path(name): Path<String>) -> Response {
    if name == "icon.svg" {
        return ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=86400")], ICON)
            .into_response();
    }
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let Some(file) = Dist::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=31536000, immutable")];
    (headers, file.data).into_response()
}
