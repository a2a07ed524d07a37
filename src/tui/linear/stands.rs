//! How things stand, in words and with their age: the run, who else has the stage, what visitors get, what
//! is served, the hosts, what waits.

use super::{Linear, out::flat};
use crate::{
    model::Served,
    tui::{
        action::Action,
        feed::Source,
        glyphs::Glyphs,
        keymap::written,
        state::Model,
        view,
        words::{self, Room},
    },
};

/// Hosts of which each is said by itself; of more only those that do not stand as the others.
const HOSTS_MAX: usize = 20;

/// A state without the mark that it begins with.
fn unmarked<'a>(glyphs: &Glyphs, state: &'a str) -> &'a str {
    let marks = [glyphs.failed, glyphs.unknown, glyphs.held, glyphs.ok, glyphs.skipped];
    match state.split_once(' ') {
        Some((mark, rest)) if marks.contains(&mark) || glyphs.running.contains(&mark) => rest,
        Some(_) | None => state,
    }
}

/// Where one is and how it goes, in one line.
pub(super) fn standing(model: &Model) -> String {
    let (state, _) = view::state(model);
    let state = flat(unmarked(model.glyphs(), &state));
    match model.plan() {
        Some(plan) => format!("{} of {} on {}: {state}", plan.pipeline, plan.app, plan.stage),
        None => state,
    }
}

/// The state of the maintenance page as the header has it, in whole words.
fn page_in_words(page: &str) -> String {
    let Some(state) = page.strip_prefix("MAINT ") else { return page.to_owned() };
    let state = match (state.strip_prefix('?'), state.strip_prefix("off")) {
        (Some(why), _) => format!("not known{why}"),
        (None, Some(age)) => format!("down, visitors get the application{age}"),
        (None, None) => state.to_owned(),
    };
    format!("maintenance page: {}", state.replace("not probed", "not looked at as visitors see it"))
}

/// Who else has the stage, and what comes of it.
pub(super) fn locked(model: &Model) -> Option<String> {
    let (host, lock) = words::stage_lock(model)?;
    let refused =
        if model.open_run().is_none() { "; nothing is begun here while it is" } else { "" };
    Some(format!("LOCKED: {lock}, seen on {host}{refused}"))
}

/// That nothing can be changed from here, and who drives the run that is watched.
fn looking(model: &Model) -> Vec<String> {
    let only = "this console only looks (--read-only): nothing can be changed from here";
    let only = model.settings.read_only.then(|| only.to_owned());
    let watched = model.watched.as_ref().filter(|_| model.open_run().is_some());
    let watched = watched.map(|by| match by {
        Some(by) => format!("{by} drives the run; it is only watched here"),
        None => "nobody drives the run; it is only watched here".to_owned(),
    });
    only.into_iter().chain(watched).collect()
}

/// How old it is what is said of the hosts.
fn seen(model: &Model) -> Option<String> {
    let again = written(model, Action::Look);
    match model.sight.seen_at() {
        Some(at) => {
            let age = words::ago(at, model.now);
            Some(format!("the hosts were looked at {age} ago; {again} does it now"))
        }
        None if model.sight.has.something() => {
            Some("the hosts were not looked at yet: who has the stage is not known".to_owned())
        }
        None => None,
    }
}

impl<S: Source> Linear<S> {
    /// Where one is, in a line or two.
    pub(super) fn stands(&mut self) {
        self.out.line(standing(&self.model));
    }

    pub(super) fn status(&mut self) {
        let model = &self.model;
        self.out.line(standing(model));
        self.out.lines(looking(model));
        if let Some(run) = model.run() {
            let until = if run.closed.is_some() { run.latest } else { model.now };
            let (done, _) = model.progress();
            let steps = words::count(model.grid.columns.len(), "step");
            let took = words::clocked(until.duration_since(run.opened));
            self.out.line(format!("{done} of {steps} done, {took} so far"));
        }
        self.out.lines(locked(model));
        if let Some((page, _)) = words::maintenance(model, Room::Much) {
            self.out.line(page_in_words(&flat(&page)));
        }
        for (served, hosts) in model.sight.served() {
            let hosts = words::hosts(&hosts);
            let (what, _) = words::served(served);
            self.out.line(match served {
                Served::Release(_) => format!("{what} is served on {hosts}"),
                Served::Nothing => format!("no release is served on {hosts}"),
                Served::Dangling(_) | Served::Outside(_) | Served::Loop(_) | Served::NotALink => {
                    format!("{what} on {hosts}: nothing that is known is served there")
                }
            });
        }
        self.out.lines(words::left_out(model));
        self.out.lines(seen(model));
        self.hosts();
        let model = &self.model;
        for column in &model.grid.columns {
            let stands = words::step_stands(model, column);
            if model.run().is_some() && stands.contains("running") {
                self.out.line(format!("step {}: {stands}", column.step));
            }
        }
        if let Some(run) = model.open_run() {
            for hold in run.holds.values() {
                self.out.line(format!("waits: {}", flat(&words::headline(model, run, hold))));
            }
        }
    }

    /// How each host stands; of many only those that do not stand as most.
    fn hosts(&mut self) {
        let model = &self.model;
        let all = model.grid.hosts.iter().map(|id| {
            let (weight, word, _) = words::host_stands(model, *id);
            (model.host_name(*id), weight, word)
        });
        let all: Vec<_> = all.collect();
        let few = all.len() <= HOSTS_MAX;
        let least = all.iter().map(|(_, weight, _)| *weight).min();
        let mut same = 0;
        for (name, weight, word) in &all {
            if few || Some(*weight) != least {
                self.out.line(format!("{name}: {word}"));
            } else {
                same += 1;
            }
        }
        if same > 0 {
            let word = all.iter().find(|(_, it, _)| Some(*it) == least).map_or("", |it| it.2);
            self.out.line(format!("{}: {word}", words::count(same, "other host")));
        }
    }
}
