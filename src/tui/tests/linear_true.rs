//! The console as lines says what is, and how old that is; what would be run, once; and what to type, never
//! a key.

use jiff::SignedDuration;

use super::{
    Desk, WIDE,
    commands::built,
    linear::{Ear, check, failed},
    outside::idle,
    settings,
    sites::{BEFORE, NEWEST, OLDER, Sites, difference},
    story::{self, at},
};
use crate::{
    model::Pair,
    run::{Fact, Mode},
    tui::{
        Intent, Keymap, Prompt, PromptKind, Settings, Told,
        keymap::{Place, TABLE, binding},
        over::Over,
        state::palette::Goal,
        update::{self, why_not},
        words,
    },
};

fn locked() -> Sites {
    Sites::calm().locked("ana@desk", "deploy of main")
}

/// What was said behind the last line that was typed.
fn last(ear: &Ear) -> &str {
    ear.heard.rsplit('«').next().unwrap_or_default()
}

fn tell_all(ear: Ear, told: Vec<Told>) -> Ear {
    told.into_iter().fold(ear, Ear::tell)
}

#[test]
fn who_else_has_the_stage_is_said_with_its_age_and_when_it_changes() {
    let ear = Ear::new(locked().idle()).types(&["status"]);
    for part in [
        "deploy of shop on production: LOCKED by ana@desk",
        "LOCKED: ana@desk has it since 11m (run 20261122-135000-zzzz): deploy of main",
        "the hosts were looked at 14s ago; look again does it now",
    ] {
        assert!(last(&ear).contains(part), "{part}: {}", ear.heard);
    }
    assert!(!last(&ear).contains("READY"), "{}", ear.heard);
    // It is seen by a look that nobody asked for.
    let ear = tell_all(Ear::new(idle()).types(&["status"]), locked().told(at(70)));
    assert!(last(&ear).contains("LOCKED: ana@desk has it"), "{}", ear.heard);
    let ear = tell_all(ear, Sites::calm().told(at(80)));
    assert!(last(&ear).contains("Nobody else has the stage any more."), "{}", ear.heard);
    let ear = Ear::new(story::ready())
        .tell(Told::Has(crate::tui::Has { releases: true, ..crate::tui::Has::default() }));
    let ear = ear.types(&["status"]);
    assert!(last(&ear).contains("not looked at yet"), "{}", ear.heard);
}

#[test]
fn a_look_that_was_asked_for_says_what_it_has_found() {
    let looks = || Ear::new(idle()).types(&["look again"]);
    let ear = tell_all(looks(), Sites::calm().told(at(63)));
    assert!(last(&ear).contains("looked at: nothing is other than it was."), "{}", ear.heard);
    let ear = tell_all(looks(), locked().told(at(63)));
    assert!(last(&ear).contains("LOCKED: ana@desk has it"), "{}", ear.heard);
    assert!(!last(&ear).contains("nothing is other"), "{}", ear.heard);
    let other = Sites::calm().serving(1, crate::model::Served::Release(BEFORE.to_owned()));
    let ear = tell_all(looks(), other.told(at(63)));
    assert!(
        last(&ear).contains(&format!("web2 serves {BEFORE} now, not {NEWEST}")),
        "{}",
        ear.heard
    );
    let ear = tell_all(looks(), Sites::calm().raised("ana@desk").told(at(63)));
    assert!(last(&ear).contains("web1, web2: visitors get the page now"), "{}", ear.heard);
}

#[test]
fn who_drives_what_is_only_watched_is_said() {
    let watched = |by: Option<&str>| {
        let told = vec![Told::Watching(by.map(str::to_owned)), story::running().told()];
        Ear::new(told).types(&["status"]).heard
    };
    let heard = watched(Some("ana@desk"));
    assert!(heard.contains("drives the run; it is only watched here"), "{heard}");
    let settings = Settings { read_only: true, ..settings() };
    let ear = Ear::with(settings, idle(), super::chatter).types(&["status"]);
    assert!(last(&ear).contains("this console only looks (--read-only)"), "{}", ear.heard);
}

