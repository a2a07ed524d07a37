//! What goes over the console's two channels.

use std::{collections::BTreeMap, ops::Range};

use jiff::Timestamp;

use super::Settings;
pub use super::guest::{Guest, Lines, Page, Returned};
use crate::{
    model::{
        Candidate, Difference, HostId, Lock, Maintenance, Pair, Plan, Raised, RunId, Served, Site,
        Try,
    },
    run::{Command, Ending, Event, Mode, Refusal, Run},
    store::Pace,
};

/// What the console is told.
#[derive(Debug)]
pub enum Told {
    /// The run that would be started: shown before it begins.
    Plan(Box<Plan>),
    /// How far the connection to a host is, before the run begins.
    Host(HostId, HostState),
    /// The login user of a host, as it says itself; by its name.
    Login {
        /// The host.
        host: String,
        /// The user, raw.
        user: String,
    },
    /// Facts, in order; the first of them begins with the opening of the run, also when it is
    /// resumed.
    Events(Vec<Event>),
    /// What is known of the run, after the console fell behind: facts go on from there.
    Whole(Box<Run>),
    /// Something that was asked for is not carried out.
    Refused(Refused),
    /// What the recipe has beside steps; told once, before the plan. Without it: nothing.
    Has(Has),
    /// A host that carries releases was looked at. By its name: ids belong to one plan.
    Seen {
        /// The host.
        host: String,
        /// What it was seen to have.
        site: Box<Site>,
        /// When.
        at: Timestamp,
    },
    /// A host that carries no releases was asked who has the stage.
    Held {
        /// The host.
        host: String,
        /// Whoever has it; `None`: nobody.
        lock: Option<Box<Lock>>,
        /// When.
        at: Timestamp,
    },
    /// What a visitor of a host got.
    Page {
        /// The host.
        host: String,
        /// What came back.
        page: Maintenance,
        /// When.
        at: Timestamp,
    },
    /// The hosts are not looked at again, though it was asked for: why. `None`: nobody pressed a key for it.
    Unlooked(Option<String>),
    /// All releases of the hosts that carry them, the newest first; told again when that changes.
    Candidates(Vec<Candidate>),
    /// What all releases share, by its paths in a release: it does not go back with one.
    Shared(Vec<String>),
    /// The answer to [`Wish::Compare`], or why there is none.
    Compared(Pair, Result<Difference, String>),
    /// The answer to [`Wish::Diff`]: lines to be read, raw, or why there are none.
    Diff(Pair, Result<Vec<String>, String>),
    /// The answer to [`Wish::Preview`]; each is answered once, also with why it cannot be done.
    Preview {
        /// What was asked about.
        of: Intent,
        /// What it would do, in a few lines.
        lines: Vec<String>,
        /// What it would run, where it is a run.
        plan: Option<Box<Plan>>,
    },
    /// What came of [`Wish::Do`], when it did not become a run: a line to show, or why it was not
    /// done.
    Did(Result<String, String>),
    /// Something that only a person can answer.
    Prompt(Prompt),
    /// The run ended, or cannot be driven on: a line to show. The console stays open for reading;
    /// of a run that is closed also for what may follow it, such as a rollback.
    Over(String),
    /// How long a pipeline and its steps usually take; told again when a run has ended.
    Pace(Pace),
    /// The run is only watched: who drives it, as `user@machine pid`, if anybody does.
    Watching(Option<String>),
    /// A run that was left open is being taken up: its facts follow, and nobody drives it until a later one
    /// says who.
    TakesUp,
    /// A line to show.
    Note(String),
    /// Hosts that the next run leaves out, by their names; told whenever that changes.
    Without(Vec<String>),
    /// The stages of the recipe, of which one is to be chosen ([`Wish::Stage`]) before anything else.
    Stages(Vec<StageOffer>),
    /// Runs that there were, newest first, after those told before in answer to the same question.
    Runs {
        /// The question ([`Wish::Runs`]).
        asked: u64,
        /// The next of them.
        rows: Vec<PastRun>,
        /// The last of the answer: whether there are older ones, or why they cannot be read.
        end: Option<Result<bool, String>>,
    },
    /// A run that there was, or why it cannot be read.
    Past(Result<Box<Run>, String>),
    /// How a host is reached, by its name.
    Way(String, Way),
    /// How long a question and its answer took on the connection to a host.
    RoundTrip {
        /// The host's name.
        host: String,
        /// So long.
        took: std::time::Duration,
        /// When it was asked.
        at: Timestamp,
    },
    /// A log was not saved.
    NotSaved {
        /// Why.
        why: String,
        /// What was to be saved, and another name for it, where the one that was given is taken.
        again: Option<(Saving, String)>,
    },
    /// config.toml, or a theme, was changed: what holds from now on, or all that is wrong with it.
    Settings(Result<Box<Settings>, Vec<String>>),
    /// Lines for a newcomer, shown beside the plan until the operator looks elsewhere. Names of actions
    /// in braces are replaced by their keys.
    Guide(Vec<String>),
    /// What an editor has made of a text ([`Guest::Text`]).
    Text(String),
    /// A guest has left the terminal ([`Wish::Lend`]); it is plain again.
    Back(Returned),
}

