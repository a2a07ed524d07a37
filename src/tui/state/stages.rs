//! The choice of a stage, before anything else is there.

use crate::tui::told::StageOffer;

/// The stages that can be chosen.
#[derive(Clone, Debug)]
pub(crate) struct Stages {
    pub(crate) offers: Vec<StageOffer>,
    /// Position of the chosen one.
    pub(crate) at: usize,
    /// One was chosen, and is being opened.
    pub(crate) opens: bool,
}
