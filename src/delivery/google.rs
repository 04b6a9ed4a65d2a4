//! Writes Google's class and objects: only what changed, never more than one write of an object at a time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use serde_json::Value;

use super::backoff::next_try;
use super::dispatcher::{Parts, settle_as_they_end, settled_after, settlement, write_patiently};
use crate::actions::draw_card::{DrawnCard, google_object, read_card, ready_design};
use crate::actions::{ActionError, Code, GoogleIssuer};
use crate::google::look::class_json;
use crate::google::message::{Attempt, Message, MessageTarget};
use crate::google::patch::{hush, object_patch};
use crate::google::rotating::with_key;
use crate::google::{ClassIdentity, Done, GoogleError, ObjectIdentity, ResourceId};
use crate::loyalty::face::CardFace;
use crate::store::card_messages::{CardMessage, TOLD, TRYING};
use crate::store::deliveries::{self, Delivery, Ending, Lane};
use crate::store::passes::{self, Pass};
use crate::store::{Tx, card_messages, cards};
use crate::types::{CardId, Text, Time, Wallet};

/// How long before the end of a lease a write is given up: a later one could undo that of the next holder.
const LEASE_MARGIN: Duration = Duration::from_secs(5);
/// How long a card rests that Google refuses as wrong, or whose notices are used up.
const LONG_REST: Duration = Duration::from_hours(1);

/// Sends a leased batch and settles it.
pub(super) async fn send(parts: Arc<Parts>, leased: Vec<Delivery>) -> Result<(), ActionError> {
    let soon = settled_after(&leased);
    let limit = parts.options.lease.saturating_sub(LEASE_MARGIN);
    let ending: FuturesUnordered<_> = leased
        .into_iter()
        .map(|delivery| {
            let parts = Arc::clone(&parts);
            async move {
                let outcome = tokio::time::timeout(limit, bring(&parts, &delivery)).await;
                let outcome = outcome.unwrap_or_else(|_| Outcome::Failed(TOO_LONG.to_owned()));
                (delivery, outcome)
            }
        })
        .collect();
    settle_as_they_end(ending, soon, move |sent| {
        Box::pin(settle(Arc::clone(&parts), sent))
    })
    .await
}

const TOO_LONG: &str = "Google and its limit of requests took longer than a lease lasts";

/// What became of one delivery.
enum Outcome {
    /// Google shows this version.
    Shown(Box<Shown>),
    /// There is nothing to bring.
    Nothing,
    /// The design cannot be drawn, or the database is gone.
    Failed(String),
    /// Google did not do it; the pass that it was about.
    Refused(Box<Pass>, GoogleError),
    /// Our credential rests.
    Resting(String),
}

struct Shown {
    pass: Pass,
    object: String,
    version: i64,
    state: Option<&'static str>,
    /// When the message was put on the card that Google has been given, if there was one to give.
    told: Option<Time>,
}

