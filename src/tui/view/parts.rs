//! What is left out of a line where there is no room: the least important.

use ratatui::text::Span;

use crate::text::{Shown, fit};

/// Parts of a line, as they stand in it, each with its rank: 0 matters most.
pub(super) type Parts = Vec<(u8, Vec<Span<'static>>)>;

/// Cells that a part takes.
pub(super) fn cells(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}

/// The parts for which there is room, each with its place among all. What matters most is taken first,
/// and always; where a part has no room, a shorter one that matters less may still have.
pub(super) fn kept(parts: Parts, room: usize) -> Vec<(usize, Vec<Span<'static>>)> {
    let mut parts: Vec<(usize, u8, Vec<Span<'static>>)> =
        parts.into_iter().enumerate().map(|(at, (rank, spans))| (at, rank, spans)).collect();
    parts.sort_by_key(|(at, rank, _)| (*rank, *at));
    let mut used = 0;
    parts.retain(|(_, _, spans)| {
        let cells = cells(spans);
        let fits = used == 0 || used + cells <= room;
        used += if fits { cells } else { 0 };
        fits
    });
    parts.sort_by_key(|(at, ..)| *at);
    parts.into_iter().map(|(at, _, spans)| (at, spans)).collect()
}

/// As [`kept`], one behind the other; what has no room even alone is cut.
pub(super) fn fitting(parts: Parts, room: usize) -> Vec<Span<'static>> {
    let mut left = room;
    let all = kept(parts, room).into_iter().flat_map(|(_, spans)| spans);
    let cut = all.map(|span| {
        let text = fit(&Shown::literal(&span.content), left);
        left -= text.width();
        Span::styled(text.plain(), span.style)
    });
    cut.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::text::Span;

    use super::{Parts, cells, kept};

    proptest! {
        /// Whatever the width, what is left out had no room beside all that matters more.
        #[test]
        fn only_what_has_no_room_is_left_out(
            all in prop::collection::vec((0_u8..6, 1_usize..40), 1..10),
            room in 20_usize..200,
        ) {
            let parts: Parts =
                all.iter().map(|(rank, len)| (*rank, vec![Span::raw("x".repeat(*len))])).collect();
            let kept = kept(parts, room);
            let used: usize = kept.iter().map(|(_, spans)| cells(spans)).sum();
            prop_assert!(used <= room || kept.len() == 1, "{} cells in {}", used, room);
            prop_assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
            let most = (0..all.len()).min_by_key(|at| (all[*at].0, *at));
            prop_assert!(kept.iter().any(|(at, _)| Some(*at) == most));
            for (at, (rank, len)) in all.iter().enumerate() {
                let matters_more = |other: &usize| (all[*other].0, *other) < (*rank, at);
                let before: usize =
                    kept.iter().map(|(at, _)| *at).filter(matters_more).map(|at| all[at].1).sum();
                let is_kept = kept.iter().any(|(kept, _)| *kept == at);
                prop_assert_eq!(is_kept, before == 0 || before + len <= room, "part {}", at);
            }
        }
    }
}
