//! Getting in.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::rig::{Operator, Person, Sshd, at_sshd, keygen, run, secret, user};
use crate::remote::{ConnectKind, Ending, Problem, Question};

#[tokio::test]
async fn a_wrong_key_is_denied_with_what_was_tried() {
    let (mut operator, _sshd) = at_sshd(&[]);
    fs::remove_file(operator.path("key")).unwrap();
    fs::remove_file(operator.path("key.pub")).unwrap();
    keygen(&operator.path("key"), &["-t", "ed25519", "-N", ""]);
    let error = operator.refusal("web").await;
    assert_eq!(error.kind(), ConnectKind::Denied);
    let Problem::Denied { tried, offers, .. } = &error.problem else { panic!("{error}") };
    assert!(tried.len() == 1 && tried[0].ends_with("/key"), "{tried:?}");
    assert_eq!(offers, &["publickey"]);
    // Nobody is asked for a password that the server does not take.
    let person = Person::answering([secret("x")]);
    operator.ask = person.clone();
    operator.refusal("web").await;
    assert!(person.questions().is_empty());
}

#[tokio::test]
async fn key_types_and_formats_get_in() {
    for arguments in [
        ["-t", "rsa", "-b", "2048", "-m", "RFC4716"],
        ["-t", "rsa", "-b", "2048", "-m", "PEM"],
        ["-t", "ecdsa", "-b", "384", "-m", "PKCS8"],
        ["-t", "ecdsa", "-b", "256", "-m", "RFC4716"],
    ] {
        let mut operator = Operator::new();
        keygen(&operator.path("typed"), &[&arguments[..], &["-N", ""]].concat());
        let public = fs::read_to_string(operator.path("typed.pub")).unwrap();
        let sshd = Sshd::start(&public, &[]);
        let file = format!("IdentityFile {}", operator.path("typed").display());
        operator.host("web", sshd.address, &[&file]);
        operator.know(sshd.address, &sshd.host_key());
        let link = operator.connect("web").await.unwrap_or_else(|e| panic!("{arguments:?}: {e}"));
        assert_eq!(run(&link, "true").await.2, Ending::Exit(0));
    }
}

#[tokio::test]
async fn an_encrypted_key_is_unlocked_once_by_its_passphrase() {
    for format in ["RFC4716", "PEM"] {
        let mut operator = Operator::new();
        keygen(
            &operator.path("locked"),
            &["-t", "rsa", "-b", "2048", "-m", format, "-N", "open sesame"],
        );
        let public = fs::read_to_string(operator.path("locked.pub")).unwrap();
        let sshd = Sshd::start(&public, &[]);
        let file = format!("IdentityFile {}", operator.path("locked").display());
        operator.host("web", sshd.address, &[&file]);
        operator.know(sshd.address, &sshd.host_key());
        let person = Person::answering([secret("wrong"), secret("open sesame")]);
        operator.ask = person.clone();
        let connector = operator.connector();
        for _ in 0..2 {
            connector.connect(&operator.target("web")).await.unwrap();
        }
        let questions = person.questions();
        assert!(
            matches!(
                &questions[..],
                [Question::Passphrase { attempt: 1, .. }, Question::Passphrase { attempt: 2, .. },]
            ),
            "{questions:?}"
        );
    }
}

#[tokio::test]
async fn a_key_the_server_does_not_want_is_not_unlocked() {
    let mut operator = Operator::new();
    keygen(&operator.path("locked"), &["-t", "ed25519", "-N", "open sesame"]);
    let sshd = Sshd::start(&operator.public_key(), &[]);
    let files = ["locked", "key"].map(|k| format!("IdentityFile {}", operator.path(k).display()));
    operator.host("web", sshd.address, &[&files[0], &files[1]]);
    operator.know(sshd.address, &sshd.host_key());
    let person = Person::answering([secret("open sesame")]);
    operator.ask = person.clone();
    operator.connect("web").await.unwrap();
    assert!(person.questions().is_empty());
}

#[tokio::test]
async fn without_a_person_an_encrypted_key_is_passed_over() {
    let mut operator = Operator::new();
    keygen(&operator.path("locked"), &["-t", "ed25519", "-N", "open sesame"]);
    let public = fs::read_to_string(operator.path("locked.pub")).unwrap();
    let sshd = Sshd::start(&public, &[]);
    let file = format!("IdentityFile {}", operator.path("locked").display());
    operator.host("web", sshd.address, &[&file]);
    operator.know(sshd.address, &sshd.host_key());
    let error = operator.refusal("web").await;
    assert!(error.to_string().contains("is encrypted and was not unlocked"), "{error}");
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    let (operator, _sshd) = at_sshd(&[]);
    fs::set_permissions(operator.path("key"), fs::Permissions::from_mode(0o644)).unwrap();
    let error = operator.refusal("web").await;
    assert!(matches!(&error.problem, Problem::KeyFile { .. }), "{error}");
    assert!(error.to_string().contains("mode 0644"), "{error}");
    assert_eq!(error.hint().unwrap(), "keys must be readable by you alone: chmod 600 FILE");
}

