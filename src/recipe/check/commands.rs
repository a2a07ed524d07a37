//! Commands: that values are inserted only where the shell reads a word.

use std::collections::BTreeSet;

use regex::Regex;

use super::names::{Extra, Names};
use crate::model::Hole;
use crate::recipe::diagnostic::{Diagnostic, choose};
use crate::recipe::source::{Span, Template};
use crate::recipe::template::{Tag, locate_name, names_in, plain_tags, tags};
use crate::recipe::value::Items;
use crate::script::{Insert, Inserts, ProblemKind, Site};

impl Names<'_> {
    /// Checks a command; one of items knows `item`.
    pub(super) fn command(&mut self, template: &Template, items: Option<&Items>) {
        let Some(names) = self.names(template) else { return };
        match items {
            None => self.data_names(template, names, Extra::None),
            Some(items) => self.item_names(template, &names, items),
        }
        self.words(template);
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
