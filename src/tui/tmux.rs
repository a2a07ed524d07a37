//! What is meant for the terminal that tmux is in.

/// Wrapped, so that tmux hands it on to the terminal where `allow-passthrough` is on, and drops it
/// otherwise (tmux(1)).
pub(crate) fn wrapped(plain: &str) -> String {
    format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"))
}
