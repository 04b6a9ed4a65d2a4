//! No phone stays stale, whatever happens: the running service with real databases and strict stand-ins.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails, with the place"
)]
#![expect(clippy::print_stdout, reason = "figures for the reader of a run")]

#[path = "../house/documented.rs"]
mod documented;
#[path = "../house/mod.rs"]
mod house;
#[path = "../house/keys.rs"]
mod keys;
#[path = "../house/shop.rs"]
mod shop;

mod apple_answers;
mod apple_connections;
mod counter;
mod credentials;
mod designs;
mod google_answers;
mod google_losses;
mod instances;
mod leases;
mod phone;
mod races;
mod refetch;
mod shared;
