//! Outlines of characters in a TrueType file: as much of the format as the one font of the pictures has
//! (tables `cmap` format 4, `head`, `loca`, `glyf`; OpenType specification 1.9).

use std::ops::Range;

/// A point of an outline in the font's units, y upwards; `on` it, or one that bends it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knot {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) on: bool,
}

/// A font file.
pub(crate) struct Outlines {
    bytes: Vec<u8>,
    cmap: usize,
    loca: usize,
    glyf: usize,
    long: bool,
    /// The font's units to the height of a line.
    pub(crate) units: f32,
}

/// How a part of a character lies in it: x and y are multiplied, then moved.
type Affine = [f32; 6];

const AS_IT_IS: Affine = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

impl Outlines {
    /// Takes the bytes of a font file; `None` when it has not the tables.
    pub(crate) fn of(bytes: Vec<u8>) -> Option<Self> {
        let tables = usize::from(word(&bytes, 4));
        let table = |name: &[u8]| {
            let at = |i: usize| 12 + 16 * i;
            let found = (0..tables).find(|i| &bytes[at(*i)..at(*i) + 4] == name)?;
            Some(long(&bytes, at(found) + 8))
        };
        let (head, cmap) = (table(b"head")?, table(b"cmap")?);
        let format_4 = (0..usize::from(word(&bytes, cmap + 2)))
            .map(|i| cmap + long(&bytes, cmap + 4 + 8 * i + 4))
            .find(|at| word(&bytes, *at) == 4)?;
        Some(Self {
            cmap: format_4,
            loca: table(b"loca")?,
            glyf: table(b"glyf")?,
            long: word(&bytes, head + 50) == 1,
            units: f32::from(word(&bytes, head + 18)),
            bytes,
        })
    }

    /// The closed lines of a character; `None` when the font has no such character.
    pub(crate) fn of_char(&self, c: char) -> Option<Vec<Vec<Knot>>> {
        let glyph = self.glyph(u16::try_from(u32::from(c)).ok()?)?;
        let mut lines = Vec::new();
        self.add(glyph, AS_IT_IS, &mut lines);
        Some(lines)
    }

    fn glyph(&self, c: u16) -> Option<u16> {
        let at = |at: usize| word(&self.bytes, at);
        let twice = usize::from(at(self.cmap + 6));
        let column = |i: usize, which: usize| self.cmap + 14 + which * twice + 2 * i;
        let segment = (0..twice / 2).find(|i| c <= at(column(*i, 0)))?;
        // Two bytes lie between the first column and the others.
        let (start, delta) = (at(column(segment, 1) + 2), at(column(segment, 2) + 2));
        let range = column(segment, 3) + 2;
        if c < start {
            return None;
        }
        let glyph = match usize::from(at(range)) {
            0 => c.wrapping_add(delta),
            far => match at(range + far + 2 * usize::from(c - start)) {
                0 => 0,
                glyph => glyph.wrapping_add(delta),
            },
        };
        (glyph != 0).then_some(glyph)
    }

    fn place(&self, glyph: u16) -> Range<usize> {
        let at = |i: usize| match self.long {
            true => long(&self.bytes, self.loca + 4 * i),
            false => 2 * usize::from(word(&self.bytes, self.loca + 2 * i)),
        };
        let i = usize::from(glyph);
        self.glyf + at(i)..self.glyf + at(i + 1)
    }

    fn add(&self, glyph: u16, by: Affine, lines: &mut Vec<Vec<Knot>>) {
        let place = self.place(glyph);
        if place.is_empty() {
            return;
        }
        match usize::try_from(signed(&self.bytes, place.start)) {
            Ok(count) => lines.extend(self.simple(place.start + 10, count, by)),
            Err(_) => self.parts(place.start + 10, by, lines),
        }
    }

