//! How what was done is taken back.

use super::{THREE, check};

#[test]
fn undo_runs_last_first_and_side_by_side_what_ran_side_by_side() {
    check(
        THREE,
        "
        run
        do one@a one@b two@a two@b
        fail three@a 1
        choose three@a undo
        grown 6
        wants stage:undo_two@b stage:undo_two@a stage:undo_one@b stage:undo_one@a
        begin undo_two@a
        do undo_two@b
        wants attach:undo_two@a stage:undo_one@b stage:undo_one@a
        staged undo_one@a
        wants attach:undo_two@a stage:undo_one@b
        fail undo_two@a 1
        holds
        do undo_one@a
        holds
        do undo_one@b
        is one@a reverted
        is two@a ok
        is undo_two@a failed exit 1
        holds undo_two@a:not-undone
        offers undo_two@a retry edit fixed skip abort
        choose undo_two@a retry
        do undo_two@a
        is two@a reverted
        closed Failed",
    );
}

#[test]
fn all_that_is_not_undone_is_left_by_one_answer() {
    check(
        THREE,
        "
        run
        do one@a one@b two@a two@b
        fail three@a 1
        choose three@a undo
        fail undo_two@a 1
        fail undo_two@b 1
        do undo_one@a
        fail undo_one@b 1
        holds undo_two@b:not-undone undo_two@a:not-undone undo_one@b:not-undone
        crash
        choose undo_two@b abort
        is one@a reverted
        is two@a ok
        is undo_two@a failed exit 1
        closed Failed",
    );
}

#[test]
fn undo_pauses_at_its_barriers() {
    check(
        THREE,
        "
        run
        do one@a one@b two@a two@b
        pause
        abort undo
        mode Run
        pause
        do undo_two@a undo_two@b
        is gate_undo_one waiting
        step
        do undo_one@a undo_one@b
        closed Aborted",
    );
}

#[test]
fn what_an_earlier_attempt_did_is_taken_back() {
    let plan = "
        one@a act undo
        two@a act < one@a";
    check(
        plan,
        "
        run
        fail one@a 1
        choose one@a retry
        abort undo
        is one@a never Aborted
        grown 2
        do undo_one@a
        is one@a reverted
        closed Aborted",
    );
    check(
        plan,
        "
        run
        fail one@a 1
        choose one@a retry
        refuse one@a
        choose one@a undo
        grown 2",
    );
}

#[test]
fn an_unknown_outcome_is_answered_before_the_undo_and_not_forgotten() {
    check(
        THREE,
        "
        run
        do one@a
        begin one@b
        lost one@b
        abort undo
        grown 0
        closed
        holds one@b:unknown
        choose one@b retry
        refused NotOffered
        is one@b unknown Died
        choose one@b assume-ok
        do undo_one@b undo_one@a
        closed Aborted",
    );
}

#[test]
fn what_follows_a_change_of_what_is_served_follows_its_undo() {
    check(
        "
        one@a act served undo
        after@a act < one@a
        two@a act < after@a
        follow after@a of one@a",
        "
        run
        do one@a after@a
        fail two@a 1
        choose two@a undo
        grown 3
        begin undo_one@a
        is after_(follows)@a waiting
        end undo_one@a 0
        settled undo_one@a
        is one@a reverted
        do after_(follows)@a
        closed Failed",
    );
}

const SCHEMA: &str = "
    one@a act undo
    two@a act undo schema < one@a
    three@a act undo < two@a
    four@a act < three@a";

#[test]
fn nothing_passes_a_schema_change_backwards_unasked() {
    check(
        SCHEMA,
        "
        run
        do one@a two@a three@a
        fail four@a 1
        choose four@a undo
        do undo_three@a
        holds schema_two:schema
        offers schema_two go abort
        choose schema_two go
        do undo_two@a
        do undo_one@a
        closed Failed",
    );
    check(
        SCHEMA,
        "
        run
        do one@a two@a three@a
        fail four@a 1
        choose four@a undo
        do undo_three@a
        choose schema_two abort
        is undo_two@a never Aborted
        is undo_one@a never Aborted
        is one@a ok
        closed Failed",
    );
}

#[test]
fn an_older_step_is_behind_the_schema_change_even_if_that_has_no_undo() {
    check(
        "
        one@a act undo
        two@a act schema < one@a
        three@a act < two@a",
        "
        run
        do one@a
        fail two@a 1
        choose two@a undo
        holds schema_two:schema
        is undo_one@a waiting",
    );
    check(
        "
        one@a act undo
        two@a act schema < one@a",
        "
        run
        do one@a
        abort undo
        holds
        do undo_one@a
        closed Aborted",
    );
}

#[test]
fn a_crash_between_the_answer_and_what_follows_it_loses_nothing() {
    check(
        THREE,
        "
        run
        do one@a one@b two@a two@b
        fail three@a 1
        choose three@a undo
        crash
        wants stage:undo_two@b stage:undo_two@a stage:undo_one@b stage:undo_one@a
        begin undo_two@a
        crash
        wants stage:undo_two@b attach:undo_two@a stage:undo_one@b stage:undo_one@a",
    );
}

#[test]
fn the_rest_of_a_paused_undo_is_left_by_one_word() {
    check(
        THREE,
        "
        run
        rest
        refused NothingLeft
        do one@a one@b two@a two@b
        pause
        abort undo
        pause
        begin undo_two@a
        do undo_two@b
        rest
        is undo_one@a never Aborted
        is undo_two@a running
        closed
        crash
        end undo_two@a 0
        settled undo_two@a
        is two@a reverted
        is one@a ok
        holds
        closed Aborted
        rest
        refused Closed",
    );
}
