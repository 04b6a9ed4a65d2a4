//! One transaction around a deed: the idempotency key, the effect, the audit row and the answer stand or
//! fall together.

use super::{ActionError, Code, House};
use crate::store::audit;
use crate::store::idempotency::{self, Kept};
use crate::store::{Db, StoreError, Tx, programs};
use crate::types::{MemberId, ProgramId, RequestId, Role, Time};

/// How long an answer is kept to be given again: seven days.
const KEPT_MS: i64 = 7 * 86_400_000;

/// Who asks, and under which conditions.
#[derive(Debug, Clone)]
pub struct Caller {
    /// For the audit: `key:key_…`, `customer`, `phone`, `google`, `cli`.
    pub actor: String,
    /// What they may do; `None` for those that are not keys.
    pub role: Option<Role>,
    /// The one program that they may see; `None` is all.
    pub program: Option<ProgramId>,
    /// The member whose hands the key is in.
    pub member: Option<MemberId>,
    /// The request.
    pub request_id: RequestId,
    /// The idempotency key that came with it.
    pub idempotency: Option<IdempotencyKey>,
}

/// A key that makes a request safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller's program and the route.
    pub scope: String,
    /// The key as sent, without quotes.
    pub key: String,
    /// A hash of method, address and body.
    pub fingerprint: String,
}

/// What is answered: a status and a JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Whether it was given before.
    pub is_replay: bool,
}

/// A deed under way.
pub struct Deed {
    /// The house.
    pub house: House,
    /// Who asks.
    pub caller: Caller,
    /// When it is done, the same instant for every row of it.
    pub now: Time,
}

impl Caller {
    /// The program itself, or the person at its console.
    pub fn local(actor: &str, now: Time) -> Self {
        Self {
            actor: actor.to_owned(),
            role: None,
            program: None,
            member: None,
            request_id: RequestId::new(now),
            idempotency: None,
        }
    }

    /// Refuses what belongs to a program that the caller may not see, as if it were not there.
    pub fn check_sees(&self, program: &ProgramId) -> Result<(), ActionError> {
        match &self.program {
            Some(own) if own != program => Err(ActionError::new(Code::NotFound)),
            _ => Ok(()),
        }
    }

    /// The one program that something new is of: their own, or the one that they name; `None` is all.
    pub fn choose_program(
        &self,
        db: &mut Db,
        wanted: Option<ProgramId>,
    ) -> Result<Option<ProgramId>, ActionError> {
        let chosen = match (&self.program, wanted) {
            (Some(own), Some(other)) if *own != other => return Err(ActionError::new(Code::NotFound)),
            (Some(own), _) => Some(own.clone()),
            (None, other) => other,
        };
        if let Some(program) = &chosen {
            programs::get(db, program)?;
        }
        Ok(chosen)
    }
}

impl Deed {
    /// Begins a deed.
    pub fn begin(house: &House, caller: Caller) -> Self {
        Self {
            house: house.clone(),
            caller,
            now: house.now(),
        }
    }

    /// Writes the deed into the books.
    pub fn record(
        &self,
        tx: &mut Tx<'_>,
        program: Option<&ProgramId>,
        deed: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        audit::insert(tx, &self.row(program, deed, subject, detail))
    }

    /// A line of the books about this deed.
    pub(super) fn row(
        &self,
        program: Option<&ProgramId>,
        deed: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> audit::Deed {
        audit::Deed {
            id: RequestId::new(self.now),
            program_id: program.cloned(),
            actor: self.caller.actor.clone(),
            deed: deed.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_string(),
            request_id: self.caller.request_id.to_string(),
            created_at: self.now,
        }
    }
}

/// Does a deed in one transaction and gives its answer; with an idempotency key that was used before, gives
/// the answer that was given then.
pub async fn perform<T, D, R>(
    house: &House,
    caller: Caller,
    deed: D,
    render: R,
) -> Result<Answer, ActionError>
where
    T: 'static,
    D: FnOnce(&mut Tx<'_>, &Deed) -> Result<T, ActionError> + Send + 'static,
    R: FnOnce(&T) -> Answer + Send + 'static,
{
    let under_way = Deed::begin(house, caller);
    let written = house
        .store
        .write(move |tx| {
            let key = under_way.caller.idempotency.clone();
            if let Some(key) = &key
                && let Some(answer) = replay_or_claim(tx, key, under_way.now)?
            {
                return Ok(answer);
            }
            let done = deed(tx, &under_way)?;
            let answer = render(&done);
            if let Some(key) = &key {
                idempotency::set_answer(tx, &key.scope, &key.key, i64::from(answer.status), &answer.body)?;
            }
            Ok::<_, ActionError>(answer)
        })
        .await;
    let answer = match written {
        Ok(answer) => answer,
        Err(error) => return Err(note_refusal(house, error).await),
    };
    house.bell.ring();
    Ok(answer)
}

/// Writes into the books what was refused, where that is to be known: nothing else of the deed is kept.
async fn note_refusal(house: &House, mut error: ActionError) -> ActionError {
    if let Some(row) = error.refusal.take() {
        let write = house.store.write(move |tx| audit::insert(tx, &row));
        if let Err(fault) = write.await {
            tracing::error!(%fault, code = error.code.name(), "a refusal could not be written into the books");
        }
    }
    error
}

fn replay_or_claim(tx: &mut Tx<'_>, key: &IdempotencyKey, now: Time) -> Result<Option<Answer>, ActionError> {
    let fresh = Kept {
        scope: key.scope.clone(),
        key: key.key.clone(),
        fingerprint: key.fingerprint.clone(),
        status: 0,
        body: String::new(),
        expires_at: now.plus_ms(KEPT_MS),
    };
    for _ in 0..2 {
        match idempotency::claim(tx, &fresh) {
            Ok(true) => return Ok(None),
            Ok(false) => (),
            // Somebody has held the key for longer than we wait.
            Err(StoreError::Unavailable(why)) if why.contains("lock timeout") => {
                return Err(ActionError::new(Code::KeyInFlight));
            }
            Err(error) => return Err(error.into()),
        }
        match idempotency::find(tx, &key.scope, &key.key)? {
            Some(kept) if kept.expires_at > now => return replay(kept, key).map(Some),
            Some(_) => idempotency::drop_key(tx, &key.scope, &key.key)?,
            None => (),
        }
    }
    Err(ActionError::new(Code::KeyInFlight))
}

fn replay(kept: Kept, key: &IdempotencyKey) -> Result<Answer, ActionError> {
    if kept.fingerprint != key.fingerprint {
        return Err(ActionError::new(Code::IdempotencyMismatch));
    }
    if kept.body.is_empty() {
        // Whom it told of was erased.
        return Err(ActionError::new(Code::NotFound));
    }
    let status = u16::try_from(kept.status).map_err(ActionError::internal)?;
    Ok(Answer {
        status,
        body: kept.body,
        is_replay: true,
    })
}
