//! What a stage has around its steps: the recipe's, with the stage's over it.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{Decoder, names, repeated};
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::keys;
use crate::recipe::merge::{Level, merge};
use crate::recipe::source::At;
use crate::recipe::tree::{Node, Table, in_order};
use crate::recipe::value::{
    CodeSource, Maintenance, Notify, NotifyOn, Probe, Secret, SecretFrom, Stage, Via,
};

/// Gives the stages their source, maintenance and secrets.
pub(super) fn stages(
    decoder: &mut Decoder,
    root: Fields<'_>,
    mut stages: BTreeMap<String, Stage>,
) -> BTreeMap<String, Stage> {
    let of_stages = root.entries("stages");
    for stage in stages.values_mut() {
        let own = of_stages.iter().find(|(name, _)| name.value == stage.name.value);
        let own = own.and_then(|(_, node)| node.table()).map(Fields::of);
        let merged = |key: &str, level: Level| {
            let mut table = root.table(key).cloned();
            if let Some(over) = own.and_then(|own| own.table(key)) {
                merge(table.get_or_insert_default(), over.clone(), level);
            }
            table
        };
        if let Some(table) = merged("source", Level::Keys(keys::Table::Source)) {
            let key = own.and_then(|own| own.key("source")).or(root.key("source"));
            let at = key.map_or_else(|| stage.name.clone(), |key| at(key, "source"));
            stage.source = Some(source(decoder, &at, Fields::of(&table)));
        }
        if let Some(table) = merged("maintenance", Level::Keys(keys::Table::Maintenance)) {
            let key = own.and_then(|own| own.key("maintenance")).or(root.key("maintenance"));
            let at = key.map_or_else(|| stage.name.clone(), |key| at(key, "maintenance"));
            stage.maintenance = Some(maintenance(decoder, &at, Fields::of(&table)));
        }
        let secrets = merged("secrets", Level::Names(keys::Table::Secret));
        stage.secrets = self::secrets(decoder, &secrets.unwrap_or_default());
    }
    stages
}

fn at(span: &crate::recipe::source::Span, name: &str) -> At<String> {
    At { value: name.to_owned(), span: span.clone() }
}

fn source(decoder: &mut Decoder, at: &At<String>, fields: Fields<'_>) -> CodeSource {
    if !fields.written("repository") {
        let problem = Diagnostic::error(&at.span, "the source has no `repository`");
        decoder.missing(problem.hint("repository = \"https://git.example.com/shop.git\""));
    }
    let via = match fields.text("via").as_ref().map(|via| via.value.as_str()) {
        Some("operator") => Via::Operator,
        Some(_) | None => Via::Host,
    };
    CodeSource {
        repository: fields.needed("repository", &at.span),
        reference: fields.template("ref"),
        via,
    }
}

fn maintenance(decoder: &mut Decoder, at: &At<String>, fields: Fields<'_>) -> Maintenance {
    if !fields.written("path") {
        let problem = Diagnostic::error(&at.span, "the maintenance page has no `path`");
        decoder
            .missing(problem.hint("path = \"{{ layout.shared }}/system/maintenance.html\", say"));
    }
    let roles = fields.names("roles");
    for role in &roles {
        names::name(decoder, "the name of a role", role);
    }
    repeated(decoder, &roles, "role");
    let mut steps = |key: &str| {
        let names = fields.names(key);
        names.iter().filter_map(|name| decoder.used(name)).collect()
    };
    let (enter, leave) = (steps("enter"), steps("leave"));
    Maintenance {
        span: at.span.clone(),
        page: fields.file("page"),
        roles,
        probe: fields.inner("probe").map(|inner| probe(decoder, at, inner)),
        hits: fields.template("hits"),
        enter,
        leave,
        bypass: fields.template("bypass"),
        path: fields.needed("path", &at.span),
    }
}

