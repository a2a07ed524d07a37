//! Proof of a restart: the processes are others than before, and work in what is served.

use super::{BadInput, Layout, sheet::Sheet};
use crate::model::{Piece, Text};

const PROOF: &str = include_str!("../sh/builtin/proof.sh");

/// Runs a restart and waits, up to so many seconds, until all processes that `pids` prints are others
/// than before and work in what is served (or run from it). Our names in it begin with `deployui_`,
/// so that the recipe's own text sees none of them.
///
/// # Errors
/// A path that no script is written with.
pub fn restart(
    layout: &Layout,
    run: &Text,
    pids: &Text,
    within_secs: u32,
) -> Result<Text, BadInput> {
    let mut pieces = begin(layout, pids)?;
    pieces.push(Piece::Literal("deployui_known\ndeployui_old=$deployui_now\n(\n".to_owned()));
    pieces.extend(run.0.iter().cloned());
    let wait = format!("\n)\ndeployui_wait {within_secs} \"$deployui_old\"\n");
    pieces.push(Piece::Literal(wait));
    Ok(Text(pieces))
}

/// Asks once whether all processes work in what is served.
pub(super) fn pids_inside(layout: &Layout, pids: &Text) -> Result<Text, BadInput> {
    let mut pieces = begin(layout, pids)?;
    pieces.push(Piece::Literal("deployui_wait 1 ''\n".to_owned()));
    Ok(Text(pieces))
}

fn begin(layout: &Layout, pids: &Text) -> Result<Vec<Piece>, BadInput> {
    let known = Sheet::default().path("deployui_current", &layout.path(&layout.current))?;
    let mut pieces = known.then("deployui_pids() (\n").text().0;
    pieces.extend(pids.0.iter().cloned());
    pieces.push(Piece::Literal(format!("\n)\n{PROOF}")));
    Ok(pieces)
}
