//! Projects as an operator has them: hosts, a directory with its deploy.toml, and the program.
//!
//! Failing here is a failed test, so these helpers panic with a text that says what happened.
#![allow(dead_code, reason = "each test crate uses its own part")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "test support")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::support::console::Console;
use super::support::deployui::{Deployui, Ran, Spawned};
use super::support::fleet::Fleet;

/// The directory of the application on every host.
pub(crate) const ROOT: &str = "/srv/www/app";

/// Two steps that leave something behind.
pub(crate) const TWO_STEPS: &str = r#"
[steps.one]
run = "echo one >{{ root }}/one"
[steps.two]
run = "echo two >{{ root }}/two; cat {{ root }}/one"
[pipelines]
deploy = ["one", "two"]
"#;

/// The hosts, and the operator's project that is released to them.
pub(crate) struct Project {
    pub(crate) fleet: Fleet,
    pub(crate) ui: Deployui,
}

/// The beginning of a deploy.toml: one stage with the hosts `h1` to `hN`, all `web`, the last `db`.
pub(crate) fn stage(n: usize) -> String {
    let names: Vec<String> = (1..=n).map(|i| format!("\"h{i}\"")).collect();
    let mut text = format!(
        "app = \"shop\"\nroot = \"{ROOT}\"\n[stages.staging]\nhosts = [{}]\n",
        names.join(", ")
    );
    for i in 1..=n {
        let roles = if i == n { "\"web\", \"db\"" } else { "\"web\"" };
        writeln!(text, "[hosts.h{i}]\nroles = [{roles}]").unwrap();
    }
    text
}

