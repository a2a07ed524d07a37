//! The one place that prints. A reader that has gone away is no error.

use std::io::Write as _;

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

/// A line on standard error.
pub(super) fn err(line: &str) {
    let mut to = std::io::stderr().lock();
    drop(to.write_all(line.as_bytes()).and_then(|()| to.write_all(b"\n")));
}
