//! Running commands on a real sshd, and trusting it.

use std::fs;
use std::sync::atomic::Ordering;

use super::rig::{Operator, Person, Sshd, all, at_sshd, keygen, run};
use crate::remote::{Answer, Chunk, ConnectKind, Ending, Link, Lost, OpenError, Problem, Question};

#[tokio::test]
async fn streams_and_status_are_told_apart() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    let said = run(&link, "echo out; echo err >&2; exit 3").await;
    assert_eq!(said, ("out\n".to_owned(), "err\n".to_owned(), Ending::Exit(3)));
    let said = run(&link, "kill -KILL $$").await;
    assert_eq!(said.2, Ending::Signal("KILL".to_owned()));
    assert!(link.round_trip().await.is_ok());
    link.close().await;
    assert_eq!(link.lost().await, Lost::Left);
    assert_eq!(link.open("true").await.unwrap_err(), OpenError::Lost(Lost::Left));
    assert_eq!(link.round_trip().await, Err(Lost::Left));
}

#[tokio::test]
async fn input_is_echoed_before_the_exec_is_confirmed() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    let mut pipe = link.open("cat").await.unwrap();
    pipe.input.write(b"one ").await.unwrap();
    pipe.input.write_bytes(b"two\n".as_slice().into()).await.unwrap();
    pipe.input.finish().await.unwrap();
    assert_eq!(all(&mut pipe).await, ("one two\n".to_owned(), String::new(), Ending::Exit(0)));
}

#[tokio::test]
async fn bulk_flows_whole_both_ways() {
    const BYTES: usize = 200_000_000;
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    let mut pipe = link.open(&format!("yes 0123456789abcde | head -c {BYTES}")).await.unwrap();
    let mut count = 0;
    let ending = loop {
        match pipe.output.recv().await.unwrap() {
            Chunk::Out(bytes) => {
                let right =
                    |(at, byte): (usize, &u8)| *byte == b"0123456789abcde\n"[(count + at) % 16];
                assert!(bytes.iter().enumerate().all(right), "a wrong byte near {count}");
                count += bytes.len();
            }
            Chunk::Err(bytes) => panic!("{bytes:?}"),
            Chunk::Ended(ending) => break ending,
        }
    };
    assert_eq!((count, ending), (BYTES, Ending::Exit(0)));

    let mut pipe = link.open("cksum").await.unwrap();
    let data = vec![b'x'; 20_000_000];
    pipe.input.write(&data).await.unwrap();
    pipe.input.finish().await.unwrap();
    let expected = run(&link, "head -c 20000000 /dev/zero | tr '\\0' x | cksum").await;
    assert_eq!(all(&mut pipe).await, expected);
}

#[tokio::test]
async fn a_flood_that_nobody_reads_any_more_blocks_nothing() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    let mut unwanted = link.open("yes").await.unwrap();
    assert!(matches!(unwanted.output.recv().await, Some(Chunk::Out(_))));
    drop(unwanted.output);
    for n in 0..5 {
        let said = run(&link, &format!("echo {n}")).await;
        assert_eq!(said.0, format!("{n}\n"));
    }
    // And one that is read leaves room for the others.
    let mut flood = link.open("yes").await.unwrap();
    let reading = tokio::spawn(async move { while flood.output.recv().await.is_some() {} });
    assert_eq!(run(&link, "echo other").await.0, "other\n");
    link.close().await;
    reading.await.unwrap();
}

#[tokio::test]
async fn a_writer_that_waits_is_woken_by_the_end_of_its_channel() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    // Nobody reads the input: the window runs out, and then the command ends.
    let mut pipe = link.open("read line; exit 4").await.unwrap();
    let data = vec![b'\n'; 64 << 20];
    assert!(pipe.input.write(&data).await.is_err());
    assert_eq!(all(&mut pipe).await.2, Ending::Exit(4));
}

#[tokio::test]
async fn rekeying_all_the_time_loses_nothing() {
    let (operator, _sshd) = at_sshd(&["RekeyLimit 1M"]);
    let link = operator.connect("web").await.unwrap();
    let command = "head -c 30000000 /dev/zero | tr '\\0' x";
    let here = run(&link, &format!("{command} | cksum")).await.0;
    let mut pipe = link.open(&format!("{command}; cksum >&2")).await.unwrap();
    let (mut input, mut output) = (pipe.input, pipe.output);
    let data = bytes::Bytes::from(vec![b'x'; 30_000_000]);
    let sent = data.clone();
    let writing = tokio::spawn(async move {
        input.write_bytes(sent).await.unwrap();
        input.finish().await.unwrap();
        input
    });
    let (mut count, mut sum) = (0, Vec::new());
    while let Some(chunk) = output.recv().await {
        match chunk {
            Chunk::Out(bytes) => count += bytes.len(),
            Chunk::Err(bytes) => sum.extend_from_slice(&bytes),
            Chunk::Ended(ending) => assert_eq!(ending, Ending::Exit(0)),
        }
    }
    writing.await.unwrap();
    assert_eq!((count, String::from_utf8(sum).unwrap()), (data.len(), here));
    pipe = link.open("true").await.unwrap();
    assert_eq!(all(&mut pipe).await.2, Ending::Exit(0));
}

