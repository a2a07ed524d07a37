//! A screen as pixels of few colours, and files of them.

use std::{collections::BTreeSet, fs::File, io::BufWriter, path::Path};

use vt100::Screen;

use super::{
    font::{CELL, Coverage, Face, Font},
    paper::{Paper, Rgb, mix},
};

/// Shades between what is behind a letter and the letter: few, so that the files are small.
const SHADES: f32 = 7.0;

/// Colours of a picture; one more means "as before" in a recording.
const COLOURS_MAX: usize = 255;

/// Ground around the screen, in pixels.
const MARGIN: usize = 9;

/// A screen in pixels.
pub(crate) struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

/// For how long a picture of a recording is shown.
pub(crate) type Shown = (Picture, std::time::Duration);

impl Picture {
    /// Draws a screen.
    pub(crate) fn of(screen: &Screen, paper: Paper, font: &mut Font) -> Self {
        let (rows, cols) = screen.size();
        let (rows, cols) = (rows.get(), cols.get());
        let width = usize::from(cols) * CELL.0 + 2 * MARGIN;
        let height = usize::from(rows) * CELL.1 + 2 * MARGIN;
        let mut picture = Self { width, height, pixels: vec![paper.ground(); width * height] };
        let cursor = (!screen.hide_cursor()).then(|| screen.cursor_position());
        for row in 0..rows {
            for col in 0..cols {
                let Some(cell) = screen.cell(row, col) else { continue };
                if cell.is_wide_continuation() {
                    continue;
                }
                let under_cursor = cursor == Some((row, col));
                let colours = if under_cursor { paper.cursor() } else { paper.of(cell) };
                let face = Face { bold: cell.bold(), italic: cell.italic(), wide: cell.is_wide() };
                let at = (MARGIN + usize::from(col) * CELL.0, MARGIN + usize::from(row) * CELL.1);
                let width = CELL.0 * if face.wide { 2 } else { 1 };
                picture.fill(at, (width, CELL.1), colours.1);
                for c in cell.contents().chars().filter(|c| *c != ' ') {
                    picture.put(at, colours, font.coverage(c, face));
                }
                if cell.underline() {
                    picture.fill((at.0, at.1 + CELL.1 - 2), (width, 1), colours.0);
                }
            }
        }
        picture
    }

    fn fill(&mut self, (left, top): (usize, usize), (width, height): (usize, usize), colour: Rgb) {
        for y in top..top + height {
            let begin = y * self.width + left;
            let end = (begin + width).min((y + 1) * self.width);
            self.pixels[begin..end].fill(colour);
        }
    }

    /// Draws a character over what is behind it.
    fn put(&mut self, (left, top): (usize, usize), (front, back): (Rgb, Rgb), over: &Coverage) {
        let width = over.len() / CELL.1;
        for (at, part) in over.iter().enumerate() {
            let (x, y) = (left + at % width, top + at / width);
            let part = (part * SHADES).round() / SHADES;
            if x < self.width && part > 0.0 {
                self.pixels[y * self.width + x] = mix(back, front, part);
            }
        }
    }

    /// Writes it as a PNG file with a palette.
    pub(crate) fn write(&self, path: &Path) {
        let palette = palette(std::iter::once(self));
        let file = BufWriter::new(File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, pixels(self.width), pixels(self.height));
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.concat());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&self.indices(&palette)).unwrap();
        writer.finish().unwrap();
    }

    fn indices(&self, palette: &[Rgb]) -> Vec<u8> {
        let index = |pixel: &Rgb| u8::try_from(palette.binary_search(pixel).unwrap()).unwrap();
        // Most pixels are as the one before.
        self.pixels
            .chunk_by(|one, next| one == next)
            .flat_map(|same| std::iter::repeat_n(index(&same[0]), same.len()))
            .collect()
    }
}

/// Writes a recording as a GIF file that plays again and again; of every picture only what is new in it.
pub(crate) fn record(path: &Path, shown: &[Shown]) {
    let palette = palette(shown.iter().map(|(picture, _)| picture));
    let same = u8::try_from(palette.len()).unwrap();
    let first = &shown[0].0;
    let (width, height) = (narrow(first.width), narrow(first.height));
    let file = BufWriter::new(File::create(path).unwrap());
    let mut colours = palette.concat();
    colours.extend([0; 3]);
    let mut encoder = gif::Encoder::new(file, width, height, &colours).unwrap();
    encoder.set_repeat(gif::Repeat::Infinite).unwrap();
    let mut before: Option<Vec<u8>> = None;
    for (picture, time) in shown {
        let now = picture.indices(&palette);
        let mut frame = match &before {
            None => {
                gif::Frame { width, height, buffer: now.clone().into(), ..gif::Frame::default() }
            }
            Some(before) => changed(before, &now, picture.width, same),
        };
        frame.delay = u16::try_from(time.as_millis() / 10).unwrap();
        frame.dispose = gif::DisposalMethod::Keep;
        encoder.write_frame(&frame).unwrap();
        before = Some(now);
    }
}

/// The smallest rectangle that has all that is new, with what is not new left out.
fn changed(before: &[u8], now: &[u8], width: usize, same: u8) -> gif::Frame<'static> {
    let differs = |at: &usize| before[*at] != now[*at];
    let new: Vec<usize> = (0..now.len()).filter(differs).collect();
    let rows = new.iter().map(|at| at / width);
    let cols = new.iter().map(|at| at % width);
    let (top, bottom) = (rows.clone().min().unwrap_or(0), rows.max().unwrap_or(0));
    let (left, right) = (cols.clone().min().unwrap_or(0), cols.max().unwrap_or(0));
    let mut buffer = Vec::new();
    for y in top..=bottom {
        let row = y * width + left..=y * width + right;
        buffer.extend(row.map(|at| if differs(&at) { now[at] } else { same }));
    }
    gif::Frame {
        left: narrow(left),
        top: narrow(top),
        width: narrow(right - left + 1),
        height: narrow(bottom - top + 1),
        transparent: Some(same),
        buffer: buffer.into(),
        ..gif::Frame::default()
    }
}

/// All colours, in order.
fn palette<'a>(pictures: impl Iterator<Item = &'a Picture>) -> Vec<Rgb> {
    let all: BTreeSet<Rgb> = pictures
        .flat_map(|picture| picture.pixels.chunk_by(|one, next| one == next))
        .map(|same| same[0])
        .collect();
    assert!(all.len() <= COLOURS_MAX, "{} colours, more than a palette holds", all.len());
    all.into_iter().collect()
}

fn pixels(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}

fn narrow(length: usize) -> u16 {
    u16::try_from(length).unwrap()
}
