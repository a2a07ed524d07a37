//! How many visitors were turned away, as the recipe's own command counts them.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::wrapping::{PATIENCE, Wrapping};
use crate::{
    model::{Command, HostId},
    script,
};

impl Wrapping {
    /// What the command of each host says that has one, in a line, or why it says nothing. Nothing
    /// decides by it.
    pub async fn hits(&self) -> BTreeMap<String, Result<String, String>> {
        let counting = self.survey.machines.iter().filter_map(|it| Some((it, it.hits.as_ref()?)));
        let counts = counting.map(|(it, command)| async {
            (it.host.name.clone(), self.counted(it.id, command).await)
        });
        join_all(counts).await.into_iter().collect()
    }

    async fn counted(&self, id: HostId, command: &Command) -> Result<String, String> {
        let script = script::script(command, |_| None).map_err(|bad| bad.to_string())?;
        let words = ["sh".to_owned(), "-c".to_owned(), script.text];
        let text = script::captured(&words).map_err(|nul| nul.to_string())?;
        let lines = self.ask(id, text, PATIENCE).await?;
        let said =
            |line: Option<&String>| line.map(|line| line.trim()).unwrap_or_default().to_owned();
        match (said(lines.first()).as_str(), said(lines.get(1))) {
            ("0", count) if !count.is_empty() => Ok(count),
            ("0", _) => Err("its command prints nothing".to_owned()),
            (status, words) => Err(format!("its command ends with {status}: {words}")),
        }
    }
}
