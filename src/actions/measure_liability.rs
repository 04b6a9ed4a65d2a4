//! What a program owes its members: points by the month in which they expire, stored value by where it comes from.

use std::collections::BTreeMap;

use super::{ActionError, Code};
use crate::loyalty::gift::GiftValue;
use crate::loyalty::liability::expected_minor;
use crate::loyalty::policy::Policy;
use crate::store::Db;
use crate::store::liability::{self, GiftSum, PointSums};
use crate::store::programs::Program;
use crate::types::{Money, Time};

/// What a program owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liability {
    /// When it was measured.
    pub as_of: Time,
    /// The sums over all cards.
    pub points: PointSums,
    /// Points that expire by themselves, by the last month of the program's calendar in which they can be spent,
    /// written `2026-12`.
    pub by_month: BTreeMap<String, i64>,
    /// Points without a date.
    pub undated: i64,
    /// Stored value that was paid for: how much, on how many gift cards.
    pub paid: (Money, i64),
    /// Stored value that was earned: the same.
    pub earned: (Money, i64),
    /// What the program expects of its members.
    pub policy: Policy,
    /// What the outstanding points are expected to cost, if the policy says what one is worth.
    pub expected: Option<Money>,
}

/// Measures what a program owes. Reads all of its cards, buckets and gift cards, one sum after the other: for the books,
/// not for a till.
pub fn measure_liability(db: &mut Db, program: &Program, now: Time) -> Result<Liability, ActionError> {
    let policy: Policy = serde_json::from_str(&program.policy).map_err(ActionError::internal)?;
    let mut by_month = BTreeMap::new();
    for (quarter, points) in liability::list_dated(db, &program.id)? {
        let (year, month, _) = program.time_zone.local(quarter).day.parts();
        *by_month.entry(format!("{year:04}-{month:02}")).or_default() += points;
    }
    let points = liability::sum_points(db, &program.id)?;
    let dated: i64 = by_month.values().sum();
    let gifts = liability::sum_gifts(db, &program.id)?;
    Ok(Liability {
        as_of: now,
        // A card may have changed between the two sums.
        undated: (points.outstanding - dated).max(0),
        by_month,
        paid: of_value(&gifts, GiftValue::Paid, program),
        earned: of_value(&gifts, GiftValue::Earned, program),
        expected: expected(points.outstanding, &policy, program)?,
        points,
        policy,
    })
}

fn of_value(gifts: &[GiftSum], value: GiftValue, program: &Program) -> (Money, i64) {
    let found = gifts.iter().find(|sum| sum.value == value.name());
    let (minor, cards) = found.map_or((0, 0), |sum| (sum.minor, sum.cards));
    let currency = program.currency;
    (Money { minor, currency }, cards)
}

fn expected(points: i64, policy: &Policy, program: &Program) -> Result<Option<Money>, ActionError> {
    if policy.point_value_minor_thousandths.is_none() {
        return Ok(None);
    }
    let minor = expected_minor(points, policy).ok_or_else(|| {
        let detail = "The points are worth more than can be counted; look at what the policy says of one.";
        ActionError::with(Code::OutOfRange, detail)
    })?;
    let currency = program.currency;
    Ok(Some(Money { minor, currency }))
}
