//! The first line: where we are, and how it goes.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas::WIDE,
    paint::{Pen, fit_parts},
};
use crate::{
    model::{HostId, Served},
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
    let wide = area.width >= WIDE;
    let mut parts: Vec<(u8, Vec<Span<'static>>)> = vec![(0, stage(model, pen))];
    if let Some(plan) = model.plan() {
        parts.push((1, vec![pen.span(&format!(" {}", plan.app), Tone::Strong)]));
        parts.push((3, vec![pen.span(&format!(" {}", plan.pipeline), Tone::Text)]));
    }
    parts.extend(served(model, pen));
    let (words, tone) = state(model);
    parts.push((0, vec![Span::raw("  "), pen.span(&words, tone)]));
    if let Some(run) = model.run() {
        let until = if run.closed.is_some() { run.latest } else { model.now };
        let elapsed = words::since(run.opened, until);
        parts.push((5, vec![pen.span(&format!("  {elapsed}"), Tone::Text)]));
    }
    parts.extend(locked(model, pen));
    if let Some((words, tone)) = words::maintenance(model, wide) {
        let rank = if tone == Tone::Text || tone == Tone::Dim { 3 } else { 1 };
        parts.push((rank, vec![Span::raw("  "), pen.span(&words, tone)]));
    }
    let (up, all) = hosts_up(model);
    let tone = if up < all { Tone::Warn } else { Tone::Text };
    parts.push((4, vec![Span::raw("  "), pen.span(&format!("hosts {up}/{all}"), tone)]));
    if model.settings.read_only {
        parts.push((2, vec![pen.span("  READ ONLY", Tone::Held)]));
    }
    if let Some(run) = model.run() {
        let id = run.plan.run.as_str();
        let short: String = id.rsplit('-').next().unwrap_or(id).chars().take(6).collect();
        parts.push((8, vec![pen.span(&format!("  run {short}"), Tone::Dim)]));
    }
    let mut spans = fit_parts(parts, width);
    let used: usize = spans.iter().map(Span::width).sum();
    let clock = words::clock(model.now, &model.settings.zone);
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
    let stage = plan.stage.to_uppercase();
    let stage = if stage == "PRODUCTION" { "PROD" } else { &stage };
    let name = format!("{open}{stage}{close}");
    vec![pen.span(&name, Tone::Protected)]
}

/// What is served, its commit, and what was before it; where hosts differ, that.
fn served(model: &Model, pen: Pen) -> Vec<(u8, Vec<Span<'static>>)> {
    let sight = &model.sight;
    if sight.sites.is_empty() {
        return Vec::new();
    }
    let groups = sight.served();
    let [(now, hosts)] = groups.as_slice() else {
        let (words, tone) = differing(model, &groups);
        return vec![(1, vec![pen.span(&format!("  {} {words}", pen.glyphs.warn), tone)])];
    };
    let (name, tone) = words::served(now);
    if hosts.iter().any(|host| model.is_outdated(host)) {
        let words = format!("  was {name}, not seen since");
        return vec![(2, vec![pen.span(&words, Tone::Unknown)])];
    }
    let name = match now {
        Served::Nothing => "nothing served yet".to_owned(),
        Served::Release(_)
        | Served::Dangling(_)
        | Served::Outside(_)
        | Served::Loop(_)
        | Served::NotALink => name,
    };
    let tone = if tone == Tone::Text { Tone::Strong } else { tone };
    let mut parts = vec![(2, vec![pen.span(&format!("  {name}"), tone)])];
    if let Some(revision) = now.release().and_then(|release| sight.revision(release)) {
        let short = words::short_revision(revision);
        parts.push((5, vec![pen.span(&format!(" {short}"), Tone::Text)]));
    }
    if let Some(previous) = sight.previous_of_all() {
        let words = format!(" {} {previous}", pen.glyphs.before);
        parts.push((6, vec![pen.span(&words, Tone::Dim)]));
    }
    parts
}

/// How hosts differ: what is no release first.
fn differing(model: &Model, groups: &[(&Served, Vec<&str>)]) -> (String, Tone) {
    let other = groups.iter().find(|(served, _)| served.release().is_none());
    if let Some((served, hosts)) = other {
        let (what, tone) = words::served(served);
        let tone = if tone == Tone::Failed { tone } else { Tone::Warn };
        return (format!("{what} on {}", words::hosts(hosts)), tone);
    }
    let hosts = model.sight.sites.len();
    (format!("{hosts} hosts serve {} releases", groups.len()), Tone::Warn)
}

/// Who else may change the stage now.
fn locked(model: &Model, pen: Pen) -> Option<(u8, Vec<Span<'static>>)> {
    let (_, lock) = model.foreign_lock()?;
    Some((1, vec![pen.span(&format!("  LOCKED by {}", lock.by), Tone::Warn)]))
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
    if let Some(doing) = model.sight.doing.as_ref().filter(|_| model.open_run().is_none()) {
        return (format!("{} {}", spin(model), doing.to_uppercase()), Tone::Running);
    }
    match &model.subject {
        Subject::Nothing if model.refused.is_empty() => ("STARTING".to_owned(), Tone::Dim),
        Subject::Nothing => ("NO PLAN: r tries again".to_owned(), Tone::Failed),
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
        ("READY".to_owned(), Tone::Ok)
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

/// The mark of something that goes on.
fn spin(model: &Model) -> &'static str {
    let frames = model.glyphs().running;
    frames[usize::try_from(model.now.as_second().rem_euclid(4)).unwrap_or(0)]
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
    let (_, current) = model.progress();
    let all = model.grid.columns.len();
    let at = current.map_or(all, |current| current + 1);
    let column = current.and_then(|at| model.grid.columns.get(at));
    let step = column.map_or("", |column| column.step.as_str());
    let busy = column.is_some_and(|column| {
        column.hosts().any(|host| face::running(run, column.nodes(host)).is_some())
    });
    let spin = spin(model);
    if let Some(abort) = run.aborting {
        let word = if abort.undo { "UNDOING" } else { "ABORTING" };
        if run.mode == Mode::Pause && !busy {
            return (format!("{} {word}, PAUSED", glyphs.held), Tone::Held);
        }
        return (format!("{spin} {word}"), Tone::Warn);
    }
    match run.mode {
        Mode::Run => (format!("{spin} RUN {at}/{all} {step}"), Tone::Running),
        Mode::Step => (format!("{spin} STEP {at}/{all} {step}"), Tone::Running),
        Mode::Pause if busy => (format!("{spin} {at}/{all} {step}, then PAUSED"), Tone::Held),
        Mode::Pause => (format!("{} PAUSED before {step} {at}/{all}", glyphs.held), Tone::Held),
    }
}
