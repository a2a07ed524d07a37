//! The client against every way in which a network can cut and order what a host says.

use deployui::{
    boxes::{Client, Fact, LogEnd, Order, Outcome, Output, Stream},
    script::Flags,
};
use proptest::prelude::*;

use crate::{
    connection::{ATTEMPT, log_end},
    random::Random,
    wire::{BASE, ModelHost, Sent, Step},
};

const NONCE: &str = "n0nce";

/// What came out of a client: facts, log as kept, logs put aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Heard {
    ready: bool,
    facts: Vec<Fact>,
    log: Vec<u8>,
    aside: Vec<Vec<u8>>,
    /// What the client asks the host for, on both channels.
    asked: Vec<String>,
}

fn drain(client: &mut Client, heard: &mut Heard) {
    while let Some(output) = client.poll() {
        match output {
            Output::Control(text) | Output::Agent(text) => heard.asked.push(text),
            Output::Log(_, bytes) => heard.log.extend(bytes),
            Output::SetAside(_) => heard.aside.push(std::mem::take(&mut heard.log)),
            Output::Fact(_, fact) => {
                match &fact {
                    Fact::Ended(_, bytes) => {
                        let short = matches!(heard.facts.last(), Some(Fact::LogReplaced(..)));
                        assert!(short || heard.log.len() as u64 >= *bytes, "too early");
                    }
                    Fact::Settled(bytes) => assert_eq!(heard.log.len() as u64, *bytes, "{heard:?}"),
                    _ => {}
                }
                heard.facts.push(fact);
            }
            Output::Said(..) => panic!("nothing was asked"),
            Output::Ready(_) => heard.ready = true,
            Output::Unfit(bad) => panic!("{bad:?}"),
            Output::NoAgent(why) => panic!("{why}"),
        }
    }
}

/// Delivers the three streams in pieces, in an order, as `next` says: which stream (of those that have
/// something left) and how many bytes.
fn deliver(
    client: &mut Client,
    heard: &mut Heard,
    sent: &Sent,
    mut next: impl FnMut(&[(Stream, usize)]) -> (Stream, usize),
) {
    let mut rest = [
        (Stream::Control, sent.control.as_slice()),
        (Stream::Log, sent.log.as_slice()),
        (Stream::Facts, sent.facts.as_slice()),
    ];
    loop {
        let left: Vec<(Stream, usize)> =
            rest.iter().filter(|(_, b)| !b.is_empty()).map(|(s, b)| (*s, b.len())).collect();
        if left.is_empty() {
            return;
        }
        let (stream, len) = next(&left);
        let place = rest.iter_mut().find(|(s, _)| *s == stream).unwrap();
        let (now, later) = place.1.split_at(len);
        place.1 = later;
        client.bytes(stream, now);
        drain(client, heard);
    }
}

/// A noisy start, the programs' first words, and lines that a hostile step could only guess.
fn beginning(noise: &str) -> Sent {
    let mut host = ModelHost::new(NONCE);
    host.hello();
    let mut sent = host.sent;
    for stream in [&mut sent.control, &mut sent.log, &mut sent.facts] {
        let begun = std::mem::replace(stream, noise.as_bytes().to_vec());
        stream.extend(begun);
    }
    sent
}

const DIR: &str = "/base/m/runs/r/s.1";

fn go(log: LogEnd) -> Order {
    Order::Go { attempt: ATTEMPT, dir: DIR.into(), inline: false, log }
}

/// What a host says while a box runs: facts as text, log bytes as sent.
struct Script {
    facts: &'static [&'static str],
    log: &'static [u8],
    expect: &'static [Fact],
}

const HOSTILE: [&str; 12] = [
    "rc 999 0",
    "rc -1 0",
    "rc 0 -1",
    "rc 0 99999999999999999999999",
    "rc 0 5 x",
    "rc 00x 5",
    "settled",
    "settled -5",
    "tail 99999999999",
    "lost",
    "cut 5",
    "\u{1b}[2J rc 0 0",
];

