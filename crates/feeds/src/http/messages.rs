//! `POST /api/v1/feeds/{feed}/messages` and `/eido`.

use std::sync::PoisonError;

use alongside_desk::message::Fault;
use alongside_desk::time::Timestamp;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::body::{Form, LARGEST_REQUEST, Split, collect, form_of, split};
use super::problem::{Kind, Problem, errors};
use super::{Feeds, Inner};
use crate::eido;
use crate::intake::{ContentDigest, Document, FeedId, Intake, Offered, Receipt};
use crate::offer::{LARGEST_MESSAGE, fault, faulty, offer};
use crate::token::Scope;

/// Takes one message or a batch.
pub(super) async fn send<I: Intake>(
    State(feeds): State<Feeds<I>>,
    feed: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let feed = feeds.admit(&headers, feed, Scope::Send)?;
    let form = form_of(&headers)?;
    let Inner { intake, room, .. } = &*feeds.0;
    let body = collect(&headers, body, LARGEST_REQUEST, room).await?;
    let received = feeds.now();
    match read_apart(form, body.bytes.clone(), received).await? {
        Ok(Read::One(offered)) => {
            let (ignored, size) = (ignored(&offered), offered.size);
            let receipts = intake.take(&feed, received, vec![*offered]).await?;
            tell(&feed, &receipts);
            let receipt = receipts.into_iter().next().ok_or_else(|| Problem::again(Kind::NotReady, 1))?;
            Ok(answer_one(receipt, ignored, size))
        }
        Ok(Read::Many(offered)) => {
            let details: Vec<(u32, usize)> = offered.iter().map(|o| (ignored(o), o.size)).collect();
            let receipts = intake.take(&feed, received, offered).await?;
            tell(&feed, &receipts);
            Ok(accepted(batch(&receipts, &details)))
        }
        Err(kind) => {
            // Kept, so that an administrator sees what a feed sends; the sender is told that nothing was taken.
            if kind == Kind::Split {
                let kept = faulty(body.bytes.clone(), vec![fault("", "cannot be split into messages")]);
                intake.take(&feed, received, vec![kept]).await?;
            }
            Err(Problem::new(kind))
        }
    }
}

/// A body's messages, read.
enum Read {
    One(Box<Offered>),
    Many(Vec<Offered>),
}

/// Bodies longer than this are read beside the threads that answer requests, so that a large batch delays nobody's message.
const READ_APART: usize = 64 * 1024;

async fn read_apart(form: Form, body: Bytes, received: Timestamp) -> Result<Result<Read, Kind>, Problem> {
    let long = body.len() > READ_APART;
    let read = move || {
        Ok(match split(form, &body)? {
            Split::One(raw) => Read::One(Box::new(offer(raw, received))),
            Split::Many(list) => Read::Many(list.into_iter().map(|raw| offer(raw, received)).collect()),
        })
    };
    if long {
        tokio::task::spawn_blocking(read).await.map_err(|_| Problem::again(Kind::NotReady, 1))
    } else {
        Ok(read())
    }
}

