//! What is served is never missing, whatever reads it.

use std::{
    fs,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use deployui::{
    model::Served,
    script::builtin::{self, Publish},
};

use crate::rig::{Rig, SHELLS, Shell, record};

const ONE: &str = "20260101000001";
const TWO: &str = "20260101000002";
const SWITCHES: usize = 200;

/// Publishes and undoes, while two readers look all the time. Reads and misses.
fn switches(shell: Shell, rounds: usize) -> (u64, u64) {
    let rig = Rig::new(shell);
    rig.made(ONE);
    rig.made(TWO);
    rig.publish(ONE).good();
    let there = rig.planned(TWO);
    let publish = rig.boxed(builtin::publish(&rig.layout, &there));
    let publish = fs::rename(&publish, rig.dir.path().join("there"))
        .map(|()| rig.dir.path().join("there"))
        .unwrap();
    let undo = rig.boxed(builtin::unpublish(&rig.layout, &there));
    let file = rig.root().join("current/REVISION");
    let (stop, reads, misses) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let mut readlink = Command::new("sh")
        .args([
            "-c",
            "n=0 m=0; while [ ! -e \"$2\" ]; do n=$((n + 1)); \
             readlink -e \"$1\" >/dev/null || m=$((m + 1)); done; echo \"$n $m\"",
            "sh",
        ])
        .args([&file, &rig.dir.path().join("stop")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                reads.fetch_add(1, Ordering::Relaxed);
                if fs::read(&file).map_or(true, |text| text.is_empty()) {
                    misses.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        for _ in 0..rounds / 2 {
            for script in [&publish, &undo] {
                let output = rig.command().arg(script).output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    fs::write(rig.dir.path().join("stop"), "").unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut readlink.stdout.take().unwrap(), &mut said).unwrap();
    readlink.wait().unwrap();
    let (n, m) = said.trim().split_once(' ').unwrap();
    let count = |text: &str| text.parse::<u64>().unwrap();
    assert_eq!(rig.site().served, Served::Release(ONE.into()));
    (reads.into_inner() + count(n), misses.into_inner() + count(m))
}

#[test]
fn two_hundred_switches_without_a_miss() {
    for shell in SHELLS {
        let (reads, misses) = switches(shell, SWITCHES);
        assert!(reads > 1000, "{reads} reads see nothing");
        assert_eq!(misses, 0, "{shell:?}: of {reads}");
    }
}

#[test]
fn a_switch_that_died_is_taken_up_again() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.made(TWO);
        rig.publish(ONE).good();
        // What a try that was killed leaves: its own link, and the previous link already changed.
        rig.sh(&format!(
            "cd \"$ROOT\" && mkdir .deployui-link.x.1 && ln -s releases/{ONE} .deployui-link.x.1/current
             ln -s releases/{ONE} previous"
        ));
        let plan = Publish {
            release: TWO.into(),
            before: Some(ONE.into()),
            previous: None,
            record: record(TWO, deployui::model::RecordEvent::Published),
            made: true,
            bad: false,
        };
        rig.step(builtin::publish(&rig.layout, &plan)).good();
        assert_eq!(rig.site().served, Served::Release(TWO.into()));
        assert_eq!(rig.site().previous.as_deref(), Some(ONE));
        assert_eq!(rig.sh("cd \"$ROOT\" && echo .deployui-*"), ".deployui-*");
    }
}
