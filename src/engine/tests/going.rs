//! How a run goes on: barriers, answers, items, conditions, batches, other hosts.

use super::{check, check_as};
use crate::engine::Policy;

/// Two steps on two hosts.
const TWO: &str = "
    g1 barrier
    one@a act undo < g1
    one@b act undo < g1
    g2 barrier < one@a one@b
    two@a act < g2
    two@b act < g2";

/// One step on one host, and one behind it.
const ONE: &str = "
    g1 barrier
    one@a act undo < g1
    g2 barrier < one@a
    two@a act < g2";

#[test]
fn a_barrier_waits_for_all_hosts_and_boxes_are_staged_one_step_ahead() {
    check(
        TWO,
        "
        wants stage:one@a stage:one@b
        staged one@a
        wants stage:one@b
        stuck true
        run
        wants start:one@a stage:one@b stage:two@a stage:two@b
        do one@a
        staged two@a
        is two@a armed
        wants stage:one@b stage:two@b
        do one@b two@a
        is g2 ok
        do two@b
        closed Ok
        wants close:Ok
        run
        refused Closed",
    );
}

#[test]
fn an_ended_step_is_done_only_when_nothing_of_it_lives() {
    check(
        ONE,
        "
        run
        begin one@a
        end one@a 0
        is one@a settling
        is g2 waiting
        due 30
        wait 29
        holds
        wait 1
        holds one@a:unsettled
        offers one@a go exclude undo abort
        due never
        choose one@a go
        is one@a ok
        is g2 ok",
    );
    check(
        ONE,
        "
        run
        begin one@a
        end one@a 0
        wait 30
        holds one@a:unsettled
        settled one@a
        holds
        is one@a ok",
    );
}

#[test]
fn stepping_passes_one_barrier_and_pause_none() {
    check(
        TWO,
        "
        do one@a
        is g1 waiting
        step
        mode Pause
        do one@a one@b
        is g2 waiting
        pause
        is g2 waiting
        step
        is g2 ok
        mode Pause",
    );
}

#[test]
fn a_breakpoint_asks_once_and_stepping_goes_over_it() {
    check(
        ONE,
        "
        break g2
        run
        do one@a
        holds g2:break
        is two@a armed
        stuck true
        unbreak g2
        holds g2:break
        choose g2 go
        holds
        is g2 ok
        break g2
        refused NotAhead",
    );
    check(
        ONE,
        "
        break g1
        run
        holds g1:break
        run
        is g1 ok",
    );
    check(
        ONE,
        "
        break g1
        run
        pause
        is g1 waiting
        step
        is g1 ok
        mode Pause",
    );
}

#[test]
fn one_step_goes_over_one_of_several_breakpoints() {
    check(
        "
        g1 barrier
        g2 barrier",
        "
        break g1
        break g2
        run
        holds g1:break g2:break
        step
        is g1 ok
        is g2 waiting
        mode Pause
        run
        holds g2:break",
    );
}

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

const ONCE: &str = "
    g1 barrier
    one@a act undo schema else b,c < g1
    g2 barrier < one@a
    two@b act < g2";

#[test]
fn a_once_step_moves_where_the_operator_says() {
    check(
        ONCE,
        "
        run
        begin one@a
        exclude a
        is one@a stranded true
        holds one@a:once-host-gone
        offers one@a move-b move-c skip undo abort
        exclude b
        offers one@a move-c skip undo abort
        choose one@a move-b
        refused NotOffered
        choose one@a move-c
        is one@a excluded true
        grown 1
        do one_(2)@c
        is g2 ok
        closed Unknown",
    );
    check(
        ONCE,
        "
        run
        exclude a
        choose one@a move-b
        exclude b
        is one_(2)@b stranded false
        offers one_(2)@b move-c skip undo abort
        choose one_(2)@b move-c
        do one_(3)@c
        is g2 ok
        closed Failed",
    );
    check(
        ONCE,
        "
        run
        exclude a
        choose one@a skip
        is one@a skipped
        is g2 ok",
    );
}

const ITEMS: &str = "
    g1 barrier
    one@a items close match ^i(?<n>.)$ < g1
    close join < one@a
    g2 barrier < close
    two@a act < g2";

#[test]
fn the_list_is_read_before_each_item() {
    check(
        ITEMS,
        "
        run
        list one@a noise,i1,i2,i3
        is gate_one ok
        is two@a waiting
        do one:_i1@a
        list one:_list@a i1,i3
        do one:_i3@a
        list one:_list@a i1
        is close ok
        grown 6
        do two@a
        closed Ok",
    );
}

