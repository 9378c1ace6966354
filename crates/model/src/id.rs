//! Ids as types, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    )+};
}

ids! {
    /// Id of a project.
    ProjectId;
    /// Id of a group or a personal namespace.
    NamespaceId;
    /// Id of a user.
    UserId;
    /// Id of an access token.
    TokenId;
    /// Id of an event.
    EventId;
    /// Id of a delivery.
    DeliveryId;
    /// Id of an integration's settings at one level.
    SettingsId;
}
