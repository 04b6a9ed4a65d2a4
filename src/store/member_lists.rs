//! Lists of members: by when they joined, by state, by the first letters of a name.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::dialect::{json_rows, plain_lower};
use super::members::Member;
use super::schema::members;
use super::statement::Statement;
use super::{Db, StoreError};
use crate::types::{MemberId, ProgramId};

/// Members that one look by a name finds, a spelling and a kind of name.
pub const NAMED_MAX: i64 = 200;

/// Which members a list is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberFilter {
    /// Sorts before everybody who is meant: those who joined since.
    pub from: Option<MemberId>,
    /// Only who is blocked.
    pub is_blocked: bool,
    /// Only who has a card on a phone. Looks at each member of the program until the page is full.
    pub is_on_phone: bool,
    /// Only these.
    pub of: Option<Vec<MemberId>>,
    /// The oldest first; the newest otherwise.
    pub is_oldest_first: bool,
    /// The last one of the page before.
    pub after: Option<MemberId>,
}

/// A part of a name that members have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePart {
    /// The first name.
    First,
    /// The last name.
    Last,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    id: MemberId,
}

/// A page of a program's members, without those who were erased or joined with another.
pub fn list_page(
    db: &mut Db,
    program: &ProgramId,
    filter: &MemberFilter,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let mut text = "SELECT m.id FROM members m WHERE m.program_id = ? AND m.erased_at IS NULL \
                    AND m.merged_into IS NULL"
        .to_owned();
    if filter.from.is_some() {
        text.push_str(" AND m.id >= ?");
    }
    if filter.after.is_some() {
        text.push_str(if filter.is_oldest_first {
            " AND m.id > ?"
        } else {
            " AND m.id < ?"
        });
    }
    if filter.is_blocked {
        text.push_str(" AND m.blocked_at IS NOT NULL");
    }
    if filter.is_on_phone {
        text.push_str(
            " AND (EXISTS (SELECT 1 FROM cards c JOIN registrations r ON r.card_id = c.id WHERE c.member_id = m.id) \
             OR EXISTS (SELECT 1 FROM cards c JOIN passes p ON p.card_id = c.id \
             WHERE c.member_id = m.id AND p.wallet = 'google' AND p.state = 'installed'))",
        );
    }
    let rows = match &filter.of {
        Some(of) => {
            text.extend([" AND m.id IN (SELECT e.value ->> 0 FROM ", json_rows(db), ")"]);
            rows_of(of)?
        }
        None => String::new(),
    };
    let order = if filter.is_oldest_first { "ASC" } else { "DESC" };
    text.extend([" ORDER BY m.id ", order, " LIMIT ", &limit.to_string()]);
    let mut statement = Statement::new(text).text(program.as_str());
    for bound in [&filter.from, &filter.after].into_iter().flatten() {
        statement = statement.text(bound.as_str());
    }
    if filter.of.is_some() {
        statement = statement.text(&rows);
    }
    let found: Vec<Found> = statement.load(db)?;
    let ids: Vec<MemberId> = found.into_iter().map(|row| row.id).collect();
    let mut page = list_by_ids(db, &ids)?;
    if filter.is_oldest_first {
        page.reverse();
    }
    Ok(page)
}

/// Some members, the newest first.
pub fn list_by_ids(db: &mut Db, ids: &[MemberId]) -> Result<Vec<Member>, StoreError> {
    Ok(members::table
        .filter(members::id.eq_any(ids))
        .order(members::id.desc())
        .select(Member::as_select())
        .load(db)?)
}

/// Members a part of whose name begins with a text, which is in lower case as far as A to Z go; by that name, at most
/// [`NAMED_MAX`].
pub fn list_named(
    db: &mut Db,
    program: &ProgramId,
    part: NamePart,
    begins: &str,
) -> Result<Vec<MemberId>, StoreError> {
    let name = plain_lower(
        db,
        match part {
            NamePart::First => "first_name",
            NamePart::Last => "last_name",
        },
    );
    // Behind every text that begins so: no letter of a name is the last one that there can be.
    let end = format!("{begins}\u{10ffff}");
    let found: Vec<Found> = Statement::new(format!(
        "SELECT id FROM members WHERE program_id = ? AND {name} >= ? AND {name} < ? ORDER BY {name} LIMIT {NAMED_MAX}"
    ))
    .text(program.as_str())
    .text(begins)
    .text(&end)
    .load(db)?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

fn rows_of(ids: &[MemberId]) -> Result<String, StoreError> {
    let rows: Vec<[&str; 1]> = ids.iter().map(|id| [id.as_str()]).collect();
    serde_json::to_string(&rows).map_err(|error| StoreError::Broken(error.to_string()))
}
