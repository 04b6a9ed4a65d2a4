//! What goes back when some lines of an order are given back.
//!
//! A line's money is its own amount; where the lines come to more than was paid, what was taken off the whole order is
//! spread over them. Each rule takes back for the lines that it counted: rules for money by the money, rules for pieces
//! by the pieces, what multiplies by what the rules take back. What is refunded by amount besides is spread over
//! everything that was not given back by lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::refunding::{Counting, Gone, OfLines, Share, Taking, part};
use super::rule::Lines;
use super::rule::facts::Line;
use crate::types::PointsError;

/// By what the points of a rule or promotion go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// A rule: by the money of the lines that it counted.
    Money,
    /// A rule: by their pieces.
    Pieces,
    /// What multiplies: by what the rules take back.
    Rules,
    /// What is added to an order: by the money of all lines.
    Order,
}

/// What a rule or promotion gave for an order with lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The rule or promotion; `None` for the program's own rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// Points.
    pub points: i64,
    /// For which lines.
    #[serde(default, skip_serializing_if = "Lines::is_everything")]
    pub of: Lines,
    /// By what they go back.
    pub by: Measure,
}

/// What is kept with an order that has lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basket {
    /// The places of the lines that earned nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<usize>,
    /// What each rule and promotion gave.
    pub given: Vec<Given>,
}

/// What was given back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// Its place in the order, from 0.
    pub line: usize,
    /// Pieces.
    pub quantity: i64,
    /// Minor units.
    pub amount: i64,
}

/// What is to be given back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Its place in the order, from 0.
    pub line: usize,
    /// Pieces.
    pub quantity: i64,
    /// Minor units; what the pieces cost, if `None`.
    pub amount: Option<i64>,
}

/// Why a line cannot be given back, and at which place of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// There is no such line.
    #[error("The order has no such line; the first is 0.")]
    Unknown(usize),
    /// It gives back neither pieces nor money.
    #[error("Give back at least a piece, or an amount above 0.")]
    Nothing(usize),
    /// The order does not say what the line came to.
    #[error("The order does not say what the line came to; name an `amount`.")]
    NoAmount(usize),
    /// More pieces than are left.
    #[error("Only {left} pieces of the line are left to give back.")]
    TooMany {
        /// The place in the request.
        place: usize,
        /// Pieces that are left.
        left: i64,
    },
    /// More money than is left.
    #[error("Only {left} minor units are left to give back for the line; name a smaller `amount`.")]
    TooMuch {
        /// The place in the request.
        place: usize,
        /// Minor units that are left.
        left: i64,
    },
}

impl LineFault {
    /// The place in the request.
    pub const fn place(self) -> usize {
        match self {
            Self::Unknown(place)
            | Self::Nothing(place)
            | Self::NoAmount(place)
            | Self::TooMany { place, .. }
            | Self::TooMuch { place, .. } => place,
        }
    }

    /// Whether more was asked for than is left.
    pub const fn is_too_much(self) -> bool {
        matches!(self, Self::TooMany { .. } | Self::TooMuch { .. })
    }
}

/// The lines of an order and what each is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    lines: Vec<Line>,
    worth: Vec<i64>,
    total: i64,
}

impl Bought {
    /// The lines of an order of a total, in minor units.
    pub fn new(mut lines: Vec<Line>, excluded: &[usize], total: i64) -> Self {
        for (place, line) in lines.iter_mut().enumerate() {
            line.is_excluded = excluded.contains(&place);
        }
        let worth = spread(&lines, total);
        Self { lines, worth, total }
    }

    /// Gives lines back of which some may have been given back before, where so much of the order's money is left.
    /// Gives what goes back now.
    pub fn give_back(
        &self,
        before: &[Returned],
        wanted: &[Wanted],
        left: i64,
    ) -> Result<Vec<Returned>, LineFault> {
        let mut gone: BTreeMap<usize, (i64, i64)> = before
            .iter()
            .map(|one| (one.line, (one.quantity, one.amount)))
            .collect();
        let mut left = left;
        let mut back = Vec::with_capacity(wanted.len());
        for (place, want) in wanted.iter().enumerate() {
            let had = gone.entry(want.line).or_default();
            let amount = self.price(place, want, *had, left)?;
            had.0 += want.quantity;
            had.1 += amount;
            left -= amount;
            back.push(Returned {
                line: want.line,
                quantity: want.quantity,
                amount,
            });
        }
        Ok(back)
    }

