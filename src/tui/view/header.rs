//! The first line: where we are, and how it goes.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::paint::{Pen, fit_parts};
use crate::{
    model::HostId,
    run::{Mode, Run, Verdict},
    tui::{
        state::{
            Model, Subject,
            face::{self, Face},
        },
        styles::Tone,
        told::HostState,
        words,
    },
};

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let mut parts: Vec<(u8, Vec<Span<'static>>)> = vec![(0, stage(model, pen))];
    if let Some(plan) = model.plan() {
        parts.push((1, vec![pen.span(&format!(" {}", plan.app), Tone::Strong)]));
        parts.push((5, vec![pen.span(&format!("  {}", plan.pipeline), Tone::Text)]));
    }
    let (words, tone) = state(model);
    parts.push((0, vec![Span::raw("  "), pen.span(&words, tone)]));
    if let Some(run) = model.run() {
        let until = if run.closed.is_some() { run.latest } else { model.now };
        let elapsed = words::since(run.opened, until);
        parts.push((3, vec![pen.span(&format!("  {elapsed}"), Tone::Text)]));
    }
    let (up, all) = hosts_up(model);
    let tone = if up < all { Tone::Warn } else { Tone::Text };
    parts.push((2, vec![Span::raw("  "), pen.span(&format!("hosts {up}/{all}"), tone)]));
    if model.settings.read_only {
        parts.push((2, vec![pen.span("  READ ONLY", Tone::Held)]));
    }
    if let Some(run) = model.run() {
        let id = run.plan.run.as_str();
        let short: String = id.rsplit('-').next().unwrap_or(id).chars().take(6).collect();
        parts.push((6, vec![pen.span(&format!("  run {short}"), Tone::Dim)]));
    }
    let clock = words::clock(model.now, &model.settings.zone);
    let mut spans = fit_parts(parts, width);
    let used: usize = spans.iter().map(Span::width).sum();
    let clock = pen.span(&clock, Tone::Dim);
    // Only while it is kept right: a clock that stands still would lie.
    if model.ticks() && used + 2 + clock.width() <= width {
        spans.push(Span::raw(" ".repeat(width - used - clock.width())));
        spans.push(clock);
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

fn stage(model: &Model, pen: Pen) -> Vec<Span<'static>> {
    let Some(plan) = model.plan() else { return vec![pen.span("deployui", Tone::Strong)] };
    if !plan.protected {
        return vec![pen.span(&plan.stage, Tone::Strong)];
    }
    let (open, close) = pen.glyphs.stage;
    let name = format!("{open}{}{close}", plan.stage.to_uppercase());
    vec![pen.span(&name, Tone::Protected)]
}

/// Hosts that can be talked to, of all that take part.
fn hosts_up(model: &Model) -> (usize, usize) {
    let is_up = |host: &HostId| match model.run() {
        Some(run) => run.world.is_up(*host),
        None => matches!(model.hosts.get(host), Some(HostState::Ready)),
    };
    (model.grid.hosts.iter().filter(|host| is_up(host)).count(), model.grid.hosts.len())
}

/// How it goes, in a few words.
pub(super) fn state(model: &Model) -> (String, Tone) {
    match &model.subject {
        Subject::Nothing => ("STARTING".to_owned(), Tone::Dim),
        Subject::Plan(_) => before(model),
        Subject::Run(run) => during(model, run),
    }
}

fn before(model: &Model) -> (String, Tone) {
    let (up, all) = hosts_up(model);
    let trouble = model.hosts.values().any(|state| matches!(state, HostState::Trouble { .. }));
    if model.over.is_some() {
        ("NOT STARTED".to_owned(), Tone::Failed)
    } else if model.starting {
        ("STARTING".to_owned(), Tone::Running)
    } else if trouble {
        (format!("NOT CONNECTED {up}/{all}"), Tone::Failed)
    } else if up < all {
        (format!("CONNECTING {up}/{all}"), Tone::Running)
    } else {
        ("READY, nothing has changed yet".to_owned(), Tone::Ok)
    }
}

fn during(model: &Model, run: &Run) -> (String, Tone) {
    let glyphs = model.glyphs();
    if let Some(verdict) = run.closed {
        if let Some(left) = not_undone(model) {
            return (format!("{} DONE, {left} NOT UNDONE", glyphs.failed), Tone::Failed);
        }
        return match verdict {
            Verdict::Ok => (format!("{} DONE", glyphs.ok), Tone::Ok),
            Verdict::Failed => (format!("{} DONE, FAILED", glyphs.failed), Tone::Failed),
            Verdict::Aborted => (format!("{} ABORTED", glyphs.skipped), Tone::Warn),
            Verdict::Unknown => {
                (format!("{} DONE, OUTCOME UNKNOWN", glyphs.unknown), Tone::Unknown)
            }
        };
    }
    if model.over.is_some() {
        return ("OPEN, not driven from here".to_owned(), Tone::Held);
    }
    if let Some((_, hold)) = model.failure() {
        let unknown = matches!(hold.cause, crate::run::Cause::Unknown(_));
        let (glyph, tone) = match unknown {
            true => (glyphs.unknown, Tone::Unknown),
            false => (glyphs.failed, Tone::Failed),
        };
        return (format!("{glyph} {}", words::headline(model, run, hold)), tone);
    }
    if let Some((_, hold)) = model.hold() {
        return (format!("{} {}", glyphs.held, words::headline(model, run, hold)), Tone::Held);
    }
    going(model, run)
}

/// Cells that could not be taken back, if there are any.
fn not_undone(model: &Model) -> Option<usize> {
    let faces = model
        .grid
        .columns
        .iter()
        .flat_map(|column| column.hosts().map(move |host| model.face(column, host)));
    let left = faces.filter(|face| matches!(face, Face::NotUndone(_))).count();
    (left > 0).then_some(left)
}

fn going(model: &Model, run: &Run) -> (String, Tone) {
    let glyphs = model.glyphs();
    let (done, current) = model.progress();
    let all = model.grid.columns.len();
    let at = (done + 1).min(all);
    let column = current.and_then(|at| model.grid.columns.get(at));
    let step = column.map_or("", |column| column.step.as_str());
    let busy = column.is_some_and(|column| {
        column.hosts().any(|host| face::running(run, column.nodes(host)).is_some())
    });
    let spin = glyphs.running[usize::try_from(model.now.as_second().rem_euclid(4)).unwrap_or(0)];
    if let Some(abort) = run.aborting {
        let word = if abort.undo { "UNDOING" } else { "ABORTING" };
        return (format!("{spin} {word}"), Tone::Warn);
    }
    match run.mode {
        Mode::Run => (format!("{spin} RUN {at}/{all} {step}"), Tone::Running),
        Mode::Step => (format!("{spin} STEP {at}/{all} {step}"), Tone::Running),
        Mode::Pause if busy => (format!("{spin} {at}/{all} {step}, then PAUSED"), Tone::Held),
        Mode::Pause => (format!("{} PAUSED before {step} {at}/{all}", glyphs.held), Tone::Held),
    }
}
