//! Directories on the hosts: that they mean the same from everywhere.

use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::Span;
use crate::recipe::value::Recipe;

/// Everything that is wrong with directories on the hosts.
pub(super) fn paths(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let own = [(Place::Root, &recipe.root), (Place::StateDir, &recipe.state_dir)];
    let stages = recipe.stages.values().map(|stage| (Place::Root, &stage.root));
    let hosts = recipe.hosts.values().map(|host| (Place::Root, &host.root));
    for (place, template) in own.into_iter().chain(stages).chain(hosts) {
        let Some(template) = template else { continue };
        if !template.text.starts_with("{{") && !place.is_anchored(&template.text) {
            found.push(place.unanchored(&template.span));
        }
    }
    rootless(recipe, found);
}

/// Releases lie below a root.
fn rootless(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let Some(layout) = &recipe.layout else { return };
    let stages = recipe.stages.values();
    let known = recipe.root.is_some()
        || stages.clone().all(|stage| stage.root.is_some())
        || recipe.hosts.values().all(|host| host.root.is_some());
    if !known {
        let problem = Diagnostic::error(&layout.span, "releases have no `root` to lie in");
        found.push(problem.hint("root = \"/srv/www/app\""));
    }
}

/// The keys that hold a directory on the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `root`: commands get it as a quoted word, in which no shell reads `~`.
    Root,
    /// `state_dir`: only used by deployui itself, which knows `~/`.
    StateDir,
}

impl Place {
    fn key(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::StateDir => "state_dir",
        }
    }

    /// Whether the path means the same from every directory.
    pub(crate) fn is_anchored(self, path: &str) -> bool {
        path.starts_with('/') || (self == Self::StateDir && path.starts_with("~/"))
    }

    /// A path that depends on where one stands.
    pub(crate) fn unanchored(self, span: &Span) -> Diagnostic {
        let hint = match self {
            Self::Root => "begin it with `/`; the shell does not expand `~` in an inserted value",
            Self::StateDir => "begin it with `/`, or with `~/` for the home of the login user",
        };
        Diagnostic::error(span, format!("`{}` is not an absolute path", self.key())).hint(hint)
    }

    /// A path that no screen and no command can show.
    pub(crate) fn unprintable(self, span: &Span) -> Diagnostic {
        Diagnostic::error(span, format!("`{}` has control characters", self.key()))
    }
}
