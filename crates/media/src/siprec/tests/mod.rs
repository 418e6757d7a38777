//! Bodies as vendors write them, and bodies that nobody should.

mod metadata;
mod multipart;
mod recorder;
mod sdp;
mod secure;
mod wire;
