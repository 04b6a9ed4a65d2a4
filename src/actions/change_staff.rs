//! Somebody begins to work here, is given other things to do, or leaves.

use serde_json::json;

use super::change_codes::forget_codes;
use super::change_key::check_holder;
use super::change_member::Edit;
use super::identity;
use super::passwords::{Factor, check_password, check_pin, hash};
use super::{ActionError, Caller, Code, Deed, House};
use crate::store::staff::{self, Staff};
use crate::store::{StoreError, Tx, passkeys, sessions};
use crate::types::{MemberId, ProgramId, Role, Secret, StaffId};

/// Most characters of a name or a location.
const NAME_MAX: usize = 200;

/// What is said of somebody who works here.
#[derive(Debug, Clone, Default)]
pub struct StaffChange {
    /// What they are called; `None` stays.
    pub name: Option<String>,
    /// The address that they sign in with.
    pub email: Edit<String>,
    /// What they may do; `None` stays.
    pub role: Option<Role>,
    /// Where they work, as orders name it.
    pub location: Edit<String>,
    /// The member that they are.
    pub member: Edit<MemberId>,
    /// Their new password.
    pub password: Edit<Secret>,
    /// Their new PIN.
    pub pin: Edit<Secret>,
}

/// A change with everything that takes long done: no transaction waits for a slow hash.
pub struct PreparedStaff {
    id: StaffId,
    change: StaffChange,
    password_hash: Edit<String>,
    pin_hash: Edit<String>,
}

/// Checks and hashes what somebody is to sign in by; for a new one without an id.
pub async fn prepare_staff(
    house: &House,
    id: Option<StaffId>,
    change: StaffChange,
) -> Result<PreparedStaff, ActionError> {
    let id = id.unwrap_or_else(|| StaffId::new(house.now()));
    let password_hash = match &change.password {
        Edit::Keep => Edit::Keep,
        Edit::Clear => Edit::Clear,
        Edit::Set(text) => {
            check_password(text)?;
            Edit::Set(hash(house, Factor::Password, &id, text).await?)
        }
    };
    let pin_hash = match &change.pin {
        Edit::Keep => Edit::Keep,
        Edit::Clear => Edit::Clear,
        Edit::Set(text) => {
            check_pin(text)?;
            Edit::Set(hash(house, Factor::Pin, &id, text).await?)
        }
    };
    Ok(PreparedStaff {
        id,
        change,
        password_hash,
        pin_hash,
    })
}

/// Adds somebody. They work for the caller's program if the caller is of one.
pub fn create_staff(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: Option<ProgramId>,
    prepared: &PreparedStaff,
) -> Result<Staff, ActionError> {
    let program = deed.caller.choose_program(tx, program)?;
    let role = prepared.change.role.ok_or_else(|| {
        let detail = "Say what they may do: owner, manager, marketer, cashier or auditor.";
        ActionError::fault("/role", "missing", detail)
    })?;
    let mut row = Staff {
        id: prepared.id.clone(),
        program_id: program,
        name: String::new(),
        email: None,
        role,
        location: None,
        member_id: None,
        password_hash: None,
        pin_hash: None,
        failures: 0,
        failed_at: None,
        code_seed: None,
        code_since: None,
        code_last: None,
        version: 1,
        created_at: deed.now,
        updated_at: deed.now,
        archived_at: None,
    };
    apply(tx, deed, &mut row, prepared)?;
    check_stored(staff::insert(tx, &row))?;
    record(tx, deed, "create_staff", &row)?;
    Ok(row)
}

/// Changes somebody who is still at `version` (any, if `None`). Whoever gets another role, password or PIN signs in
/// anew, but in the session in which they did it themselves.
pub fn change_staff(
    tx: &mut Tx<'_>,
    deed: &Deed,
    version: Option<i64>,
    prepared: &PreparedStaff,
    own_session: Option<&str>,
) -> Result<Staff, ActionError> {
    let mut row = lock(tx, &deed.caller, &prepared.id)?;
    if row.archived_at.is_some() {
        return Err(ActionError::new(Code::Archived));
    }
    if version.is_some_and(|version| version != row.version) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    let before = row.clone();
    apply(tx, deed, &mut row, prepared)?;
    row.version += 1;
    row.updated_at = deed.now;
    let is_other = (row.role, &row.password_hash, &row.pin_hash)
        != (before.role, &before.password_hash, &before.pin_hash);
    if is_other {
        row.failures = 0;
        row.failed_at = None;
        sessions::remove_of(tx, &row.id, own_session)?;
    }
    check_stored(staff::update(tx, &row))?;
    record(tx, deed, "change_staff", &row)?;
    Ok(row)
}

