mod faults;
mod hostile;
mod layers;
mod names;
mod placing;
mod shipped;
mod steps;

use super::*;

fn no_file(path: &str) -> Result<String, String> {
    Err(format!("there is no {path}"))
}

/// What a recipe's author reads.
fn faults(text: &str) -> String {
    match Recipe::parse("deploy.toml", text, &no_file) {
        Ok((_, found)) | Err(found) => shown(&found),
    }
}

fn shown(found: &[Diagnostic]) -> String {
    let shown: Vec<String> = found.iter().map(|found| found.render(false)).collect();
    shown.join("\n\n")
}

/// What is said of one step, in a recipe that is right otherwise; without the first line numbers.
fn step_faults(step: &str) -> String {
    faults(&format!(
        "app = \"shop\"\nroot = \"/srv\"\nvars.name = \"x\"\nstages.test.hosts = [\"web1\"]\n\
         hosts.web1.roles = [\"web\"]\npipelines.deploy = [\"x\"]\n[steps.x]\n{step}\n"
    ))
}

#[test]
fn the_table_of_keys_names_each_key_once_and_says_what_it_does() {
    for (table, key) in keys::all() {
        let same = keys::of(table).iter().filter(|other| other.name == key.name);
        assert_eq!(same.count(), 1, "{}", key.name);
        assert!(key.about.ends_with('.'), "{}: {}", key.name, key.about);
    }
}

#[test]
fn the_smallest_recipe_is_enough() {
    let text = "app = \"a\"\nstages.test.hosts = [\"h\"]\n[hosts.h]\n";
    assert_eq!(faults(text), "");
}

/// Pipelines as they will be gone through.
fn pipelines(recipe: &Recipe) -> String {
    let mut shown = String::new();
    for (name, pipeline) in &recipe.pipelines {
        let entry = |entry: &Entry| {
            let steps: Vec<&str> = entry.steps.iter().map(|step| step.value.as_str()).collect();
            let page = entry.maintenance.as_ref().map(|_| "page ");
            let pending = entry.when_pending.as_ref().map(|name| format!("if {} ", name.value));
            let batch = entry.batch.as_ref().map(|batch| format!("{:?} ", batch.value));
            let words = [page.map(str::to_owned), pending, batch].into_iter().flatten();
            let words: String = words.collect();
            if words.is_empty() && steps.len() == 1 {
                steps.concat()
            } else {
                format!("{words}[{}]", steps.join(" "))
            }
        };
        let entries: Vec<String> = pipeline.entries.iter().map(entry).collect();
        shown.push_str(&format!("  {name}: {}\n", entries.join(" ")));
    }
    shown
}
