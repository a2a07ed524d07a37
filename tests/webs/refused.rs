//! Input and hosts that must be refused: what is said of each is in the snapshot, and no host is changed.

use std::fmt::Write as _;

use regex::Regex;

use crate::{
    recipes::{Project, ROOT},
    shop::{head, shop},
    support::deployui::{Ran, Spawned},
};

const STEPS: &str = r#"
[layout]
kind = "releases"
previous = "previous"
shared_files = [".env", "config/keys.json"]
[maintenance]
page = "page.html"
path = "{{ layout.shared }}/system/maintenance.html"
[pipelines]
deploy = ["release", "fetch", "link", "publish", "verify"]
closed = [{ maintenance = true, steps = ["release", "fetch", "link", "publish"] }]
hold = ["wait"]
[steps.wait]
run = "until test -e /tmp/go; do sleep 0.1; done"
"#;

fn recipe() -> String {
    let head = head(2);
    let (layout, source) = (head.find("[layout]").unwrap(), head.find("[source]").unwrap());
    format!("{}{}{STEPS}", &head[..layout], &head[source..])
}

/// Two hosts that serve a release, with all that it shares.
fn served_shop() -> Project {
    let shop = shop(2, &[], &recipe());
    for i in [1, 2] {
        let shared = format!(
            "umask 022; mkdir -p {ROOT}/shared/config && cd {ROOT}/shared && echo A=1 >.env && \
             echo {{}} >config/keys.json"
        );
        assert!(shop.fleet.ssh(i).arg(shared).status().unwrap().success());
    }
    page(&shop, "<p>{{ app }}: {{ reason or 'soon back' }}</p>");
    shop.release(0, &["deploy"]);
    shop
}

/// Writes the template of the maintenance page.
fn page(shop: &Project, text: &str) {
    std::fs::write(shop.ui.dir().join("page.html"), text).unwrap();
}

/// Everything on a host that a release has to do with, but boxes and what git fetched.
fn listing(shop: &Project, i: usize) -> String {
    shop.on(
        i,
        "cd /srv && find . -path '*/.deployui/*/runs' -prune -o -path '*/mirror.git' -prune -o \
         -printf '%p %y %m %u %s %l\\n' | grep -v '/.deployui d\\|^./www/app d\\|^./www/app/.deployui/[^/]* d' | sort
         find . -type f ! -path '*/.deployui/*/runs/*' ! -path '*/mirror.git/*' -print0 | sort -z | xargs -0r cksum",
    )
}

fn plain(ran: &Ran) -> String {
    plain_names(&format!("{}{}", ran.stdout, ran.stderr))
}

/// What is said, without what differs from run to run.
fn plain_names(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, name) in [
        (r"\d{8}-\d{9}-[a-z2-7]{16}", "[run]"),
        (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "[time]"),
        (r"20\d{12}", "[release]"),
        (r"by [^ @]+@[^ ]+", "by [person]"),
        (r"\d+ KiB", "[n] KiB"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, name).into_owned();
    }
    text
}

const KEEP: &str = "cd /srv/www/app && mv current kept && ";
const BACK: &str = "cd /srv/www/app && rm -rf current && mv kept current";

/// What is done on h2 before somebody wants to change what is served, and what takes it back.
const HOSTS: [(&str, &str); 10] = [
    ("mv /srv/www/app/shared/.env /srv/env", "mv /srv/env /srv/www/app/shared/.env"),
    ("mkdir current && touch current/theirs", BACK),
    ("ln -s releases/nowhere current", BACK),
    ("ln -s \"$(printf 'releases/\\033[31mred')\" current", BACK),
    ("ln -s current current", BACK),
    ("ln -s /etc current", BACK),
    ("ln -s ../../../etc current", BACK),
    ("touch current", BACK),
    (
        "cd /srv/www/app/.deployui && cp -p stage.json /srv/stage && \
         echo '{\"app\":\"blog\",\"stage\":\"staging\"}' >stage.json",
        "mv /srv/stage /srv/www/app/.deployui/stage.json",
    ),
    ("chmod a-w /srv/www/app", "chmod u+w /srv/www/app"),
];

/// Both hosts as they are; they must stay so.
struct Was<'a>(&'a Project, [String; 2]);

impl<'a> Was<'a> {
    fn now(shop: &'a Project) -> Self {
        Self(shop, [1, 2].map(|i| listing(shop, i)))
    }

