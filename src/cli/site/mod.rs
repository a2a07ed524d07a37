//! Commands about a stage as a whole: what its hosts have and serve, the maintenance page, the lock,
//! what would be done. Each connects, looks, and tells; what changes something holds the stage's lock.

mod acting;
mod args;
mod check;
mod hold;
mod maintenance;
mod plan;
mod prune;
mod releases;
mod rollback;
mod seen;
mod snippet;
mod status;
mod until;
mod words;

pub(super) use args::Verb;
pub(super) use hold::{hand, is_hand};
pub(super) use plan::plan;
pub(super) use seen::or_left;
pub(super) use until::Until;

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
};

/// Carries a command out.
pub(super) async fn carry_out(
    around: &Surroundings,
    global: &Global,
    verb: &Verb,
) -> Result<Exit, Stop> {
    match verb {
        Verb::Releases(args) => releases::releases(around, global, args).await,
        Verb::Rollback(args) => rollback::rollback(around, global, args).await,
        Verb::Status(args) => status::status(around, global, args).await,
        Verb::Maintenance(args) => maintenance::maintenance(around, global, &args.what).await,
        Verb::Lock(args) => hold::lock(around, global, args).await,
        Verb::Unlock(args) => hold::unlock(around, global, args).await,
        Verb::Prune(args) => prune::prune(around, global, args).await,
        Verb::Check(args) => check::check(around, global, args).await,
        Verb::Plan(args) => plan::of(around, global, args).await,
    }
}
