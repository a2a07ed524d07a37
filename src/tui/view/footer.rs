//! The last two lines: what was said last, and the keys that matter now.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    narrow,
    paint::Pen,
    parts::{self, Parts},
};
use crate::{
    text::{Shown, fit},
    tui::{
        action::{Act, Action, Motion},
        keymap::{binding, down_up, written},
        over::Over,
        state::{
            Model, Pane, Subject,
            log::search::{Typed, Typing},
        },
        styles::Tone,
        update, words,
    },
};

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, line: Rect, keys: Rect) {
    draw_line(model, pen, frame, line);
    frame.render_widget(Paragraph::new(hints(model, pen, usize::from(keys.width))), keys);
}

/// What was said last.
pub(super) fn draw_line(model: &Model, pen: Pen, frame: &mut Frame<'_>, line: Rect) {
    frame.render_widget(Paragraph::new(last(model, pen, usize::from(line.width))), line);
}

/// What was said last; the text of a search while it is typed.
fn last(model: &Model, pen: Pen, width: usize) -> Line<'static> {
    if let Some(typing) = &model.log.typing {
        return typed(model, pen, typing, width);
    }
    if let Some(list) = model.narrow.typing {
        return narrow::typed(model, pen, list);
    }
    let Some(said) = &model.line else {
        let calm = match (&model.subject, &model.over) {
            (_, Some(over)) => over.as_str(),
            (Subject::Nothing | Subject::Plan(_), None) => "Nothing has changed yet.",
            (Subject::Run(_), None) => "",
        };
        return Line::from(pen.cell(calm, width, pen.styles.of(Tone::Dim)));
    };
    let time = words::clock(said.at, &model.settings.zone);
    let room = width.saturating_sub(time.len() + 1);
    Line::from(vec![
        pen.span(&format!("{time} "), Tone::Dim),
        pen.cell(&said.text, room, pen.styles.of(said.tone)),
    ])
}

/// The keys of a screen that lies over the panes, the most wanted first.
pub(super) fn draw_keys(
    (model, pen): (&Model, Pen),
    frame: &mut Frame<'_>,
    area: Rect,
    keys: &[(impl AsRef<str>, &str)],
) {
    let hints = (0u8..).zip(keys).map(|(rank, key)| (rank, named(pen, key))).collect();
    let line = fitting((pen, written(model, Action::Help)), hints, usize::from(area.width));
    frame.render_widget(Paragraph::new(line), area);
}

fn named(pen: Pen, (key, label): &(impl AsRef<str>, &str)) -> Vec<Span<'static>> {
    vec![
        Span::raw(" "),
        pen.span(key.as_ref(), Tone::Key),
        pen.span(&format!(" {label} "), Tone::Text),
    ]
}

/// The keys of a screen that lies over the panes: dim where they do nothing now.
pub(super) fn draw_over(
    (model, pen): (&Model, Pen),
    frame: &mut Frame<'_>,
    area: Rect,
    over: Over,
) {
    let help = written(model, Action::Help);
    let out = [(help, "help"), (written(model, Action::Back), "back")];
    let own = over.rows().filter(|row| row.hinted).map(|row| {
        let down = row.action == Action::Go(Motion::Down);
        let key = if down { down_up(model) } else { written(model, row.action).to_owned() };
        let label =
            row.means.map_or_else(|| binding(row.action).map_or("", |it| it.label), |it| it.0);
        told(pen, (&key, label), update::refused(model, over, row.action).is_none())
    });
    let hints = out.iter().map(|key| named(pen, key)).chain(own);
    let line = fitting((pen, help), (0u8..).zip(hints).collect(), usize::from(area.width));
    frame.render_widget(Paragraph::new(line), area);
}

/// A hint, dim where the key does nothing now.
fn told(pen: Pen, (key, label): (&str, &str), does: bool) -> Vec<Span<'static>> {
    let (tone, text) = if does { (Tone::Key, Tone::Text) } else { (Tone::Dim, Tone::Dim) };
    vec![Span::raw(" "), pen.span(key, tone), pen.span(&format!(" {label}"), text), Span::raw(" ")]
}

