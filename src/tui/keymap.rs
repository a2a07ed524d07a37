//! One table: from keys to what they mean, with the words for footer and help. Lowercase looks;
//! what changes a server is on an uppercase letter (or `!`), and most of that asks first.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    action::{Act, Action, Motion},
    state::Model,
};

/// Where a key has its meaning, for the headings of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Everywhere.
    Everywhere,
    /// In the pane that has the keys.
    Moving,
    /// In the log.
    Log,
    /// On the hosts: changes something.
    Acting,
}

impl Place {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Moving => "Moving about",
            Self::Log => "The log",
            Self::Acting => "Acting on the run (these change something)",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Binding {
    /// The keys, as they are typed.
    pub(crate) keys: &'static [Press],
    /// How the keys are written.
    pub(crate) written: &'static str,
    pub(crate) action: Action,
    /// The action as it is called in the code.
    called: &'static str,
    /// A word or two, for the footer.
    pub(crate) label: &'static str,
    /// A sentence, for the help.
    pub(crate) about: &'static str,
    pub(crate) place: Place,
}

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// A character.
    Char(char),
    /// Control and a letter.
    Ctrl(char),
    /// A named key.
    Named(KeyCode),
}

impl Press {
    /// What was pressed; `None` for what has no meaning here, such as Alt with a letter.
    pub(crate) fn of(key: KeyEvent) -> Option<Self> {
        let others = key.modifiers.difference(KeyModifiers::SHIFT);
        match (key.code, others) {
            (KeyCode::Char(c), KeyModifiers::CONTROL) => Some(Self::Ctrl(c.to_ascii_lowercase())),
            (KeyCode::Char(c), modifiers) if modifiers.is_empty() => Some(Self::Char(c)),
            (KeyCode::Char(_), _) => None,
            (code, modifiers) if modifiers.is_empty() => Some(Self::Named(code)),
            (_, _) => None,
        }
    }
}

impl Binding {
    /// The name of the action in config.toml: `next_pane`.
    pub(crate) fn name(&self) -> String {
        let mut name = String::new();
        for c in self.called.chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }
}

/// Keys that have a name, as it is read and as it is written.
const NAMED: [(&str, &str, KeyCode); 13] = [
    ("tab", "Tab", KeyCode::Tab),
    ("shift-tab", "Shift-Tab", KeyCode::BackTab),
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("insert", "Insert", KeyCode::Insert),
    ("delete", "Delete", KeyCode::Delete),
    ("up", "Up", KeyCode::Up),
    ("down", "Down", KeyCode::Down),
    ("left", "Left", KeyCode::Left),
    ("right", "Right", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
];

/// The same for keys with two names.
const PAGES: [(&str, &str, KeyCode); 4] = [
    ("pgup", "PgUp", KeyCode::PageUp),
    ("pgdn", "PgDn", KeyCode::PageDown),
    ("pageup", "PgUp", KeyCode::PageUp),
    ("pagedown", "PgDn", KeyCode::PageDown),
];

/// Function keys that keyboards have.
const FUNCTION_MAX: u8 = 12;

impl Press {
    /// The key of that name: `z`, `ctrl-f`, `F5`, `pgdn`, `space`. Names are read in any case.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return (!c.is_control() && c != ' ').then_some(Self::Char(c));
        }
        let name = text.to_ascii_lowercase();
        if name == "space" {
            return Some(Self::Char(' '));
        }
        if let Some(letter) = name.strip_prefix("ctrl-") {
            let mut letters = letter.chars();
            let one = letters.next().filter(char::is_ascii_lowercase)?;
            // A terminal sends the same for these as for Tab, Enter and Backspace.
            let same = matches!(one, 'i' | 'j' | 'm' | 'h');
            return (letters.next().is_none() && !same).then_some(Self::Ctrl(one));
        }
        if let Some(number) = name.strip_prefix('f').and_then(|number| number.parse().ok()) {
            let there = (1..=FUNCTION_MAX).contains(&number);
            return there.then_some(Self::Named(KeyCode::F(number)));
        }
        let named = NAMED.iter().chain(&PAGES).find(|(known, _, _)| *known == name)?;
        Some(Self::Named(named.2))
    }

    /// How the key is written.
    pub(crate) fn written(self) -> String {
        match self {
            Self::Char(' ') => "Space".to_owned(),
            Self::Char(c) => c.to_string(),
            Self::Ctrl(c) => format!("Ctrl-{c}"),
            Self::Named(KeyCode::F(number)) => format!("F{number}"),
            Self::Named(code) => {
                let named = NAMED.iter().chain(&PAGES).find(|(_, _, known)| *known == code);
                named.map_or_else(|| format!("{code:?}"), |(_, written, _)| (*written).to_owned())
            }
        }
    }

    /// The names of keys that have one.
    pub(crate) fn names() -> Vec<String> {
        let named = NAMED.iter().chain(PAGES.iter().take(2)).map(|(name, _, _)| *name);
        named.chain(["space"]).map(str::to_owned).collect()
    }

    /// Whether it always means the same: the ways out.
    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, Self::Named(KeyCode::Esc) | Self::Ctrl('c'))
    }

    /// Whether what changes something may be on it.
    pub(crate) fn may_act(self) -> bool {
        matches!(self, Self::Char(c) if c.is_uppercase() || c == '!')
    }
}

