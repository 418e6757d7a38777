//! Passwords: kept as argon2id, checked for as long when there is no such account.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// The shortest password taken, in characters. NCSC asks for length, not for signs and digits.
pub const SHORTEST: usize = 12;
/// The longest, in bytes: beyond it hashing would be a way to keep the machine busy.
pub const LONGEST: usize = 256;

/// What hashing costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    memory_kib: u32,
    rounds: u32,
}

impl Cost {
    /// OWASP's first choice for argon2id: 19 MiB, two rounds, one lane.
    pub const FULL: Self = Self { memory_kib: 19 * 1024, rounds: 2 };
    /// The least that the algorithm allows, for tests.
    #[cfg(test)]
    pub const LEAST: Self = Self { memory_kib: 8, rounds: 1 };

    fn hasher(self) -> Option<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.rounds, 1, None).ok()?;
        Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The hash with its salt and costs, as a text. `None` when the system cannot make one.
    pub fn hash(self, password: &str) -> Option<String> {
        Some(self.hasher()?.hash_password(password.as_bytes()).ok()?.to_string())
    }

    /// Whether `password` is the one behind `hash`. Without a hash the same work is done in vain, so that the time
    /// taken tells nobody which names exist.
    pub fn check(self, password: &str, hash: Option<&str>) -> bool {
        let Some(hasher) = self.hasher() else { return false };
        match hash {
            Some(hash) => hasher.verify_password(password.as_bytes(), hash).is_ok(),
            None => {
                let _ = hasher.hash_password(password.as_bytes());
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let hash = Cost::LEAST.hash("three words together").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(Cost::LEAST.check("three words together", Some(&hash)));
        assert!(!Cost::LEAST.check("three words", Some(&hash)));
        assert!(!Cost::LEAST.check("three words together", None));
        assert_ne!(hash, Cost::LEAST.hash("three words together").unwrap(), "each has its own salt");
    }
}
