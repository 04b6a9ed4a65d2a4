//! Bytes and wire of Apple Wallet.

pub mod apns;
pub mod credentials;
pub mod package;
pub mod signature;
//! Apple Wallet: the bytes of a pass, what is wrong with one, and the wire to Apple.

mod barcode;
pub mod color;
pub mod date;
pub mod finding;
mod groups;
pub mod image;
pub mod limits;
pub mod pass;
pub mod validator;
