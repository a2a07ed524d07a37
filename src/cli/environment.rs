//! The program's surroundings, read once. Nothing else reads the environment.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use super::{
    args::Global,
    emulator::Emulator,
    exit::{Exit, Stop},
};
use crate::{remote::Environment, run::Who, store::Store, tui::Depth};

/// What the program finds around it.
pub(super) struct Surroundings {
    pub(super) environment: Environment,
    /// The operator's own, also where another takes its place: for the programs that they are lent to.
    pub(super) own: Environment,
    pub(super) store: Store,
    /// Where terminals are marked, also where another store takes its place.
    pub(super) marks: Store,
    pub(super) who: Who,
    /// Whether a person can be asked: standard input and output are a terminal that can be drawn on.
    pub(super) terminal: bool,
    /// Whether this is a build machine, where nobody sits (`CI`).
    pub(super) ci: bool,
    /// Nothing is changed, here or on a host (`--read-only`).
    pub(super) read_only: bool,
    /// Nothing of ours is made on a host: what is asked for is only looked at there.
    pub(super) glances: bool,
    /// What the terminal understands beside drawing.
    pub(super) emulator: Emulator,
    /// What the terminal can show.
    pub(super) looks: Looks,
    /// The console is to be plain lines.
    pub(super) linear: bool,
    /// The terminal understands nothing but text.
    pub(super) dumb: bool,
    /// Where the operator's own files are.
    pub(super) files: OwnFiles,
    /// The operator's editor and pager, as the environment says them.
    pub(super) programs: Programs,
}

/// What the terminal can show, as far as the environment says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// Nothing but ASCII may go to it.
    pub(super) seven_bit: bool,
    /// Marks in ASCII, as asked for on the command line or in the environment.
    pub(super) ascii_said: Option<bool>,
    /// Marks in ASCII, where nobody says.
    pub(super) ascii_auto: bool,
    /// Whether colours are wanted (`NO_COLOR`).
    pub(super) colour: bool,
    /// Whether what is printed may have colours: standard output is a terminal that knows them.
    pub(super) inks: bool,
    /// How many there are.
    pub(super) depth: Depth,
}

/// Where the operator's own files are.
#[derive(Clone, Debug)]
pub(super) struct OwnFiles {
    /// config.toml.
    pub(super) config: PathBuf,
    /// It is not read, whatever is in it.
    pub(super) ignored: bool,
    /// Whether it was named, so that it must be there.
    pub(super) named: bool,
    /// The folder of themes.
    pub(super) themes: PathBuf,
}

/// Programs of the operator's own.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    /// Words for `sh` (`VISUAL`, `EDITOR`).
    pub(super) editor: String,
    /// Words for `sh` (`PAGER`).
    pub(super) pager: String,
}

impl Surroundings {
    pub(super) fn read(global: &Global) -> Result<Self, Stop> {
        let vars: BTreeMap<OsString, OsString> = env::vars_os().collect();
        let text = |name: &str| {
            vars.get(&OsString::from(name))
                .and_then(|value| value.to_str())
                .filter(|value| !value.is_empty())
        };
        let home = text("HOME").map(PathBuf::from).ok_or_else(|| {
            Stop::new(Exit::Usage, "HOME is not set").hint("it is where keys and state are kept")
        })?;
        let user = text("USER").or(text("LOGNAME")).map(str::to_owned);
        let user = user.or_else(login_name).unwrap_or_else(|| "unknown".to_owned());
        let state = state_dir(global, text("XDG_STATE_HOME"), &home)?;
        let looks = Looks::of(global.ascii, &text);
        let files = own_files(global, &text, &home)?;
        let programs = Programs {
            editor: text("VISUAL").or(text("EDITOR")).unwrap_or("vi").to_owned(),
            pager: text("PAGER").filter(|it| *it != "less").unwrap_or("less -R").to_owned(),
        };
        let dumb = is_dumb(&text);
        let tty = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let ssh = find(text("PATH").unwrap_or(""), "ssh");
        let ci = text("CI").is_some();
        let seed = seed()?;
        let emulator = Emulator::of(text);
        let who = Who(format!("{user}@{} {}", machine(), std::process::id()));
        let environment = Environment { home, user, vars, ssh, seed };
        let (linear, read_only) = (global.linear, global.read_only);
        // Lines need nothing but lines.
        let terminal = tty && (linear || !dumb);
        let own = environment.clone();
        Ok(Self {
            environment,
            own,
            marks: Store::at(&state),
            store: Store::at(state),
            who,
            terminal,
            ci,
            read_only,
            glances: read_only,
            emulator,
            looks,
            linear,
            dumb,
            files,
            programs,
        })
    }
}

