//! What would be run on each host, in rows: hosts with the same command stand together.

use crate::{
    model::{Column, Command, HostId, Kind, Node, NodeId, Part, Plan, Query},
    run::{Run, State},
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

/// Everything that a plan would run, step by step.
pub(crate) fn of_plan(plan: &Plan) -> Vec<Row> {
    let step = |column: &Column| {
        let mine = |node: &&Node| node.key.step == column.step && !again(plan, column, node);
        step(plan, column, plan.nodes.iter().filter(mine))
    };
    plan.columns.iter().flat_map(step).collect()
}

/// What a run would still do, from one column to before another.
pub(crate) fn ahead(model: &Model, run: &Run, columns: std::ops::Range<usize>) -> Vec<Row> {
    let mut rows = Vec::new();
    for at in columns {
        let (Some(shown), Some(column)) = (model.grid.columns.get(at), run.plan.columns.get(at))
        else {
            continue;
        };
        let cells = shown.hosts().flat_map(|host| shown.nodes(host));
        let cells = cells.filter_map(|id| run.cell(*id));
        let nodes = cells.filter(|cell| cell.state == State::Waiting && !run.given_up(cell));
        let nodes = nodes.map(|cell| &cell.node);
        rows.extend(step(&run.plan, column, nodes));
    }
    rows
}

/// What would take back what was done, the last first.
pub(crate) fn undoing(run: &Run) -> Vec<Row> {
    let mut done: Vec<_> =
        run.cells.iter().filter(|cell| matches!(cell.state, State::Ok(_))).collect();
    done.sort_by_key(|cell| std::cmp::Reverse(cell.began));
    let mut lines: Vec<(String, Line<'_>)> = Vec::new();
    for cell in done {
        let Kind::Act(act) = &cell.node.kind else { continue };
        let (Some(undo), Some(host)) = (&act.undo, cell.node.host) else { continue };
        let (name, step) = (host_name(&run.plan, host), cell.node.key.to_string());
        let built_in = built_in(&run.plan, cell.node.key.step.as_str()).is_some();
        let same = |(other, line): &&mut (String, Line<'_>)| {
            *other == step && (built_in || line.command == undo)
        };
        match lines.iter_mut().find(same) {
            Some((_, line)) => line.hosts.push(name),
            None => lines.push((step, Line { hosts: vec![name], part: "undo", command: undo })),
        }
    }
    let rows = lines.iter().flat_map(|(step, line)| {
        let name = step.split([' ', ':']).next().unwrap_or(step);
        let heading = (format!("take back {step}"), Tone::Strong);
        std::iter::once(heading).chain(said(line, built_in(&run.plan, name)))
    });
    rows.collect()
}

/// The command of one cell, as it would be run again.
pub(crate) fn of_node(run: &Run, id: NodeId) -> Vec<Row> {
    let Some(cell) = run.cell(id) else { return Vec::new() };
    let column = run.plan.columns.iter().find(|column| column.step == cell.node.key.step);
    let mut node = cell.node.clone();
    if let (Some(edited), Kind::Act(act)) = (&cell.edited, &mut node.kind) {
        act.command.run.clone_from(edited);
    }
    column.map_or_else(Vec::new, |column| step(&run.plan, column, std::iter::once(&node)))
}

/// What a command does that is not shown as text: what it is built in as.
pub(crate) fn built_in_as(name: &str) -> String {
    format!("(built in {name})")
}

/// Whether an action belongs to another column: a pipeline may name a step twice.
fn again(plan: &Plan, column: &Column, node: &Node) -> bool {
    let main = matches!(node.key.part, Part::Main | Part::Again(_));
    let index = |id: &NodeId| usize::try_from(id.0).unwrap_or(usize::MAX);
    let own = || column.nodes.iter().filter_map(|id| plan.nodes.get(index(id)));
    main && matches!(node.kind, Kind::Act(_)) && !own().any(|it| it == node)
}

fn step<'p>(plan: &'p Plan, column: &'p Column, nodes: impl Iterator<Item = &'p Node>) -> Vec<Row> {
    let inner = column.built_in.as_deref();
    let mut lines: Vec<Line<'p>> = Vec::new();
    for node in nodes {
        let host = node.host.map_or("", |host| host_name(plan, host));
        for (part, command) in commands(node) {
            let same = |line: &&mut Line<'_>| {
                line.part == part && (inner.is_some() || line.command == command)
            };
            match lines.iter_mut().find(same) {
                Some(line) => line.hosts.push(host),
                None => lines.push(Line { hosts: vec![host], part, command }),
            }
        }
    }
    if lines.is_empty() {
        return Vec::new();
    }
    let about = if column.about.is_empty() { String::new() } else { format!("  {}", column.about) };
    let mut rows = vec![(format!("{}{about}", column.step), Tone::Strong)];
    rows.extend(lines.iter().flat_map(|line| said(line, inner)));
    rows
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

fn said(line: &Line<'_>, built_in: Option<&str>) -> Vec<Row> {
    let part = if line.part.is_empty() { String::new() } else { format!(" ({})", line.part) };
    let hosts = format!("{}{part}:", line.hosts.join(" "));
    let plain = line.part.is_empty() || line.part == "undo";
    if let Some(name) = built_in.filter(|_| plain) {
        return vec![(format!("  {hosts} {}", built_in_as(name)), Tone::Text)];
    }
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
    let cwd = line.command.cwd.as_ref().map(|cwd| format!("in {cwd}"));
    let user = line.command.user.as_ref().map(|user| format!("as {user}, through sudo"));
    let around: Vec<String> = [cwd, user].into_iter().flatten().collect();
    if !around.is_empty() {
        rows.push((format!("    {}", around.join(", ")), Tone::Dim));
    }
    rows
}

fn host_name(plan: &Plan, host: HostId) -> &str {
    plan.host(host).map_or("?", |host| host.name.as_str())
}

fn built_in<'p>(plan: &'p Plan, step: &str) -> Option<&'p str> {
    let column = plan.columns.iter().find(|column| column.step.as_str() == step)?;
    column.built_in.as_deref()
}
