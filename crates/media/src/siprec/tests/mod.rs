//! Bodies as vendors write them, and bodies that nobody should.

mod multipart;
mod sdp;
