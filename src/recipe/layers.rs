//! The project's file over the recipe that it names, over the recipe that that one names.

use std::path::Path;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, choose};
use super::keys;
use super::merge::{Level, merge};
use super::params::Params;
use super::shape::{self, Role};
use super::shipped;
use super::source::{At, Source};
use super::tree::{self, Table};

/// Reads a file of the operator's machine by its path; why not, in words.
pub type Load<'f> = &'f dyn Fn(&str) -> Result<String, String>;

/// Recipes on recipes; more are a mistake.
const LAYERS_MAX: usize = 8;

/// All files of a project as one.
pub(super) struct Layers {
    /// The project's file.
    pub(super) source: Arc<Source>,
    /// The recipe that it builds on.
    pub(super) base: Option<At<String>>,
    /// Everything but `params` and `recipe`.
    pub(super) root: Table,
    /// What recipes ask for, and what they get.
    pub(super) params: Params,
    /// Whether a file is missing or is not TOML: what seems to be missing may be in it.
    pub(super) torn: bool,
}

/// One file.
struct File {
    table: Table,
    role: Role,
    base: Option<At<String>>,
}

/// Reads the project's file and everything that it builds on.
pub(super) fn read(source: &Arc<Source>, load: Load<'_>, found: &mut Vec<Diagnostic>) -> Layers {
    let mut files = vec![file(source, Role::Project, found)];
    let base = files.first().and_then(|file| file.base.clone());
    let mut torn = false;
    let mut seen = vec![source.shown.clone()];
    let mut next = base.clone();
    while let Some(name) = next.take() {
        match recipe(&name, load, &mut seen) {
            Ok(source) => {
                let file = file(&source, Role::Recipe, found);
                next.clone_from(&file.base);
                files.push(file);
            }
            Err(problem) => {
                found.push(*problem);
                torn = true;
                break;
            }
        }
    }
    torn |= found.iter().any(|problem| problem.label == tree::NOT_TOML);
    let (mut root, mut params) = (Table::new(), Params::default());
    for mut file in files.into_iter().rev() {
        if let Some(given) = file.table.remove("params") {
            params.add(given, file.role, found);
        }
        merge(&mut root, file.table, Level::Keys(keys::Table::Root));
    }
    Layers { source: Arc::clone(source), base, root, params, torn }
}

fn file(source: &Arc<Source>, role: Role, found: &mut Vec<Diagnostic>) -> File {
    let mut table = tree::read(source, found);
    shape::check(&mut table, role, found);
    let base = table.remove("recipe").and_then(|node| node.at());
    File { table, role, base }
}

/// The recipe of that name, or in that file.
fn recipe(
    name: &At<String>,
    load: Load<'_>,
    seen: &mut Vec<String>,
) -> Result<Arc<Source>, Box<Diagnostic>> {
    let given = name.value.escape_debug();
    let is_path = name.value.contains('/') || Path::new(&name.value).extension().is_some();
    let shown = if is_path { name.beside() } else { shipped::shown(&name.value) };
    if seen.contains(&shown) {
        let message = format!("the recipe `{given}` builds on itself");
        return Err(Box::new(Diagnostic::error(&name.span, message)));
    }
    if seen.len() > LAYERS_MAX {
        let message = format!("more than {LAYERS_MAX} recipes, each on the next");
        return Err(Box::new(Diagnostic::error(&name.span, message)));
    }
    let text = if is_path {
        load(&shown).map_err(|why| {
            let message = format!("cannot read the recipe `{}`: {why}", shown.escape_debug());
            let hint = "a relative path begins at the file that says it";
            Box::new(Diagnostic::error(&name.span, message).hint(hint))
        })?
    } else {
        let known: Vec<&str> = shipped::names().collect();
        let text = shipped::text(&name.value).ok_or_else(|| {
            let message = format!("there is no shipped recipe `{given}`");
            let hint = choose(&name.value, &known, "recipe");
            Box::new(Diagnostic::error(&name.span, message).maybe_hint(hint))
        })?;
        text.to_owned()
    };
    seen.push(shown.clone());
    Ok(Arc::new(Source { shown, text, depth: seen.len() - 1 }))
}
