//! What would become of the members of a segment if they were sent a message now. It reads every card of a program, so
//! several readers share them.

use futures_util::future::try_join_all;

use super::ActionError;
use super::change_campaign::{read_audience, read_body};
use crate::loyalty::campaign::reach::{DAY_MS, WEEK_MS};
use crate::loyalty::policy::Policy;
use crate::loyalty::segment::Criterion;
use crate::store::campaigns::Campaign;
use crate::store::segments::{self, Caps, Foreseen, Part, SHARED_MIN, Scope};
use crate::store::{Db, Store, programs};
use crate::types::{ProgramId, Time};

/// Most readers that share the cards of a program; the others serve those who wait for less.
const READERS_MAX: usize = 4;

/// Whom a message on a topic is for.
#[derive(Debug, Clone)]
pub struct Audience {
    /// The program.
    pub program: ProgramId,
    /// Who is meant, as [`read_criterion`](super::look_at_segment::read_criterion) reads it.
    pub criterion: Criterion,
    /// The topic that they must have agreed to.
    pub topic: String,
}

/// How many would hear a campaign now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Who is meant, and what keeps some from hearing it.
    pub foreseen: Foreseen,
    /// About so many of those who could hear it are held out.
    pub held_out: i64,
}

/// Whom a campaign or automation that is written is for, and the share of them who are held out.
pub fn read_written(db: &mut Db, campaign: &Campaign) -> Result<(Audience, u8), ActionError> {
    let body = read_body(campaign)?;
    let audience = Audience {
        program: campaign.program_id.clone(),
        criterion: read_audience(db, &campaign.program_id, &body)?,
        topic: body.topic,
    };
    Ok((audience, body.hold_out_percent))
}

/// Counts who would hear a campaign if it were sent now.
pub async fn estimate(
    store: &Store,
    (audience, hold_out_percent): (Audience, u8),
    now: Time,
) -> Result<Estimate, ActionError> {
    let foreseen = foresee(store, audience, now).await?;
    Ok(Estimate {
        foreseen,
        held_out: foreseen.free() * i64::from(hold_out_percent) / 100,
    })
}

/// Counts what would become of an audience if it were sent a message now. Each reader counts at its own moment: who
/// changes meanwhile is counted as before or as after, and once.
pub async fn foresee(store: &Store, audience: Audience, now: Time) -> Result<Foreseen, ActionError> {
    let readers = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(READERS_MAX));
    let parts = store
        .read(move |db| segments::split(db, readers, SHARED_MIN))
        .await?;
    let counts = parts.into_iter().map(|part| {
        let audience = audience.clone();
        store.read(move |db| foresee_part(db, &audience, &part, now))
    });
    let counts: Vec<Foreseen> = try_join_all(counts).await?;
    Ok(counts.into_iter().fold(Foreseen::default(), Foreseen::and))
}

fn foresee_part(db: &mut Db, audience: &Audience, part: &Part, now: Time) -> Result<Foreseen, ActionError> {
    let program = programs::get(db, &audience.program)?;
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    let scope = Scope {
        program: &program.id,
        today: program.time_zone.local(now).day,
        zone: program.time_zone,
    };
    let caps = Caps {
        day: (now.plus_ms(-DAY_MS), policy.messages.day_max()),
        week: (now.plus_ms(-WEEK_MS), policy.messages.week_max()),
    };
    let asked = (&audience.criterion, audience.topic.as_str());
    Ok(segments::foresee(db, scope, asked, (caps, part))?)
}
