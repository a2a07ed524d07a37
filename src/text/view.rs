//! Parts of a [`Shown`] that fit a given place, and its spelling for poorer terminals.

use super::neutral;
use super::shown::Shown;
use super::style::Style;

/// Stands for text that was left out to fit.
pub(super) const ELLIPSIS: &str = "…";

/// A character with its marks.
struct Cluster<'a> {
    text: &'a str,
    width: usize,
    style: Style,
}

impl Shown {
    /// The cells from `from` on, at most `width` of them. A wide character that lies across a
    /// border is replaced by a blank, so that every cell stays in its column.
    pub fn clip(&self, from: usize, width: usize) -> Self {
        let until = from.saturating_add(width);
        let mut clipped = Self::default();
        let mut start = 0;
        for cluster in self.clusters().filter(|_| width > 0) {
            let end = start + cluster.width;
            if start >= until {
                break;
            }
            if start >= from && end <= until {
                clipped.push_str(cluster.text, cluster.style);
            } else if end > from {
                clipped.push_str(" ", cluster.style);
            }
            start = end;
        }
        clipped
    }

    /// Rows of at most `width` cells, at least one row. Joined they are the whole text, unless
    /// `width` is less than 2: a wide character has no place in one cell and shows as `…`, and
    /// no cell holds nothing.
    pub fn wrap(&self, width: usize) -> Vec<Self> {
        self.wrap_behind(width, width)
    }

    /// As [`Self::wrap`], with another width for all rows but the first: what is before them is
    /// for who draws them.
    pub fn wrap_behind(&self, width: usize, further: usize) -> Vec<Self> {
        let mut rows = vec![];
        let mut row = Self::default();
        let mut used = 0;
        for cluster in self.clusters().filter(|_| width > 0 && further > 0) {
            let room = if rows.is_empty() { width } else { further };
            let (text, cells) =
                if cluster.width > room { (ELLIPSIS, 1) } else { (cluster.text, cluster.width) };
            if used + cells > room {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            row.push_str(text, cluster.style);
            used += cells;
        }
        rows.push(row);
        rows
    }

    /// Blanks at the beginning.
    pub fn indent(&self) -> usize {
        let chars = self.spans().iter().flat_map(|span| span.text().chars());
        chars.take_while(|c| *c == ' ').count()
    }

    /// The same cells in ASCII alone: our own marks (`…`, `⋯`, `‹`, `›`, `◌`) as they look, `?` for
    /// what has no spelling. A mark on a letter is left out.
    ///
    /// For terminals that do not read UTF-8: there a byte of a harmless character can be an 8-bit
    /// control.
    pub fn to_seven_bit(&self) -> Self {
        let mut spelled = Self::default();
        for cluster in self.clusters() {
            let base = cluster.text.chars().next().map_or(' ', in_seven_bit);
            for _ in 0..cluster.width {
                spelled.push_str(base.encode_utf8(&mut [0; 4]), cluster.style);
            }
        }
        spelled
    }

    /// The same cells without what is one cell wide in some terminals and two in others (East Asian
    /// ambiguous width): those are spelled as in [`Self::to_seven_bit`].
    pub fn to_narrow(&self) -> Self {
        let mut spelled = Self::default();
        for cluster in self.clusters() {
            if !cluster.text.chars().any(neutral::is_ambiguous) {
                spelled.push_str(cluster.text, cluster.style);
                continue;
            }
            let base = cluster.text.chars().next().map_or(' ', in_seven_bit);
            for _ in 0..cluster.width {
                spelled.push_str(base.encode_utf8(&mut [0; 4]), cluster.style);
            }
        }
        spelled
    }

    fn clusters(&self) -> impl Iterator<Item = Cluster<'_>> {
        self.spans().iter().flat_map(|span| {
            let style = span.style();
            clusters(span.text()).map(move |(text, width)| Cluster { text, width, style })
        })
    }
}

/// The characters of a text that is safe to print, each with its marks, and the cells that it takes.
pub fn clusters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let mut further = rest.char_indices().skip(1);
        let end = further.find(|(_, c)| neutral::cells(*c) > 0).map_or(rest.len(), |(at, _)| at);
        let (text, tail) = rest.split_at(end);
        rest = tail;
        Some((text, neutral::cells(first)))
    })
}

/// `text` in at most `width` cells, with `…` in the last one if it does not fit.
pub fn fit(text: &Shown, width: usize) -> Shown {
    if text.width() <= width {
        return text.clone();
    }
    let mut cut = text.clip(0, width.saturating_sub(1));
    if width > 0 {
        cut.push_str(ELLIPSIS, Style::default());
    }
    cut
}

/// A character of one cell in ASCII.
fn in_seven_bit(c: char) -> char {
    match c {
        '…' | '⋯' | '≈' => '~',
        '×' => 'x',
        '–' | '—' => '-',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '‹' => '<',
        '›' => '>',
        neutral::LONE_BASE => 'o',
        ascii if ascii.is_ascii() => ascii,
        _ => '?',
    }
}
