//! Gates: barriers, stepping, breakpoints, batches, scopes.

use super::{ONE, TWO, check};

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

/// Three hosts, one after the other; what each did is asked about.
const BATCHES: &str = "
    one@a act
    two@a act < one@a
    qa confirm < two@a
    b1 batch 0 < qa
    one@b act < b1
    two@b act < one@b
    qb confirm < two@b
    b2 batch 0 < qb
    one@c act < b2";

#[test]
fn nobody_is_asked_about_what_an_excluded_host_did_not_do_and_once_about_each_missing_host() {
    check(
        BATCHES,
        "
        run
        fail one@a 1
        choose one@a exclude
        holds b1:batch
        choose b1 go
        do one@b two@b
        holds qb:confirm
        choose qb go
        do one@c
        closed Failed",
    );
    check(
        BATCHES,
        "
        run
        do one@a two@a
        holds qa:confirm
        exclude a
        holds b1:batch
        choose b1 go
        do one@b
        fail two@b 1
        choose two@b exclude
        holds b2:batch
        choose b2 go
        do one@c",
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
fn a_host_that_is_left_out_lets_nobody_past_what_comes_before() {
    // Two steps, one host after the other: what is left out of the second step is in its place there.
    let plan = "
        g1 barrier
        one@a act < g1
        b2 batch 0 < one@a
        one@b act < b2
        b3 batch 0 < one@b
        one@c act < b3
        g2 barrier < one@c
        two@a act < g2
        c2 batch 0 < two@a
        two@b act < c2
        c3 batch 0 < two@b
        two@c act < c3";
    check(
        plan,
        "
        run
        do one@a
        exclude b
        holds b3:batch
        choose b3 go
        do one@c
        do two@a
        holds
        do two@c
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
fn a_run_that_is_taken_up_goes_no_further_by_itself() {
    // Killed while the facts were written that follow from the end of a step: its end was, but no
    // longer that the next barrier was passed.
    check(
        ONE,
        "
        run
        do one@a
        is g2 ok
        crash 1
        is g2 waiting
        wants stage:two@a
        stuck true
        run
        is g2 ok",
    );
    check(
        ONE,
        "
        step
        is g1 ok
        crash 2
        is g1 waiting
        stuck true",
    );
}
