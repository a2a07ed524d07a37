//! The ground of a plan: the stage, the chosen hosts, and the values that templates see on each.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use super::releases::{Aim, Lies};
use super::render::{Renderer, later};
use super::request::Request;
use crate::model::{self, LOCAL_HOST};
use crate::recipe::{Diagnostic, Host, Place, Recipe, Stage, Template, Var, Vars, Via, choose};

/// What was asked, looked up in the recipe.
pub(super) struct Ground<'r> {
    pub(super) recipe: &'r Recipe,
    pub(super) stage: &'r Stage,
    pub(super) request: &'r Request,
    /// The chosen hosts, in stage order.
    pub(super) hosts: Vec<&'r Host>,
}

/// Where code comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The repository, for git.
    pub repository: String,
    /// The branch, tag or commit.
    pub reference: String,
    /// Whether the operator's machine fetches, and hosts are sent what they lack.
    pub by_operator: bool,
}

impl Source {
    /// What templates see.
    fn value(&self) -> Value {
        let via = if self.by_operator { "operator" } else { "host" };
        let names = [("repository", &*self.repository), ("ref", &*self.reference), ("via", via)];
        Value::from_iter(names)
    }
}

/// A machine of the plan with what templates see there.
pub(super) struct Machine {
    pub(super) host: model::Host,
    /// How releases lie here; nothing where there are none.
    pub(super) lies: Option<Lies>,
    /// Where the code of a new release comes from, if the stage says it.
    pub(super) source: Option<Source>,
    pub(super) context: Value,
    /// The same, with `item`.
    pub(super) item_context: Value,
}

impl<'r> Ground<'r> {
    /// Looks up what was asked.
    pub(super) fn of(recipe: &'r Recipe, request: &'r Request) -> Result<Self, Vec<Diagnostic>> {
        let stage = stage(recipe, request)?;
        let mut found = Vec::new();
        let all: Vec<&Host> =
            stage.hosts.iter().filter_map(|name| recipe.hosts.get(&name.value)).collect();
        let hosts = chosen(stage, &all, request, &mut found);
        vars(recipe, request, &mut found);
        if found.is_empty() && hosts.is_empty() {
            let message = "no host of the stage has both a chosen name and a chosen role";
            found.push(Diagnostic::request(message));
        }
        if found.is_empty() { Ok(Self { recipe, stage, request, hosts }) } else { Err(found) }
    }

    /// A host of the stage, or the operator's own machine.
    pub(super) fn machine(
        &self,
        renderer: &Renderer,
        host: Option<&Host>,
        aim: &Aim,
    ) -> Result<Machine, Vec<Diagnostic>> {
        let mut names = self.names(host);
        let root = host.and_then(|host| host.root.as_ref()).or(self.stage.root.as_ref());
        if let Some(root) = root.or(self.recipe.root.as_ref()) {
            let path = path(renderer, Place::Root, root, &context(&names))?;
            names.insert("root".to_owned(), Value::from(path.trim_end_matches('/')));
        }
        let source = self.source(renderer, &context(&names))?;
        names.extend(source.iter().map(|source| ("source".to_owned(), source.value())));
        let plain = context(&names);
        let recipe_host = host;
        let host = match host {
            Some(host) => model::Host {
                name: host.name.value.clone(),
                address: host.address.clone(),
                roles: host.roles.iter().map(|role| role.value.clone()).collect(),
                state_dir: self.state_dir(renderer, &plain)?,
            },
            None => model::Host {
                name: LOCAL_HOST.to_owned(),
                address: String::new(),
                roles: Vec::new(),
                state_dir: self.request.local_state_dir.clone(),
            },
        };
        let lies = recipe_host.map(|it| self.lies(it, &host.state_dir, &plain, aim)).transpose()?;
        let lies = lies.flatten();
        if let Some(lies) = &lies {
            names.extend(lies.names(&self.request.known));
        }
        self.maintenance(renderer, &mut names)?;
        let plain = context(&names);
        names.insert("item".to_owned(), later("item"));
        Ok(Machine { host, lies, source, context: plain, item_context: context(&names) })
    }

