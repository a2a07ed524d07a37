//! Lock, record and maintenance: short acts, done again without harm.

use std::{fs, thread};

use deployui::{
    model::{Lock, Raised, RecordEvent},
    script::builtin::{self, Locked, Maintained},
};

use crate::rig::{Rig, SHELLS, at, record};

fn lock(run: &str) -> Lock {
    Lock {
        run: run.into(),
        by: "o'eva@desk".into(),
        at: at(),
        purpose: "deploy \"main\" $(x)".into(),
    }
}

fn raised(run: &str) -> Raised {
    let reason = Some("it's <b>done</b>\nsoon".into());
    Raised { run: run.into(), by: "eva@desk".into(), since: at(), reason, until: None }
}

impl Rig {
    fn lock(&self, run: &str) -> Locked {
        let lines = self.ask(builtin::lock(&self.layout.state(), &lock(run)));
        builtin::locked(&lines).unwrap()
    }

    fn take_over(&self, run: &str, old: &str) -> Locked {
        let lines = self.ask(builtin::take_over(&self.layout.state(), &lock(run), old));
        builtin::locked(&lines).unwrap()
    }

    fn unlock(&self, run: &str) -> Locked {
        builtin::locked(&self.ask(builtin::unlock(&self.layout.state(), run))).unwrap()
    }

    fn holder(&self) -> Locked {
        builtin::locked(&self.ask(builtin::holder(&self.layout.state()))).unwrap()
    }

    fn page(&self) -> String {
        self.layout.shared("system/maintenance.html")
    }

    fn on(&self, run: &str, page: &str) -> Maintained {
        self.on_after(run, page, None)
    }

    /// `left`: whose page is taken over.
    fn on_after(&self, run: &str, page: &str, left: Option<&str>) -> Maintained {
        let page = (page, &raised(run));
        let act = builtin::maintenance_on(&self.layout.state(), &self.page(), page, left);
        builtin::maintained(&self.ask(act)).unwrap()
    }

    fn off(&self, run: Option<&str>) -> Maintained {
        let act = builtin::maintenance_off(&self.layout.state(), &self.page(), run);
        builtin::maintained(&self.ask(act)).unwrap()
    }
}

/// What was answered, one after the other.
fn check<T: PartialEq + std::fmt::Debug>(answers: impl IntoIterator<Item = (T, T)>) {
    for (n, (answer, expect)) in answers.into_iter().enumerate() {
        assert_eq!(answer, expect, "answer {n}");
    }
}

#[test]
fn a_lock_has_one_owner() {
    let a = || Locked::Other(lock("a-1"));
    for shell in SHELLS {
        let rig = Rig::new(shell);
        check([
            (rig.unlock("a-1"), Locked::Free),
            (rig.holder(), Locked::Free),
            (rig.lock("a-1"), Locked::Ours),
            (rig.holder(), a()),
            // Asked again.
            (rig.lock("a-1"), Locked::Ours),
            (rig.lock("a-12"), a()),
            (rig.lock("a-"), a()),
            (rig.unlock("a-12"), a()),
            // Not whom it would be taken from.
            (rig.take_over("c", "b"), a()),
        ]);
        assert_eq!(rig.site().lock, Some(lock("a-1")));
        check([
            (rig.take_over("c", "a-1"), Locked::Ours),
            (rig.take_over("c", "a-1"), Locked::Ours),
            (rig.unlock("a-1"), Locked::Other(lock("c"))),
        ]);
        let kept = fs::read_to_string(rig.root().join(".deployui/locks.jsonl")).unwrap();
        let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
        assert_eq!((&kept["over"]["run"], &kept["now"]["run"]), (&"a-1".into(), &"c".into()));
        // Given back before it could be taken over.
        check([
            (rig.unlock("c"), Locked::Free),
            (rig.take_over("by-hand-ana", "c"), Locked::Ours),
            (rig.unlock("by-hand-ana"), Locked::Free),
        ]);
        assert_eq!(rig.sh("ls \"$ROOT/.deployui\""), "locks.jsonl");
    }
    let state = Rig::new(SHELLS[0]).layout.state();
    assert!(builtin::unlock(&state, "a\",\"b").is_err());
}

#[test]
fn a_lock_that_cannot_be_read_is_not_free() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.sh("mkdir -p \"$ROOT/.deployui\"");
        for (text, told) in [("garbage\n", "garbage"), ("", "?")] {
            fs::write(rig.root().join(".deployui/lock"), text).unwrap();
            let strange = || Locked::Strange(told.into());
            check([
                (rig.lock("d"), strange()),
                (rig.unlock("d"), strange()),
                (rig.holder(), strange()),
                (rig.take_over("d", "e"), strange()),
            ]);
            assert_eq!(rig.site().odd.len(), 1);
        }
    }
}

