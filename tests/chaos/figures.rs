//! What things cost; printed on request, never asserted.

use std::time::Duration;

use deployui::{boxes::Fact, script::Flags};

use crate::{
    asked::{Span, figures},
    connection::{Connection, settled},
    host::{Host, SHELLS},
};

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// From `go` to the fact that the step has settled, for a step that does nothing.
fn step(connection: &mut Connection, name: &str, text: &str, inline: bool) -> Duration {
    let dir = connection.put(name, text, Flags::default());
    // Its last look comes by; then the host is still.
    connection.listen(Duration::from_millis(70));
    connection.seen.clear();
    connection.log.clear();
    let span = Span::begin();
    connection.go(&dir, inline);
    connection.fact(settled);
    span.passed()
}

#[test]
fn what_a_step_costs() {
    if !figures() {
        return;
    }
    let one = |_| {
        let span = Span::begin();
        assert!(std::process::Command::new("true").status().unwrap().success());
        span.passed()
    };
    println!("one program started and ended: {:.1} ms", median((0..100).map(one).collect()));
    for shell in SHELLS {
        let host = Host::new(shell);
        let mut connection = Connection::open(&host);
        let mut puts = Vec::new();
        for n in 0..40 {
            let span = Span::begin();
            connection.ready().unwrap();
            connection.seen.clear();
            connection.put(&format!("p{n}"), ":", Flags::default());
            puts.push(span.passed());
        }
        let mut measure = |what: &str, text: &str, inline: bool| {
            let one = |n| step(&mut connection, &format!("{what}{n}"), text, inline);
            median((0..60).map(one).collect())
        };
        println!(
            "{:>8}: no-op step {:.1} ms detached, {:.1} inline; with a line {:.1} detached, {:.1} inline; put {:.1} ms",
            shell.name(),
            measure("d", ":", false),
            measure("i", ":", true),
            measure("dl", "echo line", false),
            measure("il", "echo line", true),
            median(puts),
        );
    }
}

#[test]
fn how_soon_a_line_is_here() {
    if !figures() {
        return;
    }
    for shell in SHELLS {
        let host = Host::new(shell);
        let mut connection = Connection::open(&host);
        let text = "while read -r a; do echo \"$a\"; done";
        let dir = connection.put("lines", text, Flags { input: true, user: None });
        connection.go(&dir, false);
        connection.until_fact(&Fact::Running);
        let file = std::path::Path::new(&dir).join("in");
        let mut times = Vec::new();
        for n in 0..60 {
            connection.listen(Duration::from_millis(20 + n));
            let len = connection.log.len();
            let span = Span::begin();
            std::fs::write(&file, "x\n").unwrap();
            while connection.log.len() == len {
                assert!(connection.one_more());
            }
            times.push(span.passed());
        }
        connection.cancel(&dir, "KILL");
        connection.fact(settled);
        println!("{:>8}: a line is here after {:.1} ms (median)", shell.name(), median(times));
    }
}
