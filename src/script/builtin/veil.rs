//! What nobody is to read in a difference: values of settings, secrets in whatever file, and files that
//! hold keys.

use super::{
    dependencies::named_setting,
    secret::{HIDDEN, Secrets},
};

/// How much of a file is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// All but secrets.
    Whole,
    /// Names of settings, and no value.
    Names,
    Nothing,
}

/// Words in the names of files that hold secrets and nothing else.
const SECRET: [&str; 7] =
    ["secret", "credential", "id_rsa", "id_ed25519", ".htpasswd", ".netrc", ".pgpass"];

/// How files end that hold keys.
const KEYS: [&str; 6] = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx"];

/// The lines of a difference, without values of settings, without secrets, and without what is in files
/// of keys.
pub(super) fn veiled<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut shown, mut inside, mut secrets) = (Shown::Whole, false, Secrets::default());
    let line = |line: &str| {
        if let Some(file) = line.strip_prefix("diff ") {
            (shown, inside, secrets) = (of(file), false, Secrets::of(file));
        } else if line.starts_with("@@") {
            inside = true;
            // Git says behind it in what the place lies.
            let end =
                line.get(2..).and_then(|rest| rest.find("@@")).map_or(line.len(), |at| at + 4);
            let place = line.get(..end).unwrap_or(line);
            let rest = line.get(place.len()..).filter(|_| shown == Shown::Whole);
            return format!("{place}{}", rest.map_or_else(String::new, |it| secrets.hide(it)));
        }
        match (line.split_at_checked(1).filter(|_| inside), shown) {
            (None, _) => line.to_owned(),
            (Some((sign, text)), Shown::Whole) => format!("{sign}{}", secrets.hide(text)),
            (Some((sign, _)), Shown::Nothing) => format!("{sign}{HIDDEN}"),
            (Some((sign, text)), Shown::Names) => match named_setting(text) {
                Some(name) => format!("{sign}{name}={HIDDEN}"),
                None if text.trim().is_empty() || text.starts_with('#') => line.to_owned(),
                None => format!("{sign}{HIDDEN}"),
            },
        }
    };
    lines.map(line).collect()
}

/// How much is shown of what a line of git's names, or a path.
fn of(file: &str) -> Shown {
    let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches('"').to_lowercase();
    let is_key = KEYS.iter().any(|end| name.ends_with(end));
    if is_key || SECRET.iter().any(|word| name.contains(word)) {
        return Shown::Nothing;
    }
    let settings = name.starts_with(".env") || name.ends_with(".env");
    if settings { Shown::Names } else { Shown::Whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_are() {
        let check = |text: &str, wanted: &str| {
            assert_eq!(veiled(text.lines()).join("\n"), wanted, "{text}");
        };
        check("diff a.py\n@@ -1 @@ x\n+A=1\n end", "diff a.py\n@@ -1 @@ x\n+A=1\n end");
        check(
            "diff --git a/x/.env.example b/x/.env.example\n--- a/x/.env.example\n@@ -1 @@ A=1\n A=1\n-export B=2\n+# c\n+MULTI\n+\ndiff b\n@@\n+C=3",
            "diff --git a/x/.env.example b/x/.env.example\n--- a/x/.env.example\n@@ -1 @@\n A=(hidden)\n-B=(hidden)\n+# c\n+(hidden)\n+\ndiff b\n@@\n+C=3",
        );
        check(
            "diff config/Master.key\n@@ -1 @@\n+abc",
            "diff config/Master.key\n@@ -1 @@\n+(hidden)",
        );
        check(
            "diff --git a/config/app.yml b/config/app.yml\n+++ b/token: x\n@@ -1 +1 @@ token: abc\n-token: abc\n+token: def\n db: a",
            "diff --git a/config/app.yml b/config/app.yml\n+++ b/token: x\n@@ -1 +1 @@ token: (hidden)\n-token: (hidden)\n+token: (hidden)\n db: a",
        );
        check("diff web.env\n@@ -1 @@\n+A=1", "diff web.env\n@@ -1 @@\n+A=(hidden)");
    }
}
