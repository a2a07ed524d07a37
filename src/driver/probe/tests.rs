//! Probes from this machine, with and without encryption. `tests/probe.rs` has them over SSH.

use std::{collections::BTreeMap, path::PathBuf};

use hyper::Response;

use super::*;
use crate::{
    driver::http::tests::{authority, serve, serve_at},
    remote::{Environment, local::Local},
};

fn link() -> Link {
    let environment = Environment {
        home: PathBuf::from("/"),
        user: "op".to_owned(),
        vars: BTreeMap::new(),
        ssh: None,
        seed: [0; 32],
    };
    Link::Local(Local::new(environment, PathBuf::from("/")))
}

fn page() -> Response<Full<Bytes>> {
    let page = format!("<!doctype html>{}", crate::model::MAINTENANCE_MARK);
    Response::builder().status(503).header("Retry-After", "9").body(page.into()).unwrap()
}

async fn seen(client: &Client, get: &Get) -> Seen {
    client.probe(&link(), get).await.unwrap()
}

fn at(url: String) -> Get {
    Get { url, ..Get::default() }
}

#[tokio::test]
async fn what_visitors_get_is_asked_as_a_visitor_asks() {
    let (address, asked) = serve(false, page).await;
    let get = Get {
        host: Some("shop.example.com".to_owned()),
        headers: vec![("Cookie".to_owned(), "a=b".to_owned())],
        ..at(format!("http://{address}/shop?x=1"))
    };
    let seen = seen(&Client::default(), &get).await;
    assert_eq!((seen.maintenance, seen.odd), (Maintenance::On(Vec::new()), Vec::new()));
    let asked = asked.lock().unwrap().join("\n");
    insta::assert_snapshot!(asked.replace(env!("CARGO_PKG_VERSION"), "VERSION"), @"
    GET /shop?x=1
    host: shop.example.com
    user-agent: deployui/VERSION
    accept-encoding: identity
    cache-control: no-cache
    connection: close
    cookie: a=b
    ");
}

#[tokio::test]
async fn a_unix_socket_is_asked_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    serve_at(&path, page);
    let socket = Some(path.to_str().unwrap().to_owned());
    let get = Get { socket, ..at("http://localhost/".to_owned()) };
    assert_eq!(seen(&Client::default(), &get).await.maintenance, Maintenance::On(Vec::new()));
}

#[tokio::test]
async fn a_redirect_is_said_and_not_followed() {
    fn away() -> Response<Full<Bytes>> {
        let away = Response::builder().status(302).header("Location", "/in");
        away.body(Full::default()).unwrap()
    }
    let (address, asked) = serve(false, away).await;
    let seen = seen(&Client::default(), &at(format!("http://{address}"))).await;
    assert_eq!(seen.maintenance, Maintenance::Off(302));
    assert_eq!(seen.odd, ["redirects to /in, which was not followed"]);
    let requests = asked.lock().unwrap().iter().filter(|line| line.starts_with("GET ")).count();
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn only_the_beginning_of_a_page_is_read() {
    fn long(mark_at: usize) -> Response<Full<Bytes>> {
        let page = " ".repeat(mark_at) + crate::model::MAINTENANCE_MARK + &" ".repeat(30 << 20);
        Response::new(page.into())
    }
    let client = Client::default();
    let (address, _) = serve(false, || long(1000)).await;
    let near = seen(&client, &at(format!("http://{address}"))).await;
    assert!(matches!(near.maintenance, Maintenance::On(_)), "{near:?}");
    let (address, _) = serve(false, || long(64 << 10)).await;
    let far = seen(&client, &at(format!("http://{address}"))).await;
    assert_eq!(far.maintenance, Maintenance::Off(200));
}

#[tokio::test]
async fn a_wrong_certificate_is_said_and_hides_nothing() {
    let (address, _) = serve(true, page).await;
    let ours = Client::trusting([authority()]);
    let get = |host: Option<&str>| Get {
        host: host.map(str::to_owned),
        ..at(format!("https://{address}/"))
    };
    let on = Maintenance::On(Vec::new());
    // The name is the header's, also with a port.
    for host in ["shop.example.com", "shop.example.com:8443"] {
        let right = seen(&ours, &get(Some(host))).await;
        assert_eq!((right.maintenance, right.odd), (on.clone(), Vec::new()));
    }
    for (client, host, fault) in [
        (&ours, Some("other.example.com"), "certificate for other.example.com: invalid peer"),
        (&ours, None, "certificate for 127.0.0.1: invalid peer"),
        (&Client::trusting([]), Some("shop.example.com"), "no certificate authorities"),
        (&Client::default(), Some("shop.example.com"), "certificate for shop.example.com"),
    ] {
        let wrong = seen(client, &get(host)).await;
        assert_eq!(wrong.maintenance, on, "{:?}", wrong.odd);
        assert!(wrong.odd.len() == 1 && wrong.odd[0].contains(fault), "{:?}", wrong.odd);
    }
}

#[tokio::test]
async fn no_answer_is_unknown_and_says_why() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = Client::default();
    let hangs_up = tokio::spawn(async move { drop(listener.accept().await) });
    for (url, why) in [
        (format!("http://{address}"), "no HTTP answer"),
        ("http://127.0.0.1:1".to_owned(), "the host cannot connect to it"),
        ("ftp://127.0.0.1".to_owned(), "must begin with http"),
    ] {
        match seen(&client, &at(url.clone())).await.maintenance {
            Maintenance::Unknown(said) => assert!(said.contains(why), "{url}: {said}"),
            other @ (Maintenance::On(_) | Maintenance::Off(_)) => panic!("{url}: {other:?}"),
        }
    }
    hangs_up.await.unwrap();
    let (plain, _) = serve(false, page).await;
    let other = seen(&client, &at(format!("https://{plain}"))).await;
    assert!(matches!(&other.maintenance, Maintenance::Unknown(why) if why.contains("encrypted")));
    let bad = Get { headers: vec![("a\nb".into(), "c".into())], ..at(format!("http://{plain}")) };
    let other = seen(&client, &bad).await;
    assert!(matches!(&other.maintenance, Maintenance::Unknown(why) if why.contains("request")));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_five_seconds() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = seen(&Client::default(), &at(format!("http://{address}"))).await;
    assert_eq!(seen.maintenance, Maintenance::Unknown("no answer within 5 s".to_owned()));
}
