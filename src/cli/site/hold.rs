//! `deployui lock` and `deployui unlock`.

use serde_json::json;

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless,
        locking::{self, Locked},
        prepare::{self, Stage},
        say,
    },
    acting::Acting,
    args::{Lock as LockArgs, Unlock},
    seen, words,
};
use crate::{driver::Locking, model::Lock, store::Claim, text::escape};

/// What stands where a run stands, when a person holds something. Whoever it is follows, so that two
/// people are not taken for one.
const HAND: &str = "by-hand";

/// The word under which an operator holds a stage, or has the page up.
pub(in crate::cli) fn hand(around: &Surroundings) -> String {
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
    let (stage, signals) =
        seen::connect(around, global, seen::request(around, global, &args.listing)?).await?;
    let mut acting = Acting::on(&stage, signals);
    let purpose = args.reason.clone().unwrap_or_else(|| "a lock by hand".to_owned());
    let lock = prepare::own_lock(around, &hand(around), purpose);
    let locked = acting.act(stage.wrapping.lock(&lock)).await;
    locked.map_err(|refused| acting.stop(prepare::locked(&refused, &stage.confirm())))?;
    match args.listing.output {
        Format::Plain => say::out(&format!(
            "{} is locked: no run begins there, yours neither, until deployui unlock",
            stage.wrapping.survey().owner.stage
        )),
        Format::Json => {
            seen::print(seen::document(&stage), json!({ "lock": words::lock_value(&lock) }));
        }
    }
    stage.fleet.close().await;
    Ok(acting.exit(Exit::Done))
}

/// Takes the lock for a short act, and gives it back. Whoever holds the stage by hand may act.
pub(super) struct Held<'s> {
    stage: &'s Stage,
    run: Option<String>,
    claim: Option<Claim>,
}

impl<'s> Held<'s> {
    pub(super) async fn take(
        stage: &'s Stage,
        around: &Surroundings,
        acting: &mut Acting,
        purpose: &str,
    ) -> Result<Self, Stop> {
        let lock = act(stage, around, purpose.to_owned());
        let taken = locking::take(&stage.wrapping, &around.store, &lock, None);
        let held = match acting.act(taken).await {
            Ok(Locked { claim, notes }) => {
                notes.iter().for_each(|note| say::err(&format!("note: {note}")));
                Self { stage, run: Some(lock.run), claim }
            }
            Err(Locking::Other(_, other)) if other.run == hand(around) => {
                Self { stage, run: None, claim: None }
            }
            Err(refused) => return Err(acting.stop(prepare::locked(&refused, &stage.confirm()))),
        };
        if acting.is_left() {
            held.give_back(acting).await;
            let what = format!("left before {purpose}: nothing was changed");
            return Err(acting.stop(Stop::new(Exit::Refused, what)));
        }
        Ok(held)
    }

    /// Gives it back; what could not be done is told.
    pub(super) async fn give_back(self, acting: &mut Acting) {
        let Some(run) = self.run else { return };
        let left = acting.act(self.stage.wrapping.unlock(&run)).await;
        if let Some(claim) = self.claim.filter(|_| left.is_empty()) {
            claim.end();
        }
        for (host, why) in left {
            say::err(&format!("warning: {host}: the lock was not given back: {why}"));
        }
    }
}

/// The lock of one command, under a word of its own.
fn act(stage: &Stage, around: &Surroundings, purpose: String) -> Lock {
    prepare::own_lock(around, stage.request.run.as_str(), purpose)
}

pub(super) async fn unlock(
    around: &Surroundings,
    global: &Global,
    args: &Unlock,
) -> Result<Exit, Stop> {
    let (stage, signals) =
        seen::connect(around, global, seen::request(around, global, &args.listing)?).await?;
    let mut acting = Acting::on(&stage, signals);
    let why = args.reason.as_deref().unwrap_or("no reason was given");
    let own = act(&stage, around, format!("unlock: {why}"));
    let mut ending = Ending { around, stage: &stage, args, own, ended: Vec::new() };
    let all = ending.all(&mut acting).await;
    let ended = ending.ended;
    if let Err(stop) = all {
        ended.iter().for_each(|lock| say::err(&format!("ended: {}", words::held(lock))));
        return Err(acting.stop(stop));
    }
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
    Ok(acting.exit(Exit::Done))
}

