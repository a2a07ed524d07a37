//! What a typed word means: a word for what a key does, a host, a step, a release; found as the palette
//! finds it. What may mean several things is listed, and nothing is done.

use super::{
    Linear,
    asked::{DETAILS, Offered, is_called},
    commands,
};
use crate::run::Cause;
use crate::tui::{
    action::{Act, Action},
    feed::Source,
    keymap::{TABLE, binding},
    state::palette::Goal,
    update::{Place, Spoken},
    words::{self, Entry},
};

/// Words that mean the same as those of the table.
const ALSO: [(&str, Action); 8] = [
    ("status", Action::Hosts),
    ("what", Action::Choices),
    ("again", Action::Choices),
    ("history", Action::Runs),
    ("refresh", Action::Look),
    ("exit", Action::Quit),
    ("leave", Action::Quit),
    ("?", Action::Help),
];

/// The word for the page, behind which on puts it up, and off takes it down.
const MAINTENANCE: &str = "maintenance";

/// What programs take for an answer.
const ANSWERS: [&str; 4] = ["y", "n", "yes", "no"];

/// So many meanings of a word are listed.
const LISTED_MAX: usize = 9;

/// What is said when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Help,
    Status,
    Releases,
    Steps,
    Log,
    Question,
    Host,
    Messages,
    Guide,
    Runs,
}

/// What the word of an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is shown in a place of the screen is said.
    Page(Page),
    /// The same as its key.
    Key,
    /// None: it is about panes, and lines on a screen.
    None,
}

/// What the word of an action is.
pub(super) fn kind(action: Action) -> Kind {
    match action {
        Action::Help => Kind::Page(Page::Help),
        Action::Hosts => Kind::Page(Page::Status),
        Action::Releases => Kind::Page(Page::Releases),
        Action::Steps => Kind::Page(Page::Steps),
        Action::Log => Kind::Page(Page::Log),
        Action::Choices => Kind::Page(Page::Question),
        Action::Host => Kind::Page(Page::Host),
        Action::Messages => Kind::Page(Page::Messages),
        Action::Guide => Kind::Page(Page::Guide),
        Action::Runs => Kind::Page(Page::Runs),
        Action::Back
        | Action::Quit
        | Action::Suspend
        | Action::Editor
        | Action::Pager
        | Action::Look
        | Action::Act(_) => Kind::Key,
        Action::Commands
        | Action::Palette
        | Action::Interrupt
        | Action::Stream
        | Action::Redraw
        | Action::Mouse
        | Action::NextPane
        | Action::PreviousPane
        | Action::Evidence
        | Action::Open
        | Action::Zoom
        | Action::Narrower
        | Action::Wider
        | Action::Follow
        | Action::Search
        | Action::NextHit
        | Action::PreviousHit
        | Action::NextError
        | Action::PreviousError
        | Action::NextWarning
        | Action::PreviousWarning
        | Action::NextPause
        | Action::Mark
        | Action::NextMark
        | Action::AllHosts
        | Action::Filter
        | Action::LessContext
        | Action::MoreContext
        | Action::Choose
        | Action::Copy
        | Action::Save
        | Action::Wrap
        | Action::Times
        | Action::OlderAttempt
        | Action::NewerAttempt
        | Action::Go(_) => Kind::None,
    }
}

/// Whether a word can mean it.
pub(super) fn is_spoken(action: Action) -> bool {
    kind(action) != Kind::None
}

impl<S: Source> Linear<S> {
    /// A line while no dialog is open.
    pub(super) fn word(&mut self, text: &str) {
        if let Ok(number) = text.parse::<usize>()
            && !self.is_a_name(text, number)
        {
            self.number(number);
            return;
        }
        if self.model.stages.is_some() {
            self.stage(text);
            return;
        }
        if self.model.picker.is_some() {
            self.release(text);
            return;
        }
        if let Some(asked) = commands::asked(text) {
            self.commands(asked);
            return;
        }
        let mut words = text.split_whitespace();
        match (words.next(), words.next()) {
            (None, _) => {
                self.stands();
                self.again();
            }
            (Some("input"), Some(how @ ("hidden" | "shown"))) if words.next().is_none() => {
                self.spoken(Spoken::Key(Action::Act(Act::Input)));
                self.spoken(Spoken::Hide(how == "hidden"));
            }
            (Some(word), Some(how @ ("on" | "off")))
                if word.eq_ignore_ascii_case(MAINTENANCE) && words.next().is_none() =>
            {
                self.maintenance(how == "on");
            }
            (Some("help"), Some("all")) => self.help(true),
            (Some("log"), _) => self.log(text.split_whitespace().skip(1)),
            (Some(_), _) => self.meant(text),
        }
    }

