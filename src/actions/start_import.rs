//! A list of members of another product is brought, planned, and said to be done; or thrown away.

use serde_json::json;

use super::import_plan::ImportPlan;
use super::judge_import::Summary;
use super::{ActionError, Code, Deed};
use crate::sheet::{FileFault, Limits, Sheet, read_sheet};
use crate::store::imports::{self, DRAFT, Import, RUNNING};
use crate::store::programs::Program;
use crate::store::{Db, Tx};
use crate::types::{ImportId, ProgramId, sha256_hex};

/// How long files are kept: thirty days.
const KEPT_MS: i64 = 30 * 86_400_000;
/// Longest name of a file that is kept, in characters.
const NAME_MAX: usize = 120;

/// A list that is brought: its bytes, what it is called, and what is to be done with it.
pub struct NewImport {
    /// The name of the file.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// How many rows it has.
    pub rows: usize,
    /// What its columns seem to mean.
    pub plan: ImportPlan,
}

impl NewImport {
    /// Reads a file, or says why it is no list.
    pub fn read(name: &str, bytes: Vec<u8>, limits: Limits) -> Result<Self, FileFault> {
        let sheet = read_sheet(&bytes, limits)?;
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|letter| !letter.is_control())
            .take(NAME_MAX)
            .collect();
        Ok(Self {
            plan: ImportPlan::guess(&sheet),
            rows: sheet.rows.len(),
            name,
            bytes,
        })
    }

    /// What tells a file from every other.
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.bytes)
    }
}

/// Keeps a list until it is said to be done. Files of earlier ones that are older than thirty days are dropped.
pub fn start_import(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    new: &NewImport,
) -> Result<Import, ActionError> {
    deed.caller.check_sees(program)?;
    imports::sweep_files(tx, program, deed.now.plus_ms(-KEPT_MS))?;
    let import = Import {
        id: ImportId::new(deed.now),
        program_id: program.clone(),
        name: new.name.clone(),
        fingerprint: new.fingerprint(),
        state: DRAFT.to_owned(),
        plan: serde_json::to_string(&new.plan).map_err(ActionError::internal)?,
        summary: String::new(),
        total: i64::try_from(new.rows).map_err(ActionError::internal)?,
        next_row: 0,
        added: 0,
        known: 0,
        refused: 0,
        points: 0,
        actor: deed.caller.actor.clone(),
        version: 1,
        created_at: deed.now,
        changed_at: deed.now,
    };
    imports::insert(tx, &import, &new.bytes)?;
    Ok(import)
}

/// The import, or `NotFound`, also of one that the caller may not see.
pub fn get_import(db: &mut Db, deed: &Deed, id: &ImportId) -> Result<Import, ActionError> {
    let import = imports::find(db, id)?.ok_or_else(|| ActionError::new(Code::NotFound))?;
    deed.caller.check_sees(&import.program_id)?;
    Ok(import)
}

/// What an import is to do.
pub fn plan_of(import: &Import) -> Result<ImportPlan, ActionError> {
    serde_json::from_str(&import.plan).map_err(ActionError::internal)
}

/// What the look at its rows found; `None` before.
pub fn summary_of(import: &Import) -> Result<Option<Summary>, ActionError> {
    if import.summary.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&import.summary)
        .map(Some)
        .map_err(ActionError::internal)
}

/// The table of an import whose file is still kept whole.
pub fn read_table(db: &mut Db, import: &Import) -> Result<Sheet, ActionError> {
    let bytes = imports::find_file(db, &import.id)?.ok_or_else(|| ActionError::new(Code::NotFound))?;
    // It was read before, by a page or by the command.
    read_sheet(&bytes, Limits::COMMAND).map_err(ActionError::internal)
}

/// Keeps what is to be done with a draft that is still at `version`, and what that will come to.
pub fn plan_import(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&ImportId, i64),
    plan: &ImportPlan,
    summary: Option<&Summary>,
) -> Result<Import, ActionError> {
    let mut import = lock_draft(tx, deed, id, version)?;
    import.plan = serde_json::to_string(plan).map_err(ActionError::internal)?;
    import.summary = match summary {
        Some(summary) => serde_json::to_string(summary).map_err(ActionError::internal)?,
        None => String::new(),
    };
    import.version += 1;
    import.changed_at = deed.now;
    imports::set(tx, &import)?;
    Ok(import)
}

/// Says that a draft is to be done. The service does it, batch by batch.
pub fn confirm_import(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &Program,
    (id, version): (&ImportId, i64),
) -> Result<Import, ActionError> {
    let mut import = lock_draft(tx, deed, id, version)?;
    if import.summary.is_empty() {
        return Err(ActionError::new(Code::StaleEdit));
    }
    RUNNING.clone_into(&mut import.state);
    deed.caller.actor.clone_into(&mut import.actor);
    import.version += 1;
    import.changed_at = deed.now;
    imports::set(tx, &import)?;
    let detail = json!({ "file": import.name, "rows": import.total, "plan": plan_of(&import)? });
    deed.record(
        tx,
        Some(&program.id),
        "import_members",
        import.id.as_str(),
        &detail,
    )?;
    Ok(import)
}

/// Throws a draft away with its file.
pub fn discard_import(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&ImportId, i64),
) -> Result<(), ActionError> {
    let import = lock_draft(tx, deed, id, version)?;
    Ok(imports::remove(tx, &import.id)?)
}

fn lock_draft(tx: &mut Tx<'_>, deed: &Deed, id: &ImportId, version: i64) -> Result<Import, ActionError> {
    get_import(tx, deed, id)?;
    let import = imports::lock(tx, id)?;
    if import.state != DRAFT || import.version != version {
        return Err(ActionError::new(Code::StaleEdit));
    }
    Ok(import)
}
