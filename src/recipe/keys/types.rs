//! The tables and types of the keys.

/// A table of the recipe that has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::recipe) enum Table {
    /// The file itself.
    Root,
    /// `[source]`
    Source,
    /// `[layout]`
    Layout,
    /// `[layout.live]`
    Live,
    /// One of `layout.shared_dirs` and `layout.shared_files`.
    Shared,
    /// `[maintenance]`
    Maintenance,
    /// `[maintenance.probe]`
    Probe,
    /// `[secrets.NAME]`
    Secret,
    /// `[params.NAME]` of a recipe.
    Param,
    /// `[[notify]]`
    Notify,
    /// `[stages.NAME]`
    Stage,
    /// `hosts` of a stage, as a command.
    Inventory,
    /// `[hosts.NAME]`
    Host,
    /// `[steps.NAME]`
    Step,
    /// `[steps.NAME.items]`
    Items,
    /// `[steps.NAME.health]`
    Health,
    /// `[steps.NAME.upload]`
    Upload,
    /// `[steps.NAME.confirm]`
    Confirm,
    /// A group in a pipeline.
    Group,
    /// The operator's own config.toml.
    Config,
    /// `[theme]` of config.toml: one for each ground.
    Grounds,
    /// A theme.
    Theme,
    /// `[styles]` of a theme.
    Styles,
    /// One style of a theme.
    Look,
    /// `[ansi]` of a theme.
    Ansi,
}

impl Table {
    /// The tables of config.toml, in the order of its reference.
    pub(in crate::recipe) const OF_CONFIG: [Self; 2] = [Self::Config, Self::Grounds];

    /// The tables of a theme, in the order of its reference.
    pub(in crate::recipe) const OF_THEME: [Self; 4] =
        [Self::Theme, Self::Styles, Self::Look, Self::Ansi];

