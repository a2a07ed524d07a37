//! The operator's own machine as a host: `sh -c` as a child process.

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use pty_process::{OwnedReadPty, OwnedWritePty, Size};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::pipe::OUTPUT_CHUNKS_MAX;
use super::{Chunk, Described, Ending, Environment, OpenError, Pipe, PipeInput};

/// Bytes asked for in one read of a child's output.
const READ_BYTES: usize = 64 * 1024;

/// How long what a child said last is read from its terminal.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Where commands of the pseudo-host `local` run.
#[derive(Debug, Clone)]
pub struct Local {
    environment: Environment,
    directory: PathBuf,
}

impl Local {
    /// Commands run in `directory`, with nothing in their environment but what `environment`
    /// passes.
    pub fn new(environment: Environment, directory: PathBuf) -> Self {
        Self { environment, directory }
    }

    /// Starts `sh -c command` in a process group of its own. It is never killed from here:
    /// dropping its input closes that, and the command ends by itself.
    ///
    /// # Errors
    /// The shell could not be started.
    pub(super) fn open(&self, command: &str) -> Result<Pipe, OpenError> {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(command)
            .env_clear()
            .envs(&self.environment.vars)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| {
                OpenError::Start(format!("{error} (in {})", self.directory.display()))
            })?;
        let input = Input::Pipe(child.stdin.take());
        let (sender, output) = mpsc::channel(OUTPUT_CHUNKS_MAX);
        tokio::spawn(carry(child, sender));
        Ok(Pipe { input: PipeInput::local(input), output })
    }

    /// Starts `sh -c command` on a terminal of its own. Dropping its output hangs up on it.
    ///
    /// # Errors
    /// The shell could not be started, or there is no terminal to be had.
    pub(super) fn shell(&self, command: &str, on: &Described) -> Result<Pipe, OpenError> {
        let started = || {
            let (terminal, end) = pty_process::open()?;
            terminal.resize(Size::new(on.rows, on.columns))?;
            let child = pty_process::Command::new("sh")
                .arg("-c")
                .arg(command)
                .env_clear()
                .envs(&self.environment.vars)
                .env("TERM", &on.term)
                .current_dir(&self.directory)
                .spawn(end)?;
            Ok((child, terminal))
        };
        let (child, terminal) = started().map_err(|error: pty_process::Error| {
            OpenError::Start(format!("{error} (in {})", self.directory.display()))
        })?;
        let (read, write) = terminal.into_split();
        let (sender, output) = mpsc::channel(OUTPUT_CHUNKS_MAX);
        tokio::spawn(watch(child, read, sender));
        Ok(Pipe { input: PipeInput::local(Input::Terminal(write)), output })
    }
}

/// What a child reads.
#[derive(Debug)]
pub(super) enum Input {
    /// Its standard input; `None` once it was finished.
    Pipe(Option<ChildStdin>),
    /// Its terminal. Dropping this half keeps the terminal until the child has left it.
    Terminal(OwnedWritePty),
}

impl Input {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Pipe(Some(stdin)) => stdin.write_all(bytes).await,
            Self::Terminal(terminal) => terminal.write_all(bytes).await,
            Self::Pipe(None) => {
                Err(io::Error::new(io::ErrorKind::BrokenPipe, "the input was finished"))
            }
        }
    }

    pub(super) fn resize(&self, columns: u16, rows: u16) -> io::Result<()> {
        match self {
            Self::Pipe(_) => Ok(()),
            Self::Terminal(terminal) => {
                terminal.resize(Size::new(rows, columns)).map_err(io::Error::other)
            }
        }
    }

    pub(super) async fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Pipe(stdin) => match stdin.take() {
                Some(mut stdin) => stdin.flush().await,
                None => Ok(()),
            },
            Self::Terminal(_) => Ok(()),
        }
    }
}

/// What a child says on its terminal, and then its status. The terminal ends when nobody has it any
/// more; a child that has ended is not waited for longer than that.
async fn watch(mut child: Child, terminal: OwnedReadPty, output: mpsc::Sender<Chunk>) {
    let said = copy(terminal, &output, Chunk::Out);
    tokio::pin!(said);
    let ended = tokio::select! {
        () = &mut said => child.wait().await,
        ended = child.wait() => {
            // What was said last is still in the terminal; what goes on in the background has it too.
            drop(timeout(LAST_WORDS, said).await);
            ended
        }
        () = output.closed() => {
            // Dropping the terminal hangs up on whoever has it.
            return;
        }
    };
    let ending = ended.map_or(Ending::NoStatus(None), ending);
    drop(output.send(Chunk::Ended(ending)).await);
}

/// Both streams to their ends, then the status: the same order as over SSH.
async fn carry(mut child: Child, output: mpsc::Sender<Chunk>) {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let out = async {
        if let Some(stdout) = stdout {
            copy(stdout, &output, Chunk::Out).await;
        }
    };
    let err = async {
        if let Some(stderr) = stderr {
            copy(stderr, &output, Chunk::Err).await;
        }
    };
    tokio::join!(out, err);
    let ending = child.wait().await.map_or(Ending::NoStatus(None), ending);
    // A reader that has gone does not want it.
    drop(output.send(Chunk::Ended(ending)).await);
}

/// Copies until end of file. A reader that has gone is no reason to stop: the command would then
/// block on a full pipe, or be killed by a broken one.
async fn copy(
    mut stream: impl AsyncRead + Unpin,
    output: &mpsc::Sender<Chunk>,
    wrap: fn(Bytes) -> Chunk,
) {
    let mut buffer = BytesMut::with_capacity(READ_BYTES);
    while let Ok(1..) = stream.read_buf(&mut buffer).await {
        drop(output.send(wrap(buffer.split().freeze())).await);
        buffer.reserve(READ_BYTES);
    }
}

/// The status as a host would report it.
pub(super) fn ending(status: ExitStatus) -> Ending {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exit(u32::from_ne_bytes(code.to_ne_bytes())),
        (None, Some(signal)) => Ending::Signal(signal_name(signal)),
        (None, None) => Ending::NoStatus(None),
    }
}

/// A signal's name without `SIG`, where all systems agree on its number; else `SIG` and the
/// number. The numbers are POSIX's for `kill -N`, and Linux's and macOS's for the rest named.
fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        other => return format!("SIG{other}"),
    };
    name.to_owned()
}
