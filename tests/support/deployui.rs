//! The built program, run as an operator would, in a home of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::console::Console;
use super::gather::Gather;

/// An operator's surroundings: home, XDG directories, working directory and environment. Two runs
/// from one value share their journals; two values share nothing.
pub(crate) struct Deployui {
    home: TempDir,
    dir: PathBuf,
    env: Vec<(String, String)>,
}

/// What a finished run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Deployui {
    pub(crate) fn new() -> Self {
        let home = tempfile::Builder::new().prefix("deployui-home-").tempdir().unwrap();
        let dir = home.path().join("project");
        std::fs::create_dir(&dir).unwrap();
        let mut env = vec![
            ("PATH".to_owned(), path()),
            ("HOME".to_owned(), text(home.path())),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TERM".to_owned(), "xterm-256color".to_owned()),
        ];
        for (name, below) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            std::fs::create_dir(home.path().join(below)).unwrap();
            env.push((name.to_owned(), text(&home.path().join(below))));
        }
        Self { home, dir, env }
    }

    /// Sets a variable for every later run, in place of an earlier value.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.retain(|(other, _)| other != name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The directory it runs in, empty at first: the place for a `deploy.toml`.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The operator's home; the XDG directories are `config`, `state`, `data`, `cache` and
    /// `runtime` below it.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs to the end, with nothing on standard input.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.spawn(args).wait()
    }

    /// Starts a run to be watched, signalled or killed.
    pub(crate) fn spawn(&self, args: &[&str]) -> Spawned {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deployui"));
        command.args(args).current_dir(&self.dir).env_clear();
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        Spawned::start(command)
    }

    /// Starts a shell text under a terminal, in which `"$0" "$@"` is the program with its arguments.
    pub(crate) fn under_shell(&self, text: &str, args: &[&str], rows: u16, cols: u16) -> Console {
        let shell = pty_process::blocking::Command::new("sh");
        let shell = shell.args(["-c", text, env!("CARGO_BIN_EXE_deployui")]);
        self.on_terminal(shell, args, rows, cols)
    }

    /// Starts the program under a terminal of this many rows and columns.
    pub(crate) fn console(&self, args: &[&str], rows: u16, cols: u16) -> Console {
        let program = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_deployui"));
        self.on_terminal(program, args, rows, cols)
    }

    fn on_terminal(
        &self,
        command: pty_process::blocking::Command,
        args: &[&str],
        rows: u16,
        cols: u16,
    ) -> Console {
        let command = command.args(args).current_dir(&self.dir).env_clear();
        let env = self.env.iter().map(|(name, value)| (name, value));
        Console::start(command.envs(env), rows, cols)
    }
}

/// A run in progress. Dropping it kills it.
pub(crate) struct Spawned {
    child: Child,
    stdout: Gather<Vec<u8>>,
    stderr: Gather<Vec<u8>>,
}

impl Spawned {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let keep = |all: &mut Vec<u8>, piece: &[u8]| all.extend_from_slice(piece);
        let stdout = Gather::start(child.stdout.take().unwrap(), Vec::new(), keep);
        let stderr = Gather::start(child.stderr.take().unwrap(), Vec::new(), keep);
        Self { child, stdout, stderr }
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until standard output contains `wanted`.
    pub(crate) fn wait_for(&self, wanted: &str) {
        let seen =
            self.stdout.wait(|bytes| String::from_utf8_lossy(bytes).contains(wanted).then_some(()));
        assert!(
            seen.is_some(),
            "{wanted:?} did not come on standard output:\n{}\nstandard error:\n{}",
            self.stdout.look(|bytes| lossy(bytes)),
            self.stderr.look(|bytes| lossy(bytes)),
        );
    }

    /// Waits until standard error contains `wanted`.
    pub(crate) fn wait_for_error(&self, wanted: &str) {
        let seen =
            self.stderr.wait(|bytes| String::from_utf8_lossy(bytes).contains(wanted).then_some(()));
        assert!(seen.is_some(), "{wanted:?}: {}", self.stderr.look(|bytes| lossy(bytes)));
    }

    /// Ends it as a power cut would (`kill -9`).
    pub(crate) fn kill(mut self) -> Ran {
        self.child.kill().unwrap();
        self.wait()
    }

    /// Sends a signal by its name: `TERM`, `INT`, `HUP`, `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Waits for its end; one that has hung is killed, and the test fails.
    pub(crate) fn wait(mut self) -> Ran {
        let ended = self.stdout.wait_end() && self.stderr.wait_end();
        if !ended {
            self.child.kill().unwrap();
        }
        let code = self.child.wait().unwrap().code();
        let stdout = self.stdout.look(|bytes| lossy(bytes));
        let stderr = self.stderr.look(|bytes| lossy(bytes));
        assert!(ended, "it hung; standard output:\n{stdout}\nstandard error:\n{stderr}");
        Ran { stdout, stderr, code }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a signal by its name to one process.
pub(crate) fn signal(id: u32, name: &str) {
    // The shell's own kill: a bare machine has no program of that name.
    let kill = ["-c", "kill -\"$0\" \"$1\"", name, &id.to_string()];
    let status = Command::new("sh").args(kill).status().unwrap();
    assert!(status.success(), "kill -{name} {id}: {status}");
}

#[expect(clippy::disallowed_methods, reason = "the programs a run needs are where ours are")]
fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn text(path: &Path) -> String {
    AsRef::<OsStr>::as_ref(path).to_str().unwrap().to_owned()
}
