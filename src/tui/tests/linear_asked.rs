//! The console as lines, while a question is open: where a word is meant, what numbers stand for, and when
//! it is said again what is asked.

use super::{
    linear::{Ear, failed, then},
    settings,
    story::{self, Story, at},
};
use crate::{
    model::{HoldId, HostId, Maintenance},
    run::{Abort, Cause, Choice, End, Fact, Why},
    tui::{Settings, Told},
};

/// Behind the last line that was typed.
fn last(ear: &Ear) -> &str {
    ear.heard.rsplit("»\n").next().unwrap_or_default()
}

/// Two builds failed.
fn two() -> Story {
    let story = Story::opened().done("release", &[0, 1, 2], 1).pass("build");
    let story = story.start("build", 0).start("build", 1).wait(5);
    let story = story.end("build", 0, 1).end("build", 1, 2);
    let (one, other) = (story.node("build", 0), story.node("build", 1));
    let story = story.hold(one, Cause::Failed(End::Exit(1)), &story::AFTER_FAILURE);
    story.hold(other, Cause::Failed(End::Exit(2)), &story::AFTER_FAILURE)
}

#[test]
fn a_word_with_a_place_acts_there_or_nowhere() {
    // Only db1 asks.
    for (line, why) in [
        ("retry build web2", "nothing is asked of build on web2"),
        ("retry web2", "nothing is asked of web2"),
        ("skip switch", "nothing is asked of switch"),
        ("mark fixed web1", "nothing is asked of web1"),
        ("abort web1", "abort takes no host and no step"),
        ("exclude migrate", "exclude takes a host"),
        ("undo web1", "undo takes no host and no step"),
        ("pause web1", "pause takes no host and no step"),
    ] {
        let ear = failed().types(&[line, "yes"]);
        assert!(last(&failed().types(&[line])).contains(why), "{line}: {}", ear.heard);
        assert_eq!(ear.done(), [""; 0], "{line}: {}", ear.heard);
    }
    // What is asked there is meant, also of several.
    for (line, wanted) in [
        ("retry build web2", "Choose(HoldId(1), Retry"),
        ("retry web2", "Choose(HoldId(1), Retry"),
        ("retry web1", "Choose(HoldId(0), Retry"),
        ("retry build", "Choose(HoldId(0), Retry"),
    ] {
        let ear = Ear::new(vec![two().told()]).types(&[line]);
        let number: &[&str] =
            if last(&ear).contains("Type its number") { &["1", "yes"] } else { &["yes"] };
        let ear = ear.types(number);
        assert!(ear.done().concat().contains(wanted), "{line}: {}", ear.heard);
    }
}

#[test]
fn a_host_that_is_named_is_left_out_and_no_other() {
    let ear = failed().types(&["exclude web2"]);
    assert!(last(&ear).contains("Exclude web2?"), "{}", ear.heard);
    let ear = ear.types(&["disk is full", "yes"]);
    let wanted = "Command(Exclude(HostId(1), Why(\"disk is full\")))";
    assert_eq!(ear.done(), [wanted], "{}", ear.heard);
    let ear = Ear::new(story::connecting()).types(&["exclude web1"]);
    assert!(last(&ear).contains("web1 can be reached"), "{}", ear.heard);
}

#[test]
fn a_question_that_outlives_what_was_done_is_asked_again() {
    // The input is still waited for, though the run is given up.
    let ear = Ear::new(vec![story::asking().told()]).types(&["abort", "1", "yes"]);
    assert!(!last(&ear).contains("What now?"), "it is on its way: {}", ear.heard);
    let given_up = Fact::Aborted(Abort { undo: false, stop: false }, Why::default());
    let ear = ear.tell(then(story::asking(), |story| story.then(given_up)));
    let end = last(&ear);
    assert!(
        end.contains("1. ") && end.ends_with("What now? A number or a word: "),
        "{}",
        ear.heard
    );
    // Another host is left out, and db1 asks on.
    let ear = Ear::new(vec![story::asking().told()]).types(&["exclude web2", "why", "yes"]);
    let out = Fact::Excluded(HostId(1), Why::default());
    let ear = ear.tell(then(story::asking(), |story| story.then(out)));
    assert!(last(&ear).ends_with("What now? A number or a word: "), "{}", ear.heard);
}

