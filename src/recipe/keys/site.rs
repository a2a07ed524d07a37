//! Keys of the file itself and of what there is around steps.

use super::{Key, Table, Type, key};

const NAMES: Type = Type::List(&Type::Text);
const SHARED_PATHS: Type = Type::List(&Type::Either(&Type::Text, &Type::One(Table::Shared)));

pub(super) const ROOT: &[Key] = &[
    key("app", Type::Text, "Name of the application.", ""),
    key("recipe", Type::Text, "The recipe that this file builds on: the name of a shipped one, or a path with a `/`.", ""),
    key("root", Type::Template, "Directory of the application on the hosts, absolute.", ""),
    key("state_dir", Type::Template, "Directory for deployui's own state on the hosts; must be on a local filesystem.", "ROOT/.deployui, without a root ~/.deployui/APP"),
    key("params", Type::Params, "In deploy.toml: what the recipe asks for, as NAME = value. In a recipe: what it asks for.", "{}"),
    key("vars", Type::Values, "Free values, used as {{ vars.NAME }}.", "{}"),
    key("env", Type::Env, "Environment of every step; `umask` is its file mode mask.", "{ umask = \"022\" }"),
    key("source", Type::One(Table::Source), "Where the code comes from.", ""),
    key("layout", Type::One(Table::Layout), "How releases lie on a host.", "no releases, only steps"),
    key("maintenance", Type::One(Table::Maintenance), "The page that visitors see meanwhile.", ""),
    key("secrets", Type::Named(Table::Secret), "Values that reach steps as environment only, never a command line or a screen.", "{}"),
    key("stages", Type::Named(Table::Stage), "The environments that can be released to.", ""),
    key("hosts", Type::Named(Table::Host), "The machines.", ""),
    key("steps", Type::Steps, "What can be done; `NAME = false` removes a step everywhere.", "{}"),
    key("pipelines", Type::Pipelines, "Named lists of steps and groups.", "rollback = publish, what follows it, verify"),
    key("notify", Type::List(&Type::One(Table::Notify)), "Webhooks.", "[]"),
];

pub(super) const SOURCE: &[Key] = &[
    key("repository", Type::Template, "The repository, as git names it.", ""),
    key("ref", Type::Template, "Branch, tag or commit; resolved once for all hosts.", "the repository's HEAD"),
    key("via", Type::Choice(&["host", "operator"]), "Who fetches: each host into a mirror there, or the operator's machine for all of them.", "\"host\""),
];

pub(super) const LAYOUT: &[Key] = &[
    key("kind", Type::Choice(&["releases", "slots", "in-place"]), "Dated directories with a link, two copies behind a switch, or one working copy.", "\"releases\""),
    key("roles", NAMES, "Hosts that carry releases; steps that name no hosts run there.", "all hosts"),
    key("code", Type::Text, "Where the checkout lies inside a release; `.` for the release itself.", "\".\""),
    key("shared_dirs", SHARED_PATHS, "Directories that outlive a release, linked into it from ROOT/shared.", "[]"),
    key("shared_files", SHARED_PATHS, "Files that outlive a release, linked into it from ROOT/shared.", "[]"),
    key("keep", Type::Count, "How many good releases are kept; served, previous and used ones always are.", "5"),
    key("releases", Type::Text, "Kind releases: their directory below the root; `.` for the root itself.", "\"releases\""),
    key("name", Type::Text, "Kind releases: their names, for strftime in UTC, year to second.", "\"%Y%m%d%H%M%S\""),
    key("current", Type::Text, "Kind releases: the link to the served release, below the root.", "\"current\""),
    key("previous", Type::Text, "Kind releases: a link to the release that was served before, below the root.", "no such link"),
    key("names", NAMES, "Kind slots: the two copies.", "[\"A\", \"B\"]"),
    key("path", Type::Template, "Kind slots: the directory of a copy, with {{ slot }}. In-place: the working copy.", ""),
    key("live", Type::One(Table::Live), "Kind slots: the link that says which copy is served.", ""),
    key("switch", Type::Command, "Kind slots: makes {{ slot }} the served copy.", ""),
    key("record", Type::Template, "Kind slots: a file that is told the served copy; it is never believed.", ""),
    key("keep_dirty", NAMES, "Kind in-place: files that may differ from the commit.", "[]"),
];

