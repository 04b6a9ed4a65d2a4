//! Tells phones: one push for each distinct token and pass type, however many of their cards changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, join_all, ready};
use futures_util::stream::FuturesUnordered;
use uuid::Uuid;

use super::backoff::next_try;
use super::dispatcher::{Parts, settle_as_they_end, settled_after, settlement, write_patiently};
use super::wrong_tokens::{self, Address, Judgement};
use crate::actions::ActionError;
use crate::actions::forget_phones::{DeadToken, forget_phones};
use crate::apple::apns::{Push, Reason, Verdict};
use crate::store::Tx;
use crate::store::deliveries::{self, Delivery, Ending, TOLD};
use crate::store::devices::{self, Target};
use crate::store::passes::{self, Pass, PassAt};
use crate::types::{CardId, PassId, Time, Wallet};

/// How long Apple keeps a notice for a phone that is away: a day.
const KEEP_MS: i64 = 86_400_000;
/// How long a push rests that Apple refuses as wrong by our fault: a day, or until the next start.
const MISTAKE_REST: Duration = Duration::from_hours(24);
/// Longest rest of a phone whose token is in doubt.
const DOUBT_REST_MAX: Duration = Duration::from_hours(1);
/// Why a pass type rests of which many tokens in a row are refused.
const MANY_WRONG: &str = "many push tokens in a row are refused: is the certificate of this very pass type?";

/// What became of one push.
#[derive(Debug, Clone)]
enum Tried {
    /// Apple answered, or the connection did.
    Answered(Verdict),
    /// It was not sent: its pass type rests.
    Rested(String),
    /// It was not sent: the token was called wrong before, and was.
    Condemned(Time),
}

type Trying = Shared<BoxFuture<'static, Tried>>;

/// Sends a leased batch and settles it.
pub(super) async fn send(parts: Arc<Parts>, leased: Vec<Delivery>) -> Result<(), ActionError> {
    let soon = settled_after(&leased);
    let cards: Vec<CardId> = leased.iter().map(|delivery| delivery.card_id.clone()).collect();
    let (targets, passes) = parts
        .house
        .store
        .read(move |db| {
            let targets = devices::list_targets(db, &cards)?;
            Ok::<_, ActionError>((targets, passes::list_by_cards(db, Wallet::Apple, &cards)?))
        })
        .await?;
    let mut by_card = HashMap::<CardId, Vec<Target>>::new();
    for target in targets {
        by_card
            .entry(target.registration.card_id.clone())
            .or_default()
            .push(target);
    }
    let fetched: HashMap<CardId, i64> = newest_fetched(&passes);
    let now = parts.house.now();
    let mut pushed = HashMap::<Address, Trying>::new();
    let ending = FuturesUnordered::new();
    for delivery in leased {
        let targets = by_card.remove(&delivery.card_id).unwrap_or_default();
        let seen = fetched.get(&delivery.card_id).copied().unwrap_or(0);
        let tried: Vec<(Target, Trying)> = plan(&parts, &delivery, targets, seen)
            .into_iter()
            .map(|target| {
                let push = pushed
                    .entry(address(&target))
                    .or_insert_with_key(|address| start_push(&parts, address, now));
                (target, push.clone())
            })
            .collect();
        ending.push(finish(delivery, tried));
    }
    settle_as_they_end(ending, soon, move |sent| {
        Box::pin(settle(Arc::clone(&parts), sent))
    })
    .await
}

fn address(target: &Target) -> Address {
    (target.push_token.clone(), target.registration.pass_type.clone())
}

fn newest_fetched(passes: &[Pass]) -> HashMap<CardId, i64> {
    let mut newest = HashMap::new();
    for pass in passes {
        let version: &mut i64 = newest.entry(pass.card_id.clone()).or_default();
        *version = pass.fetched_version.max(*version);
    }
    newest
}

