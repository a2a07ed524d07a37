//! The one way from text to the screen: every text goes through [`Shown`], also our own.

use ratatui::{
    style::Style,
    text::{Line, Span},
    widgets::{Block, Borders},
};

use crate::{
    text::{Shown, clusters, fit, is_agreed},
    tui::{
        glyphs::Glyphs,
        state::Model,
        styles::{Styles, Tone},
    },
};

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

    /// The frame of a pane. Titles that do not fit beside each other: the right one is left out.
    pub(super) fn pane(
        self,
        title: &str,
        right: &[(String, Tone)],
        focused: bool,
        width: u16,
    ) -> Block<'static> {
        let (look, title_look) = (self.styles.frame(focused), self.styles.title(focused));
        let room = usize::from(width).saturating_sub(4);
        let left = self.spell(fit(&Shown::literal(title), room));
        let spans: Vec<Span<'static>> =
            right.iter().map(|(text, tone)| self.span(text, *tone)).collect();
        let right = Line::from(spans).right_aligned();
        let fits = left.width() + right.width() + 5 <= room && right.width() > 0;
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

/// Spans that may be left out to fit, the highest number first.
pub(super) fn fit_parts(
    mut parts: Vec<(u8, Vec<Span<'static>>)>,
    width: usize,
) -> Vec<Span<'static>> {
    let used = |parts: &[(u8, Vec<Span<'static>>)]| {
        parts.iter().flat_map(|(_, spans)| spans).map(Span::width).sum::<usize>()
    };
    while used(&parts) > width && parts.len() > 1 {
        let least = parts.iter().enumerate().max_by_key(|(at, (rank, _))| (*rank, *at));
        let Some((at, _)) = least else { break };
        parts.remove(at);
    }
    parts.into_iter().flat_map(|(_, spans)| spans).collect()
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
