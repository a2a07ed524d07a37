//! The writings of a value in which it is looked for.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::VALUE_BYTES_MIN;

/// A longer encoding is also looked for in pieces, since programs break it into lines
/// (`base64` after 76 characters, PEM after 64, `xxd -p` after 60).
const UNBROKEN_MAX: usize = 56;

/// The pieces of such an encoding, in characters. What is left of one in a line is shorter.
const PIECE: usize = 16;

/// RFC 4648, section 4, and section 5 for URLs.
const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Every writing of a value: as it is, each of its lines, and both in base64, hexadecimal,
/// percent-encoding, JSON and shell words.
pub(super) fn writings(value: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut found = Vec::new();
    let whole = value.trim();
    let lines = value.lines().flat_map(|line| [line, line.trim()]);
    for text in [value, whole].into_iter().chain(lines) {
        if text.len() >= VALUE_BYTES_MIN {
            encoded(text, &mut found);
        }
    }
    broken(value, &mut found);
    found.sort_by(|a, b| a.as_slice().cmp(b));
    found.dedup();
    found
}

fn encoded(text: &str, found: &mut Vec<Zeroizing<Vec<u8>>>) {
    let bytes = text.as_bytes();
    let mut add = |writing: String| found.push(Zeroizing::new(writing.into_bytes()));
    add(text.to_owned());
    for table in [STANDARD, URL] {
        (0..3).for_each(|before| add(base64(bytes, before, table)));
    }
    for upper in [false, true] {
        add(hex(bytes, upper));
        for kept in ["-._~", "-._~/", "-._~/:@!$&'()*+,;=", "-_.!~*'()"] {
            add(percent(bytes, kept, "%20", upper));
        }
        add(percent(bytes, "-._", "+", upper));
        add(percent(bytes, "-._*", "+", upper));
    }
    for writing in json(text) {
        add(writing);
    }
    for quote in ["'\\''", "'\"'\"'", "\\'"] {
        add(text.replace('\'', quote));
    }
    add(backslashed(text, |c| matches!(c, '"' | '\\' | '$' | '`')));
    add(backslashed(text, |c| !(c.is_alphanumeric() || "-_./:@%+=,".contains(c))));
}

/// Adds the pieces of long encodings that programs break into lines.
fn broken(value: &str, found: &mut Vec<Zeroizing<Vec<u8>>>) {
    let bytes = value.as_bytes();
    for table in [STANDARD, URL] {
        for before in 0..3 {
            // Lines end between groups of four.
            let skew = (before * 8_usize).div_ceil(6);
            pieces(&Zeroizing::new(base64(bytes, before, table)), (skew, 4), found);
        }
    }
    for upper in [false, true] {
        pieces(&Zeroizing::new(hex(bytes, upper)), (0, 2), found);
    }
}

/// Adds the pieces of one such encoding: those that a line can begin with, the first and the last.
fn pieces(text: &str, (skew, group): (usize, usize), found: &mut Vec<Zeroizing<Vec<u8>>>) {
    if text.len() <= UNBROKEN_MAX {
        return;
    }
    for (at, piece) in text.as_bytes().windows(PIECE).enumerate() {
        if at == 0 || at + PIECE == text.len() || (at + skew).is_multiple_of(group) {
            found.push(Zeroizing::new(piece.to_vec()));
        }
    }
}

/// The characters of base64 that are made of these bytes alone, where so many bytes (modulo 3) came
/// before them.
fn base64(bytes: &[u8], before: usize, table: &[u8; 64]) -> String {
    let mut text = String::new();
    // Bits of the characters that the bytes before have a part in.
    let skipped = (before * 8).div_ceil(6) * 6;
    let (mut held, mut bits) = (0_u32, before * 8 % 6);
    let mut place = before * 8 / 6 * 6;
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            if place >= skipped {
                let index = usize::try_from((held >> bits) & 63).unwrap_or_default();
                text.push(char::from(table[index]));
            }
            place += 6;
        }
        held &= (1 << bits) - 1;
    }
    text
}

fn hex(bytes: &[u8], upper: bool) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        digits(&mut text, *byte, upper);
        text
    })
}

fn digits(text: &mut String, byte: u8, upper: bool) {
    // Writing to a String cannot fail.
    let _ = if upper { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
}

fn percent(bytes: &[u8], kept: &str, space: &str, upper: bool) -> String {
    let mut text = String::new();
    for byte in bytes {
        match char::from(*byte) {
            ' ' => text.push_str(space),
            c if c.is_ascii_alphanumeric() || kept.contains(c) => text.push(c),
            _ => {
                text.push('%');
                digits(&mut text, *byte, upper);
            }
        }
    }
    text
}

/// Inside a JSON string: the least that is escaped, `/` too, what HTML minds too, and all but ASCII.
fn json(text: &str) -> [String; 4] {
    let plain = serde_json::Value::from(text).to_string();
    let plain = plain.get(1..plain.len() - 1).unwrap_or_default().to_owned();
    let unicode = |plain: &str, minds: fn(char) -> bool| {
        let mut units = [0; 2];
        plain.chars().fold(String::new(), |mut text, c| {
            if minds(c) {
                for unit in c.encode_utf16(&mut units) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            } else {
                text.push(c);
            }
            text
        })
    };
    let html = unicode(&plain, |c| matches!(c, '<' | '>' | '&'));
    let ascii = unicode(&plain, |c| !c.is_ascii());
    [plain.replace('/', "\\/"), html, ascii, plain]
}

fn backslashed(text: &str, minds: fn(char) -> bool) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if minds(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Base64 of a whole number of three bytes.
    pub(in crate::driver::secrets) fn whole(bytes: &[u8]) -> String {
        assert_eq!(bytes.len() % 3, 0);
        base64(bytes, 0, STANDARD)
    }

    #[test]
    fn base64_at_each_alignment() {
        // RFC 4648, section 10.
        assert_eq!(base64(b"foobar", 0, STANDARD), "Zm9vYmFy");
        assert_eq!(base64(b"fooba", 0, STANDARD), "Zm9vYm");
        assert_eq!(base64(b"oobar", 1, STANDARD), "9vYmFy");
        assert_eq!(base64(b"obar", 2, STANDARD), "vYmFy");
        assert_eq!(base64(b"\xfb\xff\xbf", 0, URL), "-_-_");
    }
}
