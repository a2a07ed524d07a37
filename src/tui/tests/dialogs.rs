//! All dialogs that can be opened: what they say, and that nothing but a meant key confirms them.

use super::{
    Desk, NARROW, SMALL, WIDE,
    keys::{STATES, acts},
    settings,
    sites::{NEWEST, Sites, unprotected},
    story,
};
use crate::{
    run::Verdict,
    tui::{
        Keymap, Prompt, PromptKind, Settings, Told, Wish,
        state::dialog::{Deed, Field, Focus, Need, Subject},
        words,
    },
};

/// Keys that open dialogs, in every state.
fn keys() -> Vec<String> {
    let letters = ('A'..='Z').map(|letter| letter.to_string());
    let more = ["q", "<C-c>", "R<ret>", "2<ret><ret>", "5<ret>", "!", "4b"];
    let edited = ["O<tab>x<tab><tab><ret>", "O<tab>x<esc>O", "O<tab>x<esc>O<tab><tab>N"];
    let listed = [":pause<ret>", ":step<ret>", ":break<ret>"];
    letters.chain(more.into_iter().chain(edited).chain(listed).map(str::to_owned)).collect()
}

fn prompt(kind: PromptKind) -> Told {
    Told::Prompt(Prompt { id: 1, title: "Key".into(), lines: vec!["Trust?".into()], kind })
}

/// Every dialog that can be opened from every state, with how it was.
fn each(look: impl Fn(&str, &dyn Fn() -> Desk)) {
    let mut seen = std::collections::BTreeSet::new();
    for (name, told) in STATES {
        for key in keys() {
            let opened = || Desk::new(WIDE).tell_all(told()).keys(&key);
            let desk = opened();
            let Some(dialog) = &desk.model.dialog else { continue };
            seen.insert(dialog.title.clone());
            look(&format!("{name}, {key}: {}", dialog.title), &opened);
        }
    }
    for kind in [PromptKind::YesNo, PromptKind::Text, PromptKind::Secret] {
        let opened = || Desk::new(WIDE).tell_all(story::connecting()).tell(prompt(kind));
        look(&format!("{kind:?}"), &opened);
    }
    let foreign = || Sites::calm().locked("ana@desk", "deploy of shop").idle();
    look("unlock", &|| Desk::new(WIDE).tell_all(foreign()).keys("V"));
    let kinds =
        ["Drop what", "Stop ", "Open a shell", "Edit and retry", "Run this as", "Save the log"];
    for kind in
        kinds.into_iter().chain(["Pause the run", "Do the next step", "Remove the breakpoint"])
    {
        assert!(seen.iter().any(|title| title.starts_with(kind)), "{kind}: {seen:?}");
    }
    assert!(seen.len() >= 24, "{seen:?}");
}

#[test]
fn every_dialog_says_what_where_how_long_and_how_to_undo_it() {
    each(|name, opened| {
        let desk = opened();
        let mut lines = words::dialog(&desk.model);
        lines.retain(|line| !line.starts_with(crate::tui::state::facts::MIND));
        for (at, word) in ["What ", "Where ", "Time ", "Undo "].iter().enumerate() {
            let line = lines.get(at).unwrap_or_else(|| panic!("{name}: {lines:?}"));
            let said = line.strip_prefix(word).map(str::trim).unwrap_or_default();
            assert!(said.len() > 3, "{name}: {line}");
        }
        assert!(!lines[4..].iter().any(|line| line.starts_with("Undo")), "{name}: {lines:?}");
    });
}

#[test]
fn every_dialog_opens_on_cancel_and_enter_does_nothing() {
    each(|name, opened| {
        let desk = opened();
        let dialog = desk.model.dialog.as_ref().unwrap();
        // A prompt is its field: there, Enter sends nothing while nothing is typed.
        let asked = matches!(dialog.subject, Subject::Prompt(_));
        let field = asked && !dialog.fields.is_empty();
        let opens = if field { Focus::Field(0) } else { Focus::Button(0) };
        assert_eq!((dialog.focus, &dialog.buttons[0].deed), (opens, &Deed::Nothing), "{name}");
        for keys in ["<ret>", "<ret><ret>", "<esc>", "<ret><ret><ret><ret>"] {
            let desk = opened().keys(keys);
            assert!(!desk.wishes.iter().any(acts), "{name}, {keys}: {:?}", desk.wishes);
            assert!(!asked || desk.wishes.iter().all(|it| format!("{it:?}").contains("false")));
        }
    });
}