    /// The money of what is wanted of a line.
    fn price(&self, place: usize, want: &Wanted, had: (i64, i64), left: i64) -> Result<i64, LineFault> {
        let line = self.lines.get(want.line).ok_or(LineFault::Unknown(place))?;
        let worth = self.worth_of(want.line);
        let pieces = line.quantity.max(0) - had.0;
        if want.quantity < 0 || (want.quantity == 0 && want.amount.unwrap_or_default() <= 0) {
            return Err(LineFault::Nothing(place));
        }
        if want.quantity > pieces {
            return Err(LineFault::TooMany { place, left: pieces });
        }
        let amount = match (want.amount, line.amount_minor) {
            (Some(amount), _) if amount < 0 => return Err(LineFault::Nothing(place)),
            (Some(amount), _) => amount,
            (None, None) => return Err(LineFault::NoAmount(place)),
            // All pieces of a line together come to the line.
            (None, Some(_)) => (part(worth, had.0 + want.quantity, line.quantity) - had.1).max(0),
        };
        let room = if line.amount_minor.is_some() {
            left.min(worth - had.1)
        } else {
            left
        };
        if amount > room {
            return Err(LineFault::TooMuch { place, left: room });
        }
        Ok(amount)
    }

    fn worth_of(&self, place: usize) -> i64 {
        self.worth.get(place).copied().unwrap_or_default()
    }

    /// All that a rule counted, in money or pieces.
    fn all(&self, of: &Lines, by_pieces: bool) -> i64 {
        let lines = self.lines.iter().zip(&self.worth);
        if by_pieces {
            let counted = lines.filter(|(line, _)| !line.is_excluded && line.is_of(of));
            return counted.map(|(line, _)| line.quantity.max(0)).sum();
        }
        if of.is_everything() {
            let excluded = lines.filter(|(line, _)| line.is_excluded);
            return self.total - excluded.map(|(_, worth)| worth).sum::<i64>();
        }
        let counted = lines.filter(|(line, _)| !line.is_excluded && line.is_of(of));
        counted.map(|(_, worth)| worth).sum()
    }

    /// What was given back of it.
    fn gone(&self, returned: &[Returned], of: &Lines, by_pieces: bool) -> i64 {
        let counted = returned.iter().filter(|one| {
            let line = self.lines.get(one.line);
            line.is_some_and(|line| !line.is_excluded && line.is_of(of))
        });
        let weight = |one: &Returned| {
            if by_pieces {
                one.quantity
            } else if of.is_everything() {
                one.amount
            } else {
                one.amount.min(self.worth_of(one.line))
            }
        };
        counted.map(weight).sum()
    }
}

/// What each line is worth: its amount, and where all come to more than the total, its share of that.
fn spread(lines: &[Line], total: i64) -> Vec<i64> {
    let amounts = lines
        .iter()
        .map(|line| line.amount_minor.unwrap_or_default().max(0));
    let sum = amounts.clone().fold(0_i64, i64::saturating_add);
    if sum <= total {
        return amounts.collect();
    }
    let mut before = 0_i64;
    amounts
        .map(|amount| {
            let after = before.saturating_add(amount);
            let worth = part(total, after, sum) - part(total, before, sum);
            before = after;
            worth
        })
        .collect()
}

/// Adds what goes back now to what was given back before, a line each.
pub fn join(before: &[Returned], back: &[Returned]) -> Vec<Returned> {
    let mut joined: BTreeMap<usize, Returned> = BTreeMap::new();
    for one in before.iter().chain(back) {
        let of_line = joined.entry(one.line).or_insert(Returned {
            line: one.line,
            quantity: 0,
            amount: 0,
        });
        of_line.quantity += one.quantity;
        of_line.amount += one.amount;
    }
    joined.into_values().collect()
}

/// A refund of an order, by amount or by lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunding {
    share: Share,
    /// The lines, what was given for them, and which were given back before and with this refund.
    lines: Option<LinesBack>,
}

/// The lines of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesBack {
    /// The lines of the order.
    pub bought: Bought,
    /// What was given for them.
    pub basket: Basket,
    /// What was given back before.
    pub before: Vec<Returned>,
    /// What is given back with this refund.
    pub after: Vec<Returned>,
}

impl Refunding {
    /// A refund of an order of which no line was ever given back.
    pub const fn by_amount(share: Share) -> Self {
        Self { share, lines: None }
    }

