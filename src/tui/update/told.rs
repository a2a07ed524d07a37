//! What the console is told.

use jiff::Timestamp;

use super::{attention, dialog, follow, history, log, mouse, picker, tempo};
use crate::{
    model::{HostId, Plan},
    run::{Event, Fact, Run, Verdict},
    tui::{
        Settings, Themes,
        errand::Errand,
        keymap::with_keys,
        state::{
            Asked, Cursor, Line, Model, Subject, failure::Failure, grid::Grid, stages::Stages,
        },
        styles::Tone,
        told::{HostState, Refused, Told, Waiting},
        words,
    },
};

/// Prompts that wait for the one that is open.
const PROMPTS_MAX: usize = 256;

/// Takes it in; a run of the past that is on the screen stays there.
pub(super) fn take_in(model: &mut Model, news: Told) {
    if let Told::Runs { asked, rows, end } = news {
        history::told(model, asked, rows, end);
    } else if let Told::Past(read) = news {
        history::opened(model, read);
    } else {
        history::in_the_present(model, |model| {
            let before = attention::marks(model);
            told(model, news);
            tempo::keep(model);
            attention::notice(model, &before);
        });
    }
}

fn told(model: &mut Model, told: Told) {
    match told {
        Told::Plan(plan) => planned(model, plan),
        Told::Host(host, state) => host_state(model, host, state),
        Told::Login { host, user } => drop(model.sight.logins.insert(host, user)),
        Told::Events(events) => facts(model, &events),
        Told::Whole(run) => whole(model, run),
        Told::Refused(Refused::ByRun(why)) => model.say(format!("not done: {why}"), Tone::Warn),
        Told::Refused(Refused::Wish(waiting, why)) => {
            waits_no_longer(model, waiting);
            refused(model, &why);
        }
        Told::Has(has) => model.sight.has = has,
        // A look that began before it was left out.
        Told::Seen { host, .. } | Told::Held { host, .. } | Told::Page { host, .. }
            if model.without.contains(&host) => {}
        Told::Seen { host, site, at } => model.sight.saw(host, site, at),
        Told::Held { host, lock, at } => drop(model.sight.locks.insert(host, (lock, at))),
        Told::Page { host, page, at } => drop(model.sight.pages.insert(host, (page, at))),
        Told::Shared(paths) => model.sight.shared = paths,
        Told::Compared(pair, found) => model.sight.differences.told(pair, found),
        Told::Diff(pair, found) => picker::read(model, &pair, found),
        Told::Candidates(candidates) => {
            (model.sight.candidates, model.sight.unlisted) = (candidates, false);
            model.sight.glancing = None;
        }
        Told::Unlooked(why) => unlooked(model, why),
        Told::Preview { of, lines, plan } => {
            model.sight.preview.tell(of, lines, plan);
        }
        Told::Did(came) => {
            (model.starting, model.sight.doing, model.next) = (false, None, None);
            match came {
                Ok(line) => model.say(line, Tone::Ok),
                Err(why) => refused(model, &why),
            }
        }
        Told::Prompt(prompt) => {
            if model.prompts.len() < PROMPTS_MAX {
                model.prompts.push_back(prompt);
            }
        }
        Told::Over(line) => {
            (model.starting, model.sight.doing) = (false, None);
            model.say(line.clone(), Tone::Strong);
            model.over = Some(line);
            unheard(model, model.now);
        }
        Told::Pace(pace) => drop(model.tempo.paces.insert(pace.pipeline.clone(), pace)),
        Told::Watching(by) => watching(model, by),
        Told::TakesUp => model.untaken = true,
        Told::Note(line) => model.say(line, Tone::Text),
        Told::NotSaved { why, again } => log::not_saved(model, &why, again),
        Told::Settings(Ok(settings)) => changed(model, *settings),
        Told::Settings(Err(why)) => unread(model, &why),
        Told::Guide(lines) => model.guide = lines,
        Told::RoundTrip { host, took, at } => {
            model.ways.entry(host).or_default().round_trip = Some((took, at));
        }
        Told::Way(host, way) => model.ways.entry(host).or_default().way = Some(way),
        Told::Without(hosts) => {
            model.sight.forget(&hosts);
            model.without = hosts;
        }
        Told::Stages(offers) => model.stages = Some(Stages { offers, at: 0, opens: false }),
        Told::Text(text) => dialog::edited(model, &text),
        Told::Back(_) | Told::Runs { .. } | Told::Past(_) => {}
    }
}

