//! The console as lines: what is said, what a typed line does, and what none does.

use jiff::SignedDuration;

use super::{
    FakeLog, chatter,
    outside::idle,
    settings,
    sites::BEFORE,
    story::{self, Story, at},
};
use crate::{
    model::{HoldId, Maintenance, Try},
    run::{Cause, Choice, Fact, Offer, Question, Why},
    tui::{
        Intent, Prompt, PromptKind, Settings, Told, Wish,
        linear::{Heard, Linear},
    },
};
use std::sync::{Arc, atomic::AtomicU64};

/// An operator who hears lines, and types some.
pub(super) struct Ear {
    pub(super) linear: Linear<FakeLog>,
    pub(super) heard: String,
    wishes: Vec<Wish>,
    now: jiff::Timestamp,
}

impl Ear {
    pub(super) fn new(told: Vec<Told>) -> Self {
        Self::with(settings(), told, chatter)
    }

    pub(super) fn with(settings: Settings, told: Vec<Told>, text: fn(u64) -> String) -> Self {
        let open = move |_: &crate::model::RunId, _: &str, _: &str| {
            Ok(FakeLog { count: 40, text, read: Arc::new(AtomicU64::new(0)) })
        };
        let now = at(60);
        let linear = Linear::new(settings, Arc::new(open), now);
        let ear = Self { linear, heard: String::new(), wishes: Vec::new(), now };
        told.into_iter().fold(ear, Self::tell)
    }

    pub(super) fn tell(mut self, told: Told) -> Self {
        self.linear.told(told);
        self.listen()
    }

    /// Takes in what is said and wished.
    pub(super) fn listen(mut self) -> Self {
        self.linear.catch_up();
        while let Some(speech) = self.linear.speak() {
            self.heard.push_str(&speech.text);
            self.linear.written();
        }
        self.wishes.extend(self.linear.wishes());
        self
    }

    pub(super) fn wait(mut self, time: SignedDuration) -> Self {
        self.now += time;
        self.linear.at(self.now, self.now);
        self
    }

    fn line(mut self, text: &str, crowded: bool) -> Self {
        let shown = if self.linear.is_hidden() { "" } else { text };
        self.heard.push_str(&format!("«{shown}»\n"));
        self.linear.heard(&Heard { text, at: self.now, crowded, early: false });
        self.listen()
    }

    /// Types lines, one after the other.
    pub(super) fn types(self, lines: &[&str]) -> Self {
        lines
            .iter()
            .fold(self, |ear, line| ear.wait(SignedDuration::from_secs(2)).line(line, false))
    }

    /// Lines that come at once.
    pub(super) fn pastes(self, lines: &[&str]) -> Self {
        let ear = self.wait(SignedDuration::from_secs(2));
        let last = lines.len() - 1;
        lines.iter().enumerate().fold(ear, |ear, (at, line)| ear.line(line, at < last))
    }

    /// What it does, not what it asks.
    pub(super) fn done(&self) -> Vec<String> {
        let asks = |wish: &&Wish| {
            !matches!(
                wish,
                Wish::Preview(_)
                    | Wish::Compare(_)
                    | Wish::Glance
                    | Wish::Times
                    | Wish::Runs { .. }
            )
        };
        self.wishes.iter().filter(asks).map(|wish| format!("{wish:?}")).collect()
    }
}

/// All that was heard, and what was done.
pub(super) fn check(name: &str, ear: &Ear) {
    let done = ear.done().join("\n");
    insta::assert_snapshot!(name, format!("{}\n--\n{done}\n", ear.heard));
}

fn error(number: u64) -> String {
    match number {
        12 => "ERROR: relation \"orders\" is locked".to_owned(),
        _ => chatter(number),
    }
}

pub(super) fn failed() -> Ear {
    Ear::with(settings(), vec![story::failed().told()], error)
}

/// Facts that come behind those that were told.
pub(super) fn then(before: Story, more: impl FnOnce(Story) -> Story) -> Told {
    let told = before.events.len();
    Told::Events(more(before).events.split_off(told))
}

fn asking(hidden: bool) -> Story {
    let story = story::running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2);
    let node = story.node("migrate", 2);
    let question = Question { text: "Password for shop: ".into(), hidden };
    let asks = Fact::Asks(Try { node, n: 1 }, 1, question.clone());
    story.then(asks).hold(
        node,
        Cause::Input(1, question),
        &[Offer::Answer, Offer::Undo, Offer::Abort],
    )
}

