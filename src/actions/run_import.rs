//! An import is done batch by batch. How far it has come moves in the transaction that does the rows, so that no row is
//! done twice, whoever stops or starts in between.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::assess::rulebook;
use super::enrol::claim_identities;
use super::enrol_moved::{Moved, Welcome, add_moved, enrol_moved};
use super::import_plan::{ImportPlan, KnownPoints};
use super::judge_import::{Judging, Refusal, Verdict, Why, find_doubles};
use super::start_import::{plan_of, read_table};
use super::undo_import::{leave_next, undo_rows};
use super::{ActionError, Caller, Code, Deed, House, Kind};
use crate::sheet::Sheet;
use crate::store::cards::{self, Card};
use crate::store::imports::{self, ADDED, DONE, Import, ImportRow, KNOWN, REFUSED, RUNNING, UNDOING};
use crate::store::programs::{self, Program};
use crate::store::{Tx, members};
use crate::types::{CardId, ImportId};

/// Rows of one transaction: some tenths of a second in which other writers of SQLite wait.
pub const BATCH_ROWS: usize = 200;

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The import as it is now.
    pub import: Import,
    /// Whether there is nothing more to do.
    pub is_over: bool,
}

/// What is left of a file when its import is done: the rows that were not taken.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Leftover {
    /// The names of its columns.
    pub header: Vec<String>,
    /// The rows with their numbers.
    pub rows: Vec<(i64, Vec<String>)>,
}

/// An import that is under way, with all that does not change from batch to batch.
#[derive(Clone)]
pub struct Runner(Arc<Parts>);

struct Parts {
    id: ImportId,
    program: Program,
    plan: ImportPlan,
    sheet: Sheet,
    doubles: HashMap<usize, i64>,
    caller: Caller,
    reason: String,
}

impl Runner {
    /// Makes an import ready to go on.
    pub async fn ready(house: &House, import: &Import) -> Result<Self, ActionError> {
        let (own, now) = (import.clone(), house.now());
        let read = house.store.read(move |db| {
            let plan = plan_of(&own)?;
            let program = programs::get(db, &own.program_id)?;
            let sheet = if own.state == RUNNING {
                read_table(db, &own)?
            } else {
                // The way back needs no more than what was noted of each row.
                Sheet::none()
            };
            let doubles = find_doubles(&program, &plan, &sheet, program.time_zone.local(now).day);
            Ok::<_, ActionError>(Parts {
                caller: Caller {
                    program: Some(program.id.clone()),
                    ..Caller::local(&own.actor, now)
                },
                reason: format!("Import of {}", own.name),
                id: own.id,
                program,
                plan,
                sheet,
                doubles,
            })
        });
        Ok(Self(Arc::new(read.await?)))
    }

    /// The import.
    pub fn id(&self) -> &ImportId {
        &self.0.id
    }

    /// Does the next batch, or ends the import. A batch in which a row fails is done row by row, and what fails alone is
    /// refused; where the database is busy or gone nothing is done, and the next call tries again.
    pub async fn step(&self, house: &House) -> Result<Progress, ActionError> {
        let error = match self.batch(house, BATCH_ROWS).await {
            Err(error) if !is_passing(&error) => error,
            other => return other,
        };
        tracing::warn!(%error, import = %self.0.id, "a batch is done row by row, since one of its rows failed");
        let mut progress = None;
        for _ in 0..BATCH_ROWS {
            let done = match self.batch(house, 1).await {
                Err(error) if !is_passing(&error) => {
                    tracing::error!(%error, import = %self.0.id, "a row of an import failed and is refused");
                    self.refuse_next(house).await
                }
                other => other,
            };
            let done = done?;
            if done.is_over {
                return Ok(done);
            }
            progress = Some(done);
        }
        progress.ok_or(error)
    }

    async fn batch(&self, house: &House, rows_max: usize) -> Result<Progress, ActionError> {
        let (parts, deed) = (Arc::clone(&self.0), Deed::begin(house, self.0.caller.clone()));
        let write = house.store.write_behind(move |tx| {
            let import = imports::lock(tx, &parts.id)?;
            match import.state.as_str() {
                RUNNING => parts.go_on(tx, &deed, import, rows_max),
                UNDOING => undo_rows(tx, &deed, &parts.program, import, rows_max),
                _ => Ok(Progress {
                    import,
                    is_over: true,
                }),
            }
        });
        write.await
    }

