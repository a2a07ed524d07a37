//! The command line: arguments in, exit code out. Everything is wired together here, and nothing
//! imports this module.

mod about;
mod args;
mod console;
mod debug_log;
mod demo;
mod emulator;
mod environment;
mod exec;
mod exit;
mod headless;
mod history;
mod ink;
mod load;
mod locking;
mod log;
mod own;
mod pace;
mod prepare;
mod prompt;
mod report;
mod resume;
mod say;
mod secrets;
mod signals;
mod site;
mod table;
mod terminal;
mod webhooks;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

use args::{Args, Verb};
use environment::Surroundings;
use exit::{Exit, Stop};

/// The pipeline that is meant where none is said.
const DEPLOY: &str = "deploy";

/// Runs the program with these arguments; the name it was called by comes first.
#[must_use]
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no errors; clap knows which is which.
            let usage = error.use_stderr();
            drop(error.print());
            return if usage { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let json = args.verb.as_ref().is_some_and(Verb::streams_json);
    match dispatch(args) {
        Ok(exit) => exit.into(),
        Err(stop) => {
            report::refusal(&stop, json);
            stop.exit.into()
        }
    }
}

fn dispatch(args: Args) -> Result<Exit, Stop> {
    if let Some(Verb::About(about)) = &args.verb {
        return about::tell(about);
    }
    if let Some(name) = args.verb.as_ref().and_then(Verb::writes).filter(|_| args.global.read_only)
    {
        let what = format!("`deployui {name}` writes on hosts, and --read-only only looks");
        return Err(Stop::new(Exit::Usage, what)
            .hint("leave --read-only out; `deployui --read-only` watches an open run"));
    }
    let mut around = Surroundings::read(&args.global)?;
    around.glances |= args.verb.as_ref().is_some_and(Verb::glances);
    if around.looks.seven_bit {
        say::in_seven_bit();
    }
    let _log = debug_log::begin(&around, args.global.verbose);
    if terminal::mend(&around.marks, around.dumb) {
        say::err("note: the console on this terminal was killed; the terminal is repaired");
    }
    match args.verb {
        None => with_runtime(console::open(&around, &args.global)),
        Some(Verb::Run(run)) => with_runtime(headless::run(&around, &args.global, &run)),
        Some(Verb::Deploy(deploy)) => {
            with_runtime(headless::run(&around, &args.global, &deploy.into()))
        }
        Some(Verb::Resume(resume)) => with_runtime(resume::resume(&around, &args.global, &resume)),
        Some(Verb::Exec(exec)) => with_runtime(exec::exec(&around, &args.global, &exec)),
        Some(Verb::Runs(runs)) => history::runs(&around, &runs),
        Some(Verb::Demo) => with_runtime(demo::demo(around, &args.global)),
        Some(Verb::Log(log)) => log::log(&around, &log),
        Some(Verb::Site(verb)) => with_runtime(site::carry_out(&around, &args.global, &verb)),
        Some(Verb::Theme(theme)) => own::theme(&around, &args.global, &theme),
        Some(Verb::Config(config)) => own::config(&around, &args.global, &config),
        Some(Verb::About(about)) => about::tell(&about),
    }
}

fn with_runtime(work: impl Future<Output = Result<Exit, Stop>>) -> Result<Exit, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::new(Exit::Refused, format!("cannot start: {error}")))?;
    let before = prompt::Before::look();
    let result = runtime.block_on(work);
    // A prompt may still wait on the terminal in a thread of its own: do not wait for it.
    runtime.shutdown_background();
    before.restore();
    result
}
