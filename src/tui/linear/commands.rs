//! What would be run, when that is asked for: of the open dialog, of each answer to the open question, of
//! what the run goes on with, of the run that is planned. The long texts of built-in steps are named, and
//! said by themselves; of all of it not more at once than can be listened to.

use super::{Linear, asked::name, out::Out};
use crate::tui::{
    action::{Act, Action},
    feed::Source,
    keymap::written,
    state::palette::Goal,
    styles::Tone,
    update,
    words::{self, Listing, Said},
};

/// The word that asks for it.
pub(super) const COMMANDS: &str = "commands";

/// Lines that are said at once.
const AT_ONCE: usize = 60;

/// The word for the functions with which the texts of built-in steps begin.
const FUNCTIONS: &str = "functions";

/// What of it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All but the texts of built-in steps.
    Rows,
    /// The lines behind those that were said.
    More,
    /// All of it, each text once.
    All,
    /// The text of a step, or what a word would run.
    Of(String),
}

/// What a line asks for, if it begins with the word.
pub(super) fn asked(line: &str) -> Option<Asked> {
    let mut words = line.split_whitespace();
    if words.next()? != COMMANDS {
        return None;
    }
    let of = words.collect::<Vec<_>>().join(" ");
    Some(match of.as_str() {
        "" => Asked::Rows,
        "more" => Asked::More,
        "all" => Asked::All,
        _ => Asked::Of(of),
    })
}

/// Lines that were asked for and are not said yet.
#[derive(Debug, Default)]
pub(super) struct Rest(Vec<String>);

impl Rest {
    /// Says as much as is said at once, and how to hear on.
    fn say(&mut self, lines: Vec<String>, out: &mut Out) {
        self.0 = lines;
        let now = self.0.len().min(AT_ONCE);
        out.lines(self.0.drain(..now));
        if !self.0.is_empty() {
            let left = words::count(self.0.len(), "more line");
            out.line(format!("({left}: {COMMANDS} more)"));
        }
    }

    /// What it was about may be another thing by now.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// The rows of a listing; where a built-in step runs, the words that say its text.
fn rows(listing: &Listing) -> Vec<String> {
    let row = |said: &Said| match said {
        Said::Row((text, _)) => text.clone(),
        Said::BuiltIn { row, step } => format!("{row}; {COMMANDS} {step} says its text"),
    };
    listing.said().iter().map(row).collect()
}

/// The text of a built-in step, or the functions that such texts begin with; empty where neither is called
/// so.
fn text(listing: &Listing, called: &str) -> Vec<String> {
    let own = |rows: Vec<(String, _)>| rows.into_iter().map(|(text, _)| text);
    let texts = listing.texts();
    let mut lines: Vec<String> = own(texts.of_step(called)).collect();
    let shared = texts.shared();
    if !lines.is_empty() && !shared.is_empty() {
        let all = words::count(shared.len(), "line");
        lines.push(format!(
            "Before that stand functions that each built-in text begins with, {all}: {COMMANDS} {FUNCTIONS}."
        ));
    } else if lines.is_empty() && called == FUNCTIONS {
        lines.extend(own(shared));
    }
    lines
}

impl<S: Source> Linear<S> {
    /// Says what would be run.
    pub(super) fn commands(&mut self, asked: Asked) {
        let lines = match asked {
            Asked::More => {
                let rest = std::mem::take(&mut self.rest.0);
                if rest.is_empty() {
                    self.out.line(format!("There is no more: {COMMANDS} says all of it again."));
                }
                rest
            }
            Asked::Rows => rows(&self.listing()),
            Asked::All => {
                let listing = self.listing();
                let texts = listing.texts().rows().into_iter().map(|(text, _)| text);
                rows(&listing).into_iter().chain(texts).collect()
            }
            Asked::Of(called) => self.commands_of(&called),
        };
        self.rest.say(lines, &mut self.out);
    }

