//! What is served changes on all hosts as one burst: from hosts that differ, and with one that fails in
//! the middle of it. What each host has in the end is read from the hosts.

use serde_json::Value;

use crate::{
    recipes::{Project, ROOT},
    shop::{head, shop},
};

/// On h2 nothing can be published, from after the checks until somebody mends it.
const STEPS: &str = r#"
[steps.jam]
run = "test {{ host.name }} != h2 || chmod a-w {{ root }}"
[steps.restart]
follows = "publish"
run = "readlink {{ root }}/current | sed 's,.*/,,' >>/srv/restarts"
[pipelines]
deploy = ["release", "fetch", "publish", "restart", "verify"]
jammed = ["release", "fetch", "jam", "publish", "restart", "verify"]
"#;

const HOSTS: [usize; 3] = [1, 2, 3];

/// What the hosts serve; `releases` says the same, and what became of a release on each.
fn end(shop: &Project, release: &str) -> ([String; 3], [String; 3]) {
    let listed = shop.document(0, &["releases"]);
    let served = HOSTS.map(|i| shop.served(i));
    let host = |i: usize| &listed["hosts"][i - 1];
    assert_eq!(HOSTS.map(|i| host(i)["current"].as_str().unwrap().to_owned()), served, "{listed}");
    let verdict = |i: usize| {
        let releases = host(i)["releases"].as_array().unwrap();
        let found = releases.iter().find(|it| it["name"] == release);
        for release in releases {
            let is_served = release["name"] == host(i)["current"];
            assert_eq!(release["served"], Value::Bool(is_served), "{listed}");
        }
        found.map_or("none", |it| it["verdict"].as_str().unwrap()).to_owned()
    };
    (served, HOSTS.map(verdict))
}

/// What the followers of publish saw since they were last asked.
fn restarts(shop: &Project) -> [Vec<String>; 3] {
    HOSTS.map(|i| {
        let said = shop.on(i, "cat /srv/restarts 2>/dev/null || true; rm -f /srv/restarts");
        said.lines().map(str::to_owned).collect()
    })
}

#[test]
fn hosts_that_serve_different_releases_are_made_one() {
    let shop = shop(3, &[], &format!("{}{STEPS}", head(3)));
    let mut releases = Vec::new();
    for i in HOSTS {
        shop.release(0, &["deploy"]);
        releases.push(shop.served(i));
    }
    let [first, second, third] = releases.as_slice() else { unreachable!() };
    let here = |i: usize, name: &str| {
        shop.on(i, &format!("cd {ROOT} && ln -s releases/{name} x && mv -T x current"));
    };
    here(1, first);
    here(2, second);
    assert_eq!(end(&shop, first).0, [first, second, third].map(String::clone));
    shop.document(1, &["status"]);
    restarts(&shop);
    for release in [second, first, third] {
        shop.must(0, &["rollback", release]);
        let all = [release; 3].map(String::clone);
        assert_eq!(end(&shop, release).0, all);
        let status = shop.document(0, &["status"]);
        assert!(HOSTS.iter().all(|i| status["hosts"][i - 1]["drift"] == serde_json::json!([])));
        assert_eq!(restarts(&shop), all.map(|it| vec![it]));
    }
}

