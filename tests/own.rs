//! The operator's own files with the real program: what is wrong with them, themes, other keys, and what
//! happens when they are saved while the console is open.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
#![expect(clippy::disallowed_methods, reason = "the program runs with the PATH of the tests")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use support::console::Console;
use tempfile::TempDir;

/// A home with a configuration.
struct Home(TempDir);

impl Home {
    fn new(config: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(home.folder().join("themes")).unwrap();
        home.save("config.toml", config);
        home
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join(".config/deployui")
    }

    /// Saves as editors do: a new file takes the place of the old.
    fn save(&self, name: &str, text: &str) {
        let (new, old) = (self.folder().join("new~"), self.folder().join(name));
        fs::write(&new, text).unwrap();
        fs::rename(new, old).unwrap();
    }

    fn vars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HOME", self.0.path().display().to_string()),
            ("PATH", std::env::var("PATH").unwrap()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("TMPDIR", self.0.path().display().to_string()),
        ]
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deployui"));
        command.env_clear().envs(self.vars()).args(args).current_dir(self.0.path());
        command.output().unwrap()
    }

    fn demo(&self, args: &[&str]) -> Console {
        let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_deployui"))
            .env_clear()
            .envs(self.vars())
            .args(args)
            .arg("demo");
        Console::start(command, 36, 120)
    }
}

fn said(output: &Output, home: &Path) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(all).unwrap().replace(&home.display().to_string(), "HOME")
}

fn leaves(console: Console) {
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}

