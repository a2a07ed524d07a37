//! One line of a journal: a JSON object whose last field binds it to the line before.

use serde::Serialize;

/// What stands between an object and its checksum, and what ends the line.
const BEFORE: &[u8] = br#","sum":""#;
const AFTER: &[u8] = br#""}"#;
const DIGITS: usize = 8;

/// The checksum of a line, which holds for all lines up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Sum(u32);

impl Sum {
    /// What the first line is bound to.
    pub(in crate::store) const START: Self = Self(0);

    /// The checksum of an object, without its closing brace, that follows a line with this one.
    fn then(self, object: &[u8]) -> Self {
        let mut crc = crc32fast::Hasher::new();
        crc.update(format!("{:08x}", self.0).as_bytes());
        crc.update(object);
        Self(crc.finalize())
    }
}

/// Appends a value, which must serialise as an object with at least one field, as a line.
///
/// # Errors
/// When the value has no form in JSON.
pub(super) fn write(
    out: &mut Vec<u8>,
    before: Sum,
    value: &impl Serialize,
) -> serde_json::Result<Sum> {
    let start = out.len();
    serde_json::to_writer(&mut *out, value)?;
    out.pop();
    let sum = before.then(&out[start..]);
    out.extend_from_slice(BEFORE);
    out.extend_from_slice(format!("{:08x}", sum.0).as_bytes());
    out.extend_from_slice(AFTER);
    out.push(b'\n');
    Ok(sum)
}

/// The checksum of a line (without its line end), if it is right after a line with that one.
pub(in crate::store) fn check(before: Sum, line: &[u8]) -> Option<Sum> {
    let (object, stored) = split(line)?;
    (before.then(object) == stored).then_some(stored)
}

/// The checksum that a line says it has.
pub(in crate::store) fn stored(line: &[u8]) -> Option<Sum> {
    split(line).map(|(_, sum)| sum)
}

fn split(line: &[u8]) -> Option<(&[u8], Sum)> {
    let line = line.strip_suffix(AFTER)?;
    let (rest, digits) = line.split_at_checked(line.len().checked_sub(DIGITS)?)?;
    let object = rest.strip_suffix(BEFORE)?;
    let value = digits.iter().try_fold(0u32, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u32::from(digit))
    })?;
    Some((object, Sum(value)))
}
