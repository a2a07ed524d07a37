//! Plain lines instead of the screen: what happens in the run and what its steps print, as a run
//! without the console says it. For copying from, and for a terminal that is too small.

use std::collections::BTreeMap;

use super::{
    action::Action,
    feed,
    keymap::written,
    state::{
        Model, SIZE_MIN,
        dialog::{Deed, Subject},
    },
    view, words,
};
use crate::{
    model::{NodeId, Try},
    run::{Event, Fact, Run, State},
    store::{LogReader, Store},
    text::Filter,
};

/// Lines of one attempt that are shown at once.
const LINES_AT_ONCE: usize = 200;

/// An attempt that is further ahead than this is gone on with from its end: all of it is in its log.
const BEHIND_MAX: u64 = 2000;

/// Bytes that wait for a terminal that takes nothing; what comes then is left out.
const OUT_BYTES_MAX: usize = 256 * 1024;

/// Why there are lines and no screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The operator wants it so: any key comes back.
    Wanted,
    /// The terminal is too small: it comes back when that has grown.
    Small,
}

/// The stream.
pub(super) struct Stream {
    pub(super) cause: Cause,
    store: Store,
    followed: BTreeMap<Try, Followed>,
    /// What was asked last, so that it is said once.
    asked: Option<String>,
    said: Option<String>,
    out: String,
    /// Lines that were left out since, because the terminal takes too little.
    left_out: u64,
}

struct Followed {
    reader: LogReader,
    filter: Filter,
    label: String,
    next: u64,
}

impl Stream {
    /// Begins: says what this is and how things stand.
    pub(super) fn begin(cause: Cause, store: Store, model: &Model) -> Self {
        let said = model.line.as_ref().map(|line| line.text.clone());
        let mut stream = Self {
            cause,
            store,
            followed: BTreeMap::new(),
            asked: None,
            said,
            out: String::new(),
            left_out: 0,
        };
        let (has, needs) = (model.size, SIZE_MIN);
        stream.line(
            model,
            &match cause {
                Cause::Wanted => "-- plain lines of all hosts; any key comes back --".to_owned(),
                Cause::Small => format!(
                    "-- plain lines: {}x{} is too small for the screens, {}x{} is not; {} leaves --",
                    has.width,
                    has.height,
                    needs.width,
                    needs.height,
                    written(model, Action::Quit)
                ),
            },
        );
        stream.line(model, &view::title(model));
        if let Some(run) = model.run() {
            for (node, cell) in run.ids() {
                if let State::Running(n) | State::Settling(n, ..) = cell.state {
                    stream.follow(model, run, Try { node, n }, false);
                }
            }
        }
        stream.asks(model);
        stream
    }

    /// What is to be written, and no more of it is kept.
    pub(super) fn take(&mut self) -> String {
        let left = std::mem::take(&mut self.left_out);
        if left > 0 {
            self.out.push_str(&format!("({left} lines left out: this terminal is slow)\r\n"));
        }
        std::mem::take(&mut self.out)
    }

    /// What happened, now that the console knows of it.
    pub(super) fn events(&mut self, model: &Model, events: &[Event]) {
        let Some(run) = model.run() else { return };
        for event in events {
            if let Fact::Started(attempt) | Fact::Ended(attempt, ..) | Fact::Lost(attempt, _) =
                event.fact
            {
                self.follow(model, run, attempt, true);
            }
            // Only then all of its log is here. It is not begun to be followed anew: each line once.
            if let Fact::Settled(attempt, _) | Fact::Lost(attempt, _) = event.fact
                && let Some(mut followed) = self.followed.remove(&attempt)
            {
                while self.print(model, &mut followed, true) {}
            }
            if let Some((text, _)) = words::event(model, run, event) {
                let at = event.at.to_zoned(model.settings.zone.clone()).strftime("%H:%M:%S");
                self.line(model, &format!("{at} {text}"));
            }
        }
        self.said = model.line.as_ref().map(|line| line.text.clone());
    }

