//! The commands that something would run, also of what is built in: in the palette, in pane 4, in the
//! picker, and from the dialog that asks.

use ratatui::layout::Size;

use super::{
    Desk, NARROW, WIDE,
    keys::acts,
    sites::{BEFORE, Sites},
    story,
};
use crate::{
    model::{Follower, HostId, Kind, Node, Plan, StepName, Text},
    run::{Cause, End, Fact, Mode},
    tui::{Intent, StageOffer, Told, Wish, state::dialog::Focus},
};

const FUNCTIONS: &str = "die() {\n\texit 1\n}\n";

/// The steps `release` and `switch` are built in; `switch` has another value on web2.
pub(super) fn built() -> Plan {
    let mut plan = story::plan();
    for (step, name) in [("release", "release"), ("switch", "publish")] {
        let column = plan.columns.iter_mut().find(|it| it.step.as_str() == step).unwrap();
        column.built_in = Some(name.to_owned());
        column.about = String::new();
        for node in plan.nodes.iter_mut().filter(|node| node.key.step.as_str() == step) {
            let Kind::Act(act) = &mut node.kind else { continue };
            let before = if node.host.unwrap().0 == 1 { "'20261119'" } else { "'20261120'" };
            let own = format!("name='20261121'\nbefore={before}\necho {step}\n");
            act.command.run = Text::literal(format!("{FUNCTIONS}{own}"));
        }
    }
    plan
}

/// An idle stage with that plan, which is not protected.
fn idle() -> Vec<Told> {
    let plan = Plan { protected: false, stage: "staging".to_owned(), ..built() };
    Sites::calm().idle().into_iter().chain([Told::Plan(Box::new(plan))]).collect()
}

fn in_order(screen: &str, parts: &[&str]) {
    let mut rest = screen;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not there:\n{screen}"));
        rest = &rest[at..];
    }
}

#[test]
fn texts_of_what_is_built_in_are_shown_where_it_is_told_what_would_run() {
    let tall = Size { width: 150, height: 80 };
    let mut desk = Desk::new(tall).tell_all(idle()).keys(":dep");
    in_order(
        &desk.screen(),
        &[
            "release  Makes the directory of the new release",
            "(built in release); its text is below",
            "switch  Makes the release the one that is served",
            "as planned now",
            "release on web1 db1:",
            "before='20261120'",
            "echo release",
            "release on web2:",
            "the same text but for",
            "before='20261119'",
            "Each built-in text begins with these functions:",
            "die() {",
            "exit 1",
        ],
    );
    // Pane 4 has that of the chosen cell.
    let mut desk = Desk::new(tall).tell_all(idle()).keys("j");
    in_order(
        &desk.screen(),
        &[
            "built in release; its text is below",
            "release on web2:",
            "before='20261119'",
            "die() {",
        ],
    );
    for size in [WIDE, NARROW, Size { width: 60, height: 16 }] {
        let mut desk = Desk::new(size).tell_all(idle()).keys(":dep");
        insta::assert_snapshot!(format!("commands_{}", size.width), desk.screen());
    }
}

#[test]
fn a_dialog_lists_its_commands_and_comes_back_on_cancel() {
    let back = || Intent::rollback(BEFORE);
    for (keys, wanted) in [
        ("D", "echo release"),
        ("S", "echo release"),
        ("R<ret>", "asking what this would do"),
        ("M", "asking what this would do"),
    ] {
        let tall = Size { width: 120, height: 60 };
        let mut desk = Desk::new(tall).tell_all(idle()).keys(keys);
        assert!(desk.screen().contains("Runs   Ctrl-o lists its commands"), "{}", desk.screen());
        let mut desk = desk.keys("<C-o>");
        let screen = desk.screen();
        assert!(screen.contains("What it would run: ") && screen.contains(wanted), "{screen}");
        // None of its keys answers, whatever it means in the question behind.
        let mut desk = desk.keys("DSMRYL<tab><pgdn>jjG").paste("D");
        assert!(desk.screen().contains("What it would run: "), "{}", desk.screen());
        let desk = desk.keys("<esc>");
        let dialog = desk.model.dialog.as_ref().unwrap();
        assert_eq!((dialog.commands, dialog.focus), (None, Focus::Button(0)));
        let desk = desk.burst("DSMR<ret>");
        assert!(!desk.wishes.iter().any(acts), "{keys}: {:?}", desk.wishes);
    }
    // What is told of a rollback is there as soon as it is told.
    let told = Told::Preview { of: back(), lines: Vec::new(), plan: Some(Box::new(built())) };
    let mut desk = Desk::new(WIDE).tell_all(idle()).keys("R<ret><C-o>").tell(told);
    assert!(desk.screen().contains("its text is below"), "{}", desk.screen());
}

