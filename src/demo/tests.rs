//! The fleet as a whole: what it has, that it can be reached as any host, and that nothing is left.

use std::{fs, sync::Arc};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::{
    model::{Record, RecordEvent},
    remote::{Chunk, Ending, Endpoint, Limits, Link, NoAsk, Pacer, ssh},
};

const NOW: &str = "2026-03-05T10:00:00Z";

fn around(n: u8) -> Environment {
    let path = "/usr/local/bin:/usr/bin:/bin".into();
    let agent = "/nonexistent".into();
    Environment {
        home: PathBuf::from("/nonexistent"),
        user: "mia".to_owned(),
        vars: BTreeMap::from([
            ("PATH".into(), path),
            ("SSH_AUTH_SOCK".into(), agent),
            ("GIT_DIR".into(), "/nonexistent/.git".into()),
        ]),
        ssh: Some(PathBuf::from("ssh")),
        seed: [n; 32],
    }
}

async fn start(parent: &Path, n: u8) -> Fleet {
    Fleet::start(&around(n), parent, NOW.parse().unwrap()).await.unwrap()
}

/// The ordinary way in, with nobody to ask.
async fn connect(environment: &Environment, target: &ssh::Target) -> Link {
    let (limits, pacer) = (Limits::default(), Pacer::default());
    let connector = ssh::Connector::new(environment.clone(), limits, Arc::new(NoAsk), pacer);
    Link::Ssh(connector.connect(target).await.unwrap())
}

async fn on(fleet: &Fleet, i: usize) -> Link {
    let target = ssh::Target::new(&fleet.hosts()[i].name, None, Some(fleet.ssh_config())).unwrap();
    connect(fleet.environment(), &target).await
}

async fn run(link: &Link, command: &str) -> (String, String, Ending) {
    let mut pipe = link.open(command).await.unwrap();
    pipe.input.finish().await.unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        match pipe.output.recv().await.unwrap() {
            Chunk::Out(bytes) => out.extend_from_slice(&bytes),
            Chunk::Err(bytes) => err.extend_from_slice(&bytes),
            Chunk::Ended(ending) => {
                let text = |bytes| String::from_utf8(bytes).unwrap();
                return (text(out), text(err), ending);
            }
        }
    }
}

/// What comes back for a path: from here by the own machine's link, or through a host's.
async fn get(link: &Link, host: &Host, path: &str) -> String {
    let (name, port) = ("127.0.0.1".to_owned(), host.site.address().port());
    let mut stream = link.reach(&Endpoint::Tcp { host: name, port }).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn local(fleet: &Fleet) -> Link {
    Link::Local(crate::remote::local::Local::new(fleet.environment().clone(), "/".into()))
}

#[tokio::test]
async fn every_host_is_reached_and_serves_what_current_leads_to() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 1).await;
    for (i, host) in fleet.hosts().iter().enumerate() {
        let link = on(&fleet, i).await;
        let (out, _, _) = run(&link, &format!("readlink {}/current", host.root.display())).await;
        assert_eq!(out, "releases/20260304090000\n");
        let own = run(&link, "echo $HOME; git --version >/dev/null && echo $SSH_AUTH_SOCK").await.0;
        assert_eq!(own, format!("{}/hosts/{}/home\n\n", fleet.dir().display(), host.name));
        for link in [&link, &local(&fleet)] {
            let page = get(link, host, "/").await;
            assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("20260304090000"), "{page}");
            assert!(get(link, host, "/health").await.ends_with("ok, release 20260304090000\n"));
            assert!(get(link, host, "/style.css").await.contains("text/css"));
            for outside in ["/none", "/../site.conf", "/../../../../../../../etc/passwd", "/%2e%2e"]
            {
                assert!(get(link, host, outside).await.starts_with("HTTP/1.1 404 "), "{outside}");
            }
        }
    }
    fleet.close().await.unwrap();
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_page_closes_a_site_and_the_link_moves_it() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 2).await;
    let host = &fleet.hosts()[1];
    let link = on(&fleet, 1).await;
    let root = host.root.display();
    let page = "shared/system/maintenance.html";
    run(&link, &format!("cd {root}; echo '<p>Back soon' >{page}")).await;
    let closed = get(&link, host, "/").await;
    assert!(closed.starts_with("HTTP/1.1 503 ") && closed.contains("retry-after: "), "{closed}");
    assert!(closed.ends_with("<p>Back soon\n"), "{closed}");
    assert!(get(&link, host, "/health").await.starts_with("HTTP/1.1 200 "));
    assert!(get(&link, &fleet.hosts()[0], "/").await.starts_with("HTTP/1.1 200 "));
    run(&link, &format!("cd {root}; rm {page}; ln -s releases/20260301110000 n; mv -T n current"))
        .await;
    let older = get(&link, host, "/").await;
    assert!(older.starts_with("HTTP/1.1 200 ") && older.contains("20260301110000"), "{older}");
    run(&link, &format!("rm {root}/current")).await;
    assert!(get(&link, host, "/").await.starts_with("HTTP/1.1 404 "));
    assert!(get(&link, host, "/health").await.starts_with("HTTP/1.1 500 "));
}

