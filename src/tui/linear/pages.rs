//! What is said when it is asked for: hosts, steps, releases, runs, logs, the words.

use super::{
    Linear,
    out::flat,
    vocabulary::{Page, is_spoken, word_of},
};
use crate::{
    model::{Candidate, Try},
    tui::{
        action::{Act, Action},
        feed::Source,
        keymap::{self, TABLE, binding, with_keys},
        state::grid,
        update::{self, Place, Spoken},
        words,
    },
};

/// Lines of a log that are said where no number is.
const LINES: u64 = 20;

/// And at most, of all logs together: no more waits to be written.
const LINES_MAX: u64 = 1000;

/// Messages that are said.
pub(super) const MESSAGES: usize = 50;

/// Runs that are listed.
const RUNS_MAX: usize = 10;

/// What words do that stand for panes; and those that no key has.
const PAGES: [(Action, &str); 14] = [
    (Action::Act(Act::Pause), "Pauses before the next step: at once, it is not asked about."),
    (Action::Help, "These words; help all says those that do nothing now, too, and why."),
    (Action::Runs, "The runs that there were on this stage, the newest first."),
    (Action::Editor, "Opens the log of what is meant in your editor; a copy, its secrets hidden."),
    (Action::Pager, "Opens the log of what is meant in your pager."),
    (Action::Act(Act::Break), "Sets a breakpoint before a step: break STEP; again takes it away."),
    (Action::Hosts, "How things stand: the run, the hosts, what is served, what waits."),
    (Action::Releases, "The releases of the hosts, the newest first."),
    (Action::Steps, "Every step and how it stands."),
    (
        Action::Log,
        "The last lines that a step printed: log HOST STEP NUMBER; log on says every line as it comes, log off no more.",
    ),
    (Action::Choices, "What is asked, again."),
    (Action::Host, "All that is known of a host: its name alone does the same."),
    (Action::Messages, "What was said so far, with its times, the newest last."),
    (Action::Back, "Takes back that something opens by itself."),
];

/// What a word does.
pub(super) fn about(action: Action) -> &'static str {
    let page = PAGES.iter().find(|(it, _)| *it == action).map(|(_, about)| *about);
    page.or_else(|| binding(action).map(|row| row.about)).unwrap_or_default()
}

impl<S: Source> Linear<S> {
    /// Says what was asked for.
    pub(super) fn page(&mut self, page: Page) {
        match page {
            Page::Help => self.help(false),
            Page::Status => self.status(),
            Page::Releases => self.list_releases(),
            Page::Steps => self.steps(),
            Page::Log => self.log(std::iter::empty()),
            Page::Question if self.model.hold().is_some() => self.question(),
            Page::Question => self.stands(),
            Page::Host => self.cell(Place { row: Some(self.model.cursor.row), column: None }),
            Page::Messages => self.messages(),
            Page::Guide => {
                let lines = self.model.guide.iter().map(|line| with_keys(&self.model, line));
                self.out.lines(lines);
            }
            Page::Runs => {
                self.runs = true;
                self.spoken(Spoken::Runs);
            }
        }
    }

    fn steps(&mut self) {
        let model = &self.model;
        for (at, column) in model.grid.columns.iter().enumerate() {
            let stands = match model.run() {
                Some(_) => words::step_stands(model, column),
                None => words::does(&column.about, None).to_owned(),
            };
            self.out.line(format!("Step {}, {}: {stands}", at + 1, column.step));
        }
        if self.model.grid.columns.is_empty() {
            self.out.line("No steps are planned yet.");
        }
    }