/// The run as it is, after some of what was told of it was lost: perhaps that it was taken up. Only whoever
/// drives it here tells it so.
fn whole(model: &mut Model, run: Box<Run>) {
    let read = follow::read(model);
    model.subject = Subject::Run(run);
    (model.starting, model.sight.doing) = (false, None);
    model.untaken = false;
    unheard(model, model.now);
    regrid(model);
    follow::keep(model, read);
    model.say("the console fell behind; it shows the run as it is now", Tone::Dim);
}

/// Hosts are as they were seen before; nothing is on its way.
fn unlooked(model: &mut Model, why: Option<String>) {
    model.sight.glancing = None;
    if let Some(why) = why {
        model.say(format!("the hosts were not looked at: {why}"), Tone::Warn);
    }
}

/// Who drives what is watched, told anew when that changes.
fn watching(model: &mut Model, by: Option<String>) {
    match (&model.watched, &by) {
        (None, _) => {}
        // What is over is driven by nobody, and that is as it should be.
        (Some(_), None) if model.open_run().is_none() => {}
        (Some(_), Some(by)) => model.say(format!("{by} drives the run now"), Tone::Text),
        (Some(_), None) => {
            let line = "nobody drives the run any more; steps in flight go on: deployui resume";
            model.say(line, Tone::Warn);
        }
    }
    model.watched = Some(by);
    unheard(model, model.now);
}

/// Where nobody drives a run that is open, nobody sees how its hosts are: nothing is shown as going on.
fn unheard(model: &mut Model, since: Timestamp) {
    if !model.is_undriven() {
        return;
    }
    if let Subject::Run(run) = &mut model.subject {
        run.world.unheard("nobody drives the run", since);
    }
}

/// Other settings hold from now on; the mouse is left alone where they do not change it.
fn changed(model: &mut Model, settings: Settings) {
    if settings.mouse != model.settings.mouse && settings.mouse != model.looks.mouse {
        mouse::toggle(model);
    }
    model.settings = settings;
    let light = model.looks.light;
    model.looks.on(&model.settings, light);
    if model.settings.colour && matches!(model.settings.themes, Themes::ByGround { .. }) {
        // It may have changed, or was not asked for while one theme was for both.
        model.errands.ask(Errand::Ground);
    }
    model.redraw = true;
    model.say("config.toml read again", Tone::Ok);
}

/// The first line at once; all of them among what was said, the first on top there.
fn unread(model: &mut Model, why: &[String]) {
    let Some((first, others)) = why.split_first() else { return };
    for other in others.iter().rev() {
        let text = other.clone();
        model.said.keep(Line { at: model.now, text, tone: Tone::Failed, part: None });
    }
    let more = match others.len() {
        0 => String::new(),
        some => with_keys(model, &format!(" (and {some} more: {{messages}})")),
    };
    model.say(format!("the old one holds: {first}{more}"), Tone::Failed);
}

/// What was asked for is not carried out; what else is being carried out goes on.
fn waits_no_longer(model: &mut Model, waiting: Waiting) {
    match waiting {
        Waiting::Start => model.starting = false,
        Waiting::Deed => model.sight.doing = None,
        Waiting::NextRun => model.next = None,
        Waiting::Nothing => {}
    }
}

/// The first line at once; all of them beside the plan.
fn refused(model: &mut Model, why: &str) {
    model.refused = why.lines().map(str::to_owned).collect();
    let first = model.refused.first().map(String::as_str).unwrap_or_default();
    let more = match model.refused.len() {
        0 | 1 => String::new(),
        lines => format!(" (and {} more)", words::count(lines - 1, "line")),
    };
    let line = format!("not done: {first}{more}");
    model.say(line, Tone::Failed);
}

