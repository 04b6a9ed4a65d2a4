//! How far long work is: a bar on a terminal, a line now and then elsewhere. It goes to standard error.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a bar is drawn anew.
const REDRAW: Duration = Duration::from_millis(100);
/// How often there is a line where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// A bar of 20 places.
pub(super) fn bar(done: i64, all: i64) -> String {
    let full = usize::try_from(done.clamp(0, all.max(1)) * 20 / all.max(1)).unwrap_or_default();
    format!("[{}{}]", "#".repeat(full), ".".repeat(20 - full.min(20)))
}

/// Tells how far something is that goes on.
pub(super) struct Progress {
    /// What is counted: `members`.
    what: &'static str,
    began: Instant,
    told: Mutex<Instant>,
    is_terminal: bool,
}

impl Progress {
    /// Something begins now.
    pub(super) fn begin(what: &'static str) -> Self {
        let now = Instant::now();
        Self {
            what,
            began: now,
            told: Mutex::new(now),
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// So many of all are done.
    pub(super) fn tell(&self, done: u64, all: u64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = if self.is_terminal { REDRAW } else { LINE };
        if told.elapsed() < pause && done < all {
            return;
        }
        *told = Instant::now();
        let line = self.line(done, all, self.began.elapsed());
        // Whoever no longer looks misses nothing.
        let _ = if !self.is_terminal {
            writeln!(io::stderr(), "{line}")
        } else if done < all {
            write!(io::stderr(), "\r{line}   ")
        } else {
            writeln!(io::stderr(), "\r{line}   ")
        };
    }

    fn line(&self, done: u64, all: u64, took: Duration) -> String {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = done.saturating_mul(1_000) / milliseconds;
        let left = all.saturating_sub(done) / rate.max(1);
        let bar = bar(
            i64::try_from(done).unwrap_or(i64::MAX / 20),
            i64::try_from(all).unwrap_or(i64::MAX / 20),
        );
        format!(
            "{bar} {done} of {all} {}, {rate} a second, {left} s left",
            self.what
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long_yet() {
        let progress = Progress::begin("members");
        assert_eq!(
            progress.line(25_000, 100_000, Duration::from_secs(5)),
            "[#####...............] 25000 of 100000 members, 5000 a second, 15 s left"
        );
        assert_eq!(bar(0, 0), "[....................]");
        assert_eq!(bar(7, 7), "[####################]");
    }
}
