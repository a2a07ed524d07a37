//! The recipe as decoded values, each with its place in the file.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::source::{At, Source, Template};
use crate::model::StepName;

/// How an application is released: a decoded and checked deploy.toml.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The file.
    pub source: Arc<Source>,
    /// Name of the application.
    pub app: String,
    /// Its directory on the hosts.
    pub root: Option<Template>,
    /// The directory for our own state on the hosts.
    pub state_dir: Option<Template>,
    /// Free values.
    pub vars: Vars,
    /// Environment of every step.
    pub env: Env,
    /// Stages by name.
    pub stages: BTreeMap<String, Stage>,
    /// Hosts by name.
    pub hosts: BTreeMap<String, Host>,
    /// Steps by name.
    pub steps: BTreeMap<StepName, Step>,
    /// Pipelines by name.
    pub pipelines: BTreeMap<String, Pipeline>,
}

/// Free values by name.
pub type Vars = BTreeMap<String, Var>;

/// A free value.
#[derive(Clone, Debug, PartialEq)]
pub enum Var {
    /// A string; dates are strings too.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Table(BTreeMap<String, Self>),
}

/// Environment variables and the mask, as one table gives them.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// File mode mask.
    pub umask: Option<u16>,
    /// Variables, in the order of the file.
    pub variables: Vec<(String, Template)>,
}

/// An environment that can be released to.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where its name stands.
    pub name: At<String>,
    /// Its hosts, in order.
    pub hosts: Vec<At<String>>,
    /// Whether changing it needs its name typed.
    pub protected: bool,
    /// The root in this stage.
    pub root: Option<Template>,
    /// Its values.
    pub vars: Vars,
    /// Its environment.
    pub env: Env,
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
    /// Its values.
    pub vars: Vars,
}

/// Where a step runs.
#[derive(Clone, Debug)]
pub enum Where {
    /// On the operator's own machine.
    Local,
    /// On the hosts of the stage that fit.
    Hosts {
        /// With one of these roles; all when empty.
        roles: Vec<At<String>>,
        /// Of these names; all when empty.
        names: Vec<At<String>>,
        /// Only on the first of them.
        once: bool,
    },
}

/// What a step does on a host.
#[derive(Clone, Debug)]
pub enum Work {
    /// One command.
    Run(Template),
    /// One command per line that the host lists.
    Items(Items),
    /// Both: the command does all at once and is what is planned; the items serve stepping.
    Both(Template, Items),
}

/// The items of a step.
#[derive(Clone, Debug)]
pub struct Items {
    /// Lists what is to do.
    pub list: Template,
    /// Which lines are items, and their named parts.
    pub pattern: Option<At<String>>,
    /// Does one.
    pub run: Template,
    /// Takes one back.
    pub undo: Option<Template>,
}

/// Whether a step is wanted.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Where this exits 0.
    When(Template),
    /// Where this exits 1.
    Unless(Template),
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where its name stands.
    pub name: At<StepName>,
    /// What it does, in a line.
    pub about: String,
    /// What it does.
    pub work: Work,
    /// Where.
    pub place: Where,
    /// The directory that it runs in.
    pub cwd: Option<Template>,
    /// Its environment.
    pub env: Env,
    /// Takes it back.
    pub undo: Option<Template>,
    /// Whether it is wanted.
    pub condition: Option<Condition>,
    /// How long it may take.
    pub limit: Option<Duration>,
    /// The user to run as.
    pub user: Option<String>,
    /// Whether it starts something that outlives it.
    pub detaches: bool,
    /// Whether it changes the database schema.
    pub schema: bool,
    /// Whether it may be sent input.
    pub input: bool,
    /// How often a failure is tried again by itself.
    pub retry: u16,
}

/// A named list of steps and groups.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Where its name stands.
    pub name: At<String>,
    /// What it does, in order.
    pub entries: Vec<Entry>,
}

/// One entry of a pipeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The steps; one, unless it is a group.
    pub steps: Vec<At<StepName>>,
    /// How many hosts go through it at a time.
    pub batch: Option<At<Share>>,
}

/// Some of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// That many, at least one.
    Count(u16),
    /// That many of a hundred, at least one host.
    Percent(u16),
}

impl Share {
    /// How many of `all` hosts that is; at least one.
    #[must_use]
    pub fn of(self, all: usize) -> usize {
        let part = match self {
            Self::Count(count) => usize::from(count),
            Self::Percent(percent) => all * usize::from(percent) / 100,
        };
        part.max(1)
    }
}

impl Step {
    /// Whether only its items do the work, so that nothing but a listing can be planned.
    #[must_use]
    pub fn only_items(&self) -> bool {
        match self.work {
            Work::Items(_) => true,
            Work::Run(_) | Work::Both(..) => false,
        }
    }

    /// Its items, if it has any.
    #[must_use]
    pub fn items(&self) -> Option<&Items> {
        match &self.work {
            Work::Items(items) | Work::Both(_, items) => Some(items),
            Work::Run(_) => None,
        }
    }

    /// Whether it is done on one host only.
    #[must_use]
    pub fn once(&self) -> bool {
        match self.place {
            Where::Local => false,
            Where::Hosts { once, .. } => once,
        }
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
}
