//! What would be run on each host, in rows: hosts with the same command stand together.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    as_sent,
    built::{self, Texts, built_in_as},
};
use crate::{
    model::{
        Column, Command, Gate, HostId, Kind, Node, NodeId, Origin, Part, Piece, Plan, Query, Text,
    },
    run::{Begins, Cell, Run},
    tui::{state::Model, styles::Tone},
};

/// A row of text, and its look.
pub(crate) type Row = (String, Tone);

/// One command on some hosts.
struct Line<'p> {
    hosts: Vec<&'p str>,
    part: &'static str,
    command: &'p Command,
}

/// What is said above the texts of a run that is not begun.
const PLANNED: &str =
    "The built-in texts, as planned now; names, times and reasons are filled in when it begins";

/// What is said above the texts of a run.
const BEGUN: &str = "The built-in texts";

/// What is said of a command that is run once for each item of a list.
const EACH: &str = "for each item";

/// Everything that a plan would run, step by step; its texts have the functions of another plan, where
/// they are too few to tell.
pub(crate) fn of_plan(plan: &Plan, other: Option<&Plan>) -> Vec<Row> {
    let mut page = Page::of(plan);
    page.texts = page.texts.or_those_of(other);
    for column in &plan.columns {
        let mine = |node: &&Node| node.key.step == column.step && !again(plan, column, node);
        page.step(column, plan.nodes.iter().filter(mine).flat_map(commands));
    }
    page.done(PLANNED)
}

/// What a run begins by itself, as far as it may go now; but for some of it.
pub(crate) fn begins(model: &Model, run: &Run, begins: &Begins, but: &[NodeId]) -> Vec<Row> {
    if run.is_taken_back() {
        let cells = begins.nodes.iter().filter(|id| !but.contains(id));
        let nodes: Vec<Node> = cells.filter_map(|id| Some(run.cell(*id)?.node.clone())).collect();
        return of_undo(model, run, &nodes);
    }
    let nodes: BTreeSet<NodeId> = begins.nodes.iter().copied().collect();
    let chosen = |id, _: &Cell| {
        let (at_once, lists) = (nodes.contains(&id), begins.lists.contains(&id));
        match (at_once && !but.contains(&id), lists) {
            (true, true) => Some(Share::All),
            (true, false) => Some(Share::First),
            (false, true) => Some(Share::Items),
            (false, false) => None,
        }
    };
    let heading = if model.run().is_none() { PLANNED } else { BEGUN };
    in_columns(model, run, chosen).done(heading)
}

/// What it begins, too, where the lists that may stop it have no items.
pub(crate) fn without_items(model: &Model, run: &Run, begins: &Begins) -> Vec<Row> {
    let chosen = |id, _: &Cell| begins.without_items.contains(&id).then_some(Share::First);
    in_columns(model, run, chosen).done(BEGUN)
}

/// What a run would still do beyond what it begins by itself. What lies ready on a host has not begun.
pub(crate) fn later(model: &Model, run: &Run, begins: &Begins) -> Vec<Row> {
    let nodes: BTreeSet<NodeId> = begins.nodes.iter().copied().collect();
    let chosen = |id, cell: &Cell| {
        let ahead = cell.state.is_ahead() && !run.given_up(cell);
        if begins.stops.contains(&id) {
            return Some(if nodes.contains(&id) || !ahead { Share::Items } else { Share::All });
        }
        (ahead && !nodes.contains(&id)).then_some(Share::All)
    };
    in_columns(model, run, chosen).done(BEGUN)
}

/// How much of what a node is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    /// All that may come of it.
    All,
    /// What runs at once.
    First,
    /// The items of its list.
    Items,
}

/// The chosen nodes of a run, step by step.
fn in_columns<'r>(
    model: &Model,
    run: &'r Run,
    chosen: impl Fn(NodeId, &Cell) -> Option<Share>,
) -> Page<'r> {
    let mut page = Page::of(&run.plan);
    for (shown, column) in model.grid.columns.iter().zip(&run.plan.columns) {
        let ids = shown.hosts().flat_map(|host| shown.nodes(host));
        let nodes: Vec<(Cow<'_, Node>, Share)> = ids
            .filter_map(|id| {
                let cell = run.cell(*id)?;
                let share = chosen(*id, cell)?;
                Some((as_begun(model, run, cell), share))
            })
            .collect();
        let parts = nodes.iter().flat_map(|(node, share)| {
            let mine = |done: &Done<'_>| match share {
                Share::All => true,
                Share::First => done.part != EACH,
                Share::Items => done.part == EACH,
            };
            commands(node).into_iter().filter(mine).collect::<Vec<_>>()
        });
        page.step(column, parts);
    }
    page
}

