//! The list of runs that there were.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas, footer, header,
    paint::Pen,
    parts::fitting,
    rows::{Rows, entry},
};
use crate::tui::{
    keymap::with_keys, over::Over, state::Model, styles::Tone, told::PastRun, update, words,
};

/// The rows that are shown, in order.
pub(super) fn shown(model: &Model) -> Vec<&PastRun> {
    let (app, stage) = model.plan().map_or(("", ""), |plan| (&plan.app, &plan.stage));
    model.history.shown(app, stage)
}

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let (areas, body) = areas::frame(model);
    header::draw(model, pen, frame, areas.header);
    let history = &model.history;
    let shown = shown(model);
    let at = update::history_at(model, &shown);
    let stage = model.plan().map_or("", |plan| plan.stage.as_str());
    let title = match (history.all, stage) {
        (true, _) | (false, "") => "Runs of all stages".to_owned(),
        (false, stage) => format!("Runs on {stage}"),
    };
    let reading = if history.asked.is_some() { ", reading" } else { "" };
    let right = vec![(format!(" {}{reading} ", words::count_of(at, shown.len())), Tone::Text)];
    let block = pen.pane(&title, &right, model.dialog.is_none(), body.width);
    let inner = block.inner(body);
    frame.render_widget(block, body);
    let parts = [Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)];
    let [head, list, foot] = Layout::vertical(parts).areas(inner);
    let widths = Widths::of(usize::from(list.width), history.all, needed(&shown, pen));
    frame.render_widget(Paragraph::new(heading(pen, &widths)), head);
    rows(model, pen, &shown, at, &widths).draw(pen, frame, body, list);
    frame.render_widget(Paragraph::new(below(model, pen, &shown, at)), foot);
    footer::draw_line(model, pen, frame, areas.line);
    footer::draw_over((model, pen), frame, areas.footer, Over::History);
}

/// Cells that the longest ending and the longest release would take.
fn needed(shown: &[&PastRun], pen: Pen) -> (usize, usize) {
    let ended = |run: &&PastRun| words::past_ended(run, pen.glyphs).0.chars().count() + 1;
    let release = |run: &&PastRun| run.release.chars().count() + 9;
    // While none is known yet the columns are as they mostly will be.
    (shown.iter().map(ended).max().unwrap_or(0), shown.iter().map(release).max().unwrap_or(24))
}

/// Cells of the columns; 0: not shown.
struct Widths {
    id: usize,
    opened: usize,
    ended: usize,
    took: usize,
    failures: usize,
    pipeline: usize,
    stage: usize,
    release: usize,
    by: usize,
}

impl Widths {
    /// What matters least is dropped first. What is known of the runs is not given more room than the
    /// longest ending and the longest release need.
    fn of(width: usize, all: bool, (ended, release): (usize, usize)) -> Self {
        let mut widths = Self {
            id: 33,
            opened: 18,
            ended: 11,
            took: 7,
            failures: 6,
            pipeline: 12,
            stage: if all { 18 } else { 0 },
            release: release.min(24),
            by: 16,
        };
        let room = width.saturating_sub(2);
        if widths.sum() > room {
            widths.id = 7;
        }
        if widths.sum() > room {
            widths.release = 9;
        }
        if widths.sum() > room {
            widths.by = 0;
        }
        if widths.sum() > room {
            widths.release = 0;
        }
        if widths.sum() > room {
            widths.opened = 6;
        }
        // What is left is for the endings first, then for the releases.
        widths.ended += room.saturating_sub(widths.sum()).min(ended.saturating_sub(widths.ended));
        widths.release +=
            room.saturating_sub(widths.sum()).min(8) * usize::from(widths.release > 0);
        widths
    }

    fn all(&self) -> [usize; 9] {
        [
            self.id,
            self.opened,
            self.ended,
            self.took,
            self.failures,
            self.pipeline,
            self.stage,
            self.release,
            self.by,
        ]
    }

    fn sum(&self) -> usize {
        self.all().iter().sum()
    }
}

fn heading(pen: Pen, widths: &Widths) -> Line<'static> {
    let names =
        ["run", "opened", "ended", "took", "fails", "pipeline", "app, stage", "release", "by"];
    cells(pen, widths, names.map(|name| (name.to_owned(), pen.styles.of(Tone::Dim))), false)
}

fn cells(pen: Pen, widths: &Widths, texts: [(String, Style); 9], chosen: bool) -> Line<'static> {
    let mut spans = Vec::new();
    for ((text, style), cells) in texts.into_iter().zip(widths.all()) {
        if cells > 0 {
            spans.push(pen.cell(&text, cells - 1, style));
            spans.push(Span::raw(" "));
        }
    }
    entry(pen, chosen, spans)
}

