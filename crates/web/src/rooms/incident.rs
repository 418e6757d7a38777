//! One incident.

use crate::door::Door;

/// Mounts its routes.
#[must_use]
pub fn mount(door: Door) -> Door {
    door
}
