//! Who is in a segment: its criteria as one statement over all cards of a program.
//!
//! A member has one card that acts, those of joined members having become one, so cards are counted. Every condition
//! is true or false and never unknown, because `NOT` of what is unknown would leave members out.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use super::dialect::json_rows;
use super::statement::Statement;
use super::{Db, StoreError};
use crate::loyalty::birthday::celebrated_on;
use crate::loyalty::segment::judge::first_day;
use crate::loyalty::segment::stage::{AT_RISK, LAPSED, LOYAL_VISITS, RHYTHM_MIN, RHYTHM_UNKNOWN, Stage};
use crate::loyalty::segment::{Ago, Bounds, Criterion, Reach};
use crate::types::{CardId, Day, MemberId, ProgramId, Time, Zone};

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

/// How many members are in a segment, and how they can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Reached {
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub members: i64,
    /// Whose card is in Apple Wallet.
    #[diesel(sql_type = BigInt)]
    pub apple: i64,
    /// Whose card is in Google Wallet.
    #[diesel(sql_type = BigInt)]
    pub google: i64,
    /// Whose card is in neither.
    #[diesel(sql_type = BigInt)]
    pub unreachable: i64,
    /// Who did not agree to the purpose that was asked for.
    #[diesel(sql_type = BigInt)]
    pub no_consent: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    member: MemberId,
}

/// The card is in Apple Wallet.
const IN_APPLE: &str = "EXISTS (SELECT 1 FROM registrations g WHERE g.card_id = c.id)";
/// The card is in Google Wallet.
const IN_GOOGLE: &str = "EXISTS (SELECT 1 FROM passes p WHERE p.card_id = c.id AND p.wallet = 'google' \
                         AND p.state = 'installed')";
/// The member last said yes to a purpose.
const AGREED: &str = "coalesce((SELECT k.granted FROM consents k WHERE k.member_id = c.member_id AND k.purpose = ? \
                      ORDER BY k.at DESC LIMIT 1), FALSE)";

