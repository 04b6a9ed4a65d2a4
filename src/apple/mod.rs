//! Bytes and wire of Apple Wallet.

pub mod apns;
pub mod credentials;
pub mod package;
pub mod signature;
