//! What a person is there for. One person may have several roles.

use std::fmt;

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Domestic abuse specialist in the control room.
    Specialist,
    /// Control-room supervisor.
    Supervisor,
    /// Dispatcher.
    Dispatcher,
    /// Call handler.
    Handler,
    /// Officer on the way: sees what is asked of officers, nothing else.
    Officer,
    /// Looks after accounts, settings and what the feeds sent and was not taken; opens no one's record.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Specialist, Self::Supervisor, Self::Dispatcher, Self::Handler, Self::Officer, Self::Admin];

    /// Its name in addresses, in the accounts file and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Specialist => "specialist",
            Self::Supervisor => "supervisor",
            Self::Dispatcher => "dispatcher",
            Self::Handler => "handler",
            Self::Officer => "officer",
            Self::Admin => "admin",
        }
    }

    /// What people call it.
    pub fn says(self) -> &'static str {
        match self {
            Self::Specialist => "Specialist",
            Self::Supervisor => "Supervisor",
            Self::Dispatcher => "Dispatcher",
            Self::Handler => "Call handler",
            Self::Officer => "Officer",
            Self::Admin => "Administrator",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Where this role's work is: the page after sign-in.
    pub fn home(self) -> &'static str {
        match self {
            Self::Specialist => "/desk",
            Self::Supervisor => "/board",
            Self::Dispatcher | Self::Officer => "/actions",
            Self::Handler => "/companion",
            Self::Admin => "/accounts",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}
