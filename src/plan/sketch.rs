//! A plan for the screen alone, before the hosts were looked at: which steps there are, and where.

use std::collections::BTreeMap;

use super::{
    build::build,
    ground::Ground,
    request::{Known, Request},
};
use crate::{
    model::Plan,
    recipe::{Diagnostic, Recipe},
};

/// The plan that it would be, were what is not known yet as it is in a recipe that is only looked
/// through. It claims no release and no commit, and nothing is run by it.
///
/// # Errors
/// Names that the request has and the recipe has not, and every template that cannot be evaluated.
pub fn sketch(recipe: &Recipe, request: &Request) -> Result<Plan, Vec<Diagnostic>> {
    let stage = Ground::of(recipe, request)?.stage.name.value.clone();
    let known = &request.known;
    let sample = Known::sample(recipe, &stage);
    let (at, by, reason) = (known.at, known.by.clone(), known.reason.clone());
    let some = Known { at, by, reason, sites: BTreeMap::new(), ..sample.clone() };
    // What publishes a release that is there needs one to be there.
    let all = Known { sites: sample.sites, ..some.clone() };
    let of = |known| build(recipe, &Request { known, ..request.clone() });
    let mut plan = of(some).or_else(|_| of(all))?.plan;
    plan.released = None;
    Ok(plan)
}
