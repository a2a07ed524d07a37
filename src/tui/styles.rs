//! What things look like, by what they mean. The only place that names a colour: the terminal's
//! own sixteen, so that its theme rules. Without colour every meaning still differs by an attribute
//! or by its mark.

use ratatui::style::{Color, Modifier, Style};

use crate::text;

/// What something means to the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Ordinary text.
    Text,
    /// Of less weight.
    Dim,
    /// A heading, or the thing that matters in a line.
    Strong,
    /// Something goes on.
    Running,
    /// Done.
    Ok,
    /// Slow, or to be looked at.
    Warn,
    /// Failed.
    Failed,
    /// Waits for the operator.
    Held,
    /// Not known.
    Unknown,
    /// A key that can be pressed.
    Key,
    /// A protected stage.
    Protected,
    /// What a search found.
    Hit,
}

/// The looks, with or without colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styles {
    colour: bool,
}

impl Styles {
    pub(crate) fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// The look of a meaning.
    pub(crate) fn of(self, tone: Tone) -> Style {
        let (colour, modifier) = match tone {
            Tone::Text => (None, Modifier::empty()),
            Tone::Dim => (None, Modifier::DIM),
            Tone::Strong => (None, Modifier::BOLD),
            Tone::Running => (Some(Color::Cyan), Modifier::BOLD),
            Tone::Ok => (Some(Color::Green), Modifier::empty()),
            Tone::Warn => (Some(Color::Yellow), Modifier::UNDERLINED),
            Tone::Failed => (Some(Color::Red), Modifier::BOLD),
            Tone::Held => (Some(Color::Magenta), Modifier::empty()),
            Tone::Unknown => (Some(Color::Yellow), Modifier::BOLD),
            Tone::Key => (Some(Color::Cyan), Modifier::BOLD),
            Tone::Protected => (Some(Color::Red), Modifier::REVERSED.union(Modifier::BOLD)),
            Tone::Hit => (Some(Color::Yellow), Modifier::REVERSED),
        };
        let style = Style::default().add_modifier(modifier);
        match (colour, self.colour) {
            (Some(colour), true) => style.fg(colour),
            (None, true) => style,
            (_, false) => style.add_modifier(plain_extra(tone)),
        }
    }

    /// The chosen row, column or button.
    pub(crate) fn selected(self) -> Style {
        Style::default().add_modifier(Modifier::REVERSED)
    }

    /// The frame of the pane that has the keys, and of the others.
    pub(crate) fn frame(self, focused: bool) -> Style {
        match focused {
            true => self.of(Tone::Strong),
            false => self.of(Tone::Dim),
        }
    }

    /// What a host asked for; without colours only its attributes.
    pub(crate) fn host(self, style: text::Style) -> Style {
        let mut look = Style::default();
        if self.colour {
            look.fg = style.fg.map(colour);
            look.bg = style.bg.map(colour);
        }
        for (wanted, modifier) in [
            (style.bold, Modifier::BOLD),
            (style.dim, Modifier::DIM),
            (style.italic, Modifier::ITALIC),
            (style.underline, Modifier::UNDERLINED),
            (style.reverse, Modifier::REVERSED),
            (style.strike, Modifier::CROSSED_OUT),
        ] {
            if wanted {
                look = look.add_modifier(modifier);
            }
        }
        look
    }
}

/// What stands for a colour that is not there.
fn plain_extra(tone: Tone) -> Modifier {
    match tone {
        Tone::Failed | Tone::Unknown => Modifier::REVERSED,
        Tone::Key => Modifier::UNDERLINED,
        Tone::Text
        | Tone::Dim
        | Tone::Strong
        | Tone::Running
        | Tone::Ok
        | Tone::Warn
        | Tone::Held
        | Tone::Protected
        | Tone::Hit => Modifier::empty(),
    }
}

fn colour(colour: text::Color) -> Color {
    match colour {
        text::Color::Indexed(0) => Color::Black,
        text::Color::Indexed(n) => Color::Indexed(n),
        text::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}
