//! What can be typed about a stage as a whole.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{
    super::args::{Format, How},
    until::Until,
};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Verb {
    /// List the releases of every host, and which one it serves
    Releases(Listing),
    /// Serve an earlier release again; default: the one before
    Rollback(Rollback),
    /// What every host serves, whether visitors get it, and what is odd
    Status(Listing),
    /// The page that visitors get while the application cannot serve them
    Maintenance(Maintenance),
    /// Keep everybody else from changing the stage
    Lock(Lock),
    /// Let others change the stage again
    Unlock(Unlock),
    /// Remove old releases
    Prune(Prune),
    /// Look for everything that would stop a release
    Check(Check),
    /// Show every command of a pipeline, and what would be removed; changes nothing
    Plan(Plan),
}

impl Verb {
    /// Its name, where it writes: on hosts, or what is kept here.
    pub(in crate::cli) fn writes(&self) -> Option<&'static str> {
        match self {
            Self::Rollback(args) => (!args.how.dry_run).then_some("rollback"),
            Self::Maintenance(args) => match args.what {
                Page::On(_) => Some("maintenance on"),
                Page::Off(_) => Some("maintenance off"),
                Page::Status(_) | Page::Snippet { .. } => None,
            },
            Self::Lock(_) => Some("lock"),
            Self::Unlock(_) => Some("unlock"),
            Self::Prune(_) => Some("prune"),
            // It tries out what can be made there, and takes that away again.
            Self::Check(_) => Some("check"),
            Self::Releases(_) | Self::Status(_) | Self::Plan(_) => None,
        }
    }

    /// How a stream of events is written; a single document is no stream.
    pub(in crate::cli) fn stream(&self) -> Format {
        match self {
            Self::Rollback(rollback) => rollback.how.stream(),
            Self::Prune(prune) => prune.output,
            Self::Releases(_)
            | Self::Status(_)
            | Self::Maintenance(_)
            | Self::Lock(_)
            | Self::Unlock(_)
            | Self::Check(_)
            | Self::Plan(_) => Format::Plain,
        }
    }
}

/// How it is told, and of which hosts.
#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Listing {
    /// How to report
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
    /// Only these hosts of the stage
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) hosts: Option<Vec<String>>,
    /// Only hosts with one of these roles
    #[arg(long, value_name = "R,S", value_delimiter = ',')]
    pub(super) roles: Option<Vec<String>>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Rollback {
    /// The release, as `deployui releases` lists it
    pub(super) release: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Maintenance {
    #[command(subcommand)]
    pub(super) what: Page,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Page {
    /// Put the page up
    On(On),
    /// Take the page down
    Off(Off),
    /// What visitors get, and who put the page up
    Status(Listing),
    /// Print what the web server needs, to be put into its configuration
    Snippet {
        /// The web server
        #[arg(value_enum)]
        server: Server,
        /// The host, where they do not all have the page in the same place
        #[arg(long, value_name = "HOST")]
        host: Option<String>,
    },
}

/// Web servers that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Server {
    Nginx,
    Apache,
    Caddy,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct On {
    /// Why; visitors read it
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Until when it is expected to last: HH:MM here, +20m, or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<Until>,
    #[command(flatten)]
    pub(super) listing: Listing,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Off {
    /// Also where someone else put it up
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) listing: Listing,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Lock {
    /// What for; whoever is kept off reads it
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    #[command(flatten)]
    pub(super) listing: Listing,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Unlock {
    /// Also where someone else, or a run, has it; what was there is written down on the hosts
    #[arg(long)]
    pub(super) force: bool,
    /// Why; it is written down with it
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    #[command(flatten)]
    pub(super) listing: Listing,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Prune {
    /// How to report
    #[arg(long, value_enum, default_value_t)]
    pub(super) output: Format,
    /// Only these hosts of the stage
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(super) hosts: Option<Vec<String>>,
    /// Do not ask whether to begin
    #[arg(long, short)]
    pub(super) yes: bool,
    /// The name of a protected stage, in place of typing it
    #[arg(long, value_name = "STAGE")]
    pub(super) confirm: Option<String>,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Check {
    /// The pipeline whose checks are made; default: deploy
    pub(super) pipeline: Option<String>,
    #[command(flatten)]
    pub(super) listing: Listing,
}

#[derive(Clone, Debug, ClapArgs)]
pub(in crate::cli) struct Plan {
    /// The pipeline; default: deploy
    pub(super) pipeline: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
}
