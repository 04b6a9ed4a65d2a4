//! The signed package of an Apple pass: what is in it, who can read it, and what is refused.
//!
//! Judges from outside: the `openssl` command, `unzip`, Python's zipfile, the `zip` crate and KDE's
//! pass reader. `tests/run` installs them; a judge that is missing fails its test.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at what it did not expect"
)]

#[path = "package/bytes.rs"]
mod bytes;
#[path = "package/credential_faults.rs"]
mod credential_faults;
#[path = "package/credentials.rs"]
mod credentials;
#[path = "package/foreign_readers.rs"]
mod foreign_readers;
#[path = "package/house.rs"]
mod house;
#[path = "house/keys.rs"]
mod keys;
#[path = "package/signatures.rs"]
mod signatures;
