//! A theme in a line, in its own looks, for those who choose one.

use ratatui::style::{Color, Modifier, Style};

use super::{
    colour::Depth,
    glyphs::Glyphs,
    styles::{SIXTEEN, Styles, Tone},
};
use crate::config::Theme;

/// States and what else is told apart by its look, each in that look, with the escape sequences of a
/// terminal.
#[must_use]
pub fn swatch(theme: &Theme, depth: Depth, colour: bool, ascii: bool) -> String {
    let (styles, glyphs) = (Styles::new(theme, depth, colour), Glyphs::of(ascii));
    let (open, close) = glyphs.stage;
    let words = [
        (format!(" {} ok ", glyphs.ok), styles.of(Tone::Ok)),
        (format!(" {} running ", glyphs.running[0]), styles.of(Tone::Running)),
        (format!(" {} slow ", glyphs.warn), styles.of(Tone::Warn)),
        (format!(" {} FAILED ", glyphs.failed), styles.of(Tone::Failed)),
        (format!(" {} held ", glyphs.held), styles.of(Tone::Held)),
        (format!(" {} unknown ", glyphs.unknown), styles.of(Tone::Unknown)),
        (format!(" {} waiting ", glyphs.waiting), styles.of(Tone::Dim)),
        (format!("{open}PROD{close}"), styles.of(Tone::Protected)),
        (" text ".to_owned(), styles.of(Tone::Text)),
        (" chosen ".to_owned(), styles.selected()),
        (" found ".to_owned(), styles.of(Tone::Hit)),
    ];
    let piece = |(text, style): (String, Style)| {
        let style = styles.ground().patch(style);
        format!("\x1b[{}m{text}\x1b[0m", codes(style).join(";"))
    };
    words.map(piece).concat()
}

/// The codes of "select graphic rendition" (ECMA-48 8.3.117; colours as in xterm's ctlseqs).
fn codes(style: Style) -> Vec<String> {
    let attributes = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
    ];
    let wanted = attributes.into_iter().filter(|(one, _)| style.add_modifier.contains(*one));
    let mut codes: Vec<String> = wanted.map(|(_, code)| code.to_owned()).collect();
    for (colour, base) in [(style.fg, 38), (style.bg, 48)] {
        match colour {
            Some(Color::Rgb(red, green, blue)) => {
                codes.push(format!("{base};2;{red};{green};{blue}"));
            }
            Some(Color::Indexed(number)) => codes.push(format!("{base};5;{number}")),
            Some(named) => {
                let number = SIXTEEN.iter().position(|one| *one == named);
                codes.extend(number.map(|number| format!("{base};5;{number}")));
            }
            None => {}
        }
    }
    codes
}