#[tokio::test]
async fn the_past_is_as_deployui_would_have_left_it() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 3).await;
    let git = |text: &str| format!("cd {}; git {text}", fleet.repository().display());
    let log = run(&local(&fleet), &git("log --reverse --format='%H %s'")).await.0;
    let commits: Vec<(&str, &str)> = log.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(commits.len(), 5);
    for (i, host) in fleet.hosts().iter().enumerate() {
        let releases = host.root.join("releases");
        let mut names: Vec<String> = fs::read_dir(&releases)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["20260224110000", "20260301110000", "20260304090000"]);
        let records = fs::read_to_string(host.root.join(".deployui/releases.jsonl")).unwrap();
        let records: Vec<Record> =
            records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records.len(), 9);
        for (n, name) in names.iter().enumerate() {
            let revision = fs::read_to_string(releases.join(name).join("REVISION")).unwrap();
            assert_eq!(revision.trim(), commits[n].0);
            let good = records
                .iter()
                .find(|record| record.release == *name && record.event == RecordEvent::Good);
            assert_eq!(good.unwrap().revision.as_deref(), Some(revision.trim()));
        }
        let applied = host.root.join("shared/data/applied");
        let expect = (i == 0).then(|| "0001-breads\n".to_owned());
        assert_eq!(fs::read_to_string(applied).ok(), expect);
        let schema: &[String] = &records[8].schema;
        assert_eq!(schema, if i == 0 { &["0001-breads"][..] } else { &[] });
    }
}

#[tokio::test]
async fn the_migration_fails_until_it_is_mended_as_it_says() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 4).await;
    let (link, root) = (on(&fleet, 0).await, &fleet.hosts()[0].root);
    let repository = fleet.repository();
    // A release of the newest commit, as the recipe's steps make it.
    let (root, repository) = (root.display(), repository.display());
    let new = format!(
        "set -e; cd {root}; mkdir releases/new; git -C {repository} archive main | tar -xf - -C releases/new; \
         cd releases/new; git -C {repository} rev-parse main >REVISION; \
         ln -s {root}/shared/data data; ln -s {root}/shared/site.conf site.conf; OVEN=0 sh ./build"
    );
    let built = run(&link, &new).await;
    assert_eq!(built.2, Ending::Exit(0), "{}", built.1);
    let at = |command: &str| format!("cd {root}/releases/new; {command}");
    let pending = run(&link, &at("sh db/migrate pending | grep .")).await;
    assert_eq!((pending.0.as_str(), pending.2), ("0002-opening-hours\n", Ending::Exit(0)));
    let failed = run(&link, &at("sh db/migrate up")).await;
    assert_eq!(failed.2, Ending::Exit(1));
    insta::assert_snapshot!(failed.1.replace(&root.to_string(), "ROOT"), @r#"
       ERROR: column "hours" of table "shops" may not be empty: 3 rows have no value
       Nothing was changed.
       To mend it, say when the shops are open. Either
         edit (key O) and put  HOURS=8-18  before the command: it runs again with that;
         or add the line  HOURS=8-18  to ROOT/shared/site.conf
         and retry (key T): it is tried again.
    "#);
    let again = run(&link, &at("echo HOURS=8-18 >>../../shared/site.conf; sh db/migrate up")).await;
    assert_eq!(again.2, Ending::Exit(0), "{again:?}");
    let nothing = run(&link, &at("sh db/migrate pending | grep .")).await;
    assert_eq!(nothing.2, Ending::Exit(1));
    // The other way, on a database that was never migrated.
    let other = at("rm data/*; HOURS=9-17 sh db/migrate up && cat data/shops");
    let other = run(&link, &other).await;
    assert!(other.0.ends_with("station 9-17\n"), "{other:?}");
}

