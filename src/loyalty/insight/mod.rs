//! How a program goes: what is counted of its books, and the figures that follow by written formulas.
//!
//! Money is in minor units, days are those of the program's time zone. A share keeps its two counts, so that nobody
//! rounds what was rounded.

mod counts;
mod figures;
mod health;
mod measure;
mod period;

pub use counts::{Cohort, Counts, Kept, Passes, PointSums, RewardUse, RfmCell};
pub use figures::{Figure, Profit, figures, permille, round_half_up};
pub use health::{
    HEALTH_MEMBERS_MIN, LIABILITY_GROWTH_MAX, PARTICIPATION_MIN, PASS_RETENTION_MIN, REDEMPTION_MIN, Warning,
    list_warnings,
};
pub use measure::{Measure, Unit};
pub use period::{COHORT_MONTHS, PERIOD_DAYS_MAX, Period, RFM_DAYS, USUAL_DAYS, offsets};