    /// The page is to be put up, or taken down: it is said which was understood.
    fn maintenance(&mut self, on: bool) {
        self.out.line(match on {
            true => "Taken as: put the maintenance page up.",
            false => "Taken as: take the maintenance page down.",
        });
        self.spoken(Spoken::Maintenance(on));
    }

    /// Whether what could be a number is meant as a name: of the list that is open; where none is, what
    /// numbers stand for is asked first.
    fn is_a_name(&self, text: &str, number: usize) -> bool {
        let sight = &self.model.sight;
        match &self.model.stages {
            Some(stages) => stages.offers.iter().any(|stage| stage.name == text),
            None if self.model.picker.is_some() => sight.candidate(text).is_some(),
            None => self.numbered_as(number).is_none() && self.exactly(text).is_some(),
        }
    }

    fn meant(&mut self, text: &str) {
        if let Some((hold, at)) = self.choice(text) {
            self.spoken(Spoken::Choice(hold, at));
            return;
        }
        if let Some(goal) = self.exactly(text) {
            self.goal(goal, false);
            return;
        }
        // A word, and behind it where: `shell web1`, `retry build web2`.
        let words: Vec<&str> = text.split_whitespace().collect();
        let (head, cell) = self.placed(&words);
        if cell != Place::default() {
            if head.is_empty() {
                self.put(cell);
                self.cell(cell);
                return;
            }
            match self.exactly(&head).or_else(|| self.answer_called(&head)) {
                Some(Goal::Key(action)) if kind(action) == Kind::Key => {
                    self.spoken(Spoken::At(action, cell));
                    return;
                }
                Some(goal) => {
                    self.put(cell);
                    self.goal(goal, false);
                    return;
                }
                None => {}
            }
        }
        match self.asks_for_input(text) {
            Some(line) => self.out.line(line),
            None => self.fuzzy(text),
        }
    }

    /// A step asks, and this looks like what is to be sent to it: that takes a word before.
    fn asks_for_input(&self, text: &str) -> Option<String> {
        let is_answer = ANSWERS.contains(&text.to_lowercase().as_str());
        let run = self.model.run().filter(|_| is_answer)?;
        let (_, hold) =
            self.model.hold().filter(|(_, hold)| matches!(hold.cause, Cause::Input(..)))?;
        let cell = run.cell(hold.on)?;
        let host = cell.node.host.map_or("", |host| self.model.host_name(host));
        let (word, step) = (word_of(Action::Act(Act::Input)), &cell.node.key);
        Some(format!("{text} is not sent by itself: {word} answers {step} on {host}."))
    }

    /// From now on this place is meant.
    fn put(&mut self, cell: Place) {
        self.spoken(Spoken::Place(cell));
    }

    /// The words before those that name a host, or a step.
    pub(super) fn placed(&self, words: &[&str]) -> (String, Place) {
        let (mut cell, mut left) = (Place::default(), words);
        while let [before @ .., last] = left {
            let grid = &self.model.grid;
            let row = grid.hosts.iter().position(|id| self.model.host_name(*id) == *last);
            let column = grid.columns.iter().position(|column| column.step == *last);
            match (row, column) {
                (Some(_), _) if cell.row.is_none() => cell.row = row,
                (_, Some(_)) if cell.column.is_none() => cell.column = column,
                (_, _) => break,
            }
            left = before;
        }
        (left.join(" "), cell)
    }

    /// What it means as a whole word.
    pub(super) fn exactly(&self, text: &str) -> Option<Goal> {
        let word = text.to_lowercase();
        let also = ALSO.iter().find(|(also, _)| *also == word).map(|(_, action)| *action);
        let of_table = || {
            let mut rows = TABLE.iter().filter(|row| is_spoken(row.action));
            let row = rows.find(|it| it.label == word || it.name().replace('_', " ") == word);
            row.map(|row| row.action)
        };
        also.or_else(of_table).map(Goal::Key).or_else(|| {
            let entry = words::all_entries(&self.model).find(|entry| {
                entry.label == text || matches!(&entry.goal, Goal::Release(name) if name == text)
            })?;
            spoken(&entry).then_some(entry.goal)
        })
    }

    /// What is answered by that, to any open question.
    pub(super) fn answer_called(&self, text: &str) -> Option<Goal> {
        let mut holds = self.model.open_run()?.holds.values();
        let offer = holds.find_map(|hold| hold.offers.iter().find(|it| is_called(**it, text)))?;
        Some(Goal::Key(Action::Act(words::key_of(*offer))))
    }

