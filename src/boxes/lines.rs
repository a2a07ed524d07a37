//! Lines of ours in a stream that may hold anything.

/// A longer line is not one of ours.
const LINE_MAX: usize = 8 * 1024;

/// What a text prints may have longer lines: records of what lies on a host.
const LONG_LINE_MAX: usize = 128 * 1024;

/// As much of the noise as is kept, for a message.
const NOISE_MAX: usize = 4 * 1024;

/// Cuts a stream into the lines that begin with a nonce; everything else is noise.
#[derive(Debug)]
pub(super) struct Lines {
    nonce: String,
    line_max: usize,
    open: Vec<u8>,
    overlong: bool,
    begun: bool,
    noise: String,
}

impl Lines {
    pub(super) fn new(nonce: &str) -> Self {
        Self {
            nonce: nonce.to_owned(),
            line_max: LINE_MAX,
            open: Vec::new(),
            overlong: false,
            begun: false,
            noise: String::new(),
        }
    }

    /// For a stream that also carries what texts print.
    pub(super) fn long(nonce: &str) -> Self {
        Self { line_max: LONG_LINE_MAX, ..Self::new(nonce) }
    }

    pub(super) fn noise(&self) -> &str {
        &self.noise
    }

    /// The lines that are complete now, without nonce and line feed.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(end) = piece.strip_suffix(b"\n") else {
                self.keep(piece);
                continue;
            };
            self.keep(end);
            if let Some(line) = self.close() {
                lines.push(line);
            }
        }
        lines
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = self.line_max.saturating_sub(self.open.len());
        self.overlong |= piece.len() > room;
        self.open.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    fn close(&mut self) -> Option<String> {
        let whole = String::from_utf8_lossy(&self.open).into_owned();
        // A start-up file may have left an unfinished line before ours. The nonce is 80 random bits:
        // where it stands, we wrote it.
        let ours = whole.split_once(&self.nonce).and_then(|(_, rest)| rest.strip_prefix(' '));
        let line = ours.filter(|_| !self.overlong).map(str::to_owned);
        if line.is_none() && self.noise.len() + whole.len() < NOISE_MAX {
            self.noise.push_str(&whole);
            self.noise.push('\n');
        }
        self.open.clear();
        self.overlong = false;
        line
    }

    /// Drops everything up to the line that is the nonce alone; from then on hands everything out.
    pub(super) fn skip_to_nonce<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let mut rest = bytes;
        while !self.begun && !rest.is_empty() {
            let cut = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(cut);
            rest = after;
            let end = line.strip_suffix(b"\n");
            self.keep(end.unwrap_or(line));
            if end.is_some() {
                // A start-up file may have left an unfinished line before ours.
                self.begun = !self.overlong && self.open.ends_with(self.nonce.as_bytes());
                self.open.clear();
                self.overlong = false;
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_at_every_chunking() {
        let stream = b"motd\nfake 1 put\nprompt> abc 1 put\nabc\xff 2 put\nabc 3 bad x\r\nabc 4";
        for size in 1..stream.len() {
            let mut lines = Lines::new("abc");
            let found: Vec<String> = stream.chunks(size).flat_map(|c| lines.take(c)).collect();
            assert_eq!(found, ["1 put", "3 bad x\r"], "chunks of {size}");
            assert_eq!(lines.noise(), "motd\nfake 1 put\nabc\u{fffd} 2 put\n");
        }
    }

    #[test]
    fn log_bytes_begin_behind_the_nonce_at_every_chunking() {
        let stream = b"Last login: abc\nwelcome\n> abc\nabc\nlog\n";
        for size in 1..stream.len() {
            let mut lines = Lines::new("abc");
            let rest: Vec<u8> =
                stream.chunks(size).flat_map(|c| lines.skip_to_nonce(c).to_vec()).collect();
            assert_eq!(String::from_utf8_lossy(&rest), "welcome\n> abc\nabc\nlog\n", "{size}");
        }
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        let mut lines = Lines::new("abc");
        for _ in 0..1000 {
            assert!(lines.take(&[b'x'; 4096]).is_empty());
        }
        assert!(lines.open.len() <= LINE_MAX);
        assert!(lines.take(b"\n").is_empty());
        assert_eq!(lines.take(b"abc 1 put\n"), ["1 put"]);
    }
}
