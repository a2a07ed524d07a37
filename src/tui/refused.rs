//! What is told of a wish that is not carried out, so that whoever waits for it waits no longer.

use super::told::{Told, Wish};

impl Wish {
    /// What to tell where it is not carried out, and why not. `None`: nobody waits to hear of it.
    #[must_use]
    pub fn refused(self, why: &str) -> Option<Told> {
        let why = why.to_owned();
        Some(match self {
            Self::Start(_) | Self::Command(_) | Self::Answer { .. } | Self::Do(_) => {
                Told::Did(Err(why))
            }
            Self::Preview(of) => Told::Preview { of, lines: vec![why], plan: None },
            Self::Compare(pair) => Told::Compared(pair, Err(why)),
            Self::Diff(pair) => Told::Diff(pair, Err(why)),
            Self::Look | Self::Without(_) => Told::Note(why),
            // Asked by the screen itself, or answered by its own means.
            Self::Glance
            | Self::Times
            | Self::Connect
            | Self::Stage(_)
            | Self::Prompted(..)
            | Self::Runs { .. }
            | Self::Past(_)
            | Self::Save(..)
            | Self::Copy(_)
            | Self::Lend(_)
            | Self::Interrupted
            | Self::Quit => return None,
        })
    }
}
