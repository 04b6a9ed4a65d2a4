//! What has to be done now and then: fetches are recorded, new looks put on cards, what is over is dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::actions::congratulate::{congratulate, list_birthdays};
use crate::actions::publish_design::{CURSOR_PREFIX, put_on_cards};
use crate::actions::settle_points::settle_points;
use crate::actions::settle_redemption::expire_redemption;
use crate::actions::void_gift_card::expire_gift_card;
use crate::actions::{ActionError, Caller, Deed, Fetched, House};
use crate::store::passes::PassAt;
use crate::store::{
    cards, gift_accounts, idempotency, passes, redemptions, settings, webhook_deliveries, webhook_endpoints,
};
use crate::types::Time;

/// How often fetches are recorded.
const PERIOD: Duration = Duration::from_millis(200);
/// Fetches of one transaction: few, for on SQLite a checkout waits until it is over.
const FETCHES_MAX: usize = 50;
/// Kept answers dropped in one step.
const DROP_MAX: i64 = 500;
/// How long webhooks are kept, whatever became of them: 30 days.
const WEBHOOKS_KEPT_MS: i64 = 30 * 86_400_000;
/// Cards whose points are looked at in one step.
const DUE_MAX: i64 = 100;
/// Every so many periods kept answers are looked through: once a minute.
const DROP_EVERY: u32 = 300;
/// Birthdays that are raised in one step.
const BIRTHDAYS_MAX: usize = 100;
/// Every so many periods the calendar is asked for birthdays: once a minute.
const BIRTHDAYS_EVERY: u32 = 300;

/// What is remembered of the passes that were fetched, as it is stored.
fn shown_in(fetched: &[Fetched]) -> Result<Vec<(&PassAt, String)>, ActionError> {
    let remembered = fetched
        .iter()
        .filter_map(|one| Some((&one.at, one.shown.as_deref()?)));
    remembered
        .map(|(at, shown)| Ok((at, serde_json::to_string(shown).map_err(ActionError::internal)?)))
        .collect()
}

/// Does the small things that no request waits for.
pub struct Upkeep {
    house: House,
}

impl Upkeep {
    /// Upkeep of a house.
    pub const fn new(house: House) -> Self {
        Self { house }
    }

    /// Records fetches, moves points that are due and puts a new look on the next cards; says whether there is more
    /// to do at once.
    pub async fn step(&self) -> Result<bool, ActionError> {
        self.record_fetches().await?;
        let is_settling = self.settle_points().await?;
        Ok(self.put_look_on_cards().await? || is_settling)
    }

