//! Facts, and their one fold. The console, the headless report, the engine and a replay all learn
//! what a run is from here, and from nowhere else: no mirror copies, nothing optimistic.

mod ahead;
mod command;
mod ending;
mod event;
mod fold;
mod hold;
mod items;
mod opening;
mod scopes;
mod state;
mod undo;
mod views;
mod whereabouts;

pub use ahead::{Begins, Wait};
pub use command::{Command, Refusal};
pub use ending::{Ending, Trouble, Way};
pub use event::{
    Abort, Event, Excerpt, Fact, LinkState, Mode, Observation, Question, Stop, StopCause, Verdict,
    Who, Why,
};
pub use fold::{Cell, NotARun, Run, World};
pub use hold::{Cause, Choice, Hold, Offer};
pub use opening::Opening;
pub use scopes::OpenScope;
pub use state::{End, Lost, Overrule, Reason, Sig, State};
pub use views::Standing;

#[cfg(test)]
mod tests;
