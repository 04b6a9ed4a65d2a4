//! A member says yes or no to a purpose. What was said before stays: the newest word counts.

use serde_json::json;

use super::change_member::lock;
use super::{ActionError, Deed};
use crate::store::Tx;
use crate::store::members::{self, Consent};
use crate::types::MemberId;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// To what, such as `marketing`.
    pub purpose: String,
    /// Yes or no.
    pub granted: bool,
    /// Where it is said.
    pub source: String,
    /// The text that was shown; empty if none was.
    pub text_version: String,
    /// The language that it was shown in; empty if none was.
    pub language: String,
}

/// Writes down what a member says; the same again is not written twice. Says whether it was news.
pub fn state_consent(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &MemberId,
    statement: &Statement,
) -> Result<bool, ActionError> {
    let member = lock(tx, deed, id, None)?;
    let said = members::list_consents(tx, id)?;
    let last = said.iter().find(|one| one.purpose == statement.purpose);
    if last.map_or(!statement.granted, |last| last.granted == statement.granted) {
        return Ok(false);
    }
    let consent = Consent {
        member_id: member.id,
        purpose: statement.purpose.clone(),
        // Two words of one millisecond are two rows, the later one newer.
        at: last.map_or(deed.now, |last| deed.now.max(last.at.plus_ms(1))),
        program_id: member.program_id,
        granted: statement.granted,
        source: statement.source.clone(),
        text_version: statement.text_version.clone(),
        language: statement.language.clone(),
    };
    members::insert_consent(tx, &consent)?;
    let detail = json!({ "purpose": consent.purpose, "granted": consent.granted, "source": consent.source });
    deed.record(
        tx,
        Some(&consent.program_id),
        "state_consent",
        id.as_str(),
        &detail,
    )?;
    Ok(true)
}
