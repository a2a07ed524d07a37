//! `deployui theme` and `deployui config`.

use std::{fmt::Write as _, path::Path};

use super::{
    ConfigArgs, ConfigVerb, ThemeArgs, ThemeVerb,
    read::{self, Own, in_use},
};
use crate::{
    cli::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        load, say,
    },
    config,
    recipe::{choose, own::sorted},
    tui::{self, Depth},
};

/// `deployui theme`.
pub(in crate::cli) fn theme(
    around: &Surroundings,
    global: &Global,
    args: &ThemeArgs,
) -> Result<Exit, Stop> {
    match &args.what {
        ThemeVerb::List => list(around, global),
        ThemeVerb::Show { name } => show(around, name),
    }
}

/// `deployui config`.
pub(in crate::cli) fn config(
    around: &Surroundings,
    global: &Global,
    args: &ConfigArgs,
) -> Result<Exit, Stop> {
    match args.what {
        ConfigVerb::Docs => say::raw(docs().as_bytes()),
        ConfigVerb::Check => {
            let own = Own::load(around, global)?;
            load::tell(&own.warnings);
            let path = own.files().config.display().to_string();
            let there = own.files().config.exists();
            say::out(&if there {
                format!("{path}: nothing is wrong")
            } else {
                format!("{path} is not there: nothing is set")
            });
        }
    }
    Ok(Exit::Done)
}

/// Names of the operator's own themes, sorted.
fn own_names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let name = name.strip_suffix(".toml")?;
        (!name.starts_with('.')).then(|| name.to_owned())
    };
    let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
    names.sort();
    names
}

/// All themes with where they come from; on a terminal each is seen, too.
fn list(around: &Surroundings, global: &Global) -> Result<Exit, Stop> {
    let folder = &around.files.themes;
    let own_names = own_names(folder);
    let shipped = config::shipped().iter().map(|(name, _)| (*name).to_owned());
    let shipped = shipped.filter(|name| !own_names.contains(name));
    // What is wrong with config.toml is said, and does not keep themes from being listed.
    let own = Own::load(around, global);
    let used: Vec<&str> = own.as_ref().map_or_else(
        |_| Vec::new(),
        |own| in_use(&own.themes).into_iter().map(|theme| theme.name.as_str()).collect(),
    );
    let names: Vec<String> = shipped.chain(own_names.iter().cloned()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let find = |name: &str| read::find(folder, name);
    let mut faults = Vec::new();
    for name in &names {
        let mark = if used.contains(&name.as_str()) { "*" } else { " " };
        let before = faults.len();
        let theme = config::theme(name, None, &find, &mut faults);
        let why = faults.get(before).map_or("", |fault| fault.message.as_str());
        let (from, about) = match &theme {
            Some(theme) => (theme.file.as_deref().unwrap_or("built in"), theme.about.as_str()),
            None => ("cannot be read", why),
        };
        say::out(format!("{mark} {name:<width$}  {from}  {about}").trim_end());
        let looks = around.looks;
        if let Some(theme) = theme.filter(|_| looks.inks) {
            let ascii = looks.ascii_said.unwrap_or(looks.ascii_auto) || looks.seven_bit;
            let few = looks.depth == Depth::Sixteen && theme.has_rgb();
            let line = match few {
                true => "this terminal has too few colours for it".to_owned(),
                false => tui::swatch(&theme, looks.depth, looks.colour, ascii),
            };
            say::raw(format!("  {line}\n").as_bytes());
        }
    }
    own?;
    let warnings = sorted(faults).map_err(|faults| load::faults(&faults))?;
    load::tell(&warnings);
    Ok(Exit::Done)
}

fn show(around: &Surroundings, name: &str) -> Result<Exit, Stop> {
    let own = read::find(&around.files.themes, name);
    let shipped = config::shipped().iter().find(|(known, _)| *known == name);
    match (own, shipped) {
        (Some(Ok(found)), _) => say::out(found.text.trim_end_matches('\n')),
        (Some(Err(why)), _) => {
            return Err(Stop::new(Exit::Usage, format!("cannot read the theme {name}: {why}")));
        }
        (None, Some((_, text))) => say::raw(text.as_bytes()),
        (None, None) => {
            let mut known: Vec<String> = own_names(&around.files.themes);
            known.extend(config::shipped().iter().map(|(name, _)| (*name).to_owned()));
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let message = format!("there is no theme `{}`", name.escape_debug());
            return Err(Stop::new(Exit::Usage, message).maybe_hint(choose(name, &known, "theme")));
        }
    }
    Ok(Exit::Done)
}

/// Every key of config.toml and of themes, and every action.
fn docs() -> String {
    let mut page = config::reference();
    page.push_str("\n# Actions of [keys]\n\n| action | its keys | what it does |\n|---|---|---|\n");
    for action in tui::actions() {
        let keys: Vec<String> =
            action.keys.split(' ').map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
        let (name, about) = (&action.name, action.about.replace('|', "\\|"));
        // Writing to a string cannot fail.
        let _written = writeln!(page, "| `{name}` | {} | {about} |", keys.join(" "));
    }
    page
}
