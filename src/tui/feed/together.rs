//! The logs of several hosts as one: in the order in which lines arrived, and equal lines of
//! different hosts once, if that is wanted.
//!
//! Only references are kept, of the newest lines; the lines are read from their logs when they are
//! shown. Two lines are equal when their bytes are, from the first to the last, but for a time at their
//! beginning: what would differ only in its colours, or in a secret, stays apart, and so does what is
//! longer than is searched of one line. The first of them that arrived is shown for all, with its own
//! time.

use std::collections::{BTreeMap, VecDeque};

use super::{
    alike::{Digest, Digesting, Gist},
    board::Gaps,
    reader::Reader,
    source::Source,
    whole::WHOLE_MAX,
};
use crate::{
    store::{DiskError, Line},
    tui::state::log::Shape,
};

/// Lines that are kept, the newest: 24 MiB.
pub(super) const ROWS_MAX: usize = 1 << 20;

/// Lines that wait for equal ones of other hosts.
const OPEN_MAX: usize = 1 << 16;

/// Lines that are still to be put in order, of which so many times as many as are kept are passed over: none
/// of them would stay.
const TIMES: u64 = 2;

/// How often it is looked for the moment from which on as many lines came as are kept.
const GUESSES: usize = 40;

/// So many lines behind, it is said that the newest ones are not there yet.
const BEHIND: u64 = 1 << 16;

/// Bytes of one host that are read at once, about, and lines of them: to find where they begin costs much
/// more than to read some more.
const CHUNK: u64 = 1 << 17;
const CHUNK_LINES: (u64, u64) = (64, 1024);

/// Lines that are put in order before others have their turn, and bytes of them.
const AT_ONCE: usize = 4096;
const BYTES_AT_ONCE: u64 = 1 << 24;

/// Bytes of a long line that are read at once.
const PIECE: u64 = 1 << 20;

/// Hosts whose equal lines can be shown once: more have lines of their own.
const HOSTS_MAX: usize = 64;

/// A line of one host, and the hosts that printed it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowRef {
    pub(super) host: u16,
    pub(super) line: u64,
    /// A bit for each host that has it.
    pub(super) hosts: u64,
    /// Some of them have it with another time at its beginning.
    pub(super) about: bool,
}

/// The lines of all hosts.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Lines that are not kept any more: the number of the first that is.
    pub(super) base: u64,
    refs: VecDeque<RowRef>,
    /// Lines from here on have no line end yet, and may come to stand elsewhere.
    pub(super) stable: u64,
}

impl Rows {
    /// The number behind the last line.
    pub(super) fn end(&self) -> u64 {
        self.base + self.refs.len() as u64
    }

    pub(super) fn get(&self, number: u64) -> Option<RowRef> {
        let at = usize::try_from(number.checked_sub(self.base)?).ok()?;
        self.refs.get(at).copied()
    }

    /// Takes news in.
    pub(super) fn apply(&mut self, news: &[News]) {
        while self.end() > self.stable && self.refs.pop_back().is_some() {}
        for one in news {
            match one {
                News::From(number) => {
                    self.refs.clear();
                    (self.base, self.stable) = (*number, *number);
                }
                News::Line(row) | News::Open(row) => self.refs.push_back(*row),
                News::Also(number, host, about) => {
                    let at = number.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
                    if let Some(row) = at.and_then(|at| self.refs.get_mut(at)) {
                        row.hosts |= host;
                        row.about |= about;
                    }
                }
            }
            if let News::Line(_) = one {
                self.stable = self.end();
            }
        }
        while self.refs.len() > ROWS_MAX {
            self.refs.pop_front();
            self.base += 1;
        }
        self.stable = self.stable.max(self.base);
    }
}

/// What has become of the next lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The lines before that number are passed over.
    From(u64),
    /// One more.
    Line(RowRef),
    /// Another host has that line, too; whether with another time at its beginning.
    Also(u64, u64, bool),
    /// A last line that has no line end yet; comes behind all others.
    Open(RowRef),
}

/// How far one host's lines are in order.
#[derive(Debug, Default)]
struct Ahead {
    next: u64,
    chunk: VecDeque<Line>,
    /// Bytes of the lines that were read last, each.
    usual: u64,
}