#[tokio::test]
async fn max_sessions_is_told() {
    let (operator, _sshd) = at_sshd(&["MaxSessions 2"]);
    let link = operator.connect("web").await.unwrap();
    let _one = link.open("cat").await.unwrap();
    let _two = link.open("cat").await.unwrap();
    let three = link.open("cat").await;
    assert!(matches!(three, Err(OpenError::Refused(_))), "{three:?}");
}

#[tokio::test]
async fn what_a_forced_command_says_is_passed_on() {
    let (operator, _sshd) = at_sshd(&["ForceCommand echo This account is not available.; exit 1"]);
    let link = operator.connect("web").await.unwrap();
    let said = run(&link, "echo mine").await;
    assert_eq!((said.0.as_str(), said.2), ("This account is not available.\n", Ending::Exit(1)));
}

#[tokio::test]
async fn an_unknown_host_is_refused_without_a_person_and_nothing_is_stored() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &[]);
    operator.host("web", sshd.address, &[]);
    let error = operator.refusal("web").await;
    assert!(matches!(error.problem, Problem::HostKeyUnknown { .. }), "{error}");
    assert_eq!(error.kind(), ConnectKind::Untrusted);
    assert!(!operator.path("known_hosts").exists());
}

#[tokio::test]
async fn an_unknown_host_is_asked_about_once_and_stored() {
    for hash in ["yes", "no"] {
        let mut operator = Operator::new();
        let sshd = Sshd::start(&operator.public_key(), &[]);
        let lines = [format!("HashKnownHosts {hash}"), "StrictHostKeyChecking no".to_owned()];
        operator.host("web", sshd.address, &[&lines[0], &lines[1]]);
        let person = Person::answering([Some(Answer::Yes)]);
        operator.ask = person.clone();
        operator.connect("web").await.unwrap();
        operator.connect("web").await.unwrap();
        let questions = person.questions();
        let [Question::UnknownHostKey { fingerprint, file, .. }] = &questions[..] else {
            panic!("{questions:?}");
        };
        assert_eq!(file, &operator.path("known_hosts"));
        let stored = fs::read_to_string(file).unwrap();
        assert_eq!(stored.starts_with("|1|"), hash == "yes", "{stored}");
        // ssh-keygen finds it under the host's name and agrees on the print.
        let name = format!("[127.0.0.1]:{}", sshd.address.port());
        let found = std::process::Command::new("ssh-keygen")
            .args(["-l", "-F", &name, "-f"])
            .arg(file)
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        assert!(found.contains(fingerprint.as_str()), "{found} {fingerprint}");
    }
}

#[tokio::test]
async fn a_refused_question_stores_nothing() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &[]);
    operator.host("web", sshd.address, &[]);
    operator.ask = Person::answering([None]);
    let error = operator.refusal("web").await;
    assert!(matches!(error.problem, Problem::HostKeyUnknown { .. }), "{error}");
    assert!(!operator.path("known_hosts").exists());
}

#[tokio::test]
async fn accept_new_stores_without_a_question_and_yes_never_asks() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &[]);
    operator.host("web", sshd.address, &["StrictHostKeyChecking accept-new"]);
    operator.host("strict", sshd.address, &["StrictHostKeyChecking yes", "HostKeyAlias other"]);
    operator.connect("web").await.unwrap();
    assert!(operator.path("known_hosts").exists());
    let person = Person::answering([Some(Answer::Yes)]);
    operator.ask = person.clone();
    assert!(matches!(operator.refusal("strict").await.problem, Problem::HostKeyUnknown { .. }));
    assert!(person.questions().is_empty());
}

#[tokio::test]
async fn a_changed_key_is_a_hard_stop_with_both_fingerprints() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &[]);
    operator.host("web", sshd.address, &["StrictHostKeyChecking accept-new"]);
    keygen(&operator.path("other"), &["-t", "ed25519", "-N", ""]);
    operator.know(sshd.address, &fs::read_to_string(operator.path("other.pub")).unwrap());
    let person = Person::answering([Some(Answer::Yes)]);
    operator.ask = person.clone();
    let error = operator.refusal("web").await;
    let Problem::HostKeyChanged(changed) = &error.problem else { panic!("{error}") };
    assert_eq!(changed.known.line, 1);
    assert!(
        changed.fingerprint.starts_with("SHA256:")
            && changed.fingerprint != changed.known_fingerprint
    );
    assert!(person.questions().is_empty(), "somebody was asked to override it");
}

