//! One connection to a host: two shells, as two channels would be.

use std::{
    io::{Read, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdin, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use deployui::{
    boxes::{Client, Fact, LogEnd, Order, Output, Stream},
    model::{NodeId, Try},
    script::Flags,
};

use sha2::{Digest as _, Sha256};

use crate::{
    asked::Span,
    host::{Host, Place},
};

/// So long may a host be silent before a test fails. Nothing is measured by it.
const SILENCE_MAX: Duration = Duration::from_secs(15);

pub(crate) const ATTEMPT: Try = Try { node: NodeId(1), n: 1 };

pub(crate) struct Connection {
    pub(crate) client: Client,
    control: Option<ChildStdin>,
    agent: Option<ChildStdin>,
    children: [Child; 2],
    heard: Receiver<(Stream, Vec<u8>)>,
    /// Everything but bytes.
    pub(crate) seen: Vec<Output>,
    /// The log that was read, as the store would keep it.
    pub(crate) log: Vec<u8>,
    /// Logs that were put aside.
    pub(crate) aside: Vec<Vec<u8>>,
    /// How many bytes may still be sent, for a console that dies while it sends.
    allowance: Option<usize>,
    base: Option<String>,
    /// Where the log is not to be kept: its digest, and how much of it came at once at most.
    pub(crate) digest: Option<(Sha256, usize)>,
}

fn pipe(stream: Stream, mut from: impl Read + Send + 'static, to: SyncSender<(Stream, Vec<u8>)>) {
    thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            if to.send((stream, buffer[..n].to_vec())).is_err() {
                return;
            }
        }
    });
}

