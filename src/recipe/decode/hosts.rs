//! Stages and hosts.

use std::collections::BTreeMap;

use super::fields::{Fields, mistyped};
use super::{Decoder, names};
use crate::model::LOCAL_HOST;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::keys::Table;
use crate::recipe::source::At;
use crate::recipe::value::{Host, Stage};

/// `[stages]`
pub(super) fn stages(decoder: &mut Decoder, root: &Fields<'_, '_>) -> BTreeMap<String, Stage> {
    let mut stages = BTreeMap::new();
    for (name, value) in root.entries(decoder, "stages") {
        names::name(decoder, "the name of a stage", &name);
        let Some(table) = value.get_ref().as_table() else {
            decoder.report(mistyped(&name.span, &name.value, "a table", value.get_ref()));
            continue;
        };
        let fields = Fields::open(decoder, table, Table::Stage);
        let hosts = fields.names(decoder, "hosts").unwrap_or_default();
        if hosts.is_empty() && (fields.has("hosts") || !named(table, "hosts")) {
            let span = fields.key("hosts").unwrap_or(&name.span);
            let message = format!("the stage `{}` has no hosts", name.value);
            decoder.missing(Diagnostic::error(span, message).hint("hosts = [\"web1\"]"));
        }
        repeated(decoder, &hosts, "host");
        let stage = Stage {
            hosts,
            protected: fields.flag("protected"),
            root: fields.template(decoder, "root"),
            vars: fields.vars(decoder, "vars"),
            env: fields.env(decoder, "env"),
            name: name.clone(),
        };
        stages.insert(name.value, stage);
    }
    if stages.is_empty() && !root.has("stages") {
        let problem = Diagnostic::error(&decoder.span(0..0), "there are no stages");
        decoder.missing(problem.hint("[stages.production] with hosts = [\"web1\"]"));
    }
    stages
}

/// Whether the key is written at all, if perhaps wrongly.
fn named(table: &toml::de::DeTable<'_>, name: &str) -> bool {
    table.keys().any(|key| key.get_ref() == name)
}

/// `[hosts]`
pub(super) fn hosts(decoder: &mut Decoder, root: &Fields<'_, '_>) -> BTreeMap<String, Host> {
    let mut hosts = BTreeMap::new();
    for (name, value) in root.entries(decoder, "hosts") {
        names::name(decoder, "the name of a host", &name);
        if name.value == LOCAL_HOST {
            let message = format!("`{LOCAL_HOST}` is the operator's own machine");
            let hint = "give the host another name; a step with local = true runs here";
            decoder.report(Diagnostic::error(&name.span, message).hint(hint));
        }
        let Some(table) = value.get_ref().as_table() else {
            decoder.report(mistyped(&name.span, &name.value, "a table", value.get_ref()));
            continue;
        };
        let fields = Fields::open(decoder, table, Table::Host);
        let address = fields.text(decoder, "address");
        if let Some(address) = &address {
            names::address(decoder, address);
        }
        let roles = fields.names(decoder, "roles").unwrap_or_default();
        for role in &roles {
            names::name(decoder, "the name of a role", role);
        }
        let host = Host {
            address: address.map_or_else(|| name.value.clone(), |address| address.value),
            roles,
            root: fields.template(decoder, "root"),
            vars: fields.vars(decoder, "vars"),
            name: name.clone(),
        };
        hosts.insert(name.value, host);
    }
    if hosts.is_empty() && !root.has("hosts") {
        let problem = Diagnostic::error(&decoder.span(0..0), "there are no hosts");
        decoder.missing(problem.hint("[hosts.web1] with address = \"deploy@web1.example.com\""));
    }
    hosts
}

/// Reports names that stand twice in one list.
pub(super) fn repeated(decoder: &mut Decoder, names: &[At<String>], what: &str) {
    let mut seen: BTreeMap<&str, &At<String>> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.insert(&name.value, name) {
            let message = format!("the {what} `{}` is named twice", name.value);
            let problem = Diagnostic::error(&name.span, message).other(&first.span, "first here");
            decoder.report(problem);
        }
    }
}
