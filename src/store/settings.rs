//! Small values that all instances share, changed by comparing versions.

use diesel::prelude::*;

use super::dialect::{locked, on_both};
use super::schema::settings;
use super::{Db, StoreError, Tx};
use crate::types::Time;

/// The value of a name, with its version.
pub fn find(db: &mut Db, name: &str) -> Result<Option<(String, i64)>, StoreError> {
    Ok(settings::table
        .find(name)
        .select((settings::value, settings::version))
        .get_result(db)
        .optional()?)
}

/// The value of a name, locked until the transaction ends; stores `initial` first if there is none.
pub fn lock(tx: &mut Tx<'_>, name: &str, initial: &str, now: Time) -> Result<String, StoreError> {
    let row = (
        settings::name.eq(name),
        settings::value.eq(initial),
        settings::version.eq(0),
        settings::updated_at.eq(now),
    );
    on_both!(tx, conn => diesel::insert_into(settings::table).values(row).on_conflict_do_nothing().execute(conn))?;
    Ok(locked!(
        tx,
        settings::table.find(name).select(settings::value),
        get_result
    )?)
}

/// The value of a name, locked until the transaction ends; `None` if it is gone.
pub fn find_locked(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    let row = settings::table.find(name).select(settings::value);
    Ok(locked!(tx, row, first::<String>).optional()?)
}

/// Changes the value of a locked name.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str, now: Time) -> Result<(), StoreError> {
    diesel::update(settings::table.find(name))
        .set((
            settings::value.eq(value),
            settings::version.eq(settings::version + 1),
            settings::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Drops a name.
pub fn remove(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    diesel::delete(settings::table.find(name)).execute(&mut **tx)?;
    Ok(())
}

/// The first name that begins so, if there is one.
pub fn find_prefixed(db: &mut Db, prefix: &str) -> Result<Option<String>, StoreError> {
    let end = format!("{prefix}\u{7f}");
    Ok(settings::table
        .filter(settings::name.ge(prefix))
        .filter(settings::name.lt(end))
        .order(settings::name.asc())
        .select(settings::name)
        .first(db)
        .optional()?)
}
