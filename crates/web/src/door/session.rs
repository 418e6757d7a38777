//! Sessions, kept on the server under a digest: idle and absolute ends, a new secret at each sign-in.

use alongside_desk::time::{Period, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::account::{ACCOUNT_COLUMNS, Account, Accounts, AccountsError, read};
use super::token::Token;

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Without a page or a key.
    pub idle: Period,
    /// From sign-in, whatever happens.
    pub whole: Period,
}

impl Default for Limits {
    /// 30 minutes idle, 12 hours in all: no shift is longer.
    fn default() -> Self {
        Self { idle: Period::minutes(30), whole: Period::hours(12) }
    }
}

/// A session is noted as seen no more often than this.
const NOTE: Period = Period::seconds(30);

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub account: Account,
    /// Where they sit; may be empty.
    pub seat: String,
    /// When they signed in.
    pub made_at: Timestamp,
    /// The word that each of their forms carries.
    pub form_word: String,
}

impl Accounts {
    /// Opens a session and gives its secret. A session that the browser had before is ended, so that nobody who knew
    /// that secret comes in with it.
    ///
    /// # Errors
    /// When the file cannot be written, or there are no random numbers.
    pub fn open_session(
        &self,
        account: &Account,
        seat: &str,
        before: Option<&Token>,
        now: Timestamp,
    ) -> Result<Token, AccountsError> {
        let token = Token::new()?;
        let mut db = self.db();
        let transaction = db.transaction()?;
        if let Some(before) = before {
            transaction.execute("DELETE FROM session WHERE digest = ?", [before.digest()])?;
        }
        transaction.execute(
            "INSERT INTO session (digest, account, seat, made_at, seen_at) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![token.digest(), account.id, seat, now.ms()],
        )?;
        transaction.commit()?;
        Ok(token)
    }

