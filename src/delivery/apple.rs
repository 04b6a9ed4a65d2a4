//! Tells phones: one push for each distinct token and pass type, however many of their cards changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, join_all};
use futures_util::stream::FuturesUnordered;
use uuid::Uuid;

use super::backoff::next_try;
use super::dispatcher::{Parts, settle_as_they_end, settlement};
use crate::actions::ActionError;
use crate::apple::apns::{Push, Verdict};
use crate::store::deliveries::{self, Delivery, Ending, TOLD};
use crate::store::devices::{self, Target};
use crate::store::passes::{self, Pass, PassAt};
use crate::types::{CardId, PushToken, Time, Wallet};

/// How long Apple keeps a notice for a phone that is away: a day.
const KEEP_MS: i64 = 86_400_000;
/// So many wrong tokens in one batch, if they are half of it, are our fault and not the tokens'.
const WRONG_TOKENS_MANY: usize = 20;

type Address = (PushToken, String);
type Pushed = Shared<BoxFuture<'static, Verdict>>;

/// Sends a leased batch and settles it.
pub(super) async fn send(parts: Arc<Parts>, leased: Vec<Delivery>) -> Result<(), ActionError> {
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
    let mut pushed = HashMap::<Address, Pushed>::new();
    let ending = FuturesUnordered::new();
    for delivery in leased {
        let targets = by_card.remove(&delivery.card_id).unwrap_or_default();
        let seen = fetched.get(&delivery.card_id).copied().unwrap_or(0);
        let plan = plan(&parts, &delivery, targets, seen);
        let under_way: Vec<(Target, Pushed)> = plan
            .into_iter()
            .map(|target| {
                let address = (target.push_token.clone(), target.registration.pass_type.clone());
                let push = pushed
                    .entry(address)
                    .or_insert_with_key(|address| start_push(&parts, address, now));
                (target, push.clone())
            })
            .collect();
        ending.push(finish(delivery, under_way));
    }
    settle_as_they_end(ending, move |sent| Box::pin(settle(Arc::clone(&parts), sent))).await
}

fn newest_fetched(passes: &[Pass]) -> HashMap<CardId, i64> {
    let mut newest = HashMap::new();
    for pass in passes {
        let version: &mut i64 = newest.entry(pass.card_id.clone()).or_default();
        *version = pass.fetched_version.max(*version);
    }
    newest
}

/// The phones that a delivery is to tell: those that were not told of its version; or, if all were and none
/// fetched it in time, all of them once more.
fn plan(parts: &Parts, delivery: &Delivery, targets: Vec<Target>, fetched: i64) -> Vec<Target> {
    if fetched >= delivery.version {
        return Vec::new();
    }
    if delivery.state == TOLD {
        return if delivery.pushes > parts.options.refetch_max {
            Vec::new()
        } else {
            targets
        };
    }
    targets
        .into_iter()
        .filter(|target| target.registration.told_version < delivery.version)
        .collect()
}

fn start_push(parts: &Arc<Parts>, (token, pass_type): &Address, now: Time) -> Pushed {
    let Some(service) = parts.pushers.get(pass_type).cloned() else {
        let reason = crate::apple::apns::Reason::new("NoCertificateForPassType");
        return futures_util::future::ready(Verdict::Refused { status: None, reason })
            .boxed()
            .shared();
    };
    if let Some((_, why)) = parts.circuits.resting(pass_type, now) {
        let reason = crate::apple::apns::Reason::new(&why);
        return futures_util::future::ready(Verdict::Refused { status: None, reason })
            .boxed()
            .shared();
    }
    let push = Push {
        token: token.clone(),
        topic: pass_type.clone(),
        id: Uuid::new_v4(),
        expires: Some(now.plus_ms(KEEP_MS)),
    };
    async move { service.push(&push).await }.boxed().shared()
}

/// A delivery and what became of each of its pushes.
struct Sent {
    delivery: Delivery,
    verdicts: Vec<(Target, Verdict)>,
}

async fn finish(delivery: Delivery, pushes: Vec<(Target, Pushed)>) -> Sent {
    let verdicts = join_all(
        pushes
            .into_iter()
            .map(|(target, push)| async move { (target, push.await) }),
    )
    .await;
    Sent { delivery, verdicts }
}

