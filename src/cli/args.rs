//! What can be typed.

use std::{path::PathBuf, time::Duration};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;

use super::{DEPLOY, about, own, site};
use crate::engine::Policy;

/// A console for releases on plain hosts over SSH.
///
/// Without a command: the console; without a terminal, the open run as plain lines, whoever drives it.
/// A step goes on without either; whatever is left open is taken up again with `deployui resume`.
#[derive(Debug, Parser)]
#[command(name = "deployui", version, max_term_width = 100)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
}

/// What every command takes.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Global {
    /// The stage; default: the only one
    #[arg(long, short, global = true, value_name = "STAGE")]
    pub(super) stage: Option<String>,
    /// The project's file
    #[arg(long, global = true, value_name = "FILE", default_value = "deploy.toml")]
    pub(super) config: PathBuf,
    /// An ssh_config to use instead of your own, as ssh's -F
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) ssh_config: Option<PathBuf>,
    /// Where journals and logs are kept; default: $XDG_STATE_HOME/deployui
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
    /// Only look: nothing is written on any host, and no lock is taken. An open run is watched
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Your own configuration; default: $DEPLOYUI_CONFIG, else $XDG_CONFIG_HOME/deployui/config.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) user_config: Option<PathBuf>,
    /// As if you had no configuration of your own: for when it has a fault and there is no time
    #[arg(long, global = true, conflicts_with = "user_config")]
    pub(super) no_user_config: bool,
    /// The theme, whatever config.toml says; `deployui theme list` shows all
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) theme: Option<String>,
    /// Nothing but ASCII on the terminal
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// The console as plain lines, for screen readers, braille and simple terminals: words are typed, choices
    /// have numbers, nothing is drawn. Needs a terminal, but no TERM
    #[arg(long, global = true)]
    pub(super) linear: bool,
    /// Write more into debug.log in the state directory
    #[arg(long, short, global = true)]
    pub(super) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Run a pipeline without the console
    Run(Run),
    /// Run the pipeline `deploy`
    Deploy(Deploy),
    /// Take up a run that was left open; default: the newest
    Resume(Resume),
    /// List the runs
    Runs(Listing),
    /// Show what the steps of a run printed
    Log(Log),
    /// Run a command on the hosts of the stage
    Exec(Exec),
    #[command(flatten)]
    Site(site::Verb),
    /// What the console looks like
    Theme(own::ThemeArgs),
    /// Your own configuration
    Config(own::ConfigArgs),
    #[command(flatten)]
    About(about::Verb),
    /// Try everything on three hosts that live in this program
    Demo,
}

impl Verb {
    /// Its name, where it writes something on a host.
    pub(super) fn writes(&self) -> Option<&'static str> {
        match self {
            Self::Run(run) => (!run.how.dry_run).then_some("run"),
            Self::Deploy(deploy) => (!deploy.how.dry_run).then_some("deploy"),
            Self::Resume(_) => Some("resume"),
            Self::Exec(_) => Some("exec"),
            Self::Site(verb) => verb.writes(),
            Self::Runs(_)
            | Self::Log(_)
            | Self::Theme(_)
            | Self::Config(_)
            | Self::About(_)
            | Self::Demo => None,
        }
    }

    /// Whether it only looks at hosts.
    pub(super) fn glances(&self) -> bool {
        self.writes().is_none()
    }

    /// Whether the command was asked for a stream of JSON events.
    pub(super) fn streams_json(&self) -> bool {
        let format = match self {
            Self::Run(run) => run.how.stream(),
            Self::Deploy(deploy) => deploy.how.stream(),
            Self::Resume(resume) => resume.output.unwrap_or_default(),
            Self::Exec(exec) => exec.output,
            Self::Site(verb) => verb.stream(),
            Self::Runs(_)
            | Self::Log(_)
            | Self::Theme(_)
            | Self::Config(_)
            | Self::About(_)
            | Self::Demo => Format::Plain,
        };
        format == Format::Json
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    #[default]
    Plain,
    /// JSON
    Json,
}

