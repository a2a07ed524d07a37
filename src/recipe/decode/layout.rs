//! `[layout]`

use super::fields::Fields;
use super::{Decoder, names, repeated};
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::{At, Span};
use crate::recipe::tree::{Node, Table};
use crate::recipe::value::{Layout, LayoutKind, Live, Shared, Slots};

const RELEASES: &str = "releases";
const SLOTS: &str = "slots";
const IN_PLACE: &str = "in-place";
/// How releases are named without more words.
const NAME: &str = "%Y%m%d%H%M%S";
const KEEP: u16 = 5;

/// Keys that only some kinds have.
const OF_KINDS: [(&str, &[&str]); 10] = [
    ("releases", &[RELEASES]),
    ("name", &[RELEASES]),
    ("current", &[RELEASES]),
    ("previous", &[RELEASES]),
    ("keep", &[RELEASES]),
    ("names", &[SLOTS]),
    ("path", &[SLOTS, IN_PLACE]),
    ("live", &[SLOTS]),
    ("switch", &[SLOTS]),
    ("keep_dirty", &[IN_PLACE]),
];

/// How releases lie on a host, if there are any.
pub(super) fn layout(decoder: &mut Decoder, root: Fields<'_>) -> Option<Layout> {
    let (fields, span) = (root.inner("layout")?, root.key("layout")?);
    let given = fields.text("kind");
    let span = given.as_ref().map_or_else(|| span.clone(), |kind| kind.span.clone());
    let kind = given.map_or_else(|| RELEASES.to_owned(), |kind| kind.value);
    let known = fields.has("kind") || !fields.written("kind");
    for (key, kinds) in OF_KINDS.into_iter().filter(|_| known) {
        if let (Some(key_span), false) = (fields.key(key), kinds.contains(&kind.as_str())) {
            let message = format!("a layout of kind `{kind}` has no `{key}`");
            let problem = Diagnostic::error(key_span, message).other(&span, "this kind");
            let hint = format!("`{key}` belongs to the kind `{}`", kinds.join("` or `"));
            decoder.report(problem.hint(hint));
        }
    }
    let roles = fields.names("roles");
    for role in &roles {
        names::name(decoder, "the name of a role", role);
    }
    repeated(decoder, &roles, "role");
    let kind = match kind.as_str() {
        SLOTS => LayoutKind::Slots(Box::new(slots(decoder, fields, &span))),
        IN_PLACE => LayoutKind::InPlace {
            path: inside(decoder, fields, "path").unwrap_or_else(|| ".".to_owned()),
            keep_dirty: paths(decoder, fields, "keep_dirty"),
        },
        _ => releases(decoder, fields),
    };
    Some(Layout {
        kind,
        roles,
        code: inside(decoder, fields, "code").unwrap_or_else(|| ".".to_owned()),
        shared_dirs: shared(decoder, fields, "shared_dirs"),
        shared_files: shared(decoder, fields, "shared_files"),
        keep: keep(decoder, fields),
        span,
    })
}

fn keep(decoder: &mut Decoder, fields: Fields<'_>) -> u16 {
    let Some(keep) = fields.count("keep") else { return KEEP };
    if keep.value == 0 {
        let problem = Diagnostic::error(&keep.span, "`keep` is 0: the served release is one");
        decoder.report(problem.hint("at least 1; more are there to go back to"));
    }
    keep.value
}

fn releases(decoder: &mut Decoder, fields: Fields<'_>) -> LayoutKind {
    if let Some(name) = fields.text("name") {
        release_name(decoder, &name);
    }
    let current = fields.text("current");
    let previous = fields.text("previous");
    if let (Some(current), Some(previous)) = (&current, &previous)
        && current.value == previous.value
    {
        let problem = Diagnostic::error(&previous.span, "`previous` is the same as `current`");
        decoder.report(problem.other(&current.span, "this link"));
    }
    LayoutKind::Releases {
        releases: inside(decoder, fields, "releases").unwrap_or_else(|| RELEASES.to_owned()),
        name: fields.text("name").map_or_else(|| NAME.to_owned(), |name| name.value),
        current: inside(decoder, fields, "current").unwrap_or_else(|| "current".to_owned()),
        previous: inside(decoder, fields, "previous"),
    }
}

