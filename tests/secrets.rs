//! Secrets of a recipe on real hosts: where they come from, how they reach a step, and that nothing
//! shows them.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::path::Path;

use recipes::{Project, events, stage};
use support::fleet::Fleet;

const VALUE: &str = "pa55 w0rd/it's";
const BASE64: &str = "cGE1NSB3MHJkL2l0J3M";
const HEX: &str = "706135352077307264";

/// Steps that print what they were given, in every way.
const TELLING: &str = r#"
[secrets]
KEY = { file = "key" }
[steps.tell]
secrets = ["KEY"]
undo = "true"
run = """
echo "raw $KEY."
printf %s "$KEY" | base64
printf %s "$KEY" | od -An -tx1 | tr -d ' \n'
echo
printf %s "x${KEY%d/*}"; sleep 0.3; printf %s "d/${KEY#*/}"; echo y
set -x
: "$KEY" """
[steps.root]
as = "root"
secrets = ["KEY"]
run = "id -un; echo \"$KEY\"; tr '\\0' ' ' </proc/$$/cmdline; tr '\\0' ' ' </proc/$PPID/cmdline"
[steps.list]
secrets = ["KEY"]
items.list = "echo one; echo \"two $KEY\""
items.run = "echo {{ item }}"
[steps.without]
run = "echo \"<${KEY-nothing}>\""
[pipelines]
deploy = ["tell", "root", "list", "without"]
"#;

fn project(steps: &str) -> Project {
    let project = Project::new(Fleet::up(1, &[]), &format!("{}{steps}", stage(1)));
    fs::write(project.ui.dir().join("key"), format!("{VALUE}\n")).unwrap();
    project
}

/// Checks that bytes hold no writing of the value.
fn hides(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for writing in [VALUE, "pa55", "it's", &BASE64[..12], &HEX[..12]] {
        assert!(!text.contains(writing), "{what} shows {writing:?}:\n{text}");
    }
}

/// Every file below a directory but raw logs.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|end| end != "log") || !raw(&path) {
            found.push(path);
        }
    }
    found
}

fn raw(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "logs")
}

#[test]
fn no_reader_shows_a_secret_also_when_it_is_another_by_then() {
    let project = project(TELLING);
    for format in ["plain", "json"] {
        let ran = project.must(0, &["--verbose", "deploy", "--output", format]);
        hides(format, ran.stdout.as_bytes());
        hides(format, ran.stderr.as_bytes());
        if format == "json" {
            events(&ran.stdout);
        } else {
            assert!(ran.stdout.contains("h1 tell | raw ‹KEY hidden›.\n"), "{}", ran.stdout);
            assert!(ran.stdout.contains("x‹KEY hidden›y\n"), "{}", ran.stdout);
            assert!(ran.stdout.contains("h1 without | <nothing>\n"), "{}", ran.stdout);
        }
    }
    let run = project.newest();
    let kept = |run: &str| {
        for step in ["tell", "root", "list", "without"] {
            hides(step, &project.log(&[run, step, "h1"]));
        }
        hides("log", &project.log(&[run]));
        hides("log", &project.log(&[run, "--output", "json"]));
    };
    kept(&run);
    // By root, too, through standard input and no argument list.
    let root = String::from_utf8(project.log(&[&run, "root", "h1"])).unwrap();
    assert!(root.starts_with("root\n<KEY hidden>\nsh "), "{root}");
    assert_eq!(root.matches("hidden").count(), 1, "{root}");
    // The raw log has every byte, as the host has it.
    project.same_logs(1, &run);
    let path = project.state().join("runs").join(&run).join("logs/h1/tell.1.log");
    let bytes = fs::read(path).unwrap();
    let log = String::from_utf8(bytes).unwrap();
    assert!(log.contains(&format!("raw {VALUE}.\n{BASE64}=\n")), "{log}");
    assert!(log.contains(&format!("\nx{VALUE}y\n")), "{log}");
    // Journal, masks, index and our own log know nothing of it.
    for path in files(&project.state()) {
        hides(&path.display().to_string(), &fs::read(&path).unwrap());
    }
    // With another value the old run still hides the old one.
    fs::write(project.ui.dir().join("key"), "quite another\n").unwrap();
    let ran = project.must(0, &["deploy"]);
    assert!(!ran.stdout.contains("another"), "{}", ran.stdout);
    kept(&run);
}

