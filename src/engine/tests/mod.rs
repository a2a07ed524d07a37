//! The rules, each as a story.

mod answers;
mod bench;
mod gates;
mod growth;
mod policy;
mod stopping;

use bench::{check, check_as};

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
