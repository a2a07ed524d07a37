//! Keys among what a terminal sends: it also answers by itself what a program asks it (which one it is,
//! where the cursor stands, its colours), in sequences of ECMA-48 and of xterm's `ctlseqs`.

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// How far the last sequence has come.
#[derive(Clone, Debug, Default)]
enum At {
    /// Within none.
    #[default]
    Keys,
    /// An escape.
    Escape,
    /// `ESC [`, and what has come of it.
    Control(Vec<u8>),
    /// A text up to `ESC \`: an answer. Whether an escape was its last byte.
    Text(bool),
}

/// Longer than this is no sequence that a terminal sends.
const CONTROL_MAX: usize = 32;

/// Tells keys from answers, however they are cut.
#[derive(Debug, Default)]
pub(super) struct Keyed(At);

impl Keyed {
    /// Whether a key is among these bytes.
    pub(super) fn are_in(&mut self, bytes: &[u8]) -> bool {
        !self.of(bytes).is_empty()
    }

    /// The bytes of keys among these; of a key that is a sequence its escape.
    pub(super) fn of(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut keys = Vec::new();
        for byte in bytes {
            self.0 = match std::mem::take(&mut self.0) {
                At::Keys | At::Escape | At::Control(_) if *byte == ESC => At::Escape,
                At::Keys => key(&mut keys, *byte),
                At::Escape => match byte {
                    b'[' => At::Control(Vec::new()),
                    // A string of the system, of a device, of an application; a message, a private one.
                    b']' | b'P' | b'_' | b'^' | b'X' => At::Text(false),
                    other => {
                        keys.push(ESC);
                        key(&mut keys, *other)
                    }
                },
                At::Control(mut so_far) => match byte {
                    0x20..=0x3f if so_far.len() < CONTROL_MAX => {
                        so_far.push(*byte);
                        At::Control(so_far)
                    }
                    last if answers(&so_far, *last) => At::Keys,
                    _ => key(&mut keys, ESC),
                },
                At::Text(escaped) => match (escaped, *byte) {
                    (true, b'\\') | (_, BEL) => At::Keys,
                    (_, byte @ (b'\r' | b'\n' | 3)) => key(&mut keys, byte),
                    (_, byte) => At::Text(byte == ESC),
                },
            };
        }
        // An answer comes in one piece, if nothing is in its way: an escape alone is a key.
        if let (At::Escape, [.., ESC]) = (&self.0, bytes) {
            keys.push(ESC);
        }
        keys
    }
}

fn key(keys: &mut Vec<u8>, byte: u8) -> At {
    keys.push(byte);
    At::Keys
}

/// Whether no key sends this: attributes, a status, the place of the cursor, sizes, a mode, what the
/// keyboard reports; and that the window got the keys, or lost them.
fn answers(parameters: &[u8], last: u8) -> bool {
    let private = matches!(parameters.first(), Some(b'?' | b'>' | b'='));
    let focus = parameters.is_empty() && matches!(last, b'I' | b'O');
    private || focus || matches!(last, b'c' | b'n' | b'R' | b't' | b'x' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_answers_is_no_key() {
        let check = |sent: &str, wanted: bool| {
            assert_eq!(Keyed::default().are_in(sent.as_bytes()), wanted, "{sent:?}");
        };
        let keys =
            ["q", "\r", "\x03", "\x1b", "\x1b[A", "\x1bOA", "\x1b[5~", "\x1bx", "\x1b[<0;3;4M"];
        for key in keys {
            check(key, true);
        }
        let answers = [
            "\x1b[?62;4c",
            "\x1b[>0;276;0c",
            "\x1b[24;80R",
            "\x1b[0n",
            "\x1b[?2026;2$y",
            "\x1b[?1u",
            "\x1b[8;36;120t",
            "\x1b[I",
            "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
            "\x1b]10;rgb:ffff/ffff/ffff\x07",
            "\x1bP>|tmux 3.4\x1b\\",
            "\x1b_Gi=31;OK\x1b\\",
        ];
        for answer in answers {
            check(answer, false);
            check(&format!("{answer}q"), true);
            // However it is cut, but behind its escape: that is a key until more is known.
            for at in 2..answer.len() {
                let (first, then) = answer.as_bytes().split_at(at);
                let mut keyed = Keyed::default();
                let came = (keyed.are_in(first), keyed.are_in(then));
                assert_eq!(came, (false, false), "{answer:?} cut at {at}");
            }
        }
        check(&answers.concat(), false);
        // Nothing that was no answer after all takes the keys behind it.
        check("\x1bPq", false);
        check("\x1bPq\r", true);
        check(&format!("\x1b[{}m", "1;".repeat(40)), true);
    }
}
