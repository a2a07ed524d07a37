use jiff::Timestamp;
use proptest::prelude::*;

use super::{encodings::writings, finder::Finder, *};
use crate::{
    model::RunId,
    store::{Dirty, LogReader, LogWriter, Mask, Store},
};

fn secrets(values: &[(&str, &str)]) -> Secrets {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from(*value));
    Secrets::new(values.iter().map(pair).collect()).unwrap()
}

/// What the log has after all pieces, and where secrets lie in it. Nothing that ends a secret is in
/// the log before its place is known.
fn found(secrets: &Secrets, pieces: &[&[u8]]) -> (Vec<u8>, Vec<Mask>) {
    let mut finder = Finder::new(Arc::clone(secrets.patterns.as_ref().unwrap()), 0, &[]);
    let (mut log, mut masks) = (Vec::new(), Vec::new());
    for piece in pieces {
        let found = finder.feed(piece);
        let first = found.masks.iter().map(|mask| mask.offset).min();
        assert!(first.is_none_or(|first| first >= log.len() as u64), "the log had a beginning");
        masks.extend(found.masks);
        log.extend(found.bytes);
        assert_hidden(secrets, &log, &masks);
    }
    log.extend(finder.flush());
    (log, masks)
}

/// Checks that every writing in the log is hidden whole.
fn assert_hidden(secrets: &Secrets, log: &[u8], masks: &[Mask]) {
    let hidden = |at: usize, len: usize| {
        (at..at + len).all(|byte| {
            masks.iter().any(|mask| {
                let start = usize::try_from(mask.offset).unwrap();
                (start..start + usize::try_from(mask.len).unwrap()).contains(&byte)
            })
        })
    };
    for value in secrets.values.values() {
        for writing in writings(value.expose_secret()) {
            for (at, window) in log.windows(writing.len()).enumerate() {
                let shown = window == writing.as_slice() && !hidden(at, window.len());
                assert!(!shown, "{:?} at {at}", String::from_utf8_lossy(window));
            }
        }
    }
}

