//! Credentials that a tool has refused are not sent again.
//!
//! Many tools lock an account after repeated failed logins. A refusal is therefore stored in the
//! tool state beside the settings, under a name that no integration uses, until the settings are saved
//! again or a test succeeds.

use catalogue::Failure;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::settings::SettingsRow;

/// The refusal's name in the tool state.
const NAME: &str = "refused";

/// The failure of every attempt with refused credentials.
pub(crate) fn remembered(row: &SettingsRow) -> Option<Failure> {
    let refusal = row.tool_state.get(NAME)?;
    let text = |name: &str| refusal[name].as_str().unwrap_or_default();
    Some(Failure::give_up(format!(
        "not sent: these credentials were refused at {} ({}); save the settings again or run the test, then retry",
        text("at"),
        text("why"),
    )))
}

/// The tool state with a refusal.
pub(crate) fn with(state: &Map<String, Value>, why: &str, at: Timestamp) -> Map<String, Value> {
    let mut state = state.clone();
    let at = format!("{at:.0}");
    state.insert(NAME.into(), json!({ "at": at, "why": why }));
    state
}

/// The tool state without a refusal; `None` when there was none.
pub(crate) fn without(state: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut state = state.clone();
    state.remove(NAME).map(|_| state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::SettingsId;
    use store::settings::Level;

    fn row(tool_state: Map<String, Value>) -> SettingsRow {
        SettingsRow {
            id: SettingsId(1),
            level: Level::Instance,
            slug: "x".into(),
            inherits: false,
            active: true,
            triggers: Map::new(),
            fields: Map::new(),
            secrets: None,
            tool_state,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_refusal_is_stored_beside_other_tool_state_and_shown_with_its_time() {
        let state = Map::from_iter([("deployment".to_owned(), json!("cloud"))]);
        assert_eq!(remembered(&row(state.clone())), None);
        let at: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let refused = with(&state, "wrong password", at);
        assert_eq!(refused["deployment"], "cloud");
        let failure = remembered(&row(refused.clone())).unwrap();
        assert!(
            failure
                .why
                .contains("refused at 2026-01-02T03:04:05Z (wrong password)"),
            "{failure:?}"
        );
        assert_eq!(without(&refused), Some(state.clone()));
        assert_eq!(without(&state), None);
    }
}
