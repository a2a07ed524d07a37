//! How a run is stopped: limits, aborts, undo.

use super::{check, check_as};
use crate::engine::Policy;

const TWO: &str = "
    g1 barrier
    one@a act undo < g1
    one@b act undo < g1
    g2 barrier < one@a one@b
    two@a act undo < g2
    two@b act undo < g2
    g3 barrier < two@a two@b
    three@a act < g3";

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
        TWO,
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
        TWO,
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
        TWO,
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
        TWO,
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
fn undo_runs_last_first_and_side_by_side_what_ran_side_by_side() {
    check(
        TWO,
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
        offers undo_two@a retry edit fixed skip
        choose undo_two@a retry
        do undo_two@a
        is two@a reverted
        closed Failed",
    );
}

#[test]
fn undo_pauses_at_its_barriers() {
    check(
        TWO,
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
    check(
        "
        one@a act undo
        two@a act < one@a",
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
        "
        one@a act undo
        two@a act < one@a",
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
        TWO,
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

#[test]
fn a_crash_between_the_answer_and_what_follows_it_loses_nothing() {
    check(
        TWO,
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

/// A scope on two hosts with one step inside, one before it, and two layers that leave it.
const SCOPE: &str = "
    zero@a act undo
    in enter < zero@a
    g1 barrier < in
    one@a act undo < g1
    one@b act undo < g1
    out leave < one@a one@b
    off@a act < out
    off@b act < out
    both join < off@a off@b
    tell@a act < both
    g2 barrier < tell@a
    two@a act < g2";

#[test]
fn an_open_scope_is_left_between_what_was_inside_it_and_what_came_before() {
    check(
        SCOPE,
        "
        run
        do zero@a
        do one@a
        fail one@b 1
        open true
        choose one@b undo
        do undo_one@a undo_one@b
        wants stage:leave_off@a stage:leave_off@b stage:leave_tell@a
        open true
        do leave_off@a leave_off@b
        open true
        do leave_tell@a
        open false
        do undo_zero@a
        closed Aborted",
    );
}

#[test]
fn what_left_a_scope_already_does_not_leave_it_again() {
    check(
        SCOPE,
        "
        run
        do zero@a one@a one@b off@a
        fail off@b 1
        choose off@b undo
        do undo_one@a undo_one@b
        do leave_off@b leave_tell@a
        do undo_zero@a
        open false
        closed Failed",
    );
    check(
        SCOPE,
        "
        run
        do zero@a one@a one@b off@a off@b tell@a
        fail two@a 1
        open false
        choose two@a undo
        do undo_one@a undo_one@b undo_zero@a
        closed Failed",
    );
}

#[test]
fn a_scope_is_not_left_over_what_was_not_taken_back() {
    check(
        SCOPE,
        "
        run
        do zero@a one@a
        fail one@b 1
        choose one@b undo
        do undo_one@a
        fail undo_one@b 1
        is leave_off@a armed
        stuck true
        holds undo_one@b:not-undone
        choose undo_one@b skip
        do leave_off@a leave_off@b leave_tell@a undo_zero@a
        closed Failed",
    );
}

#[test]
fn a_scope_is_not_left_over_a_changed_schema_unasked() {
    check(
        "
        in enter
        one@a act schema undo < in
        two@a act < one@a
        out leave < two@a
        off@a act < out",
        "
        run
        do one@a
        fail two@a 1
        choose two@a undo
        holds schema_one:schema
        choose schema_one go
        do undo_one@a
        holds schema_one:schema
        is leave_off@a waiting
        open true
        stuck true
        closed",
    );
}

#[test]
fn without_an_operator_a_scope_stays_entered_over_what_was_not_taken_back() {
    check_as(
        Policy::Undo,
        SCOPE,
        "
        run
        do zero@a one@a
        fail one@b 1
        do undo_one@a
        fail undo_one@b 1
        holds undo_one@b:not-undone
        open true
        stuck true
        closed",
    );
}
