//! What is late is said once.

use crate::tui::{state::Model, styles::Tone, words};

/// Works out anew what depends on the time, and says what has become late.
pub(super) fn keep(model: &mut Model) {
    for attempt in model.keep_time() {
        if let Some(line) = words::late(model, attempt) {
            model.say(line, Tone::Warn);
        }
    }
}
