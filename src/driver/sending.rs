//! Code that comes from the operator's machine: the commit is resolved here, every host is asked what
//! it has, and is sent the rest. No host needs a key to the repository.

use std::{collections::BTreeMap, path::Path};

use futures::future::join_all;

use super::{
    here::Here,
    parcel::Parcel,
    wrapping::{CHECK_PATIENCE, PATIENCE, RefProblem, SEND_PATIENCE, Wrapping},
};
use crate::{
    model::RunId,
    plan::{Source, Surveyed},
    script::builtin::{self, BadInput, Layout, Mirrored},
};

/// What went wrong on a host, or on `this machine`.
type Unsent = (String, String);

/// How the operator's own machine is named where hosts are.
const HERE: &str = "this machine";

impl Wrapping {
    /// The full commit of a name, asked for from this machine.
    pub(super) async fn resolve_here(&self, source: &Source) -> Result<String, RefProblem> {
        let plain = |what: String| RefProblem { what: format!("{HERE}: {what}"), hint: None };
        let Some(here) = self.asker.here() else { return Err(plain("cannot ask".to_owned())) };
        let dir = here.dir(&self.survey.owner.app).display().to_string();
        let text = builtin::resolve(&source.repository, &source.reference, Some(&dir))
            .map_err(|bad| plain(bad.to_string()))?;
        let lines = here.ask(&text, CHECK_PATIENCE).await.map_err(plain)?;
        builtin::resolved(&source.reference, &lines)
            .map_err(|bad| RefProblem { what: format!("{HERE}: {bad}"), hint: bad.hint() })
    }

    /// Sends every host what it lacks of a commit, where code comes from this machine; hosts that lack
    /// the same are sent the same. Bears being done twice.
    ///
    /// # Errors
    /// What went wrong, for every host.
    pub async fn send(&self, run: &RunId, revision: &str) -> Result<(), Vec<Unsent>> {
        let source = self.survey.source.as_ref().filter(|source| source.by_operator);
        let (Some(source), Some(here)) = (source, self.asker.here()) else { return Ok(()) };
        let lacking = self.lacking(revision).await?;
        let dir = here.dir(&self.survey.owner.app);
        let mirror = dir.join("mirror.git").display().to_string();
        for (number, (known, hosts)) in lacking.into_iter().enumerate() {
            let file = dir.join(format!("{run}.{number}.bundle"));
            let shown = file.display().to_string();
            let text = builtin::bundle(&source.repository, revision, &mirror, &shown, &known);
            let sent = match bundled(here, text).await {
                Ok(bytes) => self.send_to(run, &hosts, &file, bytes).await,
                Err(why) => Err(vec![(HERE.to_owned(), why)]),
            };
            // It is ours, and of no more use; one that is left behind harms nobody.
            drop(tokio::fs::remove_file(&file).await);
            sent?;
        }
        Ok(())
    }

    /// The hosts that lack a commit, by what they have.
    async fn lacking(
        &self,
        revision: &str,
    ) -> Result<BTreeMap<Vec<String>, Vec<(&Surveyed, &Layout)>>, Vec<Unsent>> {
        let asked = self.carrying().map(|(it, layout)| async move {
            let answer = async {
                let text =
                    builtin::mirrored(&layout.state(), revision).map_err(|bad| bad.to_string())?;
                let lines = self.ask(it.id, text, PATIENCE).await?;
                builtin::has(&lines).map_err(|bad| bad.to_string())
            };
            (it, layout, answer.await)
        });
        let (mut lacking, mut failed) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for (it, layout, has) in join_all(asked).await {
            match has {
                Ok(Mirrored::There) => {}
                Ok(Mirrored::Only(known)) => lacking.entry(known).or_default().push((it, layout)),
                Err(why) => failed.push((it.host.name.clone(), why)),
            }
        }
        if failed.is_empty() { Ok(lacking) } else { Err(failed) }
    }

    async fn send_to(
        &self,
        run: &RunId,
        hosts: &[(&Surveyed, &Layout)],
        file: &Path,
        bytes: u64,
    ) -> Result<(), Vec<Unsent>> {
        let sent = hosts.iter().map(|(it, layout)| async move {
            let path = builtin::bundle_path(&layout.state(), run.as_str());
            let sending = async {
                let line = builtin::receive(&path, bytes, None).map_err(|bad| bad.to_string())?;
                let parcel = Parcel { file: file.to_owned(), line };
                let sent = self.asker.send(it.id, parcel, SEND_PATIENCE).await;
                sent.map_err(|error| error.to_string())?
            };
            sending.await.err().map(|why| (it.host.name.clone(), why))
        });
        let failed: Vec<Unsent> = join_all(sent).await.into_iter().flatten().collect();
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }
}

/// Makes a bundle by this text; how many bytes it has.
async fn bundled(here: &Here, text: Result<String, BadInput>) -> Result<u64, String> {
    let text = text.map_err(|bad| bad.to_string())?;
    let lines = here.ask(&text, SEND_PATIENCE).await?;
    builtin::bundled(&lines).map_err(|bad| bad.to_string())?
}