impl Surroundings {
    /// Whether it runs inside of tmux.
    pub(super) fn tmux(&self) -> bool {
        self.environment.vars.contains_key(&OsString::from("TMUX"))
    }

    /// The operator, as `user@machine`: without the process, which other people cannot use.
    pub(super) fn person(&self) -> &str {
        self.who.0.split(' ').next().unwrap_or_default()
    }
}

impl Looks {
    fn of<'v>(ascii: bool, text: &impl Fn(&str) -> Option<&'v str>) -> Self {
        let locale = text("LC_ALL").or(text("LC_CTYPE")).or(text("LANG")).unwrap_or("");
        let locale = locale.to_ascii_lowercase();
        let utf8 = locale.replace('-', "").contains("utf8");
        let said = match text("DEPLOYUI_ASCII") {
            Some("1" | "true") => Some(true),
            Some("0" | "false") => Some(false),
            Some(_) | None => None,
        };
        let said = if ascii { Some(true) } else { said };
        let term = text("TERM").unwrap_or("");
        let colour = text("NO_COLOR").is_none() && has_colours(term, text("COLORTERM"));
        // Terminals of these locales may draw marks and frames two cells wide (UAX #11).
        let wide = ["zh", "ja", "ko"].iter().any(|language| locale.starts_with(language));
        Self {
            seven_bit: !utf8 || said == Some(true),
            ascii_said: said,
            ascii_auto: !utf8 || wide || term == "linux",
            colour,
            inks: colour && !is_dumb(text) && std::io::stdout().is_terminal(),
            depth: depth(term, text("COLORTERM").unwrap_or("")),
        }
    }
}

/// Whether the terminal says that it understands nothing, or nothing at all.
fn is_dumb<'v>(text: &impl Fn(&str) -> Option<&'v str>) -> bool {
    matches!(text("TERM"), None | Some("dumb"))
}

/// Whether a terminal has colours: those of DEC before the VT525 have none, nor has what says so in its
/// name (term(7), "Terminal naming": `-m` and `-mono`).
fn has_colours(term: &str, colorterm: Option<&str>) -> bool {
    let dec = term.strip_prefix("vt").and_then(|rest| rest.split('-').next());
    let old = dec.and_then(|number| number.parse().ok()).is_some_and(|number: u16| number < 525);
    let mono = term.ends_with("-m") || term.ends_with("-mono");
    colorterm.is_some_and(|it| !it.is_empty()) || !(old || mono)
}

/// How many colours a terminal says it has.
fn depth(term: &str, colorterm: &str) -> Depth {
    const ALL_OF_THEM: [&str; 6] = ["direct", "kitty", "alacritty", "ghostty", "foot", "wezterm"];
    let says = matches!(colorterm, "truecolor" | "24bit");
    if says || ALL_OF_THEM.iter().any(|name| term.contains(name)) {
        Depth::True
    } else if term.contains("256color") {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

fn own_files<'v>(
    global: &Global,
    text: &impl Fn(&str) -> Option<&'v str>,
    home: &Path,
) -> Result<OwnFiles, Stop> {
    let named = global.user_config.clone().or(text("DEPLOYUI_CONFIG").map(PathBuf::from));
    let base = text("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let folder = || base.unwrap_or_else(|| home.join(".config")).join("deployui");
    let is_named = named.is_some();
    let config = named.unwrap_or_else(|| folder().join("config.toml"));
    let config = std::path::absolute(&config).map_err(|error| {
        Stop::new(Exit::Usage, format!("the configuration {}: {error}", config.display()))
    })?;
    let themes = config.with_file_name("themes");
    Ok(OwnFiles { config, named: is_named, ignored: global.no_user_config, themes })
}

fn state_dir(global: &Global, xdg: Option<&str>, home: &Path) -> Result<PathBuf, Stop> {
    let base = xdg.map(PathBuf::from).filter(|dir| dir.is_absolute());
    let default = || base.unwrap_or_else(|| home.join(".local/state")).join("deployui");
    let dir = global.state_dir.clone().unwrap_or_else(default);
    std::path::absolute(&dir).map_err(|error| {
        Stop::new(Exit::Usage, format!("the state directory {}: {error}", dir.display()))
    })
}

fn seed() -> Result<[u8; 32], Stop> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Stop::new(Exit::Refused, format!("no random numbers: {error}")))?;
    Ok(seed)
}

