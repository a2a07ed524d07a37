//! Reads what the log pane shows: the visible lines, a few above them for their colours, and no
//! more, however long the log is.
//!
//! What needs the whole log (searching, filtering, counting errors, putting the lines of several
//! hosts in order) is done beside it by a [`Worker`](worker::Worker) on a thread of its own, which
//! leaves what it has found on a [`Board`](board::Board). A frame never waits for it.

mod alike;
mod board;
mod copy;
mod entire;
mod hint;
mod lane;
mod pattern;
mod place;
mod reader;
mod rows;
mod scroll;
mod seek;
mod set;
mod source;
mod together;
mod walk;
mod whole;
mod worker;
mod wrong;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::watch;

use self::{
    board::{Finds, Order, Shared},
    copy::Copied,
    lane::Lane,
    place::Subject,
    reader::Reader,
    rows::Layout,
    scroll::Scroll,
    seek::{Reached, Seek},
    worker::Worker,
};
pub(crate) use self::{
    entire::Entire,
    pattern::Pattern,
    reader::Open,
    source::{Source, show_line},
};
use super::{
    errand::Errand,
    errors,
    keymap::with_keys,
    state::{
        Model,
        failure::{Found, Placed},
        log::{Counts, LogPane, Shape, Tick, search::Sought},
    },
    styles::Tone,
    view, words,
};
use crate::store::{Dirty, DiskError, LogReader, Store};

/// What the rows were made from: the same again needs no reading.
#[derive(Clone, Debug, PartialEq)]
struct Made {
    top: (u64, usize),
    follow: bool,
    left: usize,
    extent: (u64, u64),
    room: (usize, usize),
    wrap: bool,
    stamp: u64,
    search: u64,
    filter: (u64, u64),
    found: Option<u64>,
    marks: u64,
}

impl Made {
    fn of(log: &LogPane, extent: (u64, u64), room: (usize, usize), stamp: u64) -> Self {
        Self {
            top: log.top,
            follow: log.follow,
            left: log.left,
            extent,
            room,
            wrap: log.wrap,
            stamp,
            search: log.search.id,
            filter: (log.sieve.id, log.sieve.context),
            found: log.search.found,
            marks: log.marks.stamp,
        }
    }
}

/// Who looks through whole logs.
enum Looker<S> {
    /// A thread of its own.
    Thread,
    /// Whoever draws, between two frames: for tests, and where there can be no thread.
    Here(Box<Worker<S>>),
}

/// The reader of the log that is shown.
pub(crate) struct Feed<S> {
    open: Open<S>,
    shared: Arc<Shared>,
    looker: Looker<S>,
    subject: Option<Arc<Subject>>,
    reader: Option<Reader<S>>,
    made: Option<Made>,
    reached: Option<Reached>,
}

impl Feed<LogReader> {
    /// Reads from the operator's disk; what is found later shows in the second.
    pub(crate) fn of(store: Store) -> (Self, watch::Receiver<u64>) {
        let open: Open<LogReader> =
            Arc::new(move |run, host, name| LogReader::open(&store, run, host, name));
        let (news, seen) = Dirty::new();
        let mut feed = Self::new(open, news);
        let worker = Worker::new(Arc::clone(&feed.shared), Arc::clone(&feed.open));
        let thread = std::thread::Builder::new().name("log search".to_owned());
        match thread.spawn(move || worker.run()) {
            Ok(_running) => feed.looker = Looker::Thread,
            Err(error) => tracing::warn!(%error, "logs are searched between frames"),
        }
        (feed, seen)
    }
}

impl<S> Drop for Feed<S> {
    fn drop(&mut self) {
        self.shared.quit();
    }
}

impl<S: Source> Feed<S> {
    /// Looks through logs between frames.
    pub(crate) fn new(open: Open<S>, news: Dirty) -> Self {
        let shared = Shared::new(news);
        let worker = Worker::new(Arc::clone(&shared), Arc::clone(&open));
        let looker = Looker::Here(Box::new(worker));
        Self { open, shared, looker, subject: None, reader: None, made: None, reached: None }
    }

    /// Brings the log pane up to date. Whether it is to be looked at again soon, whatever happens.
    pub(crate) fn look(&mut self, model: &mut Model) -> bool {
        let wanted = place::wanted(model);
        if wanted.as_ref() != self.subject.as_deref() || model.log.of != model.attempt() {
            model.log.begin(model.attempt());
            (self.subject, self.reader, self.made) = (wanted.map(Arc::new), None, None);
            self.reached = None;
        }
        let more = errors::look(model, &self.open);
        let again = match self.read(model) {
            Ok(again) => again,
            Err(error) => {
                model.log.trouble = Some(error.to_string());
                model.log.jump = None;
                false
            }
        };
        model.log.jump.is_some() || again || more
    }

