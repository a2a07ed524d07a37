//! POSIX sh text: the only place that writes shell, and that reads its answers back. Pure.
//!
//! What runs on a host lies beside this file as shell scripts (`sh/`): the *control* shell takes verbs,
//! the *agent* takes orders and follows boxes, the *supervisor* watches over one detached box.
//! ARCHITECTURE.md has the protocol; the headers of the scripts have the details.

mod answers;
pub mod builtin;
mod command;
mod lexer;
mod placeholder;
mod programs;
mod quote;
mod shell;

pub use answers::{Answer, Bad, Hello, News, answer, news};
pub use command::{BadCommand, Draft, Script, draft, script};
pub use lexer::{Emptying, Fault, Open, Place};
pub use placeholder::{Insert, Inserts, Problem, ProblemKind, Site, has_mark, negated};
pub use programs::{
    Flags, Follow, agent, ask, cancel, captured, clean, control, fence, follow, go, hello, input,
    put, state, taken,
};
pub use quote::{HasNul, quote};
pub use shell::{Opening, shell};
