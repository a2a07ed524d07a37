//! Colours as numbers: what can be read on what, and what a terminal of 256 colours shows instead.

pub(crate) use crate::config::contrast::{READABLE, Rgb, contrast};
use crate::text::Color;

/// How many colours a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Sixteen, or fewer.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    #[default]
    True,
}

/// The colour nearest to `text` that can be read on `ground`.
pub(crate) fn legible(text: Rgb, ground: Rgb) -> Rgb {
    const STEPS: u16 = 10;
    let (black, white) = ((0, 0, 0), (255, 255, 255));
    let pole = if contrast(white, ground) >= contrast(black, ground) { white } else { black };
    let mixed = |step: u16| {
        let part = |from: u8, to: u8| {
            let sum = u16::from(from) * (STEPS - step) + u16::from(to) * step;
            u8::try_from(sum / STEPS).unwrap_or(to)
        };
        (part(text.0, pole.0), part(text.1, pole.1), part(text.2, pole.2))
    };
    (0..STEPS).map(mixed).find(|colour| contrast(*colour, ground) >= READABLE).unwrap_or(pole)
}

/// Steps of a part of a colour in the cube of 256 colours (xterm's 256colres.pl).
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Where the cube begins, and the greys behind it.
const CUBE_FIRST: u8 = 16;
const GREY_FIRST: u8 = 232;

/// The sixteen as xterm has them (its XTerm-col.ad).
const SIXTEEN: [Rgb; 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// What a colour is on a terminal that keeps to xterm's.
pub(crate) fn rgb(colour: Color) -> Rgb {
    match colour {
        Color::Rgb(red, green, blue) => (red, green, blue),
        Color::Indexed(index) => match SIXTEEN.get(usize::from(index)) {
            Some(colour) => *colour,
            None if index >= GREY_FIRST => {
                let level = 8 + 10 * (index - GREY_FIRST);
                (level, level, level)
            }
            None => {
                let index = index - CUBE_FIRST;
                let level = |digit: u8| CUBE.get(usize::from(digit)).copied().unwrap_or_default();
                (level(index / 36), level(index / 6 % 6), level(index % 6))
            }
        },
    }
}

/// The one of the 256 that is nearest; never one of the sixteen, which are the terminal's own.
pub(crate) fn indexed(wanted: Rgb) -> u8 {
    let apart = |index: u8| {
        let found = rgb(Color::Indexed(index));
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(found.0, wanted.0) + square(found.1, wanted.1) + square(found.2, wanted.2)
    };
    (CUBE_FIRST..=u8::MAX).min_by_key(|index| apart(*index)).unwrap_or(CUBE_FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let near = |a: f64, b: f64| (a - b).abs() < 0.01;
        assert!(near(contrast((0, 0, 0), (255, 255, 255)), 21.0));
        assert!(near(contrast((255, 255, 255), (255, 255, 255)), 1.0));
        // The grey that is known as the darkest to fail on white.
        assert!(contrast((0x77, 0x77, 0x77), (255, 255, 255)) < READABLE);
        assert!(contrast((0x76, 0x76, 0x76), (255, 255, 255)) > READABLE);
    }

    #[test]
    fn what_cannot_be_read_is_changed_until_it_can_and_nothing_else_is() {
        let ground = (0x16, 0x18, 0x1d);
        assert_eq!(legible((0x7f, 0xcf, 0x7a), ground), (0x7f, 0xcf, 0x7a));
        for index in 0..=u8::MAX {
            for ground in [ground, (0xfb, 0xfb, 0xf8), (0x80, 0x80, 0x80), (205, 205, 0)] {
                let seen = legible(rgb(Color::Indexed(index)), ground);
                assert!(contrast(seen, ground) >= READABLE, "{index} on {ground:?}");
            }
        }
    }

    #[test]
    fn each_of_the_256_is_its_own_nearest() {
        for index in CUBE_FIRST..=u8::MAX {
            let back = indexed(rgb(Color::Indexed(index)));
            assert_eq!(rgb(Color::Indexed(back)), rgb(Color::Indexed(index)), "{index}");
        }
    }
}
