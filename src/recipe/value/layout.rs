//! How releases lie on a host.

use super::super::source::{At, Span, Template};

/// How releases lie on a host, and which hosts carry them. Paths are relative, without `..`.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Where its kind, else the table, stands.
    pub span: Span,
    /// What there is on a host.
    pub kind: LayoutKind,
    /// Hosts with one of these roles carry releases; all when empty. Steps without `roles` and
    /// `hosts` have these already.
    pub roles: Vec<At<String>>,
    /// Where the checkout lies inside a release (slot, working copy): `.` for the release itself.
    pub code: String,
    /// Directories that outlive a release.
    pub shared_dirs: Vec<Shared>,
    /// Files that outlive a release.
    pub shared_files: Vec<Shared>,
    /// How many good releases are kept; at least 1.
    pub keep: u16,
}

/// The kinds of layout.
#[derive(Clone, Debug)]
pub enum LayoutKind {
    /// Dated directories, and links to those that are served and were served.
    Releases {
        /// The directory of the releases below the root: `.` for the root itself.
        releases: String,
        /// How a release is named, for strftime in UTC: year to second, in this order.
        name: String,
        /// The link to the served release, below the root.
        current: String,
        /// The link to the release that was served before, if one is wanted.
        previous: Option<String>,
    },
    /// Two live copies behind a switch.
    Slots(Box<Slots>),
    /// One working copy that is moved between commits.
    InPlace {
        /// The working copy, below the root.
        path: String,
        /// Files in it that may differ from the commit.
        keep_dirty: Vec<String>,
    },
}

impl LayoutKind {
    /// The kind as it is written.
    #[must_use]
    pub fn shown(&self) -> &'static str {
        match self {
            Self::Releases { .. } => "releases",
            Self::Slots(_) => "slots",
            Self::InPlace { .. } => "in-place",
        }
    }
}

/// Two live copies behind a switch. Templates may use `{{ slot }}`.
#[derive(Clone, Debug)]
pub struct Slots {
    /// Names of the copies, two.
    pub names: [At<String>; 2],
    /// The directory of a copy, below the root or absolute.
    pub path: Template,
    /// What says which copy is served.
    pub live: Live,
    /// The command that makes a copy the served one.
    pub switch: Template,
    /// A file that is given the name of the served copy after a switch; it is never believed.
    pub record: Option<Template>,
}

/// The link that decides which copy is served.
#[derive(Clone, Debug)]
pub struct Live {
    /// The link, below the root or absolute.
    pub link: Template,
    /// Where it leads when a copy is served.
    pub target: Template,
}

/// A directory or file that outlives a release.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Where it is linked, inside the checkout.
    pub at: At<String>,
    /// Where it lies, below the root's `shared`.
    pub from: At<String>,
}
