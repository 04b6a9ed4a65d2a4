//! The store on both databases: what it promises to the floors above.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test what is not as expected is the finding"
)]

mod house;

#[path = "store/books.rs"]
mod books;
#[path = "store/deliveries.rs"]
mod deliveries;
#[path = "store/ledger.rs"]
mod ledger;
#[path = "store/losses.rs"]
mod losses;
#[path = "store/member_lists.rs"]
mod member_lists;
#[path = "store/phones.rs"]
mod phones;
#[path = "store/rollout.rs"]
mod rollout;
#[path = "store/schema.rs"]
mod schema;
#[path = "store/segments.rs"]
mod segments;
#[path = "store/shop.rs"]
mod shop;
#[path = "store/tier_holders.rs"]
mod tier_holders;
#[path = "store/transactions.rs"]
mod transactions;
