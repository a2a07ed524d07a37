//! Which key means what now: the table of the console, with what the operator has bound otherwise.

use super::{
    action::Action,
    keymap::{Binding, Place, Press, TABLE},
};

/// The keys of each row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    keys: Vec<Press>,
    written: String,
}

/// Which key means what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// As many as the table has, in its order.
    rows: Vec<Row>,
    /// Words are typed, and no keys.
    words: bool,
}

/// What is wrong with a binding that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    /// The number of the binding, from 0.
    pub binding: usize,
    /// The number of the key in it; `None`: it is about the action.
    pub key: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
    /// The names that were meant perhaps.
    pub known: Vec<String>,
    /// The binding that has the key, too.
    pub other: Option<(usize, usize)>,
}

/// An action, for those who write its name into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHelp {
    /// Its name.
    pub name: String,
    /// The keys that it has by itself.
    pub keys: String,
    /// What it does.
    pub about: &'static str,
}

/// All actions, in the order of the help.
#[must_use]
pub fn actions() -> Vec<KeyHelp> {
    let help = |row: &Binding| {
        let keys: Vec<String> = row.keys.iter().map(|key| key.written()).collect();
        KeyHelp { name: row.name(), keys: keys.join(" "), about: row.about }
    };
    TABLE.iter().map(help).collect()
}

impl Default for Keymap {
    fn default() -> Self {
        let row = |row: &Binding| Row { keys: row.keys.to_vec(), written: row.written.to_owned() };
        Self { rows: TABLE.iter().map(row).collect(), words: false }
    }
}

impl Keymap {
    /// The table with other keys: each binding names an action and all its keys, the first of which is
    /// shown.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn with(bindings: &[(String, Vec<String>)]) -> Result<Self, Vec<KeyFault>> {
        let mut faults = Vec::new();
        let mut map = Self::default();
        // Which row each binding is about, and its keys with their numbers.
        let mut bound: Vec<Bound> = Vec::new();
        for (binding, (action, keys)) in bindings.iter().enumerate() {
            let Some(row) = row_of(binding, action, &mut faults) else { continue };
            let keys = read(binding, row, keys, &mut faults);
            bound.push(Bound { binding, row, keys });
        }
        for one in &bound {
            let keys: Vec<Press> = one.keys.iter().map(|(_, key)| *key).collect();
            if let (Some(row), Some(first)) = (map.rows.get_mut(one.row), keys.first()) {
                *row = Row { written: first.written(), keys };
            }
        }
        conflicts(&map, &bound, &mut faults);
        faults.sort_by_key(|fault| (fault.binding, fault.key));
        if faults.is_empty() { Ok(map) } else { Err(faults) }
    }

    /// The table for whoever types words: each action is written as its name, and no key means anything.
    pub(crate) fn in_words() -> Self {
        let row = |row: &Binding| Row { keys: Vec::new(), written: row.label.to_owned() };
        Self { rows: TABLE.iter().map(row).collect(), words: true }
    }

    /// Whether no key means anything, and words do.
    pub(crate) fn is_in_words(&self) -> bool {
        self.words
    }

    /// A key that is the same however others are bound, or the word in its place.
    pub(crate) fn fixed(&self, key: &'static str, word: &'static str) -> &'static str {
        if self.words { word } else { key }
    }

    /// What a key means.
    pub(crate) fn action(&self, press: Press) -> Option<Action> {
        let at = self.rows.iter().position(|row| row.keys.contains(&press))?;
        TABLE.get(at).map(|row| row.action)
    }

    /// How the key of an action is written.
    pub(crate) fn written(&self, action: Action) -> &str {
        let at = TABLE.iter().position(|row| row.action == action);
        at.and_then(|at| self.rows.get(at)).map_or("", |row| row.written.as_str())
    }
}

struct Bound {
    binding: usize,
    row: usize,
    keys: Vec<(usize, Press)>,
}

fn fault(binding: usize, key: Option<usize>, what: String) -> KeyFault {
    KeyFault { binding, key, what, hint: None, known: Vec::new(), other: None }
}

