//! Somebody who works here signs in, by password anywhere or by PIN at a connected till; or leaves.

use std::time::Duration;

use serde_json::json;

use super::at_till::KEPT_MS;
use super::create_key::key_hash;
use super::passwords::{Factor, verify};
use super::{ActionError, Caller, Code, Deed, House};
use crate::store::half_sessions::{self, HalfSession};
use crate::store::sessions::{self, Session};
use crate::store::staff::{self, Staff};
use crate::store::tills::Till;
use crate::store::{StoreError, Tx, till_deeds};
use crate::types::{PasskeyId, Secret, StaffId, Time, fold_email, random_token};

/// Random bytes of what a browser keeps.
const SECRET_BYTES: usize = 24;
/// How long a session lasts: a long day at work.
pub const SESSION_MS: i64 = 14 * 3_600_000;
/// How long a code may be typed after the password.
pub const HALF_MS: i64 = 10 * 60_000;
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

/// How far somebody came.
#[derive(Debug, Clone)]
pub enum Entry {
    /// They are signed in.
    Whole(Box<SignedIn>),
    /// Their password was right; a code is still asked for. What the browser keeps meanwhile opens nothing.
    Half(Secret),
}

/// By what somebody signs in, for the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Password,
    Pin,
    Code,
    RecoveryCode,
    Passkey(PasskeyId),
}

impl By {
    const fn name(&self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Pin => "pin",
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey(_) => "passkey",
        }
    }

    const fn passkey(&self) -> Option<&PasskeyId> {
        match self {
            Self::Passkey(id) => Some(id),
            _ => None,
        }
    }
}

/// Signs somebody in, or half in whoever has a second step; a PIN is worth something at a till alone, which is a step of
/// its own. Whoever is unknown, has left or has no such factor is answered as one whose password is wrong.
pub async fn sign_in(house: &House, caller: Caller, credentials: Credentials) -> Result<Entry, ActionError> {
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
            let by = if till.is_some() { By::Pin } else { By::Password };
            note_failure(tx, &deed, &staff.id, &by).map(|()| None)
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
pub(super) fn check_wait(staff: &Staff, now: Time) -> Result<(), ActionError> {
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

fn begin(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId, till: Option<&Till>) -> Result<Entry, ActionError> {
    let mut row = staff::lock(tx, id)?;
    // Somebody may have tried meanwhile.
    check_wait(&row, deed.now)?;
    if row.archived_at.is_some() {
        return Err(ActionError::new(Code::WrongPassword));
    }
    if till.is_none() && row.has_second_step() {
        // Failures stay: whoever knows the password alone may not try codes without end.
        return open_half(tx, deed, &row).map(Entry::Half);
    }
    if row.failures > 0 {
        row.failures = 0;
        row.failed_at = None;
        staff::update(tx, &row)?;
    }
    let by = if till.is_some() { By::Pin } else { By::Password };
    let signed_in = open_session(tx, deed, row, till, &by)?;
    Ok(Entry::Whole(Box::new(signed_in)))
}

fn open_half(tx: &mut Tx<'_>, deed: &Deed, row: &Staff) -> Result<Secret, ActionError> {
    half_sessions::sweep(tx, deed.now)?;
    let secret = random_token(SECRET_BYTES);
    let half = HalfSession {
        hash: key_hash(&secret),
        staff_id: row.id.clone(),
        created_at: deed.now,
        expires_at: deed.now.plus_ms(HALF_MS),
    };
    half_sessions::insert(tx, &half)?;
    Ok(Secret::new(secret))
}

/// Begins a session of somebody who is locked.
pub(super) fn open_session(
    tx: &mut Tx<'_>,
    deed: &Deed,
    row: Staff,
    till: Option<&Till>,
    by: &By,
) -> Result<SignedIn, ActionError> {
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
    let detail = json!({ "till": session.till_id, "by": by.name(), "passkey": by.passkey() });
    deed.record(tx, row.program_id.as_ref(), "sign_in", row.id.as_str(), &detail)?;
    Ok(SignedIn {
        secret: Secret::new(secret),
        staff: row,
    })
}

/// Notes a try that failed: the next one may have to wait.
pub(super) fn note_failure(tx: &mut Tx<'_>, deed: &Deed, id: &StaffId, by: &By) -> Result<(), ActionError> {
    let mut row = staff::lock(tx, id)?;
    row.failures += 1;
    row.failed_at = Some(deed.now);
    staff::update(tx, &row)?;
    let detail = json!({ "failures": row.failures, "by": by.name() });
    deed.record(
        tx,
        row.program_id.as_ref(),
        "refuse_sign_in",
        id.as_str(),
        &detail,
    )?;
    Ok(())
}