const SCRIPTS: [Script; 7] = [
    Script {
        facts: &["1 running", "1 rc 0 12", "1 settled 12"],
        log: b"hello there\n",
        expect: &[Fact::Running, Fact::Ended(0, 12), Fact::Settled(12)],
    },
    Script {
        facts: &["1 running", "1 rc 7 5", "1 size 8", "1 size 12", "1 settled 12"],
        log: b"hello there\n",
        expect: &[Fact::Running, Fact::Ended(7, 5), Fact::Settled(12)],
    },
    Script {
        facts: &["1 running", "1 size 12", "1 lost died"],
        log: b"hello there\n",
        expect: &[Fact::Running, Fact::Lost(Outcome::Died)],
    },
    Script {
        facts: &["1 running", "1 rc 0 12", "1 settled 5"],
        log: b"hello",
        expect: &[Fact::Running, Fact::LogReplaced(5, 5), Fact::Ended(0, 12), Fact::Settled(5)],
    },
    Script {
        facts: &["1 running", "1 settled 0"],
        log: b"",
        expect: &[Fact::Running, Fact::Lost(Outcome::Corrupt)],
    },
    Script { facts: &["1 fenced"], log: b"", expect: &[Fact::Fenced] },
    Script { facts: &["1 absent"], log: b"", expect: &[Fact::Absent] },
];

impl Script {
    /// As sent; hostile lines without the nonce and broken ones with it between the facts.
    fn sent(&self, hostile: bool) -> Sent {
        let mut facts = String::new();
        let long = "x".repeat(20_000);
        for (at, fact) in self.facts.iter().enumerate() {
            if hostile {
                for (n, line) in HOSTILE.iter().enumerate() {
                    facts.push_str(&match (n + at) % 3 {
                        0 => format!("n0nc3 1 {line}\n1 {line}\n"),
                        1 => format!("{NONCE} 1 {line}\n"),
                        _ => format!("{NONCE} 2 rc 0 0\n{NONCE} {line}\n{NONCE}1 rc 0 0\n"),
                    });
                }
                facts.push_str(&format!("{NONCE} 1 rc 0 0 {long}\n{long} {NONCE} 1 rc 0 0\n"));
            }
            facts.push_str(&format!("{NONCE} {fact}\n"));
        }
        Sent { control: Vec::new(), log: self.log.to_vec(), facts: facts.into_bytes() }
    }
}

fn run(
    beginning: &Sent,
    script: &Sent,
    mut next: impl FnMut(&[(Stream, usize)]) -> (Stream, usize),
) -> Heard {
    let mut client = Client::new(NONCE, "/state").unwrap();
    let mut heard = Heard::default();
    drain(&mut client, &mut heard);
    heard.asked.clear();
    deliver(&mut client, &mut heard, beginning, &mut next);
    assert!(heard.ready);
    client.order(&go(LogEnd::default())).unwrap();
    deliver(&mut client, &mut heard, script, &mut next);
    heard
}

#[test]
fn where_a_stream_is_cut_changes_nothing() {
    for script in SCRIPTS {
        let check = |noise: &str, hostile: bool| {
            let (first, then) = (beginning(noise), script.sent(hostile));
            // Whole streams in each order of the three; then each stream cut at each place.
            let streams = [Stream::Control, Stream::Log, Stream::Facts];
            for turn in 0..3 {
                let longest = if hostile { 400 } else { first.control.len().max(then.facts.len()) };
                for at in 0..=longest {
                    let mut fresh = [true; 3];
                    let heard = run(&first, &then, |left| {
                        let order = (0..3).map(|n| streams[(n + turn) % 3]);
                        let mut there =
                            order.filter_map(|s| left.iter().find(|(stream, _)| *stream == s));
                        let (stream, len) = *there.next().unwrap();
                        let new = &mut fresh[streams.iter().position(|s| *s == stream).unwrap()];
                        let cut = if *new && at > 0 && at < len { at } else { len };
                        *new = cut == len;
                        (stream, cut)
                    });
                    assert_eq!(heard.facts, script.expect, "cut at {at}");
                    assert_eq!(heard.log, script.log, "cut at {at}");
                }
            }
        };
        check("", false);
        check("Last login: today\nprompt> ", false);
        check("n0nc n0nce0 0 ready\n", true);
    }
}