#[test]
fn of_many_who_ask_at_once_one_gets_the_lock() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        for round in 0..10 {
            let ask = |run: usize| matches!(rig.lock(&format!("r{round}-{run}")), Locked::Ours);
            let won: Vec<bool> = thread::scope(|scope| {
                let all: Vec<_> = (0..6).map(|run| scope.spawn(move || ask(run))).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(won.iter().filter(|&&won| won).count(), 1, "{shell:?} {won:?}");
            let owner = won.iter().position(|&won| won).unwrap();
            assert_eq!(rig.unlock(&format!("r{round}-{owner}")), Locked::Free);
        }
    }
}

#[test]
fn records_are_whole_lines_whatever_was_torn_before() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let write = |event| {
            let act = builtin::record(&rig.layout.state(), &record("20260101000001", event));
            builtin::recorded(&rig.ask(act)).unwrap()
        };
        assert_eq!(write(RecordEvent::Begun), Ok(()));
        let file = rig.root().join(".deployui/releases.jsonl");
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{whole}{{\"release\":\"2026")).unwrap();
        assert_eq!(write(RecordEvent::Good), Ok(()));
        let lines = fs::read_to_string(&file).unwrap();
        assert_eq!(lines.lines().count(), 3, "{lines}");
        rig.sh("mkdir -p \"$ROOT/releases/20260101000001\"");
        let seen = rig.site();
        assert_eq!(seen.releases[0].verdict, deployui::model::ReleaseVerdict::Good);
        assert_eq!(seen.odd, ["releases.jsonl: a line that cannot be read (1)"]);
    }
}

#[test]
fn the_page_is_raised_by_one_and_lowered_by_that_one() {
    let html = "<!doctype html>\n<p>it's $(down)</p>\n\n";
    let a = || Maintained::Other(raised("a"));
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let shown = || (rig.site().raised, rig.site().page);
        check([
            (rig.off(Some("a")), Maintained::Off),
            (rig.on("a", html), Maintained::On),
            // Asked again.
            (rig.on("a", html), Maintained::On),
        ]);
        assert_eq!(shown(), (Some(raised("a")), true));
        assert_eq!(fs::read_to_string(rig.page()).unwrap(), format!("{html}\n"));
        let modes = rig.sh("cd \"$ROOT/shared/system\" && stat -c %a . *");
        assert_eq!(modes, "755\n644");
        check([
            (rig.on("b", html), a()),
            (rig.off(Some("b")), a()),
            // Only from whom it was said to be left by.
            (rig.on_after("b", html, Some("c")), a()),
            (rig.on_after("b", html, Some("a")), Maintained::On),
            (rig.on_after("b", html, Some("a")), Maintained::On),
            (rig.off(Some("a")), Maintained::Other(raised("b"))),
            (rig.off(Some("b")), Maintained::Off),
        ]);
        assert_eq!(shown(), (None, false));
        // What a crash leaves between the two: a word without a page. It can be gone on with.
        check([(rig.on("a", html), Maintained::On)]);
        fs::remove_file(rig.page()).unwrap();
        assert_eq!(shown(), (Some(raised("a")), false));
        check([(rig.on("a", html), Maintained::On), (rig.off(None), Maintained::Off)]);
        assert_eq!(rig.sh("cd \"$ROOT\" && find . -type f"), "");
    }
}

/// A step is planned long before its page goes up.
#[test]
fn a_step_says_since_when_its_page_is_up_and_not_when_it_was_planned() {
    let planned = raised("a");
    let page = format!("<p>$(x)</p> {0} {0} {1}\n\n", at(), builtin::day_and_time(at()));
    let now = |rig: &Rig| rig.sh("date -u +%Y-%m-%dT%H:%M:%SZ");
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let put = || {
            let state = rig.layout.state();
            rig.step(builtin::raise(&state, &rig.page(), (&page, &planned), None)).good();
            (rig.site().raised.unwrap(), fs::read_to_string(rig.page()).unwrap())
        };
        let before = now(&rig);
        let (raised, shown) = put();
        let since = raised.since.to_string();
        assert!(before <= since && since <= now(&rig), "{before} {since}");
        let day = builtin::day_and_time(raised.since);
        assert_eq!(shown, format!("<p>$(x)</p> {since} {since} {day}\n\n\n"));
        assert_eq!(raised, Raised { since: raised.since, ..planned.clone() });
        // Run again it is up since then.
        let earlier = "2026-01-01T00:00:00Z";
        let file = rig.root().join(".deployui/maintenance.json");
        let text = fs::read_to_string(&file).unwrap().replace(&since, earlier);
        fs::write(&file, text).unwrap();
        assert_eq!(put().0.since.to_string(), earlier);
    }
}

#[test]
fn a_page_that_nobody_accounts_for_is_left_alone() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.sh("mkdir -p \"$ROOT/shared/system\"");
        fs::write(rig.page(), "x").unwrap();
        check([
            (rig.on("a", "y"), Maintained::Foreign),
            (rig.off(Some("a")), Maintained::Foreign),
            (rig.off(None), Maintained::Off),
        ]);
        fs::create_dir(rig.page()).unwrap();
        assert!(matches!(rig.off(None), Maintained::Failed(_)));
        assert!(matches!(rig.on("a", "y"), Maintained::Failed(_)));
    }
}
