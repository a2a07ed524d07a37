//! What kind of character this is, as far as a screen cares.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Shown before a combining mark that has nothing to combine with.
pub(super) const LONE_BASE: char = '\u{25cc}';

/// The part a character plays on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Takes 1 or 2 cells.
    Visible(usize),
    /// Takes no cell: it is drawn onto the character before it.
    Mark,
    /// Says whether the emoji before it is drawn in colours: a presentation selector.
    Selector,
    /// Has no look of its own, or turns what is around it, or nobody agrees on its width.
    Hidden,
    /// C0, DEL or C1.
    Control,
}

/// The kind of `c`.
pub(super) fn kind(c: char) -> Kind {
    if matches!(c, ' '..='~') {
        return Kind::Visible(1);
    }
    match c {
        '\u{fe0e}' | '\u{fe0f}' => Kind::Selector,
        // A skin tone changes the emoji before it, as the joiner U+200D does: terminals disagree how.
        '\u{1f3fb}'..='\u{1f3ff}' => Kind::Hidden,
        _ if c.is_control() => Kind::Control,
        _ if is_hidden(c) || is_unassigned(c) => Kind::Hidden,
        _ => match cells(c) {
            0 => Kind::Mark,
            width @ 1..=2 => Kind::Visible(width),
            // U+17D8 alone, for which terminals keep one cell.
            _ => Kind::Hidden,
        },
    }
}

/// Cells that `c` takes: 0, 1 or 2.
pub(super) fn cells(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Whether every terminal draws `text` in as many cells as we count: one character of a script, a frame or
/// an arrow that has been in Unicode for decades and joins with nothing. Not so emoji, which become more
/// each year, and scripts whose letters join to syllables.
pub fn is_agreed(text: &str) -> bool {
    let mut chars = text.chars();
    let (first, more) = (chars.next(), chars.next());
    more.is_none() && first.is_none_or(|c| is_long_known(c) && !is_unassigned(c))
}

/// The blocks of such characters, and our own marks.
fn is_long_known(c: char) -> bool {
    matches!(c,
        ' '..='~'
        // Latin, Greek, Cyrillic; punctuation, arrows, mathematics.
        | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}'
        | '\u{2190}'..='\u{22ff}'
        // Frames, blocks, shapes, check marks, Braille.
        | '\u{2500}'..='\u{25fc}' | '\u{2713}'..='\u{2718}' | '\u{2800}'..='\u{28ff}'
        // Kana, ideographs, syllables of Hangul, full width.
        | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{309b}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}' | '\u{fffd}')
}

/// Not (yet) a character, so that every terminal has its own idea of its width.
fn is_unassigned(c: char) -> bool {
    // Before this one, all are assigned.
    c >= '\u{378}' && c.general_category() == GeneralCategory::Unassigned
}

/// Whether terminals disagree about the cells that `c` takes: East Asian ambiguous width (UAX #11).
pub(super) fn is_ambiguous(c: char) -> bool {
    c.width() != c.width_cjk()
}

/// Whether a presentation selector after `c` belongs to it: `c` lies in a block that holds emoji, or is
/// part of a keycap.
pub(super) fn takes_selectors(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}'
        | '\u{2190}'..='\u{2bff}'
        | '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '0'..='9' | '#' | '*')
}

/// Whether `mark` joins `before` into one user-perceived character. Vowels and finals of Hangul
/// have no cell either, but stand only after their own kind.
pub(super) fn combines(before: char, mark: char) -> bool {
    let mut buffer = [0; 8];
    let start = before.encode_utf8(&mut buffer).len();
    let end = start + mark.encode_utf8(&mut buffer[start..]).len();
    str::from_utf8(&buffer[..end]).is_ok_and(|pair| pair.graphemes(true).nth(1).is_none())
}

/// `Default_Ignorable_Code_Point` of Unicode 16 (`DerivedCoreProperties.txt`), which includes the
/// bidirectional controls, zero width spaces, fillers and tags; and the line and paragraph
/// separators and interlinear annotations.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