#[test]
fn the_operator_can_stop_before_an_item_and_each_item_has_a_barrier() {
    check(
        ITEMS,
        "
        step
        mode Pause
        list one@a i1,i2
        is gate_one waiting
        is one:_i1@a armed
        break gate_one
        run
        holds gate_one:break
        step
        do one:_i1@a
        list one:_list@a i2
        is gate_one waiting
        is one:_i2@a armed
        run
        fail one:_i2@a 1
        holds one:_i2@a:failed
        choose one:_i2@a skip
        list one:_list@a i2
        is close ok",
    );
}

#[test]
fn a_failed_list_is_a_failure_and_an_empty_one_is_not() {
    check(
        ITEMS,
        "
        run
        fail one@a 1
        holds one@a:failed
        choose one@a retry
        list one@a nothing
        is close ok",
    );
    check(
        ITEMS,
        "
        run
        exclude a
        is close ok",
    );
}

const WHEN: &str = "
    g1 barrier
    ask@a when one@a,two@a < g1
    one@a act < ask@a
    two@a act < one@a
    g2 barrier < two@a";

#[test]
fn a_condition_answers_with_0_or_1_and_anything_else_fails() {
    check(
        WHEN,
        "
        run
        do ask@a
        is one@a armed
        do one@a two@a
        closed Ok",
    );
    check(
        WHEN,
        "
        run
        fail ask@a 1
        is ask@a ok
        is one@a never NotWanted
        is two@a never NotWanted
        closed Ok",
    );
    check(
        WHEN,
        "
        run
        fail ask@a 2
        holds ask@a:failed
        is one@a waiting",
    );
}

#[test]
fn a_batch_asks_when_too_many_hosts_are_out() {
    let plan = "
        g1 barrier
        one@a act < g1
        one@b act < g1
        b2 batch 1 < one@a one@b
        g2 barrier < b2
        one@c act < g2";
    check(
        plan,
        "
        run
        exclude a
        do one@b
        is b2 ok",
    );
    check(
        plan,
        "
        run
        exclude a
        exclude b
        holds b2:batch
        offers b2 go abort undo
        choose b2 go
        is b2 ok
        do one@c
        closed Failed",
    );
}

#[test]
fn scopes_confirmations_and_waits_are_gates() {
    check(
        "
        in enter
        g1 barrier < in
        one@a act < g1
        sure confirm < one@a
        later until 20 < sure
        out leave < later",
        "
        open true
        run
        do one@a
        holds sure:confirm
        offers sure go abort undo
        choose sure go
        due 20
        wait 19
        is later waiting
        wait 1
        is out ok
        open false
        closed Ok",
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
fn without_an_operator_stop_closes_only_what_nobody_saw() {
    check_as(
        Policy::Stop,
        TWO,
        "
        run
        begin one@b
        fail one@a 1
        holds one@a:failed
        end one@b 1
        settled one@b
        closed Failed",
    );
    let served = "
        one@a act served
        two@a act < one@a";
    check_as(
        Policy::Stop,
        served,
        "
        run
        do one@a
        fail two@a 1
        holds two@a:failed
        stuck true
        closed",
    );
}

#[test]
fn without_an_operator_retry_counts_and_never_repeats_a_schema_change() {
    check_as(
        Policy::Retry(2),
        ONE,
        "
        run
        fail one@a 1
        tries one@a 2
        fail one@a 1
        tries one@a 3
        fail one@a 1
        closed Failed",
    );
    check_as(
        Policy::Retry(2),
        "one@a act schema",
        "
        run
        fail one@a 1
        tries one@a 1
        holds one@a:failed",
    );
}

#[test]
fn without_an_operator_undo_goes_as_far_as_the_schema_change() {
    check_as(
        Policy::Undo,
        "
        one@a act undo
        two@a act undo < one@a
        three@a act < two@a",
        "
        run
        do one@a two@a
        fail three@a 1
        do undo_two@a
        fail undo_one@a 1
        is undo_one@a skipped
        closed Failed",
    );
    check_as(
        Policy::Undo,
        "
        one@a act undo
        two@a act schema < one@a
        three@a act undo < two@a
        four@a act < three@a",
        "
        run
        do one@a two@a three@a
        fail four@a 1
        do undo_three@a
        holds schema_two:schema
        is undo_one@a waiting
        stuck true",
    );
}

#[test]
fn leaving_changes_nothing_of_what_is_wanted() {
    check(
        ONE,
        "
        run
        begin one@a
        leave
        wants attach:one@a stage:two@a
        crash
        do one@a two@a
        closed Ok",
    );
}

#[test]
fn the_recipe_retries_a_witnessed_failure_so_often_and_nothing_else() {
    check(
        "one@a act retry 1",
        "
        run
        fail one@a 1
        tries one@a 2
        holds
        fail one@a 1
        tries one@a 2
        holds one@a:failed",
    );
    check(
        "one@a act retry 1",
        "
        run
        begin one@a
        lost one@a
        choose one@a assume-failed
        tries one@a 1
        holds one@a:failed",
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