#[test]
fn a_deploy_is_begun_by_a_number_the_name_of_the_stage_and_yes_and_heard_to_its_end() {
    let ear = Ear::new(story::ready()).types(&["deploy", "1", "production", "yes"]);
    let mut story = story::done_ok();
    let rest = story.events.split_off(5);
    let ear = ear.tell(story.told()).tell(Told::Events(rest));
    check("linear_deploy", &ear);
}

#[test]
fn a_failure_is_read_out_with_what_can_be_answered_and_retried_by_a_number() {
    let ear = failed().types(&["1", "yes"]);
    let again = then(story::failed(), |story| {
        let story = story.then(Fact::Chose(HoldId(0), Choice::Retry, Why::default()));
        story.start("migrate", 2).wait(4).end("migrate", 2, 0)
    });
    check("linear_retry", &ear.tell(again));
}

#[test]
fn a_failure_is_marked_fixed_with_a_reason_and_skipped_with_a_name_and_a_reason() {
    check("linear_fixed", &failed().types(&["mark fixed", "by hand, with psql", "yes"]));
    check("linear_skip", &failed().types(&["skip", "db1", "tomorrow", "yes"]));
}

#[test]
fn a_run_is_given_up_in_the_way_that_was_chosen() {
    check("linear_abort", &failed().types(&["abort", "1", "yes"]));
}

#[test]
fn a_question_is_answered_by_a_line_and_yes_and_a_hidden_one_is_not_shown() {
    let ear = Ear::new(vec![story::asking().told()]).types(&["answer", "y", "yes"]);
    check("linear_answer", &ear);
    let ear = Ear::new(vec![asking(true).told()]).types(&["1"]);
    assert!(ear.linear.is_hidden());
    let ear = ear.types(&["s3cret"]);
    assert!(!ear.linear.is_hidden() && !ear.heard.contains("s3cret"));
    check("linear_hidden", &ear.types(&["yes"]));
    let ear = Ear::new(vec![asking(false).told()]).types(&["input hidden"]);
    assert!(ear.linear.is_hidden());
}

#[test]
fn a_password_is_asked_for_unseen_and_sent_by_its_line_alone() {
    let kind = PromptKind::Secret;
    let title = "Password of deploy on web1".to_owned();
    let prompt = Prompt { id: 7, title, lines: Vec::new(), kind };
    let ear = Ear::new(story::ready()).tell(Told::Prompt(prompt));
    assert!(ear.linear.is_hidden());
    let ear = ear.types(&["s3cret"]);
    assert!(!ear.linear.is_hidden() && !ear.heard.contains("s3cret"), "{}", ear.heard);
    assert_eq!(ear.done(), ["Prompted(7, true)"]);
    check("linear_password", &Ear { wishes: Vec::new(), ..ear });
}

#[test]
fn what_was_typed_before_something_is_asked_is_no_answer_to_it() {
    let prompt = || {
        Told::Prompt(Prompt {
            id: 7,
            title: "Password of deploy on web1".to_owned(),
            lines: Vec::new(),
            kind: PromptKind::Secret,
        })
    };
    let mut ear = Ear::new(story::ready()).wait(SignedDuration::from_secs(2)).tell(prompt());
    ear.linear.heard(&Heard { text: "status", at: ear.now, crowded: false, early: true });
    let ear = ear.listen();
    assert_eq!(ear.done(), [""; 0]);
    assert_eq!(ear.types(&["s3cret"]).done(), ["Prompted(7, true)"]);
    // It was told, and is not said yet.
    let mut ear = Ear::new(story::ready()).wait(SignedDuration::from_secs(2));
    ear.linear.told(prompt());
    let ear = ear.types(&["status"]);
    assert!(ear.heard.contains("Not taken: it was typed before that was asked."), "{}", ear.heard);
    assert_eq!(ear.types(&["s3cret"]).done(), ["Prompted(7, true)"]);
}

#[test]
fn a_secret_whose_question_goes_away_is_neither_shown_nor_taken() {
    let goes_on = |story: Story| {
        let node = story.node("migrate", 2);
        story.then(Fact::WentOn(Try { node, n: 1 }, 1))
    };
    let gone = || then(asking(true), goes_on);
    // Half of it is typed.
    let ear = Ear::new(vec![asking(true).told()]).types(&["1"]).tell(gone());
    assert!(ear.linear.is_hidden(), "{}", ear.heard);
    let ear = ear.types(&["hunter2"]);
    assert!(!ear.linear.is_hidden() && !ear.heard.contains("hunter2"), "{}", ear.heard);
    check("linear_secret_gone", &ear.types(&["status"]));
    // All of it was typed before anything was said of that.
    let mut ear = Ear::new(vec![asking(true).told()]).types(&["1"]);
    ear.linear.told(gone());
    let ear = ear.types(&["hunter2"]);
    assert!(!ear.linear.is_hidden() && !ear.heard.contains("hunter2"), "{}", ear.heard);
    // An interrupt forgets what was typed.
    let mut ear = Ear::new(vec![asking(true).told()]).types(&["1"]).tell(gone());
    ear.linear.interrupt();
    assert!(!ear.linear.is_hidden());
}

