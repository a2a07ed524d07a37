//! `deployui rollback`: the pipeline of that name, with the release that is meant.

use super::{
    super::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless::{self, Start},
    },
    args::Rollback,
};

const ROLLBACK: &str = "rollback";

pub(super) async fn rollback(
    around: &Surroundings,
    global: &Global,
    args: &Rollback,
) -> Result<Exit, Stop> {
    let mut request = headless::request(around, global, &args.how, ROLLBACK)?;
    request.known.target.clone_from(&args.release);
    if args.how.dry_run {
        return super::plan(around, global, request, args.how.output).await;
    }
    headless::release(around, global, request, &Start::of(&args.how)).await
}
