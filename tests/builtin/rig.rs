//! A "host": a directory, a shell that is its `sh`, and a layout in that directory.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use deployui::{
    model::{self, Owner, Record, RecordEvent, Site, Text},
    script::{
        self,
        builtin::{self, BadInput, Layout, Linked, Pattern},
    },
};
use jiff::Timestamp;
use tempfile::TempDir;

/// Shells that hosts have as `sh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Dash,
    Bash,
    Posix,
    /// With all its other programs, too.
    Busybox,
}

pub(crate) const SHELLS: [Shell; 4] = [Shell::Dash, Shell::Bash, Shell::Posix, Shell::Busybox];

/// What a script did.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    /// Both of its outputs.
    pub(crate) said: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn good(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{}", self.said);
        self
    }

    /// It failed, and said all this.
    #[track_caller]
    pub(crate) fn bad(&self, words: &[&str]) -> &Self {
        assert!(self.code.is_some_and(|code| code != 0), "{}", self.said);
        self.says(words)
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.said.contains(word), "`{word}` is not in: {}", self.said);
        }
        self
    }
}

pub(crate) struct Rig {
    pub(crate) shell: Shell,
    pub(crate) dir: TempDir,
    pub(crate) layout: Layout,
}

impl Rig {
    pub(crate) fn new(shell: Shell) -> Self {
        Self::at(shell, "shop")
    }

    /// A host whose root is called so.
    pub(crate) fn at(shell: Shell, root: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let path = fs::canonicalize(dir.path()).unwrap();
        let layout = Layout {
            root: path.join(root).to_str().unwrap().to_owned(),
            state_dir: ".deployui".into(),
            releases: "releases".into(),
            current: "current".into(),
            previous: Some("previous".into()),
            shared: "shared".into(),
            code: ".".into(),
            shared_dirs: vec![
                Linked::same("log"),
                Linked { at: "public/system".into(), from: "system".into() },
            ],
            shared_files: vec![Linked::same("config/it's.env")],
            keep: 2,
            name: Pattern::new("%Y%m%d%H%M%S").unwrap(),
        };
        let rig = Self { shell, dir, layout };
        if shell == Shell::Busybox {
            let list = Command::new("busybox").arg("--list").output().unwrap();
            for name in String::from_utf8(list.stdout).unwrap().lines() {
                symlink(program("busybox"), bin.join(name)).unwrap();
            }
            for name in ["git", "curl", "git-upload-pack"] {
                let _there_or_not = fs::remove_file(bin.join(name));
                symlink(program(name), bin.join(name)).unwrap();
            }
        }
        rig
    }

