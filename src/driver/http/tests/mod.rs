//! A web server for the tests of probes and webhooks. `authority.pem` signed `shop.pem`, which is for
//! shop.example.com and localhost; both are valid for a hundred years and secret to nobody.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// The authority of the test certificate.
pub(in crate::driver) fn authority() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(include_bytes!("authority.pem")).unwrap()
}

/// What a request asked: its head, a line for each part, and its body.
pub(in crate::driver) type Asked = Arc<Mutex<Vec<String>>>;

/// What is answered, whatever is asked.
pub(in crate::driver) type Reply = fn() -> Response<Full<Bytes>>;

/// Serves on a free port of 127.0.0.1.
pub(in crate::driver) async fn serve(secure: bool, reply: Reply) -> (SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Asked::default();
    let tell = Arc::clone(&asked);
    let acceptor = secure.then(acceptor);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tell = Arc::clone(&tell);
            match acceptor.clone() {
                None => drop(tokio::spawn(answer(stream, reply, tell))),
                Some(acceptor) => drop(tokio::spawn(async move {
                    // A client that does not trust us hangs up.
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream, reply, tell).await;
                    }
                })),
            }
        }
    });
    (address, asked)
}

/// Serves on a unix socket.
pub(in crate::driver) fn serve_at(path: &std::path::Path, reply: Reply) {
    let listener = UnixListener::bind(path).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, reply, Asked::default()));
        }
    });
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("shop.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("shop.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, reply: Reply, asked: Asked) {
    let service = service_fn(move |request: Request<Incoming>| {
        let asked = Arc::clone(&asked);
        async move {
            let (head, body) = request.into_parts();
            let mut lines = vec![format!("{} {}", head.method, head.uri)];
            for (name, value) in &head.headers {
                lines.push(format!("{name}: {}", value.to_str().unwrap()));
            }
            let body = body.collect().await.unwrap().to_bytes();
            lines.push(String::from_utf8(body.to_vec()).unwrap());
            asked.lock().unwrap().extend(lines);
            Ok::<_, Infallible>(reply())
        }
    });
    // A client that has read enough hangs up.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}
