//! What is listed before it is done is what is then begun: told by the engine, not by a picture.

use super::{
    Desk,
    driven::{Commands, Driven, plan},
    story,
};
use crate::{
    model::{Kind, Origin, Raised},
    plan::Known,
    run::{Command, Event, Fact, Mode, Run, Why},
    script::builtin,
    tui::{Told, words},
};

/// Two web hosts go through the last steps one after the other; a database host has no part in them.
const BATCHES: &str = r#"
app = "shop"
root = "/srv/www/shop"
[stages.production]
hosts = ["web1", "web2", "web3", "db1"]
[hosts]
web1 = { roles = ["web"] }
web2 = { roles = ["web"] }
web3 = { roles = ["web"] }
db1 = { roles = ["db"] }
[steps]
release = { run = "make release", undo = "remove release" }
migrate = { run = "migrate all", once = true, roles = ["db"], undo = "migrate back" }
switch = { run = "switch", roles = ["web"], undo = "switch back" }
restart = { run = "restart", roles = ["web"], when = "test -e pid" }
tell = { run = "tell all", once = true, roles = ["web"] }
[pipelines]
deploy = ["release", "migrate", { batch = 2, steps = ["switch", "restart"] }, "tell"]
"#;

fn batches() -> Driven {
    Driven::new(plan(BATCHES, Known::default()))
}

fn of(commands: &[&str]) -> Commands {
    commands.iter().map(|command| (*command).to_owned()).collect()
}

#[test]
fn each_step_of_batches_begins_what_was_listed() {
    let run = batches();
    let (run, in_palette) = run.palette("step");
    let run = run.keys("S");
    let in_dialog = run.dialog("Step by step");
    let (mut run, mut begun) = run.keys("<tab><ret>").goes_on();
    assert_eq!((&in_palette, &in_dialog), (&begun, &begun));
    let mut steps = vec![begun];
    while run.run().closed.is_none() {
        let in_palette;
        (run, in_palette) = run.palette("step");
        run = run.keys(":step<ret>");
        let in_dialog = run.dialog("Do the next step");
        (run, begun) = run.keys("<tab><ret>").goes_on();
        assert_eq!((&in_palette, &in_dialog), (&begun, &begun), "{steps:?}");
        steps.push(begun);
    }
    assert_eq!(steps[2], of(&["web1: switch", "web2: switch"]));
    let asked = ["web1: restart", "web1: test -e pid", "web2: restart", "web2: test -e pid"];
    assert_eq!(steps[3], of(&asked));
    assert_eq!(steps[4], of(&["web3: switch"]));
    assert_eq!(steps.len(), 7);
}

/// The run goes on to its end, or to its first question.
fn straight(fails: &[&str]) -> (Driven, Commands) {
    let mut run = batches();
    run.fails = fails.iter().map(|fails| (*fails).to_owned()).collect();
    let run = run.keys("D");
    let listed = run.dialog("Run straight");
    let (run, begun) = run.press("Run straight").goes_on();
    if fails.is_empty() {
        assert_eq!(listed, begun);
    }
    (run, begun)
}

/// The same, one step after the other until something fails.
fn in_steps(fails: &[&str]) -> Driven {
    let mut run = batches();
    run.fails = fails.iter().map(|fails| (*fails).to_owned()).collect();
    (run, _) = run.keys("S").press("Step by step").goes_on();
    while run.run().holds.is_empty() {
        (run, _) = run.keys("S").goes_on();
    }
    run
}

/// An answer begins what its dialog listed, and what the palette listed.
fn answers(run: Driven, (typed, keys, button): (&str, &str, &str)) -> Driven {
    let (run, in_palette) = run.palette(typed);
    let run = run.keys(keys);
    let in_dialog = run.dialog(button);
    let (run, begun) = run.press(button).goes_on();
    assert_eq!((&in_palette, &in_dialog), (&begun, &begun), "{typed}");
    run
}

