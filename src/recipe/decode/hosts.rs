//! Stages and hosts.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{Decoder, names, repeated};
use crate::model::LOCAL_HOST;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::At;
use crate::recipe::value::{Host, Stage};

/// `[stages]`, without what they have around their steps.
pub(super) fn stages(decoder: &mut Decoder, root: Fields<'_>) -> BTreeMap<String, Stage> {
    let mut stages = BTreeMap::new();
    for (name, node) in root.entries("stages") {
        names::name(decoder, "the name of a stage", &name);
        let Some(fields) = node.table().map(Fields::of) else { continue };
        let stage = Stage {
            hosts: stage_hosts(decoder, &name, fields),
            inventory: fields.inner("hosts").and_then(|hosts| hosts.text("command")),
            protected: fields.flag("protected"),
            root: fields.template("root"),
            vars: fields.vars(decoder, "vars"),
            env: fields.env(decoder, "env"),
            source: None,
            maintenance: None,
            secrets: BTreeMap::new(),
            name: name.clone(),
        };
        stages.insert(name.value, stage);
    }
    if stages.is_empty() && !root.written("stages") {
        let problem = Diagnostic::error(&decoder.nowhere(), "there are no stages");
        decoder.missing(problem.hint("[stages.production] with hosts = [\"web1\"]"));
    }
    stages
}

fn stage_hosts(decoder: &mut Decoder, name: &At<String>, fields: Fields<'_>) -> Vec<At<String>> {
    if let Some(inventory) = fields.inner("hosts") {
        let command = inventory.text("command").filter(|text| !text.value.trim().is_empty());
        if let (None, Some(span)) = (command, fields.key("hosts")) {
            let problem = Diagnostic::error(span, "the inventory has no command");
            decoder.report(problem.hint("hosts = { command = \"...\" }, or a list of names"));
        }
        return Vec::new();
    }
    let hosts = fields.names("hosts");
    if hosts.is_empty() && (fields.has("hosts") || !fields.written("hosts")) {
        let span = fields.key("hosts").unwrap_or(&name.span);
        let message = format!("the stage `{}` has no hosts", name.value.escape_debug());
        decoder.missing(Diagnostic::error(span, message).hint("hosts = [\"web1\"]"));
    }
    repeated(decoder, &hosts, "host");
    hosts
}

/// `[hosts]`
pub(super) fn hosts(decoder: &mut Decoder, root: Fields<'_>) -> BTreeMap<String, Host> {
    let mut hosts = BTreeMap::new();
    for (name, node) in root.entries("hosts") {
        if let Some(fields) = node.table().map(Fields::of) {
            let host = host(decoder, &name, fields);
            hosts.insert(name.value, host);
        }
    }
    let stages = root.entries("stages");
    let listed = |node: &crate::recipe::tree::Node| {
        let hosts = node.table().map(Fields::of).and_then(|fields| fields.inner("hosts"));
        hosts.is_none()
    };
    let wanted = stages.is_empty() || stages.iter().any(|(_, node)| listed(node));
    if hosts.is_empty() && wanted && !root.written("hosts") {
        let problem = Diagnostic::error(&decoder.nowhere(), "there are no hosts");
        decoder.missing(problem.hint("[hosts.web1] with address = \"deploy@web1.example.com\""));
    }
    hosts
}

/// One host.
pub(super) fn host(decoder: &mut Decoder, name: &At<String>, fields: Fields<'_>) -> Host {
    names::name(decoder, "the name of a host", name);
    if name.value == LOCAL_HOST {
        let message = format!("`{LOCAL_HOST}` is the operator's own machine");
        let hint = "give the host another name; a step with local = true runs here";
        decoder.report(Diagnostic::error(&name.span, message).hint(hint));
    }
    let address = fields.text("address");
    if let Some(address) = &address {
        names::address(decoder, address);
    }
    let roles = fields.names("roles");
    for role in &roles {
        names::name(decoder, "the name of a role", role);
    }
    Host {
        address: address.map_or_else(|| name.value.clone(), |address| address.value),
        roles,
        root: fields.template("root"),
        vars: fields.vars(decoder, "vars"),
        name: name.clone(),
    }
}
