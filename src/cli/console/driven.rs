//! A run that is open: the driver carries it out while the screen watches.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{
    asked,
    feed::Feed,
    screen::{QUEUE_MAX, Screen},
    session::NOTHING_KNOWN,
    sight::{LOOK_ANYWAY, Sight},
    wished::Wished,
};
use crate::{
    driver::{DriveError, Driver, Left, Request},
    run::Mode,
    tui::{Intent, Wish},
};

/// How often it is asked beside a run what visitors get, as long as something happens in it.
const GLANCE: Duration = Duration::from_secs(1);

/// So many glances after news it is also looked at what the hosts have, which is more work for them.
const LOOK_AFTER: u32 = 3;

/// What is done with the hosts at once beside a run, or between runs, at most.
pub(super) const BESIDE_MAX: usize = 16;

/// Said of what would be more.
pub(super) const TOO_MUCH: &str = "too much is being done at once";

/// Drives the run until it is over, or left.
pub(super) async fn drive(
    screen: &mut Screen,
    driver: &mut Driver,
    mode: Mode,
    sight: Option<&Sight>,
) -> Result<Left, DriveError> {
    let (requests, mut requested) = mpsc::channel(QUEUE_MAX);
    // Without them the driver leaves.
    let mut requests = Some(requests);
    let mut feed = Feed::begin(screen.told.clone(), driver.opening());
    let mut beside = JoinSet::new();
    let news = feed.news();
    let left = {
        let driving = driver.drive(&mut requested, &mut feed, Some(mode), true);
        tokio::pin!(driving);
        let mut ticks = interval(GLANCE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut owed, mut quiet) = (0_u32, Duration::ZERO);
        loop {
            tokio::select! {
                left = &mut driving => break left,
                wish = screen.wish(), if requests.is_some() => {
                    let Some(to) = &requests else { continue };
                    match wish {
                        Some(wished) => carry_out(wished, to, sight, &mut beside),
                        None => requests = None,
                    }
                }
                Some(_) = beside.join_next() => {}
                _ = ticks.tick() => {
                    let Some(sight) = sight.filter(|_| beside.is_empty()) else { continue };
                    // News that comes meanwhile waits for the next round: each is looked at.
                    if owed == 0 {
                        let new = news.take();
                        quiet = if new { Duration::ZERO } else { quiet + GLANCE };
                        if new {
                            owed = LOOK_AFTER;
                        } else if quiet >= LOOK_ANYWAY {
                            (owed, quiet) = (1, Duration::ZERO);
                        }
                    }
                    if owed > 0 {
                        owed -= 1;
                        beside.spawn(sight.clone().glance(owed == 0));
                    }
                }
            }
        }
    };
    feed.end().await;
    // It ended before their turn.
    let before = match &left {
        Ok(_) => "the run was over, or left, before",
        Err(_) => "the run could not be driven on",
    };
    while let Ok(request) = requested.try_recv() {
        screen.note(format!("not done: {}: {before}", asked::named(&request, driver.run()))).await;
    }
    // What was begun beside it is not broken off half way, unless the operator leaves.
    screen.during(async { while beside.join_next().await.is_some() {} }).await;
    left
}

/// Passes a wish on to the driver, or has it carried out beside the run.
fn carry_out(
    wished: Wished,
    requests: &mpsc::Sender<Request>,
    sight: Option<&Sight>,
    beside: &mut JoinSet<()>,
) {
    match request(wished.what()).map(|request| requests.try_send(request)) {
        None => aside(wished, sight, beside),
        Some(Ok(())) => wished.done(),
        Some(Err(_full)) => wished.refuse("the run has too much to do already"),
    }
}

fn request(wish: &Wish) -> Option<Request> {
    Some(match wish {
        Wish::Command(command) => Request::Command(command.clone()),
        Wish::Answer { attempt, number, text, hidden } => Request::Answer {
            attempt: *attempt,
            number: *number,
            text: text.clone(),
            hidden: *hidden,
        },
        Wish::Quit
        | Wish::Start(_)
        | Wish::Connect
        | Wish::Stage(_)
        | Wish::Without(_)
        | Wish::Interrupted
        | Wish::Look
        | Wish::Glance
        | Wish::Times
        | Wish::Preview(_)
        | Wish::Compare(_)
        | Wish::Diff(_)
        | Wish::Do(_)
        | Wish::Lend(_)
        | Wish::Runs { .. }
        | Wish::Past(_)
        | Wish::Save(..)
        | Wish::Copy(_)
        | Wish::Prompted(..) => return None,
    })
}

/// What is done beside the run.
fn aside(wished: Wished, sight: Option<&Sight>, beside: &mut JoinSet<()>) {
    let bears_a_run = matches!(
        wished.what(),
        Wish::Look | Wish::Glance | Wish::Preview(_) | Wish::Do(Intent::Maintenance { .. })
    );
    match sight {
        None => wished.refuse(NOTHING_KNOWN),
        Some(_) if beside.len() >= BESIDE_MAX => wished.refuse(TOO_MUCH),
        Some(sight) if bears_a_run => drop(beside.spawn(sight.clone().carry_out(wished))),
        Some(_) => wished.refuse("a run is open: end it first"),
    }
}
