//! Hosts at the level of boxes: what is staged, who has claimed the start, what runs, what has left
//! a witness, what still lives; and what can befall it.

use std::collections::BTreeMap;

use deployui::{
    engine::BoxFact,
    model::{Kind, Node, Part, Query, Try},
    run::{End, Lost, Question, Sig},
};

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

/// Who has the start of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Free,
    Begun,
    Fenced,
    /// It could not be claimed; its command was removed, so that nobody ever can.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Unborn,
    Running,
    Ended(End),
    Dead(Lost),
}

/// How what a box runs behaves.
#[derive(Clone, Copy, Debug)]
struct Nature {
    /// Milliseconds; `None`: until it is stopped.
    lasts: Option<i64>,
    end: End,
    /// How long something that it started lives on; `Some(None)`: for ever.
    leaves: Option<Option<i64>>,
    obeys_term: bool,
    questions: u16,
    /// Asks anew when nobody answers.
    impatient: bool,
}

/// One box.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) attempt: Try,
    pub(crate) what: What,
    pub(crate) claim: Claim,
    pub(crate) phase: Phase,
    /// Something that it started lives on.
    pub(crate) leftover: bool,
    pub(crate) lines: Vec<String>,
    nature: Nature,
    /// Wakes of an older generation are void.
    generation: u32,
    asking: Option<u16>,
    asked: u16,
    answered: Vec<u16>,
    /// The connection whose agent follows it.
    follower: Option<u64>,
}

impl Kept {
    /// Whether anything of it lives.
    pub(crate) fn lives(&self) -> bool {
        self.phase == Phase::Running || self.leftover
    }
}