/// What the operator does about the failure of h2.
enum Choice {
    /// A program goes on with it, by this policy.
    Resume(&'static str),
    /// A person does in the console, by these keys.
    Keys(&'static [Key]),
}

/// When the screen shows the first text: a key, the dialog that it opens, and a reason if one is wanted.
/// Then the first button that is not Cancel is pressed.
struct Key(&'static str, &'static str, &'static str, &'static str);

const FAILED: &str = "FAILED publish on h2, exit 1";

/// A run that was taken up in the console goes on only when somebody says so.
const GO_ON: Key = Key("PAUSED", "C", "Continue to the end?", "");

struct Case {
    /// What is done on h2 before.
    mend: &'static str,
    choice: Choice,
    exit: i32,
    /// For each host: whether it serves the new release in the end.
    new: [bool; 3],
    /// For each host: whether what follows publish ran, for what is served.
    followed: [bool; 3],
    /// What became of the new release on each host; it is gone where it was undone.
    verdicts: [&'static str; 3],
}

const MENDED: &str = "chmod u+w /srv/www/app";

const BY_HAND: &str =
    "cd /srv/www/app && chmod u+w . && ln -s releases/$(ls releases | tail -n 1) x &&
                       mv -T x current";

const ALL: [bool; 3] = [true; 3];
const NONE: [bool; 3] = [false; 3];
const ALL_BUT_H2: [bool; 3] = [true, false, true];

const CASES: [Case; 8] = [
    Case {
        mend: MENDED,
        choice: Choice::Resume("retry=1"),
        exit: 0,
        new: ALL,
        followed: ALL,
        verdicts: ["good"; 3],
    },
    Case {
        mend: MENDED,
        choice: Choice::Keys(&[Key(FAILED, "T", "Retry publish on h2?", ""), GO_ON]),
        exit: 0,
        new: ALL,
        followed: ALL,
        verdicts: ["good"; 3],
    },
    Case {
        mend: BY_HAND,
        choice: Choice::Keys(&[Key(FAILED, "F", "Mark publish on h2 fixed?", "by hand"), GO_ON]),
        exit: 0,
        new: ALL,
        followed: ALL,
        verdicts: ["good"; 3],
    },
    Case {
        mend: "true",
        choice: Choice::Resume("undo"),
        exit: 1,
        new: NONE,
        followed: ALL,
        verdicts: ["none"; 3],
    },
    Case {
        mend: "true",
        choice: Choice::Keys(&[Key(FAILED, "U", "Abort and undo?", "")]),
        exit: 1,
        new: NONE,
        followed: ALL,
        verdicts: ["none"; 3],
    },
    Case {
        mend: "true",
        choice: Choice::Keys(&[Key(FAILED, "A", "Abort the run: which way?", "")]),
        exit: 1,
        new: ALL_BUT_H2,
        followed: NONE,
        verdicts: ["failed"; 3],
    },
    Case {
        mend: "true",
        choice: Choice::Keys(&[
            Key(FAILED, "K", "Skip publish on h2?", "later"),
            GO_ON,
            Key("FAILED verify on h2, exit 1", "K", "Skip verify on h2?", "it is as it is"),
        ]),
        exit: 1,
        new: ALL_BUT_H2,
        followed: ALL,
        verdicts: ["failed"; 3],
    },
    Case {
        mend: "true",
        choice: Choice::Keys(&[Key(FAILED, "X", "Exclude h2?", "its disk"), GO_ON]),
        exit: 1,
        new: ALL_BUT_H2,
        followed: ALL_BUT_H2,
        verdicts: ["failed"; 3],
    },
];

/// Does as the operator; the program ends with this exit code.
fn choose(shop: &Project, choice: &Choice, exit: i32) {
    let keys = match choice {
        Choice::Resume(policy) => {
            shop.must(exit, &["resume", "--on-failure", policy]);
            return;
        }
        Choice::Keys(keys) => *keys,
    };
    let config = shop.fleet.ssh_config();
    let args = ["--ssh-config", config.to_str().unwrap(), "resume"];
    let console = shop.ui.console(&args, 36, 120);
    for Key(shown, key, dialog, reason) in keys {
        console.wait_for(shown);
        console.send(key);
        console.wait_for(dialog);
        if !reason.is_empty() {
            console.send(&format!("\t{reason}"));
            console.wait_for(reason);
            console.send("\t");
        }
        console.confirm("\t");
        console.wait_without(dialog);
    }
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(exit));
}

#[test]
fn each_choice_about_a_host_that_fails_in_the_burst() {
    let shop = shop(3, &[], &format!("{}{STEPS}", head(3)));
    shop.release(0, &["deploy", "--ref", "earlier"]);
    let first = shop.served(1);
    restarts(&shop);
    for (at, case) in CASES.iter().enumerate() {
        let ran = shop.release(3, &["run", "jammed"]);
        assert!(ran.stdout.contains("h2 publish | error: cannot write in "), "{}", ran.stdout);
        let release = shop.served(1);
        let open = ([&release, &first, &release].map(String::clone), UNDECIDED.map(str::to_owned));
        assert_eq!(end(&shop, &release), open, "case {at}");
        assert_eq!(restarts(&shop), [(); 3].map(|()| Vec::<String>::new()));
        shop.must(4, &["lock"]);

        shop.on(2, case.mend);
        choose(&shop, &case.choice, case.exit);
        let served = case.new.map(|new| if new { &release } else { &first }.clone());
        let verdicts = case.verdicts.map(str::to_owned);
        assert_eq!(end(&shop, &release), (served.clone(), verdicts), "case {at}");
        let followed = HOSTS.map(|i| {
            let followed = case.followed[i - 1].then(|| served[i - 1].clone());
            followed.into_iter().collect::<Vec<_>>()
        });
        assert_eq!(restarts(&shop), followed, "case {at}");

        // Whatever it left, one rollback makes the hosts one.
        shop.on(2, MENDED);
        shop.must(0, &["rollback", &first]);
        assert_eq!(end(&shop, &first).0, [(); 3].map(|()| first.clone()), "case {at}");
        restarts(&shop);
    }
}

/// What is said of a release while its run is open: it was published here and not there.
const UNDECIDED: [&str; 3] = ["unknown", "unfinished", "unknown"];
