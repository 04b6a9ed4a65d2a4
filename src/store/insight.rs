//! Counts over a program's members and orders for a period. Each reads all of the program's rollups: for the books, and
//! for [`super::insight_snapshots`], never for somebody who waits.
//!
//! A person is a member who was not joined into another: a joined card's days count for the card that acts for it, so
//! joined cards are passed by.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::statement::Statement;
use super::{Db, StoreError, dialect, rhythm};
use crate::loyalty::insight::{Cohort, Counts, Kept, RfmCell};
use crate::loyalty::segment::rfm::{Fifths, Steps};
use crate::loyalty::segment::stage::LAPSED;
use crate::types::{Day, EntryId, ProgramId, Time};

/// The days that are looked back upon when somebody is asked to stay: after how many they are looked at.
const KEPT_DAYS: [i64; 3] = [30, 90, 365];

/// A program and the days to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The program.
    pub program: ProgramId,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The first instant.
    pub start: Time,
    /// The first instant after it.
    pub end: Time,
}

/// A month: how it is written, its first day, its first instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Such as `2026-11`.
    pub name: String,
    /// Its first day.
    pub first: Day,
    /// Its first instant.
    pub start: Time,
}

/// Days with an order up to the last day, a row a person and day: `?` program, `?` last day.
const DAYS: &str = "d AS (SELECT c.member_id AS member_id, a.day AS day, CAST(sum(a.orders) AS BIGINT) AS orders, \
    CAST(sum(a.minor) AS BIGINT) AS minor FROM cards c JOIN activity_days a ON a.card_id = c.id \
    WHERE c.program_id = ? AND c.merged_into IS NULL AND a.day <= ? GROUP BY c.member_id, a.day HAVING sum(a.orders) > 0)";
/// Members at the end: `?` program, `?` end, `?` end.
const PEOPLE: &str = "m.program_id = ? AND m.merged_into IS NULL AND m.created_at < ? \
    AND (m.erased_at IS NULL OR m.erased_at >= ?)";

impl Span {
    fn with_days(&self, rest: &str) -> Statement<'_> {
        Statement::new(format!("WITH {DAYS} {rest}"))
            .text(self.program.as_str())
            .number(self.to.number())
    }

    fn people<'a>(&'a self, statement: Statement<'a>) -> Statement<'a> {
        statement
            .text(self.program.as_str())
            .number(self.end.millis())
            .number(self.end.millis())
    }
}

/// Reads at one moment what one statement after the other asks for.
pub fn at_one_moment<T>(
    db: &mut Db,
    read: impl FnOnce(&mut Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    dialect::begin_steady_read(db)?;
    let found = read(db);
    dialect::end_read(db)?;
    found
}

/// Whether a program has more cards than `max`; reads one more than that at most.
pub fn is_large(db: &mut Db, program: &ProgramId, max: i64) -> Result<bool, StoreError> {
    let counted: Vec<Number> = Statement::new(format!(
        "SELECT count(*) AS number FROM (SELECT 1 AS one FROM cards WHERE program_id = ? LIMIT {}) AS found",
        max.saturating_add(1)
    ))
    .text(program.as_str())
    .load(db)?;
    Ok(counted.first().is_some_and(|row| row.number > max))
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// When the first member of a program joined.
pub fn first_joined(db: &mut Db, program: &ProgramId) -> Result<Option<Time>, StoreError> {
    #[derive(QueryableByName)]
    struct First {
        #[diesel(sql_type = Nullable<BigInt>)]
        at: Option<Time>,
    }
    let first: Vec<First> =
        Statement::new("SELECT min(created_at) AS at FROM members m WHERE m.program_id = ?")
            .text(program.as_str())
            .load(db)?;
    Ok(first.into_iter().next().and_then(|row| row.at))
}

/// Counts members, and who of them did anything.
pub fn count_members(db: &mut Db, span: &Span, counts: &mut Counts) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        members: i64,
        #[diesel(sql_type = BigInt)]
        joined: i64,
    }
    let statement = Statement::new(format!(
        "SELECT count(*) AS members, count(CASE WHEN m.created_at >= ? THEN 1 END) AS joined \
         FROM members m WHERE {PEOPLE}"
    ))
    .number(span.start.millis());
    let rows: Vec<Row> = span.people(statement).load(db)?;
    if let Some(row) = rows.first() {
        (counts.members, counts.joined) = (row.members, row.joined);
    }
    // A deed of somebody who was joined since is one of whoever stands for both.
    // `CROSS JOIN` keeps SQLite from walking all members and asking who did anything anew for each (seen with 3.53).
    let statement = span
        .with_days(&format!(
            ", did AS (SELECT member_id FROM d WHERE day >= ? \
             UNION SELECT member_id FROM redemptions WHERE program_id = ? AND issued_at >= ? AND issued_at < ? \
             UNION SELECT member_id FROM events WHERE program_id = ? AND happened_at >= ? AND happened_at < ? \
             AND kind <> 'birthday'), \
             who AS (SELECT DISTINCT coalesce(o.merged_into, o.id) AS id FROM did \
             CROSS JOIN members o WHERE o.id = did.member_id) \
             SELECT count(*) AS number FROM who CROSS JOIN members m WHERE m.id = who.id AND {PEOPLE}"
        ))
        .number(span.from.number())
        .text(span.program.as_str())
        .number(span.start.millis())
        .number(span.end.millis())
        .text(span.program.as_str())
        .number(span.start.millis())
        .number(span.end.millis());
    let rows: Vec<Number> = span.people(statement).load(db)?;
    counts.active = rows.first().map_or(0, |row| row.number);
    Ok(())
}

