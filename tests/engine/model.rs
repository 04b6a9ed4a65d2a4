//! The engine against the plain model: deeds by chance, and after each of them both must agree.

use std::collections::{BTreeMap, BTreeSet};

use billfold::actions::ActionError;
use billfold::store::StoreError;
use billfold::store::entries::Entry;
use billfold::types::{EntryId, OrderId, ProgramId, RuleId, Time};
use futures_util::StreamExt as _;

use crate::house::{Database, on_both_databases};
use crate::plain::{Challenge, Climbing, Event, Expiry, Model, Promotion, Reward, Rule, Said, Tier};
use crate::random::Random;
use crate::shop::{BEGIN, Held, Shop, program, zone};

mod choices;
mod jobs;
mod seen;

use choices::{climbing, expiry};
use jobs::Done;
use seen::Seen;

/// Tests that share the sequences of a run.
const SHARES: u64 = 8;
/// Sequences of one test in which each of the words comes up.
const ENOUGH: usize = 60;
/// What comes up in the sequences.
const WORDS: [&str; 40] = [
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
    "transfer_in",
    "transfer_out",
    "limit_reached",
    "merge",
    "member_merged",
    "won",
    "given",
    "fallen",
];
/// Sequences of all tests, if `BILLFOLD_SEQUENCES` does not say another number.
const SEQUENCES: u64 = 50;
/// Steps of a sequence.
const STEPS: usize = 50;
/// Sequences under way at once, so that they share commits.
const AT_ONCE: usize = 12;
/// The first seed, if `BILLFOLD_SEED` does not say another; each sequence has the next one.
const FIRST_SEED: u64 = 20_261_118;
const HOUR: i64 = 3_600_000;
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
    Transfer(usize, usize, i64),
    Join(usize, usize),
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
    WriteChallenge(Challenge),
    SwitchChallenge(usize),
    WriteTier(Tier),
    SwitchTier(usize),
    EditTier(usize, i64),
    Settings(Expiry, Climbing),
}

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
    let number = |name: &str, default| {
        std::env::var(name).map_or(default, |text| text.parse::<u64>().expect("a number"))
    };
    let first = number("BILLFOLD_SEED", FIRST_SEED);
    let seeds: Vec<u64> = (first..first + number("BILLFOLD_SEQUENCES", SEQUENCES))
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
        for _ in 0..sequence.random.between(0, 4) {
            let reward = sequence.reward();
            sequence.step(Step::WriteReward(reward)).await;
        }
        for _ in 0..sequence.random.between(0, 5) {
            let rule = sequence.rule();
            sequence.step(Step::WriteRule(rule)).await;
        }
        for _ in 0..sequence.random.between(0, 3) {
            let challenge = sequence.challenge();
            sequence.step(Step::WriteChallenge(challenge)).await;
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
            let seen = done.cards.iter();
            let seen = seen.map(|card| Seen::read(tx, card, deed.now, &rewards));
            let seen: Result<Vec<Seen>, StoreError> = seen.collect();
            Ok::<_, ActionError>((done, seen?))
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
                self.count_wins(&before);
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
    fn take_in(&mut self, step: &Step, done: Done, seen: Vec<Seen>) {
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
        for seen in seen {
            let place = self
                .held
                .iter()
                .position(|held| held.card == seen.card.id)
                .expect("a card of ours");
            self.compare_card(place, &seen);
            self.compare_entries(place, &seen);
            self.take_in_rewards(place, &seen);
            self.compare_rewards(place, &seen);
        }
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
                let given_by = given.source.clone();
                ((reward, self.model.paid(given), given_by), number)
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
                let place = seen.won.get(one.id.as_str());
                let is_given = one.origin.starts_with(RuleId::PREFIX) || place.is_some();
                let given_by = is_given.then(|| one.origin.clone());
                ((one.reward_id.clone(), paid, given_by), place, one.id.to_string())
            })
            .collect();
        // Those that one challenge gave fall in the order in which they were won.
        theirs.sort();
        let theirs: Vec<_> = theirs.into_iter().map(|(key, _, id)| (key, id)).collect();
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
            if self.model.given[number].source.is_some() {
                self.count("given");
            }
            let one = seen.redemptions.iter().find(|one| one.id.as_str() == id);
            let entry = one.and_then(|one| one.entry_id.clone());
            if let (Some((owner, taken)), Some(entry)) = (self.model.given[number].entry, entry) {
                // Of twins each has its own entry.
                self.entries[owner][taken] = entry;
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

    /// Counts what was won, and what was taken back of it.
    fn count_wins(&mut self, before: &Model) {
        for (word, was, is) in [
            ("won", before.won().0, self.model.won().0),
            ("fallen", before.won().1, self.model.won().1),
        ] {
            if is > was {
                self.count(word);
            }
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
    fn compare_entries(&mut self, place: usize, seen: &Seen) {
        let known: BTreeSet<&EntryId> = self.entries[place].iter().collect();
        let order_of = |entry: &Entry| {
            let id = entry.order_id.as_ref()?;
            self.orders.iter().position(|known| known == id)
        };
        let mut theirs: Vec<_> = seen
            .entries
            .iter()
            .filter(|entry| !known.contains(&entry.id))
            .map(|entry| {
                let key = (
                    entry.kind.as_str(),
                    entry.points.get(),
                    order_of(entry),
                    entry.term_id.clone(),
                );
                // What one challenge gave falls in the order in which it was won.
                (key, seen.won.get(entry.id.as_str()), entry.id.clone())
            })
            .collect();
        theirs.sort();
        let theirs: Vec<_> = theirs.into_iter().map(|(key, _, id)| (key, id)).collect();
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
}
