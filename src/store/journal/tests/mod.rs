//! The journal: cut, damaged, locked, and written byte for byte as it was.

mod facts;

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use self::facts::{at, events, facts, header, run};
use super::*;
use crate::store::place::scratch;
use crate::{
    model::{NodeId, Try},
    run::{End, Fact, Who},
};

const GOLDEN: &str = include_str!("../format-1.jsonl");
const DRIVER: &str = "ana@desk 4711";

/// A short run, so that every byte of its journal can be tried.
fn short() -> Vec<Event> {
    let attempt = Try { node: NodeId(1), n: 1 };
    events(vec![
        Fact::Taken(Who("ana@desk".into())),
        Fact::Armed(attempt),
        Fact::Started(attempt),
        Fact::Ended(attempt, End::Exit(0), 12),
    ])
}

/// A store with a journal that has these bytes.
fn with_journal(bytes: &[u8]) -> (TempDir, Store) {
    let (dir, store) = scratch();
    fs::create_dir_all(store.run_dir(&run())).unwrap();
    fs::write(store.journal_path(&run()), bytes).unwrap();
    (dir, store)
}

fn bytes_of(header: &Header, events: &[Event]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sum = line::write(&mut bytes, Sum::START, header).unwrap();
    for event in events {
        sum = line::write(&mut bytes, sum, event).unwrap();
    }
    bytes
}

/// What is read of these bytes: how many facts, all of them true, and the words for the rest. What
/// can be read and what can be opened must agree, and a damaged journal must not be touched.
fn check(bytes: &[u8], truth: &[Event]) -> (usize, String) {
    let (dir, store) = with_journal(bytes);
    let reading = Journal::read(&store, &run()).unwrap();
    let count = reading.events.len();
    assert_eq!(reading.events[..], truth[..count]);
    let words = match (&reading.damage, reading.torn) {
        (Some(damage), _) => damage.to_string(),
        (None, Some(torn)) => format!("{} bytes are unfinished", torn.len),
        (None, None) => "whole".to_owned(),
    };
    match Journal::open(&store, &run(), DRIVER) {
        Ok((_, events)) => assert!(reading.damage.is_none() && events == reading.events),
        Err(JournalError::Damaged(damage)) => {
            assert_eq!(Some(damage), reading.damage);
            assert_eq!(fs::read(store.journal_path(&run())).unwrap_or_default(), bytes);
        }
        Err(error) => panic!("{error}"),
    }
    (count, words.replace(&dir.path().display().to_string(), ""))
}

#[test]
fn the_frozen_journal_reads_as_it_was_written() {
    let (_dir, store) = with_journal(GOLDEN.as_bytes());
    let reading = Journal::read(&store, &run()).unwrap();
    assert_eq!(reading.header, Some(header()));
    assert_eq!((reading.torn, reading.damage), (None, None));
    assert_eq!(reading.events, events(facts()));
}

#[test]
fn the_frozen_journal_is_still_written_byte_for_byte() {
    let (_dir, store) = scratch();
    let events = events(facts());
    let mut journal = Journal::create(&store, header(), &events[..1], DRIVER).unwrap();
    journal.append(&events[1..2]).unwrap();
    journal.append(&[]).unwrap();
    journal.append(&events[2..]).unwrap();
    assert_eq!(fs::read_to_string(journal.path()).unwrap(), GOLDEN);
}

#[test]
fn a_journal_that_is_cut_anywhere_is_a_prefix_and_goes_on() {
    let (events, bytes) = (short(), bytes_of(&header(), &short()));
    let header_len = bytes_of(&header(), &[]).len();
    for cut in 0..bytes.len() {
        let lines = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
        let count = lines.saturating_sub(1);
        let (_dir, store) = with_journal(&bytes[..cut]);
        let reading = Journal::read(&store, &run()).unwrap();
        assert_eq!(reading.events, events[..count], "cut at {cut}");
        let opened = Journal::open(&store, &run(), DRIVER);
        if cut < header_len {
            assert!(matches!(opened, Err(JournalError::Damaged(_))), "cut at {cut}");
            continue;
        }
        let (mut journal, opened) = opened.unwrap();
        assert_eq!(opened, events[..count], "cut at {cut}");
        journal.append(&events[count..]).unwrap();
        assert_eq!(fs::read(journal.path()).unwrap(), bytes, "cut at {cut}");
        let good = bytes[..cut].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let torn = fs::read(store.run_dir(&run()).join("journal.torn-1")).unwrap_or_default();
        assert_eq!(torn, bytes[good..cut], "cut at {cut}");
    }
}

/// Opens a journal that was driven before. A child of another test that has not come to its exec yet may
/// hold the lock a moment longer.
fn released(store: &Store, driver: &str) -> (Journal, Vec<Event>) {
    let tried = (0..100_000).find_map(|_| {
        std::thread::yield_now();
        Journal::open(store, &run(), driver).ok()
    });
    tried.unwrap()
}

