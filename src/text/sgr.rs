//! "Select graphic rendition", the one escape sequence whose meaning is kept.
//!
//! Codes: ECMA-48 §8.3.117; bright colours and the semicolon form of 38/48 as in xterm's
//! `ctlseqs`; the colon form as in ITU-T T.416 §13.1.8.

use super::style::{Color, Style};

/// Applies the parameters of one `CSI … m` to `style`. Unknown codes change nothing.
pub(super) fn apply(style: &mut Style, params: &str) {
    let mut fields = params.split(';');
    while let Some(field) = fields.next() {
        let mut parts = field.split(':');
        let Some(code) = number(parts.next()) else { continue };
        match code {
            38 | 48 | 58 => {
                let color = if field.contains(':') {
                    with_colons(&field.split(':').skip(1).collect::<Vec<_>>())
                } else {
                    with_semicolons(&mut fields)
                };
                set_color(style, code, color);
            }
            4 => style.underline = parts.next() != Some("0"),
            _ => simple(style, code),
        }
    }
}

/// An empty parameter means 0.
fn number(part: Option<&str>) -> Option<u16> {
    match part {
        Some("") => Some(0),
        Some(digits) => digits.parse().ok(),
        None => None,
    }
}

fn byte(part: Option<&str>) -> Option<u8> {
    number(part)?.try_into().ok()
}

/// `5;n` or `2;r;g;b`. All fields of the colour are taken even when one is out of range, or the
/// rest would be read as codes.
fn with_semicolons<'a>(fields: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    match number(fields.next())? {
        5 => byte(fields.next()).map(Color::Indexed),
        2 => {
            let (red, green, blue) = (fields.next(), fields.next(), fields.next());
            Some(Color::Rgb(byte(red)?, byte(green)?, byte(blue)?))
        }
        _ => None,
    }
}

/// `5:n`, `2:r:g:b`, or `2:space:r:g:b` with a colour space that is usually empty.
fn with_colons(parts: &[&str]) -> Option<Color> {
    match parts {
        ["5", index, ..] => byte(Some(index)).map(Color::Indexed),
        ["2", red, green, blue] | ["2", _, red, green, blue, ..] => {
            Some(Color::Rgb(byte(Some(red))?, byte(Some(green))?, byte(Some(blue))?))
        }
        _ => None,
    }
}

fn set_color(style: &mut Style, code: u16, color: Option<Color>) {
    match (code, color) {
        (38, Some(_)) => style.fg = color,
        (48, Some(_)) => style.bg = color,
        // 58 colours the underline, which has no colour of its own here.
        _ => {}
    }
}

fn simple(style: &mut Style, code: u16) {
    match code {
        0 => *style = Style::default(),
        1 => style.bold = true,
        2 => style.dim = true,
        3 => style.italic = true,
        7 => style.reverse = true,
        9 => style.strike = true,
        21 => style.underline = true,
        22 => (style.bold, style.dim) = (false, false),
        23 => style.italic = false,
        24 => style.underline = false,
        27 => style.reverse = false,
        29 => style.strike = false,
        39 => style.fg = None,
        49 => style.bg = None,
        _ => palette(style, code),
    }
}

/// The sixteen colours: 30 to 37 and 90 to 97 for the text, ten more for the ground.
fn palette(style: &mut Style, code: u16) {
    let index = |base: u16| u8::try_from(code - base).ok().map(Color::Indexed);
    match code {
        30..=37 => style.fg = index(30),
        40..=47 => style.bg = index(40),
        90..=97 => style.fg = index(90 - 8),
        100..=107 => style.bg = index(100 - 8),
        _ => {}
    }
}
