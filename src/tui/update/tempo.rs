//! What is late is said once, and that the clock of this machine was set.

use jiff::{SignedDuration, Timestamp};

use crate::tui::{
    state::{Model, dialog::Subject},
    styles::Tone,
    told::Wish,
    words,
};

/// A clock that differs by less than before was only read a moment later.
const SET_MIN: SignedDuration = SignedDuration::from_secs(2);

/// The clock of this machine says so. It is only shown, and what is measured goes on evenly.
pub(crate) fn clock(model: &mut Model, wall: Timestamp) {
    let set = wall.duration_since(model.now);
    let by = set - model.set;
    if by.abs() < SET_MIN {
        return;
    }
    model.set = set;
    if set.abs() < SET_MIN {
        // The next run begins with the time as it is set.
        return;
    }
    let way = if by.is_negative() { "back" } else { "forward" };
    let by = words::whole(by.abs() + SignedDuration::from_millis(500));
    let line =
        format!("this machine's clock was set {way} by {by}; what is measured goes on evenly");
    model.say(line, Tone::Warn);
}

/// Works out anew what depends on the time, and says what has become late.
pub(super) fn keep(model: &mut Model) {
    for attempt in model.keep_time() {
        if let Some(line) = words::late(model, attempt) {
            model.say(line, Tone::Warn);
        }
    }
}

/// Others may have run since times were read: what says how long a run takes has them read again, once.
pub(super) fn ask(model: &mut Model) -> Option<Wish> {
    let says = model.dialog.as_ref().is_some_and(|dialog| match dialog.subject {
        Subject::Start | Subject::Rollback(..) => true,
        Subject::Without
        | Subject::Holds(_)
        | Subject::Run
        | Subject::Maintenance(_)
        | Subject::Lock(_)
        | Subject::Shell(_)
        | Subject::Prompt(_)
        | Subject::Save
        | Subject::Quit => false,
    });
    let says = says || model.picker.is_some();
    let asked = std::mem::replace(&mut model.tempo.asked, says);
    (says && !asked && !model.alone).then_some(Wish::Times)
}
