//! Short acts beside a run (the maintenance page, a lock) as a plan, so that they are shown as every
//! other plan is. It is never run.

use crate::{
    model::{
        Act, BoxMode, Changes, Column, Command, Host, HostId, Key, Kind, Node, NodeId, Origin,
        Part, Plan, RunId, StepName, Text,
    },
    plan::Survey,
};

/// What is done: its name, and what it is for in a sentence.
pub(super) type What<'a> = (&'a str, &'a str);

/// The plan of one act with its text for each host; `None` where there is nothing to do.
pub(super) fn plan(
    run: &RunId,
    survey: &Survey,
    (name, about): What<'_>,
    texts: Vec<(Host, String)>,
) -> Option<Plan> {
    let step = StepName::try_from(name.to_owned()).ok()?;
    let (hosts, texts): (Vec<Host>, Vec<String>) = texts.into_iter().unzip();
    let node = |(host, text): (HostId, String)| Node {
        key: Key { step: step.clone(), part: Part::Main },
        host: Some(host),
        needs: Vec::new(),
        kind: Kind::Act(Box::new(act(text))),
        origin: Origin::Plan,
    };
    let nodes: Vec<Node> = (0u16..).map(HostId).zip(texts).map(node).collect();
    let column = Column {
        step: step.clone(),
        about: about.to_owned(),
        built_in: Some(name.to_owned()),
        gates: Vec::new(),
        nodes: (0u32..).map(NodeId).take(nodes.len()).collect(),
    };
    (!nodes.is_empty()).then(|| Plan {
        run: run.clone(),
        app: survey.owner.app.clone(),
        stage: survey.owner.stage.clone(),
        protected: survey.protected,
        pipeline: name.to_owned(),
        hosts,
        nodes,
        columns: vec![column],
        batches: Vec::new(),
        followers: Vec::new(),
        released: None,
    })
}

fn act(text: String) -> Act {
    Act {
        command: Command::new(Text::literal(text)),
        undo: None,
        changes: Changes::Nothing,
        mode: BoxMode::Inline,
        limit: None,
        retry: 0,
        elsewhere: Vec::new(),
    }
}
