//! Bytes and wire of Apple Wallet.

pub mod apns;
