//! How a wish becomes a run: the stage is turned to what is asked for, looked at, planned, checked and
//! locked, and the run opened. A refusal leaves everything as it was.

use std::collections::BTreeMap;

use super::{Asked, NOTHING_KNOWN, Session, arrivals::away, planned, said, state_of};
use crate::{
    cli::{
        exit::{Exit, Stop},
        load,
        prepare::{self, Pages, Stage},
    },
    driver::{self, Driver, Unopened, Wrapping},
    engine::Policy,
    model::{Plan, Served, Site},
    plan::{self, Known, Request},
    tui::{Told, served_since},
};

impl Session<'_> {
    /// From a wish to a run, and on with it to its end; a refusal is told, and nothing was begun.
    pub(super) async fn begin(&mut self, asked: Asked) -> Result<Option<Exit>, Stop> {
        let mode = asked.mode;
        let before = self.stage.as_ref().map(|stage| stage.request.clone());
        match self.prepared(asked).await {
            Ok(Some(driver)) => self.run(driver, mode).await,
            Ok(None) => Ok(None),
            Err(stop) => {
                self.screen.tell(Told::Did(Err(said(&stop)))).await;
                self.turn_back(before).await;
                // What the operator was shown may be why, and who has the stage.
                if let Some(sight) = self.sight.clone() {
                    self.look_beside(sight, away(&self.hosts)).await;
                }
                Ok(None)
            }
        }
    }

    /// Looks, learns, plans, checks, locks, opens. `None`: the operator left before the lock.
    async fn prepared(&mut self, asked: Asked) -> Result<Option<Driver>, Stop> {
        let from = asked.from.clone();
        self.aim(asked).await?;
        let (global, around) = (self.global, self.around);
        let Some(mut stage) = self.stage.take() else { return Ok(None) };
        let (shown, waiting) = (self.shown.as_ref(), !self.ready());
        let sketched = self.sketched;
        let mut arrived = Vec::new();
        let ready = self.screen.during(async {
            let all = &mut stage.fleet;
            if waiting && !all.gather(|host, it| arrived.push((host, state_of(it)))).await {
                return Err(Stop::new(
                    Exit::Refused,
                    "not all hosts are ready: look at them again first",
                ));
            }
            stage.look().await?;
            as_believed(&from, &stage.request.known.sites)?;
            stage.learn(global).await?;
            let plan = planned(&stage)?;
            let unread = sketched.then(unread);
            if let Some(newer) = unread.or_else(|| moved(shown, &plan)) {
                return Ok((plan, Err(newer)));
            }
            let Pages { left, kept } = prepare::pages(&plan, &stage.request.known.sites)?;
            let mut notes = [left, kept].concat();
            notes.extend(stage.check().await?);
            Ok((plan, Ok(notes)))
        });
        let ready = ready.await;
        self.gathered(&stage, arrived);
        let (plan, notes) = match ready {
            Some(Ok((plan, Ok(notes)))) => (plan, notes),
            Some(Ok((plan, Err(newer)))) => {
                self.stage = Some(stage);
                self.show(plan).await;
                self.tell_hosts().await;
                return Err(newer);
            }
            Some(Err(stop)) => {
                self.stage = Some(stage);
                self.tell_hosts().await;
                return Err(stop);
            }
            None => return Ok(None),
        };
        self.tell_notes(notes).await;
        let locked = self.screen.through(stage.lock(around)).await;
        let done = match locked {
            Ok(done) => done,
            Err(stop) => {
                self.stage = Some(stage);
                return Err(stop);
            }
        };
        if self.screen.gone() {
            let left = prepare::unlock(&stage.wrapping, &plan.run, stage.claim.take()).await;
            self.tell_notes(left).await;
            return Ok(None);
        }
        self.tell_notes(done).await;
        self.opened(stage, plan).await.map(Some)
    }

    async fn opened(&mut self, stage: Stage, plan: Plan) -> Result<Driver, Stop> {
        let (store, run) = (self.around.store.clone(), plan.run.clone());
        let Stage { recipe, request, fleet, wrapping, claim } = stage;
        match Driver::open(plan, store, fleet, &self.around.who, Policy::Ask) {
            Ok(driver) => {
                if let Some(claim) = claim {
                    claim.end();
                }
                Ok(driver)
            }
            Err(unopened) => {
                let Unopened { error, fleet } = *unopened;
                let left = self.screen.through(prepare::unlock(&wrapping, &run, claim)).await;
                self.tell_notes(left).await;
                self.stage = Some(Stage { recipe, request, fleet, wrapping, claim: None });
                Err(Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))
            }
        }
    }

    async fn tell_notes(&mut self, notes: Vec<String>) {
        for note in notes {
            self.screen.note(format!("note: {note}")).await;
        }
    }

    /// Turns the stage to what is asked for: on the same connections, where it is about the same hosts.
    async fn aim(&mut self, asked: Asked) -> Result<(), Stop> {
        let Some(stage) = &self.stage else {
            return Err(Stop::new(Exit::Refused, NOTHING_KNOWN));
        };
        let mut request = stage.request.clone();
        request.pipeline = asked.pipeline;
        request.known = Known {
            at: driver::set_right(),
            by: self.around.person().to_owned(),
            target: asked.target,
            reason: asked.reason,
            ..Known::default()
        };
        self.turn(request).await
    }

    /// After a refusal: what is looked at and planned next is what it was before.
    async fn turn_back(&mut self, before: Option<Request>) {
        let (Some(mut request), Some(stage)) = (before, &self.stage) else { return };
        if request.pipeline == stage.request.pipeline {
            return;
        }
        request.known.sites.clone_from(&stage.request.known.sites);
        if let Err(stop) = self.turn(request).await {
            self.screen.note(said(&stop)).await;
        }
    }

    async fn turn(&mut self, request: Request) -> Result<(), Stop> {
        let Some(stage) = &mut self.stage else {
            return Err(Stop::new(Exit::Refused, NOTHING_KNOWN));
        };
        let survey = plan::survey(&stage.recipe, &request).map_err(|found| load::faults(&found))?;
        let before = &stage.wrapping.survey().machines;
        let same = before.len() == survey.machines.len()
            && before.iter().zip(&survey.machines).all(|(a, b)| a.id == b.id && a.host == b.host);
        if same {
            stage.wrapping = Wrapping::new(survey, stage.fleet.asker());
            stage.request = request;
            return Ok(());
        }
        let recipe = stage.recipe.clone();
        self.connect_for(recipe, request).await
    }
}