    /// What was said beside the facts, what is asked, and what the steps have printed. Whether there
    /// is more.
    pub(super) fn look(&mut self, model: &Model) -> bool {
        let said = model.line.as_ref().map(|line| line.text.clone());
        if said != self.said {
            if let Some(said) = &said {
                self.line(model, said);
            }
            self.said = said;
        }
        self.asks(model);
        let mut more = false;
        let mut followed = std::mem::take(&mut self.followed);
        for one in followed.values_mut() {
            more |= self.print(model, one, false);
        }
        self.followed = followed;
        more
    }

    fn asks(&mut self, model: &Model) {
        let leaving = |subject: &Subject| *subject == Subject::Quit;
        let how = match self.cause {
            _ if model.settings.read_only || model.watched.is_some() => {
                "not from here: it only looks"
            }
            Cause::Wanted => "any key comes back to answer",
            Cause::Small => "make the terminal larger to answer",
        };
        let asked = match (&model.dialog, model.hold(), model.run()) {
            (Some(dialog), ..) if leaving(&dialog.subject) => {
                let does = if model.open_run().is_some() { "detaches" } else { "leaves" };
                let leave = dialog.buttons.iter().find(|button| button.deed == Deed::Detach);
                let key = leave.and_then(|button| button.key).map(String::from);
                Some(format!("Leave? {} {does}, Esc stays", key.unwrap_or_default()))
            }
            (Some(dialog), ..) => Some(format!("{} ({how})", dialog.title)),
            (None, Some((_, hold)), Some(run)) => {
                Some(format!("{} ({how})", words::headline(model, run, hold)))
            }
            (None, ..) => None,
        };
        if asked != self.asked {
            if let Some(asked) = &asked {
                self.line(model, &format!("?? {asked}"));
            }
            self.asked = asked;
        }
    }

    /// Begins to follow an attempt, from its beginning or from where it is.
    fn follow(&mut self, model: &Model, run: &Run, attempt: Try, whole: bool) {
        if self.followed.contains_key(&attempt) {
            return;
        }
        let Some(cell) = run.cell(attempt.node) else { return };
        let Some(host) = cell.node.host.and_then(|host| run.plan.host(host)) else { return };
        let name = cell.node.key.box_name(attempt.n);
        let Ok(reader) = LogReader::open(&self.store, &run.plan.run, &host.name, &name) else {
            return;
        };
        let shown = LINES_AT_ONCE.min(usize::from(model.size.height)) as u64;
        let next = if whole { 0 } else { reader.line_count().saturating_sub(shown) };
        let label = label(run, attempt.node);
        self.followed.insert(attempt, Followed { reader, filter: Filter::default(), label, next });
    }

    /// Prints some of what an attempt has printed; whether there is more.
    fn print(&mut self, model: &Model, one: &mut Followed, whole: bool) -> bool {
        if one.reader.refresh().is_err() {
            return false;
        }
        let behind = one.reader.line_count().saturating_sub(one.next);
        if behind > BEHIND_MAX {
            let left = behind - LINES_AT_ONCE as u64;
            self.line(
                model,
                &format!("{} | ({left} lines left out: they are in its log)", one.label),
            );
            one.next += left;
        }
        let Ok(lines) = one.reader.lines(one.next, LINES_AT_ONCE) else { return false };
        let mut printed = 0;
        for line in lines.iter().filter(|line| line.complete || whole) {
            one.next = line.number.saturating_add(1);
            let shown = feed::show_line(&mut one.reader, &mut one.filter, line).plain();
            self.line(model, &format!("{} | {shown}", one.label));
            printed += 1;
        }
        printed == LINES_AT_ONCE
    }

    /// A line, made safe. The terminal is raw: it goes to the next row only when told both.
    fn line(&mut self, model: &Model, text: &str) {
        for row in text.lines() {
            if self.out.len() > OUT_BYTES_MAX {
                self.left_out += 1;
                continue;
            }
            self.out.push_str(&view::plain(model, row));
            self.out.push_str("\r\n");
        }
    }
}

/// A node as people know it: host and step.
fn label(run: &Run, node: NodeId) -> String {
    let Some(cell) = run.cell(node) else { return "?".to_owned() };
    let host = cell.node.host.and_then(|host| run.plan.host(host));
    format!("{} {}", host.map_or("?", |host| host.name.as_str()), cell.node.key)
}
