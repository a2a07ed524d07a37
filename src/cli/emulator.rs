//! Which terminal this is, by what it says of itself in the environment, and what it understands
//! beside drawing.
//!
//! Progress (OSC 9;4) is only sent where it is certainly understood: a terminal that takes OSC 9 for a
//! notification would show a message for each percent. Behind tmux and screen nothing is known of the
//! terminal, and over SSH its variables do not come along: there it is the bell, and no progress.

use crate::tui::Notices;

/// What a terminal understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Emulator {
    /// How it calls its operator.
    pub(super) notices: Notices,
    /// Whether it shows progress by OSC 9;4.
    pub(super) progress: bool,
}

impl Emulator {
    /// By the environment.
    pub(super) fn of<'a>(var: impl Fn(&str) -> Option<&'a str>) -> Self {
        let plain = Self { notices: Notices::Bell, progress: false };
        let term = var("TERM").unwrap_or_default();
        let inside = term.starts_with("tmux") || term.starts_with("screen");
        if inside || var("TMUX").is_some() || var("STY").is_some() {
            return plain;
        }
        let version = var("TERM_PROGRAM_VERSION").unwrap_or_default();
        match var("TERM_PROGRAM") {
            Some("ghostty") => {
                return Self { notices: Notices::Osc9, progress: at_least(version, &[1, 2]) };
            }
            Some("iTerm.app") => {
                return Self { notices: Notices::Osc9, progress: at_least(version, &[3, 6, 6]) };
            }
            // Versions are dates.
            Some("WezTerm") => {
                return Self { notices: Notices::Osc9, progress: at_least(version, &[20_250_301]) };
            }
            Some(_) | None => {}
        }
        let number = |name| var(name).and_then(|value| value.parse::<u32>().ok()).unwrap_or(0);
        if term == "xterm-kitty" || var("KITTY_WINDOW_ID").is_some() {
            Self { notices: Notices::Osc99, ..plain }
        } else if term.starts_with("foot") {
            Self { notices: Notices::Osc777, ..plain }
        } else {
            let windows = var("WT_SESSION").is_some() || var("ConEmuANSI") == Some("ON");
            // VTE 0.80 (GNOME's terminals).
            Self { progress: windows || number("VTE_VERSION") >= 8000, ..plain }
        }
    }
}

/// Whether a version is this one or a later one; what is no number ends it.
fn at_least(version: &str, wanted: &[u32]) -> bool {
    let parts = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    parts.collect::<Vec<_>>().as_slice() >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_certainly_understands_it_is_sent_progress() {
        let check = |vars: &[(&str, &str)], notices: Notices, progress: bool| {
            let var = |name: &str| vars.iter().find(|(is, _)| *is == name).map(|(_, it)| *it);
            assert_eq!(Emulator::of(var), Emulator { notices, progress }, "{vars:?}");
        };
        let xterm = ("TERM", "xterm-256color");
        check(&[xterm], Notices::Bell, false);
        check(&[], Notices::Bell, false);
        check(&[xterm, ("WT_SESSION", "1-2")], Notices::Bell, true);
        check(&[xterm, ("VTE_VERSION", "8003")], Notices::Bell, true);
        check(&[xterm, ("VTE_VERSION", "7600")], Notices::Bell, false);
        check(&[("TERM", "xterm-kitty")], Notices::Osc99, false);
        check(&[("TERM", "foot")], Notices::Osc777, false);
        let program = |name, version| [("TERM_PROGRAM", name), ("TERM_PROGRAM_VERSION", version)];
        check(&program("ghostty", "1.2.0"), Notices::Osc9, true);
        check(&program("ghostty", "1.1.3"), Notices::Osc9, false);
        check(&program("iTerm.app", "3.4.15"), Notices::Osc9, false);
        check(&program("iTerm.app", "3.6.6"), Notices::Osc9, true);
        check(&program("WezTerm", "20240203-110809-5046fc22"), Notices::Osc9, false);
        check(&program("WezTerm", "20250604-1-aa"), Notices::Osc9, true);
        check(&program("vscode", "1.99"), Notices::Bell, false);
        // Behind tmux its own variables are of whoever began it.
        let mut inside = program("ghostty", "1.2.0").to_vec();
        inside.push(("TMUX", "/tmp/x,1,0"));
        check(&inside, Notices::Bell, false);
        check(&[("TERM", "screen-256color"), ("WT_SESSION", "1")], Notices::Bell, false);
    }
}
