use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::script::{Insert, Inserts, quote};

/// Reads a command in which `@` stands for an inserted value, and says what becomes of it.
fn verdict(command: &str) -> String {
    let unit = |c| if c == '@' { Unit::Token } else { Unit::Char(c) };
    let units: Vec<Unit> = command.chars().map(unit).collect();
    let reading = read(&units);
    let mut words: Vec<String> = reading
        .spots
        .iter()
        .map(|spot| match spot {
            Ok(Spot { alone: true }) => "word".to_owned(),
            Ok(Spot { alone: false }) => "part".to_owned(),
            Err(place) => place.to_string(),
        })
        .collect();
    words.extend(reading.open.map(|open| format!("ends inside {open}")));
    words.join(", ")
}

/// What empties the log of its step in a command, as text, and how.
fn emptied(command: &str) -> String {
    let units: Vec<Unit> = command.chars().map(Unit::Char).collect();
    let words = read(&units).emptied.into_iter().map(|(range, how)| {
        let text: String = command.chars().take(range.end).skip(range.start).collect();
        format!("{text} ({how:?})")
    });
    words.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_empties_the_log_of_its_step_is_found() {
    for (command, found) in [
        ("echo x > /dev/stderr", "> /dev/stderr (Stderr)"),
        ("echo x >/dev/stderr; ls", ">/dev/stderr (Stderr)"),
        (">|/dev/fd/2 echo x", ">|/dev/fd/2 (Stderr)"),
        ("é && { echo x 2>/dev/stdout; }\n", ">/dev/stdout (Stdout)"),
        ("a >/dev/stderr 2>/dev/stderr", ">/dev/stderr (Stderr), >/dev/stderr (Stderr)"),
        ("x=$(echo a >/dev/stderr\nls)", ">/dev/stderr (Stderr)"),
        ("echo a | tee /dev/stderr | wc -l", "tee /dev/stderr (Tee)"),
        ("if LANG=C sudo tee -i f /proc/self/fd/2; then", "tee -i f /proc/self/fd/2 (Tee)"),
        ("(tee /dev/stdout)", "tee /dev/stdout (Tee)"),
        // Opened without being emptied, or not at all.
        ("echo x >&2; echo y >> /dev/stderr; cat </dev/stderr <>/dev/stderr >&/dev/null", ""),
        ("tee -a /dev/stderr; tee --append /dev/stderr; tee /dev/stderr -ai", ""),
        ("echo tee /dev/stderr; teee /dev/stderr; ls -l /dev/stderr", ""),
        // Standard output that is not the log.
        ("x=$(echo a >/dev/stdout); echo b >/dev/stdout | cat", ""),
        // Text.
        ("echo '> /dev/stderr' \"> /dev/stderr\" \\> /dev/stderr # > /dev/stderr", ""),
        ("cat <<E\necho > /dev/stderr\nE\nls", ""),
        ("> /dev/stderr$x >/dev/stderrr", ""),
        // What cannot be followed says nothing.
        ("(( x > /dev/stderr ))", ""),
    ] {
        assert_eq!(emptied(command), found, "{command}");
    }
}

/// Commands and what becomes of the values in them; `...` cuts a long word off.
const TABLE: &[(&str, &str)] = &[
    // Words.
    ("cp @ @", "word, word"),
    ("@", "word"),
    ("@/current", "part"),
    ("--to=@", "part"),
    ("@@", "part, part"),
    ("x=@", "part"),
    ("x=@; y=\"$x\"", "part"),
    ("test -e @ && rm @|| :", "word, word"),
    ("for x in @; do echo @;done", "word, word"),
    ("case @ in @) ;; esac", "word, word"),
    ("( cd @ )", "word"),
    ("cat < @ >>@ 2>&1", "part, part"),
    ("cat <<< @", "part"),
    ("a \\\n  @", "word"),
    ("a\\\\@", "part"),
    ("$dir@", "part"),
    ("$$@", "part"),
    ("echo a#@", "part"),
    ("\"$a\"@'b'", "part"),
    ("# nothing\n@", "word"),
    ("echo '#' @", "word"),
    ("f() { echo @; }", "word"),
    ("[ab]@ x[1]@ -[@", "part, part, part"),
    // Substitutions are shell again, wherever they stand.
    ("echo $(cat @)", "word"),
    ("echo \"$(cat @)\"", "word"),
    (
        "echo \"$(echo \"$(cat @)\" '@' \"@\")\" @",
        "word, inside single quotes, inside double quotes, word",
    ),
    ("echo ${x:-$(cat @)}", "word"),
    ("echo $( (cat @) ) @", "word, word"),
    ("echo $((1 + $(cat @))) @", "word, word"),
    ("echo \"$(cat <<E\nx\nE\n)\" @", "word"),
    // Quotes.
    ("echo '@'", "inside single quotes"),
    ("echo \"a @\"", "inside double quotes"),
    ("echo \"\\@\"", "inside double quotes"),
    ("echo \\@", "directly after a backslash"),
    ("echo $@", "directly after `$`"),
    ("echo \"$@\"", "inside double quotes"),
    ("echo `cat @`", "inside backticks"),
    ("echo `a \\` @ \\`` @", "inside backticks, word"),
    ("echo ${x:-@}", "inside `${...}`"),
    ("echo ${x:-\"@\"}", "inside double quotes"),
    ("echo ${x#\\@} ${#x} @", "inside `${...}`, word"),
    ("echo ${x:-'}'}@", "part"),
    ("echo $((@ + 1))", "where the shell calculates"),
    ("a[@]=1 a[b[1]@", "where the shell calculates, where the shell calculates"),
    ("a=([@]=1)", "where the shell calculates"),
    ("a[>f @", "after a `[`..."),
    ("a['x' @", "after a `[`..."),
    ("[ @ = @ ] && [[ -n @ ]]", "word, word, word"),
    ("ls [!@", "where the shell calculates"),
    ("echo a # @\n@", "in a shell comment, word"),
    // Here-documents.
    ("cat <<E\n@\nE\necho @", "in a here-document, word"),
    ("cat <<-E\n\t@\n\tE\necho @", "in a here-document, word"),
    ("cat <<'E' @\n@ $( ' \"\nE\n@", "word, in a here-document, word"),
    ("cat <<\\E\n@\nE\n@", "in a here-document, word"),
    ("cat <<A <<B\nB\n@\nA\nA\n@\nB\n@", "in a here-document, in a here-document, word"),
    ("cat <<\"E F\"\nE\n@\nE F\n@", "in a here-document, word"),
    ("cat << ''\n@\n\n@", "in a here-document, after a here-document..."),
    ("cat <<@\n@", "in the word that ends a here-document, in a here-document"),
    // What shells read differently.
    (
        "x=\"$(case a in a) echo \"@\";; esac)\"",
        "after a `case` inside `$(...)`, whose end shells find in different ways",
    ),
    ("echo $(echo case) @", "after a `case`..."),
    ("echo $(echo 'case') @", "word"),
    ("((x)) @", "after `((`..."),
    ("echo $((cat @) | cat) @", "where the shell calculates, after a `$((`..."),
    ("echo $'a' @", "after `$'`..."),
    ("echo $[1] @", "after `$[`..."),
    ("echo ${ id; } @", "after a `${`..."),
    ("echo \"${x:-'}'}\" @", "after a quote inside..."),
    ("cat <<E\na\\\nE\nE\n@", "after a here-document..."),
    ("cat <<E\n$(cat <<F\nE\n@", "after a here-document..."),
    ("cat <<E $(echo\n) @", "after a here-document..."),
    ("cat <<E \"\n\" @", "after a here-document..."),
    ("echo $(cat <<E) @", "after a here-document..."),
    // What is never closed.
    ("echo 'a", "ends inside a single quote"),
    ("echo \"$(", "ends inside a `$(`"),
    ("echo \"$(a)", "ends inside a double quote"),
    ("echo ${x", "ends inside a `${`"),
    ("echo `a", "ends inside a backtick"),
    ("cat <<E\na", "ends inside a here-document"),
    ("cat <<E", "ends inside a here-document"),
    ("echo \\", "ends inside a continued line"),
    ("echo \\\n", "ends inside a continued line"),
    ("echo \\\\", ""),
    ("echo it\\'s", ""),
];

#[test]
fn a_value_may_stand_only_where_the_shell_reads_an_unquoted_word() {
    for (command, wanted) in TABLE {
        let got = verdict(command);
        let right = match wanted.strip_suffix("...") {
            Some(begin) => got.starts_with(begin),
            None => got == *wanted,
        };
        assert!(right, "{command:?}\n wanted: {wanted}\n    got: {got}");
    }
}

/// Begins every generated script: `probe` reports its arguments on descriptor 9, `pwn` that text
/// of the value was run as a command.
const PRELUDE: &str = r#"
exec 9>out
probe() { for word; do printf '<%s>' "$word" >&9; done; echo >&9; }
pwn() { echo PWNED >&9; }
"#;

/// A value that tries to leave every kind of quotes.
const HOSTILE: &str = "x' \" $(pwn) `pwn` ;pwn;\npwn\n#}) pwn \\";

/// A value that runs where a shell calculates, even in quotes.
const CALCULATED: &str = "a[$(pwn)]";

fn run(shell: &[&str], script: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("script");
    std::fs::write(&path, format!("{PRELUDE}{script}\n")).unwrap();
    let _status = Command::new(shell[0])
        .args(&shell[1..])
        .arg("script")
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let out = std::fs::read(directory.path().join("out")).unwrap_or_default();
    String::from_utf8_lossy(&out).into_owned()
}

fn shells() -> Vec<Vec<&'static str>> {
    let all = [vec!["sh"], vec!["bash"], vec!["busybox", "sh"]];
    let there = |shell: &Vec<&str>| {
        Command::new(shell[0]).args(&shell[1..]).args(["-c", ":"]).output().is_ok()
    };
    all.into_iter().filter(there).collect()
}

