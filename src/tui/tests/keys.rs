//! State, keys, and what they wish for.

use super::{
    Desk, WIDE, settings,
    sites::{Sites, unprotected},
    story,
};
use crate::{
    model::HoldId,
    run::{Choice, Fact, Mode, Why},
    tui::{
        Prompt, PromptKind, Settings, Told, Wish,
        keymap::{Press, TABLE},
        state::dialog::{Deed, Focus},
    },
};

fn check(told: Vec<Told>, keys: &str, wanted: &[&str]) {
    let desk = Desk::new(WIDE).tell_all(told).keys(keys);
    assert_eq!(desk.wishes(), wanted, "{keys}");
}

/// What is told until a state.
pub(super) type Telling = fn() -> Vec<Told>;

/// The states that a console can be in, by their names.
pub(super) const STATES: [(&str, Telling); 13] = [
    ("nothing", Vec::new),
    ("connecting", story::connecting),
    ("ready", story::ready),
    ("running", || vec![story::running().told()]),
    ("failed", || vec![story::failed().told()]),
    ("unknown", || vec![story::unknown().told()]),
    ("asking", || vec![story::asking().told()]),
    ("broken", || vec![story::broken().told()]),
    ("done", || vec![story::done_ok().told()]),
    ("undone", || vec![story::undone().told()]),
    ("calm", || Sites::calm().idle()),
    ("raised", || unprotected(Sites::calm().raised("ana@desk").idle())),
    ("failed site", || Sites::calm().raised("ana@desk").with(story::failed())),
];

/// Where the operator is, in words: the pane with the keys, and what is open.
fn place(desk: &Desk) -> String {
    let model = &desk.model;
    let mut words = vec![format!("{:?}", model.focus).to_lowercase()];
    let mut when = |is: bool, word: &str| {
        if is {
            words.push(word.to_owned());
        }
    };
    when(model.zoom, "zoomed");
    when(!model.log.follow, "paused");
    when(model.log.typing.is_some(), "typing");
    when(model.log.search.pattern.is_some(), "searched");
    when(model.picker.is_some(), "picker");
    when(model.help.is_some(), "help");
    if let Some(dialog) = &model.dialog {
        let Focus::Field(n) = dialog.focus else {
            let Focus::Button(n) = dialog.focus else { unreachable!() };
            words.push(format!("dialog on {}", dialog.buttons[n].label));
            return words.join(", ");
        };
        words.push(format!("dialog in field {}", n + 1));
    }
    words.join(", ")
}

/// From states, by keys, to where the operator is then.
fn lands(all: &[(&str, &str, &str)]) {
    let line = |state: &str, keys: &str, place: &str| format!("{state}, {keys} -> {place}");
    let wanted: Vec<String> =
        all.iter().map(|(state, keys, place)| line(state, keys, place)).collect();
    let seen = all.iter().map(|(state, keys, _)| {
        let mut desk = Desk::new(WIDE).tell_all(parse_state(state)).keys(keys);
        desk.look();
        line(state, keys, &place(&desk))
    });
    assert_eq!(seen.collect::<Vec<_>>(), wanted);
}

/// What is told until a state with this name.
pub(super) fn parse_state(name: &str) -> Vec<Told> {
    let (_, told) = STATES.iter().find(|(other, _)| *other == name).expect("a name of STATES");
    told()
}

/// Whether a wish changes something on a host.
pub(super) fn acts(wish: &Wish) -> bool {
    match wish {
        Wish::Start(_) | Wish::Command(_) | Wish::Answer { .. } | Wish::Do(_) => true,
        Wish::Connect
        | Wish::Look
        | Wish::Glance
        | Wish::Times
        | Wish::Stage(_)
        | Wish::Without(_)
        | Wish::Preview(_)
        | Wish::Compare(_)
        | Wish::Diff(_)
        | Wish::Runs { .. }
        | Wish::Past(_)
        | Wish::Prompted(..)
        | Wish::Lend(_)
        | Wish::Save(..)
        | Wish::Copy(_)
        | Wish::Interrupted
        | Wish::Quit => false,
    }
}