/// Reports names that could be the same for two releases, or sort in another order than time.
fn release_name(decoder: &mut Decoder, name: &At<String>) {
    let mut fields = String::new();
    let mut chars = name.value.chars();
    let mut plain = true;
    while let Some(c) = chars.next() {
        match c {
            '%' => fields.extend(chars.next()),
            c => plain &= c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'),
        }
    }
    let starts = name.value.starts_with(|c: char| c == '%' || c.is_ascii_alphanumeric());
    if fields == "YmdHMS" && plain && starts {
        return;
    }
    let message = format!("`{}` cannot name releases", name.value.escape_debug());
    let hint = "year to second in this order, such as \"%Y%m%d%H%M%S\" or \"%Y%m%d-%H%M%S\"";
    decoder.report(Diagnostic::error(&name.span, message).hint(hint));
}

fn slots(decoder: &mut Decoder, fields: Fields<'_>, span: &Span) -> Slots {
    for key in ["path", "live", "switch"] {
        if !fields.written(key) {
            let message = format!("a layout of kind `slots` needs `{key}`");
            decoder.missing(Diagnostic::error(span, message));
        }
    }
    let names = fields.names("names");
    for name in &names {
        names::name(decoder, "the name of a slot", name);
    }
    repeated(decoder, &names, "slot");
    let built_in = |name: &str| At { value: name.to_owned(), span: span.clone() };
    let names = match <[At<String>; 2]>::try_from(names) {
        Ok(names) => names,
        Err(names) => {
            if let (Some(key), false) = (fields.key("names"), names.len() == 2) {
                let problem = Diagnostic::error(key, "there are two slots, not more or fewer");
                decoder.report(problem.hint("names = [\"A\", \"B\"]"));
            }
            [built_in("A"), built_in("B")]
        }
    };
    Slots {
        names,
        path: fields.needed("path", span),
        live: live(decoder, fields, span),
        switch: fields.needed("switch", span),
        record: fields.template("record"),
    }
}

fn live(decoder: &mut Decoder, outer: Fields<'_>, span: &Span) -> Live {
    let none = Table::new();
    let fields = outer.inner("live").unwrap_or(Fields::of(&none));
    for key in ["link", "target"] {
        if let (Some(span), false) = (outer.key("live"), fields.written(key)) {
            decoder.missing(Diagnostic::error(span, format!("the live link has no `{key}`")));
        }
    }
    Live { link: fields.needed("link", span), target: fields.needed("target", span) }
}

/// A relative path, if it is given.
fn inside(decoder: &mut Decoder, fields: Fields<'_>, key: &str) -> Option<String> {
    let path = fields.text(key)?;
    names::inside(decoder, key, &path);
    Some(path.value)
}

fn paths(decoder: &mut Decoder, fields: Fields<'_>, key: &str) -> Vec<String> {
    let paths = fields.names(key);
    for path in &paths {
        names::inside(decoder, key, path);
    }
    paths.into_iter().map(|path| path.value).collect()
}

fn shared(decoder: &mut Decoder, fields: Fields<'_>, key: &str) -> Vec<Shared> {
    let all: Vec<Shared> =
        fields.list(key).iter().filter_map(|node| one_shared(decoder, node)).collect();
    for shared in &all {
        for path in [&shared.at, &shared.from] {
            names::inside(decoder, key, path);
        }
    }
    let at: Vec<At<String>> = all.iter().map(|shared| shared.at.clone()).collect();
    repeated(decoder, &at, "path");
    all
}

fn one_shared(decoder: &mut Decoder, node: &Node) -> Option<Shared> {
    if let Some(at) = node.at() {
        return Some(Shared { from: at.clone(), at });
    }
    let fields = Fields::of(node.table()?);
    if !fields.written("at") {
        let problem = Diagnostic::error(&node.span, "a shared path has no `at`");
        decoder.missing(problem.hint("{ at = \"public/system\", from = \"system\" }"));
    }
    let at = fields.text("at")?;
    Some(Shared { from: fields.text("from").unwrap_or_else(|| at.clone()), at })
}
