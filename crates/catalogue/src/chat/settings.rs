//! The settings that chat integrations share, each declared once here.
//!
//! They come in groups, which [`shared!`] puts after an integration's own settings.

/// Declares an integration's own settings and, after them, these groups of shared ones.
macro_rules! shared {
    ([] $($settings:tt)*) => {
        $crate::setting::settings! { $($settings)* }
    };
    ([default_channel $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Channel for events that have none of their own; several separated by commas.
            channel: $crate::Setting::text("Default channel"),
        }
    };
    ([broken_pipelines $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Tell of a pipeline only when it failed.
            notify_only_broken_pipelines: $crate::Setting::boolean("Notify only broken pipelines", true),
        }
    };
    ([changed_pipelines $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Tell of a pipeline only when it ends otherwise than the one before it.
            notify_only_when_pipeline_status_changes: $crate::Setting::boolean("Notify only when pipeline status changes", false),
        }
    };
    ([default_branch $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Forerunner of `branches_to_be_notified`, which counts once it is set.
            notify_only_default_branch: $crate::Setting::boolean("Notify only default branch", false),
        }
    };
    ([branches $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Branches whose pushes, pipelines and deployments are sent.
            branches_to_be_notified: $crate::Setting::choice(
                "Branches for which notifications are to be sent",
                "default",
                $crate::branches::CHOICES,
                $crate::branches::MEANINGS,
            ),
        }
    };
    ([labels $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Tell of issues, merge requests and comments only when they have these labels,
            /// separated by commas; of all when empty.
            labels_to_be_notified: $crate::Setting::text("Labels to be notified"),
            /// Whether one of these labels is enough, or all of them are needed.
            labels_to_be_notified_behavior: $crate::Setting::choice(
                "Labels to be notified behavior",
                "match_any",
                &["match_any", "match_all"],
                &["one is enough", "all are needed"],
            ),
        }
    };
    ([event_channels $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Channels for pushes to branches.
            push_channel: $crate::Setting::text("Push channel"),
            /// Channels for pushes of tags.
            tag_push_channel: $crate::Setting::text("Tag push channel"),
            /// Channels for issues and work items.
            issue_channel: $crate::Setting::text("Issue channel"),
            /// Channels for confidential issues and work items; those for issues when empty.
            confidential_issue_channel: $crate::Setting::text("Confidential issue channel"),
            /// Channels for incidents.
            incident_channel: $crate::Setting::text("Incident channel").also(&["incidents_channel"]),
            /// Channels for merge requests.
            merge_request_channel: $crate::Setting::text("Merge request channel"),
            /// Channels for comments.
            note_channel: $crate::Setting::text("Note channel"),
            /// Channels for internal notes and comments on confidential issues; those for comments
            /// when empty.
            confidential_note_channel: $crate::Setting::text("Confidential note channel"),
            /// Channels for pipelines.
            pipeline_channel: $crate::Setting::text("Pipeline channel"),
            /// Channels for wiki pages.
            wiki_page_channel: $crate::Setting::text("Wiki page channel"),
            /// Channels for deployments.
            deployment_channel: $crate::Setting::text("Deployment channel"),
            /// Channels for vulnerabilities.
            vulnerability_channel: $crate::Setting::text("Vulnerability channel"),
        }
    };
    ([more_channels $($groups:ident)*] $($settings:tt)*) => {
        $crate::chat::settings::shared! { [$($groups)*] $($settings)*
            /// Channels for alerts.
            alert_channel: $crate::Setting::text("Alert channel"),
            /// Channels for mentions of a group in public places.
            group_mention_channel: $crate::Setting::text("Group mention channel")
                .also(&["group_mentions_channel"]),
            /// Channels for mentions of a group in confidential places.
            group_confidential_mention_channel: $crate::Setting::text("Group confidential mention channel")
                .also(&["group_confidential_mentions_channel"]),
        }
    };
}
pub(crate) use shared;

/// Declares an integration's own settings and, after them, those of a chat with channels.
macro_rules! with_channels {
    ([$($groups:ident)*] $($own:tt)*) => {
        $crate::chat::settings::shared! {
            [default_channel broken_pipelines changed_pipelines default_branch branches labels event_channels $($groups)*]
            $($own)*
        }
    };
}
pub(crate) use with_channels;

/// Declares an integration's own settings and, after them, those of a chat without channels.
macro_rules! without_channels {
    ([$($groups:ident)*] $($own:tt)*) => {
        $crate::chat::settings::shared! { [broken_pipelines $($groups)* branches] $($own)* }
    };
}
pub(crate) use without_channels;
