//! The terminal of the pictures: what its sixteen colours look like, and its ground.

use vt100::{Cell, Color};

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// A terminal with a dark ground, or with a light one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    Dark,
    Light,
}

const DARK: [Rgb; 16] = [
    [0x2a, 0x2f, 0x38],
    [0xf2, 0x6d, 0x6d],
    [0x7c, 0xc9, 0x7a],
    [0xe5, 0xc0, 0x62],
    [0x6c, 0xa8, 0xf0],
    [0xd0, 0x8c, 0xe8],
    [0x5c, 0xc8, 0xd4],
    [0xc8, 0xcc, 0xd4],
    [0x7a, 0x82, 0x90],
    [0xff, 0x8f, 0x8f],
    [0x9c, 0xe0, 0x98],
    [0xf4, 0xd8, 0x8a],
    [0x90, 0xc0, 0xff],
    [0xe4, 0xae, 0xf6],
    [0x86, 0xe0, 0xea],
    [0xf4, 0xf6, 0xfa],
];

const LIGHT: [Rgb; 16] = [
    [0x1e, 0x22, 0x28],
    [0xb4, 0x1e, 0x28],
    [0x1c, 0x74, 0x2c],
    [0x86, 0x5c, 0x00],
    [0x1a, 0x56, 0xb4],
    [0x88, 0x2e, 0xa4],
    [0x00, 0x6c, 0x7c],
    [0x5a, 0x60, 0x6a],
    [0x6a, 0x72, 0x7e],
    [0xc8, 0x34, 0x3c],
    [0x2a, 0x86, 0x3a],
    [0x96, 0x6a, 0x0a],
    [0x2c, 0x68, 0xc8],
    [0x9a, 0x42, 0xb6],
    [0x10, 0x7c, 0x8c],
    [0x30, 0x34, 0x3c],
];

/// The steps of one colour of the cube of 256.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Paper {
    /// What is where nothing is.
    pub(crate) fn ground(self) -> Rgb {
        match self {
            Self::Dark => [0x14, 0x17, 0x1c],
            Self::Light => [0xfb, 0xfb, 0xf8],
        }
    }

    fn text(self) -> Rgb {
        match self {
            Self::Dark => [0xd8, 0xdb, 0xe2],
            Self::Light => [0x26, 0x2a, 0x30],
        }
    }

    fn colour(self, colour: Color, default: Rgb) -> Rgb {
        match colour {
            Color::Default => default,
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Idx(n @ 0..16) => match self {
                Self::Dark => DARK[usize::from(n)],
                Self::Light => LIGHT[usize::from(n)],
            },
            Color::Idx(n @ 16..232) => {
                let n = usize::from(n - 16);
                [CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6]]
            }
            Color::Idx(n) => [8 + 10 * (n - 232); 3],
        }
    }

    /// The colours of a cell: of what is drawn, and of what is behind it.
    pub(crate) fn of(self, cell: &Cell) -> (Rgb, Rgb) {
        let front = self.colour(cell.fgcolor(), self.text());
        let back = self.colour(cell.bgcolor(), self.ground());
        let front = if cell.dim() { mix(back, front, 0.6) } else { front };
        if cell.inverse() { (back, front) } else { (front, back) }
    }

    /// The cursor's own colours.
    pub(crate) fn cursor(self) -> (Rgb, Rgb) {
        (self.ground(), self.text())
    }
}

/// So much of the second over the first.
pub(crate) fn mix(under: Rgb, over: Rgb, part: f32) -> Rgb {
    [0, 1, 2].map(|at| {
        let (under, over) = (f32::from(under[at]), f32::from(over[at]));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let mixed = (under + (over - under) * part).round() as u8;
        mixed
    })
}
