//! # GitLab for Jira Cloud app
//!
//! ## What it does
//!
//! Stores what the app in Jira Cloud needs in addition to a project's development work: the services
//! of Jira Service Management it belongs to, and the environments that Jira may hold deployments to.
//! Crosstie stores these settings but does not act on events yet.
//!
//! ## Set-up
//!
//! 1. The app is installed in Jira and linked to a group there, not by the API.
//! 2. Where it is linked, enter the services and environments, and save.
//!
//! ## Events
//!
//! None of its own: it has no switches.
//!
//! ## Limits
//!
//! At most 100 services. It can be set up for projects and groups, and not for the instance.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Levels, Setting, Values};

settings! {
    /// Ids of services in Jira Service Management, separated by commas.
    jira_cloud_app_service_ids: Setting::text("Service IDs").max(65_536),
    /// Hold deployments until Jira Service Management approves of them.
    jira_cloud_app_enable_deployment_gating: Setting::boolean("Enable deployment gating", false),
    /// Environments whose deployments are held, separated by commas: `production`, `staging`,
    /// `testing`, `development`.
    jira_cloud_app_deployment_gating_environments: Setting::text("Deployment gating environments"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "jira-cloud-app",
    title: "GitLab for Jira Cloud app",
    summary: "Says which services and environments of Jira Cloud a project belongs to.",
    category: Category::IssueTracker,
    levels: Levels::ProjectAndGroup,
    not_by_api: Some("its app has to be linked from the Jira site first"),
    stays_on: true,
    source: include_str!("jira_cloud_app.rs"),
    settings: SETTINGS,
    validate,
    ..Integration::DEFAULT
};

/// The maximum number of services.
const SERVICES: usize = 100;

const ENVIRONMENTS: [&str; 4] = ["production", "staging", "testing", "development"];

/// Service ids are the `serviceIdOrKeys` of deployments; the rules are GitLab's:
/// <https://developer.atlassian.com/cloud/jira/software/rest/api-group-deployments/>.
fn validate(values: &Values) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let ids = values.text("jira_cloud_app_service_ids");
    let of_id = |letter: char| {
        letter.is_ascii_alphanumeric()
            || letter.is_ascii_whitespace()
            || matches!(letter, '=' | ',' | ':')
    };
    if !ids.chars().all(of_id) {
        errors.push(FieldError::new("jira_cloud_app_service_ids", "is invalid"));
    }
    if ids.split(',').count() > SERVICES {
        let message = format!("cannot have more than {SERVICES} service IDs");
        errors.push(FieldError::new("jira_cloud_app_service_ids", message));
    }
    let names = values.text("jira_cloud_app_deployment_gating_environments");
    let field = "jira_cloud_app_deployment_gating_environments";
    if values.flag("jira_cloud_app_enable_deployment_gating") && names.is_empty() {
        let message = "environment names should be provided if deployment gating has been enabled";
        errors.push(FieldError::new(field, message));
    }
    let is_environment = |name: &str| ENVIRONMENTS.contains(&name.trim());
    if !names.is_empty() && !names.split(',').all(is_environment) {
        let message = format!(
            "only available environment names: {}",
            ENVIRONMENTS.join(",")
        );
        errors.push(FieldError::new(field, message));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    fn wrong(set: Value) -> Vec<&'static str> {
        let Value::Object(plain) = set else {
            panic!("an object")
        };
        let values = Values::new(SETTINGS, plain, BTreeMap::new(), Map::new());
        validate(&values).iter().map(|error| error.field).collect()
    }

    #[test]
    fn services_and_environments_have_rules() {
        let (ids, environments) = (SETTINGS[0].name, SETTINGS[2].name);
        let gate = SETTINGS[1].name;
        let many = vec!["a"; 101].join(",");
        assert_eq!(wrong(json!({})), [""; 0]);
        assert_eq!(
            wrong(json!({ids: "b:Yw==, b:ZA==", gate: true, environments: "production, testing"})),
            [""; 0]
        );
        assert_eq!(wrong(json!({ids: "a/b"})), [ids]);
        assert_eq!(wrong(json!({ids: many})), [ids]);
        assert_eq!(wrong(json!({gate: true})), [environments]);
        assert_eq!(
            wrong(json!({environments: "production,Testing"})),
            [environments]
        );
    }
}
