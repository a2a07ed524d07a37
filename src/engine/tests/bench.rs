//! A bench for the rules: plans and stories as text.
//!
//! A plan has a node per line, `name[@host] kind [options] < needs`; the name is also its step. A
//! story has a happening or a claim per line; after each line the engine is opened again from the
//! facts so far, and must be the same.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use crate::{
    engine::{BoxFact, Effect, Engine, Input, Policy},
    model::{
        Act, Ask, BoxMode, Changes, Command as Shell, Elsewhere, Follower, Gate, HoldId, Host,
        HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Plan, Query, RunId, ScopeId,
        StepName, Text, Try,
    },
    run::{
        Abort, Choice, Command, End, Event, Excerpt, LinkState, Lost, Mode, Observation, Offer,
        Overrule, Question, Refusal, Sig, State, Who, Why,
    },
};

const HOSTS: [&str; 3] = ["a", "b", "c"];

fn host(name: &str) -> HostId {
    let place = HOSTS.iter().position(|host| *host == name);
    HostId(u16::try_from(place.unwrap_or_else(|| panic!("no host {name}"))).unwrap())
}

fn step(name: &str) -> StepName {
    StepName::try_from(name.split('@').next().unwrap().to_owned()).unwrap()
}

fn shell(text: &str) -> Shell {
    Shell::new(Text::literal(text))
}

/// What follows an option word.
fn after<'a>(words: &[&'a str], option: &str) -> Option<&'a str> {
    let place = words.iter().position(|word| *word == option)?;
    words.get(place + 1).copied()
}

fn act(name: &str, words: &[&str]) -> Act {
    let has = |word: &str| words.contains(&word);
    let elsewhere = after(words, "else").map_or(Vec::new(), |hosts| {
        let other = |name: &str, at| Elsewhere {
            host: host(at),
            command: shell(name),
            undo: has("undo").then(|| shell(&format!("undo {name}"))),
            when: has("asked").then(|| shell("ask")),
        };
        hosts.split(',').map(|at| other(name, at)).collect()
    });
    let changes = match (has("schema"), has("served")) {
        (true, _) => Changes::Schema,
        (_, true) => Changes::Served,
        (false, false) => Changes::Nothing,
    };
    let limit = after(words, "limit").map(|text| Duration::from_secs(text.parse().unwrap()));
    let retry = after(words, "retry").map_or(0, |text| text.parse().unwrap());
    let undo = has("undo").then(|| shell(&format!("undo {name}")));
    Act { command: shell(name), undo, changes, mode: BoxMode::Detached, limit, retry, elsewhere }
}

fn kind(name: &str, words: &[&str], ids: &BTreeMap<String, NodeId>) -> (Part, Kind) {
    let place = u16::try_from(ids[name].0 + 1).unwrap();
    let gate = |gate| (Part::Gate(place), Kind::Gate(gate));
    let ask = |query| Kind::Ask(Box::new(Ask { command: shell("ask"), query }));
    let number = || words[1].parse().unwrap();
    match words[0] {
        "barrier" => gate(Gate::Barrier),
        "join" => gate(Gate::Join),
        "enter" => gate(Gate::Enter(ScopeId(1))),
        "leave" => gate(Gate::Leave(ScopeId(1))),
        "confirm" => gate(Gate::Confirm("sure?".into())),
        "batch" => gate(Gate::Batch { max_failed: number() }),
        "until" => gate(Gate::Until(Duration::from_secs(u64::from(number())))),
        "act" => (Part::Main, Kind::Act(Box::new(act(name, words)))),
        "when" => {
            let wanted = words[1].split(',').map(|name| ids[name]).collect();
            (Part::When(1), ask(Query::When(wanted)))
        }
        "items" => {
            let (each, close) = (act(name, words), ids[words[1]]);
            let pattern = after(words, "match").map(str::to_owned);
            (Part::List(1), ask(Query::Items(Box::new(Items { pattern, each, close }))))
        }
        other => panic!("no kind {other}"),
    }
}

