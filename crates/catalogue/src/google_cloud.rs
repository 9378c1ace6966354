//! What the integrations with Google Cloud share.

use model::Trigger;

/// The triggers that are enabled by default elsewhere, but not for Google Cloud, which gets no events.
pub(crate) const DISABLED_BY_DEFAULT: &[Trigger] = &[
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
        assert!(on.all(|trigger| DISABLED_BY_DEFAULT.contains(&trigger)));
    }
}
