//! Webhooks: what happens is told outside, signed, at least once, and no deed waits for it.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails, with the place"
)]

#[path = "house/documented.rs"]
mod documented;
#[path = "webhooks/endpoints.rs"]
mod endpoints;
#[path = "house/mod.rs"]
mod house;
#[path = "webhooks/journey.rs"]
mod journey;
#[path = "house/keys.rs"]
mod keys;
#[path = "webhooks/receiver.rs"]
mod receiver;
#[path = "house/shop.rs"]
mod shop;
#[path = "webhooks/tries.rs"]
mod tries;
