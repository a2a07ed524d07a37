//! Steps that are not like others.

use std::{fs, os::unix::process::CommandExt as _, time::Duration};

use deployui::{
    boxes::{Fact, Order},
    model::{Command, Text},
    script::{Flags, HasNul, News, quote, script},
};
use sha2::{Digest as _, Sha256};

use crate::{
    connection::{ATTEMPT, Connection, settled},
    host::{Host, Place, SHELLS, Shell, every_shell},
};

fn on_every_shell(test: impl Fn(&Host, &mut Connection)) {
    on(&every_shell(), test);
}

fn on(shells: &[Shell], test: impl Fn(&Host, &mut Connection)) {
    for shell in shells {
        let host = Host::new(*shell);
        println!("in {}", shell.name());
        let mut connection = Connection::open(&host);
        test(&host, &mut connection);
    }
}

fn plain() -> Flags {
    Flags::default()
}

fn quoted(path: &std::path::Path) -> Result<String, HasNul> {
    quote(&path.display().to_string())
}

#[test]
fn a_step_runs_once_and_says_how_it_ended() {
    for inline in [false, true] {
        on_every_shell(|_, connection| {
            let mut n = 0;
            let mut check = |text: &str, status: u8, log: &str| {
                n += 1;
                connection.seen.clear();
                connection.log.clear();
                let text = format!("echo x >>effects\n{text}");
                let dir = connection.put(&format!("plain{n}"), &text, plain());
                connection.go(&dir, inline);
                let bytes = connection.fact(settled);
                let expect = [Fact::Staged, Fact::Ended(status, bytes), Fact::Settled(bytes)];
                // A step that has ended before it is looked at is not said to run.
                let mut facts = connection.facts();
                facts.retain(|fact| *fact != Fact::Running);
                assert_eq!(facts, expect, "{text} {inline}");
                assert_eq!(String::from_utf8_lossy(&connection.log), log, "{text} {inline}");
                let place = Place(dir.into());
                assert_eq!((place.log(), place.read("effects").as_str()), (log.into(), "x\n"));
            };
            check("echo hello; echo there >&2", 0, "hello\nthere\n");
            check("printf %s 'no newline'; exit 7", 7, "no newline");
            check("cat", 0, "");
            check("read -r a; echo \"$?$a\"", 0, "1\n");
            check("printf 'é%s\\n' \"it's\" '$(id)'", 0, "éit's\né$(id)\n");
            check("kill -9 $$", 137, "");
            check("kill -TERM $$", 143, "");
            check("exit 255", 255, "");
            check("no-such-command-here 2>/dev/null", 127, "");
        });
    }
}

#[test]
fn a_daemon_that_keeps_the_box_lets_it_end_but_not_settle() {
    on_every_shell(|host, connection| {
        let dir = connection.put("daemon", "echo up; sleep 60 & echo $! >daemon; exit 3", plain());
        connection.go(&dir, false);
        connection.until_fact(&Fact::Ended(3, 3));
        // Twice the time between two looks, and nothing is settled.
        connection.listen(Duration::from_millis(120));
        assert!(!connection.facts().iter().any(|fact| matches!(fact, Fact::Settled(_))));
        let daemon = Place(dir.into()).read("daemon").trim().parse().unwrap();
        host.signal("TERM", daemon);
        connection.until_fact(&Fact::Settled(3));
    });
}

#[test]
fn what_a_step_leaves_behind_can_be_ended_with_its_group() {
    on_every_shell(|_, connection| {
        let dir = connection.put("left", "sleep 60 &", plain());
        connection.go(&dir, false);
        connection.until_fact(&Fact::Ended(0, 0));
        connection.cancel(&dir, "TERM");
        connection.until_fact(&Fact::Signalled(true));
        connection.until_fact(&Fact::Settled(0));
        connection.seen.clear();
        connection.cancel(&dir, "KILL");
        connection.until_fact(&Fact::Signalled(false));
    });
}

#[test]
fn a_daemon_of_a_step_that_detaches_does_not_hold_it() {
    on_every_shell(|host, connection| {
        let text = "exec 7>&-\nsleep 60 >/dev/null 2>&1 & echo $! >daemon";
        let place = connection.run("detaches", text, plain());
        let daemon: i64 = place.read("daemon").trim().parse().unwrap();
        assert!(fs::exists(format!("/proc/{daemon}")).unwrap(), "it outlives its step");
        host.signal("KILL", daemon);
    });
}

