//! Secrets in a raw line, as places to leave out.

use std::ops::Range;

/// A secret's place in a raw line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask<'a> {
    /// Offset of the first byte in the raw line.
    pub at: usize,
    /// Length in bytes; it may reach beyond the line.
    pub len: usize,
    /// Name of the secret, shown in its place.
    pub name: &'a str,
}

/// A part of a raw line, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Bytes to show.
    Open(Range<usize>),
    /// The names of the secrets that lie here, each once.
    Hidden(Vec<&'a str>),
}

/// Splits `window` at the masks. Masks may come in any order, overlap, be empty or lie outside;
/// those that overlap are one place.
pub(super) fn pieces<'a>(window: Range<usize>, masks: &[Mask<'a>]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut shown_to = window.start;
    for (place, names) in places(&window, masks) {
        if shown_to < place.start {
            pieces.push(Piece::Open(shown_to..place.start));
        }
        shown_to = place.end;
        pieces.push(Piece::Hidden(names));
    }
    if shown_to < window.end {
        pieces.push(Piece::Open(shown_to..window.end));
    }
    pieces
}

fn places<'a>(window: &Range<usize>, masks: &[Mask<'a>]) -> Vec<(Range<usize>, Vec<&'a str>)> {
    let mut found: Vec<(Range<usize>, &str)> = masks
        .iter()
        .map(|mask| {
            let end = mask.at.saturating_add(mask.len).min(window.end);
            (mask.at.max(window.start)..end, mask.name)
        })
        .filter(|(place, _)| !place.is_empty())
        .collect();
    found.sort_by_key(|(place, _)| (place.start, place.end));
    let mut places: Vec<(Range<usize>, Vec<&str>)> = Vec::new();
    for (place, name) in found {
        match places.last_mut() {
            Some((last, names)) if place.start < last.end => {
                last.end = last.end.max(place.end);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            _ => places.push((place, vec![name])),
        }
    }
    places
}
