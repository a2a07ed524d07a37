//! The one place that prints. A reader that has gone away is no error.

use std::io::Write as _;

use crate::text::escape;

/// A line on standard output.
pub(super) fn out(line: &str) {
    let mut to = std::io::stdout().lock();
    drop(
        to.write_all(line.as_bytes()).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush()),
    );
}

/// Bytes on standard output, as they are.
pub(super) fn raw(bytes: &[u8]) {
    drop(std::io::stdout().lock().write_all(bytes));
}

/// A message on standard error. It may quote what a host said, of which nothing reaches a terminal as
/// it is.
pub(super) fn err(message: &str) {
    let lines: Vec<String> = message.split('\n').map(escape).collect();
    let text = format!("{}\n", lines.join("\n"));
    drop(std::io::stderr().lock().write_all(text.as_bytes()));
}
