//! The log of one attempt: every byte it printed, raw, as the host has it, so that lengths and
//! offsets here and there are the same. Two files beside it tell where its lines begin and where
//! secrets lie in it; their formats are described in `index` and `mask`.
//!
//! A line is what stands between two line ends (`\n`), and what stands behind the last one, if
//! that is anything. Carriage returns belong to their line. A line arrives with its first byte. So one
//! that writes itself over, as progress does, has the time at which it began, and not that at which it
//! came to show what it shows in the end: of bytes inside of a line no time is kept.
//!
//! Writer and readers share nothing but the files: a reader can be in another thread or in another
//! program, and no writer waits for one.

mod cksum;
mod dirty;
mod files;
mod index;
mod mask;
mod quiet;
mod reader;
mod scan;
mod walk;
mod writer;

pub use cksum::posix_cksum;
pub use dirty::Dirty;
pub use mask::Mask;
pub use reader::{Arrival, LINE_BYTES_MAX, Line, LogReader, Masked, Window};
pub use scan::{Block, Spot};
pub use writer::LogWriter;

#[cfg(test)]
mod tests;
