//! What the real console writes to its terminal where nothing on the screen changes: nothing.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::{fs, path::Path, time::Duration};

use recipes::{Project, ROOT};
use support::{console::Console, gather::now};

/// The first host prints one line, the other one line after the other.
const STEPS: &str = r#"
[steps.chatter]
run = """
echo begun
until [ -e {{ root }}/enough ]; do
  test {{ host.name }} = h1 || echo more
  sleep 0.02
done
"""
[pipelines]
deploy = ["chatter"]
"#;

/// As long as it is looked on.
const WHILE: Duration = Duration::from_secs(3);

/// Frames and bytes that come meanwhile.
fn comes(console: &Console) -> (u64, u64) {
    let before = console.frames();
    let over: Option<()> = console.wait_before(Some(now() + WHILE), |_| None);
    assert_eq!(over, None);
    let after = console.frames();
    (after.0 - before.0, after.1 - before.1)
}

/// Bytes of all logs of a host.
fn logged(dir: &Path) -> u64 {
    fs::read_dir(dir).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn what_changes_nothing_on_the_screen_is_not_written() {
    let project = Project::up(2, &[], STEPS);
    let console = project.console(24, 80);
    console.wait_for("READY");
    // What is told of the hosts at first is taken in.
    let idle = (0..5).any(|_| comes(&console) == (0, 0));
    assert!(idle, "{:?}", console.screen());
    console.act("D", "Start deploy");
    console.wait_for("RUN 1/1 chatter");
    // Whichever host began last: the log of the first one is looked at.
    console.send("k");
    console.wait_for("FOLLOW  1 line");
    let dir = project.state().join("runs").join(project.newest()).join("logs/h2");
    let (began, before) = (now(), logged(&dir));
    let (frames, _bytes) = comes(&console);
    let grown = logged(&dir) - before;
    // A second that is shown is a frame, and a line of news may be; each line that is hidden is none.
    let most = 3 * (began.elapsed().as_secs() + 1);
    assert!(frames <= most && grown > 0, "{frames} frames, {grown} bytes were hidden");
    for i in [1, 2] {
        project.on(i, &format!("touch {ROOT}/enough"));
    }
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}
