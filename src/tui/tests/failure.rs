//! The failure view: when it opens, and what it shows.

use jiff::SignedDuration;
use ratatui::layout::Size;

use super::{Desk, NARROW, SMALL, WIDE, settings, story};
use crate::{
    model::{
        Act, BoxMode, Changes, Command, HoldId, HostId, Items, Key, Kind, Node, NodeId, Origin,
        Part, Query, StepName, Text, Try,
    },
    run::{Cause, Choice, End, Event, Fact, LinkState, Offer, Question, Sig, Why},
    tui::{Settings, Told, errand::Errand, state::Pane},
};

/// A log with an error in its middle.
fn traceback(number: u64) -> String {
    let lines = [
        "Operations to perform:",
        "  Apply all migrations: orders, shop",
        "Running migrations, 0 errors so far",
        "  Applying orders.0041_order_idx... OK",
        "  Applying orders.0042_backfill_totals...",
        "Traceback (most recent call last):",
        "  File \"manage.py\", line 22, in <module>",
        "    execute_from_command_line(sys.argv)",
        "  File \"/srv/www/shop/orders/migrations/0042_backfill_totals.py\", line 31, in forwards",
        "    Order.objects.update(total=F('net'))",
        "django.db.utils.OperationalError: deadlock detected",
        "DETAIL:  Process 4488 waits for ShareLock on transaction 99120;",
    ];
    let at = usize::try_from(number).unwrap();
    lines.get(at).map_or_else(|| format!("evidence line {at}"), |line| (*line).to_owned())
}

pub(super) fn desk(size: Size, told: Told) -> Desk {
    let mut desk = Desk::with(size, settings(), 60, traceback).tell(told);
    desk.look();
    desk
}

pub(super) fn check(name: &str, told: fn() -> Told, keys: &str) {
    for size in [WIDE, NARROW, SMALL] {
        let mut desk = desk(size, told()).keys(keys);
        let name = format!("{name}_{}x{}", size.width, size.height);
        insta::assert_snapshot!(name, desk.screen());
    }
}

pub(super) fn failed() -> Told {
    story::failed().told()
}

/// The build failed on both web hosts, with an environment and a secret.
pub(super) fn both() -> Told {
    let mut plan = story::plan();
    for node in &mut plan.nodes {
        if let Kind::Act(act) = &mut node.kind {
            act.command.env = vec![
                ("LANG".to_owned(), Text::literal("C.UTF-8")),
                ("DB_PASSWORD".to_owned(), Text::literal("hunter2")),
            ];
            act.command.secrets = vec!["API".to_owned()];
            act.command.user = Some("app".to_owned());
            act.command.run = Text::literal("set -x\nnpm ci\nnpm run build\nls -l dist\ntrue\n");
        }
    }
    let story = story::Story::of(plan).wait(2).done("release", &[0, 1, 2], 1).pass("build");
    let story = story.start("build", 0).start("build", 1).wait(9);
    let story = story.end("build", 0, 127).wait(3).end("build", 1, 137);
    let (one, two) = (story.node("build", 0), story.node("build", 1));
    story
        .hold(one, Cause::Failed(End::Exit(127)), &story::AFTER_FAILURE)
        .hold(two, Cause::Failed(End::Signal(9)), &story::AFTER_FAILURE)
        .told()
}

const LIST: NodeId = NodeId(6);

