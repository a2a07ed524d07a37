//! `deployui maintenance snippet`: what a web server needs to give the page to visitors. It is only
//! printed; the configuration of a web server is its owner's.

use super::{
    super::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load, say,
    },
    args::Server,
    maintenance::no_page,
};
use crate::plan;

/// So long visitors and robots are told to stay away, in seconds.
const RETRY_SECS: u32 = 600;

/// Prints the configuration for the first host that has a page; none is connected.
pub(super) fn print(
    around: &Surroundings,
    global: &Global,
    server: Server,
    host: Option<&str>,
) -> Result<Exit, Stop> {
    let recipe = load::recipe(global)?;
    let mut request = headless::plain_request(around, global, "")?;
    request.hosts = host.map(|host| vec![host.to_owned()]);
    let survey = plan::survey(&recipe, &request).map_err(|found| load::faults(&found))?;
    let mut paths: Vec<&str> = survey.machines.iter().filter_map(|it| it.page.as_deref()).collect();
    let Some(path) = paths.first().copied() else { return Err(no_page()) };
    paths.dedup();
    if paths.len() > 1 {
        say::err("warning: hosts have the page in different places; say --host HOST for another");
    }
    let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !path.starts_with('/') || !path.chars().all(plain) {
        let what = format!("no configuration is written with the path `{}`", path.escape_debug());
        return Err(Stop::new(Exit::Usage, what)
            .hint("the page needs an absolute path of letters, digits, `/`, `.`, `_` and `-`"));
    }
    say::raw(text(server, dir, file).as_bytes());
    Ok(Exit::Done)
}

fn text(server: Server, dir: &str, file: &str) -> String {
    match server {
        Server::Nginx => nginx(dir, file),
        Server::Apache => apache(dir, file),
        Server::Caddy => caddy(dir, file),
    }
}

fn nginx(dir: &str, file: &str) -> String {
    // The page is an ordinary location, since a named one answers a POST with 405. nginx tries the
    // conditions of the server again for it, hence the second one.
    format!(
        "# nginx: inside server {{ }}, before every location. The file is looked for at each request:
# no reload is needed when it comes or goes.
set $deployui_closed 0;
if (-f {dir}/{file}) {{
    set $deployui_closed 1;
}}
if ($uri = /deployui-maintenance) {{
    set $deployui_closed 0;
}}
if ($deployui_closed) {{
    return 503;
}}
error_page 503 /deployui-maintenance;
location = /deployui-maintenance {{
    internal;
    alias {dir}/{file};
    default_type text/html;
    add_header Retry-After {RETRY_SECS} always;
    add_header Cache-Control no-store always;
}}
"
    )
}

fn apache(dir: &str, file: &str) -> String {
    // The page is found by a rewrite, since an Alias is never asked where ProxyPass takes everything.
    // Visitors cannot ask for it by itself: the status is there only while an error is answered.
    format!(
        "# Apache 2.4: inside <VirtualHost>, before every RewriteRule; needs mod_rewrite and mod_headers. The
# file is looked for at each request: no reload is needed when it comes or goes.
ErrorDocument 503 /deployui-maintenance
<Directory {dir}>
    <Files {file}>
        Require all granted
        ForceType text/html
        Header always set Retry-After {RETRY_SECS}
        Header always set Cache-Control no-store
    </Files>
</Directory>
RewriteEngine On
RewriteCond %{{ENV:REDIRECT_STATUS}} =503
RewriteRule ^/deployui-maintenance$ {dir}/{file} [END]
RewriteCond %{{ENV:REDIRECT_STATUS}} !=503
RewriteCond {dir}/{file} -f
RewriteRule ^ - [R=503,END]
"
    )
}

fn caddy(dir: &str, file: &str) -> String {
    // An error, since only an error page is given for a POST, too. Caddy tries a handle with a path
    // before one without, wherever they stand: so the path is taken away first. A matcher's name may
    // be given only once, in both blocks together.
    format!(
        "# Caddy 2: inside the site's block, before every other handle. The file is looked for at each
# request: no reload is needed when it comes or goes.
@deployui_closed file {{
    root {dir}
    try_files /{file}
}}
rewrite @deployui_closed /deployui-maintenance
handle @deployui_closed {{
    error 503
}}
handle_errors {{
    @deployui_page file {{
        root {dir}
        try_files /{file}
    }}
    handle @deployui_page {{
        root * {dir}
        rewrite * /{file}
        request_header -If-None-Match
        request_header -If-Modified-Since
        request_header -Range
        header Retry-After {RETRY_SECS}
        header Cache-Control no-store
        file_server
    }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_web_server_needs() {
        let all = [Server::Nginx, Server::Apache, Server::Caddy];
        let all = all.map(|server| text(server, "/srv/shop/shared/system", "maintenance.html"));
        insta::assert_snapshot!(all.join("\n"));
    }
}
