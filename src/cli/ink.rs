//! The colours of what hosts print, for a terminal or a program that shows them.

use crate::text::{Color, Shown, Style};

/// A line with its colours, as SGR (ECMA-48, 8.3.117) and nothing else.
pub(super) fn coloured(shown: &Shown) -> String {
    let mut text = String::new();
    for span in shown.spans() {
        let codes = codes(span.style());
        match codes.is_empty() {
            true => text.push_str(span.text()),
            false => text.push_str(&format!("\x1b[{}m{}\x1b[0m", codes.join(";"), span.text())),
        }
    }
    text
}

fn codes(style: Style) -> Vec<String> {
    let Style { fg, bg, bold, dim, italic, underline, reverse, strike } = style;
    let flags = [(bold, 1), (dim, 2), (italic, 3), (underline, 4), (reverse, 7), (strike, 9)];
    let flags = flags.into_iter().filter(|(set, _)| *set).map(|(_, code)| code.to_string());
    let colour = |base: u8, colour: Color| match colour {
        Color::Indexed(entry) => format!("{base};5;{entry}"),
        Color::Rgb(red, green, blue) => format!("{base};2;{red};{green};{blue}"),
    };
    flags.chain(fg.map(|it| colour(38, it))).chain(bg.map(|it| colour(48, it))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Filter;

    #[test]
    fn colours_are_kept_and_nothing_else() {
        let mut filter = Filter::default();
        let shown = filter.masked_line(b"\x1b[1;31mred\x1b[0m \x1b[2J\x1b]0;t\x07plain", &[]);
        assert_eq!(coloured(&shown), "\x1b[1;38;5;1mred\x1b[0m plain");
    }
}
