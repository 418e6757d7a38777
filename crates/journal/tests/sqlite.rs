//! SQLite does what every store must.

mod conformance;

use alongside_journal::SqliteStore;
use conformance::{Ground, conformance};

struct Folder(tempfile::TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
}

impl Ground for Folder {
    type Store = SqliteStore;

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.0.path()).expect("a store")
    }
}

conformance!(Folder);
