//! Further members of the demo's café, by the thousand.

use std::fmt;
use std::sync::Arc;

use super::seed::deed_at;
use super::{StartError, broken};
use crate::actions::House;
use crate::actions::seed_crowd::{BATCH, CrowdPlan, MEMBERS_MAX, seed_crowd};
use crate::store::crowds::{self, Crowd};
use crate::store::programs::Program;

/// Told how many members are there, and how many there are to be.
pub type Tell = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// A crowd that comes beside the café's own members.
#[derive(Clone)]
pub struct CrowdOptions {
    /// How many, at most [`MEMBERS_MAX`].
    pub members: u64,
    /// What their chance is made of: the same crowd for the same.
    pub seed: u64,
    /// Told after each batch.
    pub tell: Tell,
}

impl Default for CrowdOptions {
    /// Nobody.
    fn default() -> Self {
        Self {
            members: 0,
            seed: 1,
            tell: Arc::new(|_, _| ()),
        }
    }
}

impl fmt::Debug for CrowdOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} members of the seed {}", self.members, self.seed)
    }
}

/// Refuses a crowd that is too large.
pub(super) fn check(crowd: &CrowdOptions) -> Result<(), StartError> {
    if crowd.members <= MEMBERS_MAX {
        return Ok(());
    }
    Err(StartError::Broken(format!(
        "the demo seeds at most {MEMBERS_MAX} members, not {}",
        crowd.members
    )))
}

/// Seeds a crowd into a program. The next batch is drawn while one is written.
pub(super) async fn seed(house: &House, program: &Program, crowd: &CrowdOptions) -> Result<(), StartError> {
    if crowd.members == 0 {
        return Ok(());
    }
    let plan = CrowdPlan::make(house, program, crowd.members, crowd.seed).await;
    let plan = plan.map_err(broken)?.by(&deed_at(house, house.now()));
    let plan = Arc::new(plan);
    house.store.write(crowds::make_room).await.map_err(broken)?;
    let mut drawn = draw(&plan, 0).await?;
    let mut done = 0;
    while done < crowd.members {
        let next = (done + BATCH).min(crowd.members);
        let (written, following) = tokio::join!(write(house, &plan, drawn), draw(&plan, next));
        written?;
        drawn = following?;
        done = next;
        (crowd.tell)(done, crowd.members);
    }
    house.store.write(crowds::give_room_back).await.map_err(broken)
}

async fn draw(plan: &Arc<CrowdPlan>, done: u64) -> Result<Crowd, StartError> {
    let plan = Arc::clone(plan);
    let drawing = tokio::task::spawn_blocking(move || plan.draw(done));
    drawing.await.map_err(broken)?.map_err(broken)
}

async fn write(house: &House, plan: &Arc<CrowdPlan>, crowd: Crowd) -> Result<(), StartError> {
    let (deed, plan) = (deed_at(house, house.now()), Arc::clone(plan));
    let writing = house.store.write(move |tx| seed_crowd(tx, &deed, &plan, &crowd));
    writing.await.map_err(broken)
}
