//! What happened since, as lines.

use super::{Linear, out::flat, pages::MESSAGES, stands::standing};
use crate::tui::{feed::Source, keymap::with_keys, state::Subject, words};

/// More lines at once, and only the last of them are said: of a run that is taken up all its facts come.
const AT_ONCE: u64 = 60;

/// So many are said then.
const LAST: u64 = 3;

/// What was said so far of what happens.
#[derive(Debug, Default)]
pub(super) struct SoFar {
    /// So many lines of what was said were passed on.
    told: u64,
    /// And so many as far as they matter.
    urgent: u64,
    /// It was said where one is.
    pub(super) greeted: bool,
}

impl<S: Source> Linear<S> {
    /// What was said since. While a dialog is answered only what matters: the rest comes behind it.
    pub(super) fn news(&mut self) {
        self.greet();
        let answering = self.model.dialog.is_some();
        if !answering {
            let lines = self.logs.follow(&self.model);
            self.out.lines(lines);
        }
        let said = &self.model.said;
        let count = said.count();
        let from = if answering { self.so_far.urgent } else { self.so_far.told };
        let new = count - from;
        let from = if new > AT_ONCE { count - LAST } else { from };
        if new > AT_ONCE {
            let left = new - LAST;
            self.out.line(format!(
                "({left} lines before are not said here: messages says the last {MESSAGES})"
            ));
        }
        // A question that is about to be read out says it itself.
        let asked = self.model.hold().filter(|(id, _)| Some(*id) != self.asking.question);
        let asked = asked.zip(self.model.run());
        let asked = asked.map(|((_, hold), run)| words::headline(&self.model, run, hold));
        for (number, line) in said.after(from) {
            let already = number < self.so_far.urgent && line.matters();
            if !already && (!answering || line.matters()) && asked.as_ref() != Some(&line.text) {
                let text = flat(&line.text);
                match line.part.clone() {
                    Some(part) => self.out.part(&text, part),
                    None => self.out.line(text),
                }
            }
        }
        self.so_far.urgent = count;
        if !answering {
            self.so_far.told = count;
        }
    }

    /// Says where one is as soon as that is known: beside a plan, or in a run that is open.
    fn greet(&mut self) {
        if self.so_far.greeted || matches!(self.model.subject, Subject::Nothing) {
            return;
        }
        self.so_far.greeted = true;
        self.out.line(standing(&self.model));
        let looks = self.model.settings.read_only || self.model.watched.is_some();
        let begins = if self.model.run().is_none() && !looks { "deploy begins, " } else { "" };
        let line =
            format!("Type a word: {begins}status says how things stand, help says the words.");
        self.out.line(line);
        let guide = self.model.guide.iter().map(|line| with_keys(&self.model, line));
        self.out.lines(guide);
    }
}
