//! Whether the server lives and can take messages: for whoever watches the machine. Says nothing of what it holds.

use alongside_node::Node;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

/// `/health/live` and `/health/ready`.
pub fn router(node: Node) -> Router {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready)).with_state(node)
}

async fn live(State(node): State<Node>) -> (StatusCode, &'static str) {
    if node.status().live { (StatusCode::OK, "live\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "stopped\n") }
}

async fn ready(State(node): State<Node>) -> (StatusCode, &'static str) {
    let status = node.status();
    match (status.ready, status.refusing) {
        (true, false) => (StatusCode::OK, "ready\n"),
        (_, true) => (StatusCode::SERVICE_UNAVAILABLE, "cannot write\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}
