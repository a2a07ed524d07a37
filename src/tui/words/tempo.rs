//! Times in words: what is usual, what is late, how long it may still be.

use jiff::SignedDuration;

use super::{Look, count, look, took};
use crate::{
    model::{HostId, Try},
    store::Times,
    tui::{
        state::{
            Model,
            face::Face,
            grid::Column,
            tempo::{Left, Odd},
        },
        styles::Tone,
    },
};

/// From so many runs on it is not said how many there were.
const MANY: usize = 3;

/// What is usual, as `11s`; where few runs say so, with how many: `11s (2 runs)`.
pub(crate) fn typical(times: &Times) -> Option<String> {
    let median = took(times.median()?);
    Some(match times.runs() {
        few @ 0..MANY => format!("{median} ({})", count(few, "run")),
        _ => median,
    })
}

/// A time as on a clock: `02:41`, `1:02:41`.
pub(crate) fn clocked(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A time that goes on, in whole seconds.
pub(crate) fn whole(time: SignedDuration) -> String {
    match time.as_secs().max(0) {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds => took(SignedDuration::from_secs(seconds)),
    }
}

/// How long the run may still take: about so long, or longer where not all of it is known.
pub(crate) fn eta(left: Left) -> String {
    let seconds = left.time.as_secs();
    let sign = if left.more { ">" } else { "~" };
    format!("eta {sign}{}:{:02}", seconds / 60, seconds % 60)
}

/// How the state of a cell is shown, with what is unusual about its time.
pub(crate) fn look_at(model: &Model, column: &Column, host: HostId) -> Look {
    let face = model.face(column, host);
    let mut look = look(&face, model.glyphs(), model.now);
    let odd = model.odd(column, host);
    if matches!(face, Face::Running(_)) && !odd.late {
        look.word.push_str(&rest(model, column, host).unwrap_or_default());
    }
    if odd == Odd::default() {
        return look;
    }
    let typ = model.typical(column, host).and_then(typical).unwrap_or_default();
    let ended = matches!(face, Face::Ok(_));
    look.tone = Tone::Warn;
    look.short.push('!');
    if odd.late {
        let word = if ended { "slow" } else { "late" };
        look.word.push_str(&format!(", {word}: typically {typ}"));
        look.long = Some(format!("{} {word}", look.short));
    }
    if let Some(silent) = odd.silent {
        let silent = whole(silent);
        look.word.push_str(&format!(", silent {silent}"));
        look.long.get_or_insert(format!("{} silent", look.short));
    }
    look
}

/// What is usual for what runs, and how much of that is left.
fn rest(model: &Model, column: &Column, host: HostId) -> Option<String> {
    let times = model.typical(column, host)?;
    let left = times.median()?.saturating_sub(model.spent(column, host)?);
    let left = left.is_positive().then(|| format!(", about {} left", whole(left)));
    Some(format!(", typically {}{}", typical(times)?, left.unwrap_or_default()))
}

/// That an attempt is late.
pub(crate) fn late(model: &Model, attempt: Try) -> Option<String> {
    let (column, host) = model.grid.find(attempt.node)?;
    let (column, host) = (model.grid.columns.get(column)?, host?);
    let spent = whole(model.spent(column, host)?);
    let typ = typical(model.typical(column, host)?)?;
    let within = model.glyphs().within;
    let place = format!("{} {within} {}", model.host_name(host), column.step);
    Some(format!("{place} is late: {spent}, typically {typ}"))
}
