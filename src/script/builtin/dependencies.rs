//! What is other in files that name dependencies, or settings, read from a unified difference with a
//! line around each place: enough to know whose version a line is.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Change;

/// Versions of one name, before and after.
type Versions = (BTreeSet<String>, BTreeSet<String>);

/// What is other in a file, by its name and the lines of its difference. Empty where it is in no form
/// that is known here.
pub(super) fn changes(file: &str, lines: &[&str]) -> Vec<Change> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let mut all: BTreeMap<String, Versions> = BTreeMap::new();
    // The name that the lines are about: in the file before, and after.
    let (mut old, mut new) = (None, None);
    for line in lines {
        let (sign, text) = line.split_at_checked(1).unwrap_or(("", ""));
        match read(name, text) {
            Found::Nothing if sign == "@" => (old, new) = (None, None),
            Found::Nothing => {}
            Found::Name(name) => {
                if sign != "+" {
                    old = Some(name.clone());
                }
                if sign != "-" {
                    new = Some(name);
                }
            }
            Found::Version(version) => {
                let of = if sign == "-" { &old } else { &new };
                put(&mut all, sign, of.as_deref(), version);
            }
            Found::Both(name, version) => put(&mut all, sign, Some(&name), version),
        }
    }
    let said = |them: BTreeSet<String>| {
        let text = them.into_iter().collect::<Vec<_>>().join(", ");
        Some(text)
    };
    let change = |(name, (before, after)): (String, Versions)| {
        let before = if before.is_empty() { None } else { said(before) };
        let after = if after.is_empty() { None } else { said(after) };
        Change { name, before, after }
    };
    // What only moved has the same versions on both sides.
    let settings = is_example(name);
    let other = all.into_iter().filter(|(_, (before, after))| settings || before != after);
    let mut changes: Vec<Change> = other.map(change).collect();
    if settings {
        for change in &mut changes {
            let empty = |it: &mut Option<String>| it.iter_mut().for_each(String::clear);
            empty(&mut change.before);
            empty(&mut change.after);
        }
    }
    changes
}

fn put(all: &mut BTreeMap<String, Versions>, sign: &str, name: Option<&str>, version: String) {
    let Some(name) = name else { return };
    if sign == "-" || sign == "+" {
        let (before, after) = all.entry(name.to_owned()).or_default();
        if sign == "-" { before } else { after }.insert(version);
    }
}

/// What a line says.
enum Found {
    Nothing,
    /// Whose version a line below is.
    Name(String),
    /// The version of whoever was named above.
    Version(String),
    Both(String, String),
}

/// Reads a line by the form that files of this name have.
fn read(file: &str, line: &str) -> Found {
    let found = match file {
        "Cargo.lock" | "poetry.lock" | "uv.lock" => {
            of_two(line, "name = \"", "version = \"", |rest| rest.strip_suffix('"'))
        }
        "composer.lock" => of_two(line.trim_start(), "\"name\": \"", "\"version\": \"", |it| {
            it.strip_suffix("\",")
        }),
        "package-lock.json" | "npm-shrinkwrap.json" => npm(line),
        "yarn.lock" => yarn(line),
        "pnpm-lock.yaml" => pnpm(line),
        "Gemfile.lock" => gem(line),
        "go.mod" => go(line),
        file if is_example(file) => setting(line),
        file if file.ends_with(".txt") => requirement(line),
        _ => None,
    };
    found.unwrap_or(Found::Nothing)
}

/// Files that show settings by example.
fn is_example(file: &str) -> bool {
    let endings = [".example", ".sample", ".dist", ".template"];
    file.starts_with(".env.") || endings.iter().any(|ending| file.ends_with(ending))
}

fn of_two(line: &str, name: &str, version: &str, end: fn(&str) -> Option<&str>) -> Option<Found> {
    let value = |begin| end(line.strip_prefix(begin)?).map(str::to_owned);
    value(name).map(Found::Name).or_else(|| value(version).map(Found::Version))
}

/// `    "node_modules/a": {`, and below it `"version": "1.2.3",`.
fn npm(line: &str) -> Option<Found> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("\"version\": \"") {
        return Some(Found::Version(rest.trim_end_matches([',', '"']).to_owned()));
    }
    let key = line.strip_prefix('"')?.strip_suffix("\": {")?;
    let name = key.rsplit("node_modules/").next()?;
    Some(Found::Name(name.to_owned()))
}

/// `"a@^1.0", a@^1.1:`, and below it `  version "1.2.3"`, or `  version: 1.2.3`.
fn yarn(line: &str) -> Option<Found> {
    if let Some(rest) = line.strip_prefix("  version") {
        let version = rest.trim_start_matches([':', ' ', '"']).trim_end_matches('"');
        return Some(Found::Version(version.to_owned()));
    }
    let key = line.strip_suffix(':').filter(|_| !line.starts_with(' '))?;
    let key = key.trim_start_matches('"');
    let end = key.get(1..)?.find('@')?;
    Some(Found::Name(key.get(..=end)?.to_owned()))
}

