//! Figures that read whole programs, counted beside everything else: for some seconds at a million members, so that
//! fetches are recorded and points moved meanwhile.

use std::time::Duration;

use tokio::sync::watch;

use crate::actions::count_fifths::renew_fifths;
use crate::actions::measure_program::{count_wanted, renew_oldest};
use crate::actions::{ActionError, House};

/// How often figures are counted that somebody waits for.
const PERIOD: Duration = Duration::from_secs(1);
/// Every so many periods figures that were kept, and fifths, are looked through for old ones: once a minute.
const RENEW_EVERY: u32 = 60;

/// Counts figures.
pub struct Counter {
    house: House,
}

impl Counter {
    /// The counter of a house.
    pub const fn new(house: House) -> Self {
        Self { house }
    }

    /// Runs until told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut periods = 0;
        while !*stop.borrow() {
            let is_busy = self.count(periods).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "figures are counted anew in a minute");
                false
            });
            periods += 1;
            if is_busy {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => (),
                _ = stop.changed() => (),
            }
        }
    }

    /// Counts figures that are wanted or old; says whether there may be more.
    async fn count(&self, periods: u32) -> Result<bool, ActionError> {
        let (store, now) = (&self.house.store, self.house.now());
        if count_wanted(store, now).await? {
            return Ok(true);
        }
        if !periods.is_multiple_of(RENEW_EVERY) {
            return Ok(false);
        }
        renew_fifths(store, now).await?;
        renew_oldest(store, now).await
    }
}