/// Counts orders of the period, and who ever ordered.
pub fn count_orders(db: &mut Db, span: &Span, counts: &mut Counts) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        buyers: i64,
        #[diesel(sql_type = BigInt)]
        participants: i64,
        #[diesel(sql_type = BigInt)]
        orders: i64,
        #[diesel(sql_type = BigInt)]
        minor: i64,
        #[diesel(sql_type = BigInt)]
        visits: i64,
        #[diesel(sql_type = BigInt)]
        buyers_ever: i64,
        #[diesel(sql_type = BigInt)]
        repeaters: i64,
    }
    let statement = span
        .with_days(&format!(
            ", p AS (SELECT member_id, CAST(sum(orders) AS BIGINT) AS ever, \
             CAST(sum(CASE WHEN day >= ? THEN orders ELSE 0 END) AS BIGINT) AS orders, \
             CAST(sum(CASE WHEN day >= ? THEN minor ELSE 0 END) AS BIGINT) AS minor, \
             count(CASE WHEN day >= ? THEN 1 END) AS visits FROM d GROUP BY member_id), \
             s AS (SELECT m.id FROM members m WHERE {PEOPLE}) \
             SELECT count(CASE WHEN visits > 0 THEN 1 END) AS buyers, \
             count(CASE WHEN visits > 0 AND s.id IS NOT NULL THEN 1 END) AS participants, \
             CAST(coalesce(sum(orders), 0) AS BIGINT) AS orders, CAST(coalesce(sum(minor), 0) AS BIGINT) AS minor, \
             CAST(coalesce(sum(visits), 0) AS BIGINT) AS visits, count(*) AS buyers_ever, \
             count(CASE WHEN ever >= 2 THEN 1 END) AS repeaters FROM p LEFT JOIN s ON s.id = p.member_id"
        ))
        .number(span.from.number())
        .number(span.from.number())
        .number(span.from.number());
    let rows: Vec<Row> = span.people(statement).load(db)?;
    if let Some(row) = rows.first() {
        (counts.buyers, counts.participants) = (row.buyers, row.participants);
        (counts.orders, counts.revenue_minor, counts.visits) = (row.orders, row.minor, row.visits);
        (counts.buyers_ever, counts.repeaters) = (row.buyers_ever, row.repeaters);
    }
    Ok(())
}

