//! The table of keys as JSON Schema, for editors.

use serde_json::{Map, Value, json};

use super::keys::{self, Table, Type};

/// The JSON Schema (draft 2020-12) of deploy.toml.
#[must_use]
pub fn schema() -> Value {
    let tables = Table::ALL.into_iter().filter(|table| *table != Table::Root);
    let definitions: Map<String, Value> =
        tables.map(|table| (table.id().to_owned(), object(table))).collect();
    let mut schema = object(Table::Root);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deploy.toml",
        "$defs": definitions,
    });
    if let (Value::Object(schema), Value::Object(head)) = (&mut schema, head) {
        schema.extend(head);
    }
    schema
}

fn object(table: Table) -> Value {
    let property = |key: &keys::Key| {
        let mut schema = of(key.kind);
        if let Value::Object(schema) = &mut schema {
            let about = match key.default {
                "" => key.about.to_owned(),
                default => format!("{} Default: {default}.", key.about),
            };
            schema.insert("description".to_owned(), about.into());
        }
        (key.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = keys::of(table).iter().map(property).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn of(kind: Type) -> Value {
    const NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
    match kind {
        Type::Text | Type::File | Type::Template | Type::Command => json!({ "type": "string" }),
        Type::Choice(words) => json!({ "enum": words }),
        Type::Duration => json!({ "type": "string", "pattern": "^([0-9]+[smh]|none)$" }),
        Type::Flag => json!({ "type": "boolean" }),
        Type::Count => json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX }),
        Type::Share => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": u16::MAX },
            { "type": "string", "pattern": "^[0-9]+%$" },
        ] }),
        Type::Any => json!({}),
        Type::List(of_one) => json!({ "type": "array", "items": of(*of_one) }),
        Type::Either(one, other) => json!({ "anyOf": [of(*one), of(*other)] }),
        Type::Values => json!({ "type": "object", "propertyNames": { "pattern": NAME } }),
        Type::Env => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        }),
        Type::Headers => json!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        }),
        Type::Each(kind) => json!({ "type": "object", "additionalProperties": of(*kind) }),
        Type::One(table) => json!({ "$ref": reference(table) }),
        Type::Named(table) => {
            json!({ "type": "object", "additionalProperties": { "$ref": reference(table) } })
        }
        Type::Steps => json!({ "type": "object", "additionalProperties": { "anyOf": [
            { "$ref": reference(Table::Step) },
            { "const": false },
        ] } }),
        // A deploy.toml gives values, a recipe declares: both are files of this schema.
        Type::Params => json!({ "type": "object", "propertyNames": { "pattern": NAME } }),
        Type::Pipelines => json!({ "type": "object", "additionalProperties": {
            "type": "array",
            "minItems": 1,
            "items": { "anyOf": [{ "type": "string" }, { "$ref": reference(Table::Group) }] },
        } }),
    }
}

fn reference(table: Table) -> String {
    format!("#/$defs/{}", table.id())
}