fn plan(text: &str) -> (Plan, BTreeMap<String, NodeId>) {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (follow, lines): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|line| line.starts_with("follow "));
    let name = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let ids: BTreeMap<String, NodeId> =
        lines.iter().zip(0u32..).map(|(line, id)| (name(line), NodeId(id))).collect();
    let nodes = lines.iter().map(|line| {
        let (what, needs) = line.split_once(" <").unwrap_or((line, ""));
        let words: Vec<&str> = what.split_whitespace().skip(1).collect();
        let name = name(line);
        let (part, kind) = kind(&name, &words, &ids);
        let host = name.split_once('@').map(|(_, at)| host(at));
        let needs = needs.split_whitespace().map(|need| ids[need]).collect();
        Node { key: Key { step: step(&name), part }, host, needs, kind, origin: Origin::Plan }
    });
    let followers = follow.iter().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (step, of) = (step(words[1]), step(words[3]));
        let host = host(words[1].split_once('@').unwrap().1);
        Follower { of, step, host, act: act(words[1], &[]) }
    });
    let hosts = HOSTS.map(|name| Host {
        name: name.into(),
        address: name.into(),
        roles: Vec::new(),
        state_dir: "/s".into(),
    });
    let plan = Plan {
        run: RunId::new("20260101-000000", [0; 10]),
        app: "shop".into(),
        stage: "test".into(),
        protected: false,
        pipeline: "deploy".into(),
        nodes: nodes.collect(),
        batches: Vec::new(),
        followers: followers.collect(),
        released: None,
        hosts: hosts.into(),
        columns: Vec::new(),
    };
    (plan, ids)
}

/// A run, and what is told of it.
pub(super) struct Bench {
    engine: Engine,
    policy: Policy,
    journal: Vec<Event>,
    ids: BTreeMap<String, NodeId>,
    now: Timestamp,
    refused: Option<Refusal>,
}

/// Tells a story, and checks its claims.
pub(super) fn check(plan: &str, story: &str) {
    check_as(Policy::Ask, plan, story);
}

/// The same without an operator.
pub(super) fn check_as(policy: Policy, plan: &str, story: &str) {
    let mut bench = Bench::new(plan, policy);
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        bench.line(line);
        let again = Engine::open(&bench.journal, policy).unwrap();
        assert_eq!(again.run(), bench.engine.run(), "{line}: not the fold of its facts");
        assert_eq!(again.wanted(), bench.engine.wanted(), "{line}");
        assert!(bench.engine.deadline(bench.now).is_none_or(|due| due > bench.now), "{line}");
    }
}

fn who() -> Who {
    Who("op@desk".into())
}

fn why() -> Why {
    Why::default()
}

impl Bench {
    pub(super) fn new(plan: &str, policy: Policy) -> Self {
        let (plan, ids) = self::plan(plan);
        let now = Timestamp::from_second(1_000_000).unwrap();
        let (engine, journal) = Engine::start(plan, &who(), policy, now).unwrap();
        let mut bench = Self { engine, policy, journal, ids, now, refused: None };
        bench.tell(&Input::Due);
        bench
    }

    fn tell(&mut self, input: &Input) {
        match self.engine.handle(input, self.now) {
            Ok(events) => {
                self.journal.extend(events);
                self.refused = None;
            }
            Err(refusal) => self.refused = Some(refusal),
        }
    }

    fn command(&mut self, what: Command) {
        self.tell(&Input::Command { by: who(), what });
    }

