//! What a look saw, read back as a site.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{
    Layout, Unreadable,
    adopted::{Adopted, deployer_time},
    answer::{facts, fields},
    history::History,
    is_name,
};
use crate::model::{Disk, Release, ReleaseVerdict, Served, Site, release_order};

/// The script cuts longer lines here.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// Of a longer file of records, only the last so many bytes are shown.
const RECORDS_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Oddities of one kind beyond these are only counted.
const ODD_MAX: usize = 5;

/// Reads what [`look`](super::look) printed.
///
/// # Errors
/// When it is not such an answer, or not the whole of it.
pub fn site(layout: &Layout, lines: &[impl AsRef<str>]) -> Result<Site, Unreadable> {
    let mut seen = Seen::default();
    for line in facts("look 1", lines)? {
        seen.take(line);
    }
    Ok(seen.site(layout))
}

/// The answer as it came.
#[derive(Default)]
struct Seen {
    site: Site,
    /// The directory of releases, resolved; empty if there is none.
    place: String,
    current: Link,
    previous: Link,
    entries: BTreeMap<String, Entry>,
    /// Process, and the path of its directory or program.
    pids: Vec<(u32, String)>,
    history: History,
    /// The file of records is longer than what is shown of it.
    cut: bool,
    torn: usize,
    adopted: Adopted,
}

#[derive(Clone, Default)]
struct Link {
    kind: String,
    text: String,
    leads: String,
}

#[derive(Default)]
struct Entry {
    revision: String,
    mark: String,
    reason: String,
    changed: String,
}

impl Seen {
    fn take(&mut self, line: &str) {
        let raw = line.split_once(' ');
        match raw {
            Some(("record", record)) => return self.record(record),
            Some(("deployer", line)) => return self.adopted.deployer(line),
            Some(("capistrano", line)) => return self.adopted.capistrano(line),
            Some(("pid", rest)) => return self.pid(rest),
            Some(_) | None => {}
        }
        let Some((word, fields)) = fields(line) else {
            return self.site.odd.push(format!("the host says `{}`", line.escape_debug()));
        };
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        match (word, fields.as_slice()) {
            ("owner", [text]) => self.site.owner = self.json("stage.json", text),
            ("lock", [text]) => self.site.lock = self.json("lock", text),
            ("raised", [text]) => self.site.raised = self.json("maintenance.json", text),
            ("page", []) => self.site.page = true,
            ("place", [path]) => (*path).clone_into(&mut self.place),
            ("current", [kind, text, leads]) => self.current = Link::new(kind, text, leads),
            ("previous", [kind, text, leads]) => self.previous = Link::new(kind, text, leads),
            ("tool", [name]) => self.adopted.tool(name),
            ("release", [name, revision, mark, reason, changed]) => {
                let entry = Entry {
                    revision: (*revision).to_owned(),
                    mark: (*mark).to_owned(),
                    reason: (*reason).to_owned(),
                    changed: (*changed).to_owned(),
                };
                self.entries.insert((*name).to_owned(), entry);
            }
            ("records", [bytes]) => {
                self.cut = bytes.parse().is_ok_and(|bytes: u64| bytes > RECORDS_BYTES_MAX);
            }
            ("disk", [free, used]) => {
                let read = free.parse().ok().zip(used.parse().ok());
                self.site.disk = read.map(|(free_kib, used_kib)| Disk { free_kib, used_kib });
            }
            ("odd", [what]) => self.site.odd.push((*what).to_owned()),
            // Sizes of other tools' files.
            (_, _) => {}
        }
    }