/// What comes next by itself in a box.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wake {
    Asks,
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
                    Claim::Free if full => {
                        kept.claim = Claim::Refused;
                        kept.report()
                    }
                    Claim::Free => {
                        let lists = self.lists.get(&list_of(&kept.what)).map_or(0, Vec::len);
                        kept.begin(order, random, lists)
                    }
                    Claim::Begun | Claim::Fenced | Claim::Refused => kept.report(),
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
        if self.boxes.contains_key(&key) {
            return says(BoxFact::Staged);
        }
        if self.disk_full {
            return says(BoxFact::Refused("No space left on device".into()));
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

fn kept(attempt: Try, what: What) -> Kept {
    let nature = Nature {
        lasts: None,
        end: End::Exit(0),
        leaves: None,
        obeys_term: true,
        questions: 0,
        impatient: false,
    };
    Kept {
        attempt,
        what,
        claim: Claim::Free,
        phase: Phase::Unborn,
        leftover: false,
        lines: Vec::new(),
        nature,
        generation: 0,
        asking: None,
        asked: 0,
        answered: Vec::new(),
        follower: None,
    }
}

fn list_of(what: &What) -> String {
    match what {
        What::List(list) | What::Item { list, .. } => list.clone(),
        What::Act { .. } | What::When => String::new(),
    }
}

fn nature(what: &What, random: &mut Random) -> Nature {
    let quick = random.between(1, 300);
    let slow = random.between(300, 90_000);
    let ok = random.chance(85);
    let end = match random.below(4) {
        _ if ok => End::Exit(0),
        0 => End::Signal(9),
        n => End::Exit(u8::try_from(n).unwrap()),
    };
    let plain = Nature {
        lasts: Some(if random.chance(70) { quick } else { slow }),
        end,
        leaves: None,
        obeys_term: random.chance(60),
        questions: 0,
        impatient: random.chance(30),
    };
    match what {
        What::When => {
            let end = End::Exit([0, 0, 1, 1, 2][random.below(5)]);
            Nature { lasts: Some(quick), end, ..plain }
        }
        What::List(_) | What::Item { .. } => Nature { lasts: Some(quick), ..plain },
        What::Act { input, limited } => {
            let endless = random.chance(if *limited { 30 } else { 2 });
            let leaves = random.chance(10).then(|| {
                let lives = random.between(100, 60_000);
                random.chance(80).then_some(lives)
            });
            let questions = if *input { u16::try_from(random.below(3)).unwrap() } else { 0 };
            let lasts = plain.lasts.filter(|_| !endless);
            Nature { lasts, leaves, questions, ..plain }
        }
    }
}

impl Kept {
    /// An order that comes late, over an old connection, does not take the news away from the newest.
    fn follow(&mut self, conn: u64) {
        self.follower = self.follower.max(Some(conn));
    }

    fn says(&self, fact: BoxFact) -> Vec<Deed> {
        self.follower.map(|conn| Deed::Says(conn, self.attempt, fact)).into_iter().collect()
    }

    fn later(&self, name: &str, after: i64, wake: Wake) -> Deed {
        Deed::Later(after, name.to_owned(), self.generation, wake)
    }

    fn begin(&mut self, order: &Order, random: &mut Random, listed: usize) -> Vec<Deed> {
        self.claim = Claim::Begun;
        self.phase = Phase::Running;
        self.nature = nature(&self.what, random);
        // A list that never gets shorter ends all the same.
        if let (What::Item { .. }, true) = (&self.what, listed > 4) {
            self.nature.end = End::Exit(0);
        }
        let mut deeds = vec![Deed::Begins(order.attempt, self.what.clone())];
        deeds.extend(self.says(BoxFact::Running));
        deeds.extend(self.goes_on(&order.name));
        deeds
    }

    /// The next stretch of its life.
    fn goes_on(&self, name: &str) -> Option<Deed> {
        let stretch = self.nature.lasts.map(|lasts| lasts / 2 + 1);
        if self.asked < self.nature.questions {
            return Some(self.later(name, stretch.unwrap_or(1_000), Wake::Asks));
        }
        stretch.map(|after| self.later(name, after, Wake::Ends(self.nature.end)))
    }

    fn asks(&mut self, name: &str) -> Vec<Deed> {
        self.asked += 1;
        self.asking = Some(self.asked);
        let mut deeds = self.says(BoxFact::Asks(self.asked, question(self.asked)));
        if self.nature.impatient && self.asked < 3 {
            deeds.push(self.later(name, 4_000, Wake::Asks));
        }
        deeds
    }

    fn ends(&mut self, end: End, name: &str) -> Vec<Deed> {
        self.generation += 1;
        self.asking = None;
        self.phase = Phase::Ended(end);
        self.leftover = self.nature.leaves.is_some();
        let mut deeds = vec![Deed::Ends(self.attempt, end)];
        if matches!(self.what, What::List(_)) {
            deeds.extend(self.says(BoxFact::Lines(self.lines.clone())));
        }
        deeds.extend(self.says(BoxFact::Ended(end, 7)));
        match self.nature.leaves {
            None => deeds.extend(self.says(BoxFact::Settled(7))),
            Some(Some(lives)) => deeds.push(self.later(name, lives, Wake::LeftoverGone)),
            Some(None) => {}
        }
        deeds
    }

    /// What the box says of itself, from its files.
    fn report(&self) -> Vec<Deed> {
        let mut facts = Vec::new();
        match (self.claim, self.phase) {
            (Claim::Fenced, _) => facts.push(BoxFact::Fenced),
            (Claim::Refused, _) => facts.push(BoxFact::Refused("No space left".into())),
            (Claim::Free, _) => facts.push(BoxFact::Lost(Lost::Corrupt)),
            (Claim::Begun, Phase::Unborn) => {}
            (Claim::Begun, Phase::Running) => {
                facts.push(BoxFact::Running);
                facts.extend(self.asking.map(|n| BoxFact::Asks(n, question(n))));
            }
            (Claim::Begun, Phase::Dead(lost)) => facts.push(BoxFact::Lost(lost)),
            (Claim::Begun, Phase::Ended(end)) => {
                facts.push(BoxFact::Running);
                if matches!(self.what, What::List(_)) {
                    facts.push(BoxFact::Lines(self.lines.clone()));
                }
                facts.push(BoxFact::Ended(end, 7));
                if !self.leftover {
                    facts.push(BoxFact::Settled(7));
                }
            }
        }
        facts.into_iter().flat_map(|fact| self.says(fact)).collect()
    }

    fn signal(&mut self, sig: Sig, order: &Order) -> Vec<Deed> {
        let heeds = sig == Sig::Kill || self.nature.obeys_term;
        match self.phase {
            Phase::Running if heeds => {
                let (after, number) = match sig {
                    Sig::Term => (200, 15),
                    Sig::Kill => (1, 9),
                };
                self.generation += 1;
                self.asking = None;
                vec![self.later(&order.name, after, Wake::Ends(End::Signal(number)))]
            }
            Phase::Ended(_) if heeds && self.leftover => {
                vec![self.later(&order.name, 1, Wake::LeftoverGone)]
            }
            Phase::Running | Phase::Ended(_) | Phase::Unborn | Phase::Dead(_) => Vec::new(),
        }
    }

    fn answer(&mut self, n: u16, order: &Order, bug: Option<Bug>) -> Vec<Deed> {
        if self.phase != Phase::Running {
            return Vec::new();
        }
        if self.answered.contains(&n) {
            let mut deeds = self.says(BoxFact::Answered(n));
            if bug == Some(Bug::InputTwice) {
                deeds.push(Deed::Delivered(self.attempt, n));
            }
            return deeds;
        }
        if self.asking != Some(n) {
            return Vec::new();
        }
        self.answered.push(n);
        self.asking = None;
        self.generation += 1;
        let mut deeds = vec![Deed::Delivered(self.attempt, n)];
        deeds.extend(self.says(BoxFact::Answered(n)));
        deeds.extend(self.goes_on(&order.name));
        deeds
    }
}

fn question(n: u16) -> Question {
    Question { text: format!("question {n}? "), hidden: false }
}
