//! The one way from text to the screen: every text goes through [`Shown`], also our own.

use ratatui::{
    style::Style,
    text::{Line, Span},
    widgets::{Block, Borders},
};

use super::parts::{Parts, cells, fitting};
use crate::{
    text::{Shown, clusters, fit, is_agreed},
    tui::{
        glyphs::Glyphs,
        state::Model,
        styles::{Styles, Tone},
    },
};

/// Cells between a title and what stands at its right, with the blanks around the title.
const BETWEEN: usize = 5;

/// Draws with the marks and looks of a console.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) glyphs: &'static Glyphs,
    pub(super) styles: Styles,
    /// Only what is as wide everywhere.
    narrow: bool,
    /// The terminal does not read UTF-8.
    seven_bit: bool,
}

impl Pen {
    pub(super) fn of(model: &Model) -> Self {
        let (narrow, seven_bit) = (model.settings.ascii, model.settings.seven_bit);
        Self { glyphs: model.glyphs(), styles: model.styles(), narrow, seven_bit }
    }

    /// A text in the look of a meaning.
    pub(super) fn span(self, text: &str, tone: Tone) -> Span<'static> {
        self.styled(text, self.styles.of(tone))
    }

    /// A text in a look.
    pub(super) fn styled(self, text: &str, style: Style) -> Span<'static> {
        Span::styled(self.plain(text), style)
    }

    /// A text without a look.
    pub(super) fn plain(self, text: &str) -> String {
        self.spell(Shown::literal(text)).plain()
    }

    /// A text in exactly so many cells.
    pub(super) fn cell(self, text: &str, width: usize, style: Style) -> Span<'static> {
        let shown = self.spell(fit(&Shown::literal(text), width));
        let blanks = width.saturating_sub(shown.width());
        Span::styled(format!("{}{}", shown.plain(), " ".repeat(blanks)), style)
    }

    /// A line of a host, in its own colours.
    pub(super) fn host_line(self, text: &Shown) -> Vec<Span<'static>> {
        let shown = self.spell(text.clone());
        let spans = shown.spans().iter().flat_map(|span| {
            let style = self.styles.host(span.style());
            pieces(span.text()).into_iter().map(move |text| Span::styled(text, style))
        });
        spans.collect()
    }

    /// The frame of a pane, what stands at the right of its title the weightiest first; it is left
    /// out where there is no room beside the title.
    pub(super) fn pane(
        self,
        title: &str,
        right: &[(String, Tone)],
        focused: bool,
        width: u16,
    ) -> Block<'static> {
        let room = usize::from(width).saturating_sub(4 + BETWEEN);
        let room = room.saturating_sub(self.spell(Shown::literal(title)).width());
        let ranked = (0u8..).zip(right);
        let parts = ranked.map(|(rank, (text, tone))| (rank, vec![self.span(text, *tone)]));
        let parts = parts.filter(|(_, spans)| cells(spans) <= room);
        self.pane_of(title, parts.collect(), focused, width)
    }

    /// As [`Self::pane`], with ranks of its own. The title gives way to what matters most, not
    /// beyond its half of the room.
    pub(super) fn pane_of(
        self,
        title: &str,
        right: Parts,
        focused: bool,
        width: u16,
    ) -> Block<'static> {
        let (look, title_look) = (self.styles.frame(focused), self.styles.title(focused));
        let room = usize::from(width).saturating_sub(4);
        let most = right.iter().min_by_key(|(rank, _)| *rank).map_or(0, |(_, spans)| cells(spans));
        let beside = room.saturating_sub(most + BETWEEN).max(room / 2);
        let left = self.spell(fit(&Shown::literal(title), if most > 0 { beside } else { room }));
        let room = room.saturating_sub(left.width() + BETWEEN);
        let right = Line::from(fitting(right, room)).right_aligned();
        let fits = right.width() <= room && right.width() > 0;
        let block = Block::new()
            .borders(Borders::ALL)
            .border_set(self.glyphs.border)
            .border_style(look)
            .title_top(Line::styled(format!(" {} ", left.plain()), title_look));
        if fits { block.title_top(right) } else { block }
    }

    fn spell(self, shown: Shown) -> Shown {
        match (self.seven_bit, self.narrow) {
            (true, _) => shown.to_seven_bit(),
            (false, true) => shown.to_narrow(),
            (false, false) => shown,
        }
    }
}

/// A text in pieces, each drawn for itself: of what it joins, ratatui counts the cells as one, and we do not.
fn pieces(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return vec![text.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut agreed = String::new();
    for (cluster, _) in clusters(text) {
        if is_agreed(cluster) {
            agreed.push_str(cluster);
        } else {
            pieces.extend((!agreed.is_empty()).then(|| std::mem::take(&mut agreed)));
            pieces.push(cluster.to_owned());
        }
    }
    pieces.extend((!agreed.is_empty()).then_some(agreed));
    pieces
}

/// A text in rows, broken between words where that is possible.
pub(super) fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut rows = Vec::new();
    let mut row = String::new();
    for (at, word) in Shown::literal(text).plain().split(' ').enumerate() {
        let word = Shown::literal(word);
        let used = Shown::literal(&row).width();
        if used > 0 && used + 1 + word.width() > width {
            rows.push(std::mem::take(&mut row));
        } else if at > 0 && used < width && (rows.is_empty() || !row.is_empty()) {
            row.push(' ');
        }
        let mut parts = word.wrap(width).into_iter().map(|part| part.plain()).peekable();
        while let Some(part) = parts.next() {
            row.push_str(&part);
            if parts.peek().is_some() {
                rows.push(std::mem::take(&mut row));
            }
        }
    }
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect, text::Line, widgets::Widget};

    use super::{pieces, wrap_words};
    use crate::text::Shown;

    #[test]
    fn every_character_stands_where_its_text_has_it() {
        let texts =
            ["a ក្ក b", "हिन्दी x", "🇩🇪🇫🇷 x", "e\u{301}\u{302} x", "한국어 x", "ก็ x", "世界 🦀 x"];
        for text in texts {
            let width = Shown::literal(text).width();
            let line = Line::from_iter(pieces(&Shown::literal(text).plain()));
            assert_eq!(line.width(), width, "{text}");
            let mut row = Buffer::empty(Rect::new(0, 0, 40, 1));
            line.render(row.area, &mut row);
            let last = row.content().iter().rposition(|cell| cell.symbol() != " ");
            assert_eq!(last, Some(width - 1), "{text}: {row:?}");
        }
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap_words("the run waits for you", 9), ["the run", "waits for", "you"]);
        assert_eq!(wrap_words("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap_words("  if so  then", 20), ["  if so  then"]);
        assert_eq!(wrap_words("", 4), [""]);
        assert_eq!(wrap_words("a b", 0), ["a", "b"]);
    }
}
