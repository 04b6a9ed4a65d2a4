//! Birthdays: when members were born, and the first day on which that counts again.

use diesel::prelude::*;

use super::dialect::on_both;
use super::schema::birthdays;
use super::statement::Statement;
use super::{Db, StoreError, Tx};
use crate::loyalty::birthday::month_day;
use crate::types::{Day, MemberId, ProgramId};

/// Stands for a birth date that is not known: no day of the year has this number.
const UNKNOWN: i64 = 0;

/// When a member was born.
pub fn find(db: &mut Db, member: &MemberId) -> Result<Option<Day>, StoreError> {
    let found = on_both!(db, conn => birthdays::table
        .find(member)
        .select(birthdays::birth_day)
        .get_result::<Option<Day>>(conn));
    Ok(found.optional()?.flatten())
}

/// Sets when a member was born, or that it is not known. Birthdays before `today` are over, and one that was
/// raised under another date stays raised.
pub fn set(
    tx: &mut Tx<'_>,
    (program, member): (&ProgramId, &MemberId),
    born: Option<Day>,
    today: Day,
) -> Result<(), StoreError> {
    let number = born.map_or(UNKNOWN, month_day);
    let changed = on_both!(tx, conn => diesel::update(birthdays::table.find(member))
        .set((birthdays::birth_day.eq(born), birthdays::month_day.eq(number)))
        .execute(conn))?;
    if changed == 0 {
        on_both!(tx, conn => diesel::insert_into(birthdays::table)
            .values((
                birthdays::member_id.eq(member),
                birthdays::program_id.eq(program),
                birthdays::birth_day.eq(born),
                birthdays::month_day.eq(number),
                birthdays::from_day.eq(today.number()),
            ))
            .execute(conn))?;
    }
    Statement::new("UPDATE birthdays SET from_day = ? WHERE member_id = ? AND from_day < ?")
        .number(today.number())
        .text(member.as_str())
        .number(today.number())
        .execute(tx)?;
    Ok(())
}

/// Members of a program who were born on a day of the year and whose birthday was not raised yet.
pub fn list_due(
    db: &mut Db,
    program: &ProgramId,
    month_day: i64,
    day: Day,
    limit: i64,
) -> Result<Vec<MemberId>, StoreError> {
    Ok(birthdays::table
        .filter(birthdays::program_id.eq(program))
        .filter(birthdays::month_day.eq(month_day))
        .filter(birthdays::from_day.le(day.number()))
        .order(birthdays::from_day.asc())
        .limit(limit)
        .select(birthdays::member_id)
        .load(db)?)
}

/// Notes that a birthday is raised, unless it was before or the birth date is another by now; says whether it
/// was noted. The next one counts from `next` on. Lock the card before it.
pub fn claim(
    tx: &mut Tx<'_>,
    member: &MemberId,
    month_day: i64,
    day: Day,
    next: Day,
) -> Result<bool, StoreError> {
    let changed = Statement::new(
        "UPDATE birthdays SET from_day = ? WHERE member_id = ? AND month_day = ? AND from_day <= ?",
    )
    .number(next.number())
    .text(member.as_str())
    .number(month_day)
    .number(day.number())
    .execute(tx)?;
    Ok(changed == 1)
}

/// Forgets when a member was born.
pub fn forget(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), StoreError> {
    diesel::delete(birthdays::table.find(member)).execute(&mut **tx)?;
    Ok(())
}
