//! The hosts of a stage as a command lists them.

use std::sync::Arc;

use serde_json::Value as Json;

use super::diagnostic::Diagnostic;
use super::shape;
use super::source::Span;
use super::tree::{Node, Table, Value};
use super::value::Recipe;
use super::{check, decode, in_order};

impl Recipe {
    /// Takes the hosts of a stage from what its inventory command printed: a JSON array of names, or
    /// of `{name, address, roles, root, vars}`. A host that a file knows already keeps what the file
    /// says. Returns the warnings.
    ///
    /// # Errors
    /// What is wrong with it, and with the recipe now that the hosts are known.
    pub fn inventory(
        &mut self,
        stage: &str,
        printed: &str,
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let Some(of) = self.stages.get_mut(stage) else { return Ok(Vec::new()) };
        let Some(command) = &of.inventory else { return Ok(Vec::new()) };
        let span = command.span.clone();
        let fault = |why: String| {
            let message = format!("the inventory of `{stage}` cannot be used: {why}");
            let hint = "a JSON array of names, or of {\"name\": ..., \"roles\": [...]}";
            vec![Diagnostic::error(&span, message).hint(hint)]
        };
        let json: Json = serde_json::from_str(printed).map_err(|error| fault(error.to_string()))?;
        let Json::Array(list) = json else { return Err(fault("it is not an array".to_owned())) };
        if list.is_empty() {
            return Err(fault("it lists no host".to_owned()));
        }
        let mut found = Vec::new();
        let mut nodes: Vec<Node> = list.iter().map(|json| node(json, &span)).collect();
        shape::inventory(&mut nodes, &mut found);
        let (hosts, problems) = decode::inventory(&Arc::clone(&self.source), &span, &nodes);
        found.extend(problems);
        of.hosts = hosts.iter().map(|host| host.name.clone()).collect();
        of.inventory = None;
        for host in hosts {
            self.hosts.entry(host.name.value.clone()).or_insert(host);
        }
        found.extend(check::recipe(self));
        let found = in_order(found);
        let wrong = found.iter().any(|found| found.severity == super::Severity::Error);
        if wrong { Err(found) } else { Ok(found) }
    }
}

/// A value of JSON as one of the file, at the place of the command that printed it.
fn node(json: &Json, span: &Span) -> Node {
    let value = match json {
        Json::Null => Value::Bad,
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Whole(whole.to_string(), Some(whole)),
            None => Value::Number(number.to_string()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(list) => Value::List(list.iter().map(|json| node(json, span)).collect()),
        Json::Object(map) => {
            let entries = map.iter().filter(|(_, json)| !json.is_null());
            let table: Table =
                entries.map(|(name, json)| (name.clone(), node(json, span))).collect();
            Value::Table(table)
        }
    };
    Node { key: span.clone(), span: span.clone(), value }
}
