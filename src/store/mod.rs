//! What lies on the operator's disk: the journal of every run, the logs of its attempts, and the
//! history that can be read from them. This is the only module that knows where and how.
//!
//! # Layout
//!
//! ```text
//! <state>/claims/<run id>                      what is locked before there is a run that says so
//! <state>/runs/<run id>/journal.jsonl          the facts of the run (module `journal`)
//!                       journal.torn-N         an unfinished end, cut off the journal
//!                       lock                   held by the console that drives the run
//!                       logs/<host>/<box>.log  every byte that one attempt printed, raw
//!                                    <box>.idx   where its lines begin, and when they arrived
//!                                    <box>.mask  where secrets lie in it
//!                                    <box>.log.kept-N (.idx, .mask)  a log whose copy on the
//!                                                                    host was replaced
//! ```
//!
//! Directories are 0700 and files 0600: logs are raw, so they may hold secrets. Everything that
//! shows a log applies its masks.
//!
//! # Trust
//!
//! The journal is durable before anything is done that it speaks of, and every line of it is
//! bound to the line before by a checksum. A log is not synced while it grows: the host has the
//! same bytes, and what is missing here is read again. An index is only a help: it is checked
//! when it is used, and made anew from the log when it does not fit.
//!
//! Each file format is described in the module that reads and writes it.

mod claim;
mod disk;
mod history;
mod journal;
mod log;
mod place;

pub use claim::Claim;
pub use disk::DiskError;
pub use history::{FindError, Pace, Summary, Times};
pub use journal::{Damage, Follower, Header, Journal, JournalError, Reading, Torn, What};
pub use log::{
    Arrival, Block, Dirty, LINE_BYTES_MAX, Line, LogReader, LogWriter, Mask, Masked, Spot, Window,
    posix_cksum,
};
pub use place::Store;
