//! `deployui maintenance`: the page put up and taken down, and what visitors get by it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load,
        prepare::Stage,
        say,
        signals::Signals,
    },
    acting::Acting,
    args::{Listing, Off, On, Page},
    hold::{Held, hand, is_hand, over},
    seen::{self, Seen},
    snippet, words,
};
use crate::{
    driver,
    model::{Maintenance, Raised, Site},
    plan::{self, Surveyed},
    script::builtin::Maintained,
    text::escape,
};

pub(super) async fn maintenance(
    around: &Surroundings,
    global: &Global,
    what: &Page,
) -> Result<Exit, Stop> {
    match what {
        Page::On(args) => on(around, global, args).await,
        Page::Off(args) => off(around, global, args).await,
        Page::Status(args) => status(around, global, args).await,
        Page::Snippet { server, host } => snippet::print(around, global, *server, host.as_deref()),
    }
}

async fn on(around: &Surroundings, global: &Global, args: &On) -> Result<Exit, Stop> {
    let until = args.until.map(|until| until.at(&jiff::Zoned::now())).transpose()?;
    let (stage, signals) = connected(around, global, &args.listing).await?;
    let raised = Raised {
        run: hand(around),
        by: around.person().to_owned(),
        since: driver::now(),
        reason: args.reason.clone(),
        until,
    };
    let page = page(global, &stage, &raised)?;
    let act = Act { up: Some((&page, &raised)), run: None, confirm: args.confirm.as_deref() };
    act.carry_out(around, (stage, signals), args.listing.output).await
}

async fn off(around: &Surroundings, global: &Global, args: &Off) -> Result<Exit, Stop> {
    let (stage, signals) = connected(around, global, &args.listing).await?;
    let whose = match args.force {
        true => None,
        false => {
            let sites = &stage.request.known.sites;
            let mine = Mine { hand: &hand(around), person: around.person() };
            let found = whose(sites, &mine, |run| over(around, run));
            let run = found.map_err(|other| other.stop(&stage.confirm()))?;
            if !is_hand(&run) {
                let raised = sites.values().filter_map(|site| site.raised.as_ref());
                let raised = raised.map(words::raised).next().unwrap_or_default();
                say::err(&format!("note: the page was {raised}; that run is over"));
            }
            Some(run)
        }
    };
    let run = whose.as_deref();
    let act = Act { up: None, run, confirm: args.confirm.as_deref() };
    act.carry_out(around, (stage, signals), args.listing.output).await
}

/// The hosts of a stage that has a page.
async fn connected(
    around: &Surroundings,
    global: &Global,
    listing: &Listing,
) -> Result<(Stage, Signals), Stop> {
    let (stage, signals) =
        seen::connect(around, global, seen::request(around, global, listing)?).await?;
    let paged = stage.wrapping.survey().machines.iter().any(|it| it.page.is_some());
    if paged { Ok((stage, signals)) } else { Err(no_page()) }
}

pub(super) fn no_page() -> Stop {
    Stop::new(Exit::Usage, "no chosen host has a maintenance page")
        .hint("add [maintenance] path = \"...\"")
}

/// The page as visitors read it: the recipe's own template, or the built-in one.
fn page(global: &Global, stage: &Stage, raised: &Raised) -> Result<String, Stop> {
    let owner = &stage.wrapping.survey().owner;
    let of = stage.recipe.stages.get(&owner.stage).and_then(|it| it.maintenance.as_ref());
    let file = of.and_then(|it| it.page.as_ref()).map(|page| load::beside(global, &page.value));
    let usage = |what: String| Stop::new(Exit::Usage, what);
    let name = file.as_ref().map_or_else(String::new, |path| format!(" {}", path.display()));
    let own = file.map(|path| {
        let read = std::fs::read_to_string(&path);
        read.map_err(|error| usage(format!("cannot read {}: {error}", path.display())))
    });
    let own = own.transpose()?;
    plan::page(plan::page_template(own.as_deref()), &owner.app, raised)
        .map_err(|problem| usage(format!("the maintenance page{name}: {problem}")))
}

/// Whoever sits here, as what they put up says it.
struct Mine<'a> {
    /// The word under which they put a page up by hand.
    hand: &'a str,
    person: &'a str,
}

