//! What was bought with a card, as conditions of a segment.

use super::query::{OF_PICKED, Query, bounded, is_in};
use super::said::{Said, Value};
use crate::loyalty::insight::RFM_DAYS;
use crate::loyalty::segment::judge::first_day;
use crate::loyalty::segment::rfm::{Limit, Rfm, Steps};
use crate::loyalty::segment::{Amount, Bounds, Purchased};
use crate::types::Day;

/// Something that was bought: where it is kept with a card, what it is of the card's days, and what it is of none.
pub(super) struct Bought {
    pub(super) kept: &'static str,
    pub(super) sum: &'static str,
    pub(super) none: &'static str,
}

pub(super) const ORDERS: Bought = Bought {
    kept: "c.bought_orders",
    sum: "CAST(sum(a.orders) AS BIGINT)",
    none: "0",
};
pub(super) const SPEND: Bought = Bought {
    kept: "c.bought_minor",
    sum: "CAST(sum(a.minor) AS BIGINT)",
    none: "0",
};
pub(super) const VISITS: Bought = Bought {
    kept: "c.visits",
    sum: "CAST(sum(CASE WHEN a.orders > 0 THEN 1 ELSE 0 END) AS BIGINT)",
    none: "0",
};
pub(super) const FIRST_VISIT: Bought = Bought {
    kept: "c.first_visit",
    sum: "min(CASE WHEN a.orders > 0 THEN a.day END)",
    none: "NULL",
};
pub(super) const LAST_VISIT: Bought = Bought {
    kept: "c.last_visit",
    sum: "max(CASE WHEN a.orders > 0 THEN a.day END)",
    none: "NULL",
};
/// Orders of days on which there were any.
const ORDERS_OF_VISITS: Bought = Bought {
    kept: "NULL",
    sum: "CAST(sum(CASE WHEN a.orders > 0 THEN a.orders ELSE 0 END) AS BIGINT)",
    none: "0",
};
/// Money of days on which there were orders.
const SPEND_OF_VISITS: Bought = Bought {
    kept: "NULL",
    sum: "CAST(sum(CASE WHEN a.orders > 0 THEN a.minor ELSE 0 END) AS BIGINT)",
    none: "0",
};

