//! config.toml and themes from the disk.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    cli::{
        args::Global,
        environment::{Looks, OwnFiles, Surroundings},
        exit::{Exit, Stop},
        load,
    },
    config::{self, Bound, Config, Found, Theme, Wanted},
    recipe::{At, Diagnostic, choose, own::sorted},
    tui::{Depth, KeyFault, Keymap, Settings, Themes},
};

/// The themes that hold where only the ground is asked for.
const DARK: &str = "dark";
const LIGHT: &str = "light";

/// What the operator likes, as the files say it now.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Own {
    pub(super) files: OwnFiles,
    /// The theme of the command line, which holds whatever config.toml says.
    theme: Option<String>,
    config: Config,
    pub(super) themes: Themes,
    keymap: Keymap,
    /// What is not as it should be, and holds all the same.
    pub(super) warnings: Vec<Diagnostic>,
}

impl Own {
    /// Reads it.
    pub(in crate::cli) fn load(around: &Surroundings, global: &Global) -> Result<Self, Stop> {
        Self::read(&around.files, global.theme.as_deref()).map_err(|unread| unread.stop())
    }

    /// Reads it for the console, which also starts without it.
    pub(in crate::cli) fn of_console(around: &Surroundings, global: &Global) -> Result<Self, Stop> {
        let without = match global.theme {
            None => "to start without your configuration: deployui --no-user-config",
            Some(_) => "to start without your configuration: deployui --no-user-config, no --theme",
        };
        Self::load(around, global).map_err(|stop| stop.hint(without))
    }

    /// Reads it again.
    pub(in crate::cli) fn again(&self) -> Result<Self, Unread> {
        Self::read(&self.files, self.theme.as_deref())
    }

    fn read(files: &OwnFiles, theme: Option<&str>) -> Result<Self, Unread> {
        let mut found = Vec::new();
        let config = match load::bounded(&files.config) {
            _ if files.ignored => Config::default(),
            Ok(text) => Config::read(&files.config.display().to_string(), &text, &mut found),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !files.named => {
                Config::default()
            }
            Err(error) => return Err(Unread::File(files.config.clone(), error.to_string())),
        };
        let keymap = keymap(&config.keys, &mut found);
        let themes = themes(files, theme, &config.theme, &mut found);
        let warnings = sorted(found).map_err(Unread::Wrong)?;
        let (files, theme) = (files.clone(), theme.map(str::to_owned));
        Ok(Self { files, theme, config, themes, keymap, warnings })
    }

    /// The files that were read, or would have been.
    pub(in crate::cli) fn files(&self) -> &OwnFiles {
        &self.files
    }

    /// The first of what can hardly be read, for a screen with these looks; `None`: nothing that is seen
    /// there.
    pub(in crate::cli) fn warning(&self, looks: Looks) -> Option<String> {
        let seen = looks.colour && looks.depth != Depth::Sixteen;
        first_line(&self.warnings).filter(|_| seen)
    }

    /// The files of the themes in use.
    pub(in crate::cli) fn theme_files(&self) -> Vec<PathBuf> {
        let files = in_use(&self.themes).into_iter().filter_map(|theme| theme.file.as_deref());
        files.map(PathBuf::from).collect()
    }

    /// The settings of the console with it, over those that hold without.
    pub(in crate::cli) fn over(&self, looks: Looks, settings: &Settings) -> Settings {
        let config = &self.config;
        let ascii = looks.ascii_said.or(config.ascii);
        let seven_bit = looks.seven_bit || ascii == Some(true);
        Settings {
            seven_bit,
            ascii: ascii.unwrap_or(looks.ascii_auto) || seven_bit,
            themes: seen(&self.themes, looks.depth),
            keymap: self.keymap.clone(),
            mouse: config.mouse,
            notify: config.notify,
            editor: config.editor.clone().unwrap_or_else(|| settings.editor.clone()),
            pager: config.pager.clone().unwrap_or_else(|| settings.pager.clone()),
            ..settings.clone()
        }
    }
}

/// Why it could not be read.
#[derive(Debug)]
pub(in crate::cli) enum Unread {
    /// The file, and why.
    File(PathBuf, String),
    /// What is wrong in it.
    Wrong(Vec<Diagnostic>),
}

impl Unread {
    fn stop(&self) -> Stop {
        match self {
            Self::File(path, why) => {
                Stop::new(Exit::Usage, format!("cannot read {}: {why}", path.display()))
                    .hint("it is your own configuration: --user-config, or DEPLOYUI_CONFIG")
            }
            Self::Wrong(found) => load::faults(found),
        }
    }

