//! Members, the identities that lead to them, and what they consented to.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::{consents, identities, members};
use super::{Db, StoreError, Tx, tallies};
use crate::types::{Attributed, Attributes, Language, MemberId, ProgramId, Provenances, Time};

/// A person in a program.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = members, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// The program that they are in.
    pub program_id: ProgramId,
    /// The caller's own id.
    pub external_id: Option<String>,
    /// First name; may be empty.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// The language of their card.
    pub language: Language,
    /// Counts edits, for `If-Match`.
    pub version: i64,
    /// When they enrolled.
    pub created_at: Time,
    /// When they were last edited.
    pub updated_at: Time,
    /// What the shop keeps of its own.
    pub attributes: Attributes,
    /// When they were erased; nothing of the person is left then.
    pub erased_at: Option<Time>,
    /// Since when they earn and redeem nothing.
    pub blocked_at: Option<Time>,
    /// Why, for the staff.
    pub block_reason: Option<String>,
    /// What the staff wrote down about them.
    pub note: String,
    /// The member that they were joined with, who stands for both.
    pub merged_into: Option<MemberId>,
    /// Who set each attribute, and when.
    pub attribute_details: Provenances,
    /// Whether their cards change without a notice on the lock screen.
    pub is_quiet: bool,
}

impl Member {
    /// Both names, as far as they are known.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name.trim(), self.last_name.trim())
            .trim()
            .to_owned()
    }

    /// The attributes with where they come from.
    pub fn attributed(&self) -> Attributed {
        Attributed {
            values: self.attributes.clone(),
            details: self.attribute_details.clone(),
        }
    }
}

/// A typed id that resolves to a member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub struct Identity {
    /// The program that it is unique in.
    pub program_id: ProgramId,
    /// `email`, `phone`, `external_id` or `card_number`.
    pub kind: String,
    /// In the form in which it is compared.
    pub value: String,
    /// Whose it is.
    pub member_id: MemberId,
    /// Since when.
    pub created_at: Time,
    /// The member that it was taken over from; empty for a member's own.
    pub came_from: String,
    /// As it was typed; empty if that was not kept.
    pub shown: String,
    /// Who gave it; empty if that was not kept.
    pub source: String,
}

impl Identity {
    /// As it was typed, as far as that is known.
    pub fn shown(&self) -> &str {
        if self.shown.is_empty() {
            &self.value
        } else {
            &self.shown
        }
    }
}

/// A yes or no to a purpose; never changed, only followed by another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents, treat_none_as_default_value = false)]
pub struct Consent {
    /// Whose.
    pub member_id: MemberId,
    /// For what, such as `marketing`.
    pub purpose: String,
    /// When.
    pub at: Time,
    /// In which program.
    pub program_id: ProgramId,
    /// Yes or no.
    pub granted: bool,
    /// Where it was said.
    pub source: String,
    /// The text that was shown; empty if that was not kept.
    pub text_version: String,
    /// The language that it was shown in; empty if that was not kept.
    pub language: String,
}

/// Stores a member.
pub fn insert(tx: &mut Tx<'_>, member: &Member) -> Result<(), StoreError> {
    on_both!(tx, conn => diesel::insert_into(members::table).values(member.clone()).execute(conn))?;
    Ok(())
}