#[test]
fn a_release_is_chosen_by_its_number_and_typed_in_full() {
    let of = Intent::rollback(BEFORE);
    let lines = vec!["publish it on web1, web2".to_owned()];
    let preview = Told::Preview { of, lines, plan: None };
    let ear = Ear::new(idle()).types(&["rollback", "2"]).tell(preview);
    check("linear_rollback", &ear.types(&[BEFORE, "", "yes"]));
    let ear = Ear::new(idle()).types(&["rollback", BEFORE, "2026112117"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
}

#[test]
fn maintenance_asks_for_the_stage_a_reason_and_a_time() {
    let ear = Ear::new(idle()).types(&["maintenance"]);
    let ear = ear.tell(Told::Preview {
        of: Intent::maintenance(true),
        lines: vec!["touch the page on 2 hosts".to_owned()],
        plan: None,
    });
    let ear = ear.types(&["production", "moving the database", "tomorrow", "+20m", "yes"]);
    check("linear_maintenance", &ear);
}

#[test]
fn words_that_may_mean_several_things_and_numbers_of_nothing_do_nothing() {
    let ear = Ear::new(story::ready());
    check(
        "linear_words",
        &ear.types(&["re", "99", "nosuchword", "web1", "0", "log web1", "commands"]),
    );
    check("linear_help", &failed().types(&["help", "status", "steps", "log db1 migrate 3", ""]));
}

#[test]
fn lines_that_come_at_once_do_nothing_whatever_they_are() {
    let ear = Ear::new(story::ready()).pastes(&["deploy", "1", "production", "yes"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
    let ear = failed().types(&["retry"]).pastes(&["yes", ""]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
    // It is still asked, and by hand it is answered.
    check("linear_pasted", &ear.types(&["yes"]));
}

#[test]
fn a_dialog_that_changes_is_said_again_and_answered_again() {
    let page = Maintenance::On(Vec::new());
    let changed = Told::Page { host: "web1".to_owned(), page, at: at(70) };
    let ear = Ear::new(idle()).types(&["deploy", "1", "production"]).tell(changed);
    assert!(ear.heard.contains("It says something else now:"), "{}", ear.heard);
    let ear = ear.types(&["yes"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
    let ear = ear.types(&["deploy", "1", "production", "yes"]);
    assert_eq!(ear.done(), ["Start(Run)"], "{}", ear.heard);
}

#[test]
fn a_number_of_a_question_that_is_gone_answers_no_other() {
    let mut ear = failed();
    let gone = then(story::failed(), |story| {
        story.then(Fact::Chose(HoldId(0), Choice::Skip, Why::default()))
    });
    ear = ear.tell(gone).types(&["1", "yes"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
}

#[test]
fn anything_but_yes_cancels() {
    for no in ["", "y", "YES", "ja", "yes please", "1"] {
        let ear = failed().types(&["retry", no]);
        assert_eq!(ear.done(), [""; 0], "{no}: {}", ear.heard);
        assert!(ear.heard.contains("nothing was done"), "{}", ear.heard);
    }
}

#[test]
fn the_end_of_what_is_typed_asks_how_to_leave_and_twice_leaves() {
    let mut ear = Ear::new(vec![story::running().told()]).wait(SignedDuration::from_secs(1));
    ear.linear.end();
    let mut ear = ear.listen();
    assert!(!ear.linear.is_over() && ear.heard.contains("Leave?"), "{}", ear.heard);
    ear.linear.end();
    assert!(ear.linear.is_over());
}

#[test]
fn an_interrupt_asks_how_to_leave_and_stops_nothing() {
    let mut ear = Ear::new(vec![story::running().told()]).wait(SignedDuration::from_secs(1));
    ear.linear.interrupt();
    ear.linear.interrupt();
    let ear = ear.listen();
    check("linear_interrupt", &ear.types(&["", "web1"]));
}

#[test]
fn whoever_only_looks_is_told_so() {
    let ear = Ear::with(
        Settings { read_only: true, ascii: true, ..settings() },
        vec![story::failed().told()],
        error,
    );
    check("linear_read_only", &ear.types(&["1", "retry", "deploy"]));
}
