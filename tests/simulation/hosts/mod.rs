//! Hosts at the level of boxes: what is staged, who has claimed the start, what runs, what has left
//! a witness, what still lives; and what can befall it.

mod kept;

use std::collections::BTreeMap;

use deployui::{
    engine::BoxFact,
    model::{Kind, Node, Part, Query, Try},
    run::{End, Lost, Sig},
};

use self::kept::kept;
pub(crate) use self::kept::{Claim, Kept, Phase};
use crate::{bugs::Bug, random::Random};

/// What is asked of a host about one box.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) attempt: Try,
    /// The directory of the box.
    pub(crate) name: String,
    pub(crate) verb: Verb,
}

#[derive(Clone, Debug)]
pub(crate) enum Verb {
    Stage(What),
    Start,
    Attach,
    Fence,
    Stop(Sig),
    Answer(u16),
}

/// What a box runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Anything.
    Act { input: bool, limited: bool },
    /// One item of the list of that name; done, it is listed no more.
    Item { list: String, line: String },
    /// A condition.
    When,
    /// The reading of the list of that name.
    List(String),
}

impl What {
    pub(crate) fn of(node: &Node) -> Self {
        let step = node.key.step.to_string();
        match (&node.kind, &node.key.part) {
            (Kind::Ask(ask), _) => match &ask.query {
                Query::When(_) => Self::When,
                Query::Items(_) => Self::List(step),
            },
            (Kind::Act(_), Part::Item { line, .. }) => {
                Self::Item { list: step, line: line.clone() }
            }
            (Kind::Act(act), _) => {
                Self::Act { input: act.command.input, limited: act.limit.is_some() }
            }
            (Kind::Gate(_), _) => unreachable!("gates have no box"),
        }
    }
}

/// What comes next by itself in a box.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wake {
    Asks,
    GoesOn(u16),
    Ends(End),
    LeftoverGone,
}

/// What an order, or time, does on a host.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Told to the agent of that connection.
    Says(u64, Try, BoxFact),
    /// Something happens after this long.
    Later(i64, String, u32, Wake),
    /// An attempt begins.
    Begins(Try, What),
    /// An attempt ends.
    Ends(Try, End),
    /// Input reached a step.
    Delivered(Try, u16),
    /// The list of that name was read.
    Listed(String, Vec<String>),
}

/// One host, and the machines that have answered at its address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    pub(crate) reachable: bool,
    /// The machine that answers now.
    pub(crate) machine: u32,
    pub(crate) disk_full: bool,
    /// The live connection, as the host sees it.
    pub(crate) listener: Option<u64>,
    /// Until when its agent's news is on the way, so that it stays in order.
    pub(crate) said_until: i64,
    pub(crate) boxes: BTreeMap<(u32, String), Kept>,
    lists: BTreeMap<String, Vec<String>>,
    bug: Option<Bug>,
}

impl Host {
    pub(crate) fn new(bug: Option<Bug>) -> Self {
        Self { reachable: true, bug, ..Self::default() }
    }

    fn key(&self, name: &str) -> (u32, String) {
        (self.machine, name.to_owned())
    }

    /// Carries out an order that came over this connection.
    pub(crate) fn order(&mut self, order: &Order, conn: u64, random: &mut Random) -> Vec<Deed> {
        let key = self.key(&order.name);
        if let Verb::Stage(what) = &order.verb {
            return self.stage(order, what, conn);
        }
        // Only what was staged is ever fenced: a box that is not there says nothing of its past.
        let (full, bug) = (self.disk_full, self.bug);
        let Some(kept) = self.boxes.get_mut(&key) else {
            return vec![Deed::Says(conn, order.attempt, BoxFact::Lost(Lost::Gone))];
        };
        kept.attempt = order.attempt;
        match &order.verb {
            Verb::Stage(_) => Vec::new(),
            Verb::Start => {
                kept.follow(conn);
                match kept.claim {
                    // Nothing on the host keeps a start that comes late from being the first.
                    Claim::Free if full => kept.says(no_space()),
                    Claim::Free => {
                        let lists = self.lists.get(&list_of(&kept.what)).map_or(0, Vec::len);
                        kept.begin(order, random, lists)
                    }
                    Claim::Begun | Claim::Fenced => kept.report(),
                }
            }
            Verb::Attach => {
                kept.follow(conn);
                kept.report()
            }
            Verb::Fence => {
                kept.follow(conn);
                if kept.claim == Claim::Free {
                    kept.claim = Claim::Fenced;
                }
                if bug == Some(Bug::FenceWithoutLook) {
                    return vec![Deed::Says(conn, order.attempt, BoxFact::Fenced)];
                }
                kept.report()
            }
            Verb::Stop(sig) => kept.signal(*sig, order),
            Verb::Answer(n) => kept.answer(*n, order, bug),
        }
    }