/// One of three migrations is done, the second failed.
fn item() -> Told {
    let mut story = story::running().wait(3).end("build", 0, 0).pass("migrate");
    let db = story.node("migrate", 2);
    let name = StepName::try_from("migrate".to_owned()).unwrap();
    let act = || Act {
        command: Command::new(Text::literal("venv/bin/python manage.py migrate orders 0042")),
        undo: None,
        changes: Changes::Schema,
        mode: BoxMode::Detached,
        limit: None,
        retry: 0,
        elsewhere: Vec::new(),
    };
    let items = Items { pattern: None, each: act(), close: LIST };
    let ask = crate::model::Ask { command: act().command, query: Query::Items(Box::new(items)) };
    let part = |part, kind| Node {
        key: Key { step: name.clone(), part },
        host: Some(HostId(2)),
        needs: vec![db],
        kind,
        origin: Origin::ItemOf(db),
    };
    let line = |line: &str, index| {
        part(Part::Item { index, line: line.to_owned() }, Kind::Act(Box::new(act())))
    };
    let first = u32::try_from(story::plan().nodes.len()).unwrap();
    let nodes = vec![
        part(Part::List(2), Kind::Ask(Box::new(ask))),
        line("orders.0041_order_idx", 1),
        line("orders.0042_backfill_totals", 2),
    ];
    story = story.then(Fact::Grew(nodes, Vec::new()));
    let (list, one, two) = (NodeId(first), NodeId(first + 1), NodeId(first + 2));
    let lines = ["orders.0042_backfill_totals", "shop.0019_price"].map(str::to_owned).to_vec();
    story
        .start_node(list)
        .then(Fact::Listed(Try { node: list, n: 1 }, lines))
        .end_node(list, 0)
        .start_node(one)
        .end_node(one, 0)
        .start_node(two)
        .wait(82)
        .end_node(two, 1)
        .hold(two, Cause::Failed(End::Exit(1)), &story::AFTER_FAILURE)
        .told()
}

fn password() -> Told {
    let story = story::running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2);
    let node = story.node("migrate", 2);
    let question = Question { text: "[sudo] password for deploy: ".to_owned(), hidden: true };
    let asks = Fact::Asks(Try { node, n: 1 }, 1, question.clone());
    let offers = [Offer::Answer, Offer::Undo, Offer::Abort];
    story.then(asks).hold(node, Cause::Input(1, question), &offers).told()
}

#[test]
fn a_failure() {
    check("failure", failed, "");
}

#[test]
fn the_choices() {
    check("failure_choices", failed, "5");
}

#[test]
fn where_things_stand() {
    check("failure_standing", item, "3");
}

#[test]
fn one_item_of_several() {
    check("failure_item", item, "");
}

#[test]
fn the_same_failure_on_two_hosts() {
    check("failure_both", both, "");
    check("failure_both_second", both, "<right>");
}

#[test]
fn the_log_alone() {
    check("failure_log", failed, "4z");
}

#[test]
fn all_of_the_card() {
    check("failure_card", both, "z");
}

#[test]
fn a_question() {
    check("failure_asks", password, "5");
    check("failure_asks_dialog", password, "5I<tab>hunter2");
}

#[test]
fn what_was_stopped_by_the_operator_says_so() {
    let check = |sig, number, expect: &str| {
        let story = story::running().wait(20);
        let node = story.node("build", 0);
        let stop = crate::run::Stop { sig, cause: crate::run::StopCause::Operator };
        let end = End::Signal(number);
        let story = story.then(Fact::Stopping(Try { node, n: 1 }, stop));
        let told = story.hold(node, Cause::Failed(end), &story::AFTER_FAILURE).told();
        let screen = desk(WIDE, told).screen();
        assert!(screen.contains(expect), "{expect}:\n{screen}");
    };
    check(Sig::Kill, 9, "killed by the operator (H)");
    check(Sig::Term, 15, "killed by the operator (H)");
    // It ended in another way than it was asked to.
    check(Sig::Term, 9, "by someone, or by the kernel");
}

#[test]
fn an_end_that_nobody_saw_is_not_timed() {
    let check = |seconds: i64, expect: &str| {
        let link = |state| Fact::Link(HostId(0), state);
        let story =
            story::running().wait(3).then(link(LinkState::Down("gone".to_owned()))).wait(60);
        let story = story.then(link(LinkState::Up)).wait(seconds).end("build", 0, 1);
        let node = story.node("build", 0);
        let told = story.hold(node, Cause::Failed(End::Exit(1)), &story::AFTER_FAILURE).told();
        let screen = desk(WIDE, told).screen();
        assert!(screen.contains(expect), "{expect}:\n{screen}");
    };
    check(1, "seen 14:01:19, at most 1m16s, attempt 1");
    check(30, "14:01:48, 1m45s, attempt 1");
}

