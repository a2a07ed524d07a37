//! One HTTP request over any stream: what probes and webhooks stand on.

mod address;
#[cfg(test)]
pub(super) mod tests;
mod tls;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::OnceCell,
    task::JoinSet,
};
use tokio_rustls::rustls::RootCertStore;

pub(super) use address::{Address, name};
pub(super) use tls::Trust;

/// Bytes read of a body; the rest is left.
pub(super) const BODY_BYTES_MAX: usize = 64 << 10;

/// Bytes of an answer's status line and headers, at most.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// How this program names itself to web servers.
pub(super) const USER_AGENT: &str = concat!("deployui/", env!("CARGO_PKG_VERSION"));

/// Makes HTTP requests. Cheap to keep; the machine's certificate authorities are read when the
/// first encrypted request is made.
#[derive(Debug, Default)]
pub struct Client {
    roots: OnceCell<Arc<RootCertStore>>,
}

/// An answer, its body cut to [`BODY_BYTES_MAX`].
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// What is wrong with the certificate, where that was to be noted.
    pub(super) certificate: Option<String>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum HttpError {
    /// No encrypted connection.
    Tls(String),
    /// The other side does not speak HTTP as it should, or hung up.
    Http(hyper::Error),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(why) => write!(f, "no encrypted connection: {why}"),
            Self::Http(error) => {
                write!(f, "no HTTP answer: {error}")?;
                let cause = std::error::Error::source(error);
                cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
            }
        }
    }
}

impl Client {
    /// One that trusts these authorities and no others.
    #[cfg(test)]
    pub(super) fn trusting(
        authorities: impl IntoIterator<Item = tokio_rustls::rustls::pki_types::CertificateDer<'static>>,
    ) -> Self {
        Self { roots: OnceCell::new_with(Some(Arc::new(tls::store(authorities)))) }
    }

    /// Sends `request` over `stream`, encrypted with `name` as the server's where `trust` is given.
    pub(super) async fn exchange(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        secure: Option<(&str, Trust)>,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, HttpError> {
        let Some((name, trust)) = secure else {
            return ask(stream, request).await.map_err(HttpError::Http);
        };
        let roots = Arc::clone(self.roots.get_or_init(tls::native).await);
        let secured = tls::connect(stream, name, roots, trust).await.map_err(HttpError::Tls)?;
        let mut answer = ask(secured.stream, request).await.map_err(HttpError::Http)?;
        answer.certificate = secured.fault;
        Ok(answer)
    }
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Answer, hyper::Error> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake(TokioIo::new(stream)).await?;
    // Ends with this function, however that ends. What went wrong is told by the request too.
    let mut carrying = JoinSet::new();
    carrying.spawn(async move { drop(connection.await) });
    let response = sender.send_request(request).await?;
    read(response).await
}

async fn read(response: Response<Incoming>) -> Result<Answer, hyper::Error> {
    let (head, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    while body.len() < BODY_BYTES_MAX
        && let Some(frame) = incoming.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            body.extend_from_slice(&data[..data.len().min(BODY_BYTES_MAX - body.len())]);
        }
    }
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, certificate: None })
}