impl Ahead {
    fn at(next: u64) -> Self {
        Self { next, ..Self::default() }
    }

    /// Reads the next lines, as many of their usual length as are worth it.
    fn read<S: Source>(&mut self, source: &mut S) -> Result<(), DiskError> {
        let fits = CHUNK.checked_div(self.usual).unwrap_or(0);
        let count = usize::try_from(fits.clamp(CHUNK_LINES.0, CHUNK_LINES.1)).unwrap_or(1);
        self.chunk = source.lines(self.next, count)?.into();
        let bytes = self.chunk.iter().map(|line| line.bytes.len() as u64 + 1).sum::<u64>();
        self.usual = bytes.checked_div(self.chunk.len() as u64).unwrap_or(0);
        Ok(())
    }
}

/// A line that not all hosts have.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    number: u64,
    /// A bit for each host that has it.
    has: u64,
    /// Its bytes.
    bytes: Digest,
}

/// Puts lines in order.
#[derive(Debug, Default)]
pub(super) struct Merge {
    ahead: Vec<Ahead>,
    /// The number of the next line.
    end: u64,
    /// Lines that not all hosts have, by what they say.
    open: BTreeMap<Digest, VecDeque<Waiting>>,
    queue: VecDeque<(Digest, u64)>,
    /// Last lines without a line end, as they were told.
    told: Vec<RowRef>,
    last_ms: Option<i64>,
    /// Lines that were put in order since it began, or passed some over.
    done: u64,
}

impl Merge {
    /// The next lines, if there are any; whether there are more at once.
    pub(super) fn step<S: Source>(
        &mut self,
        reader: &mut Reader<S>,
        gaps: &mut Gaps,
    ) -> Result<(Vec<News>, bool), DiskError> {
        self.ahead.resize_with(reader.hosts.len(), Ahead::default);
        let mut news = Vec::new();
        if self.pass_over(reader, ROWS_MAX as u64)? {
            news.push(News::From(self.end));
        }
        let (mut more, mut bytes) = (false, 0_u64);
        for at in 1..=AT_ONCE {
            match self.one(reader, &mut news, gaps) {
                Ok(None) => break,
                Ok(Some(len)) => bytes = bytes.saturating_add(len.min(WHOLE_MAX)),
                Err(error) if news.is_empty() => return Err(error),
                // What is in order by now is told first; it will be refused again.
                Err(_) => bytes = BYTES_AT_ONCE,
            }
            more = at == AT_ONCE || bytes >= BYTES_AT_ONCE;
            if more {
                break;
            }
        }
        let open = self.open_lines(reader);
        if news.is_empty() && open == self.told {
            return Ok((news, false));
        }
        self.told.clone_from(&open);
        news.extend(open.into_iter().map(News::Open));
        Ok((news, more))
    }

    /// Passes over what would not be kept, where that is much: the newest lines come soon. Whether
    /// anything was.
    pub(super) fn pass_over<S: Source>(
        &mut self,
        reader: &mut Reader<S>,
        kept: u64,
    ) -> Result<bool, DiskError> {
        self.ahead.resize_with(reader.hosts.len(), Ahead::default);
        if self.left(reader) <= kept.saturating_mul(TIMES) {
            return Ok(false);
        }
        let all: Vec<u64> = self.ahead.iter().map(|ahead| ahead.next).collect();
        let Some((mut early, mut late)) = self.span(reader)? else { return Ok(false) };
        let mut starts = all.clone();
        for _ in 0..GUESSES {
            let middle = early.midpoint(late);
            let guess = since(reader, &all, middle)?;
            let hosts = reader.hosts.iter().map(|host| host.source.line_count());
            let newer: u64 = hosts.zip(&guess).map(|(end, from)| end.saturating_sub(*from)).sum();
            if newer < kept {
                late = middle;
                continue;
            }
            starts = guess;
            if newer <= kept.saturating_mul(TIMES) || middle == early {
                break;
            }
            early = middle;
        }
        let passed: u64 = starts.iter().zip(&all).map(|(now, before)| now - before).sum();
        if passed == 0 {
            return Ok(false);
        }
        let ahead = starts.into_iter().map(Ahead::at).collect();
        *self = Self { ahead, end: self.end + passed, ..Self::default() };
        Ok(true)
    }

