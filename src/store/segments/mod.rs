//! Who is in a segment: its criteria as one statement over all cards of a program.
//!
//! A member has one card that acts, those of joined members having become one, so cards are counted. Every condition
//! is true or false and never unknown, because `NOT` of what is unknown would leave members out.

mod bought;
mod part;
mod query;
mod said;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use super::dialect::{self, json_rows};
use super::{Db, StoreError};
use crate::loyalty::campaign::MARKETING;
use crate::loyalty::segment::Criterion;
use crate::types::{CardId, Day, MemberId, ProgramId, Time, Zone};
use query::Query;
use said::{Said, Value};

pub use part::{Part, SHARED_MIN, split};

/// Whose members, on which day.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The program.
    pub program: &'a ProgramId,
    /// Today in its time zone.
    pub today: Day,
    /// Its time zone.
    pub zone: Zone,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    member: MemberId,
}

/// The card is in Apple Wallet.
const IN_APPLE: &str = "(c.phones > 0)";
/// The card is in Google Wallet.
const IN_GOOGLE: &str = "c.in_google";

/// The member last said yes to a purpose.
fn agreed(purpose: &str) -> Said {
    if purpose == MARKETING {
        return Said::plain("c.agrees");
    }
    Said {
        text: "coalesce((SELECT k.granted FROM consents k WHERE k.member_id = c.member_id AND k.purpose = ? \
               ORDER BY k.at DESC LIMIT 1), FALSE)"
            .to_owned(),
        values: vec![Value::Text(purpose.to_owned())],
    }
}

/// A condition as 1 or 0.
fn flag(condition: Said, name: &str) -> Said {
    Said {
        text: format!(
            "CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT) AS {name}",
            condition.text
        ),
        ..condition
    }
}

/// Whether each member agreed to a purpose, and in which wallets their card is: 1 or 0.
fn standing(purpose: &str) -> Said {
    let columns = [
        flag(Said::plain(IN_APPLE), "apple"),
        flag(Said::plain(IN_GOOGLE), "google"),
        flag(agreed(purpose), "agreed"),
    ];
    Said::list(columns)
}

fn sum(of: &str, name: &str) -> String {
    format!("CAST(coalesce(sum({of}), 0) AS BIGINT) AS {name}")
}

/// The members of a segment by their ids, from the one after `after`, at most `limit`.
pub fn list(
    db: &mut Db,
    scope: Scope<'_>,
    criterion: &Criterion,
    (after, limit): (Option<&MemberId>, i64),
) -> Result<Vec<MemberId>, StoreError> {
    let mut columns = Said {
        text: "c.member_id AS member".to_owned(),
        values: Vec::new(),
    };
    let mut query = Query::of(db, scope, criterion);
    query.condition.text.push_str(" AND c.member_id > ?");
    let after = after.map_or("", MemberId::as_str).to_owned();
    query.condition.values.push(Value::Text(after));
    query.condition.values.push(Value::Number(limit));
    let statement = query.select(&mut columns, " ORDER BY c.member_id LIMIT ?");
    let rows: Vec<Found> = statement.load(db)?;
    Ok(rows.into_iter().map(|row| row.member).collect())
}

/// A member as another channel knows them.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Contact {
    /// Their id.
    #[diesel(sql_type = Text)]
    pub member: MemberId,
    /// First name.
    #[diesel(sql_type = Text)]
    pub first_name: String,
    /// Last name.
    #[diesel(sql_type = Text)]
    pub last_name: String,
    /// The e-mail address that they gave first, as they wrote it; empty if they gave none.
    #[diesel(sql_type = Text)]
    pub email: String,
}