    /// A refund of so much money in all, before and after, of an order of a total.
    pub fn by_lines(lines: LinesBack, (before, after): (i64, i64)) -> Self {
        let gone = |returned: &[Returned], refunded: i64| {
            let by_lines: i64 = returned.iter().map(|one| one.amount).sum();
            Gone {
                amount: refunded - by_lines,
                rest: lines.bought.total - by_lines,
            }
        };
        Self {
            share: Share {
                before: gone(&lines.before, before),
                after: gone(&lines.after, after),
            },
            lines: Some(lines),
        }
    }

    /// What goes back of a rule that counts money and gives points.
    pub fn of_counting(&self, counting: &Counting) -> Result<Taking, PointsError> {
        let lines = self.lines_of(counting.term.as_deref());
        self.share.of_counting(counting, lines)
    }

    /// The money that goes back of a rule that counts it, times what it gives for each step.
    pub fn worth_of(&self, counting: &Counting) -> i64 {
        let lines = self.lines_of(counting.term.as_deref());
        self.share.worth_of(counting, lines)
    }

    /// What each rule and promotion gave, if the order has lines of which some were given back.
    pub fn given(&self) -> &[Given] {
        self.lines.as_ref().map_or(&[], |lines| &lines.basket.given)
    }

    /// What goes back of what several rules and promotions gave together: so much each, and all of it.
    pub fn of_terms<'a>(&self, all: i64, parts: impl Iterator<Item = (Option<&'a str>, i64)>) -> i64 {
        let Some(back) = &self.lines else {
            return self.share.of(all);
        };
        let (mut before, mut after, mut known) = (0, 0, 0);
        let mut add = |lines: OfLines, given: i64| {
            before += part(given, lines.before, lines.all);
            after += part(given, lines.after, lines.all);
        };
        for (term, given) in parts {
            add(self.lines_of(term), given);
            known += given;
        }
        add(back.measure(&Lines::default(), false), all - known);
        self.share.of_both(all, before, after)
    }

    /// How much of what a rule or promotion counted goes back by lines; by the money of all lines where it is unknown.
    fn lines_of(&self, term: Option<&str>) -> OfLines {
        let Some(back) = &self.lines else {
            return OfLines::default();
        };
        let given = back.basket.given.iter().find(|one| one.term.as_deref() == term);
        given.map_or_else(
            || back.measure(&Lines::default(), false),
            |given| back.measure_given(given),
        )
    }
}

impl LinesBack {
    fn measure_given(&self, given: &Given) -> OfLines {
        match given.by {
            Measure::Money => self.measure(&given.of, self.bought.all(&given.of, false) == 0),
            Measure::Pieces => self.measure(&given.of, true),
            Measure::Order => self.measure(&Lines::default(), false),
            Measure::Rules => {
                let rules = self.basket.given.iter();
                let rules = rules.filter(|one| matches!(one.by, Measure::Money | Measure::Pieces));
                rules.fold(OfLines::default(), |sum, rule| {
                    let lines = self.measure_given(rule);
                    OfLines {
                        before: sum.before + part(rule.points, lines.before, lines.all),
                        after: sum.after + part(rule.points, lines.after, lines.all),
                        all: sum.all + rule.points,
                    }
                })
            }
        }
    }

