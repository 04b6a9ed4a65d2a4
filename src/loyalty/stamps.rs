//! Stamps drawn as a picture: how many of how many there are, and where each of them stands.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::types::{Language, Points, Text};

/// Most stamps that are drawn. A goal beyond is points, which are better written as a number.
pub const STAMPS_MAX: i64 = 30;
/// How many stamps a row may have.
pub const PER_ROW: RangeInclusive<u8> = 3..=15;
/// How many stamps a row has before a second one is begun, and the most rows that are begun by themselves.
const COMFORTABLE: u32 = 5;
const ROWS_MAX: u32 = 3;

/// How a program's stamps are drawn: SVG documents. What is left out is drawn in the design's colours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stamps {
    /// A stamp that the holder has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled: Option<String>,
    /// A place that is still empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<String>,
    /// The last place while it is empty: what all this is for. As the other empty places if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Behind the stamps; the design's background colour if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// Stamps in a row. If left out, up to five stand in one row, up to ten in two, more in three.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_row: Option<u8>,
}

/// How many stamps a card has, of how many that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StampCount {
    have: i64,
    goal: i64,
}

impl StampCount {
    /// A balance beside what the reward costs that stamps are collected for. A debt is no stamp, and nobody has more
    /// than are wanted.
    pub fn new(balance: Points, goal: i64) -> Self {
        let goal = goal.max(1);
        Self {
            have: balance.get().clamp(0, goal),
            goal,
        }
    }

    /// How many there are.
    pub const fn have(self) -> i64 {
        self.have
    }

    /// How many are wanted.
    pub const fn goal(self) -> i64 {
        self.goal
    }

    /// The picture of it for a reader of a language; `None` if there are too many to be drawn.
    pub fn picture(self, language: &Language) -> Option<StampPicture> {
        if self.goal > STAMPS_MAX {
            return None;
        }
        Some(StampPicture {
            have: u8::try_from(self.have).ok()?,
            goal: u8::try_from(self.goal).ok()?,
            is_rtl: language.is_rtl(),
        })
    }

    /// What the picture shows, for those who do not see it: `3 of 5 stamps`.
    pub fn words(self, language: &Language) -> String {
        let (have, goal) = (language.write_number(self.have), language.write_number(self.goal));
        match (language.base(), language.as_str()) {
            ("ar", _) => format!("الأختام: {have} من {goal}"),
            ("fa", _) => format!("{have} مُهر از {goal}"),
            ("zh", "zh-Hant" | "zh-TW" | "zh-HK" | "zh-MO") => format!("已集 {have} 個印章，共 {goal} 個"),
            ("zh", _) => format!("已集 {have} 个印章，共 {goal} 个"),
            _ => format!("{have} of {goal} stamps"),
        }
    }

    /// The same in every language of ours.
    #[expect(
        clippy::expect_used,
        reason = "five tags that are written here, so never none"
    )]
    pub fn text(self) -> Text {
        let in_each: BTreeMap<Language, String> = ["en", "ar", "fa", "zh-Hans", "zh-Hant"]
            .into_iter()
            .filter_map(|tag| {
                let language: Language = tag.parse().ok()?;
                let words = self.words(&language);
                Some((language, words))
            })
            .collect();
        Text::translated(in_each).expect("there are five")
    }
}

/// One picture of stamps. As a text it is `3-5`, or `3-5-rtl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StampPicture {
    have: u8,
    goal: u8,
    is_rtl: bool,
}

/// The text names no picture of stamps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a picture of stamps is named 3-5 or 3-5-rtl, of at most {STAMPS_MAX} stamps")]
pub struct NoStampPicture;

impl fmt::Display for StampPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mirrored = if self.is_rtl { "-rtl" } else { "" };
        write!(f, "{}-{}{mirrored}", self.have, self.goal)
    }
}

impl FromStr for StampPicture {
    type Err = NoStampPicture;

    /// One name for each picture, so that none is drawn or kept twice.
    fn from_str(text: &str) -> Result<Self, NoStampPicture> {
        let (numbers, is_rtl) = text
            .strip_suffix("-rtl")
            .map_or((text, false), |numbers| (numbers, true));
        let (have, goal) = numbers.split_once('-').ok_or(NoStampPicture)?;
        let read = |digits: &str| digits.parse::<u8>().map_err(|_| NoStampPicture);
        let picture = Self {
            have: read(have)?,
            goal: read(goal)?,
            is_rtl,
        };
        let is_sound = (1..=STAMPS_MAX).contains(&i64::from(picture.goal)) && picture.have <= picture.goal;
        if is_sound && picture.to_string() == text {
            Ok(picture)
        } else {
            Err(NoStampPicture)
        }
    }
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampKind {
    /// A stamp that the holder has.
    Filled,
    /// An empty place.
    Empty,
    /// The last place, empty.
    Last,
}

/// A stamp's square, in pixels from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StampSquare {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// What stands there.
    pub kind: StampKind,
}

/// Where the stamps of a picture stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampPlan {
    /// The side of each square, in pixels.
    pub side: u32,
    /// The squares, in the order in which they are stamped.
    pub squares: Vec<StampSquare>,
}

