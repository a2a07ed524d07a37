//! Logs: what was written is what is read, whenever anybody looks and whatever the disk lost.

mod masks;

use std::{fs, os::unix::fs::symlink, path::PathBuf, thread};

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    model::RunId,
    store::{Store, place::scratch},
};

const BOX: &str = "migrate.1";

struct Place {
    _dir: TempDir,
    store: Store,
    run: RunId,
}

impl Place {
    fn new() -> Self {
        let (dir, store) = scratch();
        Self { _dir: dir, store, run: RunId::new("20261122-014312", [0; 10]) }
    }

    fn writer(&self) -> LogWriter {
        LogWriter::open(&self.store, &self.run, "web1", BOX, Dirty::new().0).unwrap()
    }

    fn reader(&self) -> LogReader {
        LogReader::open(&self.store, &self.run, "web1", BOX).unwrap()
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.store.log_path(&self.run, "web1", BOX).unwrap().with_extension(ending)
    }
}

fn ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_312_992_000 + ms).unwrap()
}

/// The lines as anyone would count them: number, offset, bytes, whether it has its end.
fn naive(bytes: &[u8]) -> Vec<(u64, u64, &[u8], bool)> {
    let mut offset = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    (0..)
        .zip(lines)
        .map(|(number, line)| {
            let start = offset;
            offset += line.len() as u64;
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            (number, start, text, text.len() < line.len())
        })
        .collect()
}

/// The reader gives exactly the lines of `bytes`, all of them and any part of them.
fn check(reader: &mut LogReader, bytes: &[u8]) {
    let wanted = naive(bytes);
    assert_eq!(reader.len(), bytes.len() as u64);
    assert_eq!(reader.line_count(), wanted.len() as u64);
    let middle = wanted.len() / 2;
    let parts = [(0, wanted.len() + 1), (middle, 3), (wanted.len().saturating_sub(2), 9)];
    for (from, count) in parts {
        let lines = reader.lines(from as u64, count).unwrap();
        let until = wanted.len().min(from + count);
        assert_eq!(lines.len(), until - from);
        for (line, (number, offset, text, complete)) in lines.iter().zip(&wanted[from..until]) {
            assert_eq!((line.number, line.offset, line.complete), (*number, *offset, *complete));
            assert_eq!(line.len, text.len() as u64);
            assert!(line.bytes == text[..text.len().min(LINE_BYTES_MAX)], "line {number}");
            assert!(line.arrival.is_some());
        }
    }
    assert!(reader.lines(wanted.len() as u64, 1).unwrap().is_empty());
}

#[derive(Clone, Debug)]
enum Deed {
    Append(Vec<u8>, i64),
    Reopen,
    Resume(u64),
}

fn output() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"progress 10%\rprogress 20%\r\n".to_vec()),
        Just(b"\x1b[31mno end".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
        Just([vec![b'x'; 70_000], b"\n".to_vec()].concat()),
        Just(
            b"a line of more than usual length, to have one stride with fewer of them, \
                many times over, as a step that says the same again and again prints\n"
                .repeat(600)
        ),
    ];
    prop::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        8 => (output(), prop_oneof![Just(0), 0i64..200, Just(-3000)])
            .prop_map(|(bytes, pause)| Deed::Append(bytes, pause)),
        1 => Just(Deed::Reopen),
        1 => (0u64..200_000).prop_map(Deed::Resume),
    ];
    prop::collection::vec(deed, 1..30)
}

/// When each line that begins in `bytes` arrives.
fn arrivals(fresh: &mut bool, bytes: &[u8]) -> usize {
    let mut begun = 0;
    for byte in bytes {
        begun += usize::from(*fresh);
        *fresh = *byte == b'\n';
    }
    begun
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_reader_sees_what_was_written_whenever_it_looks(deeds in deeds()) {
        let place = Place::new();
        let (mut writer, mut reader) = (place.writer(), place.reader());
        let (mut truth, mut times, mut fresh) = (Vec::new(), Vec::new(), true);
        let mut now = 0;
        for deed in deeds {
            match deed {
                Deed::Append(bytes, pause) => {
                    now += pause;
                    writer.append(&bytes, ms(now)).unwrap();
                    times.resize(times.len() + arrivals(&mut fresh, &bytes), now);
                    truth.extend(bytes);
                }
                Deed::Reopen => {
                    drop(writer);
                    writer = place.writer();
                }
                Deed::Resume(ahead) => writer.resume(writer.len() + ahead),
            }
            prop_assert_eq!(writer.len(), truth.len() as u64);
            let grown = reader.len() < truth.len() as u64;
            prop_assert_eq!(reader.refresh().unwrap(), grown);
            check(&mut reader, &truth);
        }
        check(&mut place.reader(), &truth);
        let lines = reader.lines(0, times.len()).unwrap();
        for (line, time) in lines.iter().zip(times) {
            let arrival = line.arrival.unwrap();
            let off = arrival.at.as_millisecond().abs_diff(ms(time).as_millisecond());
            prop_assert!(off < 50, "line {} is {off} ms off", line.number);
        }
    }
}

