//! Templates as they are written: their syntax, the names that they use, and where their tags
//! stand. They are evaluated in `plan`.

use std::{collections::BTreeSet, ops::Range};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::source::{Span, Template};

/// What minijinja provides by itself and no recipe defines.
const GLOBALS: [&str; 5] = ["range", "dict", "namespace", "debug", "loop"];

/// A template that cannot be read.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// How templates are read, here and where they are evaluated: undefined names are errors, nothing
/// is escaped, and there are no comments, because the shell writes `${#name}`.
pub(crate) fn environment() -> Environment<'static> {
    const NO_COMMENT: (&str, &str) = ("\u{FDD2}", "\u{FDD3}");
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_keep_trailing_newline(true);
    let mut syntax = SyntaxConfig::builder();
    syntax.comment_delimiters(NO_COMMENT.0, NO_COMMENT.1);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment
}

/// The names that a template takes from outside, with their parts: `app`, `vars.settings`.
pub(crate) fn names_in(
    environment: &Environment<'_>,
    template: &Template,
) -> Result<BTreeSet<String>, Fault> {
    match environment.template_from_str(&template.text) {
        Ok(parsed) => {
            let root = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
            let mut names: BTreeSet<String> =
                parsed.undeclared_variables(true).into_iter().collect();
            names.retain(|name| !GLOBALS.contains(&root(name).as_str()));
            Ok(names)
        }
        Err(error) => Err(Fault {
            message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
            span: line_of(template, error.line()),
        }),
    }
}

/// Where a line of a template stands, as narrow as can be said: its only tag, else the line.
pub(crate) fn line_of(template: &Template, line: Option<usize>) -> Span {
    let Some(line) = line else { return template.span.clone() };
    let begin: usize =
        template.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = template.text.get(begin..).unwrap_or_default();
    let whole = rest.split('\n').next().unwrap_or_default();
    let here: Vec<Tag> = tags(&template.text)
        .into_iter()
        .filter(|tag| (begin..=begin + whole.len()).contains(&tag.range.start))
        .collect();
    if let [tag] = here.as_slice() {
        return template.locate(tag.range.clone());
    }
    let indent = whole.len() - whole.trim_start().len();
    let begin = begin + indent;
    template.locate(begin..begin + whole.trim().len())
}

/// Where a name stands in a template; the whole value when it cannot be found.
pub(crate) fn locate_name(template: &Template, name: &str) -> Span {
    let inner = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    for tag in tags(&template.text) {
        let text = template.text.get(tag.range.clone()).unwrap_or_default();
        for (at, _) in text.match_indices(name) {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
            let continues = after.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !before.is_some_and(inner) && !continues {
                let begin = tag.range.start + at;
                return template.locate(begin..begin + name.len());
            }
        }
    }
    template.span.clone()
}

/// One `{{ ... }}` or `{% ... %}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) range: Range<usize>,
    /// Whether it inserts a value.
    pub(crate) inserts: bool,
    /// What stands between the braces.
    pub(crate) inner: String,
}

/// The tags of a template in order. Inside `{% raw %}` there are none.
pub(crate) fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some((begin, inserts)) = next_tag(text, at) {
        let close = if inserts { "}}" } else { "%}" };
        let Some(end) = end_of(text, begin + 2, close) else { break };
        let inner = text.get(begin + 2..end - 2).unwrap_or_default();
        let inner = inner.trim_matches(['-', '+']).trim().to_owned();
        at = end;
        if inner == "raw" && !inserts {
            let rest = text.get(end..).unwrap_or_default();
            at = rest.find("endraw").map_or(text.len(), |found| end + found);
        }
        tags.push(Tag { range: begin..end, inserts, inner });
    }
    tags
}

fn next_tag(text: &str, at: usize) -> Option<(usize, bool)> {
    let rest = text.get(at..)?;
    let (value, block) = (rest.find("{{"), rest.find("{%"));
    match (value, block) {
        (Some(value), Some(block)) if block < value => Some((at + block, false)),
        (Some(value), _) => Some((at + value, true)),
        (None, Some(block)) => Some((at + block, false)),
        (None, None) => None,
    }
}

/// Behind the end of a tag, which no string in it can hold.
fn end_of(text: &str, begin: usize, close: &str) -> Option<usize> {
    let rest = text.get(begin..)?;
    let mut within: Option<char> = None;
    let mut escaped = false;
    let mut braces = 0u32;
    for (at, c) in rest.char_indices() {
        match within {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(quote) if c == quote => within = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => within = Some(c),
            None if braces == 0 && rest.get(at..)?.starts_with(close) => {
                return Some(begin + at + close.len());
            }
            None if c == '{' => braces += 1,
            None if c == '}' => braces = braces.saturating_sub(1),
            None => {}
        }
    }
    None
}

/// The tags of a template that only inserts: the n-th value inserted stands at the n-th tag.
/// `None` when blocks decide what is inserted.
pub(crate) fn plain_tags(template: &Template) -> Option<Vec<Tag>> {
    let tags = tags(&template.text);
    tags.iter().all(|tag| tag.inserts).then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_where_the_template_language_ends_them() {
        let inner = |text| tags(text).into_iter().map(|tag| tag.inner).collect::<Vec<_>>();
        assert_eq!(inner("a {{ x }} {{- y -}} {%- if z %}"), ["x", "y", "if z"]);
        assert_eq!(inner("{{ '}}' ~ \"%}\\\"}}\" }}"), ["'}}' ~ \"%}\\\"}}\""]);
        assert_eq!(inner("{{ {'a': {}}['a'] }}b"), ["{'a': {}}['a']"]);
        assert_eq!(inner("{% raw %}{{ x }}{% endraw %}{{ y }}"), ["raw", "y"]);
        assert_eq!(inner("{{ open"), [""; 0]);
    }
}