async fn settle(parts: Arc<Parts>, sent: Vec<Sent>) -> Result<(), ActionError> {
    let now = parts.house.now();
    let are_tokens_ours = heed(&parts, &sent, now);
    let mut told = Vec::new();
    let mut told_passes = Vec::new();
    let mut refused = Vec::new();
    let mut gone = HashMap::<Address, Option<Time>>::new();
    let mut settlements = Vec::with_capacity(sent.len());
    for Sent { delivery, verdicts } in &sent {
        for (target, verdict) in verdicts {
            let registration = &target.registration;
            let address = || (target.push_token.clone(), registration.pass_type.clone());
            match verdict {
                Verdict::Accepted { .. } => {
                    told.push((
                        registration.device_id.clone(),
                        registration.pass_type.clone(),
                        registration.pass_id.clone(),
                        delivery.version,
                    ));
                    told_passes.push(PassAt {
                        id: registration.pass_id.clone(),
                        card_id: delivery.card_id.clone(),
                        version: delivery.version,
                    });
                    parts
                        .house
                        .metrics
                        .accepted("apple", now.since(delivery.changed_at));
                }
                Verdict::Gone { since } => {
                    gone.insert(address(), *since);
                }
                // Only what the phone registered before we asked is known to be wrong.
                Verdict::BadToken { .. } if are_tokens_ours => {
                    gone.insert(address(), Some(target.registered_at));
                }
                Verdict::Misconfigured { status, reason } => {
                    refused.push((
                        registration.pass_id.clone(),
                        format!("Apple answered {status} {reason}"),
                    ));
                }
                _ => (),
            }
        }
        settlements.push(settlement(
            delivery,
            ending(&parts, delivery, verdicts, are_tokens_ours, now),
        ));
    }
    dedup_told(&mut told_passes);
    parts
        .house
        .store
        .write(move |tx| {
            devices::record_told(tx, &told)?;
            passes::record_told(tx, &told_passes, now)?;
            for ((token, pass_type), since) in gone {
                for pass in devices::forget_token(tx, &token, &pass_type, since)? {
                    if devices::count_by_pass(tx, &pass)? == 0 {
                        passes::set_state(tx, &pass, passes::REMOVED)?;
                    }
                }
            }
            for (pass, error) in refused {
                passes::set_last_error(tx, &pass, Some(&error))?;
            }
            Ok::<_, ActionError>(deliveries::settle(tx, &settlements, now)?)
        })
        .await
}

fn dedup_told(told: &mut Vec<PassAt>) {
    told.sort_by(|left, right| (&left.id, right.version).cmp(&(&right.id, left.version)));
    told.dedup_by(|later, earlier| later.id == earlier.id);
}

/// Counts the answers, opens and closes circuits; says whether wrong tokens are the tokens' own fault.
fn heed(parts: &Parts, sent: &[Sent], now: Time) -> bool {
    let mut seen = HashSet::new();
    let (mut wrong, mut all) = (0, 0);
    for (target, verdict) in sent.iter().flat_map(|one| &one.verdicts) {
        let pass_type = &target.registration.pass_type;
        if !seen.insert((&target.push_token, pass_type)) {
            continue;
        }
        all += 1;
        parts.house.metrics.outcome("apple", verdict.as_str());
        match verdict {
            Verdict::Accepted { .. } => parts.circuits.close(pass_type),
            Verdict::Refused { reason, .. } if parts.circuits.resting(pass_type, now).is_none() => {
                parts.circuits.open(pass_type, now, reason.as_str());
            }
            Verdict::Misconfigured { status, reason } => {
                tracing::error!(pass_type, status, %reason, "Apple refuses our push as wrong; this is a defect or the configuration");
            }
            Verdict::BadToken { .. } => wrong += 1,
            _ => (),
        }
    }
    let are_many = wrong >= WRONG_TOKENS_MANY && wrong * 2 >= all;
    if are_many {
        for (target, _) in sent.iter().flat_map(|one| &one.verdicts) {
            let why = "most push tokens are refused: is the certificate of this very pass type?";
            parts.circuits.open(&target.registration.pass_type, now, why);
        }
    }
    !are_many
}

fn ending(
    parts: &Parts,
    delivery: &Delivery,
    verdicts: &[(Target, Verdict)],
    are_tokens_ours: bool,
    now: Time,
) -> Ending {
    let mut accepted = false;
    let mut retry: Option<(Time, String)> = None;
    let mut paused = None;
    for (target, verdict) in verdicts {
        let pass_type = &target.registration.pass_type;
        let mut again = |asked, error: String| {
            let at = next_try(now, delivery.attempts, asked, &mut rand::rng());
            if retry.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                retry = Some((at, error));
            }
        };
        match verdict {
            Verdict::Accepted { .. } => accepted = true,
            Verdict::Gone { .. } | Verdict::Misconfigured { .. } => (),
            Verdict::BadToken { .. } if are_tokens_ours => (),
            Verdict::BadToken { reason } | Verdict::Refused { reason, .. } => {
                let until = parts
                    .circuits
                    .resting(pass_type, now)
                    .map_or(now, |(until, _)| until);
                paused = Some((
                    until,
                    format!("Apple refuses the certificate of {pass_type}: {reason}"),
                ));
            }
            Verdict::SlowDown { retry_after } => {
                again(*retry_after, "Apple asks for fewer pushes".to_owned());
            }
            Verdict::TokenChurn { retry_after } => {
                again(
                    Some(*retry_after),
                    "Apple saw too many provider tokens".to_owned(),
                );
            }
            Verdict::Retry {
                reason, retry_after, ..
            } => again(*retry_after, format!("Apple: {reason}")),
        }
    }
    match (retry, paused) {
        (Some((at, error)), _) => Ending::Retry { at, error },
        (None, Some((until, error))) => Ending::Paused { until, error },
        (None, None) if accepted => {
            let doublings = u32::try_from(delivery.pushes.clamp(0, 8)).unwrap_or(8);
            Ending::Told {
                look_again: now.plus(parts.options.refetch_after * 2_u32.pow(doublings)),
            }
        }
        (None, None) => Ending::Done,
    }
}
