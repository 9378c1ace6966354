//! The little that the queries need of a database.

use crate::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;
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

    /// Runs an `INSERT` of one row into a table that counts ids up; answers the row's id, or `None`
    /// when its `ON CONFLICT` says to do nothing.
    ///
    /// Faster than `RETURNING`, for which SQLite first copies every page that the row changes.
    fn insert(&mut self, sql: &str, params: &[Value]) -> Result<Option<i64>, StoreError>;

    /// Runs several statements without parameters, for migrations.
    fn script(&mut self, sql: &str) -> Result<(), StoreError>;
}

impl dyn Sql + '_ {
    /// The first row, if there is one.
    pub fn one(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params)?.into_iter().next())
    }

    /// [`insert`](Sql::insert) of a row that cannot but be new.
    pub fn insert_new(&mut self, sql: &str, params: &[Value]) -> Result<i64, StoreError> {
        self.insert(sql, params)?
            .ok_or_else(|| StoreError::Broken("a new row has no id".to_owned()))
    }

    /// The first value of the first row, a number; 0 when there is none.
    pub fn number(&mut self, sql: &str, params: &[Value]) -> Result<i64, StoreError> {
        self.one(sql, params)?.map_or(Ok(0), |row| row.int(0))
    }
}

/// A row of a result, read by position.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<Value>);

impl Row {
    fn wrong(&self, index: usize, wanted: &str) -> StoreError {
        StoreError::Broken(format!(
            "column {index} is {:?}, not {wanted}",
            self.0.get(index)
        ))
    }

    /// A number.
    pub fn int(&self, index: usize) -> Result<i64, StoreError> {
        match self.0.get(index) {
            Some(Value::Int(number)) => Ok(*number),
            _ => Err(self.wrong(index, "a number")),
        }
    }

    /// A number or nothing.
    pub fn opt_int(&self, index: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => self.int(index).map(Some),
        }
    }

    /// A truth value.
    pub fn flag(&self, index: usize) -> Result<bool, StoreError> {
        Ok(self.int(index)? != 0)
    }

    /// Text.
    pub fn text(&self, index: usize) -> Result<String, StoreError> {
        self.shared_text(index).map(|text| text.as_ref().to_owned())
    }

    /// Text, without a copy.
    pub fn shared_text(&self, index: usize) -> Result<Arc<str>, StoreError> {
        match self.0.get(index) {
            Some(Value::Text(text)) => Ok(Arc::clone(text)),
            _ => Err(self.wrong(index, "text")),
        }
    }

    /// Text or nothing.
    pub fn opt_text(&self, index: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => self.text(index).map(Some),
        }
    }

    /// Bytes or nothing.
    pub fn opt_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            Some(Value::Bytes(bytes)) => Ok(Some(bytes.clone())),
            _ => Err(self.wrong(index, "bytes")),
        }
    }

    /// A time.
    pub fn time(&self, index: usize) -> Result<Timestamp, StoreError> {
        let milliseconds = self.int(index)?;
        Timestamp::from_millisecond(milliseconds).map_err(|_| self.wrong(index, "a time"))
    }

    /// A time or nothing.
    pub fn opt_time(&self, index: usize) -> Result<Option<Timestamp>, StoreError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => self.time(index).map(Some),
        }
    }

    /// A date or nothing.
    pub fn opt_date(&self, index: usize) -> Result<Option<Date>, StoreError> {
        let text = self.opt_text(index)?;
        let date = text.map(|text| text.parse().map_err(|_| self.wrong(index, "a date")));
        date.transpose()
    }

    /// JSON kept as text.
    pub fn json(&self, index: usize) -> Result<serde_json::Value, StoreError> {
        serde_json::from_str(&self.text(index)?).map_err(|_| self.wrong(index, "JSON"))
    }

    /// A JSON object kept as text.
    pub fn object(
        &self,
        index: usize,
    ) -> Result<serde_json::Map<String, serde_json::Value>, StoreError> {
        match self.json(index)? {
            serde_json::Value::Object(map) => Ok(map),
            _ => Err(self.wrong(index, "a JSON object")),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.as_millisecond())
    }
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
