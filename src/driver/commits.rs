//! Commits that a rollback would take away from visitors, asked of the mirrors on the hosts.

use super::wrapping::{PATIENCE, Wrapping};
use crate::{model::Commits, script::builtin};

/// So many hosts are asked, one after the other, until one knows.
const ASKED_MAX: usize = 3;

impl Wrapping {
    /// What is in the commits `served` and not in `revision`; `None`: no host that was asked knows
    /// them all.
    pub async fn leaving(&self, served: &[&str], revision: &str) -> Option<Commits> {
        for (it, layout) in self.carrying().take(ASKED_MAX) {
            let found = async {
                let text = builtin::leaving(&layout.state(), served, revision);
                let text = text.map_err(|bad| bad.to_string())?;
                let lines = self.ask(it.id, text, PATIENCE).await?;
                builtin::left(&lines).map_err(|bad| bad.to_string())
            };
            match found.await {
                Ok(Some(commits)) => return Some(commits),
                Ok(None) => {}
                Err(why) => {
                    tracing::debug!(
                        host = it.host.name,
                        why,
                        "commits that would leave: not known"
                    );
                }
            }
        }
        None
    }
}
