//! Whether what themes show can be read, by whoever looks.

use ratatui::style::{Color, Modifier, Style};

use super::{Desk, WIDE, chatter, settings, story};
use crate::{
    config::{Theme, shipped, theme},
    text,
    tui::{
        Depth, Settings, Themes,
        colour::{READABLE, Rgb, contrast, rgb},
        glyphs::Glyphs,
        state::face::Face,
        styles::{Styles, Tone},
        words,
    },
};

fn coming_along(name: &str) -> Theme {
    theme(name, None, &|_| None, &mut Vec::new()).unwrap()
}

fn all() -> Vec<Theme> {
    shipped().iter().map(|(name, _)| coming_along(name)).collect()
}

fn number(colour: Color) -> Rgb {
    if let Color::Rgb(red, green, blue) = colour {
        return (red, green, blue);
    }
    let Color::Indexed(index) = colour else { panic!("a colour that is not known: {colour:?}") };
    rgb(text::Color::Indexed(index))
}

/// Text and ground of a look, as they are seen.
fn seen(look: Style) -> (Rgb, Rgb) {
    let (fg, bg) = (number(look.fg.unwrap()), number(look.bg.unwrap()));
    if look.add_modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) }
}

#[test]
fn everything_can_be_read_in_every_theme_with_a_ground() {
    for theme in all().iter().filter(|theme| theme.has_rgb()) {
        for depth in [Depth::True, Depth::Indexed] {
            let styles = Styles::new(theme, depth, true);
            let least = match theme.name.as_str() {
                "high-contrast" => 7.0,
                _ => READABLE,
            };
            for part in Tone::ALL {
                let look = styles.ground().patch(styles.of(part));
                // The chosen cell keeps the look of its state.
                for look in [look, look.patch(styles.selected())] {
                    let (text, ground) = seen(look);
                    let found = contrast(text, ground);
                    assert!(found >= least, "{} {depth:?} {part:?}: {found:.2}", theme.name);
                    assert!(!look.add_modifier.contains(Modifier::DIM), "{} {part:?}", theme.name);
                }
            }
        }
    }
}

#[test]
fn whatever_a_host_prints_can_be_read_in_every_theme_with_a_ground() {
    let colours: Vec<Option<text::Color>> = (0..=u8::MAX)
        .map(|index| Some(text::Color::Indexed(index)))
        .chain([None, Some(text::Color::Rgb(0, 0, 95)), Some(text::Color::Rgb(250, 250, 210))])
        .collect();
    for theme in all().iter().filter(|theme| theme.has_rgb()) {
        let styles = Styles::new(theme, Depth::True, true);
        for fg in &colours {
            for bg in [
                None,
                Some(text::Color::Indexed(3)),
                Some(text::Color::Indexed(4)),
                Some(text::Color::Indexed(15)),
            ] {
                let asked = text::Style { fg: *fg, bg, ..text::Style::default() };
                let look = styles.ground().patch(styles.host(asked));
                let (text, ground) = seen(look);
                assert!(contrast(text, ground) >= READABLE, "{} {asked:?}", theme.name);
            }
        }
        for index in 0..16 {
            let fg = Some(text::Color::Indexed(index));
            let look = styles.host(text::Style { fg, ..text::Style::default() });
            let own = theme.ansi[usize::from(index)].unwrap();
            assert_eq!(number(look.fg.unwrap()), rgb(own), "{} changes {index}", theme.name);
        }
    }
}

#[test]
fn the_default_theme_uses_neither_blue_nor_dark_grey_nor_a_colour_of_its_own() {
    let theme = coming_along("terminal-16");
    for part in Tone::ALL {
        let style = theme.style(part);
        for colour in [style.fg, style.bg].into_iter().flatten() {
            // Black, blue, and bright black and blue.
            let dark = [0, 4, 8, 12].map(text::Color::Indexed);
            assert!(matches!(colour, text::Color::Indexed(0..16)), "{part:?}");
            assert!(!dark.contains(&colour), "{part:?}");
        }
    }
}

/// What is left of a colour for an eye that lacks one kind of cone: in linear light, by the matrices for
/// severity 1.0 of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
/// Vision Deficiency" (2009), table 1.
const PROTANOPIA: [[f64; 3]; 3] = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
];
const DEUTERANOPIA: [[f64; 3]; 3] = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
];

fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn by_eye(matrix: &[[f64; 3]; 3], (red, green, blue): Rgb) -> [f64; 3] {
    let light = [linear(red), linear(green), linear(blue)];
    matrix.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
}

