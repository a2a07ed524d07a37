//! Every template of a recipe, by what is made of it.

use super::names::{Extra, Names};
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::value::{
    Condition, Health, HealthAt, LayoutKind, Maintenance, Recipe, Step, Work,
};

/// Checks every template.
pub(super) fn templates(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let mut names = Names::of(recipe, found);
    let stages = recipe.stages.values();
    let hosts = recipe.hosts.values();
    let roots = stages.clone().map(|stage| &stage.root).chain(hosts.map(|host| &host.root));
    for root in roots.chain([&recipe.root]).flatten() {
        names.data(root, Extra::Root);
    }
    let env = stages.map(|stage| &stage.env).chain([&recipe.env]);
    let env = env.chain(recipe.steps.values().map(|step| &step.env));
    let env = env.flat_map(|env| &env.variables).map(|(_, value)| value);
    for template in recipe.state_dir.iter().chain(env) {
        names.data(template, Extra::None);
    }
    site(&mut names, recipe);
    layout(&mut names, recipe);
    for step in recipe.steps.values() {
        commands(&mut names, step);
        data(&mut names, step);
    }
    for entry in recipe.pipelines.values().flat_map(|pipeline| &pipeline.entries) {
        if let Some(when) = &entry.when {
            names.command(when, None);
        }
    }
}

fn site(names: &mut Names<'_>, recipe: &Recipe) {
    for stage in recipe.stages.values() {
        if let Some(source) = &stage.source {
            for template in [&source.repository].into_iter().chain(&source.reference) {
                names.data(template, Extra::None);
            }
        }
        if let Some(maintenance) = &stage.maintenance {
            page(names, maintenance);
        }
    }
    for notify in &recipe.notify {
        for template in [&notify.url].into_iter().chain(&notify.body) {
            names.data(template, Extra::Event);
        }
    }
}

fn page(names: &mut Names<'_>, maintenance: &Maintenance) {
    let probe = maintenance.probe.iter();
    let probed = probe.flat_map(|probe| {
        let headers = probe.headers.iter().map(|(_, value)| value);
        [&probe.url].into_iter().chain(&probe.host).chain(headers)
    });
    for template in [&maintenance.path].into_iter().chain(&maintenance.bypass).chain(probed) {
        names.data(template, Extra::None);
    }
    if let Some(hits) = &maintenance.hits {
        names.command(hits, None);
    }
}

fn layout(names: &mut Names<'_>, recipe: &Recipe) {
    let Some(layout) = &recipe.layout else { return };
    match &layout.kind {
        LayoutKind::Slots(slots) => {
            let data = [&slots.path, &slots.live.link, &slots.live.target];
            for template in data.into_iter().chain(&slots.record) {
                names.data(template, Extra::None);
            }
            names.command(&slots.switch, None);
        }
        LayoutKind::Releases { .. } | LayoutKind::InPlace { .. } => {}
    }
}

fn commands(names: &mut Names<'_>, step: &Step) {
    let condition = step.condition.as_ref().map(Condition::command);
    let single = step.run().into_iter().chain(&step.undo).chain(condition);
    let single = single.chain(&step.pending).chain(&step.verify).chain(&step.pids);
    for command in single.chain(&step.check).chain(&step.inspect) {
        names.command(command, None);
    }
    if let Some(items) = step.items() {
        names.command(&items.list, None);
        for command in [&items.run].into_iter().chain(&items.undo).chain(&items.preview) {
            names.command(command, Some(items));
        }
    }
}

fn data(names: &mut Names<'_>, step: &Step) {
    let upload = match &step.work {
        Work::Upload(upload) => Some(&upload.to),
        Work::Run(_) | Work::Items(_) | Work::Both(..) | Work::BuiltIn(_) | Work::Ask => None,
    };
    let confirm = step.confirm.before.iter().chain(&step.confirm.after);
    for template in step.cwd.iter().chain(upload).chain(&step.outputs).chain(confirm) {
        names.data(template, Extra::None);
    }
    if let Some(health) = &step.health {
        self::health(names, health);
    }
}

fn health(names: &mut Names<'_>, health: &Health) {
    let (one, other) = match &health.at {
        HealthAt::Url(url) => (url, None),
        HealthAt::Socket { socket, path } => (socket, path.as_ref()),
    };
    let headers = health.headers.iter().map(|(_, value)| value);
    for template in [one].into_iter().chain(other).chain(headers) {
        names.data(template, Extra::None);
    }
}
