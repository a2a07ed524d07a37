//! How the run on the screen ended.

use crate::{
    run::{Ending, Trouble, Way},
    tui::{glyphs::Glyphs, state::Model, styles::Tone},
};

/// With its mark, and in capitals, for the header.
pub(crate) fn ended(model: &Model) -> Option<(String, Tone)> {
    let ending = model.run()?.ending()?;
    let (glyph, tone) = mark(ending, model.glyphs());
    Some((format!("{glyph} {}", ending.to_string().to_uppercase()), tone))
}

/// The mark and the look of an ending.
pub(crate) fn mark(ending: Ending, glyphs: &Glyphs) -> (&'static str, Tone) {
    match (ending.trouble, ending.way) {
        (Trouble::Unknown, _) => (glyphs.unknown, Tone::Unknown),
        (_, Way::NotUndone(_)) | (Trouble::Failed | Trouble::LeftOut, Way::Through) => {
            (glyphs.failed, Tone::Failed)
        }
        (Trouble::Nothing, Way::Through) => (glyphs.ok, Tone::Ok),
        (Trouble::Nothing | Trouble::LeftOut | Trouble::Failed, Way::Undone) => {
            (glyphs.undone, Tone::Warn)
        }
        (Trouble::Failed, Way::Aborted | Way::PartlyUndone) => (glyphs.failed, Tone::Failed),
        (Trouble::Nothing | Trouble::LeftOut, Way::Aborted | Way::PartlyUndone) => {
            (glyphs.skipped, Tone::Warn)
        }
    }
}
