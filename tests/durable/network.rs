//! Networks that fail at any byte.

use std::fs;

use super::effects::{EFFECTS, nothing_done, once_each, opened};
use super::recipes::{Project, figure, rounds};
use super::support::proxy::{Direction, Fault, Proxy};
use super::support::random::Random;

#[test]
fn the_network_fails_at_any_byte() {
    let project = Project::up(2, &[], EFFECTS);
    // Silence is noticed after three seconds instead of half a minute.
    let config = fs::read_to_string(project.fleet.ssh_config()).unwrap();
    fs::write(project.fleet.ssh_config(), format!("ServerAliveInterval 1\n{config}")).unwrap();
    let proxy = Proxy::to(project.fleet.host(2).port);
    project.fleet.route(2, proxy.port());
    project.must(0, &["deploy"]);
    let whole = |way| proxy.bytes(way);
    let ways = [Direction::ToHost, Direction::FromHost].map(|way| (way, whole(way)));

    let mut random = Random::new(2);
    let (mut refused, mut went_on) = (0, 0);
    for round in 0..rounds(12) {
        let fault = [Fault::Cut, Fault::Reset, Fault::Stall][usize::try_from(round % 3).unwrap()];
        let (way, whole) = ways[usize::try_from(random.below(2)).unwrap()];
        let at = 1 + random.below(whole * 8 / 10);
        let patient = random.below(2) == 0;
        let story = format!("round {round}: {fault:?} {way:?} at byte {at} of {whole}");
        let known = opened(&project);
        proxy.fail_after(way, at, fault);
        let console = project.spawn(&["deploy"]);
        assert!(proxy.wait_failed(1_000_000), "{story}: never struck");
        if patient && opened(&project).len() > known.len() {
            console.wait_for("h2: connection lost");
        }
        proxy.heal();
        let ran = console.wait();
        let now_known = opened(&project);
        match ran.code {
            Some(5) => {
                refused += 1;
                assert_eq!(known, now_known, "{story}");
                nothing_done(&project, 2, &known);
            }
            code => {
                went_on += 1;
                assert_eq!(code, Some(0), "{story}\n{}\n{}", ran.stdout, ran.stderr);
                once_each(&project, 2, now_known.last().unwrap());
            }
        }
    }
    figure(&format!("struck: {refused} while connecting, {went_on} during the run"));
}
