//! A branch, tag or commit as one full commit, resolved once for all hosts.

use std::{collections::BTreeMap, fmt};

use super::{
    BadInput, Unreadable,
    answer::facts,
    sheet::Sheet,
    steps::{is_full, mirror},
};

/// Names that are alike at least so much (Jaro and Winkler) are proposed.
const ALIKE: f64 = 0.8;
/// So many names are proposed at most.
const SIMILAR_MAX: usize = 5;

/// Why a name is no commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadReference {
    /// The repository has no such name; names that are like it.
    Unknown(String, Vec<String>),
    /// It names several commits: each with how it is named in full.
    Ambiguous(String, Vec<String>),
    /// The beginning of a commit, of which the host knows none.
    Short(String),
    /// The repository could not be read; git's words.
    Unreachable(String),
    /// The host did not answer the question.
    Unreadable(Unreadable),
}

impl fmt::Display for BadReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name, _) => {
                write!(f, "the repository has no branch or tag `{}`", name.escape_debug())
            }
            Self::Ambiguous(name, all) => {
                write!(f, "`{}` names several commits: {}", name.escape_debug(), all.join(", "))
            }
            Self::Short(name) => write!(f, "`{name}` is only the beginning of a commit"),
            Self::Unreachable(words) => write!(f, "the repository cannot be read: {words}"),
            Self::Unreadable(unreadable) => unreadable.fmt(f),
        }
    }
}

impl std::error::Error for BadReference {}

impl BadReference {
    /// What would help.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown(_, similar) if similar.is_empty() => None,
            Self::Unknown(_, similar) => Some(format!("there is {}", similar.join(", "))),
            Self::Ambiguous(..) => Some("say which, in full".to_owned()),
            Self::Short(_) => Some("give the full commit, a branch or a tag".to_owned()),
            Self::Unreachable(_) => Some(
                "nothing asks for a password here: a key or token must read it, and its host key be known"
                    .to_owned(),
            ),
            Self::Unreadable(_) => None,
        }
    }
}

impl From<Unreadable> for BadReference {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

/// The script that asks the repository for its names. `state_dir`: of the host that is asked, whose
/// mirror may know the whole of a short commit.
///
/// # Errors
/// A value that no script is written with.
pub fn resolve(
    repository: &str,
    reference: &str,
    state_dir: Option<&str>,
) -> Result<String, BadInput> {
    let short = if is_short(reference) { reference } else { "" };
    Ok(Sheet::new()
        .word("repository", repository)?
        .word("short", &short.to_ascii_lowercase())?
        .optional("mirror", state_dir.map(mirror))?
        .then(include_str!("../sh/builtin/refs.sh"))
        .string())
}

/// Reads what [`resolve`] printed. A full commit is taken as it is: whether the repository has it shows
/// when it is fetched.
///
/// # Errors
/// Why the name is no commit.
pub fn resolved(reference: &str, lines: &[impl AsRef<str>]) -> Result<String, BadReference> {
    let answer = Refs::read(&facts("refs 1", lines)?);
    if answer.status != Some(0) {
        let words = answer.said.join("; ");
        let words = if words.is_empty() { "its list has no end".to_owned() } else { words };
        return Err(BadReference::Unreachable(words));
    }
    let named = answer.named(reference);
    let commits: Vec<&String> = named.values().copied().collect();
    match commits.as_slice() {
        [] => {}
        [first, rest @ ..] if rest.iter().all(|commit| commit == first) => {
            return Ok((*first).clone());
        }
        _ => {
            let each = named.iter().map(|(name, commit)| format!("{name} ({commit:.10})"));
            return Err(BadReference::Ambiguous(reference.to_owned(), each.collect()));
        }
    }
    let lower = reference.to_ascii_lowercase();
    if is_full(&lower) {
        return Ok(lower);
    }
    if is_short(reference) {
        return answer.beginning(&lower);
    }
    Err(BadReference::Unknown(reference.to_owned(), answer.similar(reference)))
}

#[derive(Default)]
struct Refs {
    /// Full names and their commits; of an annotated tag the commit, not the tag.
    names: BTreeMap<String, String>,
    /// Commits of the mirror that begin as was asked.
    commits: Vec<String>,
    said: Vec<String>,
    status: Option<u8>,
}

impl Refs {
    fn read(lines: &[&str]) -> Self {
        let mut refs = Self::default();
        for line in lines {
            match line.split_once(' ') {
                Some(("ref", rest)) => {
                    let Some((commit, name)) = rest.split_once('\t') else { continue };
                    if !is_full(commit) {
                        continue;
                    }
                    // The peeled name follows its tag, and its commit takes the tag's place.
                    let name = name.strip_suffix("^{}").unwrap_or(name);
                    refs.names.insert(name.to_owned(), commit.to_owned());
                }
                Some(("commit", commit)) if is_full(commit) => {
                    refs.commits.push(commit.to_owned());
                }
                Some(("said", words)) => refs.said.push(words.to_owned()),
                Some(("status", code)) => refs.status = code.parse().ok(),
                Some(_) | None => {}
            }
        }
        refs
    }

    fn named(&self, reference: &str) -> BTreeMap<&str, &String> {
        let full = [
            reference.to_owned(),
            format!("refs/heads/{reference}"),
            format!("refs/tags/{reference}"),
        ];
        let known = |name: &&String| *name == "HEAD" || name.starts_with("refs/");
        full.iter()
            .filter(known)
            .filter_map(|name| self.names.get_key_value(name))
            .map(|(name, commit)| (name.as_str(), commit))
            .collect()
    }

    fn beginning(&self, short: &str) -> Result<String, BadReference> {
        let all = self.names.values().chain(&self.commits);
        let found: BTreeMap<&String, ()> =
            all.filter(|commit| commit.starts_with(short)).map(|commit| (commit, ())).collect();
        let found: Vec<&String> = found.into_keys().collect();
        match found.as_slice() {
            [] => Err(BadReference::Short(short.to_owned())),
            [one] => Ok((*one).clone()),
            several => {
                let several = several.iter().map(|&commit| commit.clone()).collect();
                Err(BadReference::Ambiguous(short.to_owned(), several))
            }
        }
    }

    fn similar(&self, reference: &str) -> Vec<String> {
        let names = self.names.keys().filter_map(|name| {
            name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/"))
        });
        let alike = |name: &str| {
            let inside = name.split('/').any(|part| part == reference);
            if inside { 1.0 } else { strsim::jaro_winkler(name, reference) }
        };
        let mut names: Vec<(&str, f64)> =
            names.map(|name| (name, alike(name))).filter(|(_, alike)| *alike >= ALIKE).collect();
        names.sort_by(|a, b| b.1.total_cmp(&a.1));
        names.into_iter().take(SIMILAR_MAX).map(|(name, _)| name.to_owned()).collect()
    }
}

/// Whether this may be the beginning of a commit.
fn is_short(reference: &str) -> bool {
    (4..40).contains(&reference.len()) && reference.bytes().all(|c| c.is_ascii_hexdigit())
}
