//! Quoting of one word for a POSIX shell.

use std::fmt;

/// A NUL byte: no shell word can hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasNul;

impl fmt::Display for HasNul {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value holds a NUL byte, which no command line can carry")
    }
}

impl std::error::Error for HasNul {}

/// The word in single quotes, so that any POSIX shell reads exactly these characters. Also plain
/// words are quoted: what was inserted stays visible in a plan, and no reserved word appears.
///
/// # Errors
/// When the word holds a NUL byte.
pub fn quote(word: &str) -> Result<String, HasNul> {
    const QUOTE_IN_QUOTES: &str = r"'\''";
    if word.contains('\0') {
        return Err(HasNul);
    }
    Ok(format!("'{}'", word.replace('\'', QUOTE_IN_QUOTES)))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::*;

    /// What a shell hands on as arguments when it reads these words.
    fn read_back(shell: &[&str], words: &str) -> Vec<u8> {
        let output = Command::new(shell[0])
            .args(&shell[1..])
            .args(["-c", &format!("printf '%s\\0' {words}")])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{shell:?}: {words}");
        output.stdout
    }

    fn shells() -> Vec<Vec<&'static str>> {
        let all = [vec!["sh"], vec!["dash"], vec!["bash"], vec!["busybox", "sh"]];
        let there = |shell: &Vec<&str>| {
            Command::new(shell[0]).args(&shell[1..]).args(["-c", ":"]).output().is_ok()
        };
        all.into_iter().filter(there).collect()
    }

    #[test]
    fn one_word_stays_one_word() {
        assert_eq!(quote("").as_deref(), Ok("''"));
        assert_eq!(quote("plain").as_deref(), Ok("'plain'"));
        assert_eq!(quote("it's").as_deref(), Ok(r"'it'\''s'"));
        assert_eq!(quote("$(id)\n`id`").as_deref(), Ok("'$(id)\n`id`'"));
        assert_eq!(quote("a\0b"), Err(HasNul));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_shell_reads_back_the_same_bytes(
            words in prop::collection::vec(r#"[^\x00]{0,12}|['"\\$`!#~*?\n\r\t -]{0,12}"#, 1..20)
        ) {
            let wanted: Vec<u8> = words.iter().flat_map(|w| w.bytes().chain([0])).collect();
            let quoted: Vec<String> = words.iter().map(|w| quote(w).unwrap()).collect();
            for shell in shells() {
                prop_assert_eq!(&read_back(&shell, &quoted.join(" ")), &wanted, "{:?}", shell);
            }
        }
    }
}
