//! Claims: what a program here locks a stage for, before there is a run that says so. A claim is made
//! before the first host is asked, and held by the system as long as the program lives; so a lock that
//! was left by one that was killed can be told from the lock of one that is at work.
//!
//! A claim is an empty file, `claims/<run id>`. It is removed once the run is opened, or its locks are
//! given back.

use std::fs::{self, File, TryLockError};

use super::{
    DiskError, Store,
    disk::{At as _, make_dirs, open_or_make, remove},
};
use crate::model::RunId;

/// Claims that are left behind by kills are kept for the locks that may lie on hosts; no more than so
/// many, the newest.
const LEFT_MAX: usize = 100;

/// A claim that is held. Dropping it without ending it leaves it behind, as a kill does.
#[derive(Debug)]
pub struct Claim {
    store: Store,
    run: RunId,
    _held: File,
}

impl Claim {
    /// Nothing is locked for it any more, or a run is open that says so.
    pub fn end(self) {
        self.store.end_claim(&self.run);
    }
}

impl Store {
    /// Claims a run, or what is locked under the name of one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn claim(&self, run: &RunId) -> Result<Claim, DiskError> {
        let dir = self.claims_dir();
        make_dirs(&dir).at("make", &dir)?;
        self.sweep();
        let path = dir.join(run.as_str());
        let held = open_or_make(&path).at("make", &path)?;
        held.try_lock().map_err(std::io::Error::from).at("lock", &path)?;
        Ok(Claim { store: self.clone(), run: run.clone(), _held: held })
    }

    /// Whether a program here claimed that run, and was killed before it opened it: nothing goes on under
    /// its name, and nothing ever will.
    #[must_use]
    pub fn is_abandoned(&self, run: &str) -> bool {
        // A host says what run it is: it may be anything.
        let Ok(run) = RunId::try_from(run.to_owned()) else { return false };
        let Ok(file) = File::open(self.claims_dir().join(run.as_str())) else { return false };
        let nobody_holds_it = match file.try_lock_shared() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        };
        // Opened before it was let go of, if at all.
        nobody_holds_it && !self.journal_path(&run).exists()
    }

    /// Forgets a claim: its locks are given back. One that cannot be removed says nothing that is wrong.
    pub fn end_claim(&self, run: &RunId) {
        drop(remove(&self.claims_dir().join(run.as_str())));
    }

    /// Removes the oldest claims that were left behind, where there are too many.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(self.claims_dir()) else { return };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        let left = names.iter().filter(|name| self.is_abandoned(name)).rev().skip(LEFT_MAX);
        left.filter_map(|name| RunId::try_from(name.clone()).ok())
            .for_each(|run| self.end_claim(&run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::place::scratch;

    fn run(n: u8) -> RunId {
        RunId::new(&format!("20261122-014312{n:03}"), [n; 10])
    }

    #[test]
    fn only_what_was_claimed_and_let_go_of_without_a_run_is_abandoned() {
        let (_dir, store) = scratch();
        let check = |what: &str, expect: bool| {
            assert_eq!(store.is_abandoned(run(1).as_str()), expect, "{what}");
        };
        check("never claimed", false);
        let claim = store.claim(&run(1)).unwrap();
        check("held", false);
        assert!(store.claim(&run(1)).is_err(), "claimed twice");
        drop(claim);
        check("let go of", true);
        store.claim(&run(1)).unwrap().end();
        check("ended", false);
        drop(store.claim(&run(1)).unwrap());
        make_dirs(&store.run_dir(&run(1))).unwrap();
        fs::write(store.journal_path(&run(1)), "").unwrap();
        check("opened", false);
        assert!(!store.is_abandoned("../claims"), "no run");
    }

    #[test]
    fn of_those_left_behind_the_newest_are_kept() {
        let (_dir, store) = scratch();
        let held = store.claim(&run(0)).unwrap();
        (1..=110).for_each(|n| drop(store.claim(&run(n)).unwrap()));
        let there = |n: u8| store.claims_dir().join(run(n).as_str()).exists();
        assert!(there(0) && !there(9) && there(10) && there(110));
        held.end();
        assert!(!there(0));
    }
}
