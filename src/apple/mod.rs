//! Apple Wallet: the bytes of a pass, what is wrong with one, and the wire to Apple.

pub mod apns;
mod barcode;
pub mod color;
pub mod credentials;
pub mod date;
mod der;
pub mod finding;
mod groups;
pub mod image;
pub mod limits;
pub mod package;
pub mod pass;
pub mod reader;
pub mod request;
pub mod signature;
pub mod validator;
pub mod verify;
