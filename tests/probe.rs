//! What visitors get, asked through real connections: OpenSSH hosts, also one that forwards nothing,
//! and the demo's fleet.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deployui::demo;
use deployui::driver::Client;
use deployui::driver::probe::{self, Get};
use deployui::model::{MAINTENANCE_MARK, Maintenance};
use deployui::remote::ssh::{Connector, Target};
use deployui::remote::{Chunk, Ending, Environment, Limits, Link, NoAsk, Pacer, ReachError};
use deployui::script::quote;
use support::fleet::Fleet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn environment(home: &Path) -> Environment {
    let path = "/usr/local/bin:/usr/bin:/bin".into();
    Environment {
        home: home.to_path_buf(),
        user: "op".to_owned(),
        vars: BTreeMap::from([("PATH".into(), path)]),
        ssh: Some(PathBuf::from("ssh")),
        seed: [4; 32],
    }
}

async fn connect(environment: &Environment, config: PathBuf, name: &str) -> Link {
    let (limits, pacer) = (Limits::default(), Pacer::default());
    let connector = Connector::new(environment.clone(), limits, Arc::new(NoAsk), pacer);
    let target = Target::new(name, None, Some(config)).unwrap();
    Link::Ssh(connector.connect(&target).await.unwrap())
}

/// A web server of this machine, which the hosts see as theirs: it always has the page up.
async fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") && stream.read_buf(&mut asked).await.unwrap() > 0 {}
            let ours = String::from_utf8(asked).unwrap().to_lowercase().contains("host: shop\r\n");
            let page = if ours { MAINTENANCE_MARK } else { "another site" };
            let head = "HTTP/1.1 503 Closed\r\nRetry-After: 9\r\nConnection: close\r\n\r\n";
            stream.write_all(format!("{head}{page}").as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}/")
}

/// What the words of a command print on a host.
async fn run(link: &Link, words: &[String]) -> (u32, Vec<u8>, String) {
    let words: Vec<String> = words.iter().map(|word| quote(word).unwrap()).collect();
    let mut pipe = link.open(&words.join(" ")).await.unwrap();
    pipe.input.finish().await.unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    loop {
        match pipe.output.recv().await.unwrap() {
            Chunk::Out(bytes) => out.extend_from_slice(&bytes),
            Chunk::Err(bytes) => err.extend_from_slice(&bytes),
            Chunk::Ended(Ending::Exit(status)) => {
                return (status, out, String::from_utf8(err).unwrap());
            }
            Chunk::Ended(ending) => panic!("{ending:?}"),
        }
    }
}

#[tokio::test]
async fn real_hosts_are_asked_through_their_connections_or_by_curl() {
    let fleet = Fleet::up(2, &["2:no-forwarding"]);
    let environment = environment(fleet.dir());
    let url = site().await;
    let get = |host: &str| Get { url: url.clone(), host: Some(host.to_owned()), ..Get::default() };
    let on = Maintenance::On(Vec::new());
    let client = Client::default();

    let open = connect(&environment, fleet.ssh_config(), "h1").await;
    assert_eq!(client.probe(&open, &get("shop")).await.unwrap().maintenance, on);
    assert_eq!(
        client.probe(&open, &get("other")).await.unwrap().maintenance,
        Maintenance::Off(503),
        "an application's own 503 is no maintenance"
    );

    let shut = connect(&environment, fleet.ssh_config(), "h2").await;
    let error = client.probe(&shut, &get("shop")).await.unwrap_err();
    assert!(matches!(error, ReachError::Forbidden(_)), "{error}");
    for (host, expect) in [("shop", on), ("other", Maintenance::Off(503))] {
        let (status, out, err) = run(&shut, &probe::curl(&get(host)).unwrap()).await;
        assert_eq!(probe::curl_answer(status, &out, &err), (expect, Vec::new()), "{err}");
    }
    let nobody = Get { url: "http://127.0.0.1:1/".to_owned(), ..Get::default() };
    let (status, out, err) = run(&shut, &probe::curl(&nobody).unwrap()).await;
    let (maintenance, _) = probe::curl_answer(status, &out, &err);
    assert!(
        matches!(&maintenance, Maintenance::Unknown(why) if why.contains("curl: (7)")),
        "{maintenance:?}"
    );
}

#[tokio::test]
async fn the_demo_shows_what_the_page_does() {
    let parent = tempfile::tempdir().unwrap();
    let now = "2026-03-05T10:00:00Z".parse().unwrap();
    let around = environment(parent.path());
    let fleet = demo::Fleet::start(&around, parent.path(), now).await.unwrap();
    let client = Client::default();
    for host in fleet.hosts() {
        let link = connect(fleet.environment(), fleet.ssh_config(), &host.name).await;
        let get = Get { url: host.url(), ..Get::default() };
        let page = host.root.join("shared/system/maintenance.html");
        let off = client.probe(&link, &get).await.unwrap();
        fs::write(&page, format!("<!doctype html>{MAINTENANCE_MARK}<p>Back soon")).unwrap();
        let on = client.probe(&link, &get).await.unwrap();
        fs::remove_file(&page).unwrap();
        let again = client.probe(&link, &get).await.unwrap();
        assert_eq!(
            [off.maintenance, on.maintenance, again.maintenance],
            [Maintenance::Off(200), Maintenance::On(Vec::new()), Maintenance::Off(200)]
        );
        assert!(off.odd.is_empty() && on.odd.is_empty());
    }
    fleet.close().await.unwrap();
}
