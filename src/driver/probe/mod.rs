//! What visitors of a host get: one GET from the host itself, through the connection that is open.

mod curl;
mod judge;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Request,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONNECTION, HOST, HeaderName, HeaderValue, LOCATION,
        USER_AGENT,
    },
};
use tokio::time::{Instant, timeout};

pub use curl::{curl, curl_answer};

use judge::judge;

use super::http::{self, Address, Client, HttpError, Trust};
use crate::{
    model::Maintenance,
    remote::{Endpoint, Link, ReachError},
};

/// From the first packet to the judged answer.
const TIME_MAX: Duration = Duration::from_secs(5);

/// Characters shown of where a redirect leads.
const LOCATION_CHARS_MAX: usize = 200;

/// What is asked on a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Get {
    /// An http or https URL, as it is reached from the host.
    pub url: String,
    /// The `Host` header, and for https the name that the certificate must be for; default: the
    /// URL's own.
    pub host: Option<String>,
    /// More headers; one that is sent anyway is replaced.
    pub headers: Vec<(String, String)>,
    /// A unix socket on the host to connect to, whatever host the URL names.
    pub socket: Option<String>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether visitors get the maintenance page.
    pub maintenance: Maintenance,
    /// What is odd besides, whatever maintenance is, each in a line: a wrong certificate, a redirect.
    pub odd: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

impl Client {
    /// Asks on the host of `link`, once, for at most five seconds. A redirect is not followed. A wrong
    /// certificate does not hide what visitors get: it is said.
    ///
    /// # Errors
    /// The connection forwards nothing to there, which says nothing about the site: ask on the host
    /// with [`curl()`].
    pub async fn probe(&self, link: &Link, get: &Get) -> Result<Seen, ReachError> {
        let begun = Instant::now();
        let asked = timeout(TIME_MAX, self.ask(link, get)).await;
        let (maintenance, odd) = match asked {
            Ok(seen) => seen?,
            Err(_) => {
                let why = format!("no answer within {} s", TIME_MAX.as_secs());
                (Maintenance::Unknown(why), Vec::new())
            }
        };
        Ok(Seen { maintenance, odd, took: begun.elapsed() })
    }

    async fn ask(&self, link: &Link, get: &Get) -> Result<(Maintenance, Vec<String>), ReachError> {
        let unknown = |why: String| Ok((Maintenance::Unknown(why), Vec::new()));
        let address = match Address::read(&get.url) {
            Ok(address) => address,
            Err(bad) => return unknown(bad.to_string()),
        };
        let request = match request(&address, get) {
            Ok(request) => request,
            Err(error) => return unknown(format!("the request cannot be made: {error}")),
        };
        let stream = match link.reach(&endpoint(&address, get)).await {
            Ok(stream) => stream,
            Err(error) if error.is_the_connections() => return Err(error),
            Err(error) => return unknown(error.to_string()),
        };
        let name = get.host.as_deref().map_or(address.host.as_str(), http::name);
        let secure = address.secure.then_some((name, Trust::Noted));
        match self.exchange(stream, secure, request).await {
            Ok(answer) => {
                let mut odd = Vec::new();
                if let Some(fault) = answer.certificate {
                    odd.push(format!("certificate for {name}: {fault}"));
                }
                odd.extend(redirect(answer.status, &answer.headers));
                Ok((judge(answer.status, &answer.headers, &answer.body), odd))
            }
            Err(error @ (HttpError::Tls(_) | HttpError::Http(_))) => unknown(error.to_string()),
        }
    }
}

fn endpoint(address: &Address, get: &Get) -> Endpoint {
    match &get.socket {
        Some(path) => Endpoint::Unix(path.clone()),
        None => Endpoint::Tcp { host: address.host.clone(), port: address.port },
    }
}

fn request(address: &Address, get: &Get) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let host = get.host.as_deref().unwrap_or(&address.authority);
    let mut request = Request::get(&address.path)
        .header(HOST, host)
        .header(USER_AGENT, http::USER_AGENT)
        .header(ACCEPT_ENCODING, "identity")
        .header(CACHE_CONTROL, "no-cache")
        .header(CONNECTION, "close")
        .body(Full::default())?;
    for (name, value) in &get.headers {
        let name = HeaderName::try_from(name)?;
        request.headers_mut().insert(name, HeaderValue::try_from(value)?);
    }
    Ok(request)
}

/// A redirect in words, if the answer is one.
fn redirect(status: u16, headers: &HeaderMap) -> Option<String> {
    let to = headers.get(LOCATION).filter(|_| (300..400).contains(&status))?;
    let to = String::from_utf8_lossy(to.as_bytes());
    let to: String = to.chars().take(LOCATION_CHARS_MAX).collect();
    Some(format!("redirects to {to}, which was not followed"))
}
