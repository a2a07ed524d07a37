//! What the shop was before the demo: its commits, and the releases that were made of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{APP, DemoError, HOSTS, STAGE, sandbox::place};
use crate::{
    model::{Owner, Record, RecordEvent},
    remote::{Chunk, Ending, Environment, Link, local::Local},
};

/// Makes the repository and the releases in the sandbox.
const SCRIPT: &str = include_str!("assets/history.sh");

/// The exit status of [`SCRIPT`] when a program is missing.
const MISSING: u32 = 127;

/// Bytes kept of what the script prints.
const SAID_BYTES_MAX: usize = 16 << 10;

/// Who released what is there.
const BY: &str = "mia@bakery";

/// One commit: how long ago, why, and the files that it changes.
struct Commit {
    hours_ago: i64,
    message: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// It was released an hour after it was made, and these migrations were applied then.
    released: Option<&'static [&'static str]>,
}

macro_rules! shop {
    ($path:literal) => {
        include_str!(concat!("assets/shop/", $path))
    };
}

/// The shop's history, the oldest first. The last two are there to be deployed.
const COMMITS: [Commit; 5] = [
    Commit {
        hours_ago: 9 * 24,
        message: "Open the shop",
        files: &[
            ("README.md", shop!("README.md")),
            ("build", shop!("build")),
            ("style.css", shop!("style.css")),
            ("pages/head.html", shop!("pages/head.html")),
            ("pages/foot.html", shop!("pages/foot.html")),
            ("pages/about.html", shop!("pages/about.html")),
            ("pages/index.html", shop!("pages/index-1.html")),
        ],
        released: Some(&[]),
    },
    Commit {
        hours_ago: 4 * 24,
        message: "List the breads, and keep them in a table",
        files: &[
            ("pages/index.html", shop!("pages/index-2.html")),
            ("db/migrate", shop!("db/migrate")),
            ("db/migrations/0001-breads.sh", shop!("db/0001-breads.sh")),
        ],
        released: Some(&["0001-breads"]),
    },
    Commit {
        hours_ago: 26,
        message: "Use warmer colours",
        files: &[("style.css", shop!("style-warm.css"))],
        released: Some(&["0001-breads"]),
    },
    Commit {
        hours_ago: 3,
        message: "Give every shop its opening hours",
        files: &[("db/migrations/0002-opening-hours.sh", shop!("db/0002-opening-hours.sh"))],
        released: None,
    },
    Commit {
        hours_ago: 2,
        message: "Say where the opening hours come from",
        files: &[("pages/index.html", shop!("pages/index-5.html"))],
        released: None,
    },
];

/// A release to be made.
struct Made {
    name: String,
    /// The number of its commit, from 1.
    commit: usize,
    at: Timestamp,
    schema: &'static [&'static str],
}

/// Makes the repository, and the releases of it on every host, as of `now`.
pub(super) async fn make(
    environment: &Environment,
    dir: &Path,
    now: Timestamp,
) -> Result<(), DemoError> {
    seed(dir, now)?;
    let releases = releases(now);
    let lines = releases.iter().map(|made| format!("{} {}", made.name, made.commit));
    let mut environment = environment.clone();
    let hosts = HOSTS.map(|name| format!("hosts/{name}")).join(" ");
    environment.vars.insert("HOSTS".into(), hosts.into());
    environment.vars.insert("RELEASES".into(), lines.collect::<Vec<_>>().join("\n").into());
    let said = run(environment, dir.to_path_buf()).await?;
    let revisions: Vec<&str> = said.lines().collect();
    for (index, host) in HOSTS.iter().enumerate() {
        let state = dir.join("hosts").join(host).join("srv").join(APP).join(".deployui");
        record(&state, &releases, &revisions, index == 0)?;
    }
    Ok(())
}

/// What the script reads: for each commit its message, its date and its files.
fn seed(dir: &Path, now: Timestamp) -> Result<(), DemoError> {
    for (n, commit) in (1..).zip(&COMMITS) {
        let seed = dir.join("seed").join(n.to_string());
        let date = before(now, commit.hours_ago).as_second().to_string();
        let small = [("message", commit.message), ("date", &date)]
            .map(|(name, text)| (seed.join(name), text));
        let tree = commit.files.iter().map(|(name, text)| (seed.join("tree").join(name), *text));
        for (path, text) in small.into_iter().chain(tree) {
            let above = path.parent().unwrap_or(&seed);
            fs::create_dir_all(above).map_err(place(above))?;
            fs::write(&path, text).map_err(place(&path))?;
        }
    }
    Ok(())
}

fn releases(now: Timestamp) -> Vec<Made> {
    let made = (1..).zip(&COMMITS).filter_map(|(number, commit)| {
        let schema = commit.released?;
        let at = before(now, commit.hours_ago - 1);
        let name = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S").to_string();
        Some(Made { name, commit: number, at, schema })
    });
    made.collect()
}

fn before(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What deployui would have written of them.
fn record(
    state: &Path,
    releases: &[Made],
    revisions: &[&str],
    database: bool,
) -> Result<(), DemoError> {
    let json = |path: &Path, error: serde_json::Error| place(path)(error.into());
    fs::create_dir_all(state).map_err(place(state))?;
    let owner = Owner { app: APP.to_owned(), stage: STAGE.to_owned() };
    let file = state.join("stage.json");
    let text = serde_json::to_string(&owner).map_err(|error| json(&file, error))?;
    fs::write(&file, text + "\n").map_err(place(&file))?;
    let file = state.join("releases.jsonl");
    let mut text = String::new();
    for made in releases {
        let revision = revisions.get(made.commit - 1).map(|&revision| revision.to_owned());
        for event in [RecordEvent::Begun, RecordEvent::Published, RecordEvent::Good] {
            let good = event == RecordEvent::Good;
            let schema = if good && database { made.schema } else { &[] };
            let line = Record {
                release: made.name.clone(),
                event,
                at: made.at,
                by: BY.to_owned(),
                run: format!("demo-{}", made.commit),
                revision: revision.clone(),
                reference: Some("main".to_owned()),
                reason: None,
                schema: schema.iter().map(|&name| name.to_owned()).collect(),
            };
            text += &serde_json::to_string(&line).map_err(|error| json(&file, error))?;
            text.push('\n');
        }
    }
    fs::write(&file, text).map_err(place(&file))
}

/// Runs the script in the sandbox, and gives what it printed.
async fn run(environment: Environment, dir: PathBuf) -> Result<String, DemoError> {
    let link = Link::Local(Local::new(environment, dir));
    let mut pipe = link.open(SCRIPT).await.map_err(DemoError::Shell)?;
    // Nothing is read there; an end that was seen is no loss.
    drop(pipe.input.finish().await);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut ending = Ending::NoStatus(None);
    while let Some(chunk) = pipe.output.recv().await {
        match chunk {
            Chunk::Out(bytes) => keep(&mut out, &bytes),
            Chunk::Err(bytes) => keep(&mut err, &bytes),
            Chunk::Ended(how) => ending = how,
        }
    }
    let complaint = || String::from_utf8_lossy(&err).trim().to_owned();
    match ending {
        Ending::Exit(0) => Ok(String::from_utf8_lossy(&out).into_owned()),
        Ending::Exit(MISSING) => Err(DemoError::Missing(complaint())),
        Ending::Exit(_) | Ending::Signal(_) | Ending::Refused | Ending::NoStatus(_) => {
            Err(DemoError::Repository(complaint()))
        }
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = SAID_BYTES_MAX.saturating_sub(kept.len());
    kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
}
