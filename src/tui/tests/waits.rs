//! What a run asks on its way, batch by batch: listed before it begins, each question with its place, and
//! what lies behind it apart from what comes before.

use super::{
    Desk, NARROW, WIDE,
    driven::{Commands, Driven, all_listed, plan},
    story,
};
use crate::{
    plan::Known,
    run::Cause,
    tui::{styles::Tone, words},
};

/// Three web hosts go through two steps, two at a time, and a person looks between them.
const ASKS: &str = r#"
app = "shop"
root = "/srv/www/shop"
[stages.production]
hosts = ["web1", "web2", "web3", "db1"]
[hosts]
web1 = { roles = ["web"] }
web2 = { roles = ["web"] }
web3 = { roles = ["web"] }
db1 = { roles = ["db"] }
[steps]
release = { run = "make release", undo = "remove release" }
migrate = { run = "migrate all", roles = ["db"], confirm = "Is there a backup?" }
switch = { run = "switch", roles = ["web"], undo = "switch back" }
restart = { run = "restart", roles = ["web"], confirm = { after = "Next batch?" } }
tell = { run = "tell all", once = true, roles = ["web"] }
[pipelines]
deploy = ["release", "migrate", { batch = 2, steps = ["switch", "restart"] }, "tell"]
"#;

fn driven(recipe: &str) -> Driven {
    Driven::new(plan(recipe, Known::default()))
}