/// The buyers of the period who spent most, a tenth of them rounded up, and what they spent.
pub fn count_top(db: &mut Db, span: &Span, counts: &mut Counts) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        members: i64,
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    let statement = span
        .with_days(
            ", p AS (SELECT member_id, CAST(sum(minor) AS BIGINT) AS minor FROM d WHERE day >= ? GROUP BY member_id), \
             o AS (SELECT minor, row_number() OVER (ORDER BY minor DESC, member_id) AS place, \
             count(*) OVER () AS whole FROM p) \
             SELECT count(*) AS members, CAST(coalesce(sum(minor), 0) AS BIGINT) AS minor FROM o \
             WHERE place <= (whole + 9) / 10",
        )
        .number(span.from.number());
    let rows: Vec<Row> = statement.load(db)?;
    if let Some(row) = rows.first() {
        (counts.top_buyers, counts.top_minor) = (row.members, row.minor);
    }
    Ok(())
}

/// People whose first order is in the period, by the days to their second; `None` for those without one.
pub fn list_gaps(db: &mut Db, span: &Span) -> Result<Vec<(Option<i64>, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<BigInt>)]
        gap: Option<i64>,
        #[diesel(sql_type = BigInt)]
        members: i64,
    }
    let statement = span
        .with_days(
            ", r AS (SELECT member_id, day, sum(orders) OVER (PARTITION BY member_id ORDER BY day) AS upto FROM d), \
             f AS (SELECT member_id, min(day) AS first, min(CASE WHEN upto >= 2 THEN day END) AS second FROM r \
             GROUP BY member_id HAVING min(day) >= ?) \
             SELECT second - first AS gap, count(*) AS members FROM f GROUP BY second - first ORDER BY 1",
        )
        .number(span.from.number());
    let rows: Vec<Row> = statement.load(db)?;
    Ok(rows.into_iter().map(|row| (row.gap, row.members)).collect())
}

/// Members who had lapsed by their own rhythm, as [`Stage::of`](crate::loyalty::segment::stage::Stage::of) says, and
/// ordered again in the period, or had lapsed when it ended.
pub fn count_missed(db: &mut Db, span: &Span, counts: &mut Counts) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        missed: i64,
        #[diesel(sql_type = BigInt)]
        won_back: i64,
    }
    // Each visit with the silence after it: up to the next one, or to the period's end.
    let (gaps, rhythm) = (rhythm::gaps("visits"), rhythm::of("visits", "(day - first)"));
    let statement = span
        .with_days(&format!(
            ", v AS (SELECT member_id, day, CAST(row_number() OVER w AS BIGINT) AS visits, lead(day) OVER w AS next, \
             min(day) OVER w AS first FROM d WINDOW w AS (PARTITION BY member_id ORDER BY day)), \
             l AS (SELECT member_id, next FROM v WHERE (next IS NULL OR next >= ?) \
             AND (coalesce(next, ?) - day) * {gaps} >= {LAPSED} * {rhythm}) \
             SELECT count(DISTINCT l.member_id) AS missed, \
             count(DISTINCT CASE WHEN l.next IS NOT NULL THEN l.member_id END) AS won_back \
             FROM l JOIN members m ON m.id = l.member_id WHERE {PEOPLE}"
        ))
        .number(span.from.number())
        .number(span.to.number());
    let rows: Vec<Row> = span.people(statement).load(db)?;
    if let Some(row) = rows.first() {
        (counts.missed, counts.won_back) = (row.missed, row.won_back);
    }
    Ok(())
}

/// Who still ordered 30, 90 and 365 days after joining. `offsets` give the day on which somebody joined.
pub fn list_kept(db: &mut Db, span: &Span, offsets: &[(Time, i64)]) -> Result<Vec<Kept>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        members: i64,
        #[diesel(sql_type = BigInt)]
        kept: i64,
    }
    let steps = "WHEN m.created_at >= ? THEN ? ".repeat(offsets.len());
    let text = format!(
        ", l AS (SELECT member_id, max(day) AS last FROM d GROUP BY member_id), \
         j AS (SELECT (m.created_at + CASE {steps} ELSE ? END) / 86400000 AS joined, l.last AS last \
         FROM members m LEFT JOIN l ON l.member_id = m.id WHERE {PEOPLE}) \
         SELECT count(*) AS members, count(CASE WHEN last >= joined + ? THEN 1 END) AS kept FROM j WHERE joined + ? <= ?"
    );
    let mut found = Vec::with_capacity(KEPT_DAYS.len());
    for days in KEPT_DAYS {
        let mut statement = span.with_days(&text);
        for (from, offset) in offsets {
            statement = statement.number(from.millis()).number(*offset);
        }
        statement = statement.number(offsets.last().map_or(0, |(_, offset)| *offset));
        let statement = span.people(statement).number(days).number(days);
        let rows: Vec<Row> = statement.number(span.to.number()).load(db)?;
        let (members, kept) = rows.first().map_or((0, 0), |row| (row.members, row.kept));
        found.push(Kept { days, members, kept });
    }
    Ok(found)
}

