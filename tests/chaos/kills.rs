//! Processes that are killed or stopped at random, while others begin the same box.

use std::{fmt, path::PathBuf, time::Duration};

use deployui::{
    boxes::{Fact, Order, Outcome},
    script::Flags,
};

use crate::{
    asked::rounds,
    connection::{ATTEMPT, Connection},
    host::{Host, Place, SHELLS},
    random::Random,
};

/// What befalls a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Both shells of one console.
    Console,
    Agent,
    Supervisor,
    Leader,
    /// The step's own shell.
    Step,
    Group,
    Stop,
    /// Signals that the supervisor is deaf to.
    Deaf,
}

const FAULTS: [Fault; 8] = [
    Fault::Console,
    Fault::Agent,
    Fault::Supervisor,
    Fault::Leader,
    Fault::Step,
    Fault::Group,
    Fault::Stop,
    Fault::Deaf,
];

/// What a connection learns after everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ended(u8),
    Unknown,
    Never,
}

#[derive(Debug, Default)]
struct Table {
    rounds: usize,
    double: usize,
    wrong: usize,
    unknown: usize,
    never: usize,
    killed: usize,
    never_began: Vec<PathBuf>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, double, wrong, unknown, never, killed, .. } = self;
        write!(
            f,
            "{rounds:>6} rounds {double:>4} double runs {wrong:>4} wrong verdicts {unknown:>4} unknown \
             {never:>4} never began {killed:>4} killed"
        )
    }
}

struct Round<'a> {
    host: &'a Host,
    random: Random,
    place: Place,
    dir: String,
    starters: Vec<Connection>,
    /// Faults that had somebody to strike.
    struck: Vec<Fault>,
}

impl Round<'_> {
    fn strike(&mut self, fault: Fault) {
        let starter = self.random.below(self.starters.len());
        let kill = |process: Option<i64>, signal| {
            process.map(|process| self.host.signal(signal, process)).is_some()
        };
        let struck = match fault {
            Fault::Console => {
                let lost = &self.starters[starter];
                kill(Some(lost.control_process()), "KILL")
                    && kill(Some(lost.agent_process()), "KILL")
            }
            Fault::Agent => kill(Some(self.starters[starter].agent_process()), "KILL"),
            Fault::Supervisor => kill(self.place.supervisor(), "KILL"),
            Fault::Leader => kill(self.place.leader(), "KILL"),
            Fault::Step => kill(self.place.read("me").trim().parse().ok(), "KILL"),
            Fault::Group => kill(self.place.leader().map(|leader| -leader), "KILL"),
            Fault::Stop => kill(self.place.supervisor(), "STOP"),
            Fault::Deaf => {
                let signals = ["TERM", "HUP", "INT", "USR1", "PIPE", "QUIT"];
                kill(self.place.supervisor(), *self.random.pick(&signals).unwrap())
            }
        };
        if struck {
            self.struck.push(fault);
        }
    }

    /// What a new console learns when all faults are over.
    fn learn(&mut self) -> (Verdict, Connection) {
        if self.struck.contains(&Fault::Stop) {
            self.host.signal("CONT", self.place.supervisor().unwrap());
        }
        let log = std::mem::take(&mut self.starters[0].log);
        // Consoles that are killed while they begin a box, or that live on beside the new one.
        if self.random.chance(60) {
            self.starters.clear();
            self.struck.push(Fault::Console);
        }
        let mut last = Connection::open(self.host).continuing(log);
        last.ready().unwrap();
        last.go(&self.dir, false);
        let verdict = last.fact(|fact| match fact {
            Fact::Lost(Outcome::Died) => Some(Verdict::Unknown),
            Fact::Never => Some(Verdict::Never),
            Fact::Settled(_) => Some(Verdict::Ended(0)),
            Fact::Running | Fact::Staged | Fact::Ended(..) => None,
            fact => panic!("{fact:?}"),
        });
        let status = last.facts().iter().find_map(|fact| match fact {
            Fact::Ended(status, _) => Some(*status),
            _ => None,
        });
        match (verdict, status) {
            (Verdict::Ended(_), Some(status)) => (Verdict::Ended(status), last),
            (verdict, _) => (verdict, last),
        }
    }
}

