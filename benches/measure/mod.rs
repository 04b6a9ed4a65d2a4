//! What the benches measure with: processor time, rates, medians, and a line for each figure.
#![expect(clippy::print_stdout, reason = "a bench tells its figures on standard output")]

use std::fmt::Display;
use std::time::Instant;

/// Ticks of processor time in a second, as Linux counts them for every program.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor seconds of a process so far (`self` or its number), user and system; none where there is no `/proc`.
pub(crate) fn processor_seconds(process: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold spaces; times are the 12th and 13th fields after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

/// How often something was done in how long, and what it cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Times a second.
    pub(crate) per_second: f64,
    /// Processor microseconds of the process each time.
    pub(crate) processor_us: f64,
}

/// Measures what is going on from its making on.
pub(crate) struct Meter {
    process: String,
    start: Instant,
    processor: f64,
}

impl Meter {
    /// Of a process by its number, or `self`.
    pub(crate) fn start(process: &str) -> Self {
        Self {
            processor: processor_seconds(process).unwrap_or(f64::NAN),
            process: process.to_owned(),
            start: Instant::now(),
        }
    }

    /// What `times` times since the start come to.
    pub(crate) fn rate(&self, times: u32) -> Rate {
        let spent = processor_seconds(&self.process).unwrap_or(f64::NAN) - self.processor;
        Rate {
            per_second: f64::from(times) / self.start.elapsed().as_secs_f64(),
            processor_us: spent * 1e6 / f64::from(times),
        }
    }
}

/// The middle of the figures; not a number if there are none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One figure, its unit, and how far its rounds were apart.
pub(crate) fn say(what: &str, figures: &[f64], unit: &str) {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let middle = median(figures.to_vec());
    println!("  {what:<44} {middle:>10.1} {unit:<14} ({least:.1} to {most:.1})");
}

/// A line without a figure.
pub(crate) fn title(text: impl Display) {
    println!("{text}");
}

/// Says whether a ratio keeps to its limit, and gives that back.
pub(crate) fn judge(what: &str, ratio: f64, is_kept: bool, limit: &str) -> bool {
    let verdict = if is_kept { "held" } else { "MISSED" };
    println!("  {what:<44} {ratio:>10.2} {:<14} {limit}: {verdict}", "");
    is_kept
}