fn probe(decoder: &mut Decoder, at: &At<String>, fields: Fields<'_>) -> Probe {
    if !fields.written("url") {
        let problem = Diagnostic::error(&at.span, "the probe of maintenance has no `url`");
        decoder.missing(problem.hint("probe = { url = \"http://127.0.0.1/\", host = \"...\" }"));
    }
    let headers = fields.headers(decoder, "headers");
    Probe { url: fields.needed("url", &at.span), host: fields.template("host"), headers }
}

fn secrets(decoder: &mut Decoder, table: &Table) -> BTreeMap<String, Secret> {
    let mut secrets = BTreeMap::new();
    for (name, node) in in_order(table) {
        names::identifier(decoder, "a secret", &name);
        let Some(fields) = node.table().map(Fields::of) else { continue };
        if let Some(from) = secret(decoder, &name, fields) {
            secrets.insert(name.value.clone(), Secret { name, from });
        }
    }
    secrets
}

fn secret(decoder: &mut Decoder, name: &At<String>, fields: Fields<'_>) -> Option<SecretFrom> {
    const WAYS: [&str; 4] = ["command", "env", "file", "prompt"];
    let given: Vec<&str> = WAYS.into_iter().filter(|way| fields.has(way)).collect();
    let shown = name.value.escape_debug();
    let hint = "command = \"pass show shop/db\", or env, file or prompt";
    match given.as_slice() {
        [_] => {}
        [] if fields.bad().next().is_some() => return None,
        [] => {
            let message = format!("nothing says where the secret `{shown}` is got");
            decoder.report(Diagnostic::error(&name.span, message).hint(hint));
            return None;
        }
        [one, other, ..] => {
            let message = format!("the secret `{shown}` has `{one}` and `{other}`");
            decoder.report(Diagnostic::error(&name.span, message).hint("leave one of them out"));
        }
    }
    for way in given {
        let empty = fields.text(way).filter(|text| text.value.trim().is_empty());
        let no = fields.get(way).filter(|node| node.flag() == Some(false));
        if let Some(span) = empty.map(|text| text.span).or(no.map(|node| node.span.clone())) {
            let message = format!("nothing says where the secret `{shown}` is got");
            decoder.report(Diagnostic::error(&span, message).hint(hint));
        }
    }
    let prompt = || fields.text("prompt").map(|text| text.value).unwrap_or_default();
    let command = fields.text("command").map(SecretFrom::Command);
    let env = || fields.text("env").map(SecretFrom::Env);
    let file = || fields.file("file").map(SecretFrom::File);
    Some(command.or_else(env).or_else(file).unwrap_or_else(|| SecretFrom::Prompt(prompt())))
}

/// `[[notify]]`
pub(super) fn notify(decoder: &mut Decoder, root: Fields<'_>) -> Vec<Notify> {
    let mut all = Vec::new();
    for node in root.list("notify") {
        all.extend(node.table().map(|table| one(decoder, node, Fields::of(table))));
    }
    all
}

fn one(decoder: &mut Decoder, node: &Node, fields: Fields<'_>) -> Notify {
    if !fields.written("url") {
        let problem = Diagnostic::error(&node.span, "the notification has no `url`");
        decoder.missing(problem.hint("url = \"https://chat.example.com/hook\""));
    }
    let on = match (fields.key("on"), fields.list("on")) {
        (None, _) => vec![NotifyOn::Finished],
        (Some(span), []) => {
            let problem = Diagnostic::error(span, "`on` is empty");
            decoder.report(problem.hint("on = [\"started\", \"failed\", \"finished\"]"));
            Vec::new()
        }
        (Some(_), list) => list.iter().filter_map(moment).collect(),
    };
    Notify { on, url: fields.needed("url", &node.span), body: fields.template("body") }
}

fn moment(node: &Node) -> Option<NotifyOn> {
    match node.text()? {
        "started" => Some(NotifyOn::Started),
        "failed" => Some(NotifyOn::Failed),
        "finished" => Some(NotifyOn::Finished),
        _ => None,
    }
}
