//! How runs end, and what is said of it: no two words of it contradict each other.

use super::check;

const PLAN: &str = "
    g1 barrier
    one@a act undo < g1
    one@b act undo < g1
    g2 barrier < one@a one@b
    two@a act undo < g2
    two@b act < g2";

/// What is said of the run of this story, and in a list.
fn ends(story: &str, said: &str) {
    check(PLAN, &format!("run\n {}\n ended {said}", story.replace(';', "\n")));
}

#[test]
fn a_run_that_went_to_its_end() {
    ends("do one@a one@b two@a two@b", "done [ok]");
    ends("do one@a one@b; fail two@a 1; do two@b; choose two@a fixed", "done [ok]");
    ends("do one@a one@b; lost two@a; do two@b; choose two@a assume-ok", "done [ok]");
    ends(
        "do one@a one@b; fail two@a 1; do two@b; choose two@a skip",
        "ended, something left out [left out]",
    );
    ends("do one@a one@b two@b; exclude a", "ended, something left out [left out]");
    ends("do one@a one@b; begin two@a; do two@b; exclude a", "ended, outcome unknown [unknown]");
}

#[test]
fn a_run_that_was_given_up() {
    ends("do one@a one@b; pause; abort", "aborted [aborted]");
    ends("do one@a one@b; exclude a; abort; do two@b", "aborted [aborted]");
    ends("do one@a; fail one@b 1; choose one@b abort", "aborted after a failure [aborted]");
    ends("do one@a; refuse one@b; choose one@b abort", "aborted after a failure [aborted]");
    ends(
        "do one@a; begin one@b; abort stop; end one@b 143; settled one@b",
        "aborted after a failure [aborted]",
    );
    ends("do one@a; begin one@b; exclude b; abort", "aborted, outcome unknown [unknown]");
}

#[test]
fn a_run_that_was_undone() {
    let one = "do undo_one@a undo_one@b";
    ends(&format!("do one@a one@b; abort undo; {one}"), "undone [undone]");
    // What had failed is taken back like the rest.
    ends(&format!("do one@a; fail one@b 1; choose one@b undo; {one}"), "undone [undone]");
    // It has no undo, and did fail.
    ends(
        &format!("do one@a one@b two@a; fail two@b 1; choose two@b undo; do undo_two@a; {one}"),
        "undone after a failure [undone]",
    );
    ends(
        "do one@a one@b; exclude a; abort undo; do undo_one@b",
        "undone, something left out [undone]",
    );
    let failing = "do one@a one@b; abort undo; do undo_one@a; fail undo_one@b 1";
    ends(&format!("{failing}; choose undo_one@b skip"), "undo failed, 1 not undone [undo failed]");
    ends(&format!("{failing}; choose undo_one@b fixed"), "undone [undone]");
    // Also where an outcome is not known, it is not called undone.
    ends(
        "do one@a one@b; begin two@a; exclude a; fail two@b 1; choose two@b undo; \
         fail undo_one@b 1; choose undo_one@b skip",
        "undo failed, 1 not undone, outcome unknown [unknown]",
    );
    ends(&format!("{failing}; choose undo_one@b retry; do undo_one@b"), "undone [undone]");
    ends(
        &format!("{failing}; choose undo_one@b retry; fail undo_one@b 2; choose undo_one@b skip"),
        "undo failed, 1 not undone [undo failed]",
    );
}
