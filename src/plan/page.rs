//! The maintenance page, and what raises and lowers it.

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::adopted::{Whose, whose_on};
use super::commands::{Commands, plain};
use super::ground::Machine;
use crate::model::{Act, BoxMode, Raised};
use crate::recipe::{Diagnostic, Maintenance};
use crate::script::builtin;

/// The page that visitors see when the recipe has none of its own.
const PAGE: &str = include_str!("maintenance.html");

impl Commands<'_> {
    /// Puts the page up on a machine, and takes it down. Where a person has it up, it stays that
    /// person's, and up.
    pub(super) fn page(&mut self, of: &Maintenance, machine: &Machine) -> Option<(Act, Act)> {
        let path = self.data(&of.path, &machine.context).to_string();
        let (adopted, left) = match whose_on(machine) {
            Some(Whose::Hand(raised)) => (Some(raised), None),
            Some(Whose::Left(raised)) => (None, Some(raised.run.as_str())),
            Some(Whose::Open(_) | Whose::Nobody) | None => (None, None),
        };
        let raised = adopted.cloned().unwrap_or_else(|| self.raised());
        let template = self.template(of)?.to_owned();
        let page = match page(&template, &self.ground.recipe.app, &raised) {
            Ok(page) => page,
            Err(problem) => {
                let place = of.page.as_ref().map_or(&of.span, |page| &page.span);
                let problem = Diagnostic::error(place, format!("the page: {problem}"));
                self.fail(problem);
                return None;
            }
        };
        let state = &machine.host.state_dir;
        let up = match adopted {
            Some(_) => builtin::raise_again(state, &path, (&page, &raised)),
            None => builtin::raise(state, &path, (&page, &raised), left),
        };
        let down = match adopted {
            Some(raised) => builtin::kept_up(&path, raised),
            None => builtin::lower(state, &path, &raised.run),
        };
        let (up, down) = (self.scripted(&of.span, up), self.scripted(&of.span, down));
        let frame = self.frame(None, machine);
        Some((plain(&frame, up, BoxMode::Inline), plain(&frame, down, BoxMode::Inline)))
    }

    fn raised(&self) -> Raised {
        let known = &self.ground.request.known;
        Raised {
            run: self.ground.request.run.to_string(),
            by: known.by.clone(),
            since: known.at,
            reason: known.reason.clone(),
            until: known.until,
        }
    }

    fn template(&mut self, of: &Maintenance) -> Option<&str> {
        let Some(file) = &of.page else { return Some(PAGE) };
        let text = self.ground.request.known.files.get(&file.value);
        if text.is_none() {
            let message = format!("`{}` was not read", file.value.escape_debug());
            let problem = Diagnostic::error(&file.span, message);
            self.fail(problem);
        }
        text.map(String::as_str)
    }
}

/// The page, with everything inserted escaped for HTML, and our mark in it.
///
/// # Errors
/// What is wrong with the template.
pub fn page(template: &str, app: &str, raised: &Raised) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("day_and_time", day_and_time);
    let text = |value: Option<String>| Value::from(value.unwrap_or_default());
    let context = Value::from_iter([
        ("app", Value::from(app)),
        ("by", Value::from(raised.by.as_str())),
        ("reason", text(raised.reason.clone())),
        ("since", Value::from(raised.since.to_string())),
        ("until", text(raised.until.map(|until| until.to_string()))),
    ]);
    let mut page = environment.render_str(template, context).map_err(|error| wrong(&error))?;
    if !page.contains(crate::model::MAINTENANCE_MARK) {
        page.push_str(crate::model::MAINTENANCE_MARK);
        page.push('\n');
    }
    Ok(page)
}

/// A time as people write it: `22 November 2026, 14:30 UTC`.
fn day_and_time(text: String) -> String {
    let Ok(at) = text.parse::<jiff::Timestamp>() else { return text };
    builtin::day_and_time(at)
}

/// What is wrong with a template, and in which of its lines.
fn wrong(error: &minijinja::Error) -> String {
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::UndefinedError, _) => {
            "it has a value that no page has; there are app, reason, since, until and by"
        }
        (_, Some(detail)) => detail,
        (_, None) => "it cannot be read",
    };
    match error.line() {
        Some(line) => format!("line {line}: {what}"),
        None => what.to_owned(),
    }
}

/// The page of the recipe, or the built-in one.
#[must_use]
pub fn page_template(custom: Option<&str>) -> &str {
    custom.unwrap_or(PAGE)
}

/// Whether a machine has the page.
pub(super) fn has_page(of: &Maintenance, machine: &Machine) -> bool {
    let roles = &machine.host.roles;
    !machine.host.is_local()
        && (of.roles.is_empty() || of.roles.iter().any(|role| roles.contains(&role.value)))
}