#[test]
fn a_writer_can_be_replaced_at_every_byte() {
    let truth = b"\n\none\r\ntwo\n\nthree \xff\n\n\nopen";
    for cut in 0..=truth.len() {
        let place = Place::new();
        let mut reader = place.reader();
        for part in [&truth[..cut], &truth[cut..]] {
            place.writer().append(part, ms(0)).unwrap();
            reader.refresh().unwrap();
        }
        check(&mut reader, truth);
        check(&mut place.reader(), truth);
    }
}

/// Lines of all lengths, more than one stride of them.
fn some_lines() -> Vec<u8> {
    let lines = (0..900u32).map(|n| format!("{n} {}\n", "y".repeat(n as usize * 7 % 700)));
    let mut bytes: Vec<u8> = lines.collect::<String>().into_bytes();
    bytes.extend_from_slice(b"open");
    bytes
}

#[test]
fn only_bytes_read_on_resume_have_an_upper_bound() {
    let place = Place::new();
    let mut writer = place.writer();
    writer.append(b"live 0\nlive", ms(0)).unwrap();
    drop(writer);
    let mut writer = place.writer();
    assert_eq!(writer.len(), 11);
    writer.resume(11 + 14);
    writer.append(b" 1\nlate 2\nlate 3\nlive 4\n", ms(10)).unwrap();
    writer.append(b"live 5\n", ms(1000)).unwrap();
    let lines = place.reader().lines(0, 9).unwrap();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let Arrival { at, exact } = line.arrival.unwrap();
            let mark = if exact { "" } else { "≤ " };
            format!("{mark}{at} {}", String::from_utf8_lossy(&line.bytes))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    2026-11-22T02:03:12Z live 0
    2026-11-22T02:03:12Z live 1
    ≤ 2026-11-22T02:03:12.01Z late 2
    ≤ 2026-11-22T02:03:12.01Z late 3
    2026-11-22T02:03:12.01Z live 4
    2026-11-22T02:03:13Z live 5
    ");
}

#[test]
fn a_line_of_10_mb_is_cut_for_the_reader_and_whole_in_the_log() {
    let place = Place::new();
    let mut writer = place.writer();
    let mut truth = b"before\n".to_vec();
    writer.append(&truth, ms(0)).unwrap();
    for _ in 0..10 {
        let part = vec![b'z'; 1_000_000];
        writer.append(&part, ms(0)).unwrap();
        truth.extend(part);
        check(&mut place.reader(), &truth);
    }
    writer.append(b"\nafter\n\n", ms(0)).unwrap();
    truth.extend(b"\nafter\n\n");
    let mut reader = place.reader();
    check(&mut reader, &truth);
    let window = reader.window(9_999_999, 20).unwrap();
    assert_eq!(window.bytes, b"zzzzzzzz\nafter\n\n");
    let line = reader.lines(1, 1).unwrap().remove(0);
    assert_eq!((line.bytes.len(), line.len), (LINE_BYTES_MAX, 10_000_000));
    assert!(fs::read(place.file("log")).unwrap() == truth);
}

/// Whatever the index file holds, lines are right, for a reader and after a writer mended it.
fn check_with_index(place: &Place, truth: &[u8], index: Option<&[u8]>) {
    match index {
        Some(index) => fs::write(place.file("idx"), index).unwrap(),
        None => fs::remove_file(place.file("idx")).unwrap(),
    }
    check(&mut place.reader(), truth);
    assert_eq!(place.writer().len(), truth.len() as u64);
    check(&mut place.reader(), truth);
}

#[test]
fn an_index_that_is_cut_changed_lost_or_of_another_log_does_no_harm() {
    let place = Place::new();
    let truth = some_lines();
    let mut writer = place.writer();
    for (piece, at) in truth.chunks(30_000).zip((0..).step_by(30)) {
        writer.append(piece, ms(at)).unwrap();
    }
    drop(writer);
    let index = fs::read(place.file("idx")).unwrap();
    assert_eq!(index.len() % 32, 16);
    assert!(index.len() > 32 * 5, "{}", index.len());
    check_with_index(&place, &truth, None);
    for cut in 0..index.len() {
        if cut % 3 == 0 {
            check_with_index(&place, &truth, Some(&index[..cut]));
        }
        let mut changed = index.clone();
        changed[cut] ^= 0x10;
        check_with_index(&place, &truth, Some(&changed));
    }
    let other = Place::new();
    other.writer().append(&b"\n".repeat(truth.len()), ms(0)).unwrap();
    let others = fs::read(other.file("idx")).unwrap();
    check_with_index(&place, &truth, Some(&others));
}

