//! Real OpenSSH hosts, through `tests/hosts/fleet` (`tests/hosts/fleet help` lists the options).

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/fleet");

/// Hosts that live as long as this value, and no longer than this process however it ends: the
/// script takes them down when its standard input closes.
pub(crate) struct Fleet {
    dir: TempDir,
    ports: Vec<u16>,
    script: Child,
}

/// Where one host listens.
pub(crate) struct Host {
    /// Its name in the ssh configuration, and its own host name: `h1`.
    pub(crate) name: String,
    /// Always the loopback address.
    pub(crate) address: &'static str,
    /// Chosen anew for each fleet.
    pub(crate) port: u16,
}

impl Fleet {
    /// Starts hosts 1 to `n`. Each option is the script's: `"noisy"` for all, `"2:shell=fish"` for
    /// one.
    ///
    /// Panics with the script's own words when they cannot be had here.
    pub(crate) fn up(n: usize, options: &[&str]) -> Self {
        let dir = tempfile::Builder::new().prefix("deployui-fleet-").tempdir().unwrap();
        let log = fs::File::create(dir.path().join("log")).unwrap();
        let mut script = Command::new(SCRIPT)
            .arg("hold")
            .arg(dir.path())
            .arg(n.to_string())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0) // Ctrl-C ends the tests; the script then sees its input close
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said != "ready\n" {
            let status = script.wait().unwrap();
            let complaint = fs::read_to_string(dir.path().join("log")).unwrap();
            panic!("no hosts ({status}): {complaint}");
        }
        let ports = fs::read_to_string(dir.path().join("ports")).unwrap();
        let ports = ports.lines().map(|line| line.parse().unwrap()).collect();
        Self { dir, ports, script }
    }

    /// Host `i`, counted from 1.
    pub(crate) fn host(&self, i: usize) -> Host {
        Host { name: format!("h{i}"), address: "127.0.0.1", port: self.ports[i - 1] }
    }

    /// An ssh configuration naming each host `hI`, with user, key and known keys.
    pub(crate) fn ssh_config(&self) -> PathBuf {
        self.dir.path().join("ssh_config")
    }

    /// The keys of all hosts, as `[127.0.0.1]:PORT`.
    pub(crate) fn known_hosts(&self) -> PathBuf {
        self.dir.path().join("known_hosts")
    }

    /// The private key that every host takes for `deploy`.
    pub(crate) fn key(&self) -> PathBuf {
        self.dir.path().join("id_ed25519")
    }

    /// From now on the ssh configuration leads to host `i` through this local port, a [`Proxy`]'s,
    /// whose key is known as well.
    ///
    /// [`Proxy`]: super::proxy::Proxy
    pub(crate) fn route(&self, i: usize, port: u16) {
        let known = fs::read_to_string(self.known_hosts()).unwrap();
        let key = known.lines().nth(i - 1).unwrap().split_once(' ').unwrap().1;
        let known = format!("{known}[127.0.0.1]:{port} {key}\n");
        fs::write(self.known_hosts(), known).unwrap();
        // ssh takes the first value it meets.
        let mut config = String::new();
        writeln!(config, "Host h{i}\n  Port {port}").unwrap();
        config += &fs::read_to_string(self.ssh_config()).unwrap();
        fs::write(self.ssh_config(), config).unwrap();
    }

    /// Runs a shell text as root inside host `i`, past ssh.
    pub(crate) fn sh(&self, i: usize, text: &str) -> Output {
        self.script("sh", i).arg(text).output().unwrap()
    }

    /// As [`Self::sh`], for what must succeed; gives its standard output without the last newline.
    pub(crate) fn read(&self, i: usize, text: &str) -> String {
        let output = self.sh(i, text);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "host {i}: {text}: {}: {errors}", output.status);
        String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
    }

    /// The operator's own `ssh`, ready to run a command on host `i` as `deploy`.
    pub(crate) fn ssh(&self, i: usize) -> Command {
        let mut ssh = Command::new("ssh");
        ssh.arg("-F").arg(self.ssh_config()).args(["-o", "BatchMode=yes"]).arg(format!("h{i}"));
        ssh.stdin(Stdio::null());
        ssh
    }

    /// Kills host `i`'s sshd with every session; it listens again when this returns. What the
    /// sessions had started lives on.
    pub(crate) fn restart(&self, i: usize) {
        succeed(self.script("restart", i));
    }

    /// Kills the sessions of host `i`, and nothing they had started.
    pub(crate) fn kill_sessions(&self, i: usize) {
        succeed(self.script("kill-sessions", i));
    }

    /// Host `i`'s private layer: what lies below `/home`, `/srv` and `/tmp` there, and whatever it
    /// changed elsewhere. Files of `deploy` belong to the user who runs the tests, if not root.
    pub(crate) fn layer(&self, i: usize) -> PathBuf {
        self.dir.path().join(format!("disk/{i}/up"))
    }

    /// The directory that holds the whole fleet.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    fn script(&self, command: &str, i: usize) -> Command {
        let mut script = Command::new(SCRIPT);
        script.arg(command).arg(self.dir.path()).arg(i.to_string()).stdin(Stdio::null());
        script
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // A test that already fails must not fail again here; so, if the script was killed, only
        // try again.
        if !self.script.wait().is_ok_and(|status| status.success()) {
            drop(Command::new(SCRIPT).arg("down").arg(self.dir.path()).status());
        }
    }
}

fn succeed(mut command: Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {errors}", output.status);
}
