//! A run without the console: from the plan over connected hosts to the exit code.

use std::{sync::Arc, time::Duration};

use jiff::Zoned;
use tokio::sync::mpsc;

use super::{
    args::{Format, Global, How, Run as RunArgs},
    environment::Surroundings,
    exit::{Exit, Stop, undriven},
    load,
    prepare::{self, Pages, Stage},
    prompt,
    report::{self, Report},
    say, secrets,
    signals::Signals,
    site, webhooks,
};
use crate::{
    driver::{self, Driver, Fleet, Left, Request as Wish, Unopened},
    engine::Policy,
    model::{Plan, RunId, StepName},
    plan::{Known, Notice, Request},
    remote::{Ask, NoAsk},
    run::{Command, Mode},
    store::Dirty,
};

/// Requests of a run without a console: signals.
const WISHES_MAX: usize = 8;

/// `deployui run PIPELINE`.
pub(super) async fn run(
    around: &Surroundings,
    global: &Global,
    args: &RunArgs,
) -> Result<Exit, Stop> {
    let request = request(around, global, &args.how, &args.pipeline)?;
    if args.how.dry_run {
        return site::plan(around, global, request, args.how.output).await;
    }
    release(around, global, request, &Start::of(&args.how)).await
}

/// Prepares a stage, confirms, and drives a new run on it.
pub(super) async fn release(
    around: &Surroundings,
    global: &Global,
    request: Request,
    start: &Start<'_>,
) -> Result<Exit, Stop> {
    place(around, &request.run)?;
    let mut signals = listen()?;
    let (dirty, grown) = Dirty::new();
    let mut stage = Stage::connect(around, global, request, asker(around), dirty)?;
    stage.gather(&mut signals).await?;
    if let Some(wait) = start.lock_wait {
        stage.wait(around, wait, &mut signals).await?;
    }
    let prepared = prepared(around, global, &mut stage, start, &mut signals).await;
    let Prepared { plan, kept, notices } = match prepared {
        Ok(prepared) => prepared,
        Err(stop) => {
            // What was waited for is given back; otherwise nothing of ours is there.
            if start.lock_wait.is_some() {
                stage.unlock().await;
            }
            return Err(stop);
        }
    };
    let mut report = Report::begin(start.output, around, grown);
    let Stage { fleet, wrapping, claim, .. } = stage;
    let run = plan.run.clone();
    let opened = Driver::open(plan, around.store.clone(), fleet, &around.who, start.policy);
    let mut driver = match opened {
        Ok(driver) => driver,
        Err(unopened) => {
            prepare::warn(&prepare::unlock(&wrapping, &run, claim).await);
            return Err(refused(&unopened));
        }
    };
    if let Some(claim) = claim {
        claim.end();
    }
    driver.announce(webhooks::herald(notices));
    report.opened(driver.run());
    let exit = drive(&mut driver, &mut report, &mut signals).await;
    prepare::finish(&driver, around).await;
    kept.iter().for_each(|note| say::err(&format!("note: {note}")));
    if !matches!(exit, Ok(Exit::Done)) {
        prepare::odd(&wrapping).await;
    }
    driver.close().await;
    exit
}

/// A stage on which a run can be opened.
struct Prepared {
    plan: Plan,
    /// What is to be said once more at the end.
    kept: Vec<String>,
    notices: Vec<Notice>,
}

/// Looks, plans, asks, checks and locks.
async fn prepared(
    around: &Surroundings,
    global: &Global,
    stage: &mut Stage,
    start: &Start<'_>,
    signals: &mut Signals,
) -> Result<Prepared, Stop> {
    let looked = async {
        stage.look().await?;
        stage.learn(global).await
    };
    site::or_left(signals, looked).await?;
    let plan = stage.plan()?;
    let notices = webhooks::of_stage(stage, &plan)?;
    let sites = &stage.request.known.sites;
    let Pages { left, kept } = prepare::pages(&plan, sites)?;
    let mut notes = [left, kept.clone()].concat();
    notes.extend(prepare::continued(&stage.recipe, &stage.request));
    notes.extend(prepare::again(&plan, sites));
    notes.extend(prepare::stays(&plan, sites));
    confirm(around, &plan, start, &notes, signals).await?;
    let secrets = secrets::resolve(around, &stage.recipe, &plan, signals).await?;
    stage.fleet.keep(secrets);
    prepare::warn(&site::or_left(signals, stage.check()).await?);
    let done = stage.lock(around).await?;
    done.iter().for_each(|note| say::err(&format!("note: {note}")));
    Ok(Prepared { plan, kept, notices })
}

