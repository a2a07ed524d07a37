//! A restart proven by its processes, and health by its answers.

use std::{
    fs,
    net::TcpListener,
    os::unix::net::UnixListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use deployui::{
    model::Text,
    script::builtin::{self, At, Health, Verify},
};

use crate::rig::{Ran, Rig, SHELLS, Shell};

const ONE: &str = "20260101000001";
const TWO: &str = "20260101000002";

/// Starts a sleeper in a directory, in place of the one whose number is in `pid`.
fn start(dir: &str) -> String {
    format!(
        "cd '{dir}'\nkill \"$(cat ~/pid)\" 2>/dev/null || :\n(sleep 100 >/dev/null 2>&1 & echo $! >~/pid)\n"
    )
}

fn restart(rig: &Rig, run: &str, pids: &str) -> Ran {
    let (run, pids) = (Text::literal(run), Text::literal(pids));
    rig.step(builtin::restart(&rig.layout, &run, &pids, 1))
}

#[test]
fn a_restart_is_proven_by_new_processes_in_what_is_served() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.made(TWO);
        rig.publish(ONE).good();
        let current = rig.layout.path("current");
        restart(&rig, &start(&current), "cat ~/pid").good().says(&["work in", ONE]);
        rig.publish(TWO).good();
        restart(&rig, "echo restarted", "cat ~/pid").bad(&[
            "restarted",
            "is still the old one",
            "hint: ",
        ]);
        let old = rig.layout.release(ONE);
        restart(&rig, &start(&old), "cat ~/pid").bad(&["works in", ONE, TWO]);
        restart(&rig, "false", "cat ~/pid").bad(&[]);
        restart(&rig, &start(&current), "cat ~/none").bad(&["there are no processes"]);
        restart(&rig, ":", "echo '$(touch pwned) 1'").bad(&["which is no process"]);
        restart(&rig, ":", "echo 0").bad(&["there are no processes"]);
        // What the step itself says, and how it sees its own names.
        let run = format!(
            "{}\n[ -z \"${{current-}}\" ] && cat <<'END'\nhere ) \"\nEND\n",
            start(&current)
        );
        restart(&rig, &run, "cat ~/pid # all").good().says(&["here ) \"", "work in", TWO]);
        let verify = Verify {
            release: TWO.into(),
            revision: None,
            pids: vec![Text::literal("cat ~/pid")],
            health: Vec::new(),
        };
        rig.layout_without_shared(|layout| {
            rig.step(builtin::verify(layout, &verify)).good();
            rig.sh("kill \"$(cat pid)\"");
            rig.step(builtin::verify(layout, &verify)).bad(&["there are no processes"]);
        });
        assert_eq!(rig.sh("find . -name pwned"), "");
    }
}

impl Rig {
    fn layout_without_shared(&self, with: impl Fn(&builtin::Layout)) {
        let mut layout = self.layout.clone();
        layout.shared_dirs.clear();
        layout.shared_files.clear();
        with(&layout);
    }
}

/// Answers each question with the next of these statuses, the last one from then on. What was asked.
fn answer(mut stream: impl std::io::Read + std::io::Write, status: u16) -> String {
    let mut asked = Vec::new();
    let mut part = [0; 4096];
    while !asked.ends_with(b"\r\n\r\n") {
        let n = stream.read(&mut part).unwrap_or(0);
        if n == 0 {
            break;
        }
        asked.extend_from_slice(&part[..n]);
    }
    let more = if status == 302 { "Location: /other\r\n" } else { "" };
    let said =
        format!("HTTP/1.1 {status} X\r\n{more}Content-Length: 2\r\nConnection: close\r\n\r\nok");
    let _gone = stream.write_all(said.as_bytes());
    String::from_utf8_lossy(&asked).into_owned()
}

fn serve(statuses: &'static [u16]) -> (u16, Arc<AtomicUsize>, Arc<std::sync::Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::default()));
    let (counting, asked) = (Arc::clone(&count), Arc::clone(&last));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let n = counting.fetch_add(1, Ordering::SeqCst);
            let status = statuses.get(n).or(statuses.last()).copied().unwrap();
            *asked.lock().unwrap() = answer(stream, status);
        }
    });
    (port, count, last)
}

fn health(url: String, within_secs: u32) -> Health {
    Health { at: At::Url(url), expect: 200, within_secs, headers: Vec::new() }
}

/// Both with curl and without.
fn ask(shell: Shell, curl: bool, health: &Health) -> Ran {
    let rig = Rig::new(shell);
    let mut command = rig.command();
    if !curl {
        let bin = rig.dir.path().join("bin");
        let _not_there = fs::remove_file(bin.join("curl"));
        if shell != Shell::Busybox {
            for name in ["sed", "head", "tail", "sleep", "wget", "timeout", "readlink", "cat"] {
                let _there = std::os::unix::fs::symlink(format!("/usr/bin/{name}"), bin.join(name));
            }
        }
        command.env("PATH", bin);
    }
    command.env("http_proxy", "http://127.0.0.1:1");
    rig.step_by(command, builtin::health(health))
}

#[test]
fn health_is_asked_until_it_is_right() {
    for (shell, curl) in SHELLS.into_iter().flat_map(|shell| [(shell, true), (shell, false)]) {
        let (port, count, last) = serve(&[503, 302, 200]);
        let mut good = health(format!("http://127.0.0.1:{port}/health?a=[1]&b=$(x)"), 20);
        good.headers = vec![("Cookie".into(), "a=\"b\\c\"; d='e'".into())];
        ask(shell, curl, &good).good().says(&[": 503", ": 302", ": 200"]);
        assert!(count.load(Ordering::SeqCst) >= 3, "{shell:?} {curl}");
        let asked = last.lock().unwrap().clone();
        assert!(asked.starts_with("GET /health?a=[1]&b=$(x) HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("\r\nCookie: a=\"b\\c\"; d='e'\r\n"), "{asked}");

        let (port, ..) = serve(&[500]);
        let late = health(format!("http://127.0.0.1:{port}/"), 1);
        ask(shell, curl, &late).bad(&["did not answer 200 within 1s: 500", "hint: "]);
        ask(shell, curl, &health("http://127.0.0.1:1/".into(), 0)).bad(&["no answer"]);
    }
}

#[test]
fn health_is_asked_through_a_socket() {
    for shell in SHELLS {
        let dir = tempfile::TempDir::new().unwrap();
        let socket = dir.path().join("it's.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, 204);
            }
        });
        let at = At::Socket { socket: socket.to_str().unwrap().into(), path: "/up".into() };
        let up = Health { at, expect: 204, within_secs: 5, headers: Vec::new() };
        ask(shell, true, &up).good().says(&["http://localhost/up: 204"]);
        ask(shell, false, &up).bad(&["only curl asks through a socket"]);
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for url in ["ftp://x/", "-o/etc/passwd", "http://a b/", "http://a\n/", ""] {
        assert!(builtin::health(&health(url.into(), 1)).is_err(), "{url}");
    }
    for (name, value) in [("A B", "x"), ("", "x"), ("A", "x\r\nB: y"), ("A:", "x")] {
        let mut bad = health("http://a/".into(), 1);
        bad.headers = vec![(name.into(), value.into())];
        assert!(builtin::health(&bad).is_err(), "{name}");
    }
}
