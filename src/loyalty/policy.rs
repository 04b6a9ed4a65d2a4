//! What a program's people settle once: what earns nothing, and how long points live.

use serde::{Deserialize, Serialize};

use super::campaign::reach::MessagePolicy;
use super::expiring::{NOTICE_DAYS_MAX, NOTICES_MAX};
use super::freshness::Freshness;
use super::safeguard::{Reaction, SAFEGUARDS_MAX, Safeguard};
use super::tier::TierPolicy;
use crate::types::{Day, Time, Zone};

/// Most categories that earn nothing.
pub const EXCLUDED_MAX: usize = 50;
/// Longest life of points in days, and longest inactivity.
pub const DAYS_MAX: u16 = 3_660;
/// Longest life of points in months.
pub const MONTHS_MAX: u16 = 120;
/// Most years after that of the earning at whose end points expire.
pub const YEARS_MAX: u8 = 10;
/// The most that a point may be worth, in thousandths of the minor unit.
pub const POINT_VALUE_MAX: i64 = 1_000_000_000;

/// What a program's people settle once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Categories of lines that earn nothing: tax, shipping, tips, gift cards.
    pub excluded_categories: Vec<String>,
    /// How long points live.
    pub expiry: Expiry,
    /// How tiers are reached and kept.
    pub tiers: TierPolicy,
    /// How many of a hundred points members are expected to use, 0 to 100; all of them if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_use_percent: Option<u8>,
    /// What a point is worth in thousandths of the currency's minor unit: 1000 is a cent. Unknown if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_value_minor_thousandths: Option<i64>,
    /// Minor units that a friend's first order must come to before it pays a referral.
    #[serde(skip_serializing_if = "is_nothing")]
    pub referral_minimum: i64,
    /// Whether what signing up earns waits for the first paid order.
    #[serde(skip_serializing_if = "is_off")]
    pub welcome_after_first_order: bool,
    /// Whether members may give points to each other.
    #[serde(skip_serializing_if = "is_off")]
    pub transfers: bool,
    /// Most points that a member gives away a day; any number, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_max: Option<i64>,
    /// Days for which members who were joined can be parted again; 30, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge_undo_days: Option<u16>,
    /// Minutes for which a cashier may undo an entry of their own; 10, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_minutes: Option<u16>,
    /// How many orders are too many in how short a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safeguards: Vec<Safeguard>,
    /// What happens where a key serves the card of the member that it names; it is refused, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_card: Option<Reaction>,
    /// Which redemptions and orders need a card that is shown now; none, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// Days after its own on which a receipt can be claimed; 14, if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_days: Option<u16>,
    /// How often, and when, members may hear campaigns.
    #[serde(skip_serializing_if = "MessagePolicy::is_usual")]
    pub messages: MessagePolicy,
    /// Whether a campaign begins only once somebody else than whoever begins it approves.
    #[serde(skip_serializing_if = "is_off")]
    pub campaign_approval: bool,
    /// How many days before points expire their holder is told, at most three times; never, if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expiry_notice_days: Vec<u16>,
}

/// Most days for which a receipt can be claimed.
pub const RECEIPT_DAYS_MAX: u16 = 365;
/// Days after that of the receipt on which it can be claimed, where a program says nothing.
const RECEIPT_DAYS: u16 = 14;

/// Minutes for which a cashier may undo an entry of their own, where a program says nothing.
const UNDO_MINUTES: u16 = 10;