#[test]
fn the_key_of_the_palette_lists_them_too_where_no_field_takes_it() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("D:");
    assert_eq!(desk.model.dialog.as_ref().unwrap().commands, Some(0));
    insta::assert_snapshot!("commands_of_a_dialog", desk.keys("").screen());
    let desk = Desk::new(WIDE).tell_all(idle()).keys("M<tab>a:b<C-o>");
    let dialog = desk.model.dialog.as_ref().unwrap();
    assert_eq!(dialog.commands, Some(0));
    let desk = desk.keys("<esc>");
    let typed: Vec<String> =
        desk.model.dialog.as_ref().unwrap().fields.iter().map(|it| it.typed()).collect();
    assert!(typed.iter().any(|typed| typed.ends_with("a:b") || typed.ends_with(":b")), "{typed:?}");
    // What runs nothing has nothing to list.
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("q<C-o>");
    assert!(desk.screen().contains("runs no command"), "{}", desk.screen());
}

#[test]
fn what_is_done_by_one_text_alone_has_its_functions_behind_it_too() {
    let mut page = built();
    page.columns.retain(|column| column.built_in.as_deref() == Some("publish"));
    let of = Intent::maintenance(true);
    let told = Told::Preview { of, lines: Vec::new(), plan: Some(Box::new(page)) };
    let tall = Size { width: 120, height: 60 };
    let mut desk = Desk::new(tall).tell_all(idle()).keys("M<C-o>").tell(told);
    in_order(&desk.screen(), &["switch on web1:", "echo switch", "these functions:", "die() {"]);
}

#[test]
fn a_dialog_lists_what_each_of_its_switches_of_the_page_does() {
    let told = |on: bool, file: &str| {
        let mut page = built();
        let step = if on { "release" } else { "switch" };
        page.columns.retain(|column| column.step.as_str() == step);
        let (of, lines) = (Intent::maintenance(on), vec![file.to_owned()]);
        Told::Preview { of, lines, plan: Some(Box::new(page)) }
    };
    let (writes, removes) = ("writes page.html on web1", "removes page.html on web1");
    let up = || Sites::calm().raised("ana@desk").idle();
    let tall = Size { width: 120, height: 60 };
    // One is asked after the other.
    let asked =
        |desk: &Desk| desk.wishes.iter().filter(|it| matches!(it, Wish::Preview(_))).count();
    let desk = Desk::new(tall).tell_all(up()).keys("M");
    assert_eq!(asked(&desk), 1);
    let desk = desk.tell(told(false, removes));
    assert_eq!(asked(&desk), 2);
    let mut desk = desk.tell(told(true, writes));
    assert_eq!(asked(&desk), 2);
    let (off, on) = ("[ Turn off anyway ]", "[ Turn on anew ]");
    let line = |button: &str, what: &str| format!("{button}  {what}");
    in_order(&desk.screen(), &[&line(off, removes), &line(on, writes)]);
    in_order(
        &desk.keys("<C-o>").screen(),
        &[off, removes, on, writes, "echo switch", "echo release"],
    );
}

pub(super) fn stages() -> Told {
    let hosts = |n: usize| (1..=n).map(|n| format!("web{n}")).collect();
    let offer = |name: &str, n, protected, open| StageOffer {
        name: name.to_owned(),
        hosts: hosts(n),
        protected,
        open,
    };
    Told::Stages(vec![
        offer("production", 12, true, false),
        offer("staging", 1, false, true),
        offer("trial", 2, false, false),
    ])
}

#[test]
fn a_stage_is_chosen() {
    for size in [WIDE, NARROW, Size { width: 60, height: 16 }] {
        let mut desk = Desk::new(size).tell(stages());
        insta::assert_snapshot!(format!("stages_{}", size.width), desk.screen());
    }
    let desk = Desk::new(WIDE).tell(stages()).keys("jDM?:<tab>jk<ret>jj<ret>");
    assert_eq!(desk.wishes(), ["Stage(staging)", "Quit"]);
    for keys in ["<esc>", "q", "j<esc>"] {
        let desk = Desk::new(WIDE).tell(stages()).keys(keys);
        assert!(desk.model.quit && desk.wishes == [Wish::Quit], "{keys}");
    }
    let desk = Desk::new(WIDE).tell(stages()).keys("<C-c>");
    assert_eq!(desk.wishes, [Wish::Interrupted, Wish::Quit]);
}

/// The build failed on both web hosts of a run that goes on by itself; the next step lies ready.
fn both_failed() -> story::Story {
    let (one, two) = (Cause::Failed(End::Exit(127)), Cause::Failed(End::Signal(9)));
    let story = story::running().end("build", 0, 127).end("build", 1, 137).ready("migrate", 2);
    let nodes = [story.node("build", 0), story.node("build", 1)];
    story.hold(nodes[0], one, &story::AFTER_FAILURE).hold(nodes[1], two, &story::AFTER_FAILURE)
}