/// A run that was not opened.
fn refused(unopened: &Unopened) -> Stop {
    let error = &unopened.error;
    Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint())
}

/// How a new run is begun.
pub(super) struct Start<'a> {
    pub(super) output: Format,
    pub(super) policy: Policy,
    pub(super) yes: bool,
    pub(super) confirm: Option<&'a str>,
    /// How long a stage that someone else has locked is waited for.
    pub(super) lock_wait: Option<Duration>,
}

impl<'a> Start<'a> {
    pub(super) fn of(how: &'a How) -> Self {
        Self {
            output: how.output,
            policy: how.on_failure,
            yes: how.yes,
            confirm: how.confirm.as_deref(),
            lock_wait: how.lock_wait,
        }
    }
}

/// What a plan is asked for.
pub(super) fn request(
    around: &Surroundings,
    global: &Global,
    how: &How,
    pipeline: &str,
) -> Result<Request, Stop> {
    let skip: Result<Vec<StepName>, _> =
        how.skip.iter().map(|name| StepName::try_from(name.clone())).collect();
    let plain = plain_request(around, global, pipeline)?;
    let known = Known {
        reference: how.reference.clone(),
        reason: how.reason.clone(),
        until: how.until.map(|until| until.at(&Zoned::now())).transpose()?,
        ..plain.known
    };
    let from = how.from.clone().map(StepName::try_from).transpose();
    Ok(Request {
        from: from.map_err(|bad| Stop::new(Exit::Usage, format!("--from: {bad}")))?,
        hosts: how.hosts.clone(),
        roles: how.roles.clone(),
        skip: skip.map_err(|bad| Stop::new(Exit::Usage, format!("--skip: {bad}")))?,
        vars: how.vars.clone(),
        known,
        ..plain
    })
}

/// The request of the console: the whole pipeline on all hosts of the stage.
pub(super) fn plain_request(
    around: &Surroundings,
    global: &Global,
    pipeline: &str,
) -> Result<Request, Stop> {
    Ok(Request {
        run: run_id()?,
        stage: global.stage.clone(),
        pipeline: pipeline.to_owned(),
        hosts: None,
        roles: None,
        skip: Vec::new(),
        from: None,
        vars: Vec::new(),
        local_state_dir: local_state_dir(around),
        known: Known { at: driver::now(), by: around.person().to_owned(), ..Known::default() },
    })
}

/// Where boxes of `local` steps lie.
pub(super) fn local_state_dir(around: &Surroundings) -> String {
    around.store.root().join("local").display().to_string()
}

pub(super) fn run_id() -> Result<RunId, Stop> {
    driver::run_id()
        .map_err(|error| Stop::new(Exit::Refused, format!("no random numbers: {error}")))
}

/// Confirms, connects, and drives a new run.
pub(super) async fn begin(
    around: &Surroundings,
    global: &Global,
    plan: Plan,
    start: &Start<'_>,
) -> Result<Exit, Stop> {
    place(around, &plan.run)?;
    let mut signals = listen()?;
    confirm(around, &plan, start, &[], &mut signals).await?;
    let (dirty, grown) = Dirty::new();
    let mut fleet =
        load::fleet(around, global, (&plan.run, &load::hosts(&plan)), asker(around), dirty, false);
    tokio::select! {
        gathered = gather(&mut fleet, &plan) => gathered?,
        number = signals.next() => return Err(Stop::new(
            Exit::Signal(number),
            "left while connecting: no run was opened, and nothing was changed",
        )),
    }
    let mut report = Report::begin(start.output, around, grown);
    let opened = Driver::open(plan, around.store.clone(), fleet, &around.who, start.policy);
    let mut driver = opened.map_err(|unopened| refused(&unopened))?;
    report.opened(driver.run());
    let exit = drive(&mut driver, &mut report, &mut signals).await;
    driver.close().await;
    exit
}