    /// The session of a secret, if it has not ended. `used`: a person did something, so that its idle time starts
    /// again; a live page that only listens does not keep a desk open.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn session(
        &self,
        token: &Token,
        limits: Limits,
        used: bool,
        now: Timestamp,
    ) -> Result<Option<Session>, AccountsError> {
        let db = self.db();
        let sql = format!(
            "SELECT {ACCOUNT_COLUMNS}, session.seat, session.made_at, session.seen_at
             FROM session JOIN account ON account.id = session.account WHERE digest = ?"
        );
        let found = db
            .query_row(&sql, [token.digest()], |row| {
                let at = |column| row.get(column).map(Timestamp::from_ms);
                Ok((read(row)?, row.get::<_, String>(9)?, at(10)?, at(11)?))
            })
            .optional()?;
        let Some((account, seat, made_at, seen_at)) = found else { return Ok(None) };
        if account.locked || now >= made_at.plus(limits.whole) || now >= seen_at.plus(limits.idle) {
            db.execute("DELETE FROM session WHERE digest = ?", [token.digest()])?;
            return Ok(None);
        }
        if used && now >= seen_at.plus(NOTE) {
            db.execute("UPDATE session SET seen_at = ? WHERE digest = ?", params![now.ms(), token.digest()])?;
        }
        Ok(Some(Session { account, seat, made_at, form_word: token.form_word() }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_session(&self, token: &Token) -> Result<(), AccountsError> {
        self.db().execute("DELETE FROM session WHERE digest = ?", [token.digest()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::{NewAccount, SignInRefused};
    use super::super::role::Role;
    use super::*;

    const PASSWORD: &str = "three words together";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + seconds * 1000)
    }

    fn accounts() -> (Accounts, Account) {
        let accounts = Accounts::in_memory();
        let new = NewAccount {
            name: "Sam.Whitlock".into(),
            shown: "Sam Whitlock".into(),
            staff: None,
            roles: [Role::Specialist].into(),
            password: Some(PASSWORD.into()),
        };
        let account = accounts.add(&new, at(0)).unwrap();
        (accounts, account)
    }

    #[test]
    fn a_session_ends_when_idle_and_at_last_whatever_happens() {
        let (accounts, account) = accounts();
        let limits = Limits { idle: Period::minutes(30), whole: Period::hours(1) };
        let open = |token: &Token, used, seconds| accounts.session(token, limits, used, at(seconds)).unwrap().is_some();

        let token = accounts.open_session(&account, "desk 1", None, at(0)).unwrap();
        assert!(open(&token, true, 29 * 60));
        assert!(open(&token, true, 58 * 60), "use starts the idle time again");
        assert!(!open(&token, true, 60 * 60), "an hour is the whole");

        let token = accounts.open_session(&account, "desk 1", None, at(0)).unwrap();
        assert!(open(&token, false, 29 * 60));
        assert!(!open(&token, false, 31 * 60), "listening is no use");
        assert!(!open(&token, true, 60), "what has ended does not come back");
    }

    #[test]
    fn the_secret_changes_at_sign_in_and_the_old_one_is_dead() {
        let (accounts, account) = accounts();
        let first = accounts.open_session(&account, "", None, at(0)).unwrap();
        let second = accounts.open_session(&account, "", Some(&first), at(1)).unwrap();
        let open = |token: &Token| accounts.session(token, Limits::default(), true, at(2)).unwrap().is_some();
        assert!(!open(&first) && open(&second));
        accounts.end_session(&second).unwrap();
        assert!(!open(&second));
    }

    #[test]
    fn a_changed_password_a_changed_role_and_a_lock_end_every_session() {
        let (accounts, account) = accounts();
        let open = |token: &Token| accounts.session(token, Limits::default(), true, at(2)).unwrap().is_some();
        let session = || accounts.open_session(&account, "", None, at(0)).unwrap();

        let token = session();
        accounts.set_password("sam.whitlock", "four other words now").unwrap();
        assert!(!open(&token));
        let token = session();
        accounts.set_roles("SAM.whitlock", &[Role::Handler].into()).unwrap();
        assert!(!open(&token));
        let token = session();
        accounts.set_locked("sam.whitlock", true).unwrap();
        assert!(!open(&token));
        assert!(matches!(accounts.check("sam.whitlock", "four other words now", at(3)), Err(SignInRefused::Wrong)));
    }

    #[test]
    fn guessing_at_one_name_waits_and_another_name_does_not() {
        let (accounts, _) = accounts();
        for second in 0..4 {
            let guess = accounts.check("sam.whitlock", "a wrong password", at(second));
            assert!(matches!(guess, Err(SignInRefused::Wrong)), "{guess:?}");
        }
        let until = at(3).plus(Period::seconds(5));
        let early = accounts.check("Sam.Whitlock ", PASSWORD, at(4));
        assert!(matches!(early, Err(SignInRefused::Wait(when)) if when == until), "{early:?}");
        assert!(matches!(accounts.check("nobody", PASSWORD, at(4)), Err(SignInRefused::Wrong)));
        assert!(accounts.check("sam.whitlock", PASSWORD, until).is_ok());
        assert!(matches!(accounts.check("sam.whitlock", "wrong again", until), Err(SignInRefused::Wrong)));
        assert!(accounts.check("sam.whitlock", PASSWORD, until).is_ok(), "a success starts the count again");
    }

    #[test]
    fn names_and_passwords_are_checked_before_they_are_kept() {
        let (accounts, _) = accounts();
        let new = |name: &str, password: &str, roles: &[Role]| {
            let new = NewAccount {
                name: name.into(),
                shown: "x".into(),
                staff: None,
                roles: roles.iter().copied().collect(),
                password: Some(password.into()),
            };
            accounts.add(&new, at(0)).err().map(|error| error.to_string())
        };
        let specialist = &[Role::Specialist][..];
        assert!(new("sam.whitlock", PASSWORD, specialist).unwrap().contains("already"));
        assert!(new("a b", PASSWORD, specialist).unwrap().contains("letters"));
        assert!(new("", PASSWORD, specialist).unwrap().contains("letters"));
        assert!(new("jo", "short", specialist).unwrap().contains("12 characters"));
        assert!(new("jo", &"x".repeat(257), specialist).unwrap().contains("256 bytes"));
        assert!(new("jo", PASSWORD, &[]).unwrap().contains("role"));
        assert_eq!(new("jo", PASSWORD, specialist), None);
        assert_eq!(accounts.list().unwrap().len(), 2);
    }
}