#[test]
fn a_step_that_is_deaf_to_term_is_killed() {
    on_every_shell(|_, connection| {
        let text = "trap '' TERM; echo up; for i in 1 2 3 4 5 6; do sleep 10; done";
        let dir = connection.put("deaf", text, plain());
        connection.go(&dir, false);
        until_log(connection, b"up\n");
        connection.cancel(&dir, "TERM");
        connection.until_fact(&Fact::Signalled(true));
        connection.listen(Duration::from_millis(120));
        assert!(!connection.facts().iter().any(|fact| matches!(fact, Fact::Ended(..))));
        connection.cancel(&dir, "KILL");
        connection.until_fact(&Fact::Ended(137, 3));
        connection.until_fact(&Fact::Settled(3));
    });
}

#[test]
fn a_child_that_cleans_up_after_term_is_waited_for() {
    on_every_shell(|host, connection| {
        let gate = host.path().join("gate");
        let make = std::process::Command::new("mkfifo").arg(&gate).status().unwrap();
        assert!(make.success());
        let gate_word = quoted(&gate).unwrap();
        // The child says that it listens, and cleans up when TERM comes, but only through the gate.
        let text = format!(
            "(trap 'read -r _ <'{gate_word}'; echo cleaned; exit' TERM; echo up; \
             while :; do sleep 0.1 || sleep 1; done) &\nwait"
        );
        let dir = connection.put("cleans", &text, plain());
        connection.go(&dir, false);
        until_log(connection, b"up\n");
        connection.cancel(&dir, "TERM");
        connection.fact(|fact| matches!(fact, Fact::Ended(143, _)).then_some(()));
        connection.listen(Duration::from_millis(120));
        assert!(!connection.facts().iter().any(|fact| matches!(fact, Fact::Settled(_))));
        fs::write(&gate, "\n").unwrap();
        let bytes = connection.fact(settled);
        assert_eq!(connection.log.len() as u64, bytes);
        assert!(connection.log.ends_with(b"cleaned\n"), "what came after the end is in the log");
    });
}

#[test]
fn an_answer_is_delivered_once() {
    on_every_shell(|_, connection| {
        let text = "echo first; read -r a; echo second; read -r b; printf '%s/%s\n' \"$a\" \"$b\"";
        let dir = connection.put("asks", text, Flags { input: true, user: None });
        let answer = |number, text: &str| Order::Input {
            attempt: ATTEMPT,
            dir: dir.clone(),
            number,
            text: text.to_owned(),
        };
        connection.order(&answer(1, "too early"));
        let not_given = |fact: &Fact| matches!(fact, Fact::NotGiven(..)).then_some(());
        connection.fact(not_given);
        connection.go(&dir, false);
        until_log(connection, b"first\n");
        connection.order(&answer(1, "it's \\n $(id) é"));
        connection.until_fact(&Fact::Given(1));
        until_log(connection, b"first\nsecond\n");
        connection.seen.clear();
        // A reconnecting console sends it again.
        connection.order(&answer(1, "it's \\n $(id) é"));
        connection.until_fact(&Fact::Given(1));
        connection.order(&answer(2, ""));
        connection.fact(settled);
        let log = String::from_utf8(connection.log.clone()).unwrap();
        assert_eq!(log, "first\nsecond\nit's \\n $(id) é/\n");
        connection.seen.clear();
        connection.order(&answer(3, "too late"));
        connection.fact(not_given);
    });
}

#[test]
fn a_long_and_odd_script_arrives_as_it_was_written() {
    // Bytes 0x81 to 0x88 are marks inside of dash and BusyBox; they occur in these letters.
    let odd = "Łódź ł ń ń ĂÂ \u{85} \u{88} it's \"q\" `b` $(c) ${d} \\ \\\\ \t ~ * ? [a] # ! {x,y} 日本 🚀";
    let mut text = String::new();
    for n in 0..1500 {
        text.push_str(&format!("cat <<'END {n}'\n{n} {odd}\nEND {n}\n"));
    }
    assert!(text.len() > 128 * 1024);
    text.push_str("printf '%s' ");
    text.push_str(&quote(odd).unwrap());
    let expect: String = (0..1500).map(|n| format!("{n} {odd}\n")).collect::<String>() + odd;
    // mksh has no printf of its own, so it cannot take more than one argument of a program may have.
    on(&SHELLS, |_, connection| {
        let place = connection.run("odd", &text, plain());
        assert_eq!(place.read("cmd"), text);
        assert!(connection.log == expect.as_bytes(), "another log");
    });
}

