//! Logs into a file of the operator's: as they are shown, without colours, secrets hidden.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::{
    driver::box_name,
    run::Run,
    store::{DiskError, Journal, Line, LogReader, Store},
    text::Filter,
    tui::{Entire, Saving, Told},
};

/// Lines that are read at once.
const LINES_AT_ONCE: u64 = 512;

/// Names that are tried for another file, where one is taken.
const NAMES_MAX: u32 = 1000;

/// Why a log was not saved.
#[derive(Debug)]
enum NotSaved {
    /// There is something of that name, which stays as it is.
    Taken { is_folder: bool },
    /// Something else; nothing of the file is left.
    Other(String),
}

/// Saves in a new file, and says where and how much, or why not.
pub(super) fn save(store: &Store, saving: &Saving, file: &str, home: &Path) -> Told {
    let path = place(file, home);
    match write(store, saving, &path) {
        Ok((lines, bytes)) => {
            let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            Told::Note(format!("saved {lines}, {bytes} bytes, in the new file {}", path.display()))
        }
        Err(NotSaved::Other(why)) => Told::NotSaved { why, again: None },
        Err(NotSaved::Taken { is_folder }) => {
            let is = if is_folder { "is a folder" } else { "is there already and stays as it is" };
            let first =
                if is_folder { path.join(format!("{}.log", saving.run)) } else { path.clone() };
            let again = free(&first).map(|other| (saving.clone(), other.display().to_string()));
            Told::NotSaved { why: format!("{} {is}", path.display()), again }
        }
    }
}

/// The file that was named, whole; `~/` is the home folder.
fn place(file: &str, home: &Path) -> PathBuf {
    let path = file.strip_prefix("~/").map_or_else(|| PathBuf::from(file), |rest| home.join(rest));
    std::path::absolute(&path).unwrap_or(path)
}

/// A name that is not taken: that one, or `a-2.log` for `a.log`, and so on.
fn free(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    let ending = path
        .extension()
        .map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    let other = |number: u32| path.with_file_name(format!("{stem}-{number}{ending}"));
    std::iter::once(path.to_owned())
        .chain((2..NAMES_MAX).map(other))
        .find(|path| path.symlink_metadata().is_err())
}

fn write(store: &Store, saving: &Saving, path: &Path) -> Result<(u64, u64), NotSaved> {
    let reading =
        Journal::read(store, &saving.run).map_err(|error| NotSaved::Other(error.to_string()))?;
    let run = Run::fold(&reading.events)
        .map_err(|error| NotSaved::Other(format!("run {}: {error}", saving.run)))?;
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = new.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return NotSaved::Taken { is_folder: path.is_dir() };
        }
        NotSaved::Other(format!("{}: {error}", path.display()))
    })?;
    let mut out = Counted { out: BufWriter::new(file), bytes: 0 };
    let written = copy(store, saving, &run, &mut out)
        .and_then(|lines| out.out.flush().map(|()| lines).map_err(|error| error.to_string()));
    written.map(|lines| (lines, out.bytes)).map_err(|why| {
        // It was made a moment ago, and is of no use.
        let left = match std::fs::remove_file(path) {
            Ok(()) => "nothing of it is left",
            Err(_) => "a part of it is left",
        };
        NotSaved::Other(format!("{}: {why}; {left}", path.display()))
    })
}

/// A file, and how much is in it.
struct Counted {
    out: BufWriter<File>,
    bytes: u64,
}

impl Counted {
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.bytes += text.len() as u64;
        Ok(())
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        self.text(text)?;
        self.text("\n")
    }

    /// A line of a log, to its end.
    fn logged(&mut self, reader: &LogReader, line: &Line) -> Result<(), String> {
        let mut filter = Filter::default();
        let mut pieces = Entire::of(reader, line, &mut filter).peekable();
        while let Some(piece) = pieces.next() {
            let text = piece.map_err(|error| error.to_string())?.plain();
            let text = if pieces.peek().is_some() { &text } else { text.trim_end() };
            self.text(text).map_err(|error| error.to_string())?;
        }
        self.text("\n").map_err(|error| error.to_string())
    }
}

fn copy(store: &Store, saving: &Saving, run: &Run, out: &mut Counted) -> Result<u64, String> {
    let mut count = 0;
    let disk = |error: DiskError| error.to_string();
    for of in &saving.of {
        let (host, name) = box_name(run, *of).ok_or("the run does not know this attempt")?;
        if saving.of.len() > 1 {
            let heading = crate::text::escape(&format!("==> {host} {name} <=="));
            out.line(&heading).map_err(|error| error.to_string())?;
        }
        let mut reader = LogReader::open(store, &saving.run, &host, &name).map_err(disk)?;
        let wanted = saving.lines.clone().unwrap_or(0..u64::MAX);
        let (mut next, end) = (wanted.start, wanted.end.min(reader.line_count()));
        while next < end {
            let at_once = usize::try_from((end - next).min(LINES_AT_ONCE)).unwrap_or(1);
            let lines = reader.lines(next, at_once).map_err(disk)?;
            let Some(last) = lines.last() else { break };
            next = last.number.saturating_add(1);
            for line in &lines {
                out.logged(&reader, line)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{free, place};

    #[test]
    fn a_file_may_lie_at_home() {
        assert_eq!(place("~/a.log", Path::new("/home/bob")), Path::new("/home/bob/a.log"));
        assert_eq!(place("/tmp/~/a", Path::new("/home/bob")), Path::new("/tmp/~/a"));
        let here = std::path::absolute("a b.log").unwrap();
        assert_eq!(place("a b.log", Path::new("/home/bob")), here);
    }

    #[test]
    fn another_name_is_one_that_is_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        assert_eq!(free(&path("a.log")), Some(path("a.log")));
        for name in ["a.log", "a-2.log", "b.tar.gz", "c"] {
            std::fs::write(path(name), "").unwrap();
        }
        // A link to nothing is taken, too.
        std::os::unix::fs::symlink("nothing", path("a-3.log")).unwrap();
        assert_eq!(free(&path("a.log")), Some(path("a-4.log")));
        assert_eq!(free(&path("b.tar.gz")), Some(path("b.tar-2.gz")));
        assert_eq!(free(&path("c")), Some(path("c-2")));
    }
}