    /// Lines that are still to be put in order.
    fn left<S: Source>(&self, reader: &Reader<S>) -> u64 {
        let ends = reader.hosts.iter().map(|host| host.source.line_count());
        ends.zip(&self.ahead).map(|(end, ahead)| end.saturating_sub(ahead.next)).sum()
    }

    /// When the first and the last of them arrived, in milliseconds.
    fn span<S: Source>(&self, reader: &mut Reader<S>) -> Result<Option<(i64, i64)>, DiskError> {
        let mut span: Option<(i64, i64)> = None;
        for (ahead, host) in self.ahead.iter().zip(&mut reader.hosts) {
            let last = host.source.line_count().saturating_sub(1).max(ahead.next);
            for line in [ahead.next, last] {
                if let Some(ms) = host.source.lines(line, 1)?.first().map(arrived) {
                    let (first, last) = span.unwrap_or((ms, ms));
                    span = Some((first.min(ms), last.max(ms)));
                }
            }
        }
        Ok(span)
    }

    /// In hundredths how far it is, where the newest lines are far away; `None` where they are there, or
    /// soon.
    pub(super) fn behind<S: Source>(&self, reader: &Reader<S>) -> Option<u8> {
        let left = self.left(reader);
        let done = self.done;
        let percent = done.saturating_mul(100).checked_div(done.saturating_add(left));
        let percent = percent.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0);
        (left > BEHIND).then_some(percent.min(99))
    }

    /// The host whose next line arrived first.
    fn first<S: Source>(&mut self, reader: &mut Reader<S>) -> Result<Option<usize>, DiskError> {
        let mut first: Option<(i64, usize)> = None;
        for (at, (ahead, host)) in self.ahead.iter_mut().zip(&mut reader.hosts).enumerate() {
            // A line that had no end may have got one.
            if ahead.chunk.front().is_none_or(|line| !line.complete) {
                ahead.read(&mut host.source)?;
            }
            let Some(line) = ahead.chunk.front().filter(|line| line.complete) else { continue };
            let ms = arrived(line);
            if first.is_none_or(|(best, _)| ms < best) {
                first = Some((ms, at));
            }
        }
        Ok(first.map(|(_, at)| at))
    }

    /// Puts the next line in order; how long it is, if there is one.
    fn one<S: Source>(
        &mut self,
        reader: &mut Reader<S>,
        news: &mut Vec<News>,
        gaps: &mut Gaps,
    ) -> Result<Option<u64>, DiskError> {
        let Some(host) = self.first(reader)? else { return Ok(None) };
        let Some(ahead) = self.ahead.get_mut(host) else { return Ok(None) };
        let Some(line) = ahead.chunk.front() else { return Ok(None) };
        let hosts = reader.hosts.len();
        let folds = reader.shape == Shape::Folded && hosts > 1 && bit(host) != 0;
        let source = reader.hosts.get_mut(host).map(|host| &mut host.source);
        let says = match source.filter(|_| folds && line.len <= WHOLE_MAX) {
            Some(source) => Some(digests(source, line)?),
            None => None,
        };
        let Some(line) = ahead.chunk.pop_front() else { return Ok(None) };
        ahead.next += 1;
        self.done += 1;
        self.take((host, hosts), &line, says, news, gaps);
        Ok(Some(line.len))
    }

    /// A line of one of so many hosts; what it says, and its bytes, where it may be equal to others.
    fn take(
        &mut self,
        (host, hosts): (usize, usize),
        line: &Line,
        says: Option<(Digest, Digest)>,
        news: &mut Vec<News>,
        gaps: &mut Gaps,
    ) {
        let bit = bit(host);
        if let Some((key, bytes)) = says
            && let Some((number, first)) = self.join(&key, bit, hosts)
        {
            news.push(News::Also(number, bit, first != bytes));
            return;
        }
        let host = u16::try_from(host).unwrap_or(u16::MAX);
        let number = self.end;
        news.push(News::Line(RowRef { host, line: line.number, hosts: bit, about: false }));
        self.end += 1;
        if let Some(arrival) = line.arrival.filter(|arrival| arrival.exact) {
            let ms = arrival.at.as_millisecond();
            if let Some(last) = self.last_ms.replace(ms) {
                gaps.add(number, ms - last);
            }
        }
        if let Some((key, bytes)) = says {
            self.open.entry(key).or_default().push_back(Waiting { number, has: bit, bytes });
            self.queue.push_back((key, number));
            if self.queue.len() > OPEN_MAX
                && let Some((key, number)) = self.queue.pop_front()
            {
                self.close(&key, number);
            }
        }
    }

    /// The first line that says the same and that this host has not yet, and its bytes.
    fn join(&mut self, key: &Digest, bit: u64, hosts: usize) -> Option<(u64, Digest)> {
        let lines = self.open.get_mut(key)?;
        let found = lines.iter_mut().find(|line| line.has & bit == 0)?;
        found.has |= bit;
        let Waiting { number, has, bytes } = *found;
        if has.count_ones() as usize >= hosts.min(HOSTS_MAX) {
            self.close(key, number);
        }
        Some((number, bytes))
    }

    fn close(&mut self, key: &Digest, number: u64) {
        let Some(lines) = self.open.get_mut(key) else { return };
        lines.retain(|line| line.number != number);
        if lines.is_empty() {
            self.open.remove(key);
        }
    }

    /// The last lines that have no line end. What is longer than is read of a line stays by itself until it
    /// has one: it would have to be read anew whenever it has grown.
    fn open_lines<S>(&self, reader: &Reader<S>) -> Vec<RowRef> {
        let mut found: Vec<(RowRef, &[u8])> = Vec::new();
        for (at, ahead) in self.ahead.iter().enumerate() {
            let Some(line) = ahead.chunk.front().filter(|line| !line.complete) else { continue };
            let bit = bit(at);
            let whole = line.len == line.bytes.len() as u64;
            let fold = reader.shape == Shape::Folded && whole && bit != 0;
            let gist = Gist::of(&line.bytes);
            match found.iter_mut().find(|(_, first)| fold && Gist::of(first) == gist) {
                Some((row, first)) => {
                    row.hosts |= bit;
                    row.about |= *first != line.bytes;
                }
                None => {
                    let host = u16::try_from(at).unwrap_or(u16::MAX);
                    let row = RowRef { host, line: line.number, hosts: bit, about: false };
                    found.push((row, &line.bytes));
                }
            }
        }
        found.into_iter().map(|(row, _)| row).collect()
    }
}

