//! What is asked for, and what comes of it.

use crate::model::{Plan, RunId, StepName};
use crate::recipe::Diagnostic;

/// What the operator asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The name of the run.
    pub run: RunId,
    /// The stage; the only one when it is not said.
    pub stage: Option<String>,
    /// The pipeline.
    pub pipeline: String,
    /// Only these hosts of the stage.
    pub hosts: Option<Vec<String>>,
    /// Only hosts that have one of these roles.
    pub roles: Option<Vec<String>>,
    /// Steps to leave out.
    pub skip: Vec<StepName>,
    /// Values that go over all others.
    pub vars: Vec<(String, String)>,
    /// Directory for our state on the operator's own machine.
    pub local_state_dir: String,
}

/// A plan, and what is odd about it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Steps that reach no host.
    pub warnings: Vec<Diagnostic>,
}
