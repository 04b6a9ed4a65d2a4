//! A browser becomes a till by a link that is good once; or is one no more.

use serde_json::json;

use super::create_key::key_hash;
use super::{ActionError, Code, Deed};
use crate::store::tills::{self, Till};
use crate::store::{Tx, programs};
use crate::types::{ProgramId, Secret, TillId, random_token};

/// Random bytes of a till's secret and of its link's.
const SECRET_BYTES: usize = 24;
/// How long a link is good.
const LINK_MS: i64 = 24 * 3_600_000;
/// Most characters of a till's name or location.
const NAME_MAX: usize = 200;

/// Makes a till that no browser is yet; the secret of its link is given here and never again.
pub fn create_till(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    name: &str,
    location: Option<String>,
) -> Result<(Till, Secret), ActionError> {
    deed.caller.check_sees(program)?;
    programs::get(tx, program)?;
    for (pointer, text) in [("/name", Some(name)), ("/location", location.as_deref())] {
        let text = text.unwrap_or_default();
        if text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
            let detail = format!("It has at most {NAME_MAX} characters, none of them a control character.");
            return Err(ActionError::fault(pointer, "bad_text", detail));
        }
    }
    let secret = random_token(SECRET_BYTES);
    let till = Till {
        id: TillId::new(deed.now),
        program_id: program.clone(),
        name: name.trim().to_owned(),
        location,
        hash: key_hash(&secret),
        link_until: deed.now.plus_ms(LINK_MS),
        created_at: deed.now,
        connected_at: None,
        revoked_at: None,
    };
    tills::insert(tx, &till)?;
    record(tx, deed, "create_till", &till)?;
    Ok((till, Secret::new(secret)))
}

/// Makes the browser that opened a link the till; what it keeps is given here and never again.
pub fn connect_till(tx: &mut Tx<'_>, deed: &Deed, link: &str) -> Result<(Till, Secret), ActionError> {
    let over = || ActionError::new(Code::TillLinkOver);
    let till = tills::find_by_hash(tx, &key_hash(link))?.ok_or_else(over)?;
    if till.connected_at.is_some() || till.link_until <= deed.now {
        return Err(over());
    }
    let secret = random_token(SECRET_BYTES);
    if !tills::connect(tx, &till.id, &key_hash(&secret), deed.now)? {
        return Err(over());
    }
    record(tx, deed, "connect_till", &till)?;
    Ok((tills::get(tx, &till.id)?, Secret::new(secret)))
}

/// Takes a till back: whoever is signed in there is so no more.
pub fn revoke_till(tx: &mut Tx<'_>, deed: &Deed, id: &TillId) -> Result<Till, ActionError> {
    let till = tills::get(tx, id)?;
    deed.caller.check_sees(&till.program_id)?;
    tills::revoke(tx, id, deed.now)?;
    record(tx, deed, "revoke_till", &till)?;
    Ok(tills::get(tx, id)?)
}

fn record(tx: &mut Tx<'_>, deed: &Deed, name: &str, till: &Till) -> Result<(), ActionError> {
    let detail = json!({ "name": till.name });
    deed.record(tx, Some(&till.program_id), name, till.id.as_str(), &detail)?;
    Ok(())
}
