//! The customers' pages, through real HTTP as a browser asks for them.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at what it did not expect"
)]

#[path = "pages/browser.rs"]
mod browser;
#[path = "pages/card.rs"]
mod card;
#[path = "pages/claims.rs"]
mod claims;
#[path = "pages/faults.rs"]
mod faults;
#[path = "pages/invitations.rs"]
mod invitations;
#[path = "pages/join.rs"]
mod join;
#[path = "house/keys.rs"]
mod keys;
#[path = "pages/member.rs"]
mod member;
#[path = "pages/poster.rs"]
mod poster;
#[cfg(debug_assertions)]
#[path = "pages/pseudo_locale.rs"]
mod pseudo_locale;
#[path = "pages/settings.rs"]
mod settings;
#[path = "pages/shop.rs"]
mod shop;
#[path = "pages/stand_ins.rs"]
mod stand_ins;
#[path = "pages/till.rs"]
mod till;
