//! Against the server half in this process: what a real sshd does not do on demand.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;

use super::rig::{Operator, Person, all, hasty, keygen, run, secret, vars};
use crate::remote::serve::{Config, Fault, Handle, Server};
use crate::remote::{
    Answer, Ask, Chunk, ConnectKind, Ending, Link, Lost, OpenError, Phase, Pipe, Problem, Question,
};

/// An operator who is let in by key to a served host under the name `web`.
async fn at(change: impl FnOnce(&mut Config)) -> (Operator, Handle) {
    let mut operator = Operator::new();
    let mut config = Config::new(operator.folder.path().to_path_buf(), vars(), [3; 32]);
    config.keys = vec![operator.public_key()];
    change(&mut config);
    let host = Server::start(config).await.unwrap();
    operator.host("web", host.address(), &[]);
    operator.know(host.address(), &host.host_key().unwrap());
    (operator, host)
}

async fn faulty(fault: Fault) -> (Operator, Handle) {
    at(|config| config.fault = fault).await
}

#[tokio::test]
async fn it_runs_commands_as_sshd_does() {
    let (operator, _host) = at(|_| {}).await;
    let link = operator.connect("web").await.unwrap();
    let said = run(&link, "cat; echo out; echo err >&2; exit 3").await;
    assert_eq!(said, ("out\n".to_owned(), "err\n".to_owned(), Ending::Exit(3)));
    assert_eq!(run(&link, "kill -TERM $$").await.2, Ending::Signal("TERM".to_owned()));
    let mut pipe = link.open("cat").await.unwrap();
    pipe.input.write(b"hello").await.unwrap();
    pipe.input.finish().await.unwrap();
    assert_eq!(all(&mut pipe).await.0, "hello");
}

#[tokio::test]
async fn it_streams_in_bulk() {
    const BYTES: usize = 50_000_000;
    let (operator, _host) = at(|_| {}).await;
    let link = operator.connect("web").await.unwrap();
    let mut pipe = link.open("cat").await.unwrap();
    let (mut input, mut output) = (pipe.input, pipe.output);
    let writing = tokio::spawn(async move {
        input.write(&vec![b'x'; BYTES]).await.unwrap();
        input.finish().await.unwrap();
        input
    });
    let mut count = 0;
    while let Some(chunk) = output.recv().await {
        match chunk {
            Chunk::Out(bytes) => count += bytes.len(),
            Chunk::Err(bytes) => panic!("{bytes:?}"),
            Chunk::Ended(ending) => assert_eq!(ending, Ending::Exit(0)),
        }
    }
    assert_eq!(count, BYTES);
    writing.await.unwrap();
    pipe = link.open("true").await.unwrap();
    assert_eq!(all(&mut pipe).await.2, Ending::Exit(0));
}

#[tokio::test]
async fn silence_runs_into_the_limit_of_its_phase() {
    for (fault, phase) in [
        (Fault::SilentAfterConnect, Phase::Banner),
        (Fault::SilentAfterGreeting, Phase::KeyExchange),
    ] {
        let (mut operator, _host) = faulty(fault).await;
        operator.limits = hasty();
        let error = operator.refusal("web").await;
        assert_eq!(error.problem, Problem::TimedOut { phase });
        assert!(error.is_worth_retrying());
    }
    let (mut operator, _host) = faulty(Fault::SilentAfterLogin).await;
    operator.limits.open = hasty().open;
    let link = operator.connect("web").await.unwrap();
    assert_eq!(link.open("true").await.unwrap_err(), OpenError::TimedOut);
}

#[tokio::test]
async fn keepalives_notice_silence() {
    let (mut operator, _host) = faulty(Fault::SilentAfterLogin).await;
    operator.limits.keepalive = std::time::Duration::from_millis(50);
    let link = operator.connect("web").await.unwrap();
    // The opening makes the host fall silent; then only keepalives can tell.
    assert_eq!(link.open("true").await.unwrap_err(), OpenError::Lost(Lost::Silent));
    assert_eq!(link.lost().await, Lost::Silent);
}