#[test]
fn to_leave_is_asked_also_where_nothing_goes_on_and_once_more_leaves() {
    let mut ear = Ear::new(idle()).wait(SignedDuration::from_secs(2));
    ear.linear.interrupt();
    let mut ear = ear.listen();
    assert!(!ear.linear.is_over() && ear.heard.contains("Leave?"), "{}", ear.heard);
    ear.linear.interrupt();
    let ear = ear.listen();
    assert!(ear.linear.is_over());
    assert_eq!(ear.done(), ["Interrupted"]);
    let mut ear = Ear::new(idle());
    ear.linear.interrupt();
    let ear = ear.listen().types(&[""]);
    assert!(!ear.linear.is_over() && last(&ear).contains("You stay here."), "{}", ear.heard);
    // A word that was typed means what it says.
    assert!(ear.types(&["quit"]).linear.is_over());
}

#[test]
fn a_page_that_is_left_up_is_said_before_one_leaves() {
    let stays = "has the maintenance page up since 21m: it stays up when you leave";
    let raised = || Sites::calm().raised("ana@desk");
    let ear = Ear::new(raised().idle()).types(&["quit"]);
    assert!(!ear.linear.is_over() && last(&ear).contains(stays), "{}", ear.heard);
    assert!(ear.types(&["yes"]).linear.is_over());
    let mut ear = Ear::new(raised().with(story::running()));
    ear.linear.interrupt();
    let ear = ear.listen();
    assert!(ear.heard.contains(stays), "{}", ear.heard);
}

/// A stage whose steps `release` and `switch` are built in.
fn built_in() -> Vec<Told> {
    story::ready().into_iter().chain([Told::Plan(Box::new(built()))]).collect()
}

#[test]
fn the_text_of_a_built_in_step_is_said_once_and_by_its_name() {
    let ear = || Ear::new(built_in()).types(&["deploy"]);
    let rows = ear().types(&["commands"]);
    assert!(
        last(&rows).contains("(built in release); commands release says its text"),
        "{}",
        rows.heard
    );
    assert!(!last(&rows).contains("echo release"), "{}", rows.heard);
    let all = ear().types(&["commands all"]);
    for text in ["echo release", "echo switch", "die() {"] {
        assert_eq!(last(&all).matches(text).count(), 1, "{text}: {}", all.heard);
    }
    check(
        "linear_built_in",
        &ear().types(&["1", "commands switch", "commands functions", "commands nosuch"]),
    );
    // Behind `commands` a reason may go on.
    let ear = failed().types(&["mark fixed", "commands were typed by hand", "yes"]);
    assert!(ear.done().join("").contains("commands were typed by hand"), "{}", ear.heard);
}

#[test]
fn each_answer_to_a_question_and_what_lets_a_run_go_on_lists_its_commands() {
    check(
        "linear_answers_listed",
        &failed().types(&["commands", "commands skip", "commands undo"]),
    );
    let paused = story::running().end("build", 0, 0).then(Fact::Mode(Mode::Pause));
    let ear = Ear::new(vec![paused.told()]).types(&["commands"]);
    assert!(
        last(&ear).contains("continue:\n") && last(&ear).contains("./bin/switch"),
        "{}",
        ear.heard
    );
    let ear = Ear::new(vec![story::asks_about_schema(false).told()]).types(&["commands"]);
    assert!(last(&ear).contains("1. continue, go on:\nundo switch\n"), "{}", ear.heard);
    let ear = Ear::new(idle()).types(&["commands rollback"]);
    assert!(last(&ear).contains("rollback asks first"), "{}", ear.heard);
}

#[test]
fn what_is_not_listed_is_said_as_the_full_console_says_it() {
    let ear = failed().types(&["edit", "commands"]);
    assert!(!last(&ear).contains("runs no command"), "{}", ear.heard);
    let ear = Ear::new(vec![story::running().told()]).types(&["quit", "commands"]);
    assert!(last(&ear).contains("This runs no command of the recipe."), "{}", ear.heard);
}

