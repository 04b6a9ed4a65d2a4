//! The engine against the plain model: deeds by chance, and after each of them both must agree.

use std::collections::{BTreeMap, BTreeSet};

use billfold::actions::adjust_points::adjust_points;
use billfold::actions::change_program::{ProgramChange, change_program};
use billfold::actions::enrol::{Enrolment, enrol};
use billfold::actions::issue_reward::issue_reward;
use billfold::actions::record_event::{NewEvent, record_event};
use billfold::actions::record_order::{Holder, NewOrder, record_order};
use billfold::actions::refund_order::{NewRefund, refund_order};
use billfold::actions::reverse_entry::reverse_entry;
use billfold::actions::settle_points::settle_points;
use billfold::actions::settle_redemption::{Settling, expire_redemption, settle_redemption};
use billfold::actions::simulate_order::simulate_order;
use billfold::actions::{ActionError, Deed};
use billfold::loyalty::rule::facts::Line;
use billfold::store::buckets::{self, Bucket};
use billfold::store::cards::{self, Card};
use billfold::store::entries::{self, Entry};
use billfold::store::redemptions::{self, Redemption};
use billfold::store::{Db, StoreError, Tx, standings, terms};
use billfold::types::{CardId, EntryId, Money, OrderId, ProgramId, RewardId, Time};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::house::{Database, on_both_databases};
use crate::plain::{
    Basis, Climbing, EXCLUDED, Event, Expiry, Limit, Model, Paid, Per, Promotion, Refused, Reward, Rule,
    Said, Span, Tier, Within,
};
use crate::random::Random;
use crate::shop::{BEGIN, Held, Shop, euro, program, term, zone};

/// Tests that share the sequences of a run.
const SHARES: u64 = 8;
/// Sequences of one test in which each of the words comes up.
const ENOUGH: usize = 60;
/// What comes up in the sequences.
const WORDS: [&str; 32] = [
    "earn",
    "promotion",
    "activate",
    "expire",
    "refund",
    "adjust",
    "again",
    "foreseen",
    "below zero",
    "order_exists",
    "currency_mismatch",
    "invalid",
    "already_refunded",
    "not_refundable",
    "refund_exists",
    "insufficient_points",
    "already_reversed",
    "not_reversible",
    "event_exists",
    "climbs",
    "falls",
    "by grace",
    "of a tier",
    "redeem",
    "redeem_reversal",
    "issued",
    "completed",
    "cancelled",
    "expired",
    "reward_sold_out",
    "redemption_settled",
    "stamps",
];
/// Sequences of all tests, if `BILLFOLD_SEQUENCES` does not say another number.
const SEQUENCES: u64 = 50;
/// Steps of a sequence.
const STEPS: usize = 50;
/// Sequences under way at once, so that they share commits.
const AT_ONCE: usize = 12;
/// The first seed; each sequence has the next one.
const FIRST_SEED: u64 = 20_261_118;
const HOUR: i64 = 3_600_000;
/// What the tiers are called, by the order in which they are written.
const TIERS: [&str; 3] = ["Silver", "Gold", "Platinum"];

/// Something that is done to a program.
#[derive(Debug, Clone)]
enum Step {
    Enrol,
    EnrolAgain(usize),
    Order(Said),
    Refund(usize, String, Option<i64>),
    Adjust(usize, i64),
    Reverse(usize, usize),
    Event(Event),
    Settle(usize),
    WriteRule(Rule),
    SwitchRule(usize),
    EditRule(usize, i64),
    WritePromotion(Promotion),
    SwitchPromotion(usize),
    Want(usize, usize),
    Complete(usize, Option<usize>),
    Cancel(usize),
    RunOut(usize),
    WriteReward(Reward),
    SwitchReward(usize),
    WriteTier(Tier),
    SwitchTier(usize),
    EditTier(usize, i64),
    Settings(Expiry, Climbing),
}

/// What a step came to, the same words for engine and model.
#[derive(Debug, Default, PartialEq, Eq)]
struct Came {
    /// Points that an order or event earned, or that a refund took.
    points: i64,
    is_new: bool,
}

/// What the engine did.
struct Done {
    came: Came,
    /// What was said before it.
    foreseen: Option<i64>,
    card: Option<CardId>,
    order: Option<OrderId>,
    held: Option<Held>,
}

/// A card in the engine after a step.
struct Seen {
    card: Card,
    remainders: Vec<(String, i64)>,
    buckets: Vec<Bucket>,
    entries: Vec<Entry>,
    redemptions: Vec<Redemption>,
    /// With what those of this instant were paid.
    paid: BTreeMap<String, Paid>,
    /// How many of each reward are gone.
    gone: BTreeMap<String, i64>,
}

type Job = Box<dyn FnOnce(&mut Tx<'_>, &Deed) -> Result<Done, ActionError> + Send>;

/// A sequence under way.
struct Sequence<'a> {
    shop: &'a Shop,
    seed: u64,
    random: Random,
    now: i64,
    model: Model,
    program: ProgramId,
    held: Vec<Held>,
    orders: Vec<OrderId>,
    entries: Vec<Vec<EntryId>>,
    pending_days: u32,
    log: Vec<String>,
    /// How often each thing came up.
    tally: BTreeMap<String, usize>,
}