#[test]
fn no_pasted_text_confirms_or_stands_for_what_is_typed() {
    each(|name, opened| {
        let wanted: Vec<String> = {
            let desk = opened();
            let fields = &desk.model.dialog.as_ref().unwrap().fields;
            let exact = fields.iter().filter_map(|field| match &field.need {
                Need::Exactly(word) => Some(word.clone()),
                Need::Nothing | Need::Some(_) | Need::Moment => None,
            });
            exact.collect()
        };
        for text in wanted.iter().flat_map(|word| [word.clone(), format!("{word}\n\t\r")]) {
            let desk = opened().keys("<tab>").paste(&text);
            let says = desk.model.dialog.as_ref().unwrap().says.clone().unwrap_or_default();
            assert!(says.contains("pasted text does not count"), "{name}: {says}");
            let desk = desk.keys("<tab><tab><ret><tab><ret>");
            assert!(!desk.wishes.iter().any(acts), "{name}: {:?}", desk.wishes);
        }
        let desk = opened().paste("yes\nY\n\r\t\r");
        assert!(!desk.wishes.iter().any(acts), "{name}: {:?}", desk.wishes);
    });
}

#[test]
fn letters_go_where_the_keys_are_and_press_nothing() {
    each(|name, opened| {
        let fields = |desk: &Desk| {
            let dialog = desk.model.dialog.as_ref().unwrap_or_else(|| panic!("{name}"));
            let fields: Vec<String> = dialog.fields.iter().map(Field::typed).collect();
            (fields, dialog.says.clone().unwrap_or_default())
        };
        let (before, _) = fields(&opened());
        if before.is_empty() {
            return;
        }
        let prompts = opened().model.dialog.unwrap().focus == Focus::Field(0);
        for letter in "ADKMOTUmx".chars() {
            let desk = opened().keys(&format!("{letter}{letter}"));
            assert!(desk.wishes.iter().all(|wish| !acts(wish)), "{name}, {letter}");
            let (after, says) = fields(&desk);
            if !prompts {
                assert_eq!(after, before, "{name}, {letter}: a button has the keys");
                assert!(says.contains("typed nowhere: Tab goes to the field"), "{name}: {says}");
            }
            let tab = if prompts { "" } else { "<tab>" };
            let desk = opened().keys(&format!("{tab}{letter}"));
            assert!(desk.wishes.iter().all(|wish| !acts(wish)), "{name}, {letter}");
            let (after, _) = fields(&desk);
            assert!(after[0].contains(letter) && after[1..] == before[1..], "{name}: {after:?}");
            // Also after a detour to the buttons.
            let desk = opened().keys(&format!("<down>{letter}<tab>{letter}"));
            assert!(fields(&desk).0[0].contains(letter), "{name}, {letter}");
        }
    });
}

#[test]
fn what_has_the_keys_is_marked_also_without_colours() {
    each(|name, opened| {
        let mut desk = opened();
        desk.model.settings.colour = false;
        let all = desk.model.dialog.as_ref().map_or(0, |it| it.fields.len() + it.buttons.len());
        for _ in 0..all {
            let dialog = desk.model.dialog.as_ref().unwrap();
            let wanted = match dialog.focus {
                Focus::Field(at) => format!("▸ {}", dialog.fields[at].label),
                Focus::Button(at) => format!("[ {} ]", dialog.buttons[at].label),
            };
            let screen = desk.screen();
            let marked = screen.lines().filter(|line| line.contains('▸'));
            assert!(
                marked.clone().any(|line| line.contains(&wanted)),
                "{name}: {wanted}\n{screen}"
            );
            desk = desk.keys("<tab>");
        }
    });
}