/// The members of a segment who agreed to a purpose, by their ids, from the one after `after`, at most `limit`.
pub fn list_contacts(
    db: &mut Db,
    scope: Scope<'_>,
    (criterion, purpose): (&Criterion, &str),
    (after, limit): (Option<&MemberId>, i64),
) -> Result<Vec<Contact>, StoreError> {
    let mut columns = Said {
        text: "c.member_id AS member, m.first_name, m.last_name, \
               coalesce((SELECT CASE WHEN i.shown = '' THEN i.value ELSE i.shown END FROM identities i \
               WHERE i.member_id = c.member_id AND i.kind = 'email' ORDER BY i.created_at, i.value LIMIT 1), '') AS email"
            .to_owned(),
        values: Vec::new(),
    };
    let mut query = Query::of(db, scope, criterion);
    query.asks_member = true;
    let agreed = agreed(purpose);
    query.condition.text = format!("{} AND {} AND c.member_id > ?", query.condition.text, agreed.text);
    query.condition.values.extend(agreed.values);
    let after = after.map_or("", MemberId::as_str).to_owned();
    query.condition.values.push(Value::Text(after));
    query.condition.values.push(Value::Number(limit));
    Ok(query
        .select(&mut columns, " ORDER BY c.member_id LIMIT ?")
        .load(db)?)
}

/// Cards of a program that were looked through for members of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// The cards of members who are in it, in the order of their ids, each with how many were looked at up to it.
    pub cards: Vec<(CardId, i64)>,
    /// The last card that was looked at; `None` if there was none.
    pub last: Option<CardId>,
    /// How many were looked at.
    pub count: i64,
}

/// Looks through the next `limit` cards of a program after one, in the order of their ids. It costs what these cards
/// cost, however many there are.
pub fn look_through(
    db: &mut Db,
    scope: Scope<'_>,
    criterion: &Criterion,
    (after, limit): (&str, i64),
) -> Result<Looked, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        card: CardId,
        #[diesel(sql_type = BigInt)]
        is_in: i64,
    }
    let picked = Said {
        text: "SELECT id FROM cards WHERE program_id = ? AND id > ? ORDER BY id LIMIT ?".to_owned(),
        values: vec![
            Value::Text(scope.program.as_str().to_owned()),
            Value::Text(after.to_owned()),
            Value::Number(limit),
        ],
    };
    let rows: Vec<Row> = Query::of(db, scope, criterion)
        .among(picked, Vec::new())
        .load(db)?;
    Ok(Looked {
        last: rows.last().map(|row| row.card.clone()),
        count: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        cards: (1..)
            .zip(rows)
            .filter(|(_, row)| row.is_in != 0)
            .map(|(place, row)| (row.card, place))
            .collect(),
    })
}

/// Whether the holder of a card is in a segment.
pub fn has_member(
    db: &mut Db,
    scope: Scope<'_>,
    criterion: &Criterion,
    card: &CardId,
) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        is_in: i64,
    }
    let picked = Said {
        text: "SELECT id FROM cards WHERE id = ?".to_owned(),
        values: vec![Value::Text(card.as_str().to_owned())],
    };
    let rows: Vec<Row> = Query::of(db, scope, criterion)
        .among(picked, Vec::new())
        .load(db)?;
    Ok(rows.iter().any(|row| row.is_in != 0))
}

/// What decides whether the holder of a card hears a campaign.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Candidate {
    /// The card.
    #[diesel(sql_type = Text)]
    pub card: CardId,
    /// Its holder.
    #[diesel(sql_type = Text)]
    pub member: MemberId,
    /// Whether they are in the segment: 1 or 0.
    #[diesel(sql_type = BigInt)]
    pub is_in: i64,
    /// Whether they last agreed to the purpose: 1 or 0.
    #[diesel(sql_type = BigInt)]
    pub has_agreed: i64,
    /// Whether their card is in a wallet: 1 or 0.
    #[diesel(sql_type = BigInt)]
    pub is_reachable: i64,
    /// Messages that they heard since the first of two instants.
    #[diesel(sql_type = BigInt)]
    pub day: i64,
    /// Messages that they heard since the second.
    #[diesel(sql_type = BigInt)]
    pub week: i64,
}