on_both_databases! {
    /// Whatever is done in whatever order, the engine and a plain model of it agree after each step, and what was
    /// said of an order before is what it earns.
    ///
    /// Shows SR-055 (an edited rule leaves old entries as they are), SR-065 (what is foreseen is what is earned).
    async fn the_engine_does_what_a_plain_model_does(database: Database) {
        run_share(database, 0).await;
    }

    /// The second share of the sequences.
    async fn a_second_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 1).await;
    }

    /// The third share of the sequences.
    async fn a_third_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 2).await;
    }

    /// The fourth share of the sequences.
    async fn a_fourth_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 3).await;
    }

    /// The fifth share of the sequences.
    async fn a_fifth_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 4).await;
    }

    /// The sixth share of the sequences.
    async fn a_sixth_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 5).await;
    }

    /// The seventh share of the sequences.
    async fn a_seventh_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 6).await;
    }

    /// The last share of the sequences.
    async fn a_last_share_does_what_a_plain_model_does(database: Database) {
        run_share(database, 7).await;
    }
}

/// Runs one of the shares of the sequences: each is a test of its own, so that none lasts for minutes.
async fn run_share(database: Database, share: u64) {
    let shop = Shop::open(database);
    let number =
        std::env::var("BILLFOLD_SEQUENCES").map_or(SEQUENCES, |text| text.parse().expect("a number"));
    let seeds: Vec<u64> = (FIRST_SEED..FIRST_SEED + number)
        .filter(|seed| seed % SHARES == share)
        .collect();
    let run = seeds.len();
    let tallies: Vec<_> = futures_util::stream::iter(seeds)
        .map(|seed| Sequence::run(&shop, seed))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    shop.check(&[]).await;
    let mut tally = BTreeMap::new();
    for (word, count) in tallies.into_iter().flatten() {
        *tally.entry(word).or_insert(0_usize) += count;
    }
    for word in WORDS {
        let came_up = tally.get(word).copied().unwrap_or_default();
        assert!(run < ENOUGH || came_up > 0, "`{word}` never came up: {tally:?}");
    }
}

impl<'a> Sequence<'a> {
    async fn run(shop: &'a Shop, seed: u64) -> BTreeMap<String, usize> {
        let mut sequence = Self::begin(shop, seed).await;
        for number in 0..STEPS {
            let step = if number < 3 {
                Step::Enrol
            } else {
                sequence.choose()
            };
            sequence.step(step).await;
        }
        for place in 0..sequence.held.len() {
            let id = sequence.held[place].card.clone();
            let now = Time::from_millis(sequence.now);
            let rewards = sequence.reward_ids();
            let last = sequence
                .shop
                .read(move |db| Seen::read(db, &id, now, &rewards))
                .await;
            sequence.compare_card(place, &last);
            sequence.compare_rewards(place, &last);
        }
        sequence.tally
    }

    async fn begin(shop: &'a Shop, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let name = random.of(&["UTC", "Europe/Berlin", "Asia/Tehran", "America/New_York"]);
        let expiry = expiry(&mut random);
        let bonus = random.of(&[0, 10]);
        let mut program = program();
        program.time_zone = zone(name);
        let climbing = climbing(&mut random);
        program.policy = expiry.json(climbing).to_string();
        program.signup_bonus = bonus;
        let id = program.id.clone();
        shop.write(move |tx| billfold::store::programs::insert(tx, &program))
            .await;
        let model = Model::new(name.parse().expect("a zone"), expiry, climbing, bonus);
        let pending_days = random.of(&[3, 14, 40]);
        let mut sequence = Self {
            shop,
            seed,
            random,
            now: BEGIN.millis(),
            model,
            program: id,
            held: Vec::new(),
            orders: Vec::new(),
            entries: Vec::new(),
            pending_days,
            log: vec![format!("zone {name}, {expiry:?}, {climbing:?}, bonus {bonus}")],
            tally: BTreeMap::new(),
        };
        for _ in 0..sequence.random.between(0, 5) {
            let rule = sequence.rule();
            sequence.step(Step::WriteRule(rule)).await;
        }
        for _ in 0..sequence.random.between(0, 4) {
            let reward = sequence.reward();
            sequence.step(Step::WriteReward(reward)).await;
        }
        for _ in 0..sequence.random.between(0, 3) {
            let tier = sequence.tier();
            sequence.step(Step::WriteTier(tier)).await;
        }
        sequence
    }

    /// Does a step in the model and in the engine, and compares.
    async fn step(&mut self, step: Step) {
        self.now += 1 + self.random.between(0, 60_000);
        let span = self.random.between(0, 100);
        self.now += match span {
            0..45 => 0,
            45..75 => self.random.between(0, 30) * HOUR,
            75..94 => self.random.between(1, 20) * 24 * HOUR,
            _ => self.random.between(1, 7) * 30 * 24 * HOUR,
        };
        self.log.push(format!("{} {step:?}", Time::from_millis(self.now)));
        let before = self.model.clone();
        let expected = self.model_does(&step);
        let deed = self.shop.deed_at(Time::from_millis(self.now));
        let job = self.job(&step);
        let rewards = self.reward_ids();
        let did = self.shop.house.store.write(move |tx| {
            let done = job(tx, &deed)?;
            let seen = match &done.card {
                Some(card) => Some(Seen::read(tx, card, deed.now, &rewards)?),
                None => None,
            };
            Ok::<_, ActionError>((done, seen))
        });
        match (expected, did.await) {
            (Ok(expected), Ok((done, seen))) => {
                self.check(
                    done.came == expected,
                    &format!("{:?} came, not {expected:?}", done.came),
                );
                self.count(if done.came.is_new { "new" } else { "again" });
                self.take_in(&step, done, seen);
                self.count_tiers(&before);
            }
            (Err(expected), Err(error)) => {
                self.check(
                    error.code.name() == expected,
                    &format!("{error:?}, not {expected}"),
                );
                self.count(expected);
                self.model = before;
            }
            (expected, did) => {
                let did = did.map(|(done, _)| done.came);
                self.check(false, &format!("{did:?}, not {expected:?}"));
            }
        }
    }

