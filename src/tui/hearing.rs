//! Looks when steps that run were last heard of: once a second, and only while some run.

use crate::{
    model::Try,
    store::Store,
    tui::state::{Model, tempo::Heard},
};

/// More are not looked at: whoever has so many looks at the ones that are late.
const LOOKED_MAX: usize = 256;

/// The operator's disk, of which only the times of files are asked.
pub(crate) struct Hearing {
    store: Store,
}

impl Hearing {
    pub(crate) fn of(store: Store) -> Self {
        Self { store }
    }

    /// Brings up to date when the attempts that run now last printed something.
    pub(crate) fn listen(&self, model: &mut Model) {
        let running = model.all_running();
        let heard = running.into_iter().take(LOOKED_MAX).filter_map(|attempt| {
            let before = model.tempo.heard.get(&attempt).copied();
            let file = self.heard(model, attempt)?;
            Some((attempt, Heard::of(file, before, model.now, model.set)))
        });
        model.tempo.heard = heard.collect();
    }

    fn heard(&self, model: &Model, attempt: Try) -> Option<jiff::Timestamp> {
        let run = model.run()?;
        let cell = run.cell(attempt.node)?;
        let host = run.plan.host(cell.node.host?)?;
        self.store.heard(&run.plan.run, &host.name, &cell.node.key.box_name(attempt.n))
    }
}