#[test]
fn it_opens_once_for_each_failure_and_never_over_what_is_open() {
    let mut desk = desk(WIDE, failed());
    assert!(desk.model.failure.open);
    desk = desk.keys("<esc>");
    assert!(!desk.model.failure.open);
    // Left, it stays left; 5 returns, and so does Enter on the question.
    desk = desk.keys("jk4<esc>");
    assert!(!desk.model.failure.open);
    assert!(desk.keys("5").model.failure.open);
    let desk = super::failure::desk(WIDE, failed()).keys("<esc><backtab><ret>");
    assert_eq!((desk.model.failure.open, desk.model.focus), (true, Pane::Choices));
    // A dialog, a search that is typed, and the help come first.
    // So do all other texts and screens that lie over the panes.
    for keys in ["A", "4/x", "?", "q", ":", "<f3>", "i", "o", "3/x"] {
        let leave = "<esc>";
        let desk = Desk::new(WIDE).tell(story::running().told()).keys(keys);
        let desk = desk.tell(failed());
        assert!(!desk.model.failure.open, "{keys}");
        let line = desk.model.line.as_ref().map_or("", |line| &line.text).to_owned();
        assert!(line.ends_with("its view opens when you are done here"), "{keys}: {line}");
        assert!(desk.keys(leave).model.failure.open, "{keys}");
    }
}

#[test]
fn it_closes_by_itself_when_all_is_answered_and_the_run_is_followed_again() {
    let chosen = |hold| {
        let fact = Fact::Chose(HoldId(hold), Choice::Retry, Why::default());
        Event { seq: 1000 + u64::from(hold), at: story::at(80), by: None, fact }
    };
    let desk = desk(WIDE, both()).tell(Told::Events(vec![chosen(0)]));
    assert!(desk.model.failure.open);
    assert_eq!(desk.model.host(), Some(HostId(1)));
    let desk = desk.tell(Told::Events(vec![chosen(1)]));
    assert!(!desk.model.failure.open && !desk.model.cursor.moved);
}

#[test]
fn the_log_stops_at_the_first_error_until_it_is_followed() {
    let mut desk = desk(WIDE, failed());
    let screen = desk.screen();
    assert!(screen.contains("AT FIRST ERROR") && screen.contains("Traceback"), "{screen}");
    assert!(
        screen.contains("at        /srv/www/shop/orders/migrations/0042_backfill_totals.py:31")
    );
    for keys in ["f", "4G"] {
        let mut desk = super::failure::desk(WIDE, failed()).keys(keys);
        assert!(desk.screen().contains("FOLLOW  60 lines"), "{keys}");
    }
    let mut desk = desk.keys("4j");
    assert!(desk.screen().contains("PAUSED +"));
}

#[test]
fn the_first_error_stays_in_view_when_the_pane_gets_smaller() {
    let error = "Traceback (most recent call last)";
    let sizes = [(120, 36), (80, 24), (80, 21), (100, 22), (60, 16), (120, 24), (120, 40)];
    for start in sizes {
        let size = Size { width: start.0, height: start.1 };
        for (width, height) in sizes {
            let mut desk = desk(size, failed()).keys("4");
            desk.look();
            let screen = desk.resize(width, height).screen();
            let says = screen.contains("AT FIRST ERROR");
            assert!(says && screen.contains(error), "{size:?} {width}x{height}:\n{screen}");
        }
    }
    // Where somebody has gone on from there, it stays where that is.
    let mut moved = desk(WIDE, failed()).keys("4jjj").resize(80, 24);
    assert!(moved.screen().contains("PAUSED"));
}