    /// Notes what the engine made, and compares the card.
    fn take_in(&mut self, step: &Step, done: Done, seen: Option<Seen>) {
        if let Some(foreseen) = done.foreseen.filter(|_| done.came.is_new) {
            let what = format!("{foreseen} were foreseen, {} earned", done.came.points);
            self.check(foreseen == done.came.points, &what);
            self.count("foreseen");
        }
        self.orders.extend(done.order.filter(|_| done.came.is_new));
        if let Some(held) = done.held.filter(|_| matches!(step, Step::Enrol)) {
            self.held.push(held);
            self.entries.push(Vec::new());
        }
        let Some(seen) = seen else { return };
        let place = self
            .held
            .iter()
            .position(|held| held.card == seen.card.id)
            .expect("a card of ours");
        self.compare_card(place, &seen);
        self.compare_entries(place, &seen.entries);
        self.take_in_rewards(place, &seen);
        self.compare_rewards(place, &seen);
    }

    fn reward_ids(&self) -> Vec<String> {
        self.model
            .rewards
            .iter()
            .map(|reward| reward.id.clone())
            .collect()
    }

    /// Notes what the engine calls the rewards that were given just now: those that cost the same points are twins.
    fn take_in_rewards(&mut self, place: usize, seen: &Seen) {
        let own = 0..self.model.given.len();
        let is_new = |given: &crate::plain::Given| given.card == place && given.id.is_empty();
        let mut own: Vec<_> = own
            .filter(|&number| is_new(&self.model.given[number]))
            .map(|number| {
                let given = &self.model.given[number];
                let reward = self.model.rewards[given.reward].id.clone();
                ((reward, self.model.paid(given)), number)
            })
            .collect();
        own.sort();
        let known: BTreeSet<&str> = self.model.given.iter().map(|given| given.id.as_str()).collect();
        let mut theirs: Vec<_> = seen
            .redemptions
            .iter()
            .filter(|one| !known.contains(one.id.as_str()))
            .map(|one| {
                let paid = seen.paid.get(one.id.as_str()).cloned().unwrap_or_default();
                ((one.reward_id.clone(), paid), one.id.to_string())
            })
            .collect();
        theirs.sort();
        let keys = (
            own.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            theirs.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        );
        self.check(
            keys.0 == keys.1,
            &format!("card {place}: given now: engine {:?}, model {:?}", keys.1, keys.0),
        );
        for ((_, number), (_, id)) in own.into_iter().zip(theirs) {
            if self.model.given[number].is_automatic {
                self.count("stamps");
            }
            let one = seen.redemptions.iter().find(|one| one.id.as_str() == id);
            let entry = one.and_then(|one| one.entry_id.clone());
            if let (Some(taken), Some(entry)) = (self.model.given[number].entry, entry) {
                // Of twins each has its own entry.
                self.entries[place][taken] = entry;
            }
            self.model.given[number].id = id;
        }
    }

    fn compare_rewards(&mut self, place: usize, seen: &Seen) {
        let mut theirs: Vec<_> = seen
            .redemptions
            .iter()
            .map(|one| {
                let used_for = one.used_for.as_ref();
                (
                    one.id.to_string(),
                    one.state.clone(),
                    one.cost.get(),
                    one.origin == "automatic",
                    one.expires_at.map(Time::millis),
                    used_for.and_then(|id| self.orders.iter().position(|known| known == id)),
                )
            })
            .collect();
        theirs.sort();
        let own = self.model.given.iter().filter(|given| given.card == place);
        let mut own: Vec<_> = own
            .map(|given| {
                (
                    given.id.clone(),
                    given.state.to_owned(),
                    given.cost,
                    given.is_automatic,
                    given.expires,
                    given.used_for,
                )
            })
            .collect();
        own.sort();
        self.check(
            own == theirs,
            &format!("card {place}: rewards: engine {theirs:?}, model {own:?}"),
        );
        for (_, state, ..) in &own {
            self.count(state);
        }
        for (number, reward) in self.model.rewards.iter().enumerate() {
            let theirs = seen.gone.get(&reward.id).copied().unwrap_or_default();
            let own = i64::try_from(self.model.gone(number)).expect("few");
            self.check(
                reward.stock.is_none() || own == theirs,
                &format!(
                    "stock of {}: {theirs} are gone in the engine, {own} in the model",
                    reward.id
                ),
            );
        }
    }

    /// Counts what tiers did.
    fn count_tiers(&mut self, before: &Model) {
        for place in 0..self.model.cards.len() {
            let had = before.cards.get(place).and_then(|card| card.tier.as_deref());
            let card = &self.model.cards[place];
            let needs = self.model.tier_of(place).map_or(0, |tier| tier.threshold);
            let word = match card.tier.as_deref() {
                Some(_) if needs > card.progress => "by grace",
                None if had.is_some() => "falls",
                Some(has) if had != Some(has) => "climbs",
                _ => continue,
            };
            self.count(word);
        }
    }

