//! What names, addresses and durations may hold. They end up in paths, on command lines and on
//! screens, so they are narrow.

use std::time::Duration;

use super::Decoder;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::At;

const NAME_CHARS_MAX: usize = 64;

/// Reports a name of a stage, host, role, pipeline or application that cannot be one.
pub(super) fn name(decoder: &mut Decoder, what: &str, given: &At<String>) {
    let inner = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    let starts = given.value.bytes().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == b'_');
    if starts && given.value.len() <= NAME_CHARS_MAX && given.value.bytes().all(inner) {
        return;
    }
    let message = format!("`{}` cannot be {what}", given.value.escape_debug());
    decoder.report(Diagnostic::error(&given.span, message).hint(format!(
        "a letter or digit, then letters, digits, `.`, `_` and `-`, at most {NAME_CHARS_MAX}"
    )));
}

/// Reports a name that cannot stand behind a dot in `{{ ... }}` or name a variable of a shell.
pub(super) fn identifier(decoder: &mut Decoder, what: &str, given: &At<String>) {
    let starts = given.value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && given.value.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') {
        return;
    }
    let message = format!("`{}` cannot name {what}", given.value.escape_debug());
    let hint = "a letter or `_`, then letters, digits and `_`";
    decoder.report(Diagnostic::error(&given.span, message).hint(hint));
}

/// Reports an address that is not `[user@]host[:port]`, or that a program could take for an option
/// or a command.
pub(super) fn address(decoder: &mut Decoder, given: &At<String>) {
    let Some(fault) = address_fault(&given.value) else { return };
    let message = format!("`{}` is not an address", given.value.escape_debug());
    let hint = "[user@]host[:port], such as deploy@web1.example.com:22";
    decoder.report(Diagnostic::error(&given.span, message).label(fault).hint(hint));
}

fn address_fault(address: &str) -> Option<&'static str> {
    let (user, rest) = match address.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, address),
    };
    let good = |text: &str, more: &[u8]| {
        text.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c) || more.contains(&c))
    };
    let dashed = |text: &str| text.starts_with('-');
    if user.is_some_and(|user| user.is_empty() || dashed(user) || !good(user, b"+@")) {
        return Some("the user has characters that no user has");
    }
    let (host, port) = host_port(rest);
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Some("the port is a number from 1 to 65535");
    }
    if host.is_empty() {
        return Some("there is no host");
    }
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if dashed(host) || !good(bare.unwrap_or(host), b":%") {
        return Some("the host has characters that no host has");
    }
    None
}

/// Cuts the port off; an IPv6 address has one only in brackets.
fn host_port(rest: &str) -> (&str, Option<&str>) {
    if rest.starts_with('[') {
        return match rest.split_once("]:") {
            Some((host, port)) => (rest.get(..=host.len()).unwrap_or(rest), Some(port)),
            None => (rest, None),
        };
    }
    match rest.split_once(':') {
        Some((_, port)) if port.contains(':') => (rest, None),
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    }
}

/// The user of `as`; reports one that sudo could take for something else.
pub(super) fn user(decoder: &mut Decoder, given: At<String>) -> Option<String> {
    if is_user(&given.value) {
        return Some(given.value);
    }
    let message = format!("`{}` is not the name of a user", given.value.escape_debug());
    decoder.report(Diagnostic::error(&given.span, message).hint("for example as = \"root\""));
    None
}

/// The owner of a file, as `user` or `user:group`.
pub(super) fn owner(decoder: &mut Decoder, given: At<String>) -> Option<String> {
    let good = match given.value.split_once(':') {
        Some((user, group)) => is_user(user) && is_user(group),
        None => is_user(&given.value),
    };
    if good {
        return Some(given.value);
    }
    let message = format!("`{}` is not an owner", given.value.escape_debug());
    let hint = "a user, or user:group, such as \"root:www-data\"";
    decoder.report(Diagnostic::error(&given.span, message).hint(hint));
    None
}

fn is_user(name: &str) -> bool {
    let inner = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && name.len() <= NAME_CHARS_MAX && name.bytes().all(inner)
}

/// A time limit; `None` for `"none"` or one that was reported.
pub(super) fn limit(decoder: &mut Decoder, given: &At<String>) -> Option<Duration> {
    if given.value == "none" {
        return None;
    }
    let found = duration(&given.value);
    if found.is_none() {
        let message = format!("`{}` is not a time limit", given.value.escape_debug());
        let hint = "\"90s\", \"10m\", \"2h\" or \"none\"; at most seven days";
        decoder.report(Diagnostic::error(&given.span, message).hint(hint));
    }
    found
}

/// A length of time, from one second to seven days.
pub(super) fn duration(given: &str) -> Option<Duration> {
    const MINUTE_S: u64 = 60;
    const HOUR_S: u64 = 60 * MINUTE_S;
    const LIMIT_MAX_S: u64 = 7 * 24 * HOUR_S;
    let units = [("s", 1), ("m", MINUTE_S), ("h", HOUR_S)];
    let seconds: u64 = units.into_iter().find_map(|(unit, unit_s)| {
        let digits = given.strip_suffix(unit)?;
        let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| digits.parse::<u64>().ok()?.checked_mul(unit_s)).flatten()
    })?;
    (1..=LIMIT_MAX_S).contains(&seconds).then(|| Duration::from_secs(seconds))
}

/// Reports a path that leaves the directory that it is relative to, or is none.
pub(super) fn inside(decoder: &mut Decoder, key: &str, given: &At<String>) {
    let Some(fault) = inside_fault(&given.value) else { return };
    let message = format!("`{key}` cannot be `{}`", given.value.escape_debug());
    let hint = "a relative path without `..`, such as \"public/system\"";
    decoder.report(Diagnostic::error(&given.span, message).label(fault).hint(hint));
}

fn inside_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("this is empty");
    }
    if path.starts_with(['/', '~']) {
        return Some("this is absolute");
    }
    if path.chars().any(char::is_control) {
        return Some("it has control characters");
    }
    if path.contains("{{") || path.contains("{%") {
        return Some("no templates here");
    }
    let odd = |part: &str| matches!(part, "" | "." | "..") || part.starts_with('-');
    (path != "." && path.split('/').any(odd)).then_some("a part of it is odd")
}

#[cfg(test)]
mod tests {
    use super::{address_fault, inside_fault};

    #[test]
    fn addresses_are_narrow() {
        for good in [
            "web1",
            "web_1.example.com",
            "deploy@web1",
            "deploy@web1:22",
            "a@b@web1",
            "10.0.0.1:2222",
            "::1",
            "[::1]",
            "u@[fe80::1%eth0]:22",
        ] {
            assert_eq!(address_fault(good), None, "{good}");
        }
        for bad in [
            "",
            "-oProxyCommand=id",
            "web 1",
            "web1\n",
            "$(id)",
            "`id`",
            "a;b",
            "@web1",
            "-l@web1",
            "web1:",
            "web1:0",
            "web1:65536",
            "web1:ssh",
            "u@",
            "u@-x",
            "a'b",
            "a\"b",
            "wéb",
            "[::1]:x",
            "a/b",
            "\u{1b}[31m",
        ] {
            assert!(address_fault(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn paths_stay_where_they_belong() {
        for good in [".", "log", "public/system", ".env", "a b", "config/..hidden"] {
            assert_eq!(inside_fault(good), None, "{good}");
        }
        for bad in
            ["", "/srv", "~/x", "..", "a/../b", "./a", "a/", "a//b", "a\nb", "-rf", "{{ root }}"]
        {
            assert!(inside_fault(bad).is_some(), "{bad:?}");
        }
    }
}
