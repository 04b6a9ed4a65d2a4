//! The SQL half of the words: how they stand in a text column of either database.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text as SqlText;

use super::{Attributes, Currency, DeviceId, Language, Provenances, PushToken, Role, Text, Wallet, Zone};

/// A word whose text is `as_str` and that is read back by `parse`.
macro_rules! words {
    ($($name:ident: $text:ident),* $(,)?) => {$(
        impl<DB: Backend> ToSql<SqlText, DB> for $name
        where
            str: ToSql<SqlText, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.$text().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<SqlText, DB> for $name
        where
            String: FromSql<SqlText, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    )*};
}

words!(
    Wallet: as_str, Role: as_str, PushToken: as_str, DeviceId: as_str, Language: as_str, Currency: code,
    Zone: name,
);

/// A word that stands in its column as JSON.
macro_rules! json_words {
    ($($name:ident),* $(,)?) => {$(
        impl ToSql<SqlText, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
                out.set_value(serde_json::to_string(self)?);
                Ok(IsNull::No)
            }
        }

        impl ToSql<SqlText, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                let json = serde_json::to_string(self)?;
                <str as ToSql<SqlText, diesel::pg::Pg>>::to_sql(json.as_str(), &mut out.reborrow())
            }
        }

        impl<DB: Backend> FromSql<SqlText, DB> for $name
        where
            String: FromSql<SqlText, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(serde_json::from_str(&String::from_sql(bytes)?)?)
            }
        }
    )*};
}

json_words!(Text, Attributes, Provenances);
