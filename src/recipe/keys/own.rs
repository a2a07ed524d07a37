//! Keys of the operator's own files: config.toml and themes.

use super::{Key, Table, Type, key};

const KEYS: Type = Type::Either(&Type::Text, &Type::List(&Type::Text));
const LOOK: Type = Type::Either(&Type::Text, &Type::One(Table::Look));

pub(super) const CONFIG: &[Key] = &[
    key("theme", Type::Either(&Type::Text, &Type::One(Table::Grounds)), "The theme; or one for each ground, by what the terminal says its ground is. \"auto\": dark or light.", "\"terminal-16\""),
    key("ascii", Type::Either(&Type::Flag, &Type::Choice(&["auto"])), "Marks in ASCII. \"auto\": outside of UTF-8, on the Linux console, and where the locale makes their width ambiguous.", "\"auto\""),
    key("mouse", Type::Flag, "Clicks choose and the wheel scrolls; without it the terminal selects text. F2 turns it on and off.", "false"),
    key("notifications", Type::Choice(&["auto", "bell", "osc9", "osc777", "osc99", "off"]), "How you are told that a run fails, asks or ends while you look elsewhere. `auto`: as this terminal is known to understand it, else by the bell. `osc9`: iTerm2, Ghostty, WezTerm; `osc777`: foot, Ghostty, urxvt; `osc99`: kitty, foot. Where the terminal does not say whether you look at it, `auto` only rings the bell; what you chose is used all the same. Inside of tmux: `focus-events` and `allow-passthrough` have to be on.", "\"auto\""),
    key("editor", Type::Text, "The editor, with its arguments.", "$VISUAL, else $EDITOR"),
    key("pager", Type::Text, "The pager, with its arguments.", "$PAGER"),
    key("keys", Type::Each(&KEYS), "Other keys for actions, by the name of the action: a key or several, the first is shown. They take the place of its own.", "{}"),
];

pub(super) const GROUNDS: &[Key] = &[
    key("dark", Type::Text, "The theme on a dark ground, and where the terminal does not say.", "\"dark\""),
    key("light", Type::Text, "The theme on a light ground.", "\"light\""),
];

pub(super) const THEME: &[Key] = &[
    key("about", Type::Text, "What it is, in a line.", ""),
    key("inherits", Type::Text, "The theme that holds where this one says nothing.", "\"terminal-16\""),
    key("palette", Type::Each(&Type::Text), "Colours by a name of your own.", "{}"),
    key("styles", Type::One(Table::Styles), "What things look like, by what they mean.", "{}"),
    key("ansi", Type::One(Table::Ansi), "What the sixteen colours are in the output of hosts.", "the terminal's own"),
];

pub(super) const STYLES: &[Key] = &[
    key("text", LOOK, "Ordinary text; its bg is the ground of the whole screen.", ""),
    key("dim", LOOK, "Text of less weight.", ""),
    key("strong", LOOK, "A heading, or what matters in a line.", ""),
    key("running", LOOK, "Something goes on.", ""),
    key("ok", LOOK, "Done.", ""),
    key("warn", LOOK, "Slow, or to be looked at.", ""),
    key("failed", LOOK, "Failed.", ""),
    key("held", LOOK, "Waits for you.", ""),
    key("unknown", LOOK, "Not known.", ""),
    key("key", LOOK, "A key that can be pressed.", ""),
    key("protected", LOOK, "A protected stage.", ""),
    key("hit", LOOK, "What a search found.", ""),
    key("selected", LOOK, "The chosen row, cell or button.", ""),
    key("frame", LOOK, "The frame of a pane.", ""),
    key("frame_focused", LOOK, "The frame of the pane that has the keys.", ""),
    key("title", LOOK, "The title of a pane.", ""),
    key("title_focused", LOOK, "The title of the pane that has the keys.", ""),
];

pub(super) const LOOK_KEYS: &[Key] = &[
    key("fg", Type::Text, "The colour of the text.", "that of `text`"),
    key("bg", Type::Text, "The colour behind it.", "that of `text`"),
    key("bold", Type::Flag, "Bold.", "false"),
    key("dim", Type::Flag, "Faint.", "false"),
    key("italic", Type::Flag, "Italic.", "false"),
    key("underline", Type::Flag, "Underlined.", "false"),
    key("reverse", Type::Flag, "Text and ground exchanged.", "false"),
];

pub(super) const ANSI: &[Key] = &[
    key("black", Type::Text, "Colour 0.", ""),
    key("red", Type::Text, "Colour 1.", ""),
    key("green", Type::Text, "Colour 2.", ""),
    key("yellow", Type::Text, "Colour 3.", ""),
    key("blue", Type::Text, "Colour 4.", ""),
    key("magenta", Type::Text, "Colour 5.", ""),
    key("cyan", Type::Text, "Colour 6.", ""),
    key("white", Type::Text, "Colour 7.", ""),
    key("bright_black", Type::Text, "Colour 8.", ""),
    key("bright_red", Type::Text, "Colour 9.", ""),
    key("bright_green", Type::Text, "Colour 10.", ""),
    key("bright_yellow", Type::Text, "Colour 11.", ""),
    key("bright_blue", Type::Text, "Colour 12.", ""),
    key("bright_magenta", Type::Text, "Colour 13.", ""),
    key("bright_cyan", Type::Text, "Colour 14.", ""),
    key("bright_white", Type::Text, "Colour 15.", ""),
];
