//! Five hosts that print as fast as any real step does, through real ssh into the real console: no line
//! is lost or doubled, the memory stays bounded, and every key is obeyed meanwhile.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::{fmt::Write as _, fs};

use recipes::{Project, ROOT, figure, rounds};
use support::console::Console;

const HOSTS: usize = 5;

/// What each host prints in a second, at most.
const LINES_PER_SECOND: u64 = 200_000;

/// Pieces that a second's lines are printed in.
const PIECES: u64 = 10;

/// What the console may need, whatever is printed.
const MEMORY_MAX_KIB: u64 = 200 * 1024;

/// A step that prints numbered lines until it has printed so many and a file says that it is enough.
fn flood(lines: u64) -> String {
    let piece = LINES_PER_SECOND / PIECES;
    format!(
        r#"
[steps.flood]
run = """
i=0
until [ $i -ge {lines} ] && [ -e {ROOT}/enough ]; do
  awk -v i=$i 'BEGIN {{ for (n = 1; n <= {piece}; n++) printf "line %09d of the flood\\n", i + n }}'
  i=$((i + {piece}))
  sleep 0.05
done
"""
[pipelines]
deploy = ["flood"]
"#
    )
}

/// Presses a key, and waits for what it does: `text` comes to the screen, or goes from it.
fn obeyed(console: &Console, key: &str, text: &str, comes: bool) {
    console.send(key);
    if comes {
        console.wait_for(text);
    } else {
        console.wait_without(text);
    }
}

/// Every way to look about, twice.
fn look_about(console: &Console) {
    for _ in 0..2 {
        for (key, text, comes) in [
            ("?", "type to search", true),
            ("\u{1b}", "type to search", false),
            ("1j", "Log h2", true),
            ("k", "Log h1", true),
            ("4z", "Hosts and steps", false),
            ("g", "line 000000001 of the flood", true),
            ("/0000123\r", "line 000000123", true),
            ("G", "FOLLOW", true),
            ("g", "FOLLOW", false),
            ("f", "FOLLOW", true),
            ("z", "Hosts and steps", true),
        ] {
            obeyed(console, key, text, comes);
        }
    }
}

#[test]
fn every_line_is_kept_and_every_key_obeyed() {
    let seconds = rounds(2);
    let project = Project::up(HOSTS, &[], &flood(seconds * LINES_PER_SECOND));
    let console = project.console(36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("of the flood");
    // The flood does not end before `enough` is there.
    look_about(&console);
    for i in 1..=HOSTS {
        project.on(i, &format!("touch {ROOT}/enough"));
    }
    console.wait_for("is over");
    let memory = console.peak_kib();
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));

    let run = project.newest();
    project.same_logs(HOSTS, &run);
    let mut lines = 0;
    for i in 1..=HOSTS {
        let dir = project.state().join("runs").join(&run).join(format!("logs/h{i}"));
        lines += numbered(&dir, seconds * LINES_PER_SECOND);
    }
    figure(&format!("{lines} lines, none lost; peak memory {} MiB", memory / 1024));
    assert!(memory < MEMORY_MAX_KIB, "{memory} KiB");
}

/// Checks that the one log of the flood has each line once, in order; gives how many there are.
fn numbered(dir: &std::path::Path, at_least: u64) -> u64 {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let logs = files.filter(|path| path.to_string_lossy().contains("flood"));
    let log: Vec<_> =
        logs.filter(|path| path.extension().is_some_and(|end| end == "log")).collect();
    let [log] = log.as_slice() else { panic!("{dir:?}: {log:?}") };
    let (mut count, mut wanted) = (0, String::new());
    for line in fs::read_to_string(log).unwrap().lines() {
        count += 1;
        wanted.clear();
        write!(wanted, "line {count:09} of the flood").unwrap();
        assert_eq!(line, wanted, "{log:?}, line {count}");
    }
    assert!(count >= at_least, "{log:?}: {count} lines");
    count
}
