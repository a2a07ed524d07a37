//! A shop that is released: its hosts, each with its repository, and what they serve.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::recipes::{Project, ROOT};
use crate::support::deployui::Ran;
use crate::support::fleet::Fleet;

/// Makes the repository of the application on a host: the same two commits on each.
const REPOSITORY: &str = "
    set -e
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
    export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
    mkdir -p /srv/git && cd /srv/git
    git init -q --bare -b main shop.git
    git clone -q shop.git work 2>/dev/null && cd work
    mkdir -p public/static
    echo 'the style' >public/static/style.css && echo 'a picture' >public/static/index.php
    git add . && git commit -qm one && git push -q origin HEAD:main
    git tag earlier && git push -q origin earlier
    echo 'the later style' >public/static/style.css
    git commit -qam two && git push -q origin HEAD:main
    cd .. && rm -rf work";

/// Where every release has its code from.
pub(crate) const SOURCE: &str = "
[layout]
kind = \"releases\"
previous = \"previous\"
[source]
repository = \"file:///srv/git/shop.git\"
ref = \"main\"
";

/// `app`, `root`, one stage with hosts `h1` to `hN`, and the source.
pub(crate) fn head(hosts: usize) -> String {
    let names: Vec<String> = (1..=hosts).map(|i| format!("\"h{i}\"")).collect();
    let mut text = format!(
        "app = \"shop\"\nroot = \"{ROOT}\"\n[stages.staging]\nhosts = [{}]\n",
        names.join(", ")
    );
    for i in 1..=hosts {
        writeln!(text, "[hosts.h{i}]").unwrap();
    }
    text + SOURCE
}

/// Hosts with the repository, and this recipe.
pub(crate) fn shop(hosts: usize, options: &[&str], recipe: &str) -> Project {
    let fleet = Fleet::up(hosts, options);
    for i in 1..=hosts {
        let made = fleet.ssh(i).arg(REPOSITORY).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    Project::new(fleet, recipe)
}

impl Project {
    /// Runs what makes a release. It is named after its second: one that comes within that of the one
    /// before is refused before anything is done, and asked for again.
    pub(crate) fn release(&self, code: i32, words: &[&str]) -> Ran {
        loop {
            let ran = self.run(words);
            if !ran.stderr.contains("which is not older than") {
                assert_eq!(ran.code, Some(code), "{words:?}:\n{}\n{}", ran.stdout, ran.stderr);
                return ran;
            }
        }
    }

    /// The document that a command prints.
    pub(crate) fn document(&self, code: i32, words: &[&str]) -> Value {
        let words: Vec<&str> = words.iter().copied().chain(["--output", "json"]).collect();
        let ran = self.must(code, &words);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["format"], json!(1), "{document}");
        document
    }

    /// The name of what host `i` serves, as its link has it; nothing where nothing is served.
    pub(crate) fn served(&self, i: usize) -> String {
        self.on(i, &format!("basename \"$(readlink {ROOT}/current)\""))
    }
}
