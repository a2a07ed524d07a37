//! The lines of what is shown, by their numbers: of one log, or of several together.

use super::{
    place::{Place, Subject},
    source::{Source, settled},
    together::{RowRef, Rows},
};
use crate::{
    model::{RunId, Try},
    store::{DiskError, Line},
    text::LINE_CAP,
    tui::state::log::Shape,
};

/// Lines that are read for nothing rather than to read twice.
const SKIP_MAX: u64 = 16;

/// Lines that are read at once.
const AT_ONCE: u64 = 512;

/// Opens the log of an attempt, by run, host and box.
pub(crate) type Open<S> =
    std::sync::Arc<dyn Fn(&RunId, &str, &str) -> Result<S, DiskError> + Send + Sync>;

/// One of the logs.
#[derive(Debug)]
pub(super) struct Host<S> {
    of: Try,
    pub(super) name: String,
    pub(super) source: S,
}

/// All of the logs.
#[derive(Debug)]
pub(super) struct Reader<S> {
    pub(super) shape: Shape,
    pub(super) hosts: Vec<Host<S>>,
    /// A long line that is read from so many bytes on.
    pub(super) aim: Option<(u64, u64)>,
}

/// A line that is shown.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its number in what is shown.
    pub(super) number: u64,
    pub(super) of: Try,
    /// Which of the logs it is from.
    pub(super) host: usize,
    /// A bit for each host that has it.
    pub(super) hosts: u64,
    /// Some of them have it with another time at its beginning.
    pub(super) about: bool,
    /// Bytes of it that are left out before those of `line`.
    pub(super) from: u64,
    pub(super) line: Line,
}

impl<S: Source> Reader<S> {
    pub(super) fn open(subject: &Subject, open: &Open<S>) -> Result<Self, DiskError> {
        let one = |place: &Place| {
            let source = open(&subject.run, &place.host, &place.box_name)?;
            Ok(Host { of: place.of, name: place.host.clone(), source })
        };
        let hosts: Result<Vec<_>, DiskError> = subject.places.iter().map(one).collect();
        Ok(Self { shape: subject.shape, hosts: hosts?, aim: None })
    }

    /// Looks what is new; whether anything has changed.
    pub(super) fn refresh(&mut self) -> Result<bool, DiskError> {
        let mut changed = false;
        for host in &mut self.hosts {
            changed |= host.source.refresh()?;
        }
        Ok(changed)
    }

    /// Tells the logs from others in their places, which begin anew.
    pub(super) fn identities(&self) -> Vec<u64> {
        self.hosts.iter().map(|host| host.source.identity()).collect()
    }

    /// The first line, and the number behind the last.
    pub(super) fn extent(&self, rows: &Rows) -> (u64, u64) {
        match (self.shape, self.hosts.first()) {
            (Shape::One, Some(host)) => (0, host.source.line_count()),
            (Shape::One, None) => (0, 0),
            (Shape::Folded | Shape::Each, _) => (rows.base, rows.end()),
        }
    }

    /// These lines, in this order; those that are not there are left out.
    pub(super) fn fetch(&mut self, rows: &Rows, numbers: &[u64]) -> Result<Vec<Item>, DiskError> {
        let mut found: Vec<Option<Item>> = numbers.iter().map(|_| None).collect();
        let shape = self.shape;
        for (at, host) in self.hosts.iter_mut().enumerate() {
            let wanted = numbers.iter().enumerate().filter_map(|(place, number)| {
                if shape == Shape::One {
                    return Some(Wanted { line: *number, place, hosts: 1, about: false });
                }
                let RowRef { host, line, hosts, about } = rows.get(*number)?;
                (usize::from(host) == at).then_some(Wanted { line, place, hosts, about })
            });
            let mut wanted: Vec<Wanted> = wanted.collect();
            wanted.sort_unstable();
            for batch in batches(&wanted) {
                let (Some(first), Some(last)) = (batch.first(), batch.last()) else { continue };
                let count = usize::try_from(last.line - first.line + 1).unwrap_or(1);
                let lines = host.source.lines(first.line, count)?;
                // Both in the order of the log, and none of them is wanted twice.
                let mut lines = lines.into_iter();
                for Wanted { line, place, hosts, about } in batch {
                    let read = lines.find(|read| read.number == *line);
                    let number = numbers.get(*place).copied();
                    if let (Some(mut line), Some(number), Some(slot)) =
                        (read, number, found.get_mut(*place))
                    {
                        let of = host.of;
                        let from = match self.aim.filter(|(aim, _)| *aim == number) {
                            Some((_, from)) => {
                                let part = from..from + LINE_CAP as u64;
                                let part = host.source.part(&line, part)?;
                                (line.bytes, line.masks) = (part.bytes, part.masks);
                                from
                            }
                            None => match settled(&mut host.source, &line)? {
                                Some((from, state)) => {
                                    (line.bytes, line.masks) = (state.bytes, state.masks);
                                    from
                                }
                                None => 0,
                            },
                        };
                        let (hosts, about) = (*hosts, *about);
                        *slot = Some(Item { number, of, host: at, hosts, about, from, line });
                    }
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }
}

/// A line of one log, and its place among those that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    line: u64,
    place: usize,
    hosts: u64,
    about: bool,
}

/// Parts of a sorted list that are read together.
fn batches(wanted: &[Wanted]) -> Vec<&[Wanted]> {
    let mut parts = Vec::new();
    let mut rest = wanted;
    while let Some(first) = rest.first() {
        let apart = rest.windows(2).position(|pair| match pair {
            [one, two] => two.line - one.line > SKIP_MAX || two.line - first.line >= AT_ONCE,
            _ => false,
        });
        let (part, behind) = rest.split_at(apart.map_or(rest.len(), |at| at + 1));
        parts.push(part);
        rest = behind;
    }
    parts
}