#[test]
fn no_choice_is_left_out_without_a_word() {
    for (width, height) in [(60, 16), (70, 16), (80, 20), (120, 24)] {
        let mut seen = std::collections::BTreeSet::new();
        for downs in 0..7 {
            let size = Size { width, height };
            let mut desk = desk(size, failed()).keys("5").keys(&"<down>".repeat(downs));
            let screen = desk.screen();
            let names = [
                "retry",
                "edit and retry",
                "mark fixed",
                "skip",
                "exclude the host",
                "abort and undo",
                "abort, leave as it is",
            ];
            let here: Vec<&str> =
                names.into_iter().filter(|it| screen.contains(&format!("  {it} "))).collect();
            assert!(
                here.len() == 7
                    || screen.contains(" more below: ")
                    || screen.contains(" more above: "),
                "{width}x{height}:\n{screen}"
            );
            seen.extend(here);
        }
        assert_eq!(seen.len(), 7, "{width}x{height}: {seen:?}");
    }
}

#[test]
fn what_was_answered_of_items_is_counted_apart() {
    let check = |choice: Choice, expect: &str| {
        let Told::Events(mut events) = item() else { panic!() };
        let seq = events.len() as u64;
        let fact = Fact::Chose(HoldId(0), choice, Why::default());
        events.push(Event { seq, at: story::at(120), by: None, fact });
        let mut desk = desk(WIDE, Told::Events(events)).keys("3");
        let run = desk.model.run().unwrap();
        let items = crate::tui::words::items_of(run.cells.iter()).unwrap();
        assert_eq!(items, expect);
        desk.screen();
    };
    check(Choice::Retry, "1 of 3 done; not begun: shop.0019_price");
    let of = |what: &str| {
        format!("1 of 3 done; {what}: orders.0042_backfill_totals; not begun: shop.0019_price")
    };
    check(Choice::Fixed, &of("marked fixed"));
    check(Choice::Skip, &of("skipped"));
}

#[test]
fn a_command_that_was_edited_is_said_to_have_been() {
    let edit = Choice::Edit("./bin/migrate --fake".to_owned());
    let story = story::failed().then(Fact::Chose(HoldId(0), edit, Why::default()));
    let story = story.start("migrate", 2).wait(4).end("migrate", 2, 0);
    let mut desk = Desk::new(WIDE).tell(story.told());
    let screen = desk.screen();
    assert!(screen.contains("✓ edited"), "{screen}");
    assert!(screen.contains("ok 4.0s, edited"), "{screen}");
    assert!(screen.contains("ok, 4.0s; with a command that was edited"), "{screen}");
}

#[test]
fn the_card_is_copied_without_secrets() {
    let mut desk = desk(WIDE, both()).keys("y");
    let all = std::iter::from_fn(|| desk.model.errands.next());
    let copied = |it| if let Errand::Copy(text) = it { Some(text) } else { None };
    let text = all.filter_map(copied).next().expect("something was copied");
    assert!(!text.contains("hunter2"), "{text}");
    insta::assert_snapshot!("failure_copied", text);
    assert!(desk.screen().contains("the card was sent to the clipboard"));
    // Elsewhere there is no card.
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("y");
    assert_eq!(desk.model.errands.next(), None);
}

#[test]
fn nothing_of_the_view_needs_more_than_ascii() {
    for told in [failed, both, item, password] {
        let settings = Settings { ascii: true, seven_bit: true, ..settings() };
        let mut desk = Desk::with(NARROW, settings, 60, traceback).tell(told()).keys("5");
        let screen = desk.screen();
        assert!(screen.is_ascii(), "{screen}");
    }
}