#[test]
fn how_a_release_differs_is_said_before_it_is_gone_back_to() {
    let previewed = |release: &str| Told::Preview {
        of: Intent::rollback(release),
        lines: Vec::new(),
        plan: None,
    };
    let ear = Ear::new(idle()).types(&["rollback", "2"]).tell(previewed(BEFORE));
    for part in [
        "2 commits leave; 38 files",
        "leaves: a1b2c3d Add totals to orders",
        "orders.0042_backfill_totals",
        "celery 5.6.1",
        ".env, media are shared",
    ] {
        assert!(last(&ear).contains(part), "{part}: {}", ear.heard);
    }
    // It is not waited for without an end, and said as soon as it is known.
    let ear = Ear::new(idle()).types(&["rollback", OLDER]).tell(previewed(OLDER));
    assert!(!last(&ear).contains("Roll back shop"), "{}", ear.heard);
    let ear = ear.wait(SignedDuration::from_secs(5)).listen();
    assert!(last(&ear).contains("reading how it differs"), "{}", ear.heard);
    let pair = Pair { from: NEWEST.to_owned(), to: OLDER.to_owned() };
    let ear = ear.tell(Told::Compared(pair, Ok(difference())));
    assert!(
        last(&ear).contains("How it differs is known now:\nCode: 2 commits leave"),
        "{}",
        ear.heard
    );
    // The same of the list, before one is chosen.
    check("linear_details", &Ear::new(idle()).types(&["rollback", "details 2", "details 99", ""]));
}

#[test]
fn maintenance_says_which_way_and_what_it_took() {
    let raised = || Sites::calm().raised("bob@laptop").idle();
    let told = |on| Told::Preview {
        of: Intent::maintenance(on),
        lines: vec![format!("page {}", if on { "up" } else { "down" })],
        plan: None,
    };
    let ear = Ear::new(idle()).types(&["maintenance off"]);
    assert!(last(&ear).contains("Taken as: take the maintenance page down."), "{}", ear.heard);
    assert!(last(&ear).contains("is down already") && !last(&ear).contains("yes"), "{}", ear.heard);
    let ear = Ear::new(raised()).types(&["maintenance off"]).tell(told(false)).tell(told(true));
    let ear = ear.types(&["production", "yes"]);
    assert!(ear.done().join("").contains("Maintenance { on: false"), "{}", ear.heard);
    // Turned on anew it keeps what it said, or is emptied.
    let both = |ear: Ear| ear.tell(told(false)).tell(told(true));
    let ear = both(Ear::new(raised()).types(&["maintenance on"]));
    assert!(last(&ear).contains("page up"), "{}", ear.heard);
    let keeps = ear.types(&["production", "", "", "yes"]);
    assert!(keeps.done().join("").contains("Some(\"new prices, back soon\")"), "{}", keeps.heard);
    let ear = both(Ear::new(raised()).types(&["maintenance on"]));
    let ear = ear.types(&["production", "none", "none", "yes"]);
    assert!(ear.done().join("").contains("reason: None, until: None"), "{}", ear.heard);
    assert!(
        ear.heard.contains("Enter keeps new prices, back soon, none empties it"),
        "{}",
        ear.heard
    );
    // What the second of two buttons would do is said, too, before its yes.
    let ear = both(Ear::new(raised()).types(&["maintenance"]));
    assert!(last(&ear).contains("[ Turn on anew ]: page up"), "{}", ear.heard);
    let ear = ear.types(&["2"]);
    assert!(last(&ear).contains("page up"), "{}", ear.heard);
}

