//! The one table of keys: what may stand in a deploy.toml, of what type, since when. Decoding,
//! suggestions, the schema and the reference all read it.

/// A table of the recipe that has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The file itself.
    Root,
    /// `[stages.NAME]`
    Stage,
    /// `[hosts.NAME]`
    Host,
    /// `[steps.NAME]`
    Step,
    /// `[steps.NAME.items]`
    Items,
    /// A group in a pipeline.
    Group,
}

impl Table {
    /// How the table is called in messages.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::Root => "deploy.toml",
            Self::Stage => "a stage",
            Self::Host => "a host",
            Self::Step => "a step",
            Self::Items => "the items of a step",
            Self::Group => "a group",
        }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string without templates.
    Text,
    /// A string in which `{{ ... }}` is replaced.
    Template,
    /// A shell command in which `{{ ... }}` is replaced by quoted words.
    Command,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// An array of strings.
    Names,
    /// A table of free values.
    Values,
    /// A table of environment variables.
    Env,
    /// A whole number, or a share such as `"25%"`.
    Share,
    /// A table with keys of its own.
    One(Table),
    /// Any number of named tables with keys of their own.
    Named(Table),
    /// Named arrays of steps and groups.
    Pipelines,
    /// Not looked at in this version.
    Later,
}

impl Type {
    /// The type in words.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::Text | Self::Template | Self::Command => "a string",
            Self::Flag => "true or false",
            Self::Count => "a whole number from 0 to 65535",
            Self::Names => "an array of strings",
            Self::Values | Self::Env | Self::One(_) | Self::Named(_) | Self::Pipelines => "a table",
            Self::Share => "a whole number or a share such as \"25%\"",
            Self::Later => "not available in this version",
        }
    }
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The table that it stands in.
    pub table: Table,
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Type,
    /// What it does, in a line.
    pub about: &'static str,
    /// What holds without it; empty where nothing does.
    pub default: &'static str,
    /// The version that has it; `None` while it is reserved for a later one.
    pub since: Option<&'static str>,
}

