//! What something would run, worked out once: a frame that shows nothing new works out nothing. It is
//! forgotten with everything that it may rest on; what it is of is compared.

use std::{cell::RefCell, sync::Arc};

use super::{dialog::Deed, palette::Goal};
use crate::tui::styles::Tone;

/// Rows of a preview.
pub(crate) type Rows = Arc<[(String, Tone)]>;

/// Of what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// An entry of the palette: where it leads, what is said of it, and why it does nothing now.
    Entry(Goal, String, Option<String>),
    /// A release that can be gone back to, and why it is not offered.
    Release(String, Option<String>),
    /// The buttons of a dialog.
    Dialog(Vec<(String, Deed)>),
}

/// Of how many things it is kept: a dialog may lie over the palette.
const KEPT: usize = 2;

/// What was worked out.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    kept: RefCell<Vec<(Of, Option<Rows>)>>,
    #[cfg(test)]
    pub(crate) worked_out: std::cell::Cell<usize>,
}

impl Previews {
    /// Something has changed that one of them may rest on.
    pub(crate) fn forget(&mut self) {
        self.kept.get_mut().clear();
    }

    /// What is kept of this, or else is worked out now. `None`: nothing is run.
    pub(crate) fn of(
        &self,
        of: Of,
        work_out: impl FnOnce() -> Option<Vec<(String, Tone)>>,
    ) -> Option<Rows> {
        if let Some((_, rows)) = self.kept.borrow().iter().find(|(other, _)| *other == of) {
            return rows.clone();
        }
        #[cfg(test)]
        self.worked_out.set(self.worked_out.get() + 1);
        let rows = work_out().map(Rows::from);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((of, rows.clone()));
        rows
    }
}