    /// Refuses the row that is next; on the way back it is left as it is.
    async fn refuse_next(&self, house: &House) -> Result<Progress, ActionError> {
        let (parts, deed) = (Arc::clone(&self.0), Deed::begin(house, self.0.caller.clone()));
        let write = house.store.write(move |tx| {
            let import = imports::lock(tx, &parts.id)?;
            match import.state.as_str() {
                RUNNING => (),
                UNDOING => return leave_next(tx, &deed, import),
                _ => return Err(ActionError::new(Code::StaleEdit)),
            }
            let next = usize::try_from(import.next_row).map_err(ActionError::internal)?;
            let row = parts.sheet.rows.get(next);
            let number = row.map_or(0, |row| row.number);
            let row = parts.row(&deed, number, &Done::Refused(Refusal::plain(Why::Rules)))?;
            parts.keep(tx, &deed, import, &[row])
        });
        write.await
    }
}

/// Whether the same may go well in a moment.
fn is_passing(error: &ActionError) -> bool {
    matches!(error.code.kind(), Kind::Unavailable | Kind::Stale)
}

/// What was done with a row.
enum Done {
    Added(crate::types::MemberId, Option<crate::types::EntryId>),
    Known(crate::types::MemberId, Option<crate::types::EntryId>),
    Refused(Refusal),
}

impl Parts {
    fn go_on(
        &self,
        tx: &mut Tx<'_>,
        deed: &Deed,
        import: Import,
        rows_max: usize,
    ) -> Result<Progress, ActionError> {
        let first = usize::try_from(import.next_row).map_err(ActionError::internal)?;
        let rest = self.sheet.rows.get(first..).unwrap_or_default();
        let rows = rest.get(..rows_max.min(rest.len())).unwrap_or_default();
        if rows.is_empty() {
            return self.end(tx, deed, import);
        }
        let today = self.program.time_zone.local(deed.now).day;
        let judging = Judging {
            program: &self.program,
            plan: &self.plan,
            today,
            doubles: &self.doubles,
        };
        let judged = judging.judge(tx, first, rows)?;
        let verdicts = judged.iter().filter_map(|one| match (&one.verdict, &one.moved) {
            (Verdict::Known { card, .. }, Some(moved)) => Some((card, moved)),
            _ => None,
        });
        let mut locked = self.lock_cards(tx, verdicts)?;
        let rulebook = rulebook(tx, &deed.house, &self.program)?;
        let welcome = Welcome {
            program: &self.program,
            rulebook: &rulebook,
            reason: &self.reason,
            is_paid: self.plan.pays_welcome,
        };
        let mut done = Vec::with_capacity(judged.len());
        for one in judged {
            let outcome = match (one.verdict, one.moved) {
                (Verdict::Refused(refusal), _) => Done::Refused(refusal),
                (Verdict::New, Some(moved)) => {
                    let (member, entry) = enrol_moved(tx, deed, &welcome, &moved)?;
                    Done::Added(member, entry)
                }
                (Verdict::Known { member, card, .. }, Some(moved)) => {
                    let card = locked.remove(&card);
                    let entry = Self::go_on_with(tx, deed, &welcome, (&member, card), &moved)?;
                    Done::Known(member, entry)
                }
                (_, None) => return Err(ActionError::internal("a row was judged that was not read")),
            };
            done.push(self.row(deed, one.number, &outcome)?);
        }
        self.keep(tx, deed, import, &done)
    }

