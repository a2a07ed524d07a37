//! A full disk, at each write.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use deployui::{boxes::Fact, script::Flags};

use crate::{
    connection::{Connection, settled},
    host::{Host, Place, SHELLS},
};

/// A small file system in memory, mounted as long as this lives.
struct Small(PathBuf);

/// As root, itself or through sudo.
fn as_root(words: &[&str]) -> bool {
    let ran = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let quiet = |mut command: Command| {
        ran(command.stdin(std::process::Stdio::null()).stderr(std::process::Stdio::null()))
    };
    let plain = || {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    };
    let sudo = || {
        let mut command = Command::new("sudo");
        command.arg("-n").args(words);
        command
    };
    quiet(plain()) || quiet(sudo())
}

impl Small {
    fn mount(host: &Host, size: &str) -> Self {
        let at = host.path().join("small");
        fs::create_dir(&at).unwrap();
        let owner = fs::metadata(host.path()).map(|at| std::os::unix::fs::MetadataExt::uid(&at));
        let options = format!("{size},mode=0700,uid={}", owner.unwrap());
        let mounted =
            as_root(&["mount", "-t", "tmpfs", "-o", &options, "small", at.to_str().unwrap()]);
        assert!(mounted, "this test mounts a small tmpfs, as root: run tests/run");
        Self(at)
    }

    fn state(&self) -> String {
        self.0.join("state").display().to_string()
    }

    /// Fills it but for so many KiB.
    fn fill(&self, but: usize) {
        let mut file = fs::File::create(self.0.join("ballast")).unwrap();
        while file.write_all(&[b'x'; 1024]).is_ok() {}
        drop(file);
        let len = fs::metadata(self.0.join("ballast")).unwrap().len();
        let file = fs::OpenOptions::new().write(true).open(self.0.join("ballast")).unwrap();
        file.set_len(len.saturating_sub((but * 1024).try_into().unwrap())).unwrap();
    }

    /// Takes all names but so many.
    fn take_inodes(&self, but: usize) {
        let dir = self.0.join("many");
        fs::create_dir(&dir).unwrap();
        let taken = (0..).take_while(|n| fs::write(dir.join(n.to_string()), "").is_ok()).count();
        for n in 0..but.min(taken) {
            fs::remove_file(dir.join(n.to_string())).unwrap();
        }
    }

    fn empty(&self) {
        // A child that another test is just starting may still have the file open: it is emptied first.
        if let Ok(ballast) = fs::OpenOptions::new().write(true).open(self.0.join("ballast")) {
            ballast.set_len(0).unwrap();
        }
        let _none = fs::remove_file(self.0.join("ballast"));
        let _none = fs::remove_dir_all(self.0.join("many"));
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        as_root(&["umount", "-l", self.0.to_str().unwrap()]);
    }
}

/// The first fact that says how a put or a go came out.
fn outcome(connection: &mut Connection) -> Fact {
    connection.fact(|fact| match fact {
        Fact::Running | Fact::Ended(..) => None,
        fact => Some(fact.clone()),
    })
}

fn effects(host: &Host, name: &str) -> usize {
    host.read(&format!("effects-{name}")).lines().count()
}

fn step(host: &Host, name: &str, status: u8) -> String {
    let file = host.path().join(format!("effects-{name}"));
    format!("echo x >>{}\nexit {status}", Path::new(&file).display())
}

#[test]
fn a_full_disk_at_put_is_said_or_does_not_matter() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=512k");
        for but in 0..14 {
            let name = format!("p{but}");
            let mut connection = Connection::open_at(&host, &small.state());
            connection.ready().unwrap();
            small.fill(4 * but);
            connection.put_blindly(&name, &step(&host, &name, 3));
            let put = outcome(&mut connection);
            if put == Fact::Staged {
                let dir = connection.dir(&name);
                connection.go(&dir, false);
                connection.fact(settled);
                connection.fact(|fact| matches!(fact, Fact::Ended(3, _)).then_some(()));
            } else {
                assert!(matches!(put, Fact::Refused(_)), "{but}: {put:?}");
                assert_eq!(effects(&host, &name), 0);
                // With room again, the same attempt is put and runs.
                small.empty();
                connection.seen.clear();
                connection.run(&name, &step(&host, &name, 3), Flags::default());
            }
            assert_eq!(effects(&host, &name), 1, "{} {but}", shell.name());
            small.empty();
        }
    }
}

#[test]
fn a_full_disk_at_go_changes_no_status() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=512k");
        for (n, status) in [0, 3].into_iter().enumerate() {
            for inline in [false, true] {
                let mut connection = Connection::open_at(&host, &small.state());
                let name = format!("g{n}{inline}");
                let dir = connection.put(&name, &step(&host, &name, status), Flags::default());
                small.fill(0);
                connection.go(&dir, inline);
                connection.fact(settled);
                connection.until_fact(&Fact::Ended(status, 0));
                assert_eq!(effects(&host, &name), 1);
                small.empty();
            }
        }
    }
}