#[test]
fn a_run_that_was_left_hides_what_comes_later() {
    let project = project(
        r#"
[secrets]
KEY = { file = "key" }
[steps.wait]
secrets = ["KEY"]
run = "echo begun; printf %s \"x${KEY%d/*}\"; until [ -e {{ root }}/go ]; do sleep 0.05; done; echo \"d/${KEY#*/}\""
[steps.after]
secrets = ["KEY"]
run = "echo \"after $KEY\""
[pipelines]
deploy = ["wait", "after"]
"#,
    );
    let spawned = project.spawn(&["deploy"]);
    spawned.wait_for("h1 wait | begun");
    spawned.kill();
    project.on(1, &format!("touch {}/go", recipes::ROOT));
    // Without its value nothing is taken up.
    fs::remove_file(project.ui.dir().join("key")).unwrap();
    let ran = project.must(5, &["resume"]);
    assert!(ran.stderr.contains("deploy.toml:9: secret KEY: cannot read key: "), "{}", ran.stderr);
    fs::write(project.ui.dir().join("key"), VALUE).unwrap();
    let ran = project.must(0, &["resume"]);
    hides("resume", ran.stdout.as_bytes());
    let run = project.newest();
    project.same_logs(1, &run);
    assert_eq!(project.log(&[&run, "wait", "h1"]), b"begun\nx<KEY hidden>\n");
    assert_eq!(project.log(&[&run, "after", "h1"]), b"after <KEY hidden>\n");
}

#[test]
fn where_a_value_is_got_and_what_is_wrong_with_it() {
    let mut project = project(
        r#"
[secrets]
A = { command = "echo from a command; echo a word >&2" }
B = { env = "B_VALUE" }
C = { file = "~/c" }
UNUSED = { command = "touch asked" }
[steps.all]
secrets = ["A", "B", "C"]
run = "echo \"$A|$B|$C\" >{{ root }}/all"
[pipelines]
deploy = ["all"]
"#,
    );
    let ran = project.must(5, &["deploy"]);
    for words in [
        "deploy.toml:10: secret B: the environment variable B_VALUE is not set\n",
        "deploy.toml:11: secret C: cannot read ",
    ] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert!(project.runs().is_empty(), "a run was opened");
    fs::write(project.ui.home().join("c"), "abc\n").unwrap();
    project.ui = project.ui.env("B_VALUE", "from the environment");
    let ran = project.must(5, &["deploy"]);
    let short = "secret C: it has 3 bytes, too short to hide: a secret has at least 4\n";
    assert!(ran.stderr.contains(short), "{}", ran.stderr);
    fs::write(project.ui.home().join("c"), "from a file\n\n").unwrap();
    let ran = project.must(0, &["deploy"]);
    assert!(ran.stderr.contains("a word\n"), "{}", ran.stderr);
    let all = "from a command|from the environment|from a file\n";
    assert_eq!(project.file(1, "all"), all.trim_end_matches('\n').to_owned());
    assert!(!project.ui.dir().join("asked").exists(), "a secret was got that no step needs");

    project.recipe(&format!(
        "{}[secrets]\nA = {{ prompt = \"Which\" }}\nB = {{ command = \"echo no; exit 3\" }}\n\
         [steps.all]\nsecrets = [\"A\", \"B\"]\nrun = \"true\"\n[pipelines]\ndeploy = [\"all\"]\n",
        stage(1)
    ));
    let ran = project.must(5, &["deploy"]);
    for words in [
        "secret A: it is asked for, and there is no terminal to ask on\n",
        "secret B: its command failed: exit status: 3\n",
    ] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}

#[test]
fn a_secret_that_is_typed() {
    let project = project(
        r#"
[secrets]
KEY = { prompt = "The key" }
[steps.tell]
secrets = ["KEY"]
run = "echo \"it is $KEY\""
[pipelines]
deploy = ["tell"]
"#,
    );
    let config = project.fleet.ssh_config();
    let args = ["--ssh-config", config.to_str().unwrap(), "deploy", "--yes"];
    let console = project.ui.console(&args, 24, 100);
    console.wait_for("The key (KEY): ");
    console.send(&format!("{VALUE}\r"));
    console.wait_for("it is ‹KEY hidden›");
    assert_eq!(project.log(&[&project.newest(), "tell", "h1"]), b"it is <KEY hidden>\n");
}
