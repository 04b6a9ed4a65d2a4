//! What is counted by reward, by month and by fifth: drawn, and as tables.

use super::super::super::desk::Desk;
use super::chart::Chart;
use super::tiles::NONE;
use crate::actions::measure_program::Insight;
use crate::loyalty::insight::{Cohort, Passes, permille};

/// Steps by which a table's cells are shaded.
const SHADES: i64 = 5;
/// Most bars of a chart; the table has all.
const BARS_MAX: usize = 12;

/// A table.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A chart, and the same as a table.
pub(super) struct Drawn {
    pub(super) chart: Chart,
    pub(super) table: Table,
}

/// A table whose cells are shaded by what they say.
pub(super) struct Shaded {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<ShadedRow>,
}

pub(super) struct ShadedRow {
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub(super) shown: String,
    /// What is counted, where the cell shows a share.
    pub(super) counted: Option<String>,
    /// 0 to 5.
    pub(super) shade: i64,
}

fn number(desk: &Desk, number: i64) -> String {
    desk.locale.language().write_number(number)
}

fn share(desk: &Desk, part: i64, of: i64) -> String {
    let written = permille(part, of).map(|permille| desk.locale.language().write_percent(permille));
    written.unwrap_or_else(|| NONE.to_owned())
}

fn counted(desk: &Desk, part: i64, of: i64) -> String {
    let (part, of) = (number(desk, part), number(desk, of));
    desk.locale
        .say("insight-of", &[("part", part.into()), ("of", of.into())])
}

/// A month as `2026-11` in the reader's words; all before the first one for an empty text.
fn month(desk: &Desk, text: &str) -> String {
    let parts = text.split_once('-');
    let read = parts.and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    match read {
        Some((year, month)) => desk.locale.language().write_month(year, month),
        None => desk.locale.word("insight-earlier"),
    }
}

fn words(desk: &Desk, ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| desk.locale.word(id)).collect()
}

/// Which rewards are wanted.
pub(super) fn rewards(desk: &Desk, insight: &Insight) -> Option<Drawn> {
    let used = &insight.counts.rewards;
    if used.is_empty() {
        return None;
    }
    let language = desk.locale.language();
    let name = |at: usize| {
        let one = used.get(at);
        let name = one.and_then(|one| one.name.as_ref());
        name.map_or_else(
            || desk.locale.word("insight-no-reward"),
            |name| name.get(&language).to_owned(),
        )
    };
    let bars = used.iter().take(BARS_MAX).enumerate();
    let bars = bars.map(|(at, one)| (name(at), number(desk, one.issued), one.issued));
    let rows = used.iter().enumerate().map(|(at, one)| {
        vec![
            name(at),
            number(desk, one.issued),
            number(desk, one.fulfilled),
            share(desk, one.completed, one.issued),
            number(desk, one.points),
        ]
    });
    Some(Drawn {
        chart: Chart::new(
            desk.locale,
            desk.locale.word("insight-rewards"),
            None,
            bars.collect(),
        ),
        table: Table {
            heads: words(
                desk,
                &[
                    "insight-reward",
                    "insight-issued",
                    "insight-fulfilled",
                    "insight-completed-share",
                    "insight-points-spent",
                ],
            ),
            rows: rows.collect(),
        },
    })
}

fn wallet(desk: &Desk, passes: &Passes) -> String {
    match passes.wallet.as_str() {
        "apple" => desk.locale.word("insight-apple"),
        _ => desk.locale.word("insight-google"),
    }
}