    fn compare_card(&mut self, place: usize, seen: &Seen) {
        let card = &self.model.cards[place];
        let own = (
            card.balance,
            self.model.pending(place),
            card.remainder,
            card.orders,
            card.wake,
        );
        let theirs = (
            seen.card.balance.get(),
            seen.card.pending.get(),
            seen.card.remainder,
            seen.card.orders,
            seen.card.due_at.map(Time::millis),
        );
        self.check(
            own == theirs,
            &format!(
                "card {place}: balance, pending, remainder, orders, due: engine {theirs:?}, model {own:?}"
            ),
        );
        let own = (&card.tier, card.until, card.progress, card.version);
        let theirs = (
            &seen.card.tier_id,
            seen.card.tier_until.map(Time::millis),
            seen.card.tier_progress,
            seen.card.version,
        );
        self.check(
            own == theirs,
            &format!("card {place}: tier, until, progress, version: engine {theirs:?}, model {own:?}"),
        );
        let filled = |list: &mut dyn Iterator<Item = (String, i64)>| -> BTreeMap<String, i64> {
            list.filter(|(_, remainder)| *remainder != 0).collect()
        };
        let own = filled(&mut card.remainders.clone().into_iter());
        let theirs = filled(&mut seen.remainders.iter().cloned());
        self.check(
            own == theirs,
            &format!("card {place}: remainders: engine {theirs:?}, model {own:?}"),
        );
        let mut own = BTreeMap::new();
        for lot in card.lots.iter().filter(|lot| lot.left > 0) {
            let from = lot.is_pending.then_some(lot.active_from);
            *own.entry((from, lot.expires)).or_insert(0) += lot.left;
        }
        let mut theirs = BTreeMap::new();
        for bucket in &seen.buckets {
            let from = bucket.is_pending.then_some(bucket.active_from.millis());
            let expires = bucket.expires_at.map(Time::millis);
            *theirs.entry((from, expires)).or_insert(0) += bucket.remaining.get();
        }
        self.check(
            own == theirs,
            &format!("card {place}: lots by start and expiry: engine {theirs:?}, model {own:?}"),
        );
        let active: i64 = card
            .lots
            .iter()
            .filter(|lot| !lot.is_pending)
            .map(|lot| lot.left)
            .sum();
        self.check(
            (0..=card.balance.max(0)).contains(&active),
            &format!("card {place}: {active} active points of {}", card.balance),
        );
        if card.balance < 0 {
            self.count("below zero");
        }
    }

    /// The entries of this step, and which of the model's they are.
    fn compare_entries(&mut self, place: usize, seen: &[Entry]) {
        let known: BTreeSet<&EntryId> = self.entries[place].iter().collect();
        let order_of = |entry: &Entry| {
            let id = entry.order_id.as_ref()?;
            self.orders.iter().position(|known| known == id)
        };
        let mut theirs: Vec<_> = seen
            .iter()
            .filter(|entry| !known.contains(&entry.id))
            .map(|entry| {
                let key = (
                    entry.kind.as_str(),
                    entry.points.get(),
                    order_of(entry),
                    entry.term_id.clone(),
                );
                (key, entry.id.clone())
            })
            .collect();
        theirs.sort();
        let made = self.entries[place].len();
        let mut own: Vec<_> = (made..self.model.cards[place].entries.len())
            .map(|number| {
                let entry = &self.model.cards[place].entries[number];
                // A reversal names the order and term of what it undoes.
                (
                    (entry.kind, entry.points, entry.order, entry.term.clone()),
                    number,
                )
            })
            .collect();
        own.sort();
        let keys = |list: Vec<&(&str, i64, Option<usize>, Option<String>)>| format!("{list:?}");
        let (left, right) = (
            keys(theirs.iter().map(|(key, _)| key).collect()),
            keys(own.iter().map(|(key, _)| key).collect()),
        );
        self.check(
            left == right,
            &format!("card {place}: entries: engine {left}, model {right}"),
        );
        let mut ids: Vec<(usize, EntryId)> = own
            .iter()
            .zip(theirs)
            .map(|((_, number), (_, id))| (*number, id))
            .collect();
        ids.sort();
        let is_of_tier = |term: &Option<String>| term.as_ref().is_some_and(|id| id.starts_with("tier"));
        let kinds: Vec<&str> = own
            .iter()
            .flat_map(|((kind, _, _, term), _)| [Some(*kind), is_of_tier(term).then_some("of a tier")])
            .flatten()
            .collect();
        self.entries[place].extend(ids.into_iter().map(|(_, id)| id));
        for kind in kinds {
            self.count(kind);
        }
    }

    /// A sequence that fails says how to repeat it.
    fn check(&self, is_so: bool, what: &str) {
        assert!(
            is_so,
            "seed {}: {what}\nafter:\n{}",
            self.seed,
            self.log.join("\n")
        );
    }

    fn count(&mut self, word: &str) {
        *self.tally.entry(word.to_owned()).or_default() += 1;
    }

    // --- what is done ------------------------------------------------------------------------------------------

