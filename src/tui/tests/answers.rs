//! What is answered to a failure: what its keys ask, what they wish for, and what can no longer be
//! chosen.

use super::{
    Desk, WIDE,
    failure::{both, check, desk, failed},
    keys::parse_state,
    story,
};
use crate::{
    model::{HoldId, HostId, Kind, Node, NodeId, Try},
    run::{Cause, Choice, End, Fact, Offer, Question, Sig, Why},
    tui::{Told, Wish, action::Action, keymap::written, words},
};

/// The migration takes input, and says nothing.
fn silent() -> story::Story {
    let mut plan = story::plan();
    for node in &mut plan.nodes {
        if let Kind::Act(act) = &mut node.kind {
            act.command.input = node.key.step.as_str() == "migrate";
        }
    }
    let story = story::Story::of(plan).done("release", &[0, 1, 2], 1);
    story.done("build", &[0, 1], 3).pass("migrate").start("migrate", 2)
}

#[test]
fn the_question_is_seen_with_its_choices_at_every_size() {
    for state in ["failed", "unknown", "asking", "broken", "failed site"] {
        for (width, height) in [(60, 16), (62, 18), (80, 24), (100, 30), (120, 36), (200, 50)] {
            let desk = Desk::new(WIDE).resize(width, height).tell_all(parse_state(state));
            let mut desk = desk.keys("5");
            let (_, hold) = desk.model.hold().expect("something is asked");
            let offers = hold.offers.clone();
            let cause = words::cause(&desk.model, desk.model.run().unwrap(), hold);
            let begins: String = cause[0].chars().take(20).collect();
            for offer in offers {
                let screen = desk.screen();
                let case = format!("{state}, {width}x{height}, {offer}\n{screen}");
                let card = ["1 Failure ", "1 Question "].iter().any(|title| screen.contains(title));
                assert!(card || screen.contains(&begins), "{begins}: {case}");
                assert!(screen.contains(&offer.to_string()), "{case}");
                // No row is left empty between the header and the last line.
                let rows: Vec<&str> = screen.lines().collect();
                assert!(rows[1..rows.len() - 2].iter().all(|row| !row.is_empty()), "{case}");
                let key = written(&desk.model, Action::Act(words::key_of(offer)));
                assert!(screen.contains(&format!("\u{25b8} {key}  {offer}")), "{case}");
                desk = desk.keys("j");
            }
        }
    }
}

#[test]
fn a_step_that_takes_input_is_sent_some_though_it_asks_nothing() {
    let desk = Desk::new(WIDE).tell(silent().told()).keys("I");
    let story = silent();
    let attempt = Try { node: story.node("migrate", 2), n: 1 };
    assert_eq!(desk.wishes.last(), Some(&Wish::Command(crate::run::Command::Listen(attempt))));
    let question = Question { text: String::new(), hidden: true };
    let offers = [Offer::Answer, Offer::Undo, Offer::Abort];
    let node = attempt.node;
    let asks = Fact::Asks(attempt, 1, question.clone());
    let story = story.then(asks).hold(node, Cause::Input(1, question), &offers);
    let mut desk = desk.tell(story.told());
    assert!(desk.screen().contains("INPUT for migrate on db1"), "{}", desk.screen());
    let screen = desk.keys("I").screen();
    assert!(screen.contains("No question of it was seen."), "{screen}");
    assert!(screen.contains("It may ask for a secret"), "{screen}");
    // One that takes none is sent none.
    let desk = Desk::new(WIDE).tell(story::running().told()).keys("I");
    let said = desk.model.line.as_ref().map(|line| line.text.as_str()).unwrap_or_default();
    assert_eq!(said, "I not now: nothing is being asked");
}

#[test]
fn the_difference_before_it_is_run() {
    check("failure_diff", both, "O<backtab><down><end> --no-audit<ret>echo more<tab><tab><ret>");
}

#[test]
fn a_step_that_hangs_is_stopped() {
    check("failure_stop", || story::running().told(), "H");
    let term = || {
        let story = story::running().wait(20);
        let node = story.node("build", 0);
        let stop = crate::run::Stop { sig: Sig::Term, cause: crate::run::StopCause::Operator };
        story.then(Fact::Stopping(Try { node, n: 1 }, stop)).told()
    };
    check("failure_kill", term, "H");
    let wishes = |told, keys: &str| desk(WIDE, told).keys(keys).wishes();
    let stop = |sig: &str| [format!("Command(Stop(Try {{ node: NodeId(5), n: 1 }}, {sig}))")];
    assert_eq!(wishes(story::running().told(), "HH"), stop("Term"));
    assert_eq!(wishes(term(), "HK"), stop("Kill"));
    assert_eq!(wishes(term(), "HH<ret><esc>"), Vec::<String>::new());
    // Nothing runs where nothing runs.
    assert_eq!(wishes(story::running().told(), "<right>HH"), Vec::<String>::new());
}