/// The name of whoever this process belongs to, where the environment does not say.
fn login_name() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let user = users.lines().find(|line| line.split(':').nth(2) == Some(uid.as_str()))?;
    user.split(':').next().map(str::to_owned)
}

/// The name of this machine, for the people who read a journal.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "this-machine".to_owned() } else { name.to_owned() }
}

fn find(path: &str, program: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_ascii_where_they_could_not_be_seen_or_counted() {
        // Locale, TERM, --ascii, DEPLOYUI_ASCII: whether bytes are seven bits, and what is said of marks.
        let check = |locale, term, asked, variable, wanted: (bool, Option<bool>, bool)| {
            let vars = [("LANG", locale), ("TERM", term), ("DEPLOYUI_ASCII", variable)];
            let text = |name: &str| {
                let found = vars.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| *value).filter(|value: &&str| !value.is_empty())
            };
            let looks = Looks::of(asked, &text);
            let found = (looks.seven_bit, looks.ascii_said, looks.ascii_auto);
            assert_eq!(found, wanted, "{locale} {term} {asked} {variable}");
        };
        check("C.UTF-8", "xterm-256color", false, "", (false, None, false));
        check("en_GB.utf8", "tmux", false, "", (false, None, false));
        check("de_DE.ISO-8859-1", "xterm", false, "", (true, None, true));
        check("", "xterm", false, "", (true, None, true));
        check("C.UTF-8", "linux", false, "", (false, None, true));
        check("ja_JP.UTF-8", "xterm", false, "", (false, None, true));
        check("zh_CN.UTF-8", "xterm", false, "0", (false, Some(false), true));
        check("C.UTF-8", "xterm", true, "0", (true, Some(true), false));
        check("C.UTF-8", "xterm", false, "1", (true, Some(true), false));
    }

    #[test]
    fn old_terminals_have_no_colours() {
        let check = |term, colorterm, wanted| {
            assert_eq!(has_colours(term, colorterm), wanted, "{term} {colorterm:?}");
        };
        for term in ["vt52", "vt100", "vt102", "vt100-w", "vt220", "xterm-mono", "linux-m"] {
            check(term, None, false);
        }
        for term in ["xterm", "vt525", "vte-256color", "linux", "screen", "vt", ""] {
            check(term, None, true);
        }
        check("vt100", Some("truecolor"), true);
        check("vt100", Some(""), false);
        // Nothing that is shown or printed has colours then.
        let text = |name: &str| {
            [("TERM", "vt100"), ("LANG", "C.UTF-8")].iter().find(|it| it.0 == name).map(|it| it.1)
        };
        let looks = Looks::of(false, &text);
        assert!(!looks.colour && !looks.inks);
    }

    #[test]
    fn terminals_say_how_many_colours_they_have() {
        assert_eq!(depth("xterm", ""), Depth::Sixteen);
        assert_eq!(depth("xterm-256color", ""), Depth::Indexed);
        assert_eq!(depth("xterm-256color", "truecolor"), Depth::True);
        assert_eq!(depth("xterm-kitty", ""), Depth::True);
        assert_eq!(depth("linux", ""), Depth::Sixteen);
    }
}