    fn model_does(&mut self, step: &Step) -> Result<Came, Refused> {
        let (model, now) = (&mut self.model, self.now);
        let fresh = Came {
            points: 0,
            is_new: true,
        };
        let came = |points, is_new| Ok(Came { points, is_new });
        match step {
            Step::Enrol => model.enrol(now),
            Step::EnrolAgain(_) => return came(0, false),
            Step::Order(said) => {
                return model
                    .order(said, now)
                    .and_then(|(earned, is_new)| came(earned, is_new));
            }
            Step::Refund(order, name, amount) => {
                let (points, is_new) = model.refund(*order, name, *amount, now)?;
                return came(points, is_new);
            }
            Step::Adjust(card, points) => model.adjust(*card, *points, now)?,
            Step::Reverse(card, place) => model.reverse(*card, *place, now)?,
            Step::Event(event) => {
                let earned = model.event(event, now)?;
                return came(earned.unwrap_or_default(), earned.is_some());
            }
            Step::Settle(card) => return came(0, model.settle(*card, now)),
            Step::WriteRule(rule) => model.rules.push(rule.clone()),
            Step::SwitchRule(place) => model.rules[*place].is_active ^= true,
            Step::EditRule(place, points) => model.rules[*place].points = *points,
            Step::WritePromotion(promotion) => model.promotions.push(promotion.clone()),
            Step::SwitchPromotion(place) => model.promotions[*place].is_active ^= true,
            Step::Want(card, reward) => model.want(*card, *reward, now)?,
            Step::Complete(place, order) => model.complete(*place, *order, now)?,
            Step::Cancel(place) => model.cancel(*place, now)?,
            Step::RunOut(place) => return came(0, model.run_out(*place, now)),
            Step::WriteReward(reward) => model.rewards.push(reward.clone()),
            Step::SwitchReward(place) => model.rewards[*place].is_active ^= true,
            Step::WriteTier(tier) => model.tiers.push(tier.clone()),
            Step::SwitchTier(place) => model.tiers[*place].is_active ^= true,
            Step::EditTier(place, threshold) => model.tiers[*place].threshold = *threshold,
            Step::Settings(expiry, climbing) => (model.expiry, model.climbing) = (*expiry, *climbing),
        }
        Ok(fresh)
    }

    fn job(&self, step: &Step) -> Job {
        match step {
            Step::Enrol | Step::EnrolAgain(_) => {
                let program = self.program.clone();
                let place = if let Step::EnrolAgain(place) = step {
                    *place
                } else {
                    self.held.len()
                };
                let enrolment = Enrolment {
                    external_id: Some(format!("member-{place}")),
                    ..Enrolment::default()
                };
                Box::new(move |tx, deed| {
                    let enrolled = enrol(tx, deed, &program, &enrolment)?;
                    let held = Held {
                        member: enrolled.member.id,
                        card: enrolled.sheet.card.id,
                    };
                    Ok(Done {
                        held: Some(held.clone()),
                        ..Done::of(0, enrolled.is_new, &held.card)
                    })
                })
            }
            Step::Order(said) => {
                let new = self.new_order(said);
                Box::new(move |tx, deed| {
                    let foreseen = simulate_order(tx, &deed.house, None, &new, deed.now)?;
                    let recorded = record_order(tx, deed, &new)?;
                    Ok(Done {
                        foreseen: Some(foreseen.total.get()),
                        order: Some(recorded.order.id),
                        ..Done::of(
                            recorded.order.earned.get(),
                            recorded.is_new,
                            &recorded.sheet.card.id,
                        )
                    })
                })
            }
            Step::Refund(order, name, amount) => {
                let id = self.orders[*order].clone();
                let new = NewRefund {
                    external_id: Some(name.clone()),
                    amount: amount.map(|minor| Money::new(minor, euro()).expect("an amount")),
                    lines: Vec::new(),
                    reason: String::new(),
                };
                Box::new(move |tx, deed| {
                    let refunded = refund_order(tx, deed, &id, &new)?;
                    let points = i64::from(refunded.is_new) * refunded.refund.points.get();
                    Ok(Done::of(points, refunded.is_new, &refunded.sheet.card.id))
                })
            }
            Step::Adjust(card, points) => {
                let (member, points) = (self.held[*card].member.clone(), *points);
                Box::new(move |tx, deed| {
                    let moved = adjust_points(tx, deed, &member, points, "a test")?;
                    Ok(Done::of(0, true, &moved.sheet.card.id))
                })
            }
            Step::Reverse(card, place) => {
                let id = self.entries[*card][*place].clone();
                Box::new(move |tx, deed| {
                    let moved = reverse_entry(tx, deed, &id)?;
                    Ok(Done::of(0, true, &moved.sheet.card.id))
                })
            }
            Step::Event(event) => {
                let new = self.new_event(event);
                Box::new(move |tx, deed| {
                    let recorded = record_event(tx, deed, &new)?;
                    let points = if recorded.is_new {
                        recorded.event.earned.get()
                    } else {
                        0
                    };
                    Ok(Done::of(points, recorded.is_new, &recorded.sheet.card.id))
                })
            }
            Step::Settle(card) => {
                let id = self.held[*card].card.clone();
                Box::new(move |tx, deed| Ok(Done::of(0, settle_points(tx, deed, &id)?, &id)))
            }
            Step::Want(..) | Step::Complete(..) | Step::Cancel(_) | Step::RunOut(_) => {
                self.job_of_rewards(step)
            }
            _ => self.job_of_terms(step),
        }
    }

    fn job_of_rewards(&self, step: &Step) -> Job {
        let id_of = |place: usize| self.model.given[place].id.parse().expect("an id");
        let settle = |place: usize, settling: Settling| -> Job {
            let id = id_of(place);
            Box::new(move |tx, deed| {
                let handed = settle_redemption(tx, deed, &id, &settling)?;
                Ok(Done::of(0, true, &handed.sheet.card.id))
            })
        };
        match step {
            Step::Want(card, reward) => {
                let member = self.held[*card].member.clone();
                let reward: RewardId = self.model.rewards[*reward].id.parse().expect("an id");
                Box::new(move |tx, deed| {
                    let handed = issue_reward(tx, deed, &member, &reward)?;
                    Ok(Done::of(0, true, &handed.sheet.card.id))
                })
            }
            Step::Complete(place, order) => {
                let order = order.map(|number| self.orders[number].clone());
                settle(*place, Settling::Complete(order))
            }
            Step::Cancel(place) => settle(*place, Settling::Cancel),
            Step::RunOut(place) => {
                let (id, card) = (
                    id_of(*place),
                    self.held[self.model.given[*place].card].card.clone(),
                );
                Box::new(move |tx, deed| Ok(Done::of(0, expire_redemption(tx, deed, &id)?, &card)))
            }
            _ => unreachable!("a step for rewards"),
        }
    }

