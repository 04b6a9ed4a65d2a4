//! The rules, pure: no clock, no input or output, no async.

pub mod design;
pub mod earning;
pub mod face;
pub mod rule;
