//! The push to Apple, both ends: our client against the stand-in service, over real sockets.

#![expect(clippy::expect_used, reason = "a test ends at what it did not expect")]

#[path = "apns/answers.rs"]
mod answers;
#[path = "apns/house.rs"]
mod house;
#[path = "house/keys.rs"]
mod keys;
#[path = "apns/provider_tokens.rs"]
mod provider_tokens;
#[path = "apns/stand_in.rs"]
mod stand_in;
#[path = "apns/streams.rs"]
mod streams;
#[path = "apns/tls.rs"]
mod tls;
