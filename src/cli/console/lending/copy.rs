//! A copy of a log, or of other lines, for a program of the operator's: its secrets hidden, everything
//! that a terminal would obey made visible, and gone when that program has ended.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufWriter, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    cli::ink::coloured,
    script::quote,
    store::{LogReader, Store},
    text::Filter,
    tui::{Entire, Lines, Page},
};

/// Lines that are read at once.
const LINES_AT_ONCE: usize = 512;

/// A text that was edited has fewer bytes.
const TEXT_MAX: u64 = 64 * 1024;

/// Characters of what a copy is called by, at most.
const NAME_MAX: usize = 100;

/// The copy. Dropping it removes it.
pub(super) struct Copied {
    path: PathBuf,
    _lock: File,
}

impl Drop for Copied {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the copy of a log is left");
        }
    }
}

impl Copied {
    /// Copies a log as it is now.
    pub(super) fn make(store: &Store, page: &Page) -> Result<Self, String> {
        let mut reader = LogReader::open(store, &page.run, &page.host, &page.name)
            .map_err(|error| error.to_string())?;
        let name = format!("{}-{}", page.host, page.name);
        Self::with(store, &name, |out| write(&mut reader, out, page.colours))
    }

    /// Copies lines.
    pub(super) fn of(store: &Store, page: &Lines) -> Result<Self, String> {
        // Some other tool may have given a release any name.
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = page.name.chars().map(plain).take(NAME_MAX).collect();
        Self::with(store, &name, |out| {
            let mut lines = page.lines.iter().map(|line| difference(line, page.colours));
            lines.try_for_each(|line| writeln!(out, "{line}")).map_err(|error| error.to_string())
        })
    }

    /// A text as it is, to be changed.
    pub(super) fn text(store: &Store, text: &Lines) -> Result<Self, String> {
        Self::with(store, &text.name, |out| {
            let mut lines = text.lines.iter();
            lines.try_for_each(|line| writeln!(out, "{line}")).map_err(|error| error.to_string())
        })
    }

    /// What it holds by now.
    pub(super) fn read(&self) -> Result<String, String> {
        let mut text = String::new();
        let file = File::open(&self.path).map_err(|error| error.to_string())?;
        match file.take(TEXT_MAX).read_to_string(&mut text) {
            Ok(read) if (read as u64) < TEXT_MAX => Ok(text),
            Ok(_) => Err(format!("it has more than {TEXT_MAX} bytes")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A copy of that name, written so.
    fn with(
        store: &Store,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<(), String>,
    ) -> Result<Self, String> {
        let dir = store.root().join("copies");
        DirBuilder::new().recursive(true).mode(0o700).create(&dir).map_err(|it| it.to_string())?;
        sweep(&dir);
        let process = std::process::id();
        let path = dir.join(format!("{name}-{process}.log"));
        let copy = || -> io::Result<(File, PathBuf)> {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&path)?;
            // Whoever finds it unlocked may remove it: its owner has died.
            file.try_lock()?;
            Ok((file, path))
        };
        let (file, path) = copy().map_err(|error| format!("{}: {error}", dir.display()))?;
        let mut out = BufWriter::new(file.try_clone().map_err(|error| error.to_string())?);
        let copied = Self { path, _lock: file };
        write(&mut out)?;
        out.flush().map_err(|error| error.to_string())?;
        Ok(copied)
    }
}

fn write(reader: &mut LogReader, out: &mut impl io::Write, colours: bool) -> Result<(), String> {
    let (mut next, mut filter) = (0, Filter::default());
    loop {
        let lines = reader.lines(next, LINES_AT_ONCE).map_err(|error| error.to_string())?;
        let Some(last) = lines.last() else { return Ok(()) };
        next = last.number.saturating_add(1);
        for line in &lines {
            for piece in Entire::of(reader, line, &mut filter) {
                let shown = piece.map_err(|error| error.to_string())?;
                let text = if colours { coloured(&shown) } else { shown.plain() };
                write!(out, "{text}").map_err(|error| error.to_string())?;
            }
            writeln!(out).map_err(|error| error.to_string())?;
        }
    }
}

/// A line of a difference, with the colours that one knows. It has none of its own: whatever a
/// terminal would obey in it is seen.
fn difference(line: &str, colours: bool) -> String {
    let text = Filter::default().line(line.as_bytes()).plain();
    let code = match text.as_bytes().first() {
        Some(b'+') => 32,
        Some(b'-') => 31,
        Some(b'@') => 36,
        _ if text.starts_with("diff ") => 1,
        _ => return text,
    };
    if colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text }
}

/// Copies that nobody has open any more.
fn sweep(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let left = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if left && let Err(error) = fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "the copy of a log is left");
        }
    }
}

/// The command that shows a copy at a line, counted from 0. Most programs take the line as `+N`; a few
/// take it behind the file.
pub(super) fn command(program: &str, copied: &Copied, line: u64) -> String {
    // A path is quoted or it has a NUL, which no path has.
    let path = copied.path.display().to_string();
    let file = |text: &str| quote(text).unwrap_or_default();
    let line = line.saturating_add(1);
    let word = program.split_whitespace().next().unwrap_or_default();
    let name = word.rsplit('/').next().unwrap_or_default();
    let args = match name {
        "code" | "codium" | "code-insiders" => format!("-g {}", file(&format!("{path}:{line}"))),
        "hx" | "helix" | "subl" | "zed" => file(&format!("{path}:{line}")),
        "cat" | "bat" | "batcat" => file(&path),
        _ => format!("+{line} {}", file(&path)),
    };
    format!("exec {program} {args}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_the_line_as_they_take_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b.log");
        let lock = File::create(&path).unwrap();
        let copied = Copied { path: path.clone(), _lock: lock };
        let check = |program: &str, expect: &str| {
            let expect = expect.replace("FILE", &path.display().to_string());
            assert_eq!(command(program, &copied, 41), expect, "{program}");
        };
        check("vi", "exec vi +42 'FILE'");
        check("less -R", "exec less -R +42 'FILE'");
        check("/usr/bin/code -w", "exec /usr/bin/code -w -g 'FILE:42'");
        check("hx", "exec hx 'FILE:42'");
        check("cat", "exec cat 'FILE'");
        drop(copied);
        assert!(!path.exists(), "it is gone with its program");
    }

    #[test]
    fn a_difference_obeys_nobody() {
        let check = |line: &str, wanted: &str| assert_eq!(difference(line, true), wanted);
        check("+a\x1b[2J\x1b]52;c;aGk=\x07\tb", "\x1b[32m+a      b\x1b[0m");
        check("-x", "\x1b[31m-x\x1b[0m");
        check(" \x1b[31mred", " red");
        assert_eq!(difference("+a", false), "+a");
    }
}
