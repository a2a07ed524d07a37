//! Values that mean something to a shell reach it as one word each, or not at all.

use crate::recipes::{Project, ROOT, sha256, stage};

const VALUES: [&str; 36] = [
    "",
    " ",
    "two words",
    "it's",
    "'",
    "\"",
    "'\"'\"'",
    "a\nb",
    "\n",
    "ends\n",
    "\r\n",
    "\t",
    "\\",
    "\\n",
    "$(touch /srv/pwned)",
    "`touch /srv/pwned`",
    "';touch /srv/pwned;'",
    "\n touch /srv/pwned\n",
    "$HOME",
    "${HOME}",
    "$((1+1))",
    "<<EOF\nx\nEOF\n",
    "EOF",
    "-n",
    "--",
    "-rf /",
    "*",
    "/[a-z]??/*",
    "~",
    "~root",
    "{a,b}",
    "a;b|c&d>e<f",
    "#no comment",
    "%s%n",
    "größer 日本語 \u{1f6a2}",
    "!! \u{1b}[31m \u{7f}",
];

/// A text of TOML with every character that could end it written by its number.
fn toml(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " -.".contains(c);
    let each = |c: char| if plain(c) { c.to_string() } else { format!("\\U{:08X}", u32::from(c)) };
    value.chars().map(each).collect()
}

#[test]
fn a_value_is_one_word_in_every_shell() {
    use std::fmt::Write as _;
    let (mut vars, mut words, mut env) = (String::new(), String::new(), String::new());
    for (i, value) in VALUES.iter().enumerate() {
        // Half of them come from the file, half from the command line.
        let value = if i % 2 == 0 { toml(value) } else { String::new() };
        writeln!(vars, "v{i} = \"{value}\"").unwrap();
        writeln!(
            words,
            "set -- {{{{ vars.v{i} }}}} a{{{{ vars.v{i} }}}}z\nput word.{i} \"$#\" \"$@\""
        )
        .unwrap();
        writeln!(env, "V{i} = \"{{{{ vars.v{i} }}}}\"").unwrap();
        writeln!(words, "put env.{i} 1 \"$V{i}\"").unwrap();
    }
    let recipe = format!(
        "{}[vars]\n{vars}[steps.words]\nrun = '''\nput() {{ f=$1; shift; printf '%s,' \"$@\" >{ROOT}/$f; }}\n{words}'''\n[steps.words.env]\n{env}[pipelines]\ndeploy = [\"words\"]\n",
        stage(3)
    );
    let project =
        Project::up(3, &["2:sh=busybox", "2:shell=fish", "3:sh=bash", "3:shell=tcsh"], "");
    project.recipe(&recipe);
    let said: Vec<String> =
        (1..VALUES.len()).step_by(2).map(|i| format!("v{i}={}", VALUES[i])).collect();
    let mut args = vec!["deploy"];
    said.iter().for_each(|var| args.extend(["--var", var]));
    project.must(0, &args);
    for host in 1..=3 {
        let sums = project.on(host, &format!("cd {ROOT} && sha256sum word.* env.*"));
        for (i, value) in VALUES.iter().enumerate() {
            for (file, text) in [
                (format!("word.{i}"), format!("2,{value},a{value}z,")),
                (format!("env.{i}"), format!("1,{value},")),
            ] {
                let sum = sha256(text.as_bytes());
                assert!(
                    sums.contains(&format!("{sum}  {file}\n"))
                        || sums.ends_with(&format!("{sum}  {file}")),
                    "h{host} {file}: {value:?}"
                );
            }
        }
        assert_eq!(project.on(host, "ls -A /srv"), "www", "something else was run");
    }
    // No shell can be given this, and no step gets it.
    project.recipe(&recipe.replace("v0 = \"\"", "v0 = \"a\\u0000b\""));
    let ran = project.must(2, &args);
    assert!(ran.stderr.contains("NUL") && ran.stderr.contains("deploy.toml:"), "{}", ran.stderr);
}
