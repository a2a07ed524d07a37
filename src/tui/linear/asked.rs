//! What is asked of the operator beside dialogs: an open question, a release, a stage; and what the
//! numbers stand for that are offered with it.

use jiff::{SignedDuration, Timestamp};

use super::{Linear, answered::Sent, out::flat, reading::labelled};
use crate::{
    model::HoldId,
    run::{Mode, Offer, Run},
    tui::{
        action::Action,
        feed::Source,
        keymap::binding,
        state::{
            failure::{Found, attempt, has_card},
            palette::Goal,
        },
        update::Spoken,
        words,
    },
};

/// So long the log of a failure is looked at for its error, before the failure is read out without it.
const LOOKED: SignedDuration = SignedDuration::from_secs(2);

/// The word behind which a release of the list stands of which more is to be said.
pub(super) const DETAILS: &str = "details";

/// What a number stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    /// A choice of a question.
    Choice(HoldId, usize),
    /// Another question.
    Question(HoldId),
    /// A button of the open dialog.
    Button(usize),
    /// A release.
    Release(String),
    /// A stage.
    Stage(usize),
    /// What a word may mean.
    Goal(Goal),
}

/// What is asked beside dialogs, and how far that was said.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// What numbers stand for.
    pub(super) offered: Vec<Offered>,
    /// A dialog has taken the numbers.
    pub(super) taken: bool,
    /// The question that was read out.
    pub(super) question: Option<HoldId>,
    /// What is on its way about a question.
    pub(super) sent: Option<Sent>,
    /// Since when the log of a failure is looked at for its error, before that is read out.
    pub(super) looking: Option<Timestamp>,
    /// The list of releases, or of stages, was read out.
    pub(super) listed: bool,
    /// The release of the list of which more is to be said, as soon as it is known.
    weighing: Option<String>,
}

impl Asking {
    /// Whether something is on its way about the question that was read out.
    fn is_answered(&self) -> bool {
        self.sent.is_some_and(|sent| Some(sent.of()) == self.question)
    }
}

impl<S: Source> Linear<S> {
    /// The prompt, where something is asked, or nothing goes on by itself.
    pub(super) fn prompt(&self) -> Option<String> {
        let model = &self.model;
        if model.quit || self.guest.is_some() || self.typing.crowded {
            return None;
        }
        if model.dialog.is_some() {
            return self.reading.as_ref()?.prompt(model);
        }
        let how =
            if self.asking.offered.is_empty() { "Its name" } else { "Its number or its name" };
        if model.stages.is_some() {
            return Some(format!("Which stage? {how}: "));
        }
        if model.picker.is_some() {
            let which = if self.asking.offered.is_empty() { "NAME" } else { "NUMBER" };
            return Some(format!(
                "Which release? {how}; {DETAILS} {which} says more of it; an empty line leaves the list: "
            ));
        }
        if self.asking.is_answered() {
            return None;
        }
        if self.asking.question.is_some() {
            let which = if self.lists_words() { "Which of these" } else { "What now" };
            return Some(format!("{which}? A number or a word: "));
        }
        let going = model.open_run().is_some_and(|run| run.mode != Mode::Pause);
        let begins = model.starting || model.sight.doing.is_some() || model.next.is_some();
        (self.so_far.greeted && !going && !begins).then(|| "> ".to_owned())
    }

    /// Reads out what is asked, once.
    pub(super) fn ask(&mut self) {
        if self.model.dialog.is_some() || self.model.quit {
            return;
        }
        let list = self.model.stages.is_some() || self.model.picker.is_some();
        if list {
            if !std::mem::replace(&mut self.asking.listed, true) {
                self.list();
            }
            return;
        }
        self.asking.listed = false;
        let hold = self.model.hold().map(|(id, _)| id);
        if hold == self.asking.question {
            return;
        }
        let Some(id) = hold else {
            (self.asking.question, self.asking.looking) = (None, None);
            self.asking.offered.clear();
            return;
        };
        let now = self.model.now;
        let since = *self.asking.looking.get_or_insert(now);
        if self.is_looked_at(id) && now.duration_since(since) < LOOKED {
            return;
        }
        (self.asking.question, self.asking.looking) = (Some(id), None);
        self.question();
    }

