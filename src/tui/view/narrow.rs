//! Which hosts and steps are listed, and what is said of that.

use ratatui::text::Line;

use super::paint::Pen;
use crate::tui::{
    state::{Model, grid::Column, narrow::List},
    styles::Tone,
    words,
};

/// The numbers of those that are listed, in order.
pub(crate) fn listed(model: &Model, list: List) -> Vec<usize> {
    let wanted = model.narrow.text(list).to_lowercase();
    let all = match list {
        List::Hosts => model.grid.hosts.len(),
        List::Steps => model.grid.columns.len(),
    };
    let fits = |at: &usize| {
        wanted.is_empty() || said(model, list, *at).is_some_and(|said| said.contains(&wanted))
    };
    (0..all).filter(fits).collect()
}

/// All words of one of them, in small letters: also how it stands.
fn said(model: &Model, list: List, at: usize) -> Option<String> {
    let said = match list {
        List::Hosts => {
            let id = *model.grid.hosts.get(at)?;
            let host = model.plan()?.host(id)?;
            let (link, (_, stands, _)) =
                (words::linked(model, id).word, words::host_stands(model, id));
            let roles = host.roles.join(" ");
            format!("{}\n{}\n{roles}\n{link}\n{stands}", host.name, host.address)
        }
        List::Steps => {
            let column: &Column = model.grid.columns.get(at)?;
            format!("{}\n{}\n{}", column.step, column.about, words::step_stands(model, column))
        }
    };
    Some(said.to_lowercase())
}

/// `/web: 3 of 40`, for the title of the pane; nothing where all are listed.
pub(super) fn title(model: &Model, list: List) -> Option<(String, Tone)> {
    let text = model.narrow.text(list);
    let all = match list {
        List::Hosts => model.grid.hosts.len(),
        List::Steps => model.grid.columns.len(),
    };
    let shown = listed(model, list).len();
    (!text.is_empty()).then(|| (format!(" /{text}: {shown} of {all} "), Tone::Held))
}

/// The text while it is typed.
pub(super) fn typed(model: &Model, pen: Pen, list: List) -> Line<'static> {
    let (text, of) = (model.narrow.text(list), list.of());
    let found = if text.is_empty() {
        format!("  {of} by name, role or state")
    } else {
        format!("  {}", words::count(listed(model, list).len(), of.trim_end_matches('s')))
    };
    Line::from(vec![
        pen.span(&format!("/{text}"), Tone::Strong),
        pen.styled(" ", pen.styles.selected()),
        pen.span(&found, Tone::Text),
    ])
}
