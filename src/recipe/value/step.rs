//! Steps.

use std::time::Duration;

use super::super::source::{At, Span, Template};
use super::{Env, Headers, Share};
use crate::model::StepName;

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where its name stands; where it is used first, for a built-in one without a table.
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
    /// Secrets that it gets as environment; all are declared in every stage.
    pub secrets: Vec<At<String>>,
    /// Takes it back. A built-in publish takes itself back.
    pub undo: Option<Template>,
    /// Whether it is wanted.
    pub condition: Option<Condition>,
    /// Whether there is something to do: exit 0 yes, 1 no.
    pub pending: Option<Template>,
    /// Read-only commands, run on its hosts before the first change of the run.
    pub check: Vec<Template>,
    /// Questions to the operator.
    pub confirm: Confirm,
    /// Proves what it did, after it; exit 0 is proof.
    pub verify: Option<Template>,
    /// Commands that gather evidence when it fails.
    pub inspect: Vec<Template>,
    /// Prints the processes that it restarts, so that the restart is proven.
    pub pids: Option<Template>,
    /// How its service answers when it is well.
    pub health: Option<Health>,
    /// Files and directories, below the release's code, that other hosts get from it.
    pub outputs: Vec<Template>,
    /// How long it may take.
    pub limit: Option<Duration>,
    /// The user to run as.
    pub user: Option<String>,
    /// Whether it starts something that outlives it.
    pub detaches: bool,
    /// Whether it changes the database schema.
    pub schema: bool,
    /// Whether what it prints is recorded with the release: the migrations that are applied.
    pub lists: bool,
    /// Whether it may be sent input.
    pub input: bool,
    /// How often a failure is tried again by itself.
    pub retry: u16,
    /// How many hosts do it at a time, where it is not part of a group of its own kind.
    pub batch: Option<At<Share>>,
    /// The step after which it runs, always: also when that one is undone.
    pub follows: Option<At<StepName>>,
    /// The step beside which it wants to stand. Pipelines have it there already.
    pub(in crate::recipe) beside: Option<Beside>,
}

/// Beside which step one wants to stand.
#[derive(Clone, Debug)]
pub(in crate::recipe) enum Beside {
    /// Right before it.
    Before(At<StepName>),
    /// Right after it.
    After(At<StepName>),
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
    /// What deployui knows how to do itself.
    BuiltIn(BuiltIn),
    /// A file of the operator's machine is put on the host.
    Upload(Upload),
    /// Nothing of its own: it only asks (`health`, `pids`, `verify`, `confirm`).
    Ask,
}

/// What deployui knows how to do itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltIn {
    /// Make the directory of the new release.
    Release,
    /// Put the code into it.
    Fetch,
    /// Link what outlives a release into it.
    Link,
    /// Make it the served one.
    Publish,
    /// Read back links, processes and health.
    Verify,
    /// Remove old releases.
    Prune,
}

impl BuiltIn {
    /// All of them, in the order of a release.
    pub const ALL: [Self; 6] =
        [Self::Release, Self::Fetch, Self::Link, Self::Publish, Self::Verify, Self::Prune];

    /// Its plain name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Fetch => "fetch",
            Self::Link => "link",
            Self::Publish => "publish",
            Self::Verify => "verify",
            Self::Prune => "prune",
        }
    }

    /// What it does, in a line.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Release => "Make the directory of the release",
            Self::Fetch => "Fetch the code into the release",
            Self::Link => "Link what outlives a release",
            Self::Publish => "Make it the served release",
            Self::Verify => "Read back what is served",
            Self::Prune => "Remove old releases",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|built_in| built_in.name() == name)
    }
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
    /// Shows what one would do.
    pub preview: Option<Template>,
}

/// Whether a step is wanted.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Where this exits 0.
    When(Template),
    /// Where this exits 1.
    Unless(Template),
}

/// Questions to the operator.
#[derive(Clone, Debug, Default)]
pub struct Confirm {
    /// Before it begins.
    pub before: Option<Template>,
    /// After it has ended well, on each host.
    pub after: Option<Template>,
}

/// How a service answers when it is well. Asked on the host.
#[derive(Clone, Debug)]
pub struct Health {
    /// Where it stands.
    pub span: Span,
    /// Where it is asked.
    pub at: HealthAt,
    /// The status that it answers with.
    pub expect: u16,
    /// How long it may take until it does.
    pub within: Duration,
    /// Headers of the request.
    pub headers: Headers,
}

/// Where a service is asked.
#[derive(Clone, Debug)]
pub enum HealthAt {
    /// By a URL, as the host sees it.
    Url(Template),
    /// Through a unix socket.
    Socket {
        /// The socket on the host.
        socket: Template,
        /// The path that is asked for; `/` without it.
        path: Option<Template>,
    },
}

/// A file of the operator's machine that is put on hosts.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The file, from where deployui runs. One that ends in `.j2` is a template.
    pub from: At<String>,
    /// Where it is put: a path on the host.
    pub to: Template,
    /// Its file mode.
    pub mode: u16,
    /// Its owner, `user` or `user:group`; the user of the step without it.
    pub owner: Option<String>,
}

impl Step {
    /// Whether only its items do the work, so that nothing but a listing can be planned.
    #[must_use]
    pub fn only_items(&self) -> bool {
        match self.work {
            Work::Items(_) => true,
            Work::Run(_) | Work::Both(..) | Work::BuiltIn(_) | Work::Upload(_) | Work::Ask => false,
        }
    }

    /// Its items, if it has any.
    #[must_use]
    pub fn items(&self) -> Option<&Items> {
        match &self.work {
            Work::Items(items) | Work::Both(_, items) => Some(items),
            Work::Run(_) | Work::BuiltIn(_) | Work::Upload(_) | Work::Ask => None,
        }
    }

    /// The command that it is, if it is one.
    #[must_use]
    pub fn run(&self) -> Option<&Template> {
        match &self.work {
            Work::Run(run) | Work::Both(run, _) => Some(run),
            Work::Items(_) | Work::BuiltIn(_) | Work::Upload(_) | Work::Ask => None,
        }
    }

    /// The built-in step that it is, if it is one.
    #[must_use]
    pub fn built_in(&self) -> Option<BuiltIn> {
        match self.work {
            Work::BuiltIn(built_in) => Some(built_in),
            Work::Run(_) | Work::Items(_) | Work::Both(..) | Work::Upload(_) | Work::Ask => None,
        }
    }

    /// Whether it changes what is served: the built-in step, by whatever name, or the project's own
    /// `publish`.
    #[must_use]
    pub fn publishes(&self) -> bool {
        self.built_in() == Some(BuiltIn::Publish)
            || self.name.value.as_str() == BuiltIn::Publish.name()
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

impl Condition {
    /// The command that is asked.
    #[must_use]
    pub fn command(&self) -> &Template {
        match self {
            Self::When(command) | Self::Unless(command) => command,
        }
    }
}
