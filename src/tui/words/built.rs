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

/// The texts of built-in steps, to be shown below what uses them.
#[derive(Default)]
pub(crate) struct Texts {
    functions: String,
    rows: Vec<Row>,
    begins: bool,
}

impl Texts {
    /// Of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self { functions: functions(plan), ..Self::default() }
    }

    /// With the functions of another plan, where this one has too few texts to tell.
    pub(crate) fn or_those_of(mut self, other: Option<&Plan>) -> Self {
        if self.functions.is_empty() {
            self.functions = other.map(functions).unwrap_or_default();
        }
        self
    }

    /// Adds the text of a step on some hosts; those on others with other values say only what differs.
    pub(crate) fn add(&mut self, heading: &str, texts: &[(Vec<&str>, String)]) {
        let mut first: Option<&str> = None;
        for (hosts, text) in texts.iter().take(TEXTS_MAX) {
            let heading = format!("{heading} on {}:", hosts.join(" "));
            self.rows.push((heading, Tone::Strong));
            match first.filter(|first| first.lines().count() == text.lines().count()) {
                Some(first) => {
                    self.rows.push(("  the same text but for".to_owned(), Tone::Dim));
                    let pairs = first.lines().zip(text.lines());
                    let other = pairs.filter(|(one, other)| one != other).map(|(_, other)| other);
                    self.lines(other);
                }
                None => {
                    let own = text.strip_prefix(self.functions.as_str()).unwrap_or(text);
                    self.begins |= own.len() < text.len();
                    self.lines(own.lines());
                }
            }
            first = first.or(Some(text));
        }
        if let Some(more) = texts.len().checked_sub(TEXTS_MAX).filter(|more| *more > 0) {
            let line =
                format!("  {more} more texts for other hosts: a cell that is chosen shows its own");
            self.rows.push((line, Tone::Dim));
        }
    }

    fn lines<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        let mut lines = lines.map(|line| (format!("  {}", line.replace('\t', "  ")), Tone::Text));
        self.rows.extend(lines.by_ref().take(ROWS_MAX));
        let left = lines.count();
        if left > 0 {
            self.rows.push((format!("  and {left} more lines"), Tone::Dim));
        }
    }

    /// All of them, and behind them the functions that they begin with.
    pub(crate) fn done(mut self, heading: &str) -> Vec<Row> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        if self.begins {
            let line = "Each built-in text begins with these functions:".to_owned();
            self.rows.push((line, Tone::Strong));
            let functions = std::mem::take(&mut self.functions);
            self.lines(functions.lines());
        }
        let mut rows = vec![(String::new(), Tone::Text), (heading.to_owned(), Tone::Dim)];
        rows.append(&mut self.rows);
        rows
    }
}
