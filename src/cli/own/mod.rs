//! What the operator likes: config.toml and themes from the disk to what the console is told, and the
//! commands that show them.

mod read;
mod show;

use clap::{Args as ClapArgs, Subcommand};

pub(super) use read::Own;
pub(super) use show::{config, theme};

#[derive(Debug, ClapArgs)]
pub(super) struct ThemeArgs {
    #[command(subcommand)]
    what: ThemeVerb,
}

#[derive(Debug, Subcommand)]
enum ThemeVerb {
    /// List the themes, yours and those that come along
    List,
    /// Print the whole text of one
    Show {
        /// Its name
        name: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    what: ConfigVerb,
}

#[derive(Debug, Subcommand)]
enum ConfigVerb {
    /// Print every key of config.toml and of themes, and every action that can have other keys, in
    /// Markdown
    Docs,
    /// Read config.toml and the themes that it names, and say what is wrong with them
    Check,
}