/// Reads what decides about the holders of these cards, in the order of their ids: whether they are in the segment,
/// agreed to `purpose`, can be reached, and how many messages they heard since each of two instants.
pub fn list_candidates(
    db: &mut Db,
    scope: Scope<'_>,
    (criterion, purpose): (&Criterion, &str),
    since: [Time; 2],
    cards: &[CardId],
) -> Result<Vec<Candidate>, StoreError> {
    let rows: Vec<_> = cards.iter().map(|card| [card.as_str()]).collect();
    let rows = serde_json::to_string(&rows).map_err(|fault| StoreError::unreadable("cards", fault))?;
    let picked = Said {
        text: format!("SELECT e.value ->> 0 AS id FROM {}", json_rows(db)),
        values: vec![Value::Text(rows)],
    };
    let heard = |time: Time, name: &str| {
        Said::number(
            format!(
                "(SELECT count(*) FROM campaign_sends s WHERE s.member_id = c.member_id AND s.arm >= 0 \
                 AND s.sent_at > ?) AS {name}"
            ),
            time.millis(),
        )
    };
    let [day, week] = since;
    let columns = vec![
        Said::plain("c.member_id AS member"),
        flag(agreed(purpose), "has_agreed"),
        flag(
            Said::plain(format!("({IN_APPLE} OR {IN_GOOGLE})")),
            "is_reachable",
        ),
        heard(day, "day"),
        heard(week, "week"),
    ];
    Ok(Query::of(db, scope, criterion).among(picked, columns).load(db)?)
}

/// How many messages are enough: since when they count, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Of the shorter time.
    pub day: (Time, i64),
    /// Of the longer one.
    pub week: (Time, i64),
}

/// What would become of the members of a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Foreseen {
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Who did not agree.
    #[diesel(sql_type = BigInt)]
    pub no_consent: i64,
    /// Of the others, those whose card is in no wallet.
    #[diesel(sql_type = BigInt)]
    pub unreachable: i64,
    /// Of the others, those who heard enough.
    #[diesel(sql_type = BigInt)]
    pub capped: i64,
    /// Of the others, those whose card is in Apple Wallet.
    #[diesel(sql_type = BigInt)]
    pub apple: i64,
    /// Of the others, those whose card is in Google Wallet.
    #[diesel(sql_type = BigInt)]
    pub google: i64,
}

impl Foreseen {
    /// Who could hear a message.
    pub const fn free(&self) -> i64 {
        self.members - self.no_consent - self.unreachable - self.capped
    }

    /// These and others.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self {
            members: self.members + others.members,
            no_consent: self.no_consent + others.no_consent,
            unreachable: self.unreachable + others.unreachable,
            capped: self.capped + others.capped,
            apple: self.apple + others.apple,
            google: self.google + others.google,
        }
    }
}

/// Counts what would become of a segment's members in a part of all cards if they were sent a message. Reads every card
/// of the part.
pub fn foresee(
    db: &mut Db,
    scope: Scope<'_>,
    (criterion, purpose): (&Criterion, &str),
    (caps, part): (Caps, &Part),
) -> Result<Foreseen, StoreError> {
    let mut columns = standing(purpose);
    let agreed = agreed(purpose);
    // The day is a part of the week, and nobody else's messages count.
    columns.text = format!(
        "{}, CASE WHEN ({IN_APPLE} OR {IN_GOOGLE}) AND {} THEN (SELECT CASE WHEN count(*) >= ? \
         OR count(CASE WHEN s.sent_at > ? THEN 1 END) >= ? THEN 1 ELSE 0 END FROM campaign_sends s \
         WHERE s.member_id = c.member_id AND s.arm >= 0 AND s.sent_at > ?) ELSE 0 END AS full_up",
        columns.text, agreed.text
    );
    columns.values.extend(agreed.values);
    let numbers = [caps.week.1, caps.day.0.millis(), caps.day.1, caps.week.0.millis()];
    columns.values.extend(numbers.map(Value::Number));
    let reached = "(apple + google - apple * google)";
    let sums = [
        "count(*) AS members".to_owned(),
        sum("1 - agreed", "no_consent"),
        sum(&format!("agreed * (1 - {reached})"), "unreachable"),
        sum(&format!("agreed * {reached} * full_up"), "capped"),
        sum("agreed * apple * (1 - full_up)", "apple"),
        sum("agreed * google * (1 - full_up)", "google"),
    ];
    let statement = Query::of_all(db, (scope, part), criterion).sum(&sums.join(", "), columns);
    dialect::begin_scan(db)?;
    let rows: Result<Vec<Foreseen>, _> = statement.load(db);
    dialect::end_read(db)?;
    let rows = rows?;
    Ok(rows.into_iter().next().unwrap_or_default())
}