/// Makes the repository of the application on hosts `h1` to `hN`; `commits` is a shell text that
/// makes its commits in a clone. They are the same on every host.
pub(crate) fn repository(fleet: &Fleet, n: usize, commits: &str) {
    let text = format!(
        "set -e
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
        mkdir -p /srv/git && cd /srv/git
        git init -q --bare -b main shop.git
        git clone -q shop.git work 2>/dev/null && cd work
        {commits}
        git push -q origin HEAD:main
        cd .. && rm -rf work"
    );
    for i in 1..=n {
        let made = fleet.ssh(i).arg(&text).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}

impl Project {
    /// A project with these hosts and this deploy.toml.
    pub(crate) fn new(fleet: Fleet, recipe: &str) -> Self {
        let project = Self { fleet, ui: Deployui::new() };
        project.recipe(recipe);
        project
    }

    /// Hosts `h1` to `hN` as the options say, one stage, and these steps.
    pub(crate) fn up(n: usize, options: &[&str], steps: &str) -> Self {
        Self::new(Fleet::up(n, options), &format!("{}{steps}", stage(n)))
    }

    /// Writes the deploy.toml.
    pub(crate) fn recipe(&self, text: &str) {
        fs::write(self.ui.dir().join("deploy.toml"), text).unwrap();
    }

    /// Starts the program with the fleet's ssh configuration.
    pub(crate) fn spawn(&self, words: &[&str]) -> Spawned {
        let config = self.fleet.ssh_config();
        let mut args = vec!["--ssh-config", config.to_str().unwrap()];
        args.extend(words);
        self.ui.spawn(&args)
    }

    /// Runs the program to its end with the fleet's ssh configuration.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        self.spawn(words).wait()
    }

    /// As [`Self::run`], for what must end with this exit code.
    pub(crate) fn must(&self, code: i32, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, Some(code), "{words:?}:\n{}\n{}", ran.stdout, ran.stderr);
        ran
    }

    /// Opens the console with the fleet's ssh configuration.
    pub(crate) fn console(&self, rows: u16, cols: u16) -> Console {
        self.console_with(&[], rows, cols)
    }

    /// The same with these words.
    pub(crate) fn console_with(&self, words: &[&str], rows: u16, cols: u16) -> Console {
        let config = self.fleet.ssh_config();
        let words = [&["--ssh-config", config.to_str().unwrap()], words].concat();
        self.ui.console(&words, rows, cols)
    }

    /// The operator's state directory.
    pub(crate) fn state(&self) -> PathBuf {
        self.ui.home().join("state/deployui")
    }

    /// All runs, newest first, as `runs --output json` lists them.
    pub(crate) fn runs(&self) -> Vec<Value> {
        let ran = self.ui.run(&["runs", "--output", "json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let listed: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(listed["format"], 1);
        listed["runs"].as_array().unwrap().clone()
    }

    /// The newest run.
    pub(crate) fn newest(&self) -> String {
        self.runs()[0]["run"].as_str().unwrap().to_owned()
    }

    /// The journal of a run.
    pub(crate) fn journal(&self, run: &str) -> PathBuf {
        self.state().join("runs").join(run).join("journal.jsonl")
    }

    /// What a shell text says on host `i`, as root there.
    pub(crate) fn on(&self, i: usize, text: &str) -> String {
        self.fleet.read(i, text)
    }

    /// What a file below the root holds on host `i`; nothing where there is none.
    pub(crate) fn file(&self, i: usize, name: &str) -> String {
        self.on(i, &format!("cat {ROOT}/{name} 2>/dev/null || true"))
    }

    /// Every file of host `i` below /srv and /home that is not of our own state, with its content.
    pub(crate) fn files(&self, i: usize) -> String {
        self.on(
            i,
            "find /srv /home -name .deployui -prune -o ! -type d -print0 | sort -z | xargs -0r cksum",
        )
    }

    /// The SHA-256 of the log of everything that was begun on host `i`, by the name of its box.
    pub(crate) fn host_logs(&self, i: usize, run: &str) -> BTreeMap<String, String> {
        let text = format!(
            "cd {ROOT}/.deployui/*/runs/{run} 2>/dev/null || exit 0
             for box in *; do
               [ ! -e $box/go ] || [ \"$(cat $box/go)\" = fenced ] || sha256sum $box/log
             done"
        );
        let listed = self.on(i, &text);
        let line = |line: &str| {
            let (sum, name) = line.split_once("  ").unwrap();
            (name.strip_suffix("/log").unwrap().to_owned(), sum.to_owned())
        };
        listed.lines().map(line).collect()
    }

    /// The SHA-256 of every log of host `i` here, by the name of its box.
    pub(crate) fn own_logs(&self, i: usize, run: &str) -> BTreeMap<String, String> {
        let dir = self.state().join("runs").join(run).join(format!("logs/h{i}"));
        let Ok(files) = fs::read_dir(dir) else { return BTreeMap::new() };
        let paths = files.map(|file| file.unwrap().path());
        let log = |path: &PathBuf| path.extension().is_some_and(|end| end == "log");
        paths
            .filter(log)
            .map(|path| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (name, sha256(&fs::read(&path).unwrap()))
            })
            .collect()
    }

    /// Checks that every log here is the host's, byte for byte, and that none is missing; gives how
    /// many there are.
    pub(crate) fn same_logs(&self, hosts: usize, run: &str) -> usize {
        let mut count = 0;
        for i in 1..=hosts {
            let (here, there) = (self.own_logs(i, run), self.host_logs(i, run));
            assert_eq!(here, there, "the logs of h{i} differ (here, there)");
            count += here.len();
        }
        count
    }

    /// What `log --raw` prints.
    pub(crate) fn log(&self, words: &[&str]) -> Vec<u8> {
        let output = Command::new(env!("CARGO_BIN_EXE_deployui"))
            .arg("--state-dir")
            .arg(self.state())
            .args(["log", "--raw"])
            .args(words)
            .env_clear()
            .env("HOME", self.ui.home())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "log {words:?}: {}: {errors}", output.status);
        output.stdout
    }
}

/// The SHA-256 of some bytes in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// The JSON events of a run; every line must be one.
pub(crate) fn events(stdout: &str) -> Vec<Value> {
    let event = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON ({error}): {line}"))
    };
    stdout.lines().map(event).collect()
}

/// How many rounds of faults a test does: `DEPLOYUI_ROUNDS`, or this many.
#[expect(clippy::disallowed_methods, reason = "the one setting of the longer rounds")]
pub(crate) fn rounds(default: u64) -> u64 {
    std::env::var("DEPLOYUI_ROUNDS").ok().map_or(default, |text| text.parse().unwrap())
}

/// Prints a figure, for whoever does the longer rounds with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the test harness shows it where it is wanted")]
pub(crate) fn figure(text: &str) {
    println!("{text}");
}
