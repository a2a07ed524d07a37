//! Short texts on the operator's own machine, beside a run: git, for code that hosts are sent.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::{
    remote::{Chunk, Ending, Link, local::Local},
    script::quote,
};

/// Bytes of an answer that are kept: a repository's list of names is the longest.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The operator's own machine.
#[derive(Clone)]
pub(super) struct Here {
    local: Arc<Local>,
    project: PathBuf,
    dir: PathBuf,
}

impl Here {
    /// `project`: where texts are run; `dir`: where mirrors of repositories are kept.
    pub(super) fn new(local: Arc<Local>, project: PathBuf, dir: PathBuf) -> Self {
        Self { local, project, dir }
    }

    /// The directory of an application, with `mirror.git` and what is made of it.
    pub(super) fn dir(&self, app: &str) -> PathBuf {
        self.dir.join(app)
    }

    /// Runs a text in the project's directory, and returns the lines that it printed.
    ///
    /// # Errors
    /// When it cannot be run, or does not end within `patience`.
    pub(super) async fn ask(&self, text: &str, patience: Duration) -> Result<Vec<String>, String> {
        let text = quote(text).map_err(|nul| nul.to_string())?;
        let Some(project) = self.project.to_str() else {
            return Err(format!("{} is not UTF-8", self.project.display()));
        };
        let project = quote(project).map_err(|nul| nul.to_string())?;
        let link = Link::Local((*self.local).clone());
        let running = async {
            // In a shell of its own: the text may begin with anything, and may exit.
            let pipe = link.open(&format!("cd {project} && exec sh -c {text} </dev/null")).await;
            let mut pipe = pipe.map_err(|error| error.to_string())?;
            let mut answer = Vec::new();
            while let Some(chunk) = pipe.output.recv().await {
                match chunk {
                    Chunk::Out(bytes) if answer.len() + bytes.len() <= ANSWER_BYTES_MAX => {
                        answer.extend_from_slice(&bytes);
                    }
                    Chunk::Out(_) => return Err("it says too much".to_owned()),
                    Chunk::Err(_) => {}
                    Chunk::Ended(Ending::Exit(_)) => break,
                    Chunk::Ended(ending) => return Err(format!("its shell ended: {ending:?}")),
                }
            }
            Ok(String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect())
        };
        let late = || Err(format!("this machine took more than {} s", patience.as_secs()));
        timeout(patience, running).await.unwrap_or_else(|_late| late())
    }
}
