//! The terminal lent: what is asked before, what guests are wished, and what is shown afterwards.

use super::{Desk, WIDE, chatter, settings, sites::Sites, story};
use crate::{
    store::{Dirty, LogWriter, Store},
    tui::{
        Guest, Returned, Settings, Told,
        errand::Errand,
        stream::{Cause, Stream},
        styles::Tone,
    },
};

/// What the loop is to do with the terminal after these keys, beside calling the operator.
fn errands(mut desk: Desk) -> Vec<Errand> {
    let all = std::iter::from_fn(|| desk.model.errands.next());
    all.filter(|errand| !matches!(errand, Errand::Alert(..))).collect()
}

fn desk(told: Vec<Told>) -> Desk {
    Desk::new(WIDE).tell_all(told)
}

fn shell_of(told: Vec<Told>) -> (String, Option<String>, bool) {
    let found = errands(desk(told).keys("!O"));
    let [Errand::Lend(Guest::Shell { host, step, run, .. })] = found.as_slice() else {
        panic!("{found:?}")
    };
    (host.clone(), step.clone(), run.is_some())
}

#[test]
fn a_shell_is_asked_about_and_is_where_the_chosen_step_is() {
    let (host, step, run) = shell_of(vec![story::failed().told()]);
    assert_eq!((host.as_str(), run), ("db1", true));
    assert!(step.is_some(), "the step that failed");
    let (_, _, run) = shell_of(story::ready());
    assert!(!run, "also before a run");
    shell_of(vec![story::done_ok().told()]);
    // One key opens nothing, and neither does Enter on what has the keys.
    assert_eq!(errands(desk(story::ready()).keys("!<ret>")), []);
    assert_eq!(errands(desk(story::ready()).burst("!O")), []);
}

#[test]
fn the_dialog_of_a_shell() {
    let mut desk = desk(vec![story::failed().told()]).keys("!");
    insta::assert_snapshot!(desk.screen());
}

#[test]
fn there_is_no_shell_where_it_cannot_be() {
    let says = |desk: Desk| desk.keys("!").model.line.map(|line| line.text).unwrap_or_default();
    assert!(says(desk(story::connecting()).keys("j")).contains("is not connected yet"));
    assert!(says(desk(story::connecting()).keys("jj")).contains("cannot be reached"));
    assert!(says(desk(Vec::new())).contains("no host is chosen"));
    let only_looks = Settings { read_only: true, ..settings() };
    let desk = Desk::with(WIDE, only_looks, 1, chatter).tell_all(story::ready());
    assert!(says(desk).contains("read-only"));
}

#[test]
fn a_stop_during_a_run_is_a_shell_here() {
    for (told, guest) in [
        (story::ready(), Guest::Starter),
        (vec![story::running().told()], Guest::Subshell),
        (vec![story::failed().told()], Guest::Subshell),
        (vec![story::done_ok().told()], Guest::Starter),
    ] {
        assert_eq!(errands(desk(told).keys("<C-z>")), [Errand::Lend(guest)]);
    }
    // Where text is typed it may mean something else.
    assert_eq!(errands(desk(vec![story::failed().told()]).keys("O<tab>x<C-z>")), []);
}

#[test]
fn the_log_is_shown_at_the_line_that_was_found() {
    for (keys, line, program, chosen) in [
        ("gv", 0, "vi", "the first line on the screen"),
        ("g|", 0, "less -R", "the first line on the screen"),
        ("v", 39, "vi", "the last line"),
        ("g/module 7 <ret>v", 7, "vi", "the line jumped to last"),
        ("g/module 7 <ret>jjv", 7, "vi", "the line jumped to last"),
        ("g/module 7 <ret>cjj|", 9, "less -R", "the line at the cursor"),
        ("g/module 7 <ret>cjjm<esc>kv", 9, "vi", "the marked line"),
        ("gm/module 7 <ret>'v", 0, "vi", "the marked line"),
        ("gm/module 7 <ret>v", 7, "vi", "the line jumped to last"),
    ] {
        let found = errands(desk(vec![story::failed().told()]).keys("4").keys(keys));
        let [Errand::Lend(Guest::Log(page))] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((page.line, page.program.as_str()), (line, program), "{keys}");
        assert_eq!(page.chosen, chosen, "{keys}");
    }
    assert_eq!(errands(desk(story::ready()).keys("v")), []);
}

#[test]
fn hosts_are_looked_at_again_after_a_shell() {
    let back = |touched| {
        Told::Back(Returned { said: "shell on web1 left (exit 0)".to_owned(), well: true, touched })
    };
    let desk = Desk::new(WIDE).tell_all(Sites::calm().idle());
    let before = desk.wishes().len();
    let desk = desk.tell(back(true));
    assert_eq!(desk.wishes()[before..], ["Look"]);
    let said = desk.model.line.map(|line| line.text).unwrap_or_default();
    assert_eq!(said, "shell on web1 left (exit 0); hosts are looked at again");
    let desk = Desk::new(WIDE).tell_all(Sites::calm().idle()).tell(back(false));
    assert_eq!(desk.wishes().len(), before);
}

#[test]
fn plain_lines_are_spelled_as_the_screen_spells_them() {
    let check = |ascii: bool, seven_bit: bool, wanted: &str| {
        let mut desk = Desk::with(WIDE, Settings { ascii, seven_bit, ..settings() }, 40, chatter);
        let mut stream = Stream::begin(Cause::Wanted, Store::at("/nonexistent"), &desk.model);
        stream.take();
        desk.model.say("the café is open", Tone::Text);
        assert!(!stream.look(&desk.model));
        assert_eq!(stream.take(), format!("{wanted}\r\n"), "{ascii} {seven_bit}");
    };
    check(false, false, "the café is open");
    check(true, false, "the café is open");
    check(true, true, "the caf? is open");
}

#[test]
fn what_a_step_printed_is_in_the_plain_lines_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let run = story::plan().run;
    let mut log = LogWriter::open(&store, &run, "web1", "release.1", Dirty::new().0).unwrap();
    log.append(b"made the directory\n", story::at(1)).unwrap();
    let begun = story::Story::opened().pass("release").start("release", 0);
    let before = begun.events.len();
    let ended = begun.end("release", 0, 0).events;
    // Also where the plain lines begin between the end of the step and the end of its log.
    for from in before..ended.len() {
        let desk = Desk::new(WIDE).tell(Told::Events(ended[..from].to_vec()));
        let mut stream = Stream::begin(Cause::Wanted, store.clone(), &desk.model);
        stream.look(&desk.model);
        let desk = desk.tell(Told::Events(ended[from..].to_vec()));
        stream.events(&desk.model, &ended[from..]);
        stream.look(&desk.model);
        let lines = stream.take();
        assert_eq!(lines.matches("made the directory").count(), 1, "from {from}: {lines}");
    }
}