#[test]
fn every_fault_is_said_before_the_screen_opens() {
    let home = Home::new(
        "theme = \"drak\"\nmouse = \"on\"\n[keys]\nzoom = \"f\"\ndeploy = \"d\"\nback = \"x\"\nserach = \"x\"\nhelp = \"F55\"\nwrap = \"T\"\ntimes = [\"y\", \"y\"]\n",
    );
    let checked = home.run(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(2));
    insta::assert_snapshot!(said(&checked, home.0.path()));
    let console = home.demo(&[]);
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(2));
    assert!(!screen.alternate_screen());
    assert!(screen.contents().contains("config.toml:10:"), "{}", screen.contents());
    // At night there may be no time to mend it.
    let hint = "to start without your configuration: deployui --no-user-config";
    assert!(screen.contents().contains(hint), "{}", screen.contents());
    let console = home.demo(&["--no-user-config"]);
    console.wait_for("READY");
    leaves(console);
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let home = Home::new("");
    let none = home.run(&["config", "check", "--user-config", "nowhere.toml"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(said(&none, home.0.path()).contains("cannot read HOME/nowhere.toml"));
    fs::remove_file(home.folder().join("config.toml")).unwrap();
    assert_eq!(home.run(&["config", "check"]).status.code(), Some(0));
}

#[test]
fn what_is_no_file_of_a_persons_size_is_said_and_not_waited_for() {
    let home = Home::new("");
    let dir = home.0.path();
    let recipe = "app = \"shop\"\n[stages.s]\nhosts = [\"h\"]\n[hosts.h]\n[steps.a]\nrun = \"a\"\n[pipelines]\ndeploy = [\"a\"]\n";
    fs::write(dir.join("deploy.toml"), recipe).unwrap();
    type Make<'m> = &'m dyn Fn(&Path);
    let kinds: [(&str, Make<'_>); 3] = [
        ("it is a FIFO, not a file", &|path| {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("it is a directory, not a file", &|path| fs::create_dir(path).unwrap()),
        ("it has 1048577 bytes, and at most 1048576 are read", &|path| {
            fs::write(path, " ".repeat(1024 * 1024 + 1)).unwrap();
        }),
    ];
    for (why, make) in kinds {
        for (file, words) in [
            (home.folder().join("config.toml"), &["config", "check"][..]),
            (home.folder().join("themes/mine.toml"), &["--theme", "mine", "config", "check"]),
            (dir.join("deploy.toml"), &["plan"]),
            (dir.join("base.toml"), &["plan", "--config", "on.toml"]),
        ] {
            fs::write(dir.join("on.toml"), format!("recipe = \"./base.toml\"\n{recipe}")).unwrap();
            let before = fs::read(&file).ok();
            drop(fs::remove_file(&file));
            make(&file);
            let ran = home.run(words);
            let text = said(&ran, dir);
            assert_eq!(ran.status.code(), Some(2), "{text}");
            assert!(text.contains(why), "{}: {text}", file.display());
            drop(fs::remove_dir(&file).or_else(|_| fs::remove_file(&file)));
            if let Some(before) = before {
                fs::write(&file, before).unwrap();
            }
        }
    }
    // Nothing at all is one.
    let none = home.run(&["config", "check", "--user-config", "/dev/null"]);
    assert_eq!(none.status.code(), Some(0), "{}", said(&none, dir));
    let endless = home.run(&["config", "check", "--user-config", "/dev/zero"]);
    assert_eq!(endless.status.code(), Some(2), "{}", said(&endless, dir));
}

#[test]
fn themes_are_listed_and_shown() {
    let home = Home::new("theme = \"mine\"\n");
    let mine = "about = \"Mine\"\ninherits = \"light\"\n[styles]\nok = \"#005f00\"\n";
    home.save("themes/mine.toml", mine);
    let listed = home.run(&["theme", "list"]);
    assert_eq!(listed.status.code(), Some(0));
    insta::assert_snapshot!(said(&listed, home.0.path()));
    assert_eq!(said(&home.run(&["theme", "show", "mine"]), home.0.path()), mine);
    let shown = said(&home.run(&["theme", "show", "okabe-ito"]), home.0.path());
    assert!(shown.contains("vermillion = \"#d55e00\""), "{shown}");
    let none = home.run(&["theme", "show", "minee"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(said(&none, home.0.path()).contains("did you mean `mine`?"));
}

#[test]
fn why_a_theme_cannot_be_read_stands_beside_its_name() {
    let home = Home::new("theme = \"mine\"\n");
    home.save("themes/mine.toml", "inherits = \"missing\"\n");
    home.save("themes/other.toml", "inherits = \"away\"\n");
    let said = said(&home.run(&["theme", "list"]), home.0.path());
    for (name, base) in [("mine", "missing"), ("other", "away")] {
        let row =
            said.lines().find(|row| row.contains(&format!("{name} ")) && row.contains("cannot"));
        assert!(row.is_some_and(|row| row.contains(&format!("`{base}`"))), "{said}");
    }
}

/// A theme in which three looks can hardly be read; of the sixteen colours that is not known.
const FAINT: &str = "about = \"Mine\"\ninherits = \"light\"\n[palette]\nyellow = \"#d0c070\"\n[styles]\nok = \"#bbbbbb\"\nfailed = { bold = true, fg = \"#ff8888\" }\nheld = \"bright_white\"\nframe = \"#eeeeee\"\n";

#[test]
fn what_can_hardly_be_read_is_said_and_holds() {
    let home = Home::new("theme = \"mine\"\n");
    home.save("themes/mine.toml", FAINT);
    for words in [&["config", "check"][..], &["theme", "list"]] {
        let ran = home.run(words);
        assert_eq!(ran.status.code(), Some(0), "{words:?}");
        let said = String::from_utf8(ran.stderr).unwrap();
        insta::assert_snapshot!(
            "faint",
            said.replace(&home.0.path().display().to_string(), "HOME")
        );
    }
    let console = home.demo(&[]);
    console.wait_for("mine.toml:4:10: `warn` is hard to read: its contrast is ");
    console.wait_for("READY");
    home.save(
        "themes/mine.toml",
        &FAINT.replace("#bbbbbb", "#006000").replace("#d0c070", "#604000"),
    );
    console.wait_for("mine.toml:7:");
    home.save("themes/mine.toml", "inherits = \"light\"\n");
    console.wait_for("config.toml read again");
    leaves(console);
}

#[test]
fn themes_are_listed_without_colours_where_there_are_none() {
    let home = Home::new("");
    for (name, value) in
        [("TERM", "xterm-256color"), ("TERM", "dumb"), ("TERM", "vt100"), ("NO_COLOR", "1")]
    {
        let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_deployui"))
            .env_clear()
            .envs(home.vars())
            .env(name, value)
            .args(["theme", "list"]);
        let console = Console::start(command, 36, 120);
        console.wait_for("okabe-ito");
        let bytes = console.bytes();
        assert_eq!(console.wait_exit().0, Some(0));
        assert_eq!(bytes.contains(&0x1b), value == "xterm-256color", "{name}={value}");
    }
}

#[test]
fn all_keys_and_actions_are_in_the_docs() {
    let home = Home::new("");
    insta::assert_snapshot!(said(&home.run(&["config", "docs"]), home.0.path()));
}

#[test]
fn what_is_saved_holds_at_once_and_what_is_wrong_does_not() {
    let home = Home::new("");
    let console = home.demo(&[]);
    console.wait_for("READY");
    assert!(console.state().cell(0, 0).unwrap().bgcolor() == vt100::Color::Default);
    home.save("config.toml", "theme = \"dark\"\n[keys]\nhelp = \"F9\"\n");
    console.wait_for("config.toml read again");
    console.wait_for(" F9 ");
    console.wait_until("a ground", |screen| {
        screen.cell(20, 60).unwrap().bgcolor() != vt100::Color::Default
    });
    home.save("config.toml", "[keys]\nhelp = \"F9\"\nzoom = \"f\"\n");
    console.wait_for("config.toml:3:8: f is the key of `follow`, too");
    console.wait_for(" F9 ");
    leaves(console);
}

#[test]
fn without_colours_there_is_not_one_and_the_chosen_is_still_seen() {
    let home = Home::new("theme = \"dark\"\n");
    let mut vars = home.vars();
    vars.push(("NO_COLOR", "1".to_owned()));
    let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_deployui"))
        .env_clear()
        .envs(vars)
        .arg("demo");
    let console = Console::start(command, 36, 120);
    console.wait_for("READY");
    let screen = console.state();
    let cells = (0..36).flat_map(|row| (0..120).map(move |column| (row, column)));
    let mut inverse = 0;
    for (row, column) in cells {
        let cell = screen.cell(row, column).unwrap();
        assert_eq!(
            (cell.fgcolor(), cell.bgcolor()),
            (vt100::Color::Default, vt100::Color::Default)
        );
        inverse += u32::from(cell.inverse());
    }
    assert!(inverse > 0);
    leaves(console);
}

#[test]
fn nothing_but_ascii_where_that_is_asked_for() {
    let home = Home::new("");
    let console = home.demo(&["--ascii"]);
    let screen = console.wait_for("READY");
    assert!(screen.is_ascii(), "{screen}");
    console.send("q");
    console.wait_exit();
}

#[test]
fn a_terminal_that_answers_late_presses_no_key() {
    let home = Home::new("theme = \"auto\"\n");
    // The emulator answers no question: the limit is waited for, and the console opens.
    let console = home.demo(&[]);
    console.wait_for("READY");
    // An answer in the middle of a release: with keys in it that look, act and ask.
    for piece in ["\x1b]11;rgb:FFFF/F", "AFA/F0F0\x1b\\\x1b[?62", ";4c"] {
        console.send(piece);
    }
    console.wait_until("a light ground", |screen| {
        screen.cell(20, 60).unwrap().bgcolor() == vt100::Color::Idx(231)
            || matches!(screen.cell(20, 60).unwrap().bgcolor(), vt100::Color::Idx(index) if index > 200)
    });
    let screen = console.screen();
    assert!(!screen.contains(" not now: ") && !screen.contains("Esc cancels"), "{screen}");
    leaves(console);
}

#[test]
fn a_pair_of_themes_that_is_saved_later_goes_by_the_ground_too() {
    let home = Home::new("");
    let console = home.demo(&[]);
    console.wait_for("READY");
    let asks = |console: &Console| {
        let question = b"\x1b]11;?\x1b\\";
        console.bytes().windows(question.len()).filter(|bytes| bytes == question).count()
    };
    assert_eq!(asks(&console), 0);
    for (times, ground, light) in [(1, "FFFF/FAFA/F0F0", true), (2, "1616/1818/1d1d", false)] {
        let config = format!("theme = \"auto\"\n[keys]\nhelp = \"F{}\"\n", 6 + times);
        home.save("config.toml", &config);
        console.wait_for(&format!(" F{} ", 6 + times));
        assert_eq!(asks(&console), times);
        console.send(&format!("\x1b]11;rgb:{ground}\x1b\\\x1b[?62;4c"));
        console.wait_until("its ground", |screen| match screen.cell(20, 60).unwrap().bgcolor() {
            vt100::Color::Idx(index) => (index > 200 && index < 232 || index > 250) == light,
            vt100::Color::Default | vt100::Color::Rgb(..) => false,
        });
    }
    let screen = console.screen();
    assert!(!screen.contains(" not now: ") && !screen.contains("Esc cancels"), "{screen}");
    leaves(console);
}

/// A console in the demo that believes to be in tmux, which is this script; what is copied is on its way.
fn copied_by(home: &Home, tmux: &str) -> Console {
    let programs = home.0.path().join("bin");
    fs::create_dir_all(&programs).unwrap();
    let program = programs.join("tmux");
    fs::write(&program, format!("#!/bin/sh\n{tmux}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut vars = home.vars();
    vars.extend([("TMUX", "/nowhere,1,0".to_owned()), ("PATH", path)]);
    let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_deployui"))
        .env_clear()
        .envs(vars)
        .arg("demo");
    let console = Console::start(command, 36, 120);
    console.wait_for("READY");
    console.send("R");
    console.wait_for("RELEASED   good");
    console.send("y");
    console
}

#[test]
fn tmux_is_given_what_is_copied_and_a_refusal_is_said() {
    let home = Home::new("");
    let takes = "cat >\"$HOME/new\"; echo \"$*\" >\"$HOME/how\"; mv \"$HOME/new\" \"$HOME/copied\"; exec sleep 600";
    // It has taken it before its time is over, and is then ended.
    let console = copied_by(&home, takes);
    console.wait_for("tmux did not take the copy: it took too long");
    let read = |name: &str| fs::read_to_string(home.0.path().join(name)).unwrap();
    assert_eq!(read("how"), "load-buffer -w -\n");
    assert!(read("copied").starts_with("VERDICT    "), "{}", read("copied"));
    drop(console);
    let console = copied_by(&home, "echo 'command load-buffer: unknown flag -w' >&2; exit 1");
    let refused =
        "tmux did not take the copy: command load-buffer: unknown flag -w (exit status: 1)";
    console.wait_for(refused);
    console.send("\u{1b}");
    console.wait_without("RELEASED");
    leaves(console);
}

#[test]
fn the_mouse_is_asked_for_by_f2_and_given_back() {
    let home = Home::new("");
    let console = home.demo(&[]);
    console.wait_for("READY");
    assert_eq!(console.state().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    console.send("\x1bOQ");
    console.wait_for("mouse on");
    console.wait_until("the mouse", |screen| {
        screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
    });
    console.send("q");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(0));
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
}