/// Counts a segment's members and how they can be reached; `purpose` is what they would have to agree to. Reads every
/// card of the program.
pub fn count(
    db: &mut Db,
    scope: Scope<'_>,
    criterion: &Criterion,
    purpose: &str,
) -> Result<Reached, StoreError> {
    let sum = |condition: &str, name: &str| {
        format!("CAST(coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT) AS {name}")
    };
    let columns = [
        "count(*) AS members".to_owned(),
        sum(IN_APPLE, "apple"),
        sum(IN_GOOGLE, "google"),
        sum(&format!("NOT {IN_APPLE} AND NOT {IN_GOOGLE}"), "unreachable"),
        sum(&format!("NOT {AGREED}"), "no_consent"),
    ];
    let mut columns_said = Said {
        text: columns.join(", "),
        values: vec![Value::Text(purpose.to_owned())],
    };
    let query = Query::of(db, scope, criterion);
    let statement = query.select(&mut columns_said, "");
    let rows: Vec<Reached> = statement.load(db)?;
    Ok(rows.into_iter().next().unwrap_or_default())
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
    let flag = |condition: &str, name: &str| {
        format!("CAST(CASE WHEN {condition} THEN 1 ELSE 0 END AS BIGINT) AS {name}")
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
        Said {
            text: flag(AGREED, "has_agreed"),
            values: vec![Value::Text(purpose.to_owned())],
        },
        Said::plain(flag(&format!("({IN_APPLE} OR {IN_GOOGLE})"), "is_reachable")),
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
}

/// Counts what would become of a segment's members if they were sent a message. Reads every card of the program.
pub fn foresee(
    db: &mut Db,
    scope: Scope<'_>,
    (criterion, purpose): (&Criterion, &str),
    caps: Caps,
) -> Result<Foreseen, StoreError> {
    let heard = "(SELECT count(*) FROM campaign_sends s WHERE s.member_id = c.member_id AND s.arm >= 0 AND s.sent_at > ?)";
    let (agreed, reachable) = (AGREED, format!("({IN_APPLE} OR {IN_GOOGLE})"));
    let full = format!("({heard} >= ? OR {heard} >= ?)");
    let mut values = Vec::new();
    let mut sum = |condition: String, name: &str, asks: (bool, bool)| {
        if asks.0 {
            values.push(Value::Text(purpose.to_owned()));
        }
        if asks.1 {
            for (since, most) in [caps.day, caps.week] {
                values.extend([Value::Number(since.millis()), Value::Number(most)]);
            }
        }
        format!("CAST(coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT) AS {name}")
    };
    let columns = [
        "count(*) AS members".to_owned(),
        sum(format!("NOT {agreed}"), "no_consent", (true, false)),
        sum(
            format!("{agreed} AND NOT {reachable}"),
            "unreachable",
            (true, false),
        ),
        sum(
            format!("{agreed} AND {reachable} AND {full}"),
            "capped",
            (true, true),
        ),
        sum(
            format!("{agreed} AND {IN_APPLE} AND NOT {full}"),
            "apple",
            (true, true),
        ),
        sum(
            format!("{agreed} AND {IN_GOOGLE} AND NOT {full}"),
            "google",
            (true, true),
        ),
    ];
    let mut said = Said {
        text: columns.join(", "),
        values,
    };
    let rows: Vec<Foreseen> = Query::of(db, scope, criterion).select(&mut said, "").load(db)?;
    Ok(rows.into_iter().next().unwrap_or_default())
}

/// A value of a `?`.
enum Value {
    Text(String),
    Number(i64),
}

/// A part of a statement with the values of its `?`, in order.
#[derive(Default)]
struct Said {
    text: String,
    values: Vec<Value>,
}

impl Said {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    fn number(text: impl Into<String>, number: i64) -> Self {
        Self {
            text: text.into(),
            values: vec![Value::Number(number)],
        }
    }

    /// Parts between brackets, with a word between each two; `empty` if there are none.
    fn joined(parts: Vec<Self>, word: &str, empty: &str) -> Self {
        let mut all = Self::default();
        for part in parts {
            if !all.text.is_empty() {
                all.text.push_str(word);
            }
            all.text.push_str(&part.text);
            all.values.extend(part.values);
        }
        if all.text.is_empty() {
            all.text.push_str(empty);
        }
        all.text = format!("({})", all.text);
        all
    }
}

/// What is read beside the cards, and what must hold.
struct Query<'a> {
    scope: Scope<'a>,
    /// How the database says where a text is in another one.
    position: &'static str,
    /// Times for which purchases are summed up, each a table of its own.
    times: Vec<Option<u16>>,
    /// Events that are counted, each in a table of its own: the values that say which.
    events: Vec<[Value; 4]>,
    condition: Said,
    /// Cards to which it keeps; all of the program's, if `None`.
    picked: Option<Said>,
}

impl<'a> Query<'a> {
    fn of(db: &Db, scope: Scope<'a>, criterion: &Criterion) -> Self {
        let mut query = Self {
            scope,
            position: match db {
                Db::Sqlite(_) => "instr",
                Db::Postgres(_) => "strpos",
            },
            times: Vec::new(),
            events: Vec::new(),
            condition: Said::default(),
            picked: None,
        };
        let said = query.say(criterion);
        let program = Value::Text(scope.program.as_str().to_owned());
        query.condition = Said {
            text: format!(
                "c.program_id = ? AND c.voided_at IS NULL AND c.merged_into IS NULL AND c.blocked_at IS NULL \
                 AND m.erased_at IS NULL AND {}",
                said.text
            ),
            values: std::iter::once(program).chain(said.values).collect(),
        };
        query
    }