/// The phones that a delivery is to tell: those that were not told of its version, whoever else has fetched it;
/// or, if all were told and none fetched in time, all of them once more.
fn plan(parts: &Parts, delivery: &Delivery, targets: Vec<Target>, fetched: i64) -> Vec<Target> {
    let is_untold = |target: &Target| target.registration.told_version < delivery.version;
    if delivery.state == TOLD && !targets.iter().any(is_untold) {
        let is_over = fetched >= delivery.version || delivery.pushes > parts.options.refetch_max;
        return if is_over { Vec::new() } else { targets };
    }
    targets.into_iter().filter(is_untold).collect()
}

fn start_push(parts: &Arc<Parts>, address: &Address, now: Time) -> Trying {
    let (token, pass_type) = address;
    let tried = |tried| ready(tried).boxed().shared();
    if let Some((_, why)) = parts.circuits.ask(pass_type, now) {
        return tried(Tried::Rested(why));
    }
    if let Judgement::Wrong { since } = parts.wrong_tokens.judge(address, now) {
        return tried(Tried::Condemned(since));
    }
    let Some(service) = parts.pushers.get(pass_type).cloned() else {
        let reason = Reason::new("NoCertificateForPassType");
        return tried(Tried::Answered(Verdict::Refused { status: None, reason }));
    };
    let push = Push {
        token: token.clone(),
        topic: pass_type.clone(),
        id: Uuid::new_v4(),
        expires: Some(now.plus_ms(KEEP_MS)),
    };
    async move { Tried::Answered(service.push(&push).await) }
        .boxed()
        .shared()
}

/// A delivery and what became of each of its pushes.
struct Sent {
    delivery: Delivery,
    pushes: Vec<(Target, Tried)>,
}

async fn finish(delivery: Delivery, pushes: Vec<(Target, Trying)>) -> Sent {
    let pushes = pushes
        .into_iter()
        .map(|(target, push)| async move { (target, push.await) });
    Sent {
        delivery,
        pushes: join_all(pushes).await,
    }
}

/// What is to be written of pushes that ended together.
#[derive(Default)]
struct Record {
    told: Vec<devices::Told>,
    told_passes: Vec<PassAt>,
    refused: Vec<(PassId, String)>,
    dead: Vec<DeadToken>,
}

async fn settle(parts: Arc<Parts>, sent: Vec<Sent>) -> Result<(), ActionError> {
    let now = parts.house.now();
    heed(&parts, &sent, now);
    let record = record(&parts, &sent, now);
    let settlements: Vec<(i64, deliveries::Settlement)> = sent
        .iter()
        .map(|one| {
            (
                one.delivery.version,
                settlement(&one.delivery, ending(&parts, one, now)),
            )
        })
        .collect();
    let Record {
        told,
        told_passes,
        refused,
        dead,
    } = record;
    if !dead.is_empty() {
        // A transaction of its own: it locks cards, which come before what is locked below.
        write_patiently(&parts, move |tx| forget_phones(tx, &dead)).await?;
    }
    let doubts: Vec<(CardId, Time)> = sent
        .iter()
        .map(|one| (one.delivery.card_id.clone(), later(&one.delivery, now)))
        .collect();
    let write = move |tx: &mut Tx<'_>| {
        devices::record_told(tx, &told)?;
        passes::record_told(tx, &told_passes, now)?;
        for (pass, error) in &refused {
            passes::set_last_error(tx, pass, Some(error))?;
        }
        let cards: Vec<CardId> = doubts.iter().map(|(card, _)| card.clone()).collect();
        let least: HashMap<CardId, i64> = devices::list_least_told(tx, &cards)?.into_iter().collect();
        // The passes are locked: a fetch is either seen here, or it finds the delivery told.
        let mut fetched = HashMap::<CardId, i64>::new();
        for (card, version) in passes::list_fetched(tx, &cards)? {
            let newest = fetched.entry(card).or_default();
            *newest = version.max(*newest);
        }
        let mut all = Vec::with_capacity(settlements.len());
        for ((version, settlement), (card, later)) in settlements.iter().zip(&doubts) {
            let mut settlement = settlement.clone();
            let is_fetched = fetched.get(card).is_some_and(|fetched| fetched >= version);
            if is_fetched && matches!(settlement.ending, Ending::Told { .. }) {
                settlement.ending = Ending::Done;
            }
            let is_untold = least.get(card).is_some_and(|told| told < version);
            keep_if_untold(&mut settlement, is_untold, *later);
            all.push(settlement);
        }
        Ok(deliveries::settle(tx, &all, now)?)
    };
    write_patiently(&parts, write).await
}

