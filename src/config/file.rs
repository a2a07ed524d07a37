//! config.toml: text in, values out.

use crate::recipe::{
    At, Diagnostic,
    own::{self, Kind, Node, Table},
};

/// How the operator is told while they look elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// As the terminal can.
    #[default]
    Auto,
    /// By the bell.
    Bell,
    /// By a notification of the terminal: OSC 9 (iTerm2, Ghostty, WezTerm).
    Osc9,
    /// By a notification of the terminal: OSC 777 (foot, Ghostty, urxvt with its extension).
    Osc777,
    /// By a notification of the terminal: OSC 99 (kitty, foot).
    Osc99,
    /// Not at all.
    Off,
}

/// Which theme is wanted.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Nothing is said.
    Unsaid,
    /// This one.
    One(At<String>),
    /// One for each ground of a terminal; what is not said is the shipped one of that name.
    ByGround {
        /// On a dark ground.
        dark: Option<At<String>>,
        /// On a light ground.
        light: Option<At<String>>,
    },
}

/// An action with other keys than its own, as they are written.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The name of the action.
    pub action: At<String>,
    /// Its keys.
    pub keys: Vec<At<String>>,
}

/// What config.toml says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The theme.
    pub theme: Wanted,
    /// Marks in ASCII; `None`: by the terminal and its locale.
    pub ascii: Option<bool>,
    /// Take clicks and the wheel.
    pub mouse: bool,
    /// How the operator is told while they look elsewhere.
    pub notify: Notify,
    /// The editor, as for a shell.
    pub editor: Option<String>,
    /// The pager, as for a shell.
    pub pager: Option<String>,
    /// Actions with other keys, in the order of the file.
    pub keys: Vec<Bound>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: Wanted::Unsaid,
            ascii: None,
            mouse: false,
            notify: Notify::Auto,
            editor: None,
            pager: None,
            keys: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the text of a config.toml that is called `shown` on screens. What is wrong is added to
    /// `found`; of that the value says nothing.
    #[must_use]
    pub fn read(shown: &str, text: &str, found: &mut Vec<Diagnostic>) -> Self {
        let source = own::source(shown, text, 0);
        let file = own::read(&source, Kind::Config, found);
        let said = |name: &str| file.get(name).and_then(Node::at);
        let program = |name: &str, found: &mut Vec<Diagnostic>| {
            let said = said(name)?;
            if said.value.trim().is_empty() {
                let problem = Diagnostic::error(&said.span, format!("`{name}` is empty"));
                found.push(problem.hint("leave the key out, and the environment says it"));
                return None;
            }
            Some(said.value)
        };
        Self {
            theme: wanted(&file),
            ascii: file.get("ascii").and_then(Node::flag),
            mouse: file.get("mouse").and_then(Node::flag).unwrap_or_default(),
            notify: said("notifications").map_or(Notify::Auto, |said| notify(&said.value)),
            editor: program("editor", found),
            pager: program("pager", found),
            keys: keys(&file),
        }
    }
}

fn wanted(file: &Table) -> Wanted {
    let Some(node) = file.get("theme") else { return Wanted::Unsaid };
    if let Some(pair) = node.table() {
        let said = |name: &str| pair.get(name).and_then(Node::at);
        return Wanted::ByGround { dark: said("dark"), light: said("light") };
    }
    match node.at() {
        Some(name) if name.value == "auto" => Wanted::ByGround { dark: None, light: None },
        Some(name) => Wanted::One(name),
        None => Wanted::Unsaid,
    }
}

/// The words were checked against the table of keys.
fn notify(word: &str) -> Notify {
    match word {
        "bell" => Notify::Bell,
        "osc9" => Notify::Osc9,
        "osc777" => Notify::Osc777,
        "osc99" => Notify::Osc99,
        "off" => Notify::Off,
        _ => Notify::Auto,
    }
}

fn keys(file: &Table) -> Vec<Bound> {
    let Some(table) = file.get("keys").and_then(Node::table) else { return Vec::new() };
    let bound = |(action, node): (At<String>, &Node)| {
        let keys = match node.list() {
            Some(list) => list.iter().filter_map(Node::at).collect(),
            None => node.at().into_iter().collect(),
        };
        Bound { action, keys }
    };
    own::in_order(table).into_iter().map(bound).collect()
}
