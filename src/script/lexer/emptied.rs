//! What empties the step's own log. Its output is a file, and to open `/dev/stderr` for writing
//! opens that file anew, cut off at its beginning: all that was printed before is gone.

use std::{fmt, mem, ops::Range};

/// How a command empties the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptying {
    /// `> /dev/stdout`
    Stdout,
    /// `> /dev/stderr`
    Stderr,
    /// `tee /dev/stderr`
    Tee,
}

impl fmt::Display for Emptying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self {
            Self::Stdout => "> /dev/stdout",
            Self::Stderr => "> /dev/stderr",
            Self::Tee => "tee /dev/stderr",
        };
        write!(f, "`{how}` empties this step's log")
    }
}

impl Emptying {
    /// What to write instead.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Stdout => "write `>&1`, or leave it out",
            Self::Stderr => "write `>&2`",
            Self::Tee => "write `tee -a`, which opens the file without emptying it",
        }
    }

    /// Which of the two a file is, if it is one of them.
    fn of(file: &str) -> Option<Self> {
        match file {
            "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Some(Self::Stdout),
            "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => Some(Self::Stderr),
            _ => None,
        }
    }
}

/// A place where the log is emptied: units of the command.
pub(in crate::script) type Emptied = (Range<usize>, Emptying);

/// What the words of a simple command are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reads {
    /// The name of the command is still to come.
    #[default]
    Name,
    /// They are files that `tee` opens anew, found so from that unit on.
    Tee(usize),
    /// Nothing that matters here.
    Other,
}

/// One simple command, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Simple {
    reads: Reads,
    /// Where a `>` or `>|` stands whose file is still to come.
    redirect: Option<usize>,
    found: Vec<Emptied>,
}

impl Simple {
    /// A redirection that begins there; only some empty what they open.
    pub(super) fn redirects(&mut self, begin: usize, empties: bool) {
        self.redirect = empties.then_some(begin);
    }

    /// A word that ends there; `None` when it is not plain text. `redirected`: the file of a
    /// redirection.
    pub(super) fn word(&mut self, plain: Option<&str>, end: usize, redirected: bool) {
        let begin = self.redirect.take();
        if redirected {
            let how = plain.and_then(Emptying::of);
            self.found.extend(begin.zip(how).map(|(begin, how)| (begin..end, how)));
            return;
        }
        self.reads = match (self.reads, plain) {
            (Reads::Name, Some(name)) if comes_before_a_name(name) => Reads::Name,
            (Reads::Name, Some("tee" | "/usr/bin/tee" | "/bin/tee")) => {
                Reads::Tee(end - "tee".len())
            }
            (Reads::Tee(_), Some(option)) if appends(option) => {
                self.found.retain(|(_, how)| *how != Emptying::Tee);
                Reads::Other
            }
            (Reads::Tee(begin), Some(file)) if Emptying::of(file).is_some() => {
                self.found.push((begin..end, Emptying::Tee));
                Reads::Tee(begin)
            }
            (Reads::Tee(begin), _) => Reads::Tee(begin),
            (Reads::Name | Reads::Other, _) => Reads::Other,
        };
    }

    /// The command ends: what it empties. With its output elsewhere, `/dev/stdout` is not the log.
    pub(super) fn end(&mut self, piped: bool) -> impl Iterator<Item = Emptied> {
        let found = mem::take(self).found;
        found.into_iter().filter(move |(_, how)| !piped || *how != Emptying::Stdout)
    }
}

/// Words after which the name of a command still comes.
fn comes_before_a_name(word: &str) -> bool {
    const BEFORE: [&str; 13] = [
        "!", "{", "if", "then", "else", "elif", "while", "until", "do", "exec", "command", "sudo",
        "time",
    ];
    BEFORE.contains(&word) || word.contains('=')
}

/// Whether an option of `tee` makes it append.
fn appends(word: &str) -> bool {
    match word.strip_prefix('-') {
        Some("-append") => true,
        Some(short) => !short.starts_with('-') && short.contains('a'),
        None => false,
    }
}
