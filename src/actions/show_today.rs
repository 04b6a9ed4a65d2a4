//! How a program goes today: who joined, what moved, what was done last.

use super::ActionError;
use crate::store::Db;
use crate::store::entries::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::programs::Program;
use crate::types::Time;

/// Movements and members that are shown.
const SHOWN: i64 = 8;

/// How a program goes today, as its own time zone has it.
#[derive(Debug, Clone)]
pub struct Today {
    /// Members who joined.
    pub joined: i64,
    /// Orders that earned something.
    pub orders: i64,
    /// Points that were given for orders and by hand, less what refunds took back.
    pub given: i64,
    /// Points that rewards cost.
    pub used: i64,
    /// The last movements, newest first, each with whose it is.
    pub moved: Vec<(Entry, Member)>,
    /// Who joined last, newest first.
    pub newest: Vec<Member>,
}

/// Reads how a program goes.
pub fn show_today(db: &mut Db, program: &Program, now: Time) -> Result<Today, ActionError> {
    let zone = program.time_zone;
    let since = zone.start_of(zone.local(now).day);
    let sums = entries::sum_since(db, &program.id, since)?;
    let (mut orders, mut given, mut used) = (0, 0, 0);
    for (kind, number, total) in sums {
        match kind.as_str() {
            "earn" => orders += number,
            "redeem" | "redeem_reversal" => used -= total,
            _ => (),
        }
        if matches!(kind.as_str(), "earn" | "promotion" | "refund" | "adjust") {
            given += total;
        }
    }
    let moved = entries::list_newest(db, &program.id, SHOWN)?;
    let with_member = |entry: Entry| {
        let member = members::get(db, &entry.member_id)?;
        Ok::<_, ActionError>((entry, member))
    };
    let moved = moved.into_iter().map(with_member).collect::<Result<_, _>>()?;
    Ok(Today {
        joined: members::count_since(db, &program.id, since)?,
        orders,
        given,
        used,
        moved,
        newest: members::list_newest(db, &program.id, SHOWN)?,
    })
}