fn planned(model: &mut Model, plan: Box<Plan>) {
    if model.open_run().is_some() {
        return;
    }
    // Ids belong to one plan: what is known of the hosts goes by their names.
    let known: Vec<(String, HostState)> = model
        .hosts
        .iter()
        .map(|(id, state)| (model.host_name(*id).to_owned(), state.clone()))
        .collect();
    let same = |name: &str| known.iter().find(|(other, _)| other == name).cloned();
    model.hosts = plan
        .host_ids()
        .filter_map(|(id, host)| same(&host.name).map(|(_, state)| (id, state)))
        .collect();
    model.grid = Grid::of_plan(&plan);
    model.subject = Subject::Plan(plan);
    begin_anew(model);
}

/// Another run, or the plan of one: what was chosen in the one before has no meaning in it.
fn begin_anew(model: &mut Model) {
    (model.over, model.starting) = (None, false);
    model.refused.clear();
    model.failure = Failure::default();
    (model.cursor, model.asked) = (Cursor::default(), Asked::default());
    model.at_another_cell();
    model.log.marks.forget();
}

fn host_state(model: &mut Model, host: HostId, state: HostState) {
    let name = model.host_name(host).to_owned();
    match &state {
        HostState::Connecting => {}
        HostState::Ready => model.say(format!("{name} is ready"), Tone::Ok),
        HostState::Trouble { what, .. } => model.say(format!("{name}: {what}"), Tone::Failed),
    }
    let since = (state == HostState::Ready).then_some(model.now);
    model.ways.entry(name).or_default().since = since;
    model.hosts.insert(host, state);
}

fn facts(model: &mut Model, events: &[Event]) {
    let questions_before = open_questions(model);
    let read = follow::read(model);
    for event in events {
        apply(model, event);
    }
    taken(model, events);
    if let Some(newest) = events.last() {
        // They may all be of a run that was left long ago.
        unheard(model, newest.at);
    }
    regrid(model);
    follow::keep(model, read);
    follow::follow(model, events);
    let none_before = questions_before == 0;
    if none_before && open_questions(model) > 0 && model.dialog.is_none() {
        follow::to_question(model);
    }
}

/// Somebody has taken the run up; whoever did so before is of no account.
fn taken(model: &mut Model, news: &[Event]) {
    if news.first().is_some_and(|event| matches!(event.fact, Fact::Opened(_))) {
        return;
    }
    let taken =
        |event: &Event| if let Fact::Taken(who) = &event.fact { Some(who.clone()) } else { None };
    let Some(who) = news.iter().rev().find_map(taken) else { return };
    model.untaken = false;
    if let Some(by) = &mut model.watched {
        *by = Some(who.0);
    }
}

fn apply(model: &mut Model, event: &Event) {
    match (&mut model.subject, &event.fact) {
        (Subject::Run(run), Fact::Opened(plan)) if plan.run != run.plan.run => {
            let Ok(run) = Run::open(event) else { return };
            model.subject = Subject::Run(Box::new(run));
            model.sight.doing = None;
            model.tempo.forget();
            begin_anew(model);
        }
        (Subject::Run(run), _) if event.seq < run.seq => {}
        (Subject::Run(run), _) => run.apply(event),
        (Subject::Nothing | Subject::Plan(_), _) => {
            let Ok(run) = Run::open(event) else { return };
            model.subject = Subject::Run(Box::new(run));
            (model.starting, model.sight.doing) = (false, None);
            model.tempo.forget();
        }
    }
    let Some(run) = model.run() else { return };
    // It is still so when the run is no longer on the screen.
    match run.closed {
        Some(Verdict::Ok) => model.sight.schema_left = false,
        Some(_) if run.schema_begun() => model.sight.schema_left = true,
        Some(_) | None => {}
    }
    let Some(run) = model.run() else { return };
    let Some((text, tone)) = words::event(model, run, event) else { return };
    let part = words::part(model, run, event);
    model.put(Line { at: event.at, text, tone, part });
}

fn open_questions(model: &Model) -> usize {
    model.open_run().map_or(0, |run| run.holds.len())
}

fn regrid(model: &mut Model) {
    let grid = match &model.subject {
        Subject::Run(run) => Grid::of_run(run),
        Subject::Plan(plan) => Grid::of_plan(plan),
        Subject::Nothing => return,
    };
    model.grid = grid;
}
