//! Building a plan.

use std::collections::BTreeSet;

use super::commands::{Commands, Rendered, add};
use super::ground::{Ground, Machine};
use super::layout::Layout;
use super::render::Renderer;
use super::request::{Planned, Request};
use crate::model::{Column, Elsewhere, HostId, Node, Plan, RunId, StepName};
use crate::recipe::{At, Diagnostic, Host, Pipeline, Recipe, Share, Step, Where, choose};
use crate::script::Inserts;

/// The plan of a pipeline.
///
/// # Errors
/// Names that the request has and the recipe has not, and every template that cannot be evaluated.
pub fn build(recipe: &Recipe, request: &Request) -> Result<Planned, Vec<Diagnostic>> {
    let ground = Ground::of(recipe, request)?;
    let groups = groups(recipe, request)?;
    let mut warnings = Vec::new();
    let site = Site::of(&ground, &groups)?;
    let graph = site.lay_out(&groups, &mut warnings)?;
    let (nodes, columns) = graph.done();
    if nodes.is_empty() {
        let message = format!("nothing to do: no step of `{}` reaches a host", request.pipeline);
        return Err(vec![Diagnostic::request(message).hint("look at --hosts, --roles and --skip")]);
    }
    Ok(Planned { plan: site.plan(nodes, columns), warnings })
}

/// The plan of one command, as it was typed, on every chosen host.
///
/// # Errors
/// Names that the request has and the recipe has not, a command that is cut off, and an environment
/// that cannot be evaluated.
pub fn exec(recipe: &Recipe, request: &Request, command: &str) -> Result<Planned, Vec<Diagnostic>> {
    const STEP: &str = "exec";
    let bad = |what: String| vec![Diagnostic::request(what)];
    if command.trim().is_empty() {
        return Err(bad("there is no command".to_owned()));
    }
    if command.contains('\0') {
        return Err(bad("the command holds a NUL byte".to_owned()));
    }
    let text = Inserts::default().command(command).map_err(|problems| {
        let shown = problems.iter().map(|problem| Diagnostic::request(problem.kind.to_string()));
        shown.collect::<Vec<_>>()
    })?;
    let step = StepName::try_from(STEP.to_owned()).map_err(|name| bad(name.to_string()))?;
    let ground = Ground::of(recipe, request)?;
    let site = Site::with(&ground, Renderer::new(), ground.hosts.clone(), false)?;
    let mut commands = site.commands();
    let on = site.machines().map(|(id, machine)| (id, commands.literal(text.clone(), machine)));
    let on = on.collect();
    let mut layout = Layout::default();
    let column = layout.open(&step, command.lines().next().unwrap_or_default());
    layout.step(column, on);
    if !commands.found.is_empty() {
        return Err(commands.found);
    }
    let (nodes, columns) = layout.done();
    Ok(Planned { plan: site.plan(nodes, columns), warnings: Vec::new() })
}

/// Everything that is found wrong when every pipeline is planned for every stage.
#[must_use]
pub fn check(recipe: &Recipe) -> Vec<Diagnostic> {
    const NO_RUN: &str = "00000000-000000";
    let mut found = Vec::new();
    for stage in recipe.stage_names() {
        for pipeline in recipe.pipeline_names() {
            let request = Request {
                run: RunId::new(NO_RUN, [0; 10]),
                stage: Some(stage.to_owned()),
                pipeline: pipeline.to_owned(),
                hosts: None,
                roles: None,
                skip: Vec::new(),
                vars: Vec::new(),
                local_state_dir: "/".to_owned(),
            };
            match build(recipe, &request) {
                Ok(planned) => add(&mut found, planned.warnings),
                Err(problems) => add(&mut found, problems),
            }
        }
    }
    found
}

/// Steps that hosts go through together.
struct Group<'r> {
    steps: Vec<&'r Step>,
    batch: Option<Share>,
}

/// The pipeline without the steps that are left out.
fn groups<'r>(recipe: &'r Recipe, request: &Request) -> Result<Vec<Group<'r>>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let known: Vec<&str> = recipe.steps.keys().map(StepName::as_str).collect();
    for step in request.skip.iter().filter(|step| !recipe.steps.contains_key(step)) {
        let problem = Diagnostic::request(format!("unknown step `{step}` to skip"));
        found.push(problem.maybe_hint(choose(step.as_str(), &known, "step")));
    }
    let Some(pipeline) = recipe.pipelines.get(&request.pipeline) else {
        found.push(unknown_pipeline(recipe, &request.pipeline));
        return Err(found);
    };
    if found.is_empty() { Ok(left(recipe, request, pipeline)) } else { Err(found) }
}

fn left<'r>(recipe: &'r Recipe, request: &Request, pipeline: &Pipeline) -> Vec<Group<'r>> {
    let mut groups = Vec::new();
    for entry in &pipeline.entries {
        let wanted = entry.steps.iter().filter(|name| !request.skip.contains(&name.value));
        let steps = wanted.filter_map(|name| recipe.steps.get(&name.value)).collect();
        let batch = entry.batch.as_ref().map(|batch| batch.value);
        groups.push(Group { steps, batch });
    }
    groups
}

fn unknown_pipeline(recipe: &Recipe, name: &str) -> Diagnostic {
    let known: Vec<&str> = recipe.pipeline_names().collect();
    let message = format!("unknown pipeline `{}`", name.escape_debug());
    Diagnostic::request(message).maybe_hint(choose(name, &known, "pipeline"))
}

/// The machines of a plan.
struct Site<'g> {
    ground: &'g Ground<'g>,
    renderer: Renderer,
    /// The hosts that take part, in stage order.
    hosts: Vec<&'g Host>,
    /// What those hosts are in the plan, and the operator's own machine last, if it takes part.
    machines: Vec<Machine>,
}

