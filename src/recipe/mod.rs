//! deploy.toml over the recipe that it names: decoded, merged, checked, and every fault shown where
//! it stands.

mod check;
mod decode;
mod diagnostic;
mod inventory;
mod keys;
mod layers;
mod merge;
pub(crate) mod own;
mod params;
mod place;
mod reference;
mod schema;
mod shape;
mod shipped;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::sync::Arc;

pub(crate) use check::{Place, misplaced, site};
pub(crate) use diagnostic::choose;
pub use diagnostic::{Diagnostic, Severity};
pub use layers::Load;
pub use reference::reference;
pub use schema::schema;
pub use shipped::{Param, Shipped, shipped};
pub use source::{At, Source, Span, Template};
pub(crate) use template::{environment, line_of, locate_name, names_in, plain_tags};
pub use value::{
    BuiltIn, CodeSource, Condition, Confirm, Entry, Env, Headers, Health, HealthAt, Host, Items,
    Layout, LayoutKind, Live, Maintenance, Notify, NotifyOn, Pipeline, Probe, Recipe, Secret,
    SecretFrom, Share, Shared, Slots, Stage, Step, Upload, Var, Vars, Via, Where, Work,
};

impl Recipe {
    /// Reads the text of a deploy.toml that is called `shown` on screens, and what it builds on; a
    /// recipe in a file is read by `load`. Returns the warnings beside the recipe.
    ///
    /// # Errors
    /// Everything that is wrong with them, file by file in the order of the text, warnings among it.
    pub fn parse(
        shown: &str,
        text: &str,
        load: Load<'_>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let source = Arc::new(Source { shown: shown.to_owned(), text: text.to_owned(), depth: 0 });
        let mut found = Vec::new();
        let layers = layers::read(&source, load, &mut found);
        let whole = !layers.torn;
        let decode::Decoded { recipe, problems } = decode::recipe(layers);
        found.extend(problems);
        if whole {
            found.extend(check::recipe(&recipe));
        }
        let found = in_order(found);
        if found.iter().any(|found| found.severity == Severity::Error) {
            return Err(found);
        }
        Ok((recipe, found))
    }
}

/// The project's file first, each file from its top; what several stages have in common is said
/// once.
fn in_order(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.sort_by_key(|found| {
        let span = found.span.as_ref();
        span.map(|span| (span.source.depth, span.range.start))
    });
    let mut once: Vec<Diagnostic> = Vec::new();
    for problem in found {
        if !once.contains(&problem) {
            once.push(problem);
        }
    }
    once
}