/// The rows under that button of the open dialog, up to each question and behind it.
fn parts(run: &Driven, button: &str) -> Vec<Vec<String>> {
    let rows = run.rows(button);
    let mut parts = vec![Vec::new()];
    for (row, _) in rows {
        let asks = row.starts_with("The run asks");
        let asked = |part: &Vec<String>| {
            part.last().is_some_and(|last: &String| last.starts_with("The run asks"))
        };
        if asks && !parts.last().is_some_and(asked) {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().push(row);
    }
    parts
}

/// The commands of each part; a batch may be listed as the same as one of a part before.
fn commands(parts: &[Vec<String>]) -> Vec<Commands> {
    let up_to = |end: usize| {
        let rows = parts.iter().take(end).flatten();
        all_listed(&rows.map(|row| (row.clone(), Tone::Text)).collect::<Vec<_>>())
    };
    (0..parts.len()).map(|part| &up_to(part + 1) - &up_to(part)).collect()
}

/// All that is listed before a run goes straight is what begins: at once, and behind each answer.
fn goes_as_listed(recipe: &str) -> usize {
    let run = driven(recipe).keys("D");
    let parts = parts(&run, "Run straight");
    let commands = commands(&parts);
    let (mut run, begun) = run.press("Run straight").goes_on();
    assert_eq!(commands[0], begun);
    for (part, commands) in parts.iter().zip(&commands).skip(1) {
        let asked: Vec<&String> =
            part.iter().take_while(|row| row.starts_with("The run asks")).collect();
        assert_eq!(asked.len(), run.run().holds.len(), "{part:#?}");
        let mut all = Commands::new();
        for _ in asked {
            let hold = run.run().holds.values().next().unwrap();
            let said = words::headline(&run.desk.model, run.run(), hold);
            let at = said.strip_prefix("ASKS ").unwrap().to_owned();
            assert!(
                part.iter().any(|row| row.starts_with(&format!("The run asks {at}: "))),
                "{at}"
            );
            run = run.keys("C");
            let begun;
            (run, begun) = run.press("Go on").goes_on();
            all.extend(begun);
        }
        assert_eq!(*commands, all);
    }
    assert!(run.run().closed.is_some());
    parts.len()
}

#[test]
fn all_that_a_straight_run_does_is_listed_in_its_order_and_apart_behind_each_question() {
    let rows: Vec<String> = parts(&driven(ASKS).keys("D"), "Run straight").concat();
    insta::assert_snapshot!("waits_straight", rows.join("\n"));
    assert_eq!(goes_as_listed(ASKS), 4);
    let silent = ASKS.replace(", confirm = { after = \"Next batch?\" }", "");
    let rows: Vec<String> = parts(&driven(&silent).keys("D"), "Run straight").concat();
    insta::assert_snapshot!("waits_batches", rows.join("\n"));
    assert_eq!(goes_as_listed(&silent), 2);
    assert_eq!(goes_as_listed(&silent.replace(", confirm = \"Is there a backup?\"", "")), 1);
    // Each batch by itself: those that do the same are not listed again.
    let single = silent.replace("batch = 2", "batch = 1");
    let rows: Vec<String> = parts(&driven(&single).keys("D"), "Run straight").concat();
    insta::assert_snapshot!("waits_singly", rows.join("\n"));
    assert_eq!(goes_as_listed(&single), 2);
}

/// It stands between two batches: both hosts of the first are asked about.
fn between() -> Driven {
    let run = driven(ASKS).keys("D").press("Run straight").goes_on().0;
    let run = run.keys("C").press("Go on").goes_on().0;
    assert_eq!(run.run().holds.len(), 2);
    run
}

#[test]
fn a_question_names_its_step_its_hosts_and_its_batch() {
    let run = driven(ASKS).keys("D").press("Run straight").goes_on().0;
    let said = |run: &Driven| -> Vec<String> {
        let holds = run.run().holds.values();
        let said = holds.flat_map(|hold| {
            let headline = words::headline(&run.desk.model, run.run(), hold);
            [vec![headline], words::cause(&run.desk.model, run.run(), hold)].concat()
        });
        said.collect()
    };
    assert_eq!(
        said(&run),
        ["ASKS before migrate on db1", "Is there a backup?", "Asked before migrate on db1.",]
    );
    let mut run = between();
    let next = "Next: switch on web3 (batch 2 of 2).";
    assert_eq!(
        said(&run),
        [
            "ASKS after restart on web1 (batch 1 of 2)",
            "Next batch?",
            &format!("Asked after restart on web1 (batch 1 of 2). {next}"),
            "ASKS after restart on web2 (batch 1 of 2)",
            "Next batch?",
            &format!("Asked after restart on web2 (batch 1 of 2). {next}"),
        ]
    );
    run.desk = run.desk.resize(NARROW.width, NARROW.height);
    insta::assert_snapshot!("waits_between", run.desk.screen());
    let mut run = run.keys("C");
    insta::assert_snapshot!("waits_between_dialog", run.desk.screen());
    let run = run.press("Go on").goes_on().0.keys("C");
    let screen = run.desk.resize(120, 36).screen();
    assert!(screen.contains("goes on with switch on web3 (batch 2 of 2)"), "{screen}");
    assert!(screen.contains("Where  web3 (production)"), "{screen}");
}

#[test]
fn a_batch_that_asks_is_named_and_counts_hosts_as_people_do() {
    let silent = ASKS.replace(", confirm = { after = \"Next batch?\" }", "");
    let mut run = driven(&silent);
    run.fails = vec!["web2: restart".to_owned()];
    let run = run.keys("D").press("Run straight").goes_on().0;
    let run = run.keys("C").press("Go on").goes_on().0;
    let run = run.keys("X").press("Exclude").goes_on().0;
    let hold = run.run().holds.values().next().unwrap();
    assert_eq!(hold.cause, Cause::Batch(1));
    let headline = words::headline(&run.desk.model, run.run(), hold);
    assert_eq!(headline, "ASKS before batch 2 of 2 (web3)");
    let cause = words::cause(&run.desk.model, run.run(), hold);
    let out = "1 host of the batches before was excluded: more than allowed.";
    assert_eq!(cause, [out, "Asked before batch 2 of 2 (web3)."]);
    let (_, rows) = run.keys("C").goes_on();
    assert!(rows.is_empty());
}

#[test]
fn what_is_asked_before_the_next_step_is_listed_with_it() {
    let run = driven(ASKS).keys("S").press("Step by step").goes_on().0;
    let desk = run.keys(":step").desk;
    let rows = words::would(&desk.model, &words::chosen(&desk.model).unwrap()).all();
    let rows = rows.iter().map(|(row, _)| row.as_str()).collect::<Vec<_>>().join("\n");
    assert!(rows.contains("The run asks before migrate on db1: Is there a backup?"), "{rows}");
    assert!(rows.contains("After you confirm:\nmigrate\n  db1: migrate all"), "{rows}");
}

#[test]
fn a_paused_run_says_what_it_goes_on_with_and_in_which_batch() {
    let silent = ASKS.replace(", confirm = { after = \"Next batch?\" }", "");
    let silent = silent.replace(", confirm = \"Is there a backup?\"", "");
    let mut run = driven(&silent).keys("S").press("Step by step").goes_on().0;
    for said in [
        "migrate 2/5",
        "switch (batch 1 of 2) 3/5",
        "restart (batch 1 of 2) 4/5",
        "switch (batch 2 of 2) 3/5",
        "restart (batch 2 of 2) 4/5",
        "tell 5/5",
    ] {
        let screen = run.desk.screen();
        assert!(screen.contains(&format!("PAUSED before {said}")), "{said}: {screen}");
        run = run.keys("S").goes_on().0;
    }
    assert!(run.run().closed.is_some());
}

#[test]
fn one_host_of_several_whose_log_there_is_is_one_host() {
    let story = story::Story::opened().done("release", &[0, 1, 2], 1).pass("build");
    let mut desk = Desk::new(WIDE).tell(story.start("build", 0).told()).keys("4a");
    let screen = desk.screen();
    assert!(screen.contains("Log 1 host › build"), "{screen}");
    let screen = desk.keys("a").screen();
    assert!(screen.contains("Log 1 host, each line › build"), "{screen}");
}