impl<'g> Site<'g> {
    fn of(ground: &'g Ground<'g>, groups: &[Group<'g>]) -> Result<Self, Vec<Diagnostic>> {
        let steps = || groups.iter().flat_map(|group| &group.steps);
        let takes_part = |host: &&&Host| steps().any(|step| fits(step, host));
        let hosts: Vec<&Host> = ground.hosts.iter().filter(takes_part).copied().collect();
        let local = steps().any(|step| matches!(step.place, Where::Local));
        Self::with(ground, Renderer::new(), hosts, local)
    }

    fn with(
        ground: &'g Ground<'g>,
        renderer: Renderer,
        hosts: Vec<&'g Host>,
        local: bool,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut machines = Vec::new();
        let mut found = Vec::new();
        for host in hosts.iter().copied().map(Some).chain(local.then_some(None)) {
            match ground.machine(&renderer, host) {
                Ok(machine) => machines.push(machine),
                Err(problems) => add(&mut found, problems),
            }
        }
        if u16::try_from(machines.len()).is_err() {
            found.push(Diagnostic::request("a plan holds at most 65535 hosts"));
        }
        if found.is_empty() { Ok(Self { ground, renderer, hosts, machines }) } else { Err(found) }
    }

    fn machines(&self) -> impl Iterator<Item = (HostId, &Machine)> {
        (0u16..).map(HostId).zip(&self.machines)
    }

    /// The machines that a step can be done on, in order.
    fn reached(&self, step: &Step) -> Vec<(HostId, &Machine)> {
        let all = self.machines();
        match step.place {
            Where::Local => all.filter(|(_, machine)| machine.host.is_local()).collect(),
            Where::Hosts { .. } => {
                let hosts = all.zip(&self.hosts);
                hosts.filter(|(_, host)| fits(step, host)).map(|(machine, _)| machine).collect()
            }
        }
    }

    /// The hosts of a group in batches; one batch of all when it has none.
    fn batches(&self, group: &Group<'_>) -> Vec<Vec<HostId>> {
        let all = self.machines().map(|(id, _)| id);
        let Some(share) = group.batch else { return vec![all.collect()] };
        let reached: BTreeSet<HostId> =
            group.steps.iter().flat_map(|step| self.reached(step)).map(|(id, _)| id).collect();
        let reached: Vec<HostId> = reached.into_iter().collect();
        reached.chunks(share.of(reached.len())).map(<[HostId]>::to_vec).collect()
    }

    fn commands(&self) -> Commands<'_> {
        Commands { ground: self.ground, renderer: &self.renderer, found: Vec::new() }
    }

    fn lay_out(
        &self,
        groups: &[Group<'_>],
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<Layout, Vec<Diagnostic>> {
        let mut layout = Layout::default();
        let mut commands = self.commands();
        for group in groups {
            let mut columns = Vec::new();
            for step in &group.steps {
                columns.push((*step, layout.open(&step.name.value, &step.about)));
                if self.reached(step).is_empty() {
                    let message = format!("`{}` reaches no chosen host", step.name.value);
                    add(warnings, vec![Diagnostic::warning(&step.name.span, message)]);
                }
            }
            for (number, batch) in self.batches(group).iter().enumerate() {
                let mut gated = number == 0;
                for (step, column) in &columns {
                    let on = self.on(step, batch, &mut commands);
                    if on.is_empty() {
                        continue;
                    }
                    if !std::mem::replace(&mut gated, true) {
                        layout.batch(&step.name.value);
                    }
                    layout.step(*column, on);
                }
            }
        }
        if commands.found.is_empty() { Ok(layout) } else { Err(commands.found) }
    }

    /// The step on the machines of a batch that it is done on.
    fn on(
        &self,
        step: &Step,
        batch: &[HostId],
        commands: &mut Commands<'_>,
    ) -> Vec<(HostId, Rendered)> {
        let reached = self.reached(step).into_iter().filter(|(id, _)| batch.contains(id));
        let on = reached.map(|(id, machine)| (id, commands.render(step, machine))).collect();
        if step.once() { once(on) } else { on }
    }

    fn plan(&self, nodes: Vec<Node>, columns: Vec<Column>) -> Plan {
        let request = self.ground.request;
        Plan {
            run: request.run.clone(),
            app: self.ground.recipe.app.clone(),
            stage: self.ground.stage.name.value.clone(),
            protected: self.ground.stage.protected,
            pipeline: request.pipeline.clone(),
            hosts: self.machines.iter().map(|machine| machine.host.clone()).collect(),
            nodes,
            columns,
            followers: Vec::new(),
        }
    }
}

/// Whether a host is one of those that a step is done on.
fn fits(step: &Step, host: &Host) -> bool {
    match &step.place {
        Where::Local => false,
        Where::Hosts { roles, names, once: _ } => {
            let has = |role: &At<String>| host.roles.iter().any(|own| own.value == role.value);
            let named = |name: &At<String>| name.value == host.name.value;
            (roles.is_empty() || roles.iter().any(has))
                && (names.is_empty() || names.iter().any(named))
        }
    }
}

/// Only the first, which knows what could be done on the others instead.
fn once(on: Vec<(HostId, Rendered)>) -> Vec<(HostId, Rendered)> {
    let mut on = on.into_iter();
    let Some((host, mut rendered)) = on.next() else { return Vec::new() };
    let others = on.map(|(host, mut other)| {
        let when = other.when.take();
        let act = other.act_mut();
        Elsewhere { host, command: act.command.clone(), undo: act.undo.clone(), when }
    });
    rendered.act_mut().elsewhere = others.collect();
    vec![(host, rendered)]
}