    /// Reads; whether more is to be looked at before the next frame.
    fn read(&mut self, model: &mut Model) -> Result<bool, DiskError> {
        let Some(subject) = &self.subject else {
            self.order(&model.log, true);
            model.log.jump = None;
            return Ok(false);
        };
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => Reader::open(subject, &self.open)?,
        };
        let changed = reader.refresh()?;
        self.order(&model.log, changed);
        let again = match &mut self.looker {
            Looker::Thread => false,
            Looker::Here(worker) => worker.step(),
        };
        let shared = Arc::clone(&self.shared);
        let board = shared.lock();
        let read = self.show(model, &mut reader, &board.finds, changed);
        drop(board);
        self.reader = Some(reader);
        read.map(|()| again)
    }

    /// Tells the one who looks through logs what is wanted.
    fn order(&self, log: &LogPane, changed: bool) {
        let order = |pattern: &Option<Arc<Pattern>>, id| {
            pattern.clone().map(|pattern| Order { id, pattern, from: log.current() })
        };
        let mut board = self.shared.lock();
        let same = match (&board.subject, &self.subject) {
            (Some(theirs), Some(ours)) => Arc::ptr_eq(theirs, ours),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let id = |order: &Option<Order>| order.as_ref().map(|order| order.id);
        let mut poke = changed || !same;
        if !same {
            board.subject.clone_from(&self.subject);
            board.finds = Finds { stamp: board.finds.stamp.wrapping_add(1), ..Finds::default() };
        }
        let search = log.search.pattern.as_ref().map(|_| log.search.id);
        if id(&board.search) != search {
            board.search = order(&log.search.pattern, log.search.id);
            board.finds.hits = board::Found::default();
            poke = true;
        }
        let filter = log.sieve.pattern.as_ref().map(|_| log.sieve.id);
        if id(&board.filter) != filter {
            board.filter = order(&log.sieve.pattern, log.sieve.id);
            board.finds.kept = board::Found::default();
            poke = true;
        }
        drop(board);
        if poke {
            self.shared.poke();
        }
    }

    fn show(
        &mut self,
        model: &mut Model,
        reader: &mut Reader<S>,
        finds: &Finds,
        changed: bool,
    ) -> Result<(), DiskError> {
        let room = view::log_room(model);
        let error = first_error(model, room);
        let log = &mut model.log;
        let extent = reader.extent(&finds.rows);
        reader.aim = aim(log.search.found, finds);
        (log.first, log.lines) = extent;
        log.merging = reader.shape != Shape::One && !finds.merged;
        log.behind = finds.behind;
        log.trouble.clone_from(&finds.trouble);
        let made = Made::of(log, extent, room, finds.stamp);
        let asked =
            log.way.is_some() || log.jump.is_some() || log.copy.is_some() || error.is_some();
        if !changed && !asked && log.choose.is_none() && self.made.as_ref() == Some(&made) {
            return Ok(());
        }
        let sieve = log.sieve.clone();
        let lane = Lane::new(finds, &sieve, extent);
        let layout = Layout {
            finds,
            lane: &lane,
            shape: reader.shape,
            names: reader.hosts.iter().map(|host| host.name.clone()).collect(),
            wrap: log.wrap,
            cells: room.0,
        };
        let (rows, end) = (room.1, extent.1);
        let mut scroll = Scroll { reader, lane: &lane, layout: &layout, rows, end };
        jump(log, &mut scroll, finds, extent, &mut self.reached)?;
        if let Some((placed, line)) = error {
            log.way = None;
            scroll.put(log, line, rows / 4)?;
            scroll.place(log)?;
            model.failure.placed = Some(Placed { top: log.top, ..placed });
        } else {
            scroll.place(log)?;
        }
        log.rows = rows::read(scroll.reader, log, &layout, rows)?;
        tell(log, finds, &lane, extent, &mut self.reached);
        log.chosen = log.choose.map_or(0, |choose| lane.among(choose.lines()));
        log.bar = bar(log, finds, extent, rows);
        if let Some(lines) = log.copy.take() {
            let copied = copy::copied(reader, &layout, lines)?;
            copy(model, copied);
        }
        self.made = Some(Made::of(&model.log, extent, room, finds.stamp));
        Ok(())
    }
}

/// In the failure view a log is put at its first error, once, and again when the pane has another size
/// and nobody has moved the log meanwhile: that line, if it is to be put there now.
fn first_error(model: &Model, room: (usize, usize)) -> Option<(Placed, u64)> {
    let (log, failure) = (&model.log, &model.failure);
    let of = log.of.filter(|_| failure.open)?;
    let Some(Found::Error { line, .. }) = failure.found(of) else { return None };
    let now = Placed { of, top: (*line, 0), room: (room, log.wrap) };
    let due = match failure.placed.filter(|it| it.of == of) {
        None => true,
        Some(it) => it.room != now.room && !log.follow && it.top == log.top,
    };
    let moves = log.way.is_some() || log.jump.is_some();
    (due && (failure.placed.is_none() || !moves)).then_some((now, *line))
}