fn round(host: &Host, seed: usize, table: &mut Table) {
    let mut random = Random::new(seed.try_into().unwrap());
    let status = *random.pick(&[0, 0, 3]).unwrap();
    let nap =
        *random.pick(&["", "sleep 0.002", "sleep 0.005", "sleep 0.01", "sleep 0.02"]).unwrap();
    let text = format!(
        "echo $$ >me\necho x >>effects\necho one\n{nap}\necho two >&2\n\
         echo {status} >truth.new\nmv truth.new truth\nexit {status}"
    );
    let mut starters: Vec<Connection> =
        (0..1 + random.below(3)).map(|_| Connection::open(host)).collect();
    let name = format!("s{seed}");
    let mut dir = String::new();
    for starter in &mut starters {
        dir = starter.put(&name, &text, Flags::default());
    }
    for starter in &mut starters {
        starter.go(&dir, false);
    }
    let place = Place(dir.clone().into());
    let mut round = Round { host, random, place, dir, starters, struck: Vec::new() };
    for _ in 0..1 + round.random.below(3) {
        let time = Duration::from_micros(round.random.below(15_000).try_into().unwrap());
        round.starters[0].listen(time);
        let fault = *round.random.pick(&FAULTS).unwrap();
        round.strike(fault);
    }
    let (verdict, last) = round.learn();
    judge(&round, verdict, status, seed, table);
    let (host_log, here) = (round.place.log(), &last.log);
    assert_eq!(here, &host_log, "{} seed {seed}: {verdict:?}", host.shell.name());
    assert_eq!(last.aside.len(), 0);
}

fn judge(round: &Round<'_>, verdict: Verdict, status: u8, seed: usize, table: &mut Table) {
    table.rounds += 1;
    let effects = round.place.read("effects").lines().count();
    table.double += usize::from(effects > 1);
    let came_to_its_end = !round.place.read("truth").is_empty();
    let killed = |what: &[Fault]| what.iter().any(|fault| round.struck.contains(fault));
    let right = match verdict {
        Verdict::Ended(137) => killed(&[Fault::Step, Fault::Group]),
        Verdict::Ended(said) => said == status && came_to_its_end,
        // Only a witness that died can leave a box without a word.
        Verdict::Unknown => killed(&[Fault::Leader, Fault::Group]),
        Verdict::Never => {
            effects == 0
                && killed(&[
                    Fault::Supervisor,
                    Fault::Agent,
                    Fault::Console,
                    Fault::Leader,
                    Fault::Group,
                ])
        }
    };
    match verdict {
        Verdict::Ended(137) => table.killed += 1,
        Verdict::Ended(_) => {}
        Verdict::Unknown => table.unknown += 1,
        Verdict::Never => {
            table.never += 1;
            table.never_began.push(round.place.0.clone());
        }
    }
    if !right {
        table.wrong += 1;
        println!(
            "{} seed {seed}: {verdict:?} of {status}, {effects} effects, to its end: {came_to_its_end}, \
             struck {:?}, box {:?}",
            round.host.shell.name(),
            round.struck,
            std::fs::read_dir(&round.place.0)
                .unwrap()
                .flatten()
                .map(|e| e.file_name())
                .collect::<Vec<_>>()
        );
    }
}

#[test]
fn whoever_is_killed_nothing_runs_twice_and_no_verdict_is_wrong() {
    let mut tables = Vec::new();
    for shell in SHELLS {
        let (host, mut table) = (Host::new(shell), Table::default());
        for seed in 0..rounds(60) {
            round(&host, seed, &mut table);
        }
        for place in table.never_began.drain(..) {
            assert_eq!(Place(place).read("effects"), "", "it began after all");
        }
        println!("{:>8}: {table}", shell.name());
        tables.push(table);
    }
    for table in tables {
        assert_eq!((table.double, table.wrong), (0, 0), "{table}");
    }
}

#[test]
fn a_start_and_a_fence_have_one_winner() {
    for shell in SHELLS {
        let host = Host::new(shell);
        let mut won = [0, 0];
        let mut random = Random::new(7);
        let mut starters = [Connection::open(&host), Connection::open(&host)];
        let mut fencer = Connection::open(&host);
        for n in 0..rounds(30) {
            let name = format!("s{n}");
            let text = "echo x >>effects";
            let dir = fencer.put(&name, text, Flags::default());
            starters.iter_mut().for_each(|starter| {
                starter.ready().unwrap();
                starter.seen.clear();
                starter.log.clear();
            });
            let fence = Order::Fence { attempt: ATTEMPT, dir: dir.clone() };
            let first = random.below(3);
            for turn in 0..3 {
                match (turn + first) % 3 {
                    2 => fencer.order(&fence),
                    n => starters[n].go(&dir, false),
                }
            }
            let fenced = fencer.fact(|fact| match fact {
                Fact::Fenced => Some(true),
                Fact::Claimed => Some(false),
                _ => None,
            });
            for starter in &mut starters {
                let ran = starter.fact(|fact| match fact {
                    Fact::Settled(_) => Some(true),
                    Fact::Fenced => Some(false),
                    Fact::Running | Fact::Ended(..) => None,
                    fact => panic!("{fact:?}"),
                });
                assert_eq!(ran, !fenced, "{} round {n}", shell.name());
            }
            let effects = Place(dir.into()).read("effects").lines().count();
            assert_eq!(effects, usize::from(!fenced), "{} round {n}", shell.name());
            won[usize::from(fenced)] += 1;
            fencer.seen.clear();
        }
        println!("{:>8}: {} started, {} fenced, one winner in each", shell.name(), won[0], won[1]);
    }
}
