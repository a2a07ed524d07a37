//! One box on a host: who has claimed it, what runs in it, what it says.

use deployui::{
    engine::BoxFact,
    model::Try,
    run::{End, Lost, Question, Sig},
};

use super::{Deed, Order, Wake, What};
use crate::{bugs::Bug, random::Random};

/// Who has the start of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Free,
    Begun,
    Fenced,
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
    pub(super) generation: u32,
    pub(super) asking: Option<u16>,
    pub(super) asked: u16,
    pub(super) answered: Vec<u16>,
    /// The connection whose agent follows it.
    pub(super) follower: Option<u64>,
}

impl Kept {
    pub(crate) fn has_begun(&self) -> bool {
        self.claim == Claim::Begun
    }

    /// Whether anything of it lives.
    pub(crate) fn lives(&self) -> bool {
        self.phase == Phase::Running || self.leftover
    }
}

pub(super) fn kept(attempt: Try, what: What) -> Kept {
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
    pub(super) fn follow(&mut self, conn: u64) {
        self.follower = self.follower.max(Some(conn));
    }

    pub(super) fn says(&self, fact: BoxFact) -> Vec<Deed> {
        self.follower.map(|conn| Deed::Says(conn, self.attempt, fact)).into_iter().collect()
    }

    pub(super) fn later(&self, name: &str, after: i64, wake: Wake) -> Deed {
        Deed::Later(after, name.to_owned(), self.generation, wake)
    }

    pub(super) fn begin(&mut self, order: &Order, random: &mut Random, listed: usize) -> Vec<Deed> {
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
    pub(super) fn goes_on(&self, name: &str) -> Option<Deed> {
        let stretch = self.nature.lasts.map(|lasts| lasts / 2 + 1);
        if self.asked < self.nature.questions {
            return Some(self.later(name, stretch.unwrap_or(1_000), Wake::Asks));
        }
        stretch.map(|after| self.later(name, after, Wake::Ends(self.nature.end)))
    }

    pub(super) fn asks(&mut self, name: &str) -> Vec<Deed> {
        self.asked += 1;
        self.asking = Some(self.asked);
        let mut deeds = self.says(BoxFact::Asks(self.asked, question(self.asked)));
        if self.nature.impatient && self.asked < 3 {
            deeds.push(self.later(name, 4_000, Wake::Asks));
        } else if self.nature.impatient {
            deeds.push(self.later(name, 4_000, Wake::GoesOn(self.asked)));
        }
        deeds
    }

    /// It was not waiting for that answer.
    pub(super) fn went_on(&mut self, name: &str, n: u16) -> Vec<Deed> {
        if self.asking != Some(n) {
            return Vec::new();
        }
        self.asking = None;
        self.generation += 1;
        let mut deeds = self.says(BoxFact::WentOn(n));
        deeds.extend(self.goes_on(name));
        deeds
    }

    /// The last question, if it went on without an answer to it.
    fn ignored(&self) -> Option<u16> {
        let last = (self.asked > 0 && self.asking.is_none()).then_some(self.asked);
        last.filter(|n| !self.answered.contains(n))
    }

    pub(super) fn ends(&mut self, end: End, name: &str) -> Vec<Deed> {
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
    pub(super) fn report(&self) -> Vec<Deed> {
        let mut facts = Vec::new();
        match (self.claim, self.phase) {
            (Claim::Fenced, _) => facts.push(BoxFact::Fenced),
            (Claim::Free, _) => facts.push(BoxFact::Lost(Lost::Corrupt)),
            (Claim::Begun, Phase::Unborn) => {}
            (Claim::Begun, Phase::Running) => {
                facts.push(BoxFact::Running);
                facts.extend(self.asking.map(|n| BoxFact::Asks(n, question(n))));
                facts.extend(self.ignored().map(BoxFact::WentOn));
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

    pub(super) fn signal(&mut self, sig: Sig, order: &Order) -> Vec<Deed> {
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

    pub(super) fn answer(&mut self, n: u16, order: &Order, bug: Option<Bug>) -> Vec<Deed> {
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
            let gone = self.ignored().filter(|ignored| *ignored == n);
            return gone.map_or_else(Vec::new, |n| self.says(BoxFact::WentOn(n)));
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
