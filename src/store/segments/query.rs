//! A segment's criteria as one statement over the cards of a program, or over some of them.

use super::bought::{Bought, FIRST_VISIT, LAST_VISIT, ORDERS, SPEND, VISITS, asks_any, average};
use super::said::{Said, Value};
use super::{IN_APPLE, IN_GOOGLE, Part, Scope};
use crate::loyalty::birthday::celebrated_on;
use crate::loyalty::campaign::MARKETING;
use crate::loyalty::segment::judge::first_day;
use crate::loyalty::segment::stage::{AT_RISK, LAPSED, LOYAL_VISITS, Stage};
use crate::loyalty::segment::{Ago, Bounds, Criterion, Reach};
use crate::store::statement::Statement;
use crate::store::{Db, rhythm};

/// Stands for the events of the cards that are looked at, until it is known which these are.
const EVENTS: &str = "@events";

/// Stands for the lists of the cards that are looked at.
const LISTED: &str = "@listed";

/// Stands for nothing of the days on which something was bought, or for those of the picked cards.
pub(super) const OF_PICKED: &str = "@of_picked";

/// What is read beside the cards, and what must hold.
pub(super) struct Query<'a> {
    pub(super) scope: Scope<'a>,
    /// How the database says where a text is in another one.
    position: &'static str,
    /// Whether rows of other tables are read as sets, once for all cards, and not card by card: PostgreSQL reads a
    /// table from its beginning to its end, and hashes it, sooner than it looks a million cards up in it.
    pub(super) by_sets: bool,
    /// Which of all cards are looked at.
    pub(super) part: Part,
    /// Whether what is asked is said of the member, not of the card alone.
    pub(super) asks_member: bool,
    pub(super) condition: Said,
    /// Cards to which it keeps; all of the program's, if `None`.
    picked: Option<Said>,
}

impl<'a> Query<'a> {
    pub(super) fn of(db: &Db, scope: Scope<'a>, criterion: &Criterion) -> Self {
        Self::new(db, (scope, &Part::whole()), criterion, false)
    }

    /// The same of a query that will look at every card of the program in a part of all cards.
    pub(super) fn of_all(db: &Db, of: (Scope<'a>, &Part), criterion: &Criterion) -> Self {
        Self::new(db, of, criterion, matches!(db, Db::Postgres(_)))
    }

    fn new(db: &Db, (scope, part): (Scope<'a>, &Part), criterion: &Criterion, by_sets: bool) -> Self {
        let mut query = Self {
            by_sets,
            part: part.clone(),
            scope,
            position: match db {
                Db::Sqlite(_) => "instr",
                Db::Postgres(_) => "strpos",
            },
            asks_member: false,
            condition: Said::default(),
            picked: None,
        };
        let said = query.say(criterion);
        let program = Value::Text(scope.program.as_str().to_owned());
        let within = query.part.of_cards();
        // The cards of an erased member are void.
        query.condition = Said {
            text: format!(
                "c.program_id = ?{} AND c.voided_at IS NULL AND c.merged_into IS NULL AND c.blocked_at IS NULL AND {}",
                within.text, said.text
            ),
            values: std::iter::once(program)
                .chain(within.values)
                .chain(said.values)
                .collect(),
        };
        query
    }

    /// The statement that says of each picked card whether its holder is in the segment, with further columns.
    pub(super) fn among(mut self, picked: Said, columns: Vec<Said>) -> Statement<'static> {
        let condition = std::mem::take(&mut self.condition);
        let is_in = Said {
            text: format!(
                "c.id AS card, CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT) AS is_in",
                condition.text
            ),
            values: condition.values,
        };
        let mut said = Said::list(std::iter::once(is_in).chain(columns));
        self.picked = Some(picked);
        self.condition = Said::plain("TRUE");
        self.select(&mut said, " ORDER BY c.id")
    }

    /// Sums over columns of each member. The limit, which is none, keeps both databases from putting a column's
    /// expression into each sum that names it, where it would be worked out again.
    pub(super) fn sum(self, sums: &str, mut columns: Said) -> Statement<'static> {
        self.whole(Some(sums), &mut columns, " LIMIT 9223372036854775807")
    }