#[tokio::test]
async fn channels_opened_by_the_server_are_refused() {
    let (operator, host) = faulty(Fault::OpensChannels).await;
    let link = operator.connect("web").await.unwrap();
    let opened = host.channels_opened(7).await;
    assert!(opened.len() == 7 && opened.iter().all(|(_, taken)| !taken), "{opened:?}");
    assert_eq!(run(&link, "echo alive").await.0, "alive\n");
}

#[tokio::test]
async fn dropped_pipes_give_their_sessions_back() {
    let (operator, _host) = at(|config| config.sessions_max = Some(2)).await;
    let link = operator.connect("web").await.unwrap();
    let held = link.open("cat").await.unwrap();
    for _ in 0..5 {
        // Either end of a pipe, dropped, closes it.
        let mut pipe = link.open("cat").await.unwrap();
        let refused = link.open("cat").await;
        assert!(matches!(refused, Err(OpenError::Refused(_))), "{refused:?}");
        drop(pipe.input);
        assert_eq!(pipe.output.recv().await, Some(Chunk::Ended(Ending::NoStatus(None))));
        let Pipe { input, output } = link.open("yes").await.unwrap();
        drop(output);
        // The input hears of the end once the channel is closed.
        let mut input = input;
        while input.write(b"x").await.is_ok() {}
    }
    drop(held);
}

#[tokio::test]
async fn a_refused_command_has_not_run() {
    let (operator, _host) = faulty(Fault::RefusesExec).await;
    let link = operator.connect("web").await.unwrap();
    let mut pipe = link.open("touch ran").await.unwrap();
    // Input may be on its way before the refusal is known.
    drop(pipe.input.write(b"early").await);
    assert_eq!(all(&mut pipe).await.2, Ending::Refused);
    assert!(!operator.path("ran").exists());
}

#[tokio::test]
async fn no_status_is_no_success() {
    let (operator, _host) = faulty(Fault::NoStatus).await;
    let link = operator.connect("web").await.unwrap();
    let said = run(&link, "echo done").await;
    assert_eq!((said.0.as_str(), said.2), ("done\n", Ending::NoStatus(None)));
}

#[tokio::test]
async fn a_cut_connection_ends_every_pipe_without_a_status() {
    let (operator, host) = at(|_| {}).await;
    let link = operator.connect("web").await.unwrap();
    let mut pipe = link.open("echo up; cat").await.unwrap();
    assert_eq!(pipe.output.recv().await, Some(Chunk::Out("up\n".into())));
    host.cut();
    let lost = link.lost().await;
    assert!(matches!(lost, Lost::Closed | Lost::Broken(_)), "{lost:?}");
    assert_eq!(all(&mut pipe).await.2, Ending::NoStatus(Some(lost)));
    assert!(pipe.input.write(b"x").await.is_err());
    assert!(link.round_trip().await.is_err());
}

#[tokio::test]
async fn a_flooding_banner_is_cut() {
    let (operator, _host) = faulty(Fault::FloodsBanner).await;
    let Ok(Link::Ssh(connection)) = operator.connect("web").await else { panic!("not let in") };
    assert_eq!(connection.banner().len(), 4096);
}

#[tokio::test]
async fn a_password_is_asked_for_until_it_is_right() {
    let (mut operator, _host) = at(|config| {
        config.keys.clear();
        config.password = Some("right".to_owned());
    })
    .await;
    let error = operator.refusal("web").await;
    assert_eq!(error.kind(), ConnectKind::Denied, "{error}");
    let person = Person::answering([secret("wrong"), secret("right")]);
    operator.ask = person.clone();
    operator.connect("web").await.unwrap();
    let questions = person.questions();
    assert!(
        matches!(&questions[..], [Question::Password { .. }, Question::Password { .. }]),
        "{questions:?}"
    );
    let person = Person::answering([secret("a"), secret("b"), secret("c"), secret("right")]);
    operator.ask = person.clone();
    let Problem::Denied { tried, offers, .. } = operator.refusal("web").await.problem else {
        panic!()
    };
    assert_eq!(person.questions().len(), 3);
    assert!(tried.contains(&"password".to_owned()), "{tried:?}");
    assert_eq!(offers, ["password"]);
}

