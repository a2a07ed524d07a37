//! Short names that lie beside each other: cut so that they are still told apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    shown::Shown,
    view::{ELLIPSIS, fit},
};

/// Names in at most `width` cells each, in their order. What does not fit is cut at its end; where two
/// names would then look alike, what tells them apart is kept, and the middle is left out: `mai…off`
/// and `main…on`. If no part of them does that in so little room, they are numbered.
///
/// Names that look different stay different if there is room for `…` and a number.
pub fn apart(names: &[&str], width: usize) -> Vec<Shown> {
    let shown: Vec<Shown> = names.iter().map(|name| Shown::literal(name)).collect();
    if shown.iter().all(|name| name.width() <= width) {
        return shown;
    }
    let mut cuts = Cuts::new(&shown, width);
    for group in cuts.alike() {
        cuts.part(&group);
    }
    shown.iter().map(|name| cuts.of(name)).collect()
}

/// Different names with their cuts.
struct Cuts {
    width: usize,
    cuts: BTreeMap<String, (Shown, Shown)>,
}

impl Cuts {
    fn new(names: &[Shown], width: usize) -> Self {
        let cut = |name: &Shown| (name.plain(), (name.clone(), fit(name, width)));
        Self { width, cuts: names.iter().map(cut).collect() }
    }

    fn of(&self, name: &Shown) -> Shown {
        self.cuts.get(&name.plain()).map_or_else(Shown::default, |(_, cut)| cut.clone())
    }

    /// Names that are cut and then look like another one, but for their last cell.
    fn alike(&self) -> Vec<Vec<String>> {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, (whole, _)) in &self.cuts {
            let begin = whole.clip(0, self.width.saturating_sub(1)).plain();
            groups.entry(begin).or_default().push(name.clone());
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }

    /// Cuts names that look alike in the first way that tells them apart.
    fn part(&mut self, group: &[String]) {
        let word = word_of_difference(group);
        let is_cut = |name: &&String| {
            self.cuts.get(*name).is_some_and(|(whole, _)| whole.width() > self.width)
        };
        let group: &[String] = &group.iter().filter(is_cut).cloned().collect::<Vec<_>>();
        let from = |name: &str, at: usize| name.get(at..).unwrap_or_default().to_owned();
        let differs = |name: &str| from(name, word);
        let ends = |name: &str| from(name, word_before(name));
        let found = self.by(group, |all, name| all.with_tail(name, &differs(name), false));
        let found =
            found.or_else(|| self.by(group, |all, name| all.with_tail(name, &ends(name), false)));
        let found =
            found.or_else(|| self.by(group, |all, name| all.with_tail(name, &differs(name), true)));
        let tails = || {
            let mut cells = 1..self.width;
            cells.find_map(|cells| self.by(group, |all, name| all.with_cells(name, cells)))
        };
        if let Some(found) = found.or_else(tails).or_else(|| self.numbered(group)) {
            for (name, cut) in group.iter().zip(found) {
                if let Some((_, old)) = self.cuts.get_mut(name) {
                    *old = cut;
                }
            }
        }
    }

    /// The cuts of a group, if they are different from each other and from all others.
    fn by(
        &self,
        group: &[String],
        cut: impl Fn(&Self, &str) -> Option<Shown>,
    ) -> Option<Vec<Shown>> {
        let mut used = self.others(group);
        let cuts: Vec<Shown> = group.iter().map(|name| cut(self, name)).collect::<Option<_>>()?;
        cuts.iter().all(|cut| used.insert(cut.plain())).then_some(cuts)
    }

    /// What names outside of the group are cut to.
    fn others(&self, group: &[String]) -> BTreeSet<String> {
        let others = self.cuts.iter().filter(|(name, _)| !group.contains(name));
        others.map(|(_, (_, cut))| cut.plain()).collect()
    }

    /// The beginning, and all of the tail; or so much of it as leaves a third to the beginning.
    fn with_tail(&self, name: &str, tail: &str, cut: bool) -> Option<Shown> {
        let mut tail = Shown::literal(tail);
        if cut {
            let head = (self.width / 3).max(1);
            tail = fit(&tail, self.width.saturating_sub(head + 1));
        }
        self.joined(name, &tail)
    }

    /// The beginning and so many cells of the end.
    fn with_cells(&self, name: &str, cells: usize) -> Option<Shown> {
        let (whole, _) = self.cuts.get(name)?;
        self.joined(name, &whole.clip(whole.width().saturating_sub(cells), cells))
    }