fn nonce() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("n{:x}x{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Connection {
    pub(crate) fn open(host: &Host) -> Self {
        Self::open_at(host, &format!("{}/state", host.path().display()))
    }

    /// As [`Self::open`], with our state elsewhere.
    pub(crate) fn open_at(host: &Host, state_dir: &str) -> Self {
        Self::begin(host, state_dir, None)
    }

    /// A connection whose console dies when it has sent so many bytes (both channels together).
    pub(crate) fn cut_after(host: &Host, bytes: usize) -> Self {
        Self::begin(host, &format!("{}/state", host.path().display()), Some(bytes))
    }

    fn begin(host: &Host, state_dir: &str, allowance: Option<usize>) -> Self {
        let (to, heard) = sync_channel(16);
        let start = || {
            let mut sh = host.sh();
            sh.arg("-s").process_group(0);
            sh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let [mut control, mut agent] = [start(), start()];
        pipe(Stream::Control, control.stdout.take().unwrap(), to.clone());
        pipe(Stream::Log, agent.stdout.take().unwrap(), to.clone());
        pipe(Stream::Facts, agent.stderr.take().unwrap(), to);
        let mut connection = Self {
            client: Client::new(&nonce(), state_dir).unwrap(),
            control: control.stdin.take(),
            agent: agent.stdin.take(),
            children: [control, agent],
            heard,
            seen: Vec::new(),
            log: Vec::new(),
            aside: Vec::new(),
            allowance,
            base: None,
            digest: None,
        };
        connection.send();
        connection
    }

    /// The log as it was read by connections before.
    pub(crate) fn continuing(mut self, log: Vec<u8>) -> Self {
        self.log = log;
        self
    }

    fn send(&mut self) {
        while let Some(output) = self.client.poll() {
            match output {
                Output::Control(text) => write(&mut self.control, &mut self.allowance, &text),
                Output::Agent(text) => write(&mut self.agent, &mut self.allowance, &text),
                Output::Log(_, bytes) => match &mut self.digest {
                    Some((digest, most)) => {
                        digest.update(&bytes);
                        *most = bytes.len().max(*most);
                    }
                    None => self.log.extend(bytes),
                },
                Output::SetAside(_) => self.aside.push(std::mem::take(&mut self.log)),
                Output::Fact(..)
                | Output::Said(..)
                | Output::Ready(_)
                | Output::Unfit(_)
                | Output::NoAgent(_) => {
                    self.seen.push(output);
                }
            }
        }
        if self.allowance == Some(0) {
            self.hang_up();
        }
    }

    /// What a console that is gone looks like from the host.
    pub(crate) fn hang_up(&mut self) {
        (self.control, self.agent) = (None, None);
    }

    /// Takes in what comes first; false when both shells are gone.
    fn take(&mut self, patience: Duration) -> Result<(), RecvTimeoutError> {
        let (stream, bytes) = self.heard.recv_timeout(patience)?;
        self.client.bytes(stream, &bytes);
        self.send();
        Ok(())
    }

    /// Takes in what comes next; false when both shells are gone.
    pub(crate) fn one_more(&mut self) -> bool {
        match self.take(SILENCE_MAX) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => {
                panic!("silence after {:?}; noise: {}", self.facts(), self.client.noise())
            }
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Takes in what comes next; false when nothing does.
    pub(crate) fn one_more_within(&mut self) -> bool {
        self.take(SILENCE_MAX).is_ok()
    }

    /// Takes in what comes within a time; false when both shells are gone.
    pub(crate) fn listen(&mut self, time: Duration) -> bool {
        let span = Span::begin();
        while let Some(left) = span.left(time) {
            match self.take(left) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    /// Goes on until an output is there that `wanted` takes. `None`: both shells are gone.
    pub(crate) fn maybe<T>(&mut self, wanted: impl Fn(&Output) -> Option<T>) -> Option<T> {
        loop {
            if let Some(found) = self.seen.iter().find_map(&wanted) {
                return Some(found);
            }
            if !self.one_more() {
                return None;
            }
        }
    }

    /// As [`Self::maybe`], where the shells must not end.
    pub(crate) fn until<T>(&mut self, wanted: impl Fn(&Output) -> Option<T>) -> T {
        self.maybe(wanted)
            .unwrap_or_else(|| panic!("hung up after {:?}: {}", self.facts(), self.client.noise()))
    }

    pub(crate) fn fact<T>(&mut self, wanted: impl Fn(&Fact) -> Option<T>) -> T {
        self.until(|output| match output {
            Output::Fact(_, fact) => wanted(fact),
            _ => None,
        })
    }

    pub(crate) fn until_fact(&mut self, wanted: &Fact) {
        self.fact(|fact| (fact == wanted).then_some(()));
    }

    /// The facts so far.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let fact = |output: &Output| match output {
            Output::Fact(_, fact) => Some(fact.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(fact).collect()
    }

    /// Ready for orders: the directory of our state on the host.
    pub(crate) fn ready(&mut self) -> Option<String> {
        if self.base.is_none() {
            self.base = self.maybe(|output| match output {
                Output::Ready(hello) => Some(hello.base.clone()),
                Output::Unfit(bad) => panic!("{bad:?}"),
                Output::NoAgent(why) => panic!("{why}"),
                _ => None,
            });
        }
        self.base.clone()
    }

    /// A box of this connection's host: the first attempt at that step.
    pub(crate) fn dir(&mut self, name: &str) -> String {
        self.dir_of(&format!("{name}.1"))
    }

    /// The box of that name.
    fn dir_of(&mut self, name: &str) -> String {
        format!("{}/runs/run/{name}", self.ready().unwrap())
    }

    pub(crate) fn order(&mut self, order: &Order) {
        self.client.order(order).unwrap();
        self.send();
    }

    /// Puts a box, and waits for it.
    pub(crate) fn put(&mut self, name: &str, text: &str, flags: Flags) -> String {
        self.put_attempt(&format!("{name}.1"), text, flags)
    }

    /// As [`Self::put`]; the name has the number of the attempt.
    pub(crate) fn put_attempt(&mut self, name: &str, text: &str, flags: Flags) -> String {
        let dir = self.dir_of(name);
        self.put_attempt_blindly(name, text, flags);
        self.until_fact(&Fact::Staged);
        dir
    }

    /// As [`Self::put_attempt`], without waiting.
    pub(crate) fn put_attempt_blindly(&mut self, name: &str, text: &str, flags: Flags) {
        let (dir, text) = (self.dir_of(name), text.to_owned());
        self.order(&Order::Put { attempt: ATTEMPT, dir, text, flags });
    }

    /// Puts a box without waiting, as [`Self::put`] would.
    pub(crate) fn put_blindly(&mut self, name: &str, text: &str) {
        self.put_attempt_blindly(&format!("{name}.1"), text, Flags::default());
    }

    /// Whether a fact comes before both shells are gone.
    pub(crate) fn maybe_fact(&mut self, wanted: &Fact) -> bool {
        let found = |output: &Output| match output {
            Output::Fact(_, fact) if fact == wanted => Some(()),
            _ => None,
        };
        self.maybe(found).is_some()
    }

    /// How many bytes may still be sent.
    pub(crate) fn left(&self) -> usize {
        self.allowance.unwrap_or(0)
    }

    pub(crate) fn go(&mut self, dir: &str, inline: bool) {
        let (dir, log) = (dir.to_owned(), log_end(&self.log));
        self.order(&Order::Go { attempt: ATTEMPT, dir, inline, log });
    }

    pub(crate) fn attach(&mut self, dir: &str) {
        let (dir, log) = (dir.to_owned(), log_end(&self.log));
        self.order(&Order::Attach { attempt: ATTEMPT, dir, log });
    }

    pub(crate) fn cancel(&mut self, dir: &str, signal: &'static str) {
        self.order(&Order::Cancel { attempt: ATTEMPT, dir: dir.to_owned(), signal });
    }

    /// Puts and runs a step, and waits until nothing of it lives.
    pub(crate) fn run(&mut self, name: &str, text: &str, flags: Flags) -> Place {
        let dir = self.put(name, text, flags);
        self.go(&dir, false);
        self.fact(settled);
        Place(dir.into())
    }

    /// The process that takes the orders; the other one is control's.
    pub(crate) fn agent_process(&self) -> i64 {
        self.children[1].id().into()
    }

    pub(crate) fn control_process(&self) -> i64 {
        self.children[0].id().into()
    }
}

fn write(to: &mut Option<ChildStdin>, allowance: &mut Option<usize>, text: &str) {
    let Some(pipe) = to else { return };
    let mut bytes = text.as_bytes();
    if let Some(left) = allowance {
        bytes = &bytes[..bytes.len().min(*left)];
        *left -= bytes.len();
    }
    // A shell that is gone is learned of by the end of what it says.
    if pipe.write_all(bytes).and_then(|()| pipe.flush()).is_err() {
        *to = None;
    }
}

/// Waits for the end that nothing comes after; fails where none will come.
pub(crate) fn settled(fact: &Fact) -> Option<u64> {
    match fact {
        Fact::Settled(bytes) => Some(*bytes),
        Fact::Absent | Fact::Unstarted | Fact::Fenced | Fact::Lost(_) | Fact::Refused(_) => {
            panic!("{fact:?}")
        }
        _ => None,
    }
}

/// POSIX cksum.
pub(crate) fn cksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: u8| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| {
            if crc >> 31 == 1 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 }
        })
    };
    let mut crc = bytes.iter().fold(0, |crc, byte| step(crc, *byte));
    let mut len = bytes.len();
    while len > 0 {
        crc = step(crc, u8::try_from(len & 255).unwrap());
        len >>= 8;
    }
    !crc
}

pub(crate) fn log_end(log: &[u8]) -> LogEnd {
    let tail = &log[log.len().saturating_sub(4096)..];
    LogEnd { len: log.len().try_into().unwrap(), tail: cksum(tail) }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hang_up();
        for child in &mut self.children {
            let _killed = child.kill();
            let _status = child.wait();
        }
    }
}