#[test]
fn a_step_sees_the_surroundings_of_a_login_and_nothing_of_ours() {
    on_every_shell(|_, connection| {
        let text = "env | sort\necho \"umask $(umask)\"\n\
                    for f in /proc/$$/fd/[0-9]; do if [ -e \"$f\" ]; then echo \"fd ${f##*/}\"; fi; done";
        connection.run("env", text, plain());
        let log = String::from_utf8(connection.log.clone()).unwrap();
        let names: Vec<&str> = log
            .lines()
            .map(|line| line.split_once('=').map_or(line, |(name, _)| name))
            // Shells export these by themselves.
            .filter(|name| !["PWD", "OLDPWD", "SHLVL", "LOGNAME", "_"].contains(name))
            .collect();
        let mut expect = vec!["HOME", "LANG", "PATH", "umask 0077"];
        expect.extend(["fd 0", "fd 1", "fd 2", "fd 7"]);
        let names: Vec<&str> = names
            .iter()
            .map(|name| if *name == "umask 077" { "umask 0077" } else { name })
            .collect();
        assert_eq!(names, expect, "{log}");
    });
}

#[test]
fn a_long_log_arrives_byte_by_byte_and_is_kept_nowhere() {
    for (shell, mib) in SHELLS.into_iter().zip([200, 20, 20]) {
        let host = Host::new(shell);
        let mut connection = Connection::open(&host);
        connection.digest = Some((Sha256::new(), 0));
        let text = format!("seq 1 99999999 | head -c {}", mib * 1024 * 1024);
        let place = connection.run("long", &text, plain());
        let (digest, most) = connection.digest.take().unwrap();
        let expect = std::process::Command::new("sha256sum").arg(place.0.join("log")).output();
        let expect = String::from_utf8(expect.unwrap().stdout).unwrap();
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(expect.starts_with(&digest), "{}", shell.name());
        assert!(most <= 65536, "the client holds back what it is given");
        connection.until_fact(&Fact::Settled(mib * 1024 * 1024));
    }
}

#[test]
fn an_agent_that_lives_long_leaves_nothing_behind() {
    on_every_shell(|_, connection| {
        connection.run("first", "true", plain());
        let agent = connection.agent_process();
        let open = || fs::read_dir(format!("/proc/{agent}/fd")).unwrap().count();
        let before = open();
        let one_more = |connection: &mut Connection, n: u32| {
            connection.seen.clear();
            connection.run(&format!("n{n}"), "echo x", plain());
        };
        (0..25).for_each(|n| one_more(connection, n));
        // It may be about to close what the last one left: of a leak each would leave one more.
        let closed = (25..35).any(|n| {
            let few = open() <= before;
            one_more(connection, n);
            few
        });
        assert!(closed, "{} open, {before} before", open());
        // Boxes that something holds, and that nobody waits for any more.
        for n in 0..5 {
            connection.seen.clear();
            let dir = connection.put(&format!("held{n}"), "sleep 60 &", plain());
            connection.go(&dir, false);
            connection.until_fact(&Fact::Ended(0, 0));
        }
        connection.seen.clear();
        connection.run("last", "echo x", plain());
        // Besides its reader, at most what is about to be waited for.
        let children = fs::read_to_string(format!("/proc/{agent}/task/{agent}/children")).unwrap();
        assert!(children.split_whitespace().count() <= 3, "{children}");
    });
}

#[test]
fn a_step_without_its_supervisor_is_followed_and_can_be_ended() {
    on_every_shell(|host, connection| {
        let mut orphan = |name: &str| {
            connection.seen.clear();
            connection.log.clear();
            let text = "echo up; read -r a; echo down; exit 6";
            let dir = connection.put(name, text, Flags { input: true, user: None });
            connection.go(&dir, false);
            until_log(connection, b"up\n");
            let place = Place(dir.clone().into());
            while place.supervisor().is_none() {
                connection.listen(Duration::from_millis(1));
            }
            host.signal("KILL", place.supervisor().unwrap());
            // The death of a process is not at once.
            for left in (0..500).rev() {
                connection.order(&Order::State { attempt: ATTEMPT, dir: dir.clone() });
                let state = connection.fact(|fact| match fact {
                    Fact::State(state) => Some(state.clone()),
                    _ => None,
                });
                connection.seen.clear();
                match state {
                    News::Running => assert!(left > 0, "it is said to run for ever"),
                    state => {
                        assert_eq!(state, News::Orphaned);
                        break;
                    }
                }
            }
            dir
        };
        let dir = orphan("answered");
        let text = String::new();
        connection.order(&Order::Input { attempt: ATTEMPT, dir, number: 1, text });
        connection.until_fact(&Fact::Ended(6, 8));
        connection.until_fact(&Fact::Settled(8));
        assert_eq!(connection.log, b"up\ndown\n");
    });
    on_every_shell(|host, connection| {
        let dir = connection.put("ended", "echo up; sleep 60", plain());
        connection.go(&dir, false);
        until_log(connection, b"up\n");
        let place = Place(dir.clone().into());
        while place.supervisor().is_none() {
            connection.listen(Duration::from_millis(1));
        }
        host.signal("KILL", place.supervisor().unwrap());
        connection.cancel(&dir, "TERM");
        connection.fact(|fact| matches!(fact, Fact::Ended(143, _)).then_some(()));
        connection.fact(settled);
    });
}