#[test]
fn unfinished_ends_are_kept_side_by_side() {
    let bytes = bytes_of(&header(), &[]);
    let (_dir, store) = with_journal(&bytes);
    for end in ["{\"seq\":0", "{\"seq\":0,"] {
        fs::write(store.journal_path(&run()), [&bytes, end.as_bytes()].concat()).unwrap();
        released(&store, DRIVER);
    }
    let read = |name| fs::read_to_string(store.run_dir(&run()).join(name)).unwrap();
    assert_eq!(read("journal.torn-1"), "{\"seq\":0");
    assert_eq!(read("journal.torn-2"), "{\"seq\":0,");
    assert_eq!(read("journal.jsonl").as_bytes(), bytes);
}

#[test]
fn no_changed_byte_goes_unseen() {
    let (events, bytes) = (short(), bytes_of(&header(), &short()));
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &bytes).collect();
    let last_but_one = ends[ends.len() - 2];
    let (_dir, store) = with_journal(&bytes);
    for place in 0..bytes.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, bytes[place] ^ b'\n'] {
            if change == 0 {
                continue;
            }
            let mut bytes = bytes.clone();
            bytes[place] ^= change;
            fs::write(store.journal_path(&run()), &bytes).unwrap();
            let reading = Journal::read(&store, &run()).unwrap();
            let told = format!("byte {place} ^ {change}: {:?}", reading.damage);
            assert!(reading.damage.is_some() || reading.torn.is_some(), "{told}");
            assert!(reading.damage.is_some() || place >= last_but_one, "{told}");
            let before = ends.iter().filter(|end| **end < place).count().saturating_sub(1);
            assert_eq!(reading.events, events[..before], "{told}");
            if change == 1 && place % 5 == 0 {
                check(&bytes, &events);
            }
        }
    }
}

#[test]
fn lines_that_are_missing_doubled_or_exchanged_are_seen() {
    let events = short();
    let bytes = String::from_utf8(bytes_of(&header(), &events)).unwrap();
    let lines: Vec<&str> = bytes.split_inclusive('\n').collect();
    let try_lines = |order: &[usize]| {
        let text: String = order.iter().map(|line| lines[*line]).collect();
        check(text.as_bytes(), &events).1
    };
    assert_eq!(try_lines(&[0, 1, 2, 3, 4]), "whole");
    assert_eq!(try_lines(&[0, 1, 2, 3]), "whole");
    for order in [&[0, 2, 3, 4][..], &[0, 1, 3, 4], &[0, 1, 1, 2, 3, 4], &[0, 2, 1, 3, 4]] {
        assert!(try_lines(order).contains("the checksum does not fit"), "{order:?}");
    }
    assert!(try_lines(&[1, 2, 3, 4]).contains("not the header"));
    assert!(try_lines(&[0, 1, 2, 4]).contains("unfinished"));
}

