//! Building a plan.

use std::collections::BTreeSet;

use super::builtins::fits;
use super::commands::{Commands, Rendered, add, asked};
use super::ground::{Ground, Machine};
use super::groups::{Group, continues, groups};
use super::layout::{Layout, Opening, Question};
use super::releases::Aim;
use super::render::Renderer;
use super::request::{Known, Planned, Request};
use super::scope::Scope;
use crate::model::{
    Column, Elsewhere, Follower, HostId, Node, NodeId, Plan, Released, RunId, ScopeId, StepName,
};
use crate::recipe::{At, BuiltIn, Diagnostic, Host, Recipe, Step, Where};
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
    let mut graph = site.lay_out(&groups, &mut warnings)?;
    let batches = std::mem::take(&mut graph.batches);
    let (nodes, columns) = graph.done();
    let release = site.aim.release().map(str::to_owned);
    if nodes.is_empty() {
        let message = format!("nothing to do: no step of `{}` reaches a host", request.pipeline);
        return Err(vec![Diagnostic::request(message).hint("look at --hosts, --roles and --skip")]);
    }
    let mut plan = site.plan(nodes, columns);
    plan.batches = batches;
    plan.followers = site.followers(&groups)?;
    plan.released = site.released(&groups);
    Ok(Planned { plan, warnings, release })
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
    let site = Site::with(&ground, Renderer::new(), &ground.hosts, false, Aim::Served)?;
    let mut commands = site.commands();
    let on = site.machines().map(|(id, machine)| (id, commands.literal(text.clone(), machine)));
    let on = on.collect();
    let mut layout = Layout::default();
    let column = layout.open(&step, command.lines().next().unwrap_or_default(), None);
    layout.step(column, Opening::Barrier, on);
    if !commands.found.is_empty() {
        return Err(commands.found);
    }
    let (nodes, columns) = layout.done();
    Ok(Planned { plan: site.plan(nodes, columns), warnings: Vec::new(), release: None })
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
                from: None,
                vars: Vec::new(),
                local_state_dir: "/".to_owned(),
                known: Known::sample(recipe, stage),
            };
            match build(recipe, &request) {
                Ok(planned) => add(&mut found, planned.warnings),
                Err(problems) => add(&mut found, problems),
            }
        }
    }
    found
}

/// The machines of a plan.
pub(super) struct Site<'g> {
    pub(super) ground: &'g Ground<'g>,
    renderer: Renderer,
    /// What those hosts are in the plan, and the operator's own machine last, if it takes part.
    machines: Vec<Machine>,
    /// The release that all of it is about.
    aim: Aim,
}

