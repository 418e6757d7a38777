//! Reviews, by one-line cases.
