//! What a `once` step made is brought to the other hosts: it is read once from the host that packed it,
//! into a file of the run, and sent from there to each host that is about to take it.
//!
//! It belongs to putting the box of the taking step: nobody is told to put that box before the host has
//! the whole of it. So nothing of it is journalled but that the box is there, and whoever takes the run
//! up sends again what was under way. What cannot be brought refuses the attempt, which can be retried.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::Mutex, task::JoinSet, time::sleep};

use super::{
    asker::Asker,
    parcel::{Errand, Parcel},
    wants::{Wants, What, takes},
    wrapping::SEND_PATIENCE,
};
use crate::{
    model::{Host, HostId, Kind, StepName, Try},
    run::Run,
    script::builtin::{self, Packed},
};

/// How long a host may be away before what it should send or take is given up.
const AWAY: Duration = Duration::from_secs(300);

/// How often it is tried before that, and the pause between: a line that broke is back by then, or it is
/// known to be down.
const TRIES: u8 = 3;
const PAUSE: Duration = Duration::from_secs(3);

/// What is being brought to hosts.
pub(super) struct Sharing {
    asker: Asker,
    /// Where it lies here on its way.
    dir: PathBuf,
    /// What lies there whole.
    here: Arc<Mutex<BTreeSet<Packed>>>,
    begun: BTreeSet<Try>,
    there: BTreeSet<Try>,
    errands: JoinSet<(Try, Result<(), String>)>,
}

impl Sharing {
    /// `dir`: a directory of the run, which is made when it is needed and removed by [`Self::end`].
    pub(super) fn new(asker: Asker, dir: PathBuf) -> Self {
        Self {
            asker,
            dir,
            here: Arc::default(),
            begun: BTreeSet::new(),
            there: BTreeSet::new(),
            errands: JoinSet::new(),
        }
    }

    /// Leaves out what cannot be put before something is brought, and begins to bring that.
    pub(super) fn sift(&mut self, run: &Run, wants: &mut Wants) {
        for (host, wants) in wants {
            wants.retain(|want| match (&want.what, takes(run, want.attempt)) {
                (What::Stage(_), Some(step)) => self.is_there(run, *host, want.attempt, step),
                (What::Stage(_), None)
                | (What::Start { .. } | What::Attach | What::Fence, _)
                | (What::Stop(_) | What::Answer(..), _) => true,
            });
        }
    }

    fn is_there(&mut self, run: &Run, to: HostId, attempt: Try, step: &StepName) -> bool {
        let next = run.cell(attempt.node).is_some_and(|cell| run.is_next(cell));
        if next && self.begun.insert(attempt) {
            let bringing = self.bringing(run, to, step);
            self.errands.spawn(async move {
                let brought = match bringing {
                    Ok(Some(bringing)) => bringing.done().await,
                    Ok(None) => Ok(()),
                    Err(why) => Err(why),
                };
                (attempt, brought)
            });
        }
        self.there.contains(&attempt)
    }

    /// From where to where; `None` where it was made.
    fn bringing(&self, run: &Run, to: HostId, step: &StepName) -> Result<Option<Bringing>, String> {
        let made = |kind: &Kind| matches!(kind, Kind::Act(act) if act.command.takes.is_none());
        let maker = run.cells.iter().rev().find(|cell| {
            let node = &cell.node;
            node.key.step == *step && made(&node.kind) && !node.origin.takes_back()
        });
        let from = maker.and_then(|cell| cell.node.host);
        let (Some(from), Some(there)) = (from, run.plan.host(to)) else {
            return Err(format!("no host makes the outputs of {step}"));
        };
        let Some(host) = run.plan.host(from) else { return Err("no such host".to_owned()) };
        if from == to {
            return Ok(None);
        }
        if !run.takes_part(from) {
            return Err(format!("{} made them, and takes no further part", host.name));
        }
        let of = |host: &Host, path: fn(&str, &str, &str) -> String| {
            path(&host.state_dir, run.plan.run.as_str(), step.as_str())
        };
        Ok(Some(Bringing {
            asker: self.asker.clone(),
            from,
            maker: host.name.clone(),
            packed: of(host, builtin::packed),
            sum: of(host, builtin::packed_sum),
            to,
            taken: of(there, builtin::taken),
            dir: self.dir.clone(),
            here: Arc::clone(&self.here),
        }))
    }

    /// The next that was brought, or why it was not; never, when nothing is under way.
    pub(super) async fn next(&mut self) -> (Try, Result<(), String>) {
        loop {
            match self.errands.join_next().await {
                Some(Ok((attempt, brought))) => {
                    if brought.is_ok() {
                        self.there.insert(attempt);
                    }
                    return (attempt, brought);
                }
                Some(Err(error)) => tracing::warn!(%error, "an errand broke off"),
                None => std::future::pending().await,
            }
        }
    }

    /// Ends what is under way, and removes what lies here.
    pub(super) async fn end(mut self) {
        self.errands.shutdown().await;
        // It is there only if something was brought.
        drop(tokio::fs::remove_dir_all(&self.dir).await);
    }
}

/// One errand: the outputs of a step, from the host that made them to another.
struct Bringing {
    asker: Asker,
    from: HostId,
    maker: String,
    packed: String,
    sum: String,
    to: HostId,
    taken: String,
    dir: PathBuf,
    here: Arc<Mutex<BTreeSet<Packed>>>,
}

impl Bringing {
    async fn done(self) -> Result<(), String> {
        let mut tries = 1;
        loop {
            match self.once().await {
                Err(why) if tries < TRIES => {
                    tracing::info!(%why, tries, "outputs could not be brought; again");
                    sleep(PAUSE).await;
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    async fn once(&self) -> Result<(), String> {
        let (file, packed) = self.read().await.map_err(|why| format!("{}: {why}", self.maker))?;
        // Whether it is there at all: a parcel has the patience of a slow line.
        self.asker.ask(self.to, ":".to_owned(), AWAY).await.map_err(|error| error.to_string())?;
        let line = builtin::receive(&self.taken, packed.bytes, Some(&packed.sum))
            .map_err(|bad| bad.to_string())?;
        let sent = self.asker.send(self.to, Parcel { file, line }, SEND_PATIENCE).await;
        sent.map_err(|error| error.to_string())?
    }

    /// The file here with what was packed; whoever needs it next finds it.
    async fn read(&self) -> Result<(PathBuf, Packed), String> {
        let text = builtin::holds(&self.sum).map_err(|bad| bad.to_string())?;
        let lines = self.asker.ask(self.from, text, AWAY).await;
        let held = builtin::held(&lines.map_err(|error| error.to_string())?);
        let packed = held.map_err(|bad| bad.to_string())?.ok_or_else(|| {
            format!("there is no {}: do the step that makes it once more", self.packed)
        })?;
        let file = self.dir.join(&packed.sum);
        let mut here = self.here.lock().await;
        if !here.contains(&packed) {
            make_dir(&self.dir).await?;
            let line = builtin::whole(&self.packed).map_err(|bad| bad.to_string())?;
            let errand = Errand { file: file.clone(), line, bytes: packed.bytes };
            let read = self.asker.fetch(self.from, errand, SEND_PATIENCE).await;
            read.map_err(|error| error.to_string())??;
            here.insert(packed.clone());
        }
        Ok((file, packed))
    }
}

async fn make_dir(dir: &Path) -> Result<(), String> {
    let made = tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).await;
    made.map_err(|error| format!("cannot make {} here: {error}", dir.display()))
}
