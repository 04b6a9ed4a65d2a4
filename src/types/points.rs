//! Points: whole numbers, checked arithmetic only.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};

/// An amount of a program's currency; negative amounts take away.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct Points(i64);

/// A sum of points left the range that every database and wallet can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is outside the range of ±1,000,000,000,000 points")]
pub struct PointsError;

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// The largest amount that an entry or a balance may have.
    pub const MAX: i64 = 1_000_000_000_000;

    /// An amount within `±MAX`.
    pub fn new(points: i64) -> Result<Self, PointsError> {
        if points.unsigned_abs() > Self::MAX.unsigned_abs() {
            return Err(PointsError);
        }
        Ok(Self(points))
    }

    /// The whole number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, if it is in range.
    pub fn plus(self, other: Self) -> Result<Self, PointsError> {
        Self::new(self.0.checked_add(other.0).ok_or(PointsError)?)
    }

    /// The difference, if it is in range.
    pub fn minus(self, other: Self) -> Result<Self, PointsError> {
        Self::new(self.0.checked_sub(other.0).ok_or(PointsError)?)
    }

    /// The same amount the other way.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn absolute(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Points
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Points
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(i64::from_sql(bytes)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stay_in_range_or_fail() {
        let most = Points::new(Points::MAX).expect("in range");
        assert_eq!(most.plus(Points(1)), Err(PointsError));
        assert_eq!(most.negated().minus(Points(1)), Err(PointsError));
        assert_eq!(Points(i64::MAX).plus(Points(1)), Err(PointsError));
        assert_eq!(most.minus(Points(1)).map(Points::get), Ok(Points::MAX - 1));
    }
}