    /// What the people of the program write.
    fn job_of_terms(&self, step: &Step) -> Job {
        let program = self.program.clone();
        let insert = |kind: &'static str, id: String, body: serde_json::Value| -> Job {
            Box::new(move |tx, deed| {
                let mut term = term(&program, kind, deed.now, &body);
                term.id = id;
                terms::insert(tx, &term, "test")?;
                Ok(Done::of_terms())
            })
        };
        let edit = |id: String, is_active: bool, body: serde_json::Value| -> Job {
            Box::new(move |tx, _| {
                let mut term = terms::lock(tx, &id)?;
                let body = body.to_string();
                let is_new_version = body != term.body;
                term.version += 1;
                (term.is_active, term.body) = (is_active, body);
                terms::update(tx, &term, is_new_version, "test")?;
                Ok(Done::of_terms())
            })
        };
        match step {
            Step::WriteRule(rule) => insert("rule", rule.id.clone(), rule.json()),
            Step::WritePromotion(one) => insert("promotion", one.id.clone(), one.json()),
            Step::WriteReward(reward) => insert("reward", reward.id.clone(), reward.json()),
            Step::SwitchReward(place) => {
                let reward = &self.model.rewards[*place];
                edit(reward.id.clone(), reward.is_active, reward.json())
            }
            Step::WriteTier(tier) => insert("tier", tier.id.clone(), tier.json()),
            Step::SwitchTier(place) | Step::EditTier(place, _) => {
                let tier = &self.model.tiers[*place];
                edit(tier.id.clone(), tier.is_active, tier.json())
            }
            Step::SwitchRule(place) | Step::EditRule(place, _) => {
                let rule = &self.model.rules[*place];
                edit(rule.id.clone(), rule.is_active, rule.json())
            }
            Step::SwitchPromotion(place) => {
                let one = &self.model.promotions[*place];
                edit(one.id.clone(), one.is_active, one.json())
            }
            Step::Settings(expiry, climbing) => {
                let policy = serde_json::from_value(expiry.json(*climbing)).expect("a policy");
                let (id, change) = (
                    self.program.clone(),
                    ProgramChange {
                        policy: Some(policy),
                        ..ProgramChange::default()
                    },
                );
                Box::new(move |tx, deed| {
                    change_program(tx, deed, &id, None, change)?;
                    Ok(Done::of_terms())
                })
            }
            _ => unreachable!("a step for cards"),
        }
    }

    fn new_order(&self, said: &Said) -> NewOrder {
        let line = |(category, quantity, minor): &(&str, i64, Option<i64>)| Line {
            sku: None,
            category: Some((*category).to_owned()),
            quantity: *quantity,
            amount_minor: *minor,
            is_excluded: false,
        };
        NewOrder {
            source: "till".to_owned(),
            external_id: said.name.clone(),
            holder: Holder::Member(self.held[said.card].member.clone()),
            total_minor: said.total,
            currency: said.is_foreign.then(|| "JPY".parse().expect("a currency")),
            paid_at: said.paid_at.map(Time::from_millis),
            lines: said.lines.iter().map(line).collect(),
            location: None,
            channel: said.channel.map(str::to_owned),
        }
    }

    fn new_event(&self, event: &Event) -> NewEvent {
        NewEvent {
            source: "door".to_owned(),
            external_id: event.name.clone(),
            holder: Holder::Member(self.held[event.card].member.clone()),
            kind: event.kind.to_owned(),
            happened_at: None,
            data: json!({}),
        }
    }

    // --- what is chosen ----------------------------------------------------------------------------------------

    fn choose(&mut self) -> Step {
        let card = self.random.place(self.held.len());
        let (orders, entries) = (self.orders.len(), self.entries[card].len());
        let (rules, promotions) = (self.model.rules.len(), self.model.promotions.len());
        let tiers = self.model.tiers.len();
        if self.random.is(16) {
            return self.choose_reward(card);
        }
        if self.random.is(3) {
            return match self.random.between(0, 3) {
                0 if tiers < TIERS.len() => Step::WriteTier(self.tier()),
                1 if tiers > 0 => Step::SwitchTier(self.random.place(tiers)),
                2 if tiers > 0 => {
                    let place = self.random.place(tiers);
                    Step::EditTier(place, self.threshold(place))
                }
                _ => Step::Settings(self.model.expiry, climbing(&mut self.random)),
            };
        }
        match self.random.between(0, 100) {
            30..45 if orders > 0 => self.choose_refund(),
            45..58 => {
                let points = self.random.of(&[-200, -60, -30, -12, -7, -1, 0, 1, 5, 20, 50]);
                Step::Adjust(card, points)
            }
            58..67 if entries > 0 => Step::Reverse(card, self.random.place(entries)),
            67..77 => self.choose_event(card),
            77..86 => Step::Settle(card),
            86..88 if self.held.len() < 5 => Step::Enrol,
            88..90 => Step::EnrolAgain(card),
            90..92 if rules < 8 => Step::WriteRule(self.rule()),
            92..94 if rules > 0 => Step::SwitchRule(self.random.place(rules)),
            94..95 if rules > 0 => Step::EditRule(self.random.place(rules), self.random.between(1, 6)),
            95..97 if promotions < 4 => Step::WritePromotion(self.promotion()),
            97..98 if promotions > 0 => Step::SwitchPromotion(self.random.place(promotions)),
            98..100 => Step::Settings(expiry(&mut self.random), self.model.climbing),
            _ => self.choose_order(card),
        }
    }

    fn choose_reward(&mut self, card: usize) -> Step {
        let (rewards, given) = (self.model.rewards.len(), self.model.given.len());
        let issued: Vec<usize> = (0..given)
            .filter(|&place| self.model.given[place].state == "issued")
            .collect();
        let any = |random: &mut Random| {
            if issued.is_empty() || random.is(15) {
                random.place(given)
            } else {
                random.of(&issued)
            }
        };
        match self.random.between(0, 12) {
            0 if rewards < 3 => Step::WriteReward(self.reward()),
            1 if rewards > 0 => Step::SwitchReward(self.random.place(rewards)),
            2..5 if given > 0 => {
                let place = any(&mut self.random);
                let orders = self.orders.len();
                let order = (orders > 0 && self.random.is(60)).then(|| self.random.place(orders));
                Step::Complete(place, order)
            }
            5..7 if given > 0 => Step::Cancel(any(&mut self.random)),
            7..9 if given > 0 => Step::RunOut(any(&mut self.random)),
            _ if rewards > 0 => Step::Want(card, self.random.place(rewards)),
            _ => self.choose_order(card),
        }
    }

    fn choose_order(&mut self, card: usize) -> Step {
        if self.random.is(12) && !self.model.orders.is_empty() {
            let place = self.random.place(self.model.orders.len());
            let mut said = self.model.orders[place].said.clone();
            if self.random.is(30) {
                said.total += 1;
            }
            return Step::Order(said);
        }
        let random = &mut self.random;
        let lines = if random.is(40) { 0 } else { random.between(1, 4) };
        let line = |random: &mut Random| {
            let category = random.of(&["cake", "tea", EXCLUDED]);
            let minor = (!random.is(10)).then(|| random.between(0, 2_500));
            (category, random.between(0, 4), minor)
        };
        let lines: Vec<_> = (0..lines).map(|_| line(random)).collect();
        let sum = lines.iter().map(|(_, _, minor)| minor.unwrap_or_default()).sum();
        let total = match random.between(0, 20) {
            0 => 0,
            1 => -5,
            2..5 => 99,
            5..12 if sum > 0 => sum,
            _ => random.between(1, 6_000),
        };
        let paid_at = match random.between(0, 10) {
            0 => Some(self.now - random.between(0, 80) * HOUR),
            1 => Some(self.now + random.between(0, 30) * HOUR),
            _ => None,
        };
        Step::Order(Said {
            card,
            name: format!("order-{}", self.log.len()),
            total,
            is_foreign: random.is(2),
            lines,
            channel: random.of(&[None, Some("app"), Some("till")]),
            paid_at,
        })
    }

    fn choose_refund(&mut self) -> Step {
        let number = self.random.place(self.orders.len());
        let order = &self.model.orders[number];
        let left = order.said.total - order.refunded;
        if !order.refunds.is_empty() && self.random.is(25) {
            let (name, minor) = self.random.of(&order.refunds);
            let amount = self.random.of(&[None, Some(minor), Some(minor + 1)]);
            return Step::Refund(number, name, amount);
        }
        let amount = match self.random.between(0, 10) {
            0..3 => None,
            3 => Some(left + 1),
            4 => Some(0),
            _ => Some(self.random.between(1, left.max(1) + 1)),
        };
        Step::Refund(number, format!("refund-{}", self.log.len()), amount)
    }

    fn choose_event(&mut self, card: usize) -> Step {
        if self.random.is(20) && !self.model.events.is_empty() {
            let place = self.random.place(self.model.events.len());
            let mut event = self.model.events[place].clone();
            if self.random.is(30) {
                event.kind = "another";
            }
            return Step::Event(event);
        }
        let kind = self.random.of(&["check_in", "check_in", "review"]);
        Step::Event(Event {
            card,
            name: format!("event-{}", self.log.len()),
            kind,
        })
    }

    fn rule(&mut self) -> Rule {
        let random = &mut self.random;
        let pending_days = random.of(&[0, 0, self.pending_days]);
        let limit = |times, points, within| {
            Some(Limit {
                times,
                points,
                within,
            })
        };
        let mut rule = Rule {
            id: format!("rule_{:010}_{:015}", self.seed, self.now),
            is_active: true,
            event: None,
            category: None,
            channel: None,
            minimum: None,
            every: None,
            points: random.between(1, 6),
            per: Per::Time,
            limit: None,
            budget: None,
            spent: 0,
            group: None,
            tier: None,
            pending_days,
        };
        match random.between(0, 10) {
            0 => (rule.category, rule.per) = (Some("cake"), Per::Spend(random.of(&[100, 250, 5_000]))),
            1 => (rule.category, rule.per) = (Some("tea"), Per::Item),
            2 => {
                let within = random.of(&[
                    Within::Day,
                    Within::Week,
                    Within::Month,
                    Within::Days(3),
                    Within::Ever,
                ]);
                rule.limit = limit(Some(random.between(1, 4)), None, within);
            }
            3 => (rule.event, rule.limit) = (Some("check_in"), limit(Some(1), None, Within::Day)),
            4 => (rule.event, rule.budget) = (Some("review"), Some(12)),
            5 => (rule.minimum, rule.points, rule.group) = (Some(1_000), 9, Some("best")),
            6 => (rule.per, rule.group, rule.channel) = (Per::Item, Some("best"), Some("app")),
            7 => (rule.per, rule.budget) = (Per::Spend(random.of(&[50, 333])), Some(random.between(20, 150))),
            8 => (rule.every, rule.channel) = (Some(3), random.of(&[None, Some("till")])),
            _ => (rule.per, rule.limit) = (Per::Spend(70), limit(None, Some(25), Within::Month)),
        }
        if random.is(12) {
            rule.tier = Some(random.of(&TIERS));
        }
        if random.is(10) {
            rule.event = Some("sign_up");
            (rule.category, rule.channel, rule.minimum, rule.every) = (None, None, None, None);
            rule.per = Per::Time;
        }
        rule
    }

    /// A reward; no more than one of a program is given by itself.
    fn reward(&mut self) -> Reward {
        let has_automatic = self.model.rewards.iter().any(|reward| reward.is_automatic);
        let random = &mut self.random;
        let is_automatic = !has_automatic && random.is(40);
        let times = random.of(&[1, 2, 4]);
        let within = random.of(&[
            Within::Day,
            Within::Week,
            Within::Month,
            Within::Days(5),
            Within::Ever,
        ]);
        Reward {
            id: RewardId::new(Time::from_millis(self.now)).into(),
            is_active: true,
            is_automatic,
            cost: if is_automatic {
                random.of(&[20, 45])
            } else {
                random.of(&[0, 7, 15, 30])
            },
            stock: random.of(&[None, Some(2), Some(5)]),
            limit: random.is(50).then_some((times, within)),
            valid_days: random.of(&[None, Some(1), Some(10)]),
        }
    }

    fn tier(&mut self) -> Tier {
        let place = self.model.tiers.len();
        Tier {
            id: format!("tier_{:010}_{:015}", self.seed, self.now),
            name: TIERS[place],
            is_active: true,
            threshold: self.threshold(place),
            percent: self.random.of(&[None, Some(120), Some(150), Some(250)]),
        }
    }

    /// How much a tier needs: never as much as another one.
    fn threshold(&mut self, place: usize) -> i64 {
        let most = match self.model.climbing.by {
            Basis::Points => 50,
            Basis::Spend => 5_000,
            Basis::Visits => 2,
        };
        let thirds = if self.random.is(15) {
            0
        } else {
            self.random.between(0, most)
        };
        3 * thirds + i64::try_from(place).expect("few")
    }

    fn promotion(&mut self) -> Promotion {
        let random = &mut self.random;
        let from = self.now + random.between(-5, 5) * 24 * HOUR;
        Promotion {
            id: format!("term_{:010}_{:015}", self.seed, self.now),
            is_active: true,
            percent: random.of(&[None, Some(200), Some(150), Some(300)]),
            add: random.between(1, 8),
            from,
            until: from + random.between(1, 90) * 24 * HOUR,
            budget: random.of(&[None, Some(40)]),
            spent: 0,
        }
    }
}

