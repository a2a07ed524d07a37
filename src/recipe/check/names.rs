//! The names that templates may take, as far as they are known without hosts.

use std::collections::BTreeSet;

use minijinja::Environment;

use crate::recipe::diagnostic::{Diagnostic, choose, meant};
use crate::recipe::source::Template;
use crate::recipe::template::{environment, locate_name, names_in};
use crate::recipe::value::{LayoutKind, Recipe, Vars};
use crate::script::has_mark;

/// The names that every template knows.
const ALWAYS: [&str; 5] = ["app", "stage", "pipeline", "vars", "host"];

/// What a name that has fields needs to be known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Layout,
    Source,
    Maintenance,
}

/// Names whose fields are fixed.
const FIELDS: [(&str, Needs, &[&str]); 8] = [
    ("host", Needs::Nothing, &["name", "address", "roles", "vars"]),
    ("run", Needs::Nothing, &["id", "by", "reason"]),
    ("release", Needs::Layout, &["name", "path", "code", "revision", "ref"]),
    ("current", Needs::Layout, &["name", "path", "code", "revision"]),
    ("previous", Needs::Layout, &["name", "path", "code", "revision"]),
    ("layout", Needs::Layout, &["kind", "releases", "shared", "current", "previous", "path"]),
    ("source", Needs::Source, &["repository", "ref", "via"]),
    ("maintenance", Needs::Maintenance, &["path", "bypass"]),
];

/// What a template knows or lacks by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// Nothing special.
    None,
    /// It gives `root` its value, and so cannot use it.
    Root,
    /// It is sent by a webhook.
    Event,
}

/// What can be named in the templates of a recipe.
pub(super) struct Names<'f> {
    pub(super) environment: Environment<'static>,
    vars: BTreeSet<String>,
    params: BTreeSet<String>,
    has_root: bool,
    has_slots: bool,
    has: [(Needs, bool); 4],
    pub(super) found: &'f mut Vec<Diagnostic>,
}

impl<'f> Names<'f> {
    pub(super) fn of(recipe: &Recipe, found: &'f mut Vec<Diagnostic>) -> Self {
        let stages = recipe.stages.values();
        let hosts = recipe.hosts.values();
        let mut has_root = recipe.root.is_some();
        has_root |= stages.clone().any(|stage| stage.root.is_some());
        has_root |= hosts.clone().any(|host| host.root.is_some());
        let all = stages.clone().map(|stage| &stage.vars).chain(hosts.map(|host| &host.vars));
        let vars = all.chain([&recipe.vars]).flat_map(Vars::keys).cloned().collect();
        let layout = recipe.layout.as_ref().map(|layout| &layout.kind);
        Self {
            environment: environment(),
            vars,
            params: recipe.params.keys().cloned().collect(),
            has_root,
            has_slots: matches!(layout, Some(LayoutKind::Slots(_))),
            has: [
                (Needs::Nothing, true),
                (Needs::Layout, layout.is_some()),
                (Needs::Source, stages.clone().any(|stage| stage.source.is_some())),
                (Needs::Maintenance, stages.clone().any(|stage| stage.maintenance.is_some())),
            ],
            found,
        }
    }

    /// Checks plain data.
    pub(super) fn data(&mut self, template: &Template, extra: Extra) {
        if let Some(names) = self.names(template) {
            self.data_names(template, names, extra);
        }
    }

    pub(super) fn data_names(
        &mut self,
        template: &Template,
        names: BTreeSet<String>,
        extra: Extra,
    ) {
        for name in names {
            let message = match (name.split('.').next().unwrap_or_default(), extra) {
                ("item", _) => {
                    "`item` is known in the `run`, `undo` and `preview` of items only".to_owned()
                }
                ("event" | "outcome", Extra::Event) => continue,
                ("root", Extra::Root) => "`root` cannot be made of itself".to_owned(),
                _ => {
                    self.name(template, &name);
                    continue;
                }
            };
            self.found.push(Diagnostic::error(&locate_name(template, &name), message));
        }
    }

    /// The names that a template takes; `None`: it cannot be read, which is reported.
    pub(super) fn names(&mut self, template: &Template) -> Option<BTreeSet<String>> {
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

    /// Checks one name.
    pub(super) fn name(&mut self, template: &Template, name: &str) {
        if let Some(hint) = self.unknown(name) {
            let problem = self.undefined(template, name).maybe_hint(hint);
            self.found.push(problem);
        }
    }

    /// Whether a name is unknown, and if so what to do.
    fn unknown(&self, name: &str) -> Option<Option<String>> {
        let mut parts = name.split('.');
        let (root, field) = (parts.next().unwrap_or_default(), parts.next());
        let own = |names: &BTreeSet<String>, field: &str, hint: String| {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            (!known.contains(&field)).then(|| Some(meant(field, known).unwrap_or(hint)))
        };
        match (root, field) {
            ("root", None) if self.has_root => None,
            ("root", _) => Some(Some("set it: root = \"/srv/www/app\"".to_owned())),
            ("vars", Some(field)) => {
                own(&self.vars, field, format!("give it a value in [vars]: {field} = \"...\""))
            }
            ("params", Some(field)) => {
                own(&self.params, field, "a recipe asks for it in its [params]".to_owned())
            }
            ("params", None) => None,
            ("slot", None) if self.has_slots => None,
            ("slot", _) => Some(Some("a layout of kind `slots` has it".to_owned())),
            ("secrets", _) => {
                let hint =
                    "a step reads it from its environment: secrets = [\"NAME\"], then \"$NAME\"";
                Some(Some(hint.to_owned()))
            }
            ("env", _) => {
                Some(Some("a command reads its environment itself: \"$NAME\"".to_owned()))
            }
            (root, field) => self.fielded(root, field),
        }
    }

    fn fielded(&self, root: &str, field: Option<&str>) -> Option<Option<String>> {
        let Some((_, needs, fields)) = FIELDS.iter().find(|(name, ..)| *name == root) else {
            return self.plain(root);
        };
        if !self.has.contains(&(*needs, true)) {
            let table = match needs {
                Needs::Nothing => return None,
                Needs::Layout => "layout",
                Needs::Source => "source",
                Needs::Maintenance => "maintenance",
            };
            return Some(Some(format!("it comes with a [{table}]")));
        }
        match field {
            Some(field) if fields.contains(&field) => None,
            Some(field) => Some(choose(field, fields, "field")),
            None if root == "host" => None,
            None => Some(Some(format!("name one of its fields: {}", fields.join(", ")))),
        }
    }

    fn plain(&self, root: &str) -> Option<Option<String>> {
        if ALWAYS.contains(&root) {
            return None;
        }
        let mut known = ALWAYS.to_vec();
        known.push("root");
        if !self.params.is_empty() {
            known.push("params");
        }
        let has = |needs: Needs| self.has.contains(&(needs, true));
        known.extend(FIELDS.iter().filter(|(_, needs, _)| has(*needs)).map(|(name, ..)| *name));
        known.dedup();
        Some(choose(root, &known, "name"))
    }

    pub(super) fn undefined(&self, template: &Template, name: &str) -> Diagnostic {
        let shown: Vec<&str> = name.split('.').take(2).collect();
        let message = format!("`{}` is not defined", shown.join("."));
        Diagnostic::error(&locate_name(template, name), message)
    }
}
