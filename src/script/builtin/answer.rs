//! Answers of our scripts: a first line that says what they answer, facts, and a last line `end`.

use super::Unreadable;

/// The facts of an answer: what lies between its first line and `end`.
///
/// # Errors
/// When one of the two is not there.
pub(super) fn facts<'a>(
    first: &str,
    lines: &'a [impl AsRef<str>],
) -> Result<Vec<&'a str>, Unreadable> {
    let mut lines = lines.iter().map(AsRef::as_ref).skip_while(|line| *line != first);
    if lines.next().is_none() {
        return Err(Unreadable::new(format!("it does not say `{first}`")));
    }
    let mut facts = Vec::new();
    for line in lines {
        if line == "end" {
            return Ok(facts);
        }
        facts.push(line);
    }
    Err(Unreadable::new("it stops before its end"))
}

/// A fact's word and its fields. `None`: it is not one of ours.
pub(super) fn fields(line: &str) -> Option<(&str, Vec<String>)> {
    let mut parts = line.split(' ');
    let word = parts.next()?;
    let fields: Option<Vec<String>> = parts.map(decode).collect();
    Some((word, fields?))
}

/// Reads a field that `enc` wrote: as it is, or `%` and its bytes in hexadecimal. Bytes that are no
/// UTF-8 become replacement characters: no name that holds one is ever one of ours.
fn decode(field: &str) -> Option<String> {
    let Some(hex) = field.strip_prefix('%') else { return Some(field.to_owned()) };
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let mut bytes = Vec::new();
    for pair in hex.as_bytes().chunks(2) {
        let &[high, low] = pair else { return None };
        bytes.push(digit(high)? << 4 | digit(low)?);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_answer_is_one() {
        assert_eq!(
            facts("look 1", &["noise", "look 1", "a", "b", "end", "c"]).unwrap(),
            ["a", "b"]
        );
        assert!(facts("look 1", &["a", "end"]).is_err());
        assert!(facts("look 1", &["look 1", "a"]).is_err());
    }

    #[test]
    fn fields_are_read_back() {
        let check = |line: &str, expect: Option<&[&str]>| {
            let fields = fields(line).map(|(_, fields)| fields);
            let expect = expect.map(|list| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>());
            assert_eq!(fields, expect, "{line}");
        };
        check("odd a/b %612062 %", Some(&["a/b", "a b", ""]));
        check("odd %0a", Some(&["\n"]));
        check("odd %ff", Some(&["\u{fffd}"]));
        check("odd %6", None);
        check("odd %+6", None);
        check("odd", Some(&[]));
    }
}
