//! The console as plain lines, with the real program on a terminal: a release through a failure, a question
//! and a secret to its end, and every way out.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod support;

use std::{fs, path::PathBuf};

use support::{console::Console, deployui::Deployui};

/// Runs the program between two looks at the terminal.
const AROUND: &str = r#"trap : INT HUP TERM QUIT
    before=$(stty -a); "$0" "$@"; code=$?
    after=$(stty -a); test "$before" = "$after" && echo "same exit $code" || echo "changed $after"
    echo alldone"#;

const PASSWORD: &str = "corr3ct-h0rse_battery";

/// Steps that ask, behind those of the demo.
const ASKING: &str = r#"
[steps.ask]
roles = ["db"]
once = true
input = true
run = "printf 'Drop the old table? [y/N] '; read a; echo \"it is $a\"; printf 'Password: '; read b; test -n \"$b\""
"#;

/// What is asked where a question is open.
const WHAT_NOW: &str = "What now? A number or a word:";

/// Times of a key that pass before a line is typed.
const RESTS: usize = 20;

/// The demo as lines on a terminal that shows all of them.
struct Demo {
    console: Console,
    ui: Deployui,
}

impl Demo {
    fn start() -> Self {
        let ui = Deployui::new();
        let tmp = ui.home().join("tmp");
        fs::create_dir(&tmp).unwrap();
        let ui = ui.env("TMPDIR", tmp.to_str().unwrap()).env("TERM", "dumb");
        let console = ui.under_shell(AROUND, &["demo", "--linear"], 250, 160);
        console.wait_for("web1 is ready");
        console.wait_for("web2 is ready");
        console.wait_for("web3 is ready");
        Self { console, ui }
    }

    fn recipe(&self) -> PathBuf {
        let mut found = fs::read_dir(self.ui.home().join("tmp")).unwrap();
        found.next().unwrap().unwrap().path().join("deploy.toml")
    }

    /// Waits until that is there so often.
    fn sees(&self, text: &str, times: usize) {
        let what = format!("{text}, {times} times");
        self.console.wait_until(&what, |screen| screen.contents().matches(text).count() >= times);
    }

    /// Types a line where the last that is asked is this.
    fn types(&self, asked: &str, line: &str) {
        let asks = |screen: &vt100::Screen| screen.contents().trim_end().ends_with(asked);
        self.console.wait_until(asked, asks);
        // What is typed before it can have been read is no answer.
        for _ in 0..RESTS {
            self.console.rest();
        }
        self.console.send(&format!("{line}\r"));
    }

    /// Says yes to what is asked last.
    fn confirm(&self, what: &str) {
        self.types(&format!("Type yes for: {what}; anything else cancels:"), "yes");
    }

    /// Begins a release, which comes to the migration that fails.
    fn fails(&self) {
        self.types(">", "deploy");
        self.types("Type its number; anything else cancels:", "1");
        self.confirm("Run straight");
        self.sees("FAILED migrate on web1, exit 1.", 1);
    }

    /// The terminal is as before, and no byte moved the cursor or coloured anything.
    fn ends(self, code: i32) {
        self.console.wait_for("alldone");
        let bytes = String::from_utf8_lossy(&self.console.bytes()).into_owned();
        let screen = self.console.screen();
        assert!(screen.contains(&format!("same exit {code}")), "{screen}");
        assert!(!bytes.contains('\u{1b}') && !bytes.contains('\u{8}'), "{bytes:?}");
    }
}

#[test]
fn a_release_goes_through_a_failure_a_question_and_a_secret_to_its_end() {
    let demo = Demo::start();
    let recipe = demo.recipe();
    let text = fs::read_to_string(&recipe).unwrap();
    let with = text.replacen("\n[pipelines]", &format!("{ASKING}\n[pipelines]"), 1);
    let with = with.replacen("\"prune\"", "\"ask\", \"prune\"", 1);
    assert!(with.contains("\"ask\", "), "{with}");
    fs::write(&recipe, with).unwrap();
    demo.types(">", "refresh");
    demo.sees("looking at the hosts again", 1);
    demo.types(">", "steps");
    demo.sees(", ask:", 1);
    demo.fails();
    demo.types(WHAT_NOW, "mark fixed");
    demo.types("Reason; an empty line cancels:", "by hand");
    demo.confirm("Mark fixed");
    demo.sees("Asks: Drop the old table? [y/N]", 1);
    demo.types(WHAT_NOW, "answer");
    demo.types("Line; may be left empty:", "y");
    demo.confirm("Send");
    demo.sees("Asks: Password:", 1);
    demo.types(WHAT_NOW, "1");
    demo.types("Line (not shown):", PASSWORD);
    demo.confirm("Send");
    demo.sees("the run is over: done", 1);
    assert!(!demo.console.screen().contains(PASSWORD), "{}", demo.console.screen());
    demo.types(">", "quit");
    demo.ends(0);
}

#[test]
fn what_is_typed_is_seen_again_when_it_is_left_at_a_secret() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let demo = Demo::start();
        let recipe = demo.recipe();
        let text = fs::read_to_string(&recipe).unwrap();
        let (before, _) = text.split_once("[pipelines]").unwrap();
        let asks = ASKING.replacen("Drop the old table? [y/N] ", "Password: ", 1);
        fs::write(&recipe, format!("{before}{asks}[pipelines]\ndeploy = [\"ask\"]\n")).unwrap();
        demo.types(">", "refresh");
        demo.types(">", "steps");
        demo.sees("Step 1, ask:", 1);
        demo.types(">", "deploy");
        demo.types("Type its number; anything else cancels:", "1");
        demo.confirm("Run straight");
        demo.types(WHAT_NOW, "1");
        demo.sees("Line (not shown):", 1);
        demo.console.send("half");
        demo.console.rest();
        demo.console.signal_child(signal);
        demo.console.wait_for("alldone");
        assert!(!demo.console.screen().contains("half"), "{}", demo.console.screen());
        demo.ends(code);
    }
}

#[test]
fn an_interrupt_and_the_end_of_what_is_typed_ask_and_stop_nothing() {
    let demo = Demo::start();
    demo.fails();
    demo.console.send("\u{3}");
    demo.types("Type yes for: Leave; anything else means: Stay:", "");
    demo.sees("You stay here.", 1);
    demo.types(WHAT_NOW, "status");
    demo.sees("waits: FAILED migrate on web1", 1);
    demo.console.send("\u{4}");
    demo.sees("Leave?", 2);
    demo.console.send("\u{4}");
    // The run is left open, and waits for a decision.
    demo.ends(3);
}

#[test]
fn the_terminal_is_as_before_on_every_way_out() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let demo = Demo::start();
        demo.console.signal_child(signal);
        demo.ends(code);
    }
    // Nothing goes on: it is asked all the same, and once more leaves.
    let demo = Demo::start();
    demo.console.send("\u{3}");
    demo.types("Type yes for: Leave; anything else means: Stay:", "");
    demo.sees("You stay here.", 1);
    demo.console.send("\u{3}");
    demo.sees("Leave?", 2);
    demo.console.send("\u{3}");
    demo.ends(130);
}

#[test]
fn lines_need_a_terminal_and_say_what_does_not() {
    let ui = Deployui::new();
    let ran = ui.run(&["demo", "--linear"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--linear needs a terminal"), "{ran:?}");
    assert!(ran.stderr.contains("deployui status"), "{ran:?}");
}
