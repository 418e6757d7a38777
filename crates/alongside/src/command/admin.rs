//! `alongside admin`: accounts, and tokens of feeds.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;

use alongside_node::{Clock, SystemClock};
use alongside_web::door::{Accounts, NewAccount, Role};
use anyhow::{Context, Result, bail};

use crate::serve::feeds;

/// What `admin` takes.
#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
    /// The data folder.
    #[arg(long, env = "ALONGSIDE_DATA", global = true, default_value = "data")]
    data: PathBuf,
}

#[derive(clap::Subcommand)]
enum What {
    /// People who may sign in.
    User {
        #[command(subcommand)]
        what: User,
    },
    /// Tokens by which a control room's systems send messages.
    Feed {
        #[command(subcommand)]
        what: Feed,
    },
}

#[derive(clap::Subcommand)]
enum User {
    /// Adds somebody; the password is read from standard input.
    Add {
        /// What they type to sign in.
        name: String,
        /// What colleagues see.
        #[arg(long)]
        shown: String,
        /// What they are there for: specialist, supervisor, dispatcher, handler, admin. May be given more than once.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// The force's own number for this person, so that they are kept from their own record.
        #[arg(long)]
        staff: Option<String>,
    },
    /// Sets somebody's password, read from standard input.
    Password {
        /// Their sign-in name.
        name: String,
    },
    /// Lets somebody sign in no more, or again.
    Lock {
        /// Their sign-in name.
        name: String,
        /// Let them in again.
        #[arg(long)]
        open: bool,
    },
    /// Lists everybody.
    List,
}

#[derive(clap::Subcommand)]
enum Feed {
    /// Grants a token to a feed and prints it once; only its hash is kept.
    Grant {
        /// The feed.
        feed: String,
        /// The force that the feed belongs to.
        #[arg(long)]
        force: String,
        /// To see and resubmit rejects, not to send.
        #[arg(long)]
        administer: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// When the folder cannot be used, or what is asked does not fit.
pub fn run(options: &Options) -> Result<ExitCode> {
    std::fs::create_dir_all(&options.data).with_context(|| format!("cannot make {}", options.data.display()))?;
    match &options.what {
        What::User { what } => user(&Accounts::open(&options.data.join("accounts.db"))?, what)?,
        What::Feed { what: Feed::Grant { feed, force, administer } } => {
            println!("{}", feeds::grant(&options.data, feed, force, *administer)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn user(accounts: &Accounts, what: &User) -> Result<()> {
    match what {
        User::Add { name, shown, roles, staff } => {
            let roles = roles
                .iter()
                .map(|r| Role::named(r).with_context(|| format!("`{r}` is no role")))
                .collect::<Result<BTreeSet<_>>>()?;
            let new = NewAccount {
                name: name.clone(),
                shown: shown.clone(),
                staff: staff.clone(),
                roles,
                password: Some(password()?),
            };
            accounts.add(&new, SystemClock.now())?;
        }
        User::Password { name } => accounts.set_password(name, &password()?)?,
        User::Lock { name, open } => accounts.set_locked(name, !open)?,
        User::List => {
            for account in accounts.list()? {
                let roles: Vec<&str> = account.roles.iter().map(|r| r.name()).collect();
                println!(
                    "{:20} {:24} {}{}",
                    account.name,
                    account.shown,
                    roles.join(" "),
                    if account.locked { " locked" } else { "" }
                );
            }
        }
    }
    Ok(())
}

fn password() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < 12 {
        bail!("a password has 12 characters or more");
    }
    Ok(password.to_owned())
}