    /// How releases lie on a host, if it carries any.
    fn lies(
        &self,
        host: &Host,
        state_dir: &str,
        context: &Value,
        aim: &Aim,
    ) -> Result<Option<Lies>, Vec<Diagnostic>> {
        let Some(layout) = &self.recipe.layout else { return Ok(None) };
        if !host.has_any(&layout.roles) {
            return Ok(None);
        }
        let root = context.get_attr("root").ok();
        let Some(root) = root.as_ref().and_then(Value::as_str) else {
            let message = "a layout needs the root of the application on its hosts";
            return Err(vec![
                Diagnostic::error(&layout.span, message).hint("add root = \"/srv/...\""),
            ]);
        };
        let site = self.request.known.sites.get(&host.name.value);
        Lies::new(layout, root, state_dir, aim, site).map(Some)
    }

    fn source(
        &self,
        renderer: &Renderer,
        context: &Value,
    ) -> Result<Option<Source>, Vec<Diagnostic>> {
        let Some(source) = &self.stage.source else { return Ok(None) };
        let reference = match (&self.request.known.reference, &source.reference) {
            (Some(asked), _) => asked.clone(),
            (None, Some(template)) => renderer.data(template, context)?.to_string(),
            (None, None) => "HEAD".to_owned(),
        };
        let by_operator = match source.via {
            Via::Host => false,
            Via::Operator => true,
        };
        let repository = renderer.data(&source.repository, context)?.to_string();
        Ok(Some(Source { repository, reference, by_operator }))
    }

    fn maintenance(
        &self,
        renderer: &Renderer,
        names: &mut BTreeMap<String, Value>,
    ) -> Result<(), Vec<Diagnostic>> {
        let Some(maintenance) = &self.stage.maintenance else { return Ok(()) };
        let plain = context(names);
        // What a host without releases lacks, its page may lack, too: told where it is used.
        let Ok(path) = renderer.data(&maintenance.path, &plain) else { return Ok(()) };
        let path = path.to_string();
        let bypass = match &maintenance.bypass {
            Some(bypass) => renderer.data(bypass, &plain)?.to_string(),
            None => String::new(),
        };
        let values = [("path", path), ("bypass", bypass)];
        names.insert("maintenance".to_owned(), Value::from_iter(values));
        Ok(())
    }

    fn state_dir(&self, renderer: &Renderer, context: &Value) -> Result<String, Vec<Diagnostic>> {
        if let Some(template) = &self.recipe.state_dir {
            return path(renderer, Place::StateDir, template, context);
        }
        let root = context.get_attr("root").ok();
        Ok(match root.as_ref().and_then(Value::as_str) {
            Some(root) => format!("{root}/.deployui"),
            None => format!("~/.deployui/{}", self.recipe.app),
        })
    }

