//! Characters as coverage of a cell, from the outlines of a font file.

use std::{collections::BTreeMap, fs};

use ab_glyph_rasterizer::{Point, Rasterizer, point};

use super::outline::{Knot, Outlines};

/// A cell of the picture, in pixels.
pub(crate) const CELL: (usize, usize) = (9, 18);

/// So large that a character of the font is as wide as a cell: 0.602 of its height.
const PIXELS: f32 = 14.95;

/// From the upper edge of a cell to the line that the letters stand on.
const BASE: f32 = 14.0;

/// How far a slanted character leans, of its height.
const SLANT: f32 = 0.2;

/// Where Debian's package fonts-dejavu-core has them.
const FILES: [&str; 2] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
];

/// How much of each pixel of one or two cells is covered, row by row, from 0 to 1.
pub(crate) type Coverage = Vec<f32>;

/// How a character is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Face {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    /// Over two cells.
    pub(crate) wide: bool,
}

/// Both weights of the font, and what was drawn with them.
pub(crate) struct Font {
    files: Vec<Outlines>,
    drawn: BTreeMap<(char, Face), Coverage>,
}

impl Font {
    /// Reads the font files.
    pub(crate) fn read() -> Self {
        let read = |path: &str| {
            let bytes = fs::read(path).unwrap_or_else(|error| {
                panic!("{path}: {error}; Debian has it in fonts-dejavu-core")
            });
            Outlines::of(bytes).unwrap_or_else(|| panic!("{path} is no TrueType font"))
        };
        Self { files: FILES.iter().map(|path| read(path)).collect(), drawn: BTreeMap::new() }
    }

    /// What a character covers. One that the font lacks stops the tool: a picture with a hole in it
    /// is no picture of the console.
    pub(crate) fn coverage(&mut self, c: char, face: Face) -> &Coverage {
        let files = &self.files;
        self.drawn.entry((c, face)).or_insert_with(|| {
            let width = CELL.0 * if face.wide { 2 } else { 1 };
            line(c, width)
                .unwrap_or_else(|| outline(&files[usize::from(face.bold)], c, face, width))
        })
    }
}

/// Lines and blocks, drawn from edge to edge so that they meet; the font's own leave gaps.
fn line(c: char, width: usize) -> Option<Coverage> {
    // Arms of one pixel from the middle: left, right, up, down.
    let arms = match c {
        '─' => [true, true, false, false],
        '│' => [false, false, true, true],
        '┌' => [false, true, false, true],
        '┐' => [true, false, false, true],
        '└' => [false, true, true, false],
        '┘' => [true, false, true, false],
        '├' => [false, true, true, true],
        '┤' => [true, false, true, true],
        '┬' => [true, true, false, true],
        '┴' => [true, true, true, false],
        '┼' => [true; 4],
        '█' => return Some(filled(width, |_, _| true)),
        '▌' => return Some(filled(width, |x, _| x < width / 2)),
        '▐' => return Some(filled(width, |x, _| x >= width / 2)),
        '▀' => return Some(filled(width, |_, y| y < CELL.1 / 2)),
        '▄' => return Some(filled(width, |_, y| y >= CELL.1 / 2)),
        _ => return None,
    };
    let (middle, half) = (width / 2, CELL.1 / 2);
    let [left, right, up, down] = arms;
    Some(filled(width, |x, y| {
        let across = y == half && ((left && x <= middle) || (right && x >= middle));
        across || x == middle && ((up && y <= half) || (down && y >= half))
    }))
}

fn filled(width: usize, is: impl Fn(usize, usize) -> bool) -> Coverage {
    (0..width * CELL.1).map(|at| if is(at % width, at / width) { 1.0 } else { 0.0 }).collect()
}

fn outline(file: &Outlines, c: char, face: Face, width: usize) -> Coverage {
    let lines = file.of_char(c);
    let lines = lines.unwrap_or_else(|| panic!("the font has no {c:?} (U+{:04X})", u32::from(c)));
    let scale = PIXELS / file.units;
    let slant = if face.italic { SLANT } else { 0.0 };
    let place = |knot: &Knot| point((knot.x + knot.y * slant) * scale, BASE - knot.y * scale);
    let mut rasterizer = Rasterizer::new(width, CELL.1);
    for line in &lines {
        let knots: Vec<(Point, bool)> = line.iter().map(|knot| (place(knot), knot.on)).collect();
        draw(&mut rasterizer, &knots);
    }
    let mut coverage = vec![0.0; width * CELL.1];
    rasterizer.for_each_pixel(|at, alpha| coverage[at] = alpha.clamp(0.0, 1.0));
    coverage
}

/// Draws one closed line. Between two points that bend it lies one that is on it, half-way.
fn draw(rasterizer: &mut Rasterizer, knots: &[(Point, bool)]) {
    let Some(first) = knots.iter().position(|(_, on)| *on) else { return };
    let begin = knots[first].0;
    let (mut at, mut bend): (Point, Option<Point>) = (begin, None);
    let round = knots[first + 1..].iter().chain(&knots[..first]).chain([&knots[first]]);
    for (to, on) in round.copied() {
        match (bend, on) {
            (None, true) => rasterizer.draw_line(at, to),
            (None, false) => {}
            (Some(by), true) => rasterizer.draw_quad(at, by, to),
            (Some(by), false) => {
                let between = point(f32::midpoint(by.x, to.x), f32::midpoint(by.y, to.y));
                rasterizer.draw_quad(at, by, between);
                at = between;
            }
        }
        bend = (!on).then_some(to);
        if on {
            at = to;
        }
    }
}
