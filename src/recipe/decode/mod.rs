//! From merged files to values: everything that is wrong is reported, not only the first.

mod fields;
mod hosts;
mod layout;
mod names;
mod pipelines;
mod site;
mod steps;
mod values;
mod work;

use std::{collections::BTreeMap, sync::Arc};

use self::fields::Fields;
use super::diagnostic::{Diagnostic, meant};
use super::layers::Layers;
use super::place;
use super::source::{At, Source, Span};
use super::tree::{Node, Table};
use super::value::{BuiltIn, Host, Layout, Recipe, Step, Vars};
use crate::model::StepName;

/// What decoding collects.
pub(super) struct Decoder {
    /// The project's file.
    source: Arc<Source>,
    /// What is wrong, in the order of finding.
    problems: Vec<Diagnostic>,
    /// What names of steps mean.
    steps: BTreeMap<String, Named>,
    /// Whether a file is missing or broken: what seems to be missing may only be unreadable.
    torn: bool,
}

/// What the name of a step means.
enum Named {
    /// A step with a table.
    Defined,
    /// Switched off, or reported as wrong.
    Absent,
    /// A built-in step without a table, and where it is used first.
    BuiltIn(BuiltIn, Option<Span>),
}

impl Decoder {
    fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Reports something that is missing, unless files are broken.
    fn missing(&mut self, problem: Diagnostic) {
        if !self.torn {
            self.report(problem);
        }
    }

    /// Where something is missing that stands nowhere.
    fn nowhere(&self) -> Span {
        Span { source: Arc::clone(&self.source), range: 0..0 }
    }

    /// The step of that name, which is done there. One that is switched off is none; an unknown one
    /// is reported.
    fn used(&mut self, name: &At<String>) -> Option<At<StepName>> {
        match self.steps.get_mut(&name.value) {
            Some(Named::Defined) => {}
            Some(Named::Absent) => return None,
            Some(Named::BuiltIn(_, first)) => {
                first.get_or_insert_with(|| name.span.clone());
            }
            None => {
                self.unknown_step(name);
                return None;
            }
        }
        step_name(name)
    }

    /// The step of that name, which is only spoken of: it may be switched off, or not be used.
    fn spoken_of(&mut self, name: &At<String>) -> Option<At<StepName>> {
        if !self.steps.contains_key(&name.value) {
            self.unknown_step(name);
            return None;
        }
        step_name(name)
    }

    fn unknown_step(&mut self, name: &At<String>) {
        let given = name.value.escape_debug();
        let hint = meant(&name.value, self.steps.keys().map(String::as_str))
            .unwrap_or_else(|| format!("define it: [steps.{given}]"));
        let problem = Diagnostic::error(&name.span, format!("unknown step `{given}`")).hint(hint);
        self.missing(problem);
    }
}

fn step_name(name: &At<String>) -> Option<At<StepName>> {
    Some(name.with(StepName::try_from(name.value.clone()).ok()?))
}

/// A file as far as it can be decoded.
pub(super) struct Decoded {
    /// Of use only when nothing is wrong.
    pub(super) recipe: Recipe,
    /// What is wrong.
    pub(super) problems: Vec<Diagnostic>,
}

/// Decodes the files of a project.
pub(super) fn recipe(layers: Layers) -> Decoded {
    let mut decoder = Decoder {
        source: layers.source,
        problems: Vec::new(),
        steps: BTreeMap::new(),
        torn: layers.torn,
    };
    let given = layers.params.values(layers.base.as_ref(), &mut decoder.problems);
    let params = params(&mut decoder, &given);
    let root = Fields::of(&layers.root);
    let app = app(&mut decoder, root);
    let (stages, hosts) = (hosts::stages(&mut decoder, root), hosts::hosts(&mut decoder, root));
    decoder.steps = steps::names(&mut decoder, root);
    let stages = site::stages(&mut decoder, root, stages);
    let layout = layout::layout(&mut decoder, root);
    let mut steps = steps::steps(&mut decoder, root, layout.as_ref());
    let mut drafts = pipelines::drafts(&mut decoder, root);
    drafts.extend(layout.as_ref().and_then(|layout| {
        let has = drafts.iter().any(|draft| draft.name.value == place::ROLLBACK);
        if has { None } else { pipelines::rollback(&mut decoder, &steps, layout) }
    }));
    built_in(&decoder, layout.as_ref(), &mut steps);
    let pipelines = place::pipelines(drafts, &steps, &mut decoder.problems);
    let recipe = Recipe {
        source: Arc::clone(&decoder.source),
        base: layers.base,
        app,
        root: root.template("root"),
        state_dir: root.template("state_dir"),
        params,
        vars: root.vars(&mut decoder, "vars"),
        env: root.env(&mut decoder, "env"),
        layout,
        notify: site::notify(&mut decoder, root),
        stages,
        hosts,
        steps,
        pipelines,
    };
    Decoded { recipe, problems: decoder.problems }
}

fn app(decoder: &mut Decoder, root: Fields<'_>) -> String {
    if !root.written("app") {
        let problem = Diagnostic::error(&decoder.nowhere(), "there is no `app`");
        decoder.missing(problem.hint("name the application: app = \"shop\""));
    }
    let Some(app) = root.text("app") else { return String::new() };
    names::name(decoder, "the name of an application", &app);
    app.value
}

fn params(decoder: &mut Decoder, given: &[(At<String>, Node)]) -> Vars {
    let mut params = Vars::new();
    for (name, node) in given {
        names::identifier(decoder, "a param", name);
        params.extend(values::var(decoder, name, node).map(|var| (name.value.clone(), var)));
    }
    params
}

/// Adds the built-in steps that are used and have no table.
fn built_in(decoder: &Decoder, layout: Option<&Layout>, steps: &mut BTreeMap<StepName, Step>) {
    for named in decoder.steps.values() {
        let Named::BuiltIn(built_in, Some(span)) = named else { continue };
        let name = At { value: built_in.name().to_owned(), span: span.clone() };
        if let Some(name) = step_name(&name) {
            steps.insert(name.value.clone(), steps::built_in(name, *built_in, layout));
        }
    }
}

/// Hosts of an inventory, in its order.
pub(super) fn inventory(
    source: &Arc<Source>,
    span: &Span,
    listed: &[Node],
) -> (Vec<Host>, Vec<Diagnostic>) {
    let mut decoder = Decoder {
        source: Arc::clone(source),
        problems: Vec::new(),
        steps: BTreeMap::new(),
        torn: false,
    };
    let mut found = Vec::new();
    let none = Table::new();
    for item in listed {
        let table = item.table().unwrap_or(&none);
        match item.at().or_else(|| table.get("name").and_then(Node::at)) {
            Some(name) => found.push(hosts::host(&mut decoder, &name, Fields::of(table))),
            None => {
                let problem =
                    Diagnostic::error(span, "the inventory lists something without a name");
                decoder.report(problem.hint("a name, or {\"name\": ..., \"roles\": [...]}"));
            }
        }
    }
    let names: Vec<At<String>> = found.iter().map(|host| host.name.clone()).collect();
    repeated(&mut decoder, &names, "host");
    (found, decoder.problems)
}

/// Names that stand twice in one list.
fn repeated(decoder: &mut Decoder, names: &[At<String>], what: &str) {
    let mut seen: BTreeMap<&str, &At<String>> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, name) {
            let message = format!("the {what} `{}` is named twice", name.value.escape_debug());
            let problem = Diagnostic::error(&name.span, message).other(&first.span, "first here");
            decoder.report(problem);
        }
    }
}
