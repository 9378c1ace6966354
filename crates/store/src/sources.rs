//! The sources of projects.

use crate::rows::columns;
use crate::sql::params;
use crate::{Sql, StoreError};
use model::SourceKind;
use model::id::ProjectId;

/// A project's stored source; the secrets are sealed.
#[derive(Clone, Debug, Default)]
pub struct SourceRow {
    /// kind of host
    pub kind: SourceKind,
    /// the project's page there, empty when it has none
    pub web_url: String,
    /// path of the bare repository on this machine, empty when it has none
    pub repository_path: String,
    /// base of the host's API, empty when unknown
    pub api_url: String,
    /// the hook's secret, sealed
    pub secret: Option<Vec<u8>>,
    /// a token for the host's API, sealed
    pub api_token: Option<Vec<u8>>,
}

columns!(SourceRow, "s.": kind, web_url, repository_path, api_url, secret, api_token);

/// The context that a project's hook secret is sealed with.
pub fn secret_context(project_id: ProjectId) -> String {
    format!("sources:{project_id}:secret")
}

/// The context that a project's API token is sealed with.
pub fn api_token_context(project_id: ProjectId) -> String {
    format!("sources:{project_id}:api_token")
}

/// The source of a project, if one is set.
pub fn get(sql: &mut dyn Sql, project_id: ProjectId) -> Result<Option<SourceRow>, StoreError> {
    let columns = SourceRow::COLUMNS;
    let query = format!("SELECT {columns} FROM sources s WHERE s.project_id = ?1");
    sql.find(&query, params![project_id])
}

/// All sources with the full path of their project, by path.
pub fn with_paths(sql: &mut dyn Sql) -> Result<Vec<(String, SourceRow)>, StoreError> {
    let columns = SourceRow::COLUMNS;
    let query = format!(
        "SELECT p.full_path, {columns} FROM sources s JOIN projects p ON p.id = s.project_id ORDER BY p.full_path"
    );
    sql.list(&query, &[])
}

/// Sets the source of a project.
pub fn put(sql: &mut dyn Sql, project_id: ProjectId, source: &SourceRow) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO sources (project_id, kind, web_url, repository_path, api_url, secret, api_token)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (project_id) DO UPDATE SET kind = excluded.kind, web_url = excluded.web_url,
             repository_path = excluded.repository_path, api_url = excluded.api_url,
             secret = excluded.secret, api_token = excluded.api_token",
        params![
            project_id,
            source.kind.name(),
            &source.web_url,
            &source.repository_path,
            &source.api_url,
            source.secret.clone(),
            source.api_token.clone(),
        ],
    )?;
    Ok(())
}
