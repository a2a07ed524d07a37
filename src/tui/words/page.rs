//! How a listing is written: hosts with the same command stand together, and the texts of what is built in
//! are kept apart.

use super::{
    built::{Texts, built_in_as},
    listing::{Listing, Row, Said},
};
use crate::{
    model::{Command, HostId, Kind, Node, Plan, Query},
    tui::styles::Tone,
};

/// What is said above the texts of a run that is not begun.
pub(super) const PLANNED: &str =
    "The built-in texts, as planned now; names, times and reasons are filled in when it begins";

/// What is said above the texts of a run.
pub(super) const BEGUN: &str = "The built-in texts";

/// What is said of a command that is run once for each item of a list.
pub(super) const EACH: &str = "for each item";

/// A command of a node, and what it is for.
pub(super) struct Done<'n> {
    host: Option<HostId>,
    pub(super) part: &'static str,
    command: &'n Command,
}

/// One command on some hosts.
pub(super) struct Line<'n> {
    pub(super) hosts: Vec<Option<HostId>>,
    pub(super) part: &'static str,
    pub(super) command: &'n Command,
}

/// Everything that is run for a node.
pub(super) fn commands(node: &Node) -> Vec<Done<'_>> {
    let done = |part, command| Done { host: node.host, part, command };
    match &node.kind {
        Kind::Act(act) => vec![done("", &act.command)],
        Kind::Ask(ask) => match &ask.query {
            Query::When(_) => vec![done("asks whether", &ask.command)],
            Query::Items(items) => {
                vec![done("lists", &ask.command), done(EACH, &items.each.command)]
            }
        },
        Kind::Gate(_) => Vec::new(),
    }
}

/// These commands, each with all hosts that run it.
pub(super) fn lines<'n>(parts: impl Iterator<Item = Done<'n>>) -> Vec<Line<'n>> {
    let mut lines: Vec<Line<'n>> = Vec::new();
    for Done { host, part, command } in parts {
        let same = |line: &&mut Line<'_>| line.part == part && line.command == command;
        match lines.iter_mut().find(same) {
            Some(line) => line.hosts.push(host),
            None => lines.push(Line { hosts: vec![host], part, command }),
        }
    }
    lines
}

/// A command on a host.
pub(super) fn line<'n>(host: HostId, part: &'static str, command: &'n Command) -> Line<'n> {
    Line { hosts: vec![Some(host)], part, command }
}

/// A listing, as far as it is written.
pub(super) struct Page<'p> {
    plan: &'p Plan,
    said: Vec<Said>,
    texts: Texts,
}

impl<'p> Page<'p> {
    /// `heading` is said above its texts; they have the functions of the other plan, where this one has too
    /// few to tell.
    pub(super) fn of(plan: &'p Plan, other: Option<&Plan>, heading: &'static str) -> Self {
        let texts = Texts::of(plan, heading).or_those_of(other);
        Self { plan, said: Vec::new(), texts }
    }

    pub(super) fn row(&mut self, text: impl Into<String>, tone: Tone) {
        self.said.push(Said::Row((text.into(), tone)));
    }

    /// The commands of a step, which may be built in; its texts have that heading.
    pub(super) fn lines(&mut self, heading: &str, built_in: Option<&str>, lines: &[Line<'_>]) {
        let (own, others): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            lines.iter().partition(|line| built_in.is_some() && line.part.is_empty());
        for line in others {
            let rows = self.rows(line);
            self.said.extend(rows.into_iter().map(Said::Row));
        }
        let (Some(name), Some(first)) = (built_in, own.first()) else { return };
        let mut hosts: Vec<Option<HostId>> =
            own.iter().flat_map(|line| line.hosts.iter().copied()).collect();
        hosts.sort_unstable();
        let row = format!("  {}: {}", self.names(&hosts), built_in_as(name));
        self.said.push(Said::BuiltIn { row, step: heading.to_owned() });
        self.said.extend(around(first.command).map(Said::Row));
        self.keep(heading, &own);
    }

    /// Texts of a built-in step, wherever it stands in the rows.
    pub(super) fn keep(&mut self, heading: &str, lines: &[&Line<'_>]) {
        for line in lines {
            let hosts: Vec<&str> = line.hosts.iter().map(|host| self.name(*host)).collect();
            self.texts.add(heading, &hosts, &line.command.run.to_string());
        }
    }

    pub(super) fn done(self) -> Listing {
        Listing::with(self.said, self.texts)
    }

    fn name(&self, host: Option<HostId>) -> &'p str {
        let Some(host) = host else { return "" };
        self.plan.host(host).map_or("?", |host| host.name.as_str())
    }

    pub(super) fn names(&self, hosts: &[Option<HostId>]) -> String {
        hosts.iter().map(|host| self.name(*host)).collect::<Vec<_>>().join(" ")
    }

    fn rows(&self, line: &Line<'_>) -> Vec<Row> {
        let part = if line.part.is_empty() { String::new() } else { format!(" ({})", line.part) };
        let hosts = format!("{}{part}:", self.names(&line.hosts));
        let text = line.command.run.to_string();
        let mut texts = text.trim_end().lines();
        let mut rows = Vec::new();
        match (texts.next(), text.trim_end().contains('\n')) {
            (Some(first), false) => rows.push((format!("  {hosts} {first}"), Tone::Text)),
            (first, _) => {
                rows.push((format!("  {hosts}"), Tone::Text));
                let all = first.into_iter().chain(texts);
                rows.extend(all.map(|text| (format!("    {text}"), Tone::Text)));
            }
        }
        rows.extend(around(line.command));
        rows
    }
}

/// Where and as whom a command runs.
fn around(command: &Command) -> Option<Row> {
    let cwd = command.cwd.as_ref().map(|cwd| format!("in {cwd}"));
    let user = command.user.as_ref().map(|user| format!("as {user}, through sudo"));
    let around: Vec<String> = [cwd, user].into_iter().flatten().collect();
    (!around.is_empty()).then(|| (format!("    {}", around.join(", ")), Tone::Dim))
}
