//! The pictures: one line for each.

use super::paper::Paper;

/// One picture or recording: its name, what is typed and waited for, and how it is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Scripts, one after the other.
    pub(crate) script: &'static [&'static str],
    pub(crate) takes: &'static [Take],
}

/// A size and a look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Take {
    pub(crate) cols: u16,
    pub(crate) rows: u16,
    pub(crate) look: Look,
}

/// How the program is started, and on what ground it is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// In the name of the file; empty for the default.
    pub(crate) name: &'static str,
    pub(crate) paper: Paper,
    /// More words after `demo`.
    pub(crate) args: &'static [&'static str],
    pub(crate) env: &'static [(&'static str, &'static str)],
}

const PLAIN: Look = Look { name: "", paper: Paper::Dark, args: &[], env: &[] };
const LIGHT: Look =
    Look { name: "light", paper: Paper::Light, args: &["--theme", "light"], ..PLAIN };
const GRUVBOX: Look = Look { name: "gruvbox-dark", args: &["--theme", "gruvbox-dark"], ..PLAIN };
const OKABE_ITO: Look = Look { name: "okabe-ito", args: &["--theme", "okabe-ito"], ..PLAIN };
const ASCII: Look = Look { name: "ascii", env: &[("LANG", "C")], ..PLAIN };
const NO_COLOUR: Look = Look { name: "no-color", env: &[("NO_COLOR", "1")], ..PLAIN };

const fn take(cols: u16, rows: u16, look: Look) -> Take {
    Take { cols, rows, look }
}

const BOTH: &[Take] = &[take(120, 36, PLAIN), take(80, 24, PLAIN)];
const SIZES: &[Take] = &[take(120, 36, PLAIN), take(80, 24, PLAIN), take(60, 16, PLAIN)];
const LOOKS: &[Take] = &[
    take(120, 36, PLAIN),
    take(80, 24, PLAIN),
    take(60, 16, PLAIN),
    take(120, 36, LIGHT),
    take(120, 36, GRUVBOX),
    take(120, 36, OKABE_ITO),
    take(120, 36, ASCII),
    take(120, 36, NO_COLOUR),
];

// Where scenes begin.
const READY: &str = "{READY}{MAINT off}";
const FAILED: &str = "{READY}{MAINT off}D{Start deploy}<tab><ret>{FAILED migrate}{=1200}";
/// The migration is given what it asks for.
const MENDED: &str = "O{Edit}<tab><home>HOURS=8-18 <tab><tab><ret>{Run this as}<tab><ret>";
/// The run is over, and the hosts were looked at again.
const DONE: &str = "{is over}{MAINT off}{=1500}";

/// All of them.
pub(crate) const SCENES: &[Scene] = &[
    Scene { name: "overview", script: &[READY], takes: BOTH },
    Scene { name: "start", script: &[READY, "D{Start deploy}"], takes: BOTH },
    Scene {
        name: "running",
        script: &[READY, "D{Start deploy}<tab><ret>{RUN 4/11}{=500}"],
        takes: SIZES,
    },
    Scene { name: "failure", script: &[FAILED], takes: LOOKS },
    Scene { name: "retry", script: &[FAILED, "T{Retry migrate}"], takes: BOTH },
    Scene {
        name: "edit",
        script: &[FAILED, "O{Edit}<tab><home>HOURS=8-18 {HOURS=8-18 sh}"],
        takes: BOTH,
    },
    Scene { name: "log", script: &[FAILED, "4z{ERROR: column}"], takes: BOTH },
    Scene { name: "search", script: &[FAILED, "4z/hours<ret>{=300}{ERROR: column}"], takes: BOTH },
    Scene {
        name: "compare",
        script: &[FAILED, "O{Edit}<tab><home>HOURS=8-18 <tab><tab><ret>{Run this as}"],
        takes: BOTH,
    },
    Scene { name: "filter", script: &[FAILED, "4z&rows<ret>{&rows}{=300}"], takes: BOTH },
    Scene { name: "all-hosts", script: &[FAILED, "<esc>hh4za{hosts}{=400}"], takes: BOTH },
    Scene {
        name: "commands",
        script: &[READY, "D{Start deploy}<C-o>{What it would run}{=300}"],
        takes: BOTH,
    },
    Scene { name: "palette", script: &[FAILED, ":{Do or go to}retry{=400}"], takes: SIZES },
    Scene { name: "host", script: &[FAILED, "<esc>i{RELEASES}{=300}"], takes: SIZES },
    Scene { name: "runs", script: &[FAILED, "o{Runs}{=500}"], takes: SIZES },
    Scene { name: "shell", script: &[FAILED, "!{Open a shell}"], takes: BOTH },
    Scene { name: "done", script: &[FAILED, MENDED, DONE], takes: BOTH },
    Scene {
        name: "rollback",
        script: &[FAILED, MENDED, DONE, "R{Go back to which}{=500}"],
        takes: LOOKS,
    },
    Scene {
        name: "rollback-confirm",
        script: &[FAILED, MENDED, DONE, "R{Go back to which}{=500}<ret>{Roll back shop}{=500}"],
        takes: BOTH,
    },
    Scene { name: "maintenance", script: &[READY, "M{Turn on}"], takes: BOTH },
    Scene {
        name: "maintenance-on",
        script: &[READY, "M{Turn on}<down><ret>{maintenance is on}{MAINT on}"],
        takes: BOTH,
    },
    Scene { name: "help", script: &[FAILED, "?{type to search}"], takes: BOTH },
    Scene { name: "quit", script: &[FAILED, "q{Leave?}"], takes: BOTH },
];

/// The walk that README shows.
pub(crate) const WALK: Scene = Scene {
    name: "demo",
    script: &[
        READY,
        "{=1500}D{Start deploy}{=1200}<tab>{=500}<ret>{FAILED migrate}{MAINT on}{=3000}",
        "O{Edit}{=900}<tab>{=500}<home>HOURS=8-18 {=1200}<tab><tab>{=500}<ret>",
        "{Run this as}{=1500}<tab>{=500}<ret>",
        DONE,
        "R{Go back to which}{=2000}<ret>{Roll back shop}{=3000}",
    ],
    takes: &[take(110, 30, PLAIN)],
};