    /// What is known of a host, of a step, or of a step on a host.
    pub(super) fn cell(&mut self, cell: Place) {
        let model = &self.model;
        let host = cell.row.and_then(|row| model.grid.hosts.get(row)).copied();
        let column = cell.column.and_then(|at| model.grid.columns.get(at));
        let mut lines = Vec::new();
        match (host, column) {
            (Some(host), None) => {
                lines.push(format!("Host {}", model.host_name(host)));
                let rows = words::host(model, host);
                // Its keys are what the words say.
                for (label, text, _) in rows.into_iter().take_while(|row| row.0 != "KEYS") {
                    let label = words::capital(&label.to_lowercase());
                    let text = flat(&text);
                    lines.push(if label.is_empty() { text } else { format!("{label}: {text}") });
                }
            }
            (host, Some(column)) => {
                let does = words::does(&column.about, None);
                lines.push(format!("Step {}: {does}", column.step));
                for each in column.hosts().filter(|each| host.is_none_or(|host| host == *each)) {
                    let face = model.face(column, each);
                    let look = words::look(&face, model.glyphs(), model.now);
                    lines.push(format!("{}: {}", model.host_name(each), look.word));
                }
            }
            (None, None) => lines.push("No host is there yet.".to_owned()),
        }
        self.out.lines(lines);
    }

    /// Each release with its name.
    pub(super) fn releases(&self) -> Vec<(String, String)> {
        let model = &self.model;
        let hosts = model.sight.sites.len();
        let line = |one: &Candidate| {
            let standing = words::standing(one, hosts, model.glyphs()).word;
            let revision = one.revision.as_deref().map(words::short_revision);
            let age = one.at.map(|at| format!("{} old", words::ago(at, model.now)));
            let by = one.by.as_ref().map(|by| format!("by {by}"));
            let refused = one.refused.as_ref().map(|why| format!("not offered: {why}"));
            let parts = [Some(standing), one.reference.clone(), revision, age, by, refused];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (one.name.clone(), format!("{}: {}", one.name, parts.join(", ")))
        };
        model.sight.candidates.iter().map(line).collect()
    }

    fn list_releases(&mut self) {
        let lines = self.releases();
        if lines.is_empty() {
            self.out.line("No release is known of yet.");
        }
        self.out.lines(lines.into_iter().map(|(_, line)| line));
    }

