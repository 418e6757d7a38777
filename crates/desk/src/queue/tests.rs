//! The queue, by one-line cases.
