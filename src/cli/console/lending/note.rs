//! That shells were opened on hosts and left: `shells.jsonl` in the state directory, one JSON object a
//! line and the newest last. What was typed there is kept nowhere.
//!
//! ```json
//! {"at":"2026-11-22T01:43:12Z","what":"opened","by":"ana@desk","host":"web1","user":"app","dir":"/srv/shop","step":"migrate","run":"…"}
//! ```
//!
//! `what` is `opened` or `left`, the latter with `how`. `user` is there where sudo was used, `step` and
//! `run` where there were some.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
};

use serde_json::{Map, Value};

use crate::{
    driver,
    model::{Command, RunId},
    store::Store,
};

/// What is the same in both lines.
pub(super) struct Note(Map<String, Value>);

impl Note {
    pub(super) fn new(
        by: &str,
        host: &str,
        step: Option<&str>,
        like: &Command,
        run: Option<&RunId>,
    ) -> Self {
        let dir = like.cwd.as_ref().map(ToString::to_string);
        let known = [
            ("by", Some(by)),
            ("host", Some(host)),
            ("user", like.user.as_deref()),
            ("dir", dir.as_deref()),
            ("step", step),
            ("run", run.map(RunId::as_str)),
        ];
        let known = known
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?.to_owned()))));
        Self(known.collect())
    }

    /// Notes that it was opened.
    pub(super) fn opened(&mut self, store: &Store) -> io::Result<()> {
        self.write(store, "opened", None)
    }

    /// Notes that it was left, and how.
    pub(super) fn left(&mut self, store: &Store, how: &str) -> io::Result<()> {
        self.write(store, "left", Some(how))
    }

    fn write(&mut self, store: &Store, what: &str, how: Option<&str>) -> io::Result<()> {
        let mut line = Map::new();
        line.insert("at".to_owned(), Value::String(driver::now().to_string()));
        line.insert("what".to_owned(), Value::String(what.to_owned()));
        line.extend(how.map(|how| ("how".to_owned(), Value::String(how.to_owned()))));
        line.extend(self.0.clone());
        let text = format!("{}\n", Value::Object(line));
        let path = store.root().join("shells.jsonl");
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }
}
