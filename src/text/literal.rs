//! Short texts that are not output: names, errors, banners, and words of ours.

use super::escapes::{Escapes, Token};
use super::filter::{Window, is_plain};
use super::line::Line;
use super::shown::Shown;
use super::style::Style;

impl Shown {
    /// `text` on one line, without colours: escape sequences are taken out, line breaks and tabs
    /// become blanks, and other control characters are shown as code points, since a name must
    /// not rewrite itself. Cut like a log line at [`LINE_CAP`](super::LINE_CAP) bytes.
    pub fn literal(text: &str) -> Self {
        Self::styled(text, Style::default())
    }

    /// [`Shown::literal`] in a style of ours.
    pub fn styled(text: &str, style: Style) -> Self {
        let mut shown = Self::default();
        if is_plain(text.as_bytes()) {
            shown.push_str(text, style);
            return shown;
        }
        let window = Window::head(text.as_bytes());
        let mut escapes = Escapes::default();
        let mut line = Line::default();
        let mut chars = text[window.range()].chars().peekable();
        while let Some(c) = chars.next() {
            match escapes.push(c) {
                Some(Token::Char('\r')) if chars.peek() == Some(&'\n') => {}
                Some(Token::Char('\n' | '\t')) => line.print(' ', style),
                Some(Token::Char(control)) if control.is_control() => line.code_point(control),
                Some(Token::Char(other)) => line.print(other, style),
                Some(Token::Csi { .. }) | None => {}
            }
        }
        window.around(line.finish())
    }
}

/// [`Shown::literal`] as a plain string, for stdout.
pub fn escape(text: &str) -> String {
    Shown::literal(text).plain()
}
