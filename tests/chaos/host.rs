//! A "host": a directory, and one shell that is its `sh`.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use tempfile::TempDir;

use crate::asked;

/// A shell that hosts have as `sh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Dash,
    Bash,
    /// With all its other programs, too.
    Busybox,
    Mksh,
    Zsh,
}

/// The shells that every test runs with.
pub(crate) const SHELLS: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::Busybox];

impl Shell {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dash => "dash",
            Self::Bash => "bash",
            Self::Busybox => "busybox",
            Self::Mksh => "mksh",
            Self::Zsh => "zsh",
        }
    }

    fn program(self) -> Option<PathBuf> {
        asked::path().split(':').map(|dir| Path::new(dir).join(self.name())).find(|at| at.exists())
    }
}

/// [`SHELLS`], and those that only some machines have.
pub(crate) fn every_shell() -> Vec<Shell> {
    let extra = [Shell::Mksh, Shell::Zsh].into_iter().filter(|shell| shell.program().is_some());
    SHELLS.into_iter().chain(extra).collect()
}

pub(crate) struct Host {
    pub(crate) shell: Shell,
    dir: TempDir,
    /// Sends signals without a process for each.
    signals: Mutex<Child>,
}

impl Host {
    pub(crate) fn new(shell: Shell) -> Self {
        let dir = tempfile::Builder::new().prefix("deployui-chaos-").tempdir().unwrap();
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let program = shell
            .program()
            .unwrap_or_else(|| panic!("this test needs {}: run tests/hosts/install", shell.name()));
        symlink(&program, bin.join("sh")).unwrap();
        if shell == Shell::Busybox {
            let list = Command::new(&program).arg("--list").output().unwrap().stdout;
            for applet in String::from_utf8(list).unwrap().lines() {
                if !bin.join(applet).exists() {
                    symlink(&program, bin.join(applet)).unwrap();
                }
            }
        }
        let signals = Command::new("sh").stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
        Self { shell, dir, signals: Mutex::new(signals.unwrap()) }
    }

    pub(crate) fn all(shells: &[Shell]) -> Vec<Self> {
        shells.iter().map(|shell| Self::new(*shell)).collect()
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A file of the host's as text; empty where there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    /// Its `sh`, as sshd would start it.
    pub(crate) fn sh(&self) -> Command {
        let bin = self.path().join("bin");
        let mut command = Command::new(bin.join("sh"));
        command
            .env_clear()
            .env("PATH", format!("{}:{}", bin.display(), asked::path()))
            .env("HOME", self.path())
            .env("LANG", "C.UTF-8")
            .current_dir(self.path());
        command
    }

    /// Sends a signal to a process, or a group if negative.
    pub(crate) fn signal(&self, signal: &str, process: i64) {
        assert!(process.abs() > 1, "no such process: {process}");
        let mut line = String::new();
        writeln!(line, "kill -{signal} {process}").unwrap();
        let mut child = self.signals.lock().unwrap();
        child.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }
}

/// Ends what the steps of a test left behind.
impl Drop for Host {
    fn drop(&mut self) {
        let state = self.path().join("state");
        let Ok(machines) = fs::read_dir(state) else { return };
        let mut leaders = Vec::new();
        for machine in machines.flatten() {
            let runs = fs::read_dir(machine.path().join("runs")).into_iter().flatten().flatten();
            for run in runs {
                let boxes = fs::read_dir(run.path()).into_iter().flatten().flatten();
                leaders.extend(boxes.filter_map(|at| Place(at.path()).leader()));
            }
        }
        for leader in leaders {
            self.signal("KILL", -leader);
        }
        let mut child = self.signals.lock().unwrap();
        drop(child.stdin.take());
        let _status = child.wait();
    }
}

/// A box, seen from the host.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_default()
    }

    fn word(&self, name: &str, at: usize) -> Option<i64> {
        self.read(name).lines().nth(1)?.split(' ').nth(at)?.parse().ok()
    }

    /// The step's process group; none where the agent itself does it.
    pub(crate) fn leader(&self) -> Option<i64> {
        let inline = self.read("pid").contains("inline");
        self.word("leader", 0).filter(|_| !inline)
    }

    pub(crate) fn supervisor(&self) -> Option<i64> {
        self.word("pid", 0)
    }

    pub(crate) fn log(&self) -> Vec<u8> {
        fs::read(self.0.join("log")).unwrap_or_default()
    }
}
