//! More than one stage and none said: the real program asks which, on a terminal.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

use std::fs;

use support::{console::Console, deployui::Deployui};

/// Two stages; nobody listens where their hosts are said to be.
const STAGES: &str = r#"
app = "shop"
[stages.production]
hosts = ["h1"]
protected = true
[stages.staging]
hosts = ["h2", "h3"]
[hosts.h1]
address = "127.0.0.1:1"
[hosts.h2]
address = "127.0.0.1:1"
[hosts.h3]
address = "127.0.0.1:1"
[steps.one]
run = "true"
[pipelines]
deploy = ["one"]
"#;

fn project() -> Deployui {
    let ui = Deployui::new();
    fs::write(ui.dir().join("deploy.toml"), STAGES).unwrap();
    ui
}

fn asked(ui: &Deployui) -> Console {
    let console = ui.console(&[], 24, 80);
    let screen = console.wait_for("Which stage?");
    assert!(screen.contains("production") && screen.contains("PROTECTED"), "{screen}");
    assert!(screen.contains("staging") && screen.contains("2 hosts"), "{screen}");
    console
}

#[test]
fn a_stage_is_chosen_and_its_console_opened() {
    let ui = project();
    let console = asked(&ui);
    console.send("j\r");
    let screen = console.wait_for("NOT CONNECTED 0/2");
    assert!(screen.contains("h2") && !screen.contains("h1"), "{screen}");
    // The host is named once where it is said what is wrong with it.
    let screen = console.wait_for("h3: cannot connect");
    assert!(!screen.contains("h3: h3:") && !screen.contains("h2: h2:"), "{screen}");
    console.send("q");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(0));
    assert!(!screen.alternate_screen() && !screen.bracketed_paste());
}

#[test]
fn leaving_the_choice_says_what_it_said_before() {
    let ui = project();
    for key in ["\u{1b}", "q"] {
        let console = asked(&ui);
        console.send(key);
        let (code, screen) = console.wait_exit();
        assert_eq!(code, Some(2));
        let text = screen.contents();
        assert!(text.contains("there is more than one stage"), "{text}");
        assert!(!screen.alternate_screen() && !screen.bracketed_paste());
    }
    // Nobody is asked where nobody could answer, nor where it was said.
    assert_eq!(ui.run(&[]).code, Some(2));
    let console = ui.console(&["--stage", "production"], 24, 80);
    console.wait_for("h1: cannot connect");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}
