//! What deployui tells of itself, without a project and without a host: recipes, keys, its own
//! command line.

use clap::{Args as ClapArgs, CommandFactory as _, Subcommand};
use clap_complete::Shell;
use serde_json::json;

use super::{
    args::{Args, Format},
    exit::{Exit, Stop},
    say,
    table::table,
};
use crate::recipe::{self, Param, Shipped};

const NAME: &str = "deployui";

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// The recipes that come with deployui, and the keys of deploy.toml
    Recipe(Recipe),
    /// Print the JSON Schema of deploy.toml, for editors
    Schema,
    /// Print the completions for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Recipe {
    #[command(subcommand)]
    what: RecipeVerb,
}

#[derive(Debug, Subcommand)]
enum RecipeVerb {
    /// List the recipes that come along
    List {
        /// How to list
        #[arg(long, value_enum, default_value_t)]
        output: Format,
    },
    /// Print the whole text of one
    Show {
        /// Its name
        name: String,
    },
    /// Print every key of deploy.toml, in Markdown
    Docs,
}

/// Tells it.
pub(super) fn tell(verb: &Verb) -> Result<Exit, Stop> {
    match verb {
        Verb::Recipe(Recipe { what: RecipeVerb::List { output } }) => list(*output),
        Verb::Recipe(Recipe { what: RecipeVerb::Show { name } }) => show(name)?,
        Verb::Recipe(Recipe { what: RecipeVerb::Docs }) => {
            say::raw(recipe::reference().as_bytes());
        }
        Verb::Schema => say::out(&format!("{:#}", recipe::schema())),
        Verb::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), NAME, &mut text);
            say::raw(&text);
        }
        Verb::Man => man()?,
    }
    Ok(Exit::Done)
}

fn list(output: Format) {
    let shipped = recipe::shipped();
    match output {
        Format::Plain => {
            let row = |it: &Shipped| vec![it.name.to_owned(), it.about.to_owned()];
            let rows: Vec<_> = shipped.iter().map(row).collect();
            table(&rows).iter().for_each(|line| say::out(line));
        }
        Format::Json => {
            let param =
                |it: &Param| json!({ "name": it.name, "about": it.about, "default": it.default });
            let one = |it: &Shipped| {
                let params: Vec<_> = it.params.iter().map(param).collect();
                json!({ "name": it.name, "about": it.about, "params": params })
            };
            let recipes: Vec<_> = shipped.iter().map(one).collect();
            say::out(&json!({ "format": 1, "recipes": recipes }).to_string());
        }
    }
}

fn show(name: &str) -> Result<(), Stop> {
    let shipped = recipe::shipped();
    let Some(found) = shipped.iter().find(|it| it.name == name) else {
        let names: Vec<&str> = shipped.iter().map(|it| it.name).collect();
        let message = format!("there is no recipe `{}`", name.escape_debug());
        return Err(Stop::new(Exit::Usage, message).hint(format!("one of {}", names.join(", "))));
    };
    say::raw(found.text.as_bytes());
    Ok(())
}

fn man() -> Result<(), Stop> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Args::command());
    page.render(&mut text)
        .map_err(|error| Stop::new(Exit::Refused, format!("the manual page: {error}")))?;
    say::raw(&text);
    Ok(())
}