    /// Points are: the ends of lines, a program that is passed over, flags, all x, all y.
    fn simple(&self, begin: usize, count: usize, by: Affine) -> Vec<Vec<Knot>> {
        let ends: Vec<usize> =
            (0..count).map(|i| usize::from(word(&self.bytes, begin + 2 * i)) + 1).collect();
        let points = ends.last().copied().unwrap_or(0);
        let mut at = begin + 2 * count;
        at += 2 + usize::from(word(&self.bytes, at));
        let mut flags = Vec::new();
        while flags.len() < points {
            let flag = self.bytes[at];
            at += 1;
            let mut times = 1;
            if flag & 8 != 0 {
                times += usize::from(self.bytes[at]);
                at += 1;
            }
            flags.extend(std::iter::repeat_n(flag, times));
        }
        let xs = self.along(&flags, &mut at, 0x02, 0x10);
        let ys = self.along(&flags, &mut at, 0x04, 0x20);
        let knot = |i: usize| {
            let (x, y) = (xs[i], ys[i]);
            let [xx, yx, xy, yy, dx, dy] = by;
            Knot { x: x * xx + y * xy + dx, y: x * yx + y * yy + dy, on: flags[i] & 1 != 0 }
        };
        let begins = std::iter::once(0).chain(ends.iter().copied());
        begins.zip(&ends).map(|(begin, end)| (begin..*end).map(knot).collect()).collect()
    }

    /// One coordinate of all points: each is the way from the one before, in one byte or two.
    fn along(&self, flags: &[u8], at: &mut usize, short: u8, same: u8) -> Vec<f32> {
        let mut now = 0.0;
        let step = |flag: &u8| {
            match (flag & short != 0, flag & same != 0) {
                (true, positive) => {
                    let way = f32::from(self.bytes[*at]);
                    now += if positive { way } else { -way };
                    *at += 1;
                }
                (false, true) => {}
                (false, false) => {
                    now += f32::from(signed(&self.bytes, *at));
                    *at += 2;
                }
            }
            now
        };
        flags.iter().map(step).collect()
    }

    /// A character made of others.
    fn parts(&self, mut at: usize, by: Affine, lines: &mut Vec<Vec<Knot>>) {
        loop {
            let (flags, glyph) = (word(&self.bytes, at), word(&self.bytes, at + 2));
            at += 4;
            let (dx, dy) = match flags & 1 != 0 {
                true => {
                    (f32::from(signed(&self.bytes, at)), f32::from(signed(&self.bytes, at + 2)))
                }
                false => (
                    f32::from(self.bytes[at].cast_signed()),
                    f32::from(self.bytes[at + 1].cast_signed()),
                ),
            };
            at += if flags & 1 != 0 { 4 } else { 2 };
            let fraction = |at: usize| f32::from(signed(&self.bytes, at)) / 16384.0;
            let (scale, long) = match flags {
                _ if flags & 0x08 != 0 => ([fraction(at), 0.0, 0.0, fraction(at)], 2),
                _ if flags & 0x40 != 0 => ([fraction(at), 0.0, 0.0, fraction(at + 2)], 4),
                _ if flags & 0x80 != 0 => ([0, 2, 4, 6].map(|i| fraction(at + i)), 8),
                _ => ([1.0, 0.0, 0.0, 1.0], 0),
            };
            at += long;
            self.add(glyph, within(by, scale, (dx, dy)), lines);
            if flags & 0x20 == 0 {
                return;
            }
        }
    }
}

/// A part of a part.
fn within([a, b, c, d, e, f]: Affine, [p, q, r, s]: [f32; 4], (x, y): (f32, f32)) -> Affine {
    [
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * x + c * y + e,
        b * x + d * y + f,
    ]
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn signed(bytes: &[u8], at: usize) -> i16 {
    word(bytes, at).cast_signed()
}

fn long(bytes: &[u8], at: usize) -> usize {
    usize::from(word(bytes, at)) << 16 | usize::from(word(bytes, at + 2))
}
