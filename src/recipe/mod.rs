//! deploy.toml: decoded, checked, and every fault shown where it stands.

mod check;
mod decode;
mod diagnostic;
pub mod keys;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod value;

use std::sync::Arc;

pub(crate) use check::{Place, misplaced, site};
pub(crate) use diagnostic::choose;
pub use diagnostic::{Diagnostic, Severity};
pub use source::{At, Source, Span, Template};
pub(crate) use template::{environment, line_of, locate_name, names_in, plain_tags};
pub use value::{
    Condition, Entry, Env, Host, Items, Pipeline, Recipe, Share, Stage, Step, Var, Vars, Where,
    Work,
};

impl Recipe {
    /// Reads the text of a deploy.toml that is called `shown` on screens. Returns the warnings
    /// beside the recipe.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text, warnings among it.
    pub fn parse(shown: &str, text: &str) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let source = Arc::new(Source { shown: shown.to_owned(), text: text.to_owned() });
        let decode::Decoded { recipe, problems: mut found, whole } = decode::recipe(&source);
        if whole {
            found.extend(check::recipe(&recipe));
        }
        found.sort_by_key(|found| found.span.as_ref().map(|span| span.range.start));
        if found.iter().any(|found| found.severity == Severity::Error) {
            return Err(found);
        }
        Ok((recipe, found))
    }
}