/// Which of so many ascending bounds a number has reached: 0 before the first.
pub(super) fn step(of: &str, bounds: usize) -> String {
    let steps: Vec<String> = (0..bounds)
        .map(|number| format!("WHEN {of} < ? THEN {number}"))
        .collect();
    format!("CAST(CASE {} ELSE {bounds} END AS BIGINT)", steps.join(" "))
}

/// Who joined in each month, and in which of the months they ordered. The months follow each other, the period's last is
/// the last.
pub fn list_cohorts(db: &mut Db, span: &Span, months: &[Month]) -> Result<Vec<Cohort>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        cohort: i64,
        #[diesel(sql_type = Nullable<BigInt>)]
        month: Option<i64>,
        #[diesel(sql_type = BigInt)]
        members: i64,
    }
    let mut statement = span.with_days(&format!(
        ", w AS (SELECT DISTINCT member_id, {} AS month FROM d WHERE day >= ?), \
         j AS (SELECT m.id AS id, {} AS cohort FROM members m WHERE {PEOPLE} AND m.created_at >= ?) \
         SELECT j.cohort AS cohort, CAST(NULL AS BIGINT) AS month, count(*) AS members FROM j GROUP BY j.cohort \
         UNION ALL SELECT j.cohort, w.month, count(*) FROM j JOIN w ON w.member_id = j.id \
         GROUP BY j.cohort, w.month",
        step("day", months.len()),
        step("m.created_at", months.len()),
    ));
    for month in months {
        statement = statement.number(month.first.number());
    }
    let first = months.first();
    statement = statement.number(first.map_or(0, |month| month.first.number()));
    for month in months {
        statement = statement.number(month.start.millis());
    }
    let statement = span.people(statement);
    let rows: Vec<Row> = statement
        .number(first.map_or(0, |month| month.start.millis()))
        .load(db)?;
    let counted = |cohort: usize, month: Option<usize>| {
        let at = |number: usize| i64::try_from(number + 1).ok();
        let found = rows
            .iter()
            .find(|row| Some(row.cohort) == at(cohort) && row.month == month.and_then(at));
        found.map_or(0, |row| row.members)
    };
    let each = months.iter().enumerate().map(|(cohort, month)| Cohort {
        month: month.name.clone(),
        members: counted(cohort, None),
        ordered: (cohort..months.len())
            .map(|month| counted(cohort, Some(month)))
            .collect(),
    });
    Ok(each.collect())
}

/// Buyers since a day by fifths of recency, frequency and money.
pub fn list_rfm(db: &mut Db, span: &Span, since: Day) -> Result<Vec<RfmCell>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        recency: i64,
        #[diesel(sql_type = BigInt)]
        frequency: i64,
        #[diesel(sql_type = BigInt)]
        money: i64,
        #[diesel(sql_type = BigInt)]
        members: i64,
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    let statement = span
        .with_days(&format!(
            ", y AS (SELECT max(day) AS last, sum(orders) AS orders, sum(minor) AS minor FROM d WHERE day >= ? \
             GROUP BY member_id), \
             q AS (SELECT {} AS recency, {} AS frequency, {} AS money, minor FROM y) \
             SELECT recency, frequency, money, count(*) AS members, CAST(sum(minor) AS BIGINT) AS minor FROM q \
             GROUP BY recency, frequency, money ORDER BY recency DESC, frequency DESC, money DESC",
            fifth("last"),
            fifth("orders"),
            fifth("minor"),
        ))
        .number(since.number());
    let rows: Vec<Row> = statement.load(db)?;
    let cell = |row: Row| RfmCell {
        recency: row.recency,
        frequency: row.frequency,
        money: row.money,
        members: row.members,
        minor: row.minor,
    };
    Ok(rows.into_iter().map(cell).collect())
}

