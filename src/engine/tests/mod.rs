//! The rules, each as a story.

mod answers;
mod bench;
mod endings;
mod gates;
mod growth;
mod policy;
mod scopes;
mod stopping;
mod undo;

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

/// Two steps on two hosts that can be taken back, and a third on one of them.
const THREE: &str = "
    g1 barrier
    one@a act undo < g1
    one@b act undo < g1
    g2 barrier < one@a one@b
    two@a act undo < g2
    two@b act undo < g2
    g3 barrier < two@a two@b
    three@a act < g3";
