//! Looks at hosts that hold very much.

use std::{fs, process::Child};

use deployui::{
    model::RecordEvent,
    script::builtin::{self, Locked},
};

use crate::rig::{Rig, SHELLS, record};

#[test]
fn a_look_is_bounded() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made("20250101000001");
        let dir = rig.root().join("releases");
        for n in 0..1100 {
            fs::create_dir(dir.join(format!(
                "202601{:02}{:02}{:02}{:02}",
                n / 500 + 1,
                n / 50 % 10,
                n % 50,
                0
            )))
            .unwrap();
        }
        let line = serde_json::to_string(&record("20260101000000", RecordEvent::Good)).unwrap();
        let long = format!("{{\"x\":\"{}\"}}\n", "y".repeat(100_000));
        let records = format!("{line}\n").repeat(12_000) + &long + "\0\u{1b}\n";
        fs::write(rig.root().join(".deployui/releases.jsonl"), records).unwrap();
        let lines = rig.ask(builtin::look(&rig.layout, None));
        assert!(lines.iter().all(|line| line.len() <= 65 * 1024));
        assert!(lines.len() < 12_000, "{}", lines.len());
        let seen = builtin::site(&rig.layout, &lines).unwrap();
        assert_eq!(seen.releases.len(), 1000, "{shell:?}");
        assert!(seen.odd.iter().any(|odd| odd.contains("newest 1000 of 1101")), "{:?}", seen.odd);
        assert!(
            seen.odd.iter().any(|odd| odd.contains("lines that cannot be read (2)")),
            "{:?}",
            seen.odd
        );
        // Half an answer is none.
        assert!(builtin::site(&rig.layout, &lines[..lines.len() - 1]).is_err());
        assert!(builtin::locked(&lines).is_err());
        let empty: [&str; 0] = [];
        assert!(builtin::locked(&empty).is_err());
        let cut = builtin::locked(&["lock 1", "ours"]);
        assert!(cut.is_err() && builtin::locked(&["lock 1", "ours", "end"]) == Ok(Locked::Ours));
    }
}

/// A process that is ended with the test.
pub(crate) struct Alive(pub(crate) Child);

impl Drop for Alive {
    fn drop(&mut self) {
        let _ended_or_not = self.0.kill();
        let _status = self.0.wait();
    }
}

#[test]
fn processes_in_a_release_are_seen_and_keep_it() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        for n in 1..=5 {
            let name = format!("2026010100000{n}");
            rig.made(&name);
            let act = builtin::record(&rig.layout.state(), &record(&name, RecordEvent::Good));
            builtin::recorded(&rig.ask(act)).unwrap().unwrap();
        }
        rig.publish("20260101000005").good();
        let busy = rig.root().join("releases/20260101000002");
        fs::create_dir(busy.join("sub")).unwrap();
        let sleeper =
            std::process::Command::new("sleep").arg("1000").current_dir(busy.join("sub")).spawn();
        let sleeper = Alive(sleeper.unwrap());
        let seen = rig.site();
        assert_eq!(seen.releases[3].pids, [sleeper.0.id()], "{shell:?}");
        assert!(seen.releases[2].pids.is_empty());
        let doomed = builtin::doomed(&rig.layout, &seen, None, &[]);
        assert_eq!(doomed, ["20260101000001", "20260101000003"]);
        // Also what came to be used, or served, after that was planned.
        let all: Vec<_> = (1..=5)
            .map(|n| record(&format!("2026010100000{n}"), RecordEvent::Removed))
            .chain([record("20260101000009", RecordEvent::Removed)])
            .collect();
        rig.sh(
            "chmod 500 \"$ROOT/releases/20260101000003\" && mkdir -p \"$ROOT/.deployui/trash/x/y\"",
        );
        rig.step(builtin::prune(&rig.layout, &all)).good().says(&[
            "removed 20260101000001",
            "warning: 20260101000002 stays: processes work in it",
            "removed 20260101000003",
            "warning: 20260101000005 stays: it is served",
            "20260101000009 is gone already",
        ]);
        let left = rig.sh("ls -A \"$ROOT/releases\"");
        assert_eq!(left, "20260101000002\n20260101000005");
        assert!(!rig.root().join(".deployui/trash").exists());
        assert_eq!(rig.site().releases.len(), 2);
    }
}
