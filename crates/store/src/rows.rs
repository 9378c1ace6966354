//! Reads rows into types that declare their columns.

use crate::{Row, Sql, StoreError, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use model::access::{AccessLevel, Scope, Visibility};
use model::id::{DeliveryId, EventId, NamespaceId, ProjectId, SettingsId, TokenId, UserId};
use model::{Outcome, Recorded, SourceKind, Status};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The columns of a row, read one after the other.
pub struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

/// A type that is read from one column or more.
pub trait FromColumns: Sized {
    /// Reads its columns.
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError>;
}

impl<'a> Columns<'a> {
    /// Reads the next value.
    pub fn read<T: FromColumns>(&mut self) -> Result<T, StoreError> {
        T::from_columns(self)
    }

    /// Reads text that `parse` accepts.
    pub(crate) fn parse<T>(
        &mut self,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        self.get(wanted, |value| match value {
            Value::Text(text) => parse(text),
            _ => None,
        })
    }

    fn get<T>(
        &mut self,
        wanted: &str,
        get: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, StoreError> {
        let (index, value) = (self.next, self.row.0.get(self.next));
        self.next += 1;
        let wrong = || StoreError::broken(format!("column {index} is {value:?}, not {wanted}"));
        value.and_then(get).ok_or_else(wrong)
    }
}

impl Row {
    /// Its columns, from the first on.
    pub fn columns(&self) -> Columns<'_> {
        Columns { row: self, next: 0 }
    }

    /// Reads the row from its first column on.
    pub fn read<T: FromColumns>(&self) -> Result<T, StoreError> {
        self.columns().read()
    }
}

impl dyn Sql + '_ {
    /// The number in the first column of the first row; 0 if there is none.
    pub fn number(&mut self, sql: &str, params: &[Value]) -> Result<i64, StoreError> {
        Ok(self
            .find::<Option<i64>>(sql, params)?
            .flatten()
            .unwrap_or(0))
    }

    /// The first row of a query.
    pub fn find<T: FromColumns>(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<Option<T>, StoreError> {
        self.rows(sql, params)?.first().map(Row::read).transpose()
    }

    /// All rows of a query.
    pub fn list<T: FromColumns>(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<Vec<T>, StoreError> {
        self.rows(sql, params)?.iter().map(Row::read).collect()
    }

    /// The row that a statement with `RETURNING` has inserted or changed.
    pub fn returned<T: FromColumns>(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<T, StoreError> {
        let row = self.find(sql, params)?;
        row.ok_or_else(|| StoreError::broken("a written row was not returned"))
    }
}

/// Implements [`FromColumns`] for a struct, and `COLUMNS` for its queries: each field's column has
/// the field's name after the prefix, or the name given. Fields after a semicolon are types with
/// columns of their own, which queries select after these.
macro_rules! columns {
    (@name $prefix:literal $field:ident) => {
        concat!($prefix, stringify!($field))
    };
    (@name $prefix:literal $field:ident $column:literal) => {
        $column
    };
    ($type:ty, $prefix:literal: $($field:ident $(= $column:literal)?),+ $(; $nested:ident)?) => {
        impl $type {
            pub(crate) const COLUMNS: &'static str =
                concat!($(", ", $crate::rows::columns!(@name $prefix $field $($column)?)),+)
                    .split_at(2)
                    .1;
        }

        impl $crate::rows::FromColumns for $type {
            fn from_columns(columns: &mut $crate::rows::Columns<'_>) -> Result<Self, $crate::StoreError> {
                Ok(Self {
                    $($field: columns.read()?,)+
                    $($nested: columns.read()?,)?
                })
            }
        }
    };
}
pub(crate) use columns;

/// Types that are read from one value.
macro_rules! from_value {
    ($($type:ty: $wanted:literal, $pattern:pat => $get:expr;)+) => {$(
        impl FromColumns for $type {
            fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
                columns.get($wanted, |value| match value {
                    $pattern => $get,
                    _ => None,
                })
            }
        }
    )+};
}

from_value! {
    i64: "a number", Value::Int(number) => Some(*number);
    bool: "a flag", Value::Int(number) => Some(*number != 0);
    Timestamp: "a time", Value::Int(milliseconds) => Self::from_millisecond(*milliseconds).ok();
    ProjectId: "an id", Value::Int(id) => Some(Self(*id));
    NamespaceId: "an id", Value::Int(id) => Some(Self(*id));
    UserId: "an id", Value::Int(id) => Some(Self(*id));
    TokenId: "an id", Value::Int(id) => Some(Self(*id));
    EventId: "an id", Value::Int(id) => Some(Self(*id));
    DeliveryId: "an id", Value::Int(id) => Some(Self(*id));
    SettingsId: "an id", Value::Int(id) => Some(Self(*id));
    AccessLevel: "an access level", Value::Int(level) => Self::try_from(*level).ok();
    Vec<u8>: "bytes", Value::Bytes(bytes) => Some(bytes.clone());
    Arc<str>: "text", Value::Text(text) => Some(Self::clone(text));
    String: "text", Value::Text(text) => Some(text.as_ref().to_owned());
    Date: "a date", Value::Text(text) => text.parse().ok();
    Status: "a status", Value::Text(name) => Self::from_name(name);
    Visibility: "a visibility", Value::Text(name) => Self::from_name(name);
    SourceKind: "a kind of source", Value::Text(name) => Self::from_name(name);
    Outcome: "an outcome", Value::Text(name) => serde_json::from_value(name.as_ref().into()).ok();
    Map<String, Json>: "a JSON object", Value::Text(json) => serde_json::from_str(json).ok();
    Vec<String>: "a JSON array", Value::Text(json) => serde_json::from_str(json).ok();
    Vec<Recorded>: "requests", Value::Text(json) => serde_json::from_str(json).ok();
    Vec<Scope>: "scopes", Value::Text(names) => Some(scopes(names));
}

fn scopes(names: &str) -> Vec<Scope> {
    let names = names.split_whitespace();
    names.filter_map(Scope::from_name).collect()
}

/// NULL is `None`; for types of one column.
impl<T: FromColumns> FromColumns for Option<T> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        if let Some(Value::Null) = columns.row.0.get(columns.next) {
            columns.next += 1;
            return Ok(None);
        }
        columns.read().map(Some)
    }
}

impl<A: FromColumns, B: FromColumns> FromColumns for (A, B) {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok((columns.read()?, columns.read()?))
    }
}
