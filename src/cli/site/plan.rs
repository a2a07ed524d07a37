//! `deployui plan`: every command of a pipeline, per host and in order, and what would be removed.
//! The hosts are connected and looked at; nothing is changed on them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        DEPLOY,
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, pace,
        prepare::{self, Stage},
        say,
    },
    args::Plan as Args,
    seen, words,
};
use crate::{
    model::{Act, Column, Command, HostId, Kind, Node, Part, Plan, Query},
    plan::Request,
    recipe::BuiltIn,
    script::builtin::doomed,
    text::escape,
};

pub(super) async fn of(around: &Surroundings, global: &Global, args: &Args) -> Result<Exit, Stop> {
    let pipeline = args.pipeline.as_deref().unwrap_or(DEPLOY);
    let request = headless::request(around, global, &args.how, pipeline)?;
    plan(around, global, request, args.how.output).await
}

/// Shows what a run would do.
pub(in crate::cli) async fn plan(
    around: &Surroundings,
    global: &Global,
    request: Request,
    output: Format,
) -> Result<Exit, Stop> {
    let (mut stage, mut signals) = seen::connect(around, global, request).await?;
    seen::or_left(&mut signals, stage.learn(global)).await?;
    let planned = stage.plan()?;
    let from = prepare::continued(&stage.recipe, &stage.request);
    let up = prepare::pages(&planned, &stage.request.known.sites)?;
    for note in from.into_iter().chain(up.left).chain(up.kept) {
        say::err(&format!("note: {note}"));
    }
    let removal = removal(&stage, &planned);
    let pace = around.store.pace(&planned.app, &planned.stage, &planned.pipeline);
    match output {
        Format::Plain => plain(&stage, &planned, &removal, &pace),
        Format::Json => document(&stage, &planned, &removal, &pace),
    }
    stage.fleet.close().await;
    Ok(Exit::Done)
}

/// What is removed on a host, and why other releases stay though they are old.
struct Removal {
    host: String,
    removed: Vec<String>,
    protected: BTreeMap<String, &'static str>,
}

/// What the built-in step would remove, where the pipeline has it.
fn removal(stage: &Stage, plan: &Plan) -> Vec<Removal> {
    let prunes = |column: &Column| built_in(stage, column) == Some(BuiltIn::Prune);
    if !plan.columns.iter().any(prunes) {
        return Vec::new();
    }
    let machines = &stage.wrapping.survey().machines;
    machines
        .iter()
        .filter_map(|it| {
            let site = stage.request.known.sites.get(&it.host.name)?;
            let new = plan.released.as_ref().map(|released| released.name.as_str());
            let served = site.served.release();
            let removed = doomed(it.layout.as_ref()?, site, new.or(served), &[]);
            let busy = site.releases.iter().filter(|it| !it.pids.is_empty());
            let protected = busy.map(|it| (it.name.clone(), "processes work in it"));
            let previous = site.previous.iter().map(|it| (it.clone(), "was served before"));
            let served = served.map(|it| (it.to_owned(), "is served"));
            let protected = protected.chain(previous).chain(served).collect();
            Some(Removal { host: it.host.name.clone(), removed, protected })
        })
        .collect()
}

fn built_in(stage: &Stage, column: &Column) -> Option<BuiltIn> {
    stage.recipe.steps.get(&column.step)?.built_in()
}

/// One command on one host.
struct Line<'p> {
    host: &'p str,
    part: &'static str,
    command: &'p Command,
    undo: Option<&'p Command>,
}

/// The commands of a step, host by host.
fn lines<'p>(plan: &'p Plan, column: &Column) -> Vec<Line<'p>> {
    let mut found = Vec::new();
    let of = |node: &'p Node| node.host.and_then(|id| name(plan, id)).map(|host| (node, host));
    // Questions stand before what they decide about; columns hold only the latter.
    let mine = |node: &&Node| node.key.step == column.step && !matches!(node.kind, Kind::Gate(_));
    let shown = |node: &&Node| !again(node, plan, column);
    for (node, host) in plan.nodes.iter().filter(mine).filter(shown).filter_map(of) {
        match &node.kind {
            Kind::Act(act) => found.push(of_act(host, "run", act)),
            Kind::Ask(ask) => match &ask.query {
                Query::When(_) => {
                    found.push(Line { host, part: "when", command: &ask.command, undo: None });
                }
                Query::Items(items) => {
                    found.push(Line { host, part: "list", command: &ask.command, undo: None });
                    found.push(of_act(host, "item", &items.each));
                }
            },
            Kind::Gate(_) => {}
        }
    }
    found
}

