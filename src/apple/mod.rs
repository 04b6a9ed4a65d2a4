//! Apple Wallet: the bytes of a pass, what is wrong with one, and the wire to Apple.

pub mod color;
pub mod date;
pub mod limits;
pub mod pass;