/// Refuses where something else is served than the operator believes: nobody has asked to leave that.
fn as_believed(from: &[(Served, Vec<String>)], sites: &BTreeMap<String, Site>) -> Result<(), Stop> {
    let of = |(served, hosts): &(Served, Vec<String>)| {
        hosts.iter().map(|host| (host.clone(), served.clone())).collect::<Vec<_>>()
    };
    let believed = from.iter().flat_map(of).collect();
    let now = sites.iter().map(|(host, site)| (host.clone(), site.served.clone())).collect();
    match served_since(&believed, &now) {
        None => Ok(()),
        Some(others) => Err(Stop::new(Exit::Refused, others)
            .hint("nothing was changed: see what is served now, and choose again")),
    }
}

/// What there was to read so far claims nothing of releases.
fn unread() -> Stop {
    let what = "the plan was made before the hosts were looked at: read it again";
    Stop::new(Exit::Refused, what)
}

/// Says so where another commit would be released than the plan on the screen says.
fn moved(shown: Option<&Plan>, plan: &Plan) -> Option<Stop> {
    let of = |plan: &Plan| plan.released.as_ref().filter(|it| it.made)?.revision.clone();
    let (before, now) = (of(shown?)?, of(plan)?);
    (before != now).then(|| {
        let short = |revision: &str| revision.chars().take(9).collect::<String>();
        let what = format!("the commit is {} by now, not {}", short(&now), short(&before));
        Stop::new(Exit::Refused, format!("{what}: read the plan again"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_was_told_of_is_not_left() {
        let release = |name: &str| Served::Release(name.to_owned());
        let site = |served| Site { served, ..Site::default() };
        let sites = BTreeMap::from([
            ("web1".to_owned(), site(release("2"))),
            ("web2".to_owned(), site(release("3"))),
            ("web3".to_owned(), site(Served::Nothing)),
        ]);
        let check = |from: &[(Served, &[&str])], wanted: &[&str]| {
            let owned = |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect();
            let from: Vec<(Served, Vec<String>)> =
                from.iter().map(|(served, hosts)| (served.clone(), owned(hosts))).collect();
            let errors =
                as_believed(&from, &sites).map_or_else(|stop| stop.errors, |()| Vec::new());
            assert_eq!(errors, wanted, "{from:?}");
        };
        check(&[], &[]);
        check(&[(release("2"), &["web1"]), (release("3"), &["web2"])], &[]);
        check(&[(release("2"), &["web1", "web2"])], &["web2 serves 3 now, not 2"]);
        check(
            &[(release("1"), &["web1", "web3"])],
            &["web1 serves 2 now, not 1; web3 serves no release now, not 1"],
        );
        check(&[(release("1"), &["gone"])], &[]);
        let several = BTreeMap::from(
            ["a", "b", "c"]
                .map(|host| (host.to_owned(), site(release(if host == "c" { "3" } else { "2" })))),
        );
        let hosts = ["a", "b", "c"].map(str::to_owned).to_vec();
        let stop = as_believed(&[(release("1"), hosts)], &several).unwrap_err();
        assert_eq!(stop.errors, ["a, b serve 2 now, not 1; c serves 3 now, not 1"]);
    }
}
