//! Which release a plan is about, and where releases lie on each host.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use minijinja::Value;

use super::candidates::candidates;
use super::request::Known;
use crate::model::{Release, Site, release_order};
use crate::recipe::{self, BuiltIn, Diagnostic, LayoutKind, Step};
use crate::script::builtin::{self, Linked, Pattern};

/// Where nothing lies: what templates see of a release that there is none of.
const NONE: &str = "none";

/// The directory of what releases share, below the root.
const SHARED: &str = "shared";

/// A new release may be named after a second that is so far ahead, where its own is taken.
const SECONDS_AHEAD_MAX: i64 = 2;

/// The release that a plan is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// It is made.
    New(String),
    /// It is there on every host, and is published.
    Target(String),
    /// Whatever each host serves.
    Served,
}

impl Aim {
    /// What steps like these are about. `goes_on`: the step that makes the release came before them.
    pub(super) fn of(
        layout: &recipe::Layout,
        (steps, goes_on): (&[&Step], bool),
        known: &Known,
        hosts: &[&str],
    ) -> Result<Self, Vec<Diagnostic>> {
        if goes_on {
            let message = "it is not known which release is gone on with";
            let known = known.continues.clone().map(Self::New);
            return known.ok_or_else(|| vec![Diagnostic::hosts(message)]);
        }
        if steps.iter().any(|step| step.built_in() == Some(BuiltIn::Release)) {
            return new_name(layout, known, hosts).map(Self::New);
        }
        if steps.iter().any(|step| step.publishes()) {
            return target(known, hosts).map(Self::Target);
        }
        Ok(Self::Served)
    }

    /// Its name, where it is the same on every host.
    pub(super) fn release(&self) -> Option<&str> {
        match self {
            Self::New(name) | Self::Target(name) => Some(name),
            Self::Served => None,
        }
    }
}

/// A name that is greater than every name there is, on every host.
fn new_name(
    layout: &recipe::Layout,
    known: &Known,
    hosts: &[&str],
) -> Result<String, Vec<Diagnostic>> {
    let LayoutKind::Releases { name, .. } = &layout.kind else { return Err(vec![not_yet(layout)]) };
    let pattern = Pattern::new(name).map_err(|bad| {
        let problem = Diagnostic::error(&layout.span, bad.to_string());
        vec![problem.maybe_hint(bad.hint().map(str::to_owned))]
    })?;
    let name = pattern.name(known.at);
    let sites = hosts.iter().filter_map(|host| Some((*host, known.sites.get(*host)?)));
    let newest = sites
        .flat_map(|(host, site)| site.releases.iter().map(move |release| (host, &release.name)))
        .filter(|(_, other)| pattern.matches(other))
        .max_by_key(|(_, other)| (*other).clone());
    // Two releases in one second differ all the same: the later one is named after the next second.
    let soon = (0..=SECONDS_AHEAD_MAX)
        .filter_map(|ahead| known.at.checked_add(SignedDuration::from_secs(ahead)).ok())
        .map(|at| pattern.name(at))
        .find(|name| newest.is_none_or(|(_, other)| other < name));
    match newest.filter(|_| soon.is_none()) {
        Some((host, other)) => {
            let message = format!("{host} has the release {other}, which is not older than {name}");
            let hint = "wait a second and try again; if it is far ahead, set this machine's clock";
            Err(vec![Diagnostic::hosts(message).hint(hint)])
        }
        None => Ok(soon.unwrap_or(name)),
    }
}

fn target(known: &Known, hosts: &[&str]) -> Result<String, Vec<Diagnostic>> {
    let all = candidates(&known.sites, hosts);
    let names = || all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>();
    if let Some(wanted) = &known.target {
        let Some(one) = all.iter().find(|one| one.name == *wanted) else {
            let message = format!("no chosen host has the release `{}`", wanted.escape_debug());
            let close = recipe::choose(wanted, &names(), "release");
            return Err(vec![Diagnostic::request(message).maybe_hint(close)]);
        };
        if !one.missing.is_empty() {
            let message = format!("the release {wanted} is missing on {}", one.missing.join(", "));
            let hint = "choose one that all hosts have: deployui releases";
            return Err(vec![Diagnostic::hosts(message).hint(hint)]);
        }
        return Ok(wanted.clone());
    }
    let before = all.iter().find(|one| one.refused.is_none());
    before.map(|one| one.name.clone()).ok_or_else(|| {
        let message = "there is no earlier good release that all chosen hosts have";
        let hint = "deployui releases shows what there is; name one to roll back to it";
        vec![Diagnostic::hosts(message).hint(hint)]
    })
}

/// What a layout of a later version says.
fn not_yet(layout: &recipe::Layout) -> Diagnostic {
    let message = format!("the layout `{}` cannot be run yet", layout.kind.shown());
    Diagnostic::error(&layout.span, message).hint("this version runs the layout `releases`")
}

/// How releases lie on one host, and which of them matter there.
#[derive(Clone, Debug)]
pub(super) struct Lies {
    pub(super) layout: builtin::Layout,
    /// The release that the plan is about.
    pub(super) release: Option<String>,
    /// The release that is served now.
    pub(super) served: Option<String>,
    /// What was seen there.
    pub(super) site: Site,
    /// Whether the plan changes what is served.
    publishes: bool,
}

