//! Static lists: members whom the shop named one by one.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::dialect::{json_rows, locked, on_both};
use super::schema::{static_list_cards, static_lists};
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::types::{CardId, ListId, ProgramId, Time};

/// A static list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = static_lists)]
pub struct StaticList {
    /// Its id.
    pub id: ListId,
    /// The program.
    pub program_id: ProgramId,
    /// What the staff call it, and segments name it by; unique in the program.
    pub name: String,
    /// How many members were put on it.
    pub members: i64,
    /// Who last put members on it.
    pub actor: String,
    /// Counts changes, for `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When members were last put on it.
    pub changed_at: Time,
}

/// A card that an identity leads to.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Known {
    /// The identity, in the form in which it is compared.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// The card that acts for its member.
    #[diesel(sql_type = Text)]
    pub card: CardId,
}

/// Stores a list on which nobody is yet; false if the program has one of that name.
pub fn insert(tx: &mut Tx<'_>, list: &StaticList) -> Result<bool, StoreError> {
    let stored = on_both!(tx, conn => diesel::insert_into(static_lists::table)
        .values(list.clone())
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(stored > 0)
}

/// The list, or `NotFound`.
pub fn get(db: &mut Db, id: &ListId) -> Result<StaticList, StoreError> {
    Ok(static_lists::table
        .find(id)
        .select(StaticList::as_select())
        .get_result(db)?)
}

/// The list, locked until the transaction ends, or `NotFound`.
pub fn lock(tx: &mut Tx<'_>, id: &ListId) -> Result<StaticList, StoreError> {
    Ok(locked!(
        tx,
        static_lists::table.find(id).select(StaticList::as_select()),
        get_result
    )?)
}

/// Stores a locked list that changed.
pub fn update(tx: &mut Tx<'_>, list: &StaticList) -> Result<(), StoreError> {
    let target = static_lists::table.find(&list.id);
    on_both!(tx, conn => diesel::update(target).set(list.clone()).execute(conn))?;
    Ok(())
}

/// Removes a list and who is on it.
pub fn delete(tx: &mut Tx<'_>, id: &ListId) -> Result<(), StoreError> {
    clear(tx, id)?;
    let target = static_lists::table.find(id);
    on_both!(tx, conn => diesel::delete(target).execute(conn))?;
    Ok(())
}

/// Takes everybody from a list.
pub fn clear(tx: &mut Tx<'_>, id: &ListId) -> Result<(), StoreError> {
    let target = static_list_cards::table.filter(static_list_cards::list_id.eq(id));
    on_both!(tx, conn => diesel::delete(target).execute(conn))?;
    Ok(())
}

/// Puts cards on a list, those that were voided meanwhile left out; says how many were not on it before.
pub fn add(tx: &mut Tx<'_>, id: &ListId, of: &[CardId]) -> Result<usize, StoreError> {
    let rows: Vec<_> = of.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    let text = format!(
        "INSERT INTO static_list_cards (list_id, card_id) SELECT CAST(? AS TEXT), c.id FROM {} \
         JOIN cards c ON c.id = e.value ->> 0 WHERE c.voided_at IS NULL ON CONFLICT DO NOTHING",
        json_rows(tx)
    );
    Ok(Statement::new(text).text(id.as_str()).text(rows).execute(tx)?)
}

/// Takes a card from every list.
pub fn forget(tx: &mut Tx<'_>, card: &CardId) -> Result<(), StoreError> {
    let target = static_list_cards::table.filter(static_list_cards::card_id.eq(card));
    on_both!(tx, conn => diesel::delete(target).execute(conn))?;
    Ok(())
}

/// A program's lists by name, at most `limit`.
pub fn list(db: &mut Db, program: &ProgramId, limit: i64) -> Result<Vec<StaticList>, StoreError> {
    Ok(static_lists::table
        .filter(static_lists::program_id.eq(program))
        .order(static_lists::name.asc())
        .limit(limit)
        .select(StaticList::as_select())
        .load(db)?)
}

/// Lists in the order of their ids, after `after`; only those of a program if it is given.
pub fn list_page(
    db: &mut Db,
    program: Option<&ProgramId>,
    after: Option<&ListId>,
    limit: i64,
) -> Result<Vec<StaticList>, StoreError> {
    let mut query = static_lists::table
        .select(StaticList::as_select())
        .order(static_lists::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(program) = program {
        query = query.filter(static_lists::program_id.eq(program));
    }
    if let Some(after) = after {
        query = query.filter(static_lists::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The names of the lists on which some cards are, in order.
pub fn list_names(db: &mut Db, of: &[CardId]) -> Result<Vec<String>, StoreError> {
    Ok(static_lists::table
        .filter(
            static_lists::id.eq_any(
                static_list_cards::table
                    .filter(static_list_cards::card_id.eq_any(of))
                    .select(static_list_cards::list_id),
            ),
        )
        .order(static_lists::name.asc())
        .select(static_lists::name)
        .load(db)?)
}

/// The cards to which identities of a kind lead, each in the form in which it is compared. Those that lead to nobody
/// with a card are left out.
pub fn find_cards(
    db: &mut Db,
    program: &ProgramId,
    kind: &str,
    values: &[&str],
) -> Result<Vec<Known>, StoreError> {
    let rows: Vec<_> = values.iter().map(|value| [value]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("identities", fault))?;
    let text = format!(
        "SELECT i.value, max(c.id) AS card FROM {} JOIN identities i ON i.value = e.value ->> 0 \
         JOIN cards c ON c.member_id = i.member_id \
         WHERE i.program_id = ? AND i.kind = ? AND c.voided_at IS NULL AND c.merged_into IS NULL GROUP BY i.value",
        json_rows(db)
    );
    Ok(Statement::new(text)
        .text(rows)
        .text(program.as_str())
        .text(kind.to_owned())
        .load(db)?)
}
