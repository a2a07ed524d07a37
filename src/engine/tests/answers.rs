//! What is asked of the operator, and what each answer does.

use super::{ONE, TWO, check, check_as};
use crate::engine::Policy;

#[test]
fn a_failure_is_answered_per_host_and_stops_the_next_barrier() {
    check(
        TWO,
        "
        run
        do one@b
        fail one@a 3
        is one@a failed exit 3
        holds one@a:failed
        offers one@a retry edit fixed skip exclude undo abort
        is g2 waiting
        stuck true
        run
        refused Failed
        choose one@a retry
        tries one@a 2
        wants stage:one@a stage:two@a stage:two@b
        fail one@a 137
        is one@a failed killed by signal 9 (KILL)
        choose one@a edit
        do one@a
        is g2 ok
        do two@a two@b
        closed Ok",
    );
}

#[test]
fn fixed_is_done_and_skipped_is_not() {
    check(
        ONE,
        "
        run
        fail one@a 1
        choose one@a fixed
        is one@a fixed
        do two@a
        closed Ok",
    );
    check(
        ONE,
        "
        run
        fail one@a 1
        choose one@a skip
        is one@a skipped
        do two@a
        closed Failed",
    );
}

#[test]
fn a_refused_attempt_never_began() {
    check(
        ONE,
        "
        run
        refuse one@a
        is one@a refused
        holds one@a:refused
        choose one@a retry
        tries one@a 2
        do one@a
        is one@a ok",
    );
}

#[test]
fn a_refusal_after_a_lost_connection_is_not_taken_for_the_last_word() {
    let start = "
        run
        staged one@a
        link a down
        link a up
        refuse one@a";
    check_as(Policy::Retry(2), ONE, &format!("{start}\n tries one@a 1\n closed Unknown"));
    // Once the host has the next attempt, it has forbidden those before it.
    let again = "
        holds one@a:refused
        choose one@a retry
        tries one@a 2
        refuse one@a
        choose one@a retry
        staged one@a
        refuse one@a
        choose one@a abort
        closed Failed";
    check(ONE, &format!("{start}{again}"));
}

#[test]
fn an_unknown_outcome_is_decided_by_the_operator_or_by_a_late_witness() {
    check(
        ONE,
        "
        run
        begin one@a
        lost one@a
        is one@a unknown Died
        holds one@a:unknown
        offers one@a assume-ok assume-failed retry exclude undo abort
        run
        refused Failed
        choose one@a assume-failed
        is one@a failed exit 1
        holds one@a:failed",
    );
    check(
        ONE,
        "
        run
        begin one@a
        lost one@a
        choose one@a assume-ok
        is one@a assumed true
        is g2 ok
        do two@a
        closed Ok",
    );
    check(
        ONE,
        "
        run
        begin one@a
        lost one@a
        end one@a 0
        holds
        settled one@a
        is one@a ok",
    );
}

#[test]
fn a_stale_answer_reaches_nothing() {
    check(
        ONE,
        "
        run
        choose 0 skip
        refused HoldGone
        fail one@a 1
        choose 0 assume-ok
        refused NotOffered
        choose 0 retry
        fail one@a 1
        choose 0 skip
        refused HoldGone
        choose 1 skip
        is one@a skipped",
    );
}

#[test]
fn an_excluded_host_is_left_out_and_what_was_in_flight_is_said() {
    check(
        TWO,
        "
        run
        begin one@a
        do one@b
        exclude a
        is one@a excluded true
        is two@a excluded false
        wants stage:two@b
        is g2 ok
        do two@b
        closed Unknown",
    );
    check(
        TWO,
        "
        run
        do one@a one@b
        exclude a
        exclude a
        refused NoSuchHost
        do two@b
        closed Failed",
    );
}

#[test]
fn what_was_only_prepared_on_an_excluded_host_never_ran() {
    check(
        TWO,
        "
        run
        begin one@a
        do one@b
        staged two@a
        fail one@a 3
        exclude a
        is two@a excluded false
        do two@b
        closed Failed",
    );
}

#[test]
fn a_step_that_goes_on_without_input_is_asked_about_no_more() {
    check(
        ONE,
        "
        run
        begin one@a
        asks one@a 1
        holds one@a:input
        wenton one@a 1
        holds
        wants attach:one@a stage:two@a
        asks one@a 1
        holds
        asks one@a 2
        wenton one@a 1
        holds one@a:input
        choose one@a answer-2
        wants attach:one@a answer2:one@a stage:two@a
        wenton one@a 2
        holds
        wants attach:one@a stage:two@a
        end one@a 0
        holds",
    );
}

#[test]
fn input_is_asked_for_and_only_the_newest_question_can_be_answered() {
    check(
        ONE,
        "
        run
        begin one@a
        asks one@a 1
        holds one@a:input
        stuck true
        choose one@a answer-1
        wants attach:one@a answer1:one@a stage:two@a
        asks one@a 2
        wants attach:one@a stage:two@a
        holds one@a:input
        choose one@a answer-1
        refused HoldGone
        choose one@a answer-2
        answered one@a 2
        holds
        wants attach:one@a stage:two@a
        asks one@a 2
        asks one@a 3
        end one@a 0
        holds",
    );
    check(
        ONE,
        "
        run
        begin one@a
        asks one@a 1
        asks one@a 2
        holds one@a:input
        choose one@a answer-1
        refused HoldGone",
    );
}

#[test]
fn an_answer_that_died_with_its_console_is_asked_for_again() {
    check(
        ONE,
        "
        run
        begin one@a
        asks one@a 1
        choose one@a answer-1
        crash
        wants attach:one@a answer1:one@a stage:two@a
        gone one@a 1
        holds one@a:input
        wants attach:one@a stage:two@a",
    );
}

#[test]
fn another_machine_at_the_address_has_none_of_our_boxes() {
    check(
        ONE,
        "
        saw a m1
        run
        begin one@a
        saw a m1
        is one@a running
        saw a m2
        is one@a unknown OtherHost
        choose one@a retry
        begin one@a
        saw a m2
        is one@a running
        saw a m1
        is one@a unknown OtherHost",
    );
}

#[test]
fn a_host_out_of_reach_is_asked_about_while_something_waits_for_it() {
    check(
        ONE,
        "
        run
        link a up
        begin one@a
        link a down
        due 300
        wait 299
        holds
        wait 1
        holds one@a:unreachable
        offers one@a exclude undo abort
        stuck true
        due never
        link a up
        holds
        end one@a 0
        settled one@a
        link a down
        wait 300
        holds two@a:unreachable",
    );
}

#[test]
fn one_answer_ends_the_other_questions_that_it_makes_void() {
    check(
        ONE,
        "
        run
        begin one@a
        end one@a 0
        link a down
        wait 30
        holds one@a:unsettled
        wait 270
        holds one@a:unsettled one@a:unreachable
        choose one@a go
        is one@a ok
        wait 1
        holds two@a:unreachable",
    );
}
