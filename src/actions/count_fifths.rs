//! Where the fifths of a program's buyers lie: counted of all of them once an hour, and kept for whoever asks.

use serde::{Deserialize, Serialize};

use super::ActionError;
use crate::loyalty::insight::RFM_DAYS;
use crate::loyalty::segment::Criterion;
use crate::loyalty::segment::rfm::Fifths;
use crate::store::insight::{self, Span};
use crate::store::programs::Program;
use crate::store::{Db, LIST_MAX, Store, programs, settings};
use crate::types::{ProgramId, Time};

/// How old what is kept may become before it is counted anew: an hour.
pub const FIFTHS_FRESH_MS: i64 = 3_600_000;

/// What is kept of a program.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// When it was counted, or somebody began to.
    as_of_ms: i64,
    /// `None` if nobody bought within the time that counts.
    fifths: Option<Fifths>,
}

impl Kept {
    fn find(db: &mut Db, program: &ProgramId) -> Result<Option<Self>, ActionError> {
        let found = settings::find(db, &name(program))?;
        found.map(|(text, _)| Self::read(&text)).transpose()
    }

    fn read(text: &str) -> Result<Self, ActionError> {
        serde_json::from_str(text).map_err(ActionError::internal)
    }

    fn write(&self) -> Result<String, ActionError> {
        serde_json::to_string(self).map_err(ActionError::internal)
    }

    const fn is_old(&self, now: Time) -> bool {
        self.as_of_ms.saturating_add(FIFTHS_FRESH_MS) <= now.millis()
    }
}

/// The name by which the settings keep it.
fn name(program: &ProgramId) -> String {
    format!("rfm_fifths:{program}")
}

/// Tells a criterion that asks for fifths where they lie.
pub(super) fn fill_fifths(
    db: &mut Db,
    program: &ProgramId,
    criterion: &mut Criterion,
) -> Result<(), ActionError> {
    let mut asks = false;
    criterion.each_rfm(&mut |_| asks = true);
    if asks {
        let fifths = Kept::find(db, program)?.and_then(|kept| kept.fifths);
        criterion.each_rfm(&mut |rfm| rfm.fifths.clone_from(&fifths));
    }
    Ok(())
}

/// Counts where the fifths of each program lie, if what is kept is older than an hour or there is nothing yet; of
/// several instances one does. Gives how many programs were counted.
pub async fn renew_fifths(store: &Store, now: Time) -> Result<usize, ActionError> {
    let mut counted = 0;
    let mut after: Option<ProgramId> = None;
    loop {
        let last = after.take();
        let page = store
            .read(move |db| programs::list(db, None, last.as_ref(), LIST_MAX))
            .await?;
        let Some(last) = page.last() else {
            return Ok(counted);
        };
        after = Some(last.id.clone());
        for program in page {
            counted += usize::from(renew(store, program, now).await?);
        }
    }
}

async fn renew(store: &Store, program: Program, now: Time) -> Result<bool, ActionError> {
    let id = program.id.clone();
    let kept = store.read(move |db| Kept::find(db, &id)).await?;
    let is_first = kept.is_none();
    if kept.is_some_and(|kept| !kept.is_old(now)) || !is_first && !claim(store, &program.id, now).await? {
        return Ok(false);
    }
    let id = program.id.clone();
    let fifths = store.read(move |db| count_fifths(db, &program, now)).await?;
    // A shop where nobody has bought yet is looked at again in a minute.
    if is_first && fifths.is_none() {
        return Ok(false);
    }
    let kept = Kept {
        as_of_ms: now.millis(),
        fifths,
    };
    store
        .write(move |tx| {
            let text = kept.write()?;
            settings::lock(tx, &name(&id), &text, now)?;
            settings::set(tx, &name(&id), &text, now)?;
            Ok::<_, ActionError>(true)
        })
        .await
}

/// Says that what is kept is counted anew, unless somebody else has said so.
async fn claim(store: &Store, program: &ProgramId, now: Time) -> Result<bool, ActionError> {
    let key = name(program);
    store
        .write(move |tx| {
            let Some(text) = settings::find_locked(tx, &key)? else {
                return Ok(false);
            };
            let mut kept = Kept::read(&text)?;
            let is_ours = kept.is_old(now);
            if is_ours {
                kept.as_of_ms = now.millis();
                settings::set(tx, &key, &kept.write()?, now)?;
            }
            Ok::<_, ActionError>(is_ours)
        })
        .await
}

/// Where the fifths of a program lie now. Reads all of its cards and their days.
fn count_fifths(db: &mut Db, program: &Program, now: Time) -> Result<Option<Fifths>, ActionError> {
    let zone = program.time_zone;
    let to = zone.local(now).day;
    let from = to.plus_days(1 - RFM_DAYS);
    let span = Span {
        program: program.id.clone(),
        from,
        to,
        start: zone.start_of(from),
        end: zone.start_of(to.plus_days(1)),
    };
    Ok(insight::find_fifths(db, &span, from)?)
}
