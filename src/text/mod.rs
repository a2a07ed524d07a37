//! Host bytes into what a terminal may show.
//!
//! Everything a host sends (log lines, banners, names, errors) passes through here before it
//! reaches a screen, a pager or stdout. The result is a [`Shown`]: one line of spans, each plain
//! text with a style. A `Shown` holds no control character, no bidirectional control and nothing
//! invisible, so it cannot move the cursor, set a title, write the clipboard or reorder what is
//! read, whatever the host sent. It can only be made here.
//!
//! - [`Filter`] reads the lines of one stream, keeps colours and attributes (SGR) from line to
//!   line, and replays carriage returns and moves within the row so that a progress bar
//!   collapses to its last state.
//! - [`Mask`] names a byte range of a raw line that holds a secret; it is replaced before
//!   anything else looks at the line.
//! - [`Shown::literal`] and [`escape`] are for short texts without colours.
//! - [`quick`] is for looking through many lines.
//!
//! # Width
//!
//! The width of a text is the sum of the Unicode widths of its characters, each 0, 1 or 2 cells.
//! Terminals disagree about sequences (emoji joined by U+200D, presentation selectors, skin
//! tones), and a row drawn by one rule and counted by another loses its frame. So sequences are
//! taken apart, and what remains has the same width everywhere: the joiner and the skin tones are
//! shown as a code point, as are all characters that have no look of their own, and what is no
//! character yet: `<U+202E>`. Directly after an emoji the selectors U+FE0E and U+FE0F are left out:
//! they only say in which of its two looks it is drawn. Elsewhere they are code points, too. Of many
//! marks on one character, each ninth is one. Of what is left, [`is_agreed`] tells what surely has the
//! same width everywhere.

mod apart;
mod escapes;
mod filter;
mod home;
mod line;
mod literal;
mod mask;
mod neutral;
mod quick;
mod sgr;
mod shown;
mod style;
mod verbatim;
mod view;

#[cfg(test)]
mod tests;

pub use apart::apart;
pub use filter::{Filter, LINE_CAP};
pub use home::{HOME_MAX, rewritten, rewritten_last};
pub use literal::escape;
pub use mask::Mask;
pub use neutral::is_agreed;
pub use quick::quick;
pub use shown::{Shown, Span};
pub use style::{Color, Style};
pub use verbatim::{REWRITES, Verbatim, colours_end, is_rewrite, odd_places};
pub use view::{clusters, fit};
