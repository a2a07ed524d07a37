//! The operator's terminal in the hands of guests: a shell on a host, a shell here, an editor or a
//! pager. Each has a terminal of its own, there or here, and what goes between the two is passed on as
//! it is ([`pass`]). Meanwhile the console takes in what happens, and runs go on.

mod copy;
mod escape;
mod keyed;
mod note;
mod pass;
mod starter;
mod tty;

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinHandle};

pub(super) use self::tty::own_handle;
use self::{
    copy::Copied,
    escape::Escape,
    note::Note,
    pass::{Left, Passed, pass},
    tty::Tty,
};
use crate::{
    cli::environment::Surroundings,
    driver::{Asker, WantedShell},
    model::{Command, HostId},
    remote::{Described, Ending, Environment, Link, Shell, local::Local},
    store::Store,
    tui::{Guest, Lines, Returned, Told},
};

/// How long a host may take to give a shell, before it is said that it does not.
const PATIENCE: Duration = Duration::from_secs(30);

/// The hosts on which a shell can be opened now, by their names.
#[derive(Clone)]
pub(super) struct Reach {
    pub(super) asker: Asker,
    pub(super) hosts: BTreeMap<String, HostId>,
}

/// Serves guests, one at a time.
pub(super) struct Lending {
    means: Means,
    guest: Option<JoinHandle<()>>,
}

/// What a guest is served with.
#[derive(Clone)]
struct Means {
    told: mpsc::Sender<Told>,
    /// The operator's own environment: guests are their programs.
    own: Environment,
    store: Store,
    who: String,
    reach: Arc<Mutex<Option<Reach>>>,
}

impl Lending {
    pub(super) fn new(around: &Surroundings, told: mpsc::Sender<Told>) -> Self {
        let (own, store) = (around.own.clone(), around.store.clone());
        let who = around.person().to_owned();
        Self { means: Means { told, own, store, who, reach: Arc::default() }, guest: None }
    }

    /// From now on shells are opened on these hosts.
    pub(super) fn reach(&self, reach: Reach) {
        *self.means.reach.lock().unwrap_or_else(PoisonError::into_inner) = Some(reach);
    }

    /// Lets a guest in; the console is told when it has left.
    pub(super) fn begin(&mut self, guest: Guest) {
        let means = self.means.clone();
        self.guest = Some(tokio::spawn(async move {
            let back = means.serve(guest).await;
            // A console that is gone takes nothing again.
            drop(means.told.send(Told::Back(back)).await);
        }));
    }

    /// Whether a guest has the terminal.
    pub(super) fn is_lent(&self) -> bool {
        self.guest.as_ref().is_some_and(|guest| !guest.is_finished())
    }

    /// Waits until no guest is there.
    pub(super) async fn left(&mut self) {
        if let Some(guest) = &mut self.guest {
            // One that panicked has left, too.
            drop(guest.await);
            self.guest = None;
        }
    }

    /// Shows a guest out: its terminal hangs up on it.
    pub(super) async fn end(&mut self) {
        if let Some(guest) = &self.guest {
            guest.abort();
        }
        self.left().await;
    }
}

/// A guest that could not be let in, or left in another way than it should.
fn badly(said: impl Into<String>) -> Returned {
    Returned { said: said.into(), well: false, touched: false }
}

fn well(said: impl Into<String>) -> Returned {
    Returned { said: said.into(), well: true, touched: false }
}

/// The line at which a copy is opened.
struct Place {
    /// Counted from 0.
    line: u64,
    /// Why that one.
    chosen: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.line.saturating_add(1), self.chosen)
    }
}

impl Means {
    async fn serve(&self, guest: Guest) -> Returned {
        if guest == Guest::Starter && starter::would_continue() {
            return starter::stop().await;
        }
        match Tty::open() {
            Ok(tty) => self.on(&tty, guest).await,
            Err(error) => badly(format!("the terminal cannot be lent: {error}")),
        }
    }

    /// Serves a guest that takes the place of the console on its terminal.
    async fn on(&self, tty: &Tty, guest: Guest) -> Returned {
        let store = self.store.clone();
        match guest {
            Guest::Starter | Guest::Subshell => self.subshell(tty).await,
            Guest::Log(page) => {
                let program = page.program.clone();
                let place = Some(Place { line: page.line, chosen: page.chosen });
                let copy = move || Copied::make(&store, &page);
                self.copy(tty, "the log", &program, place, copy).await
            }
            Guest::Lines(page) => {
                let program = page.program.clone();
                let copy = move || Copied::of(&store, &page);
                self.copy(tty, "what differs", &program, None, copy).await
            }
            Guest::Text(text) => self.edit(tty, &text).await,
            Guest::Shell { host, step, like, run } => {
                let note = Note::new(&self.who, &host, step.as_deref(), &like, run.as_ref());
                self.shell(tty, &host, *like, note).await
            }
        }
    }

    /// A program of this machine on the operator's terminal; how it ended.
    async fn program(
        &self,
        tty: &Tty,
        directory: PathBuf,
        command: &str,
    ) -> Result<Passed, String> {
        let link = Link::Local(Local::new(self.own.clone(), directory));
        let on = tty.described(&self.own);
        let mut shell = link.shell(command, &on).await.map_err(|error| error.to_string())?;
        Ok(pass(tty, &mut shell, None).await)
    }

