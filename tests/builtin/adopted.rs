//! Hosts that other tools released to.

use deployui::{
    model::{ReleaseVerdict, Served, Site},
    script::builtin::Pattern,
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
