//! A theme: its file over those that it inherits, its colours found, every tone with its look.

use super::{
    DEFAULT_THEME,
    contrast::{Faint, READABLE, faint},
    shipped::{self, shipped},
    tone::Tone,
};
use crate::{
    recipe::{
        At, Diagnostic, Span, choose,
        own::{self, Kind, Node, Table, Value},
    },
    text::{Color, Style},
};

/// Themes on themes; more are a mistake.
const LAYERS_MAX: usize = 8;

/// The sixteen colours of a terminal, by their numbers, as themes call them.
pub(super) const ANSI: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright_black",
    "bright_red",
    "bright_green",
    "bright_yellow",
    "bright_blue",
    "bright_magenta",
    "bright_cyan",
    "bright_white",
];

/// A theme of the operator's own: how its file is called on screens, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path.
    pub shown: String,
    /// What it holds.
    pub text: String,
}

/// Finds the theme of that name among the operator's own; why it cannot be read, in words.
pub type Find<'f> = &'f dyn Fn(&str) -> Option<Result<Found, String>>;

/// A theme, ready to be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// Where it comes from: a file, or `None` for what comes along.
    pub file: Option<String>,
    /// As many as there are tones, in their order.
    styles: Vec<Style>,
    /// What the sixteen colours are in the output of hosts; `None`: the terminal's own.
    pub ansi: [Option<Color>; 16],
}

impl Theme {
    /// The look of a tone. Where it says no colour, that of ordinary text holds.
    #[must_use]
    pub fn style(&self, tone: Tone) -> Style {
        self.styles.get(tone.number()).copied().unwrap_or_default()
    }

    /// Whether it names colours that a terminal of sixteen does not have.
    #[must_use]
    pub fn has_rgb(&self) -> bool {
        let rgb = |colour: Option<Color>| matches!(colour, Some(Color::Rgb(..)));
        self.styles.iter().any(|style| rgb(style.fg) || rgb(style.bg))
    }
}

impl Default for Theme {
    /// The terminal's own colours.
    fn default() -> Self {
        // That nothing is wrong with what comes along is held by a test.
        let mut found = Vec::new();
        let none = |_: &str| None;
        let plain = || Self {
            name: DEFAULT_THEME.to_owned(),
            about: String::new(),
            file: None,
            styles: Vec::new(),
            ansi: [None; 16],
        };
        theme(DEFAULT_THEME, None, &none, &mut found).unwrap_or_else(plain)
    }
}

/// A file of a theme.
struct File {
    table: Table,
    /// The path of one of the operator's own.
    path: Option<String>,
}

/// The theme of that name, and where a file names it: the operator's own before one that comes along.
/// What is wrong is added to `found`.
pub fn theme(
    called: &str,
    at: Option<&At<String>>,
    find: Find<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<Theme> {
    let mut files: Vec<File> = Vec::new();
    let mut next = Some((called.to_owned(), at.cloned()));
    while let Some((name, at)) = next.take() {
        if files.len() > LAYERS_MAX {
            let message = format!("more than {LAYERS_MAX} themes, each on the next");
            found.push(fault(at.as_ref(), message));
            return None;
        }
        let seen = |path: &Option<String>| files.iter().any(|file| file.path == *path);
        let (path, text) = match text(&name, find, &seen) {
            Ok(text) => text,
            Err((why, hint)) => {
                found.push(fault(at.as_ref(), why).maybe_hint(hint));
                return None;
            }
        };
        let shown = path.clone().unwrap_or_else(|| shipped::shown(&name));
        let source = own::source(&shown, &text, files.len() + 1);
        let table = own::read(&source, Kind::Theme, found);
        let base = table.get("inherits").and_then(Node::at);
        next = base.as_ref().map(|base| (base.value.clone(), Some(base.clone())));
        let last = name == DEFAULT_THEME && path.is_none();
        if next.is_none() && !last {
            next = Some((DEFAULT_THEME.to_owned(), None));
        }
        files.push(File { table, path });
    }
    Some(whole(called, files, found))
}

fn fault(at: Option<&At<String>>, message: String) -> Diagnostic {
    match at {
        Some(at) => Diagnostic::error(&at.span, message),
        None => Diagnostic::request(message),
    }
}

/// The path and the text of a theme. One that inherits its own name means the one that comes along.
fn text(
    name: &str,
    find: Find<'_>,
    seen: &dyn Fn(&Option<String>) -> bool,
) -> Result<(Option<String>, String), (String, Option<String>)> {
    let said = name.escape_debug();
    let own = match find(name) {
        Some(Ok(found)) => Some(found),
        Some(Err(why)) => return Err((format!("cannot read the theme `{said}`: {why}"), None)),
        None => None,
    };
    let twice = own.as_ref().is_some_and(|own| seen(&Some(own.shown.clone())));
    match (own, shipped::text(name)) {
        (Some(own), _) if !twice => Ok((Some(own.shown), own.text)),
        (_, Some(text)) if !(twice && seen(&None)) => Ok((None, text.to_owned())),
        (Some(_), _) => Err((format!("the theme `{said}` inherits itself"), None)),
        (None, _) => {
            let known: Vec<&str> = shipped().iter().map(|(name, _)| *name).collect();
            let hint = choose(name, &known, "theme");
            Err((format!("there is no theme `{said}`"), hint))
        }
    }
}

/// All files as one, from the lowest.
fn whole(name: &str, files: Vec<File>, found: &mut Vec<Diagnostic>) -> Theme {
    let file = files.first().and_then(|file| file.path.clone());
    let own: Vec<String> = files.iter().filter_map(|file| file.path.clone()).collect();
    let about = files.first().and_then(|file| file.table.get("about")?.text().map(str::to_owned));
    let mut table = Table::new();
    for file in files.into_iter().rev() {
        own::over(&mut table, file.table, Kind::Theme);
    }
    let none = Table::new();
    let inner = |name: &str| table.get(name).and_then(Node::table).unwrap_or(&none);
    let mut colours = Colours { palette: inner("palette"), found };
    colours.check_palette();
    let styles = inner("styles");
    let look = |tone: &Tone| {
        styles.get(tone.name()).map_or_else(Style::default, |node| colours.look(node))
    };
    let looks: Vec<Style> = Tone::ALL.iter().map(look).collect();
    colours.check_contrast(styles, &looks, &own);
    let output = inner("ansi");
    let ansi = ANSI.map(|name| output.get(name).and_then(|node| colours.named(node)));
    Theme { name: name.to_owned(), about: about.unwrap_or_default(), file, styles: looks, ansi }
}

/// Finds colours by what they are called.
struct Colours<'t> {
    palette: &'t Table,
    found: &'t mut Vec<Diagnostic>,
}