async fn bring(parts: &Arc<Parts>, delivery: &Delivery) -> Outcome {
    let Some(google) = &parts.house.wallets.google else {
        return Outcome::Nothing;
    };
    if let Some((_, why)) = parts.circuits.ask(google.issuer.as_str(), parts.house.now()) {
        return Outcome::Resting(why);
    }
    let card = delivery.card_id.clone();
    let house = parts.house.clone();
    let read = parts.house.store.read(move |db| {
        let card = cards::get(db, &card)?;
        let pass = passes::list_by_card(db, &card.id)?
            .into_iter()
            .find(|pass| pass.wallet == Wallet::Google);
        let message = card_messages::find(db, &card.id)?.filter(|one| one.google_state != TOLD);
        Ok::<_, ActionError>((read_card(db, &house, card)?, pass, message))
    });
    match read.await {
        Ok((drawn, Some(pass), message)) => {
            // What is over, or says nothing, is no message.
            let message = message.filter(|_| !drawn.facts.message.is_empty());
            write_object(parts, google, (&drawn, message.as_ref()), pass).await
        }
        Ok((_, None, _)) => Outcome::Nothing,
        Err(error) if error.code == Code::NotFound => Outcome::Nothing,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

async fn write_object(
    parts: &Arc<Parts>,
    google: &GoogleIssuer,
    (drawn, message): (&DrawnCard, Option<&CardMessage>),
    pass: Pass,
) -> Outcome {
    let (Some(class_id), Some(object_id)) =
        (resource(google, &pass.pass_type), resource(google, &pass.serial))
    else {
        return Outcome::Failed(format!(
            "the pass {} is of another issuer than the configured one",
            pass.id
        ));
    };
    if let Err(outcome) = write_class(parts, google, drawn, &class_id).await {
        return match outcome {
            ClassFault::Google(error) => Outcome::Refused(Box::new(pass), error),
            ClassFault::Own(error) => Outcome::Failed(error.to_string()),
        };
    }
    let object = match ready_design(&parts.house, &drawn.design_id).await {
        Ok(ready) => {
            let face = CardFace::draw(&ready.design, &drawn.facts);
            let identity = ObjectIdentity {
                object_id: &object_id,
                class_id: &class_id,
            };
            let object = google_object(&parts.house, &drawn.design_id, &face, &identity);
            // What is kept says which key there is, not the key.
            with_key(&object, &format!("epoch {}", pass.epoch)).into_owned()
        }
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let old: Option<Value> = pass
        .shown
        .as_deref()
        .and_then(|shown| serde_json::from_str(shown).ok());
    let key = parts.house.rotating_key(&pass.serial, pass.epoch);
    let key = hex::encode_upper(key);
    let written = if pass.state == passes::ISSUED {
        google
            .client
            .insert_object(&with_key(&object, &key))
            .await
            .map(Some)
    } else {
        match object_patch(old.as_ref(), &object) {
            Some(patch) => {
                // The message has a notice of its own.
                let is_quiet = drawn.facts.is_quiet || message.is_some();
                let patch = if is_quiet { hush(patch) } else { patch };
                if let Err(error) = doubt(parts, &pass).await {
                    return Outcome::Failed(error.to_string());
                }
                let (patch, whole) = (with_key(&patch, &key), with_key(&object, &key));
                let patched = google.client.patch_object(&object_id, &patch, &whole).await;
                patched.map(Some)
            }
            None => Ok(None),
        }
    };
    match written {
        Ok(done) => {
            count(parts, done);
            if let Some(message) = message
                && let Err(outcome) = tell(parts, google, (drawn, &object_id), message).await
            {
                return match outcome {
                    ClassFault::Google(error) => Outcome::Refused(Box::new(pass), error),
                    ClassFault::Own(error) => Outcome::Failed(error.to_string()),
                };
            }
            let state = if pass.state == passes::IN_DOUBT {
                match google.client.get_object(&object_id).await {
                    Ok(stored) if stored.has_users() => Some(passes::INSTALLED),
                    Ok(_) => Some(passes::REMOVED),
                    Err(error) => return Outcome::Refused(Box::new(pass), error),
                }
            } else {
                None
            };
            Outcome::Shown(Box::new(Shown {
                pass,
                object: object.to_string(),
                version: drawn.card.version,
                state,
                told: message.map(|message| message.put_at),
            }))
        }
        Err(error) => Outcome::Refused(Box::new(pass), error),
    }
}

/// Gives Google's card a campaign's message, once. That it is tried is recorded before, so that whoever comes after a
/// crash looks whether it is there: Google adds a message as often as it is asked to.
async fn tell(
    parts: &Arc<Parts>,
    google: &GoogleIssuer,
    (drawn, object_id): (&DrawnCard, &ResourceId),
    said: &CardMessage,
) -> Result<(), ClassFault> {
    let message = Message {
        id: format!("{}.{}.{}", said.campaign_id, said.run, said.put_at.millis()),
        header: drawn.program.name.clone(),
        body: Text::plain(drawn.facts.message.as_str()),
        is_notified: !drawn.facts.is_quiet,
        ends_at: Some(said.ends_at),
    };
    let attempt = if said.google_state == TRYING {
        Attempt::Again
    } else {
        let (card, put_at) = (said.card_id.clone(), said.put_at);
        let note = move |tx: &mut Tx<'_>| {
            Ok::<_, ActionError>(card_messages::set_google_state(tx, &card, put_at, TRYING)?)
        };
        parts.house.store.write(note).await?;
        Attempt::First
    };
    let target = MessageTarget::Object(object_id);
    let added = match google.client.add_message(target, &message, attempt).await {
        // The notices of the day are used up; the words are still theirs to read.
        Err(GoogleError::QuotaExceeded { .. }) if message.is_notified => {
            let quiet = message.quiet();
            google.client.add_message(target, &quiet, Attempt::Again).await
        }
        other => other,
    };
    count(parts, Some(added.map_err(ClassFault::Google)?));
    Ok(())
}

/// Before a write whose answer may be lost: until it is here, what Google shows counts as unknown. Else a change
/// that is undone before the next try would look as if there were nothing to write.
async fn doubt(parts: &Parts, pass: &Pass) -> Result<(), ActionError> {
    if pass.shown.is_none() {
        return Ok(());
    }
    let id = pass.id.clone();
    let write = parts.house.store.write(move |tx| passes::forget_shown(tx, &id));
    Ok(write.await?)
}

fn resource(google: &GoogleIssuer, id: &str) -> Option<ResourceId> {
    let suffix = id.strip_prefix(google.issuer.as_str())?.strip_prefix('.')?;
    ResourceId::new(&google.issuer, suffix).ok()
}

enum ClassFault {
    Google(GoogleError),
    Own(ActionError),
}

impl<E: Into<ActionError>> From<E> for ClassFault {
    fn from(error: E) -> Self {
        Self::Own(error.into())
    }
}

/// Writes the class if it was last written with another design; one card writes it, the others wait.
async fn write_class(
    parts: &Arc<Parts>,
    google: &GoogleIssuer,
    drawn: &DrawnCard,
    class_id: &ResourceId,
) -> Result<(), ClassFault> {
    if is_class_written(parts, drawn, class_id).await? {
        return Ok(());
    }
    let _turn = parts.class_turn.lock().await;
    if is_class_written(parts, drawn, class_id).await? {
        return Ok(());
    }
    write_class_now(parts, google, drawn, class_id).await
}

async fn is_class_written(
    parts: &Parts,
    drawn: &DrawnCard,
    class_id: &ResourceId,
) -> Result<bool, ActionError> {
    let id = class_id.as_str().to_owned();
    let read = parts
        .house
        .store
        .read(move |db| passes::find_class_design(db, &id));
    Ok(read.await?.as_ref() == Some(&drawn.design_id))
}

async fn write_class_now(
    parts: &Arc<Parts>,
    google: &GoogleIssuer,
    drawn: &DrawnCard,
    class_id: &ResourceId,
) -> Result<(), ClassFault> {
    let ready = ready_design(&parts.house, &drawn.design_id).await?;
    let callback = format!("{}/google/callback", parts.house.public_url);
    let identity = ClassIdentity {
        class_id,
        callback_url: Some(&callback),
    };
    let image_url = |name: &str| {
        let sha256 = ready.design.images.get(name)?;
        Some(format!("{}/images/{sha256}.png", parts.house.public_url))
    };
    let class = class_json(&ready.design, &drawn.program.name, &identity, &image_url);
    google
        .client
        .upsert_class(&class)
        .await
        .map_err(ClassFault::Google)?;
    let (id, program, design) = (
        class_id.as_str().to_owned(),
        drawn.program.id.clone(),
        drawn.design_id.clone(),
    );
    let now = parts.house.now();
    let record = move |tx: &mut Tx<'_>| {
        Ok::<_, ActionError>(passes::set_class_design(tx, &id, &program, &design, now)?)
    };
    parts.house.store.write(record).await?;
    Ok(())
}

fn count(parts: &Parts, done: Option<Done>) {
    let word = match done {
        None => "unchanged",
        Some(Done::Inserted) => "inserted",
        Some(Done::Patched) => "patched",
        Some(Done::PatchedQuietly) => "patched_quietly",
        Some(Done::MessageAdded | Done::MessageAlreadyThere) => "message",
    };
    parts.house.metrics.outcome("google", word);
}

async fn settle(parts: Arc<Parts>, sent: Vec<(Delivery, Outcome)>) -> Result<(), ActionError> {
    let now = parts.house.now();
    let mut settlements = Vec::with_capacity(sent.len());
    let mut shown = Vec::new();
    let mut refused = Vec::new();
    let mut missing = Vec::new();
    let mut asked = HashSet::new();
    for (delivery, outcome) in sent {
        settlements.push(settlement(&delivery, ending(&parts, &delivery, &outcome, now)));
        match outcome {
            Outcome::Shown(one) => {
                let after = now.since(delivery.changed_at);
                parts.house.metrics.accepted("google", after);
                asked.insert(delivery.card_id);
                shown.push(one);
            }
            Outcome::Refused(pass, error) => {
                asked.insert(delivery.card_id);
                if error.is_permanent() {
                    refused.push((pass.id, error.to_string()));
                } else if matches!(error, GoogleError::NotFound { .. }) {
                    missing.push(pass.pass_type);
                }
            }
            Outcome::Nothing | Outcome::Failed(_) | Outcome::Resting(_) => (),
        }
    }
    let write = move |tx: &mut Tx<'_>| {
        let written = shown.iter().map(|one| &one.pass.id);
        let written: Vec<_> = written.chain(refused.iter().map(|(pass, _)| pass)).collect();
        // Cards come before their passes, as everywhere.
        let moved = shown.iter().filter(|one| one.state.is_some());
        let moved: Vec<CardId> = moved.map(|one| one.pass.card_id.clone()).collect();
        if !moved.is_empty() {
            cards::lock_many(tx, &moved)?;
        }
        passes::hold(tx, &written)?;
        let held: HashSet<CardId> = deliveries::list_held(tx, &settlements)?.into_iter().collect();
        for one in shown.iter().filter(|one| held.contains(&one.pass.card_id)) {
            passes::set_shown(tx, &one.pass.id, &one.object, one.version, now)?;
            if let Some(put_at) = one.told {
                card_messages::set_google_state(tx, &one.pass.card_id, put_at, TOLD)?;
            }
            passes::forget_outlived(tx, &one.pass.id, one.version)?;
            if let Some(state) = one.state {
                passes::set_state(tx, (&one.pass.id, Wallet::Google), state)?;
            }
        }
        for (pass, error) in &refused {
            passes::set_last_error(tx, pass, Some(error))?;
        }
        for class in &missing {
            passes::forget_class_design(tx, class)?;
        }
        deliveries::settle(tx, &settlements, now)?;
        Ok::<_, ActionError>(asked.difference(&held).cloned().collect::<Vec<CardId>>())
    };
    let late = write_patiently(&parts, write).await?;
    for card in late {
        write_again(&parts, card).await?;
    }
    Ok(())
}