/// CIE L*a*b* of linear sRGB under D65 (IEC 61966-2-1, CIE 15).
fn lab(light: [f64; 3]) -> [f64; 3] {
    const TO_XYZ: [[f64; 3]; 3] =
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
    const WHITE: [f64; 3] = [0.9505, 1.0, 1.089];
    let xyz = TO_XYZ.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>());
    let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = [0, 1, 2].map(|at| f(xyz[at] / WHITE[at]));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How far two colours are apart for an eye (CIE 1976 colour difference).
fn apart(matrix: &[[f64; 3]; 3], one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (lab(by_eye(matrix, one)), lab(by_eye(matrix, other)));
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn states_differ_for_colour_blind_eyes_in_the_theme_for_them() {
    /// A difference of 2 is just seen; this many times as much is seen at a glance.
    const AT_A_GLANCE: f64 = 15.0;
    let styles = Styles::new(&coming_along("okabe-ito"), Depth::True, true);
    let tones = [Tone::Ok, Tone::Failed, Tone::Warn, Tone::Running, Tone::Held];
    let look = |tone: Tone| number(styles.of(tone).fg.unwrap());
    for eye in [&PROTANOPIA, &DEUTERANOPIA] {
        for (at, one) in tones.iter().enumerate() {
            for other in &tones[at + 1..] {
                let found = apart(eye, look(*one), look(*other));
                assert!(found >= AT_A_GLANCE, "{one:?} {other:?}: {found:.1}");
            }
        }
    }
    // The pair that the test is for: red and green of equal lightness are one colour to such an eye.
    assert!(apart(&DEUTERANOPIA, (0xc0, 0x60, 0x30), (0x80, 0x80, 0x30)) < AT_A_GLANCE);
}

#[test]
fn no_two_states_look_the_same_without_colours() {
    let now = story::at(60);
    let states = [
        Face::Waiting,
        Face::Held,
        Face::Break,
        Face::Running(Some(now)),
        Face::Ok(None),
        Face::Failed(crate::run::End::Exit(1)),
        Face::Unknown,
        Face::Skipped,
        Face::Absent,
        Face::Undoing,
        Face::Undone,
    ];
    let styles = Styles::new(&coming_along("okabe-ito"), Depth::True, false);
    for ascii in [false, true] {
        let mut looks: Vec<(String, Style, String)> = Vec::new();
        for state in &states {
            let look = words::look(state, Glyphs::of(ascii), now);
            let style = styles.of(look.tone);
            assert!(style.fg.is_none() && style.bg.is_none(), "{state:?}");
            let one = (look.glyph.to_owned(), style, look.word);
            let same = looks.iter().find(|(glyph, style, _)| (glyph, style) == (&one.0, &one.1));
            assert!(same.is_none(), "{state:?} looks like {same:?}");
            assert!(!looks.iter().any(|(_, _, word)| *word == one.2), "{state:?}");
            looks.push(one);
        }
    }
}

#[test]
fn a_ground_is_painted_everywhere() {
    for name in ["dark", "light", "okabe-ito"] {
        let theme = coming_along(name);
        let ground = Styles::new(&theme, Depth::True, true).ground().bg.unwrap();
        let settings = Settings { themes: Themes::One(theme), ..settings() };
        for keys in ["", "?", "T", "4z", "A"] {
            let mut desk = Desk::with(WIDE, settings.clone(), 40, chatter)
                .tell(story::failed().told())
                .keys(keys);
            let bare = desk.buffer().content.iter().filter(|cell| cell.bg == Color::Reset).count();
            assert_eq!(bare, 0, "{name} {keys}");
            let painted = desk.buffer().content.iter().filter(|cell| cell.bg == ground).count();
            assert!(painted > 3000, "{name} {keys}: {painted}");
        }
    }
}

#[test]
fn what_the_terminal_says_chooses_the_theme() {
    let (dark, light) = (coming_along("dark"), coming_along("light"));
    let settings = Settings { themes: Themes::ByGround { dark, light }, ..settings() };
    let mut desk = Desk::with(WIDE, settings, 40, chatter);
    let ground = |desk: &mut Desk| desk.buffer().content[0].bg;
    assert_eq!(ground(&mut desk), Color::Rgb(0x16, 0x18, 0x1d));
    desk.model.looks.on(&desk.model.settings, Some(true));
    assert_eq!(ground(&mut desk), Color::Rgb(0xfb, 0xfb, 0xf8));
}

#[test]
fn a_theme_on_256_colours_uses_only_those() {
    let settings = Settings {
        themes: Themes::One(coming_along("catppuccin-mocha")),
        depth: Depth::Indexed,
        ..settings()
    };
    let mut desk = Desk::with(WIDE, settings, 40, |_| "\x1b[38;2;9;8;7mx".to_owned())
        .tell(story::failed().told());
    for cell in &desk.buffer().content {
        assert!(matches!((cell.fg, cell.bg), (Color::Indexed(16..), Color::Indexed(16..))));
    }
}
