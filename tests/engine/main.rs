//! The points engine on both databases: against a plain model, under many writers at once, and fact by fact.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails, with the place"
)]

#[path = "../house/mod.rs"]
mod house;

mod approvals;
mod automations;
mod birthdays;
mod campaigns;
mod cases;
mod challenges;
mod events;
mod gifts;
mod identities;
mod imports;
mod insight;
mod joined;
mod limits;
mod listening;
mod lists;
mod model;
mod notices;
mod plain;
mod purchased;
mod races;
mod random;
mod receipts;
mod referrals;
mod rewards;
mod shop;
mod stocks;
mod tiers;
mod winning_back;
