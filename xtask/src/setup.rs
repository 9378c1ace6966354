//! The outside programs that tests talk to, installed once beside the build cache.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::env;
use crate::sh::{self, Outcome};

/// What goes into the tests' Python environment; a change of this list installs it anew.
const PYTHON_PACKAGES: &[&str] = &["python-gitlab==8.6.0", "schemathesis==4.32.5"];

/// What goes into the tests' Node environment; likewise.
const NODE_PACKAGES: &[&str] = &["@gitbeaker/rest@43.8.0"];

/// The names under which tests know the two environments.
const PYTHON: &str = "python";
const NODE: &str = "node";

/// A program from Debian's packages.
struct Program {
    /// its name in messages
    name: &'static str,
    package: &'static str,
    path: &'static str,
    /// the variable that tells tests where it is
    variable: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "ngircd",
        package: "ngircd",
        path: "/usr/sbin/ngircd",
        variable: "CROSSTIE_NGIRCD",
    },
    Program {
        name: "irkerd",
        package: "irker",
        path: "/usr/bin/irkerd",
        variable: "CROSSTIE_IRKERD",
    },
    Program {
        name: "opensmtpd",
        package: "opensmtpd",
        path: "/usr/sbin/smtpd",
        variable: "CROSSTIE_SMTPD",
    },
];

/// Says which packages an environment holds; written when all are in.
const MARKER: &str = "crosstie-packages";

/// The peers that are there, and those that could not be set up.
#[derive(Default)]
pub(crate) struct Peers {
    /// The variables that tell tests where a peer is.
    found: Vec<(&'static str, PathBuf)>,
    /// What tests will have to do without.
    pub(crate) skipped: Vec<Skipped>,
}

/// A peer that could not be set up.
#[derive(Debug)]
pub(crate) struct Skipped {
    name: &'static str,
    why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.why)
    }
}

impl Peers {
    /// Tells the tests where their peers are, and which to skip.
    pub(crate) fn announce(&self, command: &mut Command) {
        command.envs(self.found.iter().map(|(variable, path)| (variable, path)));
        let names: Vec<&str> = self.skipped.iter().map(|skipped| skipped.name).collect();
        command.env("CROSSTIE_TEST_SKIP", names.join(","));
    }

    /// Takes in how a set-up went. In CI nothing may be missing; elsewhere it is said and skipped.
    fn take(
        &mut self,
        (name, variable): (&'static str, &'static str),
        outcome: Outcome<PathBuf>,
        in_ci: bool,
    ) -> Outcome {
        match outcome {
            Ok(program) => self.found.push((variable, program)),
            Err(why) if in_ci => return Err(format!("cannot set up {name}: {why}")),
            Err(why) => {
                println!("cannot set up {name}, its tests will be skipped: {why}");
                self.skipped.push(Skipped { name, why });
            }
        }
        Ok(())
    }
}

/// Sets up what is not there yet.
pub(crate) fn peers() -> Outcome<Peers> {
    let mut peers = Peers::default();
    let cache = env::target_folder()?;
    let python = python(&cache.join("venv"));
    peers.take((PYTHON, "CROSSTIE_PYTHON"), python, env::in_ci())?;
    let modules = node(&cache.join("node"));
    peers.take((NODE, "CROSSTIE_NODE_MODULES"), modules, env::in_ci())?;
    let installed = install(PROGRAMS);
    for program in PROGRAMS {
        let path = PathBuf::from(program.path);
        let outcome = match &installed {
            _ if path.exists() => Ok(path),
            Ok(()) => Err(format!("{} brought no {}", program.package, program.path)),
            Err(why) => Err(why.clone()),
        };
        peers.take((program.name, program.variable), outcome, env::in_ci())?;
    }
    Ok(peers)
}

/// Installs the packages of the programs that are missing, all with one call.
fn install(programs: &[Program]) -> Outcome {
    let missing: Vec<_> = programs
        .iter()
        .filter(|program| !Path::new(program.path).exists())
        .map(|program| program.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {} with apt-get", missing.join(", "));
    // Run level 1: tests start the servers themselves, so none is to be started as a service.
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.env("RUNLEVEL", "1").args(arguments);
        sh::read(&mut command).map(drop)
    };
    apt(&["update", "-q"])?;
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    apt(&[&install[..], &missing].concat())
}

/// The interpreter of a virtual environment with [`PYTHON_PACKAGES`].
fn python(folder: &Path) -> Outcome<PathBuf> {
    let python = folder.join("bin/python");
    let wanted = PYTHON_PACKAGES.join("\n");
    if python.exists() && is_installed(folder, &wanted) {
        println!("{}: {}", PYTHON, PYTHON_PACKAGES.join(", "));
        return Ok(python);
    }
    println!("{PYTHON}: installing {}", PYTHON_PACKAGES.join(", "));
    sh::read(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder),
    )?;
    let pip = ["-m", "pip", "install", "--disable-pip-version-check", "-q"];
    sh::read(Command::new(&python).args(pip).args(PYTHON_PACKAGES))?;
    mark(folder, &wanted)?;
    Ok(python)
}

/// The folder in which Node finds [`NODE_PACKAGES`].
fn node(folder: &Path) -> Outcome<PathBuf> {
    let modules = folder.join("node_modules");
    let wanted = NODE_PACKAGES.join("\n");
    if modules.exists() && is_installed(folder, &wanted) {
        println!("{NODE}: {}", NODE_PACKAGES.join(", "));
        return Ok(modules);
    }
    println!("{NODE}: installing {}", NODE_PACKAGES.join(", "));
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| format!("cannot empty {NODE}: {e}"))?;
    }
    // Nothing is written but the packages, and none of them may run anything.
    let npm = ["install", "--no-save", "--no-package-lock", "--no-audit"];
    let quiet = ["--no-fund", "--ignore-scripts", "--loglevel=error"];
    sh::read(
        Command::new("npm")
            .args(npm)
            .args(quiet)
            .arg("--prefix")
            .arg(folder)
            .args(NODE_PACKAGES),
    )?;
    mark(folder, &wanted)?;
    Ok(modules)
}

fn mark(folder: &Path, installed: &str) -> Outcome {
    fs::write(folder.join(MARKER), installed).map_err(|e| format!("cannot write {MARKER}: {e}"))
}

fn is_installed(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(folder.join(MARKER)).is_ok_and(|installed| installed == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_set_up_is_skipped_by_name() {
        let mut peers = Peers::default();
        assert_eq!(
            peers.take(("python", "PYTHON"), Err("no network".to_owned()), false),
            Ok(())
        );
        assert_eq!(peers.skipped[0].to_string(), "python: no network");

        let found = peers.take(("there", "THERE"), Ok(PathBuf::from("/bin/there")), false);
        assert_eq!(found, Ok(()));
        let mut command = Command::new("cargo");
        peers.announce(&mut command);
        let environment: Vec<_> = command.get_envs().collect();
        assert_eq!(
            environment,
            [
                ("CROSSTIE_TEST_SKIP".as_ref(), Some("python".as_ref())),
                ("THERE".as_ref(), Some("/bin/there".as_ref()))
            ]
        );
    }

    #[test]
    fn in_ci_nothing_is_skipped() {
        let outcome =
            Peers::default().take(("python", "PYTHON"), Err("no network".to_owned()), true);
        assert_eq!(outcome, Err("cannot set up python: no network".to_owned()));
    }
}