    async fn subshell(&self, tty: &Tty) -> Returned {
        tty.say("a shell on this machine; the console goes on behind it, exit comes back").await;
        let here = std::env::current_dir().unwrap_or_else(|_| self.own.home.clone());
        let command = "export DEPLOYUI_SHELL=1; exec \"${SHELL:-sh}\" -i";
        match self.program(tty, here, command).await {
            Ok(_passed) => well("back from the shell"),
            Err(why) => badly(why),
        }
    }

    /// A program of the operator's shows a copy of something.
    async fn copy(
        &self,
        tty: &Tty,
        what: &str,
        program: &str,
        place: Option<Place>,
        copy: impl FnOnce() -> Result<Copied, String> + Send + 'static,
    ) -> Returned {
        let to_be = place.as_ref().map_or_else(String::new, |at| format!(", to be opened at {at}"));
        tty.say(&format!("copying {what}, secrets hidden{to_be}…")).await;
        let copied = match tokio::task::spawn_blocking(copy).await {
            Ok(Ok(copied)) => copied,
            Ok(Err(error)) => return badly(format!("{what} cannot be copied: {error}")),
            Err(_panicked) => return badly(format!("{what} cannot be copied")),
        };
        let line = place.as_ref().map_or(0, |place| place.line);
        let command = copy::command(program, &copied, line);
        let first = program.split_whitespace().next().unwrap_or_default();
        let passed = match self.program(tty, self.own.home.clone(), &command).await {
            Ok(passed) => passed,
            Err(why) => return badly(why),
        };
        if passed.unread && !matches!(passed.left, Left::Ended(Ending::Exit(127)) | Left::Gone(_)) {
            tty.say(&format!("{first} has ended; press Enter to go back")).await;
            tty.seen().await;
        }
        match passed.left {
            Left::Ended(Ending::Exit(0)) => well(match place {
                None => format!("back from {first}"),
                Some(at) => format!("back from {first}; it was opened at {at}"),
            }),
            Left::Ended(Ending::Exit(127)) => badly(format!(
                "there is no program {first} here: set editor and pager in config.toml, or EDITOR and PAGER"
            )),
            left @ (Left::Ended(_) | Left::Cut | Left::Gone(_)) => {
                badly(format!("{first} ended with {}", how(&left)))
            }
        }
    }

    /// The operator's editor on a text; what became of it is told.
    async fn edit(&self, tty: &Tty, text: &Lines) -> Returned {
        let copied = match Copied::text(&self.store, text) {
            Ok(copied) => copied,
            Err(error) => return badly(format!("the text cannot be edited: {error}")),
        };
        let command = copy::command(&text.program, &copied, 0);
        let first = text.program.split_whitespace().next().unwrap_or_default();
        match self.program(tty, self.own.home.clone(), &command).await {
            Ok(Passed { left: Left::Ended(Ending::Exit(0)), .. }) => {}
            Ok(passed) => return badly(format!("{first} ended with {}", how(&passed.left))),
            Err(why) => return badly(why),
        }
        match copied.read() {
            // A console that is gone takes nothing.
            Ok(text) => drop(self.told.send(Told::Text(text)).await),
            Err(why) => return badly(format!("what you edited cannot be read: {why}")),
        }
        well(format!("back from {first}"))
    }

    async fn shell(&self, tty: &Tty, host: &str, like: Command, mut note: Note) -> Returned {
        tty.say(&format!("a shell on {host} is being opened; Ctrl-c leaves it be")).await;
        let opened = tokio::select! {
            opened = self.open(host, like, tty.described(&self.own)) => opened,
            () = tty.interrupted() => Err("left before it was there".to_owned()),
        };
        let mut shell = match opened {
            Ok(shell) => shell,
            Err(why) => return badly(format!("no shell on {host}: {why}")),
        };
        let unnoted = note.opened(&self.store).err();
        tty.say(&format!(
            "this is {host}; exit or Ctrl-d comes back, and Enter ~ . if it hangs. The console goes on"
        ))
        .await;
        let left = pass(tty, &mut shell, Some(Escape::default())).await.left;
        drop(shell);
        let unnoted = unnoted.or(note.left(&self.store, &how(&left)).err());
        let lost = matches!(left, Left::Ended(Ending::NoStatus(_)) | Left::Gone(_));
        let said = match unnoted {
            None => format!("shell on {host} left ({})", how(&left)),
            Some(error) => {
                format!("shell on {host} left ({}), and that is noted nowhere: {error}", how(&left))
            }
        };
        Returned { said, well: !lost, touched: true }
    }

    async fn open(&self, host: &str, like: Command, on: Described) -> Result<Shell, String> {
        let reach = self.reach.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let reach = reach.ok_or("no host is connected")?;
        let id = reach.hosts.get(host).ok_or("it is not among the hosts that are connected")?;
        let wanted = WantedShell { like, on };
        let opened = reach.asker.shell(*id, wanted, PATIENCE).await;
        opened.map_err(|error| error.to_string())?
    }
}

/// How a guest left, in words.
fn how(left: &Left) -> String {
    match left {
        Left::Cut => "cut off by ~.".to_owned(),
        Left::Gone(error) => format!("the terminal is gone: {error}"),
        Left::Ended(Ending::Exit(status)) => format!("exit {status}"),
        Left::Ended(Ending::Signal(signal)) => format!("ended by {signal}"),
        Left::Ended(Ending::Refused) => "not begun".to_owned(),
        Left::Ended(Ending::NoStatus(Some(lost))) => format!("the link was lost: {lost}"),
        Left::Ended(Ending::NoStatus(None)) => "without a status".to_owned(),
    }
}
