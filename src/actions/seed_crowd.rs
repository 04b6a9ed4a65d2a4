//! A crowd of members for the demo: who they are, when they came, what they bought, on which phones their cards are.
//!
//! It is made by chance that falls the same way for the same seed, and goes into the books past the deeds, some
//! thousands of members a transaction. What it leaves is what the deeds would have left: each balance is the sum of its
//! entries, each day the sum of its orders, each card stands in the tier that it has reached. The audit log, which tells
//! who did what, has one line a batch.

mod chance;
mod people;
mod visits;

use serde_json::json;

use super::assess::rulebook;
use super::{ActionError, CardCode, Deed, House};
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Expiry;
use crate::loyalty::tier::Ladder;
use crate::store::cards::Card;
use crate::store::crowds::{self, Birthday, Crowd};
use crate::store::devices::{Device, Registration};
use crate::store::members::{Consent, Identity, Member};
use crate::store::passes::{self, Pass};
use crate::store::programs::Program;
use crate::store::{Tx, settings};
use crate::types::{
    Attributes, CardId, Currency, Day, Language, MemberId, PassId, Points, ProgramId, Provenances, Time,
    Wallet, Zone,
};

use chance::{Chance, Sort};

/// Most members of a crowd.
pub const MEMBERS_MAX: u64 = 2_000_000;
/// Members of one transaction: some hundred thousand rows, 50 MiB. What a batch changes lies all over the indexes, so
/// that a page is written once for several members.
pub const BATCH: u64 = 10_000;
/// Where a database keeps how many members of crowds it has.
const SEEDED: &str = "demo_crowd";
const DAY_MS: i64 = 86_400_000;
/// Over so many days they have come.
const SPAN_DAYS: i64 = 730;
/// What every one of them has agreed to, or has not.
const PURPOSE: &str = "marketing";

/// What a crowd is made of.
#[derive(Debug, Clone)]
pub struct CrowdPlan {
    program: ProgramId,
    currency: Currency,
    zone: Zone,
    base: BaseRule,
    bonus: Points,
    ladder: Ladder,
    /// Apple's pass type, and Google's class with our issuer's id.
    pass_type: Option<String>,
    google: Option<(String, String)>,
    seed: u64,
    /// The number of its first member.
    first: u64,
    members: u64,
    now: Time,
    actor: String,
}

impl CrowdPlan {
    /// A plan for so many further members of a program, who follow those that were seeded before. Refuses a program whose
    /// points have dates, or wait: such books are made by its deeds alone.
    pub async fn make(
        house: &House,
        program: &Program,
        members: u64,
        seed: u64,
    ) -> Result<Self, ActionError> {
        let (known, of) = (house.clone(), program.clone());
        let (rules, first) = house
            .store
            .read(move |db| {
                let first = settings::find(db, SEEDED)?.map_or("0".to_owned(), |(number, _)| number);
                Ok::<_, ActionError>((rulebook(db, &known, &of)?, first))
            })
            .await?;
        if rules.policy.expiry != Expiry::Never || rules.policy.welcome_after_first_order {
            return Err(ActionError::internal(
                "no crowd can be seeded into a program whose points expire, or wait for the first order",
            ));
        }
        let wallets = &house.wallets;
        let pass_type = program.apple_pass_type.as_deref().or(wallets.default_pass_type());
        let google = wallets.google_issuer();
        Ok(Self {
            program: program.id.clone(),
            currency: program.currency,
            zone: program.time_zone,
            base: BaseRule {
                points: program.earn_points,
                per_minor: program.earn_per_minor,
            },
            bonus: Points::new(program.signup_bonus).map_err(ActionError::internal)?,
            ladder: rules.ladder.clone(),
            pass_type: pass_type.map(str::to_owned),
            google: google.map(|issuer| (format!("{issuer}.{}", program.id), issuer.to_string())),
            seed,
            first: first.parse().map_err(ActionError::internal)?,
            members,
            now: house.now(),
            actor: String::new(),
        })
    }

    /// The same in the name of whoever seeds it.
    #[must_use]
    pub fn by(self, deed: &Deed) -> Self {
        Self {
            actor: deed.caller.actor.clone(),
            ..self
        }
    }

