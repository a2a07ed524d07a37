//! The plan: everything that a run was asked to do, rendered, as it is journalled and shown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Act, HostId, Kind, Node, NodeId, Query, RunId, StepName, Text};

/// The pseudo-host on which `local = true` steps run: the operator's own machine.
pub const LOCAL_HOST: &str = "local";

/// One command as it will run on one host, under `sh` with `set -e`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The text of the command; inserted values are already quoted words.
    pub run: Text,
    /// The directory it runs in, as plain data. `None`: the login directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cwd: Option<Text>,
    /// Environment variables, as plain data, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub env: Vec<(String, Text)>,
    /// Secrets that it gets as environment, over `env`: their names. The values are nowhere in a plan.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub secrets: Vec<String>,
    /// File mode mask, octal.
    pub umask: u16,
    /// Another user to run as, through `sudo -n`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<String>,
    /// Whether it may be sent input while it runs.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub input: bool,
    /// Whether it starts something that is meant to outlive it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub detaches: bool,
    /// The `once` step whose outputs are sent to the host before this is put there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub takes: Option<StepName>,
    /// Read-only commands that gather evidence when it fails, in the same surroundings; what they print
    /// stands at the end of its log.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub inspect: Vec<Text>,
}

impl Command {
    /// A command with nothing but its text: umask 022, login directory.
    #[must_use]
    pub fn new(run: Text) -> Self {
        Self {
            run,
            cwd: None,
            env: Vec::new(),
            secrets: Vec::new(),
            umask: 0o022,
            user: None,
            input: false,
            detaches: false,
            takes: None,
            inspect: Vec::new(),
        }
    }
}

/// One host of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name in deploy.toml; [`LOCAL_HOST`] for the operator's own machine.
    pub name: String,
    /// Where it is, as `[user@]host[:port]`; resolved as ssh would.
    pub address: String,
    /// Its roles.
    pub roles: Vec<String>,
    /// The directory that holds our state on it, absolute or starting with `~/`.
    pub state_dir: String,
}

impl Host {
    /// Whether this is the operator's own machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.name == LOCAL_HOST
    }
}

/// A step that runs after every change that another step makes (`follows`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// The step that it follows.
    pub of: StepName,
    /// Its own name.
    pub step: StepName,
    /// On which host.
    pub host: HostId,
    /// What is done.
    pub act: Act,
}

/// One column of the matrix: a step as the pipeline names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The step.
    pub step: StepName,
    /// What it does, in a line.
    pub about: String,
    /// What does it, by its name, where that is not a command of the recipe.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub built_in: Option<String>,
    /// Its opening gates (one per batch).
    pub gates: Vec<NodeId>,
    /// Its nodes, at most one per host in the plan; grown ones are found by their origin.
    pub nodes: Vec<NodeId>,
}

/// Hosts that go through a group of steps together, before the next ones do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Which of the group's batches it is, from 1.
    pub number: u16,
    /// How many the group has.
    pub of: u16,
    /// Its hosts, in stage order.
    pub hosts: Vec<HostId>,
    /// The steps of the group, in their order.
    pub steps: Vec<StepName>,
    /// The first of its nodes, which follow each other in the plan; the gate before it is one of them.
    pub from: NodeId,
    /// The first node behind them.
    pub until: NodeId,
}

/// What a run does with releases, as far as it must be written down when the run is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The release that it makes, or publishes again.
    pub name: String,
    /// The full commit in it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<String>,
    /// The branch or tag that was asked for.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// Whether it makes it; otherwise it was there before.
    pub made: bool,
    /// The hosts that carry releases.
    pub hosts: Vec<HostId>,
    /// What was served there and is rolled back: it is not offered again.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rolled_back: Vec<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The steps that print which migrations are applied.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lists: Vec<StepName>,
}

/// Everything that a run was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The run.
    pub run: RunId,
    /// The application.
    pub app: String,
    /// The stage.
    pub stage: String,
    /// Whether changing the stage needs its name typed.
    pub protected: bool,
    /// The pipeline.
    pub pipeline: String,
    /// The hosts that take part, in stage order, the pseudo-host last.
    pub hosts: Vec<Host>,
    /// The first graph, in topological order.
    pub nodes: Vec<Node>,
    /// How the graph is shown.
    pub columns: Vec<Column>,
    /// The batches of groups that have more than one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub batches: Vec<Batch>,
    /// Steps that follow others.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub followers: Vec<Follower>,
    /// What it does with releases.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub released: Option<Released>,
}

impl Plan {
    /// The host with that id; ids come only from this plan.
    #[must_use]
    pub fn host(&self, id: HostId) -> Option<&Host> {
        self.hosts.get(usize::from(id.0))
    }

    /// The names of all secrets that anything of the plan may need.
    #[must_use]
    pub fn secrets(&self) -> BTreeSet<String> {
        let followers = self.followers.iter().flat_map(|follower| commands(&follower.act));
        let nodes = self.nodes.iter().flat_map(|node| match &node.kind {
            Kind::Act(act) => commands(act),
            Kind::Ask(ask) => match &ask.query {
                Query::When(_) => vec![&ask.command],
                Query::Items(items) => [vec![&ask.command], commands(&items.each)].concat(),
            },
            Kind::Gate(_) => Vec::new(),
        });
        nodes.chain(followers).flat_map(|command| command.secrets.iter().cloned()).collect()
    }

    /// The batch that a node of the plan belongs to.
    #[must_use]
    pub fn batch(&self, id: NodeId) -> Option<&Batch> {
        let behind = self.batches.partition_point(|batch| batch.until <= id);
        self.batches.get(behind).filter(|batch| batch.from <= id)
    }

    /// All hosts with their ids.
    pub fn host_ids(&self) -> impl Iterator<Item = (HostId, &Host)> {
        (0u16..).map(HostId).zip(&self.hosts)
    }
}

/// Everything that an action may run.
fn commands(act: &Act) -> Vec<&Command> {
    let elsewhere = act.elsewhere.iter().flat_map(|other| {
        [Some(&other.command), other.undo.as_ref(), other.when.as_ref()].into_iter().flatten()
    });
    [Some(&act.command), act.undo.as_ref()].into_iter().flatten().chain(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_with_releases_is_journalled() {
        let released = Released {
            name: "20261122014312".into(),
            revision: None,
            reference: Some("main".into()),
            made: true,
            hosts: vec![HostId(0)],
            rolled_back: Vec::new(),
            reason: None,
            lists: Vec::new(),
        };
        let text = serde_json::to_string(&released).unwrap();
        assert_eq!(text, r#"{"name":"20261122014312","ref":"main","made":true,"hosts":[0]}"#);
        assert_eq!(serde_json::from_str::<Released>(&text).unwrap(), released);
    }
}