impl Query<'_> {
    /// What was bought up to today: what is kept with the card, or what its days say if some of them lie ahead or only
    /// a time is asked for. Of a card on which nothing was done in that time no day is read.
    pub(super) fn bought(&self, what: &Bought, within_days: Option<u16>) -> String {
        let Bought { kept, sum, none } = what;
        let today = self.scope.today.number();
        let of_days = |since: &str| {
            format!(
                "coalesce((SELECT {sum} FROM activity_days a WHERE a.card_id = c.id AND a.day <= {today}{since}), {none})"
            )
        };
        match first_day(within_days, self.scope.today).map(Day::number) {
            None => format!(
                "(CASE WHEN c.latest_day > {today} THEN {} ELSE {kept} END)",
                of_days("")
            ),
            Some(first) => format!(
                "(CASE WHEN c.latest_day >= {first} THEN {} ELSE {none} END)",
                of_days(&format!(" AND a.day >= {first}"))
            ),
        }
    }

    /// Whether there was a visit within a time, or none, if no more is asked: the card says when the last one was.
    pub(super) fn any(&self, amount: Amount) -> Option<Said> {
        let first = first_day(amount.within_days, self.scope.today)?.number();
        Some(Said::plain(format!(
            "({}coalesce({} >= {first}, FALSE))",
            if asks_any(amount)? { "" } else { "NOT " },
            self.bought(&LAST_VISIT, None)
        )))
    }

    /// What was bought within a time is within bounds.
    pub(super) fn amount(&self, what: &Bought, within_days: Option<u16>, bounds: Bounds) -> Said {
        match first_day(within_days, self.scope.today).filter(|_| self.by_sets) {
            None => bounded(&self.bought(what, within_days), bounds),
            Some(first) => self.in_days(first, bounded(what.sum, bounds), bounds.hold(0)),
        }
    }

    /// The days of a card from the first on are as they should be, or the card has none and that is right too.
    pub(super) fn in_days(&self, first: Day, having: Said, is_none_right: bool) -> Said {
        let (is_in, not) = is_in(is_none_right);
        let (first, today) = (first.number(), self.scope.today.number());
        let within = self.part.of_ids("a.card_id");
        Said {
            text: format!(
                "c.id {is_in} (SELECT a.card_id FROM activity_days a WHERE a.day >= {first} AND a.day <= {today}{} \
                 GROUP BY a.card_id HAVING {not}{})",
                within.text, having.text
            ),
            values: within.values.into_iter().chain(having.values).collect(),
        }
    }

    /// Where they stand among all who bought. The card says when the last visit was, so only what else is asked is read
    /// of its days.
    pub(super) fn rfm(&self, rfm: &Rfm) -> Said {
        let Some(fifths) = &rfm.fifths else {
            return Said::plain("FALSE");
        };
        let first = self.scope.today.plus_days(1 - RFM_DAYS);
        let last = self.bought(&LAST_VISIT, None);
        let lately = format!(
            "coalesce({last} >= {}{}, FALSE)",
            first.number(),
            stands(&last, fifths.recency, rfm.recency)
        );
        let asked = [
            (&ORDERS_OF_VISITS, fifths.frequency, rfm.frequency),
            (&SPEND_OF_VISITS, fifths.money, rfm.money),
        ];
        let asked = asked.into_iter().filter(|(.., bounds)| !bounds.are_open());
        let asked: Vec<(&Bought, Steps, Bounds)> = asked.collect();
        if asked.is_empty() {
            return Said::plain(lately);
        }
        let mut parts = vec![Said::plain(lately)];
        if self.by_sets {
            let having = asked
                .iter()
                .map(|(what, steps, bounds)| stands(what.sum, *steps, *bounds));
            let having = Said::plain(format!("TRUE{}", having.collect::<String>()));
            parts.push(self.in_days(first, having, false));
        } else {
            let within = u16::try_from(RFM_DAYS).ok();
            parts.extend(asked.iter().map(|(what, steps, bounds)| {
                let of_card = self.bought(what, within);
                Said::plain(format!("TRUE{}", stands(&of_card, *steps, *bounds)))
            }));
        }
        Said::joined(parts, " AND ", "TRUE")
    }

    /// How many orders had one of some names within a time is within bounds. The cards of which there are so many are a
    /// set; of a card that is not in it there are none.
    pub(super) fn purchased(&self, purchased: &Purchased) -> Said {
        let today = self.scope.today;
        let since = first_day(purchased.within_days, today)
            .map_or_else(String::new, |first| format!(" AND b.day >= {}", first.number()));
        let named = purchased
            .names()
            .into_iter()
            .filter(|(_, names)| !names.is_empty());
        let named = named.map(|(kind, names)| Said {
            text: format!(
                "(b.kind = '{}' AND b.name IN ({}))",
                kind.as_str(),
                vec!["?"; names.len()].join(", ")
            ),
            values: names.iter().cloned().map(Value::Text).collect(),
        });
        let named = Said::joined(named.collect(), " OR ", "FALSE");
        let counted = bounded("sum(b.orders)", purchased.bounds());
        let within = self.part.of_ids("b.card_id");
        let (is_in, not) = is_in(purchased.bounds().hold(0));
        Said {
            text: format!(
                "c.id {is_in} (SELECT b.card_id FROM bought_days b WHERE {}{since} AND b.day <= {}{}{OF_PICKED} \
                 GROUP BY b.card_id HAVING {not}{})",
                named.text,
                today.number(),
                within.text,
                counted.text
            ),
            values: (named.values.into_iter().chain(within.values))
                .chain(counted.values)
                .collect(),
        }
    }
}

/// Further conditions, after others: an expression stands in a fifth within bounds.
fn stands(expression: &str, steps: Steps, bounds: Bounds) -> String {
    let (least, end) = steps.range(bounds);
    let from = match least {
        Limit::Any => String::new(),
        Limit::From(least) => format!(" AND {expression} >= {least}"),
        Limit::Nothing => " AND FALSE".to_owned(),
    };
    let before = match end {
        Limit::Any => " AND FALSE".to_owned(),
        Limit::From(end) => format!(" AND {expression} < {end}"),
        Limit::Nothing => String::new(),
    };
    from + &before
}

/// Whether an amount asks for one at all, or for none; `None` if it asks for how many.
pub(super) const fn asks_any(amount: Amount) -> Option<bool> {
    match (amount.at_least, amount.at_most) {
        (Some(1), None) => Some(true),
        (None | Some(0), Some(0)) => Some(false),
        _ => None,
    }
}

/// The average of what was bought is within bounds, rounded down; said without a division, which the databases round
/// otherwise.
pub(super) fn average(minor: &str, orders: &str, bounds: Bounds) -> Said {
    let least = bounds
        .at_least
        .map(|least| Said::number(format!("{minor} >= ? * {orders}"), least));
    let most = bounds
        .at_most
        .map(|most| Said::number(format!("{minor} < ? * {orders}"), most.saturating_add(1)));
    let parts = [Some(Said::plain(format!("{orders} > 0"))), least, most];
    Said::joined(parts.into_iter().flatten().collect(), " AND ", "TRUE")
}
