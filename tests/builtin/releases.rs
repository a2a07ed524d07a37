//! A release from nothing to served, and back.

use std::fs;

use deployui::{
    model::{Owner, RecordEvent, ReleaseVerdict, Served, Site},
    script::builtin::{self, Publish, Verify},
};

use crate::rig::{Rig, SHELLS, Shell, commit, owner, record};

const ONE: &str = "20260101000001";
const TWO: &str = "20260101000002";

fn verified(rig: &Rig, release: &str) -> crate::rig::Ran {
    rig.step(builtin::verify(
        &rig.layout,
        &Verify {
            release: release.into(),
            revision: Some(commit(release)),
            pids: Vec::new(),
            health: Vec::new(),
        },
    ))
}

/// A first deploy makes what it can, and names what it cannot; a retry finds its own.
fn begins(rig: &Rig) {
    let begun = || builtin::release(&rig.layout, &owner(), &record(ONE, RecordEvent::Begun));
    let bare = rig.site();
    assert_eq!(bare, Site { disk: bare.disk, ..Site::default() });
    rig.step(begun()).bad(&["share are missing", "shared/config/it's.env", "hint: put them there"]);
    assert!(rig.root().join("shared/log").is_dir() && rig.root().join("shared/config").is_dir());
    assert!(!rig.root().join("releases").join(ONE).exists());
    rig.share();
    rig.step(begun()).good().says(&["made "]);
    rig.step(begun()).good().says(&["from an earlier try"]);
    let mut other = record(ONE, RecordEvent::Begun);
    other.run = "20260101-other".into();
    rig.step(builtin::release(&rig.layout, &owner(), &other)).bad(&["not from this run"]);

    let seen = rig.site();
    assert_eq!(seen.owner, Some(owner()));
    assert_eq!(seen.releases[0].verdict, ReleaseVerdict::Unfinished);
    assert_eq!(seen.releases[0].by.as_deref(), Some("o'eva@desk"));
    assert!(seen.disk.is_some_and(|disk| disk.used_kib > 0 && disk.percent_free().is_some()));
}

/// Two releases, one after the other. What was planned for each.
fn publishes(rig: &Rig) -> [Publish; 2] {
    rig.made(ONE);
    rig.step(builtin::link(&rig.layout, ONE)).good();
    rig.step(builtin::link(&rig.layout, ONE)).good();
    let first = rig.planned(ONE);
    rig.publish(ONE).good().says(&["is served now"]);
    verified(rig, ONE).good();
    assert_eq!(rig.site().served, Served::Release(ONE.into()));
    assert_eq!(rig.site().previous, None);

    rig.made(TWO);
    rig.step(builtin::link(&rig.layout, TWO)).good();
    let second = rig.planned(TWO);
    rig.step(builtin::publish(&rig.layout, &second)).good().says(&["now, after", ONE]);
    // A retry of one that had done it loses nothing.
    rig.step(builtin::publish(&rig.layout, &second)).good().says(&["served already"]);
    verified(rig, TWO).good();
    verified(rig, ONE).bad(&["wrong: ", "not to "]);
    [first, second]
}

fn both_are_seen(rig: &Rig) {
    let seen = rig.site();
    assert_eq!(seen.served, Served::Release(TWO.into()));
    assert_eq!(seen.previous.as_deref(), Some(ONE));
    assert_eq!(seen.releases[0].name, TWO);
    assert_eq!(seen.releases[0].verdict, ReleaseVerdict::Unknown);
    assert_eq!(seen.releases[0].revision, Some(commit(TWO)));
    assert!(seen.odd.is_empty(), "{:?}", seen.odd);
    // What is served, or was before, is not removed.
    rig.step(builtin::remove_release(&rig.layout, TWO)).bad(&["stays: it is served"]);
    rig.step(builtin::remove_release(&rig.layout, ONE)).bad(&["previous leads to it"]);
    // Someone else changed it: nothing is done.
    let mut stale = rig.planned(TWO);
    stale.release = ONE.into();
    stale.before = None;
    rig.step(builtin::publish(&rig.layout, &stale)).bad(&["not nothing as when this was planned"]);
}

/// Both undone, the last one first; an undo done again does nothing.
fn undone(rig: &Rig, [first, second]: &[Publish; 2]) {
    for _ in 0..2 {
        rig.step(builtin::unpublish(&rig.layout, second)).good();
        assert_eq!(rig.site().served, Served::Release(ONE.into()));
        assert_eq!(rig.site().previous, None);
    }
    rig.step(builtin::remove_release(&rig.layout, TWO)).good().says(&["removed"]);
    rig.step(builtin::remove_release(&rig.layout, TWO)).good().says(&["is not there"]);
    for _ in 0..2 {
        rig.step(builtin::unpublish(&rig.layout, first)).good();
        assert_eq!(rig.site().served, Served::Nothing);
    }
}