/// The first line of each host that arrived then or later, of those from some line on.
fn since<S: Source>(reader: &mut Reader<S>, from: &[u64], ms: i64) -> Result<Vec<u64>, DiskError> {
    let mut found = Vec::with_capacity(from.len());
    for (from, host) in from.iter().zip(&mut reader.hosts) {
        let (mut low, mut high) = (*from, host.source.line_count().max(*from));
        while low < high {
            let middle = low.midpoint(high);
            let line = host.source.lines(middle, 1)?;
            match line.first().is_some_and(|line| arrived(line) < ms) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        found.push(low);
    }
    Ok(found)
}

/// What a line says, and its bytes: all of it, piece by piece.
fn digests<S: Source>(source: &mut S, line: &Line) -> Result<(Digest, Digest), DiskError> {
    let mut at = line.bytes.len() as u64;
    let mut all = Digesting::of(&line.bytes, line.len.saturating_sub(at));
    while at < line.len {
        let piece = source.part(line, at..at + PIECE)?.bytes;
        if piece.is_empty() {
            break;
        }
        all.add(&piece);
        at += piece.len() as u64;
    }
    Ok(all.end())
}

fn arrived(line: &Line) -> i64 {
    line.arrival.map_or(0, |arrival| arrival.at.as_millisecond())
}

/// The bit of a host; 0 for one that has none.
fn bit(host: usize) -> u64 {
    if host < HOSTS_MAX { 1 << host } else { 0 }
}
