//! `cargo xtask tidy`: the project's rules as a test. Each rule is a function from the files of the
//! repository to the places that violate it.

mod catalogue;
mod commits;
mod documents;
mod manifests;
mod modules;
mod names;
mod rust;
mod sources;
mod tree;
mod violation;

use std::path::Path;

use crate::sh::Outcome;
use tree::Tree;
use violation::Violation;

/// A rule of the project.
type Rule = fn(&Tree) -> Vec<Violation>;

const RULES: &[Rule] = &[
    sources::every_file_is_text,
    sources::no_file_is_too_long,
    sources::nothing_is_left_undone,
    sources::no_lint_is_switched_off,
    catalogue::list_and_files_agree,
    catalogue::every_integration_is_documented,
    catalogue::no_integration_is_named_elsewhere,
    manifests::dependencies_point_downwards,
    manifests::dependencies_are_declared_once,
    manifests::every_crate_takes_the_house_lints,
    manifests::lock_file_is_small,
    documents::no_path_of_one_machine,
    documents::links_lead_somewhere,
    modules::modules_form_no_circle,
    names::items_use_the_glossarys_words,
];

/// Checks all rules and prints every violation.
pub(crate) fn run(root: &Path) -> Outcome {
    let tree = Tree::read(root)?;
    let mut violations: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    violations.extend(commits::subjects(root)?);
    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => {
            println!("{} rules hold", RULES.len() + 1);
            Ok(())
        }
        1 => Err("a rule is violated in one place".to_owned()),
        count => Err(format!("rules are violated in {count} places")),
    }
}
