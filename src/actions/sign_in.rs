//! Somebody who works here signs in, by password anywhere or by PIN at a connected till; or leaves.

use std::time::Duration;

use serde_json::json;

use super::at_till::KEPT_MS;
use super::create_key::key_hash;
use super::passwords::{Factor, verify};
use super::{ActionError, Caller, Code, Deed, House};
use crate::store::sessions::{self, Session};
use crate::store::staff::{self, Staff};
use crate::store::tills::Till;
use crate::store::{StoreError, Tx, till_deeds};
use crate::types::{Secret, StaffId, Time, fold_email, random_token};

/// Random bytes of what a browser keeps.
const SECRET_BYTES: usize = 24;
/// How long a session lasts: a long day at work.
pub const SESSION_MS: i64 = 14 * 3_600_000;
/// Tries in a row that may fail before the next one has to wait.
pub const FREE_TRIES: i64 = 5;
/// How long it waits then, in milliseconds; twice as long each time more.
const FIRST_WAIT_MS: i64 = 30_000;
/// The longest that it waits: whoever knows the password is never locked out for good.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;

/// How somebody says who they are.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// E-mail address and password.
    Password(String, Secret),
    /// A PIN, at a till.
    Pin(StaffId, Secret, Till),
}

/// Who signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the browser keeps.
    pub secret: Secret,
    /// Who it is.
    pub staff: Staff,
}

/// Signs somebody in. Whoever is unknown, has left or has no such factor is answered as one whose password is wrong.
pub async fn sign_in(
    house: &House,
    caller: Caller,
    credentials: Credentials,
) -> Result<SignedIn, ActionError> {
    let (factor, text, till) = match &credentials {
        Credentials::Password(_, text) => (Factor::Password, text.clone(), None),
        Credentials::Pin(_, text, till) => (Factor::Pin, text.clone(), Some(till.clone())),
    };
    let found = find(house, credentials).await?;
    if let Some(found) = &found {
        check_wait(found, house.now())?;
    }
    let known = found.as_ref().and_then(|found| {
        let hash = match factor {
            Factor::Password => &found.password_hash,
            Factor::Pin => &found.pin_hash,
        };
        Some((&found.id, hash.as_deref()?))
    });
    let is_right = verify(house, factor, known, &text).await?;
    let wrong = || ActionError::new(Code::WrongPassword);
    let staff = found.ok_or_else(wrong)?;
    let deed = Deed::begin(house, caller);
    let write = house.store.write(move |tx| {
        if is_right {
            begin(tx, &deed, &staff.id, till.as_ref()).map(Some)
        } else {
            note_failure(tx, &deed, &staff.id).map(|()| None)
        }
    });
    write.await?.ok_or_else(wrong)
}

/// Ends a session.
pub fn sign_out(tx: &mut Tx<'_>, deed: &Deed, hash: &str) -> Result<(), ActionError> {
    sessions::remove(tx, hash)?;
    deed.record(tx, None, "sign_out", &deed.caller.actor, &json!({}))?;
    Ok(())
}

/// Whoever the credentials are of, if they may come in at all.
async fn find(house: &House, credentials: Credentials) -> Result<Option<Staff>, ActionError> {
    let read = house.store.read(move |db| {
        let found = match &credentials {
            Credentials::Password(email, _) => staff::find_by_email(db, &fold_email(email))?,
            Credentials::Pin(id, _, till) => match staff::get(db, id) {
                Ok(found) => Some(found).filter(|found| works_at(found, till)),
                Err(StoreError::NotFound) => None,
                Err(error) => return Err(error.into()),
            },
        };
        Ok::<_, ActionError>(found.filter(|found| found.archived_at.is_none()))
    });
    read.await
}

/// Whether somebody works where a till stands.
fn works_at(staff: &Staff, till: &Till) -> bool {
    staff
        .program_id
        .as_ref()
        .is_none_or(|program| *program == till.program_id)
}

/// Refuses a try that comes too soon after too many that failed.
fn check_wait(staff: &Staff, now: Time) -> Result<(), ActionError> {
    let beyond = staff.failures - FREE_TRIES;
    let Some(failed_at) = staff.failed_at.filter(|_| beyond >= 0) else {
        return Ok(());
    };
    let doublings = u32::try_from(beyond).unwrap_or(u32::MAX).min(16);
    let wait = FIRST_WAIT_MS.saturating_mul(1 << doublings).min(LONGEST_WAIT_MS);
    let until = failed_at.plus_ms(wait);
    if until <= now {
        return Ok(());
    }
    Err(ActionError {
        retry_after: Some(until.since(now).max(Duration::from_secs(1))),
        ..ActionError::new(Code::SignInLocked)
    })
}

fn begin(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId, till: Option<&Till>) -> Result<SignedIn, ActionError> {
    let mut row = staff::lock(tx, id)?;
    // Somebody may have tried meanwhile.
    check_wait(&row, deed.now)?;
    if row.archived_at.is_some() {
        return Err(ActionError::new(Code::WrongPassword));
    }
    if row.failures > 0 {
        row.failures = 0;
        row.failed_at = None;
        staff::update(tx, &row)?;
    }
    sessions::sweep(tx, deed.now)?;
    till_deeds::sweep(tx, deed.now.plus_ms(-KEPT_MS))?;
    let secret = random_token(SECRET_BYTES);
    let session = Session {
        hash: key_hash(&secret),
        staff_id: row.id.clone(),
        till_id: till.map(|till| till.id.clone()),
        is_training: false,
        created_at: deed.now,
        expires_at: deed.now.plus_ms(SESSION_MS),
    };
    sessions::insert(tx, &session)?;
    let detail = json!({ "till": session.till_id });
    deed.record(tx, row.program_id.as_ref(), "sign_in", row.id.as_str(), &detail)?;
    Ok(SignedIn {
        secret: Secret::new(secret),
        staff: row,
    })
}

fn note_failure(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId) -> Result<(), ActionError> {
    let mut row = staff::lock(tx, id)?;
    row.failures += 1;
    row.failed_at = Some(deed.now);
    staff::update(tx, &row)?;
    let detail = json!({ "failures": row.failures });
    deed.record(
        tx,
        row.program_id.as_ref(),
        "refuse_sign_in",
        id.as_str(),
        &detail,
    )?;
    Ok(())
}