#[test]
fn what_follows_an_answer_that_runs_nothing_itself_is_listed() {
    let tall = Size { width: 150, height: 80 };
    let check = |told: Told, keys: &str, parts: &[&str]| {
        in_order(&Desk::new(tall).tell(told).keys(keys).screen(), parts);
    };
    // The next step lies ready on its hosts, and is not begun for that.
    let failed = || story::failed().ready("switch", 0).ready("switch", 1).told();
    let next = ["Then the run goes on", "switch", "web1 web2: ./bin/switch ", "restart"];
    for keys in [":skip", ":mark fixed", ":fixed", "F<C-o>", "K<C-o>", ":exclude"] {
        check(failed(), keys, &next);
    }
    // Answered on one of two hosts, the other is asked about first; a host that is left out does nothing.
    let then = [
        "First what else is open",
        "web2: killed by signal 9",
        "migrate",
        "Mark fixed on all 2 hosts",
    ];
    let all = ["Then the run goes on", "db1: ./bin/migrate ", "web1 web2: ./bin/switch "];
    check(both_failed().told(), "F<C-o>", &[then.as_slice(), &all].concat());
    let one = ["That one alone", "First what else", "All 2 hosts", "Then the run goes on", "db1:"];
    check(both_failed().told(), ":mark fixed", &one);
    let all = ["All 2 hosts", "Then the run goes on", "db1: ./bin/migrate "];
    check(both_failed().told(), ":exclude", &all);
    let screen = Desk::new(tall).tell(both_failed().told()).keys(":exclude").screen();
    let (_, all) = screen.split_once("All 2 hosts").unwrap();
    assert!(!all.contains("web1"), "{screen}");
    check(
        both_failed().told(),
        "T<C-o>",
        &["web1: ./bin/build ", "all 2", "web1 web2: ./bin/build "],
    );
}

#[test]
fn a_step_that_lies_ready_is_among_what_goes_on() {
    let tall = Size { width: 150, height: 80 };
    for (keys, what) in [(":continue", "switch"), ("C<C-o>", "switch"), (":step", "db1:")] {
        let told = story::running().end("build", 0, 0).ready("migrate", 2);
        let mut desk = Desk::new(tall).tell(told.then(Fact::Mode(Mode::Pause)).told()).keys(keys);
        in_order(&desk.screen(), &["migrate", "db1: ./bin/migrate ", what]);
    }
}

#[test]
fn all_that_an_undo_runs_is_listed_also_of_what_failed_and_goes_on() {
    let tall = Size { width: 150, height: 80 };
    let check = |story: story::Story, keys: &str, parts: &[&str]| {
        in_order(&Desk::new(tall).tell(story.told()).keys(keys).screen(), parts);
    };
    let story = || {
        let mut plan = story::plan();
        let restarts = |node: &&Node| node.key.step.as_str() == "restart" && node.host.is_some();
        let restart = plan.nodes.iter().find(restarts).unwrap();
        let Kind::Act(act) = restart.kind.clone() else { panic!("restart acts") };
        let steps = ["switch", "restart"].map(|step| StepName::try_from(step.to_owned()).unwrap());
        let [of, step] = steps;
        plan.followers = vec![Follower { of, step, host: HostId(1), act: *act }];
        story::Story::of(plan).done("release", &[0, 1, 2], 1).pass("build")
    };
    // One failed, and the other goes on: both are taken back once they have ended.
    let begun = || story().start("build", 0).start("build", 1).end("build", 0, 1);
    let back = [
        "undo build",
        "web1 web2: ./bin/build --undo",
        "undo release",
        "web1 web2 db1: ./bin/release --undo",
    ];
    for keys in ["U<C-o>", "A<C-o>", ":undo", ":abort"] {
        check(begun(), keys, &back);
    }
    let served = || {
        let story = story().done("build", &[0, 1], 1).pass("migrate").done("migrate", &[2], 1);
        story.pass("switch").done("switch", &[0, 1], 1).pass("restart")
    };
    let asked = [
        "asks: the schema was changed by migrate",
        "undo switch",
        "web1 web2: ./bin/switch --undo",
        "restart (follows)",
        "web2: ./bin/restart",
        "undo build",
    ];
    check(served(), "U<C-o>", &asked);
}

#[test]
fn a_question_on_the_way_of_an_undo_says_what_is_undone_behind_it_and_lists_it() {
    let on = |size, opens| Desk::new(size).tell(story::asks_about_schema(opens).told());
    let size = Size { width: 120, height: 60 };
    let mut desk = on(size, false).keys("C");
    let screen = desk.screen();
    let undone = "goes on with the undo: undo switch, restart (follows); then asks again";
    assert!(screen.contains("ASKS before undo switch"), "{screen}");
    assert!(screen.contains(undone), "{screen}");
    let screen = desk.keys("<C-o>").screen();
    let wanted =
        ["undo switch", "web1 web2: ./bin/switch", "restart (follows)", "web1: ./bin/restart"];
    in_order(&screen, &wanted);
    assert!(!screen.contains("./bin/release"), "{screen}");
    in_order(&on(size, false).keys(":continue").screen(), &wanted);
    let mut desk = on(size, true);
    assert!(
        desk.screen().contains("ASKS before the maintenance page goes down"),
        "{}",
        desk.screen()
    );
    in_order(&desk.keys("C<C-o>").screen(), &["leave maintenance-off", "undo release"]);
    for size in [WIDE, NARROW, Size { width: 60, height: 16 }] {
        for opens in [false, true] {
            let name = format!("schema_{}_{}", if opens { "opens" } else { "undo" }, size.width);
            insta::assert_snapshot!(name, on(size, opens).screen());
        }
    }
}
