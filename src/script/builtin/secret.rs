//! What of a line of any file is a secret, as far as the line tells: the value of a name that says so,
//! a password in an address, the inside of a private key.

/// Parts of names whose values are secrets; in small letters, without what parts words.
const NAMES: [&str; 13] = [
    "passw",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "licensekey",
    "authkey",
];

/// How files end in which a value without quotes is read from somewhere else.
const CODE: [&str; 18] = [
    ".py", ".rb", ".php", ".js", ".mjs", ".jsx", ".ts", ".tsx", ".go", ".rs", ".java", ".kt",
    ".cs", ".c", ".cpp", ".ex", ".exs", ".erb",
];

/// What stands for what is hidden.
pub(super) const HIDDEN: &str = "(hidden)";

/// Hides the secrets of lines, one after the other, as they lie in one file.
#[derive(Default)]
pub(super) struct Secrets {
    /// Only what is quoted is a value there.
    code: bool,
    /// Inside of a private key.
    inside: bool,
}

impl Secrets {
    /// Those of a file with this name.
    pub(super) fn of(file: &str) -> Self {
        let name = file.trim_end_matches('"').to_lowercase();
        Self { code: CODE.iter().any(|end| name.ends_with(end)), inside: false }
    }

    /// A line without its secrets.
    pub(super) fn hide(&mut self, line: &str) -> String {
        if self.inside || (line.contains("-----BEGIN") && line.contains("PRIVATE KEY")) {
            self.inside = !line.contains("-----END");
            return HIDDEN.to_owned();
        }
        match self.value(line) {
            Some(shown) => format!("{shown} {HIDDEN}"),
            None => without_passwords(line),
        }
    }

    /// What is left of a line that gives a secret its value.
    fn value<'a>(&self, line: &'a str) -> Option<&'a str> {
        line.char_indices().filter(|(_, c)| matches!(c, ':' | '=' | '>')).find_map(|(at, sign)| {
            let (before, after) = line.split_at_checked(at)?;
            let after = after.trim_start_matches([':', '=', '>', '~', '?', ' ', '\t']);
            // An element, `<password>value`, and else no comparison.
            let opens = before.rsplit_once('<').is_some_and(|(_, name)| !name.contains(' '));
            let quoted = !self.code || after.contains(['"', '\'', '`']);
            let given = !after.trim_matches(['"', '\'', ',', '{', '[', '(', ' ']).is_empty();
            let shown = line.get(..line.len() - after.len())?.trim_end();
            (is_secret(before) && given && quoted && (sign != '>' || opens)).then_some(shown)
        })
    }
}

/// Whether the last name in a text is one of a secret.
fn is_secret(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '\'', ']', ')', '`', ' ']);
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = text.rsplit(|c| !part(c)).next().unwrap_or(text);
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let name = name.to_lowercase();
    NAMES.iter().any(|secret| name.contains(secret))
}

/// `scheme://user:password@host` without the password, wherever there is one.
fn without_passwords(line: &str) -> String {
    let mut parts = line.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("://");
        let end = part.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''));
        let place = part.get(..end.unwrap_or(part.len())).unwrap_or(part);
        match place.rsplit_once('@').and_then(|(who, _)| Some((who, who.split_once(':')?.0))) {
            Some((who, user)) => {
                shown.push_str(&format!("{user}:{HIDDEN}"));
                shown.push_str(part.get(who.len()..).unwrap_or_default());
            }
            None => shown.push_str(part),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, lines: &str, wanted: &str) {
        let mut secrets = Secrets::of(file);
        let shown: Vec<String> = lines.lines().map(|line| secrets.hide(line)).collect();
        assert_eq!(shown.join("\n"), wanted, "{file}");
    }

    #[test]
    fn values_of_secrets_are_hidden_in_whatever_form() {
        check("config/database.yml", "  secret_key: hunter2", "  secret_key: (hidden)");
        check("a.ini", "db.password=hunter2", "db.password= (hidden)");
        check("a.json", "  \"apiKey\" : \"hunter2\",", "  \"apiKey\" : (hidden)");
        check("s.py", "SECRET_KEY = 'hunter2'", "SECRET_KEY = (hidden)");
        check("s.py", "CONF[\"DB_PASSWD\"] = \"hunter2\"", "CONF[\"DB_PASSWD\"] = (hidden)");
        check("s.php", "'private_key' => 'hunter2',", "'private_key' => (hidden)");
        check("s.rb", ":token => 'hunter2'", ":token => (hidden)");
        check("s.rb", "connect(user: 'a', password: 'b')", "connect(user: 'a', password: (hidden)");
        check("pom.xml", "<password>hunter2</password>", "<password> (hidden)");
        check("run.sh", "export ACCESS_KEY=hunter2", "export ACCESS_KEY= (hidden)");
        check(
            "a.toml",
            "url = \"postgres://shop:hunter2@db/shop\" # http://a:b@c d",
            "url = \"postgres://shop:(hidden)@db/shop\" # http://a:(hidden)@c d",
        );
        check(
            "deploy",
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nend",
            "(hidden)\n(hidden)\n(hidden)\nend",
        );
    }

    #[test]
    fn what_is_no_value_of_a_secret_is_read() {
        for (file, line) in [
            ("a.py", "token = next(tokens)"),
            ("a.py", "def login(user: str, password: str):"),
            ("a.yml", "secrets:"),
            ("a.json", "\"credentials\": {"),
            ("a.yml", "host: db1"),
            ("a.md", "See https://example.org/a:b@c for tokens"),
            ("a.rs", "if token.len() >= 3 { return \"x\"; }"),
            ("a.txt", "a - b > c: the token"),
        ] {
            check(file, line, line);
        }
    }
}
