//! What an administrator does on a host, and what can be seen of its processes.

use std::io::Write as _;
use std::process::Stdio;

use super::support::fleet::Fleet;

/// Runs a shell text as `deploy`, which must succeed; what it printed.
pub(crate) fn deploy(fleet: &Fleet, i: usize, text: &str) -> String {
    let ended = fleet.ssh(i).arg(text).output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "h{i}: {text}: {}: {errors}", ended.status);
    String::from_utf8(ended.stdout).unwrap().trim_end().to_owned()
}

/// Writes a file as `deploy`, with the directories above it.
pub(crate) fn put(fleet: &Fleet, i: usize, path: &str, text: &str) {
    let mut ssh = fleet.ssh(i);
    ssh.arg(format!("mkdir -p \"$(dirname {path})\" && cat >{path}")).stdin(Stdio::piped());
    let mut child = ssh.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "h{i}: {path} was not written");
}

/// The block of a recipe's head that begins with this line: what the operator is told to configure.
pub(crate) fn told(recipe: &str, first: &str) -> String {
    let lines = recipe.lines().map(|line| line.strip_prefix("#   "));
    let block: Vec<&str> =
        lines.skip_while(|line| *line != Some(first)).map_while(|line| line).collect();
    assert!(!block.is_empty(), "the recipe does not say: {first}");
    block.join("\n") + "\n"
}

/// A text in which every one of these is there, and replaced.
pub(crate) fn adapted(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not in:\n{text}");
        text.replace(from, to)
    })
}

/// Where a process of host `i` works.
pub(crate) fn works_in(fleet: &Fleet, i: usize, pid: &str) -> String {
    fleet.read(i, &format!("readlink /proc/{pid}/cwd"))
}
