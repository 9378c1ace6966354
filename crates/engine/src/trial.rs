//! Trying settings against the tool, changing nothing there.

use crate::surroundings::context;
use crate::{Engine, UnsealError, unseal};
use catalogue::Integration;
use outbound::{Recorder, Redactor};
use serde_json::Value;
use store::settings::SettingsRow;
use store::surroundings::Surroundings;

/// Why the tool could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// the secrets cannot be opened
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// the tool said no, or nothing
    #[error("{0}")]
    Failed(String),
}

impl Engine {
    /// Tries a row's settings; answers what the tool says of itself.
    pub async fn test(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        project: &Surroundings,
    ) -> Result<Value, TrialError> {
        let values = unseal(integration, row, &self.parts.keyring)?;
        let context = context(
            project,
            row,
            None,
            &self.parts.external_url,
            self.parts.clock.now(),
        );
        let redactor = Redactor::new(values.secrets(), &values.texts());
        let mut net = Recorder::new(&self.parts.outbound, redactor.clone());
        let result = integration
            .conversation
            .test(&values, &context, &mut net)
            .await;
        result.map_err(|failure| TrialError::Failed(redactor.clean(failure.why()).into_owned()))
    }
}
