//! Instants as milliseconds UTC, and the clock that every floor asks.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instant: milliseconds since 1970-01-01T00:00:00Z. In JSON RFC 3339 text.
#[derive(
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
#[serde(try_from = "String", into = "String")]
pub struct Time(i64);

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of the form 2026-11-21T09:30:00Z between the years 1970 and 9999")]
pub struct TimeError(String);

impl Time {
    /// The last instant that RFC 3339 can write.
    const MAX_MS: i64 = 253_402_300_799_999;

    /// The instant so many milliseconds after the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// The instant so many seconds after the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This instant and so many milliseconds (or fewer, if negative).
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This instant and so long.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        self.plus_ms(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The text of an HTTP date (`Last-Modified`), of one-second grain.
    pub fn http_date(self) -> String {
        let secs = u64::try_from(self.secs()).unwrap_or(0);
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(secs))
    }

    /// Reads an HTTP date; `None` if it is none.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let since = httpdate::parse_http_date(text)
            .ok()?
            .duration_since(UNIX_EPOCH)
            .ok()?;
        Some(Self::from_secs(i64::try_from(since.as_secs()).ok()?))
    }

    /// Reads RFC 3339 text with any offset.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let fault = || TimeError(text.chars().take(64).collect());
        let ms = DateTime::parse_from_rfc3339(text)
            .map_err(|_| fault())?
            .timestamp_millis();
        if !(0..=Self::MAX_MS).contains(&ms) {
            return Err(fault());
        }
        Ok(Self(ms))
    }

    /// RFC 3339 text in UTC with whole seconds, as Apple's pass dates want it.
    pub fn rfc3339_secs(self) -> String {
        self.chrono().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Year, month and day in UTC, months and days from 1.
    pub(super) fn date(self) -> (i32, u32, u32) {
        let date = self.chrono().date_naive();
        (date.year(), date.month(), date.day())
    }

    pub(super) fn uuid_v7(self) -> Uuid {
        let ms = u64::try_from(self.0).unwrap_or(0);
        let nanos = u32::try_from((ms % 1_000) * 1_000_000).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, ms / 1_000, nanos))
    }

    /// A version 7 UUID of the time with these bits of chance (RFC 9562, section 5.7).
    pub(super) fn uuid_drawn(self, chance: u128) -> Uuid {
        const CHANCE: u128 = (1 << 74) - 1;
        const VARIANT_AT: u32 = 62;
        let (high, low) = ((chance & CHANCE) >> VARIANT_AT, chance & ((1 << VARIANT_AT) - 1));
        let marks = (7 << 76) | (0b10 << VARIANT_AT);
        Uuid::from_u128(self.uuid_floor().as_u128() | marks | (high << 64) | low)
    }

    /// The time's own bits of a version 7 UUID, and zeros (RFC 9562, section 5.7).
    pub(super) fn uuid_floor(self) -> Uuid {
        let ms = u128::try_from(self.0).unwrap_or(0);
        Uuid::from_u128(ms << 80)
    }

    fn chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.clamp(0, Self::MAX_MS)).unwrap_or_default()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chrono().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Time {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        Self::parse_rfc3339(&text)
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Time
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Time
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(i64::from_sql(bytes)?))
    }
}

/// Tells the time; the only way any floor learns it.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Time;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else asks"
    )]
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is moved: for tests and for the simulator.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Time) -> Self {
        Self(AtomicI64::new(start.millis()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, span: Duration) {
        let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, time: Time) {
        self.0.store(time.millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_the_same_instant() {
        let time = Time::parse_rfc3339("2026-11-21T10:30:00.250+01:00").expect("a time");
        assert_eq!(time.to_string(), "2026-11-21T09:30:00.250Z");
        assert_eq!(time.rfc3339_secs(), "2026-11-21T09:30:00Z");
        assert_eq!(
            Time::parse_http_date(&time.http_date()),
            Some(Time::from_secs(time.secs()))
        );
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "yesterday",
        ] {
            assert!(Time::parse_rfc3339(text).is_err(), "{text}");
        }
    }
}
