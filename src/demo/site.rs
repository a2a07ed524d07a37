//! A host's web server: the files of whatever `current` leads to, or the maintenance page.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    fs,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};

/// Connections that are served at once; more wait.
const CONNECTIONS_MAX: usize = 64;

/// As long as a client gets to send its request.
const REQUEST_MAX: Duration = Duration::from_secs(30);

/// Wait after a connection that could not be taken, usually for want of descriptors.
const BREATHER: Duration = Duration::from_millis(100);

/// Seconds after which visitors may try again during maintenance.
const RETRY_AFTER_SECS: &str = "120";

/// The page's place below the root.
const PAGE: &str = "shared/system/maintenance.html";

/// A running web server. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Site {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Site {
    /// Serves the site of `root` on a free port of 127.0.0.1.
    pub(super) async fn start(root: PathBuf) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(accept(listener, Arc::new(root)));
        Ok(Self { address, serving })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn accept(listener: TcpListener, root: Arc<PathBuf>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    // Ends every connection with itself.
    let mut open = JoinSet::new();
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let root = Arc::clone(&root);
                open.spawn(async move {
                    serve(stream, root).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the demo's web server could not take a connection");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, root: Arc<PathBuf>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let root = Arc::clone(&root);
        async move { Ok::<_, Infallible>(answer(&root, request.method(), request.uri().path()).await) }
    });
    // How a visitor leaves is of no interest.
    drop(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(REQUEST_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .await,
    );
}

/// The answer to one request. The link and the page are looked at anew each time.
async fn answer(root: &Path, method: &Method, path: &str) -> Response<Full<Bytes>> {
    if method != Method::GET && method != Method::HEAD {
        return reply(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "only GET and HEAD\n");
    }
    if path == "/health" {
        return health(root).await;
    }
    if let Ok(page) = fs::read(root.join(PAGE)).await {
        let mut closed = reply(StatusCode::SERVICE_UNAVAILABLE, "text/html", page);
        closed.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECS));
        return closed;
    }
    match file(root, path).await {
        Some((kind, text)) => reply(StatusCode::OK, kind, text),
        None => reply(StatusCode::NOT_FOUND, "text/plain", "there is no such page\n"),
    }
}

/// Which release is served: asked by deployui, so it is answered during maintenance too.
async fn health(root: &Path) -> Response<Full<Bytes>> {
    let current = fs::canonicalize(root.join("current")).await.ok();
    let index = current.as_ref().map(|current| current.join("public/index.html"));
    let is_whole = match &index {
        Some(index) => fs::metadata(index).await.is_ok_and(|index| index.is_file()),
        None => false,
    };
    let release = current.as_deref().and_then(Path::file_name).filter(|_| is_whole);
    match release {
        Some(release) => {
            let words = format!("ok, release {}\n", release.to_string_lossy());
            reply(StatusCode::OK, "text/plain", words)
        }
        None => reply(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "no whole release\n"),
    }
}

/// A file of the release that is served, with its type; only from within that release.
async fn file(root: &Path, path: &str) -> Option<(&'static str, Vec<u8>)> {
    let public = fs::canonicalize(root.join("current/public")).await.ok()?;
    let mut wanted = public.clone();
    wanted.extend(path.split('/').filter(|part| !part.is_empty() && *part != "."));
    let mut wanted = fs::canonicalize(wanted).await.ok()?;
    if fs::metadata(&wanted).await.ok()?.is_dir() {
        wanted = fs::canonicalize(wanted.join("index.html")).await.ok()?;
    }
    if !wanted.starts_with(&public) {
        return None;
    }
    let kind = match wanted.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    };
    Some((kind, fs::read(wanted).await.ok()?))
}

fn reply(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
