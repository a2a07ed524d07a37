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
    model::{Kind, Plan, Text},
    tui::{Intent, StageOffer, Told, Wish, state::dialog::Focus},
};

const FUNCTIONS: &str = "die() {\n\texit 1\n}\n";

/// The steps `release` and `switch` are built in; `switch` has another value on web2.
fn built() -> Plan {
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

fn stages() -> Told {
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