#[test]
fn a_process_that_has_the_number_of_an_old_step_is_left_alone() {
    on_every_shell(|_, connection| {
        let place = connection.run("old", "true", plain());
        let dir = place.0.display().to_string();
        // Start times are counted in hundredths of a second; no number comes back so soon.
        connection.listen(Duration::from_millis(30));
        let mut innocent =
            std::process::Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        fs::write(place.0.join("leader"), format!("-\n{}\n", innocent.id())).unwrap();
        connection.cancel(&dir, "KILL");
        connection.until_fact(&Fact::Signalled(false));
        // Also where the box does not say when its leader started.
        connection.seen.clear();
        fs::write(place.0.join("pid"), place.read("pid").lines().next().unwrap()).unwrap();
        connection.cancel(&dir, "KILL");
        connection.until_fact(&Fact::Signalled(false));
        assert_eq!(innocent.try_wait().unwrap(), None);
        innocent.kill().unwrap();
        innocent.wait().unwrap();
    });
}

/// A step as another user, as it is planned.
fn as_user(user: &str, text: &str) -> Option<(String, Flags)> {
    let allowed = std::process::Command::new("sudo")
        .args(["-n", "-u", user, "true"])
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    assert!(allowed, "this test needs sudo -n to {user}: run tests/run");
    let mut command = Command::new(Text::literal(text));
    command.user = Some(user.to_owned());
    command.cwd = Some(Text::literal("/"));
    let script = script(&command, |_| None).unwrap();
    Some((script.text, script.flags))
}

#[test]
fn a_step_of_root_is_followed_and_ended_as_any_other() {
    on_every_shell(|_, connection| {
        let (text, flags) = as_user("root", "id -un; umask; (sleep 60) & exit 4").unwrap();
        let dir = connection.put("root", &text, flags);
        connection.go(&dir, false);
        connection.until_fact(&Fact::Ended(4, 10));
        assert_eq!(connection.log, b"root\n0022\n");
        connection.listen(Duration::from_millis(120));
        assert!(!connection.facts().iter().any(|fact| matches!(fact, Fact::Settled(_))));
        connection.cancel(&dir, "TERM");
        connection.until_fact(&Fact::Signalled(true));
        connection.until_fact(&Fact::Settled(10));
    });
    for (signal, user) in [("TERM", "root"), ("KILL", "root"), ("TERM", "nobody")] {
        on_every_shell(|_, connection| {
            let (text, flags) = as_user(user, "echo up; sleep 60").unwrap();
            let dir = connection.put("stays", &text, flags);
            connection.go(&dir, false);
            until_log(connection, b"up\n");
            connection.cancel(&dir, signal);
            connection.until_fact(&Fact::Signalled(true));
            connection.fact(settled);
            let killed = |fact: &Fact| matches!(fact, Fact::Ended(137 | 143, _)).then_some(());
            connection.fact(killed);
        });
    }
}

pub(crate) fn until_log(connection: &mut Connection, wanted: &[u8]) {
    while connection.log != wanted {
        assert!(
            wanted.starts_with(&connection.log),
            "{:?}",
            String::from_utf8_lossy(&connection.log)
        );
        assert!(connection.one_more(), "hung up");
    }
}

/// A server may end what it started with the whole group. Whatever is left of the box, the step goes on,
/// and its own witness says how it ended.
#[test]
fn a_step_outlives_the_group_of_its_agent() {
    for signal in ["HUP", "TERM", "INT", "KILL"] {
        on_every_shell(|host, connection| {
            let text = "echo up; read -r a; exit 6";
            let dir = connection.put("group", text, Flags { input: true, user: None });
            connection.go(&dir, false);
            until_log(connection, b"up\n");
            let place = Place(dir.clone().into());
            while place.supervisor().is_none() {
                connection.listen(Duration::from_millis(1));
            }
            host.signal(signal, -connection.agent_process());
            let mut again = Connection::open(host).continuing(b"up\n".to_vec());
            again.ready().unwrap();
            again.attach(&dir);
            again.until_fact(&Fact::Running);
            let input =
                Order::Input { attempt: ATTEMPT, dir: dir.clone(), number: 1, text: "x".into() };
            again.order(&input);
            again.until_fact(&Fact::Settled(3));
            again.until_fact(&Fact::Ended(6, 3));
        });
    }
}