    /// A node of the plan by its name; a grown one by what it is called: the first such one that is
    /// asked about, else the last.
    fn id(&self, name: &str) -> NodeId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let called = |id: NodeId| self.name(id) == name;
        let mut ids = self.engine.run().ids().map(|(id, _)| id).collect::<Vec<_>>().into_iter();
        let asked = self.engine.run().holds.values().map(|hold| hold.on).find(|id| called(*id));
        asked.or_else(|| ids.rfind(|id| called(*id))).unwrap_or_else(|| panic!("no node {name}"))
    }

    fn name(&self, id: NodeId) -> String {
        if let Some((name, _)) = self.ids.iter().find(|(_, other)| **other == id) {
            return name.clone();
        }
        let node = &self.engine.run().cell(id).unwrap().node;
        match node.host {
            Some(host) => format!("{}@{}", node.key, HOSTS[usize::from(host.0)]).replace(' ', "_"),
            None if matches!(node.kind, Kind::Gate(Gate::Schema(_))) => {
                format!("schema_{}", node.key.step)
            }
            None => format!("gate_{}", node.key).replace(' ', "_"),
        }
    }

    fn attempt(&self, name: &str) -> Try {
        let node = self.id(name);
        Try { node, n: self.engine.run().cell(node).unwrap().tries }
    }

    /// The console dies and comes back; so many facts had not reached the disk.
    fn crash(&mut self, lost: usize) {
        self.journal.truncate(self.journal.len() - lost);
        self.engine = Engine::open(&self.journal, self.policy).unwrap();
        self.tell(&Input::Taken(who()));
    }

    /// One line of a story.
    pub(super) fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words[0], &words[1..]) {
            ("run", []) => self.command(Command::Mode(Mode::Run)),
            ("step", []) => self.command(Command::Mode(Mode::Step)),
            ("pause", []) => self.command(Command::Mode(Mode::Pause)),
            ("crash", lost) => self.crash(lost.first().map_or(0, |lost| lost.parse().unwrap())),
            ("leave", []) => self.command(Command::Leave),
            ("wait", [seconds]) => {
                self.now += Duration::from_secs(seconds.parse().unwrap());
                self.tell(&Input::Due);
            }
            ("break", [gate]) => self.command(Command::Break(self.id(gate), true)),
            ("unbreak", [gate]) => self.command(Command::Break(self.id(gate), false)),
            ("exclude", [name]) => self.command(Command::Exclude(host(name), why())),
            ("abort", how) => {
                let abort = Abort { undo: how.contains(&"undo"), stop: how.contains(&"stop") };
                self.command(Command::Abort(abort, why()));
            }
            ("rest", []) => self.command(Command::Rest(why())),
            ("stop", [name, sig]) => {
                let sig = if *sig == "term" { Sig::Term } else { Sig::Kill };
                self.command(Command::Stop(self.attempt(name), sig));
            }
            ("choose", [name, choice]) => {
                let hold = match name.parse() {
                    Ok(id) => HoldId(id),
                    Err(_) => self.engine.run().hold_on(self.id(name)).expect(line),
                };
                self.command(Command::Choose(hold, self::choice(choice), why()));
            }
            ("link", [name, "up"]) => self.tell(&Input::Link(host(name), LinkState::Up)),
            ("link", [name, "down"]) => {
                self.tell(&Input::Link(host(name), LinkState::Down("gone".into())));
            }
            ("saw", [name, machine]) => {
                let (machine, base) = ((*machine).to_owned(), format!("/s/{machine}"));
                let seen = Excerpt { machine, boot: "-".into(), base };
                self.tell(&Input::Saw(host(name), Observation::Machine(seen)));
            }
            ("gone", [name, n]) => {
                self.tell(&Input::AnswerGone(self.attempt(name), n.parse().unwrap()));
            }
            ("do", names) => names.iter().for_each(|name| {
                self.facts(name, &[BoxFact::Staged, BoxFact::Running, ended("0"), settled()]);
            }),
            ("fail", [name, status]) => {
                self.facts(name, &[BoxFact::Staged, BoxFact::Running, ended(status), settled()]);
            }
            ("list", [name, lines]) => {
                let lines = lines.split(',').map(str::to_owned).collect();
                self.facts(name, &[BoxFact::Staged, BoxFact::Lines(lines), ended("0"), settled()]);
            }
            ("staged", [name]) => self.facts(name, &[BoxFact::Staged]),
            ("begin", [name]) => self.facts(name, &[BoxFact::Staged, BoxFact::Running]),
            ("end", [name, status]) => self.facts(name, &[ended(status)]),
            ("settled", [name]) => self.facts(name, &[settled()]),
            ("refuse", [name]) => self.facts(name, &[BoxFact::Refused("disk full".into())]),
            ("fenced", [name]) => self.facts(name, &[BoxFact::Fenced]),
            ("lost", [name]) => self.facts(name, &[BoxFact::Lost(Lost::Died)]),
            ("asks", [name, n]) => {
                let question = Question { text: "? ".into(), hidden: false };
                self.facts(name, &[BoxFact::Asks(n.parse().unwrap(), question)]);
            }
            ("wenton", [name, n]) => self.facts(name, &[BoxFact::WentOn(n.parse().unwrap())]),
            ("answered", [name, n]) => self.facts(name, &[BoxFact::Answered(n.parse().unwrap())]),
            (_, _) => self.claim(line, words[0], &words[1..]),
        }
    }

    fn facts(&mut self, name: &str, facts: &[BoxFact]) {
        for fact in facts {
            self.tell(&Input::Box(self.attempt(name), fact.clone()));
        }
    }

    fn claim(&self, line: &str, word: &str, rest: &[&str]) {
        let run = self.engine.run();
        let found = match word {
            "is" => {
                let cell = run.cell(self.id(rest[0])).unwrap();
                return assert_eq!(state(&cell.state), rest[1..].join(" "), "{line}");
            }
            "tries" => run.cell(self.id(rest[0])).unwrap().tries.to_string(),
            "holds" => {
                let holds = run.holds.values();
                let name = |on| self.name(on);
                let all = holds.map(|hold| format!("{}:{}", name(hold.on), hold.cause.word()));
                return assert_eq!(all.collect::<Vec<_>>().join(" "), rest.join(" "), "{line}");
            }
            "offers" => {
                let hold = &run.holds[&run.hold_on(self.id(rest[0])).unwrap()];
                let offers: Vec<String> = hold.offers.iter().map(|o| offer(*o)).collect();
                return assert_eq!(offers.join(" "), rest[1..].join(" "), "{line}");
            }
            "ended" => {
                let ending = run.ending().expect(line);
                let said = format!("{ending} [{}]", ending.word());
                return assert_eq!(said, rest.join(" "), "{line}");
            }
            "wants" => {
                let all: Vec<String> =
                    self.engine.wanted().iter().filter_map(|e| self.effect(e)).collect();
                return assert_eq!(all.join(" "), rest.join(" "), "{line}");
            }
            "grown" => {
                let grown = run.cells.len() - run.plan.nodes.len();
                grown.to_string()
            }
            "refused" => format!("{:?}", self.refused),
            "closed" => format!("{:?}", run.closed),
            "stuck" => self.engine.stuck().to_string(),
            "open" => run.scope_open().to_string(),
            "mode" => format!("{:?}", run.mode),
            "due" => match self.engine.deadline(self.now) {
                Some(due) => self.now.duration_until(due).as_secs().to_string(),
                None => "never".into(),
            },
            other => panic!("no such line: {other}"),
        };
        let told = rest.last().copied().unwrap_or("None");
        let fits = found == told || found == format!("Some({told})");
        assert!(fits, "{line}: it is {found}");
    }

    fn effect(&self, effect: &Effect) -> Option<String> {
        let name = |attempt: &Try| self.name(attempt.node);
        Some(match effect {
            Effect::Link(_) => return None,
            Effect::Stage(_, attempt) => format!("stage:{}", name(attempt)),
            Effect::Start(_, attempt) => format!("start:{}", name(attempt)),
            Effect::Attach(_, attempt) => format!("attach:{}", name(attempt)),
            Effect::Fence(_, attempt) => format!("fence:{}", name(attempt)),
            Effect::Stop(_, attempt, sig) => format!("{sig}:{}", name(attempt)),
            Effect::Answer(_, attempt, n) => format!("answer{n}:{}", name(attempt)),
            Effect::Close(verdict) => format!("close:{verdict:?}"),
        })
    }
}

