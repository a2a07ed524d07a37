//! What is looked for in a log, and which of its lines are left out meanwhile.

use std::{ops::Range, sync::Arc};

use super::LogPane;
use crate::{
    text::{Shown, fit},
    tui::feed::Pattern,
};

/// The search of a log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// What is searched for.
    pub(crate) pattern: Option<Arc<Pattern>>,
    pub(crate) text: String,
    /// Another one for each pattern.
    pub(crate) id: u64,
    /// What came of it, or of the jump before.
    pub(crate) says: Option<String>,
    /// The line that was found last.
    pub(crate) found: Option<u64>,
}

/// The filter of a log: only lines that fit, and what is around them.
#[derive(Clone, Debug)]
pub(crate) struct Sieve {
    pub(crate) pattern: Option<Arc<Pattern>>,
    pub(crate) text: String,
    /// Another one for each pattern.
    pub(crate) id: u64,
    /// Lines that are kept before and behind one that fits.
    pub(crate) context: u64,
    /// How many lines fit, in words.
    pub(crate) says: String,
}

impl Default for Sieve {
    fn default() -> Self {
        Self { pattern: None, text: String::new(), id: 0, context: 2, says: String::new() }
    }
}

/// More lines around one that fits are not kept.
pub(crate) const CONTEXT_MAX: u64 = 50;

/// Lines above the one at which a filter was left.
const LEFT_ABOVE: u64 = 5;

/// Cells of a pattern that are said again with what it found.
const SHORT_MAX: usize = 16;

/// A pattern in few cells.
pub(crate) fn short(text: &str) -> String {
    fit(&Shown::literal(text), SHORT_MAX).plain()
}

/// Which of the two is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Search,
    Filter,
}

impl Typed {
    /// The key that begins it.
    pub(crate) fn sign(self) -> char {
        match self {
            Self::Search => '/',
            Self::Filter => '&',
        }
    }
}

/// A pattern while it is typed.
#[derive(Clone, Debug)]
pub(crate) struct Typing {
    pub(crate) what: Typed,
    pub(crate) text: String,
    /// Why it is no pattern (yet).
    pub(crate) wrong: Option<String>,
    /// How many patterns back it is, and what was typed before.
    walked: Option<(usize, String)>,
    /// What to come back to: the place, what was searched for, and what was left out.
    origin: Box<(bool, (u64, usize), Search, Sieve)>,
    /// The line from which it is looked for.
    from: u64,
}

impl Typing {
    /// Whether lines are wanted that do not fit, and the pattern.
    fn parts(&self) -> (bool, &str) {
        match self.text.strip_prefix('!') {
            Some(rest) if self.what == Typed::Filter => (true, rest),
            Some(_) | None => (false, &self.text),
        }
    }

    /// Whether there is no pattern: nothing to look for, and nothing to leave out.
    pub(crate) fn is_blank(&self) -> bool {
        self.parts().1.is_empty()
    }
}

/// What can be jumped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// A line that fits what is searched for.
    Hit,
    /// A line that fits the filter.
    Kept,
    Error,
    Warning,
    /// A line that came long after the one before.
    Gap,
    /// A line that the operator marked.
    Mark,
}

/// A jump whose end its reader has still to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jump {
    pub(crate) sought: Sought,
    /// Towards the end.
    pub(crate) forward: bool,
    /// From that line on; it may be the one only where it is included.
    pub(crate) from: u64,
    pub(crate) included: bool,
    /// It stays where it is if there is nothing, and tells nothing of it.
    pub(crate) quiet: bool,
}

impl LogPane {
    /// Begins to type a pattern.
    pub(crate) fn begin_typing(&mut self, what: Typed) {
        let mut search = self.search.clone();
        search.says = None;
        let origin = Box::new((self.follow, self.top, search, self.sieve.clone()));
        // At the end there is nothing further down: from the first line.
        let from = if self.follow { 0 } else { self.current() };
        let (text, wrong, walked) = (String::new(), None, None);
        self.typing = Some(Typing { what, text, wrong, walked, origin, from });
    }

    /// To the pattern that was typed before, or back towards what is typed now.
    pub(crate) fn walk(&mut self, back: bool) {
        let Some(typing) = &mut self.typing else { return };
        let (at, typed) = match typing.walked.take() {
            Some((at, typed)) => (Some(at), typed),
            None => (None, typing.text.clone()),
        };
        let to = match (at, back) {
            (None, true) => Some(0),
            (Some(at), true) => Some(at + 1),
            (None, false) => None,
            (Some(at), false) => at.checked_sub(1),
        };
        // There is none before the first.
        let to =
            to.filter(|to| self.earlier.get(*to, typing.what).is_some()).or(at.filter(|_| back));
        match to.and_then(|to| Some((to, self.earlier.get(to, typing.what)?))) {
            Some((to, earlier)) => {
                typing.text = earlier.to_owned();
                typing.walked = Some((to, typed));
            }
            None => typing.text = typed,
        }
        self.typed();
    }

