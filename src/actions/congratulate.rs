//! A member's birthday: found by the calendar of the program, raised once a year.

use serde_json::json;

use super::assess::{lock_budgets, rulebook};
use super::issue_reward::issue_automatic;
use super::ledger::Ledger;
use super::pay_referral::find_good_card;
use super::raise_event::{Occurrence, raise};
use super::surviving::{check_good, lock_surviving};
use super::{ActionError, Deed};
use crate::loyalty::birthday::{BIRTHDAY, MORNING, YEAR_DAYS, celebrated_on};
use crate::store::programs::Program;
use crate::store::{Db, StoreError, Tx, birthdays, programs, terms};
use crate::types::{Day, MemberId, ProgramId, Time};

/// Days back for which birthdays are made up for, after the service was down.
const DAYS_BACK: i64 = 2;
/// Programs that are looked at together.
const PROGRAMS_MAX: i64 = 100;
const MINUTE_MS: i64 = 60_000;

/// A birthday that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Birthday {
    /// Whose.
    pub member: MemberId,
    /// The day on which it is kept.
    pub day: Day,
    /// The day of the year on which they were born: 100 times the month and the day.
    pub month_day: i64,
}

/// Birthdays that are due by now, at most `limit`, in programs that have a rule for them. Those of the last days are
/// among them, where they were not raised in time.
pub fn list_birthdays(db: &mut Db, now: Time, limit: usize) -> Result<Vec<Birthday>, StoreError> {
    let mut due = Vec::new();
    let mut after: Option<ProgramId> = None;
    loop {
        let page = terms::list_programs_of_event(db, BIRTHDAY, after.as_ref(), PROGRAMS_MAX)?;
        for id in &page {
            let program = programs::get(db, id)?;
            list_of_program(db, &program, now, limit, &mut due)?;
            if due.len() >= limit {
                return Ok(due);
            }
        }
        match page.last() {
            Some(last) => after = Some(last.clone()),
            None => return Ok(due),
        }
    }
}

fn list_of_program(
    db: &mut Db,
    program: &Program,
    now: Time,
    limit: usize,
    due: &mut Vec<Birthday>,
) -> Result<(), StoreError> {
    let local = program.time_zone.local(now);
    let first = i64::from(local.minute < MORNING);
    for back in first..=DAYS_BACK {
        let day = local.day.plus_days(-back);
        for month_day in celebrated_on(day) {
            let room = i64::try_from(limit.saturating_sub(due.len())).unwrap_or_default();
            let members = birthdays::list_due(db, &program.id, month_day, day, room)?;
            due.extend(members.into_iter().map(|member| Birthday {
                member,
                day,
                month_day,
            }));
        }
    }
    Ok(())
}

/// Raises a birthday, unless another instance did or the birth date is another by now; says whether it was raised.
pub fn congratulate(tx: &mut Tx<'_>, deed: &Deed, birthday: &Birthday) -> Result<bool, ActionError> {
    let Birthday {
        member,
        day,
        month_day,
    } = birthday;
    let next = day.plus_days(YEAR_DAYS);
    let found = find_good_card(tx, member)?;
    let card = found.map(|id| lock_surviving(tx, &id)).transpose()?;
    if !birthdays::claim(tx, member, *month_day, *day, next)? {
        return Ok(false);
    }
    let Some(card) = card.filter(|card| check_good(card).is_ok()) else {
        // There is nothing to give it on.
        return Ok(false);
    };
    let program = programs::get(tx, &card.program_id)?;
    let rulebook = rulebook(tx, &deed.house, &program)?;
    lock_budgets(tx, &rulebook)?;
    let mut ledger = Ledger::open(tx, deed, &rulebook, card.clone())?;
    let (year, _, _) = day.parts();
    let what = Occurrence {
        kind: BIRTHDAY,
        source: BIRTHDAY,
        external_id: format!("{member}:{year}"),
        at: program
            .time_zone
            .start_of(*day)
            .plus_ms(i64::from(MORNING) * MINUTE_MS),
        data: json!({}),
        reason: "Birthday",
    };
    let is_raised = raise(tx, deed, &mut ledger, &rulebook, &what)?.is_some();
    if is_raised {
        issue_automatic(tx, &mut ledger, &card, &rulebook, None)?;
    }
    ledger.close(tx)?;
    Ok(is_raised)
}