#[test]
fn an_index_made_anew_is_as_sparse_and_has_upper_bounds() {
    let place = Place::new();
    let truth = some_lines();
    place.writer().append(&truth, ms(0)).unwrap();
    let records = |place: &Place| (fs::metadata(place.file("idx")).unwrap().len() - 16) / 32;
    let live = records(&place);
    assert_eq!(live, truth.len() as u64 / (64 * 1024) + 1);
    fs::remove_file(place.file("idx")).unwrap();
    drop(place.writer());
    assert_eq!(records(&place), live);
    let mut reader = place.reader();
    let line = reader.lines(800, 1).unwrap().remove(0);
    assert!(!line.arrival.unwrap().exact);
    check(&mut reader, &truth);
}

#[test]
fn the_first_line_that_begins_64_kib_further_is_indexed() {
    for (len, line) in [(64 * 1024 - 2, 2u64), (64 * 1024 - 1, 1)] {
        let place = Place::new();
        let text = [vec![b'x'; len], b"\nshort\nshort\n".to_vec()].concat();
        place.writer().append(&text, ms(0)).unwrap();
        let index = fs::read(place.file("idx")).unwrap();
        assert_eq!(index.len(), 16 + 2 * 32);
        assert_eq!(index[16 + 32 + 8..][..8], line.to_le_bytes(), "{len}");
    }
}

#[test]
fn setting_aside_that_was_interrupted_leaves_no_old_masks_on_the_new_log() {
    let place = Place::new();
    let mut writer = place.writer();
    writer.mask(&[mask(0, 6, "TOKEN")]).unwrap();
    writer.append(b"secret\n", ms(0)).unwrap();
    drop(writer);
    fs::rename(place.file("log"), place.file("log.kept-1")).unwrap();
    place.writer().append(b"harmless\n", ms(1)).unwrap();
    let line = place.reader().lines(0, 1).unwrap().remove(0);
    assert_eq!((line.bytes.as_slice(), line.masks), (&b"harmless"[..], vec![]));
}

#[test]
fn records_of_bytes_that_were_lost_do_not_come_back() {
    let place = Place::new();
    let mut writer = place.writer();
    (0..50).for_each(|n| writer.append(b"some line of old\n", ms(n * 100)).unwrap());
    drop(writer);
    let file = fs::OpenOptions::new().write(true).open(place.file("log")).unwrap();
    file.set_len(17).unwrap();
    let new = b"\n".repeat(2000);
    place.writer().append(&new, ms(9000)).unwrap();
    check(&mut place.reader(), &[b"some line of old\n", &new[..]].concat());
}

#[test]
fn a_log_that_lost_its_end_is_gone_on_with() {
    let truth = some_lines();
    for cut in [0, 1, 7, 65_536, 65_537, 200_000, truth.len() - 5] {
        let place = Place::new();
        place.writer().append(&truth, ms(0)).unwrap();
        let mut reader = place.reader();
        let file = fs::OpenOptions::new().write(true).open(place.file("log")).unwrap();
        file.set_len(cut as u64).unwrap();
        assert!(reader.refresh().unwrap());
        check(&mut reader, &truth[..cut]);
        let mut writer = place.writer();
        assert_eq!(writer.len(), cut as u64);
        writer.append(&truth[cut..], ms(100)).unwrap();
        reader.refresh().unwrap();
        check(&mut reader, &truth);
        check(&mut place.reader(), &truth);
    }
}

#[test]
fn a_reader_in_another_thread_never_sees_a_wrong_line() {
    let place = Place::new();
    let (mut writer, mut reader) = (place.writer(), place.reader());
    let text = |n: u64| format!("line {n} {}\n", "-".repeat(usize::try_from(n % 97).unwrap()));
    let last = 60_000;
    thread::scope(|scope| {
        scope.spawn(move || {
            let all: String = (0..=last).map(text).collect();
            for (piece, at) in all.as_bytes().chunks(3001).zip(0..) {
                writer.append(piece, ms(at)).unwrap();
            }
        });
        while reader.line_count() <= last {
            reader.refresh().unwrap();
            let count = reader.line_count();
            for line in reader.lines(count.saturating_sub(50), 50).unwrap() {
                let wanted = text(line.number);
                let read = String::from_utf8(line.bytes).unwrap();
                let whole = wanted.trim_end_matches('\n');
                assert!(if line.complete { read == whole } else { wanted.starts_with(&read) });
            }
        }
    });
}