    /// Runs the program, which must change nothing; what was asked, and all that it said.
    fn told(&self, words: &[&str]) -> String {
        let Self(shop, was) = self;
        let ran = shop.run(words);
        let said = plain(&ran);
        assert!(!said.contains('\u{1b}'), "{said:?}");
        for i in [1, 2] {
            let (was, is) = (&was[i - 1], listing(shop, i));
            let changed: Vec<&str> = is.lines().filter(|line| !was.contains(line)).collect();
            assert_eq!(*was == is, changed.is_empty(), "{words:?}: gone on h{i}");
            assert!(changed.is_empty(), "{words:?} changed h{i}: {changed:#?}\n{said}");
        }
        let code = ran.code.unwrap();
        assert!(code == 2 || code == 5, "{words:?}: {said}");
        format!("$ deployui {}\nexit {code}\n{said}\n", words.join(" "))
    }
}

#[test]
fn hosts_that_are_not_as_they_should_be() {
    let shop = served_shop();
    let first = shop.served(2);
    shop.release(0, &["deploy"]);
    let mut told = String::new();
    for (before, after) in HOSTS {
        let keep = if after == BACK { KEEP } else { "" };
        shop.on(2, &format!("{keep}{before}"));
        let was = Was::now(&shop);
        write!(told, "=== h2: {before}\n{}", was.told(&["deploy"])).unwrap();
        if after == BACK {
            told += &plain_names(&was.told(&["rollback", &first]));
        }
        shop.on(2, after);
    }
    shop.release(0, &["rollback", &first]);
    insta::assert_snapshot!(told);
}

/// Names that nobody has, or that mean something to a shell, git or ssh.
const NAMES: [&[&str]; 27] = [
    &["deploy", "--ref", "nowhere"],
    &["deploy", "--ref", ""],
    &["deploy", "--ref=--upload-pack=touch /srv/pwned"],
    &["deploy", "--ref", "$(touch /srv/pwned)"],
    &["deploy", "--ref", "a\nb"],
    &["deploy", "--ref", "main..earlier"],
    &["deploy", "--ref", "main:public"],
    &["deploy", "--ref", "refs/heads/*"],
    &["deploy", "--ref", "main^{tree}"],
    &["rollback", ""],
    &["rollback", "20200101000000"],
    &["rollback", "../../../etc"],
    &["rollback", "/etc"],
    &["rollback", "."],
    &["rollback", "current"],
    &["rollback", "*"],
    &["rollback", "$(touch /srv/pwned)"],
    &["rollback", "--", "-rf"],
    &["rollback", "a\nb"],
    &["deploy", "--hosts", ""],
    &["deploy", "--hosts", "h1,"],
    &["deploy", "--hosts", "h1;touch /srv/pwned"],
    &["deploy", "--hosts=-oProxyCommand=touch /srv/pwned"],
    &["deploy", "--roles", "nobody"],
    &["deploy", "--skip", "publish"],
    &["deploy", "--skip", "release"],
    &["run", "$(touch /srv/pwned)"],
];