/// Why pages are not taken down.
#[derive(Debug, PartialEq, Eq)]
enum Others<'s> {
    /// Someone else has the page up on a host.
    Theirs(&'s str, &'s Raised),
    /// Those that are up are not all of one: some hosts, each with who put it up there.
    Several(Vec<(&'s str, &'s Raised)>),
}

/// Whose page is to be taken down: one's own, or one that a run left up which is over. A run that is
/// open has the stage, or was begun here. A page of someone else is refused before anything is touched
/// on any host.
fn whose<'s>(
    sites: &'s BTreeMap<String, Site>,
    mine: &Mine<'_>,
    over: impl Fn(&str) -> bool,
) -> Result<String, Others<'s>> {
    let holds = |run: &str| {
        let mut locks = sites.values().filter_map(|site| site.lock.as_ref());
        locks.any(|lock| lock.run == run)
    };
    let up: Vec<(&str, &Raised)> = sites
        .iter()
        .filter_map(|(host, site)| Some((host.as_str(), site.raised.as_ref()?)))
        .collect();
    let is_left = |raised: &Raised| {
        let run = raised.run.as_str();
        !is_hand(run) && (raised.by == mine.person || over(run) || !holds(run))
    };
    let theirs = |(_, raised): &&(&str, &Raised)| raised.run != mine.hand && !is_left(raised);
    if let Some((host, raised)) = up.iter().find(theirs) {
        return Err(Others::Theirs(host, raised));
    }
    let Some((_, first)) = up.first() else { return Ok(mine.hand.to_owned()) };
    match up.iter().all(|(_, raised)| raised.run == first.run) {
        true => Ok(first.run.clone()),
        false => Err(Others::Several(up)),
    }
}

impl Others<'_> {
    fn stop(&self, confirm: &str) -> Stop {
        match self {
            Self::Theirs(host, raised) => Stop::new(
                Exit::Refused,
                format!("{host}: the page was {}", words::raised(raised)),
            )
            .hint(format!(
                "ask them; deployui maintenance off --force{confirm} takes it down all the same"
            )),
            Self::Several(up) => {
                let each = |(host, raised): &(&str, &Raised)| {
                    format!("{host}: the page was {}", words::raised(raised))
                };
                let errors = up.iter().map(each).collect();
                Stop { exit: Exit::Refused, errors, hints: Vec::new() }.hint(
                    "they are not of one: take them down one after the other with --hosts HOST",
                )
            }
        }
    }
}

/// The page put up, or taken down.
struct Act<'a> {
    up: Option<(&'a str, &'a Raised)>,
    /// Only a page of that one is taken down; `None`: whoever's it is.
    run: Option<&'a str>,
    confirm: Option<&'a str>,
}

impl Act<'_> {
    async fn carry_out(
        self,
        around: &Surroundings,
        (stage, signals): (Stage, Signals),
        output: Format,
    ) -> Result<Exit, Stop> {
        let mut acting = Acting::on(&stage, signals);
        let survey = stage.wrapping.survey();
        let what = if self.up.is_some() { "maintenance on" } else { "maintenance off" };
        if survey.protected {
            let asked = format!("{what} of {} on {}", survey.owner.app, survey.owner.stage);
            let name = &survey.owner.stage;
            headless::typed(around, acting.signals(), (name, &asked), self.confirm).await?;
        }
        let held = Held::take(&stage, around, &mut acting, what).await?;
        // Counted while the page is up: taking it down may be what clears the count.
        let hits = acting.act(stage.wrapping.hits()).await;
        let done = acting.act(stage.wrapping.page(self.up, self.run)).await;
        let done: BTreeMap<String, Result<Maintained, String>> = done.into_iter().collect();
        let probes = acting.act(stage.wrapping.probe()).await;
        let probes: BTreeMap<String, Maintenance> = probes.into_iter().collect();
        held.give_back(&mut acting).await;
        let told: Vec<Told<'_>> = survey
            .machines
            .iter()
            .filter_map(|it| {
                let host = it.host.name.as_str();
                let hits = hits.get(host).filter(|_| self.up.is_none());
                Some(Told { host, done: done.get(host)?, visitors: probes.get(host), hits })
            })
            .collect();
        match output {
            Format::Plain => told.iter().for_each(Told::plain),
            Format::Json => {
                let hosts: Vec<Value> = told.iter().map(Told::value).collect();
                seen::print(seen::document(&stage), json!({ "hosts": hosts }));
            }
        }
        let right = told.iter().all(|it| it.right(self.up.is_some()));
        stage.fleet.close().await;
        Ok(acting.exit(if right { Exit::Done } else { Exit::Failed }))
    }
}

