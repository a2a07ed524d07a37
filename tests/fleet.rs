//! The ground the other integration tests stand on: that the hosts are as separate, as odd and as
//! breakable as those tests take them to be.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Output};

use support::console::Console;
use support::deployui::{Deployui, Spawned};
use support::fleet::Fleet;
use support::proxy::{Direction, Fault, Proxy};

/// What `text` prints on host `i` as `deploy`; it must succeed.
fn on(fleet: &Fleet, i: usize, text: &str) -> String {
    let output = ssh(fleet, i, text);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "h{i}: {text}: {}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn ssh(fleet: &Fleet, i: usize, text: &str) -> Output {
    fleet.ssh(i).arg(text).output().unwrap()
}

#[test]
fn hosts_share_neither_files_nor_names_nor_processes() {
    let fleet = Fleet::up(2, &[]);
    for i in [1, 2] {
        assert_eq!(on(&fleet, i, "hostname"), format!("h{i}"));
        assert_eq!(on(&fleet, i, "id -un; sudo -n id -un; pwd"), "deploy\nroot\n/home/deploy");
    }
    for place in ["/srv/seen", "/home/deploy/seen", "/tmp/seen", "/etc/seen", "/usr/bin/seen"] {
        on(&fleet, 1, &format!("echo 1 | sudo -n tee {place}"));
        assert_eq!(on(&fleet, 1, &format!("cat {place}")), "1");
        assert_eq!(on(&fleet, 2, &format!("test ! -e {place} && echo none")), "none", "{place}");
        assert!(!fs::exists(place).unwrap(), "{place} is on the machine itself");
        assert_eq!(fs::read_to_string(fleet.layer(1).join(&place[1..])).unwrap(), "1\n");
    }
    on(&fleet, 1, "setsid sleep 60.125 >/dev/null 2>&1 </dev/null &");
    assert_eq!(fleet.read(1, "pgrep -fxc 'sleep 60.125'"), "1");
    assert_eq!(fleet.read(2, "pgrep -fxc 'sleep 60.125' || true"), "0");
}

#[test]
fn hosts_end_with_the_fleet() {
    let fleet = Fleet::up(2, &[]);
    let dir = fleet.dir().to_owned();
    let ports = [fleet.host(1).port, fleet.host(2).port];
    assert!(mounts().contains(dir.to_str().unwrap()));
    drop(fleet);
    assert!(!mounts().contains(dir.to_str().unwrap()), "something is still mounted");
    assert!(!dir.exists());
    for port in ports {
        TcpStream::connect(("127.0.0.1", port)).expect_err("a host still listens");
    }
}

fn mounts() -> String {
    fs::read_to_string("/proc/self/mountinfo").unwrap()
}

#[test]
fn fleets_do_not_meet() {
    let (one, two) = (Fleet::up(1, &[]), Fleet::up(1, &[]));
    assert_ne!(one.host(1).port, two.host(1).port);
    on(&one, 1, "touch /srv/here");
    assert_eq!(on(&two, 1, "ls /srv"), "");
    let keys = format!("UserKnownHostsFile={}", one.known_hosts().display());
    let refused = two.ssh(1).args(["-o", &keys, "true"]).output().unwrap();
    assert!(!refused.status.success(), "one fleet's known hosts let in another's");
}

#[test]
fn login_shells_are_what_was_asked_for() {
    let shells = ["bash", "dash", "busybox", "fish", "csh", "tcsh", "zsh"];
    let options: Vec<String> =
        shells.iter().enumerate().map(|(k, shell)| format!("{}:shell={shell}", k + 1)).collect();
    let mut options: Vec<&str> = options.iter().map(String::as_str).collect();
    options.push("8:shell=nologin");
    let fleet = Fleet::up(8, &options);
    for (k, shell) in shells.iter().enumerate() {
        // fish has its own name for $$; the last command keeps a shell from becoming the first.
        let process = if *shell == "fish" { "$fish_pid" } else { "$$" };
        let program = on(&fleet, k + 1, &format!("readlink /proc/{process}/exe; true"));
        let file = program.rsplit('/').next().unwrap();
        // csh and sh are names of whichever program the machine has for them.
        assert!(file.ends_with(shell), "{shell}: {program}");
    }
    let refused = ssh(&fleet, 8, "true");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("not available"));
}

