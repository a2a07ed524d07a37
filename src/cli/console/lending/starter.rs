//! The terminal back in the hands of whoever started this program: it is stopped until it is continued.

use std::{io, time::Duration};

use rustix::process::{Pid, Signal, getpgid, getpgrp, getppid, getsid, kill_current_process_group};

use tokio::signal::unix::{SignalKind, signal};

use super::{badly, well};
use crate::tui::{self, Returned};

/// How often it is looked whether a program that was continued in the background has the terminal.
const AGAIN: Duration = Duration::from_secs(1);

/// Parents of the same process group that are looked at: scripts that started this program.
const PARENTS_MAX: usize = 32;

/// Whether somebody would continue this program: a shell with job control, which has put it in a group
/// of its own. The system itself lets no other group be stopped by the terminal (POSIX's orphaned
/// process groups).
pub(super) fn would_continue() -> bool {
    let mut parent = getppid();
    for _ in 0..PARENTS_MAX {
        let Some(pid) = parent else { return false };
        match (getpgid(Some(pid)), getsid(Some(pid)), getsid(None)) {
            (Ok(group), Ok(session), Ok(ours)) if session == ours => {
                if group != getpgrp() {
                    return true;
                }
            }
            (_, _, _) => return false,
        }
        parent = parent_of(pid);
    }
    false
}

/// The parent of a process, where the system tells.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it is in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    Pid::from_raw(rest.split_whitespace().nth(1)?.parse().ok()?)
}

/// Stops this program and all of its group; comes back when it was continued and has the terminal.
pub(super) async fn stop() -> Returned {
    let continued = SignalKind::from_raw(Signal::CONT.as_raw());
    let stopped = signal(continued).and_then(|continued| {
        stop_group()?;
        Ok(continued)
    });
    match stopped {
        // Some of this program may still run when the system has taken the signal.
        Ok(mut continued) => drop(continued.recv().await),
        Err(error) => return badly(format!("cannot be stopped: {error}")),
    }
    loop {
        match tui::is_with_us() {
            Ok(true) => return well(""),
            Ok(false) => tokio::time::sleep(AGAIN).await,
            Err(error) => return badly(format!("the terminal is gone: {error}")),
        }
    }
}

fn stop_group() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::STOP)?)
}