#[test]
fn no_key_but_uppercase_letters_begins_anything_in_any_state() {
    for (name, told) in STATES {
        for row in TABLE {
            for press in row.keys {
                let key = match press {
                    Press::Char(c) if c.is_ascii_uppercase() => continue,
                    Press::Char('<') => "<lt>".to_owned(),
                    Press::Char(c) => c.to_string(),
                    Press::Ctrl(c) => format!("<C-{c}>"),
                    Press::Named(_) => continue,
                };
                for pane in ["", "2", "3", "4", "5"] {
                    let keys = format!("{pane}{key}<ret>");
                    let desk = Desk::new(WIDE).tell_all(told()).keys(&keys);
                    let acting: Vec<_> = desk.wishes.iter().filter(|wish| acts(wish)).collect();
                    assert!(acting.is_empty(), "{name}, {keys}: {acting:?}");
                }
            }
        }
    }
}

#[test]
fn no_uppercase_letter_changes_anything_alone_but_step_pause_and_break() {
    for (name, told) in STATES {
        for letter in 'A'..='Z' {
            let desk = Desk::new(WIDE).tell_all(told()).keys(&letter.to_string());
            let acting: Vec<_> = desk.wishes.iter().filter(|wish| acts(wish)).collect();
            let free = matches!(letter, 'S' | 'P' | 'B') && desk.model.open_run().is_some();
            assert!(free || acting.is_empty(), "{name}, {letter}: {acting:?}");
        }
    }
}

