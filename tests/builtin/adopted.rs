//! Hosts that other tools released to.

use deployui::{
    model::{ReleaseVerdict, Served, Site},
    script::builtin::{self, Pattern},
};

use crate::rig::{Rig, SHELLS};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// What is seen of a root that was made so.
fn check(make: &str, pattern: &str, flat: bool, code: &str, expect: impl Fn(&Site)) {
    for shell in SHELLS {
        let mut rig = Rig::new(shell);
        rig.sh(&format!("mkdir -p \"$ROOT\" && cd \"$ROOT\" && SHA={SHA}\n{make}"));
        let before = rig.sh("cd \"$ROOT\" && find . -printf '%p %T@\n' | sort");
        rig.layout.name = Pattern::new(pattern).unwrap();
        rig.layout.code = code.into();
        if flat {
            rig.layout.releases = ".".into();
        }
        expect(&rig.site());
        assert_eq!(rig.sh("cd \"$ROOT\" && find . -printf '%p %T@\n' | sort"), before);
    }
}

fn names(site: &Site) -> Vec<&str> {
    site.releases.iter().map(|release| release.name.as_str()).collect()
}

#[test]
fn capistrano() {
    let make = "mkdir -p releases/20150120114500 releases/20150121114500 repo shared
        touch repo/HEAD && echo $SHA >releases/20150121114500/REVISION
        echo \"Branch main (at $SHA) deployed as release 20150121114500 by eva\" >revisions.log
        echo 'eva rolled back to release 20150120114500' >>revisions.log
        ln -s \"$ROOT/releases/20150120114500\" current && ln -s x releases/current";
    check(make, "%Y%m%d%H%M%S", false, ".", |site| {
        assert_eq!(names(site), ["20150121114500", "20150120114500"]);
        assert_eq!(site.served, Served::Release("20150120114500".into()));
        let newest = &site.releases[0];
        assert_eq!(newest.revision.as_deref(), Some(SHA));
        assert_eq!(newest.reference.as_deref(), Some("main"));
        assert_eq!(newest.by.as_deref(), Some("eva"));
        assert_eq!(newest.at, Some("2015-01-21T11:45:00Z".parse().unwrap()));
        assert_eq!(newest.verdict, ReleaseVerdict::Unknown);
        assert!(site.odd.iter().any(|odd| odd.contains("left by Capistrano")), "{:?}", site.odd);
    });
}

#[test]
fn deployer() {
    let make = r#"mkdir -p releases/9 releases/10 .dep shared && echo $SHA >releases/10/REVISION
        echo '2026-01-01T00:00:00+0000,eva' >releases/10/BAD_RELEASE
        echo '{"created_at":"2021-11-06T20:51:45+0000","release_name":"10","user":"A","target":"v1"}' >.dep/releases_log
        ln -s releases/9 current"#;
    check(make, "%Y%m%d%H%M%S", false, ".", |site| {
        assert_eq!(names(site), ["10", "9"]);
        assert_eq!(site.served, Served::Release("9".into()));
        assert_eq!(site.releases[0].verdict, ReleaseVerdict::Bad);
        assert_eq!(site.releases[0].reference.as_deref(), Some("v1"));
        assert_eq!(site.releases[0].at, Some("2021-11-06T20:51:45Z".parse().unwrap()));
        assert!(site.releases[1].at.is_some(), "from the directory");
        assert!(site.odd.is_empty(), "{:?}", site.odd);
    });
}

#[test]
fn mina_and_ansistrano() {
    let make =
        "mkdir -p releases/42 scm && touch scm/HEAD && echo $SHA >releases/42/.mina_git_revision
        ln -s \"$ROOT/releases/42\" current";
    check(make, "%Y%m%d%H%M%S", false, ".", |site| {
        assert_eq!(site.served, Served::Release("42".into()));
        assert_eq!(site.releases[0].revision.as_deref(), Some(SHA));
    });
    let make =
        "mkdir -p releases/20240101120000Z && printf %s $SHA >releases/20240101120000Z/REVISION
        ln -s ./releases/20240101120000Z current";
    check(make, "%Y%m%d%H%M%S", false, ".", |site| {
        assert_eq!(site.served, Served::Release("20240101120000Z".into()));
        assert_eq!(site.releases[0].revision.as_deref(), Some(SHA), "without a line feed");
    });
}

