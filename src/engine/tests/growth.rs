//! What makes the graph grow or shrink: other hosts, items, conditions.

use super::check;

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

/// Only host `a` migrates; `b` publishes what that is for, and `c` has no part in either.
const ONLY: &str = "
    g1 barrier
    zero@a act < g1
    zero@b act < g1
    g2 barrier < zero@a zero@b
    one@a act schema < g2
    g3 barrier < one@a
    two@b act served < g3
    g4 barrier < two@b
    last@a act < g4";

#[test]
fn what_no_host_does_any_more_is_not_passed_over() {
    let skipped = "
        holds one@a:once-host-gone
        offers one@a skip undo abort
        is zero@a excluded false
        is last@a excluded false
        do zero@b
        is g2 ok
        is g3 waiting
        choose one@a retry
        refused NotOffered
        choose one@a skip
        is g3 ok
        do two@b
        closed Failed";
    check(ONLY, &format!("run\n exclude a\n is one@a stranded false\n {skipped}"));
    check(ONLY, &format!("run\n fail zero@a 1\n choose zero@a exclude\n {skipped}"));
    check(
        ONLY,
        "
        run
        do zero@a zero@b
        refuse one@a
        choose one@a exclude
        holds one@a:once-host-gone
        choose one@a abort
        closed Failed",
    );
    check(
        ONLY,
        "
        run
        do zero@a zero@b
        begin one@a
        exclude a
        is one@a stranded true
        is g3 waiting
        choose one@a skip
        do two@b
        closed Unknown",
    );
    // It was done, or nobody waits for what is left.
    check(
        ONLY,
        "
        run
        do zero@a zero@b one@a
        exclude a
        holds
        is last@a excluded false
        do two@b
        closed Failed",
    );
    // With its last host a run is over.
    check(
        ONLY,
        "
        run
        exclude a
        exclude b
        holds one@a:once-host-gone
        exclude c
        holds
        closed Failed",
    );
}

#[test]
fn a_step_whose_last_host_is_out_is_asked_about_once() {
    let plan = "
        g1 barrier
        one@a act < g1
        one@b act < g1
        g2 barrier < one@a one@b
        two@c act < g2";
    check(plan, "run\n exclude a\n holds\n exclude b\n holds one@b:once-host-gone");
    check(plan, "run\n do one@a\n exclude a\n exclude b\n holds\n is g2 ok");
    // A list and what is asked before it are one step.
    let items = "
        g1 barrier
        one@a items close match ^i(?<n>.)$ < g1
        close join < one@a
        g2 barrier < close
        two@b act < g2";
    check(items, "run\n exclude a\n holds one@a:once-host-gone\n choose one@a skip\n is g2 ok");
    check(
        items,
        "
        run
        list one@a i1,i2
        fail one:_i1@a 1
        choose one:_i1@a exclude
        is one:_i1@a excluded false
        holds one:_list@a:once-host-gone
        is close waiting
        choose one:_list@a skip
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
fn a_breakpoint_on_a_list_stops_before_each_item_that_it_brings() {
    check(
        ITEMS,
        "
        break one@a
        run
        list one@a i1,i2,i3
        holds gate_one:break
        is one:_i1@a armed
        choose gate_one go
        do one:_i1@a
        crash
        run
        list one:_list@a i2,i3
        holds gate_one:break
        run
        begin one:_i2@a
        unbreak one:_list@a
        end one:_i2@a 0
        settled one:_i2@a
        list one:_list@a i3
        is gate_one ok
        do one:_i3@a
        list one:_list@a nothing
        is close ok
        break one:_list@a
        refused NotAhead
        do two@a
        closed Ok",
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
