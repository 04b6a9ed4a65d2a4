//! The tables as diesel knows them; the migrations are what makes them.

mod books;
mod ledger;
mod moving_in;
mod outside;
mod people;
mod reaching;
mod rules;
mod wallets;
mod workplace;

pub(super) use books::*;
pub(super) use ledger::*;
pub(super) use moving_in::*;
pub(super) use outside::*;
pub(super) use people::*;
pub(super) use reaching::*;
pub(super) use rules::*;
pub(super) use wallets::*;
pub(super) use workplace::*;

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
diesel::allow_tables_to_appear_in_same_query!(half_sessions, passkeys, sessions, staff, tills);
diesel::allow_tables_to_appear_in_same_query!(campaign_runs, campaigns);
diesel::allow_tables_to_appear_in_same_query!(static_list_cards, static_lists);
diesel::joinable!(sessions -> staff (staff_id));
diesel::joinable!(half_sessions -> staff (staff_id));
diesel::joinable!(passkeys -> staff (staff_id));
diesel::joinable!(sessions -> tills (till_id));
