//! Somebody who works here gets a passkey, or has one taken away.

use serde_json::json;

use super::challenge::{self, Purpose, read_challenge};
use super::change_codes::{lock_at, save};
use super::change_staff::check_in_reach;
use super::{ActionError, Code, Deed};
use crate::store::passkeys::{self, Passkey};
use crate::store::{StoreError, Tx, sessions};
use crate::types::{Base64Url, PasskeyId, StaffId};
use crate::webauthn::{Registration, RelyingParty, verify_registration};

/// Most passkeys of one person.
pub const PASSKEYS_MAX: i64 = 16;
/// Most characters of a passkey's name.
pub const PASSKEY_NAME_MAX: usize = 80;

/// What a browser sends of a passkey that it made.
#[derive(Debug, Clone)]
pub struct MadePasskey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// The client data.
    pub client_data: Vec<u8>,
    /// The attestation object.
    pub attestation: Vec<u8>,
}

/// Keeps a passkey that was made in a session for somebody who is still at `version`. `None` if it is not taken; the
/// books say why.
pub fn add_passkey(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
    session: &str,
    (name, made): (&str, &MadePasskey),
) -> Result<Option<Passkey>, ActionError> {
    let mut row = lock_at(tx, id, version)?;
    let name = name.trim();
    if !(1..=PASSKEY_NAME_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let detail =
            format!("A name has 1 to {PASSKEY_NAME_MAX} characters, none of them a control character.");
        return Err(ActionError::fault("/name", "bad_text", detail));
    }
    let known = passkeys::list(tx, id, PASSKEYS_MAX)?;
    if i64::try_from(known.len()).is_ok_and(|count| count >= PASSKEYS_MAX) {
        let detail =
            format!("There are {PASSKEYS_MAX} passkeys, as many as there may be; take one away first.");
        return Err(ActionError::with(Code::LimitReached, detail));
    }
    let wrong = || ActionError::new(Code::WrongPasskey);
    let party = RelyingParty::of(&deed.house.public_url).ok_or_else(wrong)?;
    let purpose = Purpose::Register(session.to_owned());
    let answered = read_challenge(&deed.house, &purpose, &made.client_data).ok_or_else(wrong)?;
    let is_fresh = challenge::spend(tx, deed, &answered)?;
    let sent = Registration {
        id: &made.id,
        client_data: &made.client_data,
        attestation: &made.attestation,
    };
    let refused = match verify_registration(&party, &answered.bytes, sent) {
        _ if !is_fresh => "spent".to_owned(),
        Err(refusal) => refusal.to_string(),
        Ok(new) => {
            let passkey = Passkey {
                id: PasskeyId::new(deed.now),
                staff_id: id.clone(),
                name: name.to_owned(),
                credential: Base64Url::encode(&new.id),
                public_key: Base64Url::encode(&new.public_key),
                counter: new.counter.into(),
                created_at: deed.now,
                used_at: None,
            };
            match passkeys::insert(tx, &passkey) {
                Err(StoreError::Duplicate(_)) => return Err(ActionError::new(Code::PasskeyTaken)),
                other => other?,
            }
            save(tx, deed, &mut row, "add_passkey")?;
            return Ok(Some(passkey));
        }
    };
    let detail = json!({ "because": refused });
    deed.record(
        tx,
        row.program_id.as_ref(),
        "refuse_new_passkey",
        id.as_str(),
        &detail,
    )?;
    Ok(None)
}

/// Takes a passkey of somebody who is still at `version` away, and ends their other sessions.
pub fn remove_passkey(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
    passkey: &PasskeyId,
    own_session: &str,
) -> Result<(), ActionError> {
    let mut row = lock_at(tx, id, version)?;
    if !passkeys::remove(tx, id, passkey)? {
        return Err(ActionError::new(Code::NotFound));
    }
    save(tx, deed, &mut row, "remove_passkey")?;
    sessions::remove_of(tx, id, Some(own_session))?;
    Ok(())
}

/// Takes every passkey of somebody who is still at `version` away, who lost what holds them, and ends their sessions.
pub fn remove_passkeys(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (id, version): (&StaffId, i64),
) -> Result<(), ActionError> {
    let mut row = lock_at(tx, id, version)?;
    check_in_reach(&deed.caller, &row)?;
    if passkeys::list(tx, id, 1)?.is_empty() {
        return Err(ActionError::new(Code::StaleEdit));
    }
    passkeys::remove_of(tx, id)?;
    save(tx, deed, &mut row, "remove_passkeys")?;
    sessions::remove_of(tx, id, None)?;
    Ok(())
}