/// A node as it is begun now: with the command that was typed for it, and the names of its item in it.
fn as_begun<'r>(model: &Model, run: &Run, cell: &'r Cell) -> Cow<'r, Node> {
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
pub(crate) fn undoing(model: &Model, run: &Run) -> Vec<Row> {
    of_undo(model, run, &run.left_to_take_back())
}

/// What these nodes of an undo would run, in that order.
pub(crate) fn of_undo(model: &Model, run: &Run, nodes: &[Node]) -> Vec<Row> {
    let mut page = Page::of(&run.plan);
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
        let lines = lines_of(&run.plan, in_order.iter().flat_map(|node| commands(node)));
        let step = nodes.first().map_or("", |node| node.key.step.as_str());
        let tone = if lines.is_empty() { Tone::Held } else { Tone::Strong };
        page.rows.push((heading.clone(), tone));
        page.lines(&heading, built_in(&run.plan, step), &lines);
    }
    page.done(BEGUN)
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
pub(crate) fn of_nodes(model: &Model, run: &Run, ids: &[NodeId]) -> Vec<Row> {
    let cells: Vec<&Cell> = ids.iter().filter_map(|id| run.cell(*id)).collect();
    let nodes: Vec<Cow<'_, Node>> = cells.iter().map(|cell| as_begun(model, run, cell)).collect();
    if nodes.iter().any(|node| node.origin.takes_back()) {
        let nodes: Vec<Node> = nodes.into_iter().map(Cow::into_owned).collect();
        return of_undo(model, run, &nodes);
    }
    let step = nodes.first().map(|node| &node.key.step);
    let column = run.plan.columns.iter().find(|column| Some(&column.step) == step);
    let Some(column) = column else { return Vec::new() };
    let mut page = Page::of(&run.plan);
    page.step(column, nodes.iter().flat_map(|node| commands(node)));
    page.done(BEGUN)
}

/// What runs in the place of an action whose host was left out, on another host.
pub(crate) fn elsewhere(run: &Run, on: NodeId, host: HostId) -> Vec<Row> {
    let Some(cell) = run.cell(on) else { return Vec::new() };
    let Kind::Act(act) = &cell.node.kind else { return Vec::new() };
    let Some(other) = act.elsewhere.iter().find(|it| it.host == host) else { return Vec::new() };
    let name = host_name(&run.plan, host);
    let mut lines = Vec::new();
    if let Some(when) = &other.when {
        put(&mut lines, name, "asks whether", when);
    }
    put(&mut lines, name, "", &other.command);
    let step = cell.node.key.step.as_str();
    let mut page = Page::of(&run.plan);
    page.rows.push((format!("{step} on {name}"), Tone::Strong));
    page.lines(step, built_in(&run.plan, step), &lines);
    page.done(BEGUN)
}

/// Whether an action belongs to another column: a pipeline may name a step twice.
fn again(plan: &Plan, column: &Column, node: &Node) -> bool {
    let main = matches!(node.key.part, Part::Main | Part::Again(_));
    let index = |id: &NodeId| usize::try_from(id.0).unwrap_or(usize::MAX);
    let own = || column.nodes.iter().filter_map(|id| plan.nodes.get(index(id)));
    main && matches!(node.kind, Kind::Act(_)) && !own().any(|it| it == node)
}

/// What would be run, step by step, and below it the texts that are too long to stand there.
struct Page<'p> {
    plan: &'p Plan,
    rows: Vec<Row>,
    texts: Texts,
}

impl<'p> Page<'p> {
    fn of(plan: &'p Plan) -> Self {
        Self { plan, rows: Vec::new(), texts: Texts::of(plan) }
    }

