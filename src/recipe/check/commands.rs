//! Templates: that they can be read, take only names that exist, and insert only where the shell
//! reads a word.

use std::collections::BTreeSet;

use minijinja::Environment;
use regex::Regex;

use crate::model::Hole;
use crate::recipe::diagnostic::{Diagnostic, choose, meant};
use crate::recipe::source::{Span, Template};
use crate::recipe::template::{Tag, environment, locate_name, names_in, plain_tags, tags};
use crate::recipe::value::{Items, Recipe, Vars};
use crate::script::{Insert, Inserts, ProblemKind, Site, has_mark};

/// The names that every template knows.
const ALWAYS: [&str; 5] = ["app", "stage", "pipeline", "vars", "host"];
const OF_HOST: [&str; 4] = ["name", "address", "roles", "vars"];
/// Names that later versions give values to.
const LATER: [&str; 9] = [
    "release",
    "current",
    "previous",
    "layout",
    "slot",
    "source",
    "secrets",
    "maintenance",
    "params",
];

/// What can be named in the templates of a recipe.
pub(super) struct Names<'f> {
    environment: Environment<'static>,
    vars: BTreeSet<String>,
    has_root: bool,
    found: &'f mut Vec<Diagnostic>,
}

impl<'f> Names<'f> {
    pub(super) fn of(recipe: &Recipe, found: &'f mut Vec<Diagnostic>) -> Self {
        let stages = recipe.stages.values();
        let hosts = recipe.hosts.values();
        let mut has_root = recipe.root.is_some();
        has_root |= stages.clone().any(|stage| stage.root.is_some());
        has_root |= hosts.clone().any(|host| host.root.is_some());
        let all = stages.map(|stage| &stage.vars).chain(hosts.map(|host| &host.vars));
        let vars = all.chain([&recipe.vars]).flat_map(Vars::keys).cloned().collect();
        Self { environment: environment(), vars, has_root, found }
    }

    /// Checks plain data; `own` is the name that it gives a value to, and so cannot use.
    pub(super) fn data(&mut self, template: &Template, own: &str) {
        if let Some(names) = self.names(template) {
            self.data_names(template, names, own);
        }
    }

    fn data_names(&mut self, template: &Template, names: BTreeSet<String>, own: &str) {
        for name in names {
            let message = match name.split('.').next().unwrap_or_default() {
                "item" => "`item` is known in the `run` and `undo` of items only".to_owned(),
                root if root == own => format!("`{own}` cannot be made of itself"),
                _ => {
                    self.name(template, &name);
                    continue;
                }
            };
            self.found.push(Diagnostic::error(&locate_name(template, &name), message));
        }
    }

    /// Checks a command.
    pub(super) fn command(&mut self, template: &Template, items: Option<&Items>) {
        let Some(names) = self.names(template) else { return };
        match items {
            None => self.data_names(template, names, ""),
            Some(items) => self.item_names(template, &names, items),
        }
        self.words(template);
    }

    fn names(&mut self, template: &Template) -> Option<BTreeSet<String>> {
        if has_mark(&template.text) {
            let message = "the characters U+FDD0 to U+FDEF cannot be used";
            self.found.push(Diagnostic::error(&template.span, message));
            return None;
        }
        match names_in(&self.environment, template) {
            Ok(names) => Some(names),
            Err(fault) => {
                let hint = "{{ ... }} inserts a value; for the text itself write \
                            {% raw %}...{% endraw %}";
                let message = format!("the template cannot be read: {}", fault.message);
                self.found.push(Diagnostic::error(&fault.span, message).hint(hint));
                None
            }
        }
    }

    fn name(&mut self, template: &Template, name: &str) {
        let mut parts = name.split('.');
        let (root, field) = (parts.next().unwrap_or_default(), parts.next());
        let vars: Vec<&str> = self.vars.iter().map(String::as_str).collect();
        let (known, what): (&[&str], &str) = match (root, field) {
            ("root", None) if self.has_root => return,
            ("root", _) => {
                let problem = self.undefined(template, name);
                return self.found.push(problem.hint("set it: root = \"/srv/www/app\""));
            }
            ("vars", Some(field)) if vars.contains(&field) => return,
            ("vars", Some(_)) => (&vars, "variable"),
            ("host", Some(field)) if OF_HOST.contains(&field) => return,
            ("host", Some(_)) => (&OF_HOST, "field"),
            ("run", Some("id")) => return,
            ("run", _) => (&["run.id"], "field"),
            (root, _) if ALWAYS.contains(&root) => return,
            (root, _) if LATER.contains(&root) => {
                let message = format!("`{root}` is not available in this version");
                let span = locate_name(template, name);
                return self.found.push(Diagnostic::error(&span, message));
            }
            ("env", _) => {
                let problem = self.undefined(template, name);
                let hint = "a command reads its environment itself: \"$NAME\"";
                return self.found.push(problem.hint(hint));
            }
            _ => (&["app", "stage", "pipeline", "vars", "host", "root", "run.id"], "name"),
        };
        let given = if what == "name" { root } else { field.unwrap_or(root) };
        let hint = match meant(given, known.iter().copied()) {
            None if root == "vars" => Some(format!("give it a value in [vars]: {given} = \"...\"")),
            None => choose(given, known, what),
            hint => hint,
        };
        let problem = self.undefined(template, name).maybe_hint(hint);
        self.found.push(problem);
    }

