//! Who may do what.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Serialize};

/// The role of a key, as in the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlText)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, keys too.
    Owner,
    /// Everything of the shop but keys.
    Manager,
    /// Looks, rules and messages.
    Marketer,
    /// Cards and orders at the counter.
    Cashier,
    /// A till or shop system.
    Integration,
    /// Reads, never writes.
    Auditor,
}

impl Role {
    /// Every role, mightiest first.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Manager,
        Self::Marketer,
        Self::Cashier,
        Self::Integration,
        Self::Auditor,
    ];

    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Marketer => "marketer",
            Self::Cashier => "cashier",
            Self::Integration => "integration",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a role; roles are owner, manager, marketer, cashier, integration, auditor"))
    }
}