/// Goes to where a jump ends, if that is known.
fn jump<S: Source>(
    log: &mut LogPane,
    scroll: &mut Scroll<'_, S>,
    finds: &Finds,
    extent: (u64, u64),
    reached: &mut Option<Reached>,
) -> Result<(), DiskError> {
    let Some(jump) = log.jump else { return Ok(()) };
    match seek::seek(finds, log, jump, extent, |line| scroll.lane.has(line)) {
        Seek::Later => *reached = None,
        Seek::Nowhere => {
            log.jump = None;
            *reached = (!jump.quiet).then(|| Reached::of(log, jump, None));
        }
        Seek::There(line, around) => {
            (log.jump, log.search.found) = (None, Some(line));
            *reached = Some(Reached::of(log, jump, Some((line, around))));
            if log.follow {
                log.top = scroll.end()?;
            }
            log.follow = false;
            if let Some(choose) = &mut log.choose {
                choose.at = line;
            }
            scroll.reader.aim = aim(log.search.found, finds);
            let above = scroll.rows / 3;
            scroll.bring(log, line, above)?;
            if jump.sought == Sought::Hit {
                scroll.bring_hit(log, line, above)?;
            }
        }
    }
    Ok(())
}

/// The line that is shown from somewhere else than its beginning on, for what was found to be seen.
fn aim(found: Option<u64>, finds: &Finds) -> Option<(u64, u64)> {
    let line = found?;
    Some((line, *finds.hits.far.get(&line)?))
}

/// Says how many lines there are of what is looked for, and how many are below.
fn tell(
    log: &mut LogPane,
    finds: &Finds,
    lane: &Lane<'_>,
    (first, end): (u64, u64),
    reached: &mut Option<Reached>,
) {
    let levels = &finds.levels;
    log.counts = Counts {
        errors: levels.errors.len(),
        warnings: levels.warnings.len(),
        more: !levels.cover.has(first, end),
    };
    let last = log.rows.last().map_or(log.top.0, |row| row.number);
    log.below = if log.follow { 0 } else { lane.below(last) };
    match seek::says(finds, log, *reached, end) {
        None if reached.take().is_some() => log.search.says = None,
        None => {}
        says => log.search.says = says,
    }
    let kept = &finds.kept;
    let more = if kept.is_whole(end) { "" } else { "+" };
    log.sieve.says = format!("{}{more} of {}", kept.set.len(), end.saturating_sub(first));
}

/// What lies where on the scroll bar.
fn bar(log: &LogPane, finds: &Finds, (first, end): (u64, u64), rows: usize) -> Vec<Tick> {
    let lines = end.saturating_sub(first);
    let (top, last) = match (log.rows.first(), log.rows.last()) {
        (Some(top), Some(last)) => (top.number, last.number),
        (_, _) => return Vec::new(),
    };
    let rows = rows as u64;
    let part = |row: u64| {
        first
            + u64::try_from(u128::from(lines) * u128::from(row) / u128::from(rows.max(1)))
                .unwrap_or(lines)
    };
    let tick = |row: u64| {
        let part = part(row)..part(row + 1).max(part(row) + 1).min(end);
        let level = match () {
            () if finds.levels.errors.any(part.clone()) => super::state::log::Level::Error,
            () if finds.levels.warnings.any(part.clone()) => super::state::log::Level::Warning,
            () => super::state::log::Level::Calm,
        };
        let marks = log.marks.here();
        Tick {
            level,
            hit: finds.hits.set.any(part.clone()),
            mark: marks.is_some_and(|marks| marks.range(part.clone()).next().is_some()),
            here: part.start <= last && part.end > top,
        }
    };
    (0..rows).map(tick).collect()
}

/// Puts lines on the clipboard, and says so.
fn copy(model: &mut Model, copied: Copied) {
    match copied {
        Copied::Text(_, 0) => model.say("there is no line to copy", Tone::Warn),
        Copied::Text(text, lines) => {
            let (lines, bytes) = (words::count(lines, "line"), words::count(text.len(), "byte"));
            let by = model.settings.copies();
            model.errands.ask(Errand::Copy(text));
            model.say(format!("copied {lines}, {bytes}, {by}"), Tone::Ok);
            model.log.choose = None;
        }
        Copied::Piece(text, lines, copy::Bytes { read, all }) => {
            let (lines, by) = (words::count(lines, "line"), model.settings.copies());
            model.errands.ask(Errand::Copy(text));
            let line = format!(
                "copied a piece of {lines}: {read} of {all} bytes ({{save}} saves all), {by}"
            );
            model.say(with_keys(model, &line), Tone::Warn);
            model.log.choose = None;
        }
        Copied::TooMuch => {
            let most = super::errand::COPY_BYTES_MAX;
            let line = format!(
                "not copied: more than the {most} bytes that a terminal takes; {{save}} saves these lines"
            );
            model.say(with_keys(model, &line), Tone::Warn);
        }
    }
}
