//! What comes with deployui: the reference, the recipes and their examples.

use serde_json::Value;

use super::*;
use crate::recipe::shipped;

const REFERENCE: &str = include_str!("../../../recipes/reference.toml");
const REFERENCE_BASE: &str = include_str!("../../../recipes/reference-base.toml");

/// The parts of the reference that stand for others of it, without their marks.
fn alternatives() -> Vec<String> {
    let parts = REFERENCE.split("\n\n").filter(|part| part.starts_with("#~ "));
    parts.map(|part| part.lines().map(|line| format!("{}\n", &line[3..])).collect()).collect()
}

fn table(text: &str) -> tree::Table {
    let source =
        Arc::new(Source { shown: "reference.toml".to_owned(), text: text.to_owned(), depth: 0 });
    tree::read(&source, &mut Vec::new())
}

#[test]
fn the_annotated_reference_is_right_and_shows_every_key() {
    let load = |path: &str| match path {
        "recipes/reference-base.toml" => Ok(REFERENCE_BASE.to_owned()),
        path => Err(format!("there is no {path}")),
    };
    let found = Recipe::parse("recipes/reference.toml", REFERENCE, &load);
    assert_eq!(shown(&found.map(|(_, warnings)| warnings).unwrap_or_else(|found| found)), "");
    let mut used = written(&table(REFERENCE));
    used.extend(written(&table(REFERENCE_BASE)));
    let parts = alternatives();
    assert_eq!(parts.len(), 2);
    for part in parts {
        let head = "app = \"a\"\nroot = \"/a\"\nstages.a.hosts = [\"a\"]\nhosts.a = {}\n";
        assert_eq!(faults(&format!("{head}{part}")), "", "{part}");
        used.extend(written(&table(&part)));
    }
    for (table, key) in keys::all() {
        let there = used.contains(&(table, key.name));
        assert!(there, "`{}` of {} is not in the reference", key.name, table.shown());
    }
}

/// The keys that a file uses, with the tables that they stand in.
fn written(file: &tree::Table) -> Vec<(keys::Table, &'static str)> {
    let mut found = Vec::new();
    inside(file, keys::Table::Root, &mut found);
    found
}

fn inside(table: &tree::Table, which: keys::Table, found: &mut Vec<(keys::Table, &'static str)>) {
    for (name, node) in table {
        if let Some(key) = keys::find(which, name) {
            found.push((which, key.name));
            value(node, key.kind, found);
        }
    }
}

fn value(node: &tree::Node, kind: keys::Type, found: &mut Vec<(keys::Table, &'static str)>) {
    use keys::Type;
    let entries = |node: &tree::Node| -> Vec<tree::Node> {
        node.table().map(|table| table.values().cloned().collect()).unwrap_or_default()
    };
    match kind {
        Type::One(table) => inside(node.table().unwrap_or(&tree::Table::new()), table, found),
        Type::Named(table) => entries(node).iter().for_each(|n| value(n, Type::One(table), found)),
        Type::Steps => value(node, Type::Named(keys::Table::Step), found),
        Type::Params => value(node, Type::Named(keys::Table::Param), found),
        Type::List(of) => {
            node.list().unwrap_or_default().iter().for_each(|node| value(node, *of, found));
        }
        Type::Either(one, other) => [one, other].iter().for_each(|kind| value(node, **kind, found)),
        Type::Pipelines => entries(node).iter().for_each(|pipeline| {
            value(pipeline, Type::List(&Type::One(keys::Table::Group)), found);
        }),
        Type::Text
        | Type::Choice(_)
        | Type::Duration
        | Type::File
        | Type::Template
        | Type::Command
        | Type::Flag
        | Type::Count
        | Type::Share
        | Type::Any
        | Type::Values
        | Type::Env
        | Type::Headers
        | Type::Each(_) => {}
    }
}

const EXAMPLES: [(&str, &str); 6] = [
    ("by-hand", include_str!("../../../recipes/examples/by-hand.toml")),
    ("capistrano-migrations", include_str!("../../../recipes/examples/capistrano-migrations.toml")),
    ("capistrano-passenger", include_str!("../../../recipes/examples/capistrano-passenger.toml")),
    ("django-blue-green", include_str!("../../../recipes/examples/django-blue-green.toml")),
    ("django-releases", include_str!("../../../recipes/examples/django-releases.toml")),
    ("fabric-maintenance", include_str!("../../../recipes/examples/fabric-maintenance.toml")),
];

#[test]
fn the_shipped_recipes_are_right_and_their_examples_too() {
    let mut shown = String::new();
    for (name, text) in EXAMPLES {
        assert_eq!(faults(text), "", "{name}");
        let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
        if name != "by-hand" {
            assert_eq!(recipe.base.as_ref().map(|base| base.value.as_str()), Some(name));
            shown.push_str(&format!("{name}\n{}", pipelines(&recipe)));
        }
    }
    insta::assert_snapshot!(shown);
    let names: Vec<&str> = shipped().into_iter().map(|recipe| recipe.name).collect();
    assert_eq!(names, EXAMPLES.map(|(name, _)| name)[1..]);
}

#[test]
fn every_key_is_in_the_schema_and_in_the_reference() {
    let (schema, page) = (schema(), reference());
    for (table, key) in keys::all() {
        let root = table == keys::Table::Root;
        let object = if root { &schema } else { &schema["$defs"][table.id()] };
        let property = &object["properties"][key.name];
        let about = property["description"].as_str().unwrap_or_default();
        assert!(about.starts_with(key.about), "{table:?} {}", key.name);
        assert!(page.contains(&format!("| `{}` |", key.name)), "{}", key.name);
    }
    insta::assert_snapshot!(page);
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema["$defs"]["health"]).unwrap());
}