#[test]
fn nothing_that_is_said_is_hidden_without_a_word_on_a_small_screen() {
    each(|name, opened| {
        let mut desk = opened().resize(60, 16);
        let dialog = desk.model.dialog.as_ref().unwrap();
        let buttons = dialog.buttons.iter().flat_map(|it| [it.label.clone(), it.about.clone()]);
        let fields = dialog.fields.iter().map(|field| field.label.clone());
        let said = words::dialog(&desk.model).into_iter().chain(buttons).chain(fields);
        let said: Vec<String> = said.chain([dialog.title.clone()]).collect();
        let first = desk.screen();
        let mut seen = first.clone();
        for _ in 0..40 {
            desk = desk.keys("<pgdn>");
            seen.push_str(&desk.screen());
        }
        // Each button is seen with the keys on it.
        for _ in 0..8 {
            desk = desk.keys("<down>");
            seen.push_str(&desk.screen());
        }
        // Words that are wider than a row are broken, and what a terminal would obey is not shown.
        let words = said.iter().flat_map(|text| text.split_whitespace());
        let grows = |word: &str| word.trim_end_matches(['s', 'm', ',']).parse::<u64>().is_ok();
        let words =
            words.filter(|it| it.len() < 30 && !it.contains(char::is_control) && !grows(it));
        for word in words {
            assert!(seen.contains(word), "{name}: {word}\n{first}");
            let marked = first.contains("more rows: PgDn") || first.contains('▼');
            assert!(first.contains(word) || marked, "{name}: {word}\n{first}");
        }
    });
}

#[test]
fn the_last_row_names_the_keys_of_the_dialog_and_no_others() {
    let last = |keys: &str| {
        let mut desk = Desk::new(WIDE).tell(story::failed().told()).keys(keys);
        desk.screen().lines().last().unwrap_or_default().to_owned()
    };
    let rest = "Tab next  Esc cancel  Ctrl-o commands  arrows choose  T Retry";
    assert_eq!(last("T"), format!(" Enter Cancel  {rest}"));
    assert_eq!(last("T<down>"), format!(" Enter Retry  {rest}"));
    let rest = "Esc cancel  Ctrl-o commands  arrows choose";
    assert_eq!(last("K"), format!(" Enter Cancel  Tab to the fields  {rest}"));
    let rest = "Esc cancel  Shift-Tab back  Ctrl-o commands  Ctrl-u undo";
    assert_eq!(last("K<tab>"), format!(" Tab next field  {rest}"));
    // What runs nothing lists nothing.
    assert!(!last("q").contains("Ctrl-o"), "{}", last("q"));
    assert_eq!(
        last("O<tab>"),
        " Tab to the buttons  Esc leave, the text is kept  Ctrl-u undo  Ctrl-r redo"
    );
}

#[test]
fn keys_that_mean_nothing_say_so() {
    let says = |keys: &str| {
        let desk = Desk::new(WIDE).tell(story::failed().told()).keys(keys);
        desk.model.dialog.unwrap().says.unwrap_or_default()
    };
    assert_eq!(says("O<C-s>"), "Ctrl-s does nothing here");
    assert_eq!(says("O<tab><C-s>"), "Ctrl-s changed nothing here");
    assert_eq!(says("O<tab>x<C-u>"), "");
    assert_eq!(says("T<C-s>"), "Ctrl-s does nothing here");
    assert_eq!(says("K<tab><tab><tab>"), "");
}

#[test]
fn arrows_move_in_the_text_as_soon_as_it_has_the_keys() {
    let cursor = |keys: &str| {
        let desk = Desk::new(WIDE).tell(story::failed().told()).keys(keys);
        let dialog = desk.model.dialog.unwrap();
        (dialog.focus, dialog.fields[0].area.cursor().1)
    };
    assert_eq!(cursor("O"), (Focus::Button(0), 0));
    assert_eq!(cursor("O<right>"), (Focus::Button(1), 0));
    assert_eq!(cursor("O<tab><right><right>"), (Focus::Field(0), 2));
}

