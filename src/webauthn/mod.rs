//! Passkeys: what a browser sends when one is made or shown, judged by the steps of Web Authentication (W3C, Level 2,
//! sections 7.1 and 7.2). Pure: challenges, credentials and counters come in as arguments.
//!
//! Asked for is a discoverable credential with user verification, so that it stands for both steps of a sign-in, and no
//! attestation: which make an authenticator is of nobody asks here.

mod assertion;
mod authenticator;
mod cbor;
mod client_data;
mod party;
mod public_key;
mod refusal;
mod registration;

pub use assertion::{Assertion, Known, verify_assertion};
pub use client_data::challenge_of;
pub use party::RelyingParty;
pub use public_key::ALGORITHMS;
pub use refusal::Refusal;
pub use registration::{NewCredential, Registration, verify_registration};
