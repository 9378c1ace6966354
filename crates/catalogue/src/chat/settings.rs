//! The settings that several chat integrations share, each declared once.

use crate::{Setting, branches};

/// The settings of a chat that has channels, in the order shown.
pub(crate) const FOR_CHANNELS: &[Setting] = &[
    CHANNEL,
    BROKEN_PIPELINES,
    CHANGED_PIPELINES,
    DEFAULT_BRANCH,
    BRANCHES,
    LABELS,
    LABELS_BEHAVIOR,
    PUSH_CHANNEL,
    TAG_PUSH_CHANNEL,
    ISSUE_CHANNEL,
    CONFIDENTIAL_ISSUE_CHANNEL,
    INCIDENT_CHANNEL,
    MERGE_REQUEST_CHANNEL,
    NOTE_CHANNEL,
    CONFIDENTIAL_NOTE_CHANNEL,
    PIPELINE_CHANNEL,
    WIKI_PAGE_CHANNEL,
    DEPLOYMENT_CHANNEL,
    VULNERABILITY_CHANNEL,
];

/// The channels that only Slack has, in the order shown.
pub(crate) const SLACK_CHANNELS: &[Setting] = &[
    ALERT_CHANNEL,
    GROUP_MENTION_CHANNEL,
    GROUP_CONFIDENTIAL_MENTION_CHANNEL,
];

const CHANNEL: Setting = Setting::text("Default channel").named(
    "channel",
    &["Channel for events that have no channel of their own; separate several by commas."],
);

pub(crate) const BROKEN_PIPELINES: Setting = Setting::boolean("Notify only broken pipelines", true)
    .named(
        "notify_only_broken_pipelines",
        &["Notify about a pipeline only when it failed."],
    );

pub(crate) const CHANGED_PIPELINES: Setting =
    Setting::boolean("Notify only when pipeline status changes", false).named(
        "notify_only_when_pipeline_status_changes",
        &["Notify about a pipeline only when its status differs from that of the one before it."],
    );

pub(crate) const DEFAULT_BRANCH: Setting = Setting::boolean("Notify only default branch", false)
    .named(
        "notify_only_default_branch",
        &["Deprecated: ignored once `branches_to_be_notified` is set."],
    );

pub(crate) const BRANCHES: Setting = Setting::choice(
    "Branches for which notifications are to be sent",
    "default",
    branches::CHOICES,
    branches::MEANINGS,
)
.named(
    "branches_to_be_notified",
    &["Branches whose pushes, pipelines and deployments are sent."],
);

const LABELS: Setting = Setting::text("Labels to be notified").named(
    "labels_to_be_notified",
    &[
        "Notify only about issues, merge requests and comments with these labels, separated by commas;",
        "about all of them when empty.",
    ],
);

const LABELS_BEHAVIOR: Setting = Setting::choice(
    "Labels to be notified behavior",
    "match_any",
    &["match_any", "match_all"],
    &["one is enough", "all are needed"],
)
.named(
    "labels_to_be_notified_behavior",
    &["Whether one of these labels is enough, or all of them are needed."],
);

const PUSH_CHANNEL: Setting =
    Setting::text("Push channel").named("push_channel", &["Channels for pushes to branches."]);

const TAG_PUSH_CHANNEL: Setting =
    Setting::text("Tag push channel").named("tag_push_channel", &["Channels for pushes of tags."]);

const ISSUE_CHANNEL: Setting =
    Setting::text("Issue channel").named("issue_channel", &["Channels for issues and work items."]);

const CONFIDENTIAL_ISSUE_CHANNEL: Setting = Setting::text("Confidential issue channel").named(
    "confidential_issue_channel",
    &["Channels for confidential issues and work items; those for issues when empty."],
);

const INCIDENT_CHANNEL: Setting = Setting::text("Incident channel")
    .also(&["incidents_channel"])
    .named("incident_channel", &["Channels for incidents."]);

const MERGE_REQUEST_CHANNEL: Setting = Setting::text("Merge request channel")
    .named("merge_request_channel", &["Channels for merge requests."]);

const NOTE_CHANNEL: Setting =
    Setting::text("Note channel").named("note_channel", &["Channels for comments."]);

const CONFIDENTIAL_NOTE_CHANNEL: Setting = Setting::text("Confidential note channel").named(
    "confidential_note_channel",
    &[
        "Channels for internal notes and comments on confidential issues;",
        "those for comments when empty.",
    ],
);

const PIPELINE_CHANNEL: Setting =
    Setting::text("Pipeline channel").named("pipeline_channel", &["Channels for pipelines."]);

const WIKI_PAGE_CHANNEL: Setting =
    Setting::text("Wiki page channel").named("wiki_page_channel", &["Channels for wiki pages."]);

const DEPLOYMENT_CHANNEL: Setting =
    Setting::text("Deployment channel").named("deployment_channel", &["Channels for deployments."]);

const VULNERABILITY_CHANNEL: Setting = Setting::text("Vulnerability channel")
    .named("vulnerability_channel", &["Channels for vulnerabilities."]);

const ALERT_CHANNEL: Setting =
    Setting::text("Alert channel").named("alert_channel", &["Channels for alerts."]);

const GROUP_MENTION_CHANNEL: Setting = Setting::text("Group mention channel")
    .also(&["group_mentions_channel"])
    .named(
        "group_mention_channel",
        &["Channels for mentions of a group in public places."],
    );

const GROUP_CONFIDENTIAL_MENTION_CHANNEL: Setting =
    Setting::text("Group confidential mention channel")
        .also(&["group_confidential_mentions_channel"])
        .named(
            "group_confidential_mention_channel",
            &["Channels for mentions of a group in confidential places."],
        );