fn ended(status: &str) -> BoxFact {
    BoxFact::Ended(End::from_status(status.parse().unwrap()), 5)
}

fn settled() -> BoxFact {
    BoxFact::Settled(5)
}

fn offer(offer: Offer) -> String {
    if let Offer::Move(host) = offer {
        return format!("move-{}", HOSTS[usize::from(host.0)]);
    }
    serde_json::to_string(&offer).unwrap().replace('"', "")
}

fn choice(word: &str) -> Choice {
    match word.split_once('-') {
        Some(("move", to)) => return Choice::Move(host(to)),
        Some(("answer", n)) => return Choice::Answer(n.parse().unwrap()),
        Some(_) | None => {}
    }
    match word {
        "go" => Choice::Go,
        "retry" => Choice::Retry,
        "edit" => Choice::Edit("true".into()),
        "skip" => Choice::Skip,
        "fixed" => Choice::Fixed,
        "assume-ok" => Choice::Assume(true),
        "assume-failed" => Choice::Assume(false),
        "exclude" => Choice::Exclude,
        "undo" => Choice::Undo,
        "abort" => Choice::Abort,
        other => panic!("no choice {other}"),
    }
}

fn state(state: &State) -> String {
    match state {
        State::Waiting => "waiting".into(),
        State::Armed(_) => "armed".into(),
        State::Running(_) => "running".into(),
        State::Settling(..) => "settling".into(),
        State::Unknown(_, lost) => format!("unknown {lost:?}"),
        State::Ok(_) => "ok".into(),
        State::Failed(_, end) => format!("failed {end}"),
        State::Refused(..) => "refused".into(),
        State::Stranded(flight) => format!("stranded {flight}"),
        State::Overruled(Overrule::Skipped(_)) => "skipped".into(),
        State::Overruled(Overrule::Fixed(_)) => "fixed".into(),
        State::Overruled(Overrule::Assumed(ok, _)) => format!("assumed {ok}"),
        State::Overruled(Overrule::Excluded(_, flight)) => format!("excluded {flight}"),
        State::Never(reason) => format!("never {reason:?}"),
        State::Reverted(_) => "reverted".into(),
    }
}