const CONTINUE: (&str, &str, &str) = ("continue", "C", "Continue");
const RETRY: (&str, &str, &str) = ("retry", "T", "Retry");
const SKIP: (&str, &str, &str) = ("skip", "K", "Skip");
const FIXED: (&str, &str, &str) = ("mark fixed", "F", "Mark fixed");
const EXCLUDE: (&str, &str, &str) = ("exclude", "X", "Exclude");
const UNDO: (&str, &str, &str) = ("undo", "U", "Undo");

#[test]
fn what_goes_on_from_each_step_of_batches_was_listed() {
    let (run, _) = straight(&[]);
    assert!(run.run().closed.is_some());
    for steps in 0..6 {
        let (mut run, _) = batches().keys("S").press("Step by step").goes_on();
        for _ in 0..steps {
            (run, _) = run.keys("S").goes_on();
        }
        assert!(answers(run, CONTINUE).run().closed.is_some());
    }
}

#[test]
fn what_follows_each_answer_to_a_failure_was_listed() {
    for failing in
        ["web1: restart", "web2: switch", "web3: restart", "db1: migrate all", "web1: tell all"]
    {
        for answer in [RETRY, SKIP, FIXED, EXCLUDE, UNDO] {
            answers(straight(&[failing]).0, answer);
            answers(in_steps(&[failing]), answer);
        }
    }
}

#[test]
fn an_edited_command_is_listed_as_it_was_typed() {
    for run in [straight(&["web1: restart"]).0, in_steps(&["web1: restart"])] {
        let run = run.keys("O");
        let mut edited = run.press("Compare");
        let listed = edited.dialog("Run this");
        assert!(listed.contains("web1: whyrestart"), "{listed:?}");
        let begun;
        (edited, begun) = edited.press("Run this").goes_on();
        assert_eq!(listed, begun);
        assert!(edited.run().holds.is_empty());
    }
}

#[test]
fn a_batch_that_asks_goes_on_with_what_was_listed() {
    let run = answers(straight(&["web2: restart"]).0, EXCLUDE);
    let asks = &run.run().holds.values().next().unwrap().cause;
    assert_eq!(asks.word(), "batch");
    let (run, in_palette) = run.palette("continue");
    let run = run.keys("C");
    let in_dialog = run.dialog("Go on");
    let (_, begun) = run.press("Go on").goes_on();
    assert_eq!((&in_palette, &in_dialog), (&begun, &begun));
}

/// An undo that is paused behind its first step.
fn paused_undo() -> Driven {
    let run = straight(&["web3: switch"]).0.keys("U").press("Undo").keys("P").goes_on().0;
    assert_eq!(run.run().mode, Mode::Pause);
    run
}

#[test]
fn an_undo_goes_on_with_what_was_listed_and_counted() {
    for run in [paused_undo(), paused_undo().taken_up()] {
        let mut asked = run.keys("C");
        let screen = asked.desk.screen();
        assert!(
            screen.contains("goes on with the undo: 2 steps: undo migrate, undo release"),
            "{screen}"
        );
        answers(asked.keys("<esc>"), CONTINUE);
    }
    let run = paused_undo();
    let (run, listed) = run.palette("step");
    let (run, begun) = run.keys("S").goes_on();
    assert_eq!((listed, &begun), (begun.clone(), &of(&["db1: migrate back"])));
    assert!(answers(run, CONTINUE).run().closed.is_some());
}

#[test]
fn the_rest_of_a_paused_undo_is_left_as_it_is() {
    let mut run = paused_undo().keys("A");
    insta::assert_snapshot!("rest_of_an_undo", run.desk.screen());
    let (mut run, begun) = run.press("Leave as it is").goes_on();
    assert_eq!(begun, of(&[]));
    assert!(run.run().closed.is_some());
    insta::assert_snapshot!("rest_of_an_undo_left", run.desk.screen());
    let said = run.keys("<f3>").desk.screen();
    assert!(said.contains("ASKS whether the undo ends before undo migrate"), "{said}");
    let mut going = Desk::new(super::WIDE).tell(story::undoing().told()).keys("A");
    assert!(going.screen().contains("P pauses that"), "{}", going.screen());
}

