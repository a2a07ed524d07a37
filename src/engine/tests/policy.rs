//! Runs that nobody watches, and what the recipe answers by itself.

use super::{ONE, TWO, check, check_as};
use crate::engine::Policy;

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
        run
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