#[test]
fn a_prompt_is_typed_into_at_once_and_an_early_enter_sends_nothing() {
    for kind in [PromptKind::Text, PromptKind::Secret] {
        let opened = || Desk::new(WIDE).tell_all(story::connecting()).tell(prompt(kind));
        let desk = opened().keys("<ret>");
        assert!(desk.wishes.is_empty() && desk.model.dialog.is_some(), "{:?}", desk.wishes);
        assert_eq!(opened().keys("pass<ret>").wishes, [Wish::Prompted(1, Some("pass".into()))]);
        assert_eq!(opened().paste("pass\n").keys("<ret>").wishes.len(), 1);
        let empty = opened().keys("<tab><tab><ret>").wishes;
        assert_eq!(empty, [Wish::Prompted(1, Some(String::new()))]);
        assert_eq!(opened().keys("x<esc>").wishes, [Wish::Prompted(1, None)]);
    }
}

#[test]
fn a_protected_stage_wants_its_word_typed_for_all_that_changes_it() {
    let idle = || Sites::calm().raised("ana@desk").locked("li@desk", "deploy").idle();
    let check = |key: &str, word: &str| {
        let desk = Desk::new(WIDE).tell_all(idle()).keys(key);
        let dialog = desk.model.dialog.as_ref().unwrap_or_else(|| panic!("{key}"));
        let needs: Vec<_> = dialog.fields.iter().map(|field| &field.need).collect();
        assert!(needs.contains(&&Need::Exactly(word.to_owned())), "{key}: {needs:?}");
    };
    check("D", "production");
    check("S", "production");
    check("M", "production");
    check("V", "production");
    check("R<ret>", super::sites::BEFORE);
    // Going back to a release is typed everywhere.
    let desk = Desk::new(WIDE).tell_all(unprotected(Sites::calm().idle())).keys("R<ret>");
    let dialog = desk.model.dialog.as_ref().unwrap();
    assert!(matches!(&dialog.fields[0].need, Need::Exactly(release) if release != NEWEST));
    // So is leaving a migration out.
    let desk = Desk::new(WIDE).tell(story::failed().told()).keys("K");
    let dialog = desk.model.dialog.as_ref().unwrap();
    assert_eq!(dialog.fields[0].need, Need::Exactly("db1".to_owned()));
}

#[test]
fn the_warning_of_a_schema_change_outlives_its_run() {
    let aborted = || story::failed().then(crate::run::Fact::Closed(Verdict::Aborted));
    let after = || Sites::calm().raised("bob@laptop").with(aborted());
    let next = || after().into_iter().chain(story::ready());
    let warns = |told: Vec<Told>| {
        let mut desk = Desk::new(WIDE).tell_all(told).keys("M");
        let screen = desk.screen();
        assert!(
            screen.contains("CAREFUL") && screen.contains("a schema change did not"),
            "{screen}"
        );
        assert!(screen.contains("[ Turn off anyway ]"), "{screen}");
    };
    warns(after());
    // The plan of the next run takes its place.
    warns(next().collect());
    let mut other = story::plan();
    other.run = crate::model::RunId::new("20261122-150000", [8; 10]);
    let mut desk = Desk::new(WIDE).tell_all(next()).tell(story::Story::of(other).told()).keys("M");
    assert!(desk.screen().contains("a schema change did not"), "{}", desk.screen());
}

#[test]
fn a_page_that_a_run_raised_is_not_taken_down_lightly() {
    let mut sites = Sites::calm().raised("bob@laptop");
    for (_, site) in &mut sites.hosts {
        site.raised.as_mut().unwrap().run = "20261122-120000-abcdefgh".to_owned();
    }
    let mut desk = Desk::new(WIDE).tell_all(sites.idle()).keys("M");
    let screen = desk.screen();
    assert!(screen.contains("the run abcdef raised it and has not taken it down"), "{screen}");
}

