//! How releases lie on one host, as plain data.

use super::{BadInput, Pattern};

/// How releases lie on one host. Paths are absolute, begin with `~/`, or are relative to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The root of the stage on the host, absolute or beginning with `~/`.
    pub root: String,
    /// Where our state lies.
    pub state_dir: String,
    /// The directory of releases; `.` when they lie beside the current link.
    pub releases: String,
    /// The link to the release that is served.
    pub current: String,
    /// The link to the release that was served before, where the layout has one.
    pub previous: Option<String>,
    /// What all releases share.
    pub shared: String,
    /// Where the checkout lies inside a release; `.` when it is the release.
    pub code: String,
    /// Directories that every release takes from the shared ones.
    pub shared_dirs: Vec<Linked>,
    /// Files that every release takes from the shared ones.
    pub shared_files: Vec<Linked>,
    /// How many good releases are kept.
    pub keep: usize,
    /// How releases are called.
    pub name: Pattern,
}

/// Something in the checkout that is a link to something shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Where the link lies, below the checkout.
    pub at: String,
    /// What it leads to, below the shared directory.
    pub from: String,
}

impl Linked {
    /// The same path on both sides.
    #[must_use]
    pub fn same(path: &str) -> Self {
        Self { at: path.to_owned(), from: path.to_owned() }
    }
}

impl Layout {
    /// A path of this layout: absolute or beginning with `~/`.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        let root = self.root.trim_end_matches('/');
        match path {
            "." | "" => root.to_owned(),
            _ if path.starts_with('/') || path.starts_with("~/") => path.to_owned(),
            _ => format!("{root}/{}", path.strip_prefix("./").unwrap_or(path)),
        }
    }

    /// The directory of our state: absolute or beginning with `~/`.
    #[must_use]
    pub fn state(&self) -> String {
        self.path(&self.state_dir)
    }

    /// The directory of a release.
    #[must_use]
    pub fn release(&self, name: &str) -> String {
        format!("{}/{name}", self.path(&self.releases).trim_end_matches('/'))
    }

    /// The checkout in a release.
    #[must_use]
    pub fn code(&self, name: &str) -> String {
        match self.code.trim_matches('/') {
            "." | "" => self.release(name),
            code => format!("{}/{code}", self.release(name)),
        }
    }

    /// A path below the shared directory.
    #[must_use]
    pub fn shared(&self, path: &str) -> String {
        format!("{}/{path}", self.path(&self.shared).trim_end_matches('/'))
    }

    /// Whether releases lie beside the current link.
    pub(super) fn is_flat(&self) -> bool {
        self.path(&self.releases) == self.path(".")
    }

    /// # Errors
    /// A path that is not where it should be, or that leads out of it.
    pub(super) fn validate(&self) -> Result<(), BadInput> {
        for path in [&self.root, &self.path(&self.state_dir), &self.path(&self.releases)] {
            absolute(path)?;
        }
        for path in [&self.current, &self.shared].into_iter().chain(&self.previous) {
            absolute(&self.path(path))?;
        }
        if !matches!(self.code.as_str(), "." | "") {
            below(&self.code)?;
        }
        for linked in self.shared_dirs.iter().chain(&self.shared_files) {
            below(&linked.at)?;
            below(&linked.from)?;
        }
        Ok(())
    }
}

/// # Errors
/// When the path is neither absolute nor below the home directory, or is the root of the system.
pub(super) fn absolute(path: &str) -> Result<(), BadInput> {
    let rooted = path.strip_prefix('/').or_else(|| path.strip_prefix("~/"));
    let good = rooted.is_some_and(|rest| {
        !rest.trim_matches('/').is_empty() && !rest.split('/').any(|part| part == "..")
    });
    if good { Ok(()) } else { Err(BadInput::Path(path.to_owned())) }
}

/// # Errors
/// When the path is not below where it is said to be.
pub(super) fn below(path: &str) -> Result<(), BadInput> {
    let good = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if good { Ok(()) } else { Err(BadInput::Path(path.to_owned())) }
}
