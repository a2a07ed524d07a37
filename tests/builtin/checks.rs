//! The checks before the first change: all that is wrong is said at once.

use deployui::{
    model::Owner,
    script::builtin::{self, Checks, Finding, Grade},
};
use jiff::{SignedDuration, Timestamp};

use crate::rig::{Rig, SHELLS, owner};

fn checks() -> Checks {
    Checks {
        owner: owner(),
        git: true,
        repository: None,
        http: true,
        min_kib: 1,
        min_inodes: 1,
        commands: Vec::new(),
    }
}

impl Rig {
    fn check(&self, checks: &Checks, now: Timestamp) -> Vec<Finding> {
        let lines = self.ask(builtin::check(&self.layout, checks));
        builtin::findings(checks, now, &lines).unwrap()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.sh("date +%s").parse().unwrap()).unwrap()
    }
}

fn bad(found: &[Finding]) -> Vec<String> {
    let wrong = found.iter().filter(|it| it.grade == Grade::Bad);
    wrong
        .map(|it| format!("{}: {}", it.check, it.what.lines().next().unwrap_or_default()))
        .collect()
}

#[test]
fn a_host_that_is_as_it_should_be() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.sh("git init -q repo.git");
        let mut all = checks();
        all.repository = Some(rig.dir.path().join("repo.git").to_str().unwrap().into());
        all.commands.push(("migrate".into(), "echo it\\'s fine\n".into()));
        let fresh = rig.check(&all, rig.now());
        assert_eq!(bad(&fresh), Vec::<String>::new(), "{shell:?}");
        let names: Vec<&str> = fresh.iter().map(|it| it.check.as_str()).collect();
        assert_eq!(
            names,
            [
                "clock",
                "disk",
                "inodes",
                "write root",
                "write releases",
                "write state",
                "mv",
                "current",
                "http",
                "git",
                "step migrate"
            ],
            "{shell:?}"
        );
        assert!(!rig.root().exists(), "it only looks");
        rig.made("20260101000001");
        rig.publish("20260101000001").good();
        let before = rig.sh("cd \"$ROOT\" && find . | sort");
        assert_eq!(bad(&rig.check(&all, rig.now())), Vec::<String>::new());
        assert_eq!(rig.sh("cd \"$ROOT\" && find . | sort"), before);
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made("20260101000001");
        rig.sh("cd \"$ROOT\" && mkdir current && rm shared/config/* && rm -r releases && touch releases");
        let all = Checks {
            owner: Owner { app: "blog".into(), stage: "x".into() },
            repository: Some("/nowhere/it's.git".into()),
            min_kib: u64::MAX,
            min_inodes: u64::MAX,
            commands: vec![
                ("a".into(), "echo first; echo \"it's $(echo bad)\" >&2; exit 3".into()),
                ("b".into(), "sh -c 'exit 1'".into()),
                ("c".into(), "cat".into()),
            ],
            ..checks()
        };
        let now = rig.now() + SignedDuration::from_secs(100);
        let found = rig.check(&all, now);
        let wrong = bad(&found);
        let expect = [
            "disk: ",
            "inodes: ",
            "write releases: ",
            "stage: the root belongs to it's a shop",
            "current: is no link",
            "shared: ",
            "git: does not reach",
            "step a: exit status 3",
            "step b: exit status 1",
        ];
        assert_eq!(wrong.len(), expect.len(), "{shell:?}: {wrong:#?}");
        for (wrong, expect) in wrong.iter().zip(expect) {
            assert!(wrong.starts_with(expect), "{wrong} is not {expect}");
        }
        let clock = found.iter().find(|it| it.check == "clock").unwrap();
        assert!(clock.grade == Grade::Warning && clock.what.contains("s behind"), "{clock:?}");
        let step = found.iter().find(|it| it.check == "step a").unwrap();
        assert_eq!(step.what, "exit status 3\nfirst\nit's bad");
        assert!(found.iter().filter(|it| it.grade == Grade::Bad).all(|it| it.hint.is_some()));
    }
}

#[test]
fn links_that_must_not_be_changed_are_found_before() {
    let check = |make: &str, expect: &str| {
        for shell in SHELLS {
            let rig = Rig::new(shell);
            rig.sh(&format!("mkdir -p \"$ROOT/releases/x\" && cd \"$ROOT\" && {make}"));
            let wrong = bad(&rig.check(&checks(), rig.now()));
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            assert!(wrong[0].starts_with(&format!("current: {expect}")), "{wrong:?}");
        }
    };
    check("ln -s releases/gone current", "leads to releases/gone, which");
    check("ln -s current current", "leads to itself");
    check("ln -s /etc current", "leads to /etc, out of");
}
