//! The customers' pages, through real HTTP as a browser asks for them.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends at what it did not expect"
)]

#[path = "pages/approvals.rs"]
mod approvals;
#[path = "house/authenticator.rs"]
mod authenticator;
#[path = "pages/automations.rs"]
mod automations;
#[path = "house/browser.rs"]
mod browser;
#[path = "pages/camera.rs"]
mod camera;
#[path = "pages/campaigns.rs"]
mod campaigns;
#[path = "pages/card.rs"]
mod card;
#[path = "pages/claims.rs"]
mod claims;
#[path = "pages/designer.rs"]
mod designer;
#[path = "pages/eye.rs"]
mod eye;
#[path = "pages/faults.rs"]
mod faults;
#[path = "pages/film.rs"]
mod film;
#[path = "pages/here.rs"]
mod here;
#[path = "pages/imports.rs"]
mod imports;
#[path = "pages/insight.rs"]
mod insight;
#[path = "pages/invitations.rs"]
mod invitations;
#[path = "pages/join.rs"]
mod join;
#[path = "house/keys.rs"]
mod keys;
#[path = "pages/lists.rs"]
mod lists;
#[path = "pages/locations.rs"]
mod locations;
#[path = "pages/member.rs"]
mod member;
#[path = "pages/members.rs"]
mod members;
#[path = "pages/members_joined.rs"]
mod members_joined;
#[path = "pages/own_codes.rs"]
mod own_codes;
#[path = "pages/passkeys.rs"]
mod passkeys;
#[path = "pages/poster.rs"]
mod poster;
#[cfg(debug_assertions)]
#[path = "pages/pseudo_locale.rs"]
mod pseudo_locale;
#[cfg(debug_assertions)]
#[path = "pages/pseudo_staff.rs"]
mod pseudo_staff;
#[path = "pages/recover.rs"]
mod recover;
#[path = "scanner/scene.rs"]
mod scene;
#[path = "pages/segments.rs"]
mod segments;
#[path = "pages/settings.rs"]
mod settings;
#[path = "pages/shop.rs"]
mod shop;
#[path = "pages/shop_settings.rs"]
mod shop_settings;
#[path = "pages/stage.rs"]
mod stage;
#[path = "pages/stand_ins.rs"]
mod stand_ins;
#[path = "pages/start.rs"]
mod start;
#[path = "pages/surveys.rs"]
mod surveys;
#[path = "scanner/symbols.rs"]
mod symbols;
#[path = "pages/terms.rs"]
mod terms;
#[path = "pages/terms_edited.rs"]
mod terms_edited;
#[path = "pages/terms_pictures.rs"]
mod terms_pictures;
#[path = "pages/terms_replayed.rs"]
mod terms_replayed;
#[path = "pages/terms_tiers.rs"]
mod terms_tiers;
#[path = "pages/till.rs"]
mod till;
#[path = "pages/till_names.rs"]
mod till_names;
#[path = "pages/webhooks.rs"]
mod webhooks;
#[path = "pages/wedge.rs"]
mod wedge;
