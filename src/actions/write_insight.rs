//! How a program goes as a table to take along: the numbers of the page and of the API, one a line.

use super::measure_program::Insight;
use crate::loyalty::insight::{Unit, round_half_up};
use crate::sheet::write_sheet;

/// The columns. `part` and `of` are what is divided and by what; `value` is in `unit`. Of a reward, the last column is its
/// name.
const COLUMNS: [&str; 8] = [
    "table", "name", "detail", "part", "of", "value", "unit", "formula",
];

/// A line of the table.
type Line = [String; 8];
/// Its first three columns.
type Named<'a> = (&'a str, &'a str, &'a str);

/// A line of whole numbers; what is not said stays empty.
fn line(
    (table, name, detail): Named<'_>,
    (part, of, value): (Option<i64>, Option<i64>, Option<i64>),
    (unit, formula): (&str, &str),
) -> Line {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let [part, of, value] = [part, of, value].map(number);
    let [table, name, detail] = [table, name, detail].map(str::to_owned);
    let [unit, formula] = [unit, formula].map(str::to_owned);
    [table, name, detail, part, of, value, unit, formula]
}

/// A line that says something.
fn text(named: Named<'_>) -> Line {
    line(named, (None, None, None), ("", ""))
}

/// A share of two counts, in hundredths of a percent.
fn share(named: Named<'_>, part: i64, of: i64) -> Line {
    let value = round_half_up(i128::from(part) * 10_000, of.into());
    line(
        named,
        (Some(part), Some(of), value),
        (Unit::BasisPoints.name(), ""),
    )
}

fn count(named: Named<'_>, value: i64, (unit, what): (Unit, &str)) -> Line {
    line(named, (None, None, Some(value)), (unit.name(), what))
}

/// The period, and every figure with its formula.
fn list_figures(insight: &Insight, lines: &mut Vec<Line>) {
    for (name, said) in [
        ("from", insight.from.to_string()),
        ("to", insight.to.to_string()),
        ("as_of", insight.as_of.rfc3339_secs()),
        ("margin_percent", insight.wish.margin_percent.to_string()),
        ("horizon_years", insight.wish.horizon_years.to_string()),
    ] {
        lines.push(text(("period", name, &said)));
    }
    for one in &insight.figures {
        lines.push(line(
            ("figures", one.measure.name(), ""),
            (one.part, one.of, one.value),
            (one.measure.unit().name(), one.measure.formula()),
        ));
    }
}

fn list_rewards(insight: &Insight, lines: &mut Vec<Line>) {
    for one in &insight.counts.rewards {
        for (name, value, unit) in [
            ("issued", one.issued, Unit::Count),
            ("completed", one.completed, Unit::Count),
            ("fulfilled", one.fulfilled, Unit::Count),
            ("points", one.points, Unit::Points),
        ] {
            let what = one.name.as_ref().map_or(one.id.as_str(), |name| name.fallback());
            lines.push(count(("rewards", name, &one.id), value, (unit, what)));
        }
    }
}

/// Writes the table as CSV.
pub fn write_insight(insight: &Insight) -> Vec<u8> {
    let mut lines = Vec::new();
    list_figures(insight, &mut lines);
    list_rewards(insight, &mut lines);
    for one in &insight.counts.passes {
        let named = ("passes", one.wallet.as_str(), one.month.as_str());
        lines.push(share(named, one.kept, one.ever));
    }
    for one in &insight.counts.cohorts {
        for (later, ordered) in one.ordered.iter().enumerate() {
            let named = ("cohorts", one.month.as_str(), &*later.to_string());
            lines.push(share(named, *ordered, one.members));
        }
    }
    for one in &insight.counts.rfm {
        let cell = format!("{}-{}-{}", one.recency, one.frequency, one.money);
        lines.push(count(("rfm", "members", &cell), one.members, (Unit::Count, "")));
        lines.push(count(("rfm", "revenue", &cell), one.minor, (Unit::Money, "")));
    }
    for one in &insight.warnings {
        lines.push(text(("warnings", one.name(), one.advice())));
    }
    let rows = lines.iter().map(|line| line.iter().map(String::as_str).collect());
    write_sheet(std::iter::once(COLUMNS.to_vec()).chain(rows))
}
