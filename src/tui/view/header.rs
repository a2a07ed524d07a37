//! The first line: where we are, and how it goes.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas::WIDE,
    paint::Pen,
    parts::{Parts, cells, kept},
};
use crate::{
    model::{HostId, Released, Served},
    run::{Abort, Mode, Run},
    text::{Shown, fit},
    tui::{
        action::Action,
        keymap::written,
        state::{Model, Subject, face},
        styles::Tone,
        told::HostState,
        words::{self, Room},
    },
};

/// Cells that the state of the run keeps.
const STATE_MIN: usize = 16;

/// The name of the application has so much of the width.
const APP_PART: usize = 5;

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let wide = area.width >= WIDE;
    let left = left(model, pen, width);
    let parted = left.len();
    // What stands at the right keeps its place whatever the state is called, as long as it is no
    // longer than the names of the steps make it.
    let spare = state_cells(model).saturating_sub(state(model).0.chars().count());
    // Why it is not known what visitors get stands elsewhere, too: it takes the place of nothing.
    let all = |parts: &Parts| parts.iter().map(|(_, spans)| cells(spans)).sum::<usize>();
    let much = wide.then(|| right(model, pen, Room::Much));
    let much = much.filter(|right| all(&left) + spare + all(right) <= width);
    let some = if wide { Room::Some } else { Room::Little };
    let right = much.unwrap_or_else(|| right(model, pen, some));
    let mut parts: Parts = left.into_iter().chain(right).collect();
    parts.insert(parted, (2, vec![Span::raw(" ".repeat(spare))]));
    let kept = kept(parts, width);
    let (left, right): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(at, _)| *at <= parted);
    let flat = |parts: Vec<(usize, Vec<Span<'static>>)>| -> Vec<Span<'static>> {
        parts.into_iter().flat_map(|(_, spans)| spans).collect()
    };
    let (mut spans, right) = (flat(left), flat(right));
    spans.push(Span::raw(" ".repeat(width.saturating_sub(cells(&spans) + cells(&right)))));
    spans.extend(right);
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// Where we are, and how it goes.
fn left(model: &Model, pen: Pen, width: usize) -> Parts {
    let mut parts: Parts = vec![(0, stage(model, pen))];
    if let Some(plan) = model.plan() {
        // A long name is worth less than how it goes.
        let app = fit(&Shown::literal(&plan.app), width / APP_PART).plain();
        parts.push((1, vec![pen.span(&format!(" {app}"), Tone::Strong)]));
        parts.push((3, vec![pen.span(&format!(" {}", plan.pipeline), Tone::Text)]));
    }
    let (words, tone) = state(model);
    // What visitors get is said whatever there is to say of the run.
    let page = words::maintenance(model, Room::Little).filter(|(_, tone)| *tone == Tone::Held);
    let page = page.map_or(0, |(words, _)| words.chars().count() + 2);
    // That nothing can be changed from here, too.
    let looks = looking(model).map_or(0, |(word, _)| word.chars().count() + 2);
    let before = parts.iter().filter(|(rank, _)| *rank < 2).flat_map(|(_, spans)| spans);
    let room = width.saturating_sub(before.map(Span::width).sum::<usize>() + page + looks + 2);
    let words = fit(&Shown::literal(&words), room.max(STATE_MIN)).plain();
    parts.extend(served(model, pen));
    parts.push((0, vec![Span::raw("  "), pen.span(&words, tone)]));
    parts
}

/// What is beside it: times, who else is there, maintenance, the hosts, the run, the clock.
fn right(model: &Model, pen: Pen, room: Room) -> Parts {
    let mut parts: Parts = Vec::new();
    let wide = room != Room::Little;
    if let Some(run) = model.run() {
        let until = if run.closed.is_some() { run.latest } else { model.now };
        let elapsed = words::clocked(until.duration_since(run.opened));
        parts.push((4, vec![pen.span(&format!("  {elapsed}"), Tone::Text)]));
        parts.extend(eta(model, wide).map(|(words, tone)| (5, vec![pen.span(&words, tone)])));
    }
    parts.extend(locked(model, pen));
    if let Some((words, tone)) = words::maintenance(model, room) {
        let rank = if tone == Tone::Text || tone == Tone::Dim { 3 } else { 1 };
        parts.push((rank, vec![Span::raw("  "), pen.span(&words, tone)]));
    }
    let (up, all) = hosts_up(model);
    let tone = if up < all { Tone::Warn } else { Tone::Text };
    let rank = if up < all { 1 } else { 6 };
    parts.push((rank, vec![Span::raw("  "), pen.span(&format!("hosts {up}/{all}"), tone)]));
    if let Some((word, whose)) = looking(model) {
        parts.push((0, vec![Span::raw("  "), pen.span(word, Tone::Held)]));
        parts.extend(whose.map(|whose| (1, vec![pen.span(&whose, Tone::Held)])));
    }
    if let Some(run) = model.run() {
        let short = words::short_run(run.plan.run.as_str());
        parts.push((8, vec![pen.span(&format!("  run {short}"), Tone::Dim)]));
    }
    // Only while it is kept right: a clock that stands still would lie.
    if model.ticks() {
        let clock = words::clock(model.wall(), &model.settings.zone);
        parts.push((7, vec![Span::raw("  "), pen.span(&clock, Tone::Dim)]));
    }
    parts
}

/// How long it may still take, in a place of fixed width; nothing where that is not known, and while
/// the run waits for its operator.
fn eta(model: &Model, wide: bool) -> Option<(String, Tone)> {
    const LONGER: &str = "longer than usual";
    const SHORTER: &str = "eta ~99:59";
    let cells = if wide { LONGER } else { SHORTER }.len();
    let left = model.tempo.left.filter(|_| model.open_run().is_some())?;
    let waits = model.hold().is_some() || model.run().is_some_and(|run| run.mode == Mode::Pause);
    if waits || model.is_undriven() || (left.more && left.time.as_secs() == 0) {
        return None;
    }
    let words = match left.late {
        true => if wide { LONGER } else { "late" }.to_owned(),
        false => words::eta(left),
    };
    let tone = if left.late { Tone::Warn } else { Tone::Text };
    Some((format!(" {words:<cells$}"), tone))
}

/// The most that the state of a run that goes on takes.
fn state_cells(model: &Model) -> usize {
    let columns = model.open_run().map_or(&[][..], |_| model.grid.columns.as_slice());
    let all = columns.len().to_string().len();
    let longest = columns.iter().map(|column| column.step.chars().count()).max();
    longest.map_or(0, |longest| "◐ RUN /  ".chars().count() + 2 * all + longest)
}

/// That this console only looks, and at whose run.
fn looking(model: &Model) -> Option<(&'static str, Option<String>)> {
    let word = if model.settings.read_only { "READ-ONLY" } else { "WATCHING" };
    let open = model.open_run().is_some();
    match &model.watched {
        None => model.settings.read_only.then_some((word, None)),
        Some(Some(by)) if open => {
            let person = by.split(' ').next().unwrap_or(by);
            Some((word, Some(format!(", driven by {person}"))))
        }
        Some(None) if open => Some((word, Some(", driven by nobody".to_owned()))),
        Some(_) => Some((word, None)),
    }
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

/// The release of the run, as long as it is not what is served; then what is, its commit, and what
/// was before it; where hosts differ, that.
fn served(model: &Model, pen: Pen) -> Parts {
    let sight = &model.sight;
    if sight.sites.is_empty() {
        return own(model, pen);
    }
    let groups = sight.served();
    let [(now, hosts)] = groups.as_slice() else {
        let (words, tone) = differing(model, &groups);
        let differing = (1, vec![pen.span(&format!("  {} {words}", pen.glyphs.warn), tone)]);
        return own(model, pen).into_iter().chain([differing]).collect();
    };
    let (name, tone) = words::served(now);
    if hosts.iter().any(|host| model.is_outdated(host)) {
        let was = (2, vec![pen.span(&format!("  was {name}, not seen since"), Tone::Unknown)]);
        return own(model, pen).into_iter().chain([was]).collect();
    }
    let name = match now {
        Served::Nothing => "nothing served yet".to_owned(),
        Served::Release(_)
        | Served::Dangling(_)
        | Served::Outside(_)
        | Served::Loop(_)
        | Served::NotALink => name,
    };
    let its_own = released(model).is_some_and(|own| now.release() == Some(own.name.as_str()));
    let mut parts = if its_own { Vec::new() } else { own(model, pen) };
    let open = model.open_run().is_some();
    let (name, tone, rank) = match now.release() {
        Some(_) if parts.is_empty() => (name, Tone::Strong, 2),
        Some(_) if open => (format!("serves {name}"), Tone::Text, 4),
        Some(_) => (format!("now serves {name}"), Tone::Strong, 2),
        None => (name, tone, 2),
    };
    parts.push((rank, vec![pen.span(&format!("  {name}"), tone)]));
    if let Some(revision) = now.release().and_then(|release| sight.revision(release)) {
        parts.push((5, vec![commit(revision, pen)]));
    }
    if let Some(previous) = sight.previous_of_all() {
        let words = format!(" {} {previous}", pen.glyphs.before);
        parts.push((6, vec![pen.span(&words, Tone::Dim)]));
    }
    parts
}

/// The release that the run is about: the first thing to know of one that goes on.
fn own(model: &Model, pen: Pen) -> Parts {
    let Some(own) = released(model) else { return Vec::new() };
    let (tone, rank) = if model.open_run().is_some() { (Tone::Strong, 2) } else { (Tone::Text, 4) };
    let name = (rank, vec![pen.span(&format!("  {}", own.name), tone)]);
    let commit = own.revision.as_deref().map(|revision| (5, vec![commit(revision, pen)]));
    [name].into_iter().chain(commit).collect()
}

fn released(model: &Model) -> Option<&Released> {
    model.run()?.plan.released.as_ref()
}

fn commit(revision: &str, pen: Pen) -> Span<'static> {
    pen.span(&format!(" {}", words::short_revision(revision)), Tone::Text)
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

/// Who else may change the stage now; before a run, that is how things stand.
fn locked(model: &Model, pen: Pen) -> Option<(u8, Vec<Span<'static>>)> {
    let (_, lock) = model.foreign_lock().filter(|_| model.run().is_some())?;
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
pub(crate) fn state(model: &Model) -> (String, Tone) {
    if let Some(doing) = model.sight.doing.as_ref().filter(|_| model.open_run().is_none()) {
        return (format!("{} {}", spin(model), doing.to_uppercase()), Tone::Running);
    }
    match &model.subject {
        Subject::Nothing if model.refused.is_empty() => ("STARTING".to_owned(), Tone::Dim),
        Subject::Nothing => {
            (format!("NO PLAN: {} tries again", written(model, Action::Look)), Tone::Failed)
        }
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
    } else if let Some((_, lock)) = model.foreign_lock() {
        (format!("LOCKED by {}", lock.by), Tone::Warn)
    } else {
        ("READY".to_owned(), Tone::Ok)
    }
}

fn during(model: &Model, run: &Run) -> (String, Tone) {
    let glyphs = model.glyphs();
    if let Some((text, tone)) = words::ended(model) {
        return (text, tone);
    }
    if model.over.is_some() {
        return ("OPEN, not driven from here".to_owned(), Tone::Held);
    }
    // No answer is taken before.
    if model.untaken {
        return (format!("{} TAKING UP", spin(model)), Tone::Held);
    }
    if let Some((_, hold)) = model.failure() {
        let unknown = matches!(hold.cause, crate::run::Cause::Unknown(_));
        let (glyph, tone) = match unknown {
            true => (glyphs.unknown, Tone::Unknown),
            false => (glyphs.failed, Tone::Failed),
        };
        return (format!("{glyph} {}", words::headline(model, run, hold)), tone);
    }
    if let (Some(abort), Some((_, hold))) = (run.aborting, model.hold())
        && matches!(hold.cause, crate::run::Cause::Input(..))
    {
        let place = words::place(model, run, hold);
        return (format!("{} {}, waits for {place}", glyphs.held, given_up(abort)), Tone::Held);
    }
    if let Some((_, hold)) = model.hold() {
        return (format!("{} {}", glyphs.held, words::headline(model, run, hold)), Tone::Held);
    }
    going(model, run)
}

fn given_up(abort: Abort) -> &'static str {
    if abort.undo { "UNDOING" } else { "ABORTING" }
}

/// The mark of something that goes on.
fn spin(model: &Model) -> &'static str {
    model.glyphs().spinning(model.now)
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
    if model.is_undriven() {
        let word = run.aborting.map_or("OPEN", given_up);
        return (format!("{word}, goes no further"), Tone::Held);
    }
    if let Some(abort) = run.aborting {
        let word = given_up(abort);
        if run.mode == Mode::Pause && !busy {
            return (format!("{} {word}, PAUSED", glyphs.held), Tone::Held);
        }
        return (format!("{spin} {word}"), Tone::Warn);
    }
    match run.mode {
        Mode::Run => (format!("{spin} RUN {at}/{all} {step}"), Tone::Running),
        Mode::Step => (format!("{spin} STEP {at}/{all} {step}"), Tone::Running),
        Mode::Pause if busy => (format!("{spin} {at}/{all} {step}, then PAUSED"), Tone::Held),
        Mode::Pause => {
            let (step, at) = stands_before(model, run).unwrap_or_else(|| (step.to_owned(), at));
            (format!("{} PAUSED before {step} {at}/{all}", glyphs.held), Tone::Held)
        }
    }
}

/// What a paused run goes on with, and which step of the pipeline that is: in batches it is not the first
/// that is not done everywhere.
fn stands_before(model: &Model, run: &Run) -> Option<(String, usize)> {
    let gate = run.stands_before()?;
    let (at, _) = model.grid.find(gate)?;
    let step = &model.grid.columns.get(at)?.step;
    Some((format!("{step}{}", words::in_batch(run, gate)), at + 1))
}