/// The row of an action.
pub(crate) fn binding(action: Action) -> Option<&'static Binding> {
    TABLE.iter().find(|row| row.action == action)
}

/// What a key means.
pub(crate) fn action(model: &Model, press: Press) -> Option<Action> {
    model.settings.keymap.action(press)
}

/// The key that stands for an action in texts.
pub(crate) fn written(model: &Model, action: Action) -> &str {
    model.settings.keymap.written(action)
}

/// A key that is the same however others are bound; for whoever types words, the word in its place.
pub(crate) fn fixed(model: &Model, key: &'static str, word: &'static str) -> &'static str {
    model.settings.keymap.fixed(key, word)
}

/// Whether words are typed, and no keys pressed.
pub(crate) fn in_words(model: &Model) -> bool {
    model.settings.keymap.is_in_words()
}

/// The keys that choose in a list.
pub(crate) fn down_up(model: &Model) -> String {
    let key = |motion| written(model, Action::Go(motion));
    format!("{} {}", key(Motion::Down), key(Motion::Up))
}

/// The letter of what changes something, for the button that does it: the same key twice.
pub(crate) fn letter(model: &Model, act: Act) -> Option<char> {
    let mut chars = written(model, Action::Act(act)).chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// A text in which the names of actions in braces are their keys.
pub(crate) fn with_keys(model: &Model, text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let put = |text: String, row: &Binding| {
        text.replace(&format!("{{{}}}", row.name()), written(model, row.action))
    };
    TABLE.iter().fold(text.to_owned(), put)
}

use KeyCode as K;
use Place::{Acting, Everywhere, Log, Moving};
use Press::{Char, Ctrl, Named};

macro_rules! table {
    (@ Acting $act:ident) => { Action::Act(Act::$act) };
    (@ Moving $motion:ident) => { Action::Go(Motion::$motion) };
    (@ $place:ident $action:ident) => { Action::$action };
    ($($keys:expr, $written:literal, $action:ident, $place:ident, $label:literal, $about:literal;)*) => {
        &[$(Binding {
            keys: &$keys,
            written: $written,
            action: table!(@ $place $action),
            called: stringify!($action),
            label: $label,
            about: $about,
            place: $place,
        }),*]
    };
}

/// All keys. The order is the order of the help.
#[rustfmt::skip]
pub(crate) const TABLE: &[Binding] = table! {
    [Char('?')], "?", Help, Everywhere, "help", "Shows this list; type to search it.";
    [Char(':')], ":", Palette, Everywhere, "palette", "Everything by its name, found by a few letters; shows what would be run before it acts.";
    [Ctrl('o')], "Ctrl-o", Commands, Everywhere, "commands", "What the open dialog or the chosen release would run, to be read: it answers nothing.";
    [Named(K::Esc)], "Esc", Back, Everywhere, "back", "Leaves what is open: dialog, search, zoom.";
    [Char('q')], "q", Quit, Everywhere, "quit", "Leaves; during a run it asks how.";
    [Ctrl('c')], "Ctrl-c", Interrupt, Everywhere, "quit", "The same; pressed again it moves on to the next choice.";
    [Ctrl('z')], "Ctrl-z", Suspend, Everywhere, "suspend", "Stops the console until `fg`; during a run: a shell here, the run goes on.";
    [Named(K::F(2))], "F2", Mouse, Everywhere, "mouse", "The mouse on, or off: with it on, the terminal selects no text by itself.";
    [Ctrl('l')], "Ctrl-l", Redraw, Everywhere, "redraw", "Draws the screen anew.";
    [Named(K::Tab)], "Tab", NextPane, Everywhere, "pane", "Gives the keys to the next pane.";
    [Named(K::BackTab)], "Shift-Tab", PreviousPane, Everywhere, "pane", "Gives the keys to the pane before.";
    [Char('1')], "1", Hosts, Everywhere, "hosts", "Gives the keys to hosts and steps.";
    [Char('2')], "2", Releases, Everywhere, "releases", "Gives the keys to the releases.";
    [Char('3')], "3", Steps, Everywhere, "steps", "Gives the keys to the list of steps.";
    [Char('4')], "4", Log, Everywhere, "log", "Gives the keys to the log.";
    [Char('5')], "5", Choices, Everywhere, "what now", "Gives the keys to the open question; opens the failure view again.";
    [Char('6')], "6", Evidence, Everywhere, "evidence", "Gives the keys to the evidence of a failure, where there is such a pane.";
    [Named(K::Enter)], "Enter", Open, Everywhere, "open", "Opens what is chosen: the log of a cell, a release to go back to, the dialog of a choice.";
    [Char('z')], "z", Zoom, Everywhere, "zoom", "One pane on the whole screen, and back.";
    [Char('<')], "<", Narrower, Everywhere, "narrower", "Makes the panes on the left narrower.";
    [Char('>')], ">", Wider, Everywhere, "wider", "Makes the panes on the left wider.";
    [Char('i')], "i", Host, Everywhere, "host", "All that is known of the chosen host.";
    [Char('o')], "o", Runs, Everywhere, "runs", "Lists the runs that there were, on this stage or on all stages (the history), and opens one to be read.";
    [Named(K::F(1))], "F1", Guide, Everywhere, "guide", "Where to begin: the words for a newcomer, where there are some.";
    [Named(K::F(3))], "F3", Messages, Everywhere, "messages", "What was said in the last line so far, the newest first.";
    [Char('f')], "f", Follow, Everywhere, "follow", "Follows the run: the newest step, the end of its log.";
    [Char('r')], "r", Look, Everywhere, "look again", "Looks at the hosts again now, connects those that are not, reads deploy.toml anew.";
    [Char('k'), Named(K::Up)], "k", Up, Moving, "up", "Up: host, line or choice.";
    [Char('j'), Named(K::Down)], "j", Down, Moving, "down", "Down: host, line or choice.";
    [Char('h'), Named(K::Left)], "h", Left, Moving, "left", "Left: step, text or question.";
    [Char('l'), Named(K::Right)], "l", Right, Moving, "right", "Right: step, text or question.";
    [Char('g'), Named(K::Home)], "g", Top, Moving, "top", "To the first host or line, and to where its rows begin.";
    [Char('G'), Named(K::End)], "G", Bottom, Moving, "end", "To the last host or line; the log follows again, and goes on with the step that runs.";
    [Named(K::PageUp)], "PgUp", PageUp, Moving, "page up", "A page up.";
    [Named(K::PageDown)], "PgDn", PageDown, Moving, "page down", "A page down.";
    [Ctrl('u')], "Ctrl-u", HalfUp, Moving, "half up", "Half a page up.";
    [Ctrl('d')], "Ctrl-d", HalfDown, Moving, "half down", "Half a page down.";
    [Char('/')], "/", Search, Log, "search", "Searches the log (regular expression; capital letters count only if you type one; Up: earlier ones); in hosts and in steps: lists those that have it in their name, role or state.";
    [Char('n')], "n", NextHit, Log, "next", "To the next line that was searched for, or that the filter is for: one stop for each line, however often it is in there.";
    [Char('N')], "N", PreviousHit, Log, "previous", "To the line before that was searched for, or that the filter is for.";
    [Char('e')], "e", NextError, Log, "error", "To the next lines that speak of an error: one stop for those that lie together.";
    [Char('E')], "E", PreviousError, Log, "error before", "To the lines before that speak of an error: one stop for those that lie together.";
    [Char('x')], "x", NextWarning, Log, "warning", "To the next line that speaks of a warning.";
    [Ctrl('x')], "Ctrl-x", PreviousWarning, Log, "warning before", "To the line before that speaks of a warning.";
    [Char('d')], "d", NextPause, Log, "pause", "To the next line that came long after the one before it (2 s, and 5 times what is usual).";
    [Char('&')], "&", Filter, Log, "filter", "Shows only lines that fit (regular expression; ! before it: that do not).";
    [Char('{')], "{", LessContext, Log, "less around", "Fewer lines around those that the filter keeps.";
    [Char('}')], "}", MoreContext, Log, "more around", "More lines around those that the filter keeps.";
    [Char('a')], "a", AllHosts, Log, "all hosts", "All hosts of the step: equal lines once, each line by itself, back to one.";
    [Char('m')], "m", Mark, Log, "mark", "Marks the line, or takes its mark away.";
    [Char('\'')], "'", NextMark, Log, "next mark", "To the next line that is marked.";
    [Char('c')], "c", Choose, Log, "choose", "A cursor among the lines; again: the other end of those to copy or save.";
    [Char('y')], "y", Copy, Log, "copy", "Copies the line, or those that are chosen; in the failure view the card. Secrets stay hidden.";
    [Char('b'), Ctrl('s')], "b", Save, Log, "save", "Saves the log, or the chosen lines, in a file: as shown, secrets hidden.";
    [Char('w')], "w", Wrap, Log, "wrap", "Long lines in several rows, or cut.";
    [Char('t')], "t", Times, Log, "time", "When lines arrived: not shown, by the clock, since the start.";
    [Char('v')], "v", Editor, Log, "editor", "Opens the log in your editor: at the cursor, else where you marked or jumped to last, else at what is seen first; a copy, its secrets hidden.";
    [Char('|')], "|", Pager, Log, "pager", "Opens the log in your pager, at the same line, with its colours.";
    [Char('s')], "s", Stream, Log, "stream", "Plain lines of all hosts instead of the screen, for copying; any key comes back.";
    [Char('[')], "[", OlderAttempt, Log, "older", "To the log of the attempt before.";
    [Char(']')], "]", NewerAttempt, Log, "newer", "To the log of the next attempt.";
    [Char('D')], "D", Deploy, Acting, "deploy", "Starts the run: straight or step by step.";
    [Char('S')], "S", Step, Acting, "step", "Does the next step, then pauses.";
    [Char('C')], "C", Continue, Acting, "continue", "Goes on to the end or to a breakpoint.";
    [Char('P')], "P", Pause, Acting, "pause", "Begins no further step; what runs goes on to its end.";
    [Char('B')], "B", Break, Acting, "break", "Sets a breakpoint before the chosen step; again: before each of its items, or none.";
    [Char('T')], "T", Retry, Acting, "retry", "Tries again what failed: here, or on all hosts.";
    [Char('O')], "O", Edit, Acting, "edit", "Changes the command for this run, and tries again.";
    [Char('F')], "F", Fixed, Acting, "fixed", "Takes it as done: you mended it by hand.";
    [Char('K')], "K", Skip, Acting, "skip", "Leaves the step out on this host.";
    [Char('L')], "L", AssumeFailed, Acting, "not done", "Takes an unknown outcome as failed.";
    [Char('X')], "X", Exclude, Acting, "exclude", "Leaves the host out from here on; before a run: plans it without hosts that cannot be reached.";
    [Char('W')], "W", Elsewhere, Acting, "elsewhere", "Does the step on another host instead.";
    [Char('V')], "V", TakeOver, Acting, "take over", "Takes the lock from who holds it: over by the run, or to end it.";
    [Char('I')], "I", Input, Acting, "input", "Sends a line to a step that waits for one.";
    [Char('H')], "H", Stop, Acting, "stop", "Stops the step that runs in the chosen cell: TERM first, then KILL if that was of no use.";
    [Char('U')], "U", Undo, Acting, "undo", "Gives the run up and takes back what was done.";
    [Char('A')], "A", Abort, Acting, "abort", "Gives the run up; asks which way.";
    [Char('M')], "M", Maintenance, Acting, "maintenance", "Turns maintenance on or off.";
    [Char('R')], "R", Rollback, Acting, "rollback", "Goes back to an older release: shows them all first.";
    [Char('!')], "!", Shell, Acting, "shell", "Opens a shell on the host, in the directory, user and environment of the step.";
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_meaning() {
        let mut seen = Vec::new();
        for row in TABLE {
            for key in row.keys {
                assert!(!seen.contains(key), "{key:?}");
                seen.push(*key);
            }
        }
    }

    #[test]
    fn what_acts_is_on_no_lowercase_key() {
        for row in TABLE.iter().filter(|row| row.place == Acting) {
            for key in row.keys {
                assert!(key.may_act(), "{key:?}");
            }
        }
    }

    #[test]
    fn every_action_has_a_name_of_its_own_and_every_key_is_read_as_it_is_written() {
        let mut names: Vec<String> = TABLE.iter().map(Binding::name).collect();
        assert!(names.contains(&"next_pane".to_owned()), "{names:?}");
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        for key in TABLE.iter().flat_map(|row| row.keys) {
            assert_eq!(Press::read(&key.written()), Some(*key), "{key:?}");
        }
        for row in TABLE {
            assert_eq!(row.keys.first().map(|key| key.written()).as_deref(), Some(row.written));
        }
    }

    #[test]
    fn keys_are_read_by_their_names() {
        let read = |text| Press::read(text);
        assert_eq!(read("z"), Some(Char('z')));
        assert_eq!(read("Z"), Some(Char('Z')));
        assert_eq!(read("ctrl-f"), Some(Ctrl('f')));
        assert_eq!(read("Ctrl-F"), Some(Ctrl('f')));
        assert_eq!(read("f5"), Some(Named(K::F(5))));
        assert_eq!(read("PageDown"), Some(Named(K::PageDown)));
        assert_eq!(read("space"), Some(Char(' ')));
        for none in ["", " ", "zz", "F13", "F0", "ctrl-", "ctrl-ff", "ctrl-i", "alt-x", "ctrl-1"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
