//! Logs: structured, one line an entry, to standard error.

use crate::config::LogFormat;
use tracing::Level;
use tracing_subscriber::fmt;

/// Starts logging for the whole program; a second call changes nothing.
pub(crate) fn start(format: LogFormat, level: Level) {
    let builder = fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_target(false);
    // Fails only when logging has been started before.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
