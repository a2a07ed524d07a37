//! Keys of steps and pipelines.

use super::{Key, Table, Type, key};

const COMMANDS: Type = Type::Either(&Type::Command, &Type::List(&Type::Command));
const NAMES: Type = Type::List(&Type::Text);

pub(super) const STEP: &[Key] = &[
    key("about", Type::Text, "What it does, in a line.", ""),
    key("run", Type::Command, "The command, for sh with set -e.", ""),
    key("uses", Type::Choice(&["release", "fetch", "link", "publish", "verify", "prune", "upload"]), "The built-in step that it is, under another name.", "the one of its name"),
    key("cwd", Type::Template, "The directory that it runs in.", "the login directory"),
    key("env", Type::Env, "Its environment, over the stage's.", "{}"),
    key("secrets", NAMES, "Secrets that it gets as environment.", "[]"),
    key("roles", NAMES, "It runs on hosts that have one of these roles.", "the layout's"),
    key("hosts", NAMES, "It runs on these hosts of the stage.", "all hosts"),
    key("once", Type::Flag, "Only on the first such host, in stage order.", "false"),
    key("local", Type::Flag, "On the operator's own machine.", "false"),
    key("batch", Type::Share, "How many hosts do it at a time.", "all"),
    key("as", Type::Text, "The user to run as, through sudo -n.", "the login user"),
    key("when", Type::Command, "Run it only where this exits 0; 1 means no.", ""),
    key("unless", Type::Command, "Run it only where this exits 1; 0 means no.", ""),
    key("pending", Type::Command, "Exits 0 when there is something to do, 1 when not.", "what the items list, else always"),
    key("check", COMMANDS, "Read-only commands, run on its hosts before the first change of the run.", "[]"),
    key("confirm", Type::Either(&Type::Template, &Type::One(Table::Confirm)), "A question before it, or { before, after }.", ""),
    key("undo", Type::Command, "The command that takes it back.", ""),
    key("verify", Type::Command, "Proves what it did, after it, by exit 0.", ""),
    key("inspect", COMMANDS, "Gathers evidence when it fails; each for at most 10 s.", "[]"),
    key("pids", Type::Command, "Prints the processes that it restarts: after it they must be new, in the new release.", ""),
    key("health", Type::One(Table::Health), "How its service answers when well.", ""),
    key("upload", Type::One(Table::Upload), "A file that it puts on the hosts.", ""),
    key("outputs", Type::List(&Type::Template), "What the other hosts get from a `once` step, below the release's code.", "[]"),
    key("timeout", Type::Duration, "After this long TERM, 10 s later KILL: \"90s\", \"10m\", \"2h\" or \"none\".", "\"none\""),
    key("detaches", Type::Flag, "Whether it starts something that outlives it.", "false"),
    key("changes", Type::Choice(&["schema"]), "\"schema\": once begun, nothing is reverted without being asked.", ""),
    key("lists", Type::Choice(&["migrations"]), "\"migrations\": the lines that it prints are recorded with the release as what is applied.", ""),
    key("input", Type::Flag, "Whether it may be sent input.", "false"),
    key("retry", Type::Count, "How often a failure is tried again by itself.", "0"),
    key("follows", Type::Text, "The step after which it runs always: after \"publish\", also on rollback and undo.", ""),
    key("before", Type::Text, "Puts it before this step in every pipeline but `rollback`.", ""),
    key("after", Type::Text, "Puts it after this step in every pipeline but `rollback`.", ""),
    key("items", Type::One(Table::Items), "One sub-step per line that the host lists.", ""),
];

pub(super) const ITEMS: &[Key] = &[
    key("list", Type::Command, "Lists what is to do, one per line, in order; read again before each.", ""),
    key("match", Type::Text, "A regular expression; named groups become {{ item.NAME }}.", "every line"),
    key("run", Type::Command, "Does one; {{ item }} is its line.", ""),
    key("undo", Type::Command, "Takes one back.", ""),
    key("preview", Type::Command, "Shows what one would do.", ""),
];

pub(super) const HEALTH: &[Key] = &[
    key("url", Type::Template, "Where it is asked, as the host sees it.", ""),
    key("socket", Type::Template, "Or through this unix socket.", ""),
    key("path", Type::Template, "What is asked for through the socket.", "\"/\""),
    key("expect", Type::Count, "The status that it answers with.", "200"),
    key("within", Type::Duration, "How long that may take.", "\"30s\""),
    key("headers", Type::Headers, "Headers of the request.", "{}"),
];

pub(super) const UPLOAD: &[Key] = &[
    key("from", Type::File, "The file here; one that ends in .j2 is a template.", ""),
    key("to", Type::Template, "Where it is put, on the host.", ""),
    key("mode", Type::Text, "Its file mode, in octal.", "\"0644\""),
    key("owner", Type::Text, "Its owner, as user or user:group.", "the step's user"),
];

pub(super) const CONFIRM: &[Key] = &[
    key("before", Type::Template, "Asked before it begins.", ""),
    key("after", Type::Template, "Asked after it, on each host.", ""),
];

pub(super) const GROUP: &[Key] = &[
    key("steps", NAMES, "Its steps, in order.", ""),
    key("batch", Type::Share, "How many hosts go through the group at a time.", "all"),
    key("maintenance", Type::Flag, "Whether the page is up meanwhile.", "false"),
    key("when", Type::Command, "Go through it only where this exits 0.", ""),
    key("when_pending", Type::Text, "Put the page up only when this step has something to do.", "always"),
];
