//! deploy.toml from the disk to a plan, and a plan to its hosts.

use std::{
    fs::{File, FileType},
    io::{self, Read as _},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::OFlags;

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
    say,
};
use crate::{
    driver::{Fleet, FleetSettings},
    model::{Host, HostId, Plan, RunId},
    plan::{self, Request},
    recipe::{Diagnostic, Recipe},
    remote::{Ask, Limits, Pacer, local::Local, ssh::Connector},
    store::{Dirty, Store},
};

/// A file of more than this was not written by a person.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// Reads and checks the project's file. Warnings are told.
pub(super) fn recipe(global: &Global) -> Result<Recipe, Stop> {
    let (recipe, warnings) = quietly(global)?;
    tell(&warnings);
    Ok(recipe)
}

/// As [`recipe`]; warnings come back.
pub(super) fn quietly(global: &Global) -> Result<(Recipe, Vec<Diagnostic>), Stop> {
    let path = &global.config;
    let text = read(path)?;
    let shown = path.display().to_string();
    let load = |path: &str| bounded(Path::new(path)).map_err(|error| error.to_string());
    Recipe::parse(&shown, &text, &load).map_err(|found| faults(&found))
}

fn read(path: &Path) -> Result<String, Stop> {
    bounded(path).map_err(|error| {
        Stop::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
            .hint("name the project's file with --config FILE")
    })
}

/// The text of a file that a person wrote: a recipe, config.toml, a theme. Nothing that could be waited for
/// is read, since nobody may be there to end it.
pub(super) fn bounded(path: &Path) -> io::Result<String> {
    let no_wait = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = File::options().read(true).custom_flags(no_wait).open(path)?;
    let there = file.metadata()?;
    // /dev/null is an empty one.
    if !there.is_file() && !there.file_type().is_char_device() {
        let message = format!("it is {}, not a file", kind(there.file_type()));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut text = String::new();
    let read = file.take(TEXT_BYTES_MAX + 1).read_to_string(&mut text)?;
    if read as u64 > TEXT_BYTES_MAX {
        let size = there.len().max(read as u64);
        let message = format!("it has {size} bytes, and at most {TEXT_BYTES_MAX} are read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}

fn kind(of: FileType) -> &'static str {
    if of.is_dir() {
        "a directory"
    } else if of.is_fifo() {
        "a FIFO"
    } else if of.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// Builds the plan of a pipeline. Warnings are told.
pub(super) fn plan(recipe: &Recipe, request: &Request) -> Result<Plan, Stop> {
    let planned = plan::build(recipe, request).map_err(|found| faults(&found))?;
    tell(&planned.warnings);
    Ok(planned.plan)
}

/// All faults at once. Where all of them lie with what the hosts have, nothing was asked wrongly.
pub(super) fn faults(found: &[Diagnostic]) -> Stop {
    let errors = found.iter().map(|fault| fault.render(false)).collect();
    let of_hosts = !found.is_empty() && found.iter().all(|fault| fault.of_hosts);
    let exit = if of_hosts { Exit::Refused } else { Exit::Usage };
    Stop { exit, errors, hints: Vec::new() }
}

/// Tells warnings, with their places.
pub(super) fn tell(warnings: &[Diagnostic]) {
    for warning in warnings {
        say::err(&warning.render(false));
    }
}

/// A file that the recipe names: relative to the project's file.
pub(super) fn beside(global: &Global, file: &str) -> PathBuf {
    global.config.parent().unwrap_or(Path::new("")).join(file)
}

/// The directory of the project's file, absolute; the home directory where that cannot be told.
fn project(around: &Surroundings, global: &Global) -> PathBuf {
    // It fails where there is no working directory any more: then the home directory it is, as it is said above.
    let file = std::path::absolute(&global.config).ok();
    let dir = file.as_deref().and_then(Path::parent).map(Path::to_owned);
    dir.filter(|dir| dir.is_dir()).unwrap_or_else(|| around.environment.home.clone())
}

/// The hosts of a plan with their ids.
pub(super) fn hosts(plan: &Plan) -> Vec<(HostId, Host)> {
    plan.host_ids().map(|(id, host)| (id, host.clone())).collect()
}

/// Begins to connect the hosts of a run; `begun`: of one that is taken up.
pub(super) fn fleet(
    around: &Surroundings,
    global: &Global,
    run_on: (&RunId, &[(HostId, Host)]),
    ask: Arc<dyn Ask>,
    dirty: Dirty,
    begun: bool,
) -> Fleet {
    fleet_by(around, global, run_on, connector(around, ask), dirty, begun)
}

/// What makes connections. It keeps the keys that were unlocked: who connects again uses the same.
pub(super) fn connector(around: &Surroundings, ask: Arc<dyn Ask>) -> Arc<Connector> {
    let environment = around.environment.clone();
    Arc::new(Connector::new(environment, Limits::default(), ask, Pacer::default()))
}

/// As [`fleet`], by what has made connections before.
pub(super) fn fleet_by(
    around: &Surroundings,
    global: &Global,
    (run, hosts): (&RunId, &[(HostId, Host)]),
    connector: Arc<Connector>,
    dirty: Dirty,
    begun: bool,
) -> Fleet {
    let settings = settings(around, global, around.store.clone(), (connector, dirty));
    Fleet::start(run, hosts, settings, begun)
}

/// What the hosts of a fleet share.
pub(super) fn settings(
    around: &Surroundings,
    global: &Global,
    store: Store,
    (connector, dirty): (Arc<Connector>, Dirty),
) -> FleetSettings {
    let home = around.environment.home.clone();
    FleetSettings {
        http: Arc::default(),
        store,
        dirty,
        connector,
        project: project(around, global),
        local: Arc::new(Local::new(around.environment.clone(), home)),
        looks: around.glances,
        ssh_config: global.ssh_config.clone(),
    }
}