#[test]
fn a_release_from_nothing_to_served_and_back() {
    for shell in SHELLS {
        // A root that no careless script survives.
        let rig = Rig::at(shell, "it's a $(shop) \"now\"");
        begins(&rig);
        let planned = publishes(&rig);
        both_are_seen(&rig);
        undone(&rig, &planned);
        let names = |dir: &str| rig.sh(&format!("ls -A \"$ROOT/{dir}\" | tr '\\n' ' '"));
        assert_eq!(names(""), ".deployui releases shared ");
        assert_eq!(names(".deployui"), "releases.jsonl stage.json ");
        assert_eq!(names("releases"), format!("{ONE} "));
        assert_eq!(rig.sh("cd \"$ROOT\" && stat -c %a .deployui releases"), "700\n755");
    }
}

#[test]
fn the_style_of_the_link_stays_and_leads_where_it_should() {
    let check = |shell: Shell, before: &str, after: &str| {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.made(TWO);
        let root = rig.layout.root.as_str();
        rig.sh(&format!("ln -s '{}' \"$ROOT/current\"", before.replace("ROOT", root)));
        rig.publish(TWO).good();
        assert_eq!(rig.link("current"), Some(after.replace("ROOT", root)), "{shell:?} {before}");
        assert_eq!(rig.site().served, Served::Release(TWO.into()));
        assert_eq!(rig.link("previous"), Some(format!("{root}/releases/{ONE}")));
    };
    for shell in SHELLS {
        check(shell, &format!("ROOT/releases/{ONE}"), &format!("ROOT/releases/{TWO}"));
        check(shell, &format!("releases/{ONE}"), &format!("releases/{TWO}"));
        check(shell, &format!("./releases/{ONE}"), &format!("./releases/{TWO}"));
        check(shell, &format!("releases/../releases/{ONE}/"), &format!("ROOT/releases/{TWO}"));
    }
}

#[test]
fn a_release_that_is_not_there_is_not_published() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.publish(ONE).good();
        let mut plan = rig.planned(TWO);
        rig.step(builtin::publish(&rig.layout, &plan)).bad(&["there is no", TWO]);
        // Not even through a link of that name.
        rig.sh(&format!("ln -s {ONE} \"$ROOT/releases/{TWO}\""));
        rig.step(builtin::publish(&rig.layout, &plan)).bad(&["there is no", TWO]);
        assert_eq!(rig.site().served, Served::Release(ONE.into()));
        plan.release = "../../etc".into();
        assert!(builtin::publish(&rig.layout, &plan).is_err());
    }
}

#[test]
fn another_stages_root_is_refused() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made(ONE);
        let staging = Owner { stage: "staging".into(), ..owner() };
        let begun = record(TWO, RecordEvent::Begun);
        rig.step(builtin::release(&rig.layout, &staging, &begun))
            .bad(&["belongs to another stage", "production"]);
        assert!(!rig.root().join("releases").join(TWO).exists());
        assert_eq!(rig.site().owner, Some(owner()));
    }
}

#[test]
fn a_current_that_is_no_link_to_a_release_changes_nothing() {
    let check = |shell: Shell, make: &str, served: Served, words: &[&str]| {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.sh(&format!("cd \"$ROOT\" && {make}"));
        assert_eq!(rig.site().served, served, "{shell:?} {make}");
        let before = rig.sh("cd \"$ROOT\" && find . | sort && readlink current || :");
        rig.publish(ONE).bad(words);
        let plan = rig.planned(ONE);
        rig.step(builtin::unpublish(&rig.layout, &plan)).bad(words);
        let next = record(TWO, RecordEvent::Begun);
        rig.step(builtin::release(&rig.layout, &owner(), &next)).bad(words);
        rig.step(builtin::remove_release(&rig.layout, ONE)).bad(&["is not known"]);
        assert_eq!(rig.sh("cd \"$ROOT\" && find . | sort && readlink current || :"), before);
    };
    for shell in SHELLS {
        check(shell, "mkdir current", Served::NotALink, &["is no link", "hint: "]);
        check(shell, "touch current", Served::NotALink, &["is no link"]);
        let gone = Served::Dangling("releases/gone".into());
        check(shell, "ln -s releases/gone current", gone, &["not there", "hint: "]);
        check(shell, "ln -s current current", Served::Loop("current".into()), &["to itself"]);
        let two = Served::Loop("other".into());
        check(shell, "ln -s other current && ln -s current other", two, &["to itself"]);
        let deep = Served::Loop("current/x".into());
        check(shell, "ln -s current/x current", deep, &["to itself"]);
        check(shell, "ln -s /etc current", Served::Outside("/etc".into()), &["no release"]);
        check(shell, "ln -s . current", Served::Outside(".".into()), &["no release"]);
        let inner = format!("releases/{ONE}/x");
        let make = format!("mkdir {inner} && ln -s {inner} current");
        check(shell, &make, Served::Outside(inner), &["no release"]);
    }
}