#[test]
fn every_size_is_drawn() {
    for told in [failed, both, item, password] {
        let mut desk = desk(WIDE, told());
        for width in (1..130).step_by(7) {
            for height in (1..40).step_by(3) {
                for pane in ["1", "3", "4", "5"] {
                    desk = desk.resize(width, height).keys(pane);
                    desk.buffer();
                }
            }
        }
        desk.model.now += SignedDuration::from_secs(1);
    }
}

#[test]
fn whether_a_retry_fails_as_before_is_said() {
    let again = |number: u64| match number {
        1 => "ERROR: table 17 is locked".to_owned(),
        _ => format!("line {number}"),
    };
    let story = story::failed().then(Fact::Chose(HoldId(0), Choice::Retry, Why::default()));
    let first = story::failed().told();
    let mut desk = Desk::with(WIDE, settings(), 20, again).tell(first);
    desk.look();
    let story = story.start("migrate", 2).wait(4).end("migrate", 2, 1);
    let node = story.node("migrate", 2);
    let Told::Events(events) =
        story.hold(node, Cause::Failed(End::Exit(1)), &story::AFTER_FAILURE).told()
    else {
        panic!();
    };
    let mut desk = desk.tell(Told::Events(events));
    desk.look();
    let screen = desk.screen();
    assert!(screen.contains("again     fails as attempt 1 did"), "{screen}");
    let other = Try { node, n: 1 };
    let text = "ERROR: no space left".to_owned();
    let found = crate::tui::state::failure::Found::Error { line: 1, text, at: None };
    desk.model.failure.found.insert(other, found);
    let screen = desk.screen();
    let said = "fails otherwise than attempt 1, which said: ERROR: no space";
    assert!(screen.contains(said), "{screen}");
}

#[test]
fn what_is_tried_again_stays_on_the_screen_though_the_step_runs_elsewhere() {
    let story = story::Story::opened().wait(2).done("release", &[0, 1, 2], 1).pass("build");
    let story = story.start("build", 0).start("build", 1).wait(9).end("build", 1, 137);
    let node = story.node("build", 1);
    let story = story.hold(node, Cause::Failed(End::Signal(9)), &story::AFTER_FAILURE);
    let seen = desk(WIDE, story.told());
    assert_eq!(seen.model.cursor.row, 1);
    let next = |seen: Desk, fact| {
        let seq = seen.model.run().unwrap().seq;
        let event = Event { seq, at: story::at(60), by: None, fact };
        seen.tell(Told::Events(vec![event]))
    };
    let edit = Choice::Edit("true".to_owned());
    let again = Try { node, n: 2 };
    let mut seen = next(seen, Fact::Chose(HoldId(0), edit, Why::default()));
    assert_eq!((seen.model.failure.open, seen.model.cursor.row), (false, 1));
    for fact in [Fact::Armed(again), Fact::Staged(again), Fact::Started(again)] {
        seen = next(seen, fact);
        assert_eq!(seen.model.cursor.row, 1);
    }
    assert_eq!(seen.model.attempt(), Some(again));
}

#[test]
fn a_log_that_is_read_stays_where_the_answer_and_the_next_attempt_are_told_at_once() {
    let mut seen = desk(WIDE, story::failed().told()).keys("4jj");
    seen.look();
    let node = story::failed().node("migrate", 2);
    let (first, again) = (Try { node, n: 1 }, Try { node, n: 2 });
    assert!(seen.model.failure.open && !seen.model.log.follow);
    let seq = seen.model.run().unwrap().seq;
    let facts = [
        Fact::Chose(HoldId(0), Choice::Retry, Why::default()),
        Fact::Armed(again),
        Fact::Staged(again),
        Fact::Started(again),
    ];
    let events =
        (seq..).zip(facts).map(|(seq, fact)| Event { seq, at: story::at(60), by: None, fact });
    let seen = seen.tell(Told::Events(events.collect()));
    assert!(!seen.model.failure.open);
    assert_eq!(seen.model.attempt(), Some(first));
    assert_eq!(seen.keys("f").model.attempt(), Some(again));
}
