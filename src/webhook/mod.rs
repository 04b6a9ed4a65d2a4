//! Webhooks as others know them: what is sent is signed by Standard Webhooks (<https://www.standardwebhooks.com>), so that a
//! receiver can check it with a library that it has already.

mod signing;

pub use signing::{sign, write_secret};
