//! Whether a step outlives its connection: a box that only sleeps is begun as any step is, all
//! connections are closed, and over new ones it is looked whether it still lives. Nothing is left of it.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};

use super::{
    fleet::Fleet,
    means::{FleetSettings, HostNews},
    wants::{Want, Wants, What},
    wrapping::PATIENCE,
};
use crate::{
    boxes::Fact,
    model::{Command, Host, HostId, NodeId, RunId, Text, Try},
    run::Sig,
    script::{self, quote},
};

/// The box, and what it runs: it ends by itself, should nobody be able to end it.
const NAME: &str = "outlives.1";
const ATTEMPT: Try = Try { node: NodeId(0), n: 1 };
const SLEEPER: &str = "sleep 120";

/// What ends processes with their session does so in less.
const SETTLE: Duration = Duration::from_secs(2);

/// What became of the sleeper of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlived {
    /// It lived on.
    Yes,
    /// It had died.
    No,
    /// It could not be tried, and why.
    Untried(String),
}

/// How far the sleeper of a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Put,
    Start,
    Begun,
    Followed,
    /// It is said to have begun and not to have ended. Only what is still there can be killed, and say so:
    /// of what had died nobody knows how it ended.
    Killed,
    Over(Outlived),
}

/// Tries it on these hosts, all at once. `settings`: with a store of its own, since what the boxes print is
/// of no use.
pub async fn outlives(
    run: &RunId,
    hosts: &[(HostId, Host)],
    settings: &FleetSettings,
) -> BTreeMap<HostId, Outlived> {
    let mut all: BTreeMap<HostId, At> = hosts.iter().map(|(id, _)| (*id, At::Put)).collect();
    stretch(run, hosts, settings, &mut all, |at| matches!(at, At::Begun)).await;
    let begun: Vec<(HostId, Host)> =
        hosts.iter().filter(|(id, _)| all.get(id) == Some(&At::Begun)).cloned().collect();
    if !begun.is_empty() {
        sleep(SETTLE).await;
        begun.iter().for_each(|(id, _)| drop(all.insert(*id, At::Followed)));
        stretch(run, &begun, settings, &mut all, |_| false).await;
    }
    let outcome = |at| match at {
        At::Over(outlived) => outlived,
        At::Put | At::Start | At::Begun | At::Followed | At::Killed => {
            Outlived::Untried(format!("nothing was heard of it for {} s", PATIENCE.as_secs()))
        }
    };
    all.into_iter().map(|(id, at)| (id, outcome(at))).collect()
}

/// One connection to each of these hosts, until all of them are as far as that, or over.
async fn stretch(
    run: &RunId,
    hosts: &[(HostId, Host)],
    settings: &FleetSettings,
    all: &mut BTreeMap<HostId, At>,
    enough: impl Fn(&At) -> bool,
) {
    let mut fleet = Fleet::start(run, hosts, settings.clone(), false);
    let mut bases: BTreeMap<HostId, String> = BTreeMap::new();
    let end = Instant::now() + PATIENCE;
    let under_way = |all: &BTreeMap<HostId, At>| {
        let mut of = hosts.iter().filter_map(|(id, _)| all.get(id));
        of.any(|at| !enough(at) && !matches!(at, At::Over(_)))
    };
    while under_way(all) {
        fleet.want(all.iter().map(|(id, at)| (*id, wants(at))).collect::<Wants>());
        let Ok((host, news)) = timeout_at(end, fleet.next()).await else { break };
        if let HostNews::Up(hello) = &news {
            bases.insert(host, hello.base.clone());
        }
        if let Some(at) = all.get_mut(&host) {
            *at = heard(at, &news);
        }
    }
    let asker = fleet.asker();
    for (host, base) in bases {
        let over = matches!(all.get(&host), Some(At::Over(_)));
        if let (true, Ok(dir)) = (over, quote(&format!("{base}/runs/{run}"))) {
            // What cannot be removed is old one day, and harms nobody.
            drop(asker.ask(host, format!("rm -rf -- {dir}"), PATIENCE).await);
        }
    }
    fleet.close().await;
}

/// How far it is by this news.
fn heard(at: &At, news: &HostNews) -> At {
    let untried = |why: String| At::Over(Outlived::Untried(why));
    let fact = match news {
        HostNews::Fact(ATTEMPT, fact) => fact,
        HostNews::Down(trouble) => return untried(trouble.to_string()),
        HostNews::Disk(error) => return untried(error.to_string()),
        HostNews::Up(_)
        | HostNews::Fact(..)
        | HostNews::AnswerGone(..)
        | HostNews::Asks(..)
        | HostNews::WentOn(..) => return at.clone(),
    };
    match (at, fact) {
        (At::Put, Fact::Staged) => At::Start,
        (At::Start, Fact::Running) => At::Begun,
        (At::Followed, Fact::Running) => At::Killed,
        (At::Followed, Fact::Ended(..)) | (At::Followed | At::Killed, Fact::Lost(_)) => {
            At::Over(Outlived::No)
        }
        (At::Killed, Fact::Settled(_)) => At::Over(Outlived::Yes),
        (At::Put | At::Start | At::Followed, Fact::Refused(why) | Fact::Unable(why)) => {
            untried(why.clone())
        }
        (At::Put | At::Start, Fact::Ended(..) | Fact::Lost(_)) => {
            untried("it ended at once".to_owned())
        }
        (At::Start | At::Followed, Fact::Absent | Fact::Unstarted | Fact::Never | Fact::Fenced) => {
            untried("its box is not as it was put".to_owned())
        }
        (At::Put | At::Start | At::Begun | At::Followed | At::Killed | At::Over(_), _) => {
            at.clone()
        }
    }
}

fn wants(at: &At) -> Vec<Want> {
    let want = |what| Want {
        attempt: ATTEMPT,
        name: NAME.to_owned(),
        secrets: Vec::new(),
        input: None,
        what,
    };
    match at {
        At::Put => {
            let command = Command::new(Text::literal(SLEEPER));
            let draft = script::draft(&command, |_| None).map_err(|error| error.to_string());
            vec![want(What::Stage(draft))]
        }
        At::Start => vec![want(What::Start { inline: false })],
        At::Begun | At::Over(_) => Vec::new(),
        At::Followed => vec![want(What::Attach)],
        At::Killed => vec![want(What::Attach), want(What::Stop(Sig::Kill))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::Outcome;

    #[test]
    fn only_who_was_seen_to_live_has_outlived_it() {
        let check = |facts: &[Fact], expect: At| {
            let at = facts
                .iter()
                .fold(At::Followed, |at, fact| heard(&at, &HostNews::Fact(ATTEMPT, fact.clone())));
            assert_eq!(at, expect, "{facts:?}");
        };
        check(&[Fact::Running, Fact::Ended(137, 0)], At::Killed);
        check(&[Fact::Running, Fact::Ended(137, 0), Fact::Settled(0)], At::Over(Outlived::Yes));
        check(&[Fact::Running, Fact::Lost(Outcome::Died)], At::Over(Outlived::No));
        check(&[Fact::Lost(Outcome::Died)], At::Over(Outlived::No));
        check(&[Fact::Ended(143, 0)], At::Over(Outlived::No));
        check(
            &[Fact::Absent],
            At::Over(Outlived::Untried("its box is not as it was put".to_owned())),
        );
    }
}
