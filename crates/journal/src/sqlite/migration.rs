//! Migrations: numbered SQL files, checksummed, applied in one transaction.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::sqlite::failed;
use crate::store::OpenError;

/// The journal's migrations, in order; the first is number 1. A file that has shipped is never changed.
pub(super) const JOURNAL: &[&str] = &[include_str!("../../migrations/sqlite/journal/0001_entries.sql")];

/// The migrations of the log of views.
pub(super) const VIEWS: &[&str] = &[include_str!("../../migrations/sqlite/views/0001_views.sql")];

/// Applies what has not been applied, all or nothing.
pub(super) fn migrate(connection: &Connection, migrations: &[&str]) -> Result<(), OpenError> {
    let failed = failed("migrating it");
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(&failed)?;
    transaction
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
        )
        .map_err(&failed)?;
    let applied = refuse_unknown(&transaction, migrations)?;
    for (number, sql) in (1..).zip(migrations) {
        if number > applied {
            transaction.execute_batch(sql).map_err(&failed)?;
            transaction
                .execute("INSERT INTO migration VALUES (?1, ?2)", params![number, checksum(sql)])
                .map_err(&failed)?;
        }
    }
    transaction.commit().map_err(&failed)?;
    Ok(())
}

/// Refuses a database to which another set of migrations was applied; gives the number of the last one applied.
pub(super) fn refuse_unknown(connection: &Connection, migrations: &[&str]) -> Result<u32, OpenError> {
    let failed = failed("reading its migrations");
    let mut read = connection.prepare("SELECT number, checksum FROM migration ORDER BY number").map_err(&failed)?;
    let rows = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&failed)?;
    let applied: Vec<(u32, Vec<u8>)> = rows.collect::<Result<_, _>>().map_err(&failed)?;
    let known = u32::try_from(migrations.len()).expect("a handful of migrations");
    let last = applied.last().map_or(0, |(number, _)| *number);
    if last > known {
        return Err(OpenError::Newer { found: last, known });
    }
    for ((place, sql), (number, was)) in (1..).zip(migrations).zip(&applied) {
        if *number != place || *was != checksum(sql) {
            return Err(OpenError::OtherMigration { number: place });
        }
    }
    Ok(last)
}

fn checksum(sql: &str) -> Vec<u8> {
    Sha256::digest(sql.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_once_and_refuses_what_it_does_not_know() {
        let connection = Connection::open_in_memory().expect("a database");
        let (first, second) = ("CREATE TABLE a (x) ;", "CREATE TABLE b (x);");
        migrate(&connection, &[first]).expect("the first");
        migrate(&connection, &[first, second]).expect("the second");
        migrate(&connection, &[first, second]).expect("nothing to do");
        assert!(matches!(migrate(&connection, &[first]), Err(OpenError::Newer { found: 2, known: 1 })));
        assert!(matches!(migrate(&connection, &[second, second]), Err(OpenError::OtherMigration { number: 1 })));
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing() {
        let connection = Connection::open_in_memory().expect("a database");
        let wrong = "CREATE TABLE b (x); CREATE TABLE b (x);";
        assert!(migrate(&connection, &["CREATE TABLE a (x);", wrong]).is_err());
        migrate(&connection, &["CREATE TABLE a (x);", "CREATE TABLE b (x);"]).expect("both, from nothing");
    }
}