/// A run that cannot be kept here is refused before any host is asked anything.
pub(super) fn place(around: &Surroundings, run: &RunId) -> Result<(), Stop> {
    around.store.prepare(run).map_err(|error| {
        let hint = error.hint().unwrap_or("choose another place with --state-dir");
        Stop::new(Exit::Refused, error.to_string()).hint(hint)
    })
}

/// Listens for the signals that end the program.
pub(super) fn listen() -> Result<Signals, Stop> {
    Signals::listen()
        .map_err(|error| Stop::new(Exit::Refused, format!("cannot listen for signals: {error}")))
}

/// Drives a run to its end, to a decision, or to a signal.
pub(super) async fn drive(
    driver: &mut Driver,
    report: &mut Report,
    signals: &mut Signals,
) -> Result<Exit, Stop> {
    let (wishes, mut wanted) = mpsc::channel(WISHES_MAX);
    let mut signal = None;
    let left = {
        let driving = driver.drive(&mut wanted, report, Some(Mode::Run), false);
        tokio::pin!(driving);
        loop {
            tokio::select! {
                left = &mut driving => break left,
                number = signals.next(), if signal.is_none() => {
                    signal = Some(number);
                    for command in [Command::Mode(Mode::Pause), Command::Leave] {
                        // The queue has room for both; a run that is over needs neither.
                        drop(wishes.try_send(Wish::Command(command)));
                    }
                }
            }
        }
    };
    let run = driver.run().clone();
    let left = match left {
        Ok(left) => left,
        Err(error) => {
            let stop = undriven(&error, &run);
            report.over(&run, stop.exit, "decision");
            return Err(stop);
        }
    };
    let exit = Exit::of(left, &run, signal);
    report.over(&run, exit, report::outcome(left, exit));
    if left == Left::Stuck {
        let mut shut = Stop { exit, errors: Vec::new(), hints: Vec::new() };
        driver.given_up().for_each(|(host, trouble)| shut.add(&run.plan, host, trouble));
        report::refusal(&shut, false);
    }
    Ok(exit)
}

/// Who answers questions while connecting.
pub(super) fn asker(around: &Surroundings) -> Arc<dyn Ask> {
    if around.terminal { Arc::new(prompt::Terminal::default()) } else { Arc::new(NoAsk) }
}

/// Waits until all hosts are ready; if one is not, nothing is changed anywhere.
pub(super) async fn gather(fleet: &mut Fleet, plan: &Plan) -> Result<(), Stop> {
    let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
    let all = fleet
        .gather(|id, told| {
            if let Err(trouble) = told {
                stop.add(plan, id, trouble);
            }
        })
        .await;
    if all { Ok(()) } else { Err(stop) }
}

/// A protected stage wants its name; a person at a terminal is asked once. `notes`: what is odd about
/// the plan; it is said also where nobody is asked.
async fn confirm(
    around: &Surroundings,
    plan: &Plan,
    start: &Start<'_>,
    notes: &[String],
    signals: &mut Signals,
) -> Result<(), Stop> {
    for note in notes {
        say::err(&format!("note: {note}"));
    }
    let hosts: Vec<&str> = plan.hosts.iter().map(|host| host.name.as_str()).collect();
    let what =
        format!("{} of {} on {} ({})", plan.pipeline, plan.app, plan.stage, hosts.join(", "));
    if plan.protected {
        return typed(around, signals, (&plan.stage, &what), start.confirm).await;
    }
    if !around.terminal || start.yes || prompt::yes(&format!("Run {what}?"), signals).await? {
        return Ok(());
    }
    Err(Stop::new(Exit::Refused, "not begun: it was not confirmed"))
}

/// The name of a protected stage is typed, or was said on the command line; `what` is done to it.
pub(super) async fn typed(
    around: &Surroundings,
    signals: &mut Signals,
    (stage, what): (&str, &str),
    said: Option<&str>,
) -> Result<(), Stop> {
    let typed = match said {
        Some(name) => Some(name.to_owned()),
        None if around.terminal => {
            prompt::line(format!("{what}\nType {stage} to begin: "), signals).await?
        }
        None => None,
    };
    match typed {
        Some(name) if name == stage => Ok(()),
        Some(name) => Err(Stop::new(
            Exit::Usage,
            format!("`{}` is not the name of the stage", name.escape_debug()),
        )),
        None => Err(Stop::new(Exit::Usage, format!("stage {stage} is protected"))
            .hint(format!("say --confirm {stage}"))),
    }
}