    /// Reads one of our files.
    fn json<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        let read = serde_json::from_str(text);
        read.map_err(|error| self.site.odd.push(format!("{file} cannot be read: {error}"))).ok()
    }

    fn record(&mut self, line: &str) {
        if std::mem::take(&mut self.cut) {
            // The first line of what is shown of a long file begins somewhere in a record.
            return;
        }
        match serde_json::from_str(line) {
            Ok(record) if line.len() <= LINE_BYTES_MAX => self.history.take(record),
            Ok(_) | Err(_) => self.torn += 1,
        }
    }

    fn pid(&mut self, rest: &str) {
        let Some((process, path)) = rest.split_once(' ') else { return };
        let Some((pid, _link)) = process.split_once('/') else { return };
        if let Ok(pid) = pid.parse() {
            self.pids.push((pid, path.to_owned()));
        }
    }

    fn site(mut self, layout: &Layout) -> Site {
        let names: Vec<String> = self.entries.keys().cloned().collect();
        let (known, strange): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| {
            is_name(name) && (layout.name.matches(name) || self.adopted.matches(layout, name))
        });
        if !layout.is_flat() {
            self.few("is no release", &strange);
        }
        let known: BTreeSet<String> = known.into_iter().collect();
        self.site.served = self.served(&known);
        self.previous(&known);
        let mut releases: Vec<Release> =
            known.iter().map(|name| self.release(layout, name)).collect();
        releases.sort_by(|a, b| release_order(&b.name).cmp(&release_order(&a.name)));
        self.site.releases = releases;
        if self.torn > 0 {
            let lines = if self.torn == 1 { "a line" } else { "lines" };
            let odd = format!("releases.jsonl: {lines} that cannot be read ({})", self.torn);
            self.site.odd.push(odd);
        }
        self.site
    }

    /// Names oddities of one kind, and counts the rest.
    fn few(&mut self, what: &str, names: &[String]) {
        let shown = names.iter().take(ODD_MAX);
        self.site.odd.extend(shown.map(|name| format!("`{}` {what}", name.escape_debug())));
        if let Some(more) = names.len().checked_sub(ODD_MAX).filter(|&more| more > 0) {
            self.site.odd.push(format!("{more} more: {what}"));
        }
    }

    /// The release that a path lies in.
    fn lies_in<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&self.place)?.strip_prefix('/')?;
        Some(rest.strip_suffix(" (deleted)").unwrap_or(rest).split('/').next().unwrap_or(rest))
    }

    fn served(&mut self, known: &BTreeSet<String>) -> Served {
        let Link { kind, text, leads } = self.current.clone();
        match kind.as_str() {
            "link" => match self.at(&leads).filter(|name| known.contains(*name)) {
                Some(name) => Served::Release(name.to_owned()),
                None => {
                    self.site.odd.push(format!("the current link leads to {leads}"));
                    Served::Outside(text)
                }
            },
            "dangling" => Served::Dangling(text),
            "loop" => Served::Loop(text),
            "file" => Served::NotALink,
            _ => Served::Nothing,
        }
    }

    /// The entry of the releases that a path is, not only lies in.
    fn at<'p>(&self, path: &'p str) -> Option<&'p str> {
        let name = path.strip_prefix(&self.place)?.strip_prefix('/')?;
        (!name.contains('/')).then_some(name)
    }

    fn previous(&mut self, known: &BTreeSet<String>) {
        let Link { kind, text, leads } = self.previous.clone();
        if kind.is_empty() || kind == "nothing" {
            return;
        }
        match self.at(&leads).filter(|name| kind == "link" && known.contains(*name)) {
            Some(name) => self.site.previous = Some(name.to_owned()),
            None => self.site.odd.push(format!("the previous link leads to no release: {text}")),
        }
    }

    fn release(&mut self, layout: &Layout, name: &str) -> Release {
        let entry = self.entries.remove(name).unwrap_or_default();
        let told = self.history.of(name);
        let foreign = self.adopted.of(name);
        let revision = Some(entry.revision.trim().to_ascii_lowercase()).filter(|it| is_commit(it));
        if let (Some(found), Some(said)) = (&revision, &told.revision)
            && found != said
        {
            self.site.odd.push(format!("{name} holds {found}, and {said} was released as it"));
        }
        let (marked, later) = match entry.mark.as_str() {
            "bad" => (ReleaseVerdict::Bad, marked_since(&entry.reason, told.last)),
            "unfinished" => (ReleaseVerdict::Unfinished, false),
            _ => (ReleaseVerdict::Unknown, false),
        };
        let changed = || entry.changed.parse().ok().and_then(|at| Timestamp::from_second(at).ok());
        let in_it = self.pids.iter().filter(|(_, path)| self.lies_in(path) == Some(name));
        let pids: BTreeSet<u32> = in_it.map(|(pid, _)| *pid).collect();
        Release {
            path: layout.release(name),
            revision: revision.or(told.revision).or(foreign.revision),
            reference: told.reference.or(foreign.reference),
            by: told.by.or(foreign.by),
            at: told.at.or(foreign.at).or_else(|| layout.name.time(name)).or_else(changed),
            verdict: told.verdict.filter(|_| !later).unwrap_or(marked),
            reason: told.reason.or_else(|| Some(entry.reason).filter(|why| !why.is_empty())),
            schema: told.schema,
            pids: pids.into_iter().collect(),
            name: name.to_owned(),
        }
    }
}

impl Link {
    fn new(kind: &str, text: &str, leads: &str) -> Self {
        Self { kind: kind.to_owned(), text: text.to_owned(), leads: leads.to_owned() }
    }
}

/// Whether Deployer marked a release as bad since a time, in the whole seconds that it writes; `mark` is
/// what it wrote: time and user.
fn marked_since(mark: &str, time: Option<Timestamp>) -> bool {
    let marked = mark.split(',').next().and_then(deployer_time);
    marked.zip(time).is_some_and(|(marked, time)| marked.as_second() >= time.as_second())
}

/// A commit, whole or abbreviated (older Capistrano).
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 7..=40 | 64) && text.bytes().all(|c| c.is_ascii_hexdigit())
}
