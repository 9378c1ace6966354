//! The forms in which hosts write times.

use jiff::Timestamp;

/// Reads ISO 8601, `2026-02-03 04:05:06 UTC` and `2026-02-03 04:05:06 +0100`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let (moment, zone) = text.rsplit_once(' ')?;
    let zone = match zone {
        "UTC" => "Z".to_owned(),
        offset if offset.len() == 5 && offset.is_ascii() => {
            format!("{}:{}", &offset[..3], &offset[3..])
        }
        _ => return None,
    };
    format!("{moment}{zone}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for text in [
            "2026-02-03T04:05:06Z",
            "2026-02-03T05:05:06+01:00",
            "2026-02-03T04:05:06.000Z",
            "2026-02-03 04:05:06 UTC",
            "2026-02-03 05:05:06 +0100",
        ] {
            let at = parse(text).map(Timestamp::as_second);
            assert_eq!(at, Some(1_770_091_506), "{text}");
        }
        for text in ["", "soon", "2026-02-03", "2026-02-03 04:05:06 CET"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
