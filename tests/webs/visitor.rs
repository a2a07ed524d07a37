//! A visitor of a web site of this machine: plain HTTP/1.1 over one connection.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Nobody waits longer for a server that is silent; a test then fails by its error.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a visitor got.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The lines of the head but the first, each `name: value` with its name in lower case.
    head: Vec<String>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A connection to a web server.
pub(crate) struct Visitor(BufReader<TcpStream>);

impl Visitor {
    pub(crate) fn at(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Asks for a path; `more`: whole header lines.
    pub(crate) fn ask(&mut self, method: &str, path: &str, more: &[&str]) -> Result<Answer> {
        let body = if ["POST", "PUT"].contains(&method) { "name=value" } else { "" };
        let mut asked = format!("{method} {path} HTTP/1.1\r\nHost: shop.example.com\r\n");
        more.iter().for_each(|line| asked += &format!("{line}\r\n"));
        asked += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.0.get_mut().write_all(asked.as_bytes())?;
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| odd(&first))?;
        let mut head = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            head.push(format!("{}: {}", name.to_lowercase(), value.trim()));
        }
        let mut answer = Answer { status, head, body: String::new() };
        if method != "HEAD" && ![204, 304].contains(&status) {
            answer.body = self.body(&answer)?;
        }
        Ok(answer)
    }

    fn body(&mut self, answer: &Answer) -> Result<String> {
        if answer.header("transfer-encoding") == Some("chunked") {
            let mut whole = String::new();
            loop {
                let length = self.line()?;
                let length = usize::from_str_radix(&length, 16).map_err(|_why| odd(&length))?;
                whole += &self.exactly(length)?;
                self.line()?;
                if length == 0 {
                    return Ok(whole);
                }
            }
        }
        if let Some(length) = answer.header("content-length") {
            return self.exactly(length.parse().map_err(|_why| odd(length))?);
        }
        let mut rest = String::new();
        self.0.read_to_string(&mut rest)?;
        Ok(rest)
    }

    fn exactly(&mut self, length: usize) -> Result<String> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_why| odd("no text"))
    }

    /// A line without its end; an error where the connection ends before it.
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        line.strip_suffix("\r\n").map(str::to_owned).ok_or_else(|| odd(&line))
    }
}

/// Asks for a path over a connection of its own.
pub(crate) fn ask(port: u16, method: &str, path: &str, more: &[&str]) -> Result<Answer> {
    let more: Vec<&str> = more.iter().copied().chain(["Connection: close"]).collect();
    Visitor::at(port)?.ask(method, path, &more)
}

fn odd(text: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("not what HTTP/1.1 answers: {text:?}"))
}
