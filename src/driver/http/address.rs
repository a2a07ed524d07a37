//! A URL, taken apart.

use std::fmt;

use hyper::Uri;

/// An http or https URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::driver) struct Address {
    /// Whether it is https.
    pub(in crate::driver) secure: bool,
    /// Name or address, without brackets.
    pub(in crate::driver) host: String,
    /// The port, said or usual.
    pub(in crate::driver) port: u16,
    /// Host and port as they were written: the `Host` header.
    pub(in crate::driver) authority: String,
    /// Path and query; at least `/`.
    pub(in crate::driver) path: String,
}

/// What is wrong with a URL. Its text does not repeat the URL, which may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::driver) enum BadAddress {
    /// It is none.
    Unreadable(String),
    /// Neither http nor https.
    Scheme,
    /// No host.
    Host,
    /// A user name or password stands in it.
    User,
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "the URL cannot be read: {why}"),
            Self::Scheme => f.write_str("the URL must begin with http:// or https://"),
            Self::Host => f.write_str("the URL names no host"),
            Self::User => f.write_str("the URL holds a user name; send a header instead"),
        }
    }
}

impl std::error::Error for BadAddress {}

impl Address {
    /// Takes `url` apart.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(in crate::driver) fn read(url: &str) -> Result<Self, BadAddress> {
        let uri: Uri = url.parse().map_err(|error: hyper::http::uri::InvalidUri| {
            BadAddress::Unreadable(error.to_string())
        })?;
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) | None => return Err(BadAddress::Scheme),
        };
        let authority = uri.authority().ok_or(BadAddress::Host)?;
        if authority.as_str().contains('@') {
            return Err(BadAddress::User);
        }
        let host = bare(authority.host()).to_owned();
        if host.is_empty() {
            return Err(BadAddress::Host);
        }
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { secure, host, port, authority: authority.as_str().to_owned(), path })
    }
}

/// The name in a `Host` header: no port, no brackets.
pub(in crate::driver) fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            if name.contains(':') && !name.starts_with('[') { host } else { bare(name) }
        }
        Some(_) | None => bare(host),
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expect: &Result<(bool, &str, u16, &str, &str), BadAddress>) {
        let read = Address::read(url);
        let read = read.as_ref().map_err(Clone::clone).map(|address| {
            let Address { secure, host, port, authority, path } = address;
            (*secure, host.as_str(), *port, authority.as_str(), path.as_str())
        });
        assert_eq!(&read, expect, "{url}");
    }

    #[test]
    fn a_url_is_taken_apart() {
        check("http://127.0.0.1", &Ok((false, "127.0.0.1", 80, "127.0.0.1", "/")));
        check("https://a.b:8443/x?y=1#z", &Ok((true, "a.b", 8443, "a.b:8443", "/x?y=1")));
        check("HTTP://[::1]:81/", &Ok((false, "::1", 81, "[::1]:81", "/")));
        check("http://a?q", &Ok((false, "a", 80, "a", "/?q")));
        check("ftp://a/", &Err(BadAddress::Scheme));
        check("/health", &Err(BadAddress::Scheme));
        check("http://u:secret@a/", &Err(BadAddress::User));
        assert!(matches!(Address::read("http://a b/"), Err(BadAddress::Unreadable(_))));
        assert!(matches!(Address::read("http://a/\r\nX: y"), Err(BadAddress::Unreadable(_))));
    }

    #[test]
    fn a_host_header_names_a_host() {
        for (header, expect) in [
            ("shop.example.com", "shop.example.com"),
            ("shop.example.com:8443", "shop.example.com"),
            ("[::1]:80", "::1"),
            ("[::1]", "::1"),
            ("::1", "::1"),
        ] {
            assert_eq!(name(header), expect);
        }
    }
}
