//! Steps that ask, on real hosts: they are noticed, an answer is delivered at most once, and a
//! password is in no file, here or there.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::path::Path;

use recipes::{Project, ROOT};
use support::console::Console;
use support::proxy::{Direction, Fault, Proxy};

const PASSWORD: &str = "corr3ct-h0rse_battery";

fn console(project: &Project) -> Console {
    let config = project.fleet.ssh_config();
    let console =
        project.ui.console(&["--verbose", "--ssh-config", config.to_str().unwrap()], 36, 120);
    console.wait_for("READY");
    console
}

/// A run of one step that takes input, with these keys and this script; it has begun.
fn begun(step: &str, keys: &str, script: &str) -> (Project, Console) {
    let steps = format!(
        "[steps.{step}]\n{keys}\ninput = true\nrun = \"\"\"{script}\"\"\"\n\
         [pipelines]\ndeploy = [\"{step}\"]\n"
    );
    let project = Project::up(1, &[], &steps);
    let console = console(&project);
    console.act("D", "Start deploy");
    (project, console)
}

/// Types a line into the dialog of the question, and sends it.
fn answer(console: &Console, question: &str, line: &str) {
    console.send("I");
    console.wait_for("Answer ");
    console.wait_for(question);
    console.send(&format!("\t{line}"));
    console.press("\t\t", "Send");
    console.wait_without("Answer ");
    console.wait_without("ASKS");
}

fn journal(project: &Project) -> String {
    fs::read_to_string(project.journal(&project.newest())).unwrap()
}

fn ends(console: Console, code: i32) {
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(code));
}

