//! Real web servers on a host, as Debian has them: nginx, Apache, Caddy. They run as `nobody`, read
//! nothing but their own configuration, and are gone with the host.

#![expect(clippy::panic, reason = "test support")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::recipes::ROOT;
use crate::support::fleet::Fleet;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Web {
    Nginx,
    Apache,
    Caddy,
}

impl Web {
    /// What `deployui maintenance snippet` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Caddy => "caddy",
        }
    }

    /// Starts it on host `i`: files below `/static/` out of `current/public`, all else from the
    /// application. `snippet` is put where its comment says. Gives the port.
    pub(crate) fn start(self, fleet: &Fleet, i: usize, snippet: &str, application: u16) -> u16 {
        // Somebody else may take a port between its choice and its use.
        let mut said = String::new();
        for _ in 0..10 {
            let port = free_port();
            let text = self.config(port, snippet, application);
            let put = format!(
                "umask 022; rm -rf /srv/web && mkdir -p /srv/web/tmp && chown -R nobody /srv/web\n\
                 cat >/srv/web/conf <<'WEB'\n{text}\nWEB\ncd /srv/web\n{}",
                self.command()
            );
            let output = fleet.sh(i, &put);
            if output.status.success() {
                return port;
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            said += &fleet.read(i, "cat /srv/web/log 2>/dev/null || true");
            if !said.contains("in use") {
                break;
            }
        }
        panic!("{} does not start: {said}", self.name())
    }

    /// All three come back when the port is open, and fail where it cannot be.
    fn command(self) -> &'static str {
        match self {
            Self::Nginx => "nginx -e /srv/web/log -p /srv/web -c /srv/web/conf",
            Self::Apache => "apache2 -d /srv/web -f /srv/web/conf -k start",
            Self::Caddy => {
                "HOME=/srv/web setpriv --reuid nobody --regid nogroup --clear-groups \
                 caddy start --config /srv/web/conf --adapter caddyfile </dev/null >/srv/web/log 2>&1"
            }
        }
    }

    fn config(self, port: u16, snippet: &str, application: u16) -> String {
        match self {
            Self::Nginx => nginx(port, snippet, application),
            Self::Apache => apache(port, snippet, application),
            Self::Caddy => caddy(port, snippet, application),
        }
    }
}

fn nginx(port: u16, snippet: &str, application: u16) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|it| format!("{it}_temp_path /srv/web/tmp/{it};\n")).concat();
    format!(
        "user nobody nogroup;
worker_processes 1;
pid /srv/web/pid;
error_log /srv/web/log;
events {{ worker_connections 256; }}
http {{
{temporary}access_log off;
server {{
listen 127.0.0.1:{port};
root {ROOT}/current/public;
{snippet}
location /static/ {{ }}
location = /exactly {{ return 204; }}
location ~ \\.php$ {{ return 403; }}
location / {{ proxy_pass http://127.0.0.1:{application}; }}
}}
}}"
    )
}

fn apache(port: u16, snippet: &str, application: u16) -> String {
    let modules = [
        "mpm_event",
        "authz_core",
        "alias",
        "rewrite",
        "headers",
        "mime",
        "dir",
        "proxy",
        "proxy_http",
    ];
    let modules = modules
        .map(|it| format!("LoadModule {it}_module /usr/lib/apache2/modules/mod_{it}.so\n"))
        .concat();
    format!(
        "{modules}ServerName shop.example.com
User nobody
Group nogroup
PidFile /srv/web/pid
ErrorLog /srv/web/log
DefaultRuntimeDir /srv/web
TypesConfig /dev/null
Listen 127.0.0.1:{port}
StartServers 1
<Directory />
Require all denied
</Directory>
<VirtualHost 127.0.0.1:{port}>
DocumentRoot {ROOT}/current/public
<Directory {ROOT}>
Require all granted
</Directory>
{snippet}
ProxyPass /static/ !
ProxyPass / http://127.0.0.1:{application}/
</VirtualHost>"
    )
}

fn caddy(port: u16, snippet: &str, application: u16) -> String {
    format!(
        "{{
admin off
auto_https off
}}
http://:{port} {{
bind 127.0.0.1
{snippet}
handle /static/* {{
root * {ROOT}/current/public
file_server
}}
handle {{
reverse_proxy 127.0.0.1:{application}
}}
}}"
    )
}

/// An application behind a web server. It says no to `/busy` by a 503 of its own.
pub(crate) struct Application {
    pub(crate) port: u16,
    asked: Arc<AtomicUsize>,
}

impl Application {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                // A web server that has gone wants no answer.
                drop(answer(stream));
            }
        });
        Self { port, asked }
    }

    /// How many requests it got.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length])?;
    let status = if first.contains(" /busy ") { "503 Busy" } else { "200 OK" };
    let body = if first.starts_with("HEAD") { "" } else { "the application\n" };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: 16\r\nConnection: close\r\n\r\n");
    reader.get_mut().write_all(format!("{head}{body}").as_bytes())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
