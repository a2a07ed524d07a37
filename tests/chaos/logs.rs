//! Logs that are not what they were, and ways to continue them.

use std::{fs, io::Write as _};

use deployui::{boxes::Fact, script::Flags};

use crate::{
    connection::{Connection, settled},
    host::{Host, Place, every_shell},
    special::until_log,
};

/// A step that prints, waits at a gate, does something, and exits with 3.
fn gated(host: &Host, before: &str, after: &str) -> (Connection, String) {
    let made = std::process::Command::new("mkfifo").arg(host.path().join("gate")).status().unwrap();
    assert!(made.success());
    let mut connection = Connection::open(host);
    let text = format!("{before}\nread -r _ <\"$HOME/gate\"\n{after}\nexit 3");
    let dir = connection.put("gated", &text, Flags::default());
    connection.go(&dir, false);
    (connection, dir)
}

fn open_gate(host: &Host) {
    fs::OpenOptions::new()
        .write(true)
        .open(host.path().join("gate"))
        .unwrap()
        .write_all(b"\n")
        .unwrap();
}

fn replaced(connection: &Connection) -> Vec<Fact> {
    let of_the_log = |fact: &Fact| matches!(fact, Fact::LogReplaced(..));
    connection.facts().into_iter().filter(of_the_log).collect()
}

#[test]
fn a_log_that_its_own_step_empties_is_read_anew() {
    for shell in every_shell() {
        let check = |after: &str, log: &str| {
            let host = Host::new(shell);
            let (mut connection, _) = gated(&host, "echo one; echo two", after);
            until_log(&mut connection, b"one\ntwo\n");
            // The next look has come by: how it begins is known.
            connection.listen(std::time::Duration::from_millis(120));
            open_gate(&host);
            connection.fact(settled);
            let name = shell.name();
            assert_eq!(String::from_utf8_lossy(&connection.log), log, "{name} {after}");
            assert_eq!(connection.aside, [b"one\ntwo\n".to_vec()], "{name} {after}");
            assert_eq!(replaced(&connection).len(), 1, "{name} {after}");
            assert!(connection.facts().iter().any(|fact| matches!(fact, Fact::Ended(3, _))));
        };
        check("echo x >/dev/stderr", "x\n");
        // As long as before, and longer.
        check("echo two >/dev/stderr; echo one", "two\none\n");
        check("echo three >/dev/stderr; echo four", "three\nfour\n");
        check(": >/dev/stderr", "");
        check("rm log; echo three >log; sleep 0.1 || sleep 1", "three\n");
    }
}

#[test]
fn a_log_that_is_deleted_is_read_to_its_end() {
    for shell in every_shell() {
        let host = Host::new(shell);
        let (mut connection, dir) = gated(&host, "echo one", "echo two");
        until_log(&mut connection, b"one\n");
        fs::remove_file(Place(dir.clone().into()).0.join("log")).unwrap();
        open_gate(&host);
        connection.fact(settled);
        assert_eq!(connection.log, b"one\ntwo\n");
        let ended = |fact: &Fact| matches!(fact, Fact::Ended(3, _)).then_some(());
        connection.fact(ended);
        // Who comes later learns the end, and that there is no such log.
        let mut later = Connection::open(&host).continuing(connection.log.clone());
        later.ready();
        later.attach(&dir);
        later.fact(settled);
        later.fact(ended);
        assert_eq!(later.aside, [b"one\ntwo\n".to_vec()], "{}", shell.name());
        assert_eq!(replaced(&later)[0], Fact::LogReplaced(8, 0));
    }
}

#[test]
fn a_log_is_continued_from_any_place() {
    let whole: Vec<u8> = (0..3000u32).flat_map(|n| format!("{n} line\n").into_bytes()).collect();
    let len = whole.len();
    for shell in every_shell() {
        let host = Host::new(shell);
        let mut first = Connection::open(&host);
        let text = "i=0; while [ $i -lt 3000 ]; do echo \"$i line\"; i=$((i + 1)); done";
        let place = first.run("whole", text, Flags::default());
        assert!(first.log == whole);
        let dir = place.0.display().to_string();
        for from in [0, 1, 2, 63, 64, 4095, 4096, 4097, 8192, len - 1, len] {
            let mut later = Connection::open(&host).continuing(whole[..from].to_vec());
            later.ready();
            later.attach(&dir);
            later.fact(settled);
            assert!(later.log == whole, "{} from {from}", shell.name());
            assert_eq!((replaced(&later).len(), later.aside.len()), (0, 0));
        }
        let mut other = whole[..5000].to_vec();
        other[4990] ^= 1;
        let longer = [whole.as_slice(), b"more"].concat();
        for here in [other, longer] {
            let mut later = Connection::open(&host).continuing(here.clone());
            later.ready();
            later.attach(&dir);
            later.fact(settled);
            assert!(later.log == whole, "{} from {} others", shell.name(), here.len());
            assert_eq!(replaced(&later).len(), 1);
            assert!(later.aside == [here]);
        }
    }
}

#[test]
fn a_log_or_a_box_that_is_a_link_is_refused() {
    for shell in every_shell() {
        let host = Host::new(shell);
        let mut connection = Connection::open(&host);
        let dir = connection.put("linked", "echo x >>effects", Flags::default());
        let place = Place(dir.clone().into());
        let elsewhere = host.path().join("elsewhere");
        fs::write(&elsewhere, "precious").unwrap();
        fs::remove_file(place.0.join("log")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, place.0.join("log")).unwrap();
        connection.go(&dir, false);
        connection.until_fact(&Fact::Absent);
        connection.put_blindly("linked", "echo x >>effects");
        connection.fact(|fact| matches!(fact, Fact::Refused(_)).then_some(()));
        assert_eq!(host.read("elsewhere"), "precious");
        assert_eq!(place.read("effects"), "");

        let base = connection.ready().unwrap();
        std::os::unix::fs::symlink(host.path(), format!("{base}/runs/run/other.1")).unwrap();
        connection.seen.clear();
        connection.put_blindly("other", "true");
        connection.fact(|fact| matches!(fact, Fact::Refused(_)).then_some(()));
    }
}