/// Days for which members who were joined can be parted again, where a program says nothing.
const UNDO_DAYS: u16 = 30;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_nothing(minor: &i64) -> bool {
    *minor == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_off(flag: &bool) -> bool {
    !*flag
}

impl Policy {
    /// Days for which members who were joined can be parted again.
    pub fn undo_days(&self) -> u16 {
        self.merge_undo_days.unwrap_or(UNDO_DAYS)
    }

    /// Milliseconds for which a cashier may undo an entry of their own.
    pub fn undo_ms(&self) -> i64 {
        i64::from(self.undo_minutes.unwrap_or(UNDO_MINUTES)) * 60_000
    }

    /// The first instant at which a receipt of a day can be claimed no more: after the end of its last day.
    pub fn end_of_receipt(&self, zone: Zone, day: Day) -> Time {
        let days = i64::from(self.receipt_days.unwrap_or(RECEIPT_DAYS));
        zone.start_of(day.plus_days(days + 1))
    }

    /// What happens where a key serves the card of the member that it names.
    pub fn own_card(&self) -> Reaction {
        self.own_card.unwrap_or(Reaction::Refuse)
    }

    /// The places of safeguards that cannot be: beyond their limits, or counting the same as one before.
    pub fn unsound_safeguards(&self) -> Vec<usize> {
        let places = self.safeguards.iter().enumerate();
        let is_unsound = |(place, one): &(usize, &Safeguard)| {
            let mut before = self.safeguards.iter().take(*place);
            *place >= SAFEGUARDS_MAX || !one.is_sound() || before.any(|other| other.is_like(one))
        };
        places.filter(is_unsound).map(|(place, _)| place).collect()
    }

    /// Whether notice of points that expire can be given as it says: not too often, not too early, no day twice.
    pub fn is_notice_sound(&self) -> bool {
        let mut sorted = self.expiry_notice_days.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let is_each_sound = sorted.iter().all(|days| (1..=NOTICE_DAYS_MAX).contains(days));
        is_each_sound && sorted.len() == self.expiry_notice_days.len() && sorted.len() <= NOTICES_MAX
    }

    /// How many of a hundred points members are expected to use.
    pub fn expected_use(&self) -> u8 {
        self.expected_use_percent.unwrap_or(100)
    }

    /// Whether the numbers by which points are valued lie within their limits.
    pub fn is_value_sound(&self) -> bool {
        let value = self.point_value_minor_thousandths.unwrap_or(0);
        self.expected_use() <= 100 && (0..=POINT_VALUE_MAX).contains(&value)
    }
}

/// How long points live, in the program's calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expiry {
    /// For ever.
    #[default]
    Never,
    /// To the end of the day so many days after they were earned.
    Days(u16),
    /// To the end of the same day so many months later.
    Months(u16),
    /// To the end of the year so many years after that of the earning; 0 is the same year.
    YearEnd(u8),
    /// Until the card has earned and spent nothing for so many days; then all of them expire.
    InactiveDays(u16),
}

impl Expiry {
    /// When points that are earned on a day expire by themselves; `None` for those that do not.
    pub fn of_points(self, zone: Zone, day: Day) -> Option<Time> {
        let last = match self {
            Self::Never | Self::InactiveDays(_) => return None,
            Self::Days(days) => day.plus_days(i64::from(days)),
            Self::Months(months) => day.plus_months(u32::from(months)),
            Self::YearEnd(years) => {
                let (year, _, _) = day.parts();
                Day::from_date(year + i32::from(years), 12, 31)?
            }
        };
        Some(zone.start_of(last.plus_days(1)))
    }

    /// When all points of a card expire that earns and spends nothing after a day.
    pub fn of_card(self, zone: Zone, day: Day) -> Option<Time> {
        match self {
            Self::InactiveDays(days) => Some(zone.start_of(day.plus_days(i64::from(days) + 1))),
            _ => None,
        }
    }

    /// Whether it lies within its limits.
    pub const fn is_sound(self) -> bool {
        match self {
            Self::Never => true,
            Self::Days(days) | Self::InactiveDays(days) => days >= 1 && days <= DAYS_MAX,
            Self::Months(months) => months >= 1 && months <= MONTHS_MAX,
            Self::YearEnd(years) => years <= YEARS_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::from_date(year, month, day).expect("a day")
    }

    fn ends(expiry: Expiry, on: Day) -> String {
        let zone: Zone = "Europe/Berlin".parse().expect("a zone");
        expiry
            .of_points(zone, on)
            .map(Time::rfc3339_secs)
            .unwrap_or_default()
    }

    #[test]
    fn points_live_to_the_end_of_their_last_day_where_the_program_is() {
        assert_eq!(ends(Expiry::Days(30), day(2026, 11, 22)), "2026-12-22T23:00:00Z");
        assert_eq!(ends(Expiry::Months(3), day(2026, 11, 30)), "2027-02-28T23:00:00Z");
        assert_eq!(ends(Expiry::YearEnd(0), day(2026, 1, 1)), "2026-12-31T23:00:00Z");
        assert_eq!(
            ends(Expiry::YearEnd(1), day(2026, 12, 31)),
            "2027-12-31T23:00:00Z"
        );
        assert_eq!(ends(Expiry::Never, day(2026, 1, 1)), "");
    }

    #[test]
    fn a_policy_reads_back_and_what_it_does_not_know_is_refused() {
        for (text, expiry) in [
            ("{}", Expiry::Never),
            (r#"{"expiry":"never"}"#, Expiry::Never),
            (r#"{"expiry":{"months":12}}"#, Expiry::Months(12)),
            (r#"{"expiry":{"inactive_days":180}}"#, Expiry::InactiveDays(180)),
        ] {
            let policy: Policy = serde_json::from_str(text).expect(text);
            assert_eq!(policy.expiry, expiry, "{text}");
        }
        for text in [
            r#"{"expiry":{"weeks":1}}"#,
            r#"{"expiry":{"days":1.5}}"#,
            r#"{"expires":"never"}"#,
        ] {
            assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
        }
        assert!(!Expiry::Days(0).is_sound() && !Expiry::Months(121).is_sound());
    }
}
