//! Following one box: counting the bytes of its log against what the facts say.

use super::Fact;
use crate::{model::Try, script::News};

/// What is here of an attempt's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogEnd {
    /// Bytes.
    pub len: u64,
    /// POSIX `cksum` of the last 4096 of them, or of all if there are fewer.
    pub tail: u32,
}

/// Why an outcome cannot be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Begun, no end recorded, nothing lives.
    Died,
    /// Begun, no end recorded, and the host has restarted.
    Rebooted,
    /// Contradictory files.
    Corrupt,
}

/// What follows from a fact or from bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) facts: Vec<Fact>,
    /// Tell the agent to send from here.
    pub(super) restart: Option<u64>,
    /// Nothing more will be said.
    pub(super) over: bool,
}

/// A box that is followed.
#[derive(Debug)]
pub(super) struct Following {
    pub(super) attempt: Try,
    pub(super) dir: String,
    pub(super) number: u32,
    here: LogEnd,
    /// Bytes of the log handed out so far, counted from its beginning.
    read: u64,
    ended: Option<(u8, u64)>,
    told: bool,
    size: Option<u64>,
    settled: Option<u64>,
    /// It can never be learned; told when what was sent of the log is here.
    lost: Option<Fact>,
    /// So many bytes were sent, and then the log was another, with so many.
    cut: Option<(u64, u64)>,
    short: bool,
}

impl Following {
    /// Follows from the end of what is here.
    pub(super) fn new(attempt: Try, dir: &str, here: LogEnd) -> Self {
        Self {
            attempt,
            dir: dir.to_owned(),
            number: 0,
            here,
            read: here.len,
            ended: None,
            told: false,
            size: None,
            settled: None,
            lost: None,
            cut: None,
            short: false,
        }
    }

    pub(super) fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    pub(super) fn from(&self) -> u64 {
        self.here.len
    }

    /// Bytes were handed out.
    pub(super) fn count(&mut self, bytes: usize) -> Said {
        self.read = self.read.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.due()
    }

    /// The agent said something.
    pub(super) fn hear(&mut self, news: News) -> Said {
        let over = |fact| Said { facts: vec![fact], restart: None, over: true };
        match news {
            News::Running => return Said { facts: vec![Fact::Running], ..Said::default() },
            News::Absent => return over(Fact::Absent),
            News::Unstarted => return over(Fact::Unstarted),
            News::Fenced => return over(Fact::Fenced),
            News::Refused(why) => return over(Fact::Refused(why)),
            News::Tail(sum) if sum == self.here.tail => return self.restart(self.here.len),
            News::Tail(_) => return self.replaced(self.here.len),
            News::Short(there) => return self.replaced(there),
            News::Never => self.lost = Some(Fact::Never),
            News::Died => self.lost = Some(Fact::Lost(Outcome::Died)),
            News::Rebooted => self.lost = Some(Fact::Lost(Outcome::Rebooted)),
            News::Corrupt => self.lost = Some(Fact::Lost(Outcome::Corrupt)),
            News::Ended(status, bytes) => self.ended = Some((status, bytes)),
            News::Size(bytes) => self.size = Some(bytes),
            News::Cut(sent, there) => self.cut = Some((sent, there)),
            // The end is said before, or was not one that we can read.
            News::Settled(_) if self.ended.is_none() => return over(Fact::Lost(Outcome::Corrupt)),
            News::Settled(bytes) => {
                self.settled = Some(bytes);
                self.size = Some(bytes);
            }
            News::Ready | News::NoAgent(_) | News::Settling(..) | News::Orphaned => {}
        }
        self.due()
    }

    /// The log is read from its beginning again; what is here is set aside.
    fn replaced(&mut self, there: u64) -> Said {
        let fact = Fact::LogReplaced(self.read, there);
        let mut said = self.restart(0);
        said.facts.push(fact);
        said
    }

    fn restart(&mut self, from: u64) -> Said {
        self.read = from;
        Said { restart: Some(from), ..Said::default() }
    }

    /// What can be said by the bytes counted so far.
    fn due(&mut self) -> Said {
        if let Some((sent, there)) = self.cut {
            if self.read < sent {
                return Said::default();
            }
            // Everything about the log is said anew.
            (self.cut, self.size, self.settled, self.ended) = (None, None, None, None);
            return self.replaced(there);
        }
        if self.size.is_none_or(|size| self.read >= size)
            && let Some(fact) = self.lost.take()
        {
            return Said { facts: vec![fact], restart: None, over: true };
        }
        let mut said = Said::default();
        let Some((status, bytes)) = self.ended else { return said };
        // Where the log lost bytes on the host, no more than its size will come.
        let to_come = self.size.map_or(bytes, |size| bytes.min(size));
        if self.read < to_come {
            return said;
        }
        if let Some(size) = self.size.filter(|size| *size < bytes && !self.short) {
            self.short = true;
            said.facts.push(Fact::LogReplaced(self.read, size));
        }
        if !self.told {
            self.told = true;
            said.facts.push(Fact::Ended(status, bytes));
        }
        if let Some(size) = self.settled.filter(|size| self.read >= *size) {
            said.facts.push(Fact::Settled(size));
            said.over = true;
        }
        said
    }
}
