//! The checks before the first change of a run, and what they found. Nothing stops at the first fault.

use jiff::Timestamp;

use super::{
    BadInput, Layout, Unreadable,
    answer::{facts, fields},
    sheet::Sheet,
};
use crate::{model::Owner, script::quote};

/// Clocks may differ by so many seconds before it is said.
const CLOCK_SECS_MAX: i64 = 5;

/// What is checked besides the host itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Whose root it should be.
    pub owner: Owner,
    /// Whether git is needed there.
    pub git: bool,
    /// The repository that the host must reach, by git.
    pub repository: Option<String>,
    /// Whether something is asked by HTTP there.
    pub http: bool,
    /// So much space is needed, in KiB.
    pub min_kib: u64,
    /// So many files must fit.
    pub min_inodes: u64,
    /// Checks of steps: the step, and a whole script.
    pub commands: Vec<(String, String)>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, in a word or two.
    pub check: String,
    /// Whether it is right.
    pub grade: Grade,
    /// What was seen.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Whether something is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It is.
    Ok,
    /// The run can go on.
    Warning,
    /// Nothing must be changed before this is mended.
    Bad,
}

impl Finding {
    fn new(check: &str, grade: Grade, what: impl Into<String>, hint: &str) -> Self {
        let hint = (grade != Grade::Ok && !hint.is_empty()).then(|| hint.to_owned());
        Self { check: check.to_owned(), grade, what: what.into(), hint }
    }
}

/// The script of the checks. It writes nothing but a file that it removes again.
///
/// # Errors
/// A value that no script is written with.
pub fn check(layout: &Layout, checks: &Checks) -> Result<String, BadInput> {
    let mut steps = "steps() {\n:\n".to_owned();
    for (step, command) in &checks.commands {
        steps.push_str(&format!("run {} {}\n", quote(step)?, quote(command)?));
    }
    steps.push_str("}\n");
    Ok(Sheet::of(layout)?
        .word("repository", checks.repository.as_deref().unwrap_or_default())?
        .word("git", if checks.git { "yes" } else { "" })?
        .word("http", if checks.http { "yes" } else { "" })?
        .words(layout.shared_files.iter().map(|file| file.from.as_str()))?
        .then(include_str!("../sh/builtin/fields.sh"))
        .then(&steps)
        .then(include_str!("../sh/builtin/check.sh"))
        .string())
}

/// Reads what [`check`] printed, with the time here when it came.
///
/// # Errors
/// When it is not such an answer, or not the whole of it.
pub fn findings(
    checks: &Checks,
    now: Timestamp,
    lines: &[impl AsRef<str>],
) -> Result<Vec<Finding>, Unreadable> {
    let mut found = Vec::new();
    for line in facts("check 1", lines)? {
        let Some((word, fields)) = fields(line) else { continue };
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        found.extend(finding(checks, now, word, &fields));
    }
    Ok(found)
}

fn finding(checks: &Checks, now: Timestamp, word: &str, fields: &[&str]) -> Option<Finding> {
    Some(match (word, fields) {
        ("clock", [seconds]) => clock(now, seconds),
        ("disk", [free, at]) => {
            amount("disk", free, checks.min_kib, &format!("KiB are free in {at}"))
        }
        ("inodes", [free, at]) => {
            amount("inodes", free, checks.min_inodes, &format!("files fit in {at}"))
        }
        ("write", [what, path, near, how]) => writable(what, path, near, how),
        ("rename", [how]) => {
            let grade = if *how == "ok" { Grade::Ok } else { Grade::Bad };
            let what =
                if *how == "ok" { "replaces a link at once" } else { "does not replace a link" };
            Finding::new("mv", grade, what, "use a local file system, and coreutils or BusyBox")
        }
        ("owner", [text]) => owner(checks, text),
        ("current", [kind, text, leads]) => current(kind, text, leads),
        ("lacks", [path]) => {
            let what = format!("{path} is missing, which all releases share");
            Finding::new("shared", Grade::Bad, what, "put it there")
        }
        ("http", [""]) => {
            let what = "neither curl nor wget is there";
            Finding::new("http", Grade::Bad, what, "install curl on this host")
        }
        ("http", [tool]) => Finding::new("http", Grade::Ok, format!("by {tool}"), ""),
        ("git", [""]) => Finding::new("git", Grade::Ok, "is there", ""),
        ("git", [status, said]) => git(status, said),
        ("step", [step, status, said]) => {
            let grade = if *status == "0" { Grade::Ok } else { Grade::Bad };
            let said = said.trim();
            let what = match *status {
                "0" => "is right".to_owned(),
                "124" | "143" => format!("takes more than 30 seconds\n{said}").trim().to_owned(),
                _ => format!("exit status {status}\n{said}").trim().to_owned(),
            };
            Finding::new(&format!("step {step}"), grade, what, "the step's own check says so")
        }
        ("odd", [what]) => Finding::new("files", Grade::Bad, *what, "look at it"),
        _ => return None,
    })
}