#[tokio::test]
async fn the_recipe_names_this_fleet() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 5).await;
    let text = fs::read_to_string(fleet.config()).unwrap();
    assert!(!text.lines().any(|line| line.contains('@') && line.contains("@\"")), "{text}");
    let recipe: toml::Table = text.parse().unwrap();
    assert_eq!(recipe["app"].as_str(), Some(APP));
    assert!(recipe["stages"].get(STAGE).is_some());
    for host in fleet.hosts() {
        let said = &recipe["hosts"][&host.name];
        assert_eq!(said["address"].as_str(), Some(&*host.ssh().to_string()));
        assert_eq!(said["root"].as_str(), host.root.to_str());
        let port = said["vars"]["port"].as_integer().unwrap();
        assert_eq!(host.url(), format!("http://127.0.0.1:{port}/"));
    }
    let guide = fleet.guide();
    let parent = parent.path().canonicalize().unwrap();
    // A name of an action in braces becomes its key, which is one letter.
    let cells = |line: &str| {
        let named: usize = line.split('{').skip(1).filter_map(|rest| rest.find('}')).sum();
        line.chars().count() - named - line.matches('{').count()
    };
    assert!(guide.iter().all(|line| line.contains(parent.to_str().unwrap()) || cells(line) <= 76));
    assert!(fleet.hosts().iter().all(|host| guide.join("\n").contains(&host.url())));
}

#[tokio::test]
async fn no_ssh_client_is_needed() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 6).await;
    let environment = Environment { ssh: None, ..fleet.environment().clone() };
    let host = &fleet.hosts()[2];
    let address = host.ssh().to_string();
    let target = ssh::Target::new(&host.name, Some(&address), None).unwrap();
    let link = connect(&environment, &target).await;
    assert_eq!(run(&link, "echo in").await.0, "in\n");
}

#[tokio::test]
async fn what_a_dead_process_left_is_removed_and_what_lives_is_not() {
    let parent = tempfile::tempdir().unwrap();
    let dead = parent.path().join("deployui-demo-dead");
    fs::create_dir_all(dead.join("deep")).unwrap();
    let other = parent.path().join("deployui-demonstration");
    fs::create_dir(&other).unwrap();
    let linked = parent.path().join("deployui-demo-link");
    std::os::unix::fs::symlink(&other, &linked).unwrap();
    let one = start(parent.path(), 7).await;
    assert!(!dead.exists());
    assert!(other.exists() && linked.is_symlink());
    let two = start(parent.path(), 8).await;
    assert!(one.config().exists(), "a living demo was removed");
    let (mode, dirs) = {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(one.dir()).unwrap().permissions().mode();
        (mode & 0o777, [one.dir().to_path_buf(), two.dir().to_path_buf()])
    };
    assert_eq!(mode, 0o700);
    drop((one, two));
    assert!(dirs.iter().all(|dir| !dir.exists()));
}

#[tokio::test]
async fn a_panic_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().to_path_buf();
    let panicked = tokio::spawn(async move {
        let fleet = start(&path, 9).await;
        assert!(fleet.dir().join("deploy.toml").exists());
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(panicked.await.unwrap_err().is_panic());
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn leaving_ends_what_runs_on_the_hosts() {
    let parent = tempfile::tempdir().unwrap();
    let fleet = start(parent.path(), 10).await;
    let link = on(&fleet, 0).await;
    let dir = fleet.dir().to_path_buf();
    let started = "cd /; setsid sh -c 'while :; do echo x >>\"$HOME/busy\"; sleep 1; done' >/dev/null 2>&1 & \
                   echo $!; until [ -s \"$HOME/busy\" ]; do :; done";
    let pid = run(&link, started).await.0;
    let proc = Path::new("/proc").join(pid.trim());
    assert_ne!(fs::read_to_string(proc.join("environ")).unwrap(), "");
    fleet.close().await.unwrap();
    // Whoever inherited it may take its time to bury it; the dead have no environment.
    assert_eq!(fs::read_to_string(proc.join("environ")).unwrap_or_default(), "");
    assert!(!dir.exists());
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let parent = tempfile::tempdir().unwrap();
    let mut bare = around(11);
    let bin = parent.path().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink("/bin/sh", bin.join("sh")).unwrap();
    bare.vars.insert("PATH".into(), bin.into());
    let now: Timestamp = NOW.parse().unwrap();
    let error = Fleet::start(&bare, parent.path(), now).await.unwrap_err();
    assert_eq!(error.to_string(), "the demo needs more than is here: git is not installed");
    let odd = parent.path().join("a \"b\"");
    fs::create_dir(&odd).unwrap();
    let error = Fleet::start(&around(12), &odd, now).await.unwrap_err();
    assert!(matches!(error, DemoError::Path(_)), "{error}");
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 2, "something was left");
}