#[test]
fn names_that_nobody_has() {
    let shop = served_shop();
    let was = Was::now(&shop);
    let told: Vec<String> = NAMES.iter().map(|words| was.told(words)).collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn pages_that_cannot_be_made() {
    let shop = served_shop();
    let was = Was::now(&shop);
    let mut told = String::new();
    for text in
        ["<p>\n{{ reason", "<p>{{ raeson }}</p>", "<p>{% if %}</p>", "<p>{{ 1 // 0 }}</p>", ""]
    {
        page(&shop, text);
        if text.is_empty() {
            std::fs::remove_file(shop.ui.dir().join("page.html")).unwrap();
        }
        writeln!(told, "=== {text:?}").unwrap();
        for words in [&["maintenance", "on"][..], &["run", "closed"]] {
            told += &was.told(words);
        }
    }
    insta::assert_snapshot!(told);
}

/// A run is killed with its console: what it holds is kept from everybody else until it is taken up, or
/// ended by somebody who says so.
#[test]
fn the_lock_of_a_run_that_lives_and_of_one_that_died() {
    let shop = served_shop();
    let holds = |spawned: &Spawned| spawned.wait_for("h2 wait: started");
    let refused = |what: &str| {
        let mut told = format!("=== {what}\n");
        for words in [&["deploy"][..], &["maintenance", "on"], &["unlock"]] {
            let was = [1, 2].map(|i| listing(&shop, i));
            let ran = shop.must(4, words);
            writeln!(told, "$ deployui {}\n{}", words.join(" "), plain(&ran)).unwrap();
            assert!([1, 2].map(|i| listing(&shop, i)) == was, "{words:?} changed something");
        }
        told
    };
    let held = shop.spawn(&["run", "hold"]);
    holds(&held);
    let mut told = refused("its console lives");
    held.kill();
    told += &refused("its console was killed");
    for i in [1, 2] {
        shop.on(i, "touch /tmp/go");
    }
    shop.must(0, &["resume"]);
    shop.release(0, &["deploy"]);

    for i in [1, 2] {
        shop.on(i, "rm /tmp/go");
    }
    let held = shop.spawn(&["run", "hold"]);
    holds(&held);
    held.kill();
    let ran = shop.must(0, &["unlock", "--force", "--reason", "its machine is gone"]);
    writeln!(told, "=== by force\n$ deployui unlock --force\n{}", plain(&ran)).unwrap();
    shop.release(0, &["deploy"]);
    insta::assert_snapshot!(told);
}

/// A disk that fills up while the code is unpacked: nothing of it is served, and the next release goes on
/// as soon as there is room.
#[test]
fn a_disk_that_fills_up_while_code_is_fetched() {
    const FILL: &str = r#"
[steps.fill]
run = "test {{ host.name }} != h2 || { cat /dev/zero >/srv/www/filler 2>/dev/null || true; }"
[pipelines]
deploy = ["release", "fetch", "publish", "verify"]
fills = ["release", "fill", "fetch", "publish", "verify"]
"#;
    let shop = shop(2, &["2:tmpfs=/srv/www:80m"], &format!("{}{FILL}", head(2)));
    shop.release(0, &["deploy", "--ref", "earlier"]);
    let first = shop.served(1);
    let ran = shop.release(1, &["run", "fills"]);
    // Not even what fetch says has room: it is said from here.
    assert!(ran.stdout.contains("h2 fetch: FAILED: exit 1"), "{}", ran.stdout);
    let free = " KiB are free in /srv/www/app: make room; what steps say there is lost";
    assert!(ran.stderr.contains("note: h2: only ") && ran.stderr.contains(free), "{}", ran.stderr);
    let listed = shop.document(0, &["releases"]);
    for i in [1, 2] {
        assert_eq!(shop.served(i), first);
        assert_eq!(listed["hosts"][i - 1]["current"], first.as_str(), "{listed}");
    }
    assert_eq!(shop.on(2, &format!("cat {ROOT}/current/REVISION | wc -c")), "41");
    // As long as it is full, nothing is begun.
    let ran = shop.must(5, &["deploy"]);
    assert!(ran.stderr.contains("error: h2: "), "{}", ran.stderr);
    shop.on(2, "rm /srv/www/filler");
    shop.release(0, &["deploy"]);
    assert!(shop.served(1) > first && shop.served(1) == shop.served(2));
}

/// Hosts that differ, and the commit that is served already: it is said, and a release makes them one.
#[test]
fn hosts_that_differ_are_named() {
    let shop = shop(
        2,
        &[],
        &format!("{}[pipelines]\ndeploy = [\"release\", \"fetch\", \"publish\"]\n", head(2)),
    );
    shop.release(0, &["deploy", "--ref", "earlier"]);
    let first = shop.served(1);
    shop.release(0, &["deploy"]);
    let again = shop.release(0, &["deploy"]);
    let head = shop.file(1, "current/REVISION");
    assert!(
        again.stderr.contains(&format!("note: h1, h2 serve {} already", &head[..10])),
        "{}",
        again.stderr
    );
    shop.on(2, &format!("cd {ROOT} && ln -s releases/{first} x && mv -T x current"));
    let status = shop.must(1, &["status"]);
    assert!(status.stdout.contains(&first), "{}", status.stdout);
    let ran = shop.release(0, &["deploy"]);
    assert!(
        ran.stderr.contains(&format!("note: h1 serves {} already", &head[..10])),
        "{}",
        ran.stderr
    );
    assert_eq!(shop.served(1), shop.served(2));
    shop.must(0, &["status"]);
}
