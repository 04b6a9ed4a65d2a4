//! The API through the front door: real HTTP, both databases, strict stand-ins behind it.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails, with the place"
)]

#[path = "../house/documented.rs"]
mod documented;
#[path = "../house/mod.rs"]
mod house;
#[path = "../house/keys.rs"]
mod keys;
#[path = "../house/shop.rs"]
mod shop;

mod access;
mod automations;
mod caller;
mod campaigns;
mod catalogue;
mod challenges;
mod check_in;
mod document;
mod erasure;
mod freshness;
mod gifts;
mod households;
mod identities;
mod insight;
mod joined;
mod limits;
mod line_refunds;
mod locations;
mod members;
mod notices;
mod orders;
mod phones;
mod preview;
mod reaching;
mod receipts;
mod referrals;
mod refusals;
mod replay;
mod rewards;
mod segments;
mod settings;
mod staff;
mod stamps;
mod surveys;
mod terms;
mod tiers;