    /// Reads out again what is asked.
    pub(super) fn again(&mut self) {
        if self.model.dialog.is_some() {
            self.read_out();
        } else if self.model.stages.is_some() || self.model.picker.is_some() {
            self.list();
        } else if self.asking.question.is_some() && !self.asking.is_answered() {
            self.choices();
        }
    }

    /// Whether the error of a failure is still looked for.
    fn is_looked_at(&self, id: HoldId) -> bool {
        let Some(run) = self.model.open_run() else { return false };
        let Some(hold) = run.holds.get(&id).filter(|hold| hold.cause.is_trouble()) else {
            return false;
        };
        let found = attempt(run, hold).map(|attempt| self.model.failure.found(attempt));
        matches!(found, Some(None | Some(Found::Looking(_))))
    }

    /// The question that is open: what happened, and what can be answered.
    pub(super) fn question(&mut self) {
        let (Some((id, hold)), Some(run)) = (self.model.hold(), self.model.run()) else { return };
        self.out.line(format!("{}.", flat(&words::headline(&self.model, run, hold))));
        if has_card(hold) {
            for point in words::card(&self.model, id, hold) {
                let mut lines = point.text.lines();
                let first = lines.next().unwrap_or_default();
                self.out.line(format!("{}: {first}", words::capital(point.name)));
                self.out.lines(lines);
            }
        } else {
            self.out.lines(words::cause(&self.model, run, hold));
        }
        self.choices();
    }

    /// What can be answered, each with its number and what comes of it.
    pub(super) fn choices(&mut self) {
        let (Some((id, hold)), Some(run)) = (self.model.hold(), self.model.run()) else { return };
        self.asking.taken = false;
        self.asking.offered = choices(run, id);
        self.out.line("What now?");
        for (at, offer) in hold.offers.iter().enumerate() {
            let comes = words::comes_of(&self.model, hold, *offer);
            self.out.line(format!("{}. {}: {comes}", at + 1, name(*offer)));
        }
        let others = run.holds.iter().filter(|(other, _)| **other != id);
        for (at, (_, hold)) in (hold.offers.len()..).zip(others) {
            let what = flat(&words::headline(&self.model, run, hold));
            self.out.line(format!("{}. Another question: {what}", at + 1));
        }
    }

    /// Whether numbers stand for what a word may mean.
    fn lists_words(&self) -> bool {
        matches!(self.asking.offered.first(), Some(Offered::Goal(_)))
    }

    /// A line behind such a list: but for one of its numbers, they are those of the question again.
    pub(super) fn unlist(&mut self, text: &str) {
        if self.lists_words() && text.parse::<usize>().is_err() {
            self.numbers();
        }
    }

    /// Numbers stand for the choices of the question that was read out.
    fn numbers(&mut self) {
        let asked = self.asking.question.zip(self.model.open_run());
        self.asking.offered = asked.map_or_else(Vec::new, |(id, run)| choices(run, id));
    }

    /// The list that is open: stages, or releases.
    fn list(&mut self) {
        self.asking.offered.clear();
        self.asking.taken = false;
        if let Some(stages) = &self.model.stages {
            self.out.line("Stages:");
            let lines = stages.offers.iter().enumerate().map(|(at, stage)| {
                let hosts = stage.hosts.join(" ");
                let guarded = if stage.protected { ", protected" } else { "" };
                let open = if stage.open { ", a run was left open there" } else { "" };
                let line = format!("{}: {hosts}{guarded}{open}", stage.name);
                (stage.name.clone(), Offered::Stage(at), line)
            });
            let lines = lines.collect();
            return self.numbered(lines);
        }
        self.out.line("Releases, the newest first:");
        let lines = self.releases().into_iter();
        let lines =
            lines.map(|(name, line)| (name.clone(), Offered::Release(name), line)).collect();
        self.numbered(lines);
    }

    /// All that is known of a release of the list, as soon as it is known how it differs.
    pub(super) fn details(&mut self, which: &str) {
        let numbered = which.parse().ok().and_then(|number| self.numbered_as(number));
        let name = match numbered {
            Some(Offered::Release(name)) if self.model.sight.candidate(which).is_none() => name,
            Some(_) | None => which,
        };
        let name = name.to_owned();
        if self.model.sight.candidate(&name).is_none() {
            self.out.line(format!("No release is called {name}: {DETAILS} NUMBER, or its name."));
            return;
        }
        self.spoken(Spoken::Details(name.clone()));
        let waits = self.awaits_difference(&name);
        self.asking.weighing = Some(name);
        if waits {
            self.out.line("Asking a host how it differs.");
        }
        self.weigh();
    }