fn clock(now: Timestamp, seconds: &str) -> Finding {
    let Ok(there) = seconds.parse::<i64>() else {
        return Finding::new("clock", Grade::Warning, "it does not tell the time", "");
    };
    let apart = there.saturating_sub(now.as_second());
    if apart.abs() <= CLOCK_SECS_MAX {
        return Finding::new("clock", Grade::Ok, "is the same as here", "");
    }
    let how = if apart > 0 { "ahead" } else { "behind" };
    let what = format!("is {} s {how}", apart.abs());
    Finding::new(
        "clock",
        Grade::Warning,
        what,
        "names of releases come from the clock here; set one of both",
    )
}

fn amount(check: &str, free: &str, min: u64, what: &str) -> Finding {
    match free.parse::<u64>() {
        Ok(free) if free < min => {
            let what = format!("{free} {what}, fewer than {min}");
            Finding::new(check, Grade::Bad, what, "make room: remove old releases or logs")
        }
        Ok(free) => Finding::new(check, Grade::Ok, format!("{free} {what}"), ""),
        Err(_unknown) => Finding::new(check, Grade::Warning, "is not known", ""),
    }
}

fn writable(what: &str, path: &str, near: &str, how: &str) -> Finding {
    let check = format!("write {what}");
    match how {
        "ok" if path == near => Finding::new(&check, Grade::Ok, path, ""),
        "ok" => Finding::new(&check, Grade::Ok, format!("{path} will be made"), ""),
        "file" => {
            let what = format!("{near} is no directory");
            Finding::new(&check, Grade::Bad, what, "move it away")
        }
        _ if path == near => {
            let what = format!("nothing can be written in {path}");
            Finding::new(&check, Grade::Bad, what, "give it to this user, or make room")
        }
        _ => {
            let what = format!("{path} is not there, and cannot be made in {near}");
            Finding::new(&check, Grade::Bad, what, "make it, and give it to this user")
        }
    }
}

fn owner(checks: &Checks, text: &str) -> Finding {
    match serde_json::from_str::<Owner>(text) {
        Ok(owner) if owner == checks.owner => {
            Finding::new("stage", Grade::Ok, format!("{} {}", owner.app, owner.stage), "")
        }
        Ok(owner) => {
            let what = format!("the root belongs to {} {}", owner.app, owner.stage);
            Finding::new("stage", Grade::Bad, what, "choose another root")
        }
        Err(error) => {
            let what = format!("stage.json cannot be read: {error}");
            Finding::new("stage", Grade::Bad, what, "look whose root it is, then remove that file")
        }
    }
}

fn current(kind: &str, text: &str, leads: &str) -> Finding {
    let (grade, what, hint) = match kind {
        "nothing" => (Grade::Ok, "nothing is served yet".to_owned(), ""),
        "link" => (Grade::Ok, format!("leads to {leads}"), ""),
        "file" => (
            Grade::Bad,
            "is no link, but a real file or directory".to_owned(),
            "move it away: what is served must be a link to a release",
        ),
        "dangling" => (
            Grade::Bad,
            format!("leads to {text}, which is not there"),
            "point it to a release, or remove it",
        ),
        "loop" => {
            (Grade::Bad, format!("leads to itself ({text})"), "point it to a release, or remove it")
        }
        _ => (
            Grade::Bad,
            format!("leads to {leads}, out of the releases"),
            "point it to a release, or remove it",
        ),
    };
    Finding::new("current", grade, what, hint)
}

fn git(status: &str, said: &str) -> Finding {
    match status {
        "0" => Finding::new("git", Grade::Ok, "reaches the repository", ""),
        "127" => Finding::new("git", Grade::Bad, "is not there", "install git on this host"),
        _ => {
            let what = format!("does not reach the repository\n{}", said.trim());
            let hint = "nothing asks for a password here: this user needs a key or token that reads it, \
                        and its host key";
            Finding::new("git", Grade::Bad, what, hint)
        }
    }
}