/// `  /a@1.2.3:` or `  '@b/a@1.2.3':`, in newer and older forms.
fn pnpm(line: &str) -> Option<Found> {
    let key = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.strip_suffix(':')?;
    let key = key.trim_matches('\'').trim_start_matches('/');
    let key = key.split('(').next()?;
    let (name, version) = key.rsplit_once('@').filter(|(name, _)| !name.is_empty())?;
    Some(Found::Both(name.to_owned(), version.to_owned()))
}

/// `    rails (7.0.1)`: those deeper are what it needs, not what is installed.
fn gem(line: &str) -> Option<Found> {
    let rest = line.strip_prefix("    ").filter(|rest| !rest.starts_with(' '))?;
    let (name, version) = rest.strip_suffix(')')?.split_once(" (")?;
    Some(Found::Both(name.to_owned(), version.to_owned()))
}

/// `\texample.org/a v1.2.3 // indirect`.
fn go(line: &str) -> Option<Found> {
    let line = line.trim_start().trim_start_matches("require ");
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    version.starts_with('v').then(|| Found::Both(name.to_owned(), version.to_owned()))
}

/// `a[extra]==1.2.3 ; marker`.
fn requirement(line: &str) -> Option<Found> {
    let line = line.split(['#', ';']).next()?.trim();
    let line = line.trim_end_matches('\\').trim_end();
    let begins = line.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let end = line.find(['=', '<', '>', '!', '~', ' ']).unwrap_or(line.len());
    let (name, version) = line.split_at_checked(end).filter(|_| begins)?;
    let version = version.trim().trim_start_matches("==").to_owned();
    Some(Found::Both(name.to_owned(), version))
}

/// A line that sets something.
fn setting(line: &str) -> Option<Found> {
    let (_, value) = line.split_once('=')?;
    Some(Found::Both(named_setting(line)?.to_owned(), value.to_owned()))
}

/// Whose value a line has: `NAME=value`, perhaps after `export`.
pub(super) fn named_setting(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("export ");
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, lines: &str, wanted: &[&str]) {
        let lines: Vec<&str> = lines.lines().collect();
        let said = changes(file, &lines).into_iter().map(|Change { name, before, after }| {
            format!(
                "{name} {} {}",
                before.as_deref().unwrap_or("-"),
                after.as_deref().unwrap_or("-")
            )
        });
        assert_eq!(said.collect::<Vec<_>>(), wanted, "{file}");
    }

    #[test]
    fn versions_that_differ_are_found() {
        let cargo = " name = \"serde\"\n-version = \"1.0.2\"\n+version = \"1.0.1\"\n source = \"x\"\n\
            @@ -9,4 +9 @@\n-name = \"gone\"\n-version = \"0.1.0\"\n-\n@@ -20 +15 @@\n source = \"y\"\n";
        check("Cargo.lock", cargo, &["gone 0.1.0 -", "serde 1.0.2 1.0.1"]);
        check("sub/uv.lock", cargo, &["gone 0.1.0 -", "serde 1.0.2 1.0.1"]);
        // Two versions of one name, of which one changes.
        let two = " name = \"a\"\n-version = \"1\"\n+version = \"2\"\n@@ @@\n name = \"a\"\n-version = \"3\"\n";
        check("Cargo.lock", two, &["a 1, 3 2"]);
        let composer =
            "     \"name\": \"x/y\",\n-     \"version\": \"v1.0\",\n+     \"version\": \"v2.0\",\n";
        check("composer.lock", composer, &["x/y v1.0 v2.0"]);
        let npm = "     \"node_modules/a/node_modules/@b/c\": {\n-      \"version\": \"1.0\",\n+      \"version\": \"1.1\",\n";
        check("package-lock.json", npm, &["@b/c 1.0 1.1"]);
        let yarn = " \"@b/c@^1.0\", \"@b/c@^1.1\":\n-  version \"1.1.0\"\n+  version \"1.2.0\"\n";
        check("yarn.lock", yarn, &["@b/c 1.1.0 1.2.0"]);
        check(
            "pnpm-lock.yaml",
            "-  '@b/c@1.0':\n+  /d@2.0(react@1.0):\n",
            &["@b/c 1.0 -", "d - 2.0"],
        );
        let gems =
            "-    rails (7.0.1)\n+    rails (7.0.0)\n-      rack (>= 2)\n+      rack (>= 1)\n";
        check("Gemfile.lock", gems, &["rails 7.0.1 7.0.0"]);
        check(
            "go.mod",
            "-\texample.org/a v1.2.3 // indirect\n+require b.org/c v0.1.0\n",
            &["b.org/c - v0.1.0", "example.org/a v1.2.3 -"],
        );
        let python =
            "-django==5.2.9\n+django==5.2.8  # why\n-httpx>=0.27 ; python_version > '3'\n+# x\n";
        check("requirements-dev.txt", python, &["django 5.2.9 5.2.8", "httpx >=0.27 -"]);
        // What only moved is no change; a form that nobody knows says nothing.
        check("requirements.txt", "-a==1\n+b==2\n+a==1\n", &["b - 2"]);
        check("Pipfile.lock", "-x\n+y\n", &[]);
    }

    #[test]
    fn of_settings_only_the_names_are_told() {
        let lines = "-ORDER_TOTALS_V2=secret\n+export NEW=1\n-KEPT=a\n+KEPT=b\n";
        check(".env.example", lines, &["KEPT  ", "NEW - ", "ORDER_TOTALS_V2  -"]);
    }
}
