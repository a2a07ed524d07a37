//! The first five minutes: the demo under a terminal, from its start over a release that fails and is
//! mended to a rollback, and what is left of it afterwards.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
};

use support::{console::Console, deployui::Deployui};

/// A demo on a screen, in a folder for temporary files of its own.
struct Demo {
    console: Console,
    tmp: PathBuf,
    /// The operator's own home, which the demo leaves alone.
    _ui: Deployui,
}

impl Demo {
    fn start() -> Self {
        let ui = Deployui::new();
        let tmp = ui.home().join("tmp");
        fs::create_dir(&tmp).unwrap();
        let ui = ui.env("TMPDIR", tmp.to_str().unwrap());
        let console = ui.console(&["demo"], 40, 130);
        console.wait_for("READY");
        console.wait_for("served");
        Self { console, tmp, _ui: ui }
    }

    /// The sandbox's folder.
    fn dir(&self) -> PathBuf {
        let mut found: Vec<PathBuf> = inside(&self.tmp);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// What the three hosts serve.
    fn served(&self) -> Vec<String> {
        let current =
            |host| fs::read_link(self.dir().join("hosts").join(host).join("srv/shop/current"));
        let name = |link: PathBuf| link.file_name().unwrap().to_str().unwrap().to_owned();
        ["web1", "web2", "web3"].map(|host| name(current(host).unwrap())).to_vec()
    }

    /// The first line of what each web server answers a visitor.
    fn visited(&self) -> Vec<String> {
        let recipe = fs::read_to_string(self.dir().join("deploy.toml")).unwrap();
        let ports = recipe.lines().filter_map(|line| line.split("vars = { port = ").nth(1));
        ports.map(|rest| visit(rest.split(' ').next().unwrap().parse().unwrap())).collect()
    }

    /// Waits until a run is over, recorded and looked at; `known`: those that were so before.
    fn over(&self, known: &mut Vec<String>) {
        let ended = |contents: &str| {
            let before = contents.split(" is over").next()?;
            let id = before.rsplit("run ").next()?.to_owned();
            (contents.contains(" is over") && id.starts_with("20")).then_some(id)
        };
        let screen = self.console.wait_until("a further run is over", |screen| {
            ended_in(&screen.contents(), ended).is_some_and(|id| !known.contains(&id))
        });
        known.extend(ended_in(&screen, ended));
    }

    fn mend(&self) {
        let file = self.dir().join("hosts/web1/srv/shop/shared/site.conf");
        let mut file = fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(b"HOURS=8-18\n").unwrap();
    }
}

/// What the first line says that says anything.
fn ended_in(contents: &str, ended: impl Fn(&str) -> Option<String>) -> Option<String> {
    contents.lines().find_map(ended)
}

fn inside(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn visit(port: u16) -> String {
    let mut to = TcpStream::connect(("127.0.0.1", port)).unwrap();
    to.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    to.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_release_that_fails_is_mended_and_rolled_back() {
    let demo = Demo::start();
    let console = &demo.console;
    let before = demo.served();
    let mut runs = Vec::new();
    console.wait_for("Where to begin");
    console.act("D", "Start deploy");
    console.wait_for("FAILED migrate on web1, exit 1");
    console.wait_for("evidence: cat site.conf");
    console.wait_for("MAINT on");
    assert_eq!(demo.served(), before);
    assert_eq!(demo.visited(), ["503"; 3]);
    demo.mend();
    console.act("T", "Retry migrate on web1?");
    demo.over(&mut runs);
    console.wait_for("MAINT off");
    let after = demo.served();
    assert!(after[0] > before[0] && after.iter().all(|name| *name == after[0]), "{after:?}");
    assert_eq!(demo.visited(), ["200"; 3]);

    console.wait_until("the new release, seen on every host", |screen| {
        let contents = screen.contents();
        let header = contents.lines().next().unwrap_or_default();
        header.contains(&after[0]) && !header.contains("not seen since")
    });
    console.send("R");
    console.wait_for("Go back to which release?");
    console.wait_for("publish, verify");
    console.wait_for("commits leave; ");
    console.wait_for("0002-opening-hours");
    console.send("\r");
    console.wait_for("Roll back shop on demo?");
    // What a terminal pastes without a mark was not typed.
    console.send(&format!("\t{}", before[0]));
    console.wait_for("came at once: empty the field, and type it slowly");
    console.send(&"\u{7f}".repeat(before[0].len()));
    console.type_by_hand(&before[0], "confirm [");
    console.press("\t\t\t", "Roll back");
    console.wait_for("2/2 done");
    demo.over(&mut runs);
    assert_eq!(demo.served(), before);

    // The next release begins where the last one ended, without leaving.
    console.act("D", "Start deploy");
    console.wait_for("11/11 done");
    demo.over(&mut runs);
    let last = demo.served();
    assert!(last[0] > after[0] && last.iter().all(|name| *name == last[0]), "{last:?}");
    assert_left(demo, Some(0));
}

#[test]
fn maintenance_is_turned_on_and_off_by_key() {
    let demo = Demo::start();
    demo.console.wait_for("MAINT off");
    for (button, seen, status) in
        [("Turn on", "maintenance is on: ", "503"), ("Turn off", "maintenance is off: ", "200")]
    {
        demo.console.send("M");
        demo.console.wait_for(button);
        demo.console.press("\u{1b}[B", button);
        demo.console.wait_for(seen);
        assert_eq!(demo.visited(), [status; 3]);
    }
    assert_left(demo, Some(0));
}

#[test]
fn a_signal_removes_the_demo() {
    let demo = Demo::start();
    let (tmp, console) = (demo.tmp, demo.console);
    console.signal("TERM");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(143));
    assert!(!screen.alternate_screen());
    assert_eq!(inside(&tmp), Vec::<PathBuf>::new());
}

/// Leaves, and looks whether anything stayed behind.
fn assert_left(demo: Demo, exit: Option<i32>) {
    let Demo { console, tmp, _ui } = demo;
    console.send("q");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, exit);
    assert!(!screen.alternate_screen());
    assert_eq!(inside(&tmp), Vec::<PathBuf>::new());
}