#[tokio::test]
async fn a_missing_only_key_is_named() {
    let (operator, _sshd) = at_sshd(&[]);
    fs::remove_file(operator.path("key")).unwrap();
    fs::remove_file(operator.path("key.pub")).unwrap();
    let error = operator.refusal("web").await;
    assert!(error.to_string().contains("/key does not exist"), "{error}");
}

#[tokio::test]
async fn at_most_six_keys_are_offered() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &["MaxAuthTries 20"]);
    let mut lines: Vec<String> = (0..8)
        .map(|n| {
            let file = operator.path(&format!("key{n}"));
            keygen(&file, &["-t", "ed25519", "-N", ""]);
            format!("IdentityFile {}", file.display())
        })
        .collect();
    lines.push(format!("IdentityFile {}", operator.path("key").display()));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    operator.host("web", sshd.address, &lines);
    operator.know(sshd.address, &sshd.host_key());
    let error = operator.refusal("web").await;
    let Problem::Denied { tried, passed_over, .. } = &error.problem else { panic!("{error}") };
    assert_eq!(tried.len(), 6);
    assert!(passed_over[0].starts_with("3 more keys"), "{passed_over:?}");
}

#[tokio::test]
async fn a_server_that_takes_fewer_attempts_is_a_denial_and_no_loss() {
    let mut operator = Operator::new();
    let sshd = Sshd::start("", &["MaxAuthTries 2"]);
    let lines: Vec<String> = (0..4)
        .map(|n| {
            let file = operator.path(&format!("key{n}"));
            keygen(&file, &["-t", "ed25519", "-N", ""]);
            format!("IdentityFile {}", file.display())
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    operator.host("web", sshd.address, &lines);
    operator.know(sshd.address, &sshd.host_key());
    let error = operator.refusal("web").await;
    assert_eq!(error.kind(), ConnectKind::Denied, "{error}");
    assert!(error.to_string().contains("takes no more attempts"), "{error}");
}

#[tokio::test]
async fn two_factors_are_given_one_after_the_other() {
    let mut operator = Operator::new();
    keygen(&operator.path("second"), &["-t", "ed25519", "-N", ""]);
    let second = fs::read_to_string(operator.path("second.pub")).unwrap();
    let both = format!("{second}{}", operator.public_key());
    let sshd = Sshd::start(&both, &["AuthenticationMethods publickey,publickey"]);
    let files = ["second", "key"].map(|k| format!("IdentityFile {}", operator.path(k).display()));
    operator.host("one", sshd.address, &[]);
    operator.host("two", sshd.address, &[&files[0], &files[1]]);
    operator.know(sshd.address, &sshd.host_key());
    operator.connect("two").await.unwrap();
    assert_eq!(operator.refusal("one").await.kind(), ConnectKind::Denied);
}

#[tokio::test]
async fn a_certificate_beside_the_key_is_used() {
    let mut operator = Operator::new();
    keygen(&operator.path("ca"), &["-t", "ed25519", "-N", ""]);
    let mut sign = Command::new("ssh-keygen");
    sign.arg("-q").arg("-s").arg(operator.path("ca")).args(["-I", "op", "-n", &user()]);
    assert!(sign.arg(operator.path("key.pub")).status().unwrap().success());
    let trusted = format!("TrustedUserCAKeys {}", operator.path("ca.pub").display());
    let sshd = Sshd::start("", &[&trusted]);
    operator.host("web", sshd.address, &[]);
    operator.know(sshd.address, &sshd.host_key());
    operator.connect("web").await.unwrap();
    fs::remove_file(operator.path("key-cert.pub")).unwrap();
    assert_eq!(operator.refusal("web").await.kind(), ConnectKind::Denied);
}

/// A real ssh-agent with one key, ended with the test.
struct Agent(Child);

impl Agent {
    fn start(socket: &Path, key: &Path) -> Self {
        let mut command = Command::new("ssh-agent");
        command.arg("-D").arg("-a").arg(socket).stdout(Stdio::piped());
        let mut child = command.spawn().expect("ssh-agent must be installed (openssh-client)");
        // It listens before it prints where.
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut add = Command::new("ssh-add");
        let added = add.arg("-q").arg(key).env("SSH_AUTH_SOCK", socket).status().unwrap();
        assert!(added.success());
        Self(child)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn the_agent_signs() {
    for only in ["yes", "no"] {
        let mut operator = Operator::new();
        let socket = operator.path("agent");
        let _agent = Agent::start(&socket, &operator.path("key"));
        // With IdentitiesOnly, the public half beside it says which key is meant.
        fs::remove_file(operator.path("key")).unwrap();
        if only == "no" {
            fs::remove_file(operator.path("key.pub")).unwrap();
        }
        operator.var("SSH_AUTH_SOCK", &socket);
        let public =
            fs::read_to_string(operator.path("key.pub")).unwrap_or_else(|_| listed(&socket));
        let sshd = Sshd::start(&public, &[]);
        let line = format!("IdentitiesOnly {only}");
        operator.host("web", sshd.address, &[&line]);
        operator.know(sshd.address, &sshd.host_key());
        let link = operator.connect("web").await.unwrap_or_else(|error| panic!("{only}: {error}"));
        assert_eq!(run(&link, "true").await.2, Ending::Exit(0));
    }
}

fn listed(socket: &Path) -> String {
    let said = Command::new("ssh-add").arg("-L").env("SSH_AUTH_SOCK", socket).output().unwrap();
    String::from_utf8(said.stdout).unwrap()
}

#[tokio::test]
async fn identities_only_keeps_the_agents_other_keys_back() {
    let (mut operator, _sshd) = at_sshd(&[]);
    let socket = operator.path("agent");
    let _agent = Agent::start(&socket, &operator.path("key"));
    operator.var("SSH_AUTH_SOCK", &socket);
    fs::remove_file(operator.path("key")).unwrap();
    fs::remove_file(operator.path("key.pub")).unwrap();
    keygen(&operator.path("key"), &["-t", "ed25519", "-N", ""]);
    let error = operator.refusal("web").await;
    let Problem::Denied { tried, .. } = &error.problem else { panic!("{error}") };
    assert!(tried.iter().all(|what| !what.contains("agent")), "{tried:?}");
}

#[tokio::test]
async fn an_agent_that_does_not_answer_costs_its_limit_and_no_more() {
    let (mut operator, _sshd) = at_sshd(&[]);
    let socket = operator.path("agent");
    let _deaf = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    operator.var("SSH_AUTH_SOCK", &socket);
    operator.limits.agent_list = std::time::Duration::from_millis(200);
    let link = operator.connect("web").await.unwrap();
    assert_eq!(run(&link, "true").await.2, Ending::Exit(0));
}

#[tokio::test]
async fn an_agent_that_hangs_while_signing_is_left_for_the_next_key() {
    let mut operator = Operator::new();
    keygen(&operator.path("held"), &["-t", "ed25519", "-N", ""]);
    let held = fs::read_to_string(operator.path("held.pub")).unwrap();
    let sshd = Sshd::start(&format!("{held}{}", operator.public_key()), &[]);
    let files = ["held", "key"].map(|k| format!("IdentityFile {}", operator.path(k).display()));
    operator.host("web", sshd.address, &[&files[0], &files[1]]);
    operator.know(sshd.address, &sshd.host_key());
    let real = operator.path("real");
    let _agent = Agent::start(&real, &operator.path("held"));
    fs::remove_file(operator.path("held")).unwrap();
    let socket = operator.path("agent");
    stuck_agent(&socket, &real);
    operator.var("SSH_AUTH_SOCK", &socket);
    operator.limits.agent_sign = std::time::Duration::from_millis(300);
    let link = operator.connect("web").await.unwrap();
    assert_eq!(run(&link, "true").await.2, Ending::Exit(0));
}

/// An agent that passes everything on but signatures, which it never makes.
fn stuck_agent(socket: &Path, real: &Path) {
    use std::io::{Read, Write};
    use std::os::unix::net::{UnixListener, UnixStream};
    const SIGN_REQUEST: u8 = 13;
    fn frame(stream: &mut UnixStream) -> std::io::Result<Vec<u8>> {
        let mut frame = vec![0; 4];
        stream.read_exact(&mut frame)?;
        let length = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
        frame.resize(4 + length, 0);
        stream.read_exact(&mut frame[4..])?;
        Ok(frame)
    }
    let (listener, real) = (UnixListener::bind(socket).unwrap(), real.to_path_buf());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut here, mut there) = (stream.unwrap(), UnixStream::connect(&real).unwrap());
            while let Ok(asked) = frame(&mut here) {
                if asked[4] == SIGN_REQUEST {
                    continue;
                }
                there.write_all(&asked).unwrap();
                here.write_all(&frame(&mut there).unwrap()).unwrap();
            }
        }
    });
}