/// Which passes are still on phones, by wallet and month.
pub(super) fn passes(desk: &Desk, insight: &Insight) -> Option<Drawn> {
    let all = &insight.counts.passes;
    if all.is_empty() {
        return None;
    }
    let mut bars = Vec::new();
    for which in ["apple", "google"] {
        let of: Vec<&Passes> = all.iter().filter(|one| one.wallet == which).collect();
        let (kept, ever) = of
            .iter()
            .fold((0, 0), |(kept, ever), one| (kept + one.kept, ever + one.ever));
        if let Some(first) = of.first() {
            let permille = permille(kept, ever).unwrap_or_default();
            bars.push((wallet(desk, first), share(desk, kept, ever), permille));
        }
    }
    let rows = all.iter().map(|one| {
        vec![
            wallet(desk, one),
            month(desk, &one.month),
            number(desk, one.ever),
            number(desk, one.kept),
            share(desk, one.kept, one.ever),
        ]
    });
    Some(Drawn {
        chart: Chart::new(
            desk.locale,
            desk.locale.word("insight-pass-retention"),
            Some(1_000),
            bars,
        ),
        table: Table {
            heads: words(
                desk,
                &[
                    "insight-wallet",
                    "insight-made",
                    "insight-ever",
                    "insight-still",
                    "insight-share",
                ],
            ),
            rows: rows.collect(),
        },
    })
}

/// How shaded a share is: not at all for nothing, the most for all.
fn shade(part: i64, of: i64) -> i64 {
    if of <= 0 {
        return 0;
    }
    (part.saturating_mul(SHADES).saturating_add(of - 1) / of).clamp(0, SHADES)
}

/// Who joined when, and ordered how many months later; months in which nobody joined are left out.
pub(super) fn cohorts(desk: &Desk, insight: &Insight) -> Option<(Chart, Shaded)> {
    let joined: Vec<&Cohort> = insight
        .counts
        .cohorts
        .iter()
        .filter(|one| one.members > 0)
        .collect();
    let longest = joined.iter().map(|one| one.ordered.len()).max()?;
    let heads = (0..longest).map(|later| number(desk, i64::try_from(later).unwrap_or_default()));
    let bars = heads.clone().enumerate().map(|(later, name)| {
        let seen = joined
            .iter()
            .filter_map(|one| Some((*one.ordered.get(later)?, one.members)));
        let (part, of) = seen.fold((0, 0), |(part, of), (ordered, members)| {
            (part + ordered, of + members)
        });
        (
            name,
            share(desk, part, of),
            permille(part, of).unwrap_or_default(),
        )
    });
    let rows = joined.iter().map(|one| ShadedRow {
        name: month(desk, &one.month),
        cells: std::iter::once(Cell {
            shown: number(desk, one.members),
            counted: None,
            shade: 0,
        })
        .chain(one.ordered.iter().map(|ordered| Cell {
            shown: share(desk, *ordered, one.members),
            counted: Some(counted(desk, *ordered, one.members)),
            shade: shade(*ordered, one.members),
        }))
        .collect(),
    });
    let title = desk.locale.word("insight-cohorts-mean");
    let chart = Chart::new(desk.locale, title, Some(1_000), bars.collect());
    let own = [
        desk.locale.word("insight-month-joined"),
        desk.locale.word("insight-people"),
    ];
    Some((
        chart,
        Shaded {
            heads: own.into_iter().chain(heads).collect(),
            rows: rows.collect(),
        },
    ))
}

/// Buyers by fifths of recency (downwards) and frequency (across): how many, and what they spent.
pub(super) fn rfm(desk: &Desk, insight: &Insight) -> Option<Shaded> {
    let cells = &insight.counts.rfm;
    let of = |recency: i64, frequency: i64| {
        let there = cells
            .iter()
            .filter(|cell| cell.recency == recency && cell.frequency == frequency);
        there.fold((0, 0), |(members, minor), cell| {
            (members + cell.members, minor + cell.minor)
        })
    };
    let whole = cells.iter().map(|cell| cell.members).max()?;
    let rows = (1..=SHADES).rev().map(|recency| ShadedRow {
        name: number(desk, recency),
        cells: (1..=SHADES)
            .rev()
            .map(|frequency| {
                let (members, minor) = of(recency, frequency);
                Cell {
                    shown: number(desk, members),
                    counted: (members > 0).then(|| desk.money(minor)),
                    shade: shade(members, whole),
                }
            })
            .collect(),
    });
    let heads = std::iter::once(desk.locale.word("insight-rfm-corner"));
    Some(Shaded {
        heads: heads
            .chain((1..=SHADES).rev().map(|frequency| number(desk, frequency)))
            .collect(),
        rows: rows.collect(),
    })
}