fn rows(model: &Model, pen: Pen, shown: &[&PastRun], at: usize, widths: &Widths) -> Rows {
    let mut rows = Rows::default();
    for (number, run) in shown.iter().enumerate() {
        rows.push([row(model, pen, run, number == at, widths)], number == at);
    }
    if shown.is_empty() {
        let text = match (model.history.asked, model.history.rows.is_empty()) {
            (Some(_), _) => "reading the journals".to_owned(),
            (None, true) => "no run yet".to_owned(),
            (None, false) => {
                let line =
                    "no run here fits: {all_hosts} shows all stages, {search} changes the filter";
                with_keys(model, line)
            }
        };
        rows.lines.push(Line::from(pen.span(&format!("  {text}"), Tone::Dim)));
    }
    rows
}

fn row(model: &Model, pen: Pen, run: &PastRun, chosen: bool, widths: &Widths) -> Line<'static> {
    let plain = Style::default();
    let dim = pen.styles.of(Tone::Dim);
    let id = run.id.as_str();
    let id = if widths.id >= 20 { id.to_owned() } else { words::short_run(run.id.as_str()) };
    let zone = &model.settings.zone;
    let opened = run.opened.map_or_else(String::new, |at| match widths.opened {
        0..10 => words::ago(at, model.now),
        _ => words::clock_minutes(at, model.now, zone),
    });
    let took = run
        .span()
        .map_or_else(String::new, |(from, until)| words::took(until.duration_since(from)));
    let failures = if run.failures == 0 { String::new() } else { run.failures.to_string() };
    let short = words::short_revision(&run.commit);
    let release = match widths.release {
        0..10 => short,
        _ => format!("{} {short}", run.release),
    };
    let (_, tone) = words::past_ended(run, pen.glyphs);
    let stage = format!("{} {}", run.app, run.stage);
    let name = if chosen { pen.styles.selected() } else { plain };
    cells(
        pen,
        widths,
        [
            (id, name),
            (opened, plain),
            (words::past_ended(run, pen.glyphs).0, pen.styles.of(tone)),
            (took, plain),
            (failures, pen.styles.of(if run.failures > 0 { Tone::Failed } else { Tone::Dim })),
            (run.pipeline.clone(), plain),
            (stage, plain),
            (release, dim),
            (run.by.clone(), dim),
        ],
        chosen,
    )
}

/// The filter while it is typed, what went wrong, or what is known of the chosen one beside its row.
fn below(model: &Model, pen: Pen, shown: &[&PastRun], at: usize) -> Line<'static> {
    let history = &model.history;
    if history.typing || !history.filter.is_empty() {
        let cursor = if history.typing { " " } else { "" };
        return Line::from(vec![
            pen.span(&format!("/{}", history.filter), Tone::Strong),
            pen.styled(cursor, pen.styles.selected()),
            pen.span(
                if history.typing { "  Enter keeps it, Esc clears" } else { "  Esc clears it" },
                Tone::Dim,
            ),
        ]);
    }
    if let Some(why) = &history.trouble {
        return Line::from(pen.span(why, Tone::Failed));
    }
    let Some(run) = shown.get(at) else { return Line::default() };
    let about = words::past_about(run);
    let at_end = at + 1 == shown.len();
    let more = if history.more && at_end { "  older ones: go past the end" } else { "" };
    // Who has it, and how to go on, say more than its id, which is part of the latter.
    let text = if about.is_empty() { run.id.to_string() } else { about };
    Line::from(vec![pen.span(&text, Tone::Text), pen.span(more, Tone::Dim)])
}

/// The line over the panes while a run of the past is read.
pub(super) fn banner(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let Some(past) = &model.past else { return };
    let run = &past.about;
    let (ended, tone) = words::past_ended(run, pen.glyphs);
    let zone = &model.settings.zone;
    let opened =
        run.opened.map_or_else(String::new, |at| words::clock_minutes(at, model.now, zone));
    let (now, now_tone) = &past.now;
    let about = words::past_about(run);
    let about = if about.is_empty() { about } else { format!("  {about}") };
    let parts = vec![
        (0, vec![pen.span(" PAST RUN ", Tone::Protected)]),
        (1, vec![pen.span(&format!(" {}", words::short_run(run.id.as_str())), Tone::Strong)]),
        (
            4,
            vec![
                pen.span(&format!(" {} of {} on {}", run.pipeline, run.app, run.stage), Tone::Text),
            ],
        ),
        (5, vec![pen.span(&format!(" {opened}"), Tone::Text)]),
        (1, vec![pen.span(&format!("  {ended}"), tone)]),
        (6, vec![pen.span(&about, Tone::Held)]),
        (0, vec![pen.span("  read-only, Esc: back", Tone::Held)]),
        (2, vec![pen.span("  NOW: ", Tone::Dim), pen.span(now, *now_tone)]),
    ];
    let spans = fitting(parts, usize::from(area.width));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
