//! A disk without room: what was there stays, and it is said.

use std::{fs, path::Path, process::Command};

use deployui::{
    model::{Lock, Raised, RecordEvent, Served},
    script::builtin::{self, Fetch, Locked, Maintained, Upload, Via},
};

use crate::rig::{Rig, SHELLS, at, record};

const ONE: &str = "20260101000001";
const TWO: &str = "20260101000002";

/// The root on a small file system of its own, which takes root.
struct Small<'r>(&'r Path);

impl<'r> Small<'r> {
    fn new(root: &'r Path) -> Option<Self> {
        fs::create_dir_all(root).unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs"])
            .arg(root)
            .output()
            .unwrap();
        mount.status.success().then_some(Self(root))
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let _full = fs::write(self.0.join("filler"), vec![0; 2 << 20]);
        let _full = fs::write(self.0.join("filler2"), vec![0; 8192]);
    }

    fn empty(&self) {
        for name in ["filler", "filler2"] {
            let _gone = fs::remove_file(self.0.join(name));
        }
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _status = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_changes_nothing_and_is_said() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let Some(small) = Small::new(rig.root()) else { return };
        rig.made(ONE);
        rig.made(TWO);
        rig.publish(ONE).good();
        let state = rig.layout.state();
        rig.sh("git init -q work && cd work && head -c 400000 /dev/urandom >big && git add . &&
             git -c user.name=a -c user.email=a@b commit -qm x");
        let head = rig.sh("git -C work rev-parse HEAD");
        rig.sh(&format!("rm \"$ROOT/releases/{TWO}/REVISION\""));
        let repository = rig.dir.path().join("work").to_str().unwrap().to_owned();
        let fetch = Fetch { release: TWO.into(), revision: head, via: Via::Host { repository } };
        // Room for the mirror, not for the release.
        fs::write(rig.root().join("filler"), vec![0; 450_000]).unwrap();
        rig.step(builtin::fetch(&rig.layout, &fetch)).bad(&["error: ", "hint: "]);
        assert!(!rig.root().join("releases").join(TWO).join("REVISION").exists());
        small.fill();
        rig.step(builtin::fetch(&rig.layout, &fetch)).bad(&["error: "]);
        let records = fs::read_to_string(rig.root().join(".deployui/releases.jsonl")).unwrap();
        let lock = Lock { run: "a".into(), by: "e".into(), at: at(), purpose: "x".into() };
        let answer = builtin::locked(&rig.ask(builtin::lock(&state, &lock))).unwrap();
        assert!(matches!(answer, Locked::Failed(_)), "{shell:?} {answer:?}");
        let raised =
            Raised { run: "a".into(), by: "e".into(), since: at(), reason: None, until: None };
        let page = rig.layout.shared("page.html");
        let act = builtin::maintenance_on(&state, &page, (&"x".repeat(5000), &raised), None);
        let answer = builtin::maintained(&rig.ask(act)).unwrap();
        assert!(matches!(answer, Maintained::Failed(_)), "{answer:?}");
        assert!(!Path::new(&page).exists());
        let target = rig.layout.path("settings");
        let upload = Upload {
            id: "u".into(),
            path: target.clone(),
            content: "x".repeat(5000),
            mode: 0o600,
            owner: None,
        };
        rig.step(builtin::upload(&state, &upload)).bad(&["disk full"]);
        assert!(!Path::new(&target).exists());
        let act = builtin::record(&state, &record(ONE, RecordEvent::Good));
        // The last block of the file has some room; so many records do not fit.
        for _ in 0..40 {
            rig.ask(act.clone());
        }
        let told = builtin::recorded(&rig.ask(act)).unwrap();
        assert!(told.is_err_and(|why| why.contains("disk full")));
        assert_eq!(rig.site().served, Served::Release(ONE.into()));
        small.empty();
        // With room again, all goes on where it was; what was half written is no record.
        rig.step(builtin::fetch(&rig.layout, &fetch)).good();
        rig.publish(TWO).good();
        let after = fs::read_to_string(rig.root().join(".deployui/releases.jsonl")).unwrap();
        assert!(after.starts_with(&records));
        let whole = serde_json::to_string(&record(TWO, RecordEvent::Published)).unwrap();
        assert_eq!(after.lines().last(), Some(whole.as_str()));
        assert_eq!(rig.site().served, Served::Release(TWO.into()));
        assert_eq!(rig.sh("cd \"$ROOT\" && find . -name '*.[0-9][0-9]*' -type f"), "");
    }
}
