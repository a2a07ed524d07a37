use std::path::PathBuf;

use super::rig::{all, run, vars};
use crate::remote::local::Local;
use crate::remote::{Ending, Environment, Link, OpenError};

fn link(folder: &str) -> Link {
    let environment = Environment {
        home: PathBuf::from("/"),
        user: "op".to_owned(),
        vars: vars(),
        ssh: None,
        seed: [0; 32],
    };
    Link::Local(Local::new(environment, PathBuf::from(folder)))
}

#[tokio::test]
async fn streams_and_status_are_told_apart() {
    let said = run(&link("/"), "pwd; echo no >&2; exit 3").await;
    assert_eq!(said, ("/\n".to_owned(), "no\n".to_owned(), Ending::Exit(3)));
    let said = run(&link("/"), "kill -TERM $$").await;
    assert_eq!(said.2, Ending::Signal("TERM".to_owned()));
}

#[tokio::test]
async fn the_environment_is_what_was_passed_and_the_group_its_own() {
    let (out, _, _) = run(&link("/"), "env; ps -o pgid= -p $$ | tr -d ' '; echo $$").await;
    let names: Vec<_> = out.lines().filter_map(|line| line.split_once('=')).collect();
    assert!(
        names.iter().all(|(name, _)| ["PATH", "PWD", "SHLVL", "_", "OLDPWD"].contains(name)),
        "{out}"
    );
    let mut last = out.lines().rev();
    assert_eq!(last.next(), last.next(), "{out}");
}

#[tokio::test]
async fn input_arrives_and_its_end_too() {
    let mut pipe = link("/").open("cat; echo end").await.unwrap();
    pipe.input.write(b"one ").await.unwrap();
    pipe.input.write(b"two\n").await.unwrap();
    pipe.input.finish().await.unwrap();
    assert!(pipe.input.write(b"three").await.is_err());
    assert_eq!(all(&mut pipe).await.0, "one two\nend\n");
}

#[tokio::test]
async fn dropping_the_input_ends_it_and_kills_nothing() {
    let pipe = link("/").open("cat; echo alive").await.unwrap();
    let (input, output) = (pipe.input, pipe.output);
    drop(input);
    let mut said = Vec::new();
    let mut output = output;
    while let Some(chunk) = output.recv().await {
        said.push(chunk);
    }
    assert_eq!(format!("{said:?}"), "[Out(b\"alive\\n\"), Ended(Exit(0))]");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    match link("/nonexistent/folder").open("true").await {
        Err(OpenError::Start(why)) => assert!(why.contains("/nonexistent/folder"), "{why}"),
        other => panic!("{other:?}"),
    }
}
