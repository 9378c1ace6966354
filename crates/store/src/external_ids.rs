//! Ids that tools gave to what integrations created there, by project, integration and subject.

use crate::sql::params;
use crate::{Sql, StoreError, Value};
use jiff::Timestamp;
use model::id::ProjectId;
use std::collections::BTreeMap;

/// Stores the id of what was created for a subject, replacing an earlier one.
pub fn put(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    integration: &str,
    (subject, external_id): (&str, &str),
    created_at: Timestamp,
) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO external_ids (project_id, integration, subject, external_id, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM projects WHERE id = ?1)
         ON CONFLICT (project_id, integration, subject)
         DO UPDATE SET external_id = excluded.external_id, created_at = excluded.created_at",
        params![project_id, integration, subject, external_id, created_at],
    )?;
    Ok(())
}

/// The ids that are stored for these subjects.
pub fn get(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    integration: &str,
    subjects: &[String],
) -> Result<BTreeMap<String, String>, StoreError> {
    let names: Vec<String> = (0..subjects.len())
        .map(|index| format!("?{}", index + 3))
        .collect();
    let mut given = params![project_id, integration].to_vec();
    given.extend(subjects.iter().map(Value::from));
    let rows: Vec<(String, String)> = sql.list(
        &format!(
            "SELECT subject, external_id FROM external_ids
             WHERE project_id = ?1 AND integration = ?2 AND subject IN ({})",
            names.join(", ")
        ),
        &given,
    )?;
    Ok(rows.into_iter().collect())
}
