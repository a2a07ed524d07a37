//! The protocol against real shells.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::*;
use crate::model::NodeId;

/// One connection to a "host": two shells, as two channels would be.
struct Rig {
    client: Client,
    control: ChildStdin,
    agent: ChildStdin,
    children: [Child; 2],
    heard: Receiver<(Stream, Vec<u8>)>,
    seen: Vec<Output>,
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

fn shell(shell: &str) -> Child {
    let mut words = shell.split(' ');
    Command::new(words.next().unwrap())
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{shell} is needed for this test: {e}"))
}

impl Rig {
    fn new(name: &str, state_dir: &str) -> Self {
        let (to, heard) = sync_channel(16);
        let [mut control, mut agent] = [shell(name), shell(name)];
        pipe(Stream::Control, control.stdout.take().unwrap(), to.clone());
        pipe(Stream::Log, agent.stdout.take().unwrap(), to.clone());
        pipe(Stream::Facts, agent.stderr.take().unwrap(), to);
        let nonce = format!("n{:x}x{}", std::process::id(), heard_number());
        let mut rig = Self {
            client: Client::new(&nonce, state_dir).unwrap(),
            control: control.stdin.take().unwrap(),
            agent: agent.stdin.take().unwrap(),
            children: [control, agent],
            heard,
            seen: Vec::new(),
        };
        rig.send();
        rig
    }

    fn send(&mut self) {
        while let Some(output) = self.client.poll() {
            match &output {
                Output::Control(text) => self.control.write_all(text.as_bytes()).unwrap(),
                Output::Agent(text) => self.agent.write_all(text.as_bytes()).unwrap(),
                _ => self.seen.push(output),
            }
        }
    }

    /// Goes on until an output is there that `wanted` takes; fails when nothing comes for long.
    fn until<T>(&mut self, wanted: impl Fn(&Output) -> Option<T>) -> T {
        loop {
            if let Some(found) = self.seen.iter().find_map(&wanted) {
                return found;
            }
            let (stream, bytes) = self
                .heard
                .recv_timeout(Duration::from_secs(20))
                .unwrap_or_else(|_| panic!("silence after {:#?}", self.seen));
            self.client.bytes(stream, &bytes);
            self.send();
        }
    }

    fn base(&mut self) -> String {
        self.until(|output| match output {
            Output::Ready(hello) => Some(hello.base.clone()),
            Output::Unfit(bad) => panic!("{bad:?}"),
            _ => None,
        })
    }

    fn order(&mut self, order: &Order) {
        self.client.order(order).unwrap();
        self.send();
    }

    fn fact<T>(&mut self, wanted: impl Fn(&Fact) -> Option<T>) -> T {
        self.until(|output| match output {
            Output::Fact(_, fact) => wanted(fact),
            _ => None,
        })
    }

    fn log(&self) -> String {
        let bytes: Vec<u8> = self
            .seen
            .iter()
            .filter_map(|output| match output {
                Output::Log(_, bytes) => Some(bytes.as_slice()),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _killed = child.kill();
            let _status = child.wait();
        }
    }
}

fn heard_number() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

const ATTEMPT: Try = Try { node: NodeId(1), n: 1 };
const SHELLS: [&str; 3] = ["dash", "bash", "busybox sh"];

fn put(rig: &mut Rig, text: &str) -> String {
    let dir = format!("{}/runs/r/step.1", rig.base());
    let text = text.to_owned();
    rig.order(&Order::Put { attempt: ATTEMPT, dir: dir.clone(), text, flags: Flags::default() });
    rig.fact(|fact| (*fact == Fact::Staged).then_some(()));
    dir
}

fn settled(fact: &Fact) -> Option<u64> {
    match fact {
        Fact::Settled(bytes) => Some(*bytes),
        Fact::Absent | Fact::Lost(_) | Fact::Refused(_) => panic!("{fact:?}"),
        _ => None,
    }
}

fn run(shell: &str, text: &str, inline: bool) -> (Vec<Fact>, String) {
    let home = TempDir::new().unwrap();
    let mut rig = Rig::new(shell, &format!("{}/state", home.path().display()));
    let dir = put(&mut rig, text);
    rig.order(&Order::Go { attempt: ATTEMPT, dir, inline, log: LogEnd::default() });
    rig.fact(settled);
    let facts = rig.seen.iter().filter_map(|output| match output {
        Output::Fact(_, fact) => Some(fact.clone()),
        _ => None,
    });
    (facts.collect(), rig.log())
}

#[test]
fn a_step_that_is_killed_is_not_a_success() {
    for shell in SHELLS {
        for (text, status) in [("kill -9 $$", 137), ("kill -TERM $$", 143)] {
            let (facts, log) = run(shell, text, false);
            let bytes = log.len() as u64;
            assert_eq!(facts[2..], [Fact::Ended(status, bytes), Fact::Settled(bytes)], "{shell}");
        }
    }
}

#[test]
fn a_step_runs_once_and_says_how_it_ended() {
    for shell in SHELLS {
        for inline in [false, true] {
            let check = |text: &str, status: u8, log: &str| {
                let (facts, seen) = run(shell, text, inline);
                let bytes = log.len() as u64;
                let expect =
                    [Fact::Staged, Fact::Running, Fact::Ended(status, bytes), Fact::Settled(bytes)];
                assert_eq!(
                    (facts.as_slice(), seen.as_str()),
                    (&expect[..], log),
                    "{shell} {inline}"
                );
            };
            check("echo hello; echo there >&2", 0, "hello\nthere\n");
            check("printf %s 'no newline'; exit 7", 7, "no newline");
            check("cat", 0, "");
            check("echo \"it's\" '$(id)'; : \\\n; printf 'é\\n'", 0, "it's $(id)\né\n");
        }
    }
}
