//! What queries need from a database.

use crate::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;
use model::Status;
use model::access::{AccessLevel, Visibility};
use model::id::{DeliveryId, EventId, NamespaceId, ProjectId, SettingsId, TokenId, UserId};
use std::sync::Arc;

/// A value in a query or a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL's NULL
    Null,
    /// a whole number, a truth value, or a time in milliseconds
    Int(i64),
    /// text
    Text(Arc<str>),
    /// bytes
    Bytes(Vec<u8>),
}

/// A connection inside a transaction.
///
/// Parameters are written `?1`, `?2`, …
pub trait Sql {
    /// Runs a query and returns its rows.
    fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Runs a statement and returns how many rows it changed.
    fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError>;

    /// Runs an `INSERT` of one row into a table with an id; returns the id, or `None` if the row was
    /// not inserted because of `ON CONFLICT DO NOTHING`.
    ///
    /// Faster than `RETURNING`, for which SQLite first copies every page that the row changes.
    fn insert(&mut self, sql: &str, params: &[Value]) -> Result<Option<i64>, StoreError>;

    /// Runs several statements without parameters, for migrations.
    fn script(&mut self, sql: &str) -> Result<(), StoreError>;
}

impl dyn Sql + '_ {
    /// [`insert`](Sql::insert) without `ON CONFLICT`.
    pub fn insert_new<T: From<i64>>(
        &mut self,
        sql: &str,
        params: &[Value],
    ) -> Result<T, StoreError> {
        let id = self.insert(sql, params)?.map(T::from);
        id.ok_or_else(|| StoreError::broken("a new row has no id"))
    }
}

/// A row of a result; [`read`](Row::read) converts it.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<Value>);

macro_rules! values {
    ($($type:ty: |$given:ident| $value:expr;)+) => {$(
        impl From<$type> for Value {
            fn from($given: $type) -> Self {
                $value
            }
        }
    )+};
}

values! {
    i64: |number| Self::Int(number);
    bool: |flag| Self::Int(i64::from(flag));
    Timestamp: |time| Self::Int(time.as_millisecond());
    Date: |date| Self::Text(date.to_string().into());
    &str: |text| Self::Text(text.into());
    &String: |text| Self::Text(text.as_str().into());
    String: |text| Self::Text(text.into());
    Arc<str>: |text| Self::Text(text);
    Vec<u8>: |bytes| Self::Bytes(bytes);
    ProjectId: |id| Self::Int(id.0);
    NamespaceId: |id| Self::Int(id.0);
    UserId: |id| Self::Int(id.0);
    TokenId: |id| Self::Int(id.0);
    EventId: |id| Self::Int(id.0);
    DeliveryId: |id| Self::Int(id.0);
    SettingsId: |id| Self::Int(id.0);
    AccessLevel: |level| Self::Int(level.number());
    Visibility: |visibility| Self::Text(visibility.name().into());
    Status: |status| Self::Text(status.name().into());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Parameters of a query: `params![id, name]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Value::from($value)),*]
    };
}
pub(crate) use params;