    /// Whether that is a text of what is listed now: any other line that begins with the word may be a reason.
    pub(super) fn has_text(&self, called: &str) -> bool {
        !text(&self.listing(), called).is_empty()
    }

    fn commands_of(&self, called: &str) -> Vec<String> {
        let listing = self.listing();
        let lines = text(&listing, called);
        if !lines.is_empty() {
            return lines;
        }
        let goal = self.exactly(called).or_else(|| self.answer_called(called));
        match goal.filter(|_| self.model.dialog.is_none()) {
            Some(goal) => rows(&self.of_word(called, &goal)),
            None => {
                let steps = listing.texts().steps().join(", ");
                let steps = if steps.is_empty() { "none".to_owned() } else { steps };
                vec![format!("No text is called {called}; texts of built-in steps: {steps}.")]
            }
        }
    }

    /// What a word would run.
    fn of_word(&self, called: &str, goal: &Goal) -> Listing {
        let asks_hosts = match goal {
            Goal::Key(Action::Act(Act::TakeOver)) => self.model.open_run().is_none(),
            Goal::Key(Action::Act(Act::Maintenance | Act::Rollback)) | Goal::Release(_) => true,
            Goal::Key(_) | Goal::Host(_) | Goal::Step(_) | Goal::Run(_) => false,
        };
        let Some(entry) = words::all_entries(&self.model).find(|entry| entry.goal == *goal) else {
            return Listing::default();
        };
        if asks_hosts && entry.refused.is_none() {
            let line = format!("{called} asks first; its question lists its commands: {COMMANDS}.");
            return Listing::from(vec![(line, Tone::Text)]);
        }
        words::would(&self.model, &entry)
    }

    /// What is to be listed now.
    fn listing(&self) -> Listing {
        let said = |line: String| Listing::of(line, Tone::Text);
        if let Some(dialog) = &self.model.dialog {
            let none = || said(format!("{}.", words::capital(words::unlisted(dialog))));
            return words::dialog_would(&self.model, dialog).unwrap_or_else(none);
        }
        if self.model.hold().is_some() {
            return self.of_answers();
        }
        if self.model.open_run().is_some() {
            return self.of_run();
        }
        self.of_word("", &Goal::Key(Action::Act(Act::Deploy)))
    }

    /// What each answer to the open question would run; those that run the same together.
    fn of_answers(&self) -> Listing {
        let model = &self.model;
        let Some((_, hold)) = model.hold() else { return Listing::default() };
        let mut each: Vec<(Vec<String>, Listing)> = Vec::new();
        for (at, offer) in hold.offers.iter().enumerate() {
            let heading = format!("{}. {}", at + 1, name(*offer));
            let act = Action::Act(words::key_of(*offer));
            let line = |text: String| Listing::of(text, Tone::Text);
            let listing = match update::why_not(model, act) {
                Some(why) => line(format!("  Not now: {why}.")),
                None => words::offered(model, *offer)
                    .filter(|listing| !listing.is_empty())
                    .unwrap_or_else(|| line("  Runs no command of the recipe.".to_owned())),
            };
            match each.iter_mut().find(|(_, other)| *other == listing) {
                Some((headings, _)) => headings.push(heading),
                None => each.push((vec![heading], listing)),
            }
        }
        let under = |(headings, listing): (Vec<String>, Listing)| {
            listing.under(format!("{}:", headings.join("; ")), Tone::Strong)
        };
        each.into_iter().map(under).fold(Listing::default(), Listing::and)
    }

    /// What lets an open run go on, where nothing is asked.
    fn of_run(&self) -> Listing {
        let strong = Tone::Strong;
        let mut all = Listing::default();
        for act in [Act::Continue, Act::Step, Act::Undo] {
            let action = Action::Act(act);
            let word = written(&self.model, action);
            if update::why_not(&self.model, action).is_none() {
                all.extend(
                    self.of_word(word, &Goal::Key(action)).under(format!("{word}:"), strong),
                );
            }
        }
        all
    }
}
