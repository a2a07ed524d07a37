//! The operator: does anything at any time while things break, and answers sensibly once they no
//! longer do.

use deployui::{
    engine::{Input, Policy},
    model::{HoldId, HostId, NodeId, Try},
    run::{Abort, Cause, Choice, Command, Hold, Mode, Offer, Run, Sig, State, Why},
};

use crate::{
    ahead,
    bugs::Bug,
    random::Random,
    world::{World, at, who},
};

/// Acts, and says after how many milliseconds the next act comes.
pub(crate) fn acts(world: &mut World) -> Result<i64, String> {
    if world.is_quiet() && world.policy != Policy::Ask {
        match world.alone {
            Alone::Not if world.console.is_some() => {
                world.alone = Alone::Left;
                command(world, Command::Mode(Mode::Run))?;
                return Ok(ALONE);
            }
            Alone::Left => {
                world.alone = Alone::Back;
                ends_without_operator(world)?;
            }
            Alone::Not | Alone::Back => {}
        }
    }
    if world.is_quiet() {
        for _ in 0..3 {
            sensible(world)?;
        }
        return Ok(world.random.between(200, 3_000));
    }
    let haste = if world.random.chance(80) { 3_000 } else { 60_000 };
    let pause = world.random.between(1, haste);
    wild(world)?;
    Ok(pause)
}

/// How long a run without an operator is left to itself, in milliseconds.
const ALONE: i64 = 3 * 3_600_000;

/// Whether a run without an operator was left to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alone {
    Not,
    Left,
    Back,
}

/// Left to itself, a run is over by now, or says that it is stuck, or something really runs.
fn ends_without_operator(world: &World) -> Result<(), String> {
    let Some(console) = &world.console else { return Ok(()) };
    let run = console.engine.run();
    let runs = run.ids().any(|(_, cell)| matches!(cell.state, State::Running(_)));
    if run.closed.is_some() || console.engine.stuck() || runs {
        return Ok(());
    }
    Err(format!("left to itself it neither goes on nor is stuck: {:?}", run.holds))
}

fn command(world: &mut World, what: Command) -> Result<(), String> {
    if let (Command::Choose(id, Choice::Answer(n), _), Some(console)) = (&what, &mut world.console)
        && let Some(hold) = console.engine.run().holds.get(id)
    {
        let node = hold.on;
        let n_tries = console.engine.run().cell(node).map_or(0, |cell| cell.tries);
        console.answers.insert((Try { node, n: n_tries }, *n));
    }
    if let (Some(console), Policy::Ask) = (&world.console, world.policy)
        && let Some(compared) = ahead::compare(&console.engine, &what, at(world.now))?
    {
        *world.checks.met.entry(compared.to_owned()).or_default() += 1;
    }
    let undoes = |run: &Run| run.undo_grown && !run.left_to_take_back().is_empty();
    if matches!(what, Command::Rest(_)) && run(world).is_some_and(undoes) {
        *world.checks.met.entry("rest left".to_owned()).or_default() += 1;
    }
    world.input(&Input::Command { by: who(), what })
}

fn run(world: &World) -> Option<&Run> {
    world.console.as_ref().map(|console| console.engine.run())
}

fn why() -> Why {
    Why("simulated".into())
}

/// Anything that a console lets one do, most often going on.
fn wild(world: &mut World) -> Result<(), String> {
    let mut random = world.random.fork();
    let Some(run) = run(world) else { return Ok(()) };
    let node = NodeId(u32::try_from(random.below(run.cells.len())).unwrap());
    let host = HostId(u16::try_from(random.below(run.plan.hosts.len())).unwrap());
    let (yes, no) = (random.chance(50), random.chance(50));
    let lists: Vec<NodeId> = run.ids().map(|(id, _)| id).filter(|id| run.lists_on(*id)).collect();
    // There are few of them, and much else to break at.
    let list = random.pick(&lists).copied().filter(|_| random.chance(40));
    let what = match random.below(100) {
        0..30 => Command::Mode(Mode::Run),
        30..36 => Command::Mode(Mode::Step),
        36..40 => Command::Mode(Mode::Pause),
        40..46 => Command::Break(list.unwrap_or(node), yes || list.is_some()),
        46..52 => stop(run, &mut random, yes),
        52 => Command::Exclude(host, why()),
        53 => Command::Abort(Abort { undo: yes, stop: no }, why()),
        55..58 if run.undo_grown => Command::Rest(why()),
        54 => {
            command(world, Command::Leave)?;
            world.leave();
            return Ok(());
        }
        _ => match any_answer(run, &mut random) {
            Some(what) => return answer(world, what),
            None => return Ok(()),
        },
    };
    command(world, what)
}

/// Gives the run up, in any way.
pub(crate) fn gives_up(world: &mut World) -> Result<(), String> {
    let (undo, stop) = (world.random.chance(50), world.random.chance(50));
    command(world, Command::Abort(Abort { undo, stop }, why()))
}

