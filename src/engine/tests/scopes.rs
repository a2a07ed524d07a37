//! How an open scope is left when a run is given up.

use super::{check, check_as};
use crate::engine::Policy;

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
fn a_scope_is_not_left_over_what_failed_to_follow_what_was_taken_back() {
    check(
        "
        in enter
        migrate@a act schema < in
        publish@a act served undo < migrate@a
        restart@a act < publish@a
        two@a act < restart@a
        out leave < two@a
        off@a act < out
        follow restart@a of publish@a",
        "
        run
        do migrate@a publish@a restart@a
        fail two@a 1
        choose two@a undo
        choose schema_migrate go
        do undo_publish@a
        fail restart_(follows)@a 1
        holds restart_(follows)@a:not-undone
        choose restart_(follows)@a retry
        do restart_(follows)@a
        holds schema_migrate:schema
        is leave_off@a waiting
        choose schema_migrate go
        do leave_off@a
        closed Failed",
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

#[test]
fn a_paused_undo_leaves_no_scope() {
    check(
        SCOPE,
        "
        run
        do zero@a
        do one@a
        fail one@b 1
        choose one@b undo
        pause
        do undo_one@a undo_one@b
        is leave_off@a armed
        wants stage:leave_off@a stage:leave_off@b
        open true
        step
        mode Pause
        do leave_off@a leave_off@b
        do leave_tell@a
        open false
        is undo_zero@a armed
        run
        do undo_zero@a
        closed Aborted",
    );
}