    /// Draws the members from a place in the plan on, as many as one transaction takes. Asks nobody.
    pub fn draw(&self, done: u64) -> Result<Crowd, ActionError> {
        let mut crowd = Crowd::default();
        for place in done..self.members.min(done + BATCH) {
            self.draw_member(&mut crowd, place)?;
        }
        // In the order of their keys, so that the database goes through its pages once.
        crowd.orders.sort_by(|one, other| one.id.cmp(&other.id));
        crowd.entries.sort_by(|one, other| one.id.cmp(&other.id));
        crowd
            .devices
            .sort_by(|one, other| one.device_id.cmp(&other.device_id));
        let device = |one: &Registration| one.device_id.clone();
        crowd.registrations.sort_by_cached_key(device);
        Ok(crowd)
    }

    /// They join one after the other, the last of them just now.
    fn joined_at(&self, place: u64) -> Time {
        let (place, all) = (i128::from(place), i128::from(self.members.max(1)));
        let span = i128::from(SPAN_DAYS * DAY_MS);
        let ago = span * (all - place) / all;
        self.now.plus_ms(-i64::try_from(ago).unwrap_or_default())
    }

    fn draw_member(&self, crowd: &mut Crowd, place: u64) -> Result<(), ActionError> {
        let number = self.first + place + 1;
        let chance = Chance::new(self.seed, number);
        let joined = self.joined_at(place);
        let member = self.member(&chance, joined)?;
        let address = format!("guest{number:07}@example.com");
        crowd.identities.push(Identity {
            program_id: self.program.clone(),
            kind: "email".to_owned(),
            value: address.clone(),
            member_id: member.id.clone(),
            created_at: joined,
            came_from: String::new(),
            shown: address,
            source: self.actor.clone(),
        });
        self.agree(crowd, &member, &chance);
        if chance.of_hundred(Sort::Birthday) < 40 {
            crowd.birthdays.push(self.birthday(&member, &chance));
        }
        let card = self.card(&member, &chance);
        let card = visits::live(self, crowd, card, number, &chance)?;
        self.hand_out(crowd, &card, &chance)?;
        crowd.cards.push(card);
        crowd.members.push(member);
        Ok(())
    }

    fn member(&self, chance: &Chance, joined: Time) -> Result<Member, ActionError> {
        let tongue = people::tongue(chance.of_hundred(Sort::Language));
        let language: Language = tongue.tag.parse().map_err(ActionError::internal)?;
        Ok(Member {
            id: MemberId::drawn(joined, chance.wide(Sort::Member)),
            program_id: self.program.clone(),
            external_id: None,
            first_name: chance.pick(Sort::FirstName, tongue.first).to_owned(),
            last_name: chance.pick(Sort::LastName, tongue.last).to_owned(),
            language,
            version: 1,
            created_at: joined,
            updated_at: joined,
            attributes: Attributes::default(),
            erased_at: None,
            blocked_at: None,
            block_reason: None,
            note: String::new(),
            merged_into: None,
            attribute_details: Provenances::default(),
            is_quiet: false,
        })
    }

    /// Three of four agree when they join; one of twenty who did takes it back a month later.
    fn agree(&self, crowd: &mut Crowd, member: &Member, chance: &Chance) {
        let drawn = chance.of_hundred(Sort::Consent);
        let later = member.created_at.plus_ms(30 * DAY_MS);
        let said = [(member.created_at, drawn < 75), (later, false)];
        let times = if drawn < 4 && later < self.now { 2 } else { 1 };
        crowd
            .consents
            .extend(said.into_iter().take(times).map(|(at, granted)| Consent {
                member_id: member.id.clone(),
                purpose: PURPOSE.to_owned(),
                at,
                program_id: self.program.clone(),
                granted,
                source: "join".to_owned(),
                text_version: String::new(),
                language: String::new(),
            }));
    }

    /// Somebody of 18 to 77; from today on it is raised as any other.
    fn birthday(&self, member: &Member, chance: &Chance) -> Birthday {
        let today = self.zone.local(self.now).day;
        let age = 18 * 366 + i64::try_from(chance.below(Sort::BirthDate, 60 * 365)).unwrap_or_default();
        Birthday {
            member_id: member.id.clone(),
            program_id: self.program.clone(),
            born: Day::plus_days(today, -age),
            from: today,
        }
    }