#[test]
fn a_log_that_is_not_there_yet_has_no_lines_and_is_seen_when_it_comes() {
    let place = Place::new();
    let mut reader = place.reader();
    check(&mut reader, b"");
    assert!(!reader.refresh().unwrap());
    place.writer().append(b"here\n", ms(0)).unwrap();
    assert!(reader.refresh().unwrap());
    check(&mut reader, b"here\n");
    assert!(!reader.refresh().unwrap());
}

#[test]
fn the_tail_is_summed_as_the_host_sums_it() {
    let place = Place::new();
    let mut writer = place.writer();
    assert_eq!(writer.tail_sum(4096).unwrap(), (0, posix_cksum(b"")));
    let truth = some_lines();
    writer.append(&truth, ms(0)).unwrap();
    let len = truth.len();
    assert_eq!(writer.tail_sum(4096).unwrap(), (len as u64, posix_cksum(&truth[len - 4096..])));
    assert_eq!(writer.tail_sum(0).unwrap(), (len as u64, posix_cksum(b"")));
    writer.sync().unwrap();
}

#[test]
fn growth_is_marked() {
    let place = Place::new();
    let (dirty, seen) = Dirty::new();
    let mut writer = LogWriter::open(&place.store, &place.run, "web1", BOX, dirty).unwrap();
    writer.append(b"", ms(0)).unwrap();
    assert!(!seen.has_changed().unwrap());
    writer.append(b"x", ms(0)).unwrap();
    assert!(seen.has_changed().unwrap());
}

#[test]
fn a_full_disk_is_said_with_the_path_and_counts_no_byte() {
    let place = Place::new();
    drop(place.writer());
    fs::remove_file(place.file("log")).unwrap();
    symlink("/dev/full", place.file("log")).unwrap();
    let mut writer = place.writer();
    let error = writer.append(b"lost?\n", ms(0)).unwrap_err();
    assert_eq!(error.source.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(error.path, place.file("log"));
    assert_eq!(writer.len(), 0);
}

fn mask(offset: u64, len: u32, name: &str) -> Mask {
    Mask { offset, len, name: name.into() }
}

#[test]
fn a_replaced_log_is_kept_with_its_masks_and_a_new_one_begun() {
    let place = Place::new();
    let mut writer = place.writer();
    let mut reader = place.reader();
    for n in 1..=2 {
        writer.mask(&[mask(4, 6, "TOKEN")]).unwrap();
        writer.append(b"old secret\n", ms(0)).unwrap();
        reader.refresh().unwrap();
        check(&mut reader, b"old secret\n");
        writer = writer.set_aside().unwrap();
        assert_eq!(writer.len(), 0);
        assert!(reader.refresh().unwrap());
        check(&mut reader, b"");
        for (ending, bytes) in [("log", 11), ("idx", 48), ("mask", 16 + 23)] {
            let kept = place.file(&format!("{ending}.kept-{n}"));
            assert_eq!(fs::metadata(&kept).unwrap().len(), bytes, "{}", kept.display());
        }
    }
    writer.append(b"new\n", ms(0)).unwrap();
    reader.refresh().unwrap();
    let line = reader.lines(0, 1).unwrap().remove(0);
    assert_eq!((line.bytes.as_slice(), line.masks), (&b"new"[..], vec![]));
}

#[test]
fn the_frozen_files_are_written_byte_for_byte() {
    let place = Place::new();
    let mut writer = place.writer();
    writer.append(b"one\ntwo\n", ms(0)).unwrap();
    writer.resume(u64::MAX);
    writer.append(b"three\n", ms(1)).unwrap();
    writer.mask(&[mask(4, 3, "TOKEN")]).unwrap();
    let hex = |ending| {
        let bytes = fs::read(place.file(ending)).unwrap();
        let rows = bytes
            .chunks(16)
            .map(|row| row.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "));
        rows.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(hex("idx"), @r"
    64 75 69 2d 69 64 78 0a 01 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 3f fe 00 a2 01 00 00 00 00 00 00 5c 9f 78 7b
    08 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00
    01 3f fe 00 a2 01 00 00 01 00 00 00 32 2a 00 9f
    ");
    insta::assert_snapshot!(hex("mask"), @r"
    64 75 69 2d 6d 73 6b 0a 01 00 00 00 00 00 00 00
    04 00 00 00 00 00 00 00 03 00 00 00 05 00 54 4f
    4b 45 4e bd 19 fb 96
    ");
}