/// What a run is done with.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct How {
    /// How to report
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
    /// When a step fails: stop, undo, or retry=N
    #[arg(long, value_name = "POLICY", default_value = "stop", value_parser = policy)]
    pub(super) on_failure: Policy,
    /// Only these hosts of the stage
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) hosts: Option<Vec<String>>,
    /// Only hosts with one of these roles
    #[arg(long, value_name = "R,S", value_delimiter = ',')]
    pub(super) roles: Option<Vec<String>>,
    /// Leave a step out
    #[arg(long, value_name = "STEP")]
    pub(super) skip: Vec<String>,
    /// Begin at this step, with the newest release, if it is unfinished; those before it are taken as done
    #[arg(long, value_name = "STEP")]
    pub(super) from: Option<String>,
    /// How long to wait for a stage that someone else has locked: 90s, 10m, 1h
    #[arg(long, value_name = "DURATION", value_parser = wait)]
    pub(super) lock_wait: Option<Duration>,
    /// Set a value of [vars]
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) vars: Vec<(String, String)>,
    /// Do not ask whether to begin
    #[arg(long, short)]
    pub(super) yes: bool,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
    /// The branch, tag or commit to release; default: the one of the stage
    #[arg(long = "ref", value_name = "REF")]
    pub(super) reference: Option<String>,
    /// Why; visitors read it on the maintenance page
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Until when maintenance is expected to last: HH:MM here, +20m, or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<site::Until>,
    /// Only show what would be done, as `deployui plan`
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl How {
    /// How the stream of a run is written; a plan that is only shown is no stream.
    pub(super) fn stream(&self) -> Format {
        if self.dry_run { Format::Plain } else { self.output }
    }
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Run {
    /// The pipeline, as in [pipelines]
    pub(super) pipeline: String,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Deploy {
    #[command(flatten)]
    pub(super) how: How,
}

impl From<Deploy> for Run {
    fn from(deploy: Deploy) -> Self {
        Self { pipeline: DEPLOY.to_owned(), how: deploy.how }
    }
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Resume {
    /// The run: its id, the beginning or end of it, or the six letters that screens show
    pub(super) run: Option<String>,
    /// Report like this instead of opening the console (which a terminal gets otherwise)
    #[arg(long, value_enum)]
    pub(super) output: Option<Format>,
    /// When a step fails: stop, undo, or retry=N
    #[arg(long, value_name = "POLICY", default_value = "stop", value_parser = policy)]
    pub(super) on_failure: Policy,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Listing {
    /// How to list
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Log {
    /// The run: its id, the beginning or end of it, or the six letters that screens show
    pub(super) run: String,
    /// Only this step
    pub(super) step: Option<String>,
    /// Only this host
    pub(super) host: Option<String>,
    /// Every byte as it was printed, secrets hidden. Otherwise what a terminal would obey is left out or
    /// made visible, also in a pipe; colours are kept on a terminal
    #[arg(long)]
    pub(super) raw: bool,
    /// List the attempts as JSON instead of printing their logs
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Exec {
    /// How to report
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
    /// Only these hosts of the stage
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) hosts: Option<Vec<String>>,
    /// Only hosts with one of these roles
    #[arg(long, value_name = "R,S", value_delimiter = ',')]
    pub(super) roles: Option<Vec<String>>,
    /// Do not ask whether to begin
    #[arg(long, short)]
    pub(super) yes: bool,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
    /// The command, as typed into a shell; several words are joined by blanks, as ssh does
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(super) command: Vec<String>,
}

fn policy(text: &str) -> Result<Policy, String> {
    match text {
        "stop" => Ok(Policy::Stop),
        "undo" => Ok(Policy::Undo),
        _ => match text.strip_prefix("retry=").map(str::parse) {
            Some(Ok(times @ 1..)) => Ok(Policy::Retry(times)),
            Some(_) | None => Err("it is stop, undo, or retry=N with N from 1".to_owned()),
        },
    }
}

fn wait(text: &str) -> Result<Duration, String> {
    let long = text.parse::<SignedDuration>().ok().filter(SignedDuration::is_positive);
    let long = long.and_then(|long| Duration::try_from(long).ok());
    long.ok_or_else(|| "it is a time such as 90s, 10m or 1h30m".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err("it is NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn policies_are_read() {
        assert_eq!(policy("retry=3"), Ok(Policy::Retry(3)));
        assert_eq!(policy("undo"), Ok(Policy::Undo));
        assert!(policy("retry=0").is_err());
        assert!(policy("retry=").is_err());
        assert!(policy("go-on").is_err());
    }
}