/// Takes one EIDO document: keeps it whole and takes the messages that are made from it.
pub(super) async fn send_eido<I: Intake>(
    State(feeds): State<Feeds<I>>,
    feed: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let feed = feeds.admit(&headers, feed, Scope::Send)?;
    if form_of(&headers)? != Form::Json {
        return Err(Problem::new(Kind::MediaType));
    }
    let Inner { intake, room, eido: map, seen, .. } = &*feeds.0;
    let body = collect(&headers, body, LARGEST_MESSAGE, room).await?;
    let received = feeds.now();
    let reject = |faults: Vec<Fault>| async {
        intake.take(&feed, received, vec![faulty(body.bytes.clone(), faults.clone())]).await?;
        Err(Problem::with(Kind::Faults, faults))
    };
    let document = match eido::read(&body.bytes) {
        Ok(document) => document,
        Err(faults) => return reject(faults).await,
    };
    let made = {
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        eido::translate(&document, map, &feed, &seen)
    };
    let content = ContentDigest::of_bytes(&body.bytes);
    intake.keep(&feed, received, Document { format: "eido", raw: body.bytes.clone(), content }).await?;
    let mut offered: Vec<Offered> = made.messages.iter().map(|m| m.offer(received)).collect();
    let faulty_parts = document.faulty.iter();
    offered.extend(faulty_parts.map(|part| faulty(Bytes::from(part.raw.to_string()), vec![part.fault.clone()])));
    let details: Vec<(u32, usize)> = offered.iter().map(|o| (ignored(o), o.size)).collect();
    let receipts = intake.take(&feed, received, offered).await?;
    tell(&feed, &receipts);
    // Remembered only now, when what was made is durable.
    seen.lock().unwrap_or_else(PoisonError::into_inner).remember(&feed, &made);
    let mut answer = batch(&receipts, &details);
    answer["unknown"] = json!(document.unknown);
    answer["not_translated"] = json!(made.not_translated);
    Ok(accepted(answer))
}

fn ignored(offered: &Offered) -> u32 {
    offered.reading.as_ref().map_or(0, |read| read.ignored)
}

/// The one line that a request leaves: the feed and counts, nothing of the content.
fn tell(feed: &FeedId, receipts: &[Receipt]) {
    let count = |which: fn(&Receipt) -> bool| receipts.iter().filter(|r| which(r)).count();
    tracing::info!(
        %feed,
        taken = count(|r| matches!(r, Receipt::Taken)),
        duplicate = count(|r| matches!(r, Receipt::Duplicate)),
        conflict = count(|r| matches!(r, Receipt::Conflict)),
        rejected = count(|r| matches!(r, Receipt::Rejected { .. })),
        "feed"
    );
}

/// The answer to one message.
pub(super) fn answer_one(receipt: Receipt, ignored: u32, size: usize) -> Response {
    match receipt {
        Receipt::Taken => accepted(json!({ "receipt": "taken", "ignored": ignored })),
        Receipt::Duplicate => accepted(json!({ "receipt": "duplicate", "ignored": ignored })),
        Receipt::Conflict => Problem::new(Kind::Conflict).into_response(),
        Receipt::Rejected { faults } => Problem::with(rejected_as(size), faults).into_response(),
    }
}

const fn rejected_as(size: usize) -> Kind {
    if size > LARGEST_MESSAGE { Kind::TooLarge } else { Kind::Faults }
}

/// The answer to a batch: a receipt per index, and how many there are of each.
fn batch(receipts: &[Receipt], details: &[(u32, usize)]) -> Value {
    let mut counts = [0_usize; 4];
    let rows: Vec<Value> = receipts
        .iter()
        .zip(details)
        .enumerate()
        .map(|(index, (receipt, (ignored, size)))| {
            let row = |word: &str| json!({ "index": index, "receipt": word });
            match receipt {
                Receipt::Taken => {
                    counts[0] += 1;
                    let mut row = row("taken");
                    if *ignored > 0 {
                        row["ignored"] = json!(ignored);
                    }
                    row
                }
                Receipt::Duplicate => {
                    counts[1] += 1;
                    row("duplicate")
                }
                Receipt::Conflict => {
                    counts[2] += 1;
                    let mut row = row("conflict");
                    row["status"] = json!(Kind::Conflict.status());
                    row
                }
                Receipt::Rejected { faults } => {
                    counts[3] += 1;
                    let mut row = row("rejected");
                    row["status"] = json!(rejected_as(*size).status());
                    row["errors"] = errors(faults);
                    row
                }
            }
        })
        .collect();
    let [taken, duplicate, conflict, rejected] = counts;
    json!({ "taken": taken, "duplicate": duplicate, "conflict": conflict, "rejected": rejected, "receipts": rows })
}

fn accepted(body: Value) -> Response {
    let mut response = (StatusCode::ACCEPTED, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
