//! How a host is connected, as a state: a mark, a word, a look.

use super::{hosts, since, stands::Weight};
use crate::{
    model::HostId,
    run::LinkState,
    tui::{state::Model, styles::Tone, told::HostState},
};

/// How a host is connected.
pub(crate) struct Linked {
    pub(crate) glyph: &'static str,
    /// One word; of a lost connection with its age.
    pub(crate) word: String,
    pub(crate) tone: Tone,
    /// What is said of several such hosts, where nothing worse is to be said of them.
    pub(crate) news: Option<Weight>,
}

/// How a host is connected.
pub(crate) fn linked(model: &Model, host: HostId) -> Linked {
    let glyphs = model.glyphs();
    let state = |glyph, word: &str, tone, news| Linked { glyph, word: word.to_owned(), tone, news };
    let Some(run) = model.run() else {
        return match model.hosts.get(&host) {
            Some(HostState::Ready) => state(glyphs.ok, "ready", Tone::Ok, None),
            Some(HostState::Trouble { .. }) => {
                state(glyphs.failed, "trouble", Tone::Failed, Some(Weight::Away))
            }
            Some(HostState::Connecting) | None => {
                let glyph = glyphs.spinning(model.now);
                state(glyph, "connects", Tone::Running, Some(Weight::Connecting))
            }
        };
    };
    if !run.takes_part(host) {
        return state(glyphs.skipped, "excluded", Tone::Warn, None);
    }
    match run.world.links.get(&host) {
        Some((LinkState::Up, _)) => state(glyphs.ok, "up", Tone::Ok, None),
        Some((LinkState::Down(_), at)) => {
            let word = format!("lost {}", since(*at, model.now));
            state(glyphs.unknown, &word, Tone::Unknown, Some(Weight::LinkLost))
        }
        None => state(glyphs.absent, "", Tone::Dim, None),
    }
}

/// Which hosts the next run leaves out; nothing where it takes all.
pub(crate) fn left_out(model: &Model) -> Option<String> {
    let names = hosts(&model.without);
    (!names.is_empty())
        .then(|| format!("Left out: {names}. What is served there stays, unlike on the others."))
}