#[tokio::test]
async fn another_type_than_the_known_one_is_not_a_new_host() {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), &[]);
    operator.host("web", sshd.address, &["StrictHostKeyChecking accept-new"]);
    keygen(&operator.path("other"), &["-t", "ecdsa", "-N", ""]);
    operator.know(sshd.address, &fs::read_to_string(operator.path("other.pub")).unwrap());
    let error = operator.refusal("web").await;
    assert!(matches!(error.problem, Problem::HostKeyChanged(_)), "{error}");
}

#[tokio::test]
async fn a_revoked_key_is_refused_though_it_is_known() {
    let (operator, sshd) = at_sshd(&[]);
    let file = operator.path("known_hosts");
    let known = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{known}@revoked * {}", sshd.host_key())).unwrap();
    let error = operator.refusal("web").await;
    assert!(
        matches!(&error.problem, Problem::HostKeyRevoked { at, .. } if at.line == 2),
        "{error}"
    );
}

#[tokio::test]
async fn a_bad_line_about_the_host_is_named() {
    let (operator, sshd) = at_sshd(&[]);
    let file = operator.path("known_hosts");
    let known = fs::read_to_string(&file).unwrap();
    let bad = format!("[127.0.0.1]:{} ssh-ed25519 AAAA!\n", sshd.address.port());
    fs::write(&file, known + &bad).unwrap();
    let error = operator.refusal("web").await;
    assert!(matches!(&error.problem, Problem::HostKeyFile { at, .. } if at.line == 2), "{error}");
    assert_eq!(error.kind(), ConnectKind::Config);
}

#[tokio::test]
async fn a_jump_host_carries_the_connection_and_is_shared() {
    let (mut operator, sshd) = at_sshd(&[]);
    let bastion = Sshd::start(&operator.public_key(), &[]);
    operator.host("bastion", bastion.address, &[]);
    operator.know(bastion.address, &bastion.host_key());
    for name in ["inner1", "inner2"] {
        operator.host(name, sshd.address, &["ProxyJump bastion"]);
    }
    let connector = operator.connector();
    let (one, two) = (operator.target("inner1"), operator.target("inner2"));
    let (one, two) = tokio::join!(connector.connect(&one), connector.connect(&two));
    for connection in [one.unwrap(), two.unwrap()] {
        assert_eq!(run(&Link::Ssh(connection), "echo in").await.0, "in\n");
    }
    assert_eq!(bastion.taken.load(Ordering::SeqCst), 1, "the jump host was not shared");
    // With the last connection through it the jump host's goes; the next opens a new one.
    let again = connector.connect(&operator.target("inner1")).await.unwrap();
    assert_eq!(run(&Link::Ssh(again), "echo in").await.0, "in\n");
    assert_eq!(bastion.taken.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_dead_jump_host_is_tried_once_for_all_who_wait() {
    let mut operator = Operator::new();
    let bastion = Sshd::start("", &[]);
    operator.host("bastion", bastion.address, &[]);
    operator.know(bastion.address, &bastion.host_key());
    let names: Vec<String> = (0..5).map(|n| format!("inner{n}")).collect();
    for name in &names {
        operator.host(name, bastion.address, &["ProxyJump bastion"]);
    }
    let connector = operator.connector();
    let targets: Vec<_> = names.iter().map(|name| operator.target(name)).collect();
    let all = futures::future::join_all(targets.iter().map(|target| connector.connect(target)));
    for refused in all.await {
        assert!(matches!(refused.unwrap_err().problem, Problem::Jump(_)));
    }
    let taken = bastion.taken.load(Ordering::SeqCst);
    assert!(taken < names.len(), "each of {taken} tried for itself");
}

#[tokio::test]
async fn a_jump_host_has_an_identity_and_a_refusal_of_its_own() {
    let (mut operator, sshd) = at_sshd(&[]);
    let stranger = Sshd::start(&operator.public_key(), &[]);
    operator.host("stranger", stranger.address, &[]);
    operator.host("via-stranger", sshd.address, &["ProxyJump stranger"]);
    let closed = Sshd::start(&operator.public_key(), &["AllowTcpForwarding no"]);
    operator.know(closed.address, &closed.host_key());
    operator.host("closed", closed.address, &[]);
    operator.host("via-closed", sshd.address, &["ProxyJump closed"]);
    operator.host("hop", closed.address, &["ProxyJump stranger"]);
    operator.host("via-two", sshd.address, &["ProxyJump hop"]);

    let error = operator.refusal("via-stranger").await;
    let Problem::Jump(inner) = &error.problem else { panic!("{error}") };
    assert_eq!((error.host.as_str(), inner.host.as_str()), ("via-stranger", "stranger"));
    assert!(matches!(inner.problem, Problem::HostKeyUnknown { .. }), "{inner}");

    let error = operator.refusal("via-closed").await;
    assert!(
        matches!(&error.problem, Problem::JumpRefused { jump, .. } if jump == "closed"),
        "{error}"
    );

    let error = operator.refusal("via-two").await;
    assert!(error.to_string().contains("only one is supported"), "{error}");
}