    pub(crate) fn path(&self) -> String {
        let bin = self.dir.path().join("bin");
        match self.shell {
            Shell::Busybox => bin.to_str().unwrap().to_owned(),
            Shell::Dash | Shell::Bash | Shell::Posix => {
                format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display())
            }
        }
    }

    /// The shell, with nothing of the test's surroundings.
    pub(crate) fn command(&self) -> Command {
        let mut command = match self.shell {
            Shell::Dash => Command::new(program("dash")),
            Shell::Bash => Command::new(program("bash")),
            Shell::Posix => {
                let mut command = Command::new(program("bash"));
                command.arg("--posix");
                command
            }
            Shell::Busybox => {
                let mut command = Command::new(program("busybox"));
                command.arg("sh");
                command
            }
        };
        command
            .env_clear()
            .env("HOME", self.dir.path())
            .env("PATH", self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a step as its box does.
    pub(crate) fn step(&self, text: Result<Text, BadInput>) -> Ran {
        self.step_by(self.command(), text)
    }

    /// The script of a step, in a file.
    pub(crate) fn boxed(&self, text: Result<Text, BadInput>) -> PathBuf {
        let command = model::Command::new(text.unwrap());
        let script = script::script(&command, |_| None).unwrap();
        let file = self.dir.path().join("cmd");
        fs::write(&file, script.text).unwrap();
        file
    }

    pub(crate) fn step_by(&self, mut command: Command, text: Result<Text, BadInput>) -> Ran {
        let file = self.boxed(text);
        ran(&command.arg(file).output().unwrap())
    }

    /// Runs a look or an act as the control shell does; the lines of its answer.
    pub(crate) fn ask(&self, text: Result<String, BadInput>) -> Vec<String> {
        let output = self.command().arg("-c").arg(text.unwrap()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    pub(crate) fn site(&self) -> Site {
        let lines = self.ask(builtin::look(&self.layout, Some("shared/system/maintenance.html")));
        builtin::site(&self.layout, &lines).unwrap()
    }

    /// A command of the test's own, which must go well; what it printed.
    #[track_caller]
    pub(crate) fn sh(&self, text: &str) -> String {
        let output = Command::new("sh")
            .args(["-euc", text])
            .current_dir(self.dir.path())
            .envs([
                ("HOME", self.dir.path().to_str().unwrap()),
                ("ROOT", &self.layout.root),
                ("GIT_CONFIG_NOSYSTEM", "1"),
            ])
            .output()
            .unwrap();
        let ran = ran(&output);
        assert!(output.status.success(), "{text}: {}", ran.said);
        String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()
    }

    pub(crate) fn root(&self) -> &Path {
        Path::new(&self.layout.root)
    }

    /// The text of a link below the root.
    pub(crate) fn link(&self, path: &str) -> Option<String> {
        let text = fs::read_link(self.root().join(path)).ok()?;
        Some(text.to_string_lossy().into_owned())
    }

    /// What is shared by all releases is there.
    pub(crate) fn share(&self) {
        self.sh("mkdir -p \"$ROOT/shared/config\" && echo x >\"$ROOT/shared/config/it's.env\"");
    }

    /// A release as the steps leave it, without code.
    #[track_caller]
    pub(crate) fn made(&self, release: &str) {
        self.share();
        self.step(builtin::release(&self.layout, &owner(), &record(release, RecordEvent::Begun)))
            .good();
        let dir = self.root().join("releases").join(release);
        fs::write(dir.join("REVISION"), format!("{}\n", commit(release))).unwrap();
    }

    /// Publishes as it would be planned now.
    pub(crate) fn publish(&self, release: &str) -> Ran {
        self.step(builtin::publish(&self.layout, &self.planned(release)))
    }

    pub(crate) fn planned(&self, release: &str) -> builtin::Publish {
        let site = self.site();
        builtin::Publish {
            release: release.to_owned(),
            before: site.served.release().map(str::to_owned),
            previous: site.previous,
            record: record(release, RecordEvent::Published),
            made: true,
            bad: false,
        }
    }

    /// The same for a release that was there before.
    pub(crate) fn planned_back(&self, release: &str) -> builtin::Publish {
        builtin::Publish { made: false, bad: true, ..self.planned(release) }
    }
}

fn program(name: &str) -> PathBuf {
    let dirs = ["/usr/local/bin", "/usr/bin", "/bin"];
    dirs.iter().map(|dir| Path::new(dir).join(name)).find(|at| at.exists()).unwrap()
}

pub(crate) fn ran(output: &Output) -> Ran {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    Ran { code: output.status.code(), said: String::from_utf8_lossy(&both).into_owned() }
}

pub(crate) fn owner() -> Owner {
    Owner { app: "it's a shop".into(), stage: "production".into() }
}

/// A commit for a name.
pub(crate) fn commit(name: &str) -> String {
    format!("{name:0>40}")
}

pub(crate) fn record(release: &str, event: RecordEvent) -> Record {
    Record {
        release: release.into(),
        event,
        at: at(),
        by: "o'eva@desk".into(),
        run: "20260101-abc".into(),
        revision: Some(commit(release)),
        reference: Some("main".into()),
        reason: None,
        schema: Vec::new(),
    }
}

pub(crate) fn at() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}
