//! Running other programs.

use std::path::Path;
use std::process::Command;

use crate::env;

/// Done, or why not, in words for the developer.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// A call of cargo in the workspace, as if the developer had made it.
pub(crate) fn cargo(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env::cargo());
    for name in env::set_by_cargo_run() {
        command.env_remove(name);
    }
    command.current_dir(root).args(args);
    command
}

/// Runs a program, its output shown as it comes, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|e| format!("cannot start `{}`: {e}", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", shown(command)))
    }
}

/// Runs a program in silence and gives what it printed; if it fails, what it complained about.
pub(crate) fn read(command: &mut Command) -> Outcome<Vec<u8>> {
    let output = command
        .output()
        .map_err(|e| format!("cannot start `{}`: {e}", shown(command)))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "`{}` failed ({}): {}",
        shown(command),
        output.status,
        complaint.trim()
    ))
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_its_complaint() {
        let why = read(Command::new("git").arg("no-such-command")).expect_err("git knows no such");
        assert!(why.starts_with("`git no-such-command` failed"), "{why}");
        assert!(why.contains("): git: "), "{why}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let why = run(&mut Command::new("no-such-program-here")).expect_err("nothing to start");
        assert!(
            why.starts_with("cannot start `no-such-program-here`"),
            "{why}"
        );
    }
}