    /// What templates see, but for the root.
    pub(super) fn names(&self, host: Option<&Host>) -> BTreeMap<String, Value> {
        let mut vars = self.recipe.vars.clone();
        merge(&mut vars, &self.stage.vars);
        if let Some(host) = host {
            merge(&mut vars, &host.vars);
        }
        let over = self.request.vars.iter();
        vars.extend(over.map(|(name, text)| (name.clone(), Var::Text(text.clone()))));
        let roles = host.map(|host| host.roles.as_slice()).unwrap_or_default();
        let host_names = [
            ("name", Value::from(host.map_or(LOCAL_HOST, |host| &host.name.value))),
            ("address", Value::from(host.map_or("", |host| &host.address))),
            ("roles", roles.iter().map(|role| Value::from(role.value.as_str())).collect()),
            ("vars", host.map(|host| table(&host.vars)).unwrap_or_else(|| table(&Vars::new()))),
        ];
        let known = &self.request.known;
        let run = [
            ("id", Value::from(self.request.run.as_str())),
            ("by", Value::from(known.by.as_str())),
            ("reason", Value::from(known.reason.as_deref().unwrap_or_default())),
        ];
        let names = [
            ("app", Value::from(self.recipe.app.as_str())),
            ("stage", Value::from(self.stage.name.value.as_str())),
            ("pipeline", Value::from(self.request.pipeline.as_str())),
            ("run", Value::from_iter(run)),
            ("host", Value::from_iter(host_names)),
            ("vars", table(&vars)),
            ("params", table(&self.recipe.params)),
        ];
        names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn context(names: &BTreeMap<String, Value>) -> Value {
    names.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A path that means the same from every directory.
fn path(
    renderer: &Renderer,
    place: Place,
    template: &Template,
    context: &Value,
) -> Result<String, Vec<Diagnostic>> {
    let path = renderer.data(template, context)?.to_string();
    if path.chars().any(char::is_control) {
        return Err(vec![place.unprintable(&template.span)]);
    }
    if !place.is_anchored(&path) {
        return Err(vec![place.unanchored(&template.span).label(format!("this is `{path}`"))]);
    }
    Ok(path)
}

/// Puts values over others: tables are merged, everything else replaced.
fn merge(under: &mut Vars, over: &Vars) {
    for (name, value) in over {
        match (under.get_mut(name), value) {
            (Some(Var::Table(under)), Var::Table(over)) => merge(under, over),
            _ => {
                under.insert(name.clone(), value.clone());
            }
        }
    }
}

fn table(vars: &Vars) -> Value {
    vars.iter().map(|(name, var)| (name.clone(), value(var))).collect()
}

fn value(var: &Var) -> Value {
    match var {
        Var::Text(text) => Value::from(text.as_str()),
        Var::Whole(whole) => Value::from(*whole),
        Var::Number(number) => Value::from(*number),
        Var::Flag(flag) => Value::from(*flag),
        Var::List(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Var::Table(vars) => table(vars),
    }
}

fn stage<'r>(recipe: &'r Recipe, request: &Request) -> Result<&'r Stage, Vec<Diagnostic>> {
    let names: Vec<&str> = recipe.stage_names().collect();
    let Some(name) = &request.stage else {
        let mut all = recipe.stages.values();
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(vec![
                Diagnostic::request("there is more than one stage")
                    .hint(format!("say --stage and one of: {}", names.join(", "))),
            ]),
        };
    };
    recipe.stages.get(name).ok_or_else(|| {
        let message = format!("unknown stage `{}`", name.escape_debug());
        vec![Diagnostic::request(message).maybe_hint(choose(name, &names, "stage"))]
    })
}

fn chosen<'r>(
    stage: &Stage,
    all: &[&'r Host],
    request: &Request,
    found: &mut Vec<Diagnostic>,
) -> Vec<&'r Host> {
    let mut hosts = all.to_vec();
    if let Some(wanted) = &request.hosts {
        let known: Vec<&str> = all.iter().map(|host| host.name.value.as_str()).collect();
        unknown(stage, "host", wanted, &known, found);
        hosts.retain(|host| wanted.contains(&host.name.value));
    }
    if let Some(wanted) = &request.roles {
        let roles = all.iter().flat_map(|host| &host.roles).map(|role| role.value.as_str());
        let known: Vec<&str> = roles.collect::<BTreeSet<_>>().into_iter().collect();
        unknown(stage, "role", wanted, &known, found);
        hosts.retain(|host| host.roles.iter().any(|role| wanted.contains(&role.value)));
    }
    hosts
}

fn unknown(
    stage: &Stage,
    what: &str,
    wanted: &[String],
    known: &[&str],
    found: &mut Vec<Diagnostic>,
) {
    for name in wanted.iter().filter(|name| !known.contains(&name.as_str())) {
        let stage = &stage.name.value;
        let message = format!("the stage `{stage}` has no {what} `{}`", name.escape_debug());
        found.push(Diagnostic::request(message).maybe_hint(choose(name, known, what)));
    }
}

/// Reports values for variables that the recipe does not have: probably typing errors.
fn vars(recipe: &Recipe, request: &Request, found: &mut Vec<Diagnostic>) {
    let stages = recipe.stages.values().map(|stage| &stage.vars);
    let hosts = recipe.hosts.values().map(|host| &host.vars);
    let names = stages.chain(hosts).chain([&recipe.vars]).flat_map(Vars::keys);
    let known: Vec<&str> = names.map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
    for (name, _) in request.vars.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        let message = format!("the recipe has no variable `{}`", name.escape_debug());
        found.push(Diagnostic::request(message).maybe_hint(choose(name, &known, "variable")));
    }
}
