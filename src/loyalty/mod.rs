//! The rules, pure: no clock, no input or output, no async.

pub mod birthday;
pub mod carry;
pub mod challenge;
pub mod design;
pub mod earning;
pub mod expiring;
pub mod explain;
pub mod face;
pub mod freshness;
pub mod gift;
pub mod liability;
pub mod line_refund;
pub mod notice;
pub mod place;
pub mod policy;
pub mod proposal;
pub mod refunding;
pub mod replay;
pub mod reward;
pub mod rotating_code;
pub mod rule;
pub mod rulebook;
pub mod safeguard;
pub mod segment;
pub mod stamps;
pub mod tier;