/// Lets somebody go: they are signed out everywhere, what they did stays in the books.
pub fn archive_staff(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId) -> Result<Staff, ActionError> {
    let mut row = lock(tx, &deed.caller, id)?;
    if row.archived_at.is_some() {
        return Ok(row);
    }
    row.archived_at = Some(deed.now);
    row.updated_at = deed.now;
    row.version += 1;
    // The address is free for whoever comes next.
    row.email = None;
    row.password_hash = None;
    row.pin_hash = None;
    forget_codes(tx, &mut row)?;
    passkeys::remove_of(tx, id)?;
    staff::update(tx, &row)?;
    sessions::remove_of(tx, id, None)?;
    record(tx, deed, "archive_staff", &row)?;
    Ok(row)
}

fn lock(tx: &mut Tx<'_>, caller: &Caller, id: &StaffId) -> Result<Staff, ActionError> {
    let row = staff::lock(tx, id)?;
    check_in_reach(caller, &row)?;
    Ok(row)
}

/// Nobody reaches staff of other programs, and nobody gives or takes a role above their own.
pub fn check_in_reach(caller: &Caller, row: &Staff) -> Result<(), ActionError> {
    if caller.program.is_some() && row.program_id != caller.program {
        return Err(ActionError::new(Code::NotFound));
    }
    check_role(caller, row.role)
}

fn check_role(caller: &Caller, role: Role) -> Result<(), ActionError> {
    if caller.role == Some(Role::Manager) && role == Role::Owner {
        let detail = "A manager may not add, change or remove an owner.";
        return Err(ActionError::with(Code::WrongRole, detail));
    }
    if role == Role::Integration {
        let detail = "Nobody works as an integration; make a key for it.";
        return Err(ActionError::fault("/role", "bad_role", detail));
    }
    Ok(())
}

fn apply(tx: &mut Tx<'_>, deed: &Deed, row: &mut Staff, prepared: &PreparedStaff) -> Result<(), ActionError> {
    let change = &prepared.change;
    if let Some(role) = change.role {
        row.role = role;
    }
    check_role(&deed.caller, row.role)?;
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut row.name);
    }
    check_text("/name", &row.name, 1)?;
    edit(&mut row.location, &change.location);
    check_text("/location", row.location.as_deref().unwrap_or_default(), 0)?;
    match &change.email {
        Edit::Keep => (),
        Edit::Clear => row.email = None,
        Edit::Set(text) => {
            let known = identity::email(text).map_err(|fault| ActionError::invalid(vec![fault]))?;
            row.email = Some(known.value);
        }
    }
    match &change.member {
        Edit::Keep => (),
        Edit::Clear => row.member_id = None,
        Edit::Set(member) => {
            check_holder(tx, row.program_id.as_ref(), member)?;
            row.member_id = Some(member.clone());
        }
    }
    edit(&mut row.password_hash, &prepared.password_hash);
    edit(&mut row.pin_hash, &prepared.pin_hash);
    if row.password_hash.is_some() && row.email.is_none() {
        let detail =
            "Whoever has a password signs in with an e-mail address; give one, or take the password away.";
        return Err(ActionError::fault("/email", "missing", detail));
    }
    Ok(())
}

fn edit<T: Clone>(field: &mut Option<T>, change: &Edit<T>) {
    match change {
        Edit::Keep => (),
        Edit::Clear => *field = None,
        Edit::Set(value) => *field = Some(value.clone()),
    }
}

fn check_text(pointer: &str, text: &str, fewest: usize) -> Result<(), ActionError> {
    let length = text.chars().count();
    if (fewest..=NAME_MAX).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    let detail = format!("It has {fewest} to {NAME_MAX} characters, none of them a control character.");
    Err(ActionError::fault(pointer, "bad_text", detail))
}

/// Stores what nobody else may have as well: the address that they sign in with.
fn check_stored(stored: Result<(), StoreError>) -> Result<(), ActionError> {
    match stored {
        Err(StoreError::Duplicate(_)) => {
            let detail = "Somebody else signs in with that address.";
            Err(ActionError::fault("/email", "email_taken", detail))
        }
        other => Ok(other?),
    }
}

fn record(tx: &mut Tx<'_>, deed: &Deed, name: &str, row: &Staff) -> Result<(), ActionError> {
    let detail = json!({
        "role": row.role,
        "has_password": row.password_hash.is_some(),
        "has_pin": row.pin_hash.is_some(),
    });
    deed.record(tx, row.program_id.as_ref(), name, row.id.as_str(), &detail)?;
    Ok(())
}