/// After a write that ended when its lease was somebody else's already: it may have come after the other's, so
/// the card is written once more, whole.
async fn write_again(parts: &Parts, card: CardId) -> Result<(), ActionError> {
    let now = parts.house.now();
    tracing::warn!(%card, "a write to Google outlived its lease; the card is written once more");
    let write = move |tx: &mut Tx<'_>| {
        let card = cards::lock(tx, &card)?;
        for pass in passes::list_by_card(tx, &card.id)? {
            if pass.wallet == Wallet::Google {
                passes::forget_shown(tx, &pass.id)?;
            }
        }
        let google = (&card.id, Wallet::Google);
        Ok::<_, ActionError>(deliveries::mark_one(
            tx,
            google,
            card.version,
            Lane::Instant,
            now,
        )?)
    };
    parts.house.store.write(write).await?;
    parts.house.bell.ring();
    Ok(())
}

fn ending(parts: &Parts, delivery: &Delivery, outcome: &Outcome, now: Time) -> Ending {
    let issuer = parts
        .house
        .wallets
        .google_issuer()
        .map(ToString::to_string)
        .unwrap_or_default();
    let again = |asked, error: String| {
        let at = next_try(now, delivery.attempts, asked, &mut rand::rng());
        Ending::Retry { at, error }
    };
    match outcome {
        Outcome::Shown(_) => {
            parts.circuits.close(&issuer);
            Ending::Done
        }
        Outcome::Nothing => Ending::Done,
        Outcome::Failed(error) => again(None, error.clone()),
        Outcome::Resting(why) => Ending::Paused {
            until: parts.circuits.rests_until(&issuer, now),
            error: why.clone(),
        },
        Outcome::Refused(_, error) if error.is_of_credential() => {
            parts.circuits.open(&issuer, now, &error.to_string());
            parts.house.metrics.outcome("google", "refused");
            Ending::Paused {
                until: parts.circuits.rests_until(&issuer, now),
                error: error.to_string(),
            }
        }
        Outcome::Refused(_, error) => {
            parts.house.metrics.outcome("google", "failed");
            let asked = match error {
                GoogleError::Invalid { .. } | GoogleError::QuotaExceeded { .. } => Some(LONG_REST),
                other => other.retry_after(),
            };
            again(asked, error.to_string())
        }
    }
}
