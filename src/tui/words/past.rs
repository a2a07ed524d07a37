//! What is said of a run that there was.

use super::mark;
use crate::{
    run::Run,
    tui::{glyphs::Glyphs, styles::Tone, told::PastRun},
};

/// How it ended, with its mark and its look.
pub(crate) fn past_ended(run: &PastRun, glyphs: &Glyphs) -> (String, Tone) {
    let (glyph, tone) = match run.ending {
        _ if run.damage.is_some() => (glyphs.warn, Tone::Warn),
        None => (glyphs.running[0], Tone::Running),
        Some(ending) => mark(ending, glyphs),
    };
    (format!("{glyph} {}", run.ended()), tone)
}

/// What is known of it beside its row: who has it, what is wrong with its journal.
pub(crate) fn past_about(run: &PastRun) -> String {
    if let Some(damage) = &run.damage {
        return format!("its journal is damaged: {damage}");
    }
    match (run.ending, &run.holder) {
        (Some(_), _) => String::new(),
        (None, Some(holder)) => format!("{holder} has it open now"),
        (None, None) => {
            format!("nobody drives it now; to go on: deployui resume {}", run.id)
        }
    }
}

/// The row of a run that is not in the list.
pub(crate) fn past_run(run: &Run) -> PastRun {
    let released = run.plan.released.as_ref();
    PastRun {
        id: run.plan.run.clone(),
        app: run.plan.app.clone(),
        stage: run.plan.stage.clone(),
        pipeline: run.plan.pipeline.clone(),
        by: String::new(),
        opened: Some(run.opened),
        last: Some(run.latest),
        ending: run.ending(),
        release: released.map_or_else(String::new, |it| it.name.clone()),
        commit: released.and_then(|it| it.revision.clone()).unwrap_or_default(),
        failures: 0,
        holder: None,
        damage: None,
    }
}

/// The part of an id that tells it from others of the same second, as the first line has it.
pub(crate) fn short_run(run: &str) -> String {
    run.rsplit('-').next().unwrap_or(run).chars().take(6).collect()
}

/// `3 of 12`; nothing of nothing.
pub(crate) fn count_of(at: usize, all: usize) -> String {
    if all == 0 { "none".to_owned() } else { format!("{} of {all}", at + 1) }
}