#[test]
fn a_stream_in_single_bytes_says_the_same() {
    for script in SCRIPTS {
        for hostile in [false, true] {
            let heard = run(&beginning("motd\n> "), &script.sent(hostile), |left| (left[0].0, 1));
            assert_eq!((heard.facts.as_slice(), heard.log.as_slice()), (script.expect, script.log));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_interleaving_says_the_same(
        which in 0..SCRIPTS.len(),
        noise in "[ -~\n]{0,40}",
        hostile: bool,
        seed: u64,
    ) {
        let script = &SCRIPTS[which];
        let mut random = Random::new(seed);
        let heard = run(&beginning(&noise), &script.sent(hostile), |left| {
            let (stream, len) = *random.pick(left).unwrap();
            (stream, 1 + random.below(len))
        });
        prop_assert_eq!(heard.facts.as_slice(), script.expect);
        prop_assert_eq!(heard.log.as_slice(), script.log);
    }

    /// A log that is emptied while it is read: whatever overtakes what, no byte of the one gets into
    /// the other.
    #[test]
    fn a_log_that_is_cut_is_never_spliced(seed: u64) {
        let mut random = Random::new(seed);
        let mut client = Client::new(NONCE, "/state").unwrap();
        let mut heard = Heard::default();
        let mut pick = |left: &[(Stream, usize)]| {
            let (stream, len) = *random.pick(left).unwrap();
            (stream, 1 + random.below(len))
        };
        deliver(&mut client, &mut heard, &beginning("x"), &mut pick);
        client.order(&go(LogEnd::default())).unwrap();
        let mut host = ModelHost::new(NONCE);
        host.fact("1 running");
        host.fact("1 cut 9 4");
        host.sent.log.extend(b"old bytes");
        deliver(&mut client, &mut heard, &host.sent, &mut pick);
        prop_assert_eq!(&heard.asked.last().unwrap().as_str(), &"from 1 0 d /base/m/runs/r/s.1\n");
        let mut host = ModelHost::new(NONCE);
        host.fact("1 rc 0 4");
        host.fact("1 settled 8");
        host.sent.log.extend(b"new log\n");
        deliver(&mut client, &mut heard, &host.sent, &mut pick);
        prop_assert_eq!(heard.aside, [b"old bytes".to_vec()]);
        prop_assert_eq!(heard.log, b"new log\n");
        let expect =
            [Fact::Running, Fact::LogReplaced(9, 4), Fact::Ended(0, 4), Fact::Settled(8)];
        prop_assert_eq!(heard.facts, expect);
    }
}

#[test]
fn a_log_is_continued_only_where_it_is_the_same() {
    let here = log_end(b"hello ");
    let check = |answer: &str, log: &[u8], expect: &[Fact], aside: usize| {
        let mut client = Client::new(NONCE, "/state").unwrap();
        let mut heard = Heard { log: b"hello ".to_vec(), ..Heard::default() };
        let whole = |left: &[(Stream, usize)]| left[0];
        deliver(&mut client, &mut heard, &beginning(""), whole);
        client.order(&Order::Attach { attempt: ATTEMPT, dir: DIR.into(), log: here }).unwrap();
        let mut host = ModelHost::new(NONCE);
        host.fact(answer);
        deliver(&mut client, &mut heard, &host.sent, whole);
        let mut host = ModelHost::new(NONCE);
        host.sent.log.extend(log);
        host.fact("1 rc 0 12");
        host.fact("1 settled 12");
        deliver(&mut client, &mut heard, &host.sent, whole);
        assert_eq!(heard.facts, expect, "{answer}");
        assert_eq!(heard.aside.len(), aside);
        assert_eq!(heard.log.len(), 12);
    };
    let (end, settled) = (Fact::Ended(0, 12), Fact::Settled(12));
    let plain = [end.clone(), settled.clone()];
    check(&format!("1 tail {}", here.tail), b"there\n", &plain, 0);
    let replaced = |there| [Fact::LogReplaced(6, there), end.clone(), settled.clone()];
    check("1 tail 1", b"hello there\n", &replaced(6), 1);
    check("1 short 2", b"hello there\n", &replaced(2), 1);
}

#[test]
fn the_model_is_understood() {
    let mut client = Client::new(NONCE, "/state").unwrap();
    let mut host = ModelHost::new(NONCE);
    host.steps.insert("echo it's".into(), Step::Exits(b"it's\n".to_vec(), 3));
    host.hello();
    let mut heard = Heard::default();
    let dir = format!("{BASE}/runs/r/s.1");
    drain(&mut client, &mut heard);
    heard.asked.clear();
    let put = Order::Put {
        attempt: ATTEMPT,
        dir: dir.clone(),
        text: "echo it's".into(),
        flags: Flags::default(),
    };
    client.order(&put).unwrap();
    drain(&mut client, &mut heard);
    host.control(&heard.asked.remove(0));
    client
        .order(&Order::Go { attempt: ATTEMPT, dir, inline: false, log: LogEnd::default() })
        .unwrap();
    drain(&mut client, &mut heard);
    host.agent(&heard.asked.remove(0));
    deliver(&mut client, &mut heard, &host.sent, |left| left[0]);
    let expect = [Fact::Staged, Fact::Running, Fact::Ended(3, 5), Fact::Settled(5)];
    assert_eq!(heard.facts, expect);
}
