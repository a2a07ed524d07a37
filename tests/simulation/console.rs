//! The console as far as it matters here: the engine, a connection per host, and the reconciling of
//! what is wanted with what was asked of the hosts already.

use std::collections::BTreeSet;

use deployui::{
    engine::{Effect, Engine, Input},
    model::{HostId, Try},
    run::Sig,
};

use crate::{
    bugs::Bug,
    hosts::{Order, Verb, What},
};

/// The connection to one host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    /// Its number, while there is one.
    pub(crate) conn: Option<u64>,
    /// Whether one is being made.
    pub(crate) making: bool,
    /// What was asked over it.
    sent: BTreeSet<Effect>,
    /// Connections before it.
    pub(crate) before: u32,
}

impl Link {
    /// Nothing was asked over a new connection.
    pub(crate) fn clear(&mut self) {
        self.sent.clear();
    }
}

/// A console at work.
#[derive(Debug)]
pub(crate) struct Console {
    pub(crate) engine: Engine,
    pub(crate) links: Vec<Link>,
    /// Answers that the operator typed; never journalled.
    pub(crate) answers: BTreeSet<(Try, u16)>,
    /// Every effect that was ever wanted, for the bugs that cannot let go.
    ever: BTreeSet<Effect>,
}

/// What reconciling leads to.
#[derive(Debug)]
pub(crate) enum Move {
    /// A connection is to be made.
    Connect(HostId),
    /// An order is to be sent over this connection.
    Send(HostId, u64, Order),
    /// The engine is to be told.
    Tell(Input),
}

impl Console {
    pub(crate) fn new(engine: Engine) -> Self {
        let links = engine.run().plan.hosts.iter().map(|_| Link::default()).collect();
        Self { engine, links, answers: BTreeSet::new(), ever: BTreeSet::new() }
    }

    pub(crate) fn link(&mut self, host: HostId) -> &mut Link {
        &mut self.links[usize::from(host.0)]
    }

    /// What has to be done so that what is wanted comes about. Each effect is asked for once per
    /// connection.
    pub(crate) fn reconcile(&mut self, bug: Option<Bug>) -> Vec<Move> {
        let wanted = self.wanted(bug);
        for link in &mut self.links {
            link.sent.retain(|effect| wanted.contains(effect));
        }
        let mut moves = Vec::new();
        for effect in wanted {
            let Some(host) = effect.host() else { continue };
            let link = self.link(host);
            let Some(conn) = link.conn else {
                if effect == Effect::Link(host) && !link.making {
                    link.making = true;
                    moves.push(Move::Connect(host));
                }
                continue;
            };
            if link.sent.insert(effect) {
                self.carry_out(effect, host, conn, bug, &mut moves);
            }
        }
        moves
    }

    fn wanted(&mut self, bug: Option<Bug>) -> BTreeSet<Effect> {
        let mut wanted: BTreeSet<Effect> = self.engine.wanted().into_iter().collect();
        if bug == Some(Bug::ExcludedStarted) {
            let starts = |effect: &&Effect| matches!(effect, Effect::Start(..));
            self.ever.extend(wanted.iter().filter(starts));
            let out = |host| !self.engine.run().takes_part(host);
            wanted.extend(self.ever.iter().filter(|effect| effect.host().is_some_and(out)));
        }
        if bug == Some(Bug::GateIgnored) {
            for (node, cell) in self.engine.run().ids() {
                if let (Some(host), true) = (cell.node.host, cell.staged && !cell.is_over()) {
                    wanted.insert(Effect::Start(host, Try { node, n: cell.tries }));
                }
            }
        }
        wanted
    }

    fn carry_out(
        &self,
        effect: Effect,
        host: HostId,
        conn: u64,
        bug: Option<Bug>,
        moves: &mut Vec<Move>,
    ) {
        let mut send = |attempt, verb| {
            let order = Order { attempt, name: self.name(attempt, bug), verb };
            moves.push(Move::Send(host, conn, order));
        };
        match effect {
            Effect::Stage(_, attempt) => {
                send(attempt, Verb::Stage(self.what(attempt)));
                if bug == Some(Bug::StartBeforeStaged) {
                    send(attempt, Verb::Start);
                }
            }
            Effect::Start(_, attempt) => send(attempt, Verb::Start),
            Effect::Attach(_, attempt) => self.attach(attempt, host, conn, bug, moves),
            Effect::Fence(_, attempt) if bug == Some(Bug::NoFence) => {
                let fact = deployui::engine::BoxFact::Fenced;
                moves.push(Move::Tell(Input::Box(attempt, fact)));
            }
            Effect::Fence(_, attempt) => send(attempt, Verb::Fence),
            Effect::Stop(_, attempt, sig) => {
                if bug != Some(Bug::ForgottenStop) || sig == Sig::Term {
                    send(attempt, Verb::Stop(sig));
                }
            }
            Effect::Answer(_, attempt, n) if self.answers.contains(&(attempt, n)) => {
                send(attempt, Verb::Answer(n));
            }
            Effect::Answer(_, attempt, n) => {
                moves.push(Move::Tell(Input::AnswerGone(attempt, n)));
            }
            Effect::Link(_) | Effect::Close(_) => {}
        }
    }

    /// A start follows its box, so only a connection that has not sent it asks for news.
    fn attach(
        &self,
        attempt: Try,
        host: HostId,
        conn: u64,
        bug: Option<Bug>,
        moves: &mut Vec<Move>,
    ) {
        let again = self.links[usize::from(host.0)].before > 1;
        if bug == Some(Bug::NeverReattached) && again {
            return;
        }
        let name = self.name(attempt, bug);
        if bug == Some(Bug::StartTwice) && again {
            let name = format!("{name}.{conn}");
            for verb in [Verb::Stage(self.what(attempt)), Verb::Start] {
                moves.push(Move::Send(host, conn, Order { attempt, name: name.clone(), verb }));
            }
            return;
        }
        moves.push(Move::Send(host, conn, Order { attempt, name, verb: Verb::Attach }));
    }

    fn what(&self, attempt: Try) -> What {
        What::of(&self.engine.run().cell(attempt.node).unwrap().node)
    }

    /// The directory of the box; it tells attempts and nodes of a host apart.
    fn name(&self, attempt: Try, bug: Option<Bug>) -> String {
        let n = if bug == Some(Bug::RetryReusesNumber) { 1 } else { attempt.n };
        let key = &self.engine.run().cell(attempt.node).unwrap().node.key;
        key.box_name(n)
    }
}
