//! Commands about a stage as a whole, on real hosts: releases, rollback, status, maintenance, lock,
//! plan, check and prune.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::PathBuf,
};

use recipes::{Project, ROOT, repository};
use serde_json::{Value, json};
use support::fleet::Fleet;

const PAGE: &str = "/srv/www/app/shared/system/maintenance.html";

const STEPS: &str = r#"
[layout]
kind = "releases"
keep = 2
previous = "previous"
[source]
repository = "file:///srv/git/shop.git"
ref = "main"
[maintenance]
path = "{{ layout.shared }}/system/maintenance.html"
probe = { url = "http://127.0.0.1:{{ host.vars.port }}/" }
hits = "test -e {{ layout.shared }}/hits && cat {{ layout.shared }}/hits"
[steps.test]
about = "Say what is released"
run = "cat {{ release.path }}/page.txt"
[steps.wait]
run = "until test -e /tmp/go; do sleep 0.1; done"
[steps.migrated]
run = "printf 'one\n two \n\n'"
once = true
lists = "migrations"
[pipelines]
deploy = ["release", "fetch", "link", "test", "publish", "migrated", "verify"]
deploy-and-prune = ["release", "fetch", "link", "publish", "prune"]
hold = ["wait"]
"#;

/// A web server as a host has it: while the file is there, visitors get it.
fn web_server(page: PathBuf) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                line.clear();
            }
            let (head, body) = match std::fs::read_to_string(&page) {
                Ok(page) => ("503 Closed\r\nRetry-After: 600", page),
                Err(_gone) => ("200 OK", "shop".to_owned()),
            };
            let answer = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}");
            // Who asked may have gone.
            drop(reader.get_mut().write_all(answer.as_bytes()));
        }
    });
    port
}

/// Two hosts, each with a web server and a repository.
fn shop() -> Project {
    let fleet = Fleet::up(2, &[]);
    repository(&fleet, 2, "echo one >page.txt && git add . && git commit -qm one");
    let mut recipe =
        format!("app = \"shop\"\nroot = \"{ROOT}\"\n[stages.staging]\nhosts = [\"h1\", \"h2\"]\n");
    for i in 1..=2 {
        let page = fleet.dir().join(format!("disk/{i}/up{PAGE}"));
        let port = web_server(page);
        writeln!(recipe, "[hosts.h{i}]\nvars.port = {port}").unwrap();
    }
    Project::new(fleet, &format!("{recipe}{STEPS}"))
}

/// The document that a command prints.
fn document(shop: &Project, code: i32, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--output", "json"]).collect();
    let ran = shop.must(code, &words);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&document["format"], &document["app"]), (&json!(1), &json!("shop")), "{document}");
    document
}

fn served(shop: &Project, i: usize) -> String {
    shop.on(i, &format!("basename \"$(readlink {ROOT}/current)\""))
}

/// Every field of every host, the same on both hosts.
fn each(document: &Value, field: &str) -> Value {
    let hosts = document["hosts"].as_array().unwrap();
    assert_eq!(hosts.len(), 2, "{document}");
    assert_eq!(hosts[0][field], hosts[1][field], "{field}: {document}");
    hosts[0][field].clone()
}

#[test]
fn releases_are_listed_rolled_back_and_pruned() {
    let shop = shop();
    let status = document(&shop, 0, &["status"]);
    assert_eq!((each(&status, "current"), each(&status, "reachable")), (Value::Null, json!(true)));

    shop.must(0, &["deploy", "--reason", "first"]);
    let first = served(&shop, 1);
    shop.must(0, &["deploy"]);
    let second = served(&shop, 1);
    assert!(first < second && served(&shop, 2) == second, "{first} {second}");
    let head = shop.on(1, "git -C /srv/git/shop.git -c safe.directory=* rev-parse main");

    listed(&shop, (&first, &second), &head);
    rolled_back(&shop, (&first, &second));
    assert_drift(&shop, (&first, &second), &head);

    shop.must(0, &["deploy"]);
    let third = served(&shop, 1);
    shop.must(0, &["deploy"]);
    let planned = document(&shop, 0, &["plan", "prune"]);
    assert_eq!(planned["remove"][0]["removed"], json!([first, second]), "{planned}");
    assert!(planned["remove"][0]["protected"].as_array().unwrap().len() == 2, "{planned}");
    shop.must(0, &["prune", "--output", "json"]);
    let left = shop.on(1, &format!("ls {ROOT}/releases"));
    assert_eq!(left.lines().collect::<Vec<_>>(), [third, served(&shop, 1)]);
}

