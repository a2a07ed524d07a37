//! What would be run on each host, in rows: hosts with the same command stand together.

use super::built::{self, Texts, built_in_as};
use crate::{
    model::{Column, Command, Gate, HostId, Kind, Node, NodeId, Origin, Part, Plan, Query},
    run::{Cell, Run},
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

/// What the first steps of a plan would run.
pub(crate) fn of_columns(plan: &Plan, count: usize) -> Vec<Row> {
    first_of(Page::of(plan), count)
}

/// Everything that a plan would run, step by step; its texts have the functions of another plan, where
/// they are too few to tell.
pub(crate) fn of_plan(plan: &Plan, other: Option<&Plan>) -> Vec<Row> {
    let page = Page::of(plan);
    first_of(Page { texts: page.texts.or_those_of(other), ..page }, plan.columns.len())
}

fn first_of(mut page: Page<'_>, count: usize) -> Vec<Row> {
    let plan = page.plan;
    for column in plan.columns.iter().take(count) {
        let mine = |node: &&Node| node.key.step == column.step && !again(plan, column, node);
        page.step(column, plan.nodes.iter().filter(mine));
    }
    page.done(PLANNED)
}

/// What a run would still do, from one column to before another, on all but these hosts. What lies ready
/// on a host has not begun.
pub(crate) fn ahead(
    model: &Model,
    run: &Run,
    columns: std::ops::Range<usize>,
    without: &[HostId],
) -> Vec<Row> {
    let mut page = Page::of(&run.plan);
    for at in columns {
        let (Some(shown), Some(column)) = (model.grid.columns.get(at), run.plan.columns.get(at))
        else {
            continue;
        };
        let cells = shown.hosts().flat_map(|host| shown.nodes(host));
        let cells = cells.filter_map(|id| run.cell(*id));
        let left = |cell: &&Cell| cell.node.host.is_none_or(|host| !without.contains(&host));
        let nodes = cells.filter(|cell| cell.state.is_ahead() && !run.given_up(cell)).filter(left);
        page.step(column, nodes.map(|cell| &cell.node));
    }
    page.done(BEGUN)
}

/// What would take back what has begun, the last first, with what follows it and what it asks. Of a run
/// that is being taken back: what of that is ahead.
pub(crate) fn undoing(run: &Run) -> Vec<Row> {
    let of_run = || run.cells.iter().filter(|cell| cell.node.origin.takes_back());
    let nodes: Vec<Node> = if run.undo_grown {
        let ahead = of_run().filter(|cell| cell.state.is_ahead() && !run.given_up(cell));
        ahead.map(|cell| cell.node.clone()).collect()
    } else {
        run.taking_back()
    };
    of_undo(run, &nodes)
}

/// What these nodes of an undo would run, in that order.
pub(crate) fn of_undo(run: &Run, nodes: &[Node]) -> Vec<Row> {
    let mut page = Page::of(&run.plan);
    for nodes in nodes.chunk_by(|one, other| taken_back(run, one) == taken_back(run, other)) {
        let Some(heading) = nodes.first().and_then(|node| taken_back(run, node)) else { continue };
        let mut in_order: Vec<&Node> = nodes.iter().collect();
        in_order.sort_by_key(|node| node.host);
        let lines = lines_of(&run.plan, in_order.into_iter());
        let step = nodes.first().map_or("", |node| node.key.step.as_str());
        let tone = if lines.is_empty() { Tone::Held } else { Tone::Strong };
        page.rows.push((heading.clone(), tone));
        page.lines(&heading, built_in(&run.plan, step), &lines);
    }
    page.done(BEGUN)
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

/// The commands of cells of one step, as they would be run again.
pub(crate) fn of_nodes(run: &Run, ids: impl Iterator<Item = NodeId>) -> Vec<Row> {
    let again = |id| {
        let cell = run.cell(id)?;
        let mut node = cell.node.clone();
        if let (Some(edited), Kind::Act(act)) = (&cell.edited, &mut node.kind) {
            act.command.run.clone_from(edited);
        }
        Some(node)
    };
    let nodes: Vec<Node> = ids.filter_map(again).collect();
    if nodes.iter().any(|node| node.origin.takes_back()) {
        return of_undo(run, &nodes);
    }
    let step = nodes.first().map(|node| &node.key.step);
    let column = run.plan.columns.iter().find(|column| Some(&column.step) == step);
    let Some(column) = column else { return Vec::new() };
    let mut page = Page::of(&run.plan);
    page.step(column, nodes.iter());
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

    fn step<'n>(&mut self, column: &Column, nodes: impl Iterator<Item = &'n Node>)
    where
        'p: 'n,
    {
        let lines = lines_of(self.plan, nodes);
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

/// The commands of these nodes.
fn lines_of<'n>(plan: &'n Plan, nodes: impl Iterator<Item = &'n Node>) -> Vec<Line<'n>> {
    let mut lines = Vec::new();
    for node in nodes {
        let host = node.host.map_or("", |host| host_name(plan, host));
        for (part, command) in commands(node) {
            put(&mut lines, host, part, command);
        }
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

/// Commands of a node, each with what it is for.
fn commands(node: &Node) -> Vec<(&'static str, &Command)> {
    match &node.kind {
        Kind::Act(act) => vec![("", &act.command)],
        Kind::Ask(ask) => match &ask.query {
            Query::When(_) => vec![("asks whether", &ask.command)],
            Query::Items(items) => {
                vec![("lists", &ask.command), ("for each item", &items.each.command)]
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