/// No delivery ends while a phone is untold, whatever the reason: a phone that registered again while Apple
/// called it gone, or that came while the others were told.
fn keep_if_untold(settlement: &mut deliveries::Settlement, is_untold: bool, later: Time) {
    if is_untold && matches!(settlement.ending, Ending::Done | Ending::Told { .. }) {
        settlement.ending = Ending::Incomplete {
            at: later,
            error: "a phone has not been told yet".to_owned(),
        };
    }
}

/// When a delivery is looked at again of which it is not known why it is not over.
fn later(delivery: &Delivery, now: Time) -> Time {
    next_try(now, delivery.attempts, None, &mut rand::rng())
}

fn record(parts: &Parts, sent: &[Sent], now: Time) -> Record {
    let mut record = Record::default();
    for Sent { delivery, pushes } in sent {
        for (target, tried) in pushes {
            let registration = &target.registration;
            match tried {
                Tried::Answered(Verdict::Accepted { .. }) => {
                    record.told.push((
                        registration.device_id.clone(),
                        registration.pass_type.clone(),
                        registration.pass_id.clone(),
                        delivery.version,
                    ));
                    record.told_passes.push(PassAt {
                        id: registration.pass_id.clone(),
                        card_id: delivery.card_id.clone(),
                        version: delivery.version,
                    });
                    let after = now.since(delivery.changed_at);
                    parts.house.metrics.accepted("apple", after);
                }
                Tried::Answered(Verdict::Gone { since }) => {
                    let (token, pass_type) = address(target);
                    // Without a date, only what had registered before we asked is known to be gone.
                    let since = since.unwrap_or(target.registered_at);
                    record.dead.push((token, pass_type, since));
                }
                Tried::Condemned(since) => {
                    let (token, pass_type) = address(target);
                    record.dead.push((token, pass_type, *since));
                }
                Tried::Answered(Verdict::Misconfigured { status, reason }) => {
                    let error = format!("Apple answered {status} {reason}");
                    record.refused.push((registration.pass_id.clone(), error));
                }
                Tried::Answered(_) | Tried::Rested(_) => (),
            }
        }
    }
    record
        .told_passes
        .sort_by(|left, right| (&left.id, right.version).cmp(&(&right.id, left.version)));
    record
        .told_passes
        .dedup_by(|later, earlier| later.id == earlier.id);
    record
}

/// Counts the answers, opens and closes circuits.
fn heed(parts: &Parts, sent: &[Sent], now: Time) {
    let mut seen = HashSet::new();
    for (target, tried) in sent.iter().flat_map(|one| &one.pushes) {
        let Tried::Answered(verdict) = tried else {
            continue;
        };
        let address = address(target);
        if !seen.insert(address.clone()) {
            continue;
        }
        let pass_type = &address.1;
        parts.house.metrics.outcome("apple", verdict.as_str());
        match verdict {
            Verdict::Accepted { .. } => {
                parts.circuits.close(pass_type);
                parts.wrong_tokens.note_good(&address, now);
            }
            // Apple knows the token, so it took the credential.
            Verdict::Gone { .. } | Verdict::SlowDown { .. } => parts.circuits.close(pass_type),
            Verdict::Refused { reason, .. } => parts.circuits.open(pass_type, now, reason.as_str()),
            Verdict::BadToken { .. } => {
                if parts.wrong_tokens.note_wrong(&address, target.registered_at, now) {
                    parts.circuits.open(pass_type, now, MANY_WRONG);
                }
            }
            Verdict::Misconfigured { status, reason } => {
                tracing::error!(pass_type, status, %reason, "Apple refuses our push as wrong; this is a defect or the configuration");
            }
            Verdict::TokenChurn { .. } | Verdict::Retry { .. } => (),
        }
    }
}

