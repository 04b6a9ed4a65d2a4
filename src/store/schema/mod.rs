//! The tables as diesel knows them; the migrations are what makes them.

mod books;
mod ledger;
mod people;
mod rules;
mod wallets;

pub(super) use books::*;
pub(super) use ledger::*;
pub(super) use people::*;
pub(super) use rules::*;
pub(super) use wallets::*;

diesel::allow_tables_to_appear_in_same_query!(
    cards,
    deliveries,
    designs,
    devices,
    entries,
    identities,
    members,
    orders,
    passes,
    programs,
    refunds,
    registrations,
);