#[test]
fn start_up_files_make_noise_on_both_streams() {
    let options = ["noisy", "1:shell=bash", "2:shell=csh", "3:shell=fish", "4:shell=zsh"];
    let fleet = Fleet::up(4, &options);
    for i in 1..=4 {
        let output = ssh(&fleet, i, "echo said");
        assert!(output.stdout.len() > 3000, "h{i}: {output:?}");
        assert!(output.stderr.len() > 3000, "h{i}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).ends_with("\nsaid\n"), "h{i}: {output:?}");
    }
}

#[test]
fn odd_hosts_are_odd() {
    let fleet = Fleet::up(
        3,
        &[
            "1:tmpfs=/srv/small:64k",
            "1:no-git",
            "1:lang=de_DE.UTF-8",
            "2:max-sessions=1",
            "2:no-forwarding",
            "3:sh=busybox",
            "3:sshd=Banner /etc/hostname",
        ],
    );
    let full = ssh(&fleet, 1, "head -c 100k /dev/zero >/srv/small/file");
    assert!(String::from_utf8_lossy(&full.stderr).contains("No space left"), "{full:?}");
    assert_eq!(on(&fleet, 1, "df -k /srv/small | tail -n 1 | tr -s ' ' | cut -d' ' -f4"), "0");
    assert_eq!(ssh(&fleet, 1, "git --version").status.code(), Some(127));
    assert_eq!(on(&fleet, 1, "echo $LANG"), "de_DE.UTF-8");

    on(&fleet, 2, "git --version");
    let sshd = fleet.read(2, "/usr/sbin/sshd -T");
    assert!(sshd.contains("\nmaxsessions 1\n") && sshd.contains("\nallowtcpforwarding no\n"));

    assert!(on(&fleet, 3, "sh --help 2>&1").contains("BusyBox"));
    assert!(String::from_utf8_lossy(&ssh(&fleet, 3, "true").stderr).contains("h3"));
}

#[test]
fn hosts_without_overlay_are_separate_too() {
    let fleet = Fleet::up(2, &["no-overlay", "1:no-git", "2:sh=busybox"]);
    assert_eq!(on(&fleet, 1, "touch /srv/here; sudo -n touch /etc/here; sudo -n id -u"), "0");
    assert_eq!(on(&fleet, 2, "ls -d /srv/here /etc/here 2>&1 | grep -c 'No such'"), "2");
    assert!(!ssh(&fleet, 1, "sudo -n touch /usr/bin/here").status.success());
    assert!(!ssh(&fleet, 1, "git --version").status.success());
    assert!(on(&fleet, 2, "sh --help 2>&1").contains("BusyBox"));
}

#[test]
fn what_cannot_be_given_is_refused_by_name() {
    for (options, complaint) in [
        (["3:noisy"], "there is no host 3 of 2"),
        (["colour=red"], "no option 'colour'"),
        (["shell=no-such-shell"], "no-such-shell is not installed"),
        (["tmpfs=/srv"], "tmpfs wants PATH:SIZE"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/fleet");
        let output =
            Command::new(script).arg("up").arg(dir.path()).arg("2").args(options).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains(complaint), "{options:?}: {errors}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{options:?} left something");
    }
}

#[test]
fn what_a_session_started_outlives_the_session_and_sshd() {
    let fleet = Fleet::up(1, &[]);
    let survivor = "setsid sh -c 'read -r word </srv/go; echo \"$word, still\" >/srv/answer' \
                    >/dev/null 2>&1 </dev/null & echo started; exec sleep 60";
    fleet.read(1, "mkfifo -m 666 /srv/go /srv/answer");
    for word in ["without its session", "without sshd"] {
        let mut command = fleet.ssh(1);
        command.arg(survivor);
        let session = Spawned::start(command);
        session.wait_for("started");
        if word == "without sshd" {
            fleet.restart(1);
        } else {
            fleet.kill_sessions(1);
        }
        assert_eq!(session.wait().code, Some(255), "the session went on");
        let ask = format!("timeout 60 sh -c 'echo {word} >/srv/go; cat /srv/answer'");
        assert_eq!(on(&fleet, 1, &ask), format!("{word}, still"));
    }
}

/// A server that sends back what it hears, one connection after the other.
fn echo() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                // Ends in an error when a fault ends the connection, which is what is tested.
                drop(std::io::copy(&mut &stream, &mut &stream));
            });
        }
    });
    port
}

fn exchange(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, text.as_bytes());
}

#[test]
fn a_cut_is_an_end_and_a_reset_is_a_reset() {
    let proxy = Proxy::to(echo());
    for fault in [Fault::Cut, Fault::Reset] {
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
        exchange(&mut stream, "before");
        match fault {
            Fault::Cut => proxy.cut(),
            Fault::Reset => proxy.reset(),
            Fault::Stall => proxy.stall(),
        }
        let end = stream.read(&mut [0]).map_err(|error| error.kind());
        let wanted =
            if fault == Fault::Cut { Ok(0) } else { Err(std::io::ErrorKind::ConnectionReset) };
        assert_eq!(end, wanted, "{fault:?}");
        let mut refused = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
        assert!(matches!(refused.read(&mut [0]), Ok(0) | Err(_)), "{fault:?} let one through");
        proxy.heal();
        exchange(&mut TcpStream::connect(("127.0.0.1", proxy.port())).unwrap(), "after");
    }
    assert_eq!(proxy.connections(), 4);
}

