//! # Pushover
//!
//! ## What it does
//!
//! Keeps whom of Pushover's users pushes are to be told, and how loudly. Crosstie keeps these settings
//! and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Pushover, register an *application* and copy its API token; copy your user key, or that of a
//!    delivery group, from the start page.
//! 2. Enter them as `api_key` and `user_key`, choose a priority, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "api_key=secret&user_key=secret&priority=0" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/pushover"
//! ```
//!
//! ## Events
//!
//! The switch is kept. Crosstie does not act on pushes for this integration yet.
//!
//! ## Limits
//!
//! Nothing is sent, so there is nothing that could be tried.

use crate::setting::settings;
use crate::{Category, Form, Integration, Setting};
use model::{Kind, Trigger};

settings! {
    /// API token of the application at Pushover.
    api_key: Setting::secret("API key").required(),
    /// Key of the user or group that is told.
    user_key: Setting::secret("User key").required(),
    /// Names of the user's devices, separated by commas; all when empty.
    device: Setting::text("Device"),
    /// How much the notice disturbs.
    priority: Setting::one_of("Priority", &["-2", "-1", "0", "1"], &["lowest", "low", "normal", "high"]).required(),
    /// Sound that the notice makes.
    sound: Setting::one_of("Sound", SOUNDS, SOUND_NAMES),
}

/// Pushover's sounds; the first is the choice of none.
const SOUNDS: &[&str] = &[
    "", "pushover", "bike", "bugle", "cashregister", "classical", "cosmic", "falling", "gamelan",
    "incoming", "intermission", "magic", "mechanical", "pianobar", "siren", "spacealarm",
    "tugboat", "alien", "climb", "persistent", "echo", "updown", "none",
];

const SOUND_NAMES: &[&str] = &[
    "the device's own", "Pushover", "Bike", "Bugle", "Cash register", "Classical", "Cosmic",
    "Falling", "Gamelan", "Incoming", "Intermission", "Magic", "Mechanical", "Piano bar", "Siren",
    "Space alarm", "Tug boat", "Alien alarm, long", "Climb, long", "Persistent, long",
    "Echo, long", "Up and down, long", "none",
];

// Both lists speak of the same sounds.
const _: () = assert!(SOUNDS.len() == SOUND_NAMES.len());

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pushover",
    title: "Pushover",
    summary: "Tells a user of Pushover of pushes to a project.",
    category: Category::Notification,
    source: include_str!("pushover.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    form: Form::Passive(None),
    ..Integration::BLANK
};
