//! Pane 4 before there is a log: what would be run in the chosen cell, and what keeps its host from
//! being ready.

use ratatui::{Frame, layout::Rect, text::Line};

use super::{focused, paint::Pen, palette::wrapped, rows::scrolled};
use crate::{
    model::{Act, Command, Kind, Node, NodeId},
    tui::{
        keymap,
        state::{Model, Pane},
        styles::Tone,
        told::HostState,
        words::{self, Texts},
    },
};

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let place = match (model.host(), model.column()) {
        (Some(host), Some(column)) => {
            format!(" {} {} {}", model.host_name(host), pen.glyphs.within, column.step)
        }
        (_, _) => String::new(),
    };
    let guided = !model.guide.is_empty() && !model.cursor.moved;
    let title = match guided && model.refused.is_empty() {
        true => words::pane_of(model, Pane::Log, "Where to begin"),
        false => words::pane_of(model, Pane::Log, &format!("What will run{place}")),
    };
    let block = pen.pane(&title, &[], focused(model, Pane::Log), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = lines(model, pen, usize::from(inner.width));
    scrolled(pen, frame, (area, inner), lines, model.detail);
}

/// The whole text.
pub(super) fn lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let mut text: Vec<(String, Tone)> = Vec::new();
    troubles(model, &mut text);
    if !model.refused.is_empty() {
        text.push(("Not done:".to_owned(), Tone::Strong));
        text.extend(model.refused.iter().map(|line| (line.clone(), Tone::Failed)));
        return rows(text, pen, width);
    }
    if !model.guide.is_empty() && !model.cursor.moved {
        text.extend(model.guide.iter().map(|line| (keymap::with_keys(model, line), Tone::Text)));
        return rows(text, pen, width);
    }
    let nodes = model.nodes();
    let inner = nodes.iter().filter_map(|id| model.node(*id)).find_map(|it| built_in(model, it));
    let does = model.column().map_or("", |column| words::does(&column.about, inner));
    if !does.is_empty() {
        text.push((does.to_owned(), Tone::Text));
    }
    if nodes.is_empty() && model.column().is_some() {
        text.push(("This step has nothing to do on this host.".to_owned(), Tone::Dim));
    }
    for node in nodes.iter().filter_map(|id| model.node(*id)) {
        describe(node, built_in(model, node), nodes.len() > 1, &mut text);
    }
    text.extend(texts(model, nodes));
    rows(text, pen, width)
}

pub(super) fn rows(text: Vec<(String, Tone)>, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let lines = text.into_iter().flat_map(|(line, tone)| {
        line.split('\n').map(|line| (line.to_owned(), tone)).collect::<Vec<_>>()
    });
    wrapped(pen, &lines.collect::<Vec<_>>(), width)
}

/// Hosts that cannot be had, before the run.
fn troubles(model: &Model, text: &mut Vec<(String, Tone)>) {
    if model.run().is_some() {
        return;
    }
    for (host, state) in &model.hosts {
        let HostState::Trouble { what, hint } = state else { continue };
        text.push((format!("{}: {what}", model.host_name(*host)), Tone::Failed));
        if let Some(hint) = hint {
            text.push((format!("  hint: {hint}"), Tone::Text));
        }
    }
    if !text.is_empty() {
        text.push((String::new(), Tone::Text));
    }
}

/// What does a node, where it is no command of the recipe.
fn built_in<'m>(model: &'m Model, node: &Node) -> Option<&'m str> {
    let columns = &model.plan()?.columns;
    let mine = |column: &&crate::model::Column| column.step == node.key.step;
    columns.iter().find(mine)?.built_in.as_deref()
}

fn describe(node: &Node, built_in: Option<&str>, named: bool, text: &mut Vec<(String, Tone)>) {
    if named {
        text.push((node.key.to_string(), Tone::Strong));
    }
    match &node.kind {
        Kind::Act(act) => act_lines(act, built_in, text),
        Kind::Ask(ask) => command(&ask.command, "asks", text),
        Kind::Gate(_) => {}
    }
}

fn act_lines(act: &Act, built_in: Option<&str>, text: &mut Vec<(String, Tone)>) {
    match built_in {
        Some(name) => {
            let what = format!("{:<8}built in {name}; its text is below", "runs");
            text.push((what, Tone::Strong));
            around(&act.command, text);
        }
        None => command(&act.command, "runs", text),
    }
    if let Some(limit) = act.limit {
        let seconds = limit.as_secs();
        text.push((format!("limit   {seconds}s, then TERM, and KILL 10s later"), Tone::Text));
    }
    match (&act.undo, built_in) {
        (Some(_), Some(name)) => {
            let what = format!("{:<8}built in {name}; its text is below", "undo");
            text.push((what, Tone::Strong));
        }
        (Some(undo), None) => command(undo, "undo", text),
        (None, _) => text.push(("undo    none".to_owned(), Tone::Dim)),
    }
}

/// The texts of what is built in, behind everything else.
fn texts(model: &Model, ids: &[NodeId]) -> Vec<(String, Tone)> {
    let Some(plan) = model.plan() else { return Vec::new() };
    let mut texts = Texts::of(plan, "As it is planned now");
    for node in ids.iter().filter_map(|id| model.node(*id)) {
        let (Kind::Act(act), Some(_)) = (&node.kind, built_in(model, node)) else { continue };
        let host = node.host.map_or("", |host| model.host_name(host));
        let commands = [("", Some(&act.command)), (" (undo)", act.undo.as_ref())];
        for (part, command) in commands {
            let Some(command) = command else { continue };
            let heading = format!("{}{part}", node.key);
            texts.add(&heading, &[host], &command.run.to_string());
        }
    }
    texts.rows()
}

fn command(command: &Command, what: &str, text: &mut Vec<(String, Tone)>) {
    let run = command.run.to_string();
    for (at, line) in run.lines().enumerate() {
        let label = if at == 0 { what } else { "" };
        text.push((format!("{label:<8}{line}"), Tone::Strong));
    }
    for inspect in &command.inspect {
        let inspect = inspect.to_string();
        let first = inspect.lines().find(|line| !line.is_empty()).unwrap_or_default();
        text.push((format!("{:<8}{first}  (evidence, if it fails)", ""), Tone::Dim));
    }
    around(command, text);
}

/// Where and as whom it runs.
fn around(command: &Command, text: &mut Vec<(String, Tone)>) {
    if let Some(cwd) = &command.cwd {
        text.push((format!("{:<8}{cwd}", "in"), Tone::Text));
    }
    if let Some(user) = &command.user {
        text.push((format!("{:<8}{user}, through sudo", "as"), Tone::Text));
    }
}