/// Whether a file is what the schema says, as far as the schema uses the language.
fn fits(schema: &Value, root: &Value, given: &Value) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        return fits(root.pointer(path.trim_start_matches('#')).unwrap(), root, given);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let found: Vec<_> = any.iter().filter_map(|one| fits(one, root, given).err()).collect();
        return if found.len() < any.len() { Ok(()) } else { Err(found.join(" and ")) };
    }
    if let Some(words) = schema["enum"].as_array() {
        return if words.contains(given) { Ok(()) } else { Err(format!("{given} is no choice")) };
    }
    let right = match schema["type"].as_str() {
        Some("string") => given.is_string(),
        Some("boolean") => given.is_boolean(),
        Some("integer") => given.is_u64(),
        Some("array") => given.is_array(),
        Some("object") => given.is_object(),
        _ => true,
    };
    if !right || schema.get("const").is_some_and(|only| only != given) {
        return Err(format!("{given} is not {schema}"));
    }
    for item in given.as_array().into_iter().flatten() {
        fits(&schema["items"], root, item)?;
    }
    for (name, value) in given.as_object().into_iter().flatten() {
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(property), _) => fits(property, root, value)?,
            (None, Value::Bool(false)) => return Err(format!("`{name}` is unknown")),
            (None, Value::Object(_)) => fits(&schema["additionalProperties"], root, value)?,
            (None, _) => {}
        }
    }
    Ok(())
}

#[test]
fn the_schema_takes_what_is_right_and_refuses_what_is_not() {
    let schema = schema();
    let check = |text: &str| fits(&schema, &schema, &toml::from_str(text).unwrap());
    for recipe in shipped() {
        assert_eq!(check(recipe.text), Ok(()), "{}", recipe.name);
    }
    for text in [REFERENCE, REFERENCE_BASE].into_iter().chain(EXAMPLES.map(|(_, text)| text)) {
        assert_eq!(check(text), Ok(()));
    }
    for part in alternatives() {
        assert_eq!(check(&part), Ok(()));
    }
    for bad in [
        "rooot = \"/\"",
        "app = 1",
        "source.via = \"x\"",
        "steps.a = true",
        "steps.a.health.port = 1",
        "pipelines.a = [1]",
        "layout.keep = -1",
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
}

#[test]
fn what_a_recipe_asks_for_can_be_listed() {
    let all = shipped();
    let recipe = all.iter().find(|recipe| recipe.name == "django-releases").unwrap();
    let params = recipe.params.iter().map(|param| {
        let default = param.default.as_deref().unwrap_or("required");
        format!("{}: {} ({default})", param.name, param.about)
    });
    insta::assert_snapshot!(params.collect::<Vec<_>>().join("\n"), @r#"
    program: The supervisor program that runs the application (required)
    project: The directory of manage.py, below the repository (".")
    requirements: The file of pinned requirements, below the repository ("requirements.txt")
    python: The Python that makes virtual environments ("python3")
    supervisorctl: How supervisorctl is called, as words (["supervisorctl"])
    "#);
    // A file beside a shipped recipe could not be found.
    for recipe in all {
        for key in ["page", "from", "file"] {
            let used = written(&table(recipe.text)).iter().any(|(table, name)| {
                *name == key && keys::find(*table, name).is_some_and(|k| k.kind == keys::Type::File)
            });
            assert!(!used, "{} has `{key}`", recipe.name);
        }
    }
}
