//! How the code of two releases differs, by commits and by files.

use deployui::{
    model::Difference,
    script::builtin::{self, By},
};

use crate::rig::{Rig, SHELLS, Shell};

/// Two releases `1` and `2`, and a mirror with the commit of each.
fn made(shell: Shell) -> (Rig, String, String) {
    let rig = Rig::new(shell);
    rig.sh(
        "mkdir -p \"$ROOT\" && cd \"$ROOT\"
         mkdir -p releases/1/.git releases/2 shared && echo x >shared/f
         for n in 1 2; do
            ln -s ../../shared/f releases/$n/f; echo $n >releases/$n/REVISION
            echo same >releases/$n/same
            printf 'a\\nend\\n' >\"releases/$n/odd name\"
         done
         echo hidden >releases/1/.git/x
         printf 'KEY=secret\\nOLD=1\\n' >releases/1/.env.example; echo KEY=other >releases/2/.env.example
         mkdir -p releases/1/config/locales releases/2/config/locales
         echo 'secret_key: hunter2' >releases/1/config/app.yml; echo 'secret_key: hunter3' >releases/2/config/app.yml
         echo 'de: 1' >releases/1/config/locales/de.yml; cp releases/1/config/locales/de.yml releases/2/config/locales
         echo 'de: 2' >>releases/2/config/locales/de.yml
         printf 'django==5.2.9\\nhttpx==1\\n' >releases/1/requirements.txt
         echo django==5.2.8 >releases/2/requirements.txt
         printf 'a\\nb\\n' >\"releases/2/odd name\"; echo new >releases/2/new
         git init -q --bare .deployui/mirror.git
         for n in 1 2; do
            git --git-dir=.deployui/mirror.git --work-tree=releases/$n add -A -f . ':!REVISION' ':!f'
            git --git-dir=.deployui/mirror.git --work-tree=releases/$n -c user.name=Ana -c user.email=a@b commit -qm \"state $n\"
         done",
    );
    let commit = |name: &str| {
        rig.sh(&format!("git --git-dir=\"$ROOT/.deployui/mirror.git\" rev-parse {name}"))
    };
    let (old, new) = (commit("HEAD~1"), commit("HEAD"));
    (rig, old, new)
}

fn numbers(found: &Difference) -> String {
    let names = |changes: &[deployui::model::Change]| {
        let one = |it: &deployui::model::Change| {
            let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
            format!("{} {}>{}", it.name, side(&it.before), side(&it.after))
        };
        changes.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let files = found.locks.iter().chain(&found.examples);
    let files: Vec<String> =
        files.map(|it| format!("{}: {}", it.file, names(&it.changes))).collect();
    format!("{} files +{} -{}; {}", found.files, found.added, found.removed, files.join("; "))
}

const WANTED: &str = "6 files +6 -6; requirements.txt: django 5.2.9>5.2.8, httpx 1>-; .env.example: KEY >, OLD >-; config/app.yml: ";

#[test]
fn two_releases_are_compared_by_commits_and_by_files() {
    for shell in SHELLS {
        let (rig, old, new) = made(shell);
        let compare = |by| {
            let lines = rig.ask(builtin::compare(&rig.layout, by));
            builtin::compared(&lines).unwrap()
        };
        let found = compare(By::Commits(&old, &new)).unwrap();
        assert_eq!(numbers(&found), WANTED, "{shell:?}");
        let between = found.commits.unwrap();
        assert_eq!((between.leaving.count, between.coming.count), (0, 1));
        assert!(between.coming.newest[0].contains(" state 2 (Ana, 20"), "{between:?}");
        let back = compare(By::Commits(&new, &old)).unwrap();
        assert_eq!((back.added, back.removed, back.commits.unwrap().leaving.count), (6, 6, 1));

        let found = compare(By::Files("1", "2")).unwrap();
        assert_eq!(numbers(&found), WANTED, "{shell:?}");
        assert_eq!(found.commits, None);
        let none = "0".repeat(40);
        assert!(compare(By::Commits(&old, &none)).unwrap_err().contains("no mirror"), "{shell:?}");
        assert!(compare(By::Files("1", "3")).unwrap_err().contains("there is no"), "{shell:?}");
    }
}

#[test]
fn a_difference_is_read_whole_and_no_value_of_a_setting() {
    for shell in SHELLS {
        let (rig, old, new) = made(shell);
        for by in [By::Commits(&old, &new), By::Files("1", "2")] {
            let lines = rig.ask(builtin::diff(&rig.layout, by));
            let text = builtin::diffed(&lines).unwrap().unwrap().join("\n");
            for part in ["-django==5.2.9", "+new", "-end", "odd name", "KEY=", "+secret_key:"] {
                assert!(text.contains(part), "{shell:?} {by:?}: {part}: {text}");
            }
            for hidden in ["=secret", "hidden\n", "=other", "hunter"] {
                assert!(!text.contains(hidden), "{shell:?} {by:?}: {hidden}: {text}");
            }
        }
    }
}
