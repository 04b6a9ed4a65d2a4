//! Statements whose text we write ourselves, prepared once a connection.
//!
//! Diesel plans every UPDATE, every upsert and every `sql_query` anew at each call (its cache takes only what it
//! can tell by type). What runs for every order or every delivery is written as a [`Statement`] instead.
//!
//! SQLite, for its part, plans a statement anew each time that the value of a LIMIT is bound, unless it is built as
//! `.cargo/config.toml` has it. So that other builds are not slow, what is unique is looked up by `get_result`, not
//! by `first`, which binds one; and a limit on a hot path stands in the text.

use std::borrow::Cow;

use diesel::backend::Backend;
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text, Untyped};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

use super::{Db, dialect::on_both};

/// A statement and its values.
pub(super) struct Statement<'a> {
    /// With a `?` for each value, in order.
    text: Cow<'static, str>,
    values: Vec<Value<'a>>,
    /// Whether it runs so seldom, or in so many wordings, that it is planned anew each time.
    is_once: bool,
}

enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> Statement<'a> {
    /// A statement with a `?` for each value; the text is what it is kept prepared under, so it names no
    /// values itself.
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self {
            text,
            values: Vec::new(),
            is_once: false,
        }
    }

    /// The same of a statement that has a wording of its own each time: it is not kept.
    pub(super) fn once(text: String) -> Self {
        Self {
            is_once: true,
            ..Self::new(text)
        }
    }

    /// The value of the next `?`.
    pub(super) fn text(mut self, value: impl Into<Cow<'a, str>>) -> Self {
        self.values.push(Value::Text(value.into()));
        self
    }

    /// The value of the next `?`.
    pub(super) fn number(mut self, value: i64) -> Self {
        self.values.push(Value::Number(value));
        self
    }

    /// Runs it; gives the number of rows that it changed.
    pub(super) fn execute(self, db: &mut Db) -> QueryResult<usize> {
        on_both!(db, conn => RunQueryDsl::execute(self, conn))
    }

    /// Runs it and gives its rows.
    pub(super) fn load<R>(self, db: &mut Db) -> QueryResult<Vec<R>>
    where
        R: QueryableByName<Sqlite> + QueryableByName<Pg> + 'static,
    {
        on_both!(db, conn => RunQueryDsl::load(self, conn))
    }
}

impl<DB> QueryFragment<DB> for Statement<'_>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.is_once {
            out.unsafe_to_cache_prepared();
        }
        let mut parts = self.text.split('?');
        out.push_sql(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(&self.values) {
            match value {
                Value::Text(text) => out.push_bind_param::<Text, str>(text)?,
                Value::Number(number) => out.push_bind_param::<BigInt, i64>(number)?,
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

/// Without an id of its type it is kept by its text.
impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<SqliteConnection> for Statement<'_> {}
impl RunQueryDsl<PgConnection> for Statement<'_> {}