    /// The statement of columns of each member.
    pub(super) fn select(self, columns: &mut Said, ending: &str) -> Statement<'static> {
        self.whole(None, columns, ending)
    }

    /// The whole statement. Its text differs with each segment, so it is not kept prepared.
    fn whole(mut self, sums: Option<&str>, columns: &mut Said, ending: &str) -> Statement<'static> {
        let picked = self.picked.take();
        let (with, from) = match &picked {
            Some(picked) => (
                format!("WITH picked AS MATERIALIZED ({}) ", picked.text),
                "picked JOIN cards c ON c.id = picked.id",
            ),
            None => (String::new(), "cards c"),
        };
        let members = if self.asks_member {
            " JOIN members m ON m.id = c.member_id"
        } else {
            ""
        };
        let mut values: Vec<Value> = picked.map(|picked| picked.values).unwrap_or_default();
        values.append(&mut columns.values);
        let mut text = format!("{with}SELECT {} FROM {from}{members}", columns.text);
        text.push_str(" WHERE ");
        text.push_str(&self.condition.text);
        values.extend(self.condition.values);
        text.push_str(ending);
        // Of all cards the events come first: the other way round SQLite looks through all of them for each card.
        let events = if with.is_empty() {
            "events e CROSS JOIN cards k WHERE k.id = e.card_id AND"
        } else {
            "events e JOIN cards k ON k.id = e.card_id WHERE e.member_id = k.member_id \
             AND (k.id IN (SELECT id FROM picked) OR k.merged_into IN (SELECT id FROM picked)) AND"
        };
        let listed = if with.is_empty() {
            "static_list_cards l CROSS JOIN cards k WHERE k.id = l.card_id AND"
        } else {
            "cards k JOIN static_list_cards l ON l.card_id = k.id \
             WHERE (k.id IN (SELECT id FROM picked) OR k.merged_into IN (SELECT id FROM picked)) AND"
        };
        let of_picked = if with.is_empty() {
            ""
        } else {
            " AND b.card_id IN (SELECT id FROM picked)"
        };
        text = text
            .replace(EVENTS, events)
            .replace(LISTED, listed)
            .replace(OF_PICKED, of_picked);
        if let Some(sums) = sums {
            text = format!("SELECT {sums} FROM ({text}) x");
        }
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
                let parts = cheapest_first(list).map(|one| self.say(one)).collect();
                Said::joined(parts, " AND ", "TRUE")
            }
            Criterion::Any(list) => {
                let parts = cheapest_first(list).map(|one| self.say(one)).collect();
                Said::joined(parts, " OR ", "FALSE")
            }
            Criterion::Not(one) => {
                let said = self.say(one);
                Said {
                    text: format!("(NOT {})", said.text),
                    ..said
                }
            }
            Criterion::Orders(amount) => self.amount(&ORDERS, amount.within_days, amount.bounds()),
            Criterion::Spend(amount) => self.amount(&SPEND, amount.within_days, amount.bounds()),
            Criterion::Visits(amount) => self
                .any(*amount)
                .unwrap_or_else(|| self.amount(&VISITS, amount.within_days, amount.bounds())),
            Criterion::AverageOrder(amount) => {
                let (within, bounds) = (amount.within_days, amount.bounds());
                match first_day(within, self.scope.today).filter(|_| self.by_sets) {
                    Some(first) => self.in_days(first, average(SPEND.sum, ORDERS.sum, bounds), false),
                    None => average(
                        &self.bought(&SPEND, within),
                        &self.bought(&ORDERS, within),
                        bounds,
                    ),
                }
            }
            Criterion::FirstOrder(ago) => self.ago(&FIRST_VISIT, *ago),
            Criterion::LastOrder(ago) => self.ago(&LAST_VISIT, *ago),
            // That is everybody, and their members need not be read.
            Criterion::Joined(Ago {
                at_least_days: Some(0),
                at_most_days: None,
            }) => Said::plain("TRUE"),
            Criterion::Joined(ago) => {
                self.asks_member = true;
                self.since("m.created_at", *ago)
            }
            Criterion::Fetched(ago) => self.fetched(*ago),
            Criterion::Bought(purchased) => self.purchased(purchased),
            Criterion::Event(happened) => {
                self.happened(&happened.kind, happened.within_days, happened.bounds())
            }
            Criterion::Attribute(attribute) => self.attribute(&attribute.name, &attribute.is),
            Criterion::Tier(tiers) => {
                let parts = tiers.iter().map(|tier| Said {
                    text: "coalesce(c.tier_id = ?, FALSE)".to_owned(),
                    values: vec![Value::Text(tier.clone())],
                });
                Said::joined(parts.collect(), " OR ", "FALSE")
            }
            Criterion::List(lists) => listed(lists),
            Criterion::Points(bounds) => bounded("c.balance", *bounds),
            Criterion::BirthdayWithin(days) => self.birthday(*days),
            Criterion::Stage(stages) => self.stage(stages),
            Criterion::Rfm(rfm) => self.rfm(rfm),
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
            Criterion::Consent(said) => {
                let agreed = super::agreed(&said.purpose);
                Said {
                    text: format!("({}{})", if said.granted { "" } else { "NOT " }, agreed.text),
                    ..agreed
                }
            }
        }
    }

    /// How often an event came within a time is within bounds. What came to a card that was joined counts for the one
    /// that it was joined with. The cards to which it came so often are a set, which both databases look up in at
    /// once; to a card that is not in it nothing came.
    fn happened(&self, kind: &str, within_days: Option<u16>, bounds: Bounds) -> Said {
        let Scope {
            program, today, zone, ..
        } = self.scope;
        let first = first_day(within_days, today).map_or(i64::MIN, |first| zone.start_of(first).millis());
        let counted = bounded("count(*)", bounds);
        let (is_in, not) = is_in(bounds.hold(0));
        let having = format!("{not}{}", counted.text);
        let values = [
            Value::Text(program.as_str().to_owned()),
            Value::Text(kind.to_owned()),
            Value::Number(first),
            Value::Number(zone.start_of(today.plus_days(1)).millis()),
        ];
        Said {
            text: format!(
                "c.id {is_in} (SELECT coalesce(k.merged_into, k.id) FROM {EVENTS} e.program_id = ? AND e.kind = ? \
                 AND e.happened_at >= ? AND e.happened_at < ? GROUP BY coalesce(k.merged_into, k.id) HAVING {having})"
            ),
            values: values.into_iter().chain(counted.values).collect(),
        }
    }

    /// So many days ago by a day on which something was bought.
    fn ago(&self, what: &Bought, ago: Ago) -> Said {
        let bought = self.bought(what, None);
        let today = self.scope.today.number();
        let bounds = ago.bounds();
        let latest = bounds.at_least.map(|days| ("<=", today - days));
        let earliest = bounds.at_most.map(|days| (">=", today - days));
        let parts = [latest, earliest]
            .into_iter()
            .flatten()
            .map(|(sign, day)| Said::number(format!("coalesce({bought} {sign} ?, FALSE)"), day));
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

    /// A phone last fetched the card so many days ago.
    fn fetched(&self, ago: Ago) -> Said {
        if !self.by_sets {
            return self.since(
                "(SELECT max(p.fetched_at) FROM passes p WHERE p.card_id = c.id)",
                ago,
            );
        }
        let fetched = self.since("max(p.fetched_at)", ago);
        let within = self.part.of_ids("p.card_id");
        Said {
            text: format!(
                "c.id IN (SELECT p.card_id FROM passes p WHERE TRUE{} GROUP BY p.card_id HAVING {})",
                within.text, fetched.text
            ),
            values: within.values.into_iter().chain(fetched.values).collect(),
        }
    }

    /// An attribute is one of these. Attributes are kept as JSON with their names in order and no space between; a
    /// quotation mark within a text stands behind a backslash, so what is looked for is found nowhere else.
    fn attribute(&mut self, name: &str, is: &[String]) -> Said {
        self.asks_member = true;
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
    fn stage(&self, stages: &[Stage]) -> Said {
        let today = self.scope.today.number();
        let [count, first, last] = [&VISITS, &FIRST_VISIT, &LAST_VISIT].map(|what| self.bought(what, None));
        let gaps = rhythm::gaps(&count);
        let rhythm = rhythm::of(&count, &format!("({last} - {first})"));
        let silent = format!("(({today} - {last}) * {gaps})");
        let number = |stage: &Stage| Stage::ALL.iter().position(|one| one == stage).unwrap_or_default();
        let case = format!(
            "CASE WHEN {count} = 0 THEN {} WHEN {silent} >= {LAPSED} * {rhythm} THEN {} \
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

/// How a card and a set of cards go together of which something holds, or, where it is right that there is nothing of
/// a card, does not hold; and the word before what holds.
pub(super) const fn is_in(is_none_right: bool) -> (&'static str, &'static str) {
    if is_none_right {
        ("NOT IN", "NOT ")
    } else {
        ("IN", "")
    }
}

/// Databases look at conditions in the order in which they stand, and stop at the first that decides.
fn cheapest_first(list: &[Criterion]) -> impl Iterator<Item = &Criterion> {
    let mut sorted: Vec<&Criterion> = list.iter().collect();
    sorted.sort_by_key(|one| cost(one));
    sorted.into_iter()
}

/// What a criterion costs a card: 0 if the card says it, 1 if a row must be looked up, 2 if several.
fn cost(criterion: &Criterion) -> u8 {
    match criterion {
        Criterion::All(list) | Criterion::Any(list) => list.iter().map(cost).max().unwrap_or_default(),
        Criterion::Not(one) => cost(one),
        Criterion::Visits(amount) if asks_any(*amount).is_some() => 0,
        Criterion::Orders(amount)
        | Criterion::Spend(amount)
        | Criterion::Visits(amount)
        | Criterion::AverageOrder(amount) => {
            if amount.within_days.is_some() {
                2
            } else {
                0
            }
        }
        Criterion::Rfm(rfm) => {
            if rfm.frequency.are_open() && rfm.money.are_open() {
                0
            } else {
                2
            }
        }
        Criterion::Fetched(_) => 2,
        Criterion::Joined(_)
        | Criterion::Bought(_)
        | Criterion::Event(_)
        | Criterion::List(_)
        | Criterion::Attribute(_)
        | Criterion::BirthdayWithin(_)
        | Criterion::Invited(_)
        | Criterion::WasInvited(_) => 1,
        Criterion::Consent(said) => u8::from(said.purpose != MARKETING),
        Criterion::FirstOrder(_)
        | Criterion::LastOrder(_)
        | Criterion::Tier(_)
        | Criterion::Points(_)
        | Criterion::Stage(_)
        | Criterion::Reach(_) => 0,
    }
}

/// On one of these lists. Who was joined with somebody on it is on it with the card that acts for both.
fn listed(lists: &[String]) -> Said {
    let marks = vec!["?"; lists.len()].join(", ");
    Said {
        text: format!("c.id IN (SELECT coalesce(k.merged_into, k.id) FROM {LISTED} l.list_id IN ({marks}))"),
        values: lists.iter().cloned().map(Value::Text).collect(),
    }
}

/// An expression is within bounds.
pub(super) fn bounded(expression: &str, bounds: Bounds) -> Said {
    let least = bounds.at_least.map(|least| (">=", least));
    let most = bounds.at_most.map(|most| ("<=", most));
    let parts = [least, most]
        .into_iter()
        .flatten()
        .map(|(sign, number)| Said::number(format!("{expression} {sign} ?"), number));
    Said::joined(parts.collect(), " AND ", "TRUE")
}
