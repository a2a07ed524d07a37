//! A journal as far as it can be trusted. Needs no lock and changes nothing.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use serde::Deserialize;

use super::{Damage, FORMAT, Header, What, line};
use crate::{model::RunId, run::Event};

/// What a journal holds, as far as it can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The header, if it could be read.
    pub header: Option<Header>,
    /// All facts before the first damage.
    pub events: Vec<Event>,
    /// An unfinished last line: what a console was writing when it was killed. Nothing that it
    /// speaks of had been done.
    pub torn: Option<Torn>,
    /// Why the rest cannot be trusted. Nothing may be run from a damaged journal.
    pub damage: Option<Damage>,
}

/// Where an unfinished last line lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u64,
}

/// A reading, and where writing would go on.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) reading: Reading,
    pub(super) good: u64,
    pub(super) sum: line::Sum,
}

/// Only what tells a header of any format.
#[derive(Deserialize)]
struct AnyHeader {
    format: u32,
}

pub(super) enum Step {
    Go,
    End,
}

/// Reads a whole journal.
pub(super) fn scan(file: &File, path: &Path, run: &RunId) -> io::Result<Scan> {
    // A length taken first: lines that are written meanwhile are not seen half.
    let len = file.metadata()?.len();
    let mut source = BufReader::new(file.take(len));
    let reading = Reading { header: None, events: vec![], torn: None, damage: None };
    let mut scan = Scan { reading, good: 0, sum: line::Sum::START };
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        if source.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let is_last = source.fill_buf()?.is_empty();
        let step = match number {
            1 => scan.first(&text, run),
            _ => scan.further(&text, is_last),
        };
        let step = step.unwrap_or_else(|what| {
            let newer = scan.reading.damage.take();
            let damage = Damage { path: path.to_owned(), line: number, what };
            scan.reading.damage = newer.or(Some(damage));
            match scan.reading.damage {
                Some(Damage { line: 1, what: What::Newer(_), .. }) if number == 1 => Step::Go,
                Some(_) | None => Step::End,
            }
        });
        match step {
            Step::Go => scan.good += text.len() as u64,
            Step::End => break,
        }
    }
    if len == 0 {
        scan.reading.damage = Some(Damage { path: path.to_owned(), line: 1, what: What::Empty });
    }
    Ok(scan)
}

impl Scan {
    fn first(&mut self, text: &[u8], run: &RunId) -> Result<Step, What> {
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        let format = serde_json::from_slice(line).ok().map(|AnyHeader { format }| format);
        self.reading.header = serde_json::from_slice(line).ok();
        let sum = line::check(self.sum, line).filter(|_| line.len() < text.len());
        match (format, sum) {
            (Some(format), sum) if format > FORMAT => {
                // Its facts are shown as far as they mean something to this version.
                self.sum = sum.unwrap_or(self.sum);
                return Err(What::Newer(format));
            }
            (Some(1..=FORMAT), Some(sum)) => self.sum = sum,
            (Some(_) | None, _) => return Err(What::NoHeader),
        }
        match &self.reading.header {
            Some(header) if header.run == *run => Ok(Step::Go),
            Some(header) => Err(What::OtherRun(header.run.to_string())),
            None => Err(What::NoHeader),
        }
    }

    pub(super) fn further(&mut self, text: &[u8], is_last: bool) -> Result<Step, What> {
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        let sum = line::check(self.sum, line).filter(|_| line.len() < text.len());
        let Some(sum) = sum else {
            if !is_last {
                return Err(What::Sum);
            }
            self.reading.torn = Some(Torn { offset: self.good, len: text.len() as u64 });
            return Ok(Step::End);
        };
        let event: Event = serde_json::from_slice(line).map_err(|error| {
            // The decoder also lists everything that it knows.
            let words = error.to_string();
            What::NotAFact(words.split(", expected").next().unwrap_or(&words).to_owned())
        })?;
        let wanted = self.reading.events.len() as u64;
        if event.seq != wanted {
            return Err(What::Gap { wanted, found: event.seq });
        }
        self.reading.events.push(event);
        self.sum = sum;
        Ok(Step::Go)
    }
}
