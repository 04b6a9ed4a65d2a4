//! Lists of members that somebody said to import, done batch by batch beside everything else.

use std::time::Duration;

use tokio::sync::watch;

use crate::actions::run_import::Runner;
use crate::actions::{ActionError, House};
use crate::store::imports;
use crate::types::ImportId;

/// How often somebody looks whether there is one.
const PERIOD: Duration = Duration::from_millis(500);

/// Does imports, one after another. Several instances may: what one has done the others do not do again.
pub struct Importer {
    house: House,
    /// The one that is under way, made ready once.
    runner: Option<Runner>,
    /// One that failed: the next look begins behind it, so that it keeps no other from going on.
    failed: Option<ImportId>,
}

impl Importer {
    /// The importer of a house.
    pub const fn new(house: House) -> Self {
        Self {
            house,
            runner: None,
            failed: None,
        }
    }

    /// Does the next batch of the oldest import that is under way; says whether there is more to do at once.
    pub async fn step(&mut self) -> Result<bool, ActionError> {
        let runner = match self.runner.take() {
            Some(runner) => runner,
            None => match self.find().await? {
                Some(runner) => runner,
                None => return Ok(false),
            },
        };
        self.failed = Some(runner.id().clone());
        let progress = runner.step(&self.house).await?;
        self.failed = None;
        if !progress.is_over {
            self.runner = Some(runner);
        }
        Ok(true)
    }

    async fn find(&mut self) -> Result<Option<Runner>, ActionError> {
        let behind = self.failed.take();
        let store = &self.house.store;
        let found = store
            .read(move |db| imports::find_under_way(db, behind.as_ref()))
            .await?;
        let Some(import) = found else {
            return Ok(None);
        };
        self.failed = Some(import.id.clone());
        let runner = Runner::ready(&self.house, &import).await?;
        self.failed = None;
        Ok(Some(runner))
    }

    /// Runs until told to stop; what is left of an import is done after the next start.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let is_busy = self.step().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "an import failed and is tried again");
                false
            });
            if is_busy {
                // Between two batches the database is everybody's.
                tokio::task::yield_now().await;
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => (),
                _ = stop.changed() => (),
            }
        }
    }
}