/// Something that was asked for and is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A command, by the rules of the run.
    ByRun(Refusal),
    /// A wish: what on the screen has waited for it, and why it is not carried out.
    Wish(Waiting, String),
}

impl From<Refusal> for Refused {
    fn from(why: Refusal) -> Self {
        Self::ByRun(why)
    }
}

/// What on the screen waits for a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The start of the run.
    Start,
    /// What is done beside a run.
    Deed,
    /// The next run, which is to be planned.
    NextRun,
    /// Nothing does.
    Nothing,
}

/// A stage that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageOffer {
    /// Its name.
    pub name: String,
    /// The names of its hosts.
    pub hosts: Vec<String>,
    /// Whether changing it needs its name typed.
    pub protected: bool,
    /// Whether a run was left open there.
    pub open: bool,
}

/// A run that there was, as a row of the list. Texts are raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRun {
    /// Its id.
    pub id: RunId,
    /// The application; empty where the journal cannot be read.
    pub app: String,
    /// The stage.
    pub stage: String,
    /// The pipeline.
    pub pipeline: String,
    /// Who opened it, as `user@machine`.
    pub by: String,
    /// When it was opened.
    pub opened: Option<Timestamp>,
    /// When its last fact was learned.
    pub last: Option<Timestamp>,
    /// How it ended; `None`: it is open.
    pub ending: Option<Ending>,
    /// The release that it made or served; empty: none.
    pub release: String,
    /// The full commit in it; empty: not known.
    pub commit: String,
    /// Attempts that failed.
    pub failures: usize,
    /// Who drives it now.
    pub holder: Option<String>,
    /// Why its journal cannot be read to its end.
    pub damage: Option<String>,
}

impl PastRun {
    /// How it ended, in a word.
    #[must_use]
    pub fn ended(&self) -> &'static str {
        match self.ending {
            _ if self.damage.is_some() => "damaged",
            None => "open",
            Some(ending) => ending.word(),
        }
    }
}

/// How a host is reached, as ssh resolves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Who logs in.
    pub user: String,
    /// The machine's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The host through which it is reached.
    pub jump: Option<String>,
}

/// What a recipe has beside steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Has {
    /// A layout of releases: they are looked at, and an older one can be served again.
    pub releases: bool,
    /// A maintenance page: it can be turned on and off, and is probed.
    pub maintenance: bool,
    /// Hosts other than this machine: who has the stage is looked at there.
    pub locks: bool,
    /// Steps that change the database schema and tell nobody by which migrations: what a release ran with is
    /// not known.
    pub unlisted: Vec<String>,
}

impl Has {
    /// Whether there is something on the hosts to look at.
    #[must_use]
    pub fn something(&self) -> bool {
        self.releases || self.maintenance || self.locks
    }
}

/// Something that is done outside of the run that is planned. What is a run by itself (a rollback)
/// goes on with [`Told::Plan`] and [`Told::Events`]; anything else ends with [`Told::Did`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Serve an older release again.
    Rollback {
        /// Its name.
        release: String,
        /// Why, for the record.
        reason: Option<String>,
        /// What the operator was told that is served now, and by which hosts: of anything else nobody has
        /// asked to go back. Empty while only what it would do is asked.
        from: Vec<(Served, Vec<String>)>,
    },
    /// Turn the maintenance page on or off.
    Maintenance {
        /// On, or off.
        on: bool,
        /// Why, as visitors read it.
        reason: Option<String>,
        /// Until when it is expected to last, as RFC 3339 in UTC.
        until: Option<String>,
        /// What the operator was told that lies on the hosts now: of anything else nobody has asked for
        /// another page. Empty while only what it would do is asked.
        from: Raising,
    },
    /// Give up the lock of someone else.
    Unlock {
        /// Why, for the record.
        reason: String,
    },
}

/// By host, whether a maintenance page lies there, and what is recorded of it.
pub type Raising = BTreeMap<String, (bool, Option<Raised>)>;

impl Intent {
    /// Turning maintenance on or off, as it is asked about.
    pub(crate) fn maintenance(on: bool) -> Self {
        Self::Maintenance { on, reason: None, until: None, from: Raising::new() }
    }

    /// Going back to a release, as it is asked about.
    pub(crate) fn rollback(release: &str) -> Self {
        Self::Rollback { release: release.to_owned(), reason: None, from: Vec::new() }
    }
}

