//! **SRTP**: audio that is protected on its way.
//!
//! - [`Key`]: a master key with its salt, and the [`Suite`] by which packets are protected with it (RFC 3711, RFC 6188, RFC 7714).
//! - [`Opener`]: what came protected, opened: authentic, and not a second time.
//! - [`Sealer`]: what goes out, protected.
//!
//! No key is in any output, and nothing here has a socket.

mod key;
mod opener;
mod sealer;
mod session;
mod window;

pub use key::{Key, Suite};
pub use opener::Opener;
pub use sealer::Sealer;
pub(crate) use window::Window;