#[test]
fn every_damage_says_where_and_what() {
    let gap = {
        let mut events = short();
        events[2].seq = 7;
        bytes_of(&header(), &events)
    };
    let later = Header { format: FORMAT + 1, ..header() };
    let other = Header { run: RunId::new("20261122-014312", [1; 10]), ..header() };
    let unknown = {
        let mut bytes = Vec::new();
        let sum = line::write(&mut bytes, Sum::START, &header()).unwrap();
        let fact = serde_json::json!({"seq": 0, "at": at(0), "fact": {"teleported": 1}});
        line::write(&mut bytes, sum, &fact).unwrap();
        bytes
    };
    let text = bytes_of(&header(), &short());
    let flipped: Vec<u8> = text.iter().map(|b| if *b == b'1' { b'2' } else { *b }).collect();
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty", vec![]),
        ("no header", b"hello\n".to_vec()),
        ("half a header", text[..40].to_vec()),
        ("later", bytes_of(&later, &short())),
        ("another run", bytes_of(&other, &short())),
        ("gap", gap),
        ("unknown fact", unknown),
        ("changed", [&text[..text.len() / 2], &flipped[text.len() / 2..]].concat()),
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|(name, bytes)| {
            let (count, words) = check(bytes, &short());
            format!("{name}: {count} facts;{}", words.replace(run().as_str(), "RUN"))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    empty: 0 facts;/state/runs/RUN/journal.jsonl is empty
    no header: 0 facts;/state/runs/RUN/journal.jsonl line 1: not the header of a journal
    half a header: 0 facts;/state/runs/RUN/journal.jsonl line 1: not the header of a journal
    later: 4 facts;/state/runs/RUN/journal.jsonl line 1: written by a later version of deployui (format 3, this one reads up to 2)
    another run: 0 facts;/state/runs/RUN/journal.jsonl line 1: the journal of another run, `20261122-014312-aeaqcaibaeaqcaib`
    gap: 2 facts;/state/runs/RUN/journal.jsonl line 4: fact 7 stands where fact 2 must follow
    unknown fact: 0 facts;/state/runs/RUN/journal.jsonl line 2: not a fact that this version knows: unknown variant `teleported`
    changed: 1 facts;/state/runs/RUN/journal.jsonl line 3: the checksum does not fit: bytes were changed, or a line is missing
    ");
}

#[test]
fn a_missing_journal_and_a_missing_run_are_told_apart() {
    let (_dir, store) = scratch();
    let missing =
        |result: Result<_, JournalError>| matches!(result, Err(JournalError::NoSuchRun(_)));
    assert!(missing(Journal::read(&store, &run()).map(|_| ())));
    assert!(missing(Journal::open(&store, &run(), DRIVER).map(|_| ())));
    assert!(!store.run_dir(&run()).exists());
    fs::create_dir_all(store.run_dir(&run())).unwrap();
    let damage = Journal::read(&store, &run()).unwrap().damage.unwrap();
    assert_eq!(damage.what, What::Missing);
    let opened = Journal::open(&store, &run(), DRIVER).map(|_| ());
    assert!(matches!(opened, Err(JournalError::Damaged(opened)) if opened == damage));
}

#[test]
fn a_second_console_is_told_who_drives_the_run() {
    let (_dir, store) = scratch();
    let mut journal = Journal::create(&store, header(), &[], DRIVER).unwrap();
    journal.append(&short()[..1]).unwrap();
    let by = |result: Result<(Journal, Vec<Event>), JournalError>| match result {
        Err(JournalError::LockedBy { by, .. }) => by,
        other => panic!("{other:?}"),
    };
    assert_eq!(by(Journal::open(&store, &run(), "bob@desk 1")), DRIVER);
    assert_eq!(Journal::read(&store, &run()).unwrap().events, short()[..1]);
    drop(journal);
    let (held, events) = released(&store, "bob\u{7}@desk 1\nroot");
    assert_eq!(events, short()[..1]);
    assert_eq!(by(Journal::open(&store, &run(), DRIVER)), "bob@desk 1");
    drop(held);
    released(&store, DRIVER);
}

#[test]
fn a_run_is_made_once_and_for_the_operator_only() {
    let (dir, store) = scratch();
    let journal = Journal::create(&store, header(), &[], DRIVER).unwrap();
    assert_eq!(journal.header(), &header());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in [store.root(), &store.runs_dir(), &store.run_dir(&run())] {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    for name in ["journal.jsonl", "lock"] {
        assert_eq!(mode(&store.run_dir(&run()).join(name)), 0o600, "{name}");
    }
    let again = Journal::create(&store, header(), &[], DRIVER);
    assert!(matches!(again, Err(JournalError::Exists(_))));
    assert_eq!(Journal::read(&store, &run()).unwrap().header, Some(header()));
    drop(dir);
}

#[test]
fn a_run_is_made_with_its_first_facts_or_not_at_all() {
    let (_dir, store) = scratch();
    let events = short();
    let refused = Journal::create(&store, header(), &events[1..], DRIVER);
    assert!(matches!(refused, Err(JournalError::OutOfOrder { wanted: 0, found: 1 })));
    assert!(!store.run_dir(&run()).exists());
    let journal = Journal::create(&store, header(), &events[..2], DRIVER).unwrap();
    assert_eq!(fs::read(journal.path()).unwrap(), bytes_of(&header(), &events[..2]));
}

#[test]
fn a_fact_out_of_order_is_not_written() {
    let (_dir, store) = scratch();
    let mut journal = Journal::create(&store, header(), &[], DRIVER).unwrap();
    let events = short();
    let refused = journal.append(&[events[0].clone(), events[2].clone()]);
    assert!(matches!(refused, Err(JournalError::OutOfOrder { wanted: 1, found: 2 })));
    journal.append(&events).unwrap();
    assert_eq!(fs::read(journal.path()).unwrap(), bytes_of(&header(), &events));
}

#[test]
fn errors_name_the_file_and_what_to_do() {
    let (dir, store) = scratch();
    fs::write(dir.path().join("state"), "not a directory").unwrap();
    let error = Journal::create(&store, header(), &[], DRIVER).unwrap_err();
    let text = error.to_string().replace(&dir.path().display().to_string(), "");
    insta::assert_snapshot!(text, @"cannot make /state/runs: Not a directory (os error 20)");
    let full = DiskError {
        doing: "write",
        path: "/state/runs/x/journal.jsonl".into(),
        source: io::ErrorKind::StorageFull.into(),
    };
    insta::assert_snapshot!(format!("{full}\nhint: {}", full.hint().unwrap()), @r"
    cannot write /state/runs/x/journal.jsonl: no storage space
    hint: the disk is full: make room, then go on; steps on the hosts are not affected
    ");
    let locked = JournalError::LockedBy { path: "/state/runs/x/lock".into(), by: DRIVER.into() };
    insta::assert_snapshot!(format!("{locked}\nhint: {}", locked.hint().unwrap()), @r"
    the run is driven by ana@desk 4711 (/state/runs/x/lock)
    hint: watch it: deployui --read-only; or go on there, or leave it there first: steps in flight go on
    ");
}