    fn card(&self, member: &Member, chance: &Chance) -> Card {
        let joined = member.created_at;
        Card {
            id: CardId::drawn(joined, chance.wide(Sort::Card)),
            program_id: self.program.clone(),
            member_id: member.id.clone(),
            code: CardCode::drawn(chance.wide(Sort::Code)).as_str().to_owned(),
            balance: Points::ZERO,
            remainder: 0,
            version: 1,
            last_modified: joined,
            link_epoch: 0,
            voided_at: None,
            created_at: joined,
            per_minor: 0,
            orders: 0,
            pending: Points::ZERO,
            active_at: joined,
            due_at: None,
            tier_id: None,
            tier_until: None,
            tier_progress: 0,
            blocked_at: None,
            merged_into: None,
        }
    }

    /// Four of ten have it on an iPhone, three with Google, the others nowhere; one of twenty took it off again.
    fn hand_out(&self, crowd: &mut Crowd, card: &Card, chance: &Chance) -> Result<(), ActionError> {
        let id = PassId::drawn(card.created_at, chance.wide(Sort::Pass));
        let is_gone = chance.of_hundred(Sort::Removed) < 5;
        match chance.of_hundred(Sort::Wallet) {
            0..40 => {
                let Some(pass_type) = &self.pass_type else {
                    return Ok(());
                };
                if !is_gone {
                    let device_id = chance
                        .hex(Sort::Device, 32)
                        .parse()
                        .map_err(ActionError::internal)?;
                    let push_token = chance
                        .hex(Sort::Token, 64)
                        .parse()
                        .map_err(ActionError::internal)?;
                    let device = Device {
                        device_id,
                        pass_type: pass_type.clone(),
                        push_token,
                        registered_at: card.created_at,
                    };
                    crowd.registrations.push(Registration {
                        device_id: device.device_id.clone(),
                        pass_type: pass_type.clone(),
                        pass_id: id.clone(),
                        card_id: card.id.clone(),
                        told_version: card.version,
                        created_at: card.created_at,
                    });
                    crowd.devices.push(device);
                }
                let serial = id.to_string();
                crowd
                    .passes
                    .push(pass(card, (id, Wallet::Apple), (pass_type, serial), is_gone));
            }
            40..70 => {
                let Some((class, issuer)) = &self.google else {
                    return Ok(());
                };
                let object = format!("{issuer}.{id}");
                crowd
                    .passes
                    .push(pass(card, (id, Wallet::Google), (class, object), is_gone));
            }
            _ => (),
        }
        Ok(())
    }
}

/// A pass that was told of all, and fetched it.
fn pass(
    card: &Card,
    (id, wallet): (PassId, Wallet),
    (pass_type, serial): (&str, String),
    is_gone: bool,
) -> Pass {
    let state = if is_gone {
        passes::REMOVED
    } else {
        passes::INSTALLED
    };
    Pass {
        id,
        program_id: card.program_id.clone(),
        card_id: card.id.clone(),
        wallet,
        pass_type: pass_type.to_owned(),
        serial,
        epoch: 0,
        state: state.to_owned(),
        told_version: card.version,
        told_at: Some(card.last_modified),
        fetched_version: card.version,
        fetched_at: Some(card.last_modified),
        shown: None,
        last_error: None,
        created_at: card.created_at,
    }
}

/// Stores what was drawn, and that it is there.
pub fn seed_crowd(tx: &mut Tx<'_>, deed: &Deed, plan: &CrowdPlan, crowd: &Crowd) -> Result<(), ActionError> {
    let known = settings::lock(tx, SEEDED, "0", deed.now)?;
    let known: usize = known.parse().map_err(ActionError::internal)?;
    crowds::insert(tx, crowd)?;
    let members = crowd.members.len();
    settings::set(tx, SEEDED, &(known + members).to_string(), deed.now)?;
    let program = &plan.program;
    let detail = json!({ "members": members });
    Ok(deed.record(tx, Some(program), "seed_crowd", program.as_str(), &detail)?)
}