/// How a delivery ends whose pushes have ended: the soonest of what they ask for.
fn ending(parts: &Parts, sent: &Sent, now: Time) -> Ending {
    let delivery = &sent.delivery;
    let mut is_told = false;
    let mut again = None::<(Time, String)>;
    let mut rest = None::<(Time, String)>;
    for (target, tried) in &sent.pushes {
        let pass_type = &target.registration.pass_type;
        let mut retry = |asked, error: String| {
            sooner(
                &mut again,
                next_try(now, delivery.attempts, asked, &mut rand::rng()),
                error,
            );
        };
        let mut pause = |why: &str| {
            let error = format!("Apple refuses the certificate of {pass_type}: {why}");
            sooner(&mut rest, parts.circuits.rests_until(pass_type, now), error);
        };
        match tried {
            Tried::Rested(why) => pause(why),
            Tried::Condemned(_) => (),
            Tried::Answered(verdict) => match verdict {
                Verdict::Accepted { .. } => is_told = true,
                Verdict::Gone { since } => {
                    if since.is_some_and(|since| target.registered_at > since) {
                        let error = "Apple calls the phone gone, but it registered after that".to_owned();
                        retry(Some(doubled(delivery.attempts)), error);
                    }
                }
                Verdict::Misconfigured { status, reason } => {
                    let error = format!("Apple answered {status} {reason}");
                    sooner(&mut rest, now.plus(MISTAKE_REST), error);
                }
                Verdict::BadToken { .. } if parts.circuits.rests_until(pass_type, now) > now => {
                    pause(MANY_WRONG);
                }
                Verdict::BadToken { reason } => {
                    let error = format!("Apple calls the push token wrong: {reason}");
                    retry(Some(doubled(delivery.attempts)), error);
                }
                Verdict::Refused { reason, .. } => pause(reason.as_str()),
                Verdict::SlowDown { retry_after } => {
                    retry(*retry_after, "Apple asks for fewer pushes".to_owned());
                }
                Verdict::TokenChurn { retry_after } => {
                    retry(
                        Some(*retry_after),
                        "Apple saw too many provider tokens".to_owned(),
                    );
                }
                Verdict::Retry {
                    reason, retry_after, ..
                } => retry(*retry_after, format!("Apple: {reason}")),
            },
        }
    }
    match (again, rest) {
        (Some((at, error)), _) => Ending::Retry { at, error },
        (None, Some((until, error))) => Ending::Paused { until, error },
        (None, None) if is_told => Ending::Told {
            look_again: look_again(parts, delivery, now),
        },
        (None, None) => Ending::Done,
    }
}

fn sooner(kept: &mut Option<(Time, String)>, at: Time, error: String) {
    if kept.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
        *kept = Some((at, error));
    }
}

/// The rest of a phone whose token is in doubt.
fn doubled(failures: i64) -> Duration {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or(16);
    wrong_tokens::REST
        .saturating_mul(1 << doublings)
        .min(DOUBT_REST_MAX)
}

/// When it is looked whether the phones have fetched; later each time that they were told.
fn look_again(parts: &Parts, delivery: &Delivery, now: Time) -> Time {
    let doublings = u32::try_from(delivery.pushes.clamp(0, 8)).unwrap_or(8);
    now.plus(parts.options.refetch_after.saturating_mul(1 << doublings))
}
