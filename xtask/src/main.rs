//! What a developer of Crosstie runs: `cargo xtask <command>`.
//!
//! It depends on nothing but the standard library, so that it builds in a second.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling a developer at a terminal what happens is this program's job"
)]

mod bench;
mod conformance;
mod deny;
mod env;
mod generate;
mod setup;
mod sh;
mod test;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use sh::Outcome;

const HELP: &str = "\
Usage: cargo xtask <command>

  test [FILTER…]             everything a change must pass; with a filter, only the tests it names
                             (all arguments go to `cargo test`)
  gen [--check]              writes docs/reference from the code; --check fails if it is out of date
  tidy                       the project's rules: file sizes, layering, module circles, names, commits, …
  bench [NAME…] [--quick]    benchmarks, in release mode (`--help` lists them)
  conformance [--shared DIR] checks against recorded payloads and official API descriptions
                             (by default in ../shared)
  deny                       licenses, bans, duplicates and advisories of dependencies (cargo-deny)
  help                       this text";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&env::root(), &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(root: &Path, args: &[&str]) -> Outcome {
    match args {
        ["test", rest @ ..] => test::run(root, rest),
        ["gen"] => generate::write(root),
        ["gen", "--check"] => generate::check(root),
        ["tidy"] => tidy::run(root),
        ["bench", rest @ ..] => bench::run(root, rest),
        ["conformance"] => conformance::run(root, &root.join("../shared")),
        ["conformance", "--shared", folder] => conformance::run(root, Path::new(folder)),
        ["deny"] => deny::run(root),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!(
            "cannot make sense of `{}`\n\n{HELP}",
            other.join(" ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_or_option_is_refused_with_the_list_of_all() {
        for args in [
            &["tset"][..],
            &["gen", "--chek"],
            &["conformance", "--shared"],
        ] {
            let why = dispatch(Path::new("."), args).expect_err("it must be refused");
            assert!(why.starts_with(&format!("cannot make sense of `{}`", args.join(" "))));
            assert!(why.contains("conformance [--shared DIR]"));
        }
    }
}
