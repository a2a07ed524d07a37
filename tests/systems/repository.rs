//! The operator's repository of an application.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A repository with one branch, which is committed to by the test.
pub(crate) struct Repository(TempDir);

impl Repository {
    /// An empty one whose branch is called so.
    pub(crate) fn new(branch: &str) -> Self {
        let repository = Self(tempfile::Builder::new().prefix("deployui-code-").tempdir().unwrap());
        repository.git(&["init", "-q", "-b", branch]);
        repository
    }

    /// As git names it.
    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.path().display())
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes these files, and commits everything.
    pub(crate) fn commit(&self, message: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            let file = self.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        }
        self.git(&["add", "."]);
        self.git(&["commit", "-qm", message]);
    }

    /// The commit of the branch.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git in it, as nobody in particular; what it printed.
    pub(crate) fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.path()).args(["-c", "user.name=eva", "-c", "user.email=eva@desk"]);
        let ended = git.args(words).env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "git {words:?}: {errors}");
        String::from_utf8(ended.stdout).unwrap().trim_end().to_owned()
    }
}
