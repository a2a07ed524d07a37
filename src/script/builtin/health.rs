//! Health: whether something on the host answers as it should.

use super::{BadInput, sheet::Sheet};
use crate::model::Text;

/// A question by HTTP, asked again until it is answered as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Where.
    pub at: At,
    /// The status that is right.
    pub expect: u16,
    /// For how long it may answer otherwise, in seconds.
    pub within_secs: u32,
    /// Headers of the question: name and value.
    pub headers: Vec<(String, String)>,
}

/// Where health is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A URL, as the host reaches it.
    Url(String),
    /// A Unix socket.
    Socket {
        /// Its path on the host, absolute.
        socket: String,
        /// The path in the question, beginning with `/`.
        path: String,
    },
}

/// Asks by curl, or else by wget, until the answer is right or the time is over. Redirections are
/// answers, and not followed (by wget: followed, but the first answer counts).
///
/// # Errors
/// A header or an address that cannot be sent.
pub fn health(health: &Health) -> Result<Text, BadInput> {
    let (url, socket) = match &health.at {
        At::Url(url) => (url.clone(), ""),
        At::Socket { socket, path } => (format!("http://localhost{path}"), socket.as_str()),
    };
    let plain = |text: &str| !text.chars().any(char::is_control);
    let is_url = url.starts_with("http://") || url.starts_with("https://");
    if !is_url || !plain(&url) || url.contains(' ') {
        return Err(BadInput::Word(url));
    }
    // By standard input, because arguments can be seen by everybody on the host.
    let mut config = format!("url = {}\ngloboff\nmax-time = 10\n", quoted(&url));
    if !socket.is_empty() {
        super::layout::absolute(socket)?;
        config.push_str(&format!("unix-socket = {}\n", quoted(socket)));
    }
    let mut headers = Vec::new();
    for (name, value) in &health.headers {
        let token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
        if name.is_empty() || !name.bytes().all(token) || !plain(value) {
            return Err(BadInput::Word(format!("{name}: {value}")));
        }
        config.push_str(&format!("header = {}\n", quoted(&format!("{name}: {value}"))));
        headers.extend(["--header".to_owned(), format!("{name}: {value}")]);
    }
    Ok(Sheet::new()
        .word("url", &url)?
        .word("socket", socket)?
        .word("config", &config)?
        .word("expect", &health.expect.to_string())?
        .word("within", &health.within_secs.to_string())?
        .words(headers.iter().map(String::as_str))?
        .then(include_str!("../sh/builtin/health.sh"))
        .text())
}

/// A value in curl's configuration.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
