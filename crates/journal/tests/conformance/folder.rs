//! A data folder for one test.

use std::fs;
use std::path::Path;

use alongside_journal::SqliteStore;

use super::Ground;

pub struct Folder(tempfile::TempDir);

impl Default for Folder {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
}

impl Ground for Folder {
    type Store = SqliteStore;

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.path()).expect("a store")
    }
}

#[allow(dead_code, reason = "each test binary uses some")]
impl Folder {
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The folder as a power cut at this moment would leave it: its files, copied while they are open.
    pub fn cut(&self) -> Self {
        let copy = Self::default();
        copy_into(self.path(), copy.path());
        copy
    }

    /// Changes the journal's database behind the journal's back.
    pub fn tamper(&self, file: &str, sql: &str) {
        let connection = rusqlite::Connection::open(self.path().join(file)).expect("the database");
        connection.execute_batch(sql).expect("tampered");
    }

    /// Whether any database file or log of the folder holds these bytes.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let files = fs::read_dir(self.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
        files
            .filter(|path| path.is_file())
            .any(|path| fs::read(path).expect("readable").windows(bytes.len()).any(|window| window == bytes))
    }

    /// One value out of a database of the folder.
    pub fn value<T: rusqlite::types::FromSql>(&self, file: &str, sql: &str) -> T {
        let connection = rusqlite::Connection::open(self.path().join(file)).expect("the database");
        connection.query_row(sql, [], |row| row.get(0)).expect("a value")
    }
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_into(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}
