//! Lists: a limit, an opaque cursor, a keyset behind it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions::{ActionError, Code};
use crate::store::LIST_MAX;
use crate::types::Base64Url;

/// Rows of a list that names no limit.
const LIMIT: i64 = 50;

/// Where a list begins and how long it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// 1 to 200; 50 if left out.
    pub limit: Option<i64>,
    /// The `next_cursor` of the list before.
    pub cursor: Option<String>,
}

impl Page {
    /// The limit.
    pub(super) fn limit(&self) -> Result<i64, ActionError> {
        let limit = self.limit.unwrap_or(LIMIT);
        if (1..=LIST_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(ActionError::with(Code::BadParameter, "`limit` is 1 to 200."))
    }

    /// The last id of the list before.
    pub(super) fn after<T: FromStr>(&self) -> Result<Option<T>, ActionError> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let bad = || ActionError::new(Code::BadCursor);
        let id = Base64Url::decode(cursor)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(bad)?;
        id.parse().map(Some).map_err(|_| bad())
    }
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub data: Vec<T>,
    /// What to send as `cursor` for the rows behind these; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list of rows that were read with one more than `limit`, to see whether any are left.
    pub(super) fn of<R>(
        mut rows: Vec<R>,
        limit: i64,
        id: impl Fn(&R) -> &str,
        view: impl Fn(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| is_more)
            .map(|row| Base64Url::encode(id(row)));
        Self {
            data: rows.into_iter().map(view).collect(),
            next_cursor,
        }
    }
}