    /// Whether it is being asked how a release differs from what is served.
    pub(super) fn awaits_difference(&self, release: &str) -> bool {
        let sight = &self.model.sight;
        let asked = |pair| sight.differences.of(&pair).is_none();
        sight.pair(release).is_some_and(asked) && !self.model.alone
    }

    /// Says what is known of the release of the list that was asked about, once that is all there is to know.
    pub(super) fn weigh(&mut self) {
        let Some(name) = &self.asking.weighing else { return };
        let Some(candidate) =
            self.model.sight.candidate(name).filter(|_| self.model.picker.is_some())
        else {
            self.asking.weighing = None;
            return;
        };
        if !self.awaits_difference(name) {
            // What it would run is asked with the question itself.
            let lines = labelled(words::release_known(&self.model, candidate));
            self.out.line(format!("{name}:"));
            self.out.lines(lines);
            self.asking.weighing = None;
        }
    }

    /// Each with a number; none has one where a name is the number of another.
    fn numbered(&mut self, lines: Vec<(String, Offered, String)>) {
        let all = 1..=lines.len();
        let other = |at: usize, name: &str| {
            name.parse().is_ok_and(|number| number != at + 1 && all.contains(&number))
        };
        let bare = lines.iter().enumerate().any(|(at, (name, ..))| other(at, name));
        for (at, (_, offered, line)) in lines.into_iter().enumerate() {
            if bare {
                self.out.line(line);
            } else {
                self.asking.offered.push(offered);
                self.out.line(format!("{}. {line}", at + 1));
            }
        }
    }

    /// The choice of the open question that is called so in full.
    pub(super) fn choice(&self, text: &str) -> Option<(HoldId, usize)> {
        let (id, hold) = self.model.hold().filter(|(id, _)| Some(*id) == self.asking.question)?;
        Some((id, hold.offers.iter().position(|offer| is_called(*offer, text))?))
    }

    /// A number was typed.
    pub(super) fn number(&mut self, number: usize) {
        let Some(offered) = self.numbered_as(number).cloned() else {
            let what = match self.asking.offered.len() {
                0 if self.model.picker.is_some() => format!("No release is called {number}"),
                0 if self.model.stages.is_some() => format!("No stage is called {number}"),
                0 => "Nothing has a number now".to_owned(),
                1 => "There is only number 1".to_owned(),
                all => format!("There is no number {number}: 1 to {all}"),
            };
            self.out.line(format!("{what}; help says the words."));
            return;
        };
        match offered {
            Offered::Choice(hold, at) => self.spoken(Spoken::Choice(hold, at)),
            Offered::Question(hold) => self.turn(hold),
            Offered::Release(name) => self.spoken(Spoken::Release(name)),
            Offered::Stage(at) => self.spoken(Spoken::Stage(at)),
            Offered::Goal(goal) => {
                self.numbers();
                self.goal(goal, true);
            }
            // The dialog that it belonged to is gone.
            Offered::Button(_) => self.out.line("That question is gone."),
        }
    }

    /// What that number stands for.
    pub(super) fn numbered_as(&self, number: usize) -> Option<&Offered> {
        self.asking.offered.get(number.checked_sub(1)?)
    }

    /// To another question.
    fn turn(&mut self, hold: HoldId) {
        self.asking.question = None;
        self.spoken(Spoken::Question(hold));
    }
}

/// The choices of a question, and the other questions.
fn choices(run: &Run, id: HoldId) -> Vec<Offered> {
    let offers = run.holds.get(&id).map_or(0, |hold| hold.offers.len());
    let others = run.holds.keys().filter(|other| **other != id);
    (0..offers)
        .map(|at| Offered::Choice(id, at))
        .chain(others.map(|other| Offered::Question(*other)))
        .collect()
}

/// Whether an answer is called so in full.
pub(super) fn is_called(offer: Offer, text: &str) -> bool {
    let word = text.to_lowercase();
    offer.to_string() == word || name(offer) == word
}

/// What an answer is called: the word that gives it, and more where that says little.
pub(super) fn name(offer: Offer) -> String {
    let word = binding(Action::Act(words::key_of(offer))).map_or("", |row| row.label);
    let said = offer.to_string();
    if said.contains(word) { said } else { format!("{word}, {said}") }
}
