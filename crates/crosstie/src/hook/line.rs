//! The one-line messages for pushers and administrators.

use super::script;
use super::send::Tally;
use super::spool::Spool;
use std::path::Path;

/// The message for a push; `None` if everything was sent.
///
/// `gaps` are the parts that could not be read, `unspooled` the reason why events were not spooled.
pub(super) fn of_push(
    git_dir: &Path,
    tally: &Tally,
    gaps: &[String],
    unspooled: Option<&str>,
) -> Option<String> {
    let mut parts = Vec::new();
    let reason = tally.reason.as_deref().unwrap_or("sending was interrupted");
    if tally.spooled > 0 {
        parts.push(format!(
            "{} queued, {reason} (run \"{}\" or push again)",
            events(tally.spooled),
            flush_command(git_dir)
        ));
    }
    parts.extend(refusals(git_dir, tally));
    if let Some(why) = unspooled {
        let spool = Spool::of(git_dir);
        let folder = spool.folder().display();
        let sent = match (tally.lost, tally.spooled) {
            (0, _) => "sent at once instead".to_owned(),
            (lost, 0) => format!("{} lost: {reason}", events(lost)),
            (lost, _) => format!("{} lost", events(lost)),
        };
        parts.push(format!(
            "events cannot be queued in {folder} ({why}), {sent}"
        ));
    } else if let (0, Some(reason)) = (tally.spooled, &tally.reason) {
        parts.push(reason.clone());
    }
    parts.extend_from_slice(gaps);
    (!parts.is_empty()).then(|| one_line(&parts))
}

/// The summary of a flush.
pub(super) fn of_flush(git_dir: &Path, tally: &Tally) -> String {
    let mut parts = vec![format!("{} sent", events(tally.sent))];
    if tally.spooled > 0 {
        parts.push(format!("{} queued", events(tally.spooled)));
    }
    parts.extend(tally.reason.clone());
    parts.extend(refusals(git_dir, tally));
    if parts.len() == 1 {
        parts.push("the queue is empty".into());
    }
    one_line(&parts)
}

fn refusals(git_dir: &Path, tally: &Tally) -> Option<String> {
    let first = tally.refused.first()?;
    let folder = Spool::of(git_dir).refused_folder();
    Some(format!(
        "{} rejected ({first}), see {}",
        events(tally.refused.len()),
        folder.display()
    ))
}

/// "1 event", "2 events".
pub(super) fn events(number: usize) -> String {
    match number {
        1 => "1 event".into(),
        _ => format!("{number} events"),
    }
}

fn flush_command(git_dir: &Path) -> String {
    format!("crosstie hook flush {}", script::readable(git_dir))
}

/// Joins the parts in one line, without control characters of quoted texts.
pub(super) fn one_line(parts: &[String]) -> String {
    let text = format!("crosstie: {}", parts.join("; "));
    let plain = |char: char| if char.is_control() { ' ' } else { char };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tally: &Tally, gaps: &[&str], unspooled: Option<&str>) -> Option<String> {
        let gaps: Vec<_> = gaps.iter().map(|gap| (*gap).to_owned()).collect();
        of_push(Path::new("/srv/a.git"), tally, &gaps, unspooled)
    }

    #[test]
    fn a_good_push_is_silent() {
        let tally = Tally {
            sent: 3,
            ..Tally::default()
        };
        assert_eq!(line(&tally, &[], None), None);
    }

    #[test]
    fn queued_events_are_reported_with_reason_and_remedy() {
        let tally = Tally {
            spooled: 2,
            reason: Some("the server at http://x cannot be\nreached".into()),
            ..Tally::default()
        };
        assert_eq!(
            line(&tally, &["git log took long"], None).as_deref(),
            Some(
                "crosstie: 2 events queued, the server at http://x cannot be reached (run \"crosstie hook flush /srv/a.git\" or push again); git log took long"
            )
        );
    }

    #[test]
    fn an_unwritable_spool_is_reported_with_the_fate_of_the_events() {
        let lost = Tally {
            lost: 1,
            reason: Some("no answer".into()),
            ..Tally::default()
        };
        assert_eq!(
            line(&lost, &[], Some("disk full")).as_deref(),
            Some(
                "crosstie: events cannot be queued in /srv/a.git/crosstie/spool (disk full), 1 event lost: no answer"
            )
        );
        let sent = line(&Tally::default(), &[], Some("disk full")).unwrap();
        assert!(sent.ends_with("sent at once instead"));
    }

    #[test]
    fn a_flush_is_summed_up() {
        let mut tally = Tally {
            sent: 1,
            ..Tally::default()
        };
        let flush = |tally: &Tally| of_flush(Path::new("/r"), tally);
        assert_eq!(flush(&tally), "crosstie: 1 event sent; the queue is empty");
        tally.spooled = 2;
        tally.reason = Some("it is away".into());
        tally.refused = vec!["413: too large".into()];
        assert_eq!(
            flush(&tally),
            "crosstie: 1 event sent; 2 events queued; it is away; 1 event rejected (413: too large), see /r/crosstie/spool/refused"
        );
    }
}
