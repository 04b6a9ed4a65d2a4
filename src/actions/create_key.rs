//! A key of the API is made, shown once and kept as a hash; or taken back.

use serde_json::json;

use super::{ActionError, Code, Deed};
use crate::store::Tx;
use crate::store::keys::{self, Key};
use crate::types::{KeyId, ProgramId, Role, Secret, random_token, sha256_hex};

/// What every key begins with, so that it is known for what it is wherever it turns up.
pub const KEY_PREFIX: &str = "bfk_";
/// Random bytes of a key.
const KEY_BYTES: usize = 24;

/// Makes a key. The secret is given here and never again.
pub fn create_key(
    tx: &mut Tx<'_>,
    deed: &Deed,
    name: &str,
    role: Role,
    program: Option<ProgramId>,
) -> Result<(Key, Secret), ActionError> {
    let program = deed.caller.choose_program(tx, program)?;
    let secret = format!("{KEY_PREFIX}{}", random_token(KEY_BYTES));
    let key = Key {
        id: KeyId::new(deed.now),
        name: name.to_owned(),
        role,
        program_id: program,
        hash: key_hash(&secret),
        created_at: deed.now,
        revoked_at: None,
        member_id: None,
    };
    keys::insert(tx, &key)?;
    deed.record(
        tx,
        key.program_id.as_ref(),
        "create_key",
        key.id.as_str(),
        &json!({ "role": role }),
    )?;
    Ok((key, Secret::new(secret)))
}

/// Takes a key back.
pub fn revoke_key(tx: &mut Tx<'_>, deed: &Deed, id: &KeyId) -> Result<Key, ActionError> {
    let key = keys::get(tx, id)?;
    if deed.caller.program.is_some() && key.program_id != deed.caller.program {
        return Err(ActionError::new(Code::NotFound));
    }
    keys::revoke(tx, id, deed.now)?;
    deed.record(tx, key.program_id.as_ref(), "revoke_key", id.as_str(), &json!({}))?;
    Ok(keys::get(tx, id)?)
}

/// What is stored of a key: it is random, so that one round of SHA-256 is enough.
pub fn key_hash(secret: &str) -> String {
    sha256_hex(secret.as_bytes())
}