    /// What it may mean: done where that is one thing, which then asks; else listed.
    fn fuzzy(&mut self, text: &str) {
        let fits = |entry: &Entry| spoken(entry);
        let mut found: Vec<Entry> =
            words::fitting(&self.model, text).into_iter().filter(fits).collect();
        let word = text.to_lowercase();
        // What begins with it is meant before what only has its letters.
        if found.iter().any(|entry| begins(entry, &word)) {
            found.retain(|entry| begins(entry, &word));
        }
        found.sort_by_key(|entry| entry.refused.is_some());
        match found.as_slice() {
            [] => self.out.line(format!("Nothing is called {text}: help says the words.")),
            [only] => {
                self.out.line(format!("Taken as: {}.", only.label));
                let goal = only.goal.clone();
                self.goal(goal, true);
            }
            several => {
                let more = several.len().saturating_sub(LISTED_MAX);
                self.asking.offered.clear();
                self.out.line(format!("{text} may mean:"));
                for (at, entry) in several.iter().take(LISTED_MAX).enumerate() {
                    self.asking.offered.push(Offered::Goal(entry.goal.clone()));
                    let about = about(entry);
                    self.out.line(format!("{}. {}{about}", at + 1, entry.label));
                }
                if more > 0 {
                    self.out.line(format!("And {more} more: type more of the word."));
                }
            }
        }
    }

    /// Does what a word stands for; `listed`: it was found, and not typed in full.
    pub(super) fn goal(&mut self, goal: Goal, listed: bool) {
        match goal {
            Goal::Key(action) if let Kind::Page(page) = kind(action) => self.page(page),
            // A pause is never wrong; what else acts asks.
            Goal::Key(action) if action == Action::Act(Act::Pause) && !listed => {
                self.spoken(Spoken::Key(action));
            }
            Goal::Key(Action::Quit) => self.spoken(Spoken::Quit),
            Goal::Key(action) => self.spoken(Spoken::Goal(Goal::Key(action))),
            Goal::Host(name) => {
                let grid = &self.model.grid;
                let row = grid.hosts.iter().position(|id| self.model.host_name(*id) == name);
                let cell = Place { row, column: None };
                self.put(cell);
                self.cell(cell);
            }
            Goal::Step(name) => {
                let column = self.model.grid.columns.iter().position(|it| it.step == name);
                let cell = Place { row: None, column };
                self.put(cell);
                self.cell(cell);
            }
            Goal::Release(name) => self.spoken(Spoken::Release(name)),
            Goal::Run(run) => self.past(run.as_str()),
        }
    }

    fn stage(&mut self, text: &str) {
        let Some(stages) = &self.model.stages else { return };
        match stages.offers.iter().position(|stage| stage.name == text) {
            Some(at) => self.spoken(Spoken::Stage(at)),
            None if text.is_empty() => self.again(),
            None => match self.exactly(text) {
                Some(Goal::Key(Action::Quit)) => self.spoken(Spoken::Quit),
                Some(_) | None => self.out.line(format!("No stage is called {text}; quit leaves.")),
            },
        }
    }

    /// A release of the list, by its name; or more of what is known of one.
    fn release(&mut self, text: &str) {
        if let Some(which) = text.strip_prefix(DETAILS).filter(|which| which.starts_with(' ')) {
            self.details(which.trim());
            return;
        }
        let known = self.model.sight.candidate(text).is_some();
        if known {
            self.spoken(Spoken::Release(text.to_owned()));
            return;
        }
        self.spoken(Spoken::Leave);
        self.asking.offered.clear();
        match text {
            "" => self.out.line("The list is left; nothing was done."),
            text => self.meant(text),
        }
        self.again();
    }
}

/// Whether its name begins with that.
fn begins(entry: &Entry, word: &str) -> bool {
    let names = [entry.label.as_str(), entry.label.split_once(' ').map_or("", |(_, name)| name)];
    names.iter().any(|name| name.to_lowercase().starts_with(word))
}

fn spoken(entry: &Entry) -> bool {
    match entry.goal {
        Goal::Key(action) => is_spoken(action),
        Goal::Host(_) | Goal::Step(_) | Goal::Release(_) | Goal::Run(_) => true,
    }
}

fn about(entry: &Entry) -> String {
    let about = match (&entry.refused, &entry.goal) {
        (Some(why), _) => format!("not now: {why}"),
        (None, Goal::Key(action)) => super::pages::about(*action).to_owned(),
        (None, Goal::Host(_) | Goal::Step(_) | Goal::Release(_) | Goal::Run(_)) => {
            entry.about.clone()
        }
    };
    if about.trim().is_empty() { String::new() } else { format!(": {}", about.trim()) }
}

/// The word of an action.
pub(super) fn word_of(action: Action) -> &'static str {
    let also = ALSO.iter().find(|(_, other)| *other == action && action == Action::Hosts);
    also.map(|(word, _)| *word).or_else(|| binding(action).map(|row| row.label)).unwrap_or_default()
}