/// What a reader shows.
fn shown(secrets: &Secrets, log: &str) -> String {
    let (bytes, masks) = found(secrets, &[log.as_bytes()]);
    assert_eq!(bytes, log.as_bytes());
    let mut text: Vec<u8> = bytes;
    for mask in masks {
        let start = usize::try_from(mask.offset).unwrap();
        text[start..start + usize::try_from(mask.len).unwrap()].fill(b'#');
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn the_writings_of_a_value() {
    let check = |value: &str, log: &str, expect: &str| {
        assert_eq!(shown(&secrets(&[("KEY", value)]), log), expect);
    };
    check("s3cret/+", "x s3cret/+ y", "x ######## y");
    // printf %s "$KEY" | base64, then behind one and two other bytes.
    check("s3cret/+", "czNjcmV0Lys=", "##########s=");
    check("s3cret/+", "eHMzY3JldC8r", "eH##########");
    check("s3cret/+", "eHhzM2NyZXQvKw==", "eHh##########w==");
    check("\u{fb}\u{ff}x?", "w7vDv3g_", "########");
    check("s3cret/+", "7333637265742f2b 7333637265742F2B", "################ ################");
    check("a b/c\"'", "a%20b%2Fc%22%27 a+b%2fc%22%27", "############### #############");
    check("a\"b\\c\u{e9}", r#"a\"b\\cé a\"b\\c\u00e9"#, "######### #############");
    check("it's", r#"it'\''s it'"'"'s"#, "####### ########");
    check("pa$$", "pa\\$\\$", "######");
    check("first line\nab\nlast", "first line | ab | last", "########## | ab | ####");
    check("first line\nab\nlast", "first line\nab\nlast", "##################");
    check("abcd", "abc abd ab", "abc abd ab");
}

#[test]
fn a_long_value_in_lines_of_base64() {
    let value: String = (0..40).map(|n| format!("{n:03}-")).collect();
    let keys = secrets(&[("KEY", &value)]);
    let broken = |all: &str| {
        let lines = all.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap());
        Vec::from_iter(lines).join("\n")
    };
    for (before, after) in [("it is ", ".."), ("it is: ", "."), ("it is:  ", "")] {
        let all = encodings::tests::whole(format!("{before}{value}{after}").as_bytes());
        // The first and the last characters are made of other bytes, too.
        let first = (before.len() * 8).div_ceil(6);
        let end = (before.len() + value.len()) * 8 / 6;
        let expect = format!("{}{}{}", &all[..first], "#".repeat(end - first), &all[end..]);
        assert_eq!(shown(&keys, &broken(&all)), broken(&expect));
    }
}

#[test]
fn secrets_that_overlap_are_both_hidden_whole() {
    let keys = secrets(&[("A", "abcdef"), ("B", "defghi"), ("C", "bcde")]);
    assert_eq!(shown(&keys, "-abcdefghi-bcdefghi"), "-#########-########");
}

#[test]
fn what_was_flushed_is_hidden_when_it_goes_on() {
    let keys = secrets(&[("KEY", "s3cret")]);
    let mut finder = Finder::new(Arc::clone(keys.patterns.as_ref().unwrap()), 0, &[]);
    assert_eq!(finder.feed(b"x s3c").bytes, b"x ");
    assert_eq!(finder.flush(), b"s3c");
    let found = finder.feed(b"ret.");
    assert_eq!(found.bytes, b"ret.");
    assert_eq!(found.masks, [Mask { offset: 2, len: 6, name: "KEY".to_owned() }]);
    // Also when the log was opened anew between them.
    let mut finder = Finder::new(Arc::clone(keys.patterns.as_ref().unwrap()), 5, b"x s3c");
    assert_eq!(finder.feed(b"ret.").masks, found.masks);
}

/// A log as its readers show it, and its bytes.
fn written(keys: &Secrets, write: impl Fn(Ingest) -> Ingest) -> (String, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let (store, run) = (Store::at(dir.path().to_owned()), RunId::new("20261122-000000", [1; 10]));
    let (dirty, _grown) = Dirty::new();
    let log = LogWriter::open(&store, &run, "h1", "step.1", dirty).unwrap();
    drop(write(Ingest::new(log, keys, &["KEY".to_owned()]).unwrap()));
    let reader = LogReader::open(&store, &run, "h1", "step.1").unwrap();
    let window = reader.window(0, 1000).unwrap();
    let mut text = window.bytes.clone();
    for mask in window.masks {
        text[mask.at..mask.at + mask.len].fill(b'#');
    }
    (String::from_utf8(text).unwrap(), window.bytes)
}

#[test]
fn a_log_is_written_with_the_places_of_secrets() {
    let at = Timestamp::UNIX_EPOCH;
    let keys = secrets(&[("KEY", "s3cret")]);
    let (text, bytes) = written(&keys, |mut log| {
        log.append(b"a s3c", at).unwrap();
        log.append(b"ret b s3", at).unwrap();
        log.flush(at).unwrap();
        log
    });
    assert_eq!((text.as_str(), bytes.as_slice()), ("a ###### b s3", b"a s3cret b s3".as_slice()));
    // A log that begins anew has nothing to do with what was there before.
    let (text, _) = written(&keys, |mut log| {
        log.append(b"a s3c", at).unwrap();
        let mut log = log.set_aside(at).unwrap();
        log.append(b"ret s3cret.", at).unwrap();
        log
    });
    assert_eq!(text, "ret ######.");
}

#[test]
fn what_a_step_prints_is_hidden_whole_where_its_secret_is_not_known() {
    let other = secrets(&[("OTHER", "s3cret")]);
    let (text, bytes) = written(&other, |mut log| {
        log.append(b"any", Timestamp::UNIX_EPOCH).unwrap();
        log.append(b"thing", Timestamp::UNIX_EPOCH).unwrap();
        log
    });
    assert_eq!((text.as_str(), bytes.as_slice()), ("########", b"anything".as_slice()));
}

#[test]
fn a_hosts_own_words_are_scrubbed() {
    let keys = secrets(&[("KEY", "s3cret"), ("OTHER", "\u{e9}t\u{e9}!")]);
    let words = "sh: s3cret: not found, \u{e9}t\u{e9}! \u{e9}".to_owned();
    assert_eq!(keys.scrub(words), "sh: <KEY hidden>: not found, <OTHER hidden> \u{e9}");
    assert_eq!(format!("{keys:?}"), r#"{"KEY", "OTHER"}"#);
}

#[test]
fn values_that_cannot_be_hidden_are_refused() {
    let check = |value: &str, expect: &Result<(), BadSecret>| {
        assert_eq!(Secrets::fits(&SecretString::from(value)), *expect);
    };
    check("", &Err(BadSecret::Empty));
    check("abc", &Err(BadSecret::Short(3)));
    check("abcd", &Ok(()));
    check("ab\0cd", &Err(BadSecret::Nul));
    check(&"x".repeat(VALUE_BYTES_MAX), &Ok(()));
    check(&"x".repeat(VALUE_BYTES_MAX + 1), &Err(BadSecret::Long(VALUE_BYTES_MAX + 1)));
}

/// A value, and a log of noise, beginnings of writings and whole writings.
fn logs() -> impl Strategy<Value = (String, Vec<u8>)> {
    let value = prop_oneof!["[ab]{4,6}", "[a-c'\"\\\\ /%\n\u{e9}]{4,12}", "[ -~]{4,40}"];
    value.prop_filter("it can be hidden", |value| !value.trim().is_empty()).prop_flat_map(|value| {
        let all: Vec<Vec<u8>> = writings(&value).into_iter().map(|it| it.to_vec()).collect();
        let piece = (prop::sample::select(all), 0_usize..60).prop_map(|(mut writing, cut)| {
            if cut > 20 {
                writing.truncate(cut - 20);
            }
            writing
        });
        let noise = prop::collection::vec(any::<u8>(), 0..4);
        let pieces = prop::collection::vec(prop_oneof![3 => piece, 1 => noise], 0..12);
        (Just(value), pieces.prop_map(|pieces| pieces.concat()))
    })
}

proptest! {
    #[test]
    fn however_bytes_come_in_no_secret_is_shown_and_none_is_lost(
        (value, log) in logs(),
        cuts in prop::collection::vec(1_usize..40, 1..40),
    ) {
        let keys = secrets(&[("KEY", &value)]);
        let (whole, mut masks) = found(&keys, &[&log]);
        prop_assert_eq!(&whole, &log);
        assert_hidden(&keys, &whole, &masks);
        let (mut pieces, mut rest) = (Vec::new(), log.as_slice());
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let (same, mut cut) = found(&keys, &pieces);
        prop_assert_eq!(&same, &log);
        // The same bytes are hidden, however many places they are.
        let bytes = |masks: &mut Vec<Mask>| -> std::collections::BTreeSet<u64> {
            masks.iter().flat_map(|it| it.offset..it.offset + u64::from(it.len)).collect()
        };
        prop_assert_eq!(bytes(&mut masks), bytes(&mut cut));
    }
}

#[test]
fn what_was_typed_unseen_is_looked_for_beside_the_secrets() {
    let none = Secrets::default();
    assert_eq!(none.lies_in("hunter2"), None);
    let one = none.with_answer("hunter2").unwrap();
    assert_eq!(shown(&one, "wrong: hunter2\n"), "wrong: #######\n");
    let two = one.with_answer("correct horse").unwrap().with_answer("hunter2").unwrap();
    assert_eq!(two.values.len(), 2);
    assert_eq!(shown(&two, "hunter2 correct horse\n"), "####### #############\n");
    assert_eq!(two.lies_in("echo correct horse").as_deref(), Some("typed unseen 2"));
    assert_eq!(two.lies_in("aHVudGVyMg==").as_deref(), Some("typed unseen"));
    assert_eq!(one.with_answer("y").unwrap_err(), BadSecret::Short(1));
}
