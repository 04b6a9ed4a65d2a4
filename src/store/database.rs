//! One connection, whichever database it leads to, and the transaction that writes need.

use std::ops::{Deref, DerefMut};

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL 15 or later.
    Postgres(PgConnection),
}

/// An open transaction; whoever holds one may write.
pub struct Tx<'a>(&'a mut Db);

impl<'a> Tx<'a> {
    /// Only the writer and the pool open transactions.
    pub(super) fn over(db: &'a mut Db) -> Self {
        Self(db)
    }
}

impl Deref for Tx<'_> {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Db {
        self.0
    }
}
