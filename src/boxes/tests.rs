//! What the client makes of answers; everything else of it is tested from outside (`tests/chaos`).

use super::*;
use crate::{model::NodeId, script::Flags};

const ATTEMPT: Try = Try { node: NodeId(1), n: 1 };
const HELLO: &str = "n0 0 machine m\nn0 0 boot b\nn0 0 base /b\nn0 0 hello\n";

fn dir() -> String {
    "/b/runs/r/s.1".into()
}

fn outputs(client: &mut Client) -> Vec<Output> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn ready() -> Client {
    let mut client = Client::new("n0", "/b").unwrap();
    assert_eq!(outputs(&mut client).len(), 2, "both programs");
    client.bytes(Stream::Control, HELLO.as_bytes());
    assert_eq!(outputs(&mut client), [], "the agent has said nothing");
    client.bytes(Stream::Facts, b"n0 0 ready\n");
    assert!(matches!(outputs(&mut client).as_slice(), [Output::Ready(_)]));
    client
}

/// The facts that an answer to an order gives.
fn facts(order: &Order, answer: &str) -> Vec<Fact> {
    let mut client = ready();
    client.order(order).unwrap();
    outputs(&mut client);
    client.bytes(Stream::Control, format!("n0 1 {answer}\n").as_bytes());
    let first = outputs(&mut client);
    // A question is answered once.
    client.bytes(Stream::Control, format!("n0 1 {answer}\nn0 2 {answer}\n").as_bytes());
    assert_eq!(outputs(&mut client), []);
    let fact = |output: Output| {
        let Output::Fact(ATTEMPT, fact) = output else { panic!("{output:?}") };
        fact
    };
    first.into_iter().map(fact).collect()
}

#[test]
fn every_order_hears_how_it_came_out() {
    let attempt = ATTEMPT;
    let flags = Flags::default();
    let put = Order::Put { attempt, dir: dir(), text: ":".into(), flags };
    let fence = Order::Fence { attempt, dir: dir() };
    let cancel = Order::Cancel { attempt, dir: dir(), signal: "TERM" };
    let input = Order::Input { attempt, dir: dir(), number: 7, text: "x".into() };
    let clean = Order::Clean { attempt, dir: dir() };
    let state = Order::State { attempt, dir: dir() };
    let unable = |why: &str| Fact::Unable(why.to_owned());
    let check = |order: &Order, answer: &str, expect: Fact| {
        assert_eq!(facts(order, answer), [expect], "{order:?} {answer}");
    };
    check(&put, "put", Fact::Staged);
    check(&put, "bad no space", Fact::Refused("no space".into()));
    check(&fence, "fenced", Fact::Fenced);
    check(&fence, "claimed", Fact::Claimed);
    check(&fence, "bad no space", unable("no space"));
    check(&cancel, "sent", Fact::Signalled(true));
    check(&cancel, "none", Fact::Signalled(false));
    check(&cancel, "bad gone", Fact::Signalled(false));
    check(&input, "given", Fact::Given(7));
    check(&input, "bad it has ended", Fact::NotGiven(7, "it has ended".to_owned()));
    check(&clean, "clean", Fact::Cleaned);
    check(&clean, "kept running", unable("it is still in use: running"));
    check(&clean, "bad it is read-only", unable("it is read-only"));
    check(&state, "rc 3 10", Fact::State(News::Ended(3, 10)));
    check(&state, "settling 3 10", Fact::State(News::Settling(3, 10)));
    check(&state, "fenced", Fact::State(News::Fenced));
    check(&state, "never", Fact::State(News::Never));
}

#[test]
fn an_answer_to_something_else_tells_nothing() {
    let fence = Order::Fence { attempt: ATTEMPT, dir: dir() };
    for answer in ["put", "sent", "given", "clean", "rc 0 0", "nonsense", ""] {
        assert_eq!(facts(&fence, answer), [], "{answer}");
    }
}

#[test]
fn only_one_box_is_followed_and_only_its_facts_are_heard() {
    let mut client = ready();
    let go = |dir| Order::Go { attempt: ATTEMPT, dir, inline: false, log: LogEnd::default() };
    client.order(&go(dir())).unwrap();
    assert_eq!(client.following(), Some(ATTEMPT));
    assert_eq!(outputs(&mut client), [Output::Agent(format!("go 1 0 d {}\n", dir()))]);
    client.bytes(Stream::Facts, b"n0 2 rc 0 0\nn0 2 settled 0\nn0 1 absent\n");
    assert_eq!(outputs(&mut client), [Output::Fact(ATTEMPT, Fact::Absent)]);
    assert_eq!(client.following(), None);
    assert_eq!(client.order(&go("a\nb".into())), Err(HasNul));
    assert_eq!((client.following(), outputs(&mut client)), (None, Vec::new()));
}

#[test]
fn what_a_text_prints_is_handed_out_when_it_is_through() {
    let mut client = ready();
    client.order(&Order::Ask { id: 7, text: "printf 'a\\n b'".into() }).unwrap();
    let order = "{ ask 1 'printf '\\''a\\n b'\\'''\n}\n";
    assert_eq!(outputs(&mut client), [Output::Control(order.to_owned())]);
    client.bytes(Stream::Control, b"n0 1 line a\nnoise\nn0 2 line other\nn0 1 line  b\n");
    assert_eq!(outputs(&mut client), []);
    client.bytes(Stream::Control, b"n0 1 asked\nn0 1 line late\n");
    assert_eq!(outputs(&mut client), [Output::Said(7, vec!["a".into(), " b".into()])]);
}
