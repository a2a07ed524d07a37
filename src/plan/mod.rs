//! From a recipe and a request to a plan: hosts are chosen, templates evaluated, once, and laid out
//! as the first graph of a run. Pure: the same recipe and request give the same plan.

mod adopted;
mod again;
mod build;
mod builtins;
mod candidates;
mod commands;
mod continued;
mod ground;
mod groups;
mod layout;
mod notices;
mod outputs;
mod page;
mod releases;
mod render;
mod request;
mod scope;
mod sketch;
mod survey;
#[cfg(test)]
mod tests;

pub use adopted::{Whose, pages_up};
pub use again::again;
pub use build::{build, check, exec};
pub use candidates::candidates;
pub use continued::{Continued, continued};
pub use ground::Source;
pub use groups::before;
pub use notices::{Notice, notices};
pub use page::{page, page_template};
pub use request::{Known, Planned, Request};
pub use sketch::sketch;
pub use survey::{Probe, Survey, Surveyed, survey};