/// Somebody who takes so long that the server gives up each time, and then answers right.
struct Slow {
    host: Mutex<Option<Arc<Handle>>>,
    asked: AtomicUsize,
}

impl Ask for Slow {
    fn can_ask(&self) -> bool {
        true
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.host.lock().unwrap().as_ref().unwrap().cut();
        Box::pin(async move {
            match question {
                Question::UnknownHostKey { .. } => Some(Answer::Yes),
                Question::Passphrase { .. }
                | Question::Password { .. }
                | Question::Interactive { .. } => secret("right"),
            }
        })
    }
}

#[tokio::test]
async fn a_person_may_take_longer_than_the_server_waits() {
    let (mut operator, host) = at(|config| config.password = Some("right".to_owned())).await;
    // An unknown host, an encrypted key that is not enough, and then a password.
    fs::remove_file(operator.path("known_hosts")).unwrap();
    fs::remove_file(operator.path("key")).unwrap();
    keygen(&operator.path("key"), &["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "right"]);
    fs::remove_file(operator.path("key.pub")).unwrap();
    let slow =
        Arc::new(Slow { host: Mutex::new(Some(Arc::new(host))), asked: AtomicUsize::new(0) });
    operator.ask = slow.clone();
    let link = operator.connect("web").await.unwrap();
    assert_eq!(slow.asked.load(Ordering::SeqCst), 3, "a question was repeated");
    assert_eq!(run(&link, "echo in").await.0, "in\n");
}

#[tokio::test]
async fn batch_mode_asks_nobody() {
    let (mut operator, host) = at(|config| config.password = Some("right".to_owned())).await;
    fs::remove_file(operator.path("key")).unwrap();
    operator.host("batch", host.address(), &["BatchMode yes"]);
    let person = Person::answering([secret("right")]);
    operator.ask = person.clone();
    assert_eq!(operator.refusal("batch").await.kind(), ConnectKind::Denied);
    assert!(person.questions().is_empty());
}

#[tokio::test]
async fn a_code_is_asked_for_in_the_servers_words() {
    let (mut operator, _host) = at(|config| {
        config.keys.clear();
        config.code = Some("123".to_owned());
    })
    .await;
    let person = Person::answering([secret("0"), secret("123")]);
    operator.ask = person.clone();
    operator.connect("web").await.unwrap();
    let Some(Question::Interactive { name, instruction, prompt, echo, .. }) =
        person.questions().pop()
    else {
        panic!("{:?}", person.questions());
    };
    assert_eq!(
        (name.as_str(), instruction.as_str(), prompt.as_str(), echo),
        ("Second factor", "See your token.", "Code: ", false)
    );
    // "No answer" is not asked again.
    let person = Person::answering([None, secret("123")]);
    operator.ask = person.clone();
    assert_eq!(operator.refusal("web").await.kind(), ConnectKind::Denied);
    assert_eq!(person.questions().len(), 1);
}

#[tokio::test]
async fn a_flood_of_questions_is_not_shown() {
    let (mut operator, _host) = at(|config| {
        config.keys.clear();
        config.fault = Fault::FloodsPrompts;
    })
    .await;
    let person = Person::answering([secret("x")]);
    operator.ask = person.clone();
    let error = operator.refusal("web").await;
    assert!(error.to_string().contains("1000 questions"), "{error}");
    assert!(person.questions().is_empty());
}

#[tokio::test]
async fn a_closed_port_is_unreachable_and_named() {
    let (operator, host) = at(|_| {}).await;
    let address = host.address();
    drop(host);
    // The listener goes with its task, which is only told to stop.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let error = operator.refusal("web").await;
    assert_eq!(error.kind(), ConnectKind::Unreachable);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    let operator = Operator::new();
    let error = operator.refusal("no-such-host.invalid").await;
    assert!(matches!(error.problem, Problem::Resolve { .. } | Problem::TimedOut { .. }), "{error}");
}
