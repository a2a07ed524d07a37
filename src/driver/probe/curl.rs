//! The same question asked by curl on the host, where the connection forwards nothing.

use hyper::{
    HeaderMap,
    header::{HeaderName, HeaderValue},
};

use super::{Get, TIME_MAX, judge::judge, redirect};
use crate::{
    driver::http::{self, Address, BODY_BYTES_MAX},
    model::Maintenance,
};

/// curl's exit status when the one who reads its output has had enough (curl(1), EXIT CODES).
const WRITE_ERROR: u32 = 23;

/// curl's exit status for a certificate that is not trusted or not for this name.
const CERTIFICATE: u32 = 60;

/// The words of a curl command that prints the answer with its headers, each to be quoted by the
/// caller. Whoever runs it reads no more than 128 KiB of what it prints. `None` where the URL cannot
/// be asked.
#[must_use]
pub fn curl(get: &Get) -> Option<Vec<String>> {
    let address = Address::read(&get.url).ok()?;
    let limit = TIME_MAX.as_secs().to_string();
    let mut words: Vec<String> = [
        "curl",
        "--disable", // no curlrc; must come first
        "--silent",
        "--show-error",
        "--include",
        "--globoff",
        "--http1.1",
        "--noproxy",
        "*",
        "--user-agent",
        http::USER_AGENT,
        "--max-time",
        &limit,
    ]
    .map(str::to_owned)
    .into();
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    if let Some(socket) = &get.socket {
        option("--unix-socket", socket.clone());
    }
    option("--header", "Cache-Control: no-cache".to_owned());
    let mut url = get.url.clone();
    if let Some(host) = &get.host {
        option("--header", format!("Host: {host}"));
        if address.secure {
            // The name must be in the URL for curl to ask for it and check the certificate with it.
            let to = if address.host.contains(':') {
                format!("[{}]", address.host)
            } else {
                address.host.clone()
            };
            option("--connect-to", format!("::{to}:{}", address.port));
            url = format!("https://{}:{}{}", named(host), address.port, address.path);
        }
    }
    for (name, value) in &get.headers {
        option("--header", format!("{name}: {value}"));
    }
    words.extend(["--".to_owned(), url]);
    Some(words)
}

fn named(host: &str) -> String {
    let name = http::name(host);
    if name.contains(':') { format!("[{name}]") } else { name.to_owned() }
}

/// What curl's output means: its exit status, what it printed, and what it complained of. Oddities
/// come second, as in [`super::Seen`].
#[must_use]
pub fn curl_answer(status: u32, out: &[u8], err: &str) -> (Maintenance, Vec<String>) {
    let said = err.lines().next().unwrap_or_default();
    if status == CERTIFICATE {
        let why = format!("curl on the host does not trust the certificate: {said}");
        return (Maintenance::Unknown(why), Vec::new());
    }
    if status != 0 && status != WRITE_ERROR {
        let why = match (status, said) {
            (127, _) => "the host has no curl, and the connection forwards nothing".to_owned(),
            (_, "") => format!("curl on the host ended with exit {status}"),
            (_, said) => format!("curl on the host: {said}"),
        };
        return (Maintenance::Unknown(why), Vec::new());
    }
    match answer(out) {
        None => {
            let why = "curl on the host printed no HTTP answer".to_owned();
            (Maintenance::Unknown(why), Vec::new())
        }
        Some((status, headers, body)) => {
            let body = &body[..body.len().min(BODY_BYTES_MAX)];
            let odd = redirect(status, &headers).into_iter().collect();
            (judge(status, &headers, body), odd)
        }
    }
}

/// The last answer of those that came: interim ones (100, 103) stand before it.
fn answer(mut out: &[u8]) -> Option<(u16, HeaderMap, &[u8])> {
    loop {
        let end = memchr::memmem::find(out, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&out[..end]);
        out = &out[end + 4..];
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        words.next().filter(|version| version.starts_with("HTTP/"))?;
        let status: u16 = words.next()?.parse().ok()?;
        if (100..200).contains(&status) {
            continue;
        }
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::try_from(value.trim()).ok()?))
        });
        return Some((status, headers.collect(), out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curl_is_asked_the_same() {
        let get = Get {
            url: "https://127.0.0.1:8443/x?y".to_owned(),
            host: Some("shop.example.com".to_owned()),
            headers: vec![("Cookie".to_owned(), "a b".to_owned())],
            socket: None,
        };
        let words = curl(&get).unwrap();
        let shown = words[13..].join(" | ");
        insta::assert_snapshot!(shown, @"--header | Cache-Control: no-cache | --header | Host: shop.example.com | --connect-to | ::127.0.0.1:8443 | --header | Cookie: a b | -- | https://shop.example.com:8443/x?y");
        assert_eq!(curl(&Get { url: "nonsense".to_owned(), ..Get::default() }), None);
    }

    #[test]
    fn what_curl_prints_is_judged() {
        let on = Maintenance::On(Vec::new());
        let page = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 503 x\r\nretry-after: 9\r\n\r\n\
                     \n<!-- deployui:maintenance -->";
        assert_eq!(curl_answer(0, page, ""), (on.clone(), Vec::new()));
        assert_eq!(curl_answer(23, page, "curl: (23) Failed writing body").0, on);
        let (off, odd) = curl_answer(0, b"HTTP/1.1 301\r\nLocation: /there\r\n\r\n", "");
        assert_eq!(off, Maintenance::Off(301));
        assert_eq!(odd, ["redirects to /there, which was not followed"]);
        for (status, out, err, why) in [
            (
                127,
                "",
                "sh: 1: curl: not found",
                "the host has no curl, and the connection forwards nothing",
            ),
            (7, "", "curl: (7) Failed to connect", "curl on the host: curl: (7) Failed to connect"),
            (
                60,
                "",
                "curl: (60) expired",
                "curl on the host does not trust the certificate: curl: (60) expired",
            ),
            (28, "", "", "curl on the host ended with exit 28"),
            (0, "hello\r\n\r\n", "", "curl on the host printed no HTTP answer"),
        ] {
            let expect = Maintenance::Unknown(why.to_owned());
            assert_eq!(curl_answer(status, out.as_bytes(), err).0, expect);
        }
    }
}
