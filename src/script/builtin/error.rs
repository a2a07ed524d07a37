//! Why a script cannot be written, and why an answer cannot be read.

use std::fmt;

use crate::script::HasNul;

/// A value that no script is written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadInput {
    /// It holds a NUL byte.
    Nul,
    /// A path that is not absolute where it must be, or that leads out of where it belongs.
    Path(String),
    /// It cannot be the name of a release.
    Name(String),
    /// It cannot be a pattern of release names.
    Pattern(String),
    /// It is no full commit.
    Revision(String),
    /// It cannot be the name of a run, a user or a header.
    Word(String),
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul => HasNul.fmt(f),
            Self::Path(path) => write!(f, "`{}` is no path for this", path.escape_debug()),
            Self::Name(name) => write!(f, "`{}` cannot name a release", name.escape_debug()),
            Self::Pattern(text) => {
                write!(f, "`{}` is no pattern of release names", text.escape_debug())
            }
            Self::Revision(text) => write!(f, "`{}` is no full commit", text.escape_debug()),
            Self::Word(word) => write!(f, "`{}` is not a plain name", word.escape_debug()),
        }
    }
}

impl BadInput {
    /// What would be right.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Nul | Self::Word(_) => None,
            Self::Path(_) => Some("a root is absolute or begins with `~/`; no path has `..` in it"),
            Self::Name(_) => Some(
                "a name has up to 100 letters, digits and `._+-`, and begins with no `-` or `.`",
            ),
            Self::Pattern(_) => {
                Some("use %Y %m %d %H %M %S in this order, from the year on, as in %Y%m%d%H%M%S")
            }
            Self::Revision(_) => Some("a full commit has 40 or 64 hexadecimal digits"),
        }
    }
}

impl std::error::Error for BadInput {}

impl From<HasNul> for BadInput {
    fn from(_: HasNul) -> Self {
        Self::Nul
    }
}

/// What a host answered is not an answer to the question, or not the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, with the host's words.
    pub what: String,
}

impl Unreadable {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host's answer cannot be read: {}", self.what)
    }
}

impl std::error::Error for Unreadable {}