/// Every key, by table, in the order of the reference.
pub const KEYS: &[Key] = &[
    key(Table::Root, "app", Type::Text, "Name of the application.", ""),
    key(
        Table::Root,
        "root",
        Type::Template,
        "Directory of the application on the hosts, absolute.",
        "",
    ),
    key(
        Table::Root,
        "state_dir",
        Type::Template,
        "Directory for deployui's own state on the hosts; must be on a local filesystem.",
        "ROOT/.deployui, without a root ~/.deployui/APP",
    ),
    key(Table::Root, "vars", Type::Values, "Free values, used as {{ vars.NAME }}.", "{}"),
    key(
        Table::Root,
        "env",
        Type::Env,
        "Environment of every step; `umask` is its file mode mask.",
        "{ umask = \"022\" }",
    ),
    key(
        Table::Root,
        "stages",
        Type::Named(Table::Stage),
        "The environments that can be released to.",
        "",
    ),
    key(Table::Root, "hosts", Type::Named(Table::Host), "The machines.", ""),
    key(
        Table::Root,
        "steps",
        Type::Named(Table::Step),
        "What can be done; `NAME = false` switches a step off.",
        "{}",
    ),
    key(Table::Root, "pipelines", Type::Pipelines, "Named lists of steps and groups.", "{}"),
    later(Table::Root, "recipe", "The recipe that this file builds on."),
    later(Table::Root, "source", "Where the code comes from."),
    later(Table::Root, "layout", "How releases lie on a host."),
    later(Table::Root, "maintenance", "The page that visitors see meanwhile."),
    later(Table::Root, "secrets", "Values that reach steps as environment only."),
    later(Table::Root, "params", "What a recipe asks of the project."),
    later(Table::Root, "notify", "Webhooks."),
    key(
        Table::Stage,
        "hosts",
        Type::Names,
        "Names of its hosts, in the order in which they are worked on.",
        "",
    ),
    key(
        Table::Stage,
        "protected",
        Type::Flag,
        "Whether changing it needs its name typed.",
        "false",
    ),
    key(Table::Stage, "root", Type::Template, "The root in this stage.", "the recipe's"),
    key(Table::Stage, "vars", Type::Values, "Values of this stage, over the recipe's.", "{}"),
    key(Table::Stage, "env", Type::Env, "Environment in this stage, over the recipe's.", "{}"),
    later(Table::Stage, "source", "The source in this stage."),
    later(Table::Stage, "secrets", "Secrets of this stage."),
    later(Table::Stage, "maintenance", "Maintenance in this stage."),
    key(
        Table::Host,
        "address",
        Type::Text,
        "Where it is, as [user@]host[:port], resolved as ssh would.",
        "its name",
    ),
    key(Table::Host, "roles", Type::Names, "What it is for.", "[]"),
    key(Table::Host, "root", Type::Template, "The root on this host.", "the stage's"),
    key(Table::Host, "vars", Type::Values, "Values of this host, over the stage's.", "{}"),
    key(Table::Step, "about", Type::Text, "What it does, in a line.", ""),
    key(Table::Step, "run", Type::Command, "The command, for sh with set -e.", ""),
    key(
        Table::Step,
        "cwd",
        Type::Template,
        "The directory that it runs in.",
        "the login directory",
    ),
    key(Table::Step, "env", Type::Env, "Its environment, over the stage's.", "{}"),
    key(
        Table::Step,
        "roles",
        Type::Names,
        "It runs on hosts that have one of these roles.",
        "all hosts",
    ),
    key(Table::Step, "hosts", Type::Names, "It runs on these hosts of the stage.", "all hosts"),
    key(Table::Step, "once", Type::Flag, "Only on the first such host, in stage order.", "false"),
    key(Table::Step, "local", Type::Flag, "On the operator's own machine.", "false"),
    key(Table::Step, "undo", Type::Command, "The command that takes it back.", ""),
    key(Table::Step, "when", Type::Command, "Run it only where this exits 0; 1 means no.", ""),
    key(Table::Step, "unless", Type::Command, "Run it only where this exits 1; 0 means no.", ""),
    key(
        Table::Step,
        "timeout",
        Type::Text,
        "After this long TERM, 10 s later KILL: \"90s\", \"10m\", \"2h\" or \"none\".",
        "\"none\"",
    ),
    key(Table::Step, "as", Type::Text, "The user to run as, through sudo -n.", "the login user"),
    key(
        Table::Step,
        "detaches",
        Type::Flag,
        "Whether it starts something that outlives it.",
        "false",
    ),
    key(
        Table::Step,
        "changes",
        Type::Text,
        "\"schema\": once begun, nothing is reverted without being asked.",
        "",
    ),
    key(Table::Step, "input", Type::Flag, "Whether it may be sent input.", "false"),
    key(Table::Step, "retry", Type::Count, "How often a failure is tried again by itself.", "0"),
    key(
        Table::Step,
        "items",
        Type::One(Table::Items),
        "One sub-step per line that the host lists.",
        "",
    ),
    later(Table::Step, "secrets", "Secrets that it gets as environment."),
    later(Table::Step, "pending", "Whether there is something to do."),
    later(Table::Step, "check", "Commands run before the first change of the run."),
    later(Table::Step, "inspect", "Evidence gathered when it fails."),
    later(Table::Step, "verify", "A command that proves what it did."),
    later(Table::Step, "uses", "The built-in step that it is."),
    later(Table::Step, "follows", "The step after which it runs, always."),
    later(Table::Step, "pids", "The processes that it restarts."),
    later(Table::Step, "health", "How its service answers."),
    later(Table::Step, "upload", "A file that it uploads."),
    later(Table::Step, "outputs", "What other hosts get from it."),
    later(Table::Step, "confirm", "A question before or after it."),
    later(Table::Step, "before", "The step that it goes before."),
    later(Table::Step, "after", "The step that it goes after."),
    later(Table::Step, "batch", "How many hosts at a time."),
    key(
        Table::Items,
        "list",
        Type::Command,
        "Lists what is to do, one per line, in order; read again before each.",
        "",
    ),
    key(
        Table::Items,
        "match",
        Type::Text,
        "A regular expression; named groups become {{ item.NAME }}.",
        "every line",
    ),
    key(Table::Items, "run", Type::Command, "Does one; {{ item }} is its line.", ""),
    key(Table::Items, "undo", Type::Command, "Takes one back.", ""),
    later(Table::Items, "preview", "Shows what one would do."),
    key(Table::Group, "steps", Type::Names, "Its steps, in order.", ""),
    key(
        Table::Group,
        "batch",
        Type::Share,
        "How many hosts go through the group at a time.",
        "all",
    ),
    later(Table::Group, "maintenance", "Whether the page is up meanwhile."),
    later(Table::Group, "when", "Run the group only where this exits 0."),
    later(Table::Group, "when_pending", "Open the scope only when a step has something to do."),
];

const fn key(
    table: Table,
    name: &'static str,
    kind: Type,
    about: &'static str,
    default: &'static str,
) -> Key {
    Key { table, name, kind, about, default, since: Some("0.1") }
}

const fn later(table: Table, name: &'static str, about: &'static str) -> Key {
    Key { table, name, kind: Type::Later, about, default: "", since: None }
}

/// The keys of one table.
pub fn of(table: Table) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.table == table)
}

/// The key of that name in a table.
#[must_use]
pub fn find(table: Table, name: &str) -> Option<&'static Key> {
    of(table).find(|key| key.name == name)
}