    fn measure(&self, of: &Lines, by_pieces: bool) -> OfLines {
        OfLines {
            before: self.bought.gone(&self.before, of, by_pieces),
            after: self.bought.gone(&self.after, of, by_pieces),
            all: self.bought.all(of, by_pieces),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(category: &str, quantity: i64, amount: i64) -> Line {
        Line {
            category: Some(category.to_owned()),
            quantity,
            amount_minor: Some(amount),
            ..Line::default()
        }
    }

    fn want(line: usize, quantity: i64) -> Wanted {
        Wanted {
            line,
            quantity,
            amount: None,
        }
    }

    fn cakes() -> Lines {
        Lines {
            category: vec!["cake".to_owned()],
            ..Lines::default()
        }
    }

    #[test]
    fn the_last_piece_of_a_line_takes_the_rest_of_its_money() {
        let bought = Bought::new(vec![line("cake", 3, 1_000)], &[], 1_000);
        let mut gone = Vec::new();
        let mut each = Vec::new();
        for _ in 0..3 {
            let back = bought.give_back(&gone, &[want(0, 1)], 1_000).expect("a piece");
            each.extend(back.iter().map(|one| one.amount));
            gone = join(&gone, &back);
        }
        assert_eq!(each, [333, 334, 333]);
        let more = bought.give_back(&gone, &[want(0, 1)], 1_000);
        assert_eq!(more, Err(LineFault::TooMany { place: 0, left: 0 }));
    }

    #[test]
    fn what_was_taken_off_the_whole_order_is_spread_over_its_lines() {
        let lines = vec![line("cake", 1, 600), line("tea", 1, 400), line("coupon", 1, -100)];
        let bought = Bought::new(lines, &[], 900);
        assert_eq!(bought.worth, [540, 360, 0]);
    }

    #[test]
    fn a_rule_takes_back_for_its_own_lines_only() {
        let lines = vec![line("cake", 2, 600), line("tea", 1, 400)];
        let given = |by, of, points, term: &str| Given {
            term: Some(term.to_owned()),
            points,
            of,
            by,
        };
        let basket = Basket {
            excluded: Vec::new(),
            given: vec![
                given(Measure::Pieces, cakes(), 10, "a"),
                given(Measure::Money, Lines::default(), 10, "b"),
                given(Measure::Rules, Lines::default(), 20, "c"),
            ],
        };
        let back = |line: usize, quantity: i64, amount: i64| {
            let lines_back = LinesBack {
                bought: Bought::new(lines.clone(), &[], 1_000),
                basket: basket.clone(),
                before: Vec::new(),
                after: vec![Returned {
                    line,
                    quantity,
                    amount,
                }],
            };
            let refunding = Refunding::by_lines(lines_back, (0, amount));
            let of = |term, points| refunding.of_terms(points, [(Some(term), points)].into_iter());
            (of("a", 10), of("b", 10), of("c", 20))
        };
        assert_eq!(back(1, 1, 400), (0, 4, 4));
        assert_eq!(back(0, 1, 300), (5, 3, 8));
    }

    proptest! {
        /// However an order is given back, by lines and by amounts, no step takes less than nothing and all of them
        /// together take just what was earned.
        #[test]
        fn lines_and_amounts_in_any_order_take_back_what_was_earned(
            bought in prop::collection::vec((any::<bool>(), 1_i64..5, 0_i64..3_000), 1..5),
            less in 0_i64..2_000, points in 1_i64..500,
            steps in prop::collection::vec((any::<bool>(), 0_usize..5, 1_i64..3_000), 0..8),
        ) {
            let lines: Vec<Line> = bought.iter()
                .map(|(is_cake, quantity, amount)| line(if *is_cake { "cake" } else { "tea" }, *quantity, *amount))
                .collect();
            let total = (bought.iter().map(|one| one.2).sum::<i64>() - less).max(1);
            let rule = |by, of, term: &str| Given { term: Some(term.to_owned()), points, of, by };
            let basket = Basket { excluded: Vec::new(), given: vec![
                rule(Measure::Pieces, cakes(), "a"), rule(Measure::Money, cakes(), "b"),
                rule(Measure::Money, Lines::default(), "c"), rule(Measure::Rules, Lines::default(), "d"),
                rule(Measure::Order, Lines::default(), "e"),
            ] };
            let bought = Bought::new(lines, &[], total);
            prop_assert!(bought.worth.iter().sum::<i64>() <= total);
            let (mut refunded, mut gone, mut taken) = (0, Vec::new(), [0_i64; 5]);
            for (by_amount, place, minor) in steps.into_iter().chain([(true, 0, i64::MAX)]) {
                let left = total - refunded;
                let (minor, back) = if by_amount {
                    (minor.min(left), Vec::new())
                } else {
                    let Ok(back) = bought.give_back(&gone, &[want(place, 1)], left) else { continue };
                    (back.iter().map(|one| one.amount).sum(), back)
                };
                let after = join(&gone, &back);
                let lines_back = LinesBack { bought: bought.clone(), basket: basket.clone(), before: gone, after: after.clone() };
                let refunding = Refunding::by_lines(lines_back, (refunded, refunded + minor));
                for (sum, term) in taken.iter_mut().zip(["a", "b", "c", "d", "e"]) {
                    let now = refunding.of_terms(points, [(Some(term), points)].into_iter());
                    prop_assert!(now >= 0, "{term} took {now}");
                    *sum += now;
                }
                refunded += minor;
                gone = after;
            }
            prop_assert_eq!(taken, [points; 5]);
        }
    }
}