/// The row of the table that an action has.
fn row_of(binding: usize, action: &str, faults: &mut Vec<KeyFault>) -> Option<usize> {
    let Some(at) = TABLE.iter().position(|row| row.name() == action) else {
        let known = TABLE.iter().map(Binding::name).collect();
        let what = format!("unknown action `{}`", action.escape_debug());
        let hint = Some("deployui config docs lists all actions".to_owned());
        faults.push(KeyFault { known, hint, ..fault(binding, None, what) });
        return None;
    };
    let fixed = TABLE.get(at).is_some_and(|row| row.keys.iter().any(|key| key.is_fixed()));
    if fixed {
        let what = format!("`{action}` keeps its key");
        let hint = Some("Esc always leaves, and Ctrl-c always asks how to quit".to_owned());
        faults.push(KeyFault { hint, ..fault(binding, None, what) });
        return None;
    }
    Some(at)
}

/// The keys of a binding that can be what they are bound to.
fn read(
    binding: usize,
    row: usize,
    keys: &[String],
    faults: &mut Vec<KeyFault>,
) -> Vec<(usize, Press)> {
    let Some(row) = TABLE.get(row) else { return Vec::new() };
    if keys.is_empty() {
        let what = format!("`{}` would have no key", row.name());
        let hint = Some("leave the line out, and it keeps its own".to_owned());
        faults.push(KeyFault { hint, ..fault(binding, None, what) });
    }
    let mut good: Vec<(usize, Press)> = Vec::new();
    for (at, text) in keys.iter().enumerate() {
        let Some(press) = Press::read(text) else {
            let what = format!("`{}` is not a key", text.escape_debug());
            let hint = "a character, ctrl- and a letter, F1 to F12, or one of: ";
            let known = Press::names();
            let hint = Some(format!("{hint}{}", known.join(", ")));
            faults.push(KeyFault { hint, known, ..fault(binding, Some(at), what) });
            continue;
        };
        if press.is_fixed() {
            let what = format!("{} cannot mean anything else", press.written());
            let hint = Some("Esc always leaves, and Ctrl-c always asks how to quit".to_owned());
            faults.push(KeyFault { hint, ..fault(binding, Some(at), what) });
        } else if row.place == Place::Acting && !press.may_act() {
            let name = row.name();
            let what = format!("`{name}` changes something on hosts: not on {}", press.written());
            let hint = Some("an uppercase letter, or !".to_owned());
            faults.push(KeyFault { hint, ..fault(binding, Some(at), what) });
        } else if let Some((first, _)) = good.iter().find(|(_, other)| *other == press) {
            let what = format!("{} stands here twice", press.written());
            let other = Some((binding, *first));
            faults.push(KeyFault { other, ..fault(binding, Some(at), what) });
        } else {
            good.push((at, press));
        }
    }
    good
}

/// Keys that would mean two things.
fn conflicts(map: &Keymap, bound: &[Bound], faults: &mut Vec<KeyFault>) {
    for (order, one) in bound.iter().enumerate() {
        for (at, press) in &one.keys {
            let has = |row: &Row| row.keys.contains(press);
            let mut others = map.rows.iter().enumerate().filter(|(row, _)| *row != one.row);
            let Some((row, _)) = others.find(|(_, row)| has(row)) else { continue };
            let by = bound.iter().position(|other| other.row == row);
            // Said once, where it stands second.
            if by.is_some_and(|by| by > order) {
                continue;
            }
            let name = TABLE.get(row).map_or_else(String::new, Binding::name);
            let what = format!("{} is the key of `{name}`, too", press.written());
            let hint = by.is_none().then(|| format!("give `{name}` another key in [keys]"));
            let other = by.and_then(|by| bound.get(by)).and_then(|other| {
                let (at, _) = other.keys.iter().find(|(_, key)| key == press)?;
                Some((other.binding, *at))
            });
            faults.push(KeyFault { hint, other, ..fault(one.binding, Some(*at), what) });
        }
    }
}