/// Where the fifths lie of the buyers since a day: the least with which somebody stands in each. `None` without buyers.
pub fn find_fifths(db: &mut Db, span: &Span, since: Day) -> Result<Option<Fifths>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        measure: String,
        #[diesel(sql_type = BigInt)]
        fifth: i64,
        #[diesel(sql_type = BigInt)]
        least: i64,
    }
    const MEASURES: [&str; 3] = ["recency", "frequency", "money"];
    let stands = MEASURES.map(|name| format!("{name}, {} AS {name}_fifth", fifth(name)));
    let leasts = MEASURES.map(|name| {
        format!(
            "SELECT '{name}' AS measure, CAST({name}_fifth AS BIGINT) AS fifth, CAST(min({name}) AS BIGINT) AS least \
             FROM q GROUP BY {name}_fifth"
        )
    });
    let statement = span
        .with_days(&format!(
            ", y AS (SELECT max(day) AS recency, sum(orders) AS frequency, sum(minor) AS money FROM d WHERE day >= ? \
             GROUP BY member_id), q AS MATERIALIZED (SELECT {} FROM y) {}",
            stands.join(", "),
            leasts.join(" UNION ALL ")
        ))
        .number(since.number());
    let rows: Vec<Row> = statement.load(db)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let [recency, frequency, money] = MEASURES.map(|name| {
        let of = rows.iter().filter(|row| row.measure == name);
        let least: Vec<(i64, i64)> = of.map(|row| (row.fifth, row.least)).collect();
        Steps::of(&least)
    });
    Ok(Some(Fifths {
        recency,
        frequency,
        money,
    }))
}

/// In which fifth of all rows one stands by an expression.
fn fifth(of: &str) -> String {
    format!("1 + 5 * (rank() OVER (ORDER BY {of}) - 1) / count(*) OVER ()")
}

/// Points by kind of entry in the period: kind, whether it undoes another, whether it adds, their sum.
pub fn list_moved(db: &mut Db, span: &Span) -> Result<Vec<(String, bool, bool, i64)>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = BigInt)]
        undoes: i64,
        #[diesel(sql_type = BigInt)]
        adds: i64,
        #[diesel(sql_type = BigInt)]
        points: i64,
    }
    let (first, after) = (EntryId::first_at(span.start), EntryId::first_at(span.end));
    let rows: Vec<Row> = Statement::new(
        "SELECT kind, CAST(CASE WHEN reverses IS NULL THEN 0 ELSE 1 END AS BIGINT) AS undoes, \
         CAST(CASE WHEN points > 0 THEN 1 ELSE 0 END AS BIGINT) AS adds, CAST(sum(points) AS BIGINT) AS points \
         FROM entries WHERE id >= ? AND id < ? AND program_id = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .text(first.as_str())
    .text(after.as_str())
    .text(span.program.as_str())
    .load(db)?;
    let moved = |row: Row| (row.kind, row.undoes == 1, row.adds == 1, row.points);
    Ok(rows.into_iter().map(moved).collect())
}

/// The sum of all balances now, and of all entries since an instant.
pub fn sum_held(db: &mut Db, program: &ProgramId, since: Time) -> Result<(i64, i64), StoreError> {
    let held: Vec<Number> = Statement::new(
        "SELECT CAST(coalesce(sum(balance), 0) AS BIGINT) AS number FROM cards WHERE program_id = ?",
    )
    .text(program.as_str())
    .load(db)?;
    let first = EntryId::first_at(since);
    let moved: Vec<Number> = Statement::new(
        "SELECT CAST(coalesce(sum(points), 0) AS BIGINT) AS number FROM entries WHERE id >= ? AND program_id = ?",
    )
    .text(first.as_str())
    .text(program.as_str())
    .load(db)?;
    let number = |rows: &[Number]| rows.first().map_or(0, |row| row.number);
    Ok((number(&held), number(&moved)))
}
