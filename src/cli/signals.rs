//! INT, TERM and HUP, as a run that is left.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves with the number of the first signal that asks the program to end.
pub(super) async fn ended() -> u8 {
    let wait = async |kind: SignalKind| match signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => 2,
        () = wait(SignalKind::terminate()) => 15,
        () = wait(SignalKind::hangup()) => 1,
    }
}