/// Whether an action belongs to another column: a pipeline may name a step twice.
fn again(node: &Node, plan: &Plan, column: &Column) -> bool {
    let main = matches!(node.key.part, Part::Main | Part::Again(_));
    let own = || column.nodes.iter().filter_map(|id| plan.nodes.get(id.0 as usize));
    main && matches!(node.kind, Kind::Act(_)) && !own().any(|it| it == node)
}

fn of_act<'p>(host: &'p str, part: &'static str, act: &'p Act) -> Line<'p> {
    Line { host, part, command: &act.command, undo: act.undo.as_ref() }
}

fn name(plan: &Plan, id: HostId) -> Option<&str> {
    plan.host(id).map(|host| host.name.as_str())
}

fn plain(stage: &Stage, plan: &Plan, removal: &[Removal], pace: &[SignedDuration]) {
    say::out(&format!("{} of {} on {}: nothing is changed", plan.pipeline, plan.app, plan.stage));
    if let Some(line) = pace::typical(pace) {
        say::out(&line);
    }
    if let Some(released) = &plan.released {
        let verb = if released.made { "makes" } else { "serves again" };
        let revision = words::revision(released.revision.as_deref());
        say::out(format!("{verb} the release {} {revision}", released.name).trim_end());
    }
    for column in &plan.columns {
        say::out(format!("\n{}  {}", column.step, escape(&column.about)).trim_end());
        let inner = built_in(stage, column).is_some();
        step(&lines(plan, column), inner);
    }
    for Removal { host, removed, protected } in removal {
        let list = if removed.is_empty() { "nothing".to_owned() } else { removed.join(" ") };
        say::out(&format!("\n{host}: would remove {}", escape(&list)));
        for (name, why) in protected {
            say::out(&format!("{host}: keeps {}, which {why}", escape(name)));
        }
    }
}

/// A step: hosts with the same command stand together.
fn step(lines: &[Line<'_>], inner: bool) {
    let mut alike: Vec<(Vec<&str>, &Line<'_>)> = Vec::new();
    for line in lines {
        let same = |(_, other): &&mut (Vec<&str>, &Line<'_>)| {
            other.part == line.part && (inner || other.command == line.command)
        };
        match alike.iter_mut().find(same) {
            Some((hosts, _)) => hosts.push(line.host),
            None => alike.push((vec![line.host], line)),
        }
    }
    for (hosts, line) in alike {
        let frame = frame(line.command);
        say::out(&format!("  {} on {}{frame}", line.part, hosts.join(", ")));
        if inner && line.part == "run" {
            say::out("    (built in; its text: --output json)");
            continue;
        }
        line.command.run.to_string().lines().for_each(|text| {
            say::out(&format!("    {}", escape(text)));
        });
    }
}

/// Where and as whom a command runs.
fn frame(command: &Command) -> String {
    let cwd = command.cwd.as_ref().map(|cwd| format!(", in {cwd}")).unwrap_or_default();
    let user = command.user.as_ref().map(|user| format!(", as {user}")).unwrap_or_default();
    escape(&format!("{cwd}{user}"))
}

fn document(stage: &Stage, plan: &Plan, removal: &[Removal], pace: &[SignedDuration]) {
    let steps: Vec<Value> = plan
        .columns
        .iter()
        .map(|column| {
            let commands: Vec<Value> = lines(plan, column).iter().map(line_value).collect();
            let built_in = built_in(stage, column).map(BuiltIn::name);
            json!({
                "step": column.step.as_str(), "about": column.about, "built_in": built_in,
                "commands": commands,
            })
        })
        .collect();
    let release = plan.released.as_ref().map(|it| {
        json!({ "name": it.name, "revision": it.revision, "ref": it.reference, "made": it.made })
    });
    let remove: Vec<Value> = removal
        .iter()
        .map(|Removal { host, removed, protected }| {
            let protected: Vec<Value> =
                protected.iter().map(|(name, why)| json!({ "name": name, "why": why })).collect();
            json!({ "host": host, "removed": removed, "protected": protected })
        })
        .collect();
    let pace: Vec<f64> = pace.iter().map(SignedDuration::as_secs_f64).collect();
    let hosts: Vec<&str> = plan.hosts.iter().map(|host| host.name.as_str()).collect();
    let more = json!({
        "pipeline": plan.pipeline, "protected": plan.protected, "hosts": hosts,
        "release": release, "pace": pace, "steps": steps, "remove": remove,
    });
    seen::print(seen::document(stage), more);
}

fn line_value(line: &Line<'_>) -> Value {
    let Line { host, part, command, undo } = line;
    let env: BTreeMap<&str, String> =
        command.env.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
    json!({
        "host": host, "part": part, "command": command.run.to_string(),
        "cwd": command.cwd.as_ref().map(ToString::to_string), "env": env,
        "inspect": command.inspect.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "umask": format!("{:03o}", command.umask), "as": command.user,
        "undo": undo.map(|undo| undo.run.to_string()),
    })
}
