//! What visitors get, and the web server that they reach.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

use super::support::fleet::Fleet;

/// An answer to a visitor.
#[derive(PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.head, self.body)
    }
}

/// What a visitor of this port gets.
pub(crate) fn get(port: u16) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\nHost: shop.example.org\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A port of 127.0.0.1 that nobody has: hosts share the machine's. None that the kernel hands out by
/// itself, and none of those that the hosts' sshd listen on.
pub(crate) fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(process::id() % 79).unwrap() * 100;
    loop {
        let port = 12_000 + first + NEXT.fetch_add(1, Ordering::Relaxed) % 100;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Starts nginx on host `i` as its user, listening on this port, with this in its `server`.
pub(crate) fn nginx(fleet: &Fleet, i: usize, port: u16, server: &str) {
    let config = format!(
        "pid /srv/nginx/pid;
         error_log /srv/nginx/error.log;
         events {{}}
         http {{
           access_log /srv/nginx/access.log;
           client_body_temp_path /srv/nginx/body;
           proxy_temp_path /srv/nginx/proxy;
           fastcgi_temp_path /srv/nginx/fastcgi;
           uwsgi_temp_path /srv/nginx/uwsgi;
           scgi_temp_path /srv/nginx/scgi;
           server {{
             listen 127.0.0.1:{port};
             {server}
           }}
         }}\n"
    );
    super::machines::put(fleet, i, "/srv/nginx/nginx.conf", &config);
    let start = "PATH=$PATH:/usr/sbin nginx -e /srv/nginx/error.log -c /srv/nginx/nginx.conf";
    super::machines::deploy(fleet, i, start);
}