/// What became of the page on a host; an error is why that is not known.
struct Told<'a> {
    host: &'a str,
    done: &'a Result<Maintained, String>,
    visitors: Option<&'a Maintenance>,
    hits: Option<&'a Result<String, String>>,
}

impl Told<'_> {
    /// Whether the page is as it was wanted, and visitors get it or do not, as far as that is asked.
    fn right(&self, up: bool) -> bool {
        let done = match self.done {
            Ok(Maintained::On) => up,
            Ok(Maintained::Off) => !up,
            Ok(
                Maintained::Other(_)
                | Maintained::Foreign
                | Maintained::Strange(_)
                | Maintained::Failed(_),
            )
            | Err(_) => false,
        };
        let shown = match self.visitors {
            Some(Maintenance::On(_)) => up,
            Some(Maintenance::Off(_)) => !up,
            Some(Maintenance::Unknown(_)) => false,
            None => true,
        };
        done && shown
    }

    fn page(&self) -> &'static str {
        match self.done {
            Ok(Maintained::On) => "up",
            Ok(Maintained::Off) => "down",
            Ok(Maintained::Other(_)) => "other",
            Ok(Maintained::Foreign) => "foreign",
            Ok(Maintained::Strange(_)) => "strange",
            Ok(Maintained::Failed(_)) => "failed",
            Err(_) => "unknown",
        }
    }

    fn problem(&self) -> Option<String> {
        match self.done {
            Ok(Maintained::On | Maintained::Off) => None,
            Ok(Maintained::Other(raised)) => Some(words::raised(raised)),
            Ok(Maintained::Foreign) => {
                Some("a page lies there, and nobody says who put it up".to_owned())
            }
            Ok(Maintained::Strange(text)) => {
                Some(format!("who put it up cannot be read: {}", escape(text)))
            }
            Ok(Maintained::Failed(why)) | Err(why) => Some(escape(why)),
        }
    }

    fn plain(&self) {
        let Self { host, visitors, .. } = self;
        let what = match (self.done, self.problem()) {
            (Ok(Maintained::On), _) => "the page is up".to_owned(),
            (Ok(Maintained::Off), _) => "the page is down".to_owned(),
            (Ok(_), problem) => format!("NOT CHANGED: {}", problem.unwrap_or_default()),
            (Err(_), problem) => {
                format!("NOT KNOWN whether the page is up: {}", problem.unwrap_or_default())
            }
        };
        say::out(&format!("{host}: {what}; {}", words::visitors(*visitors)));
        if let Some(hits) = words::hits(self.hits) {
            say::out(&format!("{host}: {hits}"));
        }
    }

    fn value(&self) -> Value {
        json!({
            "host": self.host,
            "page": self.page(),
            "error": self.problem(),
            "maintenance": words::maintenance(self.visitors),
            "visitors": words::visitors(self.visitors),
            "hits": self.hits.and_then(|hits| hits.as_ref().ok()),
        })
    }
}

async fn status(around: &Surroundings, global: &Global, args: &Listing) -> Result<Exit, Stop> {
    let seen = seen::look(around, global, seen::request(around, global, args)?).await?;
    if seen.machines().all(|it| it.page.is_none()) {
        return Err(no_page());
    }
    let mut signals = headless::listen()?;
    let asking = async { Ok(futures::join!(seen.wrapping().probe(), seen.wrapping().hits())) };
    let (probes, hits) = seen::or_left(&mut signals, asking).await?;
    let probes: BTreeMap<String, Maintenance> = probes.into_iter().collect();
    let asked = (&probes, &hits);
    match args.output {
        Format::Plain => paged(&seen).for_each(|it| state(&seen, it, asked)),
        Format::Json => {
            let hosts: Vec<Value> = paged(&seen).map(|it| state_value(&seen, it, asked)).collect();
            seen::print(seen.document(), json!({ "hosts": hosts }));
        }
    }
    seen.tell_trouble();
    let all = paged(&seen).map(|it| words::maintenance(probes.get(&it.host.name)));
    let mut all: Vec<&str> = all.collect();
    all.dedup();
    let same = all.len() == 1;
    let exit = if same && !seen.troubled() { Exit::Done } else { Exit::Failed };
    seen.stage.fleet.close().await;
    Ok(exit)
}

