//! How a piece of text looks, free of any terminal library.

/// A colour as the host named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// An entry of the terminal's own palette: 0 to 7 normal, 8 to 15 bright, then the 256 table.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// Colours and attributes of a span; the default is the terminal's own look.
///
/// Blinking and concealed text are not kept: nothing a host prints may hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Colour of the text, `None` for the terminal's own.
    pub fg: Option<Color>,
    /// Colour behind the text, `None` for the terminal's own.
    pub bg: Option<Color>,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined, whatever the kind of line.
    pub underline: bool,
    /// Text and ground exchanged.
    pub reverse: bool,
    /// Struck out.
    pub strike: bool,
}

impl Style {
    /// Faint, for words of ours inside host text.
    pub(super) const DIM: Self = Self { dim: true, ..Self::PLAIN };
    /// Reversed, for a code point shown in place of a character.
    pub(super) const REVERSE: Self = Self { reverse: true, ..Self::PLAIN };
    const PLAIN: Self = Self {
        fg: None,
        bg: None,
        bold: false,
        dim: false,
        italic: false,
        underline: false,
        reverse: false,
        strike: false,
    };

    /// The same look, unless text and ground have one colour: then the text takes the terminal's
    /// own, because a line in the colour of its ground is a hidden line.
    pub(super) fn legible(self) -> Self {
        if self.fg.is_some() && self.fg == self.bg { Self { fg: None, ..self } } else { self }
    }
}
