//! The recipe as decoded and merged values, each with its place in its file.

mod layout;
mod pipeline;
mod site;
mod step;
mod vars;

use std::{collections::BTreeMap, sync::Arc};

pub use layout::{Layout, LayoutKind, Live, Shared, Slots};
pub use pipeline::{Entry, Pipeline, Share};
pub use site::{CodeSource, Maintenance, Notify, NotifyOn, Probe, Secret, SecretFrom, Via};
pub(super) use step::Beside;
pub use step::{BuiltIn, Condition, Confirm, Health, HealthAt, Items, Step, Upload, Where, Work};
pub use vars::{Env, Headers, Var, Vars};

use super::source::{At, Source, Template};
use crate::model::StepName;

/// How an application is released: the project's file over the recipe that it names, checked.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The project's file.
    pub source: Arc<Source>,
    /// The recipe that it builds on, as it names it.
    pub base: Option<At<String>>,
    /// Name of the application.
    pub app: String,
    /// Its directory on the hosts.
    pub root: Option<Template>,
    /// The directory for our own state on the hosts.
    pub state_dir: Option<Template>,
    /// What the recipe asked of the project: given values, else defaults; `{{ params.NAME }}`.
    pub params: Vars,
    /// Free values; those of the stage and then of the host go over them.
    pub vars: Vars,
    /// Environment of every step; the stage's and then the step's goes over it.
    pub env: Env,
    /// How releases lie on the hosts; `None`: there are no releases, only steps.
    pub layout: Option<Layout>,
    /// Webhooks.
    pub notify: Vec<Notify>,
    /// Stages by name.
    pub stages: BTreeMap<String, Stage>,
    /// Hosts by name.
    pub hosts: BTreeMap<String, Host>,
    /// Steps by name: every defined one, and every built-in one that is used.
    pub steps: BTreeMap<StepName, Step>,
    /// Pipelines by name; steps are where `before`, `after` and `follows` put them, and steps that
    /// are switched off are gone.
    pub pipelines: BTreeMap<String, Pipeline>,
}

/// An environment that can be released to. Its source, maintenance and secrets are the recipe's
/// with its own over them: nothing else needs to be looked at.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where its name stands.
    pub name: At<String>,
    /// Its hosts, in order; none before its inventory is read, if it has one.
    pub hosts: Vec<At<String>>,
    /// A command on the operator's machine that prints its hosts as JSON.
    pub inventory: Option<At<String>>,
    /// Whether changing it needs its name typed.
    pub protected: bool,
    /// The root in this stage.
    pub root: Option<Template>,
    /// Its own values.
    pub vars: Vars,
    /// Its own environment.
    pub env: Env,
    /// Where the code comes from.
    pub source: Option<CodeSource>,
    /// The page that visitors see meanwhile.
    pub maintenance: Option<Maintenance>,
    /// Values that reach steps as environment only, by name.
    pub secrets: BTreeMap<String, Secret>,
}

/// A machine.
#[derive(Clone, Debug)]
pub struct Host {
    /// Where its name stands.
    pub name: At<String>,
    /// Where it is.
    pub address: String,
    /// What it is for.
    pub roles: Vec<At<String>>,
    /// The root on this host.
    pub root: Option<Template>,
    /// Its own values.
    pub vars: Vars,
}

impl Host {
    /// Whether it has one of these roles; where none is named, all hosts are meant.
    pub(crate) fn has_any(&self, roles: &[At<String>]) -> bool {
        let has = |role: &At<String>| self.roles.iter().any(|own| own.value == role.value);
        roles.is_empty() || roles.iter().any(has)
    }
}

impl Recipe {
    /// Names of the stages.
    pub fn stage_names(&self) -> impl Iterator<Item = &str> {
        self.stages.keys().map(String::as_str)
    }

    /// Names of the pipelines.
    pub fn pipeline_names(&self) -> impl Iterator<Item = &str> {
        self.pipelines.keys().map(String::as_str)
    }

    /// The steps that run after every change that this step makes, in order, each once: those that
    /// follow it, and those that follow them.
    #[must_use]
    pub fn followers(&self, of: &StepName) -> Vec<&Step> {
        followers(&self.steps, of)
    }
}

/// The steps that follow one, in order, each once. `follows = "publish"` follows every step that
/// publishes, whatever its name.
pub(super) fn followers<'s>(steps: &'s BTreeMap<StepName, Step>, of: &StepName) -> Vec<&'s Step> {
    let mut found: Vec<&Step> = Vec::new();
    let direct = |of: &StepName, found: &[&Step]| -> Vec<&'s Step> {
        let publishes = steps.get(of).is_some_and(Step::publishes);
        let fits = |step: &&Step| {
            let follows = step.follows.as_ref().map(|name| name.value.as_str());
            let meant = follows.is_some_and(|name| {
                name == of.as_str() || (publishes && name == BuiltIn::Publish.name())
            });
            meant
                && step.name.value != *of
                && !found.iter().any(|f| f.name.value == step.name.value)
        };
        steps.values().filter(fits).collect()
    };
    let mut open = vec![of.clone()];
    while let Some(next) = open.pop() {
        let more = direct(&next, &found);
        open.extend(more.iter().rev().map(|step| step.name.value.clone()));
        found.extend(more);
    }
    found.retain(|step| step.name.value != *of);
    found
}
