//! Visitors and programs on a host find a whole release at every moment, while releases are
//! published, undone and rolled back.

use std::{
    io::Result,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use crate::{
    recipes::{Project, ROOT, figure, rounds},
    shop::{head, shop},
    visitor::{Answer, Visitor, ask},
    web::{Application, Web},
};

/// How often something is published by itself; `DEPLOYUI_ROUNDS` says otherwise.
const ROUNDS: u64 = 9;

/// So many requests go over one connection for each that has its own.
const KEPT: u64 = 9;

const STEPS: &str = r#"
[steps.broken]
run = "exit 3"
[pipelines]
deploy = ["release", "fetch", "publish", "verify", "prune"]
broken = ["release", "fetch", "publish", "broken"]
"#;

/// A file of the site, and what the releases have in it.
const PATH: &str = "/static/style.css";
const EARLIER: &str = "the style\n";
const LATER: &str = "the later style\n";

/// What somebody looked at all the time, and how often it was not there.
#[derive(Default)]
struct Seen {
    looks: AtomicU64,
    misses: AtomicU64,
}

impl Seen {
    fn look(&self, there: bool) {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.misses.fetch_add(u64::from(!there), Ordering::Relaxed);
    }
}

#[test]
fn nobody_misses_a_release() {
    let shop = shop(1, &[], &format!("{}{STEPS}", head(1)));
    shop.release(0, &["deploy", "--ref", "earlier"]);
    let first = shop.served(1);
    let port = Web::Nginx.start(&shop.fleet, 1, "", Application::start().port);
    let (stop, fresh, kept) = (AtomicBool::new(false), Seen::default(), Seen::default());
    let rounds = rounds(ROUNDS);
    let (switches, (reads, lost)) = thread::scope(|scope| {
        scope.spawn(|| visit(port, &stop, &fresh, &kept));
        let links = scope.spawn(|| read_links(&shop));
        // Whatever becomes of the rounds, the readers come to an end.
        let done = scope.spawn(|| (0..rounds).map(|i| round(&shop, port, i, &first)).sum::<u64>());
        let done = done.join();
        stop.store(true, Ordering::Relaxed);
        shop.on(1, "touch /tmp/stop");
        (done.unwrap(), links.join().unwrap())
    });
    figure(&format!(
        "{rounds} runs, {switches} changes of what is served: readlink -e {reads}, missed {lost}; \
         requests over connections of their own {}, failed {}; over one that was kept {}, failed {}",
        fresh.looks.load(Ordering::Relaxed),
        fresh.misses.load(Ordering::Relaxed),
        kept.looks.load(Ordering::Relaxed),
        kept.misses.load(Ordering::Relaxed),
    ));
    for (looks, misses) in [
        (reads, lost),
        (fresh.looks.into_inner(), fresh.misses.into_inner()),
        (kept.looks.into_inner(), kept.misses.into_inner()),
    ] {
        assert!(looks > 10 * switches, "{looks} looks see nothing of {switches} changes");
        assert_eq!(misses, 0, "of {looks}");
    }
}

/// One run; gives how often it changed what is served.
fn round(shop: &Project, port: u16, round: u64, first: &str) -> u64 {
    let (switches, style) = match round % 3 {
        0 => {
            shop.release(0, &["deploy"]);
            (1, LATER)
        }
        1 => {
            shop.release(1, &["run", "broken", "--ref", "earlier", "--on-failure", "undo"]);
            (2, LATER)
        }
        _ => {
            shop.release(0, &["rollback", first]);
            assert_eq!(shop.served(1), first);
            (1, EARLIER)
        }
    };
    assert_eq!(ask(port, "GET", PATH, &[]).unwrap().body, style, "round {round}");
    switches
}

/// Asks for a file until it is told to stop.
fn visit(port: u16, stop: &AtomicBool, fresh: &Seen, kept: &Seen) {
    let whole = |answer: Result<Answer>| {
        answer.is_ok_and(|it| it.status == 200 && [EARLIER, LATER].contains(&it.body.as_str()))
    };
    while !stop.load(Ordering::Relaxed) {
        fresh.look(whole(ask(port, "GET", PATH, &[])));
        let Ok(mut visitor) = Visitor::at(port) else {
            kept.look(false);
            continue;
        };
        for _ in 0..KEPT {
            kept.look(whole(visitor.ask("GET", PATH, &[])));
        }
    }
}

/// Reads links on the host until it is told to stop: how often, and how often in vain.
fn read_links(shop: &Project) -> (u64, u64) {
    let said = shop.on(
        1,
        &format!(
            "n=0 m=0; while [ ! -e /tmp/stop ]; do n=$((n + 1))
               readlink -e {ROOT}/current/REVISION >/dev/null || m=$((m + 1))
             done; echo $n $m"
        ),
    );
    let (reads, misses) = said.split_once(' ').unwrap();
    (reads.parse().unwrap(), misses.parse().unwrap())
}
