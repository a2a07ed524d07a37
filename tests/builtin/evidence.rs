//! What is gathered when a step fails.

use std::process::Command as Program;

use deployui::{
    model::{Command, Text},
    script,
};

use crate::rig::{Rig, SHELLS};

#[test]
fn evidence_stands_behind_a_failure_which_stays_what_it_was() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let check = |run: &str, inspect: &[&str], code: i32, expect: &str| {
            let mut command = Command::new(Text::literal(run));
            command.cwd = Some(Text::literal(rig.dir.path().to_str().unwrap()));
            command.env = vec![("WORD".into(), Text::literal("it's"))];
            command.inspect = inspect.iter().map(|text| Text::literal(*text)).collect();
            let script = script::script(&command, |_| None).unwrap();
            let file = rig.dir.path().join("cmd");
            std::fs::write(&file, script.text).unwrap();
            let mut program: Program = rig.command();
            let output = program.arg(file).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert_eq!((output.status.code(), &*said), (Some(code), expect), "{shell:?}: {run}");
        };
        check("echo well", &["echo never"], 0, "well\n");
        // The command may leave by itself, and its surroundings are those of the others.
        check(
            "cd /; echo ill; exit 3",
            &["echo $WORD\npwd >/dev/null; ls cmd"],
            3,
            "ill\n\nevidence: echo $WORD\nit's\ncmd\n",
        );
        check(
            "false; echo never",
            &["exit 9", "echo two"],
            1,
            "\nevidence: exit 9\n\nevidence: echo two\ntwo\n",
        );
        check(
            "cat <<X\n)\nX\nsh -c 'kill -9 $$'",
            &["echo \"(\""],
            137,
            ")\n\nevidence: echo \"(\"\n(\n",
        );
        check(
            "(exit 7)",
            &["cat", "read -r x || echo none"],
            7,
            "\nevidence: cat\n\nevidence: read -r x || echo none\nnone\n",
        );
    }
}
