//! The branch filters that several integrations share: `branches_to_be_notified` and
//! `restrict_to_branch`.

use crate::{Skip, Values};
use model::Project;

/// The choices of `branches_to_be_notified`.
pub(crate) const CHOICES: &[&str] = &["all", "default", "protected", "default_and_protected"];

/// What each choice means.
pub(crate) const MEANINGS: &[&str] = &[
    "all branches",
    "the default branch",
    "protected branches",
    "the default branch and protected branches",
];

/// Why a branch is filtered out by `branches_to_be_notified`, if it is.
///
/// If the event states whether the branch is protected, the host's word is used.
pub(crate) fn skip_reason(
    values: &Values,
    project: &Project,
    branch: &str,
    protected_on_host: Option<bool>,
) -> Option<Skip> {
    let is_default = branch == project.default_branch;
    let is_protected = || protected_on_host.unwrap_or(false) || project.protects(branch);
    let (wanted, words) = match wanted(values).as_str() {
        "all" => return None,
        "default" => (is_default, "the default branch"),
        "protected" => (is_protected(), "a protected branch"),
        "default_and_protected" => (
            is_default || is_protected(),
            "the default branch or a protected one",
        ),
        other => {
            let why = format!("`branches_to_be_notified` has no such choice: `{other}`");
            return Some(Skip(why));
        }
    };
    (!wanted).then(|| Skip(format!("branch `{branch}` is not {words}")))
}

/// Why a branch is filtered out by `restrict_to_branch`, a comma-separated list; a blank list
/// allows every branch.
pub(crate) fn restricted(values: &Values, branch: &str) -> Option<Skip> {
    let list = values.text("restrict_to_branch");
    let is_named = list.split(',').any(|name| name.trim() == branch);
    (!list.is_empty() && !is_named).then(|| {
        Skip(format!(
            "branch `{branch}` is not listed in `restrict_to_branch`"
        ))
    })
}

/// The setting's value, or that of its predecessor while it was never set.
fn wanted(values: &Values) -> String {
    let predecessor = "notify_only_default_branch";
    if !values.is_set("branches_to_be_notified") && values.is_set(predecessor) {
        let only_default = values.flag(predecessor);
        return if only_default { "default" } else { "all" }.to_owned();
    }
    values.text("branches_to_be_notified")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Setting};
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    static SETTINGS: &[Setting] = &[
        Setting::choice("Branches", "default", CHOICES, MEANINGS)
            .named("branches_to_be_notified", &["Branches."]),
        Setting::boolean("Only default", false).named("notify_only_default_branch", &["Old."]),
    ];

    fn is_notified(set: Value, branch: &str, protected_on_host: Option<bool>) -> bool {
        let Value::Object(plain) = set else {
            panic!("an object")
        };
        let values = Values::new(SETTINGS, plain, BTreeMap::new(), Map::new());
        let mut project = Context::sample().project;
        project.protected_branches = vec!["release/*".into()];
        skip_reason(&values, &project, branch, protected_on_host).is_none()
    }

    #[test]
    fn each_choice_lets_its_branches_through() {
        let rows = [
            ("all", [true, true, true]),
            ("default", [true, false, false]),
            ("protected", [false, true, false]),
            ("default_and_protected", [true, true, false]),
            ("nonsense", [false, false, false]),
        ];
        for (choice, expected) in rows {
            let set = json!({"branches_to_be_notified": choice});
            let seen =
                ["main", "release/1", "wip"].map(|branch| is_notified(set.clone(), branch, None));
            assert_eq!(seen, expected, "{choice}");
        }
        assert!(is_notified(
            json!({"branches_to_be_notified": "protected"}),
            "wip",
            Some(true)
        ));
        assert!(is_notified(
            json!({"branches_to_be_notified": "protected"}),
            "release/1",
            Some(false)
        ));
    }

    #[test]
    fn a_list_restricts_to_the_branches_it_names() {
        static LIST: &[Setting] =
            &[Setting::text("Restrict").named("restrict_to_branch", &["Branches."])];
        for (list, branch, expected) in [
            ("", "wip", true),
            ("main, release/1 ", "release/1", true),
            ("main,release/1", "release", false),
            ("Main", "main", false),
        ] {
            let plain = Map::from_iter([("restrict_to_branch".to_owned(), json!(list))]);
            let values = Values::new(LIST, plain, BTreeMap::new(), Map::new());
            assert_eq!(
                restricted(&values, branch).is_none(),
                expected,
                "{list} {branch}"
            );
        }
    }

    #[test]
    fn the_predecessor_counts_until_the_setting_is_made() {
        assert!(!is_notified(json!({}), "wip", None));
        assert!(is_notified(
            json!({"notify_only_default_branch": false}),
            "wip",
            None
        ));
        assert!(!is_notified(
            json!({"notify_only_default_branch": true}),
            "wip",
            None
        ));
        assert!(is_notified(
            json!({"notify_only_default_branch": true, "branches_to_be_notified": "all"}),
            "wip",
            None
        ));
    }
}