/// A pattern while it is typed, and what it finds, or why it is none.
fn typed(model: &Model, pen: Pen, typing: &Typing, width: usize) -> Line<'static> {
    let log = &model.log;
    let says = match (&typing.wrong, typing.what) {
        (Some(why), _) => format!("  {why}"),
        (None, _) if typing.is_blank() => String::new(),
        (None, Typed::Search | Typed::Filter) if model.attempt().is_none() => {
            "  no log yet".to_owned()
        }
        (None, Typed::Search) => {
            format!("  {}", log.search.says.as_deref().unwrap_or("looking"))
        }
        (None, Typed::Filter) => format!("  {} lines", log.sieve.says),
    };
    let hint = match (&typing.wrong, typing.what) {
        (Some(_), _) => "",
        (None, Typed::Search) => "   capitals count if you type one",
        (None, Typed::Filter) => "   ! before it: lines without",
    };
    // The end of what is typed is seen, however long it is, and most of what is said.
    let (says, text) = (Shown::literal(&says), format!("{}{}", typing.what.sign(), typing.text));
    let text = Shown::literal(&text);
    let room = width.saturating_sub(says.width() + 1).max(width / 3);
    let text = text.clip(text.width().saturating_sub(room), room);
    let says = fit(&says, width.saturating_sub(text.width() + 1)).plain();
    let says = pen.span(&says, if typing.wrong.is_some() { Tone::Warn } else { Tone::Text });
    let text = text.plain();
    let typed = vec![pen.span(&text, Tone::Strong), pen.styled(" ", pen.styles.selected())];
    let hint = vec![pen.span(hint, Tone::Dim)];
    Line::from(parts::fitting(vec![(0, typed), (0, vec![says]), (1, hint)], width))
}

/// What is no text while one is typed below the panes; nothing where none is.
fn while_typed(model: &Model) -> Option<Vec<(&'static str, &'static str)>> {
    if model.log.typing.is_some() {
        let earlier = (!model.log.earlier.is_empty()).then_some(("Up Down", "earlier ones"));
        return Some([("Enter", "keep"), ("Esc", "back")].into_iter().chain(earlier).collect());
    }
    model.narrow.typing.is_some().then(|| vec![("Enter", "keep"), ("Esc", "list all")])
}

/// Keys that look, and keys that act, the most wanted first.
fn hints(model: &Model, pen: Pen, width: usize) -> Line<'static> {
    if let Some(keys) = while_typed(model) {
        let named = keys.iter().map(|key| named(pen, key));
        return Line::from(parts::fitting((0u8..).zip(named).collect(), width));
    }
    let (looks, acts) = wanted(model);
    let mut parts = Vec::new();
    for (rank, action) in (0u8..).zip(looks) {
        parts.push((rank * 2, hint(model, pen, action)));
    }
    if !acts.is_empty() {
        parts.push((0, vec![pen.span(&format!(" {} ", pen.glyphs.bar), Tone::Dim)]));
    }
    for (rank, action) in (1u8..).zip(acts) {
        parts.push((rank, hint(model, pen, action)));
    }
    fitting((pen, written(model, Action::Help)), parts, width)
}

/// Hints in one line, each whole or not at all: those of the highest rank are left out first, and the
/// first hint, that of the help, then says that there are more.
fn fitting((pen, help): (Pen, &str), parts: Parts, width: usize) -> Line<'static> {
    let used: usize = parts.iter().flat_map(|(_, spans)| spans).map(Span::width).sum();
    if used <= width {
        return Line::from(parts.into_iter().flat_map(|(_, spans)| spans).collect::<Vec<_>>());
    }
    // A screen without the help among its keys leaves keys out and says nothing.
    let has_help =
        parts.first().is_some_and(|(_, spans)| spans.iter().any(|span| span.content == help));
    if !has_help {
        return Line::from(parts::fitting(parts, width));
    }
    let more = vec![Span::raw(" "), pen.span(help, Tone::Key), pen.span(" more ", Tone::Text)];
    let rest = parts.into_iter().skip(1);
    Line::from(parts::fitting(std::iter::once((0, more)).chain(rest).collect(), width))
}

