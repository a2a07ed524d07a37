//! What `maintenance snippet` prints, in the web servers that it is for.

use deployui::model::MAINTENANCE_MARK;
use serde_json::{Value, json};

use crate::{
    recipes::{Project, ROOT},
    shop::{head, shop},
    visitor::{Answer, ask},
    web::{Application, Web},
};

/// How visitors come, and what the site says to them.
const VISITS: [(&str, &str, u16, &str); 8] = [
    ("GET", "/", 200, "the application"),
    ("GET", "/deep/path/of%20it/?a=b&c=%2F", 200, "the application"),
    ("POST", "/orders", 200, "the application"),
    ("PUT", "/orders/1", 200, "the application"),
    ("DELETE", "/orders/1", 200, "the application"),
    ("HEAD", "/", 200, ""),
    ("GET", "/static/style.css", 200, "the later style"),
    ("GET", "/busy", 503, "the application"),
];

/// What browsers and caches add to a request.
const HEADERS: [&[&str]; 3] = [
    &[],
    &["If-Modified-Since: Fri, 01 Jan 2999 00:00:00 GMT", "If-None-Match: *"],
    &["Range: bytes=0-9", "Accept-Encoding: gzip, br", "Accept: application/json"],
];

fn check(web: Web) {
    let application = Application::start();
    let recipe = |port: u16, path: &str| {
        format!(
            "{}[maintenance]\npath = \"{{{{ layout.shared }}}}/system/maintenance.html\"
             probe = {{ url = \"http://127.0.0.1:{port}{path}\", host = \"shop.example.com\" }}
             [pipelines]\ndeploy = [\"release\", \"fetch\", \"publish\"]\n",
            head(1)
        )
    };
    let shop = shop(1, &[], &recipe(1, "/"));
    shop.release(0, &["deploy"]);
    let snippet = shop.must(0, &["maintenance", "snippet", web.name()]).stdout;
    let port = web.start(&shop.fleet, 1, &snippet, application.port);
    shop.recipe(&recipe(port, "/"));

    open(port);
    assert_eq!(visitors(&shop, 0), json!("off"));
    for _ in 0..2 {
        let on = shop.document(0, &["maintenance", "on", "--reason", "a new disk"]);
        assert_eq!(
            (&on["hosts"][0]["page"], &on["hosts"][0]["maintenance"]),
            (&json!("up"), &json!("on"))
        );
        let before = application.asked();
        closed(port);
        assert_eq!(application.asked(), before, "a visitor came through");
        assert_eq!(visitors(&shop, 0), json!("on"));
        not_beside_the_page(&shop, port);
        let off = shop.document(0, &["maintenance", "off"]);
        assert_eq!(off["hosts"][0]["maintenance"], json!("off"), "{off}");
        open(port);
    }
    // The application's own 503 is no maintenance.
    shop.recipe(&recipe(port, "/busy"));
    assert_eq!(visitors(&shop, 0), json!("off"));
    let status = shop.document(0, &["status"]);
    assert_eq!(status["hosts"][0]["maintenance"], json!("off"), "{status}");
}

/// What `maintenance status` and `status` say alike, and that they see nothing odd.
fn visitors(shop: &Project, code: i32) -> Value {
    let status = shop.document(code, &["status"]);
    assert_eq!(status["hosts"][0]["drift"], json!([]), "{status}");
    let page = shop.document(code, &["maintenance", "status"]);
    assert_eq!(page["hosts"][0]["maintenance"], status["hosts"][0]["maintenance"], "{page}");
    page["hosts"][0]["maintenance"].clone()
}

fn open(port: u16) {
    for (method, path, status, body) in VISITS {
        let answer = ask(port, method, path, &[]).unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(answer.body.starts_with(body), "{method} {path}: {answer:?}");
        assert_eq!(answer.header("retry-after"), None, "{method} {path}: {answer:?}");
    }
}

fn closed(port: u16) {
    let page = ask(port, "GET", "/", &[]).unwrap().body;
    assert!(page.contains(MAINTENANCE_MARK) && page.contains("a new disk"), "{page}");
    for (method, path, ..) in VISITS {
        for more in HEADERS {
            let answer = ask(port, method, path, more).unwrap();
            is_closed(&answer, method, &page, &format!("{method} {path} {more:?}"));
        }
    }
}

/// The whole page, which nobody may keep.
fn is_closed(answer: &Answer, method: &str, page: &str, what: &str) {
    assert_eq!(answer.status, 503, "{what}: {answer:?}");
    assert_eq!(answer.header("retry-after"), Some("600"), "{what}: {answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}: {answer:?}");
    let kind = answer.header("content-type");
    assert!(kind.is_some_and(|kind| kind.starts_with("text/html")), "{what}: {answer:?}");
    let body = if method == "HEAD" { "" } else { page };
    assert_eq!(answer.body, body, "{what}");
}

/// Nobody gets what lies in the page's directory, nor the page as if it were one of the site.
fn not_beside_the_page(shop: &Project, port: u16) {
    shop.on(1, &format!("echo private >{ROOT}/shared/system/private.html"));
    for path in [
        "/deployui-maintenance",
        "/deployui-maintenance/",
        "/deployui-maintenance/maintenance.html",
        "/deployui-maintenance/private.html",
        "/maintenance.html",
        "/private.html",
    ] {
        let answer = ask(port, "GET", path, &[]).unwrap();
        assert!([404, 503].contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.body.contains("private\n"), "{path}: {answer:?}");
    }
}

#[test]
fn nginx() {
    check(Web::Nginx);
}

#[test]
fn apache() {
    check(Web::Apache);
}

#[test]
fn caddy() {
    check(Web::Caddy);
}