impl<'g> Site<'g> {
    fn of(ground: &'g Ground<'g>, groups: &[Group<'g>]) -> Result<Self, Vec<Diagnostic>> {
        let steps = || groups.iter().flat_map(|group| &group.steps);
        let aim = aim(ground, groups)?;
        let paged = groups.iter().any(|group| group.maintenance.is_some());
        let page = ground.stage.maintenance.as_ref().filter(|_| paged);
        let has_page = |host: &Host| page.is_some_and(|page| host.has_any(&page.roles));
        let takes_part = |host: &&&Host| has_page(host) || steps().any(|step| reaches(step, host));
        let hosts: Vec<&Host> = ground.hosts.iter().filter(takes_part).copied().collect();
        let local = steps().any(|step| matches!(step.place, Where::Local));
        Self::with(ground, Renderer::new(), &hosts, local, aim)
    }

    fn with(
        ground: &'g Ground<'g>,
        renderer: Renderer,
        hosts: &[&'g Host],
        local: bool,
        aim: Aim,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut machines = Vec::new();
        let mut found = Vec::new();
        for host in hosts.iter().copied().map(Some).chain(local.then_some(None)) {
            match ground.machine(&renderer, host, &aim) {
                Ok(machine) => machines.push(machine),
                Err(problems) => add(&mut found, problems),
            }
        }
        if u16::try_from(machines.len()).is_err() {
            found.push(Diagnostic::request("a plan holds at most 65535 hosts"));
        }
        if found.is_empty() { Ok(Self { ground, renderer, machines, aim }) } else { Err(found) }
    }

    /// The machines of the request's pipeline, and all its steps; without a pipeline, all chosen
    /// hosts.
    pub(super) fn surveyed(
        ground: &'g Ground<'g>,
    ) -> Result<(Self, Vec<&'g Step>), Vec<Diagnostic>> {
        if ground.request.pipeline.is_empty() {
            let hosts = ground.hosts.clone();
            let site = Self::with(ground, Renderer::new(), &hosts, false, Aim::Served)?;
            return Ok((site, Vec::new()));
        }
        let groups = groups(ground.recipe, ground.request)?;
        let site = Self::of(ground, &groups)?;
        Ok((site, groups.into_iter().flat_map(|group| group.steps).collect()))
    }

    pub(super) fn machines(&self) -> impl Iterator<Item = (HostId, &Machine)> {
        (0u16..).map(HostId).zip(&self.machines)
    }

    /// The machines that a step can be done on, in order.
    pub(super) fn reached(&self, step: &Step) -> Vec<(HostId, &Machine)> {
        self.machines().filter(|(_, machine)| fits(step, &machine.host)).collect()
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

    pub(super) fn commands(&self) -> Commands<'_> {
        Commands { ground: self.ground, renderer: &self.renderer, found: Vec::new() }
    }

    fn lay_out(
        &self,
        groups: &[Group<'_>],
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<Layout, Vec<Diagnostic>> {
        let mut layout = Layout::default();
        let mut commands = self.commands();
        for (number, group) in (0u16..).zip(groups) {
            let asked = self.ask_group(group, &mut layout, &mut commands);
            let from = layout.len();
            match (group.maintenance, &self.ground.stage.maintenance) {
                (Some(_), Some(page)) => {
                    let scope = Scope { id: ScopeId(number), page };
                    self.inside(group, &scope, &mut layout, &mut commands, warnings);
                }
                (Some(_), None) | (None, _) => {
                    self.steps(group, &mut layout, &mut commands, warnings);
                }
            }
            for (host, question) in asked {
                let wanted = layout.since(from, Some(host));
                layout.wants(question, wanted);
            }
        }
        if commands.found.is_empty() { Ok(layout) } else { Err(commands.found) }
    }

    /// Asks each host whether it goes through a group.
    fn ask_group(
        &self,
        group: &Group<'_>,
        layout: &mut Layout,
        commands: &mut Commands<'_>,
    ) -> Vec<(HostId, NodeId)> {
        let (Some(when), Some(first)) = (group.when, group.steps.first()) else {
            return Vec::new();
        };
        let mut hosts = Vec::new();
        let mut questions = Vec::new();
        for (host, machine) in self.machines() {
            if group.steps.iter().any(|step| fits(step, &machine.host)) {
                let frame = commands.frame(None, machine);
                let command = asked(&frame, commands.command(when, &machine.context));
                hosts.push(host);
                questions.push(Question { step: first.name.value.clone(), host, command });
            }
        }
        hosts.into_iter().zip(layout.ask_all(&first.name.value, questions)).collect()
    }

    /// A group, all hosts or batch by batch.
    pub(super) fn steps(
        &self,
        group: &Group<'_>,
        layout: &mut Layout,
        commands: &mut Commands<'_>,
        warnings: &mut Vec<Diagnostic>,
    ) {
        let mut columns = Vec::new();
        for step in &group.steps {
            let column =
                layout.open(&step.name.value, &step.about, step.built_in().map(BuiltIn::name));
            let taking = self.open_taking(step, layout, commands);
            columns.push((*step, column, taking));
            if self.reached(step).is_empty() {
                let message = format!("`{}` reaches no chosen host", step.name.value);
                add(warnings, vec![Diagnostic::warning(&step.name.span, message)]);
            }
        }
        let batches = self.batches(group);
        for (number, batch) in batches.iter().enumerate() {
            let mut gated = number == 0;
            let first = layout.len();
            for (step, column, taking) in &columns {
                let on = self.on(step, batch, commands);
                if on.is_empty() {
                    continue;
                }
                if !std::mem::replace(&mut gated, true) {
                    layout.batch(&step.name.value);
                }
                let opening = self.confirmed(step, &on, commands);
                let from = layout.len();
                layout.step(*column, opening, on);
                if let Some(taking) = taking {
                    layout.step(*taking, Opening::Barrier, self.taking(step, commands));
                    layout.decides_also(from, &step.name.value);
                }
            }
            let steps = group.steps.iter().map(|step| step.name.value.clone());
            layout.batch_done((number + 1, batches.len()), batch, steps, first);
        }
    }

    /// The barrier of a step, and its question before it begins.
    fn confirmed(
        &self,
        step: &Step,
        on: &[(HostId, Rendered)],
        commands: &mut Commands<'_>,
    ) -> Opening {
        let machine = on.first().and_then(|(id, _)| self.machines.get(usize::from(id.0)));
        let (Some(question), Some(machine)) = (&step.confirm.before, machine) else {
            return Opening::Barrier;
        };
        Opening::Confirm(commands.data(question, &machine.context).to_string())
    }

    /// What is to be written down of releases when the run is over.
    fn released(&self, groups: &[Group<'_>]) -> Option<Released> {
        let name = self.aim.release()?.to_owned();
        let known = &self.ground.request.known;
        let made = matches!(self.aim, Aim::New(_));
        let listing = groups.iter().flat_map(|group| &group.steps).filter(|step| step.lists);
        let carrying = || self.machines().filter_map(|(id, it)| Some((id, it.lies.as_ref()?)));
        let seen = carrying().find_map(|(_, lies)| lies.seen(&name));
        let rolled_back: BTreeSet<String> = carrying()
            .filter(|(_, lies)| lies.rolls_back(&name))
            .filter_map(|(_, lies)| lies.served.clone())
            .collect();
        Some(Released {
            revision: seen.map_or_else(|| known.revision.clone(), |it| it.revision.clone()),
            reference: seen.map_or_else(|| known.reference.clone(), |it| it.reference.clone()),
            made,
            hosts: carrying().map(|(id, _)| id).collect(),
            rolled_back: rolled_back.into_iter().collect(),
            reason: known.reason.clone(),
            lists: listing.map(|step| step.name.value.clone()).collect(),
            name,
        })
    }

    /// What runs after every change of what is served.
    fn followers(&self, groups: &[Group<'_>]) -> Result<Vec<Follower>, Vec<Diagnostic>> {
        let mut commands = self.commands();
        let mut found = Vec::new();
        let publishing = groups.iter().flat_map(|group| &group.steps).filter(|it| it.publishes());
        for of in publishing {
            for step in self.ground.recipe.followers(&of.name.value) {
                for (host, machine) in self.reached(step) {
                    let mut rendered = commands.render(step, machine);
                    let act = rendered.act_mut().clone();
                    let (of, step) = (of.name.value.clone(), step.name.value.clone());
                    found.push(Follower { of, step, host, act });
                }
            }
        }
        if commands.found.is_empty() { Ok(found) } else { Err(commands.found) }
    }

    /// The step on the machines of a batch that it is done on.
    pub(super) fn on(
        &self,
        step: &Step,
        batch: &[HostId],
        commands: &mut Commands<'_>,
    ) -> Vec<(HostId, Rendered)> {
        let reached = self.reached(step).into_iter().filter(|(id, _)| batch.contains(id));
        let shared = !self.sharing(step).is_empty();
        let on = reached.map(|(id, machine)| {
            let mut rendered = commands.render(step, machine);
            if shared {
                commands.packing(step, &mut rendered, machine);
            }
            (id, rendered)
        });
        let on = on.collect();
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
            batches: Vec::new(),
            followers: Vec::new(),
            released: None,
        }
    }
}

/// The release that these groups are about.
fn aim(ground: &Ground<'_>, groups: &[Group<'_>]) -> Result<Aim, Vec<Diagnostic>> {
    let Some(layout) = &ground.recipe.layout else { return Ok(Aim::Served) };
    let carries = |host: &&&Host| host.has_any(&layout.roles);
    let hosts: Vec<&str> =
        ground.hosts.iter().filter(carries).map(|host| host.name.value.as_str()).collect();
    let steps: Vec<&Step> = groups.iter().flat_map(|group| group.steps.iter().copied()).collect();
    let goes_on = continues(ground.recipe, ground.request);
    Aim::of(layout, (&steps, goes_on), &ground.request.known, &hosts)
}

/// Whether a step is done on a host of the recipe.
fn reaches(step: &Step, host: &Host) -> bool {
    match &step.place {
        Where::Local => false,
        Where::Hosts { roles, names, once: _ } => {
            let named = |name: &At<String>| name.value == host.name.value;
            host.has_any(roles) && (names.is_empty() || names.iter().any(named))
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
