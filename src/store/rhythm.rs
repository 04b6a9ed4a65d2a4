//! The rhythm of a customer as [`Stage::of`](crate::loyalty::segment::stage::Stage::of) has it, for statements. Like
//! there, nothing is divided: all is said times the number of distances between visits.

use crate::loyalty::segment::stage::{RHYTHM_MIN, RHYTHM_UNKNOWN};

/// How many distances lie between so many visits: one at least.
pub(super) fn gaps(visits: &str) -> String {
    format!("(CASE WHEN {visits} > 1 THEN {visits} - 1 ELSE 1 END)")
}

/// The rhythm, times the number of distances; `span` is the days between the first visit and the last.
pub(super) fn of(visits: &str, span: &str) -> String {
    let shortest = format!("{RHYTHM_MIN} * {}", gaps(visits));
    format!(
        "(CASE WHEN {visits} = 1 THEN {RHYTHM_UNKNOWN} WHEN {span} > {shortest} THEN {span} ELSE {shortest} END)"
    )
}
