//! Bars drawn as SVG: from zero, each with its name and its number, from where lines begin in the reader's language.

use super::super::super::locale::Locale;

/// How wide a chart is in its own units; a page stretches it.
const WIDTH: i64 = 320;
/// From one bar to the next.
const STEP: i64 = 34;
/// From the top of a bar's place to the line of its words, and to the bar.
const WORDS: i64 = 14;
const BAR: i64 = 20;
/// Wide signs count twice; more would meet the number.
const NAME_MAX: usize = 34;

/// A chart of bars.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) width: i64,
    pub(super) height: i64,
    /// Where a line begins, and where it ends.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) bars: Vec<Bar>,
}

/// A bar with its words.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) shown: String,
    pub(super) words: i64,
    pub(super) top: i64,
    pub(super) left: i64,
    pub(super) width: i64,
}

impl Chart {
    /// Bars of numbers, each with its name and how it is written; the largest, or `whole`, is as wide as the chart.
    pub(super) fn new(
        locale: Locale,
        title: String,
        whole: Option<i64>,
        of: Vec<(String, String, i64)>,
    ) -> Self {
        let most = of.iter().map(|(_, _, number)| *number).max();
        let whole = whole.or(most).unwrap_or_default().max(1);
        let (start, end) = if locale.is_rtl() { (WIDTH, 0) } else { (0, WIDTH) };
        let mut top = 0;
        let bars = of.into_iter().map(|(name, shown, number)| {
            let width = number.clamp(0, whole).saturating_mul(WIDTH) / whole;
            let bar = Bar {
                name: shortened(&name),
                shown,
                words: top + WORDS,
                top: top + BAR,
                left: if locale.is_rtl() { WIDTH - width } else { 0 },
                width,
            };
            top += STEP;
            bar
        });
        let bars: Vec<Bar> = bars.collect();
        Self {
            title,
            width: WIDTH,
            height: top.max(1),
            start,
            end,
            bars,
        }
    }
}

/// A name as far as there is room; the table beside the chart has it whole.
fn shortened(name: &str) -> String {
    let mut room = NAME_MAX;
    let mut short = String::new();
    for letter in name.chars() {
        // From Hangul on letters are as wide as they are high.
        let width = if letter >= '\u{1100}' { 2 } else { 1 };
        if width > room {
            short.push('…');
            return short;
        }
        room -= width;
        short.push(letter);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_begin_where_lines_do_and_at_zero() {
        let of = || {
            vec![
                ("a".to_owned(), "5".to_owned(), 5),
                ("b".to_owned(), "0".to_owned(), 0),
            ]
        };
        let left = Chart::new(Locale::En, String::new(), Some(10), of());
        let drawn = |chart: &Chart| {
            chart
                .bars
                .iter()
                .map(|bar| (bar.left, bar.width))
                .collect::<Vec<_>>()
        };
        assert_eq!((drawn(&left), left.start), (vec![(0, 160), (0, 0)], 0));
        let right = Chart::new(Locale::Ar, String::new(), Some(10), of());
        assert_eq!((drawn(&right), right.start), (vec![(160, 160), (320, 0)], 320));
        let largest = Chart::new(Locale::En, String::new(), None, of());
        assert_eq!(drawn(&largest), [(0, 320), (0, 0)]);
    }

    #[test]
    fn long_names_are_cut_to_their_width() {
        assert_eq!(shortened("Coffee"), "Coffee");
        assert_eq!(shortened(&"x".repeat(40)), format!("{}…", "x".repeat(34)));
        assert_eq!(shortened(&"咖".repeat(40)), format!("{}…", "咖".repeat(17)));
    }
}