/// Lines of logs that are to be saved, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    /// The run.
    pub run: RunId,
    /// The attempts, one behind the other.
    pub of: Vec<Try>,
    /// Which lines, by their numbers from 0; `None`: all.
    pub lines: Option<Range<u64>>,
}

/// How far the connection to a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostState {
    /// On its way.
    Connecting,
    /// There; its agent answers.
    Ready,
    /// Not to be had.
    Trouble {
        /// What happened, raw.
        what: String,
        /// What can be done about it, raw.
        hint: Option<String>,
    },
}

/// Something that only a person can answer. Texts may come from a server: they are raw, and
/// neutralised where they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Names the prompt in its answer.
    pub id: u64,
    /// What it is about, in a few words.
    pub title: String,
    /// The text of the question.
    pub lines: Vec<String>,
    /// What kind of answer is wanted.
    pub kind: PromptKind,
}

/// The kinds of answers to a [`Prompt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// A line that is not shown while it is typed.
    Secret,
    /// A line.
    Text,
    /// Yes (answered with the text `yes`) or no (no answer).
    YesNo,
}

/// What the console asks for.
#[derive(Clone, PartialEq, Eq)]
pub enum Wish {
    /// Open the console on this stage.
    Stage(String),
    /// Open the run and let it go so far.
    Start(Mode),
    /// A command for the run.
    Command(Command),
    /// The input for the question of an attempt; the hold is answered with it.
    Answer {
        /// The attempt that asked.
        attempt: Try,
        /// The number of the question.
        number: u16,
        /// The line.
        text: String,
        /// Whether it was typed unseen.
        hidden: bool,
    },
    /// Try to connect the hosts again, now.
    Connect,
    /// Leave these hosts out of the next run, by their names: it is planned without them.
    Without(Vec<String>),
    /// Look at the hosts again, now.
    Look,
    /// Look at the hosts beside whatever goes on, for the dialog that is open; nothing is planned anew.
    Glance,
    /// Read again how long runs took: others may have run meanwhile.
    Times,
    /// Tell what this would do; nothing is changed.
    Preview(Intent),
    /// Tell how the second release differs from the first. Only the last question is answered.
    Compare(Pair),
    /// Tell the whole difference, to be read.
    Diff(Pair),
    /// Do this.
    Do(Intent),
    /// List runs, so many after the newest ones that are skipped; they are told with this number.
    Runs {
        /// The number of the question.
        asked: u64,
        /// Runs to skip.
        skip: usize,
    },
    /// Read this run.
    Past(RunId),
    /// Save logs in a new file; answered by a [`Told::Note`] or a [`Told::NotSaved`].
    Save(Saving, String),
    /// Give tmux, in which this terminal is, a text for the clipboard.
    Copy(String),
    /// The answer to the prompt with that id; `None` is "no" or "no answer".
    Prompted(u64, Option<String>),
    /// The operator leaves with Ctrl-c, before a run: what called the program is told so.
    Interrupted,
    /// The terminal is free for this guest.
    Lend(Guest),
    /// Leave. Steps in flight go on.
    Quit,
}

impl std::fmt::Debug for Wish {
    /// Without what was typed: it may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stage(name) => write!(f, "Stage({name})"),
            Self::Start(mode) => write!(f, "Start({mode:?})"),
            Self::Command(command) => write!(f, "Command({command:?})"),
            Self::Answer { attempt, number, .. } => {
                let (node, n) = (attempt.node.0, attempt.n);
                write!(f, "Answer(node {node}, attempt {n}, question {number})")
            }
            Self::Without(hosts) => write!(f, "Without({hosts:?})"),
            Self::Connect => f.write_str("Connect"),
            Self::Look => f.write_str("Look"),
            Self::Glance => f.write_str("Glance"),
            Self::Times => f.write_str("Times"),
            Self::Runs { asked, skip } => write!(f, "Runs({asked}, from {skip})"),
            Self::Past(run) => write!(f, "Past({run})"),
            Self::Preview(intent) => write!(f, "Preview({intent:?})"),
            Self::Compare(pair) => write!(f, "Compare({} {})", pair.from, pair.to),
            Self::Diff(pair) => write!(f, "Diff({} {})", pair.from, pair.to),
            Self::Do(intent) => write!(f, "Do({intent:?})"),
            Self::Prompted(id, answer) => write!(f, "Prompted({id}, {})", answer.is_some()),
            Self::Save(saving, file) => write!(f, "Save({saving:?}, {file:?})"),
            Self::Copy(text) => write!(f, "Copy({} bytes)", text.len()),
            Self::Interrupted => f.write_str("Interrupted"),
            Self::Lend(guest) => write!(f, "Lend({guest:?})"),
            Self::Quit => f.write_str("Quit"),
        }
    }
}