    fn joined(&self, name: &str, tail: &Shown) -> Option<Shown> {
        let (whole, _) = self.cuts.get(name)?;
        let head = self.width.checked_sub(1 + tail.width())?;
        Some([whole.clip(0, head), Shown::literal(ELLIPSIS), tail.clone()].into_iter().collect())
    }

    fn numbered(&self, group: &[String]) -> Option<Vec<Shown>> {
        let mut used = self.others(group);
        let mut numbers = 1..;
        let mut next = |name: &String| {
            numbers
                .by_ref()
                .map_while(|n: usize| self.joined(name, &Shown::literal(&n.to_string())))
                .find(|cut| used.insert(cut.plain()))
        };
        group.iter().map(&mut next).collect()
    }
}

/// Where the word begins in which the names differ first.
fn word_of_difference(names: &[String]) -> usize {
    let Some((first, rest)) = names.split_first() else { return 0 };
    let same = |at: usize, c: char| {
        rest.iter().all(|name| name.get(at..).is_some_and(|tail| tail.starts_with(c)))
    };
    let common =
        first.char_indices().find(|(at, c)| !same(*at, *c)).map_or(first.len(), |(at, _)| at);
    match word_before(first.get(..common).unwrap_or_default()) {
        0 => common,
        word => word,
    }
}

/// Where the last word of a text begins; 0 if it is one word.
fn word_before(text: &str) -> usize {
    let last = text.char_indices().rev().find(|(_, c)| !c.is_alphanumeric());
    last.map_or(0, |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(width: usize, names: &[&str], wanted: &[&str]) {
        let cuts: Vec<String> = apart(names, width).iter().map(Shown::plain).collect();
        assert_eq!(cuts, wanted, "{width}: {names:?}");
    }

    #[test]
    fn names_that_would_look_alike_keep_what_tells_them_apart() {
        check(7, &["build", "migrate"], &["build", "migrate"]);
        check(7, &["build-assets", "migrate"], &["build-…", "migrate"]);
        check(7, &["maintenance-on", "maintenance-off"], &["main…on", "mai…off"]);
        check(13, &["maintenance-on", "maintenance-off"], &["maintenanc…on", "maintenan…off"]);
        check(14, &["maintenance-on", "maintenance-off"], &["maintenance-on", "maintenanc…off"]);
        check(8, &["worker10", "worker1", "worker2"], &["worker10", "worker1", "worker2"]);
        check(7, &["restart-php", "restart-web"], &["res…php", "res…web"]);
        // The end is the same: the word in which they differ.
        check(10, &["migrate-users-all", "migrate-items-all"], &["migrate-u…", "migrate-i…"]);
        check(8, &["migrate-users-all", "migrate-items-all"], &["mi…user…", "mi…item…"]);
        // One name is the beginning of the other, and one looks like a cut.
        check(6, &["restart", "restart-all"], &["resta…", "r…-all"]);
        check(6, &["resta…", "restart", "restarted"], &["resta…", "res…rt", "r…rted"]);
        // No difference has room.
        check(2, &["abcdefgh1xyz", "abcdefgh2xyz", "abcdefgh3xyz"], &["…1", "…2", "…3"]);
        check(0, &["a", "b"], &["", ""]);
        check(7, &[], &[]);
        check(4, &["same-name", "same-name"], &["sam…", "sam…"]);
    }

    #[test]
    fn wide_characters_and_marks_are_counted_in_cells() {
        check(7, &["デプロイ前", "デプロイ後"], &["デプ…前", "デプ…後"]);
        check(6, &["デプロイ前", "デプロイ後"], &["デ …前", "デ …後"]);
        check(6, &["cafe\u{301}-eins", "cafe\u{301}-zwei"], &["c…eins", "c…zwei"]);
    }

    proptest! {
        #[test]
        fn different_names_stay_different(
            names in prop::collection::btree_set("[a-cé漢0-1-]{1,14}", 1..60),
            width in 5usize..16,
        ) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let looks: BTreeSet<String> = names.iter().map(|name| Shown::literal(name).plain()).collect();
            let cuts = apart(&names, width);
            prop_assert!(cuts.iter().all(|cut| cut.width() <= width), "{cuts:?}");
            let different: BTreeSet<String> = cuts.iter().map(Shown::plain).collect();
            prop_assert_eq!(different.len(), looks.len());
            // What fits is never cut, unless another one looks as it does.
            for (name, cut) in names.iter().zip(&cuts) {
                if Shown::literal(name).width() <= width {
                    prop_assert_eq!(cut.plain(), Shown::literal(name).plain());
                }
            }
        }
    }
}
