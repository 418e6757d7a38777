//! Accounts, in a small SQLite file of their own.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use alongside_desk::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::attempt;
use super::password::{self, Cost};
use super::role::Role;
use super::token::{NoRandomness, hex};
use crate::views::frame::{Preferences, Theme};

/// An account's id: 128 random bits in hexadecimal, and the actor that the journal knows.
pub type AccountId = String;

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The actor in the journal.
    pub id: AccountId,
    /// What they type.
    pub name: String,
    /// What colleagues see.
    pub shown: String,
    /// The force's own number for this person; locks them out of their own record.
    pub staff: Option<String>,
    /// What they are there for.
    pub roles: BTreeSet<Role>,
    /// May not sign in for now.
    pub locked: bool,
    /// What they have chosen for their screen.
    pub preferences: Preferences,
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What will be typed; kept in lower case.
    pub name: String,
    /// What colleagues see.
    pub shown: String,
    /// The force's own number for this person.
    pub staff: Option<String>,
    /// What they are there for.
    pub roles: BTreeSet<Role>,
    /// `None`: signs in by a demonstration link alone.
    pub password: Option<String>,
}

/// Why an account could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The file cannot be opened, read or written.
    #[error("the accounts file cannot be used")]
    File(#[from] rusqlite::Error),
    /// No random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// There is an account of that name.
    #[error("there is an account of that name already")]
    NameTaken,
    /// There is none.
    #[error("there is no account of that name")]
    NoSuchName,
    /// A name is 1 to 64 letters, digits, dots, dashes, underscores or `@`.
    #[error("a sign-in name is 1 to 64 letters, digits, dots, dashes, underscores or @")]
    BadName,
    /// An account needs a role.
    #[error("an account needs at least one role")]
    NoRole,
    /// Too short or too long.
    #[error("a password has at least {} characters and at most {} bytes", password::SHORTEST, password::LONGEST)]
    BadPassword,
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Why a sign-in was refused. A page says the same for the first two.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// No such name, a wrong password, or a locked account.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many mistakes: wait until then.
    #[error("too many attempts")]
    Wait(Timestamp),
    /// The file cannot be used.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

/// The accounts and sessions of one data folder.
#[derive(Debug)]
pub struct Accounts {
    db: Mutex<Connection>,
    cost: Cost,
}

const COLUMNS: &str = "id, name, shown, staff, roles, locked, theme, keys, sound";

impl Accounts {
    /// Opens the file, and makes it when there is none.
    ///
    /// # Errors
    /// When it cannot be opened or written.
    pub fn open(path: &Path) -> Result<Self, AccountsError> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        Self::with(db, Cost::FULL)
    }

    /// Accounts that are kept nowhere, with the cheapest hash.
    #[cfg(test)]
    pub fn in_memory() -> Self {
        Self::with(Connection::open_in_memory().unwrap(), Cost::LEAST).unwrap()
    }

    fn with(db: Connection, cost: Cost) -> Result<Self, AccountsError> {
        db.pragma_update(None, "foreign_keys", true)?;
        db.busy_timeout(std::time::Duration::from_secs(5))?;
        db.execute_batch(include_str!("schema.sql"))?;
        Ok(Self { db: Mutex::new(db), cost })
    }

    /// Each use is one statement or one transaction, so a thread that died in the middle left nothing half done.
    pub(super) fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an account.
    ///
    /// # Errors
    /// When the name is taken or ill-formed, there is no role, the password is too short, or the file cannot be written.
    pub fn add(&self, new: &NewAccount, at: Timestamp) -> Result<Account, AccountsError> {
        let name = normal(&new.name).ok_or(AccountsError::BadName)?;
        if new.roles.is_empty() {
            return Err(AccountsError::NoRole);
        }
        let hash = new.password.as_deref().map(|password| self.hash(password)).transpose()?;
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| NoRandomness)?;
        let added = self.db().execute(
            "INSERT INTO account (id, name, shown, staff, roles, password, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (name) DO NOTHING",
            params![hex(&id), name, new.shown, new.staff, role_names(&new.roles), hash, at.ms()],
        )?;
        if added == 0 {
            return Err(AccountsError::NameTaken);
        }
        self.named(&name)?.ok_or(AccountsError::NoSuchName)
    }

    /// The account of a name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn named(&self, name: &str) -> Result<Option<Account>, AccountsError> {
        let Some(name) = normal(name) else { return Ok(None) };
        let sql = format!("SELECT {COLUMNS} FROM account WHERE name = ?");
        Ok(self.db().query_row(&sql, [name], read).optional()?)
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<Account>, AccountsError> {
        let db = self.db();
        let mut statement = db.prepare(&format!("SELECT {COLUMNS} FROM account ORDER BY name"))?;
        let accounts = statement.query_map([], read)?.collect::<Result<_, _>>()?;
        Ok(accounts)
    }

    /// Sets a password, and ends every session of the account.
    ///
    /// # Errors
    /// When there is no such account, the password is too short, or the file cannot be written.
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), AccountsError> {
        let hash = self.hash(password)?;
        self.change(name, "password = ?2", &hash)
    }

    /// Sets the roles, and ends every session of the account.
    ///
    /// # Errors
    /// When there is no such account, no role, or the file cannot be written.
    pub fn set_roles(&self, name: &str, roles: &BTreeSet<Role>) -> Result<(), AccountsError> {
        if roles.is_empty() {
            return Err(AccountsError::NoRole);
        }
        self.change(name, "roles = ?2", &role_names(roles))
    }

    /// Locks or unlocks an account, and ends every session of it.
    ///
    /// # Errors
    /// When there is no such account, or the file cannot be written.
    pub fn set_locked(&self, name: &str, locked: bool) -> Result<(), AccountsError> {
        self.change(name, "locked = ?2", &i64::from(locked))
    }

    fn change(&self, name: &str, set: &str, value: &dyn rusqlite::ToSql) -> Result<(), AccountsError> {
        let name = normal(name).ok_or(AccountsError::NoSuchName)?;
        let mut db = self.db();
        let transaction = db.transaction()?;
        let sql = format!("UPDATE account SET {set} WHERE name = ?1");
        if transaction.execute(&sql, params![name, value])? == 0 {
            return Err(AccountsError::NoSuchName);
        }
        transaction.execute("DELETE FROM session WHERE account = (SELECT id FROM account WHERE name = ?)", [&name])?;
        Ok(transaction.commit()?)
    }

    /// Keeps what a person has chosen for their screen.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_preferences(&self, account: &str, chosen: Preferences) -> Result<(), AccountsError> {
        self.db().execute(
            "UPDATE account SET theme = ?, keys = ?, sound = ? WHERE id = ?",
            params![chosen.theme.name(), chosen.keys, chosen.sound, account],
        )?;
        Ok(())
    }

    /// Checks a name and a password. Slow on purpose: call it where blocking is allowed.
    ///
    /// # Errors
    /// [`SignInRefused`], the same for a name that does not exist as for a wrong password.
    pub fn check(&self, name: &str, password: &str, now: Timestamp) -> Result<Account, SignInRefused> {
        let typed = normal(name).unwrap_or_default();
        let key: [u8; 32] = Sha256::digest(typed.as_bytes()).into();
        let failures = self.failures(&key, now)?;
        let next_at = attempt::next_at(failures.0, failures.1);
        if now < next_at {
            return Err(SignInRefused::Wait(next_at));
        }
        let (account, hash) = {
            let db = self.db();
            let sql = format!("SELECT {COLUMNS}, password FROM account WHERE name = ?");
            let both = |row: &Row<'_>| Ok((read(row)?, row.get::<_, Option<String>>(9)?));
            let found = db.query_row(&sql, [&typed], both).optional().map_err(AccountsError::from)?;
            found.map_or((None, None), |(account, hash)| (Some(account), hash))
        };
        let fits = password.len() <= password::LONGEST && self.cost.check(password, hash.as_deref());
        match account {
            Some(account) if fits && !account.locked => {
                self.db().execute("DELETE FROM attempt WHERE digest = ?", [key]).map_err(AccountsError::from)?;
                Ok(account)
            }
            _ => {
                self.note_failure(&key, now)?;
                Err(SignInRefused::Wrong)
            }
        }
    }

    fn failures(&self, key: &[u8; 32], now: Timestamp) -> Result<(u32, Timestamp), AccountsError> {
        let db = self.db();
        let found = db
            .query_row("SELECT failures, last_at FROM attempt WHERE digest = ?", [key], |row| {
                Ok((row.get(0)?, Timestamp::from_ms(row.get(1)?)))
            })
            .optional()?;
        Ok(found.filter(|(_, last)| now < last.plus(attempt::FORGET)).unwrap_or((0, now)))
    }

    /// Counts a mistake, and forgets old ones, so that the table stays as small as half a day's mistakes.
    fn note_failure(&self, key: &[u8; 32], now: Timestamp) -> Result<(), AccountsError> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        transaction.execute("DELETE FROM attempt WHERE last_at < ?", [now.minus(attempt::FORGET).ms()])?;
        transaction.execute(
            "INSERT INTO attempt (digest, failures, last_at) VALUES (?, 1, ?)
             ON CONFLICT (digest) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
            params![key, now.ms()],
        )?;
        Ok(transaction.commit()?)
    }

    fn hash(&self, password: &str) -> Result<String, AccountsError> {
        if password.chars().count() < password::SHORTEST || password.len() > password::LONGEST {
            return Err(AccountsError::BadPassword);
        }
        self.cost.hash(password).ok_or(AccountsError::Hashing)
    }
}

/// A row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let roles: String = row.get(4)?;
    let theme: String = row.get(6)?;
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        shown: row.get(2)?,
        staff: row.get(3)?,
        roles: roles.split(' ').filter_map(Role::named).collect(),
        locked: row.get(5)?,
        preferences: Preferences { theme: Theme::named(&theme), keys: row.get(7)?, sound: row.get(8)? },
    })
}

/// The columns that [`read`] reads, of a table named `account`.
pub(super) const ACCOUNT_COLUMNS: &str = "account.id, account.name, account.shown, account.staff, account.roles, \
     account.locked, account.theme, account.keys, account.sound";

fn role_names(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}

/// A sign-in name as it is kept; `None` when it cannot be one.
fn normal(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    (!name.is_empty() && name.len() <= 64 && name.chars().all(fits)).then_some(name)
}
