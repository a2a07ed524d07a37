//! Code from a repository: names resolved, commits fetched.

use std::fs;

use deployui::script::builtin::{self, BadReference, Fetch, Via};

use crate::{
    figures::Alive,
    rig::{Ran, Rig, SHELLS, Shell, record},
};

const ONE: &str = "20260101000001";

/// A repository with two branches, two tags, and one name for both.
fn repository(rig: &Rig) -> String {
    rig.sh(
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
         git init -q -b main work && cd work && echo one >page && mkdir log && touch log/.gitkeep
         echo run >run && chmod +x run && git add . && git commit -qm one
         git branch both && git branch feature/cart && git tag light && git tag -m x v1.0
         echo two >page && git commit -qam two && git tag both
         cd .. && git clone -q --bare work \"it's.git\"",
    );
    rig.dir.path().join("it's.git").to_str().unwrap().to_owned()
}

fn resolve(rig: &Rig, repository: &str, reference: &str) -> Result<String, BadReference> {
    let lines = rig.ask(builtin::resolve(repository, reference, Some(&rig.layout.state())));
    builtin::resolved(reference, &lines)
}

fn fetch(rig: &Rig, revision: &str, via: Via) -> Ran {
    let fetch = Fetch { release: ONE.into(), revision: revision.into(), via };
    rig.step(builtin::fetch(&rig.layout, &fetch))
}

fn begun(shell: Shell) -> Rig {
    let rig = Rig::new(shell);
    rig.made(ONE);
    rig.sh(&format!("rm \"$ROOT/releases/{ONE}/REVISION\""));
    rig
}

fn host(repository: &str) -> Via {
    Via::Host { repository: repository.to_owned() }
}

#[test]
fn a_name_becomes_one_commit_or_a_word_about_it() {
    for shell in SHELLS {
        let rig = begun(shell);
        let repository = repository(&rig);
        let one = rig.sh("git -C work rev-parse both~0^{commit} HEAD~1 | tail -n 1");
        let two = rig.sh("git -C work rev-parse main");
        let check = |reference: &str, expect: &str| {
            assert_eq!(resolve(&rig, &repository, reference).as_deref(), Ok(expect), "{reference}");
        };
        check("main", &two);
        check("HEAD", &two);
        check("refs/heads/both", &one);
        check("refs/tags/both", &two);
        check("v1.0", &one);
        check("light", &one);
        check("feature/cart", &one);
        check(&one, &one);
        check(&two[..8].to_uppercase(), &two);
        let absent = "ab".repeat(20);
        check(&absent, &absent);
        let unknown = |reference: &str| resolve(&rig, &repository, reference).unwrap_err();
        assert_eq!(unknown("mian"), BadReference::Unknown("mian".into(), vec!["main".into()]));
        assert_eq!(unknown("cart").hint().as_deref(), Some("there is feature/cart"));
        assert!(matches!(unknown("both"), BadReference::Ambiguous(_, all) if all.len() == 2));
        assert_eq!(unknown("00000000"), BadReference::Short("00000000".into()));
        for hostile in ["--upload-pack=touch pwned", "$(touch pwned)", "a\nref x", "*", "", "x^{}"]
        {
            assert!(matches!(unknown(hostile), BadReference::Unknown(..)), "{hostile}");
        }
        for nowhere in ["/nowhere", "--upload-pack=touch pwned", "ext::touch pwned", ""] {
            let told = resolve(&rig, nowhere, "main").unwrap_err();
            assert!(matches!(&told, BadReference::Unreachable(why) if !why.is_empty()), "{told:?}");
        }
        assert_eq!(rig.sh("find . -name 'pwned*'"), "");
        // Only the mirror knows an older one by its beginning, once there is one.
        rig.sh("cd work && git checkout -q main && echo three >page && git -c user.name=a -c user.email=a@b commit -qam three && git push -q ../it*.git main");
        fetch(&rig, &rig.sh("git -C work rev-parse main"), host(&repository)).good();
        rig.sh("git -C it*.git update-ref -d refs/tags/both");
        check(&two[..10], &two);
    }
}

#[test]
fn code_is_whole_or_not_there() {
    for shell in SHELLS {
        let rig = begun(shell);
        let repository = repository(&rig);
        let one = rig.sh("git -C work rev-parse main~1");
        let release = rig.root().join("releases").join(ONE);
        // What an earlier try left is swept out.
        fs::write(release.join("half"), "x").unwrap();
        fs::create_dir_all(rig.root().join(".deployui/mirror.git/refs")).unwrap();
        fetch(&rig, &one, host(&repository)).good();
        assert_eq!(
            rig.sh(&format!(
                "cd \"$ROOT/releases/{ONE}\" && ls -A | tr '\\n' ' ' && cat page REVISION"
            )),
            format!("REVISION log page run one\n{one}")
        );
        assert_eq!(
            rig.sh(&format!(
                "stat -c %a \"$ROOT/releases/{ONE}/run\" \"$ROOT/releases/{ONE}/page\""
            )),
            "755\n644"
        );
        // Again: nothing to do, even without the repository.
        fs::write(release.join("built"), "x").unwrap();
        fetch(&rig, &one, host("/nowhere")).good().says(&["there already"]);
        assert!(release.join("built").exists());
        // What a fetch that was killed leaves does not stop the next one.
        fs::remove_file(release.join("REVISION")).unwrap();
        let two = rig.sh(
            "cd work && echo three >page && git -c user.name=a -c user.email=a@b commit -qam three
             git push -q ../it*.git main && git rev-parse main",
        );
        let state = rig.root().join(".deployui");
        fs::write(state.join("mirror.git/refs/heads/main.lock"), "").unwrap();
        fs::write(state.join("mirror.git.lock"), "999999999 1\n").unwrap();
        fetch(&rig, &two, host(&repository)).good();
        assert!(!release.join("built").exists());
        assert_eq!(
            rig.sh("ls -A \"$ROOT/.deployui\" | tr '\\n' ' '"),
            "mirror.git releases.jsonl stage.json "
        );

        fs::remove_file(release.join("REVISION")).unwrap();
        fetch(&rig, &"ab".repeat(20), host(&repository)).bad(&["is not in", "hint: "]);
        fetch(&rig, &"ab".repeat(20), host("/nowhere")).bad(&["cannot fetch", "hint: "]);
        assert!(
            builtin::fetch(
                &rig.layout,
                &Fetch { release: ONE.into(), revision: "main".into(), via: host("x") }
            )
            .is_err()
        );
        rig.publish(ONE).good();
        fetch(&rig, &one, host(&repository)).bad(&["is served"]);
    }
}

