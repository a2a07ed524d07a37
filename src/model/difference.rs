//! How the code of two releases differs, as a host that has both knows it.

/// Two releases, by their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// What is served.
    pub from: String,
    /// What would be served instead.
    pub to: String,
}

/// What is other in the code of the second of two releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The name of the host that compared them.
    pub host: String,
    /// The commits between them; `None`: they are not known, and the files of both were compared.
    pub commits: Option<Between>,
    /// Files that differ, or that only one of them has.
    pub files: u64,
    /// Lines that only the second has.
    pub added: u64,
    /// Lines that only the first has.
    pub removed: u64,
    /// Files that differ and that name dependencies with their versions.
    pub locks: Vec<Touched>,
    /// Files that differ and that configure, or show by example what is to be configured.
    pub examples: Vec<Touched>,
}

/// Commits between two releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// Those that only the first has.
    pub leaving: Commits,
    /// Those that only the second has.
    pub coming: Commits,
}

/// Commits of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// How many there are.
    pub count: u64,
    /// The newest of them, each in a line, newest first.
    pub newest: Vec<String>,
}

/// A file that differs, and what in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Its path in the release.
    pub file: String,
    /// What is other, by name; empty where the file cannot be read that way.
    pub changes: Vec<Change>,
    /// Whether it differs in more than was looked at.
    pub more: bool,
}

/// A dependency or a setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// What the first release has, if it has it; of a setting it is empty: values are nobody's business.
    pub before: Option<String>,
    /// What the second has.
    pub after: Option<String>,
}