fn climbing(random: &mut Random) -> Climbing {
    Climbing {
        by: random.of(&[Basis::Points, Basis::Spend, Basis::Visits]),
        within: random.of(&[
            Span::Year,
            Span::Days(1),
            Span::Days(7),
            Span::Days(30),
            Span::Days(90),
            Span::Ever,
        ]),
        grace_days: random.of(&[0, 1, 10, 40]),
    }
}

fn expiry(random: &mut Random) -> Expiry {
    random.of(&[
        Expiry::Never,
        Expiry::Days(1),
        Expiry::Days(30),
        Expiry::Months(3),
        Expiry::YearEnd(0),
        Expiry::Inactive(20),
        Expiry::Inactive(90),
    ])
}

impl Done {
    fn of(points: i64, is_new: bool, card: &CardId) -> Self {
        Self {
            card: Some(card.clone()),
            came: Came { points, is_new },
            ..Self::of_terms()
        }
    }

    fn of_terms() -> Self {
        Self {
            came: Came {
                points: 0,
                is_new: true,
            },
            foreseen: None,
            card: None,
            order: None,
            held: None,
        }
    }
}

impl Seen {
    fn read(db: &mut Db, id: &CardId, now: Time, rewards: &[String]) -> Result<Self, StoreError> {
        let card = cards::get(db, id)?;
        let entries = entries::list_by_member(db, &card.member_id, None, 60)?;
        let redemptions = redemptions::list_by_cards(db, std::slice::from_ref(id), None, 1_000)?;
        let mut paid = BTreeMap::new();
        for one in redemptions.iter().filter(|one| one.issued_at == now) {
            if let Some(entry) = &one.entry_id {
                paid.insert(one.id.to_string(), read_paid(db, entry)?);
            }
        }
        let rewards: Vec<&str> = rewards.iter().map(String::as_str).collect();
        let totals = standings::list_totals(db, &rewards)?.into_iter();
        Ok(Self {
            redemptions,
            paid,
            gone: totals.map(|total| (total.term_id, total.times)).collect(),
            remainders: standings::list_remainders(db, id)?
                .into_iter()
                .map(|(term, carried)| (term, carried.remainder))
                .collect(),
            buckets: buckets::list_filled(db, id)?,
            entries: entries
                .into_iter()
                .filter(|entry| entry.created_at == now)
                .collect(),
            card,
        })
    }
}

fn read_paid(db: &mut Db, entry: &EntryId) -> Result<Paid, StoreError> {
    let mut paid = Paid::new();
    for (id, points) in buckets::list_uses(db, entry)? {
        let bucket = buckets::get(db, &id)?;
        let expires = bucket.expires_at.map(Time::millis);
        paid.push((bucket.created_at.millis(), bucket.term_id, expires, points.get()));
    }
    paid.sort();
    Ok(paid)
}