    fn step<'n>(&mut self, column: &Column, parts: impl Iterator<Item = Done<'n>>)
    where
        'p: 'n,
    {
        let lines = lines_of(self.plan, parts);
        if lines.is_empty() {
            return;
        }
        let inner = column.built_in.as_deref();
        let about = match built::does(&column.about, inner) {
            "" => String::new(),
            does => format!("  {does}"),
        };
        self.rows.push((format!("{}{about}", column.step), Tone::Strong));
        self.lines(column.step.as_str(), inner, &lines);
    }

    fn lines(&mut self, step: &str, built_in: Option<&str>, lines: &[Line<'_>]) {
        let (own, others): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
            lines.iter().partition(|line| built_in.is_some() && line.part.is_empty());
        self.rows.extend(others.into_iter().flat_map(said));
        let (Some(name), Some(first)) = (built_in, own.first()) else { return };
        let mut hosts: Vec<&str> = own.iter().flat_map(|line| line.hosts.iter().copied()).collect();
        hosts.sort_by_key(|name| self.plan.hosts.iter().position(|host| host.name == *name));
        let row = format!("  {}: {}; its text is below", hosts.join(" "), built_in_as(name));
        self.rows.push((row, Tone::Text));
        self.rows.extend(around(first.command));
        let texts: Vec<(Vec<&str>, String)> =
            own.iter().map(|line| (line.hosts.clone(), line.command.run.to_string())).collect();
        self.texts.add(step, &texts);
    }

    fn done(mut self, heading: &str) -> Vec<Row> {
        self.rows.extend(self.texts.done(heading));
        self.rows
    }
}

/// These commands, each with all hosts that run it.
fn lines_of<'n>(plan: &'n Plan, parts: impl Iterator<Item = Done<'n>>) -> Vec<Line<'n>> {
    let mut lines = Vec::new();
    for Done { host, part, command } in parts {
        put(&mut lines, host.map_or("", |host| host_name(plan, host)), part, command);
    }
    lines
}

/// Puts a command to the same one on other hosts.
fn put<'n>(lines: &mut Vec<Line<'n>>, host: &'n str, part: &'static str, command: &'n Command) {
    let same = |line: &&mut Line<'_>| line.part == part && line.command == command;
    match lines.iter_mut().find(same) {
        Some(line) => line.hosts.push(host),
        None => lines.push(Line { hosts: vec![host], part, command }),
    }
}

/// A command of a node, and what it is for.
struct Done<'n> {
    host: Option<HostId>,
    part: &'static str,
    command: &'n Command,
}

fn commands(node: &Node) -> Vec<Done<'_>> {
    let done = |part, command| Done { host: node.host, part, command };
    match &node.kind {
        Kind::Act(act) => vec![done("", &act.command)],
        Kind::Ask(ask) => match &ask.query {
            Query::When(_) => vec![done("asks whether", &ask.command)],
            Query::Items(items) => {
                vec![done("lists", &ask.command), done(EACH, &items.each.command)]
            }
        },
        Kind::Gate(_) => Vec::new(),
    }
}

fn said(line: &Line<'_>) -> Vec<Row> {
    let part = if line.part.is_empty() { String::new() } else { format!(" ({})", line.part) };
    let hosts = format!("{}{part}:", line.hosts.join(" "));
    let text = line.command.run.to_string();
    let mut texts = text.trim_end().lines();
    let mut rows = Vec::new();
    match (texts.next(), text.trim_end().contains('\n')) {
        (Some(first), false) => rows.push((format!("  {hosts} {first}"), Tone::Text)),
        (first, _) => {
            rows.push((format!("  {hosts}"), Tone::Text));
            let all = first.into_iter().chain(texts);
            rows.extend(all.map(|text| (format!("    {text}"), Tone::Text)));
        }
    }
    rows.extend(around(line.command));
    rows
}

/// Where and as whom a command runs.
fn around(command: &Command) -> Option<Row> {
    let cwd = command.cwd.as_ref().map(|cwd| format!("in {cwd}"));
    let user = command.user.as_ref().map(|user| format!("as {user}, through sudo"));
    let around: Vec<String> = [cwd, user].into_iter().flatten().collect();
    (!around.is_empty()).then(|| (format!("    {}", around.join(", ")), Tone::Dim))
}

fn host_name(plan: &Plan, host: HostId) -> &str {
    plan.host(host).map_or("?", |host| host.name.as_str())
}

fn built_in<'p>(plan: &'p Plan, step: &str) -> Option<&'p str> {
    let column = plan.columns.iter().find(|column| column.step.as_str() == step)?;
    column.built_in.as_deref()
}