/// Stores an identity unless somebody has it; says whether it was stored. On PostgreSQL this waits for
/// another transaction that is storing the same one.
pub fn claim_identity(tx: &mut Tx<'_>, identity: &Identity) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(identities::table)
        .values(identity.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// Takes an identity of a member away.
pub fn drop_identity(tx: &mut Tx<'_>, member: &MemberId, kind: &str) -> Result<(), StoreError> {
    let target = identities::table
        .filter(identities::member_id.eq(member))
        .filter(identities::kind.eq(kind));
    diesel::delete(target).execute(&mut **tx)?;
    Ok(())
}

/// Takes every identity of a member away.
pub fn drop_identities(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    let target = identities::table.filter(identities::member_id.eq(member));
    diesel::delete(target).execute(&mut **tx)?;
    Ok(())
}

/// Stores a consent; says whether it was stored: the same one at the same instant is stored once.
pub fn insert_consent(tx: &mut Tx<'_>, consent: &Consent) -> Result<bool, StoreError> {
    let inserted = on_both!(tx, conn => diesel::insert_into(consents::table)
        .values(consent.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    if inserted == 1 {
        tallies::hear(tx, &consent.member_id, &consent.purpose)?;
    }
    Ok(inserted == 1)
}

/// The member, or `NotFound`.
pub fn get(db: &mut Db, id: &MemberId) -> Result<Member, StoreError> {
    Ok(on_both!(db, conn => members::table
        .find(id)
        .select(Member::as_select())
        .get_result(conn))?)
}

/// The member, if there is one of the id.
pub fn find(db: &mut Db, id: &MemberId) -> Result<Option<Member>, StoreError> {
    match get(db, id) {
        Ok(member) => Ok(Some(member)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The member, locked until the transaction ends, or `NotFound`. Whoever edits a member locks it first, and
/// before any of its cards.
pub fn lock(tx: &mut Tx<'_>, id: &MemberId) -> Result<Member, StoreError> {
    Ok(locked!(
        tx,
        members::table.find(id).select(Member::as_select()),
        get_result
    )?)
}

/// Whom an identity leads to.
pub fn find_by_identity(
    db: &mut Db,
    program: &ProgramId,
    kind: &str,
    value: &str,
) -> Result<Option<MemberId>, StoreError> {
    let found = on_both!(db, conn => identities::table
        .find((program, kind, value))
        .select(identities::member_id)
        .get_result(conn));
    Ok(found.optional()?)
}

/// A member's identities, by kind; their own before those that were taken over, older ones first.
pub fn list_identities(db: &mut Db, member: &MemberId) -> Result<Vec<Identity>, StoreError> {
    Ok(identities::table
        .filter(identities::member_id.eq(member))
        .order((
            identities::kind.asc(),
            identities::came_from.asc(),
            identities::created_at.asc(),
            identities::value.asc(),
        ))
        .limit(super::LIST_MAX)
        .select(Identity::as_select())
        .load(db)?)
}

/// A member's consents, newest first.
pub fn list_consents(db: &mut Db, member: &MemberId) -> Result<Vec<Consent>, StoreError> {
    Ok(consents::table
        .filter(consents::member_id.eq(member))
        .order(consents::at.desc())
        .limit(super::LIST_MAX)
        .select(Consent::as_select())
        .load(db)?)
}

/// Members of a program in the order of their ids, after `after`; without those who were erased or joined with
/// another.
pub fn list(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&MemberId>,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let mut query = members::table
        .filter(members::erased_at.is_null())
        .filter(members::merged_into.is_null())
        .select(Member::as_select())
        .order(members::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(members::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(members::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// How many members joined a program since an instant.
pub fn count_since(db: &mut Db, program: &ProgramId, since: Time) -> Result<i64, StoreError> {
    Ok(members::table
        .filter(members::program_id.eq(program))
        .filter(members::id.ge(MemberId::first_at(since)))
        .count()
        .get_result(db)?)
}

/// The newest members of a program.
pub fn list_newest(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<Member>, StoreError> {
    Ok(members::table
        .filter(members::program_id.eq(program))
        .filter(members::erased_at.is_null())
        .filter(members::merged_into.is_null())
        .order(members::id.desc())
        .limit(limit)
        .select(Member::as_select())
        .load(db)?)
}

/// Stores an edited member if it is still at `version`; says whether it was.
pub fn update(tx: &mut Tx<'_>, member: &Member, version: i64) -> Result<bool, StoreError> {
    let target = members::table
        .filter(members::id.eq(&member.id))
        .filter(members::version.eq(version));
    let changed = on_both!(tx, conn => diesel::update(target).set(member.clone()).execute(conn))?;
    Ok(changed == 1)
}

/// Members who were joined with another, at most 200.
pub fn list_merged(db: &mut Db, survivor: &MemberId) -> Result<Vec<MemberId>, StoreError> {
    Ok(members::table
        .filter(members::merged_into.eq(survivor))
        .order(members::id.asc())
        .limit(super::LIST_MAX)
        .select(members::id)
        .load(db)?)
}

/// Gives an identity to another member, if it still belongs to the first; says whether it did.
pub fn move_identity(
    tx: &mut Tx<'_>,
    identity: &Identity,
    to: &MemberId,
    came_from: &str,
) -> Result<bool, StoreError> {
    let target = identities::table
        .find((&identity.program_id, &identity.kind, &identity.value))
        .filter(identities::member_id.eq(&identity.member_id));
    let moved = on_both!(tx, conn => diesel::update(target)
        .set((identities::member_id.eq(to), identities::came_from.eq(came_from)))
        .execute(conn))?;
    Ok(moved == 1)
}

/// Takes one identity of a member away.
pub fn drop_one_identity(tx: &mut Tx<'_>, identity: &Identity) -> Result<(), StoreError> {
    let target = identities::table
        .find((&identity.program_id, &identity.kind, &identity.value))
        .filter(identities::member_id.eq(&identity.member_id));
    on_both!(tx, conn => diesel::delete(target).execute(conn))?;
    Ok(())
}

/// Takes a consent away that was only copied to the member.
pub fn drop_consent(tx: &mut Tx<'_>, member: &MemberId, purpose: &str, at: Time) -> Result<(), StoreError> {
    let target = consents::table.find((member, purpose, at));
    on_both!(tx, conn => diesel::delete(target).execute(conn))?;
    tallies::hear(tx, member, purpose)
}
