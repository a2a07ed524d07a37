//! What makes a terminal call whoever sits at it, and show how far something is: the bytes.

use super::tmux;

/// How a terminal calls its operator. Which one a terminal understands is found by whoever knows its
/// surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notices {
    /// The bell: understood by every terminal, and let through by tmux.
    Bell,
    /// A notification by OSC 9 (iTerm2, Ghostty, WezTerm).
    Osc9,
    /// A notification by OSC 777 (foot, urxvt).
    Osc777,
    /// A notification by OSC 99 (kitty).
    Osc99,
}

/// How far something is, for the terminal's own indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing goes on.
    #[default]
    Off,
    /// So much of a hundred.
    Going(u8),
    /// It failed there.
    Failed(u8),
    /// It goes on; how far it is, is not known.
    Busy,
    /// It waits there.
    Waiting(u8),
}

/// What shows how far something is (OSC 9;4, as ConEmu and Windows Terminal describe it).
pub(crate) fn shown(progress: Progress) -> String {
    let (state, percent) = match progress {
        Progress::Off => (0, 0),
        Progress::Going(percent) => (1, percent),
        Progress::Failed(percent) => (2, percent),
        Progress::Busy => (3, 0),
        Progress::Waiting(percent) => (4, percent),
    };
    format!("\x1b]9;4;{state};{}\x07", percent.min(100))
}

/// What calls the operator. The text is one line, without anything that could end the sequence.
///
/// Inside of tmux a notification is wrapped for the terminal, and the bell is rung as well: whether tmux
/// hands the one on, it does not say.
pub(crate) fn call(how: Notices, text: &str, in_tmux: bool) -> String {
    let plain = plain(how, text);
    if in_tmux && how != Notices::Bell { format!("{}{BELL}", tmux::wrapped(&plain)) } else { plain }
}

fn plain(how: Notices, text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
    match how {
        Notices::Bell => BELL.to_owned(),
        Notices::Osc9 => format!("\x1b]9;deployui: {text}\x1b\\"),
        // A semicolon parts title and text.
        Notices::Osc777 => format!("\x1b]777;notify;deployui;{}\x1b\\", text.replace(';', ",")),
        Notices::Osc99 => format!("\x1b]99;i=deployui:d=1;deployui: {text}\x1b\\"),
    }
}

const BELL: &str = "\x07";

/// Characters of a notification.
const TEXT_MAX: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_notification() {
        let text = "web1\x1b\\\x07 \u{9c}\x1b]52;c;aGk=\x07;x\n";
        for how in [Notices::Osc9, Notices::Osc777, Notices::Osc99] {
            let bytes = call(how, text, false);
            let inner =
                bytes.strip_prefix("\x1b]").and_then(|it| it.strip_suffix("\x1b\\")).unwrap();
            assert!(!inner.contains(char::is_control), "{bytes:?}");
        }
        assert_eq!(call(Notices::Bell, text, false), BELL);
        assert_eq!(call(Notices::Osc777, "a;b", false), "\x1b]777;notify;deployui;a,b\x1b\\");
        // It must not be taken for progress.
        assert!(call(Notices::Osc9, "4;1;50", false).starts_with("\x1b]9;deployui: "));
        assert!(call(Notices::Osc9, &"x".repeat(999), false).len() < 200);
    }

    #[test]
    fn each_way_is_said_as_its_terminals_read_it() {
        let check = |how, in_tmux, wanted: &str| {
            let said = call(how, "FAILED build; exit 1", in_tmux);
            let said = said.replace('\x1b', "E").replace('\x07', "B");
            assert_eq!(said, wanted, "{how:?}");
        };
        check(Notices::Bell, false, "B");
        check(Notices::Osc9, false, r"E]9;deployui: FAILED build; exit 1E\");
        check(Notices::Osc777, false, r"E]777;notify;deployui;FAILED build, exit 1E\");
        check(Notices::Osc99, false, r"E]99;i=deployui:d=1;deployui: FAILED build; exit 1E\");
        // tmux reads a doubled escape as one that is meant for the terminal.
        check(Notices::Bell, true, "B");
        check(Notices::Osc9, true, r"EPtmux;EE]9;deployui: FAILED build; exit 1EE\E\B");
        check(
            Notices::Osc99,
            true,
            r"EPtmux;EE]99;i=deployui:d=1;deployui: FAILED build; exit 1EE\E\B",
        );
    }

    #[test]
    fn progress_is_said_as_the_terminals_read_it() {
        let said = [
            Progress::Off,
            Progress::Going(42),
            Progress::Failed(200),
            Progress::Busy,
            Progress::Waiting(7),
        ];
        let said = said.map(|it| shown(it).replace('\x1b', "E").replace('\x07', "B"));
        assert_eq!(said, ["E]9;4;0;0B", "E]9;4;1;42B", "E]9;4;2;100B", "E]9;4;3;0B", "E]9;4;4;7B"]);
    }
}
