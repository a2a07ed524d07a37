//! Steps that deployui has built in: what each does in a sentence, and its text, which is long, below.

use super::listing::Row;
use crate::{
    model::{Kind, Plan, StepName},
    tui::styles::Tone,
};

/// Rows of one text, and texts of one step that differ between hosts, that are shown at most.
const ROWS_MAX: usize = 400;
const TEXTS_MAX: usize = 4;

/// What a built-in step does, where the recipe does not say it.
const DOES: [(&str, &str); 6] = [
    (
        "release",
        "Makes the directory of the new release; on a first deploy also what releases share",
    ),
    ("fetch", "Gets the code of the commit into the release, through a mirror on the host"),
    ("link", "Links what all releases share into the release"),
    ("publish", "Makes the release the one that is served, by one rename of the link"),
    (
        "verify",
        "Looks whether the release is served whole, and whether its processes and health say so",
    ),
    ("prune", "Removes releases older than are kept; never what is or was served, or is worked in"),
];

/// What a step does, in a sentence; empty where nobody says it.
pub(crate) fn does<'a>(about: &'a str, built_in: Option<&str>) -> &'a str {
    let known = || DOES.iter().find(|(name, _)| Some(*name) == built_in);
    if about.is_empty() { known().map_or("", |(_, does)| does) } else { about }
}

/// What a command does that is not shown as text right there: what it is built in as.
pub(crate) fn built_in_as(name: &str) -> String {
    format!("(built in {name})")
}

/// The functions with which the built-in texts of a plan begin; empty where no two begin with the same.
pub(crate) fn functions(plan: &Plan) -> String {
    let built_in = |step: &StepName| {
        plan.columns.iter().any(|column| column.step == *step && column.built_in.is_some())
    };
    let mut texts: Vec<(&StepName, String)> = Vec::new();
    for node in &plan.nodes {
        let (Kind::Act(act), step) = (&node.kind, &node.key.step) else { continue };
        if !texts.iter().any(|(other, _)| *other == step) && built_in(step) {
            texts.push((step, act.command.run.to_string()));
        }
    }
    let shared = texts.iter().enumerate().map(|(at, (_, first))| {
        let others = texts.iter().skip(at + 1).map(|(_, text)| whole(first, alike(first, text)));
        let least = others.filter(|lines| *lines > 0).min().unwrap_or(0);
        first.lines().take(least).map(|line| format!("{line}\n")).collect::<String>()
    });
    shared.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// So many of the first lines of a text end with a function: it ends with its brace, and what is behind
/// the last of them is of the step itself.
fn whole(text: &str, lines: usize) -> usize {
    let lines: Vec<&str> = text.lines().take(lines).collect();
    lines.iter().rposition(|line| *line == "}").map_or(0, |at| at + 1)
}

/// How many lines are the same at the beginning of two texts.
fn alike(one: &str, other: &str) -> usize {
    one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count()
}

/// The text of a step on some hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Built {
    step: String,
    hosts: Vec<String>,
    text: String,
}

/// The texts of built-in steps, to be shown below what uses them: each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// What is said above them.
    heading: &'static str,
    functions: String,
    each: Vec<Built>,
}

impl Texts {
    /// Of a plan; `heading` is said above them.
    pub(crate) fn of(plan: &Plan, heading: &'static str) -> Self {
        Self { heading, functions: functions(plan), each: Vec::new() }
    }

    /// With the functions of another plan, where this one has too few texts to tell.
    pub(crate) fn or_those_of(mut self, other: Option<&Plan>) -> Self {
        if self.functions.is_empty() {
            self.functions = other.map(functions).unwrap_or_default();
        }
        self
    }

    /// Adds the text of a step on some hosts.
    pub(crate) fn add(&mut self, step: &str, hosts: &[&str], text: &str) {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        self.put(Built { step: step.to_owned(), hosts, text: text.to_owned() });
    }

    fn put(&mut self, new: Built) {
        let same = |it: &&mut Built| it.step == new.step && it.text == new.text;
        let Some(known) = self.each.iter_mut().find(same) else {
            self.each.push(new);
            return;
        };
        let more = new.hosts.into_iter().filter(|host| !known.hosts.contains(host));
        known.hosts.extend(more.collect::<Vec<_>>());
    }

    /// With those of another listing.
    pub(super) fn merge(&mut self, other: Self) {
        if self.each.is_empty() {
            *self = other;
            return;
        }
        if self.functions.is_empty() {
            self.functions = other.functions;
        }
        other.each.into_iter().for_each(|new| self.put(new));
    }

    /// The steps that there are texts of.
    pub(crate) fn steps(&self) -> Vec<&str> {
        let mut steps: Vec<&str> = Vec::new();
        for Built { step, .. } in &self.each {
            if !steps.contains(&step.as_str()) {
                steps.push(step);
            }
        }
        steps
    }

    /// The text of a step; on hosts with other values only what differs is said. Empty where there is none.
    pub(crate) fn of_step(&self, step: &str) -> Vec<Row> {
        let of: Vec<&Built> = self.each.iter().filter(|it| it.step == step).collect();
        let mut rows: Vec<Row> = Vec::new();
        let mut first: Option<&str> = None;
        for Built { hosts, text, .. } in of.iter().take(TEXTS_MAX) {
            rows.push((format!("{step} on {}:", hosts.join(" ")), Tone::Strong));
            match first.filter(|first| first.lines().count() == text.lines().count()) {
                Some(first) => {
                    rows.push(("  the same text but for".to_owned(), Tone::Dim));
                    let pairs = first.lines().zip(text.lines());
                    let other = pairs.filter(|(one, other)| one != other).map(|(_, other)| other);
                    rows.extend(indented(other));
                }
                None => rows.extend(indented(self.own(text).lines())),
            }
            first = first.or(Some(text));
        }
        if let Some(more) = of.len().checked_sub(TEXTS_MAX).filter(|more| *more > 0) {
            let line =
                format!("  {more} more texts for other hosts: a cell that is chosen shows its own");
            rows.push((line, Tone::Dim));
        }
        rows
    }

    /// A text without the functions with which it begins.
    fn own<'t>(&self, text: &'t str) -> &'t str {
        text.strip_prefix(self.functions.as_str()).unwrap_or(text)
    }

    /// The functions with which the texts begin; empty where none does.
    pub(crate) fn shared(&self) -> Vec<Row> {
        let begins = self.each.iter().any(|it| self.own(&it.text).len() < it.text.len());
        if begins { indented(self.functions.lines()) } else { Vec::new() }
    }

    /// All of them, and behind them the functions that they begin with.
    pub(crate) fn rows(&self) -> Vec<Row> {
        if self.each.is_empty() {
            return Vec::new();
        }
        let mut rows = vec![(String::new(), Tone::Text), (self.heading.to_owned(), Tone::Dim)];
        rows.extend(self.steps().into_iter().flat_map(|step| self.of_step(step)));
        let shared = self.shared();
        if !shared.is_empty() {
            rows.push((FUNCTIONS.to_owned(), Tone::Strong));
            rows.extend(shared);
        }
        rows
    }
}

/// What is said above the functions that texts begin with.
const FUNCTIONS: &str = "Each built-in text begins with these functions:";

/// Lines of a text, as many as are shown.
fn indented<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Row> {
    let mut lines = lines.map(|line| (format!("  {}", line.replace('\t', "  ")), Tone::Text));
    let mut rows: Vec<Row> = lines.by_ref().take(ROWS_MAX).collect();
    let left = lines.count();
    if left > 0 {
        rows.push((format!("  and {left} more lines"), Tone::Dim));
    }
    rows
}