    /// Each of it in a line, with its place.
    pub(in crate::cli) fn lines(&self) -> Vec<String> {
        match self {
            Self::File(path, why) => vec![format!("cannot read {}: {why}", path.display())],
            Self::Wrong(found) => found.iter().map(placed).collect(),
        }
    }
}

/// The first of what was found, with its place, and how many there are.
fn first_line(found: &[Diagnostic]) -> Option<String> {
    let first = found.first()?;
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("{}{more}", placed(first)))
}

/// What was found, with its place, in a line.
fn placed(found: &Diagnostic) -> String {
    let place = found.span.as_ref().map_or_else(String::new, |span| {
        let (line, column) = span.line_column();
        let path = Path::new(&span.source.shown);
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        format!("{name}:{line}:{column}: ")
    });
    format!("{place}{}", found.message)
}

/// Finds a theme in the folder of the operator's own.
pub(super) fn find(folder: &Path, name: &str) -> Option<Result<Found, String>> {
    // A name is no path.
    if name.is_empty() || name.starts_with('.') || name.contains('/') {
        return None;
    }
    let path = folder.join(format!("{name}.toml"));
    match load::bounded(&path) {
        Ok(text) => Some(Ok(Found { shown: path.display().to_string(), text })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

fn themes(
    files: &OwnFiles,
    said: Option<&str>,
    wanted: &Wanted,
    found: &mut Vec<Diagnostic>,
) -> Themes {
    let find = |name: &str| find(&files.themes, name);
    let mut one = |name: &str, at: Option<&At<String>>| {
        config::theme(name, at, &find, found).unwrap_or_default()
    };
    let mut by_ground = |dark: Option<&At<String>>, light: Option<&At<String>>| Themes::ByGround {
        dark: one(dark.map_or(DARK, |at| at.value.as_str()), dark),
        light: one(light.map_or(LIGHT, |at| at.value.as_str()), light),
    };
    match (said, wanted) {
        (Some("auto"), _) => by_ground(None, None),
        (Some(name), _) => Themes::One(one(name, None)),
        (None, Wanted::Unsaid) => Themes::One(Theme::default()),
        (None, Wanted::One(name)) => Themes::One(one(&name.value, Some(name))),
        (None, Wanted::ByGround { dark, light }) => by_ground(dark.as_ref(), light.as_ref()),
    }
}

pub(super) fn in_use(themes: &Themes) -> Vec<&Theme> {
    match themes {
        Themes::One(theme) => vec![theme],
        Themes::ByGround { dark, light } => vec![dark, light],
    }
}

/// What a terminal can show of them: one of sixteen colours shows its own.
fn seen(themes: &Themes, depth: Depth) -> Themes {
    let few = depth == Depth::Sixteen && in_use(themes).into_iter().any(Theme::has_rgb);
    if few { Themes::One(Theme::default()) } else { themes.clone() }
}

fn keymap(bound: &[Bound], found: &mut Vec<Diagnostic>) -> Keymap {
    let pair = |one: &Bound| {
        let keys = one.keys.iter().map(|key| key.value.clone()).collect();
        (one.action.value.clone(), keys)
    };
    let pairs: Vec<(String, Vec<String>)> = bound.iter().map(pair).collect();
    Keymap::with(&pairs).unwrap_or_else(|faults| {
        found.extend(faults.iter().filter_map(|fault| diagnostic(bound, fault)));
        Keymap::default()
    })
}

/// A fault with its place in the file.
fn diagnostic(bound: &[Bound], fault: &KeyFault) -> Option<Diagnostic> {
    let one = bound.get(fault.binding)?;
    let span = match fault.key {
        Some(key) => &one.keys.get(key)?.span,
        None => &one.action.span,
    };
    let given = match fault.key {
        Some(key) => one.keys.get(key)?.value.as_str(),
        None => one.action.value.as_str(),
    };
    let known: Vec<&str> = fault.known.iter().map(String::as_str).collect();
    let meant = choose(given, &known, "key").filter(|hint| hint.starts_with("did"));
    let problem = Diagnostic::error(span, &fault.what).maybe_hint(meant.or(fault.hint.clone()));
    let other = fault.other.and_then(|(binding, key)| bound.get(binding)?.keys.get(key));
    Some(match other {
        Some(other) => problem.other(&other.span, "also here"),
        None => problem,
    })
}
