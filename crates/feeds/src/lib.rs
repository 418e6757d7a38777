//! **The door**: how a control room's own systems reach the desk (FEED.md).
//!
//! - [`http`]: the feed's router: receipts, problem documents, the rejects list.
//! - [`eido`]: one EIDO document (NENA-STA-021) into messages of the feed.
//! - [`csv`]: extracts in CSV, by a map, into messages of the feed.
//! - [`intake`]: what stands behind the door and makes things durable.
//! - [`node`]: the running node as that.
//! - [`offer`]: from bytes to a message that may be taken live.
//! - [`token`]: who may send to which feed.
//! - [`fuzz`]: every parser here as a plain function of bytes.
//!
//! Invariants, above all what is absent here: no clock is read (time is handed in), nothing is answered before it is
//! durable, no answer and no log line repeats content, no body is read past its bound, no token is held in the clear.

pub mod csv;
pub mod eido;
pub mod fuzz;
pub mod http;
pub mod intake;
pub mod node;
pub mod offer;
pub mod token;