#[test]
fn the_key_that_lists_commands_stands_in_the_footer_where_it_lists_some() {
    let footer = |desk: &mut Desk| desk.screen().lines().last().unwrap_or_default().to_owned();
    // Whether it is named there, and whether it lists something.
    let both = |desk: Desk, named: &str, key: &str| {
        let mut desk = desk.resize(200, 50);
        let keys = footer(&mut desk);
        let desk = desk.keys(key);
        let lists = desk.model.dialog.as_ref().is_some_and(|it| it.commands.is_some());
        (keys.contains(named), lists)
    };
    let seen = std::cell::Cell::new([0; 2]);
    each(|what, opened| {
        for before in ["", "<tab>"] {
            let (named, lists) = both(opened().keys(before), " Ctrl-o commands ", "<C-o>");
            assert_eq!(named, lists, "{what}, {before}");
            let mut counts = seen.get();
            counts[usize::from(lists)] += 1;
            seen.set(counts);
        }
    });
    assert!(seen.get().iter().all(|count| *count > 20), "{seen:?}");
    // A letter that it is bound to is typed into a field.
    for (before, wanted) in [("D", true), ("D<tab>", false), ("D<tab><tab>", true)] {
        let mut desk = Desk::new(WIDE).tell_all(story::ready()).keys(before);
        let bound = [("commands".to_owned(), vec!["p".to_owned()])];
        desk.model.settings.keymap = Keymap::with(&bound).unwrap();
        assert_eq!(both(desk, " p commands ", "p"), (wanted, wanted), "{before}");
    }
    // What answers, and the way out, stay where there is little room.
    let mut small = Desk::new(SMALL).tell_all(story::ready()).keys("D");
    let keys = footer(&mut small);
    for part in ["Enter Cancel", "Tab to the field", "Esc cancel"] {
        assert!(keys.contains(part), "{keys}");
    }
}

#[test]
fn read_only_says_why_at_every_key() {
    for (name, told) in STATES {
        for letter in "DSCPBTOFKLXWVIUAMR".chars() {
            let settings = Settings { read_only: true, ..settings() };
            let desk = Desk::with(NARROW, settings, 40, super::chatter).tell_all(told());
            let desk = desk.keys(&letter.to_string());
            let says = desk.model.line.as_ref().map_or("", |line| line.text.as_str());
            let wanted = format!("{letter} not now: this console only looks (--read-only)");
            assert_eq!(says, wanted, "{name}");
            assert!(desk.model.dialog.is_none() && !desk.wishes.iter().any(acts), "{name}");
        }
    }
    for (name, told) in STATES {
        for size in [WIDE, NARROW, SMALL] {
            let settings = Settings { read_only: true, ..settings() };
            let mut desk = Desk::with(size, settings, 40, super::chatter).tell_all(told());
            let screen = desk.screen();
            assert!(screen.lines().next().unwrap().contains("READ-ONLY"), "{name}: {screen}");
        }
    }
}

#[test]
fn no_stray_key_leads_to_an_answer_that_does_something() {
    each(|what, opened| {
        let safe = |desk: &Desk, keys: &str| {
            let Some(dialog) = &desk.model.dialog else { return };
            let on = dialog.focus;
            assert!(
                matches!(on, Focus::Button(0) | Focus::Field(_)),
                "{what}, {keys}: the keys are on {on:?}"
            );
        };
        for keys in ["<up>", "<left><left>", "<backtab><backtab>", "<up><up><up>"] {
            safe(&opened().keys(keys), keys);
        }
        let fields = opened().model.dialog.as_ref().is_some_and(|dialog| !dialog.fields.is_empty());
        if !fields {
            let desk = opened().keys("hjkz");
            safe(&desk, "hjkz");
            let asked = desk.wishes.len();
            let desk = desk.keys("<ret>");
            // To a question of yes or no it is no.
            let does = |wish: &&Wish| !matches!(wish, Wish::Prompted(_, None));
            let done = desk.wishes.iter().skip(asked).find(does);
            assert_eq!(done, None, "{what}: Enter after letters that mean nothing");
        }
    });
}

#[test]
fn leaving_out_the_only_host_of_a_step_says_that_it_is_then_done_nowhere() {
    let mut desk = Desk::new(WIDE).tell(story::failed().told()).keys("X");
    let screen = desk.screen();
    assert!(screen.contains("migrate is then done nowhere in this run"), "{screen}");
    assert!(screen.contains("Type db1 to confirm"), "{screen}");
}

#[test]
fn the_question_how_to_leave_says_what_runs_as_it_is_now() {
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("q");
    let before = desk.screen();
    assert!(before.contains("running now: 1 step"), "{before}");
    let mut desk = desk.tell(story::failed().told());
    let after = desk.screen();
    assert!(after.contains("Leave?") && after.contains("running now: 0 steps"), "{after}");
}