/// Pieces of shell text in which `@` stands for the value; anything may meet anything.
fn any_piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "@",
        "@",
        "@",
        " @ ",
        " ",
        "\n",
        ";",
        "|",
        "&&",
        "'",
        "\"",
        "\\",
        "`",
        "$",
        "$(",
        "$((",
        "((",
        "(",
        ")",
        "))",
        "${x:-",
        "${x#",
        "${#x}",
        "}",
        "{",
        "#",
        " # ",
        "<<E\n",
        "<<-E\n",
        "<<'E'\n",
        "\nE\n",
        "\n\tE\n",
        "E",
        "case a in a)",
        ";; esac",
        "esac",
        "[",
        "]",
        "[[",
        "]]",
        "a[",
        "]=1",
        "=",
        "x",
        "a",
        "probe ",
        "probe a",
        ":",
        "for i in ",
        "; do probe ",
        "; done",
        "cat ",
        "$x",
        "$$",
        "$'",
        "$[",
        "!",
        "~",
        "*",
        ">f ",
        "<<<",
        "\t",
    ])
}

/// Commands around a value that are right by construction, and what `probe` must report.
fn good_frame() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("probe @", "<@>"),
        ("x=@; probe \"$x\"", "<@>"),
        ("probe a\"b\"'c'@d", "<abc@d>"),
        ("probe @@ @", "<@@><@>"),
        ("case @ in *) probe @ ;; esac", "<@>"),
        ("for i in @ @; do y=$y[$i]; done; probe \"$y\"", "<[@][@]>"),
        ("( probe @ )", "<@>"),
        ("y=\"$(probe @)\"", "<@>"),
        ("y=$(probe \"$(printf %s_ @)\")", "<@_>"),
        ("probe \"${y:-$(printf %s_ @)}\"", "<@_>"),
        ("{ probe @; } 2>&1 | cat", "<@>"),
        ("cat <<E && probe @\nit's \"\nE\n", "<@>"),
        ("cat <<-'E'\n\t$(\n\tE\nprobe @", "<@>"),
        ("# it's\nprobe \\\n @", "<@>"),
        ("if test x = @ || :; then probe @; fi", "<@>"),
        ("probe $((1 + 2))@ `echo x`@", "<3@><x@>"),
    ])
}

