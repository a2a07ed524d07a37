use super::*;
use crate::run::{LinkState, Who};
use crate::store::place::scratch;

const DRIVER: &str = "ana@desk 4711";

fn id(day: u8, random: u8) -> RunId {
    RunId::new(&format!("202611{day:02}-014312"), [random; 10])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_312_992 + second).unwrap()
}

/// Makes a run with these facts.
fn make(store: &Store, run: &RunId, facts: Vec<Fact>) {
    make_at(store, run, run.time().unwrap(), facts);
}

/// Makes a run that was opened then.
fn make_at(store: &Store, run: &RunId, opened: Timestamp, facts: Vec<Fact>) {
    let header = Header {
        format: 1,
        program: "deployui 0.1.0".into(),
        run: run.clone(),
        app: "shop".into(),
        stage: "production".into(),
        pipeline: "deploy".into(),
        opened,
    };
    let mut journal = Journal::create(store, header, &[], DRIVER).unwrap();
    let events = (0..).zip(facts).map(|(seq, fact)| {
        let second = i64::try_from(seq).unwrap();
        Event { seq, at: at(second), by: None, fact }
    });
    journal.append(&events.collect::<Vec<_>>()).unwrap();
}

fn taken() -> Fact {
    Fact::Taken(Who("ana@desk".into()))
}

fn left() -> Fact {
    Fact::Left(Who("ana@desk".into()))
}

fn closed() -> Fact {
    Fact::Closed(Verdict::Ok)
}

/// A fact of about so many bytes.
fn long(bytes: usize) -> Fact {
    Fact::Link(crate::model::HostId(0), LinkState::Down("x".repeat(bytes)))
}

fn damage_lines(bytes: &mut Vec<u8>) {
    let place = bytes.len() - 30;
    bytes[place] ^= 1;
    bytes.extend_from_slice(b"{}\n");
}