#[test]
fn two_fetches_are_not_at_work_at_once() {
    for shell in SHELLS {
        let rig = begun(shell);
        let repository = repository(&rig);
        let two = rig.sh("git -C work rev-parse main");
        let other = std::process::Command::new("sleep").arg("1000").spawn();
        let other = Alive(other.unwrap());
        let pid = other.0.id();
        rig.sh(&format!(
            "set -- $(sed 's/.*) //' /proc/{pid}/stat) && shift 19
             echo \"{pid} $1\" >\"$ROOT/.deployui/mirror.git.lock\""
        ));
        fetch(&rig, &two, host(&repository)).bad(&["another fetch is at work", &pid.to_string()]);
        drop(other);
        fetch(&rig, &two, host(&repository)).good();
    }
}

#[test]
fn objects_that_the_operator_sent_are_enough() {
    for shell in SHELLS {
        let mut rig = begun(shell);
        rig.layout.code = "it's code".into();
        let repository = repository(&rig);
        let one = rig.sh("git -C work rev-parse main~1");
        let two = rig.sh("git -C work rev-parse main");
        let bundle = |name: &str| Via::Operator { bundle: format!("~/{name}") };
        rig.sh("git -C work bundle create -q ../first refs/heads/both && git -C work bundle create -q ../next refs/heads/both..main");
        fetch(&rig, &two, bundle("next")).bad(&["does not fit to what is here"]);
        fetch(&rig, &one, bundle("none")).bad(&["there is no", "none"]);
        fetch(&rig, &one, bundle("first")).good();
        assert!(!rig.dir.path().join("first").exists());
        rig.sh(&format!("rm \"$ROOT/releases/{ONE}/REVISION\""));
        fetch(&rig, &two, bundle("next")).good();
        assert_eq!(rig.sh(&format!("cat \"$ROOT/releases/{ONE}/it's code/page\"")), "two");
        drop(repository);
    }
}

/// Names of commits that were sent, in a mirror: a hundred of before, then those that are left.
fn names_left(rig: &Rig, mirror: &str, commit: &str, work: impl FnOnce()) -> usize {
    rig.sh(&format!(
        "cd {mirror} && for i in $(seq 100); do git update-ref refs/deployui/$(printf %040d $i) {commit}; done"
    ));
    work();
    rig.sh(&format!("git --git-dir={mirror} for-each-ref refs/deployui | wc -l"))
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn names_of_commits_that_were_sent_do_not_grow_without_end() {
    for shell in SHELLS {
        let rig = begun(shell);
        let repository = repository(&rig);
        let one = rig.sh("git -C work rev-parse main~1");
        let two = rig.sh("git -C work rev-parse main");
        let bundle = |name: &str| Via::Operator { bundle: format!("~/{name}") };
        rig.sh("git -C work bundle create -q ../first refs/heads/both && git -C work bundle create -q ../next refs/heads/both..main");
        fetch(&rig, &one, bundle("first")).good();
        rig.sh(&format!("rm \"$ROOT/releases/{ONE}/REVISION\""));
        let left = names_left(&rig, "\"$ROOT/.deployui/mirror.git\"", &one, || {
            fetch(&rig, &two, bundle("next")).good();
        });
        assert!((64..=65).contains(&left), "{shell:?}: {left} on the host");
        rig.sh(&format!(
            "git --git-dir=\"$ROOT/.deployui/mirror.git\" rev-parse refs/deployui/{two}"
        ));

        let (mirror, file) = (rig.dir.path().join("here.git"), rig.dir.path().join("sent"));
        let (mirror, file) = (mirror.to_str().unwrap(), file.to_str().unwrap());
        let made = || rig.ask(builtin::bundle(&repository, &two, mirror, file, &[]));
        assert!(builtin::bundled(&made()).unwrap().is_ok());
        let left = names_left(&rig, mirror, &one, || {
            assert!(builtin::bundled(&made()).unwrap().is_ok());
        });
        assert!((64..=65).contains(&left), "{shell:?}: {left} here");
    }
}

#[test]
fn submodules_are_told() {
    for shell in SHELLS {
        let rig = begun(shell);
        let repository = repository(&rig);
        rig.sh("cd work && git -c protocol.file.allow=always submodule --quiet add ../it*.git sub
             git -c user.name=a -c user.email=a@b commit -qm sub && git push -q ../it*.git main");
        let head = rig.sh("git -C work rev-parse main");
        fetch(&rig, &head, host(&repository)).good().says(&["warning: submodules", "sub"]);
    }
}

#[test]
fn a_build_that_began_is_found_by_its_record() {
    for shell in SHELLS {
        let rig = begun(shell);
        let again = record(ONE, deployui::model::RecordEvent::Begun);
        rig.step(builtin::release(&rig.layout, &crate::rig::owner(), &again)).good();
    }
}