#[test]
fn a_stall_loses_nothing() {
    let proxy = Proxy::to(echo());
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    exchange(&mut stream, "before");
    proxy.stall();
    stream.write_all(b"during").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(proxy.bytes(Direction::ToHost), 6);
    proxy.heal();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    assert_eq!(back, b"during");
    assert_eq!((proxy.bytes(Direction::ToHost), proxy.bytes(Direction::FromHost)), (12, 12));
}

#[test]
fn a_planned_fault_strikes_at_its_byte() {
    let proxy = Proxy::to(echo());
    for (fault, at) in [(Fault::Cut, 1), (Fault::Cut, 70_000), (Fault::Stall, 99_999)] {
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
        exchange(&mut stream, "before");
        let before = proxy.bytes(Direction::FromHost);
        proxy.fail_after(Direction::FromHost, at, fault);
        let mut writer = stream.try_clone().unwrap();
        let writing = std::thread::spawn(move || drop(writer.write_all(&[b'x'; 200_000])));
        assert!(proxy.wait_failed(10_000), "{fault:?} after {at} never came");
        if fault == Fault::Stall {
            proxy.cut();
        }
        let mut back = Vec::new();
        stream.read_to_end(&mut back).unwrap();
        assert_eq!(back.len() as u64, at, "{fault:?}");
        assert_eq!(proxy.bytes(Direction::FromHost) - before, at, "{fault:?}");
        writing.join().unwrap();
        proxy.heal();
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this is about time passing")]
fn delay_and_width_take_their_time() {
    use std::time::{Duration, Instant};
    let proxy = Proxy::to(echo());
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    proxy.set_delay(Duration::from_millis(30));
    let begun = Instant::now();
    exchange(&mut stream, "there and back");
    assert!(begun.elapsed() >= Duration::from_millis(60), "{:?}", begun.elapsed());
    proxy.set_delay(Duration::ZERO);
    proxy.set_bandwidth(Some(100_000));
    let begun = Instant::now();
    exchange(&mut stream, &"x".repeat(20_000));
    // The first piece (a twentieth of a second's worth) passes at once.
    assert!(begun.elapsed() >= Duration::from_millis(140), "{:?}", begun.elapsed());
}

#[test]
fn ssh_goes_through_a_proxy_and_loses_it() {
    let fleet = Fleet::up(1, &[]);
    let proxy = Proxy::to(fleet.host(1).port);
    fleet.route(1, proxy.port());
    assert_eq!(on(&fleet, 1, "hostname"), "h1");
    assert_eq!(proxy.connections(), 1);
    let mut command = fleet.ssh(1);
    command.arg("echo begun; exec sleep 60");
    let session = Spawned::start(command);
    session.wait_for("begun");
    proxy.cut();
    assert_eq!(session.wait().code, Some(255));
    proxy.heal();
    assert_eq!(on(&fleet, 1, "hostname"), "h1");
}

#[test]
fn a_terminal_shows_types_resizes_and_ends() {
    let shell = |script: &str| {
        pty_process::blocking::Command::new("sh").args(["-c", script]).env("TERM", "xterm-256color")
    };
    let console = Console::start(
        shell(
            "trap 'echo size $(stty size)' WINCH; echo ready; read -r a || read -r a; echo \"<$a>\"; exit 3",
        ),
        24,
        80,
    );
    console.wait_for("ready");
    console.resize(5, 20);
    console.wait_for("size 5 20");
    console.send("hello\r");
    console.wait_for("<hello>");
    assert_eq!(console.state().contents().lines().last(), Some("<hello>"));
    let (code, _) = console.wait_exit();
    assert_eq!(code, Some(3));

    let console = Console::start(shell("printf '\\033[?1049hin'; exec sleep 60"), 24, 80);
    console.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    console.wait_for("in");
    console.signal("TERM");
    let (code, left) = console.wait_exit();
    assert_eq!((code, left.alternate_screen()), (None, true));
}

#[test]
fn the_program_runs_in_a_home_of_its_own() {
    let (one, two) = (Deployui::new(), Deployui::new().env("TERM", "dumb"));
    assert_ne!(one.home(), two.home());
    assert!(one.dir().starts_with(one.home()));
    let ran = one.run(&["--version"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}