#[test]
fn the_traps_catch_a_value_that_was_inserted_without_reading_the_command() {
    for shell in shells() {
        let bad = format!("probe \"{}\"", quote(HOSTILE).unwrap());
        assert!(run(&shell, &bad).contains("PWNED"), "{shell:?}");
        assert!(!run(&shell, &format!("probe {}", quote(HOSTILE).unwrap())).contains("PWNED"));
    }
}

fn insert(skeleton: &str, value: &str) -> Option<String> {
    let mut inserts = Inserts::default();
    let mut rendered = String::new();
    for c in skeleton.chars() {
        match c {
            '@' => rendered.push_str(&inserts.push(Insert::Word(value.to_owned()))),
            c => rendered.push(c),
        }
    }
    let text = inserts.command(&rendered).ok()?;
    text.fill(|_| None).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_accepted_never_runs_the_value(
        pieces in prop::collection::vec(any_piece(), 1..9)
    ) {
        let skeleton = pieces.concat();
        for value in [HOSTILE, CALCULATED] {
            let Some(script) = insert(&skeleton, value) else { return Ok(()) };
            for shell in shells() {
                let out = run(&shell, &script);
                prop_assert!(!out.contains("PWNED"), "{:?} ran the value in: {}", shell, script);
            }
        }
    }

    #[test]
    fn an_accepted_value_is_exactly_one_argument(
        (skeleton, wanted) in good_frame(),
        value in r#"[^\x00\x0d]{0,8}|[-'"\\$`!#~*?;&|(){}\[\]<> \n]{0,8}"#,
    ) {
        let script = insert(skeleton, &value);
        prop_assert!(script.is_some(), "refused: {}", skeleton);
        let wanted = format!("{}\n", wanted.replace('@', &value));
        for shell in shells() {
            let out = run(&shell, script.as_deref().unwrap_or_default());
            prop_assert_eq!(&out, &wanted, "{:?}: {:?}", shell, script);
        }
    }

    #[test]
    fn a_value_in_quotes_is_always_refused(
        before in prop::sample::select(vec!["", "a ", "a;", "x=", "$(b) ", "cat <<E\n'\nE\n"]),
        (open, close) in prop::sample::select(vec![("'", "'"), ("\"", "\""), ("`", "`"), ("${x-", "}")]),
        inner in "[a-z =;]{0,6}",
        after in "[a-z ]{0,6}",
    ) {
        prop_assert_eq!(insert(&format!("{before}{open}{inner}@{after}{close}"), "v"), None);
    }
}