#[test]
fn after_an_abort_only_what_is_still_possible_can_be_chosen() {
    let abort = crate::run::Abort { undo: true, stop: false };
    let told = || story::unknown().then(Fact::Aborted(abort, Why::default())).told();
    let mut shown = desk(WIDE, told()).keys("5");
    insta::assert_snapshot!("failure_choices_aborted", shown.screen());
    for key in ["T", "U"] {
        assert!(desk(WIDE, told()).keys(key).model.dialog.is_none(), "{key}");
    }
    // Nothing runs that could be stopped, and undone it is already.
    assert!(desk(WIDE, told()).keys("A").model.dialog.is_none());
    // While something runs, it can still be stopped.
    let running = story::running().then(Fact::Aborted(abort, Why::default())).told();
    let dialog = Desk::new(WIDE).tell(running).keys("A").model.dialog.unwrap();
    let labels: Vec<&str> = dialog.buttons.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["Cancel", "Undo, and stop"]);
}

#[test]
fn what_is_typed_is_kept_until_it_is_run() {
    let edited =
        "Command(Choose(HoldId(0), Edit(\"./bin/migrate --release 1121-1012x\"), Why(\"\")))";
    let desk = desk(WIDE, failed()).keys("O<tab><end>x<esc>");
    assert!(desk.model.dialog.is_none());
    let mut desk = desk.keys("O");
    assert!(desk.screen().contains("--release 1121-1012x"), "{}", desk.screen());
    // From the comparison one goes back to the text, too.
    let mut desk = desk.keys("<tab><tab>OE");
    assert!(desk.screen().contains("Begin anew"), "{}", desk.screen());
    let desk = desk.keys("<tab><tab>OO");
    assert_eq!(desk.wishes(), [edited]);
    assert!(desk.model.failure.drafts.is_empty());
    // Nothing changed: nothing is compared, and nothing kept.
    let mut desk = super::failure::desk(WIDE, failed()).keys("O<tab><tab>O");
    assert!(desk.screen().contains("nothing is changed; T runs the same command again"));
    assert!(desk.keys("<esc>").model.failure.drafts.is_empty());
    // Undo and redo, several pasted lines, and beginning anew.
    let desk = super::failure::desk(WIDE, failed()).keys("O<tab><end>").paste("\ntwo\nthree");
    let mut desk = desk.keys("<C-u>");
    assert!(!desk.screen().contains("three"), "{}", desk.screen());
    let mut desk = desk.keys("<C-r>");
    assert!(desk.screen().contains("three"), "{}", desk.screen());
    // Beginning anew asks, and shows what it would drop.
    let mut desk = desk.keys("<esc>O<tab><tab>N");
    let asks = desk.screen();
    assert!(asks.contains("Drop what you typed for migrate on db1?"), "{asks}");
    assert!(asks.contains("+ three"), "{asks}");
    let mut desk = desk.keys("<ret>O");
    assert!(desk.screen().contains("three"), "{}", desk.screen());
    let mut desk = desk.keys("<tab><tab>NN");
    assert!(!desk.screen().contains("three"), "{}", desk.screen());
    assert!(desk.wishes.is_empty());
}

#[test]
fn the_run_is_paused_while_a_failure_is_looked_at() {
    let mut desk = desk(WIDE, failed());
    assert!(desk.model.failure.open);
    desk = desk.keys("P");
    assert_eq!(desk.wishes(), ["Command(Mode(Pause))"]);
    let mut wide = super::failure::desk(WIDE, failed()).resize(200, 36);
    assert!(wide.screen().contains(" P pause"), "{}", wide.screen());
}

#[test]
fn what_takes_back_is_stopped_alone_and_then_asked_about() {
    // An abort lets it end: none is offered that would stop it.
    let desk = desk(WIDE, story::undoing().told()).keys("A");
    let said = desk.model.line.as_ref().map(|line| line.text.as_str()).unwrap_or_default();
    let pauses = "it is being undone: P pauses that, then the rest can be left as it is";
    assert_eq!(said, format!("A not now: {pauses}"));
    let screen = desk.keys("H").screen();
    assert!(screen.contains("you are asked next what to do about it"), "{screen}");
}

#[test]
fn the_keys_of_a_failed_undo_are_those_that_do_something() {
    let mut desk = desk(WIDE, story::not_undone().told()).resize(160, 36);
    let screen = desk.screen();
    let keys = screen.lines().last().unwrap();
    assert!(keys.contains(" X exclude"), "{keys}");
    for nothing in [" H stop", " C continue"] {
        assert!(!keys.contains(nothing), "{keys}");
    }
    let skip = super::failure::desk(WIDE, story::not_undone().told()).keys("K").screen();
    assert!(skip.contains("leaves it NOT undone; the undo goes on with the rest"), "{skip}");
    // What could not be taken back has not failed itself.
    let screen = desk.keys("<esc>").screen();
    assert!(screen.contains("✗ NOT undone  "), "{screen}");
    assert!(screen.contains("1 NOT undone"), "{screen}");
}