#[test]
fn everything_that_cannot_be_linked_is_named_and_nothing_is_linked() {
    for shell in SHELLS {
        let mut rig = Rig::new(shell);
        rig.made(ONE);
        for at in ["tracked", "kept", "file", "linked", "way/out", "dir.env"] {
            rig.layout.shared_dirs.push(builtin::Linked::same(at));
        }
        rig.layout.shared_files.push(builtin::Linked::same("absent.env"));
        rig.sh(&format!(
            "cd \"$ROOT/shared\" && mkdir -p tracked kept file linked way/out dir.env && rmdir log
             cd ../releases/{ONE} && mkdir tracked kept log && touch tracked/code kept/.gitkeep file
             ln -s /etc linked && ln -s ../../shared way"
        ));
        let before = rig.sh("cd \"$ROOT\" && find . | sort");
        rig.step(builtin::link(&rig.layout, ONE)).bad(&[
            "nothing is linked",
            "shared/log is missing",
            "absent.env is missing",
            "tracked is a directory with files",
            "file is a file in the repository",
            "linked is a link to /etc",
            "way/out would lie outside",
        ]);
        assert_eq!(rig.sh("cd \"$ROOT\" && find . | sort"), before);
        rig.sh(&format!(
            "cd \"$ROOT/shared\" && mkdir log && touch absent.env
             cd ../releases/{ONE} && rm -r tracked file linked way"
        ));
        rig.step(builtin::link(&rig.layout, ONE)).good();
        assert_eq!(rig.link(&format!("releases/{ONE}/kept")), Some(rig.layout.shared("kept")));
        assert!(rig.root().join("shared/kept").is_dir());
    }
}

#[test]
fn verify_names_every_link_that_leads_elsewhere() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        rig.made(ONE);
        rig.step(builtin::link(&rig.layout, ONE)).good();
        rig.publish(ONE).good();
        verified(&rig, ONE).good();
        rig.sh(&format!(
            "cd \"$ROOT/releases/{ONE}\" && rm log && mkdir log && echo x >REVISION
             rm \"$ROOT/shared/config/it's.env\""
        ));
        verified(&rig, ONE).bad(&["log does not lead", "it's.env does not lead", "it holds x"]);
    }
}

#[test]
fn hostile_names_are_only_names() {
    for shell in SHELLS {
        let mut rig = Rig::new(shell);
        rig.made(ONE);
        let dir = rig.root().join("releases");
        let names = [
            "-rf",
            "a b",
            "a\nrelease 20260101000009",
            "$(touch pwned)",
            "`touch pwned`",
            "\u{1b}]0;x",
        ];
        for name in names {
            fs::create_dir(dir.join(name)).unwrap();
            fs::write(dir.join(name).join("REVISION"), "$(touch pwned)\nend\n").unwrap();
        }
        fs::write(dir.join(ONE).join("REVISION"), "\u{1b}[2J'; touch pwned\n").unwrap();
        std::os::unix::fs::symlink("a\nend\n\n", rig.root().join("current")).unwrap();
        let seen = rig.site();
        assert_eq!(seen.served, Served::Dangling("a\nend\n\n".into()), "{shell:?}");
        assert_eq!(seen.releases.len(), 1);
        assert_eq!(seen.releases[0].revision, Some(commit(ONE)), "from the record");
        let odd = seen.odd.join("|");
        assert!(odd.contains("`a\\nrelease 20260101000009` is no release"), "{odd}");
        assert!(odd.contains("1 more: is no release") && !odd.contains('\u{1b}'), "{odd}");
        assert_eq!(rig.sh("find . -name 'pwned*'"), "");
        rig.layout.releases = ".".into();
        assert!(rig.site().releases.is_empty());
    }
}