#[test]
fn the_rest_of_an_undo_that_was_left_by_half_is_asked_about_and_no_breakpoint() {
    let mut run = paused_undo().torn(Command::Rest(Why::default()));
    let hold = run.run().holds.values().next();
    assert!(hold.is_none(), "the engine did all of it: {hold:?}");
    let screen = run.desk.screen();
    assert!(screen.contains("ASKS whether the undo ends before undo migrate"), "{screen}");
    assert!(!screen.contains("breakpoint"), "{screen}");
    let (_, listed) = run.palette("continue");
    assert!(listed.contains("db1: migrate back"), "{listed:?}");
}

#[test]
fn what_of_an_undo_may_have_begun_is_not_said_to_be_left_out() {
    let (mut run, _) = straight(&["web3: switch"]);
    run.silent = vec!["web1: switch back".to_owned()];
    let run = run.keys("U").press("Undo").goes_on().0.keys("P").goes_on().0;
    let (run, listed) = run.palette("abort");
    assert!(listed.contains("web1: switch back"), "{listed:?}");
    let screen = run.keys("A").desk.screen();
    let row = |of: &str| screen.lines().position(|row| row.contains(of));
    let [perhaps, left] = ["May have begun already", "Left out then"].map(|of| row(of).unwrap());
    let switch = row("web1: undo switch").unwrap();
    assert!(perhaps < switch && switch < left, "{screen}");
}

#[test]
fn a_page_that_stays_up_is_not_said_to_go_down() {
    let raised = Raised {
        run: "20261122-130000-00000000000000000000".to_owned(),
        by: "ana@desk".to_owned(),
        since: story::at(0),
        reason: None,
        until: None,
    };
    let kept = builtin::kept_up("/srv/www/shop/maintenance.html", &raised).unwrap();
    let mut story = story::asks_about_schema(true);
    for event in &mut story.events {
        let Fact::Grew(nodes, _) = &mut event.fact else { continue };
        for node in nodes.iter_mut().filter(|it| it.key.step.as_str() == "maintenance-off") {
            let Kind::Act(act) = &mut node.kind else { continue };
            act.command.run.clone_from(&kept);
        }
    }
    let mut desk = Desk::new(super::WIDE).tell(Told::Events(story.events));
    let mut screen = desk.screen();
    screen.push_str(&desk.keys("C").screen());
    assert!(screen.contains("leave the maintenance page up (raised by hand)"), "{screen}");
    assert!(screen.contains("What visitors get is not changed by that."), "{screen}");
    assert!(!screen.contains("DOWN") && !screen.contains("goes down"), "{screen}");
}

#[test]
fn a_page_that_goes_down_before_older_code_is_served_is_said_so() {
    let mut story = story::asks_about_schema(true);
    let switch = story.node("switch", 0);
    for event in &mut story.events {
        let Fact::Grew(nodes, _) = &mut event.fact else { continue };
        if let Some(last) = nodes.last_mut() {
            last.origin = Origin::UndoOf(switch);
        }
    }
    let screen = Desk::new(super::NARROW).tell(Told::Events(story.events)).screen();
    assert!(screen.contains("takes the page DOWN, 1 more"), "{screen}");
    assert!(screen.contains("and then OLDER"), "{screen}");
}

/// Two hosts, questions before and after a step, and a step with items on one of them.
const ASKS: &str = r#"
app = "shop"
root = "/srv/www/shop"
[stages.production]
hosts = ["web1", "web2"]
[hosts]
web1 = {}
web2 = {}
[steps]
release = { run = "make release", undo = "remove release" }
build = { run = "build", confirm = { before = "Build?", after = "Built?" } }
tell = { run = "tell all" }
[steps.migrate]
once = true
[steps.migrate.items]
list = "list"
match = '^(?<name>.+)$'
run = "migrate {{ item.name }}"
undo = "unmigrate {{ item.name }}"
[pipelines]
deploy = ["release", "build", "migrate", "tell"]
"#;

