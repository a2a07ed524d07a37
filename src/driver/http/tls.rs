//! Encrypted streams. A webhook's certificate must be right. A probe looks through a wrong one, since
//! what visitors get is its question, and says what is wrong.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// What a wrong certificate leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::driver) enum Trust {
    /// Nothing is sent.
    Required,
    /// It is noted.
    Noted,
}

/// An encrypted stream, and what is wrong with its certificate.
pub(super) struct Secured<S> {
    pub(super) stream: TlsStream<S>,
    pub(super) fault: Option<String>,
}

/// The authorities that this machine trusts.
pub(super) async fn native() -> Arc<RootCertStore> {
    let loaded = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
    let certs = match loaded {
        Ok(loaded) => {
            for error in loaded.errors {
                tracing::warn!(%error, "some certificate authorities cannot be read");
            }
            loaded.certs
        }
        Err(error) => {
            tracing::error!(%error, "the certificate authorities could not be read");
            Vec::new()
        }
    };
    Arc::new(store(certs))
}

/// A store of those that can be used.
pub(super) fn store(certs: impl IntoIterator<Item = CertificateDer<'static>>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certs);
    store
}

/// Encrypts `stream` to the server called `name`.
pub(super) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    name: &str,
    roots: Arc<RootCertStore>,
    trust: Trust,
) -> Result<Secured<S>, String> {
    let server = ServerName::try_from(name.to_owned())
        .map_err(|error| format!("`{}`: {error}", name.escape_debug()))?;
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(roots, Arc::clone(&provider), trust));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&verifier) as _)
        .with_no_client_auth();
    let connecting = TlsConnector::from(Arc::new(config)).connect(server, stream);
    let stream = connecting.await.map_err(|error| error.to_string())?;
    Ok(Secured { stream, fault: verifier.fault() })
}

/// The library's own check, whose refusal may be noted instead of obeyed.
#[derive(Debug)]
struct Verifier {
    /// Without any authority there is none.
    check: Result<Arc<WebPkiServerVerifier>, String>,
    provider: Arc<CryptoProvider>,
    trust: Trust,
    fault: Mutex<Option<String>>,
}

impl Verifier {
    fn new(roots: Arc<RootCertStore>, provider: Arc<CryptoProvider>, trust: Trust) -> Self {
        let check = if roots.is_empty() {
            Err("this machine has no certificate authorities to check it with".to_owned())
        } else {
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())
        };
        Self { check, provider, trust, fault: Mutex::default() }
    }

    fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let checked = match &self.check {
            Ok(check) => check.verify_server_cert(certificate, others, name, ocsp, now),
            Err(why) => Err(Error::General(why.clone())),
        };
        match (checked, self.trust) {
            (Err(error), Trust::Noted) => {
                let fault = error.to_string();
                *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                Ok(ServerCertVerified::assertion())
            }
            (checked, Trust::Required | Trust::Noted) => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
