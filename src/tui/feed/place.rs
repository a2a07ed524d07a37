//! Which logs are shown.

use crate::{
    model::{RunId, Try},
    tui::state::{Model, log::Shape},
};

/// The log of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) of: Try,
    /// The host's name; raw.
    pub(crate) host: String,
    pub(crate) box_name: String,
}

/// All logs that are shown together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) run: RunId,
    pub(crate) shape: Shape,
    pub(crate) places: Vec<Place>,
}

/// The logs that are to be shown.
pub(super) fn wanted(model: &Model) -> Option<Subject> {
    let run = model.run()?;
    let attempts = match model.log.shape {
        Shape::One => vec![model.attempt()?],
        Shape::Folded | Shape::Each => model.newest_attempts(),
    };
    let place = |of: Try| {
        let cell = run.cell(of.node)?;
        let host = cell.node.host.and_then(|host| run.plan.host(host))?;
        let box_name = cell.node.key.box_name(of.n);
        Some(Place { of, host: host.name.clone(), box_name })
    };
    let places: Vec<Place> = attempts.into_iter().filter_map(place).collect();
    let (run, shape) = (run.plan.run.clone(), model.log.shape);
    (!places.is_empty()).then_some(Subject { run, shape, places })
}
