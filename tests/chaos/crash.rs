//! A console that dies at any byte of what it sends.

use deployui::{boxes::Fact, script::Flags};

use crate::{
    asked::rounds,
    connection::{Connection, settled},
    host::{Host, Place, SHELLS},
    random::Random,
};

const STEP: &str = "echo x >>effects; echo one; echo two >&2; exit 3";

/// Bytes that both programs have, and those with put and go.
fn lengths(host: &Host) -> (usize, usize) {
    let mut connection = Connection::cut_after(host, usize::MAX);
    let dir = connection.dir("measure");
    let programs = usize::MAX - connection.left();
    connection.put("measure", STEP, Flags::default());
    connection.go(&dir, false);
    connection.fact(settled);
    (programs, usize::MAX - connection.left())
}

/// Puts and begins a step through a console that dies after so many bytes; then another console does
/// the same to the end.
fn crash(host: &Host, bytes: usize) {
    let name = format!("at{bytes}");
    let mut first = Connection::cut_after(host, bytes);
    if first.ready().is_some() {
        let dir = first.dir(&name);
        first.put_blindly(&name, STEP);
        if first.maybe_fact(&Fact::Staged) {
            first.go(&dir, false);
        }
        while first.one_more() {}
    }
    let log = std::mem::take(&mut first.log);
    drop(first);
    let mut second = Connection::open(host).continuing(log);
    let dir = second.put(&name, STEP, Flags::default());
    let place = Place(dir.clone().into());
    assert!(place.log().starts_with(&second.log), "after {bytes} bytes");
    second.go(&dir, false);
    second.fact(settled);
    let facts = second.facts();
    let end = [Fact::Ended(3, 8), Fact::Settled(8)];
    assert!(facts.ends_with(&end), "{} after {bytes} bytes: {facts:?}", host.shell.name());
    assert_eq!(place.read("effects"), "x\n", "{} after {bytes} bytes", host.shell.name());
    assert_eq!(second.log, b"one\ntwo\n", "{} after {bytes} bytes", host.shell.name());
    assert_eq!(second.log, place.log());
}

#[test]
fn a_console_that_dies_at_any_byte_does_nothing_twice() {
    for (n, shell) in SHELLS.into_iter().enumerate() {
        let host = Host::new(shell);
        let (programs, all) = lengths(&host);
        // Every byte of put and go, or some of them, from another one on in each shell.
        let apart = (3 * (all - programs)).div_ceil(rounds(100).max(1));
        for bytes in (programs + n..=all + n).step_by(apart) {
            crash(&host, bytes.min(all));
        }
        let mut random = Random::new(n.try_into().unwrap());
        for _ in 0..rounds(8) / 2 {
            crash(&host, random.below(programs));
        }
    }
}