#[test]
fn dated_directories_beside_current() {
    let make =
        "mkdir -p 20170420-101500/repository/.git/refs/heads 20170419-101500 20170418 logs 2017
        echo 'ref: refs/heads/main' >20170420-101500/repository/.git/HEAD
        echo $SHA >20170420-101500/repository/.git/refs/heads/main
        ln -s \"$ROOT/20170420-101500\" current && ln -s \"$ROOT/20170419-101500\" previous";
    check(make, "%Y%m%d-%H%M%S", true, "repository", |site| {
        assert_eq!(names(site), ["20170420-101500", "20170419-101500", "20170418"]);
        assert_eq!(site.served, Served::Release("20170420-101500".into()));
        assert_eq!(site.previous.as_deref(), Some("20170419-101500"));
        assert_eq!(site.releases[0].revision.as_deref(), Some(SHA));
        assert!(site.odd.is_empty(), "{:?}", site.odd);
    });
}

const NEW: &str = "20260101000002";

/// A host that another tool released to, and a release of ours that is ready.
fn taken_over(shell: crate::rig::Shell, make: &str) -> Rig {
    let rig = Rig::new(shell);
    rig.sh(&format!("mkdir -p \"$ROOT\" && cd \"$ROOT\" && SHA={SHA}\n{make}"));
    rig.made(NEW);
    rig
}

/// Everything of the root but releases, what is shared, and our own state.
fn traces(rig: &Rig) -> String {
    rig.sh("cd \"$ROOT\" && find . -path ./shared -prune -o -path ./.deployui -prune -o -type f -print | sort")
}

#[test]
fn capistrano_reads_of_our_publishes_and_rollbacks() {
    let make = "mkdir -p releases/20150120114500 && ln -s \"$ROOT/releases/20150120114500\" current
        printf 'Branch main (at x) deployed as release 20150120114500 by eva' >revisions.log";
    for shell in SHELLS {
        let rig = taken_over(shell, make);
        let before = traces(&rig);
        let log = || rig.sh("cd \"$ROOT\" && tail -n +2 revisions.log");
        let mut plan = rig.planned(NEW);
        plan.record.reference = Some("$(touch pwned)\n`touch pwned`".into());
        for _ in 0..2 {
            rig.step(builtin::publish(&rig.layout, &plan)).good();
        }
        let told = format!(
            "Branch $(touch pwned) `touch pwned` (at {}) deployed as release {NEW} by o'eva@desk",
            crate::rig::commit(NEW)
        );
        assert_eq!(log(), told, "{shell:?}");
        assert_eq!(rig.link("current"), Some(format!("{}/releases/{NEW}", rig.layout.root)));
        let back = rig.planned_back("20150120114500");
        rig.step(builtin::publish(&rig.layout, &back)).good();
        let told = format!("{told}\no'eva@desk rolled back to release 20150120114500");
        assert_eq!(log(), told, "{shell:?}");
        for _ in 0..2 {
            rig.step(builtin::unpublish(&rig.layout, &back)).good();
        }
        assert_eq!(log(), format!("{told}\no'eva@desk rolled back to release {NEW}"), "{shell:?}");
        assert_eq!(traces(&rig), before, "{shell:?}: only what was there is written to");
    }
}

