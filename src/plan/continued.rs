//! A pipeline that begins at a later step goes on with the release that a run before it began.

use super::candidates::candidates;
use super::groups::{before, continues};
use super::request::Request;
use crate::model::{ReleaseVerdict, StepName};
use crate::recipe::{BuiltIn, Diagnostic, Recipe};

/// The release that is gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continued {
    /// Its name.
    pub name: String,
    /// The full commit in it.
    pub revision: Option<String>,
    /// The branch or tag that was asked for.
    pub reference: Option<String>,
}

/// The newest release, which is not finished, on these hosts; `None` where the request goes on with none.
///
/// # Errors
/// Where there is no such release, or a host lacks what the steps before should have left.
pub fn continued(
    recipe: &Recipe,
    request: &Request,
    hosts: &[&str],
) -> Result<Option<Continued>, Vec<Diagnostic>> {
    if !continues(recipe, request) {
        return Ok(None);
    }
    let done = before(recipe, request);
    let refused = |message: String| {
        let hint = "begin a new release: leave --from out; deployui releases shows what there is";
        Err(vec![Diagnostic::hosts(message).hint(hint)])
    };
    let all = candidates(&request.known.sites, hosts);
    let Some(newest) = all.first() else {
        return refused("no host has a release to go on with".to_owned());
    };
    let name = &newest.name;
    let finished = match newest.verdict {
        ReleaseVerdict::Unfinished | ReleaseVerdict::Failed => None,
        // Published, and nobody said what became of it; or made by another tool.
        ReleaseVerdict::Unknown => Some("is of unknown outcome"),
        ReleaseVerdict::Good => Some("is good already"),
        ReleaseVerdict::Bad => Some("was rolled back"),
    };
    if let Some(finished) = finished {
        return refused(format!("the newest release, {name}, {finished}: it is not gone on with"));
    }
    if !newest.missing.is_empty() {
        let missing = newest.missing.join(", ");
        return refused(format!("the release {name} is missing on {missing}"));
    }
    let fetches = |step: &&StepName| {
        let step = recipe.steps.get(*step);
        step.is_some_and(|step| step.built_in() == Some(BuiltIn::Fetch))
    };
    if newest.revision.is_none() && done.iter().any(fetches) {
        return refused(format!("it is not known which commit is in the release {name}"));
    }
    Ok(Some(Continued {
        name: name.clone(),
        revision: newest.revision.clone(),
        reference: newest.reference.clone(),
    }))
}