/// Both releases as they were made, on every host.
fn listed(shop: &Project, (first, second): (&str, &str), head: &str) {
    let listed = document(shop, 0, &["releases"]);
    assert_eq!(
        (each(&listed, "current"), each(&listed, "previous")),
        (json!(second), json!(first))
    );
    let release = |i: usize| &listed["hosts"][0]["releases"][i];
    for (i, name, is_served) in [(0, second, true), (1, first, false)] {
        let release = release(i);
        assert_eq!(release["name"], json!(name));
        assert_eq!(release["path"], json!(format!("{ROOT}/releases/{name}")));
        assert_eq!((&release["revision"], &release["ref"]), (&json!(head), &json!("main")));
        assert_eq!((&release["verdict"], &release["served"]), (&json!("good"), &json!(is_served)));
        assert_eq!(release["migrations"], json!(["one", "two"]));
        assert!(release["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{release}");
        assert!(
            !release["by"].as_str().unwrap().contains(' '),
            "a process is no person: {release}"
        );
    }
    let plain = shop.must(0, &["releases"]).stdout;
    let line = plain.lines().find(|line| line.starts_with("h2") && line.contains(second)).unwrap();
    assert!(line.contains("current") && line.contains("good") && line.contains("main"), "{plain}");
}

/// Back to the first release, and to the second again.
fn rolled_back(shop: &Project, (first, second): (&str, &str)) {
    let planned = document(shop, 0, &["rollback", "--dry-run"]);
    assert_eq!(planned["release"]["name"], json!(first));
    assert_eq!(served(shop, 1), second, "a plan changes nothing");
    shop.must(0, &["rollback", "--reason", "it is slow"]);
    assert_eq!((served(shop, 1), served(shop, 2)), (first.to_owned(), first.to_owned()));
    let listed = document(shop, 0, &["releases"]);
    assert_eq!(each(&listed, "current"), json!(first));
    let newest = &listed["hosts"][1]["releases"][0];
    assert_eq!((&newest["name"], &newest["verdict"]), (&json!(second), &json!("bad")));
    assert!(newest["reason"].as_str().unwrap().contains("it is slow"), "{newest}");
    let none = shop.must(5, &["rollback"]);
    assert!(none.stderr.contains("no earlier good release"), "{}", none.stderr);
    shop.must(0, &["rollback", second]);
    assert_eq!(served(shop, 2), second);
}

/// What is not as it should be is told, and decides the exit code.
fn assert_drift(shop: &Project, (first, second): (&str, &str), head: &str) {
    let status = document(shop, 0, &["status"]);
    assert_eq!((each(&status, "current"), each(&status, "revision")), (json!(second), json!(head)));
    assert_eq!((each(&status, "maintenance"), each(&status, "lock")), (json!("off"), Value::Null));
    assert_eq!(each(&status, "drift"), json!([]));
    shop.on(2, &format!("cd {ROOT} && ln -s releases/{first} x && mv -T x current"));
    let status = document(shop, 1, &["status"]);
    let drift = |i: usize| status["hosts"][i]["drift"].as_array().unwrap();
    assert!(drift(0).len() == 1 && drift(1).len() == 1, "{status}");
    let said = format!("serves {first}; the hosts serve 2 releases");
    assert!(drift(1)[0].as_str().unwrap() == said, "{status}");
    shop.on(2, &format!("cd {ROOT} && ln -s nowhere x && mv -T x current"));
    let plain = shop.must(1, &["status"]).stdout;
    assert!(plain.contains("h2: current leads to nowhere, which is not there"), "{plain}");
    shop.on(2, &format!("cd {ROOT} && ln -s releases/{second} x && mv -T x current"));
}

#[test]
fn the_page_is_put_up_and_taken_down() {
    let shop = shop();
    shop.must(0, &["deploy"]);
    let page = |i: usize| shop.on(i, &format!("cat {PAGE} 2>/dev/null || echo none"));
    let words =
        ["maintenance", "on", "--reason", "a <new> disk", "--until", "2027-01-02T03:04:00Z"];
    let on = document(&shop, 0, &words);
    assert_eq!((each(&on, "page"), each(&on, "maintenance")), (json!("up"), json!("on")));
    assert!(
        page(1).contains("a &lt;new&gt; disk") && page(2).contains("2027-01-02"),
        "{}",
        page(1)
    );
    let silent = shop.must(0, &["maintenance", "status"]).stdout;
    let unknown = "h2: how many visitors were turned away is not known: its command ends with 1";
    assert!(silent.contains(unknown), "{silent}");
    for i in [1, 2] {
        shop.on(i, &format!("echo 42 >{ROOT}/shared/hits"));
    }
    let status = document(&shop, 0, &["maintenance", "status"]);
    assert_eq!(each(&status, "hits"), json!("42"));
    let raised = each(&status, "raised");
    assert_eq!(
        (&raised["reason"], &raised["until"]),
        (&json!("a <new> disk"), &json!("2027-01-02T03:04:00Z"))
    );
    assert_eq!(each(&document(&shop, 0, &["status"]), "maintenance"), json!("on"));
    assert_eq!(each(&document(&shop, 0, &["status"]), "lock"), Value::Null, "it was given back");

    // Someone else's page stays, unless that is meant.
    let state = format!("{ROOT}/.deployui/maintenance.json");
    let other = "{\"run\":\"by-hand-eva\",\"by\":\"eva@desk\",\"since\":\"2026-01-01T00:00:00Z\"}";
    shop.on(2, &format!("echo '{other}' >{state}"));
    let refused = shop.must(5, &["maintenance", "off"]);
    assert!(
        refused.stderr.contains("h2: the page was put up by eva@desk at 2026-01-01"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_ne!(page(1), "none", "nothing was touched on any host");
    let off = shop.must(0, &["maintenance", "off", "--force"]).stdout;
    assert!(
        off.contains("h2: the page is down; visitors get the application (status 200)"),
        "{off}"
    );
    assert!(off.contains("h1: 42 visitors were turned away"), "{off}");
    assert_eq!((page(1), page(2)), ("none".to_owned(), "none".to_owned()));

    // A web server that does not look at the file.
    let recipe = std::fs::read_to_string(shop.ui.dir().join("deploy.toml")).unwrap();
    shop.recipe(&recipe.replace("system/maintenance.html", "elsewhere.html"));
    let on = shop.must(1, &["maintenance", "on"]).stdout;
    assert!(on.contains("h1: the page is up; visitors get the application (status 200)"), "{on}");
    let status = document(&shop, 1, &["status"]);
    let drift = each(&status, "drift");
    assert!(drift[0].as_str().unwrap().contains("visitors do not get it"), "{drift}");
    shop.must(0, &["maintenance", "off"]);
    shop.recipe(&recipe);

    let nginx = shop.must(0, &["maintenance", "snippet", "nginx"]).stdout;
    assert!(nginx.contains(&format!("if (-f {PAGE}) {{")), "{nginx}");
}

#[test]
fn a_stage_is_locked_and_unlocked() {
    let shop = shop();
    shop.must(0, &["deploy"]);
    let held = shop.spawn(&["run", "hold"]);
    held.wait_for("wait");
    let run = shop.newest();
    for words in [
        &["deploy"][..],
        &["maintenance", "on"],
        &["lock"],
        &["unlock"],
        &["rollback", &served(&shop, 1)],
    ] {
        let refused = shop.must(4, words);
        assert!(refused.stderr.contains(&run), "{words:?}: {}", refused.stderr);
    }
    let lock = each(&document(&shop, 0, &["status"]), "lock");
    assert_eq!(lock["run"], json!(run));
    for i in 1..=2 {
        shop.on(i, "touch /tmp/go");
    }
    assert_eq!(held.wait().code, Some(0));
    assert_eq!(each(&document(&shop, 0, &["status"]), "lock"), Value::Null);

    let locked = document(&shop, 0, &["lock", "--reason", "the audit"]);
    assert_eq!(locked["lock"]["purpose"], json!("the audit"));
    let refused = shop.must(4, &["deploy"]);
    assert!(refused.stderr.contains("the audit"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("resume"), "a person is no run: {}", refused.stderr);
    shop.must(0, &["maintenance", "on"]);
    shop.must(0, &["maintenance", "off"]);
    assert_eq!(document(&shop, 0, &["unlock"])["ended"][0]["purpose"], json!("the audit"));
    assert_eq!(document(&shop, 0, &["unlock"])["ended"], json!([]));

    let other = "{\"run\":\"by-hand-eva\",\"by\":\"eva@desk\",\"at\":\"2026-01-01T00:00:00Z\",\"purpose\":\"tests\"}";
    let file = format!("{ROOT}/.deployui/lock");
    shop.on(2, &format!("echo '{other}' >{file}"));
    let refused = shop.must(4, &["unlock"]);
    assert!(
        refused.stderr.contains("h2: locked by eva@desk since 2026-01-01T00:00:00Z for tests"),
        "{}",
        refused.stderr
    );
    assert_eq!(shop.on(1, &format!("cat {file} 2>/dev/null || echo none")), "none");
    shop.must(0, &["unlock", "--force", "--reason", "eva is on holiday"]);
    assert_eq!(shop.on(2, &format!("cat {file} 2>/dev/null || echo none")), "none");
    let written = shop.on(2, &format!("cat {ROOT}/.deployui/locks.jsonl"));
    assert!(written.contains("eva@desk") && written.contains("eva is on holiday"), "{written}");
    shop.must(0, &["deploy"]);
}

#[test]
fn a_plan_and_checks_change_nothing() {
    let shop = shop();
    let before = (shop.files(1), shop.files(2));
    let checked = document(&shop, 0, &["check"]);
    assert!(checked["hosts"][1]["findings"].as_array().unwrap().len() > 5, "{checked}");
    let planned = document(&shop, 0, &["plan"]);
    assert_eq!(planned["hosts"], json!(["h1", "h2"]));
    let steps: Vec<&str> = planned["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["release", "fetch", "link", "test", "publish", "migrated", "verify"]);
    let test = &planned["steps"][3]["commands"];
    assert_eq!((&test[0]["host"], &test[1]["host"]), (&json!("h1"), &json!("h2")), "{test}");
    let name = planned["release"]["name"].as_str().unwrap();
    assert_eq!(test[0]["command"], json!(format!("cat '{ROOT}/releases/{name}'/page.txt")));
    let plain = shop.must(0, &["run", "deploy", "--dry-run"]).stdout;
    assert!(plain.contains("test  Say what is released\n  run on h1, h2\n    cat "), "{plain}");
    assert_eq!((shop.files(1), shop.files(2)), before);
    assert!(shop.runs().is_empty(), "no run was opened");

    let unknown = shop.must(5, &["plan", "--ref", "nowhere"]);
    assert!(unknown.stderr.contains("nowhere"), "{}", unknown.stderr);
    shop.on(2, "mv /srv/git /srv/gone");
    let bad = shop.must(5, &["check"]).stdout;
    assert!(bad.contains("bad      h2: git: does not reach the repository"), "{bad}");
    assert!(bad.contains("ok       h1: git: reaches the repository"), "{bad}");
}

#[test]
fn a_host_that_is_away_is_told_of() {
    let shop = shop();
    shop.must(0, &["deploy"]);
    let recipe = std::fs::read_to_string(shop.ui.dir().join("deploy.toml")).unwrap();
    shop.recipe(&recipe.replace("[hosts.h2]", "[hosts.h2]\naddress = \"127.0.0.1:1\""));
    let status = document(&shop, 1, &["status"]);
    assert_eq!(status["hosts"][0]["reachable"], json!(true));
    assert_eq!(status["hosts"][1]["reachable"], json!(false), "{status}");
    assert!(status["hosts"][1]["error"].as_str().is_some(), "{status}");
    let listed = shop.must(1, &["releases"]);
    assert!(listed.stdout.contains("h1") && listed.stderr.contains("error: h2: "), "{listed:?}");
    document(&shop, 0, &["status", "--hosts", "h1"]);
    let refused = shop.must(5, &["maintenance", "on"]);
    assert!(refused.stderr.contains("--hosts"), "{}", refused.stderr);
}

#[test]
fn what_needs_no_project_needs_none() {
    let ui = support::deployui::Deployui::new();
    let words: [(&[&str], &str); 6] = [
        (&["recipe", "list"], "django-releases"),
        (&["recipe", "show", "django-releases"], "[layout]"),
        (&["recipe", "docs"], "# Keys of deploy.toml"),
        (&["schema"], "\"$schema\""),
        (&["completions", "bash"], "_deployui"),
        (&["man"], ".TH deployui"),
    ];
    for (words, expect) in words {
        let ran = ui.run(words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains(expect), "{words:?}: {}", ran.stdout);
    }
    assert_eq!(ui.run(&["recipe", "show", "nothing"]).code, Some(2));
}

#[test]
fn what_another_operator_does_beside_is_seen_without_a_key() {
    let shop = shop();
    shop.must(0, &["deploy"]);
    let first = served(&shop, 1);
    let consoles = [&[][..], &["--read-only"]].map(|words| shop.console_with(words, 36, 120));
    for console in &consoles {
        console.wait_for("READY");
        console.wait_for(&first);
    }
    shop.must(0, &["deploy"]);
    let second = served(&shop, 1);
    shop.must(0, &["maintenance", "on"]);
    for console in consoles {
        console.wait_for(&second);
        console.wait_for("MAINT on, seen");
        console.send("i");
        console.wait_for(" ms on this connection (measured");
        console.wait_for(" %) where the application is (seen");
        console.send("\u{1b}");
        console.wait_without("ROUND TRIP");
        console.send("q");
        assert_eq!(console.wait_exit().0, Some(0));
    }
}

#[test]
fn a_rollback_that_is_refused_at_its_beginning_leaves_the_stage_as_it_was() {
    let shop = shop();
    let [first, second, third] = [(); 3].map(|()| {
        shop.must(0, &["deploy"]);
        served(&shop, 1)
    });
    let runs = shop.runs().len();
    let console = shop.console(36, 120);
    console.wait_for("READY");
    console.wait_for(&third);
    console.send("R");
    console.wait_for("Go back to which release?");
    console.send("\r");
    console.wait_for("Roll back shop on staging?");
    console.send("\t");
    console.type_by_hand(&second, "confirm [");
    // Somebody else goes back further before it is confirmed.
    shop.must(0, &["rollback", &first]);
    console.press("\t\t\t", "Roll back");
    console.wait_for(&format!("not done: h1, h2 serve {first} now, not {third}"));
    let header = |screen: &str| screen.lines().next().unwrap().to_owned();
    console.wait_until("what is served", |screen| header(&screen.contents()).contains(&first));
    // What is looked at and planned next is a deploy again; why the rollback was not begun is shown until then.
    assert!(console.screen().contains("Not done:"), "{}", console.screen());
    console.send("r");
    let screen = console.wait_without("Not done:");
    assert!(header(&screen).contains(" deploy ") && screen.contains("release"), "{screen}");
    assert_eq!((shop.runs().len(), served(&shop, 1)), (runs + 1, first));
    // It goes on from there.
    console.act("D", "Start deploy");
    console.wait_for("is over: done");
    assert!(served(&shop, 2) > third);
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}
