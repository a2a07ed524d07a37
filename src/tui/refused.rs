//! What is told of a wish that is not carried out, so that whoever waits for it waits no longer; and whether
//! somebody does.

use super::told::{Refused, Returned, Told, Waiting, Wish};

impl Wish {
    /// Whether the screen asks by itself for what it shows, and nobody typed for it.
    #[must_use]
    pub fn is_by_itself(&self) -> bool {
        matches!(self, Self::Preview(_) | Self::Compare(_) | Self::Times)
    }

    /// Whether it changes something on the hosts, or in a run.
    #[must_use]
    pub fn acts(&self) -> bool {
        matches!(
            self,
            Self::Start(_)
                | Self::Command(_)
                | Self::Answer { .. }
                | Self::Do(_)
                | Self::Without(_)
        )
    }

    /// What to tell where it is not carried out, and why not. `None`: nobody waits to hear of it.
    #[must_use]
    pub fn refused(&self, why: &str) -> Option<Told> {
        let why = why.to_owned();
        Some(match self.clone() {
            Self::Start(_) => Told::Refused(Refused::Wish(Waiting::Start, why)),
            Self::Do(_) => Told::Refused(Refused::Wish(Waiting::Deed, why)),
            Self::Connect | Self::Without(_) => Told::Refused(Refused::Wish(Waiting::NextRun, why)),
            Self::Command(_) | Self::Answer { .. } => {
                Told::Refused(Refused::Wish(Waiting::Nothing, why))
            }
            Self::Preview(of) => Told::Preview { of, lines: vec![why], plan: None },
            Self::Compare(pair) => Told::Compared(pair, Err(why)),
            Self::Diff(pair) => Told::Diff(pair, Err(why)),
            Self::Look => Told::Unlooked(Some(why)),
            // The dialog says how old what it rests on is.
            Self::Glance => Told::Unlooked(None),
            Self::Stage(name) => Told::Note(format!("{name}: {why}")),
            Self::Runs { asked, .. } => Told::Runs { asked, rows: Vec::new(), end: Some(Err(why)) },
            Self::Past(run) => Told::Past(Err(format!("run {run}: {why}"))),
            Self::Save(saving, file) => Told::NotSaved { why, again: Some((saving, file)) },
            Self::Copy(_) => Told::Note(format!("tmux did not get the copy: {why}")),
            Self::Lend(_) => Told::Back(Returned { said: why, well: false, touched: false }),
            // Old times are as good; whoever asked is gone; the screen is.
            Self::Times | Self::Prompted(..) | Self::Interrupted | Self::Quit => return None,
        })
    }
}
