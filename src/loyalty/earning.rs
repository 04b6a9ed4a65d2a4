//! The rule that every program has: so many points per unit of money.

/// The base rule of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseRule {
    /// Points for each `per_minor` of money spent; the rest is carried to the next order.
    pub points: i64,
    /// So many minor units of the program's currency (100 is one euro).
    pub per_minor: i64,
}

impl Default for BaseRule {
    fn default() -> Self {
        Self {
            points: 1,
            per_minor: 100,
        }
    }
}

impl BaseRule {
    /// Most points and most money that a rule may name.
    pub const MAX: i64 = 1_000_000;
}