    /// The text has changed: it is looked for at once.
    pub(crate) fn typed(&mut self) {
        let Some(typing) = &mut self.typing else { return };
        let (what, from) = (typing.what, typing.from);
        let (invert, text) = typing.parts();
        let pattern = match Pattern::new(text, invert) {
            _ if text.is_empty() => None,
            Ok(pattern) => Some(Arc::new(pattern)),
            Err(none) => {
                let before = typing.text.chars().count() - text.chars().count();
                typing.wrong = Some(none.words(before));
                return;
            }
        };
        typing.wrong = None;
        let text = typing.text.clone();
        match what {
            Typed::Search => self.look_for(pattern, text, from),
            Typed::Filter => self.leave_out(pattern, text),
        }
    }

    fn look_for(&mut self, pattern: Option<Arc<Pattern>>, text: String, from: u64) {
        let there = pattern.is_some();
        let id = self.search.id + 1;
        self.search = Search { pattern, text, id, says: None, found: None };
        self.restore();
        let (sought, forward) = (Sought::Hit, true);
        self.jump = there.then_some(Jump { sought, forward, from, included: true, quiet: true });
    }

    fn leave_out(&mut self, pattern: Option<Arc<Pattern>>, text: String) {
        let (id, context) = (self.sieve.id + 1, self.sieve.context);
        (self.search.found, self.search.says) = (None, None);
        self.sieve = Sieve { pattern, text, id, context, says: String::new() };
    }

    /// The place from which typing began.
    fn restore(&mut self) {
        if let Some(typing) = &self.typing {
            (self.follow, self.top) = (typing.origin.0, typing.origin.1);
        }
    }

    /// Enter: what was typed stays. What is no pattern is still typed, until it is one.
    pub(crate) fn end_typing(&mut self) {
        match self.typing.take_if(|typing| typing.wrong.is_none()) {
            Some(typing) if typing.is_blank() => match typing.what {
                Typed::Search => self.forget_search(),
                Typed::Filter => self.leave_out(None, String::new()),
            },
            Some(typing) if typing.what == Typed::Search => {
                self.earlier.keep(typing.what, &typing.text);
                let from = self.search.found.unwrap_or(typing.from);
                let (sought, forward) = (Sought::Hit, true);
                self.jump = Some(Jump { sought, forward, from, included: true, quiet: false });
            }
            Some(typing) => self.earlier.keep(typing.what, &typing.text),
            None => {}
        }
    }

    /// Esc: as it was before.
    pub(crate) fn stop_typing(&mut self) {
        if let Some(typing) = self.typing.take() {
            self.come_back(*typing.origin);
        }
    }

    fn come_back(&mut self, (follow, top, search, sieve): (bool, (u64, usize), Search, Sieve)) {
        let ids = (self.search.id + 1, self.sieve.id + 1);
        (self.follow, self.top, self.jump) = (follow, top, None);
        (self.search, self.sieve) = (search, sieve);
        (self.search.id, self.sieve.id) = ids;
    }

    /// Nothing is searched for.
    pub(crate) fn forget_search(&mut self) {
        self.search = Search { id: self.search.id + 1, ..Search::default() };
        self.jump = None;
    }

    /// All lines are shown; it stays where it is.
    pub(crate) fn forget_filter(&mut self) {
        let last = self.rows.last().map_or(self.lines, |row| row.number + 1);
        if self.follow && last < self.lines {
            (self.follow, self.top) = (false, (self.current().saturating_sub(LEFT_ABOVE), 0));
        }
        self.leave_out(None, String::new());
    }

    /// The operator chose a line: it is spoken of while it is on the screen.
    pub(crate) fn go_to(&mut self, line: u64) {
        if self.search.found.replace(line) != Some(line) {
            self.search.says = None;
        }
    }

    /// Looks for the next line that fits: what is searched for, else the filter.
    pub(crate) fn jump_on(&mut self, forward: bool) {
        let kept = self.search.pattern.is_none() && self.sieve.pattern.is_some();
        self.jump(if kept { Sought::Kept } else { Sought::Hit }, forward);
    }

    /// Looks for the next of these from the current line on.
    pub(crate) fn jump(&mut self, sought: Sought, forward: bool) {
        let found = self.search.found.filter(|_| self.choose.is_none());
        let (from, included) = match found {
            // Where it follows nothing is further down; the line before the first counts, too.
            None if self.follow && forward && self.choose.is_none() => (0, true),
            None if self.follow && self.choose.is_none() => (self.lines, false),
            None => (self.current(), self.choose.is_none()),
            Some(found) => (found, false),
        };
        self.search.says = None;
        self.jump = Some(Jump { sought, forward, from, included, quiet: false });
    }

    /// Fewer or more lines around those that fit.
    pub(crate) fn widen(&mut self, more: bool) {
        let context = self.sieve.context;
        let context = if more { context + 1 } else { context.saturating_sub(1) };
        self.sieve.context = context.min(CONTEXT_MAX);
    }
}

/// Lines that are chosen, to be copied or saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choose {
    /// The line at the cursor.
    pub(crate) at: u64,
    /// The other end.
    pub(crate) anchor: Option<u64>,
}

impl Choose {
    /// The lines from one end to the other.
    pub(crate) fn lines(self) -> Range<u64> {
        let other = self.anchor.unwrap_or(self.at);
        self.at.min(other)..self.at.max(other).saturating_add(1)
    }
}
