//! The state in a few words for the title of the terminal, and how far the run is for its indicator.

use super::{mark, place};
use crate::{
    run::{Mode, Run, Verdict},
    tui::{
        notice::Progress,
        state::{Model, Subject, tempo::Left},
    },
};

/// As `✗ migrate web1 – shop production`; raw.
pub(crate) fn title(model: &Model) -> String {
    let glyphs = model.glyphs();
    let state = match &model.subject {
        Subject::Nothing => return "deployui".to_owned(),
        Subject::Plan(plan) => plan.pipeline.clone(),
        Subject::Run(run) => match run.ending() {
            Some(ending) => {
                let (glyph, _) = mark(ending, glyphs);
                format!("{glyph} {} {ending}", run.plan.pipeline)
            }
            None => open(model, run),
        },
    };
    let of =
        model.plan().map_or_else(String::new, |plan| format!(" – {} {}", plan.app, plan.stage));
    format!("{state}{of}")
}

fn open(model: &Model, run: &Run) -> String {
    let glyphs = model.glyphs();
    let held = model.failure().map(|failure| (glyphs.failed, failure));
    let held = held.or_else(|| model.hold().map(|hold| (glyphs.held, hold)));
    if let Some((glyph, (_, hold))) = held {
        return format!("{glyph} {}", place(model, run, hold).replace(" on ", " "));
    }
    let (_, current) = model.progress();
    let all = model.grid.columns.len();
    let step = current.and_then(|at| model.grid.columns.get(at)).map_or("", |it| it.step.as_str());
    let at = current.map_or(all, |at| at + 1);
    // One frame of the mark that turns: a title is not redrawn each second.
    let [mark, ..] = glyphs.running;
    let mark = if stands_still(model, run) { glyphs.held } else { mark };
    format!("{mark} {at}/{all} {step}")
}

/// Whether nothing further begins by itself; of a run that nobody drives, nothing is seen to go on either.
fn stands_still(model: &Model, run: &Run) -> bool {
    run.mode == Mode::Pause || model.is_undriven()
}

/// More than this is not said while a step is left: it looks as if it were over.
const NEARLY: u8 = 90;

/// How far the run is.
pub(crate) fn progress(model: &Model) -> Progress {
    let Some(run) = model.run() else { return Progress::Off };
    match run.closed {
        Some(Verdict::Ok | Verdict::Aborted) => return Progress::Off,
        Some(Verdict::Failed | Verdict::Unknown) => return Progress::Failed(100),
        None if model.over.is_some() => return Progress::Off,
        None => {}
    }
    let percent = percent(model, run);
    if model.failure().is_some() {
        Progress::Failed(percent.unwrap_or_else(|| by_steps(model)))
    } else if model.hold().is_some() || stands_still(model, run) {
        Progress::Waiting(percent.unwrap_or_else(|| by_steps(model)))
    } else {
        percent.map_or(Progress::Busy, Progress::Going)
    }
}

/// Of all steps, so many are done; where it is not known how long they take.
fn by_steps(model: &Model) -> u8 {
    let (done, _) = model.progress();
    let percent = (done * 100).checked_div(model.grid.columns.len()).unwrap_or(0);
    u8::try_from(percent).unwrap_or(NEARLY).min(NEARLY)
}

/// Of what the run takes, so much is over; `None` where that is not known: while something that is ahead
/// was never timed, and when what runs has outlasted all that is known of it.
fn percent(model: &Model, run: &Run) -> Option<u8> {
    let Left { time, more, late } = model.tempo.left?;
    let spent = model.now.duration_since(run.opened).as_millis().max(0);
    let left = time.as_millis().max(0);
    let percent = spent.saturating_mul(100).checked_div(spent.saturating_add(left))?;
    let known = !more && !late && left > 0;
    u8::try_from(percent).ok().map(|percent| percent.min(NEARLY)).filter(|_| known)
}
