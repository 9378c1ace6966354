//! Credentials that a tool has refused are not shown to it again.
//!
//! Many tools lock an account after a few wrong log-ins. A refusal is therefore kept beside the
//! settings row, under a name that no integration uses for what it learns, until the settings are
//! saved anew or a test succeeds.

use catalogue::Failure;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::settings::SettingsRow;

/// Where the refusal stands among what was learned.
const NAME: &str = "refused";

/// Why nothing is sent with this row's credentials, if they were refused.
pub(crate) fn remembered(row: &SettingsRow) -> Option<Failure> {
    let refusal = row.learned.get(NAME)?;
    let text = |name: &str| refusal[name].as_str().unwrap_or_default();
    Some(Failure::Never {
        why: format!(
            "not sent, because these credentials were refused at {} ({}): save the settings again or run the test, then retry",
            text("at"),
            text("why"),
        ),
    })
}

/// What was learned, and that the credentials were refused.
pub(crate) fn with(learned: &Map<String, Value>, why: &str, at: Timestamp) -> Map<String, Value> {
    let mut learned = learned.clone();
    let at = format!("{at:.0}");
    learned.insert(NAME.into(), json!({ "at": at, "why": why }));
    learned
}

/// What was learned, without a refusal; `None` when there was none.
pub(crate) fn without(learned: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut learned = learned.clone();
    learned.remove(NAME).map(|_| learned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::settings::Level;

    fn row(learned: Map<String, Value>) -> SettingsRow {
        SettingsRow {
            id: 1,
            level: Level::Instance,
            slug: "x".into(),
            inherits: false,
            active: true,
            triggers: Map::new(),
            fields: Map::new(),
            secrets: None,
            learned,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_refusal_is_kept_beside_what_else_is_known_and_told_with_its_time() {
        let known = Map::from_iter([("deployment".to_owned(), json!("cloud"))]);
        assert_eq!(remembered(&row(known.clone())), None);
        let at: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let refused = with(&known, "wrong password", at);
        assert_eq!(refused["deployment"], "cloud");
        let failure = remembered(&row(refused.clone())).unwrap();
        assert!(
            failure
                .why()
                .contains("refused at 2026-01-02T03:04:05Z (wrong password)"),
            "{failure:?}"
        );
        assert_eq!(without(&refused), Some(known.clone()));
        assert_eq!(without(&known), None);
    }
}
