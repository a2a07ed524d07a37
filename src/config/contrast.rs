//! Whether a text can be read on its ground.

use super::tone::Tone;
use crate::text::{Color, Style};

/// Red, green and blue.
pub(crate) type Rgb = (u8, u8, u8);

/// What ordinary text needs over its ground (WCAG 2.1, 1.4.3).
pub(crate) const READABLE: f64 = 4.5;

/// How bright a colour is, 0 to 1 (WCAG 2.1, "relative luminance").
fn luminance((red, green, blue): Rgb) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// How well two colours are told apart, 1 to 21 (WCAG 2.1, "contrast ratio").
pub(crate) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// A look that can hardly be read.
pub(super) struct Faint {
    pub(super) tone: Tone,
    /// In the chosen row, and otherwise well.
    pub(super) chosen: bool,
    pub(super) contrast: f64,
}

/// What of these looks, one for each tone, can hardly be read. What the sixteen colours are is for the
/// terminal to say, and a frame is no text.
pub(super) fn faint(styles: &[Style]) -> Vec<Faint> {
    let look = |tone: Tone| styles.get(tone.number()).copied().unwrap_or_default();
    let seen = |fg: Option<Color>, bg: Option<Color>| match (fg?, bg?) {
        (Color::Rgb(r, g, b), Color::Rgb(red, green, blue)) => {
            let found = contrast((r, g, b), (red, green, blue));
            (found < READABLE).then_some(found)
        }
        (Color::Indexed(_), _) | (_, Color::Indexed(_)) => None,
    };
    let (text, selected) = (look(Tone::Text), look(Tone::Selected));
    let words = Tone::ALL.into_iter().filter(|it| !matches!(it, Tone::Frame | Tone::FrameFocused));
    let of = |tone: Tone| {
        let (fg, bg) = (look(tone).fg.or(text.fg), look(tone).bg.or(text.bg));
        let chosen = || seen(selected.fg.or(fg), selected.bg.or(bg)).map(|found| (true, found));
        let (chosen, contrast) = seen(fg, bg).map(|found| (false, found)).or_else(chosen)?;
        Some(Faint { tone, chosen, contrast })
    };
    words.filter_map(of).collect()
}
