//! How a run is stopped: limits and aborts.

use super::{THREE, check};

#[test]
fn a_time_limit_sends_term_then_kill_and_says_so() {
    let plan = "one@a act limit 60";
    check(
        plan,
        "
        begin one@a
        due 60
        wait 59
        wants attach:one@a
        wait 1
        wants attach:one@a TERM:one@a
        due 10
        stop one@a term
        due 10
        wait 10
        wants attach:one@a KILL:one@a
        due never
        end one@a 137
        settled one@a
        is one@a failed stopped at its time limit",
    );
    check(
        plan,
        "
        begin one@a
        wait 60
        end one@a 0
        settled one@a
        is one@a ok",
    );
}

#[test]
fn the_operator_stops_a_step_and_a_weaker_signal_changes_nothing() {
    check(
        "one@a act",
        "
        stop one@a term
        refused NotRunning
        begin one@a
        stop one@a kill
        stop one@a term
        wants attach:one@a KILL:one@a
        end one@a 137
        wants attach:one@a KILL:one@a
        settled one@a
        is one@a failed killed by signal 9 (KILL)",
    );
}

#[test]
fn an_abort_lets_steps_run_to_their_end() {
    check(
        THREE,
        "
        run
        begin one@a
        staged one@b
        abort
        is g2 never Aborted
        is two@a never Aborted
        wants attach:one@a fence:one@b
        abort
        refused Aborting
        fenced one@b
        is one@b never Fenced
        closed
        end one@a 1
        settled one@a
        closed Failed",
    );
}

#[test]
fn a_fence_that_comes_too_late_gives_way_to_the_truth() {
    check(
        THREE,
        "
        run
        staged one@a
        abort
        wants fence:one@a
        closed
        begin one@a
        wants attach:one@a
        end one@a 0
        settled one@a
        closed Aborted",
    );
}

#[test]
fn an_attempt_fenced_by_someone_else_is_not_done() {
    check(
        "
        one@a act
        two@a act < one@a",
        "
        staged one@a
        fenced one@a
        is one@a refused
        holds one@a:refused
        is two@a waiting",
    );
}

#[test]
fn an_abort_with_stop_terminates_what_runs_even_if_it_was_asked_to_before() {
    check(
        THREE,
        "
        run
        begin one@a
        begin one@b
        stop one@a term
        abort stop
        wants attach:one@a TERM:one@a attach:one@b TERM:one@b
        due 10
        wait 10
        wants attach:one@a KILL:one@a attach:one@b KILL:one@b
        abort undo
        wants attach:one@a KILL:one@a attach:one@b KILL:one@b
        end one@a 137
        settled one@a
        end one@b 137
        settled one@b
        do undo_one@a undo_one@b
        closed Aborted",
    );
}

#[test]
fn an_abort_made_stronger_keeps_what_it_was() {
    check(
        THREE,
        "
        run
        begin one@a
        abort stop
        abort undo
        begin one@b
        wants attach:one@a TERM:one@a
        abort stop
        refused Aborting",
    );
}

#[test]
fn a_once_step_does_not_move_when_the_run_is_given_up() {
    let plan = "
        g1 barrier
        zero@b act undo < g1
        one@a act else b < zero@b
        two@b act < one@a";
    check(
        plan,
        "
        run
        do zero@b
        exclude a
        is one@a stranded false
        abort undo
        is one@a excluded false
        do undo_zero@b
        closed Failed",
    );
    check(
        plan,
        "
        run
        do zero@b
        begin one@a
        abort undo
        exclude a
        is one@a excluded true
        holds
        do undo_zero@b
        closed Unknown",
    );
}