    fn undefined(&self, template: &Template, name: &str) -> Diagnostic {
        let shown: Vec<&str> = name.split('.').take(2).collect();
        let message = format!("`{}` is not defined", shown.join("."));
        Diagnostic::error(&locate_name(template, name), message)
    }

    /// In the commands of items, `item` may be inserted, and nothing else done with it: its value
    /// is known only during the run.
    fn item_names(&mut self, template: &Template, names: &BTreeSet<String>, items: &Items) {
        let groups = items.pattern.as_ref().map(|pattern| groups(&pattern.value));
        let groups = groups.unwrap_or_default();
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        for name in names {
            match name.split_once('.') {
                _ if name == "item" => {}
                Some(("item", part)) if groups.contains(&part) => {}
                Some(("item", part)) => {
                    let hint = match groups.as_slice() {
                        [] => Some("name it in `match`: (?<name>...)".to_owned()),
                        groups => choose(part, groups, "group"),
                    };
                    let problem = self.undefined(template, name).maybe_hint(hint);
                    self.found.push(problem);
                }
                _ => self.name(template, name),
            }
        }
        if names.iter().any(|name| name.split('.').next() == Some("item"))
            && let Some(span) = self.computed(template)
        {
            let message = "an item can be inserted, but nothing can be computed with it";
            let hint = "its value is known only during the run: compute in the shell, \
                        name={{ item }}, then \"$name\"";
            self.found.push(Diagnostic::error(&span, message).hint(hint));
        }
    }

    /// Where `item` is more than inserted: what is left of it without its plain insertions.
    fn computed(&self, template: &Template) -> Option<Span> {
        let mut text = template.text.clone();
        for tag in tags(&template.text) {
            if tag.inserts && is_item(&tag.inner) {
                text.replace_range(tag.range.clone(), &" ".repeat(tag.range.len()));
            }
        }
        let rest = template.masked(text);
        let names = names_in(&self.environment, &rest).ok()?;
        let name = names.iter().find(|name| name.split('.').next() == Some("item"))?;
        Some(locate_name(&rest, name))
    }

    /// That every tag stands where the shell reads a word. With blocks, or with raw text, only the
    /// rendered command can tell.
    fn words(&mut self, template: &Template) {
        let Some(tags) = plain_tags(template) else { return };
        if tags.iter().any(|tag| tag.inner.contains("raw")) {
            return;
        }
        let (mut inserts, mut rendered, mut at) = (Inserts::default(), String::new(), 0);
        for tag in &tags {
            rendered.push_str(template.text.get(at..tag.range.start).unwrap_or_default());
            rendered.push_str(&inserts.push(Insert::Hole(Hole(String::new()))));
            at = tag.range.end;
        }
        rendered.push_str(template.text.get(at..).unwrap_or_default());
        for problem in inserts.command(&rendered).err().unwrap_or_default() {
            let span = site(template, &tags, &problem.site);
            let span = span.unwrap_or_else(|| template.span.clone());
            self.found.push(misplaced(&span, problem.kind));
        }
    }
}

/// Where a place in a rendered text stands in its template, which inserts by these tags and in no
/// other way; `None` for the whole.
pub(crate) fn site(template: &Template, tags: &[Tag], site: &Site) -> Option<Span> {
    match site {
        Site::Whole => None,
        Site::Insert(index) => Some(template.locate(tags.get(*index)?.range.clone())),
        Site::Text(values, range) => {
            let base = match values.checked_sub(1) {
                Some(last) => tags.get(last)?.range.end,
                None => 0,
            };
            Some(template.locate(base + range.start..base + range.end))
        }
    }
}

/// A value that cannot be inserted where it stands, or text that cannot stand in a command.
pub(crate) fn misplaced(span: &Span, kind: ProblemKind) -> Diagnostic {
    Diagnostic::error(span, kind.to_string()).maybe_hint(kind.hint().map(str::to_owned))
}

fn is_item(inner: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    inner == "item" || inner.strip_prefix("item.").is_some_and(plain)
}

/// The named groups of a regular expression; none of one that cannot be read.
fn groups(pattern: &str) -> Vec<String> {
    let Ok(pattern) = Regex::new(pattern) else { return Vec::new() };
    pattern.capture_names().flatten().map(str::to_owned).collect()
}