/// What a release was made of, as far as it is known.
#[derive(Default)]
pub(super) struct Commit {
    /// The full commit.
    pub(super) revision: Option<String>,
    /// The branch or tag that was asked for.
    pub(super) reference: Option<String>,
}

impl Lies {
    pub(super) fn new(
        layout: &recipe::Layout,
        root: &str,
        state_dir: &str,
        aim: &Aim,
        site: Option<&Site>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let LayoutKind::Releases { releases, name, current, previous } = &layout.kind else {
            return Err(vec![not_yet(layout)]);
        };
        let pattern = Pattern::new(name)
            .map_err(|bad| vec![Diagnostic::error(&layout.span, bad.to_string())])?;
        let linked = |all: &[recipe::Shared]| {
            let one = |it: &recipe::Shared| Linked {
                at: it.at.value.clone(),
                from: it.from.value.clone(),
            };
            all.iter().map(one).collect()
        };
        let layout = builtin::Layout {
            root: root.to_owned(),
            state_dir: state_dir.to_owned(),
            releases: releases.clone(),
            current: current.clone(),
            previous: previous.clone(),
            shared: SHARED.to_owned(),
            code: layout.code.clone(),
            shared_dirs: linked(&layout.shared_dirs),
            shared_files: linked(&layout.shared_files),
            keep: usize::from(layout.keep),
            name: pattern,
        };
        let site = site.cloned().unwrap_or_default();
        let served = site.served.release().map(str::to_owned);
        let release = aim.release().map(str::to_owned).or_else(|| served.clone());
        Ok(Self { layout, release, served, site, publishes: *aim != Aim::Served })
    }

    /// The release before the one that the plan is about: what it takes the place of, else what was
    /// served before.
    fn before(&self) -> Option<&str> {
        let replaced =
            self.served.as_deref().filter(|served| Some(*served) != self.release.as_deref());
        if self.publishes { replaced } else { self.site.previous.as_deref() }
    }

    /// Whether this release is published in place of a newer one.
    pub(super) fn rolls_back(&self, release: &str) -> bool {
        let newer = |served: &String| release_order(served) > release_order(release);
        self.seen(release).is_some() && self.served.as_ref().is_some_and(newer)
    }

    pub(super) fn seen(&self, name: &str) -> Option<&Release> {
        self.site.releases.iter().find(|release| release.name == name)
    }

    /// The commit of a release: as it was seen here, else that of the new one.
    pub(super) fn commit(&self, name: &str, known: &Known) -> Commit {
        let (revision, reference) = match self.seen(name) {
            Some(release) => (&release.revision, &release.reference),
            None => (&known.revision, &known.reference),
        };
        Commit { revision: revision.clone(), reference: reference.clone() }
    }

    /// What templates see: `layout`, `release`, `current`, `previous`.
    pub(super) fn names(&self, known: &Known) -> BTreeMap<String, Value> {
        let layout = &self.layout;
        let of = |name: Option<&str>| {
            let commit = name.map(|name| self.commit(name, known)).unwrap_or_default();
            Value::from_iter([
                ("name", Value::from(name.unwrap_or_default())),
                ("path", Value::from(layout.release(name.unwrap_or(NONE)))),
                ("code", Value::from(layout.code(name.unwrap_or(NONE)))),
                ("revision", Value::from(commit.revision.unwrap_or_default())),
                ("ref", Value::from(commit.reference.unwrap_or_default())),
            ])
        };
        let layout = Value::from_iter([
            ("kind", Value::from("releases")),
            ("releases", Value::from(layout.path(&layout.releases))),
            ("shared", Value::from(layout.path(&layout.shared))),
            ("current", Value::from(layout.path(&layout.current))),
            ("previous", Value::from(layout.path(layout.previous.as_deref().unwrap_or(NONE)))),
        ]);
        BTreeMap::from([
            ("layout".to_owned(), layout),
            ("release".to_owned(), of(self.release.as_deref())),
            ("current".to_owned(), of(self.served.as_deref())),
            ("previous".to_owned(), of(self.before())),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;

    /// The name of a new release at that second, where a host has this one.
    fn check(there: &str, expect: Option<&str>) {
        let text = "app = \"a\"\nroot = \"/a\"\nstages.a.hosts = [\"h\"]\nhosts.h = {}\n\
                    [layout]\nkind = \"releases\"\n[pipelines]\ndeploy = [\"release\"]\n";
        let load = |path: &str| Err(format!("there is no {path}"));
        let (recipe, _) = Recipe::parse("deploy.toml", text, &load).unwrap();
        let at = "2026-01-02T03:04:59Z".parse().unwrap();
        let mut known = Known { at, ..Known::sample(&recipe, "a") };
        for site in known.sites.values_mut() {
            site.releases[0].name = there.to_owned();
        }
        let name = new_name(recipe.layout.as_ref().unwrap(), &known, &["h"]);
        assert_eq!(name.ok().as_deref(), expect, "{there}");
    }

    #[test]
    fn a_new_name_is_greater_than_all_and_hardly_ahead_of_the_clock() {
        check("20260102030458", Some("20260102030459"));
        check("20260102030459", Some("20260102030500"));
        check("20260102030500", Some("20260102030501"));
        check("20260102030501", None);
    }
}
