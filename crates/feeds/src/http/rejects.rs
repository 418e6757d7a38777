//! The rejects that nobody has dealt with, seen and resubmitted over HTTP.
//!
//! The routes stand behind a token whose scope is `administer`. The list shows places and counts; content is shown only by
//! the pages, which journal the view first.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::collect;
use super::messages::answer_one;
use super::problem::{Kind, Problem, errors};
use super::{Feeds, Inner};
use crate::intake::{FeedId, Intake, Reject, RejectId, RejectedFor};
use crate::offer::{LARGEST_MESSAGE, offer};
use crate::token::Scope;

/// Most rejects in one answer.
const MOST_LISTED: usize = 200;

/// Which part of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Page {
    /// Only rejects after this one.
    after: Option<u64>,
    /// At most so many, up to [`MOST_LISTED`].
    limit: Option<usize>,
}

/// The feed's rejects as JSON: number, times, reason and places, no content.
///
/// # Errors
/// A problem when they cannot be read now.
async fn list<I: Intake>(feeds: &Feeds<I>, feed: &FeedId, page: Page) -> Result<Value, Problem> {
    let limit = page.limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED);
    let rejects = feeds.0.intake.rejects(feed, page.after.map(RejectId), limit).await?;
    let next = (rejects.len() == limit).then(|| rejects.last().map(|r| r.id)).flatten();
    let rows: Vec<Value> = rejects.iter().map(row).collect();
    Ok(json!({ "rejects": rows, "next": next }))
}

fn row(reject: &Reject) -> Value {
    let mut row = json!({
        "id": reject.id, "received": reject.received, "times": reject.times, "bytes": reject.size,
        "kept": !reject.raw.is_empty(),
    });
    match &reject.why {
        RejectedFor::Conflict => row["why"] = "conflict".into(),
        RejectedFor::Faults(faults) => {
            row["why"] = "faults".into();
            row["errors"] = errors(faults);
        }
    }
    row
}

/// Takes a reject again as it is, or `instead` of it. `by` is the (pseudonymous) person or key that asks.
///
/// # Errors
/// [`Kind::NotFound`] when it is not in the list (any more) or was too large to be kept and nothing came instead; [`Busy`](crate::intake::Busy) as a problem.
async fn resubmit<I: Intake>(
    feeds: &Feeds<I>,
    feed: &FeedId,
    id: RejectId,
    instead: Option<axum::body::Bytes>,
    by: &str,
) -> Result<Response, Problem> {
    let Inner { intake, .. } = &*feeds.0;
    let received = feeds.now();
    let reject = intake.reject(feed, id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let raw = instead.unwrap_or(reject.raw);
    if raw.is_empty() {
        return Err(Problem::new(Kind::NotFound));
    }
    let offered = offer(raw, received);
    let (ignored, size) = (offered.reading.as_ref().map_or(0, |read| read.ignored), offered.size);
    let receipt = intake.resubmit(feed, received, id, offered, by).await?;
    Ok(answer_one(receipt, ignored, size))
}

pub(super) async fn get_list<I: Intake>(
    State(feeds): State<Feeds<I>>,
    feed: Result<Path<String>, PathRejection>,
    page: Result<Query<Page>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let feed = feeds.admit(&headers, feed, Scope::Administer)?;
    let list = list(&feeds, &feed, page.map(|Query(page)| page).unwrap_or_default()).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(list)).into_response())
}

pub(super) async fn post_resubmit<I: Intake>(
    State(feeds): State<Feeds<I>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (feed, id) = path.map(|Path(both)| both).unwrap_or_default();
    let feed = feeds.admit_to(&headers, &feed, Scope::Administer)?;
    let id = id.parse().map(RejectId).map_err(|_| Problem::new(Kind::NotFound))?;
    let body = collect(&headers, body, LARGEST_MESSAGE, &feeds.0.room).await?;
    let instead = Some(body.bytes.clone()).filter(|b| !b.trim_ascii().is_empty());
    resubmit(&feeds, &feed, id, instead, "feed-administrator").await
}
