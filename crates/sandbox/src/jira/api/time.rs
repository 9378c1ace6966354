//! Times as Jira writes them.

use jiff::Timestamp;

/// As Jira writes a time.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_an_offset_without_colon() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000+0000");
        assert_eq!(
            time("2026-02-03T04:05:06.789Z".parse().unwrap()),
            "2026-02-03T04:05:06.789+0000"
        );
    }
}