/// The locks of a stage, being ended one after the other.
struct Ending<'a> {
    around: &'a Surroundings,
    stage: &'a Stage,
    args: &'a Unlock,
    /// What takes their place, for a moment.
    own: Lock,
    ended: Vec<Lock>,
}

impl Ending<'_> {
    /// Ends one lock after the other until the stage can be locked: then nobody has it on any host.
    /// There is more than one where a command was cut off halfway.
    async fn all(&mut self, acting: &mut Acting) -> Result<(), Stop> {
        let hosts = self.stage.wrapping.survey().machines.len();
        for _ in 0..=hosts {
            match acting.act(self.stage.wrapping.lock(&self.own)).await {
                Ok(()) => return self.given_back(acting, &self.own.run).await,
                Err(Locking::Other(host, lock)) if acting.is_left() => {
                    let what = format!("left; not ended: {host}: {}", words::held(&lock));
                    return Err(Stop::new(Exit::Locked, what));
                }
                Err(Locking::Other(host, lock)) => {
                    self.end(acting, (&host, &lock)).await?;
                    self.ended.push(lock);
                }
                Err(refused @ Locking::Failed(..)) => return Err(prepare::locked(&refused, "")),
            }
        }
        self.given_back(acting, &self.own.run).await?;
        Err(Stop::new(Exit::Locked, "others lock the stage again and again"))
    }

    /// Ends one lock: ours without more ado, someone else's only if that is meant.
    async fn end(&self, acting: &mut Acting, (host, lock): (&str, &Lock)) -> Result<(), Stop> {
        let Self { around, stage, args, own, .. } = self;
        let nobodys = over(around, &lock.run) || around.store.is_abandoned(&lock.run);
        if lock.run == hand(around) || nobodys {
            return self.given_back(acting, &lock.run).await;
        }
        let evidence = format!("{host}: {}", words::held(lock));
        if !args.force {
            let stop = Stop::new(Exit::Locked, evidence);
            let resume = format!("if that run is left open: deployui resume {}", escape(&lock.run));
            let stop = stop.maybe_hint((!is_hand(&lock.run)).then_some(resume));
            let confirm = stage.confirm();
            return Err(stop.hint(format!(
                "make sure that nothing is going on, then: deployui unlock --force{confirm}"
            )));
        }
        let survey = stage.wrapping.survey();
        if survey.protected {
            let name = &survey.owner.stage;
            let what = format!("End what keeps others off {name}. {evidence}");
            let said = args.confirm.as_deref();
            headless::typed(around, acting.signals(), (name, &what), said).await?;
        }
        match acting.act(stage.wrapping.take_over(own, &lock.run)).await {
            // Someone else on another host: the next round meets him.
            Ok(()) | Err(Locking::Other(..)) => Ok(()),
            Err(refused @ Locking::Failed(..)) => {
                // Where it was taken over, it is ours by now: the lock that was to be ended is.
                let left = acting.act(stage.wrapping.unlock(&own.run)).await;
                let errors = [refused.to_string()].into_iter().chain(not_unlocked(left)).collect();
                Err(Stop { exit: Exit::Failed, errors, hints: Vec::new() }
                    .hint("deployui status says which hosts are still locked"))
            }
        }
    }

    async fn given_back(&self, acting: &mut Acting, run: &str) -> Result<(), Stop> {
        let problems = acting.act(self.stage.wrapping.unlock(run)).await;
        if problems.is_empty() {
            return Ok(());
        }
        Err(Stop {
            exit: Exit::Failed,
            errors: not_unlocked(problems).collect(),
            hints: Vec::new(),
        }
        .hint("deployui status says which hosts are still locked"))
    }
}

/// What is said of hosts that did not give a lock back.
fn not_unlocked(problems: Vec<(String, String)>) -> impl Iterator<Item = String> {
    problems.into_iter().map(|(host, why)| format!("{host}: cannot unlock: {why}"))
}

/// Whether this is a run of ours that is over: it left its lock behind.
pub(super) fn over(around: &Surroundings, run: &str) -> bool {
    let runs = around.store.runs().unwrap_or_default();
    runs.iter().any(|it| it.run.as_str() == run && it.closed.is_some())
}