fn paged(seen: &Seen) -> impl Iterator<Item = &Surveyed> {
    seen.machines().filter(|it| it.page.is_some())
}

/// What visitors get by host, and how many were turned away.
type Asked<'a> = (&'a BTreeMap<String, Maintenance>, &'a BTreeMap<String, Result<String, String>>);

fn state(seen: &Seen, machine: &Surveyed, (probes, hits): Asked<'_>) {
    let host = machine.host.name.as_str();
    say::out(&format!("{host}: {}", words::visitors(probes.get(host))));
    let raised = seen.site(host).and_then(|site| site.raised.as_ref());
    if let Some(raised) = raised {
        say::out(&format!("{host}: the page was {}", words::raised(raised)));
    }
    if let Some(hits) = words::hits(hits.get(host)) {
        say::out(&format!("{host}: {hits}"));
    }
}

fn state_value(seen: &Seen, machine: &Surveyed, (probes, hits): Asked<'_>) -> Value {
    let host = machine.host.name.as_str();
    let site = seen.site(host);
    json!({
        "host": host,
        "error": seen.trouble(host),
        "maintenance": words::maintenance(probes.get(host)),
        "visitors": words::visitors(probes.get(host)),
        "page": site.map(|site| site.page),
        "hits": hits.get(host).and_then(|hits| hits.as_ref().ok()),
        "raised": site.and_then(|site| site.raised.as_ref()).map(words::raised_value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lock;

    const RUN: &str = "20261123-042203-aaaa";

    fn site(run: Option<&str>, by: &str, lock: Option<&str>) -> Site {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let (by, raised) = (by.to_owned(), run.map(str::to_owned));
        let raised =
            raised.map(|run| Raised { run, by: by.clone(), since: at, reason: None, until: None });
        let lock = lock.map(|run| Lock { run: run.to_owned(), by, at, purpose: String::new() });
        Site { page: raised.is_some(), raised, lock, ..Site::default() }
    }

    #[test]
    fn a_page_is_taken_down_by_whoever_put_it_up_and_where_its_run_is_over() {
        let check = |sites: Vec<Site>, closed: bool, wanted: Result<&str, &str>| {
            let hosts = (1..).map(|n| format!("web{n}"));
            let sites: BTreeMap<String, Site> = hosts.zip(sites).collect();
            let mine = Mine { hand: "by-hand-bob", person: "bob" };
            let found = whose(&sites, &mine, |_| closed);
            let found = found.as_deref().map_err(|other| match other {
                Others::Theirs(host, _) => *host,
                Others::Several(_) => "several",
            });
            assert_eq!(found, wanted, "{sites:?}");
        };
        let none = || site(None, "", None);
        check(vec![none(), none()], false, Ok("by-hand-bob"));
        check(vec![none(), site(Some("by-hand-bob"), "bob", None)], false, Ok("by-hand-bob"));
        check(vec![none(), site(Some("by-hand-ana"), "ana", None)], true, Err("web2"));
        // Of a run: its lock is gone, or it is over here, or it was one's own.
        check(vec![site(Some(RUN), "ana", None), none()], false, Ok(RUN));
        check(vec![site(Some(RUN), "ana", Some("other"))], false, Ok(RUN));
        check(vec![site(Some(RUN), "ana", Some(RUN))], true, Ok(RUN));
        check(vec![site(Some(RUN), "bob", Some(RUN))], false, Ok(RUN));
        check(vec![site(Some(RUN), "ana", None), site(None, "ana", Some(RUN))], false, Err("web1"));
        let both = vec![site(Some(RUN), "ana", None), site(Some("by-hand-bob"), "bob", None)];
        check(both, false, Err("several"));
    }
}
