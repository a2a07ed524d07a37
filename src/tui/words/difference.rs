//! How a release differs from what is served: commits, files, dependencies, settings.

use super::{Detail, count};
use crate::{
    model::{Change, Commits, Difference, Pair, Touched},
    tui::{
        action::Action,
        keymap::{in_words, written},
        state::{Model, sight::Sight},
        styles::Tone,
    },
};

/// Commits that are named each way; the rest is in the whole difference.
const COMMITS_SHOWN: usize = 6;

/// Dependencies that are named of a file.
const CHANGES_SHOWN: usize = 8;

/// What is other in the code of a release.
pub(super) fn code(model: &Model, pair: Option<&Pair>) -> Vec<Detail> {
    let Some(pair) = pair else { return Vec::new() };
    let found = match model.sight.differences.of(pair) {
        None => return vec![("CODE", "reading how it differs…".to_owned(), Tone::Dim)],
        Some(Err(why)) => {
            let line = format!("not known: {why} ({} asks again)", written(model, Action::Look));
            return vec![("CODE", line, Tone::Dim)];
        }
        Some(Ok(found)) => found,
    };
    let mut lines = vec![("CODE", headline(model, found), Tone::Strong)];
    if others(&model.sight, pair) {
        lines.push((
            "",
            format!("  compared with {}, which most hosts serve", pair.from),
            Tone::Warn,
        ));
    }
    match &found.commits {
        Some(between) => {
            let [leaves, comes] = if in_words(model) { ["leaves:", "comes:"] } else { ["-", "+"] };
            lines.extend(commits(leaves, &between.leaving));
            lines.extend(commits(comes, &between.coming));
        }
        None => {
            let line =
                format!("  by their files on {}: no host knows the commits of both", found.host);
            lines.push(("", line, Tone::Dim));
        }
    }
    lines
}

/// Whether hosts serve something else than what is compared with.
fn others(sight: &Sight, pair: &Pair) -> bool {
    sight.served().iter().any(|(served, _)| served.release() != Some(pair.from.as_str()))
}

fn headline(model: &Model, found: &Difference) -> String {
    let Difference { files, added, removed, .. } = found;
    let number = |n: u64, what| count(usize::try_from(n).unwrap_or(usize::MAX), what);
    let minus = if model.settings.ascii { "-" } else { "−" };
    let key = match in_words(model) {
        true => String::new(),
        false => format!(" ({}: diff)", written(model, Action::NextPause)),
    };
    let files = match files {
        0 => "no file differs".to_owned(),
        all => format!("{} +{added} {minus}{removed}{key}", number(*all, "file")),
    };
    let Some(between) = &found.commits else { return files };
    let goes = |n: u64| if n == 1 { "s" } else { "" };
    let (left, came) = (between.leaving.count, between.coming.count);
    let commits = match (left, came) {
        (0, 0) => "the same commit".to_owned(),
        (left, 0) => format!("{} leave{}", number(left, "commit"), goes(left)),
        (0, came) => format!("{} come{}", number(came, "commit"), goes(came)),
        (left, came) => {
            format!("{} leave{}, {came} come{}", number(left, "commit"), goes(left), goes(came))
        }
    };
    format!("{commits}; {files}")
}

fn commits(sign: &str, Commits { count: all, newest }: &Commits) -> Vec<Detail> {
    let shown = newest.iter().take(COMMITS_SHOWN);
    let mut lines: Vec<Detail> =
        shown.map(|one| ("", format!("  {sign} {one}"), Tone::Text)).collect();
    let all = usize::try_from(*all).unwrap_or(usize::MAX);
    if let more @ 1.. = all.saturating_sub(lines.len()) {
        lines.push(("", format!("    and {more} more"), Tone::Dim));
    }
    lines
}

/// Which dependencies differ, and what of the configuration goes back and what does not.
pub(super) fn around(model: &Model, pair: Option<&Pair>) -> Vec<Detail> {
    let found = pair.and_then(|pair| model.sight.differences.of(pair)?.as_ref().ok());
    let mut lines = Vec::new();
    if let Some(found) = found {
        lines.extend(headed("DEPS", touched(model, &found.locks)));
        if found.locks.is_empty() {
            lines.push(("DEPS", "no lock file differs".to_owned(), Tone::Dim));
        }
    }
    let shared = &model.sight.shared;
    let mut config = Vec::new();
    if !shared.is_empty() {
        let stay = if shared.len() == 1 { "is shared: it is" } else { "are shared: they are" };
        let line = format!("{} {stay} not rolled back", shared.join(", "));
        config.push((line, Tone::Text));
    }
    let examples = found.map_or_else(Vec::new, |found| touched(model, &found.examples));
    let more = examples.len().saturating_sub(CHANGES_SHOWN);
    config.extend(examples.into_iter().take(CHANGES_SHOWN));
    if more > 0 {
        config.push((format!("and {} of settings", count(more, "other file")), Tone::Warn));
    }
    lines.extend(headed("CONFIG", config));
    lines
}

fn headed(label: &'static str, lines: Vec<(String, Tone)>) -> impl Iterator<Item = Detail> {
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    labels.zip(lines).map(|(label, (line, tone))| (label, line, tone))
}

fn touched(model: &Model, files: &[Touched]) -> Vec<(String, Tone)> {
    let (to, minus) = match model.settings.ascii {
        true => ("->", "-"),
        false => ("→", "−"),
    };
    let said = |Change { name, before, after }: &Change| {
        let with = |sign: &str, version: &str| format!("{sign}{name} {version}").trim().to_owned();
        match (before.as_deref(), after.as_deref()) {
            (Some(""), Some("")) => format!("{name} has another value"),
            (Some(before), Some(after)) => format!("{name} {before} {to} {after}"),
            (Some(before), None) => with(minus, before),
            (None, after) => with("+", after.unwrap_or_default()),
        }
    };
    let line = |Touched { file, changes, more }: &Touched| {
        let mut parts: Vec<String> = changes.iter().take(CHANGES_SHOWN).map(said).collect();
        let left = changes.len().saturating_sub(CHANGES_SHOWN);
        match (left, *more) {
            (0, false) => {}
            (0, true) => parts.push("and more".to_owned()),
            (left, false) => parts.push(format!("and {left} more")),
            (left, true) => parts.push(format!("and more than {left} others")),
        }
        match parts.is_empty() {
            true => (format!("{file} differs"), Tone::Warn),
            false => (format!("{file}: {}", parts.join(", ")), Tone::Text),
        }
    };
    files.iter().map(line).collect()
}
