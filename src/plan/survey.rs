//! What there is to look at before a plan can be made: which hosts take part, where releases and the
//! page lie there, what is checked before the first change, and where the code comes from.

use std::path::Path;

use super::build::Site;
use super::commands::{Commands, asked};
use super::ground::{Ground, Machine, Source};
use super::page::has_page;
use super::request::{Known, Request};
use crate::model::{Command, Host, HostId, Owner, Text};
use crate::recipe::{BuiltIn, Diagnostic, HealthAt, Recipe, Step};
use crate::script::builtin::Layout;

/// What a pipeline touches, before anything is known of the hosts.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The application and stage.
    pub owner: Owner,
    /// Whether changing the stage needs its name typed.
    pub protected: bool,
    /// The machines, in the order and with the ids of the plan.
    pub machines: Vec<Surveyed>,
    /// Where the code of a new release comes from; `None`: nothing is fetched.
    pub source: Option<Source>,
    /// Files of the operator's machine that the plan needs, as the recipe names them.
    pub files: Vec<String>,
    /// Whether the recipe has a layout of releases.
    pub releases: bool,
}

/// A machine that takes part.
#[derive(Clone, Debug)]
pub struct Surveyed {
    /// Its id in the plan.
    pub id: HostId,
    /// What it is in the plan.
    pub host: Host,
    /// How releases lie there; `None`: it carries none.
    pub layout: Option<Layout>,
    /// Where the maintenance page lies there; `None`: it has none.
    pub page: Option<String>,
    /// How a visitor is imitated there.
    pub probe: Option<Probe>,
    /// Prints how many visitors were turned away there.
    pub hits: Option<Command>,
    /// Read-only commands that must succeed before the first change: step and command.
    pub checks: Vec<(String, Command)>,
    /// Whether a step asks something by HTTP there.
    pub http: bool,
}

/// A request as a visitor would make it.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What is asked for.
    pub url: String,
    /// The Host header.
    pub host: Option<String>,
    /// More headers.
    pub headers: Vec<(String, String)>,
}

/// What the pipeline of a request touches. An empty name stands for none: all chosen hosts, no steps.
///
/// # Errors
/// Names that the request has and the recipe has not, and every template that cannot be evaluated.
pub fn survey(recipe: &Recipe, request: &Request) -> Result<Survey, Vec<Diagnostic>> {
    let stage = Ground::of(recipe, request)?.stage.name.value.clone();
    let known =
        Known { reference: request.known.reference.clone(), ..Known::sample(recipe, &stage) };
    let request = Request { known, ..request.clone() };
    let ground = Ground::of(recipe, &request)?;
    let (site, steps) = Site::surveyed(&ground)?;
    let mut commands = site.commands();
    let machines = site
        .machines()
        .map(|(id, machine)| machine_of(id, machine, &steps, &ground, &mut commands))
        .collect();
    if !commands.found.is_empty() {
        return Err(commands.found);
    }
    let fetches = steps.iter().any(|step| step.built_in() == Some(BuiltIn::Fetch));
    let source = site.machines().next().and_then(|(_, machine)| machine.source.clone());
    Ok(Survey {
        owner: Owner { app: recipe.app.clone(), stage },
        protected: ground.stage.protected,
        machines,
        source: source.filter(|_| fetches),
        files: request.known.files.keys().cloned().collect(),
        releases: recipe.layout.is_some(),
    })
}

fn machine_of(
    id: HostId,
    machine: &Machine,
    steps: &[&Step],
    ground: &Ground<'_>,
    commands: &mut Commands<'_>,
) -> Surveyed {
    let on = || steps.iter().filter(|step| super::builtins::fits(step, &machine.host));
    let mut checks = Vec::new();
    for step in on() {
        for check in &step.check {
            let frame = commands.frame(Some(step), machine);
            let run = commands.command(check, &machine.context);
            // A check runs before anything is changed, and not in a box: it gets no secrets.
            let check = Command { secrets: Vec::new(), ..asked(&frame, run) };
            let cwd = check.cwd.clone().filter(|cwd| !made_by_the_run(cwd, machine));
            let check = Command { cwd, ..check };
            checks.push((step.name.value.to_string(), check));
        }
    }
    let url = |step: &&&Step| {
        let health = step.health.as_ref().map(|health| &health.at);
        matches!(health, Some(HealthAt::Url(_) | HealthAt::Socket { .. }))
    };
    let http = on().any(|step| url(&step));
    let page = ground.stage.maintenance.as_ref().filter(|page| has_page(page, machine));
    let probe = page.and_then(|page| page.probe.as_ref()).map(|probe| Probe {
        url: commands.data(&probe.url, &machine.context).to_string(),
        host: probe.host.as_ref().map(|it| commands.data(it, &machine.context).to_string()),
        headers: commands.headers(&probe.headers, &machine.context),
    });
    let hits = page.and_then(|page| page.hits.as_ref()).map(|hits| {
        let frame = commands.frame(None, machine);
        asked(&frame, commands.command(hits, &machine.context))
    });
    Surveyed {
        id,
        host: machine.host.clone(),
        layout: machine.lies.as_ref().map(|lies| lies.layout.clone()),
        page: page.map(|page| commands.data(&page.path, &machine.context).to_string()),
        probe,
        hits,
        checks,
        http,
    }
}

/// Whether a directory lies in what the run itself makes: a new release, or the link to the served
/// one. Before a first release neither is there, and a check works in the login directory instead.
fn made_by_the_run(cwd: &Text, machine: &Machine) -> bool {
    let Some(lies) = &machine.lies else { return false };
    let release = lies.release.as_ref().map(|release| lies.layout.release(release));
    let made = [release, Some(lies.layout.path(&lies.layout.current))];
    let cwd = cwd.fill(|_| None).unwrap_or_default();
    made.iter().flatten().any(|made| Path::new(&cwd).starts_with(made))
}