fn stop(run: &Run, random: &mut Random, term: bool) -> Command {
    let flying: Vec<Try> = run
        .ids()
        .filter(|(_, cell)| cell.in_flight())
        .map(|(node, cell)| Try { node, n: cell.tries })
        .collect();
    let attempt = random.pick(&flying).copied().unwrap_or(Try { node: NodeId(0), n: 1 });
    Command::Stop(attempt, if term { Sig::Term } else { Sig::Kill })
}

/// Any answer to any question, also to one that is gone.
fn any_answer(run: &Run, random: &mut Random) -> Option<Command> {
    if random.chance(5) {
        let id = HoldId(u32::try_from(random.below(20)).unwrap());
        return Some(Command::Choose(id, Choice::Skip, why()));
    }
    let open: Vec<(&HoldId, &Hold)> = run.holds.iter().collect();
    let (id, hold) = random.pick(&open).copied()?;
    let offer = random.pick(&hold.offers).copied()?;
    let stranded = matches!(hold.cause, Cause::OnceHostGone(_));
    let grave = match offer {
        Offer::Undo | Offer::Abort | Offer::Exclude => true,
        Offer::Skip => stranded,
        Offer::Go
        | Offer::Retry
        | Offer::Edit
        | Offer::Fixed
        | Offer::AssumeOk
        | Offer::AssumeFailed
        | Offer::Answer
        | Offer::Move(_)
        | Offer::TakeOver => false,
    };
    if grave && !random.chance(30) {
        return None;
    }
    Some(Command::Choose(*id, choice(offer, hold), why()))
}

fn answer(world: &mut World, what: Command) -> Result<(), String> {
    command(world, what.clone())?;
    if let (Some(Bug::StaleAnswer), Command::Choose(id, choice, why)) = (world.bug, what) {
        // The key is pressed twice, and what it reaches then is whatever is asked now.
        let next = run(world).and_then(|run| run.holds.keys().next().copied());
        if let Some(next) = next.filter(|next| *next != id) {
            world.pressed = Some(id);
            let pressed = command(world, Command::Choose(next, choice, why));
            world.pressed = None;
            return pressed;
        }
    }
    Ok(())
}

fn choice(offer: Offer, hold: &Hold) -> Choice {
    match offer {
        Offer::Go => Choice::Go,
        Offer::Retry => Choice::Retry,
        Offer::Edit => Choice::Edit("true".into()),
        Offer::Skip => Choice::Skip,
        Offer::Fixed => Choice::Fixed,
        Offer::AssumeOk => Choice::Assume(true),
        Offer::AssumeFailed => Choice::Assume(false),
        Offer::Exclude => Choice::Exclude,
        Offer::Undo => Choice::Undo,
        Offer::Abort => Choice::Abort,
        Offer::Answer => match &hold.cause {
            Cause::Input(n, _) => Choice::Answer(*n),
            _ => Choice::Answer(0),
        },
        Offer::Move(host) => Choice::Move(host),
        Offer::TakeOver => Choice::TakeOver,
    }
}

/// Answers what is asked so that the run comes to an end.
fn sensible(world: &mut World) -> Result<(), String> {
    let mut random = world.random.fork();
    let Some(run) = run(world).filter(|run| run.closed.is_none()) else { return Ok(()) };
    let endless = run.ids().find(|(_, cell)| {
        let long = cell.started.is_some_and(|at| world.now_after(at) > 100_000);
        matches!(cell.state, State::Running(_)) && long
    });
    let kill = endless.map(|(node, cell)| {
        let sig = if cell.stop.is_some() { Sig::Kill } else { Sig::Term };
        Command::Stop(Try { node, n: cell.tries }, sig)
    });
    let next = match run.holds.iter().next() {
        None => (run.mode != Mode::Run).then_some(Command::Mode(Mode::Run)),
        Some((id, hold)) => {
            let ends = |offer: &Offer| ends(*offer, hold);
            let good: Vec<Offer> = hold.offers.iter().copied().filter(ends).collect();
            let offer = random.pick(&good).copied();
            let offer = offer.ok_or_else(|| format!("no way out of {hold:?}"))?;
            Some(Command::Choose(*id, choice(offer, hold), why()))
        }
    };
    for what in kill.into_iter().chain(next) {
        command(world, what)?;
    }
    Ok(())
}

/// Whether this answer brings the run nearer to its end.
fn ends(offer: Offer, hold: &Hold) -> bool {
    let cause = &hold.cause;
    match offer {
        Offer::Skip
        | Offer::Fixed
        | Offer::AssumeOk
        | Offer::AssumeFailed
        | Offer::Go
        | Offer::Answer
        | Offer::TakeOver => true,
        Offer::Abort => hold.is_rest() || matches!(cause, Cause::Schema | Cause::NotUndone(_)),
        Offer::Exclude => *cause == Cause::Unreachable,
        Offer::Retry | Offer::Edit | Offer::Undo | Offer::Move(_) => false,
    }
}
