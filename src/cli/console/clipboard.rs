//! The clipboard of a terminal that is in tmux.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// How long tmux may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Loads a text into a buffer of tmux, which hands it on to the clipboard of its terminal where
/// `set-clipboard` is not off, as it is not by itself (tmux(1), 3.2 and later).
///
/// # Errors
/// Why it did not, in its words.
pub(super) async fn to_tmux(text: &str) -> Result<(), String> {
    let given = async {
        let mut child = Command::new("tmux")
            .args(["load-buffer", "-w", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that does not read to the end says why.
            drop(stdin.write_all(text.as_bytes()).await);
        }
        let done = child.wait_with_output().await.map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&done.stderr);
        let first = said.lines().next().unwrap_or_default();
        if done.status.success() { Ok(()) } else { Err(format!("{first} ({})", done.status)) }
    };
    timeout(PATIENCE, given).await.unwrap_or_else(|_| Err("it took too long".to_owned()))
}