pub(super) const LIVE: &[Key] = &[
    key("link", Type::Template, "The link that the web server reads.", ""),
    key("target", Type::Template, "Where it leads when {{ slot }} is served.", ""),
];

pub(super) const SHARED: &[Key] = &[
    key("at", Type::Text, "Where it is linked, inside the checkout.", ""),
    key("from", Type::Text, "Where it lies, below ROOT/shared.", "the same as `at`"),
];

pub(super) const MAINTENANCE: &[Key] = &[
    key("page", Type::File, "Template of the page: reason, until, since, by and app are inserted, escaped for HTML.", "a built-in page"),
    key("path", Type::Template, "Where the page is put, on the hosts.", ""),
    key("roles", NAMES, "Hosts that have the page.", "all hosts"),
    key("probe", Type::One(Table::Probe), "How a visitor is imitated, to see what visitors get.", "no probe: maintenance is unknown"),
    key("hits", Type::Command, "Prints how many visitors were turned away.", ""),
    key("enter", NAMES, "Steps done once the page is up.", "[]"),
    key("leave", NAMES, "Steps done before it is taken down.", "[]"),
    key("bypass", Type::Template, "What a request carries to be let past the page: {{ maintenance.bypass }}.", ""),
];

pub(super) const PROBE: &[Key] = &[
    key("url", Type::Template, "What is asked for, as the host sees it.", ""),
    key("host", Type::Template, "The Host header.", "the URL's"),
    key("headers", Type::Headers, "More headers.", "{}"),
];

pub(super) const SECRET: &[Key] = &[
    key("command", Type::Text, "A command on the operator's machine prints it; no templates.", ""),
    key("env", Type::Text, "An environment variable here has it.", ""),
    key("file", Type::File, "A file here holds it.", ""),
    key("prompt", Type::Either(&Type::Flag, &Type::Text), "You are asked for it: true, or the question.", ""),
];

pub(super) const PARAM: &[Key] = &[
    key("about", Type::Text, "What it is, in a line.", ""),
    key("default", Type::Any, "What holds when the project does not say.", ""),
    key("required", Type::Flag, "true: the project must say.", "false"),
];

pub(super) const NOTIFY: &[Key] = &[
    key("on", Type::List(&Type::Choice(&["started", "failed", "finished"])), "When it is called.", "[\"finished\"]"),
    key("url", Type::Template, "What is called, by POST.", ""),
    key("body", Type::Template, "What is sent; knows also {{ event }} and {{ outcome }}.", "a small JSON document"),
];

pub(super) const STAGE: &[Key] = &[
    key("hosts", Type::Either(&NAMES, &Type::One(Table::Inventory)), "Names of its hosts, in the order in which they are worked on, or a command.", ""),
    key("protected", Type::Flag, "Whether changing it needs its name typed.", "false"),
    key("root", Type::Template, "The root in this stage.", "the recipe's"),
    key("vars", Type::Values, "Values of this stage, over the recipe's.", "{}"),
    key("env", Type::Env, "Environment in this stage, over the recipe's.", "{}"),
    key("source", Type::One(Table::Source), "The source, over the recipe's.", ""),
    key("secrets", Type::Named(Table::Secret), "Secrets of this stage, over the others.", "{}"),
    key("maintenance", Type::One(Table::Maintenance), "Maintenance in this stage, over the recipe's.", ""),
];

pub(super) const INVENTORY: &[Key] = &[key(
    "command",
    Type::Text,
    "Prints the hosts as a JSON array of names or of {name, address, roles, root, vars}; runs on the operator's machine, no templates.",
    "",
)];

pub(super) const HOST: &[Key] = &[
    key("address", Type::Text, "Where it is, as [user@]host[:port], resolved as ssh would.", "its name"),
    key("roles", NAMES, "What it is for.", "[]"),
    key("root", Type::Template, "The root on this host.", "the stage's"),
    key("vars", Type::Values, "Values of this host, over the stage's.", "{}"),
];
