//! Somebody on the phone says who they are: the member is found by an id of theirs, and that it was asked for is noted.

use serde_json::json;

use super::identity;
use super::known_identity::find_owner;
use super::{ActionError, Code, Deed};
use crate::store::Tx;
use crate::store::members::{self, Member};

/// What a member is searched by: an address of the API that names one so is a search.
const KINDS: [&str; 3] = ["email", "phone", identity::CARD_NUMBER];

/// What an address names a member by, if that makes it a search: the kind of id and the text.
pub fn read_search(address: &str) -> Option<(&str, &str)> {
    address.split_once(':').filter(|(kind, _)| KINDS.contains(kind))
}

/// The member of an id in the caller's program, if there is one. The books say who searched by what kind of id and whom
/// they found, also if they found nobody; never for what they searched.
pub fn search_member(
    tx: &mut Tx<'_>,
    deed: &Deed,
    (kind, text): (&str, &str),
) -> Result<Option<Member>, ActionError> {
    let Some(program) = &deed.caller.program else {
        let detail = "A key for all programs must name the member by id.";
        return Err(ActionError::with(Code::BadParameter, detail));
    };
    let owner = match identity::read(kind, text) {
        Ok(known) => find_owner(tx, program, &known)?,
        // What could never be one leads to nobody.
        Err(_) => None,
    };
    let found = owner.map(|id| members::get(tx, &id)).transpose()?;
    let said = json!({ "by": kind, "found": found.is_some() });
    let subject = found.as_ref().map_or("", |member| member.id.as_str());
    deed.record(tx, Some(program), "search_member", subject, &said)?;
    Ok(found)
}
