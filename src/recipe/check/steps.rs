//! Steps: what they need around them.

use crate::recipe::diagnostic::{Diagnostic, choose};
use crate::recipe::source::At;
use crate::recipe::value::{BuiltIn, LayoutKind, Recipe, Step};

/// Everything that a step lacks.
pub(super) fn step(recipe: &Recipe, step: &Step, found: &mut Vec<Diagnostic>) {
    for secret in &step.secrets {
        undeclared(recipe, secret, found);
    }
    if let Some(built_in) = step.built_in() {
        grounded(recipe, step, built_in, found);
    }
    if let (Some(output), false) = (step.outputs.first(), step.once()) {
        let problem = Diagnostic::error(&output.span, "every host makes these outputs itself");
        found.push(
            problem
                .other(&step.name.span, "this step is done on all its hosts")
                .hint("`outputs` goes with once = true"),
        );
    }
}

/// A secret that a stage does not have.
fn undeclared(recipe: &Recipe, secret: &At<String>, found: &mut Vec<Diagnostic>) {
    let lacking = recipe.stages.values().find(|s| !s.secrets.contains_key(&secret.value));
    let Some(stage) = lacking else { return };
    let given = secret.value.escape_debug();
    let known: Vec<&str> = stage.secrets.keys().map(String::as_str).collect();
    let hint = match known.as_slice() {
        [] => Some(format!("declare it: [secrets] {given} = {{ command = \"...\" }}")),
        known => choose(&secret.value, known, "secret"),
    };
    let message = format!("the stage `{}` has no secret `{given}`", stage.name.value);
    found.push(Diagnostic::error(&secret.span, message).maybe_hint(hint));
}

/// A built-in step without what it works with.
fn grounded(recipe: &Recipe, step: &Step, built_in: BuiltIn, found: &mut Vec<Diagnostic>) {
    let name = &step.name;
    let lacks = |what: &str, hint: &str| {
        let message = format!("`{}` needs {what}", name.value);
        Diagnostic::error(&name.span, message).label("a built-in step").hint(hint)
    };
    let layout = recipe.layout.as_ref();
    let dated = layout.is_none_or(|layout| matches!(layout.kind, LayoutKind::Releases { .. }));
    match built_in {
        BuiltIn::Verify => return,
        BuiltIn::Release | BuiltIn::Prune if !dated => {
            let hint = "leave it out: the copies are there already";
            return found.push(lacks("a layout of kind `releases`", hint));
        }
        BuiltIn::Release | BuiltIn::Fetch | BuiltIn::Link | BuiltIn::Publish | BuiltIn::Prune => {}
    }
    if layout.is_none() {
        let hint = "[layout] kind = \"releases\", or give the step a `run` of its own";
        found.push(lacks("a [layout]", hint));
    }
    let sourceless = recipe.stages.values().find(|stage| stage.source.is_none());
    if let (BuiltIn::Fetch, Some(_)) = (built_in, sourceless) {
        let hint = "[source] repository = \"https://git.example.com/shop.git\"";
        found.push(lacks("a [source]", hint));
    }
}
