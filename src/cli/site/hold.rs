//! `deployui lock` and `deployui unlock`.

use serde_json::json;

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless,
        prepare::{self, Stage},
        say,
    },
    args::{Lock as LockArgs, Unlock},
    seen, words,
};
use crate::{
    driver::{self, Locking},
    model::Lock,
    text::escape,
};

/// What stands where a run stands, when a person holds something. Whoever it is follows, so that two
/// people are not taken for one.
const HAND: &str = "by-hand";

/// The word under which an operator holds a stage, or has the page up.
pub(super) fn hand(around: &Surroundings) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{HAND}-{}", around.person().chars().map(plain).collect::<String>())
}

/// Whether that is a person's word, and not a run.
pub(in crate::cli) fn is_hand(run: &str) -> bool {
    run.starts_with(HAND)
}

pub(super) async fn lock(
    around: &Surroundings,
    global: &Global,
    args: &LockArgs,
) -> Result<Exit, Stop> {
    let stage =
        seen::connect(around, global, seen::request(around, global, &args.listing)?).await?;
    let lock = Lock {
        run: hand(around),
        by: around.person().to_owned(),
        at: driver::now(),
        purpose: args.reason.clone().unwrap_or_else(|| "a lock by hand".to_owned()),
    };
    stage.wrapping.lock(&lock).await.map_err(|refused| prepare::locked(&refused))?;
    match args.listing.output {
        Format::Plain => say::out(&format!(
            "{} is locked: nobody else can change it until deployui unlock",
            stage.wrapping.survey().owner.stage
        )),
        Format::Json => {
            seen::print(seen::document(&stage), json!({ "lock": words::lock_value(&lock) }));
        }
    }
    stage.fleet.close().await;
    Ok(Exit::Done)
}

/// Takes the lock for a short act, and gives it back. Whoever holds the stage by hand may act.
pub(super) struct Held<'s> {
    stage: &'s Stage,
    run: Option<String>,
}

impl<'s> Held<'s> {
    pub(super) async fn take(
        stage: &'s Stage,
        around: &Surroundings,
        purpose: &str,
    ) -> Result<Self, Stop> {
        let lock = act(stage, around, purpose.to_owned());
        match stage.wrapping.lock(&lock).await {
            Ok(()) => Ok(Self { stage, run: Some(lock.run) }),
            Err(Locking::Other(_, other)) if other.run == hand(around) => {
                Ok(Self { stage, run: None })
            }
            Err(refused) => Err(prepare::locked(&refused)),
        }
    }

    /// Gives it back; what could not be done is told.
    pub(super) async fn give_back(self) {
        let Some(run) = self.run else { return };
        for (host, why) in self.stage.wrapping.unlock(&run).await {
            say::err(&format!("warning: {host}: {why}"));
        }
    }
}

/// The lock of one command, under a word of its own.
fn act(stage: &Stage, around: &Surroundings, purpose: String) -> Lock {
    Lock {
        run: stage.request.run.to_string(),
        by: around.person().to_owned(),
        at: driver::now(),
        purpose,
    }
}

pub(super) async fn unlock(
    around: &Surroundings,
    global: &Global,
    args: &Unlock,
) -> Result<Exit, Stop> {
    let stage =
        seen::connect(around, global, seen::request(around, global, &args.listing)?).await?;
    let ended = end_all(around, &stage, args).await?;
    match args.listing.output {
        Format::Plain if ended.is_empty() => say::out("it was not locked"),
        Format::Plain => {
            ended.iter().for_each(|lock| say::out(&format!("ended: {}", words::held(lock))));
        }
        Format::Json => {
            let ended: Vec<_> = ended.iter().map(words::lock_value).collect();
            seen::print(seen::document(&stage), json!({ "ended": ended }));
        }
    }
    stage.fleet.close().await;
    Ok(Exit::Done)
}

/// Ends one lock after the other until the stage can be locked: then nobody has it on any host. There
/// is more than one where a command was cut off halfway.
async fn end_all(around: &Surroundings, stage: &Stage, args: &Unlock) -> Result<Vec<Lock>, Stop> {
    let why = args.reason.as_deref().unwrap_or("no reason was given");
    let own = act(stage, around, format!("unlock: {why}"));
    let mut ended = Vec::new();
    let hosts = stage.wrapping.survey().machines.len();
    for _ in 0..=hosts {
        match stage.wrapping.lock(&own).await {
            Ok(()) => {
                given_back(stage, &own.run).await?;
                return Ok(ended);
            }
            Err(Locking::Other(host, lock)) => {
                end(around, stage, args, (&host, &lock), &own).await?;
                ended.push(lock);
            }
            Err(refused @ Locking::Failed(..)) => return Err(prepare::locked(&refused)),
        }
    }
    given_back(stage, &own.run).await?;
    Err(Stop::new(Exit::Locked, "others lock the stage again and again"))
}

/// Ends one lock: ours without more ado, someone else's only if that is meant.
async fn end(
    around: &Surroundings,
    stage: &Stage,
    args: &Unlock,
    (host, lock): (&str, &Lock),
    own: &Lock,
) -> Result<(), Stop> {
    if lock.run == hand(around) || over(around, &lock.run) {
        return given_back(stage, &lock.run).await;
    }
    let evidence = format!("{host}: {}", words::held(lock));
    if !args.force {
        let stop = Stop::new(Exit::Locked, evidence);
        let stop = if is_hand(&lock.run) {
            stop
        } else {
            stop.hint(format!("if that run is left open: deployui resume {}", escape(&lock.run)))
        };
        return Err(stop.hint("make sure that nothing is going on, then: deployui unlock --force"));
    }
    let survey = stage.wrapping.survey();
    if survey.protected {
        let what = format!("End what keeps others off {}. {evidence}", survey.owner.stage);
        headless::typed(around, &survey.owner.stage, &what, args.confirm.as_deref())?;
    }
    match stage.wrapping.take_over(own, &lock.run).await {
        // Someone else on another host: the next round meets him.
        Ok(()) | Err(Locking::Other(..)) => Ok(()),
        Err(refused @ Locking::Failed(..)) => {
            // Where it was taken over, it is ours by now: the lock that was to be ended is.
            let left = stage.wrapping.unlock(&own.run).await;
            let left = left.into_iter().map(|(host, why)| format!("{host}: cannot unlock: {why}"));
            let errors = [refused.to_string()].into_iter().chain(left).collect();
            Err(Stop { exit: Exit::Failed, errors, hints: Vec::new() }
                .hint("deployui status says which hosts are still locked"))
        }
    }
}

/// Whether this is a run of ours that is over: it left its lock behind.
fn over(around: &Surroundings, run: &str) -> bool {
    let runs = around.store.runs().unwrap_or_default();
    runs.iter().any(|it| it.run.as_str() == run && it.closed.is_some())
}

async fn given_back(stage: &Stage, run: &str) -> Result<(), Stop> {
    let problems = stage.wrapping.unlock(run).await;
    if problems.is_empty() {
        return Ok(());
    }
    let errors = problems.iter().map(|(host, why)| format!("{host}: cannot unlock: {why}"));
    Err(Stop { exit: Exit::Failed, errors: errors.collect(), hints: Vec::new() })
}
