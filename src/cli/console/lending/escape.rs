//! The way out of a shell that hangs: `~` and `.` after Enter, as in ssh.

/// What was typed last, as far as it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Escape {
    /// At the beginning of a line.
    #[default]
    Begins,
    /// At the beginning of a line, and a `~` that was not passed on yet.
    Held,
    /// Within a line.
    Within,
}

impl Escape {
    /// Takes in what is typed; what is to be passed on, and whether the way out was taken.
    pub(super) fn typed(&mut self, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut on = Vec::with_capacity(bytes.len() + 1);
        for byte in bytes {
            let held = *self == Self::Held;
            match (*self, byte) {
                (Self::Held, b'.') => return (on, true),
                (Self::Begins, b'~') => {
                    *self = Self::Held;
                    continue;
                }
                // Said twice it is itself.
                (Self::Held, b'~') => {}
                (Self::Begins | Self::Held | Self::Within, _) if held => on.push(b'~'),
                (Self::Begins | Self::Held | Self::Within, _) => {}
            }
            on.push(*byte);
            *self = if matches!(byte, b'\r' | b'\n') { Self::Begins } else { Self::Within };
        }
        (on, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&str], passed: &str, out: bool) {
        let mut escape = Escape::default();
        let mut on = Vec::new();
        let mut cut = false;
        for piece in pieces {
            let (bytes, now) = escape.typed(piece.as_bytes());
            on.extend(bytes);
            cut |= now;
        }
        assert_eq!((String::from_utf8(on).unwrap().as_str(), cut), (passed, out), "{pieces:?}");
    }

    #[test]
    fn only_after_enter_and_at_once() {
        check(&["~."], "", true);
        check(&["ls\r~.ls"], "ls\r", true);
        check(&["ls\r", "~", "."], "ls\r", true);
        check(&["ls ~.\r"], "ls ~.\r", false);
        check(&["~~.\r"], "~.\r", false);
        check(&["~/bin\r"], "~/bin\r", false);
        check(&["~", "\r~", "x."], "~\r~x.", false);
    }
}