#[test]
fn prompts_that_wait_behind_another_are_said_once_each() {
    let prompt = |id, host: &str| {
        Told::Prompt(Prompt {
            id,
            title: format!("Password of deploy on {host}"),
            lines: Vec::new(),
            kind: PromptKind::Secret,
        })
    };
    let ear = || Ear::new(story::ready()).tell(prompt(1, "web1")).tell(prompt(2, "web2"));
    for line in ["s3cret", ""] {
        let ear = ear().types(&[line]);
        assert_eq!(ear.heard.matches("Password of deploy on web2").count(), 1, "{}", ear.heard);
    }
    let mut interrupted = ear();
    interrupted.linear.interrupt();
    let ear = interrupted.listen();
    assert_eq!(ear.heard.matches("Password of deploy on web2").count(), 1, "{}", ear.heard);
    // One that is called as the one before is another.
    let ear = Ear::new(story::ready()).tell(prompt(1, "web1")).tell(prompt(2, "web1"));
    let ear = ear.types(&["s3cret"]);
    assert!(!ear.heard.contains("It says something else now"), "{}", ear.heard);
    assert_eq!(ear.types(&["another"]).done(), ["Prompted(1, true)", "Prompted(2, true)"]);
}

#[test]
fn a_difference_keeps_its_columns() {
    let ear = failed().types(&["edit", "if true;  then  sh db/migrate up; fi"]);
    assert!(last(&ear).contains("+ if true;  then  sh db/migrate up; fi\n"), "{}", ear.heard);
}

/// Names of keys that nobody presses who types lines. Enter, Ctrl-c, Ctrl-d and Ctrl-z are the terminal's.
const KEYS: [&str; 15] = [
    "Esc",
    "Tab",
    "Shift-Tab",
    "PgUp",
    "PgDn",
    "Space",
    "F1",
    "F2",
    "F3",
    "Ctrl-t",
    "Ctrl-o",
    "Ctrl-l",
    "press",
    "pressed",
    "keys",
];

fn names_no_key(text: &str, whence: &str) {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    let key = words.find(|word| KEYS.contains(word));
    assert_eq!(key, None, "{whence}: {text}");
}

/// What can be told before something is typed.
const STORIES: [fn() -> Vec<Told>; 12] = [
    Vec::new,
    story::connecting,
    idle,
    || locked().idle(),
    || Sites::calm().raised("ana@desk").idle(),
    || vec![story::running().told()],
    || Sites::calm().raised("ana@desk").with(story::failed()),
    || vec![story::asking().told()],
    || vec![story::broken().told()],
    || vec![story::asks_about_schema(true).told()],
    || vec![story::done_failed().told()],
    || Sites::calm().with(story::done_ok()),
];

#[test]
fn no_text_names_a_key() {
    let acts = |goal: &Goal| match goal {
        Goal::Key(action) => binding(*action).is_some_and(|row| row.place == Place::Acting),
        Goal::Host(_) | Goal::Step(_) | Goal::Release(_) | Goal::Run(_) => true,
    };
    for (at, told) in STORIES.into_iter().enumerate() {
        names_no_key(&Ear::new(told()).types(&["help all"]).heard, &format!("story {at}"));
        // What is said of each word, and in each dialog.
        for row in TABLE.iter().filter(|row| row.place != Place::Moving) {
            let ear = Ear::new(told()).types(&[row.label, "commands", "1", "no"]);
            names_no_key(&ear.heard, &format!("{} in story {at}", row.label));
        }
        // And what may be said of any action, wherever it is tried.
        let lines = Settings { keymap: Keymap::in_words(), ..settings() };
        let desk = Desk::with(WIDE, lines, 40, super::chatter).tell_all(told());
        for row in TABLE {
            let why = why_not(&desk.model, row.action).unwrap_or_default();
            names_no_key(&why, &format!("why not {:?} in story {at}", row.action));
            for over in [Over::Host, Over::History, Over::Releases] {
                let why = update::refused(&desk.model, over, row.action).unwrap_or_default();
                names_no_key(&why, &format!("{:?} over {over:?} in story {at}", row.action));
            }
        }
        for entry in words::all_entries(&desk.model).filter(|entry| acts(&entry.goal)) {
            let rows = words::would(&desk.model, &entry).all();
            rows.iter().for_each(|(row, _)| names_no_key(row, &entry.label));
        }
    }
}
