//! Writes Google's class and objects: only what changed, never more than one write of an object at a time.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use serde_json::Value;

use super::backoff::next_try;
use super::dispatcher::{Parts, settle_as_they_end, settlement};
use crate::actions::draw_card::{DrawnCard, read_card, ready_design};
use crate::actions::{ActionError, Code, GoogleIssuer};
use crate::google::look::{class_json, object_json};
use crate::google::patch::object_patch;
use crate::google::{ClassIdentity, Done, GoogleError, ObjectIdentity, ResourceId};
use crate::loyalty::face::CardFace;
use crate::store::deliveries::{self, Delivery, Ending};
use crate::store::passes::{self, Pass};
use crate::store::{Tx, cards};
use crate::types::{Time, Wallet};

/// How long a card rests that Google refuses as wrong, or whose notices are used up.
const LONG_REST: Duration = Duration::from_hours(1);

/// Sends a leased batch and settles it.
pub(super) async fn send(parts: Arc<Parts>, leased: Vec<Delivery>) -> Result<(), ActionError> {
    let ending: FuturesUnordered<_> = leased
        .into_iter()
        .map(|delivery| {
            let parts = Arc::clone(&parts);
            async move {
                let outcome = bring(&parts, &delivery).await;
                (delivery, outcome)
            }
        })
        .collect();
    settle_as_they_end(ending, move |sent| Box::pin(settle(Arc::clone(&parts), sent))).await
}

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
    Resting(Time, String),
}

struct Shown {
    pass: Pass,
    object: String,
    version: i64,
    state: Option<&'static str>,
}

async fn bring(parts: &Arc<Parts>, delivery: &Delivery) -> Outcome {
    let Some(google) = &parts.house.wallets.google else {
        return Outcome::Nothing;
    };
    if let Some((until, why)) = parts.circuits.resting(google.issuer.as_str(), parts.house.now()) {
        return Outcome::Resting(until, why);
    }
    let card = delivery.card_id.clone();
    let read = parts.house.store.read(move |db| {
        let card = cards::get(db, &card)?;
        let pass = passes::list_by_card(db, &card.id)?
            .into_iter()
            .find(|pass| pass.wallet == Wallet::Google);
        Ok::<_, ActionError>((read_card(db, card)?, pass))
    });
    match read.await {
        Ok((drawn, Some(pass))) => write_object(parts, google, &drawn, pass).await,
        Ok((_, None)) => Outcome::Nothing,
        Err(error) if error.code == Code::NotFound => Outcome::Nothing,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

async fn write_object(parts: &Arc<Parts>, google: &GoogleIssuer, drawn: &DrawnCard, pass: Pass) -> Outcome {
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
            object_json(&face, &identity, parts.house.now())
        }
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let old: Option<Value> = pass
        .shown
        .as_deref()
        .and_then(|shown| serde_json::from_str(shown).ok());
    let written = if pass.state == passes::ISSUED {
        google.client.insert_object(&object).await.map(Some)
    } else {
        match object_patch(old.as_ref(), &object) {
            Some(patch) => google
                .client
                .patch_object(&object_id, &patch, &object)
                .await
                .map(Some),
            None => Ok(None),
        }
    };
    match written {
        Ok(done) => {
            count(parts, done);
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
            }))
        }
        Err(error) => Outcome::Refused(Box::new(pass), error),
    }
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

/// Writes the class if it was last written with another design.
async fn write_class(
    parts: &Arc<Parts>,
    google: &GoogleIssuer,
    drawn: &DrawnCard,
    class_id: &ResourceId,
) -> Result<(), ClassFault> {
    let id = class_id.as_str().to_owned();
    let written = parts
        .house
        .store
        .read(move |db| Ok::<_, ActionError>(passes::find_class_design(db, &id)?))
        .await?;
    if written.as_ref() == Some(&drawn.design_id) {
        return Ok(());
    }
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
    for (delivery, outcome) in sent {
        let (mut version, ending) = (delivery.version, ending(&parts, &delivery, &outcome, now));
        match outcome {
            Outcome::Shown(one) => {
                parts
                    .house
                    .metrics
                    .accepted("google", now.since(delivery.changed_at));
                // What was drawn may be newer than what was leased: then that newer version is done.
                version = one.version.max(version);
                shown.push(one);
            }
            Outcome::Refused(pass, error) if error.is_permanent() => {
                refused.push((pass.id, error.to_string()));
            }
            _ => (),
        }
        settlements.push(deliveries::Settlement {
            version,
            ..settlement(&delivery, ending)
        });
    }
    parts
        .house
        .store
        .write(move |tx| {
            for one in &shown {
                passes::set_shown(tx, &one.pass.id, &one.object, one.version, now)?;
                if let Some(state) = one.state {
                    passes::set_state(tx, &one.pass.id, state)?;
                }
            }
            for (pass, error) in &refused {
                passes::set_last_error(tx, pass, Some(error))?;
            }
            Ok::<_, ActionError>(deliveries::settle(tx, &settlements, now)?)
        })
        .await
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
        Outcome::Resting(until, why) => Ending::Paused {
            until: *until,
            error: why.clone(),
        },
        Outcome::Refused(_, error) if error.is_of_credential() => {
            parts.circuits.open(&issuer, now, &error.to_string());
            parts.house.metrics.outcome("google", "refused");
            let until = parts
                .circuits
                .resting(&issuer, now)
                .map_or(now, |(until, _)| until);
            Ending::Paused {
                until,
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
