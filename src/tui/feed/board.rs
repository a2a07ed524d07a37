//! What the one who looks through a log has found, and what it is asked to look for. The one thing
//! that both ends share; nothing waits in a queue.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{Pattern, place::Subject, set::LineSet, together::Rows};
use crate::store::Dirty;

/// Gaps that are kept.
pub(super) const GAPS_MAX: usize = 1 << 16;

/// A pause is told from this on.
pub(super) const GAP_MIN_MS: i64 = 2000;

/// And only when it is so many times as long as is usual.
const GAP_TIMES: i64 = 5;

/// Which lines were looked at: from `start` on to `tail`, and those before `head`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) start: u64,
    pub(super) tail: u64,
    pub(super) head: u64,
}

impl Cover {
    /// Whether all lines from the one to before the other were looked at.
    pub(super) fn has(&self, from: u64, until: u64) -> bool {
        let behind = from >= self.start || self.head >= self.start;
        from >= until || until <= self.head || (behind && until <= self.tail)
    }

    /// Lines that were looked at.
    pub(super) fn len(&self) -> u64 {
        self.head.min(self.start) + self.tail.saturating_sub(self.start)
    }
}

/// Long lines of which it is kept where something was found in them.
const FAR_MAX: usize = 4096;

/// Lines of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) set: LineSet,
    pub(super) cover: Cover,
    /// Lines that show it only from so many bytes on.
    pub(super) far: BTreeMap<u64, u64>,
    /// The first line that is too long to be searched whole.
    pub(super) short: Option<u64>,
}

/// What was found in a piece.
#[derive(Debug, Default)]
pub(super) struct Fits {
    pub(super) lines: Vec<u64>,
    pub(super) far: Vec<(u64, u64)>,
    pub(super) short: Option<u64>,
}

impl Found {
    /// Takes in what was found; `again` are lines that were looked at before.
    pub(super) fn take(&mut self, fits: &Fits, again: Range<u64>, cover: Cover) {
        for line in again {
            self.set.remove(line);
            self.far.remove(&line);
        }
        self.set.extend(&fits.lines);
        let room = FAR_MAX.saturating_sub(self.far.len());
        self.far.extend(fits.far.iter().copied().take(room));
        self.short = self.short.into_iter().chain(fits.short).min();
        self.cover = cover;
    }

    /// Whether all of so many lines were looked at.
    pub(super) fn is_whole(&self, lines: u64) -> bool {
        self.cover.has(0, lines) && !self.set.is_full()
    }
}

/// Errors, what belongs to them, and warnings.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    pub(super) errors: LineSet,
    /// All lines of errors, also the first of each.
    pub(super) within: LineSet,
    pub(super) warnings: LineSet,
    pub(super) cover: Cover,
}

/// Lines that came long after the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    /// Line and pause in milliseconds.
    pub(super) found: Vec<(u64, i64)>,
    /// How often a pause between two bursts was so long: by the power of two, in milliseconds.
    usual: [u32; 32],
}

impl Gaps {
    /// A line came so long after the one before.
    pub(super) fn add(&mut self, line: u64, ms: i64) {
        let ms = ms.max(0);
        let power = usize::try_from(ms.checked_ilog2().unwrap_or(0)).unwrap_or(0);
        if let Some(count) = self.usual.get_mut(power) {
            *count = count.saturating_add(1);
        }
        if ms >= GAP_MIN_MS && self.found.len() < GAPS_MAX {
            self.found.push((line, ms));
        }
    }

    /// From how long on a pause is worth a word.
    pub(super) fn limit(&self) -> i64 {
        let all: u32 = self.usual.iter().fold(0, |sum, count| sum.saturating_add(*count));
        let mut seen = 0_u32;
        let half = self.usual.iter().position(|count| {
            seen = seen.saturating_add(*count);
            seen.saturating_mul(2) >= all
        });
        // The middle of what falls under that power of two.
        let usual = half.map_or(0, |power| (3_i64 << power) / 2);
        GAP_MIN_MS.max(usual.saturating_mul(GAP_TIMES))
    }

    /// The pause before a line, if it is worth a word.
    pub(super) fn of(&self, line: u64) -> Option<i64> {
        let at = self.found.binary_search_by_key(&line, |(line, _)| *line).ok()?;
        self.found.get(at).map(|(_, ms)| *ms).filter(|ms| *ms >= self.limit())
    }

    /// The lines whose pause is worth a word.
    pub(super) fn lines(&self) -> Vec<u64> {
        let limit = self.limit();
        self.found.iter().filter(|(_, ms)| *ms >= limit).map(|(line, _)| *line).collect()
    }
}

/// What is to be looked for.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) pattern: Arc<Pattern>,
    /// The line to begin at.
    pub(super) from: u64,
}

/// What is asked for, and what was found.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) subject: Option<Arc<Subject>>,
    pub(super) search: Option<Order>,
    pub(super) filter: Option<Order>,
    /// There may be something to do.
    pub(super) poked: bool,
    pub(super) quit: bool,
    pub(super) finds: Finds,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Finds {
    /// Another number whenever something was added.
    pub(super) stamp: u64,
    pub(super) levels: Levels,
    pub(super) gaps: Gaps,
    pub(super) hits: Found,
    pub(super) kept: Found,
    pub(super) rows: Rows,
    /// Whether these are all lines of all hosts, so far.
    pub(super) merged: bool,
    /// In hundredths how far they are put in order, where the newest are far from there.
    pub(super) behind: Option<u8>,
    /// Why the log cannot be looked through.
    pub(super) trouble: Option<String>,
}

/// The board, where both ends have it.
#[derive(Debug)]
pub(super) struct Shared {
    board: Mutex<Board>,
    call: Condvar,
    news: Dirty,
}

impl Shared {
    pub(super) fn new(news: Dirty) -> Arc<Self> {
        Arc::new(Self { board: Mutex::default(), call: Condvar::new(), news })
    }

    /// The board, for a moment.
    pub(super) fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There may be something to do.
    pub(super) fn poke(&self) {
        self.lock().poked = true;
        self.call.notify_all();
    }

    /// The looking ends.
    pub(super) fn quit(&self) {
        self.lock().quit = true;
        self.call.notify_all();
    }

    /// Waits until there may be something to do; `false` when it ends.
    pub(super) fn wait(&self) -> bool {
        let idle = |board: &mut Board| !board.poked && !board.quit;
        let waited = self.call.wait_while(self.lock(), idle);
        let mut board = waited.unwrap_or_else(PoisonError::into_inner);
        board.poked = false;
        !board.quit
    }

    /// Something was found.
    pub(super) fn tell(&self) {
        self.news.mark();
    }
}