#[test]
fn runs_are_listed_newest_first_with_how_they_ended() {
    let (_dir, store) = scratch();
    assert_eq!(store.runs().unwrap(), []);
    make(&store, &id(20, 1), vec![taken(), closed(), left()]);
    make(&store, &id(22, 1), vec![taken()]);
    make(&store, &id(21, 1), vec![]);
    fs::write(store.runs_dir().join("README"), "not a run").unwrap();
    let told: Vec<_> = store
        .runs()
        .unwrap()
        .into_iter()
        .map(|run| (run.run, run.last, run.closed, run.damage, run.header.unwrap().app))
        .collect();
    let app = || "shop".to_owned();
    let wanted = [
        (id(22, 1), Some(at(0)), None, None, app()),
        (id(21, 1), None, None, None, app()),
        (id(20, 1), Some(at(2)), Some(Verdict::Ok), None, app()),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn the_newest_run_is_the_one_that_was_opened_last() {
    let (_dir, store) = scratch();
    let noon = |day: u8| id(day, 1).time().unwrap();
    make(&store, &id(20, 1), vec![taken()]);
    make(&store, &id(22, 1), vec![taken()]);
    // Planned by a console that was open for days.
    make_at(&store, &id(19, 1), noon(23), vec![taken()]);
    let order = |runs: Vec<Summary>| runs.into_iter().map(|it| it.run).collect::<Vec<_>>();
    assert_eq!(order(store.runs().unwrap()), [id(19, 1), id(22, 1), id(20, 1)]);
    let (first, more) = store.newest(0, 1).unwrap();
    assert_eq!((order(first), more), (vec![id(19, 1)], true));
    assert_eq!(store.find(None).unwrap(), id(19, 1));
}

#[test]
fn what_was_killed_before_it_was_opened_is_no_run() {
    let (_dir, store) = scratch();
    make(&store, &id(20, 1), vec![taken()]);
    let (unopened, lost) = (id(21, 1), id(22, 1));
    fs::create_dir(store.run_dir(&unopened)).unwrap();
    fs::write(store.run_dir(&unopened).join("journal.new"), "{").unwrap();
    fs::create_dir_all(store.run_dir(&lost).join("logs")).unwrap();
    let listed: Vec<_> =
        store.runs().unwrap().into_iter().map(|run| (run.run, run.damage.is_some())).collect();
    assert_eq!(listed, [(lost, true), (id(20, 1), false)]);
    assert!(matches!(store.find(Some(unopened.as_str())), Err(FindError::NoSuchRun { .. })));
}

#[test]
fn long_facts_and_long_journals_are_listed_as_whole_reading_has_them() {
    for sizes in [&[200_000][..], &[10, 200_000], &[200_000, 10], &[70_000; 9], &[100; 3000]] {
        let (_dir, store) = scratch();
        let mut facts: Vec<Fact> = sizes.iter().map(|bytes| long(*bytes)).collect();
        make(&store, &id(20, 1), facts.clone());
        facts.push(closed());
        make(&store, &id(20, 2), facts);
        let runs = store.runs().unwrap();
        let last = at(i64::try_from(sizes.len()).unwrap());
        assert_eq!((runs[0].last, runs[0].closed), (Some(last), Some(Verdict::Ok)));
        assert_eq!(runs[1].last, Some(at(i64::try_from(sizes.len()).unwrap() - 1)));
        assert!(runs.iter().all(|run| run.damage.is_none()));
    }
}

#[test]
fn every_cut_of_a_journal_is_listed_as_it_reads() {
    let (_dir, store) = scratch();
    let run = id(20, 1);
    make(&store, &run, vec![taken(), left(), closed()]);
    let path = store.journal_path(&run);
    let bytes = fs::read(&path).unwrap();
    for cut in 0..=bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        let (listed, read) =
            (store.runs().unwrap().remove(0), Journal::read(&store, &run).unwrap());
        assert_eq!(listed.last, read.events.last().map(|event| event.at), "cut at {cut}");
        assert_eq!(listed.closed.is_some(), cut == bytes.len());
        assert_eq!(listed.damage, read.damage, "cut at {cut}");
        assert_eq!(listed.header, read.header, "cut at {cut}");
    }
}

#[test]
fn one_damaged_run_does_not_hide_the_others() {
    let (dir, store) = scratch();
    for day in 20..25 {
        make(&store, &id(day, 1), vec![taken()]);
    }
    let rewrite = |day, change: fn(&mut Vec<u8>)| {
        let path = store.journal_path(&id(day, 1));
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    };
    rewrite(20, damage_lines);
    rewrite(21, |bytes| bytes.clear());
    rewrite(22, |bytes| bytes[10] = b'7');
    fs::remove_file(store.journal_path(&id(23, 1))).unwrap();
    fs::create_dir(store.journal_path(&id(23, 1))).unwrap();
    let runs = store.runs().unwrap();
    let told: Vec<String> = runs
        .iter()
        .map(|run| {
            let damage = run.damage.as_ref().map_or("fine".to_owned(), ToString::to_string);
            format!("{} {damage}", run.run)
        })
        .collect();
    let told = told.join("\n").replace(&dir.path().display().to_string(), "");
    insta::assert_snapshot!(told.replace("-014312-aeaqcaibaeaqcaib", ""), @r"
    20261124 fine
    20261123 /state/runs/20261123/journal.jsonl: Is a directory (os error 21)
    20261122 /state/runs/20261122/journal.jsonl line 1: written by a later version of deployui (format 7, this one reads up to 2)
    20261121 /state/runs/20261121/journal.jsonl is empty
    20261120 /state/runs/20261120/journal.jsonl line 2: the checksum does not fit: bytes were changed, or a line is missing
    ");
}

/// What is found, in words.
fn find(store: &Store, given: Option<&str>) -> String {
    match store.find(given) {
        Ok(run) => run.to_string(),
        Err(error) => format!("{error}; {}", error.hint().unwrap_or_default()),
    }
}

#[test]
fn a_run_is_found_by_any_unmistakable_end_of_its_id() {
    let (_dir, store) = scratch();
    assert_eq!(find(&store, Some("x")), "no run `x`; `deployui runs` lists them");
    for (day, random) in [(20, 1), (21, 1), (21, 2)] {
        make(&store, &id(day, random), vec![]);
    }
    let told: Vec<String> = [
        "20261120-014312-aeaqcaibaeaqcaib",
        "20261120",
        "aibaeaqc",
        "aibaea",
        "2026112",
        "aeaqcaib",
        "20271120",
        "20261120-014312-aeaqcaibaeaqcaic",
        "20261121-01431",
        "zzz",
        "",
        "../..\n",
    ]
    .iter()
    .map(|given| format!("{given:?}: {}", find(&store, Some(given))))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "20261120-014312-aeaqcaibaeaqcaib": 20261120-014312-aeaqcaibaeaqcaib
    "20261120": 20261120-014312-aeaqcaibaeaqcaib
    "aibaeaqc": 20261121-014312-aibaeaqcaibaeaqc
    "aibaea": 20261121-014312-aibaeaqcaibaeaqc
    "2026112": 3 runs begin or end with `2026112`: 20261121-014312-aibaeaqcaibaeaqc 20261121-014312-aeaqcaibaeaqcaib 20261120-014312-aeaqcaibaeaqcaib; give more of its id
    "aeaqcaib": 2 runs begin or end with `aeaqcaib`: 20261121-014312-aeaqcaibaeaqcaib 20261120-014312-aeaqcaibaeaqcaib; give more of its id
    "20271120": no run `20271120`; is it `20261120-014312-aeaqcaibaeaqcaib`?
    "20261120-014312-aeaqcaibaeaqcaic": no run `20261120-014312-aeaqcaibaeaqcaic`; is it `20261120-014312-aeaqcaibaeaqcaib`?
    "20261121-01431": 2 runs begin or end with `20261121-01431`: 20261121-014312-aibaeaqcaibaeaqc 20261121-014312-aeaqcaibaeaqcaib; give more of its id
    "zzz": no run `zzz`; `deployui runs` lists them
    "": no run ``; `deployui runs` lists them
    "../..\n": no run `../..\n`; `deployui runs` lists them
    "#);
}

#[test]
fn without_an_id_it_is_the_newest_that_is_not_closed() {
    let (_dir, store) = scratch();
    assert_eq!(find(&store, None), "no run is open; `deployui runs` lists them");
    make(&store, &id(20, 1), vec![taken()]);
    make(&store, &id(21, 1), vec![taken(), left()]);
    make(&store, &id(22, 1), vec![taken(), closed(), left()]);
    // Nothing can have been done in these two.
    make(&store, &id(23, 1), vec![]);
    fs::create_dir(store.runs_dir().join(id(24, 1).as_str())).unwrap();
    assert_eq!(find(&store, None), id(21, 1).to_string());
    // A newer one whose end cannot be known must not be passed over in silence.
    make(&store, &id(25, 1), vec![taken()]);
    let path = store.journal_path(&id(25, 1));
    let mut bytes = fs::read(&path).unwrap();
    damage_lines(&mut bytes);
    fs::write(path, bytes).unwrap();
    assert_eq!(find(&store, None), id(25, 1).to_string());
}

#[test]
fn only_runs_alike_that_ended_well_tell_how_long_they_take() {
    let (_dir, store) = scratch();
    make_at(&store, &id(20, 1), at(0), vec![taken(), closed(), left()]);
    make_at(&store, &id(21, 1), at(0), vec![taken(), left(), Fact::Closed(Verdict::Failed)]);
    make_at(&store, &id(22, 1), at(0), vec![taken(), left()]);
    make_at(&store, &id(23, 1), at(0), vec![closed()]);
    let check = |stage: &str, pipeline: &str, expect: &[i64]| {
        let pace: Vec<i64> =
            store.pace("shop", stage, pipeline).iter().map(|it| it.as_secs()).collect();
        assert_eq!(pace, expect, "{pipeline} on {stage}");
    };
    check("production", "deploy", &[0, 2]);
    check("production", "rollback", &[]);
    check("staging", "deploy", &[]);
    for n in 2..9 {
        make_at(&store, &id(24, n), at(0), vec![taken(), closed()]);
    }
    check("production", "deploy", &[1; 5]);
}

#[test]
fn the_newest_are_read_a_part_at_a_time() {
    let (_dir, store) = scratch();
    for day in 1..=5 {
        make(&store, &id(day, 1), vec![taken(), closed()]);
    }
    let check = |skip, count, wanted: &[u8], older| {
        let (runs, more) = store.newest(skip, count).unwrap();
        let found: Vec<RunId> = runs.into_iter().map(|run| run.run).collect();
        let wanted: Vec<RunId> = wanted.iter().map(|day| id(*day, 1)).collect();
        assert_eq!((found, more), (wanted, older), "{skip}, {count}");
    };
    check(0, 2, &[5, 4], true);
    check(2, 2, &[3, 2], true);
    check(4, 2, &[1], false);
    check(3, 2, &[2, 1], false);
    check(9, 2, &[], false);
}

#[test]
fn it_is_seen_who_drives_a_run_and_nothing_is_taken_by_looking() {
    let (_dir, store) = scratch();
    let run = id(1, 1);
    make(&store, &run, vec![taken()]);
    // A child of another test that has not come to its exec yet may hold the lock a moment longer.
    let free = || (0..100_000).any(|_| Journal::holder(&store, &run).is_none());
    assert!(free());
    let (journal, _) = Journal::open(&store, &run, DRIVER).unwrap();
    assert_eq!(Journal::holder(&store, &run), Some(DRIVER.to_owned()));
    drop(journal);
    assert!(free());
    assert_eq!(Journal::holder(&store, &id(9, 9)), None);
}

/// What happens when one step goes well on one host; each fact is a second after the one before.
fn one_step(run: &RunId, end: u8) -> Vec<Fact> {
    use crate::{
        model::{
            Act, BoxMode, Changes, Command, Host, HostId, Key, Kind, Node, NodeId, Origin, Part,
            Plan, StepName, Text, Try,
        },
        run::End,
    };
    let act = Act {
        command: Command::new(Text::literal("true")),
        undo: None,
        changes: Changes::Nothing,
        mode: BoxMode::Detached,
        limit: None,
        retry: 0,
        elsewhere: Vec::new(),
    };
    let key = Key { step: StepName::try_from("build".to_owned()).unwrap(), part: Part::Main };
    let kind = Kind::Act(Box::new(act));
    let node = Node { key, host: Some(HostId(0)), needs: Vec::new(), kind, origin: Origin::Plan };
    let host = Host {
        name: "web1".into(),
        address: "web1".into(),
        roles: Vec::new(),
        state_dir: "~/.deployui".into(),
    };
    let plan = Plan {
        run: run.clone(),
        app: "shop".into(),
        stage: "production".into(),
        protected: false,
        pipeline: "deploy".into(),
        hosts: vec![host],
        nodes: vec![node],
        columns: Vec::new(),
        batches: Vec::new(),
        followers: Vec::new(),
        released: None,
    };
    let attempt = Try { node: NodeId(0), n: 1 };
    let verdict = if end == 0 { Verdict::Ok } else { Verdict::Failed };
    vec![
        Fact::Opened(Box::new(plan)),
        Fact::Armed(attempt),
        Fact::Staged(attempt),
        Fact::Started(attempt),
        taken(),
        taken(),
        Fact::Ended(attempt, End::Exit(end), 0),
        Fact::Settled(attempt, 0),
        Fact::Closed(verdict),
    ]
}

#[test]
fn the_journals_tell_how_long_steps_take_and_are_silent() {
    let (_dir, store) = scratch();
    let typical = || store.typical("shop", "production", "deploy");
    assert_eq!(typical(), Pace::new("deploy"));
    for n in 1..4 {
        make(&store, &id(20, n), one_step(&id(20, n), 0));
    }
    // What failed, is open, or is damaged says nothing.
    make(&store, &id(21, 1), one_step(&id(21, 1), 3));
    make(&store, &id(22, 1), one_step(&id(22, 1), 0)[..5].to_vec());
    make(&store, &id(23, 1), one_step(&id(23, 1), 0));
    let path = store.journal_path(&id(23, 1));
    let mut bytes = fs::read(&path).unwrap();
    damage_lines(&mut bytes);
    fs::write(path, bytes).unwrap();
    let pace = typical();
    let times = pace.step("build", "web1").unwrap();
    let took = |secs| Some(jiff::SignedDuration::from_secs(secs));
    assert_eq!((times.runs(), times.median(), times.p95()), (3, took(3), took(3)));
    assert_eq!(pace.step("build", "web9").unwrap().runs(), 3, "as on all hosts");
    assert_eq!(pace.step("other", "web1"), None);
    assert_eq!((pace.whole.runs(), pace.whole.median()), (3, took(8)));
    // There is no log: it printed nothing at all.
    assert_eq!((pace.silence("build"), pace.silence("other")), (took(3), None));
    assert_eq!(store.typical("shop", "staging", "deploy"), Pace::new("deploy"));
}