    fn stage(&mut self, order: &Order, what: &What, conn: u64) -> Vec<Deed> {
        let key = self.key(&order.name);
        let says = |fact| vec![Deed::Says(conn, order.attempt, fact)];
        // What was refused before, and may have been sent twice, never begins any more.
        let before = self.boxes.range_mut((self.machine, String::new())..);
        for (_, kept) in before.take_while(|(key, _)| key.0 == self.machine) {
            let earlier =
                kept.attempt.node == order.attempt.node && kept.attempt.n < order.attempt.n;
            match (earlier && self.bug != Some(Bug::EarlierNotBarred), kept.claim) {
                (true, Claim::Free) if self.disk_full => return says(no_space()),
                (true, Claim::Free) => kept.claim = Claim::Fenced,
                (true, Claim::Begun) if kept.phase == Phase::Running => {
                    return says(BoxFact::Refused("it has begun after all".into()));
                }
                (_, Claim::Free | Claim::Begun | Claim::Fenced) => {}
            }
        }
        if self.boxes.contains_key(&key) {
            return says(BoxFact::Staged);
        }
        if self.disk_full {
            return says(no_space());
        }
        self.boxes.insert(key, kept(order.attempt, what.clone()));
        says(BoxFact::Staged)
    }

    /// Something happens in a box by itself. `machine`: where the box is.
    pub(crate) fn wake(
        &mut self,
        machine: u32,
        name: &str,
        generation: u32,
        wake: Wake,
        random: &mut Random,
    ) -> Vec<Deed> {
        let list = self.boxes.get(&(machine, name.to_owned())).map(|kept| list_of(&kept.what));
        let lines = list.map(|list| self.list(&list, random));
        let Some(kept) = self.boxes.get_mut(&(machine, name.to_owned())) else { return Vec::new() };
        if kept.generation != generation {
            return Vec::new();
        }
        match wake {
            Wake::Asks => kept.asks(name),
            Wake::GoesOn(n) => kept.went_on(name, n),
            Wake::Ends(end) => {
                kept.lines = lines.unwrap_or_default();
                let mut deeds = kept.ends(end, name);
                if let What::Item { list, line } = &kept.what
                    && end.is_ok()
                {
                    let (list, line) = (list.clone(), line.clone());
                    self.lists.entry(list).or_default().retain(|other| *other != line);
                } else if let What::List(list) = &kept.what {
                    deeds.insert(0, Deed::Listed(list.clone(), kept.lines.clone()));
                }
                deeds
            }
            Wake::LeftoverGone => {
                kept.leftover = false;
                kept.says(BoxFact::Settled(7))
            }
        }
    }

    /// What is listed now. Others may do items, or add some.
    fn list(&mut self, name: &str, random: &mut Random) -> Vec<String> {
        let fresh = (0..random.below(4)).map(|n| format!("i{n}")).collect();
        let list = self.lists.entry(name.to_owned()).or_insert(fresh);
        if random.chance(10) && !list.is_empty() {
            list.remove(0);
        }
        if random.chance(5) && list.len() < 5 {
            list.push(format!("i{}", 10 + random.below(3)));
        }
        let mut lines = list.clone();
        if random.chance(20) {
            lines.insert(0, String::new());
        }
        lines
    }

    /// Everything on the present machine ends without a word.
    pub(crate) fn reboot(&mut self) {
        self.reachable = false;
        let machine = self.machine;
        for kept in self.boxes.iter_mut().filter(|(key, _)| key.0 == machine).map(|(_, kept)| kept)
        {
            kept.generation += 1;
            kept.leftover = false;
            if kept.phase == Phase::Running {
                kept.phase = Phase::Dead(Lost::Rebooted);
            }
        }
    }

    /// One running box is killed together with what would have recorded its end.
    pub(crate) fn kill_one(&mut self, random: &mut Random) -> Vec<Deed> {
        let running: Vec<_> = self
            .boxes
            .iter()
            .filter(|(_, kept)| kept.phase == Phase::Running)
            .map(|(key, _)| key.clone())
            .collect();
        let Some(kept) = random.pick(&running).and_then(|key| self.boxes.get_mut(key)) else {
            return Vec::new();
        };
        kept.generation += 1;
        kept.phase = Phase::Dead(Lost::Died);
        kept.says(BoxFact::Lost(Lost::Died))
    }

    /// Somebody removes a box that is not running.
    pub(crate) fn remove_one(&mut self, random: &mut Random) {
        let idle: Vec<_> = self
            .boxes
            .iter()
            .filter(|(_, kept)| !kept.lives() && kept.claim != Claim::Fenced)
            .map(|(key, _)| key.clone())
            .collect();
        if let Some(key) = random.pick(&idle) {
            self.boxes.remove(key);
        }
    }
}

fn no_space() -> BoxFact {
    BoxFact::Refused("No space left on device".into())
}

fn list_of(what: &What) -> String {
    match what {
        What::List(list) | What::Item { list, .. } => list.clone(),
        What::Act { .. } | What::When => String::new(),
    }
}