#[test]
fn deployer_reads_of_our_publishes_and_rollbacks() {
    let make = r#"mkdir -p releases/9 releases/10 .dep && ln -s releases/10 current && echo 10 >.dep/latest_release
        for n in 9 10; do echo '{"created_at":"2021-11-06T20:51:45+0000","release_name":"'$n'","user":"A","target":"v1"}'; done >.dep/releases_log"#;
    let mark = format!("releases/{NEW}/BAD_RELEASE");
    for shell in SHELLS {
        let rig = taken_over(shell, make);
        let cat = |file: &str| rig.sh(&format!("cat \"$ROOT/{file}\" 2>/dev/null || echo none"));
        let before = traces(&rig);
        let plan = rig.planned(NEW);
        for _ in 0..2 {
            rig.step(builtin::publish(&rig.layout, &plan)).good();
        }
        let log = cat(".dep/releases_log");
        assert_eq!(log.lines().count(), 3, "{shell:?}: {log}");
        assert_eq!(
            log.lines().last(),
            Some(
                r#"{"created_at":"2026-01-02T03:04:05+0000","release_name":"20260101000002","user":"o'eva@desk","target":"main"}"#
            )
        );
        assert_eq!(cat(".dep/latest_release"), NEW);
        assert_eq!(rig.link("current"), Some(format!("releases/{NEW}")));
        let back = rig.planned_back("10");
        rig.step(builtin::publish(&rig.layout, &back)).good();
        assert_eq!(cat(&mark), "2026-01-02T03:04:05+0000,o'eva@desk", "{shell:?}");
        assert_eq!(rig.site().releases[0].verdict, ReleaseVerdict::Bad);
        for _ in 0..2 {
            rig.step(builtin::unpublish(&rig.layout, &back)).good();
            assert_eq!(cat(&mark), "none", "{shell:?}: it is served again");
        }
        assert_eq!(traces(&rig), before, "{shell:?}");
        rig.step(builtin::unpublish(&rig.layout, &plan)).good();
        assert_eq!(cat(&mark), "2026-01-02T03:04:05+0000,o'eva@desk", "{shell:?}");
        assert_eq!(
            (cat(".dep/releases_log"), rig.link("current")),
            (log, Some("releases/10".into()))
        );
        // What it rolled back itself is bad, whatever we wrote down of it before, and stays marked.
        rig.sh(&format!("echo 2026-01-02T03:04:04+0000,eva >\"$ROOT/{mark}\""));
        assert_eq!(rig.site().releases[0].verdict, ReleaseVerdict::Unknown, "we know better");
        rig.sh(&format!("echo 2026-01-02T04:04:06+0100,eva >\"$ROOT/{mark}\""));
        assert_eq!(rig.site().releases[0].verdict, ReleaseVerdict::Bad);
        rig.sh("echo x,eva >\"$ROOT/releases/10/BAD_RELEASE\"");
        rig.step(builtin::publish(&rig.layout, &plan)).good();
        rig.step(builtin::publish(&rig.layout, &rig.planned_back("10"))).good();
        assert_eq!(cat("releases/10/BAD_RELEASE"), "x,eva");
    }
}

#[test]
fn deployer_6_and_mina_go_on() {
    let make = "mkdir -p releases/10 .dep && ln -s releases/10 current
        printf '20200101000000,10\n' >.dep/releases";
    for shell in SHELLS {
        let rig = taken_over(shell, make);
        let before = traces(&rig);
        for _ in 0..2 {
            rig.step(builtin::publish(&rig.layout, &rig.planned(NEW))).good();
        }
        let log = rig.sh("cat \"$ROOT/.dep/releases\"");
        let line = log.lines().nth(1).unwrap_or_default();
        assert!(line.len() == 29 && line.ends_with(&format!(",{NEW}")), "{shell:?}: {log}");
        assert_eq!(log.lines().count(), 2, "{log}");
        rig.step(builtin::publish(&rig.layout, &rig.planned_back("10"))).good();
        assert_eq!(traces(&rig), before, "{shell:?}: it knows no marks");

        let make =
            "mkdir -p releases/42 scm && touch scm/HEAD && ln -s \"$ROOT/releases/42\" current";
        let rig = taken_over(shell, make);
        let before = traces(&rig);
        rig.publish(NEW).good();
        let back = rig.step(builtin::publish(&rig.layout, &rig.planned_back("42")));
        back.good().says(&["note: mina rollback goes by names"]);
        assert_eq!(traces(&rig), before, "{shell:?}");
    }
}

/// A log that is a link may lead anywhere.
#[test]
fn what_is_no_log_is_not_written_to() {
    for shell in SHELLS {
        let rig = taken_over(
            shell,
            "mkdir .dep && touch elsewhere && ln -s elsewhere revisions.log && ln -s ../elsewhere .dep/releases_log",
        );
        rig.publish(NEW).good();
        assert_eq!(rig.sh("cat \"$ROOT/elsewhere\""), "", "{shell:?}");
    }
}
