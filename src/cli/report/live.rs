//! The growing logs of attempts, printed line by line as far as a report should go.

use std::collections::BTreeMap;

use crate::{
    cli::say,
    driver::box_name,
    model::Try,
    run::Run,
    store::{LogReader, Store},
    text::Filter,
    tui::show_line,
};

/// Of each attempt so many bytes are printed while it runs; all of it is in the log.
const PRINTED_BYTES_MAX: u64 = 256 * 1024;

/// Lines that are taken from a log at once.
const LINES_AT_ONCE: usize = 256;

/// The logs that are followed.
pub(super) struct Live {
    store: Store,
    followed: BTreeMap<Try, Followed>,
}

struct Followed {
    reader: LogReader,
    filter: Filter,
    label: String,
    next: u64,
    printed: u64,
    hint: String,
}

impl Live {
    pub(super) fn new(store: Store) -> Self {
        Self { store, followed: BTreeMap::new() }
    }

    /// Begins to follow an attempt, from where its log ends when it was taken up again.
    pub(super) fn follow(&mut self, run: &Run, attempt: Try, label: &str) {
        let Some((host, name)) = box_name(run, attempt) else { return };
        let Ok(reader) = LogReader::open(&self.store, &run.plan.run, &host, &name) else { return };
        let step = run.cell(attempt.node).map_or(String::new(), |c| c.node.key.step.to_string());
        let hint = format!("deployui log {} {step} {host}", run.plan.run);
        let label = label.to_owned();
        let followed =
            Followed { reader, filter: Filter::default(), label, next: 0, printed: 0, hint };
        self.followed.entry(attempt).or_insert(followed);
    }

    /// Prints what has come.
    pub(super) fn print_all(&mut self) {
        for followed in self.followed.values_mut() {
            followed.print(false);
        }
    }

    /// Prints the rest of an attempt that has ended.
    pub(super) fn end(&mut self, attempt: Try) {
        if let Some(mut followed) = self.followed.remove(&attempt) {
            followed.print(true);
        }
    }
}

impl Followed {
    fn print(&mut self, whole: bool) {
        if self.printed > PRINTED_BYTES_MAX || self.reader.refresh().is_err() {
            return;
        }
        while let Ok(lines) = self.reader.lines(self.next, LINES_AT_ONCE) {
            let mut any = false;
            for line in lines.iter().filter(|line| line.complete || whole) {
                any = true;
                self.next = line.number.saturating_add(1);
                self.printed = self.printed.saturating_add(line.len);
                say::out(&format!(
                    "{} | {}",
                    self.label,
                    show_line(&mut self.reader, &mut self.filter, line)
                ));
                if self.printed > PRINTED_BYTES_MAX {
                    say::out(&format!("{} | … more in: {}", self.label, self.hint));
                    return;
                }
            }
            if !any {
                return;
            }
        }
    }
}