#[test]
fn questions_of_all_kinds_are_noticed_and_answered() {
    let (project, console) = begun(
        "drop",
        "",
        r#"
echo 'two tables are old'
printf 'Drop them? [y/N] '; read a
printf 'Are you sure you want to continue (yes/no)? '; read b
printf 'Name of the backup: '; read c
printf '*** shop.conf (Y/I/N/O/D/Z) [default=N] ? '; read d
echo "$a $b $c $d" >{{ root }}/said
"#,
    );
    let screen = console.wait_for("ASKS drop on h1");
    assert!(screen.contains("asks"), "{screen}");
    recipes::figure(&screen);
    console.send("5");
    let screen = console.wait_for("1 Question  drop on h1");
    assert!(screen.contains("asks      Drop them? [y/N]"), "{screen}");
    recipes::figure(&screen);
    answer(&console, "Drop them? [y/N]", "y");
    for (question, line) in [
        ("Are you sure you want to continue (yes/no)?", "yes"),
        ("Name of the backup:", "monday"),
        ("[default=N] ?", "n"),
    ] {
        console.wait_for("ASKS drop on h1");
        answer(&console, question, line);
    }
    ends(console, 0);
    assert_eq!(project.file(1, "said"), "y yes monday n");
    let journal = journal(&project);
    assert_eq!(journal.matches(r#""fact":{"asks":"#).count(), 4, "{journal}");
    assert_eq!(journal.matches(r#""fact":{"answered":"#).count(), 4, "{journal}");
    assert!(!journal.contains("monday"), "{journal}");
}

#[test]
fn a_step_that_asks_without_a_word_is_sent_a_line_all_the_same() {
    let (project, console) = begun(
        "wait",
        "",
        r#"
echo begun
read a
echo "$a" >{{ root }}/said
"#,
    );
    console.wait_for("│ begun");
    console.send("I");
    console.wait_for("INPUT for wait on h1");
    answer(&console, "No question of it was seen.", "monday");
    ends(console, 0);
    assert_eq!(project.file(1, "said"), "monday");
    let journal = journal(&project);
    assert_eq!(journal.matches(r#""fact":{"asks":"#).count(), 1, "{journal}");
    assert!(!journal.contains("monday"), "{journal}");
}

#[test]
fn a_step_that_was_not_asking_is_asked_about_no_more() {
    let (project, console) = begun(
        "wait",
        "",
        r#"
printf 'Restart now? [y/N] '
until test -e {{ root }}/go; do sleep 0.1; done
echo 'n, by default'
until test -e {{ root }}/end; do sleep 0.1; done
timeout 2 cat >{{ root }}/input || true
"#,
    );
    console.wait_for("ASKS wait on h1");
    console.send("I");
    console.wait_for("If it was not asking: as soon as it prints on, nothing is sent.");
    console.send("\ty");
    project.on(1, &format!("touch {ROOT}/go"));
    let screen = console.wait_for("that question was answered meanwhile; nothing was sent");
    assert!(!screen.contains("ASKS"), "{screen}");
    project.on(1, &format!("touch {ROOT}/end"));
    ends(console, 0);
    assert_eq!(project.file(1, "input"), "");
    let journal = journal(&project);
    assert!(journal.contains(r#""fact":{"went-on":"#), "{journal}");
}

/// Everything below a directory of ours that holds this, by name.
fn holding(dir: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, word));
        } else if path.is_file()
            && String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(word)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Looks for the password in all files of the operator, in those of the host that were written since it is
/// watched, and in what its processes were called while it was delivered.
fn is_nowhere(project: &Project) {
    assert_eq!(holding(project.ui.home(), PASSWORD), Vec::<String>::new(), "here");
    let there = format!(
        "find /srv /home /root /tmp /var/log /var/tmp /dev/shm -type f -newer /run/began \
         -exec grep -laF {PASSWORD} {{}} + 2>/dev/null || true"
    );
    assert_eq!(project.on(1, &there), "", "on the host");
    let seen = project.on(1, "wc -c </run/processes; grep -acF input /run/processes || true");
    assert!(!seen.starts_with("0\n"), "no process was looked at: {seen}");
    let said = project.on(1, &format!("grep -acF {PASSWORD} /run/processes || true"));
    assert_eq!(said, "0", "a process was called so");
    // That it would be found.
    project.on(1, &format!("echo {PASSWORD} >/tmp/control"));
    assert_eq!(project.on(1, &there), "/tmp/control");
    project.on(1, "rm /tmp/control");
}

/// Steps that ask for a password once, and keep what comes besides.
const ASKS_PASSWORD: &str = r#"
[steps.unlock]
input = true
run = """
printf '[vault] password for deploy: '
IFS= read -r password
printf '%s' "$password" | cksum >>{{ root }}/sums
timeout 3 cat >>{{ root }}/besides || true
"""
[pipelines]
deploy = ["unlock"]
"#;

/// Keeps what processes are called on the host, in their own words and surroundings.
const WATCH: &str = "touch /run/began; setsid sh -c 'while sleep 0.2; do for p in /proc/[0-9]*; do \
    tr \"\\\\0\" \" \" <$p/cmdline; tr \"\\\\0\" \" \" <$p/environ; echo; done; done 2>/dev/null' \
    >/run/processes 2>/dev/null </dev/null & echo $! >/run/watch";

fn watch(project: &Project) {
    project.on(1, WATCH);
}

fn unwatch(project: &Project) {
    project.on(1, "kill $(cat /run/watch)");
}

#[test]
fn a_password_is_typed_unseen_and_is_in_no_file() {
    let project = Project::up(1, &[], ASKS_PASSWORD);
    let console = console(&project);
    watch(&project);
    console.act("D", "Start deploy");
    console.wait_for("ASKS unlock on h1");
    console.send("I");
    console.wait_for("Line (not shown)");
    console.send(&format!("\t{PASSWORD}"));
    let screen = console.wait_for(&"*".repeat(PASSWORD.len()));
    assert!(!screen.contains(PASSWORD), "{screen}");
    recipes::figure(&screen);
    console.press("\t\t", "Send");
    ends(console, 0);
    unwatch(&project);
    let sum = project.on(1, &format!("printf %s {PASSWORD} | cksum"));
    assert_eq!(project.file(1, "sums"), sum);
    assert_eq!(project.file(1, "besides"), "");
    is_nowhere(&project);
    recipes::figure(&journal(&project));
}

/// Whether the question is open, and the run taken up: before, no answer is taken.
fn takes_answers(screen: &str) -> bool {
    screen.contains("ASKS unlock") && !screen.contains("TAKING UP")
}

#[test]
fn a_console_that_is_killed_with_the_answer_leaves_no_trace_of_it() {
    let project = Project::up(1, &[], ASKS_PASSWORD);
    let first = console(&project);
    watch(&project);
    first.act("D", "Start deploy");
    first.wait_for("ASKS unlock on h1");
    first.send("I");
    first.wait_for("Line (not shown)");
    // Killed with the line on its way: it may have arrived, or not.
    first.press(&format!("\t{PASSWORD}\t\t"), "Send");
    first.signal("KILL");
    assert_eq!(first.wait_exit().0, None);
    assert_eq!(holding(project.ui.home(), PASSWORD), Vec::<String>::new(), "here");
    let config = project.fleet.ssh_config();
    let second =
        project.ui.console(&["--verbose", "--ssh-config", config.to_str().unwrap()], 36, 120);
    let asks = second.wait_until("a question, or the end", |screen| {
        let text = screen.contents();
        takes_answers(&text) || text.contains("is over")
    });
    if asks.contains("ASKS unlock") {
        answer(&second, "password for deploy", PASSWORD);
    }
    ends(second, 0);
    unwatch(&project);
    let sum = project.on(1, &format!("printf %s {PASSWORD} | cksum"));
    assert_eq!(project.file(1, "sums"), sum, "it was delivered once");
    assert_eq!(project.file(1, "besides"), "", "and only once");
    is_nowhere(&project);
}

#[test]
fn a_step_of_another_user_gets_what_is_answered() {
    let (project, console) = begun(
        "asks",
        r#"as = "root""#,
        r#"
printf 'Drop it? [y/N] '; read a
printf 'Password: '; read b
id -un >{{ root }}/said; echo "$a $b" >>{{ root }}/said
test ! -t 0; timeout 2 cat >>{{ root }}/said || true
false
"#,
    );
    console.wait_for("ASKS asks on h1");
    answer(&console, "Drop it?", "y");
    console.wait_for("ASKS asks on h1");
    // Behind the step nothing reads what is answered: least of all root's shell.
    answer(&console, "Password", "touch /srv/www/app/mine");
    console.wait_for("FAILED");
    assert_eq!(project.file(1, "said"), "root\ny touch /srv/www/app/mine");
    assert_eq!(project.on(1, "ls /srv/www/app/mine 2>&1 | grep -c 'No such'"), "1");
    let card = console.screen();
    assert!(card.contains("exit 1") || card.contains("status 1"), "{card}");
}

/// A console that is asked for the password, on a link that can be cut.
fn asks_behind_a_proxy() -> (Project, Proxy, Console) {
    let project = Project::up(1, &[], ASKS_PASSWORD);
    let proxy = Proxy::to(project.fleet.host(1).port);
    project.fleet.route(1, proxy.port());
    let first = console(&project);
    first.act("D", "Start deploy");
    first.wait_for("ASKS unlock on h1");
    (project, proxy, first)
}

/// The console is killed, and another one takes the run up on a link that is whole again.
fn another(project: &Project, proxy: &Proxy, first: Console) -> Console {
    first.signal("KILL");
    assert_eq!(first.wait_exit().0, None);
    proxy.cut();
    proxy.heal();
    let config = project.fleet.ssh_config();
    let words = ["--verbose", "--ssh-config", config.to_str().unwrap()];
    project.ui.console(&words, 36, 120)
}

#[test]
fn an_answer_that_was_lost_on_its_way_is_asked_for_again_by_the_next_console() {
    let (project, proxy, first) = asks_behind_a_proxy();
    proxy.stall();
    first.send("I");
    first.wait_for("Line (not shown)");
    first.press(&format!("\t{PASSWORD}\t\t"), "Send");
    first.wait_without("ASKS");
    let second = another(&project, &proxy, first);
    second.wait_until("a question", |screen| takes_answers(&screen.contents()));
    answer(&second, "password for deploy", PASSWORD);
    ends(second, 0);
    let sum = project.on(1, &format!("printf %s {PASSWORD} | cksum"));
    assert_eq!(project.file(1, "sums"), sum, "it was delivered once");
    assert_eq!(project.file(1, "besides"), "", "and only once");
    assert!(!journal(&project).contains("went-on"), "{}", journal(&project));
}

#[test]
fn an_answer_that_arrived_is_known_to_the_next_console() {
    let (project, proxy, first) = asks_behind_a_proxy();
    // What the host says of it does not come here.
    proxy.fail_after(Direction::FromHost, 1, Fault::Stall);
    first.send("I");
    first.wait_for("Line (not shown)");
    first.press(&format!("\t{PASSWORD}\t\t"), "Send");
    let sum = project.on(1, &format!("printf %s {PASSWORD} | cksum"));
    project.on(1, &format!("until test -s {ROOT}/sums; do sleep 0.1; done"));
    let second = another(&project, &proxy, first);
    ends(second, 0);
    assert_eq!(project.file(1, "sums"), sum, "it was delivered once");
    assert!(!journal(&project).contains("went-on"), "{}", journal(&project));
}

#[test]
fn what_was_typed_unseen_is_hidden_when_the_step_prints_it() {
    let (project, console) = begun(
        "login",
        "",
        r#"
printf 'Password: '; read p; echo
echo "wrong password: $p"
printf %s "$p" | base64
exit 1
"#,
    );
    console.wait_for("ASKS login on h1");
    answer(&console, "Password", PASSWORD);
    console.wait_for("FAILED login on h1");
    let screen = console.wait_for("wrong password: ");
    let base64 = project.on(1, &format!("printf %s {PASSWORD} | base64"));
    for shown in [screen, String::from_utf8_lossy(&project.log(&[&project.newest()])).into_owned()]
    {
        assert!(!shown.contains(PASSWORD) && !shown.contains(&base64), "{shown}");
        assert!(shown.contains("typed unseen"), "{shown}");
    }
    // Nor does it reach the journal by another way.
    console.send("O");
    console.wait_for("Edit");
    console.press(&format!("\techo {PASSWORD}; \t\t"), "Compare");
    console.wait_for(&format!("+ echo {PASSWORD};"));
    console.press("\t", "Run this");
    console.wait_for("it holds what you typed unseen");
    assert!(!journal(&project).contains(PASSWORD));
    let bytes = String::from_utf8_lossy(&console.bytes()).into_owned();
    drop(console);
    assert!(bytes.contains("typed unseen"));
}
