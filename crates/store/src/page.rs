//! Paginated lists.

use crate::sql::params;
use crate::{FromColumns, Sql, StoreError, Value};

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// 1, 2, 3, …
    pub number: i64,
    /// rows on a page
    pub size: i64,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// the rows of this page
    pub rows: Vec<T>,
    /// how many rows there are on all pages
    pub total: i64,
}

/// Reads a page of `SELECT {columns} FROM {from} ORDER BY {order}` and counts all its rows.
pub(crate) fn read<T: FromColumns>(
    sql: &mut dyn Sql,
    (columns, from, order): (&str, &str, &str),
    given: &[Value],
    page: Page,
) -> Result<Paged<T>, StoreError> {
    let total = sql.number(&format!("SELECT COUNT(*) FROM {from}"), given)?;
    let (limit, offset) = (given.len() + 1, given.len() + 2);
    let query =
        format!("SELECT {columns} FROM {from} ORDER BY {order} LIMIT ?{limit} OFFSET ?{offset}");
    let start = (page.number - 1).saturating_mul(page.size);
    let params: &[Value] = params![page.size, start];
    let rows = sql.list(&query, &[given, params].concat())?;
    Ok(Paged { rows, total })
}