    /// The last lines of logs: of a step on a host, of the step on all hosts, of what runs or has failed.
    pub(super) fn log<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        let words: Vec<&str> = words.collect();
        if let ["on" | "off"] = words.as_slice() {
            self.logs.all = words == ["on"];
            self.out.line(match self.logs.all {
                true => "Every line that steps print is said from now on; log off ends that.",
                false => "Lines that steps print are not said any more, but errors and warnings.",
            });
            return;
        }
        let (head, cell) = self.placed(&words);
        let (words, count) = match head.parse::<u64>() {
            Ok(count) => (String::new(), count),
            Err(_) => (head, LINES),
        };
        // The number may stand at the end.
        let (words, cell, count) =
            match words.rsplit_once(' ').map(|(rest, last)| (rest, last.parse())) {
                Some((rest, Ok(count))) => {
                    let (left, cell) = self.placed(&rest.split(' ').collect::<Vec<_>>());
                    (left, cell, count)
                }
                Some((_, Err(_))) | None => (words, cell, count),
            };
        if !words.is_empty() {
            self.out.line(format!("No host and no step is called {words}: log HOST STEP NUMBER."));
            return;
        }
        let Some(run) = self.model.run() else {
            self.out.line("No run has begun: there is no log yet.");
            return;
        };
        let attempts = self.attempts(cell);
        if attempts.is_empty() {
            self.out.line("Nothing of that has begun: there is no log yet.");
        }
        let each = LINES_MAX / (attempts.len() as u64).max(1);
        for attempt in attempts {
            let lines = self.logs.last(run, attempt, count.clamp(1, each.max(1)));
            self.out.lines(lines);
        }
    }

    /// The newest attempts of a place.
    fn attempts(&self, cell: Place) -> Vec<Try> {
        let model = &self.model;
        let Some(run) = model.run() else { return Vec::new() };
        let newest =
            |column: &grid::Column, host| grid::attempts(run, column.nodes(host)).last().copied();
        let host = cell.row.and_then(|row| model.grid.hosts.get(row)).copied();
        let column = cell.column.and_then(|at| model.grid.columns.get(at));
        match (host, column) {
            (Some(host), Some(column)) => newest(column, host).into_iter().collect(),
            (None, Some(column)) => {
                column.hosts().filter_map(|host| newest(column, host)).collect()
            }
            (Some(host), None) => {
                let of_host = model.grid.columns.iter().filter_map(|column| newest(column, host));
                let begun = |attempt: &Try| run.cell(attempt.node).and_then(|cell| cell.started);
                of_host.max_by_key(begun).into_iter().collect()
            }
            (None, None) => {
                let asked = model
                    .hold()
                    .and_then(|(_, hold)| crate::tui::state::failure::attempt(run, hold));
                let newest = || {
                    let (column, host) = model.newest_step()?;
                    newest(model.grid.columns.get(column)?, host)
                };
                asked.or_else(newest).into_iter().collect()
            }
        }
    }

    fn messages(&mut self) {
        let zone = &self.model.settings.zone;
        let mut lines: Vec<String> = self
            .model
            .said
            .newest()
            .take(MESSAGES)
            .map(|line| format!("{} {}", words::clock(line.at, zone), flat(&line.text)))
            .collect();
        lines.reverse();
        self.out.lines(lines);
    }

    /// Runs that there were, as soon as they are told.
    pub(super) fn list_runs(&mut self) {
        let history = &self.model.history;
        if !self.runs || history.asked.is_some() {
            return;
        }
        self.runs = false;
        let Some(plan) = self.model.plan() else { return };
        let lines: Vec<String> = history
            .shown(&plan.app, &plan.stage)
            .into_iter()
            .take(RUNS_MAX)
            .map(|run| {
                let at = run.opened.map(|at| words::ago(at, self.model.wall()));
                let at = at.map_or_else(String::new, |at| format!(", {at} ago"));
                let by = if run.by.is_empty() { String::new() } else { format!(", by {}", run.by) };
                let about = words::past_about(run);
                let about = if about.is_empty() { about } else { format!("; {about}") };
                format!("{}: {} {}{at}{by}{about}", run.id, run.pipeline, run.ended())
            })
            .collect();
        let none = lines.is_empty();
        self.out.lines(lines);
        if none {
            self.out.line("There is no run of this stage yet.");
        } else {
            self.out.line("What a run printed: deployui log RUN, in another terminal.");
        }
    }

    /// Of a run that there was, how it is read.
    pub(super) fn past(&mut self, run: &str) {
        self.out.line(format!("What it printed: deployui log {run}, in another terminal."));
    }

    /// The words, as a rule those that do something now.
    pub(super) fn help(&mut self, all: bool) {
        self.out.line("Type a word, or so much of it that it can mean nothing else; or the number of a choice.");
        self.out.line("A host, a step, or both, say what is known of them; behind a word they say where: shell web1, retry build web2, log web1 build 50.");
        self.out.line("Enter alone says where you are, and what is asked. Ctrl-c cancels a question, else asks how to leave; it stops no step. maintenance on puts the page up, maintenance off takes it down.");
        self.out.line("commands says what would be run: in a question before its yes; of each answer where one is asked; else of the run that is planned. commands WORD: what that word would run, or the text of that built-in step; commands all: everything.");
        let places =
            [keymap::Place::Everywhere, keymap::Place::Log, keymap::Place::Acting].into_iter();
        let rows = places.flat_map(|place| TABLE.iter().filter(move |row| row.place == place));
        let mut others = Vec::new();
        for row in rows.filter(|row| is_spoken(row.action)) {
            let word = word_of(row.action);
            match update::why_not(&self.model, row.action) {
                None => self.out.line(format!("{word}: {}", about(row.action))),
                Some(why) if all => {
                    self.out.line(format!("{word}, not now, {why}: {}", about(row.action)));
                }
                Some(_) => others.push(word),
            }
        }
        if !others.is_empty() {
            self.out.line(format!("Not now: {}.", others.join(", ")));
        }
    }
}
