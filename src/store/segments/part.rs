//! Parts of all cards, about equally large, that several readers count side by side.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use super::said::{Said, Value};
use crate::store::statement::Statement;
use crate::store::{Db, StoreError};

/// Fewer cards than this are best counted by one reader.
pub const SHARED_MIN: i64 = 20_000;
/// Cards that PostgreSQL is asked for to see where its parts lie.
const SAMPLED: f64 = 2_000.0;

/// A part of all cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(Span);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Span {
    /// By SQLite's numbers of rows, so that it reads its table from one place on: after the first, up to the second.
    Rows(Option<i64>, Option<i64>),
    /// By ids, in whose order PostgreSQL joins cards and their days.
    Ids(Option<String>, Option<String>),
}

impl Part {
    /// All cards.
    pub const fn whole() -> Self {
        Self(Span::Ids(None, None))
    }

    /// What else must hold of `c`, the cards.
    pub(super) fn of_cards(&self) -> Said {
        match &self.0 {
            Span::Rows(after, upto) => {
                let after = after.map(|number| Said::number(" AND c.rowid > ?", number));
                let upto = upto.map(|number| Said::number(" AND c.rowid <= ?", number));
                Said::strung(after.into_iter().chain(upto), "")
            }
            Span::Ids(..) => self.of_ids("c.id"),
        }
    }

    /// What else must hold of a column with the ids of cards in a set, so that it has those of the part alone. On SQLite
    /// nothing does.
    pub(super) fn of_ids(&self, column: &str) -> Said {
        let Span::Ids(after, upto) = &self.0 else {
            return Said::default();
        };
        let bound = |sign: &str, id: &Option<String>| {
            id.as_ref().map(|id| Said {
                text: format!(" AND {column} {sign} ?"),
                values: vec![Value::Text(id.clone())],
            })
        };
        Said::strung(bound(">", after).into_iter().chain(bound("<=", upto)), "")
    }
}

/// Parts for so many readers; one, if there are fewer cards than `least`. It looks at a few rows, not at all.
pub fn split(db: &mut Db, readers: usize, least: i64) -> Result<Vec<Part>, StoreError> {
    let readers = i64::try_from(readers.max(1)).unwrap_or(1);
    if readers == 1 {
        return Ok(vec![Part::whole()]);
    }
    match db {
        Db::Sqlite(_) => split_rows(db, readers, least),
        Db::Postgres(_) => split_ids(db, readers, least),
    }
}

fn number(db: &mut Db, text: &'static str) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    let rows: Vec<Row> = Statement::new(text).load(db)?;
    Ok(rows.first().map_or(0, |row| row.number))
}

/// Rows are numbered as they come, and cards never go.
fn split_rows(db: &mut Db, readers: i64, least: i64) -> Result<Vec<Part>, StoreError> {
    let highest = number(db, "SELECT coalesce(max(rowid), 0) AS number FROM cards")?;
    if highest < least {
        return Ok(vec![Part::whole()]);
    }
    let cuts = (1..readers).map(|place| highest / readers * place).collect();
    Ok(between(cuts)
        .map(|(after, upto)| Part(Span::Rows(after, upto)))
        .collect())
}

/// By a sample of the ids; by none, one part is as good.
fn split_ids(db: &mut Db, readers: i64, least: i64) -> Result<Vec<Part>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let known = number(
        db,
        "SELECT CAST(reltuples AS BIGINT) AS number FROM pg_class WHERE oid = 'cards'::regclass",
    )?;
    if known < least {
        return Ok(vec![Part::whole()]);
    }
    let percent = SAMPLED * 100.0 / f64::from(u32::try_from(known).unwrap_or(u32::MAX));
    let sample = format!(
        "SELECT id FROM cards TABLESAMPLE SYSTEM ({:.4}) ORDER BY id",
        percent.min(100.0)
    );
    let rows: Vec<Row> = Statement::once(sample).load(db)?;
    let readers = usize::try_from(readers).unwrap_or(1);
    let cuts = (1..readers).filter_map(|place| rows.get(rows.len() * place / readers));
    let cuts = cuts.map(|row| row.id.clone()).collect();
    Ok(between(cuts)
        .map(|(after, upto)| Part(Span::Ids(after, upto)))
        .collect())
}

/// The spans that cuts make: one more than there are of them.
fn between<T: Clone>(cuts: Vec<T>) -> impl Iterator<Item = (Option<T>, Option<T>)> {
    let ends: Vec<Option<T>> = cuts.into_iter().map(Some).collect();
    let begins: Vec<Option<T>> = std::iter::once(None).chain(ends.clone()).collect();
    begins
        .into_iter()
        .zip(ends.into_iter().chain(std::iter::once(None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_make_spans_that_leave_nothing_out() {
        let spans: Vec<_> = between(vec![3, 7]).collect();
        assert_eq!(spans, [(None, Some(3)), (Some(3), Some(7)), (Some(7), None)]);
        assert_eq!(between::<i64>(Vec::new()).collect::<Vec<_>>(), [(None, None)]);
    }
}
