//! Webhooks: telling another service about a run, once.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request,
    header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT},
};
use tokio::{net::TcpStream, time::timeout};

use super::http::{self, Address, Client, HttpError, Trust};

/// From the first packet to the answer.
const TIME_MAX: Duration = Duration::from_secs(10);

/// Characters shown of what a service answered.
const SAID_CHARS_MAX: usize = 200;

/// Why a webhook may not have arrived. The words name its host only: the rest of such a URL is often
/// a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotifyError {
    /// It is no URL that can be asked, and why.
    Url(String),
    /// Nobody was told: the host, and why.
    Unsent(String, String),
    /// It may have arrived: the host, and why that is not known.
    Unanswered(String, String),
    /// The service did not take it: the host, the status, and the beginning of what it said.
    Refused(String, u16, String),
}

impl fmt::Display for NotifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => write!(f, "webhook: {why}"),
            Self::Unsent(host, why) => write!(f, "webhook to {host}: not sent: {why}"),
            Self::Unanswered(host, why) => {
                write!(f, "webhook to {host}: may not have arrived: {why}")
            }
            Self::Refused(host, status, said) if said.is_empty() => {
                write!(f, "webhook to {host}: refused with status {status}")
            }
            Self::Refused(host, status, said) => {
                write!(f, "webhook to {host}: refused with status {status}: {said}")
            }
        }
    }
}

impl std::error::Error for NotifyError {}

impl Client {
    /// Posts `body`, a JSON text, to `url`: one try, ten seconds, no redirect followed, the server's
    /// certificate checked.
    ///
    /// # Errors
    /// The service did not say (by a status from 200 to 299) that it took it.
    pub async fn notify(&self, url: &str, body: String) -> Result<(), NotifyError> {
        let address = Address::read(url).map_err(|bad| NotifyError::Url(bad.to_string()))?;
        let sending = self.post(&address, body);
        match timeout(TIME_MAX, sending).await {
            Ok(sent) => sent,
            Err(_) => {
                let why = format!("no answer within {} s", TIME_MAX.as_secs());
                Err(NotifyError::Unanswered(address.host, why))
            }
        }
    }

    async fn post(&self, address: &Address, body: String) -> Result<(), NotifyError> {
        let host = || address.host.clone();
        let request = Request::post(&address.path)
            .header(HOST, &address.authority)
            .header(USER_AGENT, http::USER_AGENT)
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| NotifyError::Url(error.to_string()))?;
        let stream = TcpStream::connect((address.host.as_str(), address.port))
            .await
            .map_err(|error| NotifyError::Unsent(host(), error.to_string()))?;
        let secure = address.secure.then_some((address.host.as_str(), Trust::Required));
        let answer = match self.exchange(stream, secure, request).await {
            Ok(answer) => answer,
            Err(error @ HttpError::Tls(_)) => {
                return Err(NotifyError::Unsent(host(), error.to_string()));
            }
            Err(error @ HttpError::Http(_)) => {
                return Err(NotifyError::Unanswered(host(), error.to_string()));
            }
        };
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&answer.body);
        let said = said.lines().next().unwrap_or_default().chars().take(SAID_CHARS_MAX).collect();
        Err(NotifyError::Refused(host(), answer.status, said))
    }
}

#[cfg(test)]
mod tests {
    use hyper::Response;

    use super::*;
    use crate::driver::http::tests::{authority, serve};

    #[tokio::test]
    async fn a_webhook_is_posted_once() {
        let (address, asked) = serve(false, || Response::new(Full::default())).await;
        let url = format!("http://{address}/hook/secret");
        Client::default().notify(&url, r#"{"text":"done"}"#.to_owned()).await.unwrap();
        let asked = asked.lock().unwrap().join("\n");
        let asked = asked.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(asked.replace(&address.to_string(), "ADDRESS"), @r#"
        POST /hook/secret
        host: ADDRESS
        user-agent: deployui/VERSION
        connection: close
        content-type: application/json
        content-length: 15
        {"text":"done"}
        "#);
    }

    async fn failure(client: &Client, url: &str) -> NotifyError {
        let error = client.notify(url, "{}".to_owned()).await.unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
        error
    }

    #[tokio::test]
    async fn what_went_wrong_is_said_without_the_url() {
        let client = Client::trusting([authority()]);
        let no = || Response::builder().status(403).body("no_token\nmore".into()).unwrap();
        let (plain, _) = serve(false, no).await;
        let refused = failure(&client, &format!("http://{plain}/secret")).await;
        let host = || "127.0.0.1".to_owned();
        assert_eq!(refused, NotifyError::Refused(host(), 403, "no_token".to_owned()));
        let nobody = failure(&client, "http://127.0.0.1:1/secret").await;
        assert!(matches!(nobody, NotifyError::Unsent(..)), "{nobody}");
        assert!(matches!(failure(&client, "secret").await, NotifyError::Url(_)));
        let redirect = || Response::builder().status(302).body(Full::default()).unwrap();
        let (away, _) = serve(false, redirect).await;
        let away = failure(&client, &format!("http://{away}/secret")).await;
        assert!(matches!(away, NotifyError::Refused(_, 302, _)), "{away}");
    }

    #[tokio::test]
    async fn nothing_is_sent_to_a_wrong_certificate() {
        let (secure, asked) = serve(true, || Response::new(Full::default())).await;
        let right = format!("https://localhost:{}/secret", secure.port());
        let wrong = format!("https://{secure}/secret");
        let client = Client::trusting([authority()]);
        let refused = failure(&client, &wrong).await;
        assert!(matches!(refused, NotifyError::Unsent(..)), "{refused}");
        let refused = failure(&Client::default(), &right).await;
        assert!(matches!(refused, NotifyError::Unsent(..)), "{refused}");
        assert!(asked.lock().unwrap().is_empty());
        client.notify(&right, "{}".to_owned()).await.unwrap();
        assert_eq!(asked.lock().unwrap().len(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_after_ten_seconds() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let error = failure(&Client::default(), &url).await;
        assert_eq!(
            error.to_string(),
            "webhook to 127.0.0.1: may not have arrived: no answer within 10 s"
        );
    }
}
