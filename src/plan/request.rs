//! What is asked for, what is known of the hosts, and what comes of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Plan, Release, ReleaseVerdict, RunId, Served, Site, StepName};
use crate::recipe::{Diagnostic, Recipe, Work};

/// What the operator asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The name of the run.
    pub run: RunId,
    /// The stage; the only one when it is not said.
    pub stage: Option<String>,
    /// The pipeline; empty for a survey of the stage itself.
    pub pipeline: String,
    /// Only these hosts of the stage.
    pub hosts: Option<Vec<String>>,
    /// Only hosts that have one of these roles.
    pub roles: Option<Vec<String>>,
    /// Steps to leave out.
    pub skip: Vec<StepName>,
    /// The step to begin at: those before it were done by a run before this one.
    pub from: Option<StepName>,
    /// Values that go over all others.
    pub vars: Vec<(String, String)>,
    /// Directory for our state on the operator's own machine.
    pub local_state_dir: String,
    /// What was found out before.
    pub known: Known,
}

/// What was found out before a plan is made: by looking at the hosts, at the repository, at files of
/// the operator, and at the clock.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Now. A new release is named after it.
    pub at: Timestamp,
    /// Who asks, as `user@machine`.
    pub by: String,
    /// Why; visitors read it on the maintenance page.
    pub reason: Option<String>,
    /// Until when maintenance is expected to last.
    pub until: Option<Timestamp>,
    /// The branch, tag or commit that was asked for.
    pub reference: Option<String>,
    /// The full commit that it is.
    pub revision: Option<String>,
    /// The release to publish, where the pipeline makes none; the one before the served one without it.
    pub target: Option<String>,
    /// The release that is gone on with, where the pipeline begins behind the step that makes one.
    pub continues: Option<String>,
    /// What each host has, by its name.
    pub sites: BTreeMap<String, Site>,
    /// Texts of files of the operator that the recipe names, by the names that it gives them.
    pub files: BTreeMap<String, String>,
}

/// A plan, and what is odd about it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Steps that reach no host.
    pub warnings: Vec<Diagnostic>,
    /// The release that the plan makes or publishes, if it does.
    pub release: Option<String>,
}

impl Known {
    /// What could be known, for a recipe that is only looked through: every host serves a release, and
    /// has another one.
    pub(super) fn sample(recipe: &Recipe, stage: &str) -> Self {
        const SERVED: &str = "20000102000000";
        const BEFORE: &str = "20000101000000";
        let release = |name: &str| Release {
            name: name.to_owned(),
            path: String::new(),
            revision: None,
            reference: None,
            by: None,
            at: None,
            verdict: ReleaseVerdict::Good,
            reason: None,
            schema: Vec::new(),
            pids: Vec::new(),
        };
        let site = Site {
            served: Served::Release(SERVED.to_owned()),
            previous: Some(BEFORE.to_owned()),
            releases: vec![release(SERVED), release(BEFORE)],
            ..Site::default()
        };
        let stage = recipe.stages.get(stage);
        let hosts = stage.map(|stage| stage.hosts.as_slice()).unwrap_or_default();
        let uploads = recipe.steps.values().filter_map(|step| match &step.work {
            Work::Upload(upload) => Some(upload.from.value.clone()),
            Work::Run(_) | Work::Items(_) | Work::Both(..) | Work::BuiltIn(_) | Work::Ask => None,
        });
        let page = stage.and_then(|stage| stage.maintenance.as_ref()?.page.as_ref());
        let files = uploads.chain(page.map(|page| page.value.clone()));
        Self {
            revision: Some("0".repeat(40)),
            by: "operator@machine".to_owned(),
            continues: Some(SERVED.to_owned()),
            sites: hosts.iter().map(|host| (host.value.clone(), site.clone())).collect(),
            files: files.map(|file| (file, String::new())).collect(),
            at: Timestamp::from_second(SAMPLE_SECOND).unwrap_or(Timestamp::UNIX_EPOCH),
            ..Self::default()
        }
    }
}

/// 2001-01-01, after all releases of a sample.
const SAMPLE_SECOND: i64 = 978_307_200;