impl Colours<'_> {
    /// Reports what the palette calls a colour and is none, used or not.
    fn check_palette(&mut self) {
        for (_, node) in own::in_order(self.palette) {
            if node.text().is_some_and(|text| written(text).is_none()) {
                let given = node.text().unwrap_or_default().escape_debug();
                let problem = Diagnostic::error(&node.span, format!("`{given}` is not a colour"));
                let hint = choose(&given.to_string(), &ANSI, "colour")
                    .filter(|hint| hint.starts_with("did"))
                    .unwrap_or_else(|| "\"#rrggbb\", or one of the sixteen, as \"red\"".to_owned());
                self.found.push(problem.hint(hint));
            }
        }
    }

    /// Warns of what can hardly be read, where the operator has written what makes it so.
    fn check_contrast(&mut self, styles: &Table, looks: &[Style], own: &[String]) {
        for Faint { tone, chosen, contrast } in faint(looks) {
            let of = if chosen { Tone::Selected } else { tone };
            let tones = [of, tone, Tone::Text];
            let place =
                tones.into_iter().find_map(|tone| self.place(styles.get(tone.name())?, own));
            let Some(place) = place else { continue };
            let row = if chosen { " in the chosen row" } else { "" };
            let name = tone.name();
            // Cut, not rounded: what is not enough does not look as if it were.
            let contrast = (contrast * 10.0).floor() / 10.0;
            let message = format!(
                "`{name}` is hard to read{row}: its contrast is {contrast}:1, and text needs {READABLE}:1"
            );
            self.found.push(Diagnostic::warning(&place, message));
        }
    }

    /// Where one of the operator's own files says a colour of a style.
    fn place(&self, node: &Node, own: &[String]) -> Option<Span> {
        let said = match node.table() {
            Some(table) => ["fg", "bg"].iter().filter_map(|name| table.get(*name)).collect(),
            None => vec![node],
        };
        let called = |node: &Node| self.palette.get(node.text()?).map(|node| node.span.clone());
        let spans = said.into_iter().flat_map(|node| [Some(node.span.clone()), called(node)]);
        spans.flatten().find(|span| own.contains(&span.source.shown))
    }

    /// A style: a colour of the text, or a table.
    fn look(&mut self, node: &Node) -> Style {
        let Some(table) = node.table() else {
            return Style { fg: self.named(node), ..Style::default() };
        };
        let flag = |name: &str| table.get(name).and_then(Node::flag).unwrap_or(false);
        let look = Style {
            fg: None,
            bg: None,
            bold: flag("bold"),
            dim: flag("dim"),
            italic: flag("italic"),
            underline: flag("underline"),
            reverse: flag("reverse"),
            strike: false,
        };
        let mut colour = |name: &str| table.get(name).and_then(|node| self.named(node));
        Style { fg: colour("fg"), bg: colour("bg"), ..look }
    }

    /// The colour that a value names; what is not one is reported.
    fn named(&mut self, node: &Node) -> Option<Color> {
        let given = node.text()?;
        if let Some(Node { value: Value::Text(text), .. }) = self.palette.get(given) {
            // What is wrong with it was said where it stands.
            return written(text).flatten();
        }
        if let Some(colour) = written(given) {
            return colour;
        }
        let mut known: Vec<&str> = self.palette.keys().map(String::as_str).collect();
        known.extend(ANSI);
        let problem =
            Diagnostic::error(&node.span, format!("unknown colour `{}`", given.escape_debug()));
        let hint = choose(given, &known, "colour").filter(|hint| hint.starts_with("did"));
        let hint = hint.unwrap_or_else(|| {
            "a name of [palette], \"#rrggbb\", \"default\", or one of the sixteen".to_owned()
        });
        self.found.push(problem.hint(hint));
        None
    }
}

/// A colour as it is written: `#rrggbb`, one of the sixteen, or the terminal's own (`None` inside).
fn written(text: &str) -> Option<Option<Color>> {
    if text == "default" {
        return Some(None);
    }
    if let Some(number) = ANSI.iter().position(|name| *name == text) {
        return Some(u8::try_from(number).ok().map(Color::Indexed));
    }
    let digits = text.strip_prefix('#').filter(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some(Some(Color::Rgb(byte(0)?, byte(2)?, byte(4)?)))
}
