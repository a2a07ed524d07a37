//! Logs into a file of the operator's: as they are shown, without colours, secrets hidden.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::{
    cli::report::shown_line,
    driver::box_name,
    run::Run,
    store::{DiskError, Journal, LogReader, Store},
    text::Filter,
    tui::{Saving, Told},
};

/// Lines that are read at once.
const LINES_AT_ONCE: u64 = 512;

/// Saves in a new file, and says where, or why not.
pub(super) fn save(store: &Store, saving: &Saving, file: &str, home: &Path) -> Told {
    let path = place(file, home);
    match write(store, saving, &path) {
        Ok((lines, bytes)) => {
            Told::Note(format!("saved {lines} lines, {bytes} bytes, in {}", path.display()))
        }
        Err(why) => Told::NotSaved(why),
    }
}

/// The file that was named; `~/` is the home folder.
fn place(file: &str, home: &Path) -> PathBuf {
    file.strip_prefix("~/").map_or_else(|| PathBuf::from(file), |rest| home.join(rest))
}

fn write(store: &Store, saving: &Saving, path: &Path) -> Result<(u64, u64), String> {
    let reading = Journal::read(store, &saving.run).map_err(|error| error.to_string())?;
    let run = Run::fold(&reading.events).map_err(|error| format!("run {}: {error}", saving.run))?;
    let refused = |error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return format!("{} is there already; choose another name", path.display());
        }
        format!("{}: {error}", path.display())
    };
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file = new.map_err(refused)?;
    let mut out = Counted { out: BufWriter::new(file), bytes: 0 };
    let lines = copy(store, saving, &run, &mut out)?;
    out.out.flush().map_err(refused)?;
    Ok((lines, out.bytes))
}

/// A file, and how much is in it.
struct Counted {
    out: BufWriter<File>,
    bytes: u64,
}

impl Counted {
    fn line(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.bytes += text.len() as u64 + 1;
        Ok(())
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
                let text = shown_line(&mut Filter::default(), line);
                out.line(text.trim_end()).map_err(|error| error.to_string())?;
                count += 1;
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::place;

    #[test]
    fn a_file_may_lie_at_home() {
        assert_eq!(place("~/a.log", Path::new("/home/bob")), Path::new("/home/bob/a.log"));
        assert_eq!(place("/tmp/~/a", Path::new("/home/bob")), Path::new("/tmp/~/a"));
        assert_eq!(place("a b.log", Path::new("/home/bob")), Path::new("a b.log"));
    }
}