#[test]
fn what_failed_to_follow_an_undo_is_not_said_to_be_not_undone() {
    let screen = desk(WIDE, story::not_followed().told()).screen();
    for said in [
        "FAILED in the undo: restart (follows) on web1",
        "What it follows is",
        "may still be the code",
    ] {
        assert!(screen.contains(said), "{said}: {screen}");
    }
    assert!(!screen.contains("NOT UNDONE"), "{screen}");
}

#[test]
fn what_is_not_undone_is_left_as_it_is_by_one_answer() {
    let mut opened = desk(WIDE, story::not_undone().told());
    let screen = opened.screen();
    assert!(screen.contains("leaves all that is not undone as it is"), "{screen}");
    let mut desk = opened.keys("A");
    let screen = desk.screen();
    for words in ["Leave the rest as it is?", "web1, web2, db1", "what was taken back stays so"] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    let wishes = desk.keys("<down><ret>").wishes();
    assert!(wishes.len() == 1 && wishes[0].contains("Abort, Why"), "{wishes:?}");
}

#[test]
fn all_hosts_are_tried_again_at_once() {
    let desk = desk(WIDE, both()).keys("TA");
    let retry = |hold: u32| format!("Command(Choose(HoldId({hold}), Retry, Why(\"\")))");
    assert_eq!(desk.wishes(), [retry(0), retry(1)]);
}

/// The build failed on one web host, could not begin on the other, and waits for a line on the third.
fn three() -> Told {
    let mut plan = story::plan();
    for (column, step) in [(1, "build"), (3, "switch"), (4, "restart")] {
        let of = |node: &&Node| node.key.step.as_str() == step && node.host == Some(HostId(0));
        let node = plan.nodes.iter().find(of).unwrap().clone();
        plan.columns[column].nodes.push(NodeId(u32::try_from(plan.nodes.len()).unwrap()));
        plan.nodes.push(Node { host: Some(HostId(2)), ..node });
    }
    let story = story::Story::of(plan).wait(2).done("release", &[0, 1, 2], 1).pass("build");
    let story = story.start("build", 0).start("build", 2).wait(9).end("build", 0, 127);
    let [one, two, three] = [0, 1, 2].map(|host| story.node("build", host));
    let attempt = |node| Try { node, n: 1 };
    let question = Question { text: "Sure? ".to_owned(), hidden: false };
    let words = || "No space left on device".to_owned();
    story
        .then(Fact::Armed(attempt(two)))
        .then(Fact::Refused(attempt(two), words()))
        .then(Fact::Asks(attempt(three), 1, question.clone()))
        .hold(one, Cause::Failed(End::Exit(127)), &story::AFTER_FAILURE)
        .hold(two, Cause::Refused(words()), &story::AFTER_FAILURE)
        .hold(three, Cause::Input(1, question), &[Offer::Answer, Offer::Undo, Offer::Abort])
        .told()
}

#[test]
fn one_answer_is_given_on_all_hosts_where_it_is_one() {
    check("failure_fixed_together", three, "F");
    check("failure_exclude_together", three, "X");
    let all = |keys: &str| desk(WIDE, three()).keys(keys).wishes();
    let chosen = |choice: &str| {
        let one = |hold| format!("Command(Choose(HoldId({hold}), {choice}, Why(\"why\")))");
        [one(0), one(1)]
    };
    // The reason is typed once, and stands with each.
    assert_eq!(all("F<tab>why<tab><tab>A"), chosen("Fixed"));
    assert_eq!(all("K<tab>why<tab><tab>A"), chosen("Skip"));
    assert_eq!(all("X<tab>why<tab><tab>A"), chosen("Exclude"));
    assert_eq!(all("F<tab>why<tab><tab>F"), chosen("Fixed")[..1]);
    assert_eq!(all("X<tab>why<tab><tab>X"), chosen("Exclude")[..1]);
    // What is answered meanwhile is not answered again.
    let mut gone = desk(WIDE, three()).keys("K<tab>why<tab><tab>");
    let fact = Fact::Chose(HoldId(1), Choice::Retry, Why::default());
    let event = crate::run::Event { seq: 1000, at: story::at(80), by: None, fact };
    gone = gone.tell(Told::Events(vec![event])).keys("A");
    assert_eq!(gone.wishes(), chosen("Skip")[..1]);
}

#[test]
fn hosts_are_not_left_out_together_where_none_would_be_left_for_a_step() {
    let mut desk = desk(WIDE, both()).keys("X");
    let screen = desk.screen();
    assert!(
        screen.contains(
            "Not on all 2 hosts at once: then no host is left for build, switch, restart."
        ),
        "{screen}"
    );
    assert_eq!(desk.keys("<tab>why<tab><tab>A").wishes(), Vec::<String>::new());
}
