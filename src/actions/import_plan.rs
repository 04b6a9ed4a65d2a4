//! What an import is to do: what its columns mean, and what becomes of those who are members already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sheet::{DateOrder, Field, Sheet, guess_columns, guess_date_order};

/// Most digits of a country's calling code (ITU-T E.164).
const CODE_MAX: usize = 3;

/// What becomes of the points of somebody who is a member already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownPoints {
    /// The balance stays as it is.
    #[default]
    Keep,
    /// The list's points are added to it.
    Add,
}

/// What an import is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportPlan {
    /// What each column means; `None` of those that nobody needs.
    pub columns: Vec<Option<Field>>,
    /// What becomes of the points of those who are members already.
    pub known: KnownPoints,
    /// Whether new members get what joining earns besides.
    pub pays_welcome: bool,
    /// The calling code of phone numbers that have none, in digits; empty if they are to be refused.
    pub country: String,
    /// The order of days that do not begin with the year.
    pub dates: DateOrder,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// No column leads to a member.
    #[error(
        "no column is an e-mail address, a phone number, a card number or an own id: nobody could be found again"
    )]
    NoIdentity,
    /// Two columns mean the same.
    #[error("two columns are taken for {}", .0.name())]
    Twice(Field),
    /// The calling code is none.
    #[error("the calling code of a country has one to three digits, such as 49")]
    BadCountry,
}

impl ImportPlan {
    /// What a table seems to say.
    pub fn guess(sheet: &Sheet) -> Self {
        let columns = guess_columns(&sheet.header);
        let dates = columns.iter().enumerate().filter_map(|(place, field)| {
            let is_day = matches!(field, Some(Field::BirthDate | Field::JoinedAt | Field::ConsentAt));
            is_day.then_some(place)
        });
        let cells = dates.flat_map(|place| {
            let cell = move |row: &'_ crate::sheet::Row| row.cells.get(place).cloned();
            sheet.rows.iter().filter_map(cell)
        });
        let cells: Vec<String> = cells.collect();
        Self {
            dates: guess_date_order(cells.iter().map(String::as_str)),
            columns,
            ..Self::default()
        }
    }

    /// Says what is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), PlanFault> {
        let mut counts: BTreeMap<Field, usize> = BTreeMap::new();
        for field in self.columns.iter().flatten() {
            *counts.entry(*field).or_default() += 1;
        }
        if let Some((field, _)) = counts.iter().find(|(_, count)| **count > 1) {
            return Err(PlanFault::Twice(*field));
        }
        if !counts.keys().any(|field| field.is_identity()) {
            return Err(PlanFault::NoIdentity);
        }
        let is_code = |code: &str| {
            code.len() <= CODE_MAX && code.bytes().all(|byte| byte.is_ascii_digit()) && !code.starts_with('0')
        };
        if !is_code(&self.country) {
            return Err(PlanFault::BadCountry);
        }
        Ok(())
    }

    /// The cell of a field in a row; empty if no column means it.
    pub(super) fn cell<'r>(&self, cells: &'r [String], field: Field) -> &'r str {
        let place = self.columns.iter().position(|one| *one == Some(field));
        place
            .and_then(|place| cells.get(place))
            .map_or("", String::as_str)
    }
}
