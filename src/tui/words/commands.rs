//! What would be run for some nodes of a run, in rows: for what is tried again, done elsewhere, or undone.

use std::borrow::Cow;

use super::{
    as_sent,
    built::does,
    listing::Listing,
    page::{BEGUN, Page, commands, line, lines},
};
use crate::{
    model::{Column, Gate, HostId, Kind, Node, NodeId, Origin, Piece, Plan, Text},
    run::{Cell, Run},
    tui::{state::Model, styles::Tone},
};

/// A node as it is begun now: with the command that was typed for it, and the names of its item in it.
pub(super) fn as_begun<'r>(model: &Model, run: &Run, cell: &'r Cell) -> Cow<'r, Node> {
    match &cell.edited {
        Some(edited) => {
            Cow::Owned(running(&cell.node, sent(model, run, cell, edited).into_owned()))
        }
        None => filled(model, run, cell, &cell.node),
    }
}

/// A node with the names of the item of this cell in its command.
fn filled<'n>(model: &Model, run: &Run, cell: &Cell, node: &'n Node) -> Cow<'n, Node> {
    let Kind::Act(act) = &node.kind else { return Cow::Borrowed(node) };
    match sent(model, run, cell, &act.command.run) {
        Cow::Borrowed(_) => Cow::Borrowed(node),
        Cow::Owned(text) => Cow::Owned(running(node, text)),
    }
}

/// A text as it is sent, as far as that is known.
fn sent<'t>(model: &Model, run: &Run, cell: &Cell, text: &'t Text) -> Cow<'t, Text> {
    let holes = text.0.iter().any(|piece| matches!(piece, Piece::Hole(_)));
    match holes.then(|| as_sent(model, run, cell, text)) {
        Some(Ok(text)) => Cow::Owned(Text::literal(text)),
        Some(Err(_)) | None => Cow::Borrowed(text),
    }
}

/// The node with another command.
fn running(node: &Node, text: Text) -> Node {
    let mut node = node.clone();
    if let Kind::Act(act) = &mut node.kind {
        act.command.run = text;
    }
    node
}

/// What would take back what has begun, the last first, with what follows it and what it asks. Of a run
/// that is being taken back: what of that is ahead.
pub(crate) fn undoing(model: &Model, run: &Run) -> Listing {
    of_undo(model, run, &run.left_to_take_back())
}

/// What these nodes of an undo would run, in that order.
pub(crate) fn of_undo(model: &Model, run: &Run, nodes: &[Node]) -> Listing {
    let mut page = Page::of(&run.plan, None, BEGUN);
    for nodes in nodes.chunk_by(|one, other| taken_back(run, one) == taken_back(run, other)) {
        let Some(heading) = nodes.first().and_then(|node| taken_back(run, node)) else { continue };
        let mut in_order: Vec<Cow<'_, Node>> = nodes
            .iter()
            .map(|node| match of_what(run, node) {
                Some(of) => filled(model, run, of, node),
                None => Cow::Borrowed(node),
            })
            .collect();
        in_order.sort_by_key(|node| node.host);
        let lines = lines(in_order.iter().flat_map(|node| commands(node)));
        let step = nodes.first().map_or("", |node| node.key.step.as_str());
        let tone = if lines.is_empty() { Tone::Held } else { Tone::Strong };
        page.row(heading.as_str(), tone);
        page.lines(&heading, built_in(&run.plan, step), &lines);
    }
    page.done()
}

/// What a node takes back.
fn of_what<'r>(run: &'r Run, node: &Node) -> Option<&'r Cell> {
    if let Origin::UndoOf(of) = node.origin { run.cell(of) } else { None }
}

/// What a node of an undo is there for; nothing for gates that nobody is asked at.
fn taken_back(run: &Run, node: &Node) -> Option<String> {
    match (&node.kind, &node.origin) {
        (Kind::Gate(Gate::Schema(of)), _) => {
            let of = run.cell(*of).map_or(&node.key.step, |cell| &cell.node.key.step);
            Some(format!("asks: the schema was changed by {of}"))
        }
        // By its own name, since a step may have had many items.
        (Kind::Act(_), Origin::UndoOf(of)) => {
            let key = run.cell(*of).map_or(&node.key, |cell| &cell.node.key);
            Some(format!("undo {key}"))
        }
        (Kind::Act(_), _) => Some(node.key.to_string()),
        (Kind::Gate(_) | Kind::Ask(_), _) => None,
    }
}

/// The commands of cells of one step, as they are begun now.
pub(crate) fn of_nodes(model: &Model, run: &Run, ids: &[NodeId]) -> Listing {
    let cells: Vec<&Cell> = ids.iter().filter_map(|id| run.cell(*id)).collect();
    let nodes: Vec<Cow<'_, Node>> = cells.iter().map(|cell| as_begun(model, run, cell)).collect();
    if nodes.iter().any(|node| node.origin.takes_back()) {
        let nodes: Vec<Node> = nodes.into_iter().map(Cow::into_owned).collect();
        return of_undo(model, run, &nodes);
    }
    let step = nodes.first().map(|node| &node.key.step);
    let column = run.plan.columns.iter().find(|column| Some(&column.step) == step);
    let Some(column) = column else { return Listing::default() };
    let mut page = Page::of(&run.plan, None, BEGUN);
    page.row(heading(column), Tone::Strong);
    let lines = lines(nodes.iter().flat_map(|node| commands(node)));
    page.lines(column.step.as_str(), column.built_in.as_deref(), &lines);
    page.done()
}

/// What runs in the place of an action whose host was left out, on another host.
pub(crate) fn elsewhere(run: &Run, on: NodeId, host: HostId) -> Listing {
    let Some(cell) = run.cell(on) else { return Listing::default() };
    let Kind::Act(act) = &cell.node.kind else { return Listing::default() };
    let Some(other) = act.elsewhere.iter().find(|it| it.host == host) else {
        return Listing::default();
    };
    let step = cell.node.key.step.as_str();
    let when = other.when.as_ref().map(|when| line(host, "asks whether", when));
    let lines: Vec<_> = when.into_iter().chain([line(host, "", &other.command)]).collect();
    let mut page = Page::of(&run.plan, None, BEGUN);
    page.row(format!("{step} on {}", page.names(&[Some(host)])), Tone::Strong);
    page.lines(step, built_in(&run.plan, step), &lines);
    page.done()
}

/// A step, and what it does.
pub(super) fn heading(column: &Column) -> String {
    match does(&column.about, column.built_in.as_deref()) {
        "" => column.step.to_string(),
        does => format!("{}  {does}", column.step),
    }
}

fn built_in<'p>(plan: &'p Plan, step: &str) -> Option<&'p str> {
    let column = plan.columns.iter().find(|column| column.step.as_str() == step)?;
    column.built_in.as_deref()
}
