//! Many members at once, with all that belongs to them: for the demo, which starts with a crowd.
//!
//! Rows go in by the hundred a statement; each kind is stored before the kinds that refer to it.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use super::bought_days::{self, BoughtDay};
use super::cards::Card;
use super::devices::{Device, Registration};
use super::dialect::{CACHE_KIB, on_both};
use super::entries::Entry;
use super::members::{Consent, Identity, Member};
use super::orders::Order;
use super::passes::Pass;
use super::schema::{
    activity_days, birthdays, cards, consents, devices, entries, identities, members, orders, passes,
    registrations,
};
use super::{Db, StoreError, Tx, tallies};
use crate::loyalty::birthday::month_day;
use crate::loyalty::tier::Activity;
use crate::types::{CardId, Day, MemberId, ProgramId};

/// Rows of one statement: of the widest table 2,100 values, of the 32,766 that SQLite and 65,535 that PostgreSQL take.
const ROWS_MAX: usize = 100;

/// When somebody was born, and the first day on which that counts again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Birthday {
    /// Whose.
    pub member_id: MemberId,
    /// In which program.
    pub program_id: ProgramId,
    /// The day.
    pub born: Day,
    /// From when on it is raised.
    pub from: Day,
}

/// Some members and what belongs to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crowd {
    /// The people.
    pub members: Vec<Member>,
    /// What leads to them.
    pub identities: Vec<Identity>,
    /// What they agreed to.
    pub consents: Vec<Consent>,
    /// When they were born.
    pub birthdays: Vec<Birthday>,
    /// Their cards.
    pub cards: Vec<Card>,
    /// What they bought.
    pub orders: Vec<Order>,
    /// What that and joining brought.
    pub entries: Vec<Entry>,
    /// The same by card and day.
    pub days: Vec<(CardId, Day, Activity)>,
    /// What it was, by card and day.
    pub bought: Vec<BoughtDay>,
    /// Their cards in wallets.
    pub passes: Vec<Pass>,
    /// Their iPhones.
    pub devices: Vec<Device>,
    /// Which of these hold which pass.
    pub registrations: Vec<Registration>,
}

/// Stores rows of one table, so many a statement.
macro_rules! put {
    ($tx:expr, $table:ident, $rows:expr) => {
        for rows in $rows.chunks(ROWS_MAX) {
            on_both!($tx, conn => diesel::insert_into($table::table).values(rows).execute(conn))?;
        }
    };
}

/// Pages that SQLite keeps at hand while a crowd comes, in KiB: what a batch changes lies all over the indexes.
const SEEDING_KIB: u32 = 256 * 1_024;

/// Rows of one statement that adds to what was bought, and cards of one that counts what is kept with them: SQLite keeps
/// each page that a statement changes as it was until the statement ends.
const BOUGHT_MAX: usize = 5_000;
const RECOUNTED_MAX: usize = 500;

/// Gives the database room for a crowd that comes. PostgreSQL has its own.
pub fn make_room(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    keep_at_hand(tx, SEEDING_KIB)
}

/// Takes it back.
pub fn give_room_back(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    keep_at_hand(tx, CACHE_KIB)
}

fn keep_at_hand(tx: &mut Tx<'_>, kib: u32) -> Result<(), StoreError> {
    if let Db::Sqlite(conn) = &mut **tx {
        conn.batch_execute(&format!("PRAGMA cache_size = -{kib}; PRAGMA shrink_memory;"))?;
    }
    Ok(())
}

/// Stores a crowd; `Duplicate` if anything of it is there already.
pub fn insert(tx: &mut Tx<'_>, crowd: &Crowd) -> Result<(), StoreError> {
    let birthdays: Vec<_> = crowd
        .birthdays
        .iter()
        .map(|one| {
            (
                birthdays::member_id.eq(&one.member_id),
                birthdays::program_id.eq(&one.program_id),
                birthdays::birth_day.eq(Some(one.born)),
                birthdays::month_day.eq(month_day(one.born)),
                birthdays::from_day.eq(one.from.number()),
            )
        })
        .collect();
    let days: Vec<_> = crowd
        .days
        .iter()
        .map(|(card, day, done)| {
            (
                activity_days::card_id.eq(card),
                activity_days::day.eq(day.number()),
                activity_days::points.eq(done.points),
                activity_days::minor.eq(done.minor),
                activity_days::orders.eq(done.orders),
            )
        })
        .collect();
    put!(tx, members, crowd.members);
    put!(tx, identities, crowd.identities);
    put!(tx, consents, crowd.consents);
    put!(tx, cards, crowd.cards);
    put!(tx, orders, crowd.orders);
    put!(tx, entries, crowd.entries);
    put!(tx, passes, crowd.passes);
    put!(tx, devices, crowd.devices);
    put!(tx, registrations, crowd.registrations);
    for rows in birthdays.chunks(ROWS_MAX) {
        on_both!(tx, conn => diesel::insert_into(birthdays::table).values(rows.to_vec()).execute(conn))?;
    }
    for rows in days.chunks(ROWS_MAX) {
        on_both!(tx, conn => diesel::insert_into(activity_days::table).values(rows.to_vec()).execute(conn))?;
    }
    for days in crowd.bought.chunks(BOUGHT_MAX) {
        bought_days::add(tx, days)?;
    }
    let cards: Vec<CardId> = crowd.cards.iter().map(|card| card.id.clone()).collect();
    cards
        .chunks(RECOUNTED_MAX)
        .try_for_each(|some| tallies::recount(tx, some))
}