    /// Locks the cards that get points, in the order in which everybody locks cards.
    fn lock_cards<'m>(
        &self,
        tx: &mut Tx<'_>,
        known: impl Iterator<Item = (&'m CardId, &'m Moved)>,
    ) -> Result<BTreeMap<CardId, Card>, ActionError> {
        let mut wanted: Vec<&CardId> = known
            .filter(|(_, moved)| self.plan.known == KnownPoints::Add && !moved.points.is_zero())
            .map(|(card, _)| card)
            .collect();
        wanted.sort();
        let mut locked = BTreeMap::new();
        for id in wanted {
            let card = cards::lock(tx, id)?;
            if card.voided_at.is_some() || card.merged_into.is_some() {
                // It was voided or joined while we waited.
                return Err(ActionError::new(Code::StaleEdit));
            }
            locked.insert(id.clone(), card);
        }
        Ok(locked)
    }

    /// What becomes of somebody who is a member already: more ways to find them, and points where that was chosen.
    fn go_on_with(
        tx: &mut Tx<'_>,
        deed: &Deed,
        welcome: &Welcome<'_>,
        (member, card): (&crate::types::MemberId, Option<Card>),
        moved: &Moved,
    ) -> Result<Option<crate::types::EntryId>, ActionError> {
        let person = members::get(tx, member)?;
        claim_identities(tx, deed, &person, &moved.person.identities)?;
        match card {
            Some(card) => add_moved(tx, deed, welcome, card, moved.points),
            None => Ok(None),
        }
    }

    fn row(&self, deed: &Deed, number: i64, done: &Done) -> Result<ImportRow, ActionError> {
        let (outcome, member, entry) = match done {
            Done::Added(member, entry) => (ADDED, Some(member), entry.as_ref()),
            Done::Known(member, entry) => (KNOWN, Some(member), entry.as_ref()),
            Done::Refused(_) => (REFUSED, None, None),
        };
        let why = match done {
            Done::Refused(refusal) => serde_json::to_string(refusal).map_err(ActionError::internal)?,
            _ => String::new(),
        };
        Ok(ImportRow {
            import_id: self.id.clone(),
            number,
            outcome: outcome.to_owned(),
            why,
            member_id: member.map(ToString::to_string).unwrap_or_default(),
            entry_id: entry.map(ToString::to_string).unwrap_or_default(),
            done_at: deed.now,
        })
    }

    /// Notes what was done with rows, and that they are done.
    fn keep(
        &self,
        tx: &mut Tx<'_>,
        deed: &Deed,
        mut import: Import,
        rows: &[ImportRow],
    ) -> Result<Progress, ActionError> {
        imports::put_rows(tx, rows)?;
        let first = usize::try_from(import.next_row).map_err(ActionError::internal)?;
        let by_number: HashMap<i64, i64> = self
            .sheet
            .rows
            .iter()
            .skip(first)
            .take(rows.len())
            .map(|row| {
                let cell = self.plan.cell(&row.cells, crate::sheet::Field::Points);
                let points = crate::sheet::read_points(cell).ok().flatten();
                (row.number, points.unwrap_or_default())
            })
            .collect();
        for row in rows {
            import.next_row += 1;
            match row.outcome.as_str() {
                ADDED => import.added += 1,
                KNOWN => import.known += 1,
                _ => import.refused += 1,
            }
            if !row.entry_id.is_empty() {
                let points = by_number.get(&row.number).copied().unwrap_or_default();
                import.points = import.points.saturating_add(points);
            }
        }
        import.changed_at = deed.now;
        imports::set(tx, &import)?;
        Ok(Progress {
            import,
            is_over: false,
        })
    }

    /// Every row was looked at: of the file only what was not taken is kept.
    fn end(&self, tx: &mut Tx<'_>, deed: &Deed, mut import: Import) -> Result<Progress, ActionError> {
        let refused = imports::list_rows(tx, &self.id, &[REFUSED], 0, import.total)?;
        let refused: std::collections::HashSet<i64> = refused.iter().map(|row| row.number).collect();
        let rows = self.sheet.rows.iter().filter(|row| refused.contains(&row.number));
        let leftover = Leftover {
            header: self.sheet.header.clone(),
            rows: rows.map(|row| (row.number, row.cells.clone())).collect(),
        };
        let bytes = serde_json::to_vec(&leftover).map_err(ActionError::internal)?;
        imports::set_file(tx, &self.id, &bytes)?;
        DONE.clone_into(&mut import.state);
        import.version += 1;
        import.changed_at = deed.now;
        imports::set(tx, &import)?;
        let detail = json!({
            "added": import.added, "known": import.known, "refused": import.refused, "points": import.points,
        });
        deed.record(
            tx,
            Some(&self.program.id),
            "import_ended",
            self.id.as_str(),
            &detail,
        )?;
        Ok(Progress {
            import,
            is_over: true,
        })
    }
}