    /// Runs until told to stop; what was fetched until then is recorded.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut periods = 0;
        let mut is_congratulating = false;
        while !*stop.borrow() {
            let mut is_busy = self.step().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "upkeep failed and is tried again");
                false
            });
            if is_congratulating || periods % BIRTHDAYS_EVERY == 0 {
                is_congratulating = self.congratulate().await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "birthdays are looked for again in a minute");
                    false
                });
                is_busy |= is_congratulating;
            }
            periods += 1;
            if periods % DROP_EVERY == 0
                && let Err(error) = self.drop_expired().await
            {
                tracing::warn!(%error, "kept answers could not be dropped");
            }
            if is_busy {
                self.house.bell.ring();
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => (),
                _ = stop.changed() => (),
            }
        }
        if let Err(error) = self.record_fetches().await {
            tracing::warn!(%error, "the last fetches were not recorded; those phones are told once more");
        }
    }

    async fn record_fetches(&self) -> Result<(), ActionError> {
        let now = self.house.now();
        for fetched in self.house.fetches.list().chunks(FETCHES_MAX) {
            let fetched: Arc<[Fetched]> = fetched.into();
            let recorded = Arc::clone(&fetched);
            self.house
                .store
                .write_behind(move |tx| {
                    let at: Vec<PassAt> = recorded.iter().map(|one| one.at.clone()).collect();
                    passes::record_fetched(tx, &at, now)?;
                    passes::record_shown(tx, &shown_in(&recorded)?)?;
                    Ok::<_, ActionError>(())
                })
                .await?;
            self.house.fetches.forget(&fetched);
        }
        Ok(())
    }

    async fn settle_points(&self) -> Result<bool, ActionError> {
        let now = self.house.now();
        let due = self
            .house
            .store
            .read(move |db| cards::list_due(db, now, DUE_MAX))
            .await?;
        let mut is_busy = false;
        for card in due {
            let deed = Deed::begin(&self.house, Caller::local("calendar", now));
            let named = card.clone();
            let settled = self
                .house
                .store
                .write(move |tx| settle_points(tx, &deed, &named))
                .await;
            match settled {
                Ok(is_settled) => is_busy |= is_settled,
                // The others' points are not to wait for it.
                Err(error) => tracing::error!(%error, %card, "points that are due were not moved"),
            }
        }
        Ok(is_busy | self.expire_redemptions(now).await? | self.expire_gift_cards(now).await?)
    }

    async fn expire_gift_cards(&self, now: Time) -> Result<bool, ActionError> {
        let over = self
            .house
            .store
            .read(move |db| gift_accounts::list_over(db, now, DUE_MAX))
            .await?;
        let mut is_busy = false;
        for account in over {
            let deed = Deed::begin(&self.house, Caller::local("calendar", now));
            let named = account.clone();
            let ended = self
                .house
                .store
                .write(move |tx| expire_gift_card(tx, &deed, &named))
                .await;
            match ended {
                Ok(is_ended) => is_busy |= is_ended,
                Err(error) => tracing::error!(%error, %account, "a gift card that is over was not emptied"),
            }
        }
        Ok(is_busy)
    }

    async fn expire_redemptions(&self, now: Time) -> Result<bool, ActionError> {
        let over = self
            .house
            .store
            .read(move |db| redemptions::list_over(db, now, DUE_MAX))
            .await?;
        let mut is_busy = false;
        for redemption in over {
            let deed = Deed::begin(&self.house, Caller::local("calendar", now));
            let named = redemption.clone();
            let ended = self
                .house
                .store
                .write(move |tx| expire_redemption(tx, &deed, &named))
                .await;
            match ended {
                Ok(is_ended) => is_busy |= is_ended,
                Err(error) => tracing::error!(%error, %redemption, "a reward that is over was not ended"),
            }
        }
        Ok(is_busy)
    }

    /// Raises the birthdays that are due, and says whether there were any.
    pub async fn congratulate(&self) -> Result<bool, ActionError> {
        let now = self.house.now();
        let due = self
            .house
            .store
            .read(move |db| list_birthdays(db, now, BIRTHDAYS_MAX))
            .await?;
        let mut is_busy = false;
        for birthday in due {
            let deed = Deed::begin(&self.house, Caller::local("calendar", now));
            let named = birthday.member.clone();
            let raised = self
                .house
                .store
                .write(move |tx| congratulate(tx, &deed, &birthday))
                .await;
            match raised {
                Ok(is_raised) => is_busy |= is_raised,
                // The others' birthdays are not to wait for it.
                Err(error) => tracing::error!(%error, member = %named, "a birthday was not raised"),
            }
        }
        Ok(is_busy)
    }

    async fn put_look_on_cards(&self) -> Result<bool, ActionError> {
        let cursor = self
            .house
            .store
            .read(|db| settings::find_prefixed(db, CURSOR_PREFIX))
            .await?;
        let Some(program) = cursor.and_then(|name| name.strip_prefix(CURSOR_PREFIX)?.parse().ok()) else {
            return Ok(false);
        };
        let now = self.house.now();
        self.house
            .store
            .write_behind(move |tx| put_on_cards(tx, now, &program))
            .await?;
        Ok(true)
    }

    /// Drops what is over: kept answers, old webhooks, what waited for endpoints that were taken away.
    pub async fn drop_expired(&self) -> Result<usize, ActionError> {
        let now = self.house.now();
        let before = now.plus_ms(-WEBHOOKS_KEPT_MS);
        self.house
            .store
            .write(move |tx| {
                webhook_deliveries::drop_old(tx, before, DROP_MAX)?;
                webhook_endpoints::drop_removed(tx, DROP_MAX)?;
                Ok(idempotency::drop_expired(tx, now, DROP_MAX)?)
            })
            .await
    }
}