fn hint(model: &Model, pen: Pen, action: Action) -> Vec<Span<'static>> {
    let Some(row) = binding(action) else { return Vec::new() };
    told(pen, (written(model, action), row.label), update::why_not(model, action).is_none())
}

/// The keys of the moment.
fn wanted(model: &Model) -> (Vec<Action>, Vec<Action>) {
    let leaves = model.zoom || model.past.is_some() || model.log.search.pattern.is_some();
    let mut looks = vec![Action::Help, if leaves { Action::Back } else { Action::Quit }];
    if model.hold().is_some() && model.focus != Pane::Choices && !model.failure.open {
        looks.push(Action::Choices);
    }
    looks.extend([Action::Palette, Action::NextPane]);
    looks.extend(match model.focus {
        Pane::Hosts if model.failure.open => {
            [Action::Choices, Action::Log, Action::Copy, Action::Back].as_slice()
        }
        Pane::Hosts | Pane::Steps => {
            [Action::Open, Action::Zoom, Action::Host, Action::Runs, Action::Follow, Action::Search]
                .as_slice()
        }
        Pane::Releases => [Action::Open, Action::Zoom].as_slice(),
        Pane::Log => {
            const LOG: &[Action] = &[
                Action::Search,
                Action::Filter,
                Action::NextError,
                Action::AllHosts,
                Action::Copy,
                Action::Times,
                Action::Wrap,
                Action::OlderAttempt,
            ];
            LOG
        }
        Pane::Choices => [Action::Open, Action::Zoom].as_slice(),
    });
    if model.past.is_some() {
        return (looks, Vec::new());
    }
    let mut acts = match &model.subject {
        Subject::Nothing => Vec::new(),
        Subject::Plan(_) => vec![Action::Act(Act::Deploy), Action::Act(Act::Step)],
        Subject::Run(run) if run.closed.is_some() && !model.alone => {
            vec![Action::Act(Act::Deploy)]
        }
        Subject::Run(_) if model.open_run().is_none() => Vec::new(),
        Subject::Run(_) => during(model).into_iter().map(Action::Act).collect(),
    };
    let has = &model.sight.has;
    if has.releases && model.open_run().is_none() {
        acts.push(Action::Act(Act::Rollback));
    }
    if has.maintenance {
        acts.push(Action::Act(Act::Maintenance));
    }
    if model.open_run().is_none() {
        if model.foreign_lock().is_some() {
            acts.push(Action::Act(Act::TakeOver));
        }
        acts.push(Action::Look);
    }
    (looks, acts)
}

/// The keys that act during a run: the answers to what is asked, then the steering.
fn during(model: &Model) -> Vec<Act> {
    let now = |act: &Act| update::why_not(model, Action::Act(*act)).is_none();
    let Some((_, hold)) = model.hold() else {
        let steering =
            [Act::Step, Act::Continue, Act::Pause, Act::Break, Act::Abort, Act::Stop].into_iter();
        return Some(Act::Input).filter(now).into_iter().chain(steering).collect();
    };
    let answers = hold.offers.iter().map(|offer| words::key_of(*offer));
    let mut acts: Vec<Act> = Vec::new();
    let given_up = model.open_run().is_some_and(|run| run.aborting.is_some());
    // What waits for input ends by an answer or by a signal, and then the run does.
    let steering: Vec<Act> = if given_up {
        [Act::Stop, Act::Continue, Act::Pause, Act::Exclude].into_iter().filter(now).collect()
    } else {
        vec![Act::Step, Act::Continue, Act::Pause]
    };
    for act in answers.chain(steering) {
        if !acts.contains(&act) {
            acts.push(act);
        }
    }
    acts
}