#[test]
fn an_answer_on_its_way_is_not_asked_for_again_by_what_happens_elsewhere() {
    let ear = failed().types(&["retry", "yes"]);
    let ear = ear.tell(Told::Page {
        host: "web1".to_owned(),
        page: Maintenance::On(Vec::new()),
        at: at(70),
    });
    assert!(!last(&ear).contains("What now?"), "{}", ear.heard);
    let up = crate::run::LinkState::Up;
    let ear = ear.tell(then(story::failed(), |story| story.then(Fact::Link(HostId(0), up))));
    assert!(!last(&ear).contains("What now?"), "{}", ear.heard);
}

#[test]
fn numbers_are_those_of_the_question_again_behind_a_dialog() {
    // Refused.
    let ear =
        failed().types(&["1", "yes"]).tell(Told::Refused(crate::run::Refusal::NotOffered.into()));
    assert!(last(&ear).contains("1. retry"), "{}", ear.heard);
    let ear = ear.types(&["1"]);
    assert!(last(&ear).contains("Retry migrate on db1?"), "{}", ear.heard);
    // Something beside the question.
    let ear = failed().types(&["break switch", "yes"]);
    assert!(last(&ear).contains("1. retry"), "{}", ear.heard);
    // A list of words has them for the next line only, and its prompt says so.
    let ear = failed().types(&["re"]);
    assert!(last(&ear).ends_with("Which of these? A number or a word: "), "{}", ear.heard);
    let ear = ear.types(&["status"]);
    assert!(last(&ear).ends_with("What now? A number or a word: "), "{}", ear.heard);
    let ear = ear.types(&["1"]);
    assert!(last(&ear).contains("Retry migrate on db1?"), "{}", ear.heard);
}

#[test]
fn a_step_that_asks_is_answered_by_a_word_and_yes_and_no_say_which() {
    for line in ["y", "n", "No", "yes"] {
        let ear = Ear::new(vec![story::asking().told()]).types(&[line]);
        let end = last(&ear);
        assert!(
            end.contains(&format!("{line} is not sent by itself: input answers migrate on db1")),
            "{}",
            ear.heard
        );
        assert!(!end.contains("may mean"), "{}", ear.heard);
    }
}

#[test]
fn whoever_types_step_in_full_is_asked_and_a_pause_acts_at_once() {
    let broken = || Ear::new(vec![story::broken().told()]);
    let ear = Ear::new(vec![story::running().told()]).types(&["step"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
    assert!(last(&ear).contains("Do the next step?"), "{}", ear.heard);
    assert_eq!(ear.types(&["yes"]).done(), ["Command(Mode(Step))"]);
    let ear = broken().types(&["break restart"]);
    assert!(last(&ear).contains("Set a breakpoint?"), "{}", ear.heard);
    let ear = Ear::new(vec![story::running().told()]).types(&["pause"]);
    assert_eq!(ear.done(), ["Command(Mode(Pause))"]);
}

#[test]
fn what_steps_print_is_said_as_it_is_whatever_it_says() {
    fn workers(number: u64) -> String {
        if number.is_multiple_of(2) {
            "worker started".to_owned()
        } else {
            "migrate ok after 3s".to_owned()
        }
    }
    let started = || Story::opened().done("release", &[0, 1, 2], 1).pass("build");
    let ear = Ear::with(settings(), vec![started().told()], workers).types(&["log on"]);
    let news = then(started(), |story| story.start("build", 0).start("build", 1));
    let ear = ear.tell(news);
    for (line, times) in [
        ("web1 build | worker started\n", 20),
        ("web2 build | worker started\n", 20),
        ("web1 build | migrate ok after 3s\n", 20),
        ("build started on web1, web2\n", 1),
    ] {
        assert_eq!(ear.heard.matches(line).count(), times, "{line}: {}", ear.heard);
    }
}

#[test]
fn whoever_only_looks_is_offered_no_deploy() {
    let with = |read_only| {
        Ear::with(Settings { read_only, ..settings() }, story::ready(), super::chatter).heard
    };
    assert!(with(false).contains("deploy begins") && !with(true).contains("deploy begins"));
}

#[test]
fn a_number_of_a_question_that_is_gone_answers_no_other_that_is_open() {
    let ear = Ear::new(vec![two().told()]).types(&["1"]);
    let gone = Fact::Chose(HoldId(0), Choice::Skip, Why::default());
    let ear = ear.tell(then(two(), |story| story.then(gone))).types(&["yes"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
}
