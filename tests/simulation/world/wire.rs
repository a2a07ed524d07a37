//! Between the console and its hosts: orders and news that are late, doubled or lost.

use deployui::{
    engine::{BoxFact, Input},
    model::{HostId, Try},
    run::{Excerpt, LinkState, Observation},
};

use super::{Happening, Step, World};
use crate::{
    bugs,
    console::Move,
    hosts::{Deed, Order, Verb},
};

impl World {
    pub(super) fn send_wanted(&mut self) -> Step {
        let bug = self.bug;
        let Some(console) = &mut self.console else { return Ok(()) };
        let moves = console.reconcile(bug);
        for step in moves {
            match step {
                Move::Connect(host) => {
                    let after = self.random.between(5, 4_000);
                    self.later(after, Happening::Connected(host));
                }
                Move::Send(host, conn, order) => self.send(host, conn, order)?,
                Move::Tell(input) => self.input(&input)?,
            }
        }
        Ok(())
    }

    fn send(&mut self, host: HostId, conn: u64, order: Order) -> Step {
        if !matches!(order.verb, Verb::Stage(_)) {
            self.checks.sent(host, &format!("{:?} {:?}", order.verb, order.attempt))?;
        }
        let live = self.hosts[usize::from(host.0)].listener == Some(conn);
        let survives = live && self.random.chance(50);
        let way = self.random.between(1, 40);
        if !self.is_quiet() {
            self.disturb(host, &order.verb);
        }
        self.later(way, Happening::Order(host, conn, order, survives));
        Ok(())
    }

    pub(super) fn order_arrives(
        &mut self,
        host: HostId,
        conn: u64,
        order: Order,
        survives: bool,
    ) -> Step {
        let live = self.hosts[usize::from(host.0)].listener == Some(conn);
        if !live && !survives {
            return Ok(());
        }
        if !live && self.random.chance(50) {
            let after = self.random.between(10, 60_000);
            let again = self.random.chance(50);
            self.later(after, Happening::Order(host, conn, order, again));
            return Ok(());
        }
        self.note(|| format!("  {host:?}: {:?} {:?} {}", order.verb, order.attempt, order.name));
        let here = &mut self.hosts[usize::from(host.0)];
        let machine = here.machine;
        let deeds = here.order(&order, conn, &mut self.random);
        self.deeds(host, machine, deeds)
    }

    pub(crate) fn deeds(&mut self, host: HostId, machine: u32, deeds: Vec<Deed>) -> Step {
        for deed in deeds {
            match deed {
                Deed::Says(conn, attempt, fact) => self.say(host, conn, attempt, fact),
                Deed::Later(after, name, generation, wake) => {
                    self.later(after, Happening::Wake(host, machine, name, generation, wake));
                }
                Deed::Begins(attempt, what) => {
                    self.note(|| format!("  {host:?}: {attempt:?} BEGINS"));
                    self.figures.begun += 1;
                    self.checks.begins(host, attempt, &what, &self.hosts)?;
                }
                Deed::Ends(attempt, end) => {
                    self.note(|| format!("  {host:?}: {attempt:?} ends, {end}"));
                    self.checks.ended(attempt, end);
                }
                Deed::Delivered(attempt, n) => self.checks.delivered(attempt, n)?,
                Deed::Listed(list, lines) => self.checks.listed(host, list, lines),
            }
        }
        Ok(())
    }

    /// News goes out in order, may come late or twice, and is lost with its connection.
    fn say(&mut self, host: HostId, conn: u64, attempt: Try, fact: BoxFact) {
        let way = if self.random.chance(3) { 3_000 } else { 40 };
        let way = self.random.between(1, way);
        let twice = self.random.chance(5);
        let here = &mut self.hosts[usize::from(host.0)];
        if here.listener != Some(conn) {
            return;
        }
        let when = (self.now + way).max(here.said_until);
        here.said_until = when;
        let after = when - self.now;
        if twice {
            self.later(after, Happening::News(host, conn, attempt, fact.clone()));
        }
        self.later(after, Happening::News(host, conn, attempt, fact));
    }

    pub(super) fn news(&mut self, host: HostId, conn: u64, attempt: Try, fact: BoxFact) -> Step {
        let Some(console) = &mut self.console else { return Ok(()) };
        if console.link(host).conn != Some(conn) {
            return Ok(());
        }
        for fact in bugs::retell(self, host, attempt, fact) {
            self.input(&Input::Box(attempt, fact))?;
        }
        Ok(())
    }

    pub(super) fn connected(&mut self, host: HostId) -> Step {
        let Some(console) = &mut self.console else { return Ok(()) };
        let here = &mut self.hosts[usize::from(host.0)];
        let link = console.link(host);
        if !link.making {
            return Ok(());
        }
        link.making = false;
        if !here.reachable {
            return self.input(&Input::Link(host, LinkState::Down("no route".into())));
        }
        self.conns += 1;
        let conn = self.conns;
        link.conn = Some(conn);
        link.before += 1;
        link.clear();
        here.listener = Some(conn);
        here.said_until = self.now;
        let machine = here.machine;
        let seen = Excerpt {
            machine: format!("m{machine}"),
            boot: "-".into(),
            base: format!("/srv/{machine}"),
        };
        self.input(&Input::Saw(host, Observation::Machine(seen)))?;
        self.input(&Input::Link(host, LinkState::Up))
    }
}
