//! Members of a segment are taken along for another channel: only those who agreed, with a reason in the books.

use serde_json::json;

use super::look_at_segment::read_segment;
use super::reason::need_reason;
use super::write_term::get_term;
use super::{ActionError, Code, Deed, TermKind};
use crate::sheet::write_sheet;
use crate::store::segments::{self, Contact, Scope};
use crate::store::{Db, Tx, programs};
use crate::types::{MemberId, sha256_hex};

/// Most members of an export.
pub const MEMBERS_MAX: usize = 200_000;
/// Members that are read at once.
const PAGE: i64 = 1_000;

/// What is taken along of each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// SHA-256 of the e-mail address, trimmed and in lower case, as advertisers match it; of those who have one.
    HashedEmails,
    /// Id, names and e-mail address.
    Contacts,
}

impl Taken {
    /// Its name in the API and in the books.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HashedEmails => "hashed_emails",
            Self::Contacts => "contacts",
        }
    }
}

/// Writes the members of a saved segment who agreed to a topic as CSV, and that somebody did into the books.
pub fn export_segment(
    tx: &mut Tx<'_>,
    deed: &Deed,
    id: &str,
    (taken, topic, reason): (Taken, &str, &str),
) -> Result<Vec<u8>, ActionError> {
    let reason = need_reason(reason)?;
    let contacts = read_contacts(tx, deed, id, topic)?;
    let (bytes, count) = match taken {
        Taken::HashedEmails => {
            let emails = contacts.iter().map(|contact| contact.email.trim().to_lowercase());
            let hashed: Vec<String> = emails
                .filter(|email| !email.is_empty())
                .map(|email| sha256_hex(email.as_bytes()))
                .collect();
            let rows = hashed.iter().map(|hash| vec![hash.as_str()]);
            (
                write_sheet(std::iter::once(vec!["email_sha256"]).chain(rows)),
                hashed.len(),
            )
        }
        Taken::Contacts => {
            let rows = contacts.iter().map(|contact| {
                vec![
                    contact.member.as_str(),
                    contact.first_name.as_str(),
                    contact.last_name.as_str(),
                    contact.email.as_str(),
                ]
            });
            let header = vec!["id", "first_name", "last_name", "email"];
            (write_sheet(std::iter::once(header).chain(rows)), contacts.len())
        }
    };
    let program = get_term(tx, &deed.caller, TermKind::Segment, id)?.program_id;
    let said = json!({ "as": taken.name(), "topic": topic, "reason": reason, "members": count });
    deed.record(tx, Some(&program), "export_segment", id, &said)?;
    Ok(bytes)
}

/// The members of a segment who agreed to a topic.
fn read_contacts(db: &mut Db, deed: &Deed, id: &str, topic: &str) -> Result<Vec<Contact>, ActionError> {
    let term = get_term(db, &deed.caller, TermKind::Segment, id)?;
    let criterion = read_segment(db, &term)?;
    let program = programs::get(db, &term.program_id)?;
    let scope = Scope {
        program: &program.id,
        today: program.time_zone.local(deed.now).day,
        zone: program.time_zone,
    };
    let mut all: Vec<Contact> = Vec::new();
    loop {
        let after: Option<MemberId> = all.last().map(|contact| contact.member.clone());
        let page = segments::list_contacts(db, scope, (&criterion, topic), (after.as_ref(), PAGE))?;
        let is_last = page.len() < usize::try_from(PAGE).map_err(ActionError::internal)?;
        all.extend(page);
        if all.len() > MEMBERS_MAX {
            let detail =
                format!("The segment has more than {MEMBERS_MAX} members who agreed; say it more narrowly.");
            return Err(ActionError::with(Code::LimitReached, detail));
        }
        if is_last {
            return Ok(all);
        }
    }
}
