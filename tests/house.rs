//! The house: dependencies point one way, and nothing in it is untidy. ARCHITECTURE.md has the map.
#![expect(clippy::expect_used, reason = "a test crate")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each module, and the modules of ours that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("script", &["model"]),
    ("recipe", &["model", "script"]),
    ("config", &["text", "recipe"]),
    ("plan", &["model", "script", "recipe"]),
    ("run", &["model"]),
    ("engine", &["model", "run"]),
    ("boxes", &["model", "script"]),
    ("remote", &["model"]),
    ("store", &["model", "run"]),
    ("driver", &["model", "script", "recipe", "plan", "run", "engine", "boxes", "remote", "store"]),
    ("demo", &["model", "remote"]),
    ("tui", &["model", "text", "run", "store", "config"]),
    (
        "cli",
        &[
            "model", "text", "script", "recipe", "config", "plan", "run", "engine", "boxes",
            "remote", "store", "driver", "demo", "tui",
        ],
    ),
];

/// Lines of a file without its tests. More, and nobody finds their way in it.
const FILE_LINES_MAX: usize = 500;

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The module that a file belongs to; `None` for `lib.rs` and `main.rs`.
fn module(file: &Path) -> Option<String> {
    let below = file.strip_prefix(src()).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    (below.components().count() > 1).then(|| first.to_owned())
}

/// Modules of ours that a text names by `crate::`; in a group, all that it begins with.
fn named(text: &str) -> BTreeSet<String> {
    let word = |rest: &str| {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>()
    };
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut begins = true;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                c if begins && !c.is_whitespace() => {
                    found.insert(word(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found.remove("");
    found
}

/// The text of a file up to its tests.
fn production(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file is readable");
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].to_owned()
}

fn is_test(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "tests.rs"
        || name == "testing.rs"
        || file.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn dependencies_point_one_way() {
    let mut wrong = Vec::new();
    for file in sources(&src()) {
        let Some(module) = module(&file) else { continue };
        if is_test(file.strip_prefix(src()).unwrap_or(&file)) {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let Some((_, allowed)) = allowed else {
            wrong.push(format!("src/{module} is not in the house's list"));
            continue;
        };
        for other in named(&production(&file)) {
            let known = MAY_IMPORT.iter().any(|(name, _)| *name == other);
            if known && other != module && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{} imports {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_remote_names_the_ssh_library() {
    for file in sources(&src()) {
        let elsewhere = module(&file).is_none_or(|module| module != "remote");
        assert!(!(elsewhere && production(&file).contains("russh")), "{}", file.display());
    }
}

#[test]
fn every_file_says_what_it_is_for_and_can_be_read_at_once() {
    let mut wrong = Vec::new();
    for file in sources(&src()) {
        let text = fs::read_to_string(&file).expect("a source file is readable");
        if !text.starts_with("//!") && !is_test(&file) {
            wrong.push(format!("{} does not begin with what it is for", file.display()));
        }
        let lines = production(&file).lines().count();
        if lines > FILE_LINES_MAX && !is_test(&file) {
            wrong.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_group_import_names_all_its_modules() {
    let text = "use crate::{\n    model::{A, b::C},\n    run,\n};\nuse crate::text::X;";
    let expect: BTreeSet<String> = ["model", "run", "text"].map(str::to_owned).into();
    assert_eq!(named(text), expect);
}