    /// The tables of a file that this one is in.
    pub(in crate::recipe) fn siblings(self) -> &'static [Self] {
        match self {
            Self::Config | Self::Grounds => &Self::OF_CONFIG,
            Self::Theme | Self::Styles | Self::Look | Self::Ansi => &Self::OF_THEME,
            Self::Root
            | Self::Source
            | Self::Layout
            | Self::Live
            | Self::Shared
            | Self::Maintenance
            | Self::Probe
            | Self::Secret
            | Self::Param
            | Self::Notify
            | Self::Stage
            | Self::Inventory
            | Self::Host
            | Self::Step
            | Self::Items
            | Self::Health
            | Self::Upload
            | Self::Confirm
            | Self::Group => &Self::ALL,
        }
    }

    /// All tables of deploy.toml and of recipes, in the order of the reference.
    pub(in crate::recipe) const ALL: [Self; 19] = [
        Self::Root,
        Self::Source,
        Self::Layout,
        Self::Live,
        Self::Shared,
        Self::Maintenance,
        Self::Probe,
        Self::Secret,
        Self::Param,
        Self::Notify,
        Self::Stage,
        Self::Inventory,
        Self::Host,
        Self::Step,
        Self::Items,
        Self::Health,
        Self::Upload,
        Self::Confirm,
        Self::Group,
    ];

    /// How the table is called in messages.
    pub(in crate::recipe) fn shown(self) -> &'static str {
        match self {
            Self::Root => "deploy.toml",
            Self::Source => "the source",
            Self::Layout => "the layout",
            Self::Live => "the live link of the layout",
            Self::Shared => "a shared path",
            Self::Maintenance => "the maintenance",
            Self::Probe => "the probe",
            Self::Secret => "a secret",
            Self::Param => "a param",
            Self::Notify => "a notification",
            Self::Stage => "a stage",
            Self::Inventory => "an inventory",
            Self::Host => "a host",
            Self::Step => "a step",
            Self::Items => "the items of a step",
            Self::Health => "the health of a step",
            Self::Upload => "the upload of a step",
            Self::Confirm => "the confirmation of a step",
            Self::Group => "a group",
            Self::Config => "config.toml",
            Self::Grounds => "the themes for light and dark",
            Self::Theme => "a theme",
            Self::Styles => "the styles of a theme",
            Self::Look => "a style",
            Self::Ansi => "the colours of output",
        }
    }

    /// How the table is written.
    pub(in crate::recipe) fn written(self) -> &'static str {
        match self {
            Self::Root => "The file itself",
            Self::Source => "[source]",
            Self::Layout => "[layout]",
            Self::Live => "[layout.live]",
            Self::Shared => "An entry of layout.shared_dirs and layout.shared_files",
            Self::Maintenance => "[maintenance]",
            Self::Probe => "[maintenance.probe]",
            Self::Secret => "[secrets.NAME]",
            Self::Param => "[params.NAME] in a recipe",
            Self::Notify => "[[notify]]",
            Self::Stage => "[stages.NAME]",
            Self::Inventory => "[stages.NAME.hosts] as a command",
            Self::Host => "[hosts.NAME]",
            Self::Step => "[steps.NAME]",
            Self::Items => "[steps.NAME.items]",
            Self::Health => "[steps.NAME.health]",
            Self::Upload => "[steps.NAME.upload]",
            Self::Confirm => "[steps.NAME.confirm]",
            Self::Group => "A group in a pipeline",
            Self::Config | Self::Theme => "The file itself",
            Self::Grounds => "[theme], to go by the ground of the terminal",
            Self::Styles => "[styles]",
            Self::Look => "A style as a table",
            Self::Ansi => "[ansi]",
        }
    }

    /// How the schema calls it.
    pub(in crate::recipe) fn id(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Source => "source",
            Self::Layout => "layout",
            Self::Live => "live",
            Self::Shared => "shared",
            Self::Maintenance => "maintenance",
            Self::Probe => "probe",
            Self::Secret => "secret",
            Self::Param => "param",
            Self::Notify => "notify",
            Self::Stage => "stage",
            Self::Inventory => "inventory",
            Self::Host => "host",
            Self::Step => "step",
            Self::Items => "items",
            Self::Health => "health",
            Self::Upload => "upload",
            Self::Confirm => "confirm",
            Self::Group => "group",
            Self::Config => "config",
            Self::Grounds => "grounds",
            Self::Theme => "theme",
            Self::Styles => "styles",
            Self::Look => "look",
            Self::Ansi => "ansi",
        }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::recipe) enum Type {
    /// A string without templates.
    Text,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A length of time: `"90s"`, `"10m"`, `"2h"`.
    Duration,
    /// A file on the operator's machine; a relative one from the file that says it.
    File,
    /// A string in which `{{ ... }}` is replaced.
    Template,
    /// A shell command in which `{{ ... }}` is replaced by quoted words.
    Command,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A whole number, or a share such as `"25%"`.
    Share,
    /// Any value.
    Any,
    /// An array.
    List(&'static Self),
    /// One or the other.
    Either(&'static Self, &'static Self),
    /// A table of free values.
    Values,
    /// A table of environment variables.
    Env,
    /// A table of headers of a request.
    Headers,
    /// A table with keys of its own.
    One(Table),
    /// Any number of named tables with keys of their own.
    Named(Table),
    /// The same, each of which can be switched off by `false`.
    Steps,
    /// Any number of named values of a type.
    Each(&'static Self),
    /// In a recipe named declarations, in deploy.toml named values.
    Params,
    /// Named arrays of steps and groups.
    Pipelines,
}

impl Type {
    /// The type in words.
    pub(in crate::recipe) fn shown(self) -> String {
        match self {
            Self::Text | Self::File | Self::Template | Self::Command => "a string".to_owned(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                words.join(" or ")
            }
            Self::Duration => "a string such as \"90s\", \"10m\" or \"2h\"".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Count => "a whole number from 0 to 65535".to_owned(),
            Self::Share => "a whole number or a share such as \"25%\"".to_owned(),
            Self::Any => "any value".to_owned(),
            Self::List(of) => match of {
                Self::Text | Self::File | Self::Template | Self::Command | Self::Choice(_) => {
                    "an array of strings".to_owned()
                }
                Self::One(_) => "an array of tables".to_owned(),
                Self::Either(..)
                | Self::Duration
                | Self::Flag
                | Self::Count
                | Self::Share
                | Self::Any
                | Self::List(_)
                | Self::Values
                | Self::Env
                | Self::Headers
                | Self::Named(_)
                | Self::Steps
                | Self::Each(_)
                | Self::Params
                | Self::Pipelines => format!("an array; each is {}", of.shown()),
            },
            Self::Either(one, other) => format!("{}, or {}", one.shown(), other.shown()),
            Self::Values
            | Self::Env
            | Self::Headers
            | Self::One(_)
            | Self::Named(_)
            | Self::Steps
            | Self::Each(_)
            | Self::Params
            | Self::Pipelines => "a table".to_owned(),
        }
    }
}
