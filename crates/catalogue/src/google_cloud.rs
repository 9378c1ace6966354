//! What the integrations with Google Cloud share.

use model::Trigger;

/// The switches that are on for other integrations until they are set: Google Cloud is told of
/// nothing (CI facts, section 2).
pub(crate) const OFF_AT_FIRST: &[Trigger] = &[
    Trigger::Commit,
    Trigger::Push,
    Trigger::Issues,
    Trigger::Alert,
    Trigger::ConfidentialIssues,
    Trigger::MergeRequests,
    Trigger::TagPush,
    Trigger::Note,
    Trigger::ConfidentialNote,
    Trigger::Pipeline,
    Trigger::WikiPage,
    Trigger::Job,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_that_would_be_on_is_named() {
        let mut on = Trigger::ALL.iter().filter(|row| row.2).map(|row| row.0);
        assert!(on.all(|trigger| OFF_AT_FIRST.contains(&trigger)));
    }
}