impl StampPicture {
    /// Lays the stamps out in rows on so many pixels, the whole in the middle. From right to left
    /// the first stamp stands at the right.
    pub fn lay_out(self, per_row: Option<u8>, width: u32, height: u32) -> StampPlan {
        let goal = u32::from(self.goal);
        let rows = goal.div_ceil(COMFORTABLE).min(ROWS_MAX);
        let columns = per_row.map_or(goal.div_ceil(rows), u32::from).clamp(1, goal);
        let rows = goal.div_ceil(columns);
        // A phone may cut a twelfth off the top and off the bottom of a strip.
        let room = (width - width / 12, height - height / 4);
        let pitch = (room.0 / columns).min(room.1 / rows).max(1);
        let side = (pitch - pitch / 8).max(1);
        let inset = (pitch - side) / 2;
        let left = width.saturating_sub(pitch * columns) / 2 + inset;
        let top = height.saturating_sub(pitch * rows) / 2 + inset;
        let squares = (0..goal).map(|place| {
            let (row, column) = (place / columns, place % columns);
            let column = if self.is_rtl { columns - 1 - column } else { column };
            StampSquare {
                x: left + column * pitch,
                y: top + row * pitch,
                kind: self.kind(place),
            }
        });
        StampPlan {
            side,
            squares: squares.collect(),
        }
    }

    fn kind(self, place: u32) -> StampKind {
        if place < u32::from(self.have) {
            StampKind::Filled
        } else if place + 1 == u32::from(self.goal) {
            StampKind::Last
        } else {
            StampKind::Empty
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Language {
        text.parse().expect("a tag")
    }

    fn picture(text: &str) -> StampPicture {
        text.parse().expect("a picture")
    }

    #[test]
    fn a_debt_is_no_stamp_and_nobody_has_more_than_are_wanted() {
        for (balance, name) in [(-3, "0-5"), (0, "0-5"), (3, "3-5"), (5, "5-5"), (240, "5-5")] {
            let count = StampCount::new(Points::new(balance).expect("in range"), 5);
            assert_eq!(count.picture(&tag("en")), Some(picture(name)), "{balance}");
        }
        let many = StampCount::new(Points::ZERO, STAMPS_MAX + 1);
        assert_eq!(many.picture(&tag("en")), None);
    }

    #[test]
    fn each_picture_has_one_name() {
        for name in ["0-1", "3-5", "30-30", "3-5-rtl"] {
            assert_eq!(picture(name).to_string(), name);
        }
        for name in [
            "",
            "3",
            "3-",
            "-5",
            "6-5",
            "0-0",
            "0-31",
            "03-5",
            "+3-5",
            "3-5-",
            "3-5-ltr",
            "3-5-rtl-rtl",
            "300-5",
        ] {
            assert_eq!(name.parse::<StampPicture>(), Err(NoStampPicture), "{name}");
        }
    }

    #[test]
    fn rows_are_begun_where_stamps_would_be_small() {
        let rows = |goal: u8, per_row| {
            let plan = picture(&format!("0-{goal}")).lay_out(per_row, 1_125, 432);
            let mut tops: Vec<u32> = plan.squares.iter().map(|square| square.y).collect();
            tops.dedup();
            let in_first = plan
                .squares
                .iter()
                .filter(|square| Some(&square.y) == tops.first());
            (tops.len(), in_first.count())
        };
        assert_eq!(rows(1, None), (1, 1));
        assert_eq!(rows(5, None), (1, 5));
        assert_eq!(rows(6, None), (2, 3));
        assert_eq!(rows(10, None), (2, 5));
        assert_eq!(rows(12, None), (3, 4));
        assert_eq!(rows(30, None), (3, 10));
        assert_eq!(rows(8, Some(3)), (3, 3));
        assert_eq!(rows(4, Some(15)), (1, 4));
    }

    /// Every picture there can be, on both wallets' canvases: nothing stands outside or on another, and the mirrored
    /// one is the other's mirror.
    #[test]
    fn stamps_stand_inside_and_apart_and_are_mirrored_from_right_to_left() {
        for (width, height) in [(375, 144), (750, 288), (1_125, 432), (1_032, 336)] {
            for goal in 1..=30_u8 {
                for per_row in std::iter::once(None).chain(PER_ROW.map(Some)) {
                    let plan = picture(&format!("1-{goal}")).lay_out(per_row, width, height);
                    let mirror = picture(&format!("1-{goal}-rtl")).lay_out(per_row, width, height);
                    assert_eq!(plan.squares.len(), usize::from(goal));
                    for (place, square) in plan.squares.iter().enumerate() {
                        assert!(square.x + plan.side <= width && square.y + plan.side <= height);
                        assert!(square.y >= height / 16, "{goal} {per_row:?}: {square:?}");
                        for other in &plan.squares[..place] {
                            let apart = square.x.abs_diff(other.x).max(square.y.abs_diff(other.y));
                            assert!(apart >= plan.side, "{goal} {per_row:?}");
                        }
                        let twin = mirror.squares[place];
                        assert_eq!((twin.y, twin.kind), (square.y, square.kind));
                        // A pixel may be lost where what is halved is odd.
                        assert!((width - square.x - plan.side).abs_diff(twin.x) <= 2);
                    }
                }
            }
        }
    }

    #[test]
    fn the_last_place_is_a_stamp_once_it_is_filled() {
        let kinds = |name: &str| {
            let plan = picture(name).lay_out(None, 375, 144);
            plan.squares.iter().map(|square| square.kind).collect::<Vec<_>>()
        };
        assert_eq!(
            kinds("1-3"),
            [StampKind::Filled, StampKind::Empty, StampKind::Last]
        );
        assert_eq!(kinds("3-3"), [StampKind::Filled; 3]);
    }

    #[test]
    fn each_language_says_how_many_there_are() {
        let text = StampCount::new(Points::new(3).expect("in range"), 5).text();
        assert_eq!(text.get(&tag("en")), "3 of 5 stamps");
        assert_eq!(text.get(&tag("de")), "3 of 5 stamps");
        let different: std::collections::BTreeSet<&String> = text.translations().values().collect();
        assert_eq!(different.len(), 5);
        assert!(text.get(&tag("fa")).contains('۳') && text.get(&tag("fa")).contains('۵'));
    }
}
