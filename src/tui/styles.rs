//! What things look like, by what they mean: as the theme has it. Without colour every meaning still
//! differs by an attribute or by its mark.

use ratatui::style::{Color, Modifier, Style};

use super::colour::{Depth, Rgb, indexed, legible, rgb};
use crate::{
    config::{Part, Theme},
    text,
};

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

impl Tone {
    fn part(self) -> Part {
        match self {
            Self::Text => Part::Text,
            Self::Dim => Part::Dim,
            Self::Strong => Part::Strong,
            Self::Running => Part::Running,
            Self::Ok => Part::Ok,
            Self::Warn => Part::Warn,
            Self::Failed => Part::Failed,
            Self::Held => Part::Held,
            Self::Unknown => Part::Unknown,
            Self::Key => Part::Key,
            Self::Protected => Part::Protected,
            Self::Hit => Part::Hit,
        }
    }
}

/// The looks of a theme on a terminal, with or without colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styles {
    parts: [Style; Part::COUNT],
    ansi: [Option<text::Color>; 16],
    /// Text and ground of the screen, where the theme has both: only then it is known what can be
    /// read on it.
    ground: Option<(Rgb, Rgb)>,
    depth: Depth,
    colour: bool,
}

impl Styles {
    /// The looks of a theme. Without colours none of it is used.
    pub(crate) fn new(theme: &Theme, depth: Depth, colour: bool) -> Self {
        let text = theme.style(Part::Text);
        let ground = text.fg.zip(text.bg).map(|(fg, bg)| (rgb(fg), rgb(bg)));
        let part = |part: Part| match colour {
            true => shown(theme.style(part), depth),
            false => Style::default().add_modifier(plain(part)),
        };
        Self { parts: Part::ALL.map(part), ansi: theme.ansi, ground, depth, colour }
    }

    pub(crate) fn part(self, part: Part) -> Style {
        self.parts.get(part.number()).copied().unwrap_or_default()
    }

    /// The look of a meaning.
    pub(crate) fn of(self, tone: Tone) -> Style {
        self.part(tone.part())
    }

    /// What everything is drawn on.
    pub(crate) fn ground(self) -> Style {
        self.part(Part::Text)
    }

    /// The chosen row, column or button.
    pub(crate) fn selected(self) -> Style {
        self.part(Part::Selected)
    }

    /// The frame of the pane that has the keys, and of the others.
    pub(crate) fn frame(self, focused: bool) -> Style {
        self.part(if focused { Part::FrameFocused } else { Part::Frame })
    }

    /// The title of the pane that has the keys, and of the others.
    pub(crate) fn title(self, focused: bool) -> Style {
        self.part(if focused { Part::TitleFocused } else { Part::Title })
    }

    /// What a host asked for; without colours only its attributes. Where the ground is known, it can be
    /// read on it.
    pub(crate) fn host(self, style: text::Style) -> Style {
        let mut look = Style::default().add_modifier(modifiers(style));
        if style.strike {
            look = look.add_modifier(Modifier::CROSSED_OUT);
        }
        if !self.colour || (style.fg.is_none() && style.bg.is_none()) {
            return look;
        }
        let own = |colour: text::Color| match colour {
            text::Color::Indexed(n) => {
                self.ansi.get(usize::from(n)).copied().flatten().unwrap_or(colour)
            }
            text::Color::Rgb(..) => colour,
        };
        let (fg, bg) = (style.fg.map(own), style.bg.map(own));
        let Some((text, ground)) = self.ground else {
            (look.fg, look.bg) =
                (fg.map(|it| colour(it, self.depth)), bg.map(|it| colour(it, self.depth)));
            return look;
        };
        let (red, green, blue) = legible(fg.map_or(text, rgb), bg.map_or(ground, rgb));
        look.fg = Some(colour(text::Color::Rgb(red, green, blue), self.depth));
        look.bg = bg.map(|it| {
            let (red, green, blue) = rgb(it);
            colour(text::Color::Rgb(red, green, blue), self.depth)
        });
        look
    }
}

/// The sixteen as the terminal library names them.
pub(crate) const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

fn shown(style: text::Style, depth: Depth) -> Style {
    let named = |it: text::Color| match it {
        text::Color::Indexed(n) => SIXTEEN.get(usize::from(n)).copied(),
        text::Color::Rgb(..) => None,
    };
    let seen = |it: text::Color| named(it).unwrap_or_else(|| colour(it, depth));
    let look = Style { fg: style.fg.map(seen), bg: style.bg.map(seen), ..Style::default() };
    look.add_modifier(modifiers(style))
}

fn modifiers(style: text::Style) -> Modifier {
    let all = [
        (style.bold, Modifier::BOLD),
        (style.dim, Modifier::DIM),
        (style.italic, Modifier::ITALIC),
        (style.underline, Modifier::UNDERLINED),
        (style.reverse, Modifier::REVERSED),
    ];
    all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, modifier)| modifier).collect()
}

/// What stands for a look where there are no colours, whatever the theme.
fn plain(part: Part) -> Modifier {
    match part {
        Part::Text | Part::Ok | Part::Held => Modifier::empty(),
        Part::Dim | Part::Frame | Part::Title => Modifier::DIM,
        Part::Strong | Part::Running | Part::FrameFocused | Part::TitleFocused => Modifier::BOLD,
        Part::Warn => Modifier::UNDERLINED,
        Part::Failed | Part::Unknown | Part::Protected => Modifier::REVERSED.union(Modifier::BOLD),
        Part::Key => Modifier::BOLD.union(Modifier::UNDERLINED),
        Part::Hit | Part::Selected => Modifier::REVERSED,
    }
}

fn colour(colour: text::Color, depth: Depth) -> Color {
    match colour {
        text::Color::Indexed(0) => Color::Black,
        text::Color::Indexed(n) => Color::Indexed(n),
        text::Color::Rgb(red, green, blue) => match depth {
            Depth::True => Color::Rgb(red, green, blue),
            Depth::Indexed | Depth::Sixteen => Color::Indexed(indexed((red, green, blue))),
        },
    }
}
