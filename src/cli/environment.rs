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
use crate::{remote::Environment, run::Who, store::Store};

/// What the program finds around it.
pub(super) struct Surroundings {
    pub(super) environment: Environment,
    /// The operator's own, also where another takes its place: for the programs that they are lent to.
    pub(super) own: Environment,
    /// The words of their editor (`VISUAL`, `EDITOR`) and of their pager (`PAGER`).
    pub(super) editor: String,
    pub(super) pager: String,
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
    /// Whether the locale is UTF-8.
    pub(super) utf8: bool,
    /// What the terminal understands beside drawing.
    pub(super) emulator: Emulator,
    /// Whether colours are wanted (`NO_COLOR`).
    pub(super) colour: bool,
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
        let locale = text("LC_ALL").or(text("LC_CTYPE")).or(text("LANG")).unwrap_or("");
        let utf8 = locale.to_ascii_lowercase().replace('-', "").contains("utf8");
        let dumb = matches!(text("TERM"), None | Some("dumb"));
        let tty = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let (colour, ssh) = (text("NO_COLOR").is_none(), find(text("PATH").unwrap_or(""), "ssh"));
        let editor = text("VISUAL").or(text("EDITOR")).unwrap_or("vi").to_owned();
        let pager = text("PAGER").filter(|pager| *pager != "less").unwrap_or("less -R").to_owned();
        let ci = text("CI").is_some();
        let seed = seed()?;
        let emulator = Emulator::of(text);
        let who = Who(format!("{user}@{} {}", machine(), std::process::id()));
        let environment = Environment { home, user, vars, ssh, seed };
        let (terminal, read_only) = (tty && !dumb, global.read_only);
        let own = environment.clone();
        Ok(Self {
            environment,
            own,
            editor,
            pager,
            marks: Store::at(&state),
            store: Store::at(state),
            who,
            terminal,
            ci,
            read_only,
            utf8,
            emulator,
            colour,
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
