//! The post-receive script, with as little shell as possible.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// The line that identifies a Crosstie hook. Do not change it: installed scripts have it.
const MARK: &str = "# crosstie-hook: written by \"crosstie hook install\", taken away by \"crosstie hook uninstall\"";
/// The new name of a previous hook, in the same folder so that it finds other files there.
pub(super) const PREVIOUS: &str = "post-receive.before-crosstie";

/// Whether a script is a Crosstie hook.
pub(super) fn is_crosstie_hook(script: &[u8]) -> bool {
    script
        .split(|byte| *byte == b'\n')
        .any(|line| line == MARK.as_bytes())
}

/// The script.
///
/// `own` is the git folder if only this repository uses the hooks folder.
/// If several share one (`core.hooksPath`), the repository is that of git's working
/// directory, and those without a `hook.json` are skipped.
pub(super) fn text(binary: &Path, own: Option<&Path>) -> Vec<u8> {
    let mut script = format!("#!/bin/sh\n{MARK}\n").into_bytes();
    script.extend_from_slice(b"crosstie=");
    script.extend(quoted(binary.as_os_str()));
    script.extend_from_slice(b"\nrepo=${GIT_DIR:-.}\n");
    if let Some(git_dir) = own {
        script.extend_from_slice(b"[ -f \"$repo/crosstie/hook.json\" ] || repo=");
        script.extend(quoted(git_dir.as_os_str()));
        script.push(b'\n');
    }
    let skip = if own.is_some() {
        "if"
    } else {
        "if [ ! -f \"$repo/crosstie/hook.json\" ]; then\n  :\nelif"
    };
    script.extend_from_slice(
        format!(
            r#"case $0 in */*) here=${{0%/*}} ;; *) here=. ;; esac
refs=$(cat)
status=0
if [ -f "$here/{PREVIOUS}" ] && [ -x "$here/{PREVIOUS}" ]; then
  printf '%s\n' "$refs" | "$here/{PREVIOUS}" "$@"
  status=$?
fi
{skip} [ -f "$crosstie" ] && [ -x "$crosstie" ]; then
  printf '%s\n' "$refs" | "$crosstie" hook run --repo "$repo" || :
else
  printf '%s\n' "crosstie: this push is not reported, $crosstie is missing (run \"crosstie hook install\" again)" >&2
fi
exit "$status"
"#
        )
        .as_bytes(),
    );
    script
}

/// The text, quoted as one word for `sh`.
fn quoted(text: &OsStr) -> Vec<u8> {
    let mut word = vec![b'\''];
    for byte in text.as_bytes() {
        match byte {
            b'\'' => word.extend_from_slice(br"'\''"),
            _ => word.push(*byte),
        }
    }
    word.push(b'\'');
    word
}

/// A path to type in a shell: quoted if necessary.
pub(super) fn readable(path: &Path) -> String {
    let plain = path
        .as_os_str()
        .as_bytes()
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+,:@%".contains(byte));
    if plain {
        path.display().to_string()
    } else {
        String::from_utf8_lossy(&quoted(path.as_os_str())).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_recognized() {
        assert!(is_crosstie_hook(&text(Path::new("/x"), None)));
        assert!(is_crosstie_hook(&text(
            Path::new("/x"),
            Some(Path::new("/r"))
        )));
        assert!(!is_crosstie_hook(b"#!/bin/sh\nexec crosstie-hook\n"));
    }

    #[test]
    fn paths_are_quoted_where_they_must_be() {
        assert_eq!(readable(Path::new("/srv/a-1.git")), "/srv/a-1.git");
        assert_eq!(readable(Path::new("/srv/a b's")), r"'/srv/a b'\''s'");
        assert_eq!(readable(Path::new("/srv/$x")), "'/srv/$x'");
    }
}