    /// The statement that says of each picked card whether its holder is in the segment, with further columns.
    fn among(mut self, picked: Said, columns: Vec<Said>) -> Statement<'static> {
        let condition = std::mem::take(&mut self.condition);
        let is_in = Said {
            text: format!(
                "c.id AS card, CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT) AS is_in",
                condition.text
            ),
            values: condition.values,
        };
        let mut said = Said::default();
        for column in std::iter::once(is_in).chain(columns) {
            if !said.text.is_empty() {
                said.text.push_str(", ");
            }
            said.text.push_str(&column.text);
            said.values.extend(column.values);
        }
        self.picked = Some(picked);
        self.condition = Said::plain("TRUE");
        self.select(&mut said, " ORDER BY c.id")
    }

    /// The whole statement. Its text differs with each segment, so it is not kept prepared.
    fn select(mut self, columns: &mut Said, ending: &str) -> Statement<'static> {
        let picked = self.picked.take();
        let (with, from, only) = match &picked {
            Some(picked) => (
                format!("WITH picked AS MATERIALIZED ({}) ", picked.text),
                "picked JOIN cards c ON c.id = picked.id",
                "card_id IN (SELECT id FROM picked) AND ",
            ),
            None => (String::new(), "cards c", ""),
        };
        let mut values: Vec<Value> = picked.map(|picked| picked.values).unwrap_or_default();
        values.append(&mut columns.values);
        let mut text = format!(
            "{with}SELECT {} FROM {from} JOIN members m ON m.id = c.member_id",
            columns.text
        );
        for (number, time) in self.times.iter().enumerate() {
            let first = first_day(*time, self.scope.today);
            text.push_str(&format!(
                " LEFT JOIN (SELECT card_id, CAST(sum(orders) AS BIGINT) AS orders, CAST(sum(minor) AS BIGINT) AS minor, \
                 CAST(sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) AS BIGINT) AS visits, \
                 min(CASE WHEN orders > 0 THEN day END) AS first_day, max(CASE WHEN orders > 0 THEN day END) AS last_day \
                 FROM activity_days WHERE {only}day <= ?{} GROUP BY card_id) w{number} ON w{number}.card_id = c.id",
                if first.is_some() { " AND day >= ?" } else { "" }
            ));
            values.push(Value::Number(self.scope.today.number()));
            values.extend(first.map(|first| Value::Number(first.number())));
        }
        for (number, events) in self.events.into_iter().enumerate() {
            let only = if with.is_empty() {
                ""
            } else {
                "e.member_id = k.member_id AND (k.id IN (SELECT id FROM picked) \
                 OR k.merged_into IN (SELECT id FROM picked)) AND "
            };
            text.push_str(&format!(
                " LEFT JOIN (SELECT coalesce(k.merged_into, k.id) AS card_id, count(*) AS times FROM events e \
                 JOIN cards k ON k.id = e.card_id WHERE {only}e.program_id = ? AND e.kind = ? AND e.happened_at >= ? \
                 AND e.happened_at < ? GROUP BY coalesce(k.merged_into, k.id)) e{number} ON e{number}.card_id = c.id"
            ));
            values.extend(events);
        }
        text.push_str(" WHERE ");
        text.push_str(&self.condition.text);
        values.extend(self.condition.values);
        text.push_str(ending);
        values
            .into_iter()
            .fold(Statement::once(text), |statement, value| match value {
                Value::Text(text) => statement.text(text),
                Value::Number(number) => statement.number(number),
            })
    }

    fn say(&mut self, criterion: &Criterion) -> Said {
        match criterion {
            Criterion::All(list) => {
                let parts = list.iter().map(|one| self.say(one)).collect();
                Said::joined(parts, " AND ", "TRUE")
            }
            Criterion::Any(list) => {
                let parts = list.iter().map(|one| self.say(one)).collect();
                Said::joined(parts, " OR ", "FALSE")
            }
            Criterion::Not(one) => {
                let said = self.say(one);
                Said {
                    text: format!("(NOT {})", said.text),
                    ..said
                }
            }
            Criterion::Orders(amount) => {
                let table = self.summed(amount.within_days);
                bounded(&format!("coalesce({table}.orders, 0)"), amount.bounds())
            }
            Criterion::Spend(amount) => {
                let table = self.summed(amount.within_days);
                bounded(&format!("coalesce({table}.minor, 0)"), amount.bounds())
            }
            Criterion::Visits(amount) => {
                let table = self.summed(amount.within_days);
                bounded(&format!("coalesce({table}.visits, 0)"), amount.bounds())
            }
            Criterion::AverageOrder(amount) => average(&self.summed(amount.within_days), amount.bounds()),
            Criterion::FirstOrder(ago) => self.ago("first_day", *ago),
            Criterion::LastOrder(ago) => self.ago("last_day", *ago),
            Criterion::Joined(ago) => self.since("m.created_at", *ago),
            Criterion::Fetched(ago) => self.since(
                "(SELECT max(p.fetched_at) FROM passes p WHERE p.card_id = c.id)",
                *ago,
            ),
            Criterion::Event(happened) => {
                let table = self.happened(&happened.kind, happened.within_days);
                bounded(&format!("coalesce({table}.times, 0)"), happened.bounds())
            }
            Criterion::Attribute(attribute) => self.attribute(&attribute.name, &attribute.is),
            Criterion::Tier(tiers) => {
                let parts = tiers.iter().map(|tier| Said {
                    text: "coalesce(c.tier_id = ?, FALSE)".to_owned(),
                    values: vec![Value::Text(tier.clone())],
                });
                Said::joined(parts.collect(), " OR ", "FALSE")
            }
            Criterion::Points(bounds) => bounded("c.balance", *bounds),
            Criterion::BirthdayWithin(days) => self.birthday(*days),
            Criterion::Stage(stages) => self.stage(stages),
            Criterion::Invited(bounds) => bounded(
                "coalesce((SELECT r.paid FROM referral_codes r WHERE r.member_id = c.member_id), 0)",
                *bounds,
            ),
            Criterion::WasInvited(wanted) => Said::plain(format!(
                "({}EXISTS (SELECT 1 FROM referrals f WHERE f.friend_id = c.member_id))",
                if *wanted { "" } else { "NOT " }
            )),
            Criterion::Reach(wallets) => {
                let parts = wallets.iter().map(|wallet| {
                    Said::plain(match wallet {
                        Reach::Apple => IN_APPLE.to_owned(),
                        Reach::Google => IN_GOOGLE.to_owned(),
                        Reach::None => format!("(NOT {IN_APPLE} AND NOT {IN_GOOGLE})"),
                    })
                });
                Said::joined(parts.collect(), " OR ", "FALSE")
            }
            Criterion::Consent(said) => Said {
                text: format!("({}{AGREED})", if said.granted { "" } else { "NOT " }),
                values: vec![Value::Text(said.purpose.clone())],
            },
        }
    }

    /// The table of what was bought within a time.
    fn summed(&mut self, within_days: Option<u16>) -> String {
        let known = self.times.iter().position(|time| *time == within_days);
        let number = known.unwrap_or_else(|| {
            self.times.push(within_days);
            self.times.len() - 1
        });
        format!("w{number}")
    }

    /// The table of how often an event came within a time. What came to a card that was joined counts for the one
    /// that it was joined with.
    fn happened(&mut self, kind: &str, within_days: Option<u16>) -> String {
        let Scope {
            program, today, zone, ..
        } = self.scope;
        let number = self.events.len();
        let first = first_day(within_days, today).map_or(i64::MIN, |first| zone.start_of(first).millis());
        self.events.push([
            Value::Text(program.as_str().to_owned()),
            Value::Text(kind.to_owned()),
            Value::Number(first),
            Value::Number(zone.start_of(today.plus_days(1)).millis()),
        ]);
        format!("e{number}")
    }

    /// So many days ago by a column of days.
    fn ago(&mut self, column: &str, ago: Ago) -> Said {
        let table = self.summed(None);
        let today = self.scope.today.number();
        let bounds = ago.bounds();
        let latest = bounds.at_least.map(|days| ("<=", today - days));
        let earliest = bounds.at_most.map(|days| (">=", today - days));
        let parts = [latest, earliest]
            .into_iter()
            .flatten()
            .map(|(sign, day)| Said::number(format!("coalesce({table}.{column} {sign} ?, FALSE)"), day));
        Said::joined(parts.collect(), " AND ", "TRUE")
    }

    /// So many days ago by an expression of milliseconds.
    fn since(&self, expression: &str, ago: Ago) -> Said {
        let Scope { today, zone, .. } = self.scope;
        let start = |days: i64| zone.start_of(today.plus_days(-days)).millis();
        let bounds: Bounds = ago.bounds();
        let latest = bounds.at_least.map(|days| ("<", start(days - 1)));
        let earliest = bounds.at_most.map(|days| (">=", start(days)));
        let parts = [latest, earliest]
            .into_iter()
            .flatten()
            .map(|(sign, millis)| Said::number(format!("coalesce({expression} {sign} ?, FALSE)"), millis));
        Said::joined(parts.collect(), " AND ", "TRUE")
    }

    /// An attribute is one of these. Attributes are kept as JSON with their names in order and no space between; a
    /// quotation mark within a text stands behind a backslash, so what is looked for is found nowhere else.
    fn attribute(&self, name: &str, is: &[String]) -> Said {
        let name = serde_json::Value::from(name).to_string();
        let mut parts = Vec::new();
        let mut look = |wanted: String| {
            parts.push(Said {
                text: format!("{}(m.attributes, ?) > 0", self.position),
                values: vec![Value::Text(wanted)],
            });
        };
        for value in is {
            look(format!("{name}:{}", serde_json::Value::from(value.as_str())));
            let is_bare = value
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == *value)
                || value == "true"
                || value == "false";
            if is_bare {
                look(format!("{name}:{value},"));
                look(format!("{name}:{value}}}"));
            }
        }
        Said::joined(parts, " OR ", "FALSE")
    }

    fn birthday(&self, within: u16) -> Said {
        let days = (0..=i64::from(within)).flat_map(|days| celebrated_on(self.scope.today.plus_days(days)));
        let days: std::collections::BTreeSet<i64> = days.collect();
        let list: Vec<String> = days.iter().map(i64::to_string).collect();
        Said::plain(format!(
            "EXISTS (SELECT 1 FROM birthdays b WHERE b.member_id = c.member_id AND b.month_day IN ({}))",
            list.join(", ")
        ))
    }

    /// The same as [`Stage::of`] says of one member.
    fn stage(&mut self, stages: &[Stage]) -> Said {
        let table = self.summed(None);
        let today = self.scope.today.number();
        let count = format!("coalesce({table}.visits, 0)");
        let gaps = format!("(CASE WHEN {count} > 1 THEN {count} - 1 ELSE 1 END)");
        let span = format!("({table}.last_day - {table}.first_day)");
        let rhythm = format!(
            "(CASE WHEN {count} = 1 THEN {RHYTHM_UNKNOWN} WHEN {span} > {RHYTHM_MIN} * {gaps} THEN {span} \
             ELSE {RHYTHM_MIN} * {gaps} END)"
        );
        let silent = format!("(({today} - {table}.last_day) * {gaps})");
        let number = |stage: &Stage| Stage::ALL.iter().position(|one| one == stage).unwrap_or_default();
        let case = format!(
            "CASE WHEN {count} = 0 THEN {} WHEN {silent} > {LAPSED} * {rhythm} THEN {} \
             WHEN {silent} > {AT_RISK} * {rhythm} THEN {} WHEN {count} = 1 THEN {} \
             WHEN {count} >= {LOYAL_VISITS} THEN {} ELSE {} END",
            number(&Stage::New),
            number(&Stage::Lapsed),
            number(&Stage::AtRisk),
            number(&Stage::Once),
            number(&Stage::Loyal),
            number(&Stage::Repeat),
        );
        let wanted: Vec<String> = stages.iter().map(|stage| number(stage).to_string()).collect();
        let wanted = if wanted.is_empty() {
            "-1".to_owned()
        } else {
            wanted.join(", ")
        };
        Said::plain(format!("({case} IN ({wanted}))"))
    }
}

/// An expression is within bounds.
fn bounded(expression: &str, bounds: Bounds) -> Said {
    let least = bounds.at_least.map(|least| (">=", least));
    let most = bounds.at_most.map(|most| ("<=", most));
    let parts = [least, most]
        .into_iter()
        .flatten()
        .map(|(sign, number)| Said::number(format!("{expression} {sign} ?"), number));
    Said::joined(parts.collect(), " AND ", "TRUE")
}

/// The average of what was bought is within bounds, rounded down; said without a division, which the databases round
/// otherwise.
fn average(table: &str, bounds: Bounds) -> Said {
    let (minor, orders) = (format!("{table}.minor"), format!("{table}.orders"));
    let least = bounds
        .at_least
        .map(|least| Said::number(format!("{minor} >= ? * {orders}"), least));
    let most = bounds
        .at_most
        .map(|most| Said::number(format!("{minor} < ? * {orders}"), most.saturating_add(1)));
    let parts = [
        Some(Said::plain(format!("coalesce({orders}, 0) > 0"))),
        least,
        most,
    ];
    let all = Said::joined(parts.into_iter().flatten().collect(), " AND ", "TRUE");
    Said {
        text: format!("coalesce({}, FALSE)", all.text),
        ..all
    }
}