#[test]
fn no_names_left_at_go_is_a_refusal_or_does_not_matter() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=4m,nr_inodes=120");
        for but in 0..5 {
            for inline in [false, true] {
                let mut connection = Connection::open_at(&host, &small.state());
                let name = format!("i{but}{inline}");
                let dir = connection.put(&name, &step(&host, &name, 3), Flags::default());
                small.take_inodes(but);
                connection.seen.clear();
                connection.go(&dir, inline);
                let out = outcome(&mut connection);
                let here = format!("{} {but} {inline}: {out:?}", shell.name());
                if matches!(out, Fact::Refused(_)) {
                    assert_eq!(effects(&host, &name), 0, "{here}");
                    small.empty();
                    connection.go(&dir, inline);
                    connection.fact(|fact| matches!(fact, Fact::Settled(_)).then_some(()));
                } else {
                    assert_eq!(out, Fact::Settled(0), "{here}");
                }
                connection.until_fact(&Fact::Ended(3, 0));
                assert_eq!(effects(&host, &name), 1, "{here}");
                small.empty();
            }
        }
    }
}

#[test]
fn no_names_left_at_a_fence_is_no_fence() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=4m,nr_inodes=60");
        let mut connection = Connection::open_at(&host, &small.state());
        let dir = connection.put("f", &step(&host, "f", 3), Flags::default());
        let fence =
            deployui::boxes::Order::Fence { attempt: crate::connection::ATTEMPT, dir: dir.clone() };
        small.take_inodes(0);
        connection.order(&fence);
        connection.fact(|fact| matches!(fact, Fact::Unable(_)).then_some(()));
        small.empty();
        small.fill(0);
        connection.seen.clear();
        connection.order(&fence);
        connection.fact(|fact| matches!(fact, Fact::Unable(_)).then_some(()));
        small.empty();
        connection.order(&fence);
        connection.until_fact(&Fact::Fenced);
        connection.go(&dir, false);
        connection.fact(|fact| matches!(fact, Fact::Fenced).then_some(()));
        assert_eq!(effects(&host, "f"), 0);
    }
}

#[test]
fn a_step_that_fills_the_disk_has_its_status() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=512k");
        for (status, inline) in [(0, false), (5, false), (5, true)] {
            let mut connection = Connection::open_at(&host, &small.state());
            let text = format!("yes 'a line of output' | head -c 2000000\nexit {status}");
            let name = format!("o{status}{inline}");
            let dir = connection.put(&name, &text, Flags::default());
            connection.go(&dir, inline);
            let bytes = connection.fact(settled);
            let place = Place(dir.into());
            assert!(bytes < 512 * 1024 && bytes > 64 * 1024);
            connection.until_fact(&Fact::Ended(status, bytes));
            assert!(connection.log == place.log(), "{}", shell.name());
            fs::remove_file(place.0.join("log")).unwrap();
        }
    }
}

/// An order as it comes over a connection that its console has given up: nobody hears what it says.
fn late_go(connection: &mut Connection, dir: &str, inline: bool) -> Fact {
    connection.go(dir, inline);
    outcome(connection)
}

#[test]
fn a_start_that_comes_after_the_next_attempt_begins_nothing() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let small = Small::mount(&host, "size=4m,nr_inodes=120");
        for inline in [false, true] {
            let name = format!("late{inline}");
            let (one, two) = (format!("{name}.1"), format!("{name}.2"));
            let mut old = Connection::open_at(&host, &small.state());
            let first = old.put_attempt(&one, &step(&host, &name, 3), Flags::default());
            let mut new = Connection::open_at(&host, &small.state());
            new.ready().unwrap();
            small.take_inodes(0);
            new.go(&first, inline);
            assert!(matches!(outcome(&mut new), Fact::Refused(_)));
            // Without room the next attempt is not put either, nor the old one forbidden.
            new.seen.clear();
            new.put_attempt_blindly(&two, &step(&host, &name, 3), Flags::default());
            assert!(matches!(outcome(&mut new), Fact::Refused(_)));
            small.empty();
            new.seen.clear();
            let second = new.put_attempt(&two, &step(&host, &name, 3), Flags::default());
            new.go(&second, inline);
            new.fact(settled);
            old.seen.clear();
            assert_eq!(
                late_go(&mut old, &first, inline),
                Fact::Fenced,
                "{} {inline}",
                shell.name()
            );
            assert_eq!(effects(&host, &name), 1, "{} {inline}", shell.name());
        }
    }
}

#[test]
fn no_attempt_is_put_while_one_before_it_runs_after_all() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let mut old = Connection::open(&host);
        let file = host.path().join("effects-runs").display().to_string();
        let text = format!("echo x >>{file}; read -r a");
        let flags = Flags { input: true, user: None };
        let first = old.put_attempt("runs.1", &text, flags);
        old.go(&first, false);
        old.until_fact(&Fact::Running);
        let mut new = Connection::open(&host);
        new.ready().unwrap();
        new.put_attempt_blindly("runs.2", &text, Flags::default());
        let Fact::Refused(why) = outcome(&mut new) else { panic!("{}", shell.name()) };
        assert_eq!(why, "attempt 1 has begun after all, and is running");
        fs::write(Path::new(&first).join("in"), "x\n").unwrap();
        old.fact(settled);
        new.seen.clear();
        new.put_attempt("runs.2", &text, Flags::default());
        assert_eq!(effects(&host, "runs"), 1);
    }
}
