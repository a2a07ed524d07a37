//! What things look like, by what they mean: as the theme has it. Without colour every meaning still
//! differs by an attribute or by its mark.

use ratatui::style::{Color, Modifier, Style};

use super::colour::{Depth, Rgb, indexed, legible, rgb};
pub(crate) use crate::config::Tone;
use crate::{config::Theme, text};

/// The looks of a theme on a terminal, with or without colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styles {
    tones: [Style; Tone::COUNT],
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
        let text = theme.style(Tone::Text);
        let ground = text.fg.zip(text.bg).map(|(fg, bg)| (rgb(fg), rgb(bg)));
        let tone = |tone: Tone| match colour {
            true => shown(theme.style(tone), depth),
            false => Style::default().add_modifier(plain(tone)),
        };
        Self { tones: Tone::ALL.map(tone), ansi: theme.ansi, ground, depth, colour }
    }

    /// The look of a meaning.
    pub(crate) fn of(self, tone: Tone) -> Style {
        self.tones.get(tone.number()).copied().unwrap_or_default()
    }

    /// What everything is drawn on.
    pub(crate) fn ground(self) -> Style {
        self.of(Tone::Text)
    }

    /// The chosen row, column or button.
    pub(crate) fn selected(self) -> Style {
        self.of(Tone::Selected)
    }

    /// The frame of the pane that has the keys, and of the others.
    pub(crate) fn frame(self, focused: bool) -> Style {
        self.of(if focused { Tone::FrameFocused } else { Tone::Frame })
    }

    /// The title of the pane that has the keys, and of the others.
    pub(crate) fn title(self, focused: bool) -> Style {
        self.of(if focused { Tone::TitleFocused } else { Tone::Title })
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
fn plain(tone: Tone) -> Modifier {
    match tone {
        Tone::Text | Tone::Ok | Tone::Held => Modifier::empty(),
        Tone::Dim | Tone::Frame | Tone::Title => Modifier::DIM,
        Tone::Strong | Tone::Running | Tone::FrameFocused | Tone::TitleFocused => Modifier::BOLD,
        Tone::Warn => Modifier::UNDERLINED,
        Tone::Failed | Tone::Unknown | Tone::Protected => Modifier::REVERSED.union(Modifier::BOLD),
        Tone::Key => Modifier::BOLD.union(Modifier::UNDERLINED),
        Tone::Hit | Tone::Selected => Modifier::REVERSED,
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
