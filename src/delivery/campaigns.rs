//! Campaigns on their way to the cards, and messages on their way off them, beside everything else.

use std::time::Duration;

use tokio::sync::watch;

use crate::actions::run_automations::step_automations;
use crate::actions::run_campaign::{Runner, Stepped, end_messages};
use crate::actions::{ActionError, House};
use crate::store::deliveries::{self, Lane};

/// How often somebody looks whether there is something to do.
const PERIOD: Duration = Duration::from_millis(500);
/// Cards of the bulk lane that may wait to be sent: with more, putting the message on cards waits for the sending.
const WAITING_MAX: i64 = 10_000;

/// Brings campaigns to cards. Several instances may: whom one has told the others do not tell again.
pub struct Campaigner {
    house: House,
    runner: Runner,
    /// Most members a second, however fast passes are built.
    per_second: u32,
}

impl Campaigner {
    /// The campaigner of a house, which tells at most so many members a second.
    pub fn new(house: House, per_second: u32) -> Self {
        Self {
            house,
            runner: Runner::default(),
            per_second: per_second.max(1),
        }
    }

    /// Does the next batch, unless so much waits to be sent already that nothing would be gained.
    pub async fn step(&mut self) -> Result<Stepped, ActionError> {
        let ended = end_messages(&self.house).await?;
        let now = self.house.now();
        let waiting = self
            .house
            .store
            .read(move |db| deliveries::count_waiting(db, Lane::Bulk, now, WAITING_MAX));
        if waiting.await? >= WAITING_MAX {
            return Ok(Stepped::default());
        }
        let automated = step_automations(&self.house).await?;
        if automated.is_busy {
            return Ok(automated);
        }
        let stepped = self.runner.step(&self.house).await?;
        Ok(Stepped {
            is_busy: stepped.is_busy || ended,
            ..stepped
        })
    }

    /// Runs until told to stop; what is left of a campaign is done after the next start.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let stepped = self.step().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a campaign failed and is tried again");
                Stepped::default()
            });
            let rest = if stepped.is_busy {
                let sent = u32::try_from(stepped.sent).unwrap_or(u32::MAX);
                // Not faster than they can come for their passes.
                Duration::from_secs(1) * sent / self.house.shelf.builds.per_second(self.per_second)
            } else {
                PERIOD
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => (),
                _ = stop.changed() => (),
            }
        }
    }
}