fn asks() -> Driven {
    let mut run = Driven::new(plan(ASKS, Known::default()));
    let items = ["one", "two"].map(str::to_owned).to_vec();
    run.lists.insert("web1: list".to_owned(), items);
    run.keys("S").press("Step by step").goes_on().0
}

#[test]
fn each_step_and_each_answered_question_begins_what_was_listed() {
    let (mut run, mut steps) = (asks(), Vec::new());
    while run.run().closed.is_none() {
        let (typed, keys, button) = match run.run().holds.is_empty() {
            true => ("step", ":step<ret>", "Do the next step"),
            false => ("continue", "C", "Go on"),
        };
        let (in_palette, begun);
        (run, in_palette) = run.palette(typed);
        run = run.keys(keys);
        let in_dialog = run.dialog(button);
        (run, begun) = run.press(button).goes_on();
        assert_eq!((&in_palette, &in_dialog), (&begun, &begun), "{steps:?}");
        steps.push(begun);
    }
    assert!(steps.contains(&of(&["web1: list", "web1: migrate 'two'"])), "{steps:?}");
}

/// A run that is paused before its first step, with a breakpoint before the items that it lists.
fn stops_before_items(items: &[&str]) -> Driven {
    let recipe = ASKS.replace(r#", confirm = { before = "Build?", after = "Built?" }"#, "");
    let mut run = Driven::new(plan(&recipe, Known::default()));
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    run.lists.insert("web1: list".to_owned(), items);
    run = run.keys("S").press("Step by step").goes_on().0;
    let list = run.run().ids().find(|(id, _)| run.run().lists(*id)).unwrap().0;
    run.command(Command::Break(list, true))
}

#[test]
fn what_stops_before_its_items_is_not_said_to_begin_them() {
    let begins = of(&["web1: build", "web1: list", "web2: build"]);
    let run = answers(stops_before_items(&["one", "two"]), CONTINUE);
    let cause = &run.run().holds.values().next().unwrap().cause;
    assert_eq!(cause.word(), "break");
    let (run, listed) = stops_before_items(&[]).palette("continue");
    assert_eq!(listed, begins);
    let desk = run.keys(":continue").desk;
    let rows = words::would(&desk.model, &words::chosen(&desk.model).unwrap()).all();
    let rows: Vec<String> = rows.into_iter().map(|(row, _)| row).collect();
    insta::assert_snapshot!("stops_before_items", rows.join("\n"));
}

#[test]
fn the_undo_of_items_is_listed_with_their_names() {
    let mut run = asks();
    run.fails = vec!["web2: tell all".to_owned()];
    while run.run().holds.values().all(|hold| !hold.cause.is_failure()) {
        let keys = if run.run().holds.is_empty() { "S" } else { "C<tab><ret>" };
        run = run.keys(keys).goes_on().0;
    }
    let run = run.keys("A");
    assert_eq!(run.dialog("Leave as it is"), of(&[]));
    let back = run.dialog("Undo");
    assert!(back.contains("web1: unmigrate 'two'"), "{back:?}");
    answers(run.keys("<esc>"), UNDO);
}

#[test]
fn a_step_on_another_host_and_an_outcome_that_was_lost_are_listed_as_they_go_on() {
    let run = answers(straight(&["web1: tell all"]).0, EXCLUDE).keys(":elsewhere<ret>");
    let listed = run.dialog("On web3");
    let (_, begun) = run.press("On web3").goes_on();
    assert_eq!((&listed, &begun), (&of(&["web3: tell all"]), &listed));
    for stepping in [false, true] {
        for (keys, button) in [("F", "Take as done"), ("L", "Take as failed")] {
            let mut run = batches();
            run.loses = vec!["web2: switch".to_owned()];
            let begin = if stepping { ("S", "Step by step") } else { ("D", "Run straight") };
            run = run.keys(begin.0).press(begin.1).goes_on().0;
            while run.run().holds.is_empty() {
                run = run.keys("S").goes_on().0;
            }
            let run = run.keys(keys);
            let listed = run.dialog(button);
            let (_, begun) = run.press(button).goes_on();
            assert_eq!(listed, begun, "{button}");
        }
    }
}

#[test]
fn an_undo_that_failed_in_part_is_tried_again_as_listed() {
    let (mut run, _) = straight(&["web3: switch"]);
    run.fails = vec!["web1: switch back".to_owned()];
    let run = run.keys("U").press("Undo").goes_on().0;
    assert!(run.run().closed.is_none());
    for answer in [RETRY, SKIP, FIXED] {
        let (mut run, _) = straight(&["web3: switch"]);
        run.fails = vec!["web1: switch back".to_owned()];
        answers(run.keys("U").press("Undo").goes_on().0, answer);
    }
}

#[test]
fn what_runs_nothing_that_is_known_says_so() {
    let said = |keys: &str| {
        let mut desk = Desk::new(super::WIDE).tell(story::failed().told()).keys(keys);
        desk.screen()
    };
    assert!(said("O<C-o>").contains("it would run what you type"), "{}", said("O<C-o>"));
    assert!(said("q<C-o>").contains("this runs no command of the recipe"));
    let looks = said(":look again");
    assert!(looks.contains("It runs looks on the hosts"), "{looks}");
}

/// Prints what a frame with a preview costs where there are many hosts:
/// `cargo test --release --lib tui::tests::listed -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, for people"]
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a bench reads the clock")]
fn a_preview_of_two_hundred_hosts_and_fifty_steps() {
    let names: Vec<String> = (0..200).map(|host| format!("\"h{host}\"")).collect();
    let hosts: String = (0..200).map(|host| format!("h{host} = {{}}\n")).collect();
    let step = |n| format!("s{n} = {{ run = \"do {n}\", undo = \"undo {n}\" }}\n");
    let steps: String = (0..50).map(step).collect();
    let pipeline: Vec<String> = (0..50).map(|step| format!("\"s{step}\"")).collect();
    let recipe = format!(
        "app = \"shop\"\nroot = \"/srv/www/shop\"\n[stages.production]\nhosts = [{}]\n[hosts]\n{hosts}\
         [steps]\n{steps}[pipelines]\ndeploy = [{}]\n",
        names.join(", "),
        pipeline.join(", ")
    );
    let plan = plan(&recipe, Known::default());
    let opened =
        Event { seq: 0, at: story::at(0), by: None, fact: Fact::Opened(Box::new(plan.clone())) };
    let run = Run::open(&opened).unwrap();
    let took = |what: &str, does: &dyn Fn() -> usize| {
        let begun = std::time::Instant::now();
        let found = does();
        eprintln!("{what}: {found} in {:?}", begun.elapsed());
    };
    took("the run as it would be", &|| run.in_mode(Mode::Run).cells.len());
    let after = run.in_mode(Mode::Run);
    took("what begins", &|| after.begins().nodes.len());
    let desk = Desk::new(super::WIDE)
        .tell_all(vec![Told::Plan(Box::new(plan)), Told::Events(vec![opened])]);
    let frame = |what: &str, mut desk: Desk| {
        let begun = std::time::Instant::now();
        let found = desk.screen().len();
        eprintln!("{what}: {found} in {:?}", begun.elapsed());
        desk
    };
    let desk = frame("a frame without it", desk).keys(":continue");
    let entry = words::chosen(&desk.model).unwrap();
    let desk = frame("the first frame with it", desk);
    took("rows of the preview, kept", &|| words::entry_rows(&desk.model, &entry).len());
    frame("another frame with it", desk);
}
