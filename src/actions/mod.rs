//! The deeds of the shop, one file each. Every deed opens its own transaction; doors (the API, pages,
//! commands) only parse and print.

pub mod actor_name;
pub mod add_identity;
pub mod adjust_points;
pub mod answer_survey;
pub mod at_till;
pub mod block_member;
mod build_meter;
pub mod challenge;
pub mod change_automation;
pub mod change_campaign;
pub mod change_codes;
pub mod change_key;
pub mod change_location;
pub mod change_member;
pub mod change_own_password;
pub mod change_program;
pub mod change_staff;
pub mod change_survey;
pub mod change_webhook;
pub mod changed_passes;
pub mod check_in;
pub mod claim_receipt;
pub mod congratulate;
pub mod connect_till;
pub mod count_fifths;
pub mod create_key;
pub mod create_program;
pub mod diagnose_card;
pub mod draw_card;
pub mod draw_stamps;
pub mod enrol;
pub mod erase_member;
pub mod error;
pub mod export_member;
pub mod export_segment;
pub mod foresee;
pub mod forget_phones;
pub mod import_plan;
pub mod issue_gift_card;
pub mod issue_pass;
pub mod issue_reward;
pub mod judge_import;
pub mod keep_list;
pub mod keep_passkey;
pub mod list_campaign_days;
pub mod list_expiry_notices;
pub mod list_happenings;
pub mod list_members;
pub mod list_offers;
pub mod look_at_segment;
pub mod look_up_card;
pub mod look_up_member;
pub mod measure_liability;
pub mod measure_program;
pub mod merge_members;
pub mod open_download;
pub mod parse;
pub mod pay_referral;
pub mod preview_design;
pub mod preview_draft;
pub mod prove_self;
pub mod publish_design;
pub mod push_card;
pub mod reason;
pub mod record_device_log;
pub mod record_event;
pub mod record_order;
pub mod record_receipt;
pub mod recover_card;
pub mod recovery_codes;
pub mod redeem_ahead;
pub mod referral_code;
pub mod refund_order;
pub mod register_device;
pub mod reissue_link;
pub mod remove_identity;
pub mod replace_card;
pub mod replay_orders;
pub mod reverse_entry;
pub mod reverse_gift_entry;
pub mod run_automations;
pub mod run_campaign;
pub mod run_import;
pub mod scanned;
pub mod search_member;
pub mod seed_crowd;
pub mod set_up;
pub mod settle_points;
pub mod settle_redemption;
pub mod settle_webhooks;
pub mod show_campaign;
pub mod show_member;
pub mod show_today;
pub mod showing;
pub mod shown_passkey;
pub mod sign_in;
pub mod sign_in_by_code;
pub mod sign_in_by_passkey;
pub mod simulate_order;
pub mod spend_gift_card;
pub mod start_import;
pub mod start_program;
pub mod state_consent;
pub mod store_image;
pub mod surviving;
pub mod take_google_callback;
pub mod top_up_gift_card;
pub mod transfer_gift_value;
pub mod transfer_points;
pub mod try_campaign;
pub mod undo_completion;
pub mod undo_import;
pub mod undo_merge;
pub mod void_card;
pub mod void_gift_card;
pub mod webhook_address;
pub mod write_insight;
pub mod write_term;

mod announce;
pub mod approve_campaign;
mod assess;
mod card_code;
mod card_facts;
mod count_challenges;
mod enrol_moved;
mod fill_gift_card;
mod gift_ledger;
mod hear_automations;
mod house;
mod identity;
mod in_segments;
mod invite_friend;
mod joining;
mod known_identity;
mod known_names;
mod ledger;
mod own_card;
mod passwords;
mod perform;
mod person;
mod profile;
mod promise;
mod raise_event;
mod reach_members;
mod return_lines;
mod shelf;
mod term_kind;
mod watch_order;

pub use announce::{DrawEvent, EventType, Happened, MessageDue};
pub use card_code::{CardCode, NoCode};
pub use count_challenges::{ChallengeJudged, ChallengeStanding};
pub use error::{ActionError, Code, Fault, Kind};
pub use gift_ledger::{GiftMoved, GiftNote};
pub use house::{
    AppleIssuer, Bell, Fetched, Fetches, GoogleIssuer, House, HouseParts, MEMBER_LINK_MS, Wallets,
};
pub use known_identity::find_by_external_id;
pub use ledger::Promised;
pub use perform::{Answer, Caller, Deed, IdempotencyKey, perform};
pub use profile::{Profile, ReferralSheet};
pub use shelf::{ReadyDesign, Shelf};
pub use term_kind::TermKind;

use crate::store::cards::{self, Card};
use crate::store::members::{self, Identity, Member};
use crate::store::passes::Pass;
use crate::store::{Db, StoreError, passes};

/// A card with its passes: what most deeds end with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSheet {
    /// The card.
    pub card: Card,
    /// Its passes, one or none a wallet.
    pub passes: Vec<Pass>,
}

impl CardSheet {
    /// Reads a card's passes to it.
    pub fn read(db: &mut Db, card: Card) -> Result<Self, StoreError> {
        let passes = passes::list_by_card(db, &card.id)?;
        Ok(Self { card, passes })
    }
}

/// A member with everything that leads to them and all their cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSheet {
    /// The member.
    pub member: Member,
    /// E-mail addresses, phone numbers, the caller's own id.
    pub identities: Vec<Identity>,
    /// Their cards, oldest first.
    pub cards: Vec<CardSheet>,
    /// What else is known of them.
    pub profile: Profile,
}

impl MemberSheet {
    /// Reads identities and cards to a member.
    pub fn read(db: &mut Db, member: Member) -> Result<Self, ActionError> {
        let identities = members::list_identities(db, &member.id)?;
        let cards = cards::list_by_member(db, &member.id)?
            .into_iter()
            .map(|card| CardSheet::read(db, card))
            .collect::<Result<_, _>>()?;
        let profile = Profile::read(db, &member)?;
        Ok(Self {
            member,
            identities,
            cards,
            profile,
        })
    }
}