#[test]
fn the_default_of_every_dialog_is_harmless() {
    let mut seen = 0;
    for (name, told) in STATES {
        for letter in ('A'..='Z').chain(['q']) {
            let opened = || Desk::new(WIDE).tell_all(told()).keys(&letter.to_string());
            let Some(dialog) = &opened().model.dialog else { continue };
            seen += 1;
            assert_eq!(dialog.buttons[0].deed, Deed::Nothing, "{name}, {letter}");
            assert!(matches!(dialog.focus, Focus::Field(0) | Focus::Button(0)));
            if dialog.fields.iter().any(|field| field.tall) {
                continue;
            }
            for keys in ["<ret>", "<ret><ret>", "<esc>", "x<ret><ret>"] {
                let desk = opened().keys(keys);
                assert!(!desk.wishes.iter().any(acts), "{name}, {letter}{keys}");
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_key_that_is_held_down_confirms_nothing() {
    for (_, told) in STATES {
        for letter in 'A'..='Z' {
            if matches!(letter, 'S' | 'P' | 'B') {
                continue;
            }
            let keys = letter.to_string().repeat(40);
            let desk = Desk::new(WIDE).tell_all(told()).fast(&keys);
            assert!(!desk.wishes.iter().any(acts), "{letter}");
        }
    }
}

#[test]
fn text_that_a_terminal_pastes_without_a_mark_confirms_nothing() {
    let free = || unprotected(story::ready());
    let check = |told: Vec<Told>, opened: &str, pasted: &str, says: &str| {
        let mut desk = Desk::new(WIDE).tell_all(told).keys(opened).unmarked(pasted);
        assert!(!desk.wishes.iter().any(acts), "{opened} {pasted}: {:?}", desk.wishes());
        assert!(desk.screen().contains(says), "{opened} {pasted}: {}", desk.screen());
    };
    let once_more = "read first, then press Enter once more";
    for keys in ["<tab><ret>", "<down><ret>", "<down><ret><ret>", "ab<tab><ret>"] {
        check(free(), "D", keys, once_more);
        check(free(), "", &format!("xD{keys}"), once_more);
    }
    check(free(), "D", "<tab><ret>ab", "that letter is no answer here");
    check(free(), "D", "Done<ret>", "READY");
    check(free(), "D<tab>", "DD", "read first; press D again in a moment");
    let protected = story::ready;
    check(protected(), "D", "<tab>production<tab><tab><ret>", once_more);
    check(protected(), "D<tab>", "production<ret>D", "read first; press D again in a moment");
    // What was filled so is not taken afterwards, too.
    let by_hand = "half of it or more came at once: empty the field, and type it slowly";
    let filled = |keys: &str| {
        let desk = Desk::new(WIDE).tell_all(story::ready()).keys("D<tab>");
        desk.unmarked("production").keys(keys)
    };
    for keys in ["<tab><tab><ret>", "<ret>D", "x<bs><ret>D", "<bs>n<tab>D"] {
        let mut desk = filled(keys);
        assert!(!desk.wishes.iter().any(acts), "{keys}: {:?}", desk.wishes());
        assert!(desk.screen().contains(by_hand), "{keys}: {}", desk.screen());
    }
    // A letter typed beside it makes it no more typed.
    for (typed, at_once, behind) in
        [("p", "roduction", ""), ("pro", "ducti", "on"), ("", "product", "ion")]
    {
        let desk = Desk::new(WIDE).tell_all(story::ready()).keys("D<tab>").keys(typed);
        let mut desk = desk.unmarked(at_once).keys(behind).keys("<tab><tab><ret>");
        assert!(!desk.wishes.iter().any(acts), "{typed}|{at_once}|{behind}: {:?}", desk.wishes());
        assert!(desk.screen().contains(by_hand), "{}", desk.screen());
    }
    let anew = format!("{}production<tab><tab><ret>", "<bs>".repeat("production".len()));
    assert_eq!(filled(&anew).wishes.iter().filter(|wish| acts(wish)).count(), 1);
    // Nor does a run go on by it that asks nothing.
    check(vec![story::running().told()], "", "BSx", "S came with other keys: press it alone");
}

#[test]
fn no_hand_is_too_quick() {
    let check = |told: Vec<Told>, keys: &str| {
        let desk = Desk::new(WIDE).tell_all(told).fast(keys);
        assert_eq!(desk.wishes.iter().filter(|wish| acts(wish)).count(), 1, "{keys}");
    };
    check(unprotected(story::ready()), "D<tab><ret>");
    check(story::ready(), "D<tab>production<tab><tab><ret>");
    check(story::ready(), "D<tab>productionn<bs><ret><down><ret>");
}

#[test]
fn a_link_that_brings_several_keys_together_keeps_nobody_from_confirming() {
    for (pieces, then) in [
        (&["pro", "duc", "tion"][..], ""),
        (&["prod", "ucti", "on"], ""),
        // What came at once is typed again.
        (&["product"], "<bs><bs><bs><bs><bs>oduction"),
    ] {
        let desk = Desk::new(WIDE).tell_all(story::ready()).keys("D<tab>");
        let desk = pieces.iter().fold(desk, |desk, piece| desk.unmarked(piece));
        let desk = desk.keys(then).keys("<tab><tab><ret>");
        assert_eq!(desk.wishes.iter().filter(|wish| acts(wish)).count(), 1, "{pieces:?} {then}");
    }
}

#[test]
fn pasted_text_confirms_nothing() {
    for (_, told) in STATES {
        for letter in 'A'..='Z' {
            if matches!(letter, 'S' | 'P' | 'B') {
                continue;
            }
            let text = format!("{letter}\n\t\r\n{letter}\n");
            let opened = Desk::new(WIDE).tell_all(told()).keys(&letter.to_string());
            let desk = opened.paste(&text).paste("yes\n");
            assert!(!desk.wishes.iter().any(acts), "{letter}");
        }
    }
}

#[test]
fn read_only_acts_on_nothing() {
    for (name, told) in STATES {
        let settings = Settings { read_only: true, ..settings() };
        let desk = Desk::with(WIDE, settings, 40, super::chatter).tell_all(told());
        let desk = desk.keys("DSCPBTOFKLXWVIUAMR!");
        assert!(desk.wishes.is_empty(), "{name}: {:?}", desk.wishes);
    }
}

#[test]
fn starting_asks_and_a_protected_stage_wants_its_name() {
    check(story::ready(), "D<tab><tab><ret>", &[]);
    check(story::ready(), "D<tab>production<tab><tab><ret>", &["Start(Run)"]);
    check(story::ready(), "D<tab>production<tab><tab><tab><ret>", &["Start(Step)"]);
    check(story::ready(), "S<tab>production<tab>S", &["Start(Step)"]);
    check(story::ready(), "D<tab>production<ret><ret>", &[]);
    check(story::connecting(), "D<tab><tab><ret>S<tab><tab><ret>", &[]);
}

#[test]
fn the_run_is_steered() {
    let running = || vec![story::running().told()];
    check(running(), "SP", &["Command(Mode(Step))", "Command(Mode(Pause))"]);
    check(running(), "lllB", &["Command(Break(NodeId(12), true))"]);
    check(running(), "llB", &["Command(Break(NodeId(9), false))"]);
    check(running(), "C", &[]);
    let paused = vec![story::running().mode(Mode::Pause).told()];
    check(paused, "CC", &["Command(Mode(Run))"]);
    check(vec![story::broken().told()], "C<tab><ret>", &["Command(Mode(Run))"]);
    let abort = "Command(Abort(Abort { undo: true, stop: false }, Why(\"\")))";
    check(running(), "A<down><down><ret>", &[abort]);
    check(running(), "UU", &[abort]);
    let exclude = "Command(Exclude(HostId(1), Why(\"disk broken\")))";
    check(running(), "jX<tab>disk broken<tab><tab><ret>", &[exclude]);
}

#[test]
fn a_failure_is_answered() {
    let failed = || vec![story::failed().told()];
    let retry = "Command(Choose(HoldId(0), Retry, Why(\"\")))";
    check(failed(), "TT", &[retry]);
    check(failed(), "5<ret><tab><ret>", &[retry]);
    check(failed(), "C<tab><ret>", &[]);
    check(failed(), "K<tab><tab><ret>", &[]);
    let skip = "Command(Choose(HoldId(0), Skip, Why(\"by hand\")))";
    check(failed(), "K<tab>db1<tab>by hand<tab><tab><ret>", &[skip]);
    check(failed(), "K<tab>db1<tab>by hand<tab>K", &[skip]);
    let edit = "Command(Choose(HoldId(0), \
                Edit(\"./bin/migrate --release 1121-1012 --fake\"), Why(\"\")))";
    check(failed(), "O<tab><end> --fake<tab><tab><ret><tab><ret>", &[edit]);
    let fixed = "Command(Choose(HoldId(0), Fixed, Why(\"ok now\")))";
    check(failed(), "F<tab>ok now<tab><tab><ret>", &[fixed]);
    check(failed(), "L", &[]);
}

#[test]
fn an_unknown_outcome_is_decided() {
    let unknown = || vec![story::unknown().told()];
    let done = "Command(Choose(HoldId(0), Assume(true), Why(\"seen\")))";
    check(unknown(), "F<tab>seen<tab><tab><ret>", &[done]);
    let not_done = "Command(Choose(HoldId(0), Assume(false), Why(\"seen\")))";
    check(unknown(), "L<tab>seen<tab><tab><ret>", &[not_done]);
}

#[test]
fn input_is_sent_and_never_shown_in_debug_output() {
    let desk = Desk::new(WIDE).tell(story::asking().told()).keys("I<tab>hunter2<tab><tab><ret>");
    let wish = desk.wishes.last().unwrap();
    assert!(matches!(wish, Wish::Answer { number: 1, text, .. } if text == "hunter2"));
    assert!(!format!("{wish:?}").contains("hunter2"));
}

#[test]
fn what_is_typed_is_hidden_and_shown_by_a_key() {
    let check = |told: fn() -> story::Story, keys: &str, seen: bool, sent: bool| {
        let mut desk = Desk::new(WIDE).tell(told().told()).keys(&format!("5I<tab>hun{keys}ter2"));
        let screen = desk.screen();
        assert_eq!(screen.contains("hunter2"), seen, "{screen}");
        assert_eq!(screen.contains("Line (not shown)"), !seen, "{screen}");
        let desk = desk.keys("<tab><tab><ret>");
        let wish = desk.wishes.last();
        let Some(Wish::Answer { text, hidden, .. }) = wish else { panic!("{wish:?}") };
        assert_eq!((text.as_str(), *hidden), ("hunter2", sent));
    };
    check(story::asking, "", true, false);
    check(story::asking, "<C-t>", false, true);
    check(story::asking, "<C-t><C-t>", true, false);
    // Elsewhere it is no key.
    let mut desk = Desk::new(WIDE).tell(story::failed().told()).keys("K<tab>db1<tab>rea<C-t>son");
    assert!(desk.screen().contains("reason"));
}

#[test]
fn a_dialog_whose_question_was_answered_elsewhere_closes() {
    let mut story = story::failed();
    let before = story.events.clone();
    story = story.then(Fact::Chose(HoldId(0), Choice::Retry, Why::default()));
    let desk = Desk::new(WIDE).tell(Told::Events(before)).keys("T");
    assert!(desk.model.dialog.is_some());
    let desk = desk.tell(story.told());
    assert!(desk.model.dialog.is_none());
    assert!(desk.model.line.as_ref().unwrap().text.contains("answered meanwhile"));
    assert!(desk.keys("T<tab><ret>").wishes.is_empty());
}

#[test]
fn leaving_asks_during_a_run_and_only_then() {
    check(story::ready(), "q", &["Quit"]);
    check(vec![story::done_ok().told()], "q", &["Quit"]);
    let running = || vec![story::running().told()];
    check(running(), "q<ret>", &[]);
    check(running(), "<C-c><C-c><C-c><C-c><C-c>", &[]);
    check(running(), "<C-c><C-c><ret>", &["Quit"]);
    check(running(), "<C-c><C-c><C-c><ret>", &["Command(Mode(Pause))"]);
    check(running(), "qD", &["Quit"]);
    check(running(), "<C-z>", &[]);
}

#[test]
fn a_tiny_screen_only_leaves() {
    let tiny = || Desk::new(WIDE).tell(story::failed().told()).resize(20, 5);
    assert!(tiny().keys("TT<ret>SPB").wishes.is_empty());
    assert_eq!(tiny().keys("qD").wishes(), ["Quit"]);
    assert!(tiny().keys("q<esc>").wishes.is_empty());
    // A question that was open leaves as well.
    let asked = || Desk::new(WIDE).tell(story::failed().told()).keys("T").resize(20, 5);
    assert!(asked().model.dialog.is_some());
    assert!(asked().keys("<esc>").model.dialog.is_none());
    assert!(asked().keys("<tab><ret>").wishes.is_empty());
    assert_eq!(asked().keys("qD").wishes(), ["Quit"]);
}

fn prompt(kind: PromptKind) -> Told {
    Told::Prompt(Prompt { id: 4, title: "Key".into(), lines: vec!["Trust?".into()], kind })
}

#[test]
fn prompts_are_answered_one_after_the_other() {
    let check = |kind, keys: &str, wanted: Wish| {
        let desk = Desk::new(WIDE).tell_all(story::connecting()).tell(prompt(kind)).keys(keys);
        assert_eq!(desk.wishes, [wanted], "{keys}");
    };
    let answer = |text: Option<&str>| Wish::Prompted(4, text.map(str::to_owned));
    check(PromptKind::YesNo, "<ret>", answer(None));
    check(PromptKind::YesNo, "<esc>", answer(None));
    check(PromptKind::YesNo, "Y", answer(Some("yes")));
    check(PromptKind::YesNo, "<tab><ret>", answer(Some("yes")));
    check(PromptKind::Secret, "pässword<ret>", answer(Some("pässword")));
    check(PromptKind::Text, "<esc>", answer(None));
    let mut desk = Desk::new(WIDE).tell_all(story::connecting()).tell(prompt(PromptKind::Secret));
    desk = desk.tell(prompt(PromptKind::YesNo)).keys("hunter2");
    assert!(!desk.screen().contains("hunter2"));
    let desk = desk.keys("<ret>Y");
    assert_eq!(desk.wishes, [answer(Some("hunter2")), answer(Some("yes"))]);
}

#[test]
fn a_whole_run_takes_the_place_of_missed_facts() {
    use crate::run::Run;
    let run = Run::fold(&story::failed().events).unwrap();
    let desk =
        Desk::new(WIDE).tell(story::running().told()).tell(Told::Whole(Box::new(run.clone())));
    assert_eq!(desk.model.run(), Some(&run));
    // Facts that it already has are not folded twice.
    let desk = desk.tell(story::failed().told());
    assert_eq!(desk.model.run(), Some(&run));
}

#[test]
fn keys_lead_to_where_they_say() {
    lands(&[
        ("running", "", "hosts"),
        ("running", "<tab>", "steps"),
        ("running", "4z", "log, zoomed"),
        ("running", "4zg", "log, zoomed, paused"),
        ("running", "4zgG", "log, zoomed"),
        ("running", "4gf", "log"),
        ("running", "4/mod", "log, paused, typing, searched"),
        ("running", "4/mod<esc>", "log"),
        ("running", "/bui<ret>l", "hosts"),
        ("running", "4/module 3<ret>", "log, paused, searched"),
        ("failed", "5", "choices"),
        ("failed", "T", "hosts, dialog on Cancel"),
        ("failed", "T<tab>", "hosts, dialog on Retry"),
        ("failed", "K", "hosts, dialog on Cancel"),
        ("failed", "Kx", "hosts, dialog on Cancel"),
        ("failed", "K<tab>x", "hosts, dialog in field 1"),
        ("failed", "?", "hosts, help"),
        ("calm", "R", "hosts, picker"),
    ]);
}

#[test]
fn esc_leads_out_of_everything() {
    for (name, told) in STATES {
        for keys in
            ["4z", "?", "?abc", "/", "/mod", "D", "R", "R<ret>", "M", "T", "K", "Kx", "O", "A", "q"]
        {
            let desk = Desk::new(WIDE).tell_all(told()).keys(keys).keys("<esc><esc><esc><esc>");
            let left = place(&desk);
            let open = ["zoomed", "typing", "picker", "help", "dialog"];
            assert!(!open.iter().any(|word| left.contains(word)), "{name}, {keys}: {left}");
        }
    }
}
