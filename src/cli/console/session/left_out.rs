//! Hosts that the next run leaves out, since they cannot be reached: it is planned without them, so the
//! plan on the screen and in the journal names exactly the hosts that take part.

use super::Session;
use crate::{cli::load, recipe::Recipe, tui::Told};

impl Session<'_> {
    /// Plans the next run without these hosts, too.
    pub(super) async fn leave_out(&mut self, hosts: Vec<String>) {
        self.without.extend(hosts);
        self.tell_without().await;
        let names: Vec<&str> = self.without.iter().map(String::as_str).collect();
        let line = format!("the next run leaves out {}", names.join(", "));
        self.screen.note(line).await;
        (self.shown, self.reading) = (None, false);
        match load::quietly(self.global) {
            Ok((recipe, _warnings)) => self.connect_or_tell(recipe).await,
            Err(stop) => self.unplanned(&stop).await,
        }
    }

    /// All hosts take part again.
    pub(super) async fn take_in(&mut self) {
        if !std::mem::take(&mut self.without).is_empty() {
            self.shown = None;
            self.tell_without().await;
        }
    }

    async fn tell_without(&self) {
        self.screen.tell(Told::Without(self.without.iter().cloned().collect())).await;
    }

    /// The hosts that take part; `None`: all.
    pub(super) fn rest(&self, recipe: &Recipe) -> Option<Vec<String>> {
        if self.without.is_empty() {
            return None;
        }
        let stage = &self.stage.as_ref()?.wrapping.survey().owner.stage;
        let names = recipe.stages.get(stage)?.hosts.iter().map(|host| host.value.clone());
        Some(names.filter(|name| !self.without.contains(name)).collect())
    }
}
